"""The days a sentence names, in English and Norwegian: `uke 44`, `since november 9`, `påsken`.

Pure. A window is given in the words `parse_window` reads; what has no name there is a range.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter  # type: ignore[import-untyped]

from bot.numbers.input.windows import MONTHS
from bot.question.word_files import words_of

MARK = "◊"  # stands in a sentence where days were named
_NORSK = (
    *("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september"),
    *("oktober", "november", "desember"),
)
_SHORT = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
          "sept": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "des": 12}  # fmt: skip
MONTH_OF = {name: at for names in (MONTHS, _NORSK) for at, name in enumerate(names, 1)} | _SHORT
_WEEKDAYS = (
    *(("monday", "mandag"), ("tuesday", "tirsdag"), ("wednesday", "onsdag")),
    *(("thursday", "torsdag"), ("friday", "fredag"), ("saturday", "lørdag"), ("sunday", "søndag")),
)
DAY_OF = {name: names[0] for names in _WEEKDAYS for name in names}
_SHORT_DAYS = (
    *(("mon", "man"), ("tue", "tues", "tir"), ("wed", "weds", "ons")),
    *(("thu", "thur", "thurs", "tor", "tors"), ("fri", "fre"), ("sat", "lør"), ("sun", "søn")),
)
# In a range alone: `man` and `sun` are words of their own.
RANGE_DAY_OF = DAY_OF | {
    short: names[0]
    for names, shorts in zip(_WEEKDAYS, _SHORT_DAYS, strict=True)
    for short in shorts
}
_NUMBERS = {"two": 2, "three": 3, "four": 4, "six": 6, "to": 2, "tre": 3, "fire": 4, "seks": 6}
_M = "(?P<month>" + "|".join(sorted(MONTH_OF, key=len, reverse=True)) + ")"
_FULL = "(?P<month>" + "|".join(name for name in MONTH_OF if len(name) > 3 and name != "mars") + ")"
_D = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_Y = r"(?P<year> (?:20[0-9]{2}|last year|i fjor))?"
_W = "(?P<weekday>" + "|".join(DAY_OF) + ")"
_RANGE_DAYS = "|".join(sorted(RANGE_DAY_OF, key=len, reverse=True))
_WEEKDAY_FROM, _WEEKDAY_TO = (f"(?P<weekday_{end}>{_RANGE_DAYS})" for end in ("from", "to"))
_SINCE = r"(?P<since>(?:since|siden|fra og med|starting) )?"
_ON = r"(?:(?:on|the|på|den|of|in|i|from|for) )*"
Found = Callable[[re.Match[str], date], str]


@dataclass(frozen=True)
class NamedDays:
    """A window that was named, and where in the sentence."""

    window: str
    start: int
    end: int


def named_days(text: str, as_of: date) -> tuple[NamedDays, ...]:
    """Every window in a casefolded sentence, in its order, none over another. Never raises."""
    spans: list[NamedDays] = []
    for pattern, worker in _patterns():
        for match in pattern.finditer(text):
            free = all(match.end() <= span.start or match.start() >= span.end for span in spans)
            window = worker(match, as_of) if free else ""
            if window:
                spans.append(NamedDays(window, *match.span()))
    return tuple(sorted(spans, key=lambda span: span.start))


def _range(since: date, until: date) -> str:
    return f"{since.isoformat()}..{until.isoformat()}"


def _year(match: re.Match[str], as_of: date, month: int, day: int = 1) -> int:
    year_text = (match.groupdict().get("year") or "").strip()
    if year_text.isdigit():
        return int(year_text)
    if year_text:
        return as_of.year - 1
    return as_of.year - ((month, day) > (as_of.month, as_of.day))


def _whole_month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _day(match: re.Match[str], as_of: date) -> str:
    month, day = MONTH_OF[match["month"]], int(match["day"])
    year = _year(match, as_of, month, day)
    if not 1 <= day <= monthrange(year, month)[1]:
        return ""
    named_date = date(year, month, day)
    return (
        f"since {_range(named_date, named_date)}"
        if match["since"]
        else _range(named_date, named_date)
    )


def _between(match: re.Match[str], as_of: date) -> str:
    month, first_day, last_day = MONTH_OF[match["month"]], int(match["first"]), int(match["day"])
    year = _year(match, as_of, month)
    most = monthrange(year, month)[1]
    return _range(date(year, month, first_day), date(year, month, last_day)) if (
        1 <= first_day <= last_day <= most
    ) else ""  # fmt: skip


def _first_week(match: re.Match[str], as_of: date) -> str:
    month = MONTH_OF[match["month"]]
    first_day = date(_year(match, as_of, month), month, 1)
    return _range(first_day, first_day + timedelta(6))


def _month(match: re.Match[str], as_of: date) -> str:
    month = MONTH_OF[match["month"]]
    if match["since"]:
        return f"since in {MONTHS[month - 1]}"
    if not match["year"]:
        return f"in {MONTHS[month - 1]}"
    return _range(*_whole_month(_year(match, as_of, month), month))


def _iso_week(match: re.Match[str], as_of: date) -> str:
    week = int(match["week"])
    if not 1 <= week <= 53:
        return ""
    year = as_of.isocalendar().year
    year -= week > as_of.isocalendar().week
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return ""
    return _range(monday, monday + timedelta(6))


def _quarter_of(day: date) -> int:
    return (day.month - 1) // 3 + 1


def _quarter_span(year: int, quarter: int) -> str:
    first_month, last_month = 3 * quarter - 2, 3 * quarter
    return _range(date(year, first_month, 1), _whole_month(year, last_month)[1])


def _quarter(match: re.Match[str], as_of: date) -> str:
    quarter = int(match["quarter"])
    year_text = (match.groupdict().get("year") or "").strip()
    year = as_of.year - (quarter > _quarter_of(as_of))
    year = int(year_text) if year_text.isdigit() else as_of.year - 1 if year_text else year
    return _quarter_span(year, quarter)


def _quarter_to_date(_: re.Match[str], as_of: date) -> str:
    last_day = as_of - timedelta(1)
    return _range(date(last_day.year, 3 * _quarter_of(last_day) - 2, 1), last_day)


def _last_quarter(_: re.Match[str], as_of: date) -> str:
    quarter = _quarter_of(as_of)
    return _quarter_span(as_of.year - (quarter == 1), quarter - 1 or 4)


def _year_to_date(_: re.Match[str], as_of: date) -> str:
    last_day = as_of - timedelta(1)
    return _range(date(last_day.year, 1, 1), last_day)


def _whole_year(match: re.Match[str], as_of: date) -> str:
    year = int(match["whole"])
    return _range(date(year, 1, 1), min(date(year, 12, 31), as_of - timedelta(1)))


def _last_year(_: re.Match[str], as_of: date) -> str:
    return _range(date(as_of.year - 1, 1, 1), date(as_of.year - 1, 12, 31))


def _written(match: re.Match[str], _: date) -> str:
    try:
        since = date.fromisoformat(match["from"])
        until = date.fromisoformat(match["to"] or match["from"])
    except ValueError:
        return ""
    return _range(since, until) if since <= until else ""


def _black_friday(year: int) -> date:
    first_day = date(year, 11, 1)
    thursday = first_day + timedelta((3 - first_day.weekday()) % 7 + 21)
    return thursday + timedelta(1)


def _feast(span: Callable[[int], tuple[date, date]]) -> Found:
    """The latest one that has begun by the morning, or that of the year said."""

    def feast_window(match: re.Match[str], as_of: date) -> str:
        year_text = (match["year"] or "").strip()
        if year_text.isdigit():
            return _range(*span(int(year_text)))
        begun = not year_text and span(as_of.year)[0] < as_of
        return _range(*span(as_of.year if begun else as_of.year - 1))

    return feast_window


def _weekday(match: re.Match[str], _: date) -> str:
    day = DAY_OF[match["weekday"]]
    return f"since on {day}" if match["since"] else f"on {day}"


def _weekdays(match: re.Match[str], as_of: date) -> str:
    """`monday to thursday`: the latest that are over, or those of the week before."""
    days = list(dict.fromkeys(DAY_OF.values()))
    first, last = (days.index(RANGE_DAY_OF[match[f"weekday_{end}"]]) for end in ("from", "to"))
    yesterday = as_of - timedelta(1)
    until = yesterday - timedelta((yesterday.weekday() - last) % 7)
    if match["earlier"]:
        monday = as_of - timedelta(as_of.weekday() + 7)
        until = monday + timedelta(last)
    return _range(until - timedelta((last - first) % 7), until)


def _until_now(match: re.Match[str], as_of: date) -> str:
    """`17 nov through yesterday`: to the last whole day."""
    month = MONTH_OF[match["month"] or match["month_other"]]
    day = int(match["day"] or match["day_other"])
    year, last_day = _year(match, as_of, month, day), as_of - timedelta(1)
    if not 1 <= day <= monthrange(year, month)[1] or date(year, month, day) > last_day:
        return ""
    return _range(date(year, month, day), last_day)


def _since_the(match: re.Match[str], as_of: date) -> str:
    """`from the 17th onwards`: from the latest day of that number."""
    day, last_day = int(match["day"]), as_of - timedelta(1)
    for year, month in _months_back(last_day):
        if 1 <= day <= monthrange(year, month)[1] and date(year, month, day) <= last_day:
            return _range(date(year, month, day), last_day)
    return ""


def _months_back(day: date) -> Iterator[tuple[int, int]]:
    """The day's month and the two before it."""
    for back in range(3):
        year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
        yield year, month + 1


def _counted(match: re.Match[str], _: date) -> str:
    count_text, unit = match["count"], match["unit"]
    count = _NUMBERS.get(count_text) or int(count_text)
    days = count * (7 if unit.startswith(("w", "u")) else 30 if unit.startswith("m") else 1)
    return f"{days}d" if 1 <= days <= 3660 else ""


def _weekend(_: re.Match[str], as_of: date) -> str:
    sunday = as_of - timedelta(as_of.weekday() + 1)
    return _range(sunday - timedelta(1), sunday)


def _before_yesterday(_: re.Match[str], as_of: date) -> str:
    day = as_of - timedelta(2)
    return _range(day, day)


def _fixed(window: str) -> Found:
    return lambda _match, _as_of: window


def _easter(year: int) -> tuple[date, date]:
    return easter(year) - timedelta(3), easter(year) + timedelta(1)


_PARTS = {
    "month_full": _FULL, "month": _M, "day": _D, "year": _Y, "weekday": _W,
    "weekday_from": _WEEKDAY_FROM, "weekday_to": _WEEKDAY_TO, "since": _SINCE, "on": _ON,
    "month_other": _M.replace("month", "month_other"), "day_other": _D.replace("day", "day_other"),
    "months": "|".join(sorted(MONTH_OF, key=len, reverse=True)),
}  # fmt: skip
_WORKERS: dict[str, Found] = {
    "written": _written, "between": _between, "day": _day, "first_week": _first_week,
    "iso_week": _iso_week, "quarter_to_date": _quarter_to_date, "last_quarter": _last_quarter,
    "quarter": _quarter, "year_to_date": _year_to_date, "month": _month, "counted": _counted,
    "before_yesterday": _before_yesterday, "weekend": _weekend, "weekday": _weekday,
    "weekdays": _weekdays, "until_now": _until_now, "since_the": _since_the,
    "last_year": _last_year, "whole_year": _whole_year, "easter": _feast(_easter),
    "black friday": _feast(lambda year: (_black_friday(year),) * 2),
    "cyber monday": _feast(lambda year: (_black_friday(year) + timedelta(3),) * 2),
    "christmas": _feast(lambda year: (date(year, 12, 24), date(year, 12, 26))),
}  # fmt: skip


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Found], ...]:
    return tuple(
        (
            _put_in(entry["pattern"]),
            _fixed(entry["fixed"]) if "fixed" in entry else _WORKERS[entry["worker"]],
        )
        for entry in words_of("lexicon.yml")["days"]
    )


def _put_in(pattern: str) -> re.Pattern[str]:
    """A pattern with each @part@ of it put in its place."""
    return re.compile(re.sub(r"@(\w+)@", lambda match: _PARTS[match[1]], pattern))


def without(text: str, spans: tuple[NamedDays, ...]) -> str:
    """The sentence with a mark where days were named."""
    return "".join(_pieces(text, spans))


def _pieces(text: str, spans: tuple[NamedDays, ...]) -> Iterator[str]:
    at = 0
    for span in spans:
        yield text[at : span.start]
        yield f" {MARK} "
        at = span.end
    yield text[at:]
