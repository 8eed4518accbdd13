"""How sure: posterior probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from bot.advice.evaluate.certainty import effective, posterior, probability, stands_on
from bot.advice.rules.condition import AnyOf, Name, parse_line
from bot.advice.rules.rulebook import Rulebook


def columns(**given: float) -> dict[str, np.ndarray]:
    named = {key.replace("__", "."): np.array([float(value)]) for key, value in given.items()}
    plain = {"threshold.overdispersion": np.array([1.0]), "threshold.day_noise": np.array([0.0])}
    return plain | {"days.now": np.array([14.0]), "days.before": np.array([28.0])} | named


def sure(rulebook: Rulebook, *lines: str, **given: float) -> float:
    parsed = [parse_line(line) for line in lines]
    return float(probability(parsed, columns(**given), np.ones(1, bool), rulebook.metrics)[0])


def simulated(k: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).gamma(k + 0.5, size=400_000)


def test_a_price_against_a_threshold_is_a_gamma_tail(rulebook: Rulebook) -> None:
    """P(cpa > target) equals the simulated posterior of the rate behind the sales."""
    got = sure(rulebook, "cpa.now > cpa.target", cpa__now=120, conversions__now=40, cpa__target=100)
    spend = 120 * 40
    assert got == pytest.approx((spend / simulated(40, 1) > 100).mean(), abs=0.003)


def test_two_windows_are_compared_by_both_posteriors(rulebook: Rulebook) -> None:
    """P(cpa.now > 1.1 cpa.before) carries the doubt of both windows."""
    got = sure(
        rulebook, "cpa.now > 1.1 * cpa.before",
        cpa__now=130, conversions__now=30, cpa__before=100, conversions__before=50,
    )  # fmt: skip
    now, before = 130 * 30 / simulated(30, 2), 100 * 50 / simulated(50, 3)
    assert got == pytest.approx((now > 1.1 * before).mean(), abs=0.005)


def test_a_share_is_a_beta(rulebook: Rulebook) -> None:
    """P(qualified_share < 0.4) equals the beta posterior's."""
    got = sure(
        rulebook, "qualified_share.now < 0.4",
        qualified_share__now=0.3, qualified_leads__now=30, leads__now=100,
    )  # fmt: skip
    drawn = np.random.default_rng(4).beta(30.5, 70.5, size=400_000)
    assert got == pytest.approx((drawn < 0.4).mean(), abs=0.003)


def test_money_spent_without_a_result_is_not_certain_waste(rulebook: Rulebook) -> None:
    """Three targets spent on nothing leave about one chance in twenty."""
    got = sure(
        rulebook, "spend.now > 1.5 * cpa.target * conversions.now",
        spend__now=300, cpa__target=100, conversions__now=0,
    )  # fmt: skip
    assert got == pytest.approx(0.9545, abs=0.001)


def test_lines_that_only_count_are_facts(rulebook: Rulebook) -> None:
    """`conversions.now >= 30` is seen, not estimated; a rule of facts has no probability."""
    assert np.isnan(sure(rulebook, "conversions.now >= 30", conversions__now=31))
    assert np.isnan(sure(rulebook, "frequency.now > 3", frequency__now=4))


def test_lines_multiply_and_the_surest_of_any_counts(rulebook: Rulebook) -> None:
    """Both lines are asked for; of `any` one is enough."""
    given = {"cpa__now": 120, "conversions__now": 40, "cpa__target": 100}
    one = sure(rulebook, "cpa.now > cpa.target", **given)
    both = sure(rulebook, "cpa.now > cpa.target", "cpa.now > 1.1 * cpa.target", **given)
    other = sure(rulebook, "cpa.now > 1.1 * cpa.target", **given)
    assert both == pytest.approx(one * other)
    either = AnyOf((parse_line("cpa.now > cpa.target"), parse_line("cpa.now > 1.1 * cpa.target")))
    got = probability([either], columns(**given), np.ones(1, bool), rulebook.metrics)[0]
    assert got == pytest.approx(max(one, other))


def test_overdispersion_and_few_days_make_less_sure(rulebook: Rulebook) -> None:
    """The same counts say less where results scatter more or come from fewer days."""
    given = {"cpa__now": 140, "conversions__now": 60, "cpa__target": 100}
    plain = sure(rulebook, "cpa.now > cpa.target", **given)
    wider = sure(rulebook, "cpa.now > cpa.target", **given, threshold__overdispersion=3)
    noisy = sure(rulebook, "cpa.now > cpa.target", **given, threshold__day_noise=0.5, days__now=3)
    assert wider < plain
    assert noisy < plain


def test_more_of_the_same_makes_surer(rulebook: Rulebook) -> None:
    """Ten times the sales at the same price leave less doubt."""
    few = sure(rulebook, "cpa.now > cpa.target", cpa__now=120, conversions__now=20, cpa__target=100)
    many = sure(
        rulebook, "cpa.now > cpa.target", cpa__now=120, conversions__now=200, cpa__target=100
    )
    assert few < many


def test_effective_counts_never_exceed_the_counts() -> None:
    """k_eff = 1 / (phi/k + noise^2/days), 0 for none, missing for missing."""
    got = effective(np.array([0.0, 10.0, np.nan]), np.full(3, 2.0), np.full(3, 0.01))
    assert got[0] == 0
    assert got[1] == pytest.approx(1 / (2 / 10 + 0.01))
    assert np.isnan(got[2])


@pytest.mark.parametrize(
    ("metric", "count", "shape"),
    [
        ("cpa", "conversions", "down"),
        ("ctr", "clicks", "share"),
        ("roas", "conversions", "up"),
        ("order_value", "conversions", "up"),
        ("conversions", "conversions", "count"),
        ("cpm", "impressions", "down"),
    ],
)
def test_each_metric_stands_on_its_count(
    rulebook: Rulebook, metric: str, count: str, shape: str
) -> None:
    """A price stands on what was bought, a share on its part, revenue on orders."""
    found = stands_on(rulebook.metrics[metric])
    assert found is not None
    assert (found.name, found.shape) == (count, shape)


@pytest.mark.parametrize("metric", ["spend", "frequency", "budget_used", "satisfaction", "days"])
def test_what_is_measured_exactly_is_a_fact(rulebook: Rulebook, metric: str) -> None:
    """Spend, frequency, pacing, satisfaction and days are not estimated."""
    assert stands_on(rulebook.metrics[metric]) is None


@pytest.mark.parametrize("metric", ["cpa", "roas", "conversions", "qualified_share"])
def test_quantiles_and_tails_agree(rulebook: Rulebook, metric: str) -> None:
    """P(X > quantile(u)) is 1 - u for every posterior."""
    given = columns(
        cpa__now=100, roas__now=4, conversions__now=25,
        qualified_share__now=0.5, qualified_leads__now=25, leads__now=50, spend__now=2_500,
    )  # fmt: skip
    found = posterior(Name(metric, "now"), given, rulebook.metrics)
    assert found is not None
    for u in (0.05, 0.5, 0.95):
        assert found.above(found.quantile(u))[0] == pytest.approx(1 - u, abs=1e-9)


def test_a_product_of_two_estimates_is_never_a_fact(rulebook: Rulebook) -> None:
    """P(spend > 1.25 cpa.before conversions.now) is the simulated chance, not certainty."""
    line = "spend.now > 1.25 * cpa.before * conversions.now"
    got = sure(
        rulebook, line,
        spend__now=9_000, cpa__before=240, conversions__now=22, conversions__before=140,
    )  # fmt: skip
    price = 240 * 140 / simulated(140, 5)
    assert got == pytest.approx((1.25 * price * simulated(22, 6) < 9_000).mean(), abs=0.03)
    assert 0.7 < got < 0.99


def test_a_sum_of_two_estimates_is_never_a_fact(rulebook: Rulebook) -> None:
    """Two counts added up are as unsure as both; only where everything counts is it a fact."""
    line = "cpa.now > cpa.target + 0.5 * cpa.before"
    got = sure(
        rulebook, line, cpa__now=200, conversions__now=12, cpa__target=100,
        cpa__before=150, conversions__before=20,
    )  # fmt: skip
    now, before = 200 * 12 / simulated(12, 7), 150 * 20 / simulated(20, 8)
    assert got == pytest.approx((now > 100 + 0.5 * before).mean(), abs=0.03)


def test_an_estimate_whose_count_is_missing_is_a_coin(rulebook: Rulebook) -> None:
    """Where nothing tells how far a price may be off, a line that holds is not sure."""
    nan = float("nan")
    got = sure(
        rulebook, "cpa.now > cpa.target", cpa__now=200, conversions__now=nan, cpa__target=100
    )
    assert got == 0.5


def test_a_price_above_nothing_is_certain_only_because_it_is(rulebook: Rulebook) -> None:
    """Against a negative number every draw holds: the answer is worked out, not assumed."""
    line = "cpa.now > cpa.target - 500"
    got = sure(rulebook, line, cpa__now=120, conversions__now=3, cpa__target=100)
    assert got == 1.0


@pytest.mark.parametrize(
    ("line", "chance"),
    [
        ("cpa.now > 0 * cpa.target", 1.0),
        ("cpa.now > 0 * cpa.before", 1.0),
        ("cpa.now > cpa.target - 100.5", 1.0),
        ("cpa.now < cpa.target - 100.5", 0.0),
        ("0 * cpa.now > cpa.target", 0.0),
        ("0 * cpa.now < cpa.target", 1.0),
        ("0 * cpa.now > cpa.target - 100.5", 1.0),
        ("0 * cpa.now > cpa.before - cpa.target", 0.0),
        ("(cpa.target - 100.5) * cpa.now > cpa.target", 0.0),
        ("(cpa.target - 100.5) * cpa.now < cpa.target", 1.0),
        ("(cpa.target - 100.5) * cpa.now > (cpa.target - 100.5) * cpa.before", 1.0),
    ],
)
def test_a_factor_of_zero_or_less_is_worked_out(
    rulebook: Rulebook, line: str, chance: float
) -> None:
    """A factor of zero, or a negative one, leaves no doubt about a price, which is positive."""
    got = sure(
        rulebook, line, cpa__now=120, conversions__now=12, cpa__target=100,
        cpa__before=400, conversions__before=900,
    )  # fmt: skip
    assert got == chance


def test_an_estimate_and_an_amount_are_added_and_not_multiplied(rulebook: Rulebook) -> None:
    """`cpa.now + 50 > 150` is asked of the price alone: as sure as `cpa.now > 100`."""
    given = {"cpa__now": 120, "conversions__now": 12, "cpa__target": 100}
    plain = sure(rulebook, "cpa.now > cpa.target", **given)
    added = sure(rulebook, "cpa.now + 50 > cpa.target + 50", **given)
    less = sure(rulebook, "cpa.now - cpa.target > 0", **given)
    assert added == pytest.approx(plain, abs=0.01)
    assert less == pytest.approx(plain, abs=0.01)
    assert 0.6 < plain < 0.9
