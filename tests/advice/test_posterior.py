"""Probabilities mean what they say: simulated campaigns of known prices and scatter."""

from __future__ import annotations

import numpy as np
import pytest

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
