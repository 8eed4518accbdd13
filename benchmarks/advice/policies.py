"""What one can do about budgets: nothing, rules of thumb, proportional moves, perfbot, the truth.

A policy sees only what a marketer sees (the daily rows known this morning) except `truth`, which is
the ceiling. It returns moves: new daily budgets by campaign number, and flags it raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bot.advice import Memory, advise
from bot.advice.response import (
    Campaign,
    Guards,
    Responses,
    panel_of,
    propose,
    responses,
    units,
)
from bot.market.kinds import POOLS
from bot.market.observe import numbers
from bot.market.world import World
from bot.rules_files import load

STEP = 0.2


@dataclass
class Said:
    """What a policy says on a morning.

    Attributes:
        budgets: New daily budgets, by campaign number, one dict a piece of advice.
        flags: (kind of check, campaign number).
        expected: (low, high) results a day that each piece of budget advice promises, or None.
        pieces: Pieces of advice, and those of them that were not said yesterday.
    """

    budgets: list[dict[int, float]] = field(default_factory=list)
    flags: list[tuple[str, int]] = field(default_factory=list)
    expected: list[tuple[float, float] | None] = field(default_factory=list)
    pieces: tuple[int, int] = (0, 0)

    def move(self, budgets: dict[int, float], expected: tuple[float, float] | None = None) -> None:
        self.budgets.append(budgets)
        self.expected.append(expected)
        self.pieces = (self.pieces[0] + 1, self.pieces[1] + 1)


Policy = Callable[[World], Said]


def nothing(_world: World) -> Said:
    return Said()


def _seen(world: World, days: int) -> pd.DataFrame:
    """Spend and results of the newest `days` days as known, one row a campaign."""
    rows = numbers(world, back=days).sort_values("pulled_on")
    rows = rows.drop_duplicates(["date", "campaign_id"], keep="last")
    after_the_click = rows[["leads", "conversions"]].sum(axis=1)
    rows["results"] = np.where(rows["stage"] == "reach", rows["reach"], after_the_click)
    sums = rows.groupby("campaign_id")[["spend", "results"]].sum()
    return sums.reindex([f"c{i}" for i in range(len(world.pool))], fill_value=0.0)


def threshold(world: World, least: float = 0.0) -> Said:
    """Cost over 1.5x the pool's in 7 days: cut 20 %; under 1 / 1.5: raise 20 %."""
    seen, said = _seen(world, 7), Said()
    for pool in range(len(POOLS)):
        mine = np.flatnonzero(world.pool == pool)
        spend, results = seen["spend"].to_numpy()[mine], seen["results"].to_numpy()[mine]
        if results.sum() == 0:
            continue
        ratio = spend / np.maximum(results, 1e-9) / (spend.sum() / results.sum())
        enough = results >= (least if POOLS[pool][0] != "reach" else 0)
        for i, high, low in zip(
            mine, enough & (ratio > 1.5), enough & (ratio < 1 / 1.5), strict=True
        ):
            if high or low:
                said.move({int(i): float(world.budgets[i] * (1 - STEP if high else 1 + STEP))})
    return said


def guarded(world: World) -> Said:
    """The same with at least 30 results, and each campaign at most once in four days."""
    said = threshold(world, least=30)
    kept = Said()
    for budgets in said.budgets:
        if (next(iter(budgets)) + world.day) % 4 == 0:
            kept.move(budgets)
    return kept


def proportional(world: World) -> Said:
    """Each Monday: budgets in proportion to results per krone in the pool, clipped to 20 %."""
    said = Said()
    if world.day % 7:
        return said
    seen = _seen(world, 14)
    for pool in range(len(POOLS)):
        mine = np.flatnonzero(world.pool == pool)
        spend, results = seen["spend"].to_numpy()[mine], seen["results"].to_numpy()[mine]
        rate = np.where(spend > 0, results / np.maximum(spend, 1e-9), 0)
        if rate.sum() == 0:
            continue
        wanted = rate * spend / (rate * spend).sum() * world.budgets[mine].sum()
        budgets = np.clip(
            wanted, (1 - STEP) * world.budgets[mine], (1 + STEP) * world.budgets[mine]
        )
        budgets *= world.budgets[mine].sum() / budgets.sum()
        for i, budget in zip(mine, budgets, strict=True):
            said.move({int(i): float(budget)})
    return said


def truth(world: World) -> Said:
    """Knows the margins; moves 20 % of a budget between the ends of a pool when it pays by 12 %."""
    said, marginal = Said(), world.marginal(world.budgets)
    for pool in range(len(POOLS)):
        mine = [int(i) for i in np.flatnonzero(world.pool == pool)]
        order = sorted(mine, key=lambda i: marginal[i])
        for giver, taker in zip(order, reversed(order), strict=True):
            room = world.budgets[giver] - 0.2 * world.usual[giver]
            move = min(STEP * world.budgets[giver], STEP * world.budgets[taker], max(room, 0))
            if marginal[taker] > 1.12 * marginal[giver] and move > 0:
                said.move({giver: world.budgets[giver] - move, taker: world.budgets[taker] + move})
    return said


def perfbot() -> Policy:
    """perfbot's own advice, with its memory of yesterday."""
    rulebook, memory = load(), {"is": Memory()}

    def policy(world: World) -> Said:
        advised = advise(numbers(world), world.as_of, rulebook, memory=memory["is"])
        memory["is"] = advised.memory
        said = Said()
        for advice in advised.advice:
            _note(said, advice)
        new = sum(advice.opened_on == world.as_of for advice in advised.advice)
        said.pieces = (len(advised.advice), new)
        return said

    return policy


COOLDOWN, LEARNING, LEARNED, AGAIN = 4, 7, 50, 2
"""Days of silence after a change; of learning, or results that end it; before asking again."""


def engine(learning: int = LEARNING, back: int = 91) -> Policy:
    """The response engine by itself, on the frames `advise` gets; nobody looks for trouble."""
    kept: dict[str, Any] = {"evidence": None, "said": {}}

    def policy(world: World) -> Said:
        panel = panel_of(numbers(world, back), world.as_of, _trading(world), days=back)
        found = responses(panel, evidence=kept["evidence"])
        kept["evidence"] = found.evidence
        said = Said()
        for move in propose(found, Guards(_held(found, kept["said"], world.day, learning))):
            kept["said"].update(dict.fromkeys(move.after, world.day))
            budgets = {int(name.rsplit("|c", 1)[1]): value for name, value in units(move).items()}
            said.move(budgets, (move.effect.low / 7, move.effect.high / 7))
        return said

    return policy


def _trading(world: World) -> list[Campaign]:
    return [
        Campaign(f"{channel}|a1|c{i}", POOLS[pool], POOLS[pool][2], currency="NOK")
        for i, (channel, pool) in enumerate(zip(world.channel, world.pool, strict=True))
    ]


def _held(found: Responses, said: dict[str, int], day: int, learning: int) -> frozenset[str]:
    """Cooldown and learning hold (STATISTICS.md item 10); nothing is asked twice in two days."""
    held = set()
    for row, name in enumerate(found.entities):
        since = found.changed_days[row]
        results = np.nansum(found.panel.results[row, -int(min(since, learning)) :])
        learns = since < learning and results < LEARNED
        if since < COOLDOWN or learns or day - said.get(name, -AGAIN) < AGAIN:
            held.add(name)
    return frozenset(held)


def _note(said: Said, advice: Any) -> None:
    if advice.budgets:
        budgets = {int(name[1:]): float(value) for name, value in advice.budgets.items()}
        effect = advice.numbers.get("effect")
        said.move(budgets, effect and (effect["low"] / 7, effect["high"] / 7))
        return
    said.flags.extend((advice.action, int(name[1:])) for name in advice.campaign_ids)


POLICIES: dict[str, Callable[[], Policy]] = {
    "nothing": lambda: nothing,
    "thresholds": lambda: threshold,
    "guarded": lambda: guarded,
    "proportional": lambda: proportional,
    "perfbot": perfbot,
    "engine": engine,
    "engine, no learning hold": lambda: engine(learning=0),
    "truth": lambda: truth,
}
