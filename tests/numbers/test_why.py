from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.numbers.board import board
from bot.numbers.why import CHAINS, split, split_rows

COLUMNS = ["spend", "impressions", "clicks", "conversions"]
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


@settings(max_examples=300, deadline=None)
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


@settings(max_examples=100, deadline=None)
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
        parts = split_rows(told.rows, metric)
        assert parts.now == told.rows.loc[0, f"now.{metric}"]
        assert parts.before == told.rows.loc[0, f"before.{metric}"]
    mixed = pd.concat([told.rows, told.rows.assign(currency="EUR")])
    with pytest.raises(UsageError, match="currencies"):
        split_rows(mixed)


def test_a_price_without_a_chain_is_refused():
    """What is no price is refused, with what can be asked for."""
    with pytest.raises(UsageError, match=", ".join(CHAINS)):
        split(sums(), sums(), "roas")
