"""What one game came to: counted as it is played, said as measures with their goals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from benchmarks.advice.pieces import Answer, Piece, Reading, Said
from benchmarks.advice.worlds.curves import Array, Split
from benchmarks.advice.worlds.faults import Fault
from benchmarks.advice.worlds.market import Market

NAMES = {
    "outage": {"check_tracking"},
    "partial": {"check_tracking"},
    "account": {"check_tracking"},
    "double": {"check_tracking"},
    "spike": {"check_spend"},
    "stop": {"check_delivery"},
    "fatigue": {"refresh_creative", "cap_frequency"},
    # visits hold and fewer of them count: from outside, a checkout and a tag look the same
    "drop": {"fix_landing_page", "check_tracking"},
    "break/page": {"fix_landing_page"},
    "break/checkout": {"fix_landing_page", "check_tracking"},
    "break/auction": {"check_delivery"},
    "break/audience": {"cap_frequency", "refresh_creative"},
}
"""Which kinds of check name which fault."""
FLAGS = frozenset().union(*NAMES.values())
"""What names a fault; numbers that are late, say, are no fault of a campaign's."""
WITHIN, AFTER = 14, 8
"""Days within which a fault counts as found; mornings after its end on which a flag is right."""
LEAST, REVERSED = 0.03, 14
"""Smaller changes are none; a change the other way within so many days takes one back."""
WORN = float(np.log(0.85))
"""A creative that lost more than 15 % of its clicks in three weeks is rightly called tired."""


@dataclass(frozen=True)
class Weighed:
    """A piece that moves money, weighed by the truth: money moved and harmed, what it gains a day.

    `sure` is the probability it stated, NaN where it stated none.
    """

    rule: str
    day: int
    moved: float
    harmful: float
    gain: float
    sure: float


@dataclass
class Score:
    """Counts of one game. Money is money moved a day; days are counted from a fault's first."""

    campaigns: int
    days: int
    value: float = 0.0
    best: float = 0.0
    open: int = 0
    news: int = 0
    changes: int = 0
    moves: int = 0
    taken_back: int = 0
    moved: float = 0.0
    harmful: float = 0.0
    flags: int = 0
    false_flags: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    raised: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    big: list[float] = field(default_factory=list)
    cut: list[bool] = field(default_factory=list)
    promised: list[bool] = field(default_factory=list)
    read: list[bool] = field(default_factory=list)
    wrong_way: list[bool] = field(default_factory=list)
    said: list[tuple[float, bool]] = field(default_factory=list)
    said_flags: list[tuple[float, bool]] = field(default_factory=list)
    margins: dict[int, float] = field(default_factory=dict)
    weighed: list[Weighed] = field(default_factory=list)

    @property
    def regret(self) -> float:
        """Share of what could be had that was lost, per cent."""
        return 100 * (1 - self.value / self.best)

    @property
    def weeks(self) -> float:
        """Hundreds of campaign-weeks."""
        return self.campaigns * self.days / 700


class Counter:
    """Counts a game into a `Score`, with the market's truth."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.score = Score(market.account.size, market.priors.days)
        self._heard: set[str] = set()
        self._flagged: set[str] = set()
        self._named: dict[int, int] = {}
        self._turned: dict[int, tuple[int, bool]] = {}
        self._cuts: list[tuple[int, int]] = []
        self._best: Split | None = None

    def morning(self, said: Said) -> None:
        """What was said, and what the day is worth at the budgets as they stand."""
        score, market = self.score, self.market
        self._best = market.best(None if self._best is None else self._best.spend)
        spend, best = market.spend(market.budgets), self._best
        runs = np.bincount(market.account.pool, market.account.usual * (market.spend(
            market.account.usual) > 0), len(best.price))  # fmt: skip
        over = np.bincount(market.account.pool, spend, len(best.price)) - runs
        score.value += market.value(spend) - float(over @ best.price)
        score.best += market.value(best.spend)
        told = [piece for piece in said.pieces if not piece.quiet]
        score.open += len(told)
        for piece in told:
            self.flag(piece)
            if piece.id not in self._heard:
                self._heard.add(piece.id)
                score.news += 1
                self._advised(piece)
        for reading in said.readings:
            self._read(reading)
        if said.margins is not None:
            score.margins[market.day - market.priors.history] = self._alike(said.margins)

    def answered(self, answers: list[Answer]) -> None:
        """Which moves were made, and which of them take an earlier one back."""
        margin = self.market.marginal(self.market.spend(self.market.budgets))
        for answer in answers:
            for i, new in answer.budgets.items():
                change = new / self.market.budgets[i] - 1
                if abs(change) <= LEAST:
                    continue
                self.score.moves += 1
                day, up = self._turned.get(i, (-99, True))
                self.score.taken_back += up != (change > 0) and self.market.day - day <= REVERSED
                self._turned[i] = (self.market.day, change > 0)
                if change < 0 and margin[i] > self._price[i]:
                    self._cuts.append((i, self.market.day))

    def end(self) -> Score:
        """The score, once the last day is played."""
        for number, fault in enumerate(self.market.faults.all):
            days = float(self._named.get(number, np.inf))
            days = days if days <= WITHIN else np.inf
            self.score.found[fault.kind].append(days)
            if fault.kind == "break":
                self.score.found[name_of(fault)].append(days)
                if self._often(fault) >= 3:
                    self.score.big.append(days)
            if fault.kind == "outage":
                span = range(fault.first + 1, fault.last + 15)
                cut = {day for i, day in self._cuts if i == fault.campaigns[0]}
                self.score.cut.append(bool(cut & set(span)))
        return self.score

    def _often(self, fault: Fault) -> float:
        return float(self.market.account.results[fault.campaigns[0]])

    # -- budgets --------------------------------------------------------------------------
    def _advised(self, piece: Piece) -> None:
        """A piece that moves money, held against what it would really do."""
        if not piece.budgets:
            return
        gain, harmful, moved = self.worth(piece.budgets)
        old = self.market.budgets
        self.score.changes += sum(abs(new / old[i] - 1) > LEAST for i, new in piece.budgets.items())
        self.score.moved += moved
        self.score.harmful += harmful
        sure = np.nan if piece.sure is None else piece.sure
        rule, day = piece.rule or piece.action, self.market.day - self.market.priors.history
        self.score.weighed.append(Weighed(rule, day, moved, harmful, gain, sure))
        if piece.sure is not None:
            self.score.said.append((piece.sure, gain > 0))
        if piece.effect is not None:
            low, high = piece.effect
            self.score.promised.append(low <= self._more(piece) <= high)

    def _more(self, piece: Piece) -> float:
        """Results a day that its pool gains; where value counts, sales of the pool's usual size."""
        market, account = self.market, self.market.account
        after, old = market.spend(self._after(piece.budgets)), market.spend(market.budgets)
        place = account.pool[piece.campaigns[0]]
        mine = account.pool == place
        more = (market.results(after) - market.results(old))[mine]
        if not account.pools[place].by_value:
            return float(more.sum())
        order = account.order[mine]
        return float(more @ order / np.average(order, weights=account.results[mine]))

    def _after(self, budgets: Mapping[int, float]) -> Array:
        after = self.market.budgets.copy()
        for i, new in budgets.items():
            after[i] = new
        return after

    def worth(self, budgets: Mapping[int, float]) -> tuple[float, float, float]:
        """What a change of budgets gains a day, and what of the money moves the wrong way, of all.

        Money that leaves a pool or comes in counts at the pool's price: what one more unit buys at
        the best split. Where a piece moves money around, its campaigns are held against what the
        money it moves buys on average.
        """
        market, rows = self.market, np.array(list(budgets), dtype=int)
        day = self._working(rows)
        old, new = market.spend(market.budgets, day), market.spend(self._after(budgets), day)
        gain = market.value(new, day) - market.value(old, day)
        gain -= float((new - old) @ self._price)
        by = np.array([new_ - market.budgets[i] for i, new_ in budgets.items()])
        margin = market.marginal((old + new) / 2, day)[rows]
        moved = float(np.abs(by).sum())
        if len(rows) == 1 or abs(by.sum()) > 0.02 * moved:
            return gain, moved if gain < -1e-9 else 0.0, moved
        wrong = by * (margin - float(np.abs(by) @ margin) / max(moved, 1e-9)) < 0
        return gain, float(np.abs(by)[wrong].sum()), moved

    @property
    def _price(self) -> Array:
        """What one more unit of money buys at the best split of each campaign's pool."""
        assert self._best is not None
        return self._best.price[self.market.account.pool]

    def _working(self, rows: Array) -> int:
        """Today, or the first day of the week ahead on which all of these campaigns run."""
        today = self.market.day
        ahead = range(today, min(today + 7, self.market.length))
        return next((day for day in ahead if self.market.account.on[day, rows].all()), today)

    # -- checks ---------------------------------------------------------------------------
    def flag(self, piece: Piece) -> None:
        """Whether a flag names a fault that is on or was a week ago, and which it is first for."""
        if piece.budgets or piece.action not in FLAGS:
            return
        right = self._tired(piece)
        for number, fault in enumerate(self.market.faults.all):
            near = fault.first < self.market.day <= fault.last + AFTER
            if near and set(fault.campaigns) & set(piece.campaigns):
                right = True
                if piece.action in NAMES[name_of(fault)]:
                    self._named.setdefault(number, self.market.day - fault.first)
        if piece.id in self._flagged:
            return
        self._flagged.add(piece.id)
        self.score.flags += 1
        self.score.raised[piece.rule or piece.action] += 1
        if not right:
            self.score.false_flags[piece.rule or piece.action] += 1
        if piece.sure is not None:
            self.score.said_flags.append((piece.sure, right))

    def _tired(self, piece: Piece) -> bool:
        """A creative that really has worn out calls for a new one, planted or not."""
        if piece.action not in {"refresh_creative", "cap_frequency"}:
            return False
        worn, last = self.market.weather.worn, self.market.day - 1
        rows = list(piece.campaigns)
        return bool((worn[max(last - 21, 0), rows] - worn[last, rows] < WORN).any())

    # -- what is read and estimated -------------------------------------------------------
    def _read(self, reading: Reading) -> None:
        """An interval read afterwards against the change there really was."""
        with_, without = 0.0, 0.0
        rows = list(reading.after)
        for day in range(reading.first, min(reading.first + reading.days, self.market.day)):
            budgets = self.market.played["budget"][day].copy()
            for total, setting in ((0, reading.before), (1, reading.after)):
                for i, amount in setting.items():
                    budgets[i] = amount
                results = self.market.results(self.market.spend(budgets, day), day)[rows].sum()
                without, with_ = (without + results, with_) if not total else (
                    without, with_ + results)  # fmt: skip
        if min(with_, without) <= 0:
            return
        change = without / with_ - 1 if reading.price else with_ / without - 1
        self.score.read.append(reading.low <= change <= reading.high)
        if reading.verdict in {"worked", "harmful"} and reading.price:
            self.score.wrong_way.append((change < 0) != (reading.verdict == "worked"))

    def _alike(self, estimated: Array) -> float:
        """Correlation of log estimated with log true margins inside pools, over all of them."""
        market, pools = self.market, self.market.account.pool
        true = market.marginal(market.spend(market.budgets))
        known = np.isfinite(estimated) & (estimated > 0) & (true > 0)
        mine, yours = np.zeros(len(true)), np.zeros(len(true))
        for pool in np.unique(pools[known]):
            rows = known & (pools == pool)
            mine[rows] = np.log(estimated[rows]) - np.log(estimated[rows]).mean()
            yours[rows] = np.log(true[rows]) - np.log(true[rows]).mean()
        spread = float(np.sqrt((mine**2).sum() * (yours**2).sum()))
        return float((mine * yours).sum()) / spread if spread > 1e-9 else np.nan


def name_of(fault: Fault) -> str:
    """`break/page`, `outage`."""
    return f"{fault.kind}/{fault.cause}" if fault.cause else fault.kind
