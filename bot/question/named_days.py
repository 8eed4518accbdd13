"""The days a sentence names, in English and Norwegian: `uke 44`, `since november 9`, `påsken`.

Pure. A window is given in the words `parse_window` reads; what has no name there is a range.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from bot.numbers.input.windows import MONTHS, first_of_month
from bot.question import day_ends
from bot.question.calendar_spans import (
    CALENDAR_SPANS,
    MONTH_OF,
    NUMBERS,
    Worker,
    count_of,
    latest_dates,
    span_of,
    whole_month,
    year_of,
)
from bot.question.day_ends import WEEKDAYS
from bot.question.terms import lexicon

MARK = "◊"  # stands in a sentence where days were named
LONGEST_AGO = 400  # days or weeks
DAY_OF = {name: names[0] for names in WEEKDAYS for name in names[:2]}
# In a range alone: `man` and `sun` are words of their own.
RANGE_DAY_OF = {name: names[0] for names in WEEKDAYS for name in names}
_M = "(?P<month>" + "|".join(sorted(MONTH_OF, key=len, reverse=True)) + ")"
_FULL = "(?P<month>" + "|".join(name for name in MONTH_OF if len(name) > 3 and name != "mars") + ")"
_D = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_Y = r"(?:(?: (?:of|in|i))?(?P<year> (?:20[0-9]{2}|last year|this year|i fjor|i år)))?"
_W = "(?P<weekday>" + "|".join(DAY_OF) + ")"
_RANGE_DAYS = "|".join(sorted(RANGE_DAY_OF, key=len, reverse=True))
_WEEKDAY_FROM, _WEEKDAY_TO = (f"(?P<weekday_{end}>{_RANGE_DAYS})" for end in ("from", "to"))
_SINCE = (
    r"(?P<since>(?<!\w)(?:since|siden|fra og med|starting)"
    r"(?: (?:it|we|they|he|she|this|that|den|vi|de|det) \w+(?: (?:running|live|på))?)? )?"
)
_ON = r"(?:(?<!\w)(?:on|the|på|den|of|in|i|from|for) )*"


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
        at = 0
        while match := pattern.search(text, at):
            free = all(match.end() <= span.start or match.start() >= span.end for span in spans)
            window = worker(match, as_of) if free else ""
            if window:
                spans.append(NamedDays(window, *match.span()))
            at = match.end() if window else match.start() + 1
    return tuple(sorted((_with_lead(text, span) for span in spans), key=lambda span: span.start))


# `i løpet av ◊`, `over the course of ◊`: no place called løpet.
_LEAD = re.compile(
    r"\b(?:i løpet av|gjennom|(?:in|over|during) the course of)(?: de| den| the)? ?$"
)


def _with_lead(text: str, span: NamedDays) -> NamedDays:
    """Days with the words that lead to them."""
    lead = _LEAD.search(text[: span.start])
    return NamedDays(span.window, lead.start(), span.end) if lead else span


def _day(match: re.Match[str], as_of: date) -> str:
    month, day = MONTH_OF[match["month"]], int(match["day"])
    year = year_of(match, as_of, month, day)
    if not 1 <= day <= monthrange(year, month)[1]:
        return ""
    named_date = date(year, month, day)
    return (
        f"since {span_of(named_date, named_date)}"
        if match["since"]
        else span_of(named_date, named_date)
    )


def _month(match: re.Match[str], as_of: date) -> str:
    month = MONTH_OF[match["month"]]
    if match["since"]:
        return f"since in {MONTHS[month - 1]}"
    if not match["year"]:
        return f"in {MONTHS[month - 1]}"
    return span_of(*whole_month(year_of(match, as_of, month), month))


def _last_named_month(match: re.Match[str], as_of: date) -> str:
    """`last november`, asked in november: that of the year before; `last october` the latest."""
    month = MONTH_OF[match["month"] or match["month_other"]]
    year = as_of.year - (month >= as_of.month)
    return span_of(*whole_month(as_of.year - 1 if match["month_other"] else year, month))


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
    return span_of(monday, monday + timedelta(6))


def _quarter_of(day: date) -> int:
    return (day.month - 1) // 3 + 1


def _quarter_span(year: int, quarter: int) -> str:
    first_month, last_month = 3 * quarter - 2, 3 * quarter
    return span_of(date(year, first_month, 1), whole_month(year, last_month)[1])


_QUARTERS = {
    "1": 1, "first": 1, "1st": 1, "første": 1, "2": 2, "second": 2, "2nd": 2, "andre": 2,
    "3": 3, "third": 3, "3rd": 3, "tredje": 3, "4": 4, "fourth": 4, "4th": 4, "fjerde": 4,
}  # fmt: skip


def _quarter(match: re.Match[str], as_of: date) -> str:
    groups = match.groupdict()
    quarter = _QUARTERS[groups.get("quarter") or groups["quarter_word"]]
    year_text = (match.groupdict().get("year") or "").strip()
    year = as_of.year - (quarter > _quarter_of(as_of))
    year = int(year_text) if year_text.isdigit() else as_of.year - 1 if year_text else year
    return _quarter_span(year, quarter)


def _quarter_to_date(_: re.Match[str], _as_of: date) -> str:
    return "qtd"


def _last_quarter(_: re.Match[str], as_of: date) -> str:
    quarter = _quarter_of(as_of)
    return _quarter_span(as_of.year - (quarter == 1), quarter - 1 or 4)


def _year_to_date(_: re.Match[str], _as_of: date) -> str:
    return "ytd"


def _whole_year(match: re.Match[str], as_of: date) -> str:
    year = int(match["whole"])
    return span_of(date(year, 1, 1), min(date(year, 12, 31), as_of - timedelta(1)))


def _last_year(_: re.Match[str], as_of: date) -> str:
    return span_of(date(as_of.year - 1, 1, 1), date(as_of.year - 1, 12, 31))


def _written(match: re.Match[str], _: date) -> str:
    try:
        since = date.fromisoformat(match["from"])
        until = date.fromisoformat(match["to"] or match["from"])
    except ValueError:
        return ""
    return span_of(since, until) if since <= until else ""


def _weekday(match: re.Match[str], _: date) -> str:
    day = RANGE_DAY_OF[match["weekday"]]
    return f"since on {day}" if match["since"] else f"on {day}"


_BOTH = re.compile(r"(?!between|from|fra|mellom).* (?:and|og) ")
_COMPARED = re.compile(
    r"\b(?:compar\w*|vs\.?|versus|sammenli[gk]n\w*|difference|forskjell\w*|better|worse|bedre|"
    r"dårligere|verre|side by side)\b"
)


def _weekdays(match: re.Match[str], as_of: date) -> str:
    """`monday to thursday`: the latest that are over, or those of the week before.

    `compare wednesday and thursday` names two days, none between them.
    """
    if _BOTH.match(match[0]) and _COMPARED.search(match.string):
        return ""
    days = list(dict.fromkeys(DAY_OF.values()))
    from_weekday, to_weekday = (
        days.index(RANGE_DAY_OF[match[f"weekday_{end}"]]) for end in ("from", "to")
    )
    yesterday = as_of - timedelta(1)
    until = yesterday - timedelta((yesterday.weekday() - to_weekday) % 7)
    if match["earlier"]:
        monday = as_of - timedelta(as_of.weekday() + 7)
        until = monday + timedelta(to_weekday)
    return span_of(until - timedelta((to_weekday - from_weekday) % 7), until)


def _since_the(match: re.Match[str], as_of: date) -> str:
    """`from the 17th onwards`: from the latest day of that number."""
    last_day = as_of - timedelta(1)
    since = next(latest_dates(int(match["day"]), last_day), None)
    return span_of(since, last_day) if since else ""


def _counted(match: re.Match[str], _: date) -> str:
    count, unit = count_of(match["count"]), match["unit"]
    days = count * (7 if unit.startswith(("w", "u")) else 30 if unit.startswith("m") else 1)
    return f"{days}d" if 1 <= days <= 3660 else ""


def _ever(_: re.Match[str], as_of: date) -> str:
    """`since launch`: a year of days, the first of which are nobody's."""
    return span_of(as_of - timedelta(365), as_of - timedelta(1))


def _ending(match: re.Match[str], as_of: date) -> str:
    """`the 45 days ending on 15 november`: that day is the last of them, but with `before`."""
    day_text, month = match["day"], MONTH_OF[match["month"]]
    try:
        last_day = date(year_of(match, as_of, month, int(day_text)), month, int(day_text))
    except ValueError:
        return ""
    if match["side"] in {"before", "før", "leading up to"}:
        last_day -= timedelta(1)
    days = count_of(match["count"]) * (7 if match["unit"].startswith(("w", "u")) else 1)
    return span_of(last_day - timedelta(days - 1), last_day) if days else ""


def _weekend(_: re.Match[str], as_of: date) -> str:
    sunday = as_of - timedelta(as_of.weekday() + 1)
    return span_of(sunday - timedelta(1), sunday)


def _weekend_before(_: re.Match[str], as_of: date) -> str:
    sunday = as_of - timedelta(as_of.weekday() + 8)
    return span_of(sunday - timedelta(1), sunday)


def _before_last(match: re.Match[str], as_of: date) -> str:
    """`the week before last`, `forforrige uke`: the whole week, or month, before the last one."""
    unit = next(filter(None, match.groups()))
    return _weeks_back(2, as_of) if unit.startswith(("w", "u")) else _months_back(2, as_of)


def _month_before(match: re.Match[str], as_of: date) -> str:
    month = MONTH_OF[match["month"]]
    return span_of(*_month_back(date(year_of(match, as_of, month), month, 1), 1))


def _weeks_back(weeks: int, as_of: date) -> str:
    sunday = as_of - timedelta(as_of.weekday() + 1 + 7 * (weeks - 1))
    return span_of(sunday - timedelta(6), sunday)


def _months_back(months: int, as_of: date) -> str:
    return span_of(*_month_back(as_of, months))


def _month_back(day: date, months: int) -> tuple[date, date]:
    month_start = first_of_month(day, -months)
    return whole_month(month_start.year, month_start.month)


def _days_ago(match: re.Match[str], as_of: date) -> str:
    """`three days ago`, `for en uke siden`: that day; `two weeks ago` that week."""
    count = count_of(match["count"] or match["count_nb"])
    unit = (match["unit"] or match["unit_nb"])[0]
    if not 1 <= count <= LONGEST_AGO:
        return ""
    if unit == "m":
        return _months_back(count, as_of)
    if unit in "wu" and count > 1:
        return _weeks_back(count, as_of)
    day = as_of - timedelta(count * (7 if unit in "wu" else 1))
    return span_of(day, day)


def _period_start(match: re.Match[str], _as_of: date) -> str:
    """`since the start of the month`: the month so far."""
    unit = match["unit"] or match["unit_nb"] or "month"
    if unit.startswith(("w", "u")):
        return "wtd"
    return "qtd" if unit.startswith(("q", "k")) else "mtd"


def _before_yesterday(_: re.Match[str], as_of: date) -> str:
    day = as_of - timedelta(2)
    return span_of(day, day)


def _fixed(window: str) -> Worker:
    return lambda _match, _as_of: window


_PARTS = {
    "month_full": _FULL, "month": _M, "day": _D, "year": _Y, "weekday": _W,
    "weekday_short": f"(?P<weekday>{'|'.join(set(RANGE_DAY_OF) - set(DAY_OF))})",
    "weekday_from": _WEEKDAY_FROM, "weekday_to": _WEEKDAY_TO, "since": _SINCE, "on": _ON,
    "month_other_full": _FULL.replace("month", "month_other"),
    "month_other": _M.replace("month", "month_other"), "day_other": _D.replace("day", "day_other"),
    "two_ends": day_ends.TWO_ENDS, "onwards": day_ends.ONWARDS, "after": day_ends.AFTER,
    "week_of": day_ends.WEEK_OF, "one_date": day_ends.ONE_DATE,
    "months": "|".join(sorted(MONTH_OF, key=len, reverse=True)),
    "count": "|".join(sorted(NUMBERS, key=len, reverse=True)),
}  # fmt: skip
_WORKERS: dict[str, Worker] = {
    "written": _written, "day": _day, "two_ends": day_ends.two_ends, "after": day_ends.after,
    "onwards": day_ends.onwards, "week_of": day_ends.week_of, "one_date": day_ends.one_date,
    "iso_week": _iso_week, "quarter_to_date": _quarter_to_date, "last_quarter": _last_quarter,
    "last_named_month": _last_named_month,
    "quarter": _quarter, "year_to_date": _year_to_date, "month": _month, "counted": _counted,
    "ending": _ending, "ever": _ever,
    "before_yesterday": _before_yesterday, "weekend": _weekend, "weekday": _weekday,
    "weekdays": _weekdays, "since_the": _since_the,
    "last_year": _last_year, "whole_year": _whole_year, "weekend_before": _weekend_before,
    "week_before_last": _before_last, "month_before": _month_before,
    "days_ago": _days_ago, "period_start": _period_start,
    **CALENDAR_SPANS,
}  # fmt: skip


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Worker], ...]:
    return tuple(
        (
            _put_in(entry.pattern),
            _fixed(entry.fixed) if entry.fixed else _WORKERS[entry.worker],
        )
        for entry in lexicon().days
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
