"""An hourly export with an hour missing: noticed, and said in the reader's language."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest

from bot.render import Renderer
from bot.sources.exports import read_opened
from bot.sources.hours import hours_of
from bot.sources.packed import tables_in

SAID = (
    "%s has %d of its %d hours, and the days beside it have all: what ran in the others is not in "
    "it. Export it again."
)


def warnings(first: date, days: int, missing: set[tuple[date, int]]) -> tuple[str, ...]:
    """What is said of two campaigns' hours in Oslo, without some."""
    lines = ["date,hour,channel,campaign,currency,time zone,spend"]
    for name, spend in (("A", "1.50"), ("B", "2.50")):
        for day in (first + timedelta(days=n) for n in range(days)):
            hours = [hour for hour in range(24) if (day, hour) not in missing]
            if hours_of(day, "Europe/Oslo") < 24:
                hours = [hour for hour in hours if hour != 2]  # that hour never was
            lines += [f"{day},{hour},meta_ads,{name},NOK,Europe/Oslo,{spend}" for hour in hours]
    file = io.BytesIO("\n".join([*lines, ""]).encode())
    (opened,) = tables_in(file, "hours.csv")
    return read_opened(opened).warnings


def test_a_day_with_an_hour_less_than_those_beside_it_is_said() -> None:
    """With its day and hours, in Norwegian too; its sum stays what the file has."""
    day = date(2026, 9, 3)
    (warning,) = warnings(date(2026, 9, 1), 5, {(day, 14)})
    assert warning == SAID % (day, 23, 24)
    assert Renderer("nb").sentence(warning).startswith("2026-09-03 har 23 av sine 24 timer")


@pytest.mark.parametrize(
    ("first", "missing"),
    [
        (date(2026, 9, 1), set()),
        (date(2026, 3, 27), set()),  # the clock is set forward on the 29th
        (date(2026, 10, 23), set()),  # and back on the 25th of October
        (date(2026, 9, 1), {(date(2026, 9, 1), 3), (date(2026, 9, 5), 23)}),  # cut at its ends
        (date(2026, 9, 1), {(date(2026, 9, n), 4) for n in range(1, 6)}),  # nothing runs at four
    ],
)
def test_what_may_be_as_it_should_is_not_said(first: date, missing: set[tuple[date, int]]) -> None:
    """Whole days, days of 23 hours, a file cut at its ends, an hour in which nothing ever runs."""
    assert warnings(first, 5, missing) == ()


def test_an_hour_of_a_day_that_has_23_is_missed_as_well() -> None:
    """The day the clock is set forward has 22 of its 23."""
    day = date(2026, 3, 29)
    assert warnings(date(2026, 3, 27), 5, {(day, 14)}) == (SAID % (day, 22, 23),)


def test_several_days_are_one_sentence() -> None:
    """The first of them, and how many others."""
    missing = {(date(2026, 9, 3), 5), (date(2026, 9, 6), 7), (date(2026, 9, 6), 8)}
    (warning,) = warnings(date(2026, 9, 1), 8, missing)
    assert "2026-09-03 has 23" in warning
    assert "so it is with another day" in warning
