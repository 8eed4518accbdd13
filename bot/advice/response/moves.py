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
    responses: Responses, margins: Iterable[Margins], guards: Guards
) -> list[tuple[int, list[Part]]]:
    """The parts of this morning's moves, by place of the pool.

    The surest candidates of the whole account are taken while their mean posterior error stays
    under `false_moves` (Bayesian false discovery rate, STATISTICS.md item 8), in a pool whose
    answer is not known only while a test has room. A side that is short is filled up with the
    likeliest others of its pool.
    """
    able, pools = _able(responses, guards), list(margins)
    sure = [_candidates(responses, pool, able, responses.settings.sure) for pool in pools]
    room = {place: _room(responses, place) for place in range(len(pools))}
    candidates_by_place: dict[int, list[Candidate]] = {}
    for place, candidate in _surest(responses.settings, sure, room):
        candidates_by_place.setdefault(place, []).append(candidate)
    out = []
    for place, chosen in sorted(candidates_by_place.items()):
        parts = _parts(responses, guards, place, chosen)
        candidates = _candidates(responses, pools[place], able, responses.settings.partner)
        parts = _filled(responses, guards, place, candidates, parts, room)
        out.append((place, parts))
    return [(place, parts) for place, parts in out if {p.side for p in parts} == {1, -1}]


def _able(responses: Responses, guards: Guards) -> dict[int, Bools]:
    names = responses.entities
    free = np.array([name not in guards.still for name in names], dtype=bool)
    free &= responses.state.calm > responses.settings.shaken
    captured = np.array([campaign.captured for campaign in responses.panel.campaigns], dtype=bool)
    raised = np.array([name not in guards.no_raise for name in names], dtype=bool)
    return {-1: free, 1: free & raised & ~captured}


def _candidates(
    responses: Responses, margins: Margins, able: Mapping[int, Bools], least: float
) -> list[Candidate]:
    """Who may move to a side with at least that chance, the surest first."""
    usual = float(responses.beliefs.usual[responses.panel.pool[margins.rows[0]]])
    bends = np.minimum(np.maximum(margins.elasticity, usual / 2), 0.85)
    out = []
    for side in (1, -1):
        chances = margins.chance(side)
        for place in np.flatnonzero(able[side][margins.rows] & ~(chances < least)).tolist():
            values = (chances[place], side * margins.expected[place], bends[place])
            out.append(Candidate(int(margins.rows[place]), side, *map(float, values)))
    return sorted(out, key=lambda candidate: (-candidate.chance, candidate.row))


def _room(responses: Responses, place: int) -> int:
    """How many campaigns of the pool may move now."""
    if responses.known[place]:
        return FREE
    mine = responses.panel.pool == place
    fresh = int((responses.changed_days[mine] <= responses.settings.test_days).sum())
    return max(0, responses.settings.tests - fresh)


def _surest(
    settings: Settings, pools: list[list[Candidate]], room: Room
) -> list[tuple[int, Candidate]]:
    pairs = [(place, candidate) for place, pool in enumerate(pools) for candidate in pool]
    pairs.sort(key=lambda pair: (-pair[1].chance, pair[1].row))
    accepted: list[tuple[int, Candidate]] = []
    error = 0.0
    for place, candidate in pairs:
        wrong = error + 1 - candidate.chance
        if candidate.chance < settings.sure or wrong > settings.false_moves * (len(accepted) + 1):
            break
        if room[place] > 0:
            room[place] -= 1
            error = wrong
            accepted.append((place, candidate))
    return accepted


def _parts(
    responses: Responses, guards: Guards, place: int, candidates: Iterable[Candidate]
) -> list[Part]:
    step = responses.settings.step if responses.known[place] else responses.settings.test_step
    parts = (_part(responses, guards, candidate, step) for candidate in candidates)
    return [part for part in parts if part is not None]


def _part(responses: Responses, guards: Guards, candidate: Candidate, step: float) -> Part | None:
    """clip(gap / (1 - b), step) of the budget (item 9), and what must stay stays."""
    budget = float(responses.budgets[candidate.row])
    money = min(step, max(0.0, candidate.gap) / (1 - candidate.elasticity)) * budget
    if candidate.side < 0:
        first_budget = float(np.exp(responses.state.anchor[candidate.row]))
        floor = guards.floors.get(responses.panel.campaigns[candidate.row].entity, 0.0)
        money = min(money, budget - max(floor, responses.settings.keep * first_budget))
    if money <= responses.settings.least * budget:
        return None
    return Part(candidate.row, candidate.side, candidate.chance, money)


def _filled(  # noqa: PLR0913, PLR0917 - what a side is filled from, for whom and how far
    responses: Responses,
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
    moving_rows = {part.row for part in parts}
    spare = [c for c in candidates if c.side == side and c.row not in moving_rows]
    spare = [c for c in spare if c.chance > responses.settings.partner]
    for part in _parts(responses, guards, place, spare):
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
