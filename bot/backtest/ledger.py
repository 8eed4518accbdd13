"""What every rule made of every campaign on every morning, a byte each.

History laid out once, so that every morning finds what was known then in a slice of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bot.advice.evaluate.findings import NOT_SURE, SPEAKS, TOO_LITTLE
from bot.advice.rules.condition import Bools
from bot.advice.rules.rulebook import Rule
from bot.numbers.input.columns import day_of
from bot.numbers.input.daily import has_mixed_names
from bot.numbers.input.history import History
from bot.numbers.input.revisions import KnownRows, Revisions, blank_columns
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import Ints
from bot.numbers.signals.history_panel import HORIZON

States = NDArray[np.uint8]
UNSPOKEN = ("", "too_little_data", "not_sure")
SAID = 255


@dataclass(frozen=True)
class CampaignMorning:
    """One campaign on one morning, as a rule saw it.

    Attributes:
        numbers: What the rule's lines read: `{"cpa.now": 412.0}`, None where missing.
    """

    on: date
    campaign_id: str
    campaign_name: str
    numbers: Mapping[str, float | None]


@dataclass(eq=False)
class Ledger:
    """States of rules x mornings x campaigns.

    Attributes:
        rules: Those that were judged.
        mornings: Those that count.
        entities: Every campaign there ever was, sorted.
        words: What a state means: quiet, too little data, not sure, then guards as they were met.
        states: rules x mornings x campaigns: an index into `words`, or `SAID`.
        there: mornings x campaigns, whether the campaign was running.
        groups, judges: mornings x campaigns, places in `kinds` and `judged`; -1 where not there.
        started: rules x mornings, how many campaigns it began to speak about.
        kinds: Stage, pricing model, currency, client and measurer: campaigns that are alike.
        judged: The metric and the days a cell judges by.
    """

    rules: tuple[Rule, ...]
    mornings: tuple[date, ...]
    entities: tuple[str, ...]
    words: list[str] = field(default_factory=lambda: list(UNSPOKEN))
    states: States = field(init=False)
    there: Bools = field(init=False)
    groups: Ints = field(init=False)
    judges: Ints = field(init=False)
    started: Ints = field(init=False)
    kinds: dict[tuple[object, ...], int] = field(default_factory=dict)
    judged: dict[tuple[object, ...], int] = field(default_factory=dict)
    _places: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shape = (len(self.mornings), len(self.entities))
        self._places = {name: place for place, name in enumerate(self.entities)}
        self.states = np.zeros((len(self.rules), *shape), dtype=np.uint8)
        self.there = np.zeros(shape, dtype=bool)
        self.groups = np.full(shape, -1, dtype=np.int64)
        self.judges = np.full(shape, -1, dtype=np.int64)
        self.started = np.zeros((len(self.rules), len(self.mornings)), dtype=np.int64)

    def word(self, guard: str) -> int:
        """The state of being held back by a guard."""
        if guard not in self.words:
            self.words.append(guard)
        return self.words.index(guard)

    def rows(self, entities: Iterable[str]) -> Ints:
        """Where some campaigns lie in the arrays."""
        return np.array([self._places[name] for name in entities], dtype=np.int64)

    @staticmethod
    def numbered(codes: dict[tuple[object, ...], int], keys: Iterable[tuple[object, ...]]) -> Ints:
        """A number for each key, the same every morning."""
        return np.array([codes.setdefault(key, len(codes)) for key in keys], dtype=np.int64)

    def place(self, rule: str) -> int:
        """Where a rule lies in the arrays."""
        return [candidate.id for candidate in self.rules].index(rule)

    def said(self, place: int) -> Bools:
        """Mornings x campaigns, whether a rule spoke and nothing held it back."""
        return np.asarray(self.states[place] == SAID)

    def spoke(self, place: int) -> Bools:
        """Mornings x campaigns, whether its lines held, whatever came of it."""
        return np.asarray(self.states[place] >= len(UNSPOKEN))

    def said_by(self, id_: str) -> Bools:
        """The same by the rule's id; nothing of a rule that is not there."""
        if all(rule.id != id_ for rule in self.rules):
            return np.zeros(self.there.shape, dtype=bool)
        return self.said(self.place(id_))

    def begun(self, id_: str) -> int:
        """How often a rule began to speak about a campaign."""
        rule_numbers = [number for number, rule in enumerate(self.rules) if rule.id == id_]
        return int(self.started[rule_numbers].sum())

    def held(self, id_: str) -> dict[str, int]:
        """Campaign-mornings by what kept the rule from speaking, most first."""
        rule_numbers = [number for number, rule in enumerate(self.rules) if rule.id == id_]
        counts = np.bincount(self.states[rule_numbers].ravel(), minlength=SAID + 1)
        counts_by_word = {
            word: int(counts[state]) for state, word in enumerate(self.words) if state
        }
        return dict(
            sorted(
                ((w, n) for w, n in counts_by_word.items() if n), key=lambda pair: (-pair[1], pair)
            )
        )

    @property
    def weeks(self) -> float:
        """Weeks replayed."""
        return len(self.mornings) / 7

    @property
    def campaign_weeks(self) -> float:
        """Weeks replayed, each campaign by itself."""
        return float(self.there.sum()) / 7


UNSAID = {TOO_LITTLE: 1, NOT_SURE: 2}
assert UNSPOKEN[UNSAID[TOO_LITTLE]] == "too_little_data"
assert SPEAKS not in UNSAID


def joined(parts: Sequence[Ledger]) -> Ledger:
    """Ledgers of the same rules over mornings that follow one another, as one."""
    if len(parts) == 1:
        return parts[0]
    mornings = tuple(on for part in parts for on in part.mornings)
    merged, since = Ledger(parts[0].rules, mornings, parts[0].entities), 0
    for part in parts:
        place = slice(since, since + len(part.mornings))
        merged.states[:, place] = _renamed(part, merged)[part.states]
        merged.there[place], merged.started[:, place] = part.there, part.started
        merged.groups[place] = _renumbered(part.kinds, merged.kinds)[part.groups]
        merged.judges[place] = _renumbered(part.judged, merged.judged)[part.judges]
        since = place.stop
    return merged


def _renamed(part: Ledger, merged: Ledger) -> States:
    """Each state of a part as the whole writes it."""
    states = np.arange(SAID + 1, dtype=np.uint8)
    states[: len(part.words)] = [merged.word(word) for word in part.words]
    return states


def _renumbered(keys: Iterable[tuple[object, ...]], codes: dict[tuple[object, ...], int]) -> Ints:
    """The whole's number of each key of a part; -1 stays, as the last."""
    return np.append(Ledger.numbered(codes, keys), -1)


def runs(spoken: Bools) -> tuple[Ints, Ints, Ints]:
    """Mornings in a row: the campaign of each run, its first morning, and how many they are.

    Args:
        spoken: mornings x campaigns.
    """
    edge = np.zeros((1, spoken.shape[1]), dtype=np.int8)
    steps = np.diff(spoken.astype(np.int8), axis=0, prepend=edge, append=edge).T
    campaigns, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    return campaigns, starts, ends - starts


LOOK_BACK = HORIZON + 7
"""Days before a morning that anything reads: three months, and the mornings a rule must last."""


@dataclass(frozen=True, eq=False)
class Past:
    """Every revision, by day.

    Attributes:
        laid: The revisions, sorted by day; of one campaign and day the last counts.
        sliced: Whether a morning needs only its own days. Not where campaigns are told apart by
            name: who is who then depends on every row known.
    """

    laid: Revisions
    sliced: bool

    @classmethod
    def of(cls, numbers: pd.DataFrame) -> Past:
        """Lay out daily numbers in any order and any revision."""
        laid = Revisions.of(numbers)
        if has_mixed_names(laid.table):
            return cls(laid, sliced=False)
        positions = np.arange(len(laid.days)) if laid.order is None else laid.order
        by_day = positions[np.argsort(laid.days[positions], kind="stable")]
        parts = {name: getattr(laid, name)[by_day] for name in ("places", "codes", "days")}
        order = None if laid.order is None else np.arange(len(by_day))
        return cls(replace(laid, **parts, pulled=laid.pulled[by_day], order=order), sliced=True)

    def before(self, as_of: date) -> Revisions:
        """The revisions a morning may need; whether each was known then is for it to look at."""
        if not self.sliced:
            return self.laid
        end_day = day_of(np.datetime64(as_of))
        ends = np.searchsorted(self.laid.days, [end_day - LOOK_BACK, end_day])
        part = slice(int(ends[0]), int(ends[1]))
        arrays = {name: getattr(self.laid, name)[part] for name in ("places", "codes", "days")}
        order = None if self.laid.order is None else np.arange(part.stop - part.start)
        revisions = replace(self.laid, **arrays, pulled=self.laid.pulled[part], order=order)
        vars(revisions)["_blank"] = self._blank  # of the same table: looked at once
        return revisions

    @cached_property
    def _blank(self) -> frozenset[str]:
        return blank_columns(self.laid.table)

    @property
    def days(self) -> Window:
        """From the first day with a row to the last; empty where there is none."""
        if self.laid.days.size == 0:
            return Window(date(2000, 1, 2), date(2000, 1, 1))
        first_day, last_day = int(self.laid.days.min()), int(self.laid.days.max())
        return Window(_day(first_day), _day(last_day))

    def finally_known(self, days: Window) -> KnownRows:
        """What is known by now of some days: for what happened next, never for what to say."""
        newest = max(int(self.laid.pulled.max(initial=0)), int(self.laid.days.max(initial=0)))
        return self.laid.known(_day(newest + 1), days)

    def history(self) -> History:
        """Every day there is, as finally known."""
        return self.finally_known(self.days).history()


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(number)
