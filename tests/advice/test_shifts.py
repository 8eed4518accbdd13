"""Moving money: neutral to the smallest unit, and never past the limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.money import digits, from_minor, plain, share_of, to_minor
from bot.advice.shifts import Side, amount, effect

budgets = st.integers(1, 10**10)


@given(budgets, budgets, st.floats(0.01, 1), st.integers(0, 10**10))
def test_never_more_than_the_step_of_either_nor_below_what_must_stay(
    giver: int, receiver: int, step: float, keep: int
) -> None:
    """A move is within the step of both budgets and leaves the floor."""
    moved = amount(giver, receiver, step, keep)
    assert moved >= 0
    assert moved <= share_of(giver, step)
    assert moved <= share_of(receiver, step)
    assert moved == 0 or giver - moved >= keep


@given(budgets, budgets, st.sampled_from(["NOK", "JPY", "KWD", None]))
def test_the_total_is_the_same_to_the_smallest_unit(
    giver: int, receiver: int, currency: str | None
) -> None:
    """What one loses the other gains, also as the decimal amounts people read."""
    moved = amount(giver, receiver, 0.2)
    before = from_minor(giver, currency), from_minor(receiver, currency)
    after = from_minor(giver - moved, currency), from_minor(receiver + moved, currency)
    assert sum(to_minor(x, currency) for x in before) == sum(to_minor(x, currency) for x in after)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["NOK", "JPY", "KWD", "USD", None]))
def test_minor_units_come_back_as_themselves(minor: int, currency: str | None) -> None:
    """Money survives the way out and back."""
    assert to_minor(from_minor(minor, currency), currency) == minor


def test_currencies_have_their_own_digits() -> None:
    """A yen has no øre, a dinar a thousand fils, a krone a hundred øre."""
    assert [digits(one) for one in ("JPY", "KWD", "NOK", None)] == [0, 3, 2, 2]
    assert to_minor(1234.5, "NOK") == 123_450
    assert to_minor(1234, "JPY") == 1234


def test_amounts_are_those_a_person_would_name() -> None:
    """Two digits that count, rounded down."""
    assert [plain(n) for n in (0, 7, 42, 437, 42_999)] == [0, 7, 42, 430, 42_000]


def test_a_share_of_money_is_exact() -> None:
    """A fifth of 2 100 is 420, whatever floats say."""
    assert share_of(210_000, 0.2) == 42_000
    assert share_of(30, 0.1) == 3


def test_trifles_are_not_moved() -> None:
    """Under three per cent of the giver's budget nothing moves."""
    assert amount(1_000_000, 1_000, 0.2) == 0


def side(results: float, spend: float) -> Side:
    return Side(results, spend, days=14, dispersion=1.5, noise=0.15)


def test_the_effect_is_the_gap_in_what_the_last_money_buys() -> None:
    """7 x move x elasticity x (rate of the receiver - rate of the giver)."""
    got = effect(100, side(50, 20_000), side(100, 20_000), 0.62)
    assert got is not None
    assert got.mean == pytest.approx(7 * 100 * 0.62 * (100 - 50) / 20_000)
    assert got.low < got.mean < got.high


def test_the_interval_covers_what_it_promises() -> None:
    """Nine in ten simulated truths lie inside the 90 % interval, give or take."""
    random = np.random.default_rng(5)
    inside = 0
    for _ in range(2_000):
        b = random.normal(0.62, 0.15)
        noise = random.normal(1, 0.15 / np.sqrt(14), 2)
        seen = random.poisson(np.array([50, 100]) * noise * random.gamma(60, 1 / 60, 2))
        got = effect(100, side(seen[0], 20_000), side(seen[1], 20_000), 0.62)
        truth = 7 * 100 * b * (100 - 50) / 20_000
        inside += got is not None and got.low <= truth <= got.high
    assert 0.85 <= inside / 2_000 <= 0.97


def test_no_effect_is_claimed_without_results() -> None:
    """A receiver nobody bought from promises nothing."""
    assert effect(100, side(50, 20_000), side(0, 20_000), 0.62) is None
    assert effect(100, side(50, 0), side(10, 20_000), 0.62) is None
