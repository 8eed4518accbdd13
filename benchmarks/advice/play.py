"""Plays a policy through a world and counts what it cost, caught and claimed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from benchmarks.advice.policies import POLICIES, Said
from bot.market.kinds import KINDS, POOLS
from bot.market.response import best_split
from bot.market.world import Happening, World

# Which kinds of check name which event, within how many days it counts as found.
NAMES = {
    "outage": {"check_tracking"},
    "partial": {"check_tracking"},
    "channel_outage": {"check_tracking"},
    "double": {"check_tracking"},
    "spike": {"check_spend"},
    "stop": {"check_delivery"},
    "fatigue": {"refresh_creative", "cap_frequency"},
    "break": {"fix_landing_page", "check_tracking", "check_delivery", "cap_frequency"},
}
FAULTS = frozenset().union(*NAMES.values())
"""What names a fault; numbers that are late, say, are no fault of a campaign's."""
WITHIN = 14


@dataclass
class Score:
    """What one run of one policy came to. Money is moved money; days are counted from the event."""

    value: float = 0.0
    best: float = 0.0
    moves: int = 0
    advice: int = 0
    news: int = 0
    days: int = 0
    campaigns: int = 0
    moved: float = 0.0
    harmful: float = 0.0
    covered: list[bool] = field(default_factory=list)
    found: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    false_flags: int = 0
    cut_in_outage: list[bool] = field(default_factory=list)

    @property
    def regret(self) -> float:
        return 100 * (1 - self.value / self.best)

    @property
    def alarms(self) -> float:
        """Budget changes per 100 campaign-weeks."""
        return 100 * self.moves / (self.campaigns * self.days / 7)


def play(kind: str, seed: int, policy: str) -> Score:
    """One policy through one world; the same seed gives every policy the same market."""
    world, act = World(KINDS[kind], seed), POLICIES[policy]()
    people = np.random.default_rng([seed, 99])
    for _ in range(world.kind.history):
        world.step()
    score = Score(days=world.kind.days, campaigns=world.kind.campaigns)
    seen: dict[int, float] = {}
    cut: set[tuple[int, int]] = set()
    standing: frozenset[tuple[str, int]] = frozenset()
    for _ in range(world.kind.days):
        said = act(world)
        _count(score, world, said, cut)
        _look(score, world, said, seen, standing)
        standing = frozenset(said.flags)
        for budgets in said.budgets:
            if people.random() < world.kind.follow:
                for i, budget in budgets.items():
                    world.budgets[i] = max(budget, 0.05 * world.usual[i])
        score.value += float(_worth(world, world.expected(world.budgets)))
        score.best += _best(world)
        world.step()
    _settle(score, world, seen, cut)
    return score


def _worth(world: World, results: np.ndarray) -> float:
    """Results in one unit: each pool's usual price of one, so that pools weigh by their money."""
    price = np.array([POOLS[p][4] for p in world.pool])
    return float((results * price).sum())


def _best(world: World) -> float:
    rate = world.efficiency[world.day] * world.broken[world.day] * world.worn[world.day]
    spend = world.usual.copy()
    for pool in range(len(POOLS)):
        mine = np.flatnonzero(world.pool == pool)
        curves = [world.curves[i] for i in mine]
        spend[mine] = best_split((world.scale * rate)[mine], curves, world.usual[mine])
    return float(_worth(world, world.expected(spend)))


def _count(score: Score, world: World, said: Said, cut: set[tuple[int, int]]) -> None:
    score.advice += said.pieces[0]
    score.news += said.pieces[1]
    marginal, price = world.marginal(world.budgets), np.array([POOLS[p][4] for p in world.pool])
    for budgets, expected in zip(said.budgets, said.expected, strict=True):
        change = {i: new - world.budgets[i] for i, new in budgets.items()}
        score.moves += sum(abs(by) > 0.03 * world.budgets[i] for i, by in change.items())
        gain = sum(by * marginal[i] * price[i] for i, by in change.items())
        size = sum(abs(by) for by in change.values())
        net = sum(change.values())  # money taken out is worth what it buys on average elsewhere
        gain -= net * float(np.mean(marginal * price))
        score.moved += size
        score.harmful += size if gain < 0 else 0.0
        cut.update((i, world.day) for i, by in change.items() if by < 0)
        if expected is not None:
            after = world.budgets.copy()
            for i, by in change.items():
                after[i] += by
            effect = float((world.expected(after) - world.expected(world.budgets)).sum())
            score.covered.append(expected[0] <= effect <= expected[1])


def _touched(world: World, event: Happening) -> set[int]:
    if event.kind == "channel_outage":
        return set(np.flatnonzero(world.channel == world.channel[event.campaign]).tolist())
    return {event.campaign}


def _look(
    score: Score,
    world: World,
    said: Said,
    seen: dict[int, float],
    standing: frozenset[tuple[str, int]],
) -> None:
    """Which flags name an event that is on (or ended within a week), and which name nothing.

    A flag that names nothing counts on the morning it is raised, not on every one it stands.
    """
    for action, campaign in said.flags:
        right = False
        for number, event in enumerate(world.happenings):
            near = event.first < world.day <= event.last + 8
            if near and campaign in _touched(world, event):
                right = True
                if action in NAMES[event.kind] and number not in seen:
                    seen[number] = world.day - event.first
        new = action in FAULTS and (action, campaign) not in standing
        score.false_flags += new and not right


def _settle(score: Score, world: World, seen: dict[int, float], cut: set[tuple[int, int]]) -> None:
    for number, event in enumerate(world.happenings):
        days = seen.get(number, np.inf)
        score.found[event.kind].append(days if days <= WITHIN else np.inf)
        if event.kind == "outage":
            span = range(event.first + 1, event.last + 4)
            score.cut_in_outage.append(any((event.campaign, day) in cut for day in span))
