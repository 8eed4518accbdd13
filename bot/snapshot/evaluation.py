"""What the rules said on a morning: as it was saved, or worked out now without saving.

The order in which people read what there is to do: what is urgent, then by money at stake.
How the rules have done so far, projected from the event log. What somebody switched off on the
platform is left out: that it is no longer shown is no news.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, partial
from itertools import chain
from typing import Any

from bot.advice.advise import advise
from bot.advice.details.judging import DAYS_READ
from bot.advice.outcome import AdviceStep, Demotion, Scoreboard, demoted, scoreboard
from bot.advice.rules.rulebook import Rulebook
from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.context.reported_results import with_results
from bot.domain.advice import Advice, Advised, HeldBack
from bot.domain.campaign_rows import CampaignRow
from bot.render.values.budget_moves import budget_test, trial
from bot.render.values.templates import RuleNews
from bot.snapshot.boards import beside, figures, kept
from bot.snapshot.judged_shards import JudgedShards
from bot.snapshot.morning_days import HISTORY, KnownDays
from bot.snapshot.sharded import ShardedMorning
from bot.store.base import AdviceRecord, Event, Store
from bot.store.records import NOTHING_LAPSED, Lapsed


def ranked(records: Iterable[AdviceRecord], reporting: str | None) -> tuple[AdviceRecord, ...]:
    """What is urgent first, then by money at stake, the biggest first, unknown last; ties as given.

    Broken numbers come before what is judged by numbers, however little money they are about.
    Amounts of different currencies are never compared: those of the reporting currency come
    first, then those of the currency with the most advice.

    Args:
        records: In the order the rules said them.
        reporting: The team's own currency, where there is one.
    """
    unranked = tuple(records)
    order = _order(unranked, reporting)

    def weight(record: AdviceRecord) -> tuple[bool, bool, int, float]:
        advice = record.advice
        money = advice.money_at_stake
        urgent = advice.severity == "urgent"
        return not urgent, money is None, order[advice.currency], -float(money or 0)

    return tuple(sorted(unranked, key=weight))


def _order(records: Sequence[AdviceRecord], reporting: str | None) -> dict[str | None, int]:
    """The place of each currency."""
    counts = Counter(record.advice.currency for record in records)
    codes = sorted(
        counts, key=lambda code: (not code or code != reporting, -counts[code], code or "~")
    )
    return {code: place for place, code in enumerate(codes)}


VERBS = ("open", "acknowledge", "dismiss", "undo")


def scores(store: Store, as_of: date) -> Scoreboard:
    """Every rule's score as it stood when a morning began."""
    steps = sorted(_steps(store), key=lambda pair: pair[0])
    outcomes = store.outcomes()
    measured = [
        entry.outcome for entry in outcomes if entry.outcome and entry.outcome.as_of < as_of
    ]
    applied = {entry.advice_id: entry.applied.state for entry in outcomes if entry.applied}
    return scoreboard([step for _, step in steps if step.on < as_of], measured, applied)


def demotions(store: Store, as_of: date) -> tuple[Demotion, ...]:
    """The rules that may only watch on a morning."""
    return scores(store, as_of).demotions


def changed(store: Store, rulebook: Rulebook, since: date, as_of: date) -> tuple[RuleNews, ...]:
    """Rules that may only watch, or may advise again, unlike on the morning of `since`."""
    before, now = (
        {demotion.rule: demotion.why for demotion in demotions(store, day)}
        for day in (since, as_of)
    )
    return tuple(
        RuleNews(rule.title, now.get(rule.id, ""))
        for rule in rulebook.rules
        if (rule.id in now) != (rule.id in before)
    )


def _steps(store: Store) -> Iterator[tuple[int, AdviceStep]]:
    for event in store.history(kinds=tuple(f"advice.{verb}" for verb in VERBS)):
        rule, verb = str(event.details.get("rule", "")), event.kind.removeprefix("advice.")
        yield event.number, AdviceStep(event.subject, rule, verb, event.morning)


SHOWN = ("open", "in_progress", "acknowledged")
RUNNING = ("acknowledged", "in_progress")
KEY = "judged"


def ids_of(rows: Iterable[CampaignRow]) -> set[str]:
    """Every id advice may know these campaigns by."""
    return {
        campaign_id
        for row in rows
        for campaign_id in (
            row.campaign_id,
            f"{row.channel}:{row.entity.rpartition('|')[2]}",
        )
    }


@dataclass(frozen=True)
class JudgedMorning:
    """A morning's advice in the rules' order, as it stands, and what was held back.

    Attributes:
        currency: The reporting currency: its advice is shown before that of others.
        testing: Ids of campaigns whose budgets are being tried.
    """

    as_of: date
    records: tuple[AdviceRecord, ...] = ()
    held_back: Sequence[HeldBack] = ()
    currency: str | None = None
    testing: frozenset[str] = frozenset()

    @cached_property
    def shown(self) -> tuple[AdviceRecord, ...]:
        """What a digest or a list shows, ranked: not what was dismissed or sleeps."""
        return ranked((record for record in self.records if record.state in SHOWN), self.currency)

    def about(self, campaign_ids: Iterable[str]) -> list[AdviceRecord]:
        """Advice shown about any of these campaigns."""
        wanted_ids = set(campaign_ids)
        places = {
            place for campaign_id in wanted_ids for place in self._places.get(campaign_id, ())
        }
        return [self.shown[place] for place in sorted(places)]

    def held_about(self, campaign_ids: Iterable[str]) -> list[HeldBack]:
        """What was held back about any of these campaigns."""
        return [finding for id_ in set(campaign_ids) for finding in self._held.get(id_, ())]

    @cached_property
    def _places(self) -> Mapping[str, list[int]]:
        """Where in `shown` each campaign is spoken of."""
        places_by_campaign: dict[str, list[int]] = {}
        for place, record in enumerate(self.shown):
            for campaign_id in record.advice.campaign_ids:
                places_by_campaign.setdefault(campaign_id, []).append(place)
        return places_by_campaign

    @cached_property
    def _held(self) -> Mapping[str, list[HeldBack]]:
        by_campaign: dict[str, list[HeldBack]] = {}
        for finding in self.held_back:
            by_campaign.setdefault(finding.campaign_id, []).append(finding)
        return by_campaign


def advised(
    context: Context,
    as_of: date,
    days: KnownDays | None = None,
    earlier: JudgedShards | None = None,
) -> Advised:
    """What the rules say of a morning, from what was known then. Saves nothing.

    Each shard is read and judged by itself, so that memory is that of the biggest. `days` are
    those read for a morning that is one shard: half a year at least. `earlier` has what shards came
    to before, where there are several: what nothing has changed of is not judged again.
    """
    apart = advised_apart(context, as_of, ShardedMorning.of(context, as_of), earlier)
    return advised_in_one(context, as_of, days) if apart is None else apart


def advised_apart(
    context: Context,
    as_of: date,
    shards: ShardedMorning | None,
    earlier: JudgedShards | None = None,
) -> Advised | None:
    """The same of a morning of several shards; None where it is one."""
    return None if shards is None else as_said(context, as_of, shards.advised(earlier))


def advised_in_one(context: Context, as_of: date, days: KnownDays | None) -> Advised:
    """The same of a morning that is one shard.

    It is judged each time: looking for what has changed would read its days once more.
    """
    since = as_of - timedelta(HISTORY)
    known = days or KnownDays.read(context, as_of, since)
    morning_advice = advise(
        known.revisions(since),
        as_of,
        context.rulebook,
        with_results(context.plan(as_of), known.newest(since), as_of),
        context.store.memory(as_of),
        context.store.window_reach(),
        context.store.details(None, None, as_of - timedelta(DAYS_READ), as_of - timedelta(1)),
    )
    return as_said(context, as_of, morning_advice)


def as_said(context: Context, as_of: date, morning_advice: Advised) -> Advised:
    """Without what somebody switched off, and with rules that may only watch demoted."""
    morning_advice = without_stops(morning_advice, switched_off(context.store, as_of))
    return demoted(morning_advice, demotions(context.store, as_of))


def save(
    context: Context,
    as_of: date,
    morning_advice: Advised,
    lapsed: Lapsed = NOTHING_LAPSED,
) -> JudgedMorning:
    """Remember what was said of a morning: the only place that opens and expires advice."""
    with context.store.atomic():
        learned, at = morning_advice.memory.learned, context.clock()
        context.store.save_advice(
            morning_advice.advice,
            as_of=as_of,
            at=at,
            learned=learned,
            lapsed=lapsed,
        )
        rows = (dict(vars(finding)) for finding in morning_advice.held_back)
        context.store.save_board(KEY, as_of, chain([{"stamp": context.stamp(as_of)}], rows))
    return JudgedMorning(
        as_of,
        _records(context, morning_advice.advice, as_of),
        morning_advice.held_back,
        _own(context),
        _testing(context, as_of),
    )


def judged(context: Context, as_of: date) -> JudgedMorning:
    """A morning's advice: the saved one where it is current, else worked out now."""
    held_back = _held_back(context, as_of)
    if held_back is not None:
        mark = (Same(held_back), context.store.standing(as_of)[0])
        standing = partial(_standing, context, as_of, held_back)
        return context.shelf.memo((KEY, "standing", as_of), mark, standing)
    morning_advice = _meanwhile(context, as_of)
    return JudgedMorning(
        as_of,
        _records(context, morning_advice.advice, as_of),
        morning_advice.held_back,
        _own(context),
        _testing(context, as_of),
    )


def _held_back(context: Context, as_of: date) -> Sequence[HeldBack] | None:
    """What was held back on a morning that is judged; in a scope, about its own campaigns."""
    every = kept(context.everyone, KEY, as_of, "", _all_held)
    if every is None or context.whole is None:
        return every
    rows = figures(context, as_of, "28d").rows
    own = partial(_about, every, rows)
    return context.shelf.memo((KEY, "held back", as_of), (Same(every), Same(rows)), own)


def _about(findings: Sequence[HeldBack], rows: Sequence[CampaignRow]) -> tuple[HeldBack, ...]:
    own_ids = ids_of(rows)
    return tuple(finding for finding in findings if finding.campaign_id in own_ids)


def _meanwhile(context: Context, as_of: date) -> Advised:
    """What the rules say until the worker has judged: worked out once a board, not once a look."""
    return beside(context, as_of, KEY, partial(advised, context, as_of))


def _standing(context: Context, as_of: date, held_back: Sequence[HeldBack]) -> JudgedMorning:
    return JudgedMorning(
        as_of,
        tuple(context.store.all_advice(as_of=as_of)),
        held_back,
        _own(context),
        _testing(context, as_of),
    )


def _testing(context: Context, as_of: date) -> frozenset[str]:
    """Campaigns whose budgets are being tried: somebody took a test on that is not over."""
    records = context.store.all_advice(state=RUNNING)
    return frozenset(
        campaign_id
        for record in records
        if _runs(record, as_of)
        for campaign_id in record.advice.campaign_ids
    )


def _runs(record: AdviceRecord, as_of: date) -> bool:
    begun = record.answered_at.date() if record.answered_at else record.as_of
    test = trial(record.advice, begun) or budget_test(record.advice, begun)
    return test is not None and begun <= as_of < test.read_on


def _own(context: Context) -> str | None:
    return context.settings.default_currency


def _records(context: Context, advice: Sequence[Advice], as_of: date) -> tuple[AdviceRecord, ...]:
    pairs = ((entry, context.store.advice(entry.id)) for entry in advice)
    return tuple(record or AdviceRecord(entry, "open", as_of) for entry, record in pairs)


def _all_held(rows: list[dict[str, Any]]) -> tuple[HeldBack, ...]:
    return tuple(HeldBack(**row) for row in rows[1:])


STATUS = "platform.status"
STOP = "always-delivery-stop"
LOOK_BACK = timedelta(days=30)  # the rule speaks for a week after the last showing
OFF = ("paused", "ended", "removed")


def switched_off(store: Store, as_of: date) -> frozenset[str]:
    """Ids of campaigns that were paused or removed, or ended as set, and are not on again."""
    since = datetime.combine(as_of, time(), UTC) - LOOK_BACK
    newest: dict[str, Event] = {}
    for event in store.history(since=since, kinds=(STATUS,)):
        for campaign in event.subject.split(" ")[1:]:  # the account stands first
            newest_event = newest.get(campaign)
            if event.at.date() <= as_of and (newest_event is None or newest_event.at < event.at):
                newest[campaign] = event
    return frozenset(name for name, event in newest.items() if event.details.get("after") in OFF)


def without_stops(advised: Advised, off: frozenset[str]) -> Advised:
    """The advice without alarms that a campaign stopped which somebody switched off."""
    if not off:
        return advised
    remaining_advice = tuple(
        entry
        for entry in advised.advice
        if entry.rule != STOP or not off.issuperset(entry.campaign_ids)
    )
    return replace(advised, advice=remaining_advice)
