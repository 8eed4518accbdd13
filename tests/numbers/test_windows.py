from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnknownName, UsageError
from bot.numbers.input.windows import Window, parse_window

D = date.fromisoformat
MORNINGS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("text", "as_of", "now", "before"),
    [
        ("7d", "2026-11-23", ("2026-11-16", "2026-11-22"), ("2026-11-09", "2026-11-15")),
        ("1d", "2026-11-23", ("2026-11-22", "2026-11-22"), ("2026-11-21", "2026-11-21")),
        ("28 D", "2026-03-01", ("2026-02-01", "2026-02-28"), ("2026-01-04", "2026-01-31")),
        ("yesterday", "2026-11-23", ("2026-11-22", "2026-11-22"), ("2026-11-15", "2026-11-15")),
        ("mtd", "2026-11-23", ("2026-11-01", "2026-11-22"), ("2026-10-01", "2026-10-22")),
        ("mtd", "2026-11-01", ("2026-10-01", "2026-10-31"), ("2026-09-01", "2026-09-30")),
        ("mtd", "2027-04-01", ("2027-03-01", "2027-03-31"), ("2027-02-01", "2027-02-28")),
        ("mtd", "2028-03-31", ("2028-03-01", "2028-03-30"), ("2028-02-01", "2028-02-29")),
        ("mtd", "2027-01-03", ("2027-01-01", "2027-01-02"), ("2026-12-01", "2026-12-02")),
        ("on friday", "2026-11-23", ("2026-11-20", "2026-11-20"), ("2026-11-13", "2026-11-13")),
        ("on sunday", "2026-11-23", ("2026-11-22", "2026-11-22"), ("2026-11-15", "2026-11-15")),
        ("in october", "2026-11-23", ("2026-10-01", "2026-10-31"), ("2026-08-31", "2026-09-30")),
        ("in november", "2026-11-23", ("2026-11-01", "2026-11-22"), ("2026-10-10", "2026-10-31")),
        ("in december", "2026-11-23", ("2025-12-01", "2025-12-31"), ("2025-10-31", "2025-11-30")),
        (
            "since thursday",
            "2026-11-23",
            ("2026-11-19", "2026-11-22"),
            ("2026-11-15", "2026-11-18"),
        ),
        ("since sunday", "2026-11-23", ("2026-11-22", "2026-11-22"), ("2026-11-21", "2026-11-21")),
        (
            "since 2026-11-12",
            "2026-11-23",
            ("2026-11-12", "2026-11-22"),
            ("2026-11-01", "2026-11-11"),
        ),
        ("since october", "2026-11-03", ("2026-10-01", "2026-11-02"), ("2026-08-29", "2026-09-30")),
        ("today", "2026-11-23", ("2026-11-23", "2026-11-23"), ("2026-11-22", "2026-11-22")),
        (
            "2026-11-01..2026-11-15",
            "2026-11-23",
            ("2026-11-01", "2026-11-15"),
            ("2026-10-17", "2026-10-31"),
        ),
        ("2026-11-20", "2026-11-23", ("2026-11-20", "2026-11-20"), ("2026-11-19", "2026-11-19")),
        (
            "2026-11-20..2026-12-31",
            "2026-11-23",
            ("2026-11-20", "2026-11-22"),
            ("2026-11-17", "2026-11-19"),
        ),
    ],
)
def test_windows_mean_what_the_conventions_say(text, as_of, now, before):
    """Each window and what it is compared with are those of the conventions."""
    found = parse_window(text, D(as_of))
    assert found == (Window(*map(D, now)), Window(*map(D, before)))


@given(MORNINGS, st.integers(1, 400))
def test_counted_windows_touch_and_are_equally_long(as_of, days):
    """`Nd` ends on the last data day; `before` is as long and ends where it begins, in any zone:
    days are calendar days, so no clock change can lengthen one."""
    now, before = parse_window(f"{days}d", as_of)
    assert now.until == as_of - timedelta(1)
    assert now.days == before.days == days
    assert before.until == now.since - timedelta(1)


@given(MORNINGS)
def test_yesterday_is_compared_with_its_own_weekday(as_of):
    """Yesterday's comparison is the same weekday a week earlier."""
    now, before = parse_window("yesterday", as_of)
    assert now.since.weekday() == before.since.weekday()
    assert (now.since - before.since).days == 7


@given(MORNINGS)
def test_month_to_date_stays_inside_two_months(as_of):
    """Both halves of mtd start on the first, and neither leaves its month."""
    now, before = parse_window("mtd", as_of)
    assert now.since.day == before.since.day == 1
    assert (before.since.year, before.since.month) == (before.until.year, before.until.month)
    assert before.until < now.since
    assert before.days <= now.days


@pytest.mark.parametrize("text", ["", "0d", "-7d", "7w", "week", "99999d", "2026-13-01", "7d..14d"])
def test_what_is_no_window_is_refused_with_a_near_one(text):
    """A window nobody knows is refused, and another is offered."""
    with pytest.raises(UnknownName) as caught:
        parse_window(text, D("2026-11-23"))
    assert caught.value.kind == "window"
    assert caught.value.nearest


@pytest.mark.parametrize(
    ("text", "said"),
    [("2026-11-15..2026-11-01", "backwards"), ("2026-11-23..2026-11-30", "has not begun")],
)
def test_an_impossible_range_is_refused(text, said):
    """A range that runs backwards or has not begun says so."""
    with pytest.raises(UsageError, match=said):
        parse_window(text, D("2026-11-23"))


@pytest.mark.parametrize(
    ("text", "as_of", "before"),
    [
        ("mtd vs month", "2026-11-23", ("2026-10-01", "2026-10-22")),
        ("mtd vs month", "2027-03-31", ("2027-02-01", "2027-02-28")),
        ("last month vs month", "2026-11-23", ("2026-09-01", "2026-09-30")),
        ("7d vs month", "2026-11-23", ("2026-10-19", "2026-10-25")),
        ("in november vs month", "2026-11-23", ("2026-10-04", "2026-10-25")),
        ("2026-11-01..2026-11-15 vs month", "2026-11-23", ("2026-10-04", "2026-10-18")),
    ],
)
def test_against_a_month_is_the_same_days_of_the_month_before(text, as_of, before):
    """`mtd vs month` compares the same days of the month before; other days, those 28 earlier."""
    assert parse_window(text, D(as_of))[1] == Window(*map(D, before))


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("7d vs previous", ("2026-11-09", "2026-11-15")),
        ("yesterday vs previous", ("2026-11-21", "2026-11-21")),
        ("mtd vs previous", ("2026-10-10", "2026-10-31")),
        ("7d vs 2026-10-01..2026-10-07", ("2026-10-01", "2026-10-07")),
        ("7d vs year", ("2025-11-17", "2025-11-23")),
        ("28d vs week", ("2026-09-28", "2026-10-25")),
        ("mtd vs year", ("2025-11-01", "2025-11-22")),
        ("qtd vs year", ("2025-10-01", "2025-11-22")),
        ("lastmonth vs year", ("2025-10-01", "2025-10-31")),
        ("2024-02-01..2024-02-29 vs year", ("2023-02-01", "2023-02-28")),
        ("2025-02-01..2025-02-28 vs year", ("2024-02-01", "2024-02-29")),
        ("2025-11-01..2026-10-31 vs year", ("2024-11-01", "2025-10-31")),
        ("2025-01-01..2026-10-31 vs year", ("2023-01-01", "2024-10-31")),
        ("2026-11-02..2026-11-08 vs year", ("2025-11-03", "2025-11-09")),
    ],
)
def test_a_window_is_held_against_what_is_named(text, before):
    """Previous is as many days just before; a range is itself; a week or a year is so much back."""
    assert parse_window(text, D("2026-11-23"))[1] == Window(*map(D, before))


def test_what_is_no_comparison_is_refused_with_the_window_alone():
    """A comparison nobody knows is refused, and the window without it is offered."""
    with pytest.raises(UnknownName) as caught:
        parse_window("7d vs moon", D("2026-11-23"))
    assert caught.value.nearest == ("7d",)


@pytest.mark.parametrize(
    ("text", "morning", "now", "before"),
    [
        ("ytd", date(2028, 3, 1), (date(2028, 1, 1), date(2028, 2, 29)),
         (date(2027, 1, 1), date(2027, 2, 28))),
        ("ytd", date(2026, 1, 2), (date(2026, 1, 1), date(2026, 1, 1)),
         (date(2025, 1, 1), date(2025, 1, 1))),
        ("qtd", date(2028, 3, 1), (date(2028, 1, 1), date(2028, 2, 29)),
         (date(2027, 10, 1), date(2027, 11, 29))),
        ("qtd", date(2026, 6, 1), (date(2026, 4, 1), date(2026, 5, 31)),
         (date(2026, 1, 1), date(2026, 2, 28))),
    ],
)  # fmt: skip
def test_a_year_or_quarter_so_far_is_held_against_the_one_before(text, morning, now, before):
    """The same days of it, over leap days and months of other lengths."""
    spans = parse_window(text, morning)
    assert [(span.since, span.until) for span in spans] == [now, before]
