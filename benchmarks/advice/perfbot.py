"""perfbot as it is followed: memory from the event log, answers, outcomes; no disk, only mornings.

What `bot.jobs.morning` does in a store is done here with a list of events and pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.advice.pieces import Answer, Piece, Reading, Said
from benchmarks.advice.worlds.curves import Array
from benchmarks.advice.worlds.market import FIRST_DAY
from benchmarks.advice.worlds.table import Seen
from bot.advice import advise
from bot.advice.evaluate.findings import Mornings
from bot.advice.outcome import (
    MEASURED,
    AdviceStep,
    Frozen,
    Outcome,
    applied,
    demoted,
    freeze,
    measure,
    scoreboard,
)
from bot.advice.response import Evidence
from bot.domain.advice import Advice, Memory
from bot.numbers.plan import Plan
from bot.rules_files import load
from bot.store.events import remembered
from bot.store.records import Event

FLAGS = ("check_tracking", "check_spend", "check_delivery", "hold", "fix_landing_page")
"""What is flagged is no peer to compare with (bot's outcomes)."""
MONTH, LEARNED_FROM = timedelta(28), 90
STEPS = ("open", "acknowledge", "dismiss", "undo")
WEEK = 7.0
PROBED = frozenset({29, 48, 68, 88, 118, 138})
"""The market's days on which its estimate of margins is held against the truth."""


class Perfbot:
    """The advice of `bot.advice.advise`, morning after morning, answered and measured."""

    def __init__(self) -> None:
        self.rulebook = load()
        self.events: list[Event] = []
        self.learned: Evidence | None = None
        self.open: dict[str, Advice] = {}
        self.closed: set[str] = set()
        self.touched: dict[str, date] = {}
        self.waiting: list[Frozen] = []
        self.outcomes: list[Outcome] = []
        self.applied: dict[str, str] = {}
        self.seen: Seen | None = None
        self.judged: tuple[Advice, ...] = ()

    def morning(self, seen: Seen) -> Said:
        """Everything still true, and what was read today."""
        self.seen, as_of = seen, seen.as_of
        memory = self.memory(as_of)
        advised = advise(seen.numbers, as_of, self.rulebook, seen.plan, memory, seen.window_reach)
        self.learned = advised.memory.learned or self.learned
        advised = demoted(advised, self._demotions(as_of))
        self.judged = advised.advice
        self._save(advised.advice, as_of)
        readings = list(self._follow(seen.numbers, as_of))
        standing = [one for one in advised.advice if one.id in self.open]
        estimated = margins(seen, self) if seen.day in PROBED else None
        return Said([piece_of(one) for one in standing], readings, estimated)

    def memory(self, as_of: date) -> Memory:
        """What is remembered as a morning begins, projected from the events before it."""
        return remembered(self.events, as_of, self.learned)

    def hear(self, answers: Sequence[Answer]) -> None:
        """Each answer is an event; what moves money is frozen, to be read when it is due."""
        assert self.seen is not None
        for answer in answers:
            advice = self.open.pop(answer.piece.id)
            budgets = {f"c{i}": new for i, new in answer.budgets.items()}
            self._log(advice, answer.verb, self.seen.as_of, {"budgets": budgets})
            self.closed.add(advice.id)
            if answer.verb != "acknowledge":
                continue
            taken = replace(advice, budgets=budgets) if budgets else advice
            self._freeze(taken, self.seen.numbers, self.seen.plan, self.seen.as_of)
            self.touched |= dict.fromkeys(advice.campaign_ids, self.seen.as_of)

    def _save(self, said: Sequence[Advice], as_of: date) -> None:
        """Opens what is new, expires what is no longer true, as the store does."""
        ids = {one.id for one in said}
        for gone in [one for one in self.open.values() if one.id not in ids]:
            self._log(gone, "expire", as_of)
            del self.open[gone.id]
        for one in said:
            if one.id in self.closed:
                continue
            shift, earlier = one.numbers.get("shift"), self.open.get(one.id)
            if earlier is None:
                self._log(one, "open", as_of, {"shift": shift} if shift else {})
            elif shift and shift != earlier.numbers.get("shift"):
                self._log(one, "revise", as_of, {"shift": shift})
            self.open[one.id] = one

    def _log(
        self, advice: Advice, step: str, as_of: date, more: dict[str, Any] | None = None
    ) -> None:
        about: dict[str, Any] = {"rule": advice.rule, "campaign_ids": advice.campaign_ids,
                                 "as_of": as_of, "opened_on": advice.opened_on}  # fmt: skip
        at = datetime.combine(as_of, time(8), UTC)
        self.events.append(Event(at, "people", f"advice.{step}", advice.id, about | (more or {})))

    def _demotions(self, as_of: date) -> Any:
        steps = [
            AdviceStep(each.subject, each.details["rule"], verb, each.details["as_of"])
            for each in self.events
            if (verb := each.kind.removeprefix("advice.")) in STEPS
            and each.details["as_of"] < as_of
        ]
        measured = [one for one in self.outcomes if one.as_of < as_of]
        return scoreboard(steps, measured, self.applied).demotions

    def _freeze(self, advice: Advice, numbers: pd.DataFrame, plan: Plan, as_of: date) -> None:
        if advice.action not in MEASURED:
            return
        flagged = {id_ for one in self.open.values() if one.action in FLAGS
                   for id_ in one.campaign_ids}  # fmt: skip
        flagged |= {id_ for id_, on in self.touched.items() if on > as_of - MONTH}
        flagged |= {one.campaign_id for frozen in self.waiting for one in frozen.treated}
        late = numbers[numbers["date"] >= pd.Timestamp(as_of - timedelta(LEARNED_FROM))]
        found = freeze(advice, late, as_of, plan, touched=flagged)
        if found is not None:
            self.waiting.append(found)

    def _follow(self, numbers: pd.DataFrame, as_of: date) -> Iterator[Reading]:
        """What is due is measured; what was changed again outside counts as an answer."""
        for frozen in [one for one in self.waiting if one.read_on <= as_of]:
            own = numbers[numbers["date"] >= pd.Timestamp(frozen.before.since)]
            wanted = [each.entity for each in frozen.treated] + [*frozen.controls]
            own = own[own["campaign_id"].isin([each.rpartition("|")[2] for each in wanted])]
            outcome = measure(frozen, own, as_of)
            self.applied[frozen.advice_id] = applied(frozen, own, as_of).state
            if outcome is None:
                continue
            self.waiting.remove(frozen)
            self.outcomes.append(outcome)
            if outcome.low is not None and outcome.high is not None:
                yield _reading(frozen, outcome)


def piece_of(advice: Advice) -> Piece:
    """A piece of perfbot's advice as the benchmark counts it."""
    effect = advice.numbers.get("effect")
    return Piece(
        id=advice.id,
        action=advice.action,
        campaigns=tuple(number(id_) for id_ in advice.campaign_ids),
        budgets={number(id_): float(new) for id_, new in advice.budgets.items()},
        bids={number(id_): float(new) for id_, new in getattr(advice, "bids", {}).items()},
        sure=advice.confidence,
        effect=(effect["low"] / WEEK, effect["high"] / WEEK) if effect else None,
        rule=advice.rule,
        quiet="demoted" in advice.numbers,
    )


def number(campaign_id: str) -> int:
    """`channel:c12` or `c12`: 12."""
    return int(campaign_id.rpartition(":")[2][1:])


def _reading(frozen: Frozen, outcome: Outcome) -> Reading:
    assert outcome.low is not None
    assert outcome.high is not None
    return Reading(
        before={number(one.campaign_id): one.before for one in frozen.treated},
        after={number(one.campaign_id): one.after for one in frozen.treated},
        first=(frozen.after.since - FIRST_DAY).days,
        days=frozen.days,
        price=frozen.of == "price",
        low=outcome.low,
        high=outcome.high,
        verdict=outcome.verdict,
    )


def margins(seen: Seen, bot: Perfbot) -> Array:
    """What one more unit buys in each campaign as perfbot estimates it; NaN where it does not."""
    facts = Mornings.of(seen.numbers, seen.as_of, bot.rulebook, seen.plan, None, bot.learned)
    found = facts.facts()
    out = np.full(len(seen.budgets), np.nan)
    for id_, value in zip(found.ids, found.answer("marginal"), strict=True):
        out[number(id_)] = value
    return out
