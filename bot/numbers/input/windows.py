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
    month of L against the same days of the month before; `wtd` the same of its week; `lastweek` and
    `lastmonth` are the whole ones before the morning's own, against those before them; `on friday`
    is the latest Friday against the one before, `in october` the latest October; `since` any of
    them is from its first day to L; `2026-11-01..2026-11-15` is inclusive and ends on L at the
    latest. Otherwise the comparison is as many days ending the day before.

    A comparison of one's own follows `vs`: `previous` (as many days before), `week`, `month` or
    `year` (as many days, so many whole weeks earlier: weekdays match), or a range.

    Raises:
        UnknownName: Not a window.
        UsageError: A range that runs backwards or has not begun.
    """
    last = as_of - timedelta(1)
    asked, versus, against = re.sub(r"\s+", "", text).lower().partition("vs")
    found = _spans(asked, last)
    if found is None:
        raise UnknownName("window", text, _nearest(asked))
    other = _against(against, *found, last) if versus else found[1]
    if other is None:
        raise UnknownName("window", text, (asked,))
    return found[0], other


def _spans(asked: str, last: date) -> tuple[Window, Window] | None:
    """A window and its usual comparison; None where it is no window."""
    named = {
        "today": lambda: (_one_day(last + timedelta(1)), _one_day(last)),
        "yesterday": lambda: (_one_day(last), _one_day(last - timedelta(7))),
        "mtd": lambda: (_month_to(last), _month_before(last)),
        "wtd": lambda: _week_to(last),
        "lastweek": lambda: _last_week(last + timedelta(1)),
        "lastmonth": lambda: _last_month(last + timedelta(1)),
    }
    if asked in named:
        return named[asked]()
    if asked.startswith("since"):
        return _since(_spans(asked.removeprefix("since"), last), last)
    if asked.removeprefix("on") in WEEKDAYS:
        return _latest_day(WEEKDAYS.index(asked.removeprefix("on")), last)
    if asked.removeprefix("in") in MONTHS:
        return _latest_month(MONTHS.index(asked.removeprefix("in")) + 1, last)
    now = _counted(asked, last) or _ranged(asked, last)
    return (now, now.before()) if now else None


def _since(began: tuple[Window, Window] | None, last: date) -> tuple[Window, Window] | None:
    now = Window(began[0].since, last) if began else None
    return (now, now.before()) if now else None


def _against(asked: str, now: Window, usual: Window, last: date) -> Window | None:
    """What a window is compared with when somebody says so."""
    if asked == "previous":
        return now.before()
    if asked == "month" and now.since.day == 1 and usual.since.day == 1:
        return usual  # a month, or its beginning, against the month before
    if asked in _EARLIER:
        return _shifted(now, _EARLIER[asked])
    return _ranged(asked, last)


def _shifted(now: Window, days: int) -> Window:
    """As many days, `days` earlier, or as often as it takes not to overlap."""
    away = timedelta(days * max(1, -(-now.days // days)))
    return Window(now.since - away, now.until - away)


def _week_to(last: date) -> tuple[Window, Window]:
    now = Window(last - timedelta(last.weekday()), last)
    return now, _shifted(now, 7)


def _last_week(morning: date) -> tuple[Window, Window]:
    now = Window.ending(morning - timedelta(morning.weekday() + 1), 7)
    return now, now.before()


def _last_month(morning: date) -> tuple[Window, Window]:
    now = _month_to(morning.replace(day=1) - timedelta(1))
    return now, _month_to(now.since - timedelta(1))


def _latest_month(month: int, last: date) -> tuple[Window, Window]:
    """The latest month of that number, as far as it has come, against as many days before."""
    year = last.year if month <= last.month else last.year - 1
    end = date(year, month, calendar.monthrange(year, month)[1])
    now = _month_to(min(end, last))
    return now, now.before()


def _latest_day(weekday: int, last: date) -> tuple[Window, Window]:
    day = last - timedelta((last.weekday() - weekday) % 7)
    return _one_day(day), _one_day(day - timedelta(7))


def _one_day(day: date) -> Window:
    return Window(day, day)


def _month_to(last: date) -> Window:
    return Window(last.replace(day=1), last)


def _month_before(last: date) -> Window:
    end = last.replace(day=1) - timedelta(1)
    length = calendar.monthrange(end.year, end.month)[1]
    return Window(end.replace(day=1), end.replace(day=min(last.day, length)))


def _counted(asked: str, last: date) -> Window | None:
    found = re.fullmatch(r"([0-9]{1,4})d", asked)
    days = int(found[1]) if found else 0
    return Window.ending(last, days) if 1 <= days <= _LONGEST else None


def _ranged(asked: str, last: date) -> Window | None:
    since, _, until = asked.partition("..")
    try:
        window = Window(date.fromisoformat(since), date.fromisoformat(until or since))
    except ValueError:
        return None
    if window.since > window.until:
        raise UsageError(
            "%(asked)s runs backwards.",
            hint="Write the earlier day first.",
            values={"asked": asked},
        )
    if window.since > last:
        raise UsageError(
            "%(asked)s has not begun: the last day with numbers is %(last)s.",
            hint="Ask for a range that starts on %(last)s or earlier.",
            values={"asked": asked, "last": last},
        )
    return Window(window.since, min(window.until, last))


def _nearest(asked: str) -> tuple[str, ...]:
    number = re.match(r"[0-9]{1,4}", asked)
    if number and 1 <= int(number[0]) <= _LONGEST and ".." not in asked and "-" not in asked:
        return (f"{int(number[0])}d",)
    known = (*WINDOWS, "wtd", "lastweek", "lastmonth")
    return tuple(name for name in known if asked and name.startswith(asked[0])) or ("7d",)
