"""A fall of spend is found on its day; weekends, ramps and noise are none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.signals.spend_levels import level_change


def daily(seed: int, count: int = 28, noise: float = 0.12, weekend: float = 1.0) -> list[float]:
    rng = np.random.default_rng(seed)
    week = np.where(np.arange(count) % 7 >= 5, weekend, 1.0)
    return list(100 * week * rng.lognormal(0, noise, count))


@given(st.integers(0, 5000), st.sampled_from([0.05, 0.2, 0.34, 2.5, 4.0]), st.integers(2, 7),
       st.sampled_from([1.0, 0.4, 0.0]))  # fmt: skip
@settings(max_examples=60)
def test_a_new_level_is_found_on_its_day(seed, factor, days, weekend):
    """A third of what it was, or three times: since when, and by how much, weekdays apart."""
    amounts = daily(seed, noise=0.08, weekend=weekend)
    amounts[-days:] = [amount * factor for amount in amounts[-days:]]
    if sum(amount > 0 for amount in amounts[-days:]) < 2 or not amounts[-days]:
        return  # most of it is a weekend on which nothing is spent
    found = level_change(amounts)
    assert found is not None
    assert len(amounts) - found.at == days
    # Two or three days against weekdays learned from four of each scatter by 6 %: four times that.
    assert found.change == pytest.approx(factor - 1, abs=0.25 * max(1, factor))


@given(st.integers(0, 5000), st.sampled_from([1.0, 0.5, 0.1, 0.0]), st.integers(0, 6))
@settings(max_examples=60)
def test_weekends_and_noise_are_no_change(seed, weekend, shift):
    """Whatever weekday the morning is."""
    amounts = daily(seed, 35, weekend=weekend)
    assert level_change(amounts[shift : shift + 28]) is None


@given(st.floats(1.03, 1.18), st.integers(0, 500))
@settings(max_examples=30)
def test_a_ramp_has_no_day_on_which_it_jumped(growth, seed):
    """Neither upwards nor while it is wound down."""
    noise = np.random.default_rng(seed).lognormal(0, 0.01, 28)
    up = [10 * growth**day * noise[day] for day in range(28)]
    assert level_change(up) is None
    assert level_change(up[::-1]) is None


def test_what_is_older_than_a_week_is_how_it_is():
    """Said for a week, then no news."""
    amounts: list[float | None] = [100.0] * 20 + [30.0] * 8
    assert level_change(amounts) is None
    assert level_change(amounts[:-1]) is not None


def test_days_nobody_knows_are_no_zeros():
    """Late or missing numbers are no fall; a fall on both sides of a hole is one."""
    steady: list[float | None] = [100.0] * 24
    assert level_change([*steady, None, None, None]) is None
    found = level_change([*steady, 30.0, None, 31.0])
    assert found is not None
    assert found.at == 24


def test_young_campaigns_have_no_level_yet():
    """Six days tell no week."""
    assert level_change([100.0] * 6 + [10.0, 10.0]) is None


def test_an_account_that_comes_and_goes_has_no_new_level():
    """A dollar one day and twelve the next: its days lie apart, their sums do not."""
    found = [level_change(daily(seed, noise=0.8)) for seed in range(200)]
    assert sum(change is not None for change in found) <= 4
    assert all(abs(change.change) >= 0.3 for change in found if change)


@given(st.integers(0, 5000), st.integers(2, 7))
@settings(max_examples=40)
def test_a_smaller_change_than_a_third_is_no_news(seed, days):
    """A tenth less, or a quarter more."""
    for factor in (0.85, 1.2):
        amounts = daily(seed, noise=0.1)
        amounts[-days:] = [amount * factor for amount in amounts[-days:]]
        found = level_change(amounts)
        assert found is None or abs(found.change) >= 0.3
