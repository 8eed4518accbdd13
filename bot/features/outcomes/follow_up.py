"""Acknowledged moves: frozen when they are answered, followed every morning, told in the thread."""

from __future__ import annotations

import hashlib
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
from bot.context.context import Office
from bot.features.parts.cards import known_names
from bot.features.parts.message_sync import renderer_of
from bot.numbers.input.daily import entity
from bot.policy.quiet_hours import later
from bot.render.values.templates import Measured
from bot.store.base import AdviceRecord, Event, OutcomeRecord, Outgoing, Store

log = logging.getLogger(__name__)
LEARNED_FROM = 90  # days whose corrections teach how late results are
FLAGS = ("check_tracking", "check_spend", "check_delivery", "hold", "fix_landing_page")
TOUCHED = ("acknowledged", "in_progress")
MONTH = timedelta(28)


def planned(office: Office, record: AdviceRecord, as_of: date) -> Frozen | None:
    """How this advice would be measured, were it acknowledged today; None where it would not."""
    if record.advice.action not in MEASURED:
        return None
    numbers = office.store.numbers(
        as_of - timedelta(LEARNED_FROM), as_of - timedelta(1), as_of=as_of, history=True
    )
    try:
        touched = _touched(office, as_of)
        return freeze(record.advice, numbers, as_of, office.plan(as_of), touched=touched)
    except Exception:  # a reading that cannot be planned must not hold up the answer
        log.exception("Could not plan how %s is measured", record.advice.id)
        return None


def _touched(office: Office, as_of: date) -> set[str]:
    """Campaigns that were flagged or changed: no peers to compare with."""
    told = office.store.all_advice(as_of=as_of)
    flagged = [one for one in told if one.advice.action in FLAGS]
    answered = [
        one
        for state in TOUCHED
        for one in office.store.all_advice(state=state)
        if one.answered_at and one.answered_at.date() > as_of - MONTH
    ]
    waiting = office.store.outcomes("waiting")
    moved = {each.campaign_id for one in waiting for each in one.frozen.treated}
    return moved | {id_ for one in (*flagged, *answered) for id_ in one.advice.campaign_ids}


@dataclass(frozen=True)
class Seen:
    """What became of one acknowledged move, worked out and not yet kept."""

    record: OutcomeRecord
    applied: Applied
    outcome: Outcome | None


def seen(office: Office, as_of: date) -> tuple[Seen, ...]:
    """See what became of every acknowledged move, and measure what is due. Keeps nothing."""
    waiting = [one for one in office.store.outcomes("waiting") if one.frozen.on < as_of]
    if not waiting:
        return ()
    numbers = _numbers(office, waiting, as_of)
    return tuple(
        Seen(one, applied(one.frozen, numbers, as_of), measure(one.frozen, numbers, as_of))
        for one in waiting
    )


def follow(office: Office, as_of: date, found: Sequence[Seen] | None = None) -> list[Outcome]:
    """Keep and tell what was seen, by default what is seen now.

    Run inside the transaction of a morning: steps, outcomes and their lines land together. What was
    answered or taken back since it was seen is not touched.
    """
    looked = seen(office, as_of) if found is None else found
    waiting = {(one.advice_id, one.round) for one in office.store.outcomes("waiting")}
    still = (one for one in looked if (one.record.advice_id, one.record.round) in waiting)
    told = [_followed(office, one, as_of) for one in still]
    return [one for one in told if one is not None]


def _numbers(office: Office, waiting: Sequence[OutcomeRecord], as_of: date) -> pd.DataFrame:
    """The days of every campaign that is measured or compared with."""
    since = min(one.frozen.before.since for one in waiting)
    wanted = {each.entity for one in waiting for each in one.frozen.treated}
    wanted |= {each for one in waiting for each in one.frozen.controls}
    known = office.store.numbers(since, as_of - timedelta(1), as_of=as_of)
    return known[entity(known).isin(wanted)]


def _followed(office: Office, found: Seen, as_of: date) -> Outcome | None:
    record, outcome = found.record, found.outcome
    if office.store.save_applied(record, found.applied, at=office.clock()):
        _note(office, record, found.applied, as_of)
    if outcome is None or not office.store.save_outcome(record, outcome, at=office.clock()):
        return None
    office.store.enqueue(list(later(office, _lines(office, record, outcome))))
    return outcome


def _note(office: Office, record: OutcomeRecord, seen: Applied, as_of: date) -> None:
    """A change made outside is noted, not undone: it counts as an answer for cooldown."""
    if seen.state not in {"changed_outside", "differently"}:
        return
    frozen = record.frozen
    about = {"rule": frozen.rule, "campaign_ids": tuple(one.campaign_id for one in frozen.treated)}
    details = {"as_of": as_of, **about}
    office.store.log(
        Event(office.clock(), "perfbot", "advice.changed_outside", frozen.advice_id, details)
    )


def _lines(office: Office, record: OutcomeRecord, outcome: Outcome) -> Iterator[Outgoing]:
    """One line in each thread that showed the advice."""
    told = _told(office, record.frozen, outcome)
    messages = office.store.messages_of(record.advice_id)
    threads = {(each.channel, each.parent or each.key): each for each in messages}
    for (channel, parent), message in threads.items():
        said = renderer_of(office, message).render("outcome", measured=told)
        key = _short(f"outcome:{record.advice_id}:{record.round}:{parent}")
        yield Outgoing(key, "line", channel, said.text, said.blocks, parent)


def _told(office: Office, frozen: Frozen, outcome: Outcome) -> Measured:
    """An outcome with its campaigns by name, those that give before those that receive."""
    record = office.store.advice(frozen.advice_id)
    names = known_names(office, record) if record else {}
    givers, takers = (
        tuple(names.get(one.campaign_id, one.campaign_id) for one in side) for side in frozen.sides
    )
    return Measured(outcome, frozen.kind, *_together(office, outcome), givers, takers)


def _short(key: str) -> str:
    return key if len(key) <= 120 else hashlib.sha256(key.encode()).hexdigest()


def _together(office: Office, outcome: Outcome) -> tuple[Pooled, int]:
    """One effect over everything measured until then, and how many others are in it."""
    found = [one.outcome for one in office.store.outcomes("measured") if one.outcome]
    known = [one for one in found if one.as_of <= outcome.as_of]
    pooled = pool(known)
    return pooled, max(pooled.count - (outcome.gain is not None), 0)


def before(as_of: date, days: int | None = None) -> date:
    """The morning of the digest before: so many days ago, else the last working day."""
    return as_of - timedelta(days or (3 if as_of.isoweekday() == 1 else 1))


def came_in(office: Office, as_of: date, since: date | None = None) -> tuple[Measured, ...]:
    """What was measured after `since` (by default the digest before), by money."""
    after = since or before(as_of)
    told = [
        _told(office, one.frozen, one.outcome)
        for one in office.store.outcomes("measured")
        if one.outcome and after < one.outcome.as_of <= as_of and one.outcome.because == ""
    ]
    return tuple(sorted(told, key=lambda each: -abs(each.outcome.money or 0.0)))


def known_on(store: Store, as_of: date) -> list[OutcomeRecord]:
    """Acknowledged moves as they stood on a morning: not what was frozen or measured later."""
    return [
        replace(one, outcome=None, state="waiting")
        if one.outcome and one.outcome.as_of > as_of
        else one
        for one in store.outcomes()
        if one.frozen.on <= as_of
    ]
