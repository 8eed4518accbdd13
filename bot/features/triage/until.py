"""Until when: `3d`, `monday`, `til mandag`, `4 december`, `neste uke` as a day to come. Pure."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from bot.question.grammar import window_of
from bot.question.vocabulary import MONTHS, WEEKDAY_OF

BEFORE = re.compile(
    r"^(?:for|in|until|till|til|to|om|på|on|kommende|førstkommende|the|i(?!\s(?:morgen|overmorgen)))\s+"
)
NEXT = re.compile(r"^(?:next|neste|this|denne|førstkommende|kommende)\s+(\w+)$")
ISO, DOTTED = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"(\d{1,2})\.(\d{1,2})\.?(\d{4})?")
DAY_MONTH = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?\s+(?:of\s+)?([a-zæøå]+)\.?(?:\s+(\d{4}))?")
MONTH_DAY = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?")
SPAN = re.compile(
    r"(a|an|one|en|ei|et|two|to|three|tre)\s+(day|dag|week|uke|måned|month)s?r?(?:er)?"
)
NUMBERS = {"two": 2, "to": 2, "three": 3, "tre": 3}
LENGTHS = {"day": 1, "dag": 1, "week": 7, "uke": 7, "måned": 30, "month": 30}
TOMORROW = {
    **dict.fromkeys(("tomorrow", "i morgen", "imorgen", "morgen"), 1),
    **dict.fromkeys(("the day after tomorrow", "i overmorgen", "overmorgen"), 2),
}
MONTH_OF = {
    name[:length]: number
    for number, names in enumerate(MONTHS.items(), 1)
    for name in names
    for length in (len(name), 3)
}
WEEK = ("next week", "neste uke", "over helgen", "after the weekend", "etter helgen", "etter helga")
MONTH = ("next month", "neste måned")
MONTHS_END = ("end of the month", "end of month", "slutten av måneden", "månedsslutt", "month end")


def day_meant(text: str, today: date) -> date | None:
    """The day some words mean, the next one to come; None where they mean none."""
    phrase = " ".join(text.casefold().replace(",", " ").split()).rstrip(".!?")
    while (shorter := BEFORE.sub("", phrase)) != phrase:
        if day := _of(phrase, today):
            return day
        phrase = shorter
    return _of(phrase, today)


def _of(phrase: str, today: date) -> date | None:
    return _named(phrase, today) or _after(phrase, today) or _dated(phrase, today)


def _named(phrase: str, today: date) -> date | None:
    """A weekday, or a day that goes by a name of its own."""
    named = NEXT.fullmatch(phrase)
    if day := WEEKDAY_OF.get(named[1] if named else phrase):
        return _weekday(day, today)
    if phrase in WEEK:
        return _weekday(1, today)
    if phrase in MONTH:
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    if phrase in MONTHS_END:
        return today.replace(day=calendar.monthrange(today.year, today.month)[1])
    return None


def _after(phrase: str, today: date) -> date | None:
    """So many days from today."""
    if phrase in TOMORROW:
        return today + timedelta(days=TOMORROW[phrase])
    if span := SPAN.fullmatch(phrase):
        return today + timedelta(days=NUMBERS.get(span[1], 1) * LENGTHS[span[2]])
    window = window_of(phrase)
    return today + timedelta(days=int(window[:-1])) if re.fullmatch(r"\d+d", window) else None


def _weekday(weekday: int, today: date) -> date:
    """The next such day; on a Monday, "Monday" is in a week."""
    return today + timedelta(days=(weekday - today.isoweekday() - 1) % 7 + 1)


def _dated(phrase: str, today: date) -> date | None:
    if ISO.fullmatch(phrase):
        year, month, day = map(int, phrase.split("-"))
        return _date(year, month, day, today)
    if parts := DOTTED.fullmatch(phrase):
        return _date(int(parts[3] or 0), int(parts[2]), int(parts[1]), today)
    if parts := DAY_MONTH.fullmatch(phrase):
        return _date(int(parts[3] or 0), MONTH_OF.get(parts[2], 0), int(parts[1]), today)
    if parts := MONTH_DAY.fullmatch(phrase):
        return _date(int(parts[3] or 0), MONTH_OF.get(parts[1], 0), int(parts[2]), today)
    return None


def _date(year: int, month: int, day: int, today: date) -> date | None:
    """A date; without a year, the next of its kind."""
    try:
        if year:
            return date(year, month, day)
        candidate = date(today.year, month, day)
        return candidate if candidate > today else date(today.year + 1, month, day)
    except ValueError:
        return None
