"""Too little data says how much is missing, how fast it comes, and on which morning it is there."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.evaluate.rule_days import Spans
from bot.advice.evaluate.turning_points import LONGEST, Waiting, waits
from bot.advice.rules.condition import parse_line

AS_OF = date(2026, 11, 23)


def lack(line: str, now: int = 28, **numbers: float) -> tuple[Waiting, ...]:
    columns = {name.replace("_now", ".now").replace("_before", ".before"): np.array([value])
               for name, value in numbers.items()}  # fmt: skip
    return waits([parse_line(line)], columns, np.array([0]), Spans(now, 28, 0), AS_OF)[0]


def test_it_names_the_morning_there_is_enough() -> None:
    """12 of 30 leads in 8 days are 1.5 a day: 18 more take 12 days, until 5 December."""
    (found,) = lack("leads.now >= 30", leads_now=12, days_now=8)
    wanted = Waiting("leads", 12, 30, 12, 28, 1.5, date(2026, 12, 5))
    assert found == wanted
    assert found.to_json()["on"] == "2026-12-05"


def test_days_are_whole_and_never_too_few() -> None:
    """19 more at 1.5 a day take 13 days, not 12.67."""
    (found,) = lack("leads.now >= 31", leads_now=12, days_now=8)
    assert found.days == 13


def test_a_full_window_never_fills_more() -> None:
    """28 of 28 days gave 12 leads: at this pace 30 are never in it, and no day is named."""
    (found,) = lack("leads.now >= 30", leads_now=12, days_now=28)
    assert (found.days, found.on, found.window) == (None, None, 28)
    assert found.per_day == pytest.approx(12 / 28, abs=1e-6)


def test_nothing_is_promised_beyond_six_weeks() -> None:
    """A day further off than 42 days is not named."""
    assert lack("leads.now >= 50", now=90, leads_now=5, days_now=5)[0].days is None
    assert lack("leads.now >= 47", now=90, leads_now=5, days_now=5)[0].days == LONGEST


def test_both_windows_count_where_the_line_adds_them() -> None:
    """now + before: 10 of 30 in 10 days, over both windows."""
    numbers = {"leads_now": 6, "leads_before": 4, "days_now": 6, "days_before": 4}
    (found,) = lack("leads.now + leads.before >= 30", **numbers)
    assert (found.have, found.per_day, found.days, found.window) == (10, 1, 20, 56)


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("leads.now >= 30", {"leads_now": 40, "days_now": 8}),
        ("leads.now >= 30", {"leads_now": np.nan, "days_now": 8}),
        ("spend.now >= 300", {"spend_now": 10, "days_now": 8}),
        ("leads.now <= 3", {"leads_now": 10, "days_now": 8}),
    ],
)
def test_what_is_there_unknown_or_no_count_lacks_nothing(
    line: str, numbers: dict[str, float]
) -> None:
    """Enough, missing, money, or an upper bound: there is nothing to wait for."""
    assert lack(line, **numbers) == ()


def test_without_any_there_is_no_day_to_name() -> None:
    """None so far: none a day, and no promise."""
    (found,) = lack("leads.now >= 30", leads_now=0, days_now=8)
    assert (found.have, found.per_day, found.days) == (0, 0, None)


@given(st.integers(1, 60), st.integers(1, 20), st.integers(1, 400))
def test_the_day_named_is_the_first_with_enough(have: int, days: int, need: int) -> None:
    """At the pace seen, the day named has enough and the day before has not."""
    for found in lack("leads.now >= " + str(need), now=90, leads_now=have, days_now=days):
        if found.days is not None:
            pace = have / days
            assert have + pace * found.days >= need - 1e-6
            assert have + pace * (found.days - 1) < need
