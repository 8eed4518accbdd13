"""Probabilities mean what they say: simulated campaigns of known prices and scatter."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bot.advice.evaluate.certainty import posterior, probability
from bot.advice.rules.condition import Name, parse_line
from bot.advice.rules.rulebook import Rulebook
from bot.numbers.signals.overdispersion import scatter
from bot.numbers.signals.peer_rates import peer_prior

GROUPS, EACH, DAYS, NOW = 150, 8, 56, 14
MANY = GROUPS * EACH


def market(seed: int, spread: float = 0.3) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """True prices, and the columns of campaigns in groups alike, scattering each by its own phi."""
    chance = np.random.default_rng(seed)
    groups = np.repeat(np.arange(GROUPS), EACH)
    usual = np.exp(chance.normal(np.log(50), 0.5, GROUPS))[groups]
    rate = chance.gamma(1 / spread**2, spread**2, MANY) / usual
    phi = chance.uniform(1.2, 3.0, GROUPS)[groups] * chance.uniform(0.9, 1.1, MANY)
    spend = np.repeat(usual * np.exp(chance.normal(0.7, 0.6, MANY)), DAYS).reshape(MANY, DAYS)
    more = (phi - 1)[:, None]
    count = chance.poisson(chance.gamma(spend * rate[:, None] / more, more)).astype(float)
    spent, won = spend[:, -NOW:].sum(axis=1), count[:, -NOW:].sum(axis=1)
    own = scatter(count, spend, groups, np.full(MANY, 1.5))
    price, weight = peer_prior(won / own, spent / own, groups, np.full(MANY, 3.0))
    return 1 / rate, {
        "spend.now": spent,
        "conversions.now": won,
        "cpa.now": np.divide(spent, won, out=np.full(MANY, np.nan), where=won > 0),
        "days.now": np.full(MANY, float(NOW)),
        "cpa.target": usual * np.exp(chance.normal(0, 0.3, MANY)),
        "threshold.overdispersion": np.full(MANY, 1.5),
        "threshold.day_noise": np.full(MANY, 0.15),
        "scatter.conversions": own,
        "usual_price.conversions": price,
        "usual_weight.conversions": weight,
        "complete.now": np.ones(MANY),
    }


def test_intervals_of_a_price_cover_what_they_promise(rulebook: Rulebook) -> None:
    """90 % intervals hold the true price in 87 to 93 of 100, with scatter learned from the days."""
    inside = []
    for seed in range(3):
        true, columns = market(seed)
        found = posterior(Name("cpa", "now"), columns, rulebook.metrics)
        assert found is not None
        low, high = found.quantile(0.05), found.quantile(0.95)
        told = columns["conversions.now"] >= 5
        inside.append(((low <= true) & (true <= high))[told])
    assert 0.87 <= np.concatenate(inside).mean() <= 0.93


@pytest.mark.parametrize("line", ["cpa.now > cpa.target",
                                  "spend.now > cpa.target * conversions.now"])  # fmt: skip
def test_a_probability_is_a_frequency(rulebook: Rulebook, line: str) -> None:
    """Of the prices called too dear with probability p, about p are: leaning on those alike."""
    told, truth = [], []
    for seed in range(3, 7):
        true, columns = market(seed)
        parsed = parse_line(line)
        all_ = np.ones(MANY, dtype=bool)
        told.append(probability([parsed], columns, all_, rulebook.metrics))
        truth.append(true > columns["cpa.target"])
    said, was = np.concatenate(told), np.concatenate(truth)
    for low, high in ((0.05, 0.3), (0.3, 0.7), (0.7, 0.9), (0.9, 0.99)):
        there = (said > low) & (said <= high)
        assert was[there].mean() == pytest.approx(said[there].mean(), abs=0.06)


def test_leaning_on_those_alike_errs_less(rulebook: Rulebook) -> None:
    """The squared error of the probability falls where campaigns are alike."""
    true, columns = market(9)
    parsed, all_ = [parse_line("cpa.now > cpa.target")], np.ones(MANY, dtype=bool)
    alone = {name: c for name, c in columns.items() if not name.startswith("usual")}
    dear = true > columns["cpa.target"]
    errors = [
        np.nanmean((probability(parsed, each, all_, rulebook.metrics) - dear) ** 2)
        for each in (columns, alone)
    ]
    assert errors[0] < 0.97 * errors[1]


def one(**given: float) -> dict[str, np.ndarray]:
    plain = {"threshold.overdispersion": 1.5, "threshold.day_noise": 0.15, "days.now": 14.0}
    named = plain | {key.replace("__", "."): value for key, value in given.items()}
    return {key: np.array([float(value)]) for key, value in named.items()}


def sure(rulebook: Rulebook, line: str, columns: dict[str, np.ndarray]) -> float:
    return float(probability([parse_line(line)], columns, np.ones(1, bool), rulebook.metrics)[0])


def test_late_results_make_a_price_less_surely_too_dear(rulebook: Rulebook) -> None:
    """With a fifth still to come, 110 a sale against 100 is no longer dear."""
    given = {"cpa__now": 110, "conversions__now": 200, "spend__now": 22_000, "cpa__target": 100}
    full = sure(rulebook, "cpa.now > cpa.target", one(**given))
    late = sure(rulebook, "cpa.now > cpa.target", one(**given, complete__now=0.8))
    assert full > 0.8
    assert late < 0.2


def test_one_unlike_the_others_is_not_averaged_away(rulebook: Rulebook) -> None:
    """Ten prices spent without a sale, where others hardly differ, are waste all the same."""
    given = {"spend__now": 15_000, "conversions__now": 0, "cpa__target": 1_000}
    alike_ = {"usual_price__conversions": 1_000, "usual_weight__conversions": 12}
    line = "spend.now > 1.3 * cpa.target * conversions.now"
    few = one(**{**given, "spend__now": 2_000}, **alike_)
    assert sure(rulebook, line, one(**given, **alike_)) > 0.9
    assert sure(rulebook, line, few) < 0.7


ONE = {
    "threshold.overdispersion": 1.5, "threshold.day_noise": 0.15, "days.now": 7.0,
    "spend.now": 900.0, "impressions.now": 20_000.0, "clicks.now": 400.0, "conversions.now": 16.0,
    "revenue.now": 8_000.0, "ctr.now": 0.02, "cpm.now": 45.0, "cpa.now": 56.25,
    "roas.now": 8_000 / 900, "complete.now": 0.8,
}  # fmt: skip
MIDDLE, LOW, HIGH = 0.5, 0.05, 0.95


def counted(events: float, phi: float = 1.5, noise: float = 0.15) -> float:
    """The events that chance alone would scatter as much as these do."""
    return 1 / (phi / events + noise**2 / 7)


def estimate(metric: str, rulebook: Rulebook, **changed: float):
    columns = {name: np.array([value]) for name, value in (ONE | changed).items()}
    found = posterior(Name(metric, "now"), columns, rulebook.metrics)
    assert found is not None
    return found


def held(found, distribution) -> None:
    """Quantiles and tails are those of a distribution of scipy's."""
    for share in (LOW, MIDDLE, HIGH):
        value = float(distribution.ppf(share))
        assert found.quantile(share)[0] == pytest.approx(value)
        assert found.above(np.array([value]))[0] == pytest.approx(1 - share)


@pytest.mark.parametrize("clicks", [400.0, 3.0])
def test_a_share_is_a_beta_of_what_was_counted(rulebook: Rulebook, clicks: float) -> None:
    """Clicks out of showings, as many of both as chance allows for; nothing of it is late."""
    k, shown = counted(clicks), clicks / 20_000
    found = estimate("ctr", rulebook, **{"clicks.now": clicks, "ctr.now": shown})
    held(found, stats.beta(k + 0.5, k / shown - k + 0.5))


def test_a_share_of_nothing_rests_on_what_was_shown(rulebook: Rulebook) -> None:
    """No click out of 20,000 showings over their scatter."""
    found = estimate("ctr", rulebook, **{"clicks.now": 0.0, "ctr.now": 0.0})
    held(found, stats.beta(0.5, 20_000 / 1.5 + 0.5))


def test_a_price_is_an_inverse_gamma_of_what_it_bought(rulebook: Rulebook) -> None:
    """Of showings, whose days scatter a third as much; of sales, four fifths of which are in."""
    k = counted(20_000, noise=0.05)
    held(estimate("cpm", rulebook), stats.invgamma(k + 0.5, scale=k * 45))
    k = counted(16)
    held(estimate("cpa", rulebook), stats.invgamma(k + 0.5, scale=k * 56.25 * 0.8))


def test_a_return_is_a_gamma_of_its_sales_whose_values_differ(rulebook: Rulebook) -> None:
    """Revenue over spend stands on sales, and scatters a fifth more than these."""
    k = counted(16, phi=1.5 * 1.2)
    held(estimate("roas", rulebook), stats.gamma(k + 0.5, scale=8_000 / 900 / (k * 0.8)))


def test_scatter_that_was_learned_takes_the_place_of_the_tables(rulebook: Rulebook) -> None:
    """A campaign's own days say what its days do: no noise comes on top."""
    k = 16 / 2.5
    found = estimate("cpa", rulebook, **{"scatter.conversions": 2.5})
    held(found, stats.invgamma(k + 0.5, scale=k * 56.25 * 0.8))


def test_what_is_known_is_no_estimate(rulebook: Rulebook) -> None:
    """Money that was spent is a fact, and so is a budget."""
    columns = {name: np.array([value]) for name, value in ONE.items()}
    assert posterior(Name("spend", "now"), columns, rulebook.metrics) is None
    assert posterior(Name("daily_budget", "now"), columns, rulebook.metrics) is None
