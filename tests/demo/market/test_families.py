"""Markets drawn from broad priors: they know their own truth, and some are set aside."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.advice.__main__ import main
from benchmarks.advice.worlds.curves import CEILING, FLOOR, SHAPES, Curves, best_split
from benchmarks.advice.worlds.families import (
    CALIBRATING,
    FAMILIES,
    OPEN,
    REPORTING,
    SET_ASIDE,
    TUNING,
    SetAsideError,
    guard,
)
from benchmarks.advice.worlds.market import Market
from benchmarks.advice.worlds.table import Table

HERE = Path(__file__).parents[3]
BUSY = "late"


def played(family: str, seed: int = 3000, days: int = 40) -> tuple[Market, pd.DataFrame]:
    market = FAMILIES[family].market(seed)
    table = Table(market)
    for _ in range(days):
        market.play()
    return market, table.seen().numbers


@pytest.mark.parametrize("family", list(FAMILIES))
def test_a_seed_is_a_market(family: str) -> None:
    """The same family and seed give the same rows; another seed gives others."""
    first, again, other = (played(family, seed, 8)[1] for seed in (3000, 3000, 3001))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_luck_does_not_depend_on_what_is_done() -> None:
    """A budget changed in one campaign of no audience shared changes no other campaign's day."""
    priors = replace(FAMILIES["shop"].priors, rivalry=(0.0, 0.0), halo=(0.0, 0.0))
    left, right = Market(priors, (5,)), Market(priors, (5,))
    right.set_budgets({3: float(right.budgets[3]) * 2})
    for market in (left, right):
        for _ in range(30):
            market.play()
    others = np.arange(left.account.size) != 3
    assert (left.recorded[:, :, others] == right.recorded[:, :, others]).all()
    assert (left.recorded[:, :, 3] != right.recorded[:, :, 3]).any()


@given(
    st.lists(st.integers(0, len(SHAPES) - 1), min_size=1, max_size=12),
    st.floats(0.1, 0.9),
    st.floats(0.0, 1.0),
)
@settings(max_examples=60, deadline=None)
def test_curves_have_the_elasticity_they_were_drawn_with(
    shapes: list[int], elasticity: float, part: float
) -> None:
    """Every curve is 1 at the usual spend, rises, and its slope is its derivative everywhere."""
    many = len(shapes)
    bend = np.where(np.array(shapes) == 2, 1.2 + part, min(elasticity + 0.05 + part / 4, 1.0))
    curves = Curves.of(np.array(shapes), np.full(many, elasticity), bend)
    assert curves(np.ones(many)) == pytest.approx(np.ones(many))
    assert curves.slope(np.ones(many)) == pytest.approx(np.full(many, elasticity), abs=2e-3)
    for x in (0.3, 0.9, 1.7, 4.0):
        step = 1e-5
        rise = (curves(np.full(many, x + step)) - curves(np.full(many, x - step))) / (2 * step)
        assert curves.slope(np.full(many, x)) == pytest.approx(rise, rel=1e-3, abs=1e-6)
        assert (rise >= 0).all()


@given(st.integers(0, 10_000), st.integers(2, 8))
@settings(max_examples=40, deadline=None)
def test_no_split_beats_the_best_by_more_than_its_grid(seed: int, many: int) -> None:
    """The best split spends the pool's money, within bounds, and no random one is worth more."""
    random = np.random.default_rng(seed)
    shape = random.choice([0, 1, 3, 4], many)
    elasticity = random.uniform(0.2, 0.8, many)
    curves = Curves.of(shape, elasticity, elasticity + 0.1)
    usual, worth = random.uniform(50, 500, many), random.uniform(1, 20, many)
    pool = np.zeros(many, dtype=int)
    best = best_split(
        worth, curves.hull(), usual, pool, np.array([usual.sum()]), np.full(many, CEILING)
    )
    assert best.spend.sum() == pytest.approx(usual.sum())
    assert (best.spend >= FLOOR * usual * 0.999).all()
    for _ in range(20):
        other = FLOOR * usual + (1 - FLOOR) * usual.sum() * random.dirichlet(np.ones(many))
        if (other <= CEILING * usual).all():
            gained = float(worth @ curves(other / usual))
            assert gained <= float(worth @ curves(best.spend / usual)) * 1.005


@pytest.mark.parametrize("family", ["shop", "storm", "giants"])
def test_the_marginal_is_the_slope_of_the_value(family: str) -> None:
    """What the truth calls the margin is what a little more money really buys, others included."""
    market, _ = played(family, days=30)
    spend = market.spend(market.budgets)
    claimed = market.marginal(spend)
    for i in np.flatnonzero(spend > 0):
        step = np.zeros(len(spend))
        step[i] = 1e-3 * spend[i]
        slope = (market.value(spend + step) - market.value(spend - step)) / (2 * step[i])
        assert claimed[i] == pytest.approx(slope, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("family", ["calm", "tide", "plateau", "lull", "terraces"])
def test_a_null_has_nothing_to_gain(family: str) -> None:
    """Where nothing is wrong, money buys the same everywhere in a pool, whatever the averages."""
    market, _ = played(family, days=30)
    spend = market.spend(market.budgets)
    margins = market.marginal(spend)
    for pool in np.unique(market.account.pool):
        mine = (market.account.pool == pool) & (spend > 0)
        if mine.sum() > 1:
            assert np.std(margins[mine]) / np.mean(margins[mine]) < 0.02
    average = market.account.results * market.account.worth / market.account.usual
    if FAMILIES[family].difficulty == "level":
        assert average.max() / average.min() > 3


def test_late_results_add_up_and_none_is_seen_early() -> None:
    """Values grow to what there was, less what is taken back; no row is known before its day."""
    market, rows = played(BUSY, days=75)
    assert (rows["pulled_on"] > rows["date"]).all()
    assert (rows["pulled_on"] <= pd.Timestamp(market.as_of)).all()
    whole = market.recorded[:40]
    peak = whole.max(axis=1)
    ends = whole[:, -1]
    assert ((ends <= peak) & (ends >= 0)).all()
    assert (ends < peak).any()  # some are taken back
    assert (whole == np.floor(whole)).all()
    last = rows.sort_values("pulled_on").drop_duplicates(["date", "campaign_id"], keep="last")
    old = last[last["date"] < pd.Timestamp(market.as_of) - pd.Timedelta(days=35)]
    day = (old["date"] - pd.Timestamp("2026-01-05")).dt.days.to_numpy()
    column = old["campaign_id"].str[1:].astype(int).to_numpy()
    counted = old["conversions"].fillna(old["leads"]).fillna(old["reach"]).to_numpy()
    counts = ~market.account.by_reach[column]
    assert (counted[counts] == ends[day, column][counts]).all()


def test_money_is_what_budgets_allow() -> None:
    """Nobody spends on a day off; without a spike, spend stays within what a platform may bill."""
    market, rows = played("leads", days=60)
    spend = market.played["spend"][:60]
    assert (spend[~market.account.on[:60]] == 0).all()
    quiet = market.faults.spent[:60] == 1
    assert (spend[quiet] <= 1.6 * market.played["budget"][:60][quiet]).all()
    first = rows.drop_duplicates(["date", "campaign_id"], keep="first")
    assert first["spend"].sum() <= spend.sum() + 1e-6


@pytest.mark.parametrize(("kind", "factor"), [("outage", 0.0), ("double", 2.0), ("partial", 0.45)])
def test_a_fault_of_counting_is_none_of_selling(kind: str, factor: float) -> None:
    """A tag that breaks changes what is counted and not what is bought, and is mended."""
    markets = (FAMILIES["broken"].market(seed) for seed in range(3000, 3020))
    market, fault = next((m, f) for m in markets for f in m.faults.all
                         if f.kind == kind and f.last + 2 < m.length)  # fmt: skip
    row, day = fault.campaigns[0], fault.first
    assert market.faults.counted[day, row] == pytest.approx(factor, abs=0.16)
    assert market.faults.counted[fault.last + 1, row] == 1.0
    sold = market.results(market.account.usual, day)[row]
    usual = market.account.results[row] * market.lasting[day, row]
    assert sold == pytest.approx(usual, rel=0.3) or not market.account.on[day, row]


def test_what_is_set_aside_runs_only_when_it_is_said() -> None:
    """Families and seeds for the report are refused without the flag, and named with it."""
    assert len(SET_ASIDE) == 4
    assert len(OPEN) >= 8
    assert {FAMILIES[name].difficulty for name in SET_ASIDE} == {"usual", "hard", "null", "level"}
    with pytest.raises(SetAsideError, match="agency"):
        guard(["shop", "agency"], TUNING, set_aside=False)
    with pytest.raises(SetAsideError, match="reporting seeds: 1-3"):
        guard(["shop"], REPORTING[:3], set_aside=False)
    assert guard(["shop"], TUNING, set_aside=False) == []
    assert guard(["storm"], REPORTING, set_aside=True) == [
        "set-aside family: storm", "reporting seeds: 1-24",
    ]  # fmt: skip
    assert not set(TUNING) & set(REPORTING)
    assert not set(CALIBRATING) & (set(TUNING) | set(REPORTING))


def test_the_command_refuses_what_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make bench-advice` with a family set aside ends with the sentence, and plays nothing."""
    for words in (["--family", "storm"], ["--family", "shop", "--seeds", "reporting:2"]):
        monkeypatch.setattr("sys.argv", ["bench", *words, "--policy", "nothing"])
        with pytest.raises(SystemExit, match="--set-aside"):
            main()


def test_truth_and_policy_never_share_code() -> None:
    """No market imports what decides, and nothing that decides imports a market."""
    worlds = HERE / "benchmarks" / "advice" / "worlds"
    assert not _imports(worlds) & {"bot.advice", "bot.numbers.signals", "bot.demo.market"}
    for package in ("advice", "numbers", "backtest"):
        assert not {name for name in _imports(HERE / "bot" / package) if "benchmarks" in name}


def _imports(folder: Path) -> set[str]:
    """Modules that the files of a folder import, and the packages they lie in."""
    found: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                parts = node.module.split(".")
                found |= {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
            elif isinstance(node, ast.Import):
                found |= {each.name for each in node.names}
    return found


@pytest.mark.parametrize("family", ["shop", "slack", "storm", "brand"])
def test_nothing_beats_the_best_whatever_is_spent(family: str) -> None:
    """At any budgets, results less what the extra money is worth stay under the best split's."""
    market, random = FAMILIES[family].market(3004), np.random.default_rng(3)
    best = None
    for _ in range(40):
        best = market.best(None if best is None else best.spend)
        market.play()
    best = market.best(best.spend if best else None)
    top, price = market.value(best.spend), best.price[market.account.pool]
    usual = market.account.usual * (market.spend(market.account.usual) > 0)
    for size in (0.3, 1.0, 2.0):
        budgets = market.account.budget * np.exp(random.normal(0, size, market.account.size))
        spend = market.spend(budgets)
        assert market.value(spend) - float((spend - usual) @ price) <= 1.01 * top
