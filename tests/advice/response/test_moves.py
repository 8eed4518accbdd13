"""Moves of money add up to the minor unit and keep to every limit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.advice.response import MoveLimits, ResponseSettings, propose, responses, units
from bot.advice.response.proposals import readout

SEEDS = st.integers(0, 10**6)
CURRENCIES = st.sampled_from(["NOK", "JPY", "KWD", None])
POOLS = ("a", "b", "c", "a", "b", "c") * 4


def _told(market: Any, seed: int, currency: str | None = "NOK") -> Any:
    """A market with contrasts, budgets moved once: some pools known, some not."""
    made = market(seed, POOLS, results=30.0, spread=0.7, currency=currency)
    made.play(made.usual, 42)
    factor = np.where(np.arange(len(POOLS)) % 2, 1.5, 0.7)
    moved = np.array([pool != "c" for pool in POOLS])
    made.play(np.round(np.where(moved, made.usual * factor, made.usual), 2), 42)
    return made


@settings(max_examples=20)
@given(seed=SEEDS, currency=CURRENCIES)
def test_money_is_neutral(market: Any, seed: int, currency: str | None) -> None:
    """What takers take is what givers give, to the smallest unit, in minor units and in units."""
    moves = propose(responses(_told(market, seed, currency).panel()))
    for move in moves:
        assert sum(move.before.values()) == sum(move.after.values())
        given = sum(move.before[name] - move.after[name] for name in move.givers)
        assert given == move.amount > 0
        digits = {"NOK": 2, "JPY": 0, "KWD": 3, None: 2}[currency]
        assert {name: round(value * 10**digits) for name, value in units(move).items()} == dict(
            move.after
        )


@settings(max_examples=20)
@given(seed=SEEDS)
def test_no_move_is_beyond_its_step_or_under_what_stays(market: Any, seed: int) -> None:
    """A fifth at most, so that no learning phase starts, and a fifth of the first always stays."""
    made = _told(market, seed)
    first = dict(zip((one.entity for one in made.campaigns), made.usual, strict=True))
    for move in propose(responses(made.panel())):
        for name, before in move.before.items():
            assert 0 < abs(move.after[name] - before) <= ResponseSettings().step * before + 1
            assert move.after[name] >= 100 * 0.2 * first[name] * 0.9


@settings(max_examples=20)
@example(seed=51, held={0, 3}, share=0.9305655921605347)  # whole kroner took 15 øre of a floor
@given(seed=SEEDS, held=st.sets(st.integers(0, 23), max_size=12), share=st.floats(0.7, 1.0))
def test_guards_hold(market: Any, seed: int, held: set[int], share: float) -> None:
    """Whom a guard names does not move, or is not raised, and no budget falls under its floor."""
    made = _told(market, seed)
    found = responses(made.panel())
    names, budgets = found.entities, np.round(found.budgets * share, 2)
    still = frozenset(names[row] for row in held if row % 2)
    no_raise = frozenset(names[row] for row in held if not row % 2)
    floors = dict(zip(names, budgets.tolist(), strict=True))
    for move in propose(found, MoveLimits(still, no_raise, floors)):
        assert not still & set(move.after)
        assert not no_raise & set(move.takers)
        assert all(move.after[name] >= round(100 * floors[name]) for name in move.givers)


def test_an_unknown_pool_is_tested_before_it_is_scaled(market: Any) -> None:
    """Without a budget change ever seen: tests only, each with its readout."""
    made = market(7, POOLS, results=30.0, spread=0.7)
    made.play(made.usual, 70)
    moves = propose(responses(made.panel()))
    assert moves
    for move in moves:
        assert move.test
        assert move.readout is not None


def test_a_known_pool_is_scaled(market: Any) -> None:
    """Once budgets were seen to bring results, moves are steps and need no readout."""
    found = [propose(responses(_told(market, seed).panel())) for seed in range(6)]
    scaled = [move for moves in found for move in moves if not move.test]
    assert scaled
    assert all(move.readout is None for move in scaled)
    assert all(move.pool != "c" for move in scaled)


@pytest.mark.parametrize("results", [3.0, 30.0])
def test_a_readout_says_what_decides(market: Any, results: float) -> None:
    """Whole weeks, a morning, and a bar halfway to what is expected; more results, no longer."""
    made = market(7, POOLS, results=results, spread=0.7)
    made.play(made.usual, 70)
    found = responses(made.panel())
    for move in propose(found):
        read = move.readout
        assert read is not None
        assert read.days % 7 == 0
        assert (read.until - found.panel.as_of).days >= read.days
        assert read.expected == pytest.approx(read.decides**2)
        assert read.decides > 1
        assert read.readable or read.days == 42


@settings(max_examples=10)
@given(seed=SEEDS)
def test_the_more_results_the_sooner_a_test_is_read(market: Any, seed: int) -> None:
    """Ten times the results never lengthen the same test."""
    rows, ratios = np.arange(4), np.array([1.35, 1.35, 0.65, 0.65])
    reads = []
    for results in (6.0, 60.0):
        made = market(seed, results=results)
        made.play(made.usual, 70)
        reads.append(readout(responses(made.panel()), rows, ratios, 0.6))
    few, many = reads
    assert many.days <= few.days
    assert many.readable
