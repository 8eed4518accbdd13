from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.numbers.decompose.chains import CHAINS
from bot.numbers.decompose.split import split, split_rows
from bot.numbers.metrics.board import board

COLUMNS = ["spend", "impressions", "clicks", "conversions"]
EVERY = sorted({name for chain in CHAINS.values() for name in chain.columns})
SEVERAL = sorted(name for name, chain in CHAINS.items() if chain.adds)
NUMBER = st.one_of(
    st.just(0.0), st.just(np.nan), st.floats(0.01, 1e7), st.integers(1, 1000).map(float)
)


def sums(**campaigns: list[float]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(campaigns, orient="index", columns=COLUMNS, dtype=float)


@st.composite
def two_times(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    row = st.lists(NUMBER, min_size=4, max_size=4)
    each = st.dictionaries(st.sampled_from("abcde"), row, max_size=5)
    return sums(**draw(each)), sums(**draw(each))


@settings(max_examples=120, deadline=None)
@given(two_times())
def test_the_parts_add_up_to_the_change(times):
    """Whatever is zero, missing, new or gone: the parts add up, or it says why there are none."""
    now, before = times
    told = split(now, before)
    if told.change is None:
        assert not told.factors
        assert told.now is None or told.before is None
        return
    size = max(abs(told.now), abs(told.before), 1.0)
    assert sum(told.factors.values()) == pytest.approx(told.change, abs=1e-9 * size)
    assert told.campaigns.to_numpy().sum() == pytest.approx(told.change, abs=1e-9 * size)
    assert set(told.unsplit) <= set(now.index) | set(before.index)


@settings(max_examples=50, deadline=None)
@given(two_times())
def test_backwards_it_is_the_same_with_other_signs(times):
    """Now against before and before against now differ in sign only."""
    there, back = split(*times), split(*reversed(times))
    for name, value in there.factors.items():
        assert back.factors[name] == pytest.approx(-value, rel=1e-6, abs=1e-9)


def test_one_thing_that_moved_takes_it_all():
    """Where only the price of showings doubled, the whole change is CPM's."""
    told = split(sums(a=[200, 1000, 100, 10]), sums(a=[100, 1000, 100, 10]))
    assert told.factors["cpm"] == pytest.approx(told.change) == pytest.approx(10)
    assert told.factors["ctr"] == told.factors["conversion_rate"] == told.factors["mix"] == 0


def test_a_fallen_rate_makes_results_dearer():
    """Half the conversion rate adds to the price; a better click rate takes off."""
    told = split(sums(a=[100, 1000, 200, 10]), sums(a=[100, 1000, 100, 10]))
    assert told.change == pytest.approx(0)
    assert told.factors["ctr"] < 0 < told.factors["conversion_rate"]


def test_a_move_between_campaigns_is_mix():
    """Where no campaign changed its price but the dear one grew, the change is mix."""
    cheap, dear = [100, 1000, 100, 10], [400, 1000, 100, 10]
    grown = [value * 3 for value in dear]
    told = split(sums(a=cheap, b=grown), sums(a=cheap, b=dear))
    assert told.factors["mix"] == pytest.approx(told.change)
    assert told.change > 0


def test_what_cannot_be_taken_apart_says_why():
    """New, ended, resultless and unmeasured campaigns are named with the reason."""
    fine = [100, 1000, 100, 10]
    told = split(
        sums(a=fine, new=fine, none=[100, 1000, 100, 0], gap=[100, np.nan, 100, 10]),
        sums(a=fine, gone=fine, none=fine, gap=fine),
    )
    assert told.unsplit == {
        "gap": "impressions missing now",
        "gone": "no numbers now",
        "new": "no numbers before",
        "none": "no conversions now",
    }
    assert told.campaigns.loc["none", "unsplit"] != 0


def test_without_results_there_is_no_change_to_split():
    """No result now: no price, no parts, and it says so."""
    told = split(sums(a=[100, 1000, 100, 0]), sums(a=[100, 1000, 100, 5]))
    assert (told.now, told.before, told.change) == (None, 20.0, None)
    assert told.unsplit == {"a": "no result now"}


def test_a_board_is_taken_apart(metrics, days_of):
    """The rows of a board give the same prices as the board."""
    rows = days_of(
        spend=[10.0] * 7 + [20.0] * 7,
        impressions=[100.0] * 14,
        clicks=[10.0] * 14,
        conversions=[1.0] * 14,
    )
    told = board(rows, date(2026, 11, 23), "7d", metrics)
    for metric in ("cpa", "cpc"):
        parts = split_rows(told.rows.to_dict("records"), metric)
        assert parts.now == told.rows.loc[0, f"now.{metric}"]
        assert parts.before == told.rows.loc[0, f"before.{metric}"]
    mixed = pd.concat([told.rows, told.rows.assign(currency="EUR")])
    with pytest.raises(UsageError, match="currencies"):
        split_rows(mixed.to_dict("records"))


def test_a_price_without_a_chain_is_refused():
    """What is no price is refused, with what can be asked for."""
    with pytest.raises(UsageError, match=", ".join(CHAINS)):
        split(sums(), sums(), "satisfaction")


@st.composite
def all_columns(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two times of campaigns with every column a chain may read."""
    row = st.lists(NUMBER, min_size=len(EVERY), max_size=len(EVERY))
    each = st.dictionaries(st.sampled_from("abcde"), row, max_size=4)
    now, before = (
        pd.DataFrame.from_dict(draw(each), orient="index", columns=EVERY, dtype=float)
        for _ in range(2)
    )
    return now, before


def assert_exact(told):
    parts = told.campaigns.to_numpy()
    size = max(abs(told.now), abs(told.before), np.abs(parts).sum(), 1.0)
    assert sum(told.factors.values()) == pytest.approx(told.change, abs=1e-9 * size)
    assert parts.sum() == pytest.approx(told.change, abs=1e-9 * size)


@settings(max_examples=60, deadline=None)
@given(all_columns(), st.sampled_from(SEVERAL))
def test_every_number_is_taken_apart_without_a_rest(times, metric):
    """Prices, returns, rates and sums alike: the parts add up, and backwards they change sign."""
    told, back = split(*times, metric), split(*reversed(times), metric)
    assert (told.now, told.before) == (back.before, back.now)
    if told.change is None:
        assert set(told.gaps) == set(times[0].index) | set(times[1].index)
        return
    assert_exact(told)
    size = np.abs(told.campaigns.to_numpy()).sum() + 1.0
    for name, value in told.factors.items():
        assert back.factors[name] == pytest.approx(-value, rel=1e-6, abs=1e-9 * size)


@settings(max_examples=50, deadline=None)
@given(all_columns(), st.sampled_from(SEVERAL), st.permutations("abcde"))
def test_what_campaigns_are_called_changes_nothing(times, metric, names):
    """Other names, in another order: the same factors, and each campaign keeps its part."""
    renamed = dict(zip("abcde", names, strict=True))
    told = split(*times, metric)
    other = split(*(each.rename(index=renamed).sort_index() for each in times), metric)
    for name, value in told.factors.items():
        size = np.abs(told.campaigns.to_numpy()).sum() + 1.0
        assert other.factors[name] == pytest.approx(value, rel=1e-9, abs=1e-9 * size)
    assert {renamed[name]: gap for name, gap in told.gaps.items()} == dict(other.gaps)


def several(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=list("ab")[: len(next(iter(columns.values())))], dtype=float)


def test_the_order_value_is_a_part_of_roas():
    """Dearer orders alone: the whole rise of ROAS is theirs."""
    before = several(spend=[100], impressions=[1000], clicks=[100], conversions=[10], revenue=[300])
    told = split(before.assign(revenue=600.0), before, "roas")
    assert (told.before, told.now) == (3.0, 6.0)
    assert told.factors["order_value"] == pytest.approx(3.0)
    assert told.steps["order_value"] == (30.0, 60.0)
    assert told.steps["cpm"] == (100.0, 100.0)


def test_more_sales_are_more_money_or_better_money():
    """A sum is split into what was spent and what the money bought."""
    before = several(spend=[100], impressions=[1000], clicks=[100], conversions=[10])
    told = split(before * 2, before, "conversions")
    assert told.factors["spend"] == pytest.approx(10) == pytest.approx(told.change)
    assert told.steps["spend"] == (100.0, 200.0)


def test_growth_at_the_common_price_is_nobodys_fault():
    """A campaign that doubles at the price everybody pays adds nothing to that price."""
    both = several(spend=[100, 100], impressions=[1000, 1000], clicks=[50, 50])
    grown = both.mul([2, 1], axis=0)
    told = split(grown, both, "cpc")
    assert told.campaigns.to_numpy() == pytest.approx(0)


def test_a_new_campaign_is_counted_from_the_common_price():
    """What has just begun adds what it costs beyond the others, not all its money."""
    both = several(spend=[100, 300], impressions=[1000, 1000], clicks=[100, 100])
    told = split(both, both.loc[["a"]], "cpc")
    assert told.change == pytest.approx(1.0)
    assert told.unsplit == {"b": "no numbers before"}
    assert told.factors["unsplit"] == pytest.approx(0.75)


def test_a_step_nobody_counts_is_passed_over():
    """Without showings the price of clicks is told whole."""
    before = several(spend=[100], clicks=[100], conversions=[10])
    told = split(before.assign(spend=200.0), before, "cpa")
    assert told.left_out == ("impressions",)
    assert told.factors["cpc"] == pytest.approx(10)


def test_people_reached_are_one_campaigns():
    """The price of people reached is split for one campaign, and refused for several."""
    one = several(spend=[100], impressions=[1000], reach=[500])
    told = split(one.assign(reach=400.0), one, "cost_per_reach")
    assert told.factors["frequency"] == pytest.approx(told.change) == pytest.approx(50)
    two = several(spend=[1, 1], impressions=[1, 1], reach=[1, 1])
    with pytest.raises(UsageError, match="one campaign"):
        split(two, two, "cost_per_reach")
