"""Which budgets to move this morning: whom the evidence singles out, and who makes it add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from bot.advice.response.responding import Margins, Responses
from bot.advice.response.settings import Settings
from bot.numbers.metrics.sums import Bools, Floats

FREE = 10**9


@dataclass(frozen=True, eq=False)
class Guards:
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
class Part:
    """A campaign's part in a move: the share of its budget that it takes (or gives)."""

    row: int
    side: int
    chance: float
    money: float


Room: TypeAlias = dict[int, int]


def choose(
    found: Responses, margins: Iterable[Margins], guards: Guards
) -> list[tuple[int, list[Part]]]:
    """The parts of this morning's moves, by place of the pool.

    The surest candidates of the whole account are taken while their mean posterior error stays
    under `false_moves` (Bayesian false discovery rate, STATISTICS.md item 8), in a pool whose
    answer is not known only while a test has room. A side that is short is filled up with the
    likeliest others of its pool.
    """
    able, pools = _able(found, guards), list(margins)
    sure = [_candidates(found, one, able, found.settings.sure) for one in pools]
    room = {place: _room(found, place) for place in range(len(pools))}
    taken: dict[int, list[Candidate]] = {}
    for place, one in _surest(found.settings, sure, room):
        taken.setdefault(place, []).append(one)
    out = []
    for place, chosen in sorted(taken.items()):
        parts = _parts(found, guards, place, chosen)
        candidates = _candidates(found, pools[place], able, found.settings.partner)
        parts = _filled(found, guards, place, candidates, parts, room)
        out.append((place, parts))
    return [(place, parts) for place, parts in out if {p.side for p in parts} == {1, -1}]


def _able(found: Responses, guards: Guards) -> dict[int, Bools]:
    names = found.entities
    free = np.array([name not in guards.still for name in names], dtype=bool)
    free &= found.state.calm > found.settings.shaken
    captured = np.array([one.captured for one in found.panel.campaigns], dtype=bool)
    raised = np.array([name not in guards.no_raise for name in names], dtype=bool)
    return {-1: free, 1: free & raised & ~captured}


def _candidates(
    found: Responses, margins: Margins, able: Mapping[int, Bools], least: float
) -> list[Candidate]:
    """Who may move to a side with at least that chance, the surest first."""
    usual = float(found.beliefs.usual[found.panel.pool[margins.rows[0]]])
    bends = np.minimum(np.maximum(margins.elasticity, usual / 2), 0.85)
    out = []
    for side in (1, -1):
        chances = margins.chance(side)
        for place in np.flatnonzero(able[side][margins.rows] & ~(chances < least)).tolist():
            values = (chances[place], side * margins.expected[place], bends[place])
            out.append(Candidate(int(margins.rows[place]), side, *map(float, values)))
    return sorted(out, key=lambda one: (-one.chance, one.row))


def _room(found: Responses, place: int) -> int:
    """How many campaigns of the pool may move now."""
    if found.known[place]:
        return FREE
    mine = found.panel.pool == place
    fresh = int((found.changed_days[mine] <= found.settings.test_days).sum())
    return max(0, found.settings.tests - fresh)


def _surest(
    settings: Settings, pools: list[list[Candidate]], room: Room
) -> list[tuple[int, Candidate]]:
    every = [(place, one) for place, pool in enumerate(pools) for one in pool]
    every.sort(key=lambda pair: (-pair[1].chance, pair[1].row))
    taken: list[tuple[int, Candidate]] = []
    error = 0.0
    for place, one in every:
        wrong = error + 1 - one.chance
        if one.chance < settings.sure or wrong > settings.false_moves * (len(taken) + 1):
            break
        if room[place] > 0:
            room[place] -= 1
            error = wrong
            taken.append((place, one))
    return taken


def _parts(
    found: Responses, guards: Guards, place: int, candidates: Iterable[Candidate]
) -> list[Part]:
    step = found.settings.step if found.known[place] else found.settings.test_step
    parts = (_part(found, guards, one, step) for one in candidates)
    return [part for part in parts if part is not None]


def _part(found: Responses, guards: Guards, one: Candidate, step: float) -> Part | None:
    """clip(gap / (1 - b), step) of the budget (item 9), and what must stay stays."""
    budget = float(found.budgets[one.row])
    money = min(step, max(0.0, one.gap) / (1 - one.elasticity)) * budget
    if one.side < 0:
        first = float(np.exp(found.state.anchor[one.row]))
        floor = guards.floors.get(found.panel.campaigns[one.row].entity, 0.0)
        money = min(money, budget - max(floor, found.settings.keep * first))
    if money <= found.settings.least * budget:
        return None
    return Part(one.row, one.side, one.chance, money)


def _filled(  # noqa: PLR0913, PLR0917 - what a side is filled from, for whom and how far
    found: Responses,
    guards: Guards,
    place: int,
    candidates: list[Candidate],
    parts: list[Part],
    room: Room,
) -> list[Part]:
    takes, gives = (sum(p.money for p in parts if p.side == side) for side in (1, -1))
    if not parts or takes == gives:
        return parts
    side, lacking = (-1, takes - gives) if takes > gives else (1, gives - takes)
    there = {part.row for part in parts}
    spare = [c for c in candidates if c.side == side and c.row not in there]
    spare = [c for c in spare if c.chance > found.settings.partner]
    for part in _parts(found, guards, place, spare):
        if lacking <= 0 or room[place] <= 0:
            break
        room[place] -= 1
        lacking -= part.money
        parts = [*parts, part]
    return parts


def limited(parts: list[Part], most: int) -> list[Part]:
    """The surest of each side, no more than one can read in a message."""
    sides = ([p for p in parts if p.side == side] for side in (1, -1))
    return [part for side in sides for part in sorted(side, key=lambda p: -p.chance)[:most]]


def neutral(parts: list[Part], budgets: Floats, least: float) -> list[Part]:
    """Both sides brought to the lesser total; a part that becomes too small drops out."""
    for _ in range(2):
        totals = {side: sum(p.money for p in parts if p.side == side) for side in (1, -1)}
        moved = min(totals.values())
        if moved <= 0:
            return []
        parts = [Part(p.row, p.side, p.chance, p.money * moved / totals[p.side]) for p in parts]
        big = [p for p in parts if p.money >= least * budgets[p.row]]
        if len(big) == len(parts):
            break
        parts = big
    return parts if {p.side for p in parts} == {1, -1} else []
