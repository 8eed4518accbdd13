"""When a digest comes: `07:30 mon-fri Europe/Oslo norsk`, words in any order. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import UnknownName
from bot.question.vocabulary import DAY_SETS, EVERY_DAY, LANGUAGE_OF, WEEKDAY_OF, WORKDAYS
from bot.store.base import Subscription

TIME = re.compile(r"(?:kl\.?)?(\d{1,2})(?:[:.](\d{2}))?(am|pm)?")
DAY_OF_MONTH = re.compile(r"(?:the)?([12]?[1-9]|[123]0|31)(?:st|nd|rd|th|\.)?")
LAST_DAY = 28  # every month has it
FORMS = {
    "weekly": ("weekly", "ukentlig", "ukentleg"),
    "monthly": ("monthly", "månedlig"),
}
FORM_OF = {word: form for form, words in FORMS.items() for word in words}
FILLERS = {
    "the",
    "den",
    "at",
    "kl",
    "kl.",
    "on",
    "in",
    "på",
    "every",
    "hver",
    "day",
    "dag",
    "and",
    "og",
    "klokka",
}


@dataclass(frozen=True)
class Schedule:
    """When, in whose time, in which language.

    Attributes:
        time: `HH:MM`, local time.
        weekdays: ISO weekdays, 1 is Monday, in order.
        stop: True for "off": the digest is no longer wanted.
        form: `daily`, `weekly` (the week that ended) or `monthly` (the month that ended).
        day: Of the month, for a monthly one.
    """

    time: str = "07:30"
    weekdays: tuple[int, ...] = WORKDAYS
    time_zone: str = "UTC"
    language: str = "en"
    stop: bool = False
    form: str = "daily"
    day: int = 1

    @property
    def filters(self) -> dict[str, object]:
        """What a subscription keeps of the form."""
        if self.form == "monthly":
            return {"form": self.form, "day": self.day}
        return {"form": self.form} if self.form == "weekly" else {}


def form_of(subscription: Subscription) -> tuple[str, tuple[int, ...], int]:
    """(form, weekdays, day of the month) of a subscription."""
    filters = subscription.filters
    return str(filters.get("form", "daily")), subscription.weekdays, int(filters.get("day", 1))


def comes_on(subscription: Subscription, day: date) -> bool:
    """Whether a digest is to come on a day, as far as weekday and day of the month go."""
    form, weekdays, of_month = form_of(subscription)
    return day.isoweekday() in weekdays and (form != "monthly" or of_month == day.day)


def parse_schedule(words: Sequence[str], usual: Schedule) -> Schedule:
    """`usual` with what the words change.

    Raises:
        UnknownName: Of kind `schedule`, naming the word nobody understands.
    """
    terms = [word.strip('",') for word in words]
    form = next((FORM_OF[word.casefold()] for word in terms if word.casefold() in FORM_OF), "")
    if form:
        usual = replace(usual, form=form, weekdays=_usual_days(form, usual))
        terms = [word for word in terms if word.casefold() not in FORM_OF]
    if {"every day", "hver dag"} & {" ".join(pair).casefold() for pair in pairwise(terms)}:
        usual = replace(usual, weekdays=EVERY_DAY)
    for word in terms:
        if word and word.casefold() not in FILLERS:
            usual = _changed(usual, word)
    return usual


def _changed(schedule: Schedule, word: str) -> Schedule:
    term = word.casefold()
    if term in {"off", "stop", "av", "stopp", "avslutt"}:
        return replace(schedule, stop=True)
    if term in LANGUAGE_OF:
        return replace(schedule, language=LANGUAGE_OF[term])
    if schedule.form == "monthly" and (day := DAY_OF_MONTH.fullmatch(term)):
        return replace(schedule, day=min(int(day[1]), LAST_DAY))
    if time := clock_time(term):
        return replace(schedule, time=time)
    if days := weekdays(term):
        return replace(schedule, weekdays=days[:1] if schedule.form == "weekly" else days)
    if zone := zone_named(word):
        return replace(schedule, time_zone=zone)
    raise UnknownName("schedule", word, ())


def _usual_days(form: str, usual: Schedule) -> tuple[int, ...]:
    """Weekly comes on Mondays, monthly on its day whatever weekday that is."""
    if form == usual.form:
        return usual.weekdays
    return (1,) if form == "weekly" else EVERY_DAY


def clock_time(text: str) -> str:
    """`7`, `7.30`, `07:30`, `7am` as `HH:MM`; "" where it is no time of day."""
    match = TIME.fullmatch(text)
    if not match:
        return ""
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3] == "pm" else 0) if 1 <= hour <= 12 else 24
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""


def weekdays(text: str) -> tuple[int, ...]:
    """`mon-fri`, `man,ons`, `weekdays`, `hverdager` as ISO weekdays; empty where it is none."""
    if text in DAY_SETS:
        return DAY_SETS[text]
    days: set[int] = set()
    for part in re.split(r"[,+/]", text):
        start, _, end = (piece.strip() for piece in re.sub("[–—]", "-", part).partition("-"))
        if start not in WEEKDAY_OF or (end and end not in WEEKDAY_OF):
            return ()
        days |= _span(WEEKDAY_OF[start], WEEKDAY_OF[end or start])
    return tuple(sorted(days))


def _span(start: int, end: int) -> set[int]:
    length = (end - start) % 7
    return {(start - 1 + step) % 7 + 1 for step in range(length + 1)}


def zone_named(word: str) -> str:
    """`Europe/Oslo`, `oslo` as an IANA name; "" where it is no time zone."""
    zones_by_name = {name.casefold(): name for name in available_timezones()}
    name = zones_by_name.get(word.casefold(), "")
    if not name and "/" not in word:  # a city alone: Oslo, New_York
        cities = [zone for zone in zones_by_name if zone.endswith(f"/{word.casefold()}")]
        name = zones_by_name[min(cities, key=len)] if cities else ""
    return ZoneInfo(name).key if name else ""
