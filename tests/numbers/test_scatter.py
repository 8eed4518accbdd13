"""How far days scatter is found again in campaigns whose scatter is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import gammaincinv

from bot.numbers.forecast.reporting_lag import settled, settles
from bot.numbers.signals.overdispersion import medians, scatter
from bot.numbers.signals.peer_rates import peer_prior
from bot.numbers.special import gamma_quantile


def days_of(chance: np.random.Generator, mean: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """Negative binomial counts of this mean, with variance phi x mean."""
    more = np.maximum(phi - 1.0, 1e-9)
    return chance.poisson(chance.gamma(mean / more, more)).astype(float)


@pytest.mark.parametrize("phi", [1.0, 1.5, 3.0])
def test_known_scatter_is_found_again(phi: float) -> None:
    """Campaigns of one scatter, with a strong weekday season: the season is no scatter."""
    chance = np.random.default_rng(round(10 * phi))
    season = np.tile([1.3, 1.2, 1.0, 1.0, 0.9, 0.7, 0.9], 8)
    spend = np.ones((60, 56)) * 100
    count = days_of(chance, 0.08 * spend * season, np.full((60, 1), phi))
    found = scatter(count, spend, np.zeros(60, dtype=np.int64), np.full(60, 1.5))
    assert found.mean() == pytest.approx(phi, rel=0.12)


def test_slow_moves_and_a_break_are_no_scatter() -> None:
    """A rate that halves between two weeks, and one that drifts, look like steady ones."""
    chance = np.random.default_rng(3)
    spend = np.ones((40, 56)) * 100
    rate = 0.2 * np.where(np.arange(56) < 28, 1.0, 0.5) * np.linspace(1.0, 1.3, 56)
    count = days_of(chance, rate * spend, np.full((40, 1), 1.5))
    found = scatter(count, spend, np.zeros(40, dtype=np.int64), np.full(40, 1.5))
    assert np.median(found) == pytest.approx(1.5, abs=0.2)


def test_too_few_days_tell_nothing() -> None:
    """A week, missing days, or no money: the table's number is kept."""
    count, spend = np.full((3, 56), np.nan), np.ones((3, 56))
    count[0, -7:], count[1] = 5.0, 4.0
    spend[1] = np.nan
    assert np.isnan(scatter(count, spend, np.zeros(3, dtype=np.int64), np.full(3, 1.5))).all()


def test_an_unlike_campaign_changes_no_scatter() -> None:
    """Only campaigns alike lend theirs."""
    chance = np.random.default_rng(5)
    spend = np.ones((6, 56)) * 50
    count = days_of(chance, 0.1 * spend, np.full((6, 1), 2.0))
    groups, given = np.array([0, 0, 0, 0, 0, 1]), np.full(6, 1.5)
    all_ = scatter(count, spend, groups, given)
    assert np.array_equal(all_[:5], scatter(count[:5], spend[:5], groups[:5], given[:5]))


def test_medians_of_groups_are_medians() -> None:
    """Of even and odd groups; an empty group has none."""
    values = np.array([3.0, 1.0, 2.0, 10.0, 20.0])
    found = medians(values, np.array([0, 0, 0, 2, 2]), 3)
    assert found[0] == 2.0
    assert found[2] == 15.0
    assert np.isnan(found[1])


@pytest.mark.parametrize("true", [0.2, 0.5])
def test_the_spread_of_campaigns_alike_is_found_again(true: float) -> None:
    """Rates drawn from a known gamma give its mean price and its weight."""
    chance = np.random.default_rng(7)
    rate = 0.02 * chance.gamma(1 / true**2, true**2, 2_000)
    spend = chance.uniform(5_000, 20_000, 2_000)
    price, weight = peer_prior(
        chance.poisson(rate * spend).astype(float), spend, np.zeros(2_000, dtype=np.int64),
        np.full(2_000, 3.0),
    )  # fmt: skip
    assert np.median(price) == pytest.approx(50, rel=0.05)
    assert np.median(1 / np.sqrt(weight)) == pytest.approx(true, rel=0.1)


def test_campaigns_without_enough_others_have_no_prior() -> None:
    """Three are asked for: a group of three has two others each; equal ones keep 15 % of doubt."""
    events, spend = np.full(7, 50.0), np.full(7, 1000.0)
    groups = np.array([0, 0, 0, 1, 1, 1, 1])
    price, weight = peer_prior(events, spend, groups, np.full(7, 3.0))
    assert np.isnan(price[:3]).all()
    assert np.allclose(price[3:], 20.0)
    assert (weight[3:] <= 1 / 0.15**2).all()


def test_late_results_settle_within_their_interval() -> None:
    """Nine in ten campaigns settle where it was said, whatever their size and completion."""
    chance, tries = np.random.default_rng(11), 6_000
    final, share = chance.choice([20.0, 60.0, 300.0], tries), chance.choice([0.6, 0.8, 0.92], tries)
    phi = np.full(tries, 1.5)
    seen, rest = (days_of(chance, final * part, phi) for part in (share, 1 - share))
    low, high = settled(seen, share, 1.5)
    covered = ((seen + rest >= np.floor(low)) & (seen + rest <= np.ceil(high))).mean()
    inside = ((seen + rest >= low) & (seen + rest <= high)).mean()
    assert 0.84 <= inside <= 0.94
    assert covered >= 0.89


def test_what_is_complete_has_settled() -> None:
    """Nothing is still to come."""
    low, high = settled(np.array([40.0]), np.array([1.0]))
    assert (low[0], high[0]) == (40.0, 40.0)


@example(0.001, 0.05)
@example(1e5, 0.95)
@given(st.floats(0.01, 1e5), st.floats(0.001, 0.999))
def test_one_quantile_of_a_gamma_is_scipys(shape: float, share: float) -> None:
    """A first answer needs one, and does not load scipy for it: the same number."""
    assert gamma_quantile(shape, share) == pytest.approx(gammaincinv(shape, share), rel=1e-8)


@given(st.floats(0.5, 1e7), st.floats(0.05, 1.0), st.floats(1.0, 5.0))
def test_one_number_settles_as_many_do(known_results: float, complete: float, phi: float) -> None:
    """The scalar form says what the one for arrays says."""
    low, high = settled(np.array([known_results]), np.array([complete]), phi)
    expected = pytest.approx((low[0], high[0]), rel=1e-6)
    assert settles(known_results, complete, phi) == expected
