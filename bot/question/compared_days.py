"""Days that are said by other days of the sentence: the same numbers, the Saturday before. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.numbers.input.windows import WEEKDAYS, parse_window
from bot.question.calendar_spans import span_of
from bot.question.named_days import MARK, NamedDays

_SAME_NUMBERS = re.compile(
    r"\b(?:same|samme|tilsvarende) (?:days?|dates?|period|stretch|time|part|dag(?:er|ene)?|"
    rf"dato(?:er|ene)?|periode[n]?|tid(?:srom(?:met)?)?|del) (?:of |in |i |av )?{MARK}"
)
_FROM_TO = re.compile(rf"{MARK} (?:to|til) {MARK}")
_CHANGED = re.compile(
    r"\b(?:chang\w*|ris\w*|rose|f[ae]ll\w*|gr[eo]w\w*|increas\w*|decreas\w*|develop\w*|drop\w*|"
    r"percent\w*|endr\w*|øk\w*|falt|gikk|gått|steg|utvikl\w*|prosent\w*|vokst\w*|sank)\b"
)
_BESIDE = re.compile(
    rf"{MARK} (?P<side>before|after|prior|før|etter)(?: (?:it|that|then|den|det|da)\b| ?$| ?[?.])"
)
WEEK = 7
TWO = 2


def says_same_numbers(text: str) -> bool:
    """Whether a sentence compares `with the same days in ◊`, another month."""
    return _SAME_NUMBERS.search(text) is not None


def in_order(spans: Sequence[NamedDays], text: str) -> list[NamedDays]:
    """The days asked about before those they are held against: of a change, the later ones.

    `how did it change from september to october` asks about October.
    """
    changed = len(spans) == TWO and _FROM_TO.search(text) and _CHANGED.search(text)
    return [*spans][::-1] if changed else [*spans]


def same_numbers(window: str, month: str, as_of: date) -> str:
    """`1-27 november` against `the same days in october`: its days of the same numbers."""
    span, whole = parse_window(window, as_of)[0], parse_window(month, as_of)[0]
    in_one_month = (span.since.year, span.since.month) == (span.until.year, span.until.month)
    if not in_one_month or whole.since.day != 1 or whole.since.month != whole.until.month:
        return month
    last_day = whole.until.day
    since = whole.since.replace(day=min(span.since.day, last_day))
    return span_of(since, whole.since.replace(day=min(span.until.day, last_day)))


def beside(window: str, weekday: str, text: str, as_of: date) -> str:
    """`halloween than on the saturday before it`: that weekday next to the days; "" for none."""
    name, side = weekday.removeprefix("on "), _BESIDE.search(text)
    if side is None or name not in WEEKDAYS:
        return ""
    span, at = parse_window(window, as_of)[0], WEEKDAYS.index(name)
    if side["side"] in {"after", "etter"}:
        day = span.until + timedelta((at - span.until.weekday() - 1) % WEEK + 1)
    else:
        day = span.since - timedelta((span.since.weekday() - at - 1) % WEEK + 1)
    return span_of(day, day)
