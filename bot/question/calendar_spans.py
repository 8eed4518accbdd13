"""Days that have a name in the year: halves, the start of a month, feasts, Black Week. Pure.

Workers of patterns in lexicon.yml: a match and the morning give a range, "" where there is none.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from dateutil.easter import easter  # type: ignore[import-untyped]

from bot.numbers.input.windows import MONTHS, first_of_month

_NORSK = (
    *("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september"),
    *("oktober", "november", "desember"),
)
_SHORT = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
          "sept": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "des": 12}  # fmt: skip
MONTH_OF = {name: at for names in (MONTHS, _NORSK) for at, name in enumerate(names, 1)} | _SHORT
NUMBERS = {
    "a couple of": 2, "couple of": 2, "couple": 2, "par": 2, "few": 3, "one": 1, "two": 2,
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "ninety": 90, "to": 2,
    "tre": 3, "fire": 4, "fem": 5, "seks": 6, "sju": 7, "syv": 7, "åtte": 8, "ni": 9, "ti": 10,
    "tolv": 12, "fjorten": 14, "femten": 15, "tjue": 20, "tyve": 20, "tretti": 30,
    "tredve": 30, "førti": 40, "femti": 50, "seksti": 60, "nitti": 90,
}  # fmt: skip
MIDDLE = 15  # the last day of a month's first half
THIRD = 10  # days of the beginning, the middle and the end of a month
FIRST = ("first", "1", "første")
Worker = Callable[[re.Match[str], date], str]


def count_of(words: str) -> int:
    """How many: `three`, `a couple of`, `14`; `a` is one."""
    return int(words) if words.isdigit() else NUMBERS.get(words, 1)


def span_of(since: date, until: date) -> str:
    """A range as `parse_window` reads it."""
    return f"{since.isoformat()}..{until.isoformat()}"


def year_of(match: re.Match[str], as_of: date, month: int, day: int = 1) -> int:
    """The year that is said, else the latest in which the day has come."""
    year_text = (match.groupdict().get("year") or "").strip()
    if year_text.isdigit():
        return int(year_text)
    if year_text in {"last year", "i fjor"}:
        return as_of.year - 1
    return as_of.year - ((month, day) > (as_of.month, as_of.day))


def whole_month(year: int, month: int) -> tuple[date, date]:
    """A month's first and last day."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


MONTHS_AHEAD = 3  # so far a month that is named may be one to come


def month_ahead(window: str, as_of: date) -> str:
    """`in december`, asked in november of what is to come: the days of that month; "" for none."""
    month = MONTHS.index(window[3:]) + 1 if window[:3] == "in " and window[3:] in MONTHS else 0
    ahead = (month - as_of.month) % 12 if month else 0
    if not 1 <= ahead <= MONTHS_AHEAD:
        return ""
    return span_of(*whole_month(as_of.year + (month < as_of.month), month))


def _half(match: re.Match[str], year: int, month: int) -> str:
    first_day, last_day = whole_month(year, month)
    if match["half"].startswith(FIRST):
        return span_of(first_day, first_day.replace(day=MIDDLE))
    return span_of(first_day.replace(day=MIDDLE + 1), last_day)


def _half_month(match: re.Match[str], as_of: date) -> str:
    month = MONTH_OF[match["month"]]
    return _half(match, year_of(match, as_of, month), month)


def _half_this_month(match: re.Match[str], as_of: date) -> str:
    """Of this month, or of the last one; a half that has not begun has no days."""
    yesterday = as_of - timedelta(1)
    day = yesterday if match["this"] else as_of.replace(day=1) - timedelta(1)
    late = match["this"] and not match["half"].startswith(FIRST) and day.day <= MIDDLE
    return "" if late else _half(match, day.year, day.month)


def _half_year(match: re.Match[str], as_of: date) -> str:
    first_half = match["number"] == "1" or (match["half"] or "").startswith(FIRST)
    year = year_of(match, as_of, 1 if first_half else 7)
    if first_half:
        return span_of(date(year, 1, 1), date(year, 6, 30))
    return span_of(date(year, 7, 1), date(year, 12, 31))


def _part_of_month(match: re.Match[str], as_of: date) -> str:
    """`mid-november`: its middle ten days; `late`: from the 21st."""
    month = MONTH_OF[match["month"]]
    first_day, last_day = whole_month(year_of(match, as_of, month), month)
    part = match["part"]
    if part.startswith(("early", "begin", "start", "tidlig")):
        return span_of(first_day, first_day.replace(day=THIRD))
    if part.startswith("mid"):
        return span_of(first_day.replace(day=THIRD + 1), first_day.replace(day=2 * THIRD))
    return span_of(first_day.replace(day=2 * THIRD + 1), last_day)


def _first_days(match: re.Match[str], as_of: date) -> str:
    """`the first ten days of november`, `de siste to ukene i oktober`."""
    month, weekly = MONTH_OF[match["month"]], match["unit"].startswith(("w", "u"))
    days = count_of(match["count"]) * (7 if weekly else 1)
    return _end_of_month(match, as_of, month, days)


def _first_days_of_this(match: re.Match[str], as_of: date) -> str:
    """`the first seven days of the month`: of this one, or of the last where it says so."""
    of_last_month = match["which"] in {"last month", "forrige måned"}
    first_day = first_of_month(as_of - timedelta(1), -of_last_month)
    weekly = match["unit"].startswith(("w", "u"))
    days = count_of(match["count"] or match["count_before"]) * (7 if weekly else 1)
    return span_of(first_day, first_day + timedelta(days - 1)) if 1 <= days <= MIDDLE * 2 else ""


def _first_week(match: re.Match[str], as_of: date) -> str:
    return _end_of_month(match, as_of, MONTH_OF[match["month"]], 7)


def _end_of_month(match: re.Match[str], as_of: date, month: int, days: int) -> str:
    first_day, last_day = whole_month(year_of(match, as_of, month), month)
    if not 1 <= days <= last_day.day:
        return ""
    if match["end"].startswith(FIRST):
        return span_of(first_day, first_day + timedelta(days - 1))
    return span_of(last_day - timedelta(days - 1), last_day)


def _since_new_year(_: re.Match[str], as_of: date) -> str:
    last_day = as_of - timedelta(1)
    return span_of(date(last_day.year, 1, 1), last_day)


SEASONS = {  # the first month of each, which has three
    "spring": 3, "vår": 3, "summer": 6, "sommer": 6, "autumn": 9, "fall": 9, "høst": 9,
    "winter": 12, "vinter": 12,
}  # fmt: skip


def _season(match: re.Match[str], as_of: date) -> str:
    """`i høst`, `last summer`: the latest that has begun, or the one before where `last` says so.

    `last summer` in november is this year's; `last autumn` in november is last year's.
    """
    word = re.sub(r"(?:en|a)$", "", match["season"])
    first_month, yesterday = SEASONS[word], as_of - timedelta(1)
    year = yesterday.year - (first_month > yesterday.month)
    until = _season_end(year, first_month)
    if (match["earlier"] and until >= yesterday) or match["year"]:
        year = as_of.year - 1 if match["year"] else year - 1
        until = _season_end(year, first_month)
    return span_of(date(year, first_month, 1), min(until, yesterday))


def _season_end(year: int, first_month: int) -> date:
    months = year * 12 + first_month + 1
    return whole_month(months // 12, months % 12 + 1)[1]


def _the_day(match: re.Match[str], as_of: date) -> str:
    """`on the 15th`, `den 15.`: the latest day of that number, today's month or an earlier one."""
    named_date = next(latest_dates(int(match["day"]), as_of - timedelta(1)), None)
    return span_of(named_date, named_date) if named_date else ""


def latest_dates(day: int, last_day: date) -> Iterator[date]:
    """The dates of a number in the last day's month and the two before it, that have come."""
    for back in range(3):
        month_start = first_of_month(last_day, -back)
        if 1 <= day <= monthrange(month_start.year, month_start.month)[1]:
            named_date = month_start.replace(day=day)
            if named_date <= last_day:
                yield named_date


def _black_friday(year: int) -> date:
    first_day = date(year, 11, 1)
    thursday = first_day + timedelta((3 - first_day.weekday()) % 7 + 21)
    return thursday + timedelta(1)


def _around(first: int, last: int) -> Callable[[int], tuple[date, date]]:
    """From so many days after Black Friday to so many after it; before it where negative."""
    return lambda year: (
        _black_friday(year) + timedelta(first), _black_friday(year) + timedelta(last),
    )  # fmt: skip


def _fixed_day(month: int, day: int, days: int = 1) -> Callable[[int], tuple[date, date]]:
    return lambda year: (date(year, month, day), date(year, month, day) + timedelta(days - 1))


def _sunday(month: int, place: int) -> Callable[[int], tuple[date, date]]:
    """A Sunday of a month, counted from its first."""

    def sunday(year: int) -> tuple[date, date]:
        first_day = date(year, month, 1)
        day = first_day + timedelta((6 - first_day.weekday()) % 7 + 7 * (place - 1))
        return day, day

    return sunday


def _after_easter(first: int, last: int) -> Callable[[int], tuple[date, date]]:
    return lambda year: (easter(year) + timedelta(first), easter(year) + timedelta(last))


def _easter(year: int) -> tuple[date, date]:
    return easter(year) - timedelta(3), easter(year) + timedelta(1)


def _feast(span: Callable[[int], tuple[date, date]]) -> Worker:
    """The latest one that has begun by the morning, or that of the year said."""

    def feast_window(match: re.Match[str], as_of: date) -> str:
        year_text = (match["year"] or "").strip()
        if year_text.isdigit():
            return span_of(*span(int(year_text)))
        begun = not year_text and span(as_of.year)[0] < as_of
        return span_of(*span(as_of.year if begun else as_of.year - 1))

    return feast_window


CALENDAR_SPANS: Mapping[str, Worker] = {
    "first_week": _first_week, "first_days": _first_days, "first_days_of_this": _first_days_of_this,
    "half_month": _half_month,
    "half_this_month": _half_this_month, "half_year": _half_year,
    "season": _season, "the_day": _the_day, "part_of_month": _part_of_month,
    "since_new_year": _since_new_year,
    "black friday": _feast(_around(0, 0)), "cyber monday": _feast(_around(3, 3)),
    "black week": _feast(_around(-4, 2)), "black weekend": _feast(_around(0, 3)),
    "thanksgiving": _feast(_around(-1, -1)), "easter": _feast(_easter),
    "christmas": _feast(_fixed_day(12, 24, 3)), "singles day": _feast(_fixed_day(11, 11)),
    "valentine": _feast(_fixed_day(2, 14)), "halloween": _feast(_fixed_day(10, 31)),
    "farsdag": _feast(_sunday(11, 2)), "morsdag": _feast(_sunday(2, 2)),
    "fathers day": _feast(_sunday(6, 3)), "mothers day": _feast(_sunday(5, 2)),
    "whitsun": _feast(_after_easter(48, 50)), "ascension": _feast(_after_easter(39, 39)),
    "christmas eve": _feast(_fixed_day(12, 24)), "boxing day": _feast(_fixed_day(12, 26)),
    "new years day": _feast(_fixed_day(1, 1)), "midsummer": _feast(_fixed_day(6, 23, 2)),
    "new year": _feast(_fixed_day(12, 31)), "twixmas": _feast(_fixed_day(12, 27, 4)),
}  # fmt: skip
