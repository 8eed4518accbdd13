"""An entry of the plan as it stands, and as a filled-in form leaves it.

Keeping what was set: dated, said by somebody, and never over what somebody else just set.
Which campaigns a pattern fits, and which entries of the plan hold them now.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.context.context import FIELDS, REST, SLACK, Office, values_of
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker
from bot.errors import PerfbotError, UsageError
from bot.features.plan.amounts import amount
from bot.numbers.input.names import channel_key, normal_name
from bot.numbers.plan import Patterns, PlanEntry
from bot.render.values.plans import Changed, Difference, Matched
from bot.snapshot import boards
from bot.snapshot.naming import title
from bot.store.base import Event, PlanRow

KINDS = ("plan.set", "threshold.set")


class Misfilled(PerfbotError):
    """A form that cannot be kept: what is wrong, by field."""

    code = "misfilled"

    def __init__(self, wrong: dict[str, PerfbotError]) -> None:
        self.wrong = wrong
        super().__init__(" ".join(str(error) for error in wrong.values()))


def refuse_forged(inputs: Mapping[str, str], lists: Mapping[str, Collection[str]]) -> None:
    """Take from a list only what is on it: a form's values are what somebody sent.

    Raises:
        Misfilled: Something that was not offered, by field.
    """
    wrong: dict[str, PerfbotError] = {
        field: UsageError(
            "%(given)s is not on the list.",
            hint="Choose from the list.",
            values={"given": inputs[field][:60]},
        )
        for field, choices in lists.items()
        if inputs.get(field) and inputs[field] not in choices
    }
    if wrong:
        raise Misfilled(wrong)


class Overtaken(Exception):  # it is no error: the form is shown again
    """Somebody changed the same thing since the form was opened."""

    def __init__(self, event: Event) -> None:
        self.event = event
        super().__init__(event.number)


def version(office: Office) -> int:
    """The newest change of plan or thresholds: what a form that opens now knows of."""
    newest = office.store.history(kinds=KINDS, limit=1)
    return newest[0].number if newest else 0


def keep(
    office: Office,
    rows: Sequence[PlanRow],
    origin: str,
    *,
    since: int,
    guarded_patterns: Iterable[str] = (),
) -> None:
    """Write rows as one change.

    Args:
        office: Whose store.
        rows: The whole of the change.
        origin: As the store knows it.
        since: The version the form was filled in on.
        guarded_patterns: Patterns that must be unchanged since, besides those of the rows.

    Raises:
        Overtaken: One of them is not.
    """
    patterns = {
        normal_name(pattern) for pattern in (*guarded_patterns, *(row.pattern for row in rows))
    }
    with office.store.atomic():
        for event in office.store.history(kinds=KINDS):
            if event.number <= since:
                break
            if patterns & {
                normal_name(str(pattern)) for pattern in event.details.get("patterns", ())
            }:
                raise Overtaken(event)
        office.store.set_plan(rows, origin=origin)


def valid_from(office: Office, asker: Asker) -> date:
    """From today, wherever it was today first: so that the board asked for next has it."""
    return min(office.today(asker), office.today())


def last_change(office: Office, asker: Asker) -> Changed | None:
    """What was set in Slack last."""
    newest = office.store.history(kinds=KINDS, limit=1)
    return changed(office, newest[0], asker) if newest and "after" in newest[0].details else None


def changed(office: Office, event: Event, asker: Asker) -> Changed:
    """A change as people read it: who, when, and every field that is not as it was."""
    before, after = (event.details.get(side) or {} for side in ("before", "after"))
    patterns = tuple(str(raw_pattern) for raw_pattern in event.details.get("patterns", ()))
    differences = [
        _difference(office, field, before.get(pattern, {}), after.get(pattern, {}))
        for pattern in patterns
        for field in (*FIELDS, "value")
        if before.get(pattern, {}).get(field) != after.get(pattern, {}).get(field)
    ]
    return Changed(
        who=office.person(event.actor),
        at=event.at.astimezone(office.zone(asker)),
        patterns=patterns,
        differences=tuple(differences),
    )


def _difference(office: Office, field: str, before: object, after: object) -> Difference:
    def readable(values: object) -> object:
        value = values.get(field) if isinstance(values, dict) else None
        if field == "owner" and value:
            return office.person(str(value))
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


def campaigns(office: Office, as_of: date) -> tuple[PlannedCampaign, ...]:
    """Every campaign of the last 28 days or those before, the biggest spend first."""
    rows = boards.figures(office, as_of, "28d").rows
    ordered = sorted(rows, key=lambda row: -float(row.now("spend") or 0.0))
    return tuple(_campaign(office, row) for row in ordered)


def _campaign(office: Office, row: CampaignRow) -> PlannedCampaign:
    stage, pricing = str(row.stage or ""), str(row.pricing_model or "")
    return PlannedCampaign(
        channel=row.entity.partition("|")[0],
        name=str(row.campaign_name or row.campaign_id),
        stage=stage,
        pricing=pricing,
        currency=row.currency,
        entry=(row.entry or ""),
        judge=office.judges.get((stage, pricing), ""),
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


SLACK_USER = re.compile(r"[UW][A-Z0-9]+")


@dataclass(frozen=True)
class StandingEntry:
    """An entry of the plan as it stands, and where it was said."""

    entry: PlanEntry
    origin: str
    position: int = 0


def held(office: Office, asker: Asker) -> dict[str, StandingEntry]:
    """Every entry that holds today, by its normal pattern, in the plan's order."""
    today = valid_from(office, asker)
    plan_rows = {
        normal_name(row.pattern): row
        for row in office.store.plan_rows(today)
        if row.origin in {SLACK, REST}
    }
    entries = {}
    for entry in office.plan(today).entries:
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


def values(
    office: Office,
    current_entry: StandingEntry | None,
    inputs: Mapping[str, str],
    selection: Sequence[PlannedCampaign],
    asker: Asker,
) -> dict[str, Any]:
    """What the entry says from now on.

    Raises:
        Misfilled: An amount that cannot be read, or nothing said at all.
    """
    stages, models = {part for part, _ in office.judges}, {part for _, part in office.judges}
    refuse_forged(inputs, {"plan.stage": stages, "plan.pricing": models})
    if (owner := inputs.get("plan.owner")) and not SLACK_USER.fullmatch(owner):
        refuse_forged(inputs, {"plan.owner": ()})
    stored_values = values_of(current_entry.entry) if current_entry else {}
    stage, pricing = inputs.get("plan.stage") or None, inputs.get("plan.pricing") or None
    minor = office.renderer(asker.language).speech.forms.minor(currency_of(selection))
    amounts = _amounts(inputs, {"plan.target": 6, "plan.budget": minor})
    judge = office.judges.get((stage or "", pricing or ""), "")
    new_values = {
        **stored_values,
        "stage": stage,
        "pricing_model": pricing,
        "target": _target(current_entry, amounts.get("plan.target"), judge),
        "monthly_budget": amounts.get("plan.budget"),
        "owner": inputs.get("plan.owner") or _kept_owner(current_entry),
    }
    new_values = {name: value for name, value in new_values.items() if value is not None}
    if not new_values:
        empty = UsageError("The entry says nothing yet.", hint="Fill in one of the fields.")
        raise Misfilled({"plan.stage": empty})
    return new_values


def _amounts(inputs: Mapping[str, str], decimals: Mapping[str, int]) -> dict[str, float]:
    amounts, wrong = {}, {}
    for field, most in decimals.items():
        try:
            if inputs.get(field):
                amounts[field] = float(amount(inputs[field], decimals=most))
        except PerfbotError as error:
            wrong[field] = error
    if wrong:
        raise Misfilled(wrong)
    return amounts


def _target(current_entry: StandingEntry | None, value: float | None, judge: str) -> Any:
    """The target to keep: of several metrics only the one that was shown is replaced."""
    targets = current_entry.entry.target if current_entry else None
    if not isinstance(targets, Mapping):
        return value
    shown_metric, _ = target_of(current_entry.entry, judge) if current_entry else (judge, None)
    kept_targets = {metric: target for metric, target in targets.items() if metric != shown_metric}
    kept_targets |= {shown_metric: value} if value is not None else {}
    return kept_targets or None


def _kept_owner(current_entry: StandingEntry | None) -> str | None:
    """An owner who is no member of Slack cannot be shown in the menu: left as it is."""
    owner = current_entry.entry.owner if current_entry else None
    return owner if owner and not SLACK_USER.fullmatch(owner) else None
