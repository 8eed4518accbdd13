"""The entries of the plan as they stand, and of which campaigns.

Keeping what was set: dated, said by somebody, and never over what somebody else just set.
Which campaigns a pattern fits, and which entries of the plan hold them now. What platforms bid to
is kept as targets that stand in where the plan has none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date

import pandas as pd

from bot.context.context import BIDS, FIELDS, REST, SLACK, Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker
from bot.numbers.input.names import account_key, channel_key, normal_name
from bot.numbers.plan import Patterns, PlanEntry
from bot.render.values.plans import Changed, Difference, Matched
from bot.snapshot import boards
from bot.snapshot.naming import title
from bot.sources import Pulled
from bot.sources.base import CampaignFacts
from bot.store.advice_life import PERFBOT
from bot.store.base import Event, PlanRow, Store

KINDS = ("plan.set", "threshold.set")


class Overtaken(Exception):  # it is no error: the form is shown again
    """Somebody changed the same thing since the form was opened."""

    def __init__(self, event: Event) -> None:
        self.event = event
        super().__init__(event.number)


def version(context: Context) -> int:
    """The newest change of plan or thresholds: what a form that opens now knows of."""
    newest = context.store.history(kinds=KINDS, limit=1)
    return newest[0].number if newest else 0


def keep(context: Context, rows: Sequence[PlanRow], *, since: int) -> None:
    """Write rows as one change.

    Args:
        context: Whose store.
        rows: The whole of the change, by one or more origins.
        since: The version the form was filled in on.

    Raises:
        Overtaken: The pattern of one of them was changed since.
    """
    patterns = {normal_name(row.pattern) for row in rows}
    with context.store.atomic():
        _refuse_overtaken(context, patterns, since)
        for origin in dict.fromkeys(row.origin for row in rows):
            context.store.set_plan([row for row in rows if row.origin == origin], origin=origin)


def _refuse_overtaken(context: Context, patterns: AbstractSet[str], since: int) -> None:
    for event in context.store.history(kinds=KINDS):
        if event.number <= since:
            break
        changed_patterns = (str(pattern) for pattern in event.details.get("patterns", ()))
        if not patterns.isdisjoint(map(normal_name, changed_patterns)):
            raise Overtaken(event)


def valid_from(context: Context, asker: Asker) -> date:
    """From today, wherever it was today first: so that the board asked for next has it."""
    return min(context.today(asker), context.today())


def last_change(context: Context, asker: Asker) -> Changed | None:
    """What was set in Slack last."""
    newest = context.store.history(kinds=KINDS, limit=1)
    return changed(context, newest[0], asker) if newest and "after" in newest[0].details else None


def changed(context: Context, event: Event, asker: Asker) -> Changed:
    """A change as people read it: who, when, and every field that is not as it was."""
    before, after = (event.details.get(side) or {} for side in ("before", "after"))
    patterns = tuple(str(raw_pattern) for raw_pattern in event.details.get("patterns", ()))
    differences = [
        _difference(context, field, before.get(pattern, {}), after.get(pattern, {}))
        for pattern in patterns
        for field in (*FIELDS, "value")
        if before.get(pattern, {}).get(field) != after.get(pattern, {}).get(field)
    ]
    return Changed(
        who=context.person(event.actor),
        at=event.at.astimezone(context.zone(asker)),
        patterns=patterns,
        differences=tuple(differences),
    )


def _difference(context: Context, field: str, before: object, after: object) -> Difference:
    def readable(values: object) -> object:
        value = values.get(field) if isinstance(values, dict) else None
        if field == "owner" and value:
            return context.person(str(value))
        return title(str(value)) if field == "channel" and value else value

    return Difference(field, readable(before), readable(after))


FIRST = 10


@dataclass(frozen=True)
class PlannedCampaign:
    """What of a campaign the plan turns on.

    Attributes:
        channel: As its numbers say, which is what patterns ask for.
        entry: The pattern that holds it now, "" for none.
        judge: The metric it is judged by, "" where it has no cell.
    """

    channel: str
    name: str
    stage: str
    pricing: str
    currency: str | None
    entry: str
    judge: str


def campaigns(context: Context, as_of: date) -> tuple[PlannedCampaign, ...]:
    """Every campaign of the last 28 days or those before, the biggest spend first."""
    rows = boards.figures(context, as_of, "28d").rows
    ordered = sorted(rows, key=lambda row: -float(row.now("spend") or 0.0))
    return tuple(_campaign(context, row) for row in ordered)


def _campaign(context: Context, row: CampaignRow) -> PlannedCampaign:
    stage, pricing = str(row.stage or ""), str(row.pricing_model or "")
    return PlannedCampaign(
        channel=row.entity.partition("|")[0],
        name=str(row.campaign_name or row.campaign_id),
        stage=stage,
        pricing=pricing,
        currency=row.currency,
        entry=(row.entry or ""),
        judge=context.judges.get((stage, pricing), ""),
    )


def fitting(candidates: Iterable[PlannedCampaign], pattern: str) -> list[PlannedCampaign]:
    """The campaigns a pattern fits."""
    patterns = Patterns((pattern,))
    return [
        campaign
        for campaign in candidates
        if patterns.first(campaign.channel, campaign.name) is not None
    ]


def together(channel: str, pattern: str) -> str:
    """A channel (or "") and a pattern of names (or "") as one pattern."""
    name = pattern.strip() or "*"
    return f"{channel_key(channel)}:{name}" if channel else name


def matched(fits: Sequence[PlannedCampaign], own_entry: str = "") -> Matched:
    """What a preview shows: first names, how many, and whose entries they leave for `own_entry`."""
    leaving = Counter(
        campaign.entry for campaign in fits if campaign.entry and campaign.entry != own_entry
    )
    return Matched(
        tuple(campaign.name for campaign in fits[:FIRST]), len(fits), tuple(leaving.most_common(3))
    )


def channels(all_campaigns: Iterable[PlannedCampaign]) -> tuple[tuple[str, str], ...]:
    """Key and title of every channel, in order."""
    return tuple(
        (key, title(key)) for key in dict.fromkeys(campaign.channel for campaign in all_campaigns)
    )


def currency_of(selection: Iterable[PlannedCampaign]) -> str | None:
    """The one currency of some campaigns; None where there are several, or none."""
    spoken = {campaign.currency for campaign in selection}
    return spoken.pop() if len(spoken) == 1 else None


SLACK_USER = re.compile(r"[UW][A-Z0-9]+(@T[A-Z0-9]+)?")


@dataclass(frozen=True)
class StandingEntry:
    """An entry of the plan as it stands, and where it was said."""

    entry: PlanEntry
    origin: str
    position: int = 0


def held(context: Context, asker: Asker) -> dict[str, StandingEntry]:
    """Every entry that holds today, by its normal pattern, in the plan's order."""
    today = valid_from(context, asker)
    plan_rows = {
        normal_name(row.pattern): row
        for row in context.store.plan_rows(today)
        if row.origin in {SLACK, REST}
    }
    entries = {}
    for entry in context.plan(today).entries:
        row = plan_rows.get(normal_name(entry.match))
        origin, position = (row.origin, row.position) if row else ("file", 0)
        entries[normal_name(entry.match)] = StandingEntry(entry, origin, position)
    return entries


def target_of(entry: PlanEntry, judge: str) -> tuple[str, float | None]:
    """The target a form shows of an entry, and of which metric ("" for whatever is judged by)."""
    if not isinstance(entry.target, Mapping):
        return judge, None if entry.target is None else float(entry.target)
    metric = judge if judge in entry.target else next(iter(entry.target), judge)
    value = entry.target.get(metric)
    return metric, None if value is None else float(value)


def next_position(context: Context) -> int:
    """A place before every other entry made in Slack."""
    rows = (row.position for row in context.store.plan_rows() if row.origin == SLACK)
    return max(rows, default=0) + 1


def keep_bids(store: Store, answer: Pulled) -> bool:
    """Keep the bid targets of a pull from its day on, and end those that are no more.

    Only accounts that answered count: what an account that failed bid to stays. A campaign that is
    not listed any more keeps its target, which its past mornings were judged by.

    Returns:
        Whether anything had changed.
    """
    if not answer.campaigns:
        return False
    known_on = _known_on(answer)
    standing = _standing(store)
    rows = [
        PlanRow(pattern, values, known_on, PERFBOT, answer.pulled_at, BIDS)
        for pattern, values in sorted(_bids(answer))
        if values != standing.get(pattern, {})
    ]
    return bool(rows) and store.set_plan(rows, origin=BIDS)


def _standing(store: Store) -> dict[str, Mapping[str, object]]:
    """What is kept, the newest of each campaign."""
    rows = sorted(
        (row for row in store.plan_rows() if row.origin == BIDS), key=lambda row: row.valid_from
    )
    return {row.pattern: row.values for row in rows}  # noqa: PD011, no frame


def _bids(answer: Pulled) -> Iterator[tuple[str, dict[str, object]]]:
    channels = {
        account.account_id: account.channels[0]
        for account in answer.accounts
        if account.ok and account.channels
    }
    for campaign in answer.campaigns:
        channel = channels.get(campaign.account_id)
        if channel is not None:
            target = _target(campaign)
            yield _pattern(channel, campaign), {"target": target} if target else {}


def _target(campaign: CampaignFacts) -> dict[str, float]:
    """By metric; nothing where it bids to none, or was removed."""
    if campaign.bid_target is None or not campaign.bid_metric or campaign.status == "removed":
        return {}
    return {campaign.bid_metric: float(campaign.bid_target)}


def _pattern(channel: str, campaign: CampaignFacts) -> str:
    return f"{channel_key(channel)}|{account_key(campaign.account_id)}|{campaign.campaign_id}"


def _known_on(answer: Pulled) -> date:
    """The morning the pull was made on, where the accounts are."""
    day = answer.frame["pulled_on"].max() if len(answer.frame) else pd.NaT
    return answer.pulled_at.astimezone(UTC).date() if pd.isna(day) else day.date()
