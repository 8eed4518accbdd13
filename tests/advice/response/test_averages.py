"""Averages are drawn to their pool's as far as the pool's own spread says, whatever it is."""

from __future__ import annotations

import numpy as np

from bot.advice.response.pools import _shrunk
from bot.numbers.metrics.sums import Floats

POOLS, CAMPAIGNS, NOISE = 400, 10, 0.25
REACH = 1.645  # of a 90 % interval, in standard deviations


def _pools(spread: float) -> tuple[Floats, list[tuple[Floats, Floats, float]]]:
    """What campaigns truly lie above zero, and what is made of one noisy look at each."""
    chance = np.random.default_rng(7)
    true = chance.normal(0, spread, (POOLS, CAMPAIGNS))
    seen = true + chance.normal(0, NOISE, true.shape)
    return true, [_shrunk(row, np.full(CAMPAIGNS, NOISE**2)) for row in seen]


def test_luck_is_not_taken_for_a_difference_where_nothing_differs() -> None:
    """Of ten campaigns alike, in few pools one is thought surely better than the rest."""
    _, made = _pools(0.0)
    surely = [np.max(above / np.sqrt(variance)) > REACH for above, variance, _ in made]
    assert np.mean(surely) < 0.03
    assert np.mean([above.std() for above, _, _ in made]) < 0.3 * NOISE


def test_an_interval_holds_what_it_says_whatever_the_spread() -> None:
    """Of 90 % intervals of what a campaign lies above its pool, nine in ten hold the truth."""
    for spread in (0.1, 0.3, 0.6, 1.0):
        true, made = _pools(spread)
        off = [
            (row - mean - above) / np.sqrt(variance)
            for row, (above, variance, mean) in zip(true, made, strict=True)
        ]
        assert 0.85 < np.mean(np.abs(off) < REACH) < 0.95, spread


def test_what_differs_widely_is_hardly_drawn_in() -> None:
    """Where averages differ four times as much as they are off, they keep nearly all of it."""
    true, made = _pools(4 * NOISE)
    kept = [np.polyfit(row, above, 1)[0] for row, (above, _, _) in zip(true, made, strict=True)]
    assert 0.85 < np.mean(kept) < 1.0
