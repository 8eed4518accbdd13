"""Acknowledged moves: frozen when they are answered, followed every morning, told in the thread."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from bot.advice.outcome import (
    MEASURED,
    Applied,
    Frozen,
    Outcome,
    Pooled,
    applied,
    freeze,
    measure,
    pool,
)
from bot.context.context import Context
from bot.context.scoping import at
from bot.features.parts.advice_cards import known_names
from bot.features.parts.message_sync import bounded, renderer_of
from bot.numbers.input.daily import entity
from bot.policy.schedule import later
from bot.render.values.templates import Measured
from bot.snapshot.morning_days import KnownDays
from bot.snapshot.sharded import ShardedMorning
from bot.store.base import AdviceRecord, Event, OutcomeRecord, Outgoing, Store

log = logging.getLogger(__name__)
LEARNED_FROM = 90  # days whose corrections teach how late results are
FLAGS = ("check_tracking", "check_spend", "check_delivery", "hold", "fix_landing_page")
TOUCHED = ("acknowledged", "in_progress")
MONTH = timedelta(28)


def planned(context: Context, record: AdviceRecord, as_of: date) -> Frozen | None:
    """How this advice would be measured, were it acknowledged today; None where it would not."""
    if record.advice.action not in MEASURED:
        return None
    numbers = context.numbers(
        as_of - timedelta(LEARNED_FROM), as_of - timedelta(1), as_of=as_of, history=True
    )
    try:
        touched = _touched(context, as_of)
        return freeze(record.advice, numbers, as_of, context.plan(as_of), touched=touched)
    except Exception:  # a reading that cannot be planned must not hold up the answer
        log.exception("Could not plan how %s is measured", record.advice.id)
        return None


def _touched(context: Context, as_of: date) -> set[str]:
    """Campaigns that were flagged or changed: no peers to compare with."""
    records = context.store.all_advice(as_of=as_of)
    flagged = [record for record in records if record.advice.action in FLAGS]
    answered = [
        record
        for state in TOUCHED
        for record in context.store.all_advice(state=state)
        if record.answered_at and record.answered_at.date() > as_of - MONTH
    ]
    waiting = context.store.outcomes("waiting")
    moved = {campaign.campaign_id for record in waiting for campaign in record.frozen.treated}
    return moved | {id_ for record in (*flagged, *answered) for id_ in record.advice.campaign_ids}


@dataclass(frozen=True)
class MeasuredMove:
    """What became of one acknowledged move, worked out and not yet kept."""

    record: OutcomeRecord
    applied: Applied
    outcome: Outcome | None


def seen(
    context: Context,
    as_of: date,
    days: KnownDays | None = None,
    shards: ShardedMorning | None = None,
) -> tuple[MeasuredMove, ...]:
    """See what became of every acknowledged move, and measure what is due. Keeps nothing.

    `days` are those read of the morning already; of an install in `shards` those of the campaigns
    a move is measured by are read for each.
    """
    waiting = [record for record in context.store.outcomes("waiting") if record.frozen.on < as_of]
    if not waiting:
        return ()
    if shards is not None:
        return tuple(_measured(record, as_of, shards) for record in waiting)
    numbers = _numbers(context, waiting, as_of, days)
    return tuple(
        MeasuredMove(
            record, applied(record.frozen, numbers, as_of), measure(record.frozen, numbers, as_of)
        )
        for record in waiting
    )


def _measured(record: OutcomeRecord, as_of: date, shards: ShardedMorning) -> MeasuredMove:
    since = record.frozen.before.since
    numbers = shards.known_days(_entities([record]), since).newest(since)
    return MeasuredMove(
        record, applied(record.frozen, numbers, as_of), measure(record.frozen, numbers, as_of)
    )


def follow(
    context: Context, as_of: date, sightings: Sequence[MeasuredMove] | None = None
) -> list[Outcome]:
    """Keep and tell what was seen, by default what is seen now.

    Run inside the transaction of a morning: steps, outcomes and their lines land together. What was
    answered or taken back since it was seen is not touched.
    """
    looked = seen(context, as_of) if sightings is None else sightings
    waiting = {(record.advice_id, record.round) for record in context.store.outcomes("waiting")}
    still = (
        sighting
        for sighting in looked
        if (sighting.record.advice_id, sighting.record.round) in waiting
    )
    outcomes = [_followed(context, sighting, as_of) for sighting in still]
    return [outcome for outcome in outcomes if outcome is not None]


def _numbers(
    context: Context, waiting: Sequence[OutcomeRecord], as_of: date, days: KnownDays | None
) -> pd.DataFrame:
    """The days of every campaign that is measured or compared with."""
    since = min(record.frozen.before.since for record in waiting)
    entities = _entities(waiting)
    if days is None or days.since > since:
        numbers = context.numbers(since, as_of - timedelta(1), as_of=as_of)
    else:
        numbers = days.newest(since)
    return numbers[entity(numbers).isin(entities)]


def _entities(waiting: Sequence[OutcomeRecord]) -> set[str]:
    """The campaigns that are measured, and those they are compared with."""
    treated = {campaign.entity for record in waiting for campaign in record.frozen.treated}
    return treated | {control for record in waiting for control in record.frozen.controls}


def _followed(context: Context, sighting: MeasuredMove, as_of: date) -> Outcome | None:
    record, outcome = sighting.record, sighting.outcome
    if context.store.save_applied(record, sighting.applied, at=context.clock()):
        _note(context, record, sighting.applied, as_of)
    if outcome is None or not context.store.save_outcome(record, outcome, at=context.clock()):
        return None
    context.store.enqueue(list(later(context, _lines(context, record, outcome))))
    return outcome


def _note(context: Context, record: OutcomeRecord, applied_change: Applied, as_of: date) -> None:
    """A change made outside is noted, not undone: it counts as an answer for cooldown."""
    if applied_change.state not in {"changed_outside", "differently"}:
        return
    frozen = record.frozen
    subject = {
        "rule": frozen.rule,
        "campaign_ids": tuple(campaign.campaign_id for campaign in frozen.treated),
    }
    details = {"as_of": as_of, **subject}
    context.store.log(
        Event(context.clock(), "perfbot", "advice.changed_outside", frozen.advice_id, details)
    )


def _lines(context: Context, record: OutcomeRecord, outcome: Outcome) -> Iterator[Outgoing]:
    """One line in each thread that showed the advice."""
    messages = context.store.messages_of(record.advice_id)
    threads = {
        (shown_message.channel, shown_message.parent or shown_message.key): shown_message
        for shown_message in messages
    }
    for (channel, parent), message in threads.items():
        there = at(context, channel)  # what it came to with others is what the channel may see
        if there.whole and there.store.advice(record.advice_id) is None:
            continue
        measured_outcome = _told(there, record.frozen, outcome)
        reply = renderer_of(context, message).render("outcome", measured=measured_outcome)
        key = bounded(f"outcome:{record.advice_id}:{record.round}:{parent}")
        yield Outgoing(key, "line", channel, reply.text, reply.blocks, parent)


def _told(context: Context, frozen: Frozen, outcome: Outcome) -> Measured:
    """An outcome with its campaigns by name, those that give before those that receive."""
    record = context.store.advice(frozen.advice_id)
    names = known_names(context, record) if record else {}
    givers, takers = (
        tuple(names.get(campaign.campaign_id, campaign.campaign_id) for campaign in side)
        for side in frozen.sides
    )
    return Measured(outcome, frozen.kind, *_together(context, outcome), givers, takers)


def _together(context: Context, outcome: Outcome) -> tuple[Pooled, int]:
    """One effect over everything measured until then, and how many others are in it."""
    outcomes = [record.outcome for record in context.store.outcomes("measured") if record.outcome]
    earlier_outcomes = [candidate for candidate in outcomes if candidate.as_of <= outcome.as_of]
    pooled = pool(earlier_outcomes)
    return pooled, max(pooled.count - (outcome.gain is not None), 0)


def before(as_of: date, days: int | None = None) -> date:
    """The morning of the digest before: so many days ago, else the last working day."""
    return as_of - timedelta(days or (3 if as_of.isoweekday() == 1 else 1))


def came_in(context: Context, as_of: date, since: date | None = None) -> tuple[Measured, ...]:
    """What was measured after `since` (by default the digest before), by money."""
    after = since or before(as_of)
    measured_outcomes = [
        _told(context, record.frozen, record.outcome)
        for record in context.store.outcomes("measured")
        if record.outcome and after < record.outcome.as_of <= as_of and record.outcome.because == ""
    ]
    return tuple(sorted(measured_outcomes, key=lambda item: -abs(item.outcome.money or 0.0)))


def known_on(store: Store, as_of: date) -> list[OutcomeRecord]:
    """Acknowledged moves as they stood on a morning: not what was frozen or measured later."""
    return [
        replace(record, outcome=None, state="waiting")
        if record.outcome and record.outcome.as_of > as_of
        else record
        for record in store.outcomes()
        if record.frozen.on <= as_of
    ]
