"""Dates in every country's form."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import days
from bot.sources.written import LANGUAGES

any_day = st.dates(date(2000, 1, 1), date(2098, 12, 31))
late = st.integers(13, 28)
UNMISTAKABLE = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%Y-%m-%dT00:00:00.000Z",
                "%Y-%m-%d 00:00:00+00:00", "%a, %b %d, %Y", "%d %B %Y"]  # fmt: skip


@given(any_day, st.sampled_from(UNMISTAKABLE))
def test_an_unmistakable_date_reads_back(day: date, form: str) -> None:
    """A date in a form with one reading is that day."""
    cell = day.strftime(form)
    assert days.decide([cell]).days == {cell: day}


@given(any_day, st.sampled_from(LANGUAGES), st.sampled_from(["long", "medium"]))
def test_a_month_by_name_reads_back_in_every_language(day: date, code: str, form: str) -> None:
    """`1. september 2026` and `1 sept. 2026` are days."""
    cell = format_date(day, format=form, locale=code)
    assert days.decide([cell]).days == {cell: day}


@given(any_day, late, st.sampled_from("/-"), st.sampled_from(["DMY", "MDY"]))
def test_a_day_past_the_twelfth_decides_the_order(
    day: date, past: int, sign: str, order: str
) -> None:
    """One unmistakable date of a form decides all of that form."""
    form = sign.join(("%d", "%m", "%Y") if order == "DMY" else ("%m", "%d", "%Y"))
    both = [day, day.replace(day=past)]
    cells = [each.strftime(form) for each in both]
    assert days.decide(list(dict.fromkeys(cells)), order).days[cells[0]] == day


@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from("/-"))
def test_a_date_with_two_readings_is_refused_or_fixed(day: int, month: int, sign: str) -> None:
    """03/04 is refused, unless the platform or the user fixes the order."""
    cell = f"{day:02d}{sign}{month:02d}{sign}2026"
    if day != month:
        with pytest.raises(days.UndecidedError):
            days.decide([cell])
    assert days.decide([cell], "DMY").days[cell] == date(2026, month, day)
    assert days.decide([cell], "MDY").days[cell] == date(2026, day, month)


@given(st.dates(date(2020, 1, 1), date(2025, 12, 1)), st.integers(40, 120))
def test_dates_a_spreadsheet_turned_are_read_in_a_long_run(first: date, count: int) -> None:
    """Month first up to the twelfth and day first after, without a gap, are that run of days."""
    run = [first + timedelta(days=day) for day in range(count)]
    cells = [day.strftime("%m-%d-%Y" if day.day <= 12 else "%d-%m-%Y") for day in run]
    read = days.decide(list(dict.fromkeys(cells)))
    assert [read.days[cell] for cell in cells] == run
    assert f"{count} consecutive days" in read.note


@pytest.mark.parametrize(
    "cells",
    [
        ["01-12-2026", "13-01-2026"],  # two days in a row, or December and January
        ["2026-09-01", "03/09/2026"],  # two forms with a gap
        ["11/16/2024", "20-11-2024", "6/11/2024"],
    ],
)
def test_mixed_forms_without_a_run_are_refused(cells: list[str]) -> None:
    """Mixed forms are read only where one reading leaves no gap."""
    with pytest.raises(days.UndecidedError):
        days.decide(cells)


def test_two_forms_without_a_gap_are_read_and_it_is_said() -> None:
    """Where the only reading of mixed forms is a run of days, it is used with a note."""
    read = days.decide(["2026-09-12", "09/13/2026", "2026-09-14"])
    assert sorted(read.days.values()) == [date(2026, 9, 12), date(2026, 9, 13), date(2026, 9, 14)]
    assert "mixed forms" in read.note


@pytest.mark.parametrize(
    "cell", ["2026-02-30", "31/31/2026", "2026-13-01", "0026-09-01", "00.01.2026"]
)
def test_a_day_that_does_not_exist_is_refused(cell: str) -> None:
    """The 30th of February is no day."""
    with pytest.raises(days.NoSuchDayError):
        days.decide([cell])


@pytest.mark.parametrize(
    "cell",
    ["", "Total: Account", "46266", "Total 2026", "A 12 2026", "1.5", "Week 36 2026", "12:30"],
)
def test_what_is_no_date_does_not_look_like_one(cell: str) -> None:
    """A name, a number or a serial is no date."""
    assert not days.looks_like_day(cell)


def test_hours_are_told_from_days() -> None:
    """Cells that differ in their time are hours of a day."""
    assert days.decide(["2026-09-01 05:00:00", "2026-09-01 06:00:00"]).times
    assert not days.decide(["2026-09-01 07:00:00", "2026-09-02 07:00:00"]).times


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_is_not(text: str) -> None:
    """No cell breaks the reader."""
    if days.looks_like_day(text):
        try:
            days.decide([text])
        except (days.UndecidedError, days.NoSuchDayError):
            return


@pytest.mark.parametrize(("form", "first"), [("%d/%m/%y", 20), ("%y/%m/%d", 20), ("%d-%m-%y", 24)])
def test_days_in_a_row_are_not_one_a_year(form: str, first: int) -> None:
    """20/08/26 and the days after it are of August; one of them alone may be of 2020."""
    august = [date(2026, 8, day) for day in range(first, first + 4)]
    cells = [day.strftime(form) for day in august]
    assert list(days.decide(cells).days.values()) == august
    with pytest.raises(days.UndecidedError):
        days.decide(cells[:1])
