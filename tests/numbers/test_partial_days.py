"""A day that lacks campaigns, or hours, is told from a day on which some were paused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.signals.partial_days import (
    ExportHours,
    PartialDay,
    export_hours,
    partial_days_of,
    recent_days,
)
from tests.numbers.feeds import AS_OF, LAST, META, as_pulled, rows

NAMES = tuple("ABCDEF")
SPAN = [AS_OF - timedelta(back) for back in range(42, 0, -1)]  # four weeks, and two before
JUDGED = SPAN[14:]
EARLY = ExportHours(4, 2, 12)


def partial(
    present: dict[str, set[date]], spend: float | dict[date, float] = 100.0
) -> list[PartialDay]:
    """The days of one account that are not complete."""
    frames = [
        rows(name, sorted(days), spend=[
            spend.get(day, 100.0) if isinstance(spend, dict) else spend for day in sorted(days)
        ])
        for name, days in present.items() if days
    ]  # fmt: skip
    found = partial_days_of(recent_days(as_pulled(*frames), AS_OF), {})
    assert set(found) <= {META}
    return list(found.get(META, ()))


def told(present: dict[str, set[date]]) -> list[tuple[date, int, int]]:
    """The same as it is said: expected after a week and two and one of three days; two, and a
    quarter of them (of the newest day a third), lacking, of which half come back."""
    shown = set().union(*present.values())
    days = []
    for day in sorted(shown & set(JUDGED)):
        expected = {
            name for name, own in present.items()
            if {day - timedelta(7), day - timedelta(14)} <= own
            and own & {day - timedelta(step) for step in (1, 2, 3)}
        }  # fmt: skip
        lacking = {name for name in expected if day not in present[name]}
        back = {name for name in lacking if max(present[name]) > day}
        newest = day == max(shown)
        if (
            len(lacking) >= 2
            and len(lacking) * (3 if newest else 4) >= len(expected)
            and (newest or 2 * len(back) >= len(lacking))
        ):
            days.append((day, len(lacking), len(expected)))
    return days


gaps = st.tuples(st.sampled_from(NAMES), st.integers(0, 41), st.sampled_from((1, 1, 1, 2, 4, 30)))


@settings(max_examples=60)
@given(st.lists(gaps, max_size=14), st.sets(st.integers(10, 41), max_size=3), st.integers(2, 5))
def test_a_day_is_partial_where_campaigns_lack_that_were_to_be_expected(single, shared, together):
    """Whatever is paused, begins late or rests: as the definition says, and nothing else."""
    missing = {(name, SPAN[at + step]) for name, at, length in single
               for step in range(length) if at + step < 42}  # fmt: skip
    missing |= {(name, SPAN[at]) for at in shared for name in NAMES[:together]}
    present = {name: {day for day in SPAN if (name, day) not in missing} for name in NAMES}
    if any(present.values()):
        found = partial({**present, "always": set(SPAN)})
        expected = told({**present, "always": set(SPAN)})
        assert [(day.day, day.lacking, day.expected) for day in found] == expected


def everything(
    lacking: set[tuple[str, date]], names: tuple[str, ...] = NAMES
) -> dict[str, set[date]]:
    return {name: {day for day in SPAN if (name, day) not in lacking} for name in names}


@pytest.mark.parametrize(
    ("names", "newest", "lacking", "is_partial"),
    [(8, False, 2, True), (9, False, 2, False), (9, False, 3, True), (2, False, 1, False),
     (6, True, 2, True), (7, True, 2, False), (7, True, 3, True)],
)  # fmt: skip
def test_a_quarter_must_lack_and_of_the_newest_day_a_third(names, newest, lacking, is_partial):
    """Two at least: one campaign's pause is its own affair."""
    day, known = LAST if newest else SPAN[-5], tuple(f"C{n}" for n in range(names))
    found = partial(everything({(name, day) for name in known[:lacking]}, known))
    assert [each.day for each in found] == ([day] if is_partial else [])


@pytest.mark.parametrize(("gone", "is_partial"), [(2, True), (3, False)])
def test_half_of_those_that_lack_must_come_back(gone, is_partial):
    """Four are lacking: where three of them never come again, somebody stopped them."""
    day = SPAN[-6]
    lacking = {(name, day) for name in NAMES[:4]}
    lacking |= {(name, later) for name in NAMES[:gone] for later in SPAN[-5:]}
    found = [each.day for each in partial(everything(lacking))]
    assert (day in found) is is_partial


@pytest.mark.parametrize(("back", "judged"), [(28, True), (29, False)])
def test_four_weeks_are_judged(back, judged):
    """Older days are said no more."""
    day = AS_OF - timedelta(back)
    found = partial(everything({(name, day) for name in NAMES[:3]}))
    assert [each.day for each in found] == ([day] if judged else [])


def test_what_lacks_is_weighed_by_what_it_spent_on_the_same_weekday_before():
    """The mean of one and of two weeks before; nobody knows of an account that spent nothing."""
    day = SPAN[-5]
    present = everything({(name, day) for name in NAMES[:2]})
    (found,) = partial(present, {day - timedelta(7): 300.0, day - timedelta(14): 100.0})
    assert found.share == pytest.approx(2 / 6)
    frames = [rows(name, sorted(days), spend=[
        900.0 if name == "A" and each == day - timedelta(7) else 100.0 for each in sorted(days)
    ]) for name, days in present.items()]  # fmt: skip
    (found,) = partial_days_of(recent_days(as_pulled(*frames), AS_OF), {})[META]
    assert found.share == pytest.approx((500 + 100) / (500 + 5 * 100))
    (found,) = partial(present, 0.0)
    assert found.share is None


def test_each_account_is_judged_by_its_own_campaigns():
    """What lacks in one is no part of another, however they are called."""
    day = SPAN[-5]
    one = [rows(name, sorted(days)) for name, days in
           everything({(name, day) for name in NAMES[:3]}).items()]  # fmt: skip
    other = [rows(name, SPAN, account="2") for name in NAMES]
    found = partial_days_of(recent_days(as_pulled(*one, *other), AS_OF), {})
    assert [(feed, [each.day for each in days]) for feed, days in found.items()] == [(META, [day])]


@pytest.mark.parametrize(
    ("hours", "is_early"),
    [
        (ExportHours(4, 2, 12), True), (ExportHours(4, 1, 12), False),
        (ExportHours(4, 4, 22), True), (ExportHours(4, 4, 23), False),
        (ExportHours(4, 4, 0), True),
    ],
)  # fmt: skip
def test_a_day_half_of_which_was_exported_before_its_last_hour_is_partial(hours, is_early):
    """Of its hours so many are lacking; a campaign's lack comes first where both are so."""
    recent = recent_days(as_pulled(*(rows(name, SPAN) for name in NAMES)), AS_OF)
    found = partial_days_of(recent, {(META, LAST): hours}).get(META, ())
    wanted = [PartialDay(LAST, share=1 - hours.latest / 24, until_hour=hours.latest)]
    assert list(found) == (wanted if is_early else [])


def test_a_day_that_lacks_campaigns_and_hours_is_told_by_its_campaigns():
    """Days stand in order, each once."""
    days = (SPAN[-5], SPAN[-2])
    frames = [rows(name, sorted(own)) for name, own in
              everything({(name, days[0]) for name in NAMES[:3]}).items()]  # fmt: skip
    hours = {(META, day): EARLY for day in reversed(days)}
    found = partial_days_of(recent_days(as_pulled(*frames), AS_OF), hours)[META]
    assert [(each.day, each.lacking, each.until_hour) for each in found] == [
        (days[0], 3, None), (days[1], 0, 12)]  # fmt: skip


def exported(day: date, at: str | None, **columns: Any) -> pd.DataFrame:
    """A campaign's day, exported at a moment of UTC."""
    moment = pd.Timestamp(at) if at else pd.NaT
    return rows(columns.pop("name", "A"), [day], pulled_at=moment, **columns)


@pytest.mark.parametrize(
    ("at", "zone", "early", "latest"),
    [
        ("2026-05-10 12:30", "UTC", 1, 12), ("2026-05-10 22:30", "Europe/Oslo", 0, -1),
        ("2026-05-10 21:30", "Europe/Oslo", 1, 23), ("2026-05-09 23:00", "Asia/Tokyo", 1, 8),
        ("2026-05-11 05:00", "UTC", 0, -1), ("2026-05-10 00:10", "UTC", 1, 0),
        (None, "UTC", 0, -1), ("2026-05-10 12:30", "No/Where", 1, 12),
    ],
)  # fmt: skip
def test_when_a_day_was_exported_is_told_by_its_accounts_clock(at, zone, early, latest):
    """On its own day and at which hour; after midnight there it was over."""
    numbers = as_pulled(exported(LAST, at, time_zone=zone))
    assert export_hours(numbers, AS_OF) == {(META, LAST): ExportHours(1, early, latest)}
    unnamed = as_pulled(exported(LAST, at))
    assert export_hours(unnamed, AS_OF, zone) == {(META, LAST): ExportHours(1, early, latest)}


def test_hours_are_counted_by_account_and_day():
    """How many rows, how many of them early, and the latest hour of those."""
    noon, late, after = "2026-05-10 12:00", "2026-05-10 15:00", "2026-05-11 05:00"
    numbers = as_pulled(
        exported(LAST, noon), exported(LAST, late, name="B"), exported(LAST, after, name="C"),
        exported(LAST, noon, account="2"), exported(AS_OF - timedelta(28), after),
        exported(AS_OF - timedelta(29), after), exported(AS_OF, "2026-05-11 05:00"),
    )  # fmt: skip
    assert export_hours(numbers, AS_OF) == {
        (META, LAST): ExportHours(3, 2, 15),
        (("meta_ads", "2"), LAST): ExportHours(1, 1, 12),
        (META, AS_OF - timedelta(28)): ExportHours(1, 0, -1),
    }
    assert ExportHours(3, 2, 15).beside(ExportHours(1, 1, 12)) == ExportHours(4, 3, 15)
