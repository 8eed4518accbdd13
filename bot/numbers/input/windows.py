"""Spans of days: what 7d, yesterday and mtd mean on a morning, and what each is compared with."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import UnknownName, UsageError

WINDOWS = ("yesterday", "7d", "14d", "28d", "mtd")
_LONGEST = 3660
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EARLIER = {"week": 7, "month": 28, "year": 364}


@dataclass(frozen=True, order=True)
class Window:
    """Days from `since` to `until`, both inclusive; empty where `since` lies after `until`."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return max(0, (self.until - self.since).days + 1)

    def __contains__(self, day: date) -> bool:
        return self.since <= day <= self.until

    @classmethod
    def ending(cls, until: date, days: int) -> Window:
        """The window of so many days that ends on `until`."""
        return cls(until - timedelta(days - 1), until)

    def before(self, days: int | None = None) -> Window:
        """As many days (or so many) ending the day before this one starts."""
        return Window.ending(self.since - timedelta(1), self.days if days is None else days)


def parse_window(text: str, as_of: date) -> tuple[Window, Window]:
    """What a window means on a morning, and what it is compared with.

    `7d` (any number of days) ends on the last data day L = as_of - 1; `yesterday` is L against the
    same weekday a week earlier; `today` the morning itself, of which nothing is read yet; `mtd` the
    month of L against the same days of the month before; `wtd`, `qtd` and `ytd` the same of its
    week, quarter and year; `lastweek` and
    `lastmonth` are the whole ones before the morning's own, against those before them; `on friday`
    is the latest Friday against the one before, `in october` the latest October; `since` any of
    them is from its first day to L; `2026-11-01..2026-11-15` is inclusive and ends on L at the
    latest. Otherwise the comparison is as many days ending the day before.

    A comparison of one's own follows `vs`: `previous` (as many days before), `week`, `month` or
    `year` (as many days, so many whole weeks earlier: weekdays match), or a range. What begins with
    a month is held against the same dates a year earlier: an October against the whole October.

    Raises:
        UnknownName: Not a window.
        UsageError: A range that runs backwards or has not begun.
    """
    last_day = as_of - timedelta(1)
    window_text, versus, against = re.sub(r"\s+", "", text).lower().partition("vs")
    spans = _spans(window_text, last_day)
    if spans is None:
        raise UnknownName("window", text, _nearest(window_text))
    comparison = _against(against, *spans, last_day) if versus else spans[1]
    if comparison is None:
        raise UnknownName("window", text, (window_text,))
    return spans[0], comparison


def first_of_month(day: date, months: int = 0) -> date:
    """The first day of a day's month, or of the one so many months on; before it where negative."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _spans(window_text: str, last_day: date) -> tuple[Window, Window] | None:
    """A window and its usual comparison; None where it is no window."""
    span_names = {
        "today": lambda: (_one_day(last_day + timedelta(1)), _one_day(last_day)),
        "yesterday": lambda: (_one_day(last_day), _one_day(last_day - timedelta(7))),
        "mtd": lambda: (_month_to(last_day), _month_before(last_day)),
        "wtd": lambda: _week_to(last_day),
        "qtd": lambda: _begun_with(last_day, 3),
        "ytd": lambda: _begun_with(last_day, 12),
        "lastweek": lambda: _last_week(last_day + timedelta(1)),
        "lastmonth": lambda: _last_month(last_day + timedelta(1)),
    }
    if window_text in span_names:
        return span_names[window_text]()
    if window_text.startswith("since"):
        return _since(_spans(window_text.removeprefix("since"), last_day), last_day)
    if window_text.removeprefix("on") in WEEKDAYS:
        return _latest_day(WEEKDAYS.index(window_text.removeprefix("on")), last_day)
    if window_text.removeprefix("in") in MONTHS:
        return _latest_month(MONTHS.index(window_text.removeprefix("in")) + 1, last_day)
    now = _counted(window_text, last_day) or _ranged(window_text, last_day)
    return (now, now.before()) if now else None


def _since(began: tuple[Window, Window] | None, last_day: date) -> tuple[Window, Window] | None:
    now = Window(began[0].since, last_day) if began else None
    return (now, now.before()) if now else None


def _against(window_text: str, now: Window, usual: Window, last_day: date) -> Window | None:
    """What a window is compared with when somebody says so."""
    if window_text == "previous":
        return now.before()
    if window_text == "month" and now.since.day == 1 and usual.since.day == 1:
        return usual  # a month, or its beginning, against the month before
    if window_text == "year" and now.since.day == 1:
        return _a_year_earlier(now)
    if window_text in _EARLIER:
        return _shifted(now, _EARLIER[window_text])
    return _ranged(window_text, last_day)


def _shifted(now: Window, days: int) -> Window:
    """As many days, `days` earlier, or as often as it takes not to overlap."""
    away = timedelta(days * max(1, -(-now.days // days)))
    return Window(now.since - away, now.until - away)


def _a_year_earlier(now: Window) -> Window:
    """The same dates a year before, or as many as it takes not to overlap; a month's end is one."""
    years = -(-now.days // 366)
    end = now.until.replace(year=now.until.year - years, day=1)
    length = calendar.monthrange(end.year, end.month)[1]
    whole = (now.until + timedelta(1)).day == 1
    last_day = length if whole else min(now.until.day, length)
    return Window(now.since.replace(year=now.since.year - years), end.replace(day=last_day))


def _week_to(last_day: date) -> tuple[Window, Window]:
    now = Window(last_day - timedelta(last_day.weekday()), last_day)
    return now, _shifted(now, 7)


def _begun_with(last_day: date, months: int) -> tuple[Window, Window]:
    """The quarter or year so far, against the same days of the one before."""
    first = last_day.replace(month=last_day.month - (last_day.month - 1) % months, day=1)
    into = last_day.month - first.month
    before = first - timedelta(1)
    before_first = before.replace(month=before.month - (before.month - 1) % months, day=1)
    month = before_first.month + into
    length = calendar.monthrange(before_first.year, month)[1]
    end = before_first.replace(month=month, day=min(last_day.day, length))
    return Window(first, last_day), Window(before_first, end)


def _last_week(morning: date) -> tuple[Window, Window]:
    now = Window.ending(morning - timedelta(morning.weekday() + 1), 7)
    return now, now.before()


def _last_month(morning: date) -> tuple[Window, Window]:
    now = _month_to(morning.replace(day=1) - timedelta(1))
    return now, _month_to(now.since - timedelta(1))


def _latest_month(month: int, last_day: date) -> tuple[Window, Window]:
    """The latest month of that number, as far as it has come, against as many days before."""
    year = last_day.year if month <= last_day.month else last_day.year - 1
    end = date(year, month, calendar.monthrange(year, month)[1])
    now = _month_to(min(end, last_day))
    return now, now.before()


def _latest_day(weekday: int, last_day: date) -> tuple[Window, Window]:
    day = last_day - timedelta((last_day.weekday() - weekday) % 7)
    return _one_day(day), _one_day(day - timedelta(7))


def _one_day(day: date) -> Window:
    return Window(day, day)


def _month_to(last_day: date) -> Window:
    return Window(last_day.replace(day=1), last_day)


def _month_before(last_day: date) -> Window:
    end = last_day.replace(day=1) - timedelta(1)
    length = calendar.monthrange(end.year, end.month)[1]
    return Window(end.replace(day=1), end.replace(day=min(last_day.day, length)))


def _counted(window_text: str, last_day: date) -> Window | None:
    day_match = re.fullmatch(r"([0-9]{1,4})d", window_text)
    days = int(day_match[1]) if day_match else 0
    return Window.ending(last_day, days) if 1 <= days <= _LONGEST else None


def _ranged(window_text: str, last_day: date) -> Window | None:
    since, _, until = window_text.partition("..")
    try:
        window = Window(date.fromisoformat(since), date.fromisoformat(until or since))
    except ValueError:
        return None
    if window.since > window.until:
        raise UsageError(
            "%(asked)s runs backwards.",
            hint="Write the earlier day first.",
            values={"asked": window_text},
        )
    if window.since > last_day:
        raise UsageError(
            "%(asked)s has not begun: the last day with numbers is %(last)s.",
            hint="Ask for a range that starts on %(last)s or earlier.",
            values={"asked": window_text, "last": last_day},
        )
    return Window(window.since, min(window.until, last_day))


def _nearest(window_text: str) -> tuple[str, ...]:
    number = re.match(r"[0-9]{1,4}", window_text)
    if (
        number
        and 1 <= int(number[0]) <= _LONGEST
        and ".." not in window_text
        and "-" not in window_text
    ):
        return (f"{int(number[0])}d",)
    window_names = (*WINDOWS, "wtd", "qtd", "ytd", "lastweek", "lastmonth")
    return tuple(
        name for name in window_names if window_text and name.startswith(window_text[0])
    ) or ("7d",)
