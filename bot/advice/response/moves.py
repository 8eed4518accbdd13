"""Which budgets to move this morning: whom the evidence singles out, and who makes it add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from bot.advice.response.responding import Margins, Responses
from bot.numbers.metrics.sums import Bools, Floats
from bot.numbers.special import ndtri

LEVELS = np.linspace(0.1, 0.9, 9)
"""Shares of a pool's campaigns below the levels that a plan may go by."""


@dataclass(frozen=True, eq=False)
class MoveLimits:
    """What holds campaigns back: entities. What is not named is free.

    Attributes:
        still: No move at all (cooldown, learning, tracking, late data, an open question).
        no_raise: No more money (delivery, captured demand).
        floors: Daily budget that must stay, currency units.
    """

    still: frozenset[str] = frozenset()
    no_raise: frozenset[str] = frozenset()
    floors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A campaign and a side: 1 takes, -1 gives."""

    row: int
    side: int
    chance: float
    gap: float
    elasticity: float


@dataclass(frozen=True)
class MovePart:
    """A campaign's part in a move: the share of its budget that it takes (or gives)."""

    row: int
    side: int
    chance: float
    money: float


def choose(
    responses: Responses, margins: Iterable[Margins], guards: MoveLimits
) -> list[tuple[int, list[MovePart]]]:
    """The parts of this morning's plans, by place of the pool.

    Of every pool the campaigns whose last money surely buys less than a level give, those whose
    next money surely buys more take (`sure`): where each is as sure as that, no more of the money
    moves the wrong way than 1 - `sure`. Nobody is moved only to make it add up.
    """
    able = _able(responses, guards)
    plans = [(place, _plan(responses, guards, able, pool)) for place, pool in enumerate(margins)]
    return [(place, parts) for place, parts in plans if {p.side for p in parts} == {1, -1}]


def _plan(
    responses: Responses, guards: MoveLimits, able: Mapping[int, Bools], margins: Margins
) -> list[MovePart]:
    level = _level(responses, able, margins)
    sure = _candidates(responses, margins, able, level)
    parts = (_part(responses, guards, candidate) for candidate in sure)
    return [part for part in parts if part is not None]


def _level(responses: Responses, able: Mapping[int, Bools], margins: Margins) -> float:
    """The margin, in logs over the pool's, that givers lie below and takers above.

    The pool's own, where that leaves both sides enough to do. But where most of the money stands
    where no more can be used, or on a giant, nearly all others lie below the pool's: nobody could
    take, and the worst would keep theirs for months. So of the levels between campaigns the one
    is taken at which what is moved should gain most (all that is not known taken as normal).
    """
    rows, expected = margins.rows, margins.expected
    gives, takes = able[-1][rows], able[1][rows]
    if not gives.any() or not takes.any():
        return 0.0
    levels = np.unique([0.0, *np.quantile(expected[gives | takes], LEVELS)])
    beyond = (expected - levels[:, None]) / margins.doubt
    step, surely = responses.settings.step, ndtri(responses.settings.sure)
    money = np.minimum(np.abs(expected - levels[:, None]) / (1 - _bends(responses, margins)), step)
    money = money * responses.budgets[rows]
    worth, gains = np.exp(expected), np.zeros(len(levels))
    sides = [np.where(able_side & (side * beyond >= surely), money, 0.0)
             for side, able_side in ((-1, gives), (1, takes))]  # fmt: skip
    totals = [part.sum(axis=1) for part in sides]
    both = np.minimum(*totals)
    buys = [
        part @ worth / np.maximum(total, 1e-9) for part, total in zip(sides, totals, strict=True)
    ]
    gains = both * (buys[1] - buys[0])
    return float(levels[np.argmax(gains)]) if gains.max() > 0 else 0.0


def _bends(responses: Responses, margins: Margins) -> Floats:
    """Elasticities as steps are sized by: never so small that a step would hardly be one."""
    usual = float(responses.beliefs.usual[responses.panel.pool[margins.rows[0]]])
    return np.minimum(np.maximum(margins.elasticity, usual / 2), 0.85)


def _able(responses: Responses, guards: MoveLimits) -> dict[int, Bools]:
    names = responses.entities
    free = np.array([name not in guards.still for name in names], dtype=bool)
    free &= responses.state.calm > responses.settings.shaken
    captured = np.array([campaign.captured for campaign in responses.panel.campaigns], dtype=bool)
    raised = np.array([name not in guards.no_raise for name in names], dtype=bool)
    lately = responses.changed_days <= responses.settings.turns
    back = {side: lately & (responses.changed_side == -side) for side in (1, -1)}
    return {-1: free & ~back[-1], 1: free & raised & ~captured & ~back[1]}


def _candidates(
    responses: Responses, margins: Margins, able: Mapping[int, Bools], level: float
) -> list[Candidate]:
    """Who may move to a side of the level with at least `sure`, the surest first."""
    bends, least = _bends(responses, margins), responses.settings.sure
    out = []
    for side in (1, -1):
        chances = margins.likely(side, level)
        for place in np.flatnonzero(able[side][margins.rows] & ~(chances < least)).tolist():
            values = (chances[place], side * (margins.expected[place] - level), bends[place])
            out.append(Candidate(int(margins.rows[place]), side, *map(float, values)))
    return sorted(out, key=lambda candidate: (-candidate.chance, candidate.row))


def _part(responses: Responses, guards: MoveLimits, candidate: Candidate) -> MovePart | None:
    """clip(gap / (1 - b), step) of the budget (item 9), and what must stay stays."""
    budget = float(responses.budgets[candidate.row])
    money = (
        min(responses.settings.step, max(0.0, candidate.gap) / (1 - candidate.elasticity)) * budget
    )
    if candidate.side < 0:
        first_budget = float(np.exp(responses.state.anchor[candidate.row]))
        floor = guards.floors.get(responses.panel.campaigns[candidate.row].entity, 0.0)
        money = min(money, budget - max(floor, responses.settings.keep * first_budget))
    if money <= responses.settings.least * budget:
        return None
    return MovePart(candidate.row, candidate.side, candidate.chance, money)


def limited(parts: list[MovePart], most: int) -> list[MovePart]:
    """The surest of each side, no more than one can read in a message."""
    sides = ([p for p in parts if p.side == side] for side in (1, -1))
    return [part for side in sides for part in sorted(side, key=lambda p: -p.chance)[:most]]


def neutral(parts: list[MovePart], budgets: Floats, least: float) -> list[MovePart]:
    """Both sides brought to the lesser total; a part that becomes too small drops out."""
    for _ in range(2):
        totals = {side: sum(p.money for p in parts if p.side == side) for side in (1, -1)}
        moved = min(totals.values())
        if moved <= 0:
            return []
        parts = [MovePart(p.row, p.side, p.chance, p.money * moved / totals[p.side]) for p in parts]
        big = [p for p in parts if p.money >= least * budgets[p.row]]
        if len(big) == len(parts):
            break
        parts = big
    return parts if {p.side for p in parts} == {1, -1} else []
