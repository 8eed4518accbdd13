"""The lines of the table: what is measured of games, its goal, and how a cell is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.advice.score import Score

Cell = tuple[float, float]
"""A value and its standard error over games; NaN where there is none."""


@dataclass(frozen=True)
class Measure:
    """A line of the table.

    Attributes:
        each: Its value in one game, NaN where the game says nothing of it.
        total: Where set, (what counts, of what) in one game: shares are pooled over games, so that
            a game with one case in it weighs as one case.
        goals: The goal by difficulty of the family; `worse` is `over` or `under` it, or `outside`.
    """

    name: str
    each: Callable[[Score], float] | None = None
    total: Callable[[Score], tuple[float, float]] | None = None
    goals: Mapping[str, float] = field(default_factory=dict)
    worse: str = "over"

    def cell(self, scores: Sequence[Score]) -> Cell:
        """Mean and standard error over games."""
        if self.total is not None:
            return _pooled([self.total(score) for score in scores])
        assert self.each is not None
        values = np.array([self.each(score) for score in scores])
        return _mean(values[~np.isnan(values)])

    def difference(self, scores: Sequence[Score], others: Sequence[Score]) -> Cell:
        """Mean and standard error of the difference, game by game: both played the same markets."""
        one, two = (np.array([self._alone(s) for s in games]) for games in (scores, others))
        both = one - two
        return _mean(both[np.isfinite(both)])

    def _alone(self, score: Score) -> float:
        if self.each is not None:
            return self.each(score)
        assert self.total is not None
        count, of = self.total(score)
        return 100 * count / of if of else np.nan

    def missed(self, value: float, difficulty: str) -> bool | None:
        """Whether the goal is missed; None where there is none."""
        goal = self.goals.get(difficulty)
        if goal is None or np.isnan(value):
            return None
        if self.worse == "outside":
            return abs(value - goal) > 2.0
        return value > goal if self.worse == "over" else value < goal


def _mean(values: np.ndarray) -> Cell:
    if not len(values):
        return np.nan, np.nan
    middle = float(np.mean(values))
    if np.isinf(values).any():
        return middle, np.nan
    error = float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else np.nan
    return middle, error


def _pooled(pairs: Sequence[tuple[float, float]]) -> Cell:
    """A share in per cent of all cases, its error by leaving games out one at a time."""
    counts, of = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    if not of.sum():
        return np.nan, np.nan
    share, rest = 100 * counts.sum() / of.sum(), of.sum() - of
    if len(of) < 2 or (rest <= 0).any():
        return float(share), np.nan
    without = 100 * (counts.sum() - counts) / rest
    many = len(of)
    return float(share), float(np.sqrt((many - 1) / many * ((without - without.mean()) ** 2).sum()))


def _found(*kinds: str) -> Callable[[Score], tuple[float, float]]:
    def share(score: Score) -> tuple[float, float]:
        days = [d for kind in kinds for d in score.found.get(kind, [])]
        return float(np.isfinite(days).sum()), float(len(days))

    return share


def _days(kind: str) -> Callable[[Score], float]:
    """The median day, a miss counting as later than any."""

    def median(score: Score) -> float:
        days = score.found.get(kind, [])
        return float(np.median(np.minimum(days, 28.0))) if days else np.nan

    return median


def _share(values: Callable[[Score], Sequence[bool]]) -> Callable[[Score], tuple[float, float]]:
    return lambda score: (float(sum(values(score))), float(len(values(score))))


def _said(low: float, high: float, *, flags: bool) -> Callable[[Score], tuple[float, float]]:
    def came_true(score: Score) -> tuple[float, float]:
        pairs = score.said_flags if flags else score.said
        true = [right for sure, right in pairs if low <= sure < high]
        return float(sum(true)), float(len(true))

    return came_true


def _forty(score: Score) -> float:
    return score.open / score.days * 40 / score.campaigns


ALL = ("usual", "hard", "null", "level")
WRONG = ("usual", "hard")
BINS = ((0.5, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.99), (0.99, 1.01))
_FALSE = {"null": 0.3, "level": 0.5}


def _goal(value: float, of: Sequence[str] = WRONG) -> dict[str, float]:
    return dict.fromkeys(of, value)


MEASURES: tuple[Measure, ...] = (
    Measure("regret %", lambda s: s.regret,
            goals={"usual": 4.0, "hard": 4.5, "null": 0.2, "level": 0.5}),
    Measure("harmful money %", total=lambda s: (s.harmful, s.moved), goals=_goal(7.0)),
    Measure("budget changes advised / 100 campaign-weeks", lambda s: s.changes / s.weeks,
            goals={"null": 0.5, "level": 3.0}),
    Measure("false flags / 100 campaign-weeks",
            lambda s: sum(s.false_flags.values()) / s.weeks, goals=_FALSE),
    Measure("advice open a day, for 40 campaigns", _forty, goals=_goal(1.5, ALL)),
    Measure("advice new a day", lambda s: s.news / s.days),
    Measure("moves taken back within 14 days %", total=lambda s: (s.taken_back, s.moves),
            goals=_goal(3.0, ALL)),
    Measure("cost doubled: median days", _days("break"), goals=_goal(5.0)),
    Measure("cost doubled: found in 14 days %", total=_found("break"), goals=_goal(95.0),
            worse="under"),
    Measure("  of them with 3 results a day: found %",
            total=lambda s: (float(np.isfinite(s.big).sum()), float(len(s.big)))),
    Measure("outage: median days", _days("outage"), goals=_goal(2.0)),
    Measure("outage: found %", total=_found("outage", "account")),
    Measure("outage: campaigns cut wrongly %", total=_share(lambda s: s.cut), goals=_goal(0.0)),
    Measure("partial outage: found %", total=_found("partial"), goals=_goal(95.0), worse="under"),
    Measure("double counting: found %", total=_found("double"), goals=_goal(90.0), worse="under"),
    Measure("conversion-rate drop: found %", total=_found("drop"), goals=_goal(85.0),
            worse="under"),
    Measure("delivery stop: found %", total=_found("stop"), goals=_goal(100.0), worse="under"),
    Measure("spend spike: median days", _days("spike"), goals=_goal(1.0)),
    Measure("spend spike: found %", total=_found("spike")),
    Measure("creative fatigue: median days", _days("fatigue"), goals=_goal(7.0)),
    Measure("creative fatigue: found %", total=_found("fatigue")),
    Measure("promised effects: 90 % intervals cover %", total=_share(lambda s: s.promised),
            goals=_goal(90.0, ALL), worse="outside"),
    Measure("outcomes read: 90 % intervals cover %", total=_share(lambda s: s.read),
            goals=_goal(90.0, ALL), worse="outside"),
    Measure("outcomes read: verdict points the wrong way %", total=_share(lambda s: s.wrong_way),
            goals=_goal(5.0, ALL)),
    *(Measure(f"budget advice said at {100 * low:.0f}-{min(100 * high, 100):.0f} %: came true %",
              total=_said(low, high, flags=False)) for low, high in BINS),
    *(Measure(f"flags said at {100 * low:.0f}-{min(100 * high, 100):.0f} %: came true %",
              total=_said(low, high, flags=True)) for low, high in BINS),
    *(Measure(f"margins estimated and true, correlation: day {day}",
              lambda s, day=day: s.margins.get(day, np.nan))  # type: ignore[misc]
      for day in (1, 20, 40, 60, 90, 110)),
)  # fmt: skip
