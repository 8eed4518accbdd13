from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bot.advice.outcome import freeze, measure
from bot.advice.outcome.types import AFTER
from bot.demo.market.kinds import STANDARD
from bot.demo.market.world import World, numbers
from bot.domain.advice import Advice
from bot.numbers.plan import Plan


def _played(seed, *, placebo):
    """(covered, verdict) of two random 20 % shifts in each pool of a market without events."""
    world = World(replace(STANDARD, name="outcomes", events={}, history=35, days=40), seed)
    chance = np.random.default_rng([seed, 3])
    for _ in range(35):
        world.step()
    table, old = numbers(world), world.budgets.copy()
    pairs = [
        chance.choice(np.flatnonzero(world.pool == place), 4, replace=False).reshape(2, 2)
        for place in range(4)
    ]
    fixed = [_fixed(world, table, pair) for both in pairs for pair in both]
    touched = {each.entity for one in fixed for each in one.treated}
    fixed = [
        replace(one, controls=tuple(name for name in one.controls if name not in touched))
        for one in fixed
    ]
    for each in (each for one in fixed for each in one.treated if not placebo):
        world.budgets[int(each.campaign_id[1:])] = each.after
    true = np.zeros((2, len(old)))
    for day in range(AFTER + max(one.lag for one in fixed)):
        if 0 < day <= AFTER:
            true += world.expected(old), world.expected(world.budgets)
        world.step()
    then = numbers(world)
    for each in (each for one in fixed for each in one.treated):
        later = (then["campaign_id"] == each.campaign_id) & (
            then["date"] >= pd.Timestamp(fixed[0].on)
        )
        then.loc[later, "daily_budget"] = each.after
    for one in fixed:
        found = measure(one, then, one.read_on)
        own = [int(each.campaign_id[1:]) for each in one.treated]
        truth = true[0, own].sum() / true[1, own].sum() - 1
        yield found.low <= truth <= found.high, found.verdict


def _fixed(world, table, pair):
    giver, taker = map(int, pair)
    move = 0.2 * float(min(world.budgets[giver], world.budgets[taker]))
    old = {f"c{place}": float(world.budgets[place]) for place in (giver, taker)}
    new = {f"c{giver}": old[f"c{giver}"] - move, f"c{taker}": old[f"c{taker}"] + move}
    advice = Advice("a", "r", "v", tuple(old), "shift_budget", "advise", new, old, currency="NOK")
    return freeze(advice, table, world.as_of, Plan())


def test_intervals_cover_the_truth_in_a_simulated_market():
    """Nine times in ten: 24 random shifts whose true effect the market knows.

    Held to 83-100 % for so few; benchmarks/advice/outcomes.py counts hundreds.
    """
    covered = [good for seed in range(1, 4) for good, _ in _played(seed, placebo=False)]
    assert np.mean(covered) >= 0.83


def test_a_placebo_rarely_tells_anything():
    """Where nothing was moved, worked and harmful together come in about one of ten."""
    verdicts = [verdict for seed in range(11, 14) for _, verdict in _played(seed, placebo=True)]
    told = [verdict for verdict in verdicts if verdict in {"worked", "harmful"}]
    assert len(told) <= 0.17 * len(verdicts)
