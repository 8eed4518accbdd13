"""Charts and sparklines tell the same story, and gaps stay gaps."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blockkit import validate
from bot.render.charts import Trend, chart, drawn, points, sparkline, without_visualization
from bot.render.number_formats import NumberForms

DAYS = tuple(dt.date(2026, 10, 26) + dt.timedelta(day) for day in range(28))


def test_twenty_eight_days_become_fourteen_points():
    """A chart takes twenty categories at most: days are put together, none is left out."""
    found = points(Trend("spend", DAYS, (10.0,) * 28))
    assert [day for day, _ in found] == [*DAYS[1::2]]
    assert {value for _, value in found} == {10.0}


def test_a_price_is_sum_over_sum():
    """Days put together give spend over sales of both, not the mean of two prices."""
    spend, sales = (100.0, 300.0) * 14, (1.0, 1.0) * 14
    found = points(Trend("cpa", DAYS, spend, sales))
    assert {value for _, value in found} == {200.0}


def test_days_without_both_parts_do_not_count():
    """Spend on a day whose sales are unknown is no part of a price."""
    days = DAYS[:2]
    assert points(Trend("cpa", days, (100.0, 50.0), (None, 1.0))) == [(days[1], 50.0)]
    assert points(Trend("cpa", days, (100.0, 50.0), (0.0, 0.0))) == []


def test_a_sparkline_shows_gaps():
    """Lowest to highest, and a dot where a day is missing."""
    assert sparkline([1.0, None, 8.0]) == "▁·█"
    assert sparkline([3.0, 3.0]) == "▅▅"
    assert sparkline([None, None]) == ""


AMOUNTS = st.floats(-1e200, 1e200) | st.sampled_from([float("nan"), float("inf")])


@given(st.lists(st.none() | AMOUNTS, max_size=60))
def test_any_series_draws(renderers, values):
    """Whatever the numbers, the chart is one Slack takes, or there is none."""
    days = tuple(dt.date(2025, 1, 1) + dt.timedelta(day) for day in range(len(values)))
    block = drawn(Trend("spend", days, tuple(values), currency="NOK"), renderers["nb"].phrases)
    assert block is None or validate([block]) == []
    assert len(sparkline(values)) in {0, len(values)}


@pytest.mark.parametrize("kind", ["line", "bar"])
def test_the_fallback_is_a_sparkline(kind):
    """A Slack that knows no charts gets the title, the bars and the ends."""
    points_ = [{"label": "1 Nov", "value": 1}, {"label": "2 Nov", "value": 8}]
    drawing = {
        "type": kind,
        "series": [{"name": "CPA", "data": points_}],
        "axis_config": {"categories": ["1 Nov", "2 Nov"]},
    }
    block = {"type": "data_visualization", "title": "CPA", "chart": drawing}
    assert validate([block]) == []
    (plain,) = without_visualization([block])
    assert plain["elements"][0]["text"] == "CPA\n1 Nov: 1 ▁█ 8 (2 Nov)"


def test_a_pie_falls_back_to_words():
    """Shares are named one by one."""
    segments = [{"label": "Google", "value": 3}, {"label": "Meta", "value": 1}]
    block = {
        "type": "data_visualization",
        "title": "Spend",
        "chart": {"type": "pie", "segments": segments},
    }
    (plain,) = without_visualization([block])
    assert plain["elements"][0]["text"] == "Spend: Google 3, Meta 1"


@pytest.mark.parametrize(
    ("language", "sign", "value", "shown"),
    [
        ("nb", "kr", 251.048, "251 kr"),
        ("nb", "kr", 3.7412, "3,74 kr"),
        ("nb", "kr", 12345.678, "12 346 kr"),
        ("nb", "", 0.0134, "0,0134"),
        ("en", "£", 84.47, "£84"),
        ("en", "£", 3.7412, "£3.74"),
    ],
)
def test_the_ends_of_a_sparkline_are_written_as_people_write(language, sign, value, shown):
    """Where Slack draws no charts the first and last value are figures of the reader's language."""
    block = chart([("20 Oct", value), ("21 Oct", 2 * value)], title="T", name="N", line=True,
                  label=sign)  # fmt: skip
    (line,) = without_visualization([block], NumberForms(language))
    text = str(line).replace("\\xa0", " ").replace("\\u202f", " ")
    assert f"20 Oct: {shown} " in text
