"""Days with a name in the year, against the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers.input.windows import MONTHS
from bot.question.calendar_spans import month_ahead
from bot.question.named_days import named_days

SATURDAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("spend the past fortnight", "14d"),
        ("forbruk de siste par ukene", "14d"),
        ("siste fjorten dager", "14d"),
        ("the last three full weeks", "21d"),
        ("google in the first half of november", "2026-11-01..2026-11-15"),
        ("siste halvdel av oktober", "2026-10-16..2026-10-31"),
        ("første halvår", "2026-01-01..2026-06-30"),
        ("h2 2025", "2025-07-01..2025-12-31"),
        ("early november", "2026-11-01..2026-11-10"),
        ("slutten av oktober", "2026-10-21..2026-10-31"),
        ("the first ten days of november", "2026-11-01..2026-11-10"),
        ("de siste to ukene i oktober", "2026-10-18..2026-10-31"),
        ("clicks last tue", "on tuesday"),
        ("clicks this autumn", "2026-09-01..2026-11-27"),
        ("hva solgte vi i sommer", "2026-06-01..2026-08-31"),
        ("spend last fall", "2025-09-01..2025-11-30"),
        ("leads last summer", "2026-06-01..2026-08-31"),
        ("høsten i fjor", "2025-09-01..2025-11-30"),
        ("cpa on the 20th", "2026-11-20..2026-11-20"),
        ("spend on the 30th", "2026-10-30..2026-10-30"),
        ("hva brukte vi den 9.", "2026-11-09..2026-11-09"),
        ("sales last november", "2025-11-01..2025-11-30"),
        ("sales last october", "2026-10-01..2026-10-31"),
        ("salg november i fjor", "2025-11-01..2025-11-30"),
        ("the week before last", "2026-11-09..2026-11-15"),
        ("uka før forrige", "2026-11-09..2026-11-15"),
        ("the month before last", "2026-09-01..2026-09-30"),
        ("three days ago", "2026-11-25..2026-11-25"),
        ("for en uke siden", "2026-11-21..2026-11-21"),
        ("spend from 12 october to 3 november", "2026-10-12..2026-11-03"),
        ("total cost for the period 1 october to 31 october", "2026-10-01..2026-10-31"),
        ("forbruk fra 1. oktober til og med 31. oktober", "2026-10-01..2026-10-31"),
        ("clicks between oct 5th and oct 9", "2026-10-05..2026-10-09"),
        ("sales nov 2 - nov 6, please", "2026-11-02..2026-11-06"),
        ("salg 15. desember til 5. januar", "2025-12-15..2026-01-05"),
        ("1 october 2025 to 31 october 2025", "2025-10-01..2025-10-31"),
        ("hvor mange leads kom i løpet av september måned", "in september"),
        ("spend in the month of october", "in october"),
        ("cvr in iso week 47", "2026-11-16..2026-11-22"),
        ("klikk siste 14 dgr", "14d"),
        ("dyrere enn målet de siste tredve dagene", "30d"),
        ("since the start of the month", "mtd"),
        ("spend year to date", "ytd"),
        ("hvor mye brukte vi så langt i år", "ytd"),
        ("sales this quarter", "qtd"),
        ("siden nyttår", "2026-01-01..2026-11-27"),
        ("black week", "2026-11-23..2026-11-29"),
        ("cyber weekend 2025", "2025-11-28..2025-12-01"),
        ("på farsdagen", "2026-11-08..2026-11-08"),
        ("on mother's day", "2026-05-10..2026-05-10"),
        ("i pinsen", "2026-05-23..2026-05-25"),
        ("since we launched 12 nov", "since 2026-11-12..2026-11-12"),
        ("this month until yesterday", "mtd"),
        ("i romjula", "2025-12-27..2025-12-30"),
        ("the weekend before last", "2026-11-14..2026-11-15"),
        ("the last full week", "lastweek"),
        ("hittil i fjerde kvartal", "2026-10-01..2026-12-31"),
        ("in the whole third quarter", "2026-07-01..2026-09-30"),
        ("the 45 days ending on 15 november", "2026-10-02..2026-11-15"),
        ("de to ukene før 24. oktober", "2026-10-10..2026-10-23"),
        ("landingssiden på mandag", "on monday"),
        ("the 1st quarter of 2025", "2025-01-01..2025-03-31"),
    ],
)
def test_days_with_a_name_are_those_days(text, window):
    """Taken for the last seven days they would be another number."""
    assert [span.window for span in named_days(text, SATURDAY)] == [window]


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.sampled_from(MONTHS))
def test_the_halves_of_a_month_are_the_month(as_of, month):
    """Day by day, none twice and none left out, and never a month to come."""
    (first,) = named_days(f"the first half of {month}", as_of)
    (second,) = named_days(f"the second half of {month}", as_of)
    since, middle = map(date.fromisoformat, first.window.split(".."))
    after, until = map(date.fromisoformat, second.window.split(".."))
    assert (since.day, after - middle) == (1, timedelta(1))
    assert (until + timedelta(1)).day == 1
    assert MONTHS[since.month - 1] == month
    assert since <= as_of


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 60))
def test_so_many_days_ago_is_that_day(as_of, days):
    """In both languages."""
    day = (as_of - timedelta(days)).isoformat()
    for text in (f"{days} days ago", f"for {days} dager siden"):
        assert [span.window for span in named_days(text, as_of)] == [f"{day}..{day}"]


@pytest.mark.parametrize("text", ["the 2nd best campaign", "roas in our account in vår konto",
                                  "the fall in sales", "den 1 kampanjen som selger"])  # fmt: skip
def test_what_only_looks_like_a_season_or_a_day_is_none(text: str) -> None:
    """`a fall in sales` is no autumn, and `the 2nd best` no day of a month."""
    assert named_days(text, SATURDAY) == ()


@given(st.sampled_from(MONTHS), st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_a_month_to_come_is_never_one_that_is_over(month: str, as_of: date) -> None:
    """`in december`, of what is to come, is the next one, and at most three months ahead."""
    days = month_ahead(f"in {month}", as_of)
    if days:
        since, _, until = days.partition("..")
        assert as_of < date.fromisoformat(since) <= date.fromisoformat(until)
        assert (date.fromisoformat(since) - as_of).days <= 31 * 3
