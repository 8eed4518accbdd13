"""Days named by their ends: `from monday to yesterday`, `5/11 til 12/11`, `etter 12. mai`. Pure.

An end is a date in any of the ways dates are written, a weekday, a month, the end of one, or now;
a day without a month is of its other end's.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from bot.question.calendar_spans import (
    MONTH_OF,
    NUMBERS,
    count_of,
    latest_dates,
    span_of,
    whole_month,
)

WEEK = 7
WEEKDAYS = (
    ("monday", "mandag", "mon", "man"), ("tuesday", "tirsdag", "tue", "tues", "tir", "tirs"),
    ("wednesday", "onsdag", "wed", "weds", "ons"), ("thursday", "torsdag", "thu", "thur", "thurs",
    "tor", "tors"), ("friday", "fredag", "fri", "fre"), ("saturday", "lørdag", "sat", "lør"),
    ("sunday", "søndag", "sun", "søn"),
)  # fmt: skip
AT_OF = {name: at for at, names in enumerate(WEEKDAYS) for name in names}
_ORDINALS = (
    ("first", "første"), ("second", "andre"), ("third", "tredje"), ("fourth", "fjerde"),
    ("fifth", "femte"), ("sixth", "sjette"), ("seventh", "sjuende", "syvende"),
    ("eighth", "åttende"), ("ninth", "niende"), ("tenth", "tiende"), ("eleventh", "ellevte"),
    ("twelfth", "tolvte"), ("thirteenth", "trettende"), ("fourteenth", "fjortende"),
    ("fifteenth", "femtende"), ("sixteenth", "sekstende"), ("seventeenth", "syttende"),
    ("eighteenth", "attende"), ("nineteenth", "nittende"), ("twentieth", "tjuende"),
)  # fmt: skip
ORDINAL_OF = {word: at for at, words in enumerate(_ORDINALS, 1) for word in words}


def _either(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_MONTH = f"(?P<month>{_either(MONTH_OF)})(?![a-zæøå])"
_DAY = rf"(?P<day>[0-9]{{1,2}}(?:st|nd|rd|th|\.)?(?![0-9])|{_either(ORDINAL_OF)})"
_YEAR = r"(?:,? (?P<year>20[0-9]{2}))?"
_OF_WEEK = f"(?:(?:{_either(AT_OF)}),? )?"
# The kinds of ends, the fullest first.
_KINDS = {
    "iso": r"(?P<iso>20[0-9]{2}-[0-9]{2}-[0-9]{2})",
    "date": rf"{_OF_WEEK}(?:the |den )?{_DAY} ?(?:of |i )?{_MONTH}{_YEAR}",
    "month_first": rf"{_OF_WEEK}{_MONTH} (?:the )?{_DAY}{_YEAR}",
    "numeric": r"(?P<day>[0-9]{1,2})[./](?P<month>[0-9]{1,2})"
    r"(?:[./](?P<year>20[0-9]{2})|\.(?![0-9]))?",
    "month_end": r"(?:the )?(?:month[- ]end|(?:very )?end of (?:the |this )?(?:month|"
    rf"{_MONTH})|månedsslutt|måneden|"
    rf"(?:utgangen|slutten) av (?:måneden|{_MONTH.replace('month', 'other')}))",
    "ago": rf"(?:for )?(?P<count>[0-9]{{1,3}}|{_either(NUMBERS)}) "
    r"(?P<unit>days|weeks|dager|uker) (?:ago|siden)",
    "now": r"yesterday|today|now|date|this morning|i går|igår|i dag|idag|nå|dags dato",
    "weekday": f"(?P<weekday>{_either(AT_OF)})",
    "month": _MONTH + _YEAR,
    "day": rf"(?P<the>the |den )?{_DAY}",
}  # fmt: skip
_DATED = ("iso", "date", "month_first", "numeric")
_LAST_OF = {  # which kinds may end what a kind begins
    **{kind: {*_DATED, "now", "month_end", "ago", "day", "month"} for kind in _DATED},
    "day": {*_DATED, "now"}, "weekday": {"now"}, "ago": {"now", "ago"},
    "month": {"now", "month", "month_end"},
}  # fmt: skip
_ENDS = {name: re.compile(pattern) for name, pattern in _KINDS.items()}


def _end(side: str, *kinds: str) -> str:
    """One end as a group of its side, its own groups unnamed."""
    chosen = "|".join(_KINDS[kind] for kind in kinds or _KINDS)
    return f"(?P<{side}>" + re.sub(r"\(\?P<\w+>", "(?:", chosen) + ")(?![a-zæøå0-9])"


_TO = (
    r"(?: ?(?:[-–—]|\bt\.?o\.?m\.?|\b(?:to|through|thru|until|till?(?: og med)?|up (?:to|until)|"
    r"(?:og )?(?:fram|frem) til(?: og med)?|(?:og )?ut)\b)(?: and including)? ?)"
)
_AND = r"(?: ?(?:\b(?:and|og)\b|&|\+) ?)"
_COMPARED = re.compile(
    r"\b(?:compar\w*|vs\.?|versus|mot|against|sammenli[gk]n\w*|difference|forskjell\w*|better|"
    r"worse|bedre|dårligere|verre|side by side|(?:than|enn)(?! ?(?:kr ?)?[0-9])|each|hver)\b"
)
CHANGED = re.compile(
    r"\b(?:chang\w*|ris\w*|rose|f[ae]ll\w*|gr[eo]w\w*|increas\w*|decreas\w*|develop\w*|drop\w*|"
    r"percent\w*|endr\w*|øk\w*|falt|gikk|gått|steg|utvikl\w*|prosent\w*|vokst\w*|sank|up or down|"
    r"opp eller ned)\b"
)
_MORE = re.compile(
    r"\b(?:more|fewer|less|higher|lower|better|worse|cheaper|dearer|flere|færre|mer|mindre|høyere|"
    r"lavere|bedre|dårligere|verre|billigere|dyrere)\b"
)
_CHOOSING = re.compile(r"\b(?:or|eller|which|who|hvilken?|hvilket|hvem)\b")


def changed(text: str) -> bool:
    """Whether a casefolded sentence asks how a number went from one time to another."""
    more = _MORE.search(text) is not None and not _CHOOSING.search(text)
    return more or CHANGED.search(text) is not None


TWO_ENDS = (
    r"\b(?:(?P<both>between|from|fra(?: og med)?|mellom) )?(?:on |den |the )?"
    + _end("a")
    + rf"(?:(?P<to>{_TO})|(?P<and>{_AND}))(?:the |den )?"
    + _end("b")
    + r"(?(and)(?: (?:combined|together|til ?sammen|samlet|sammenlagt))?)"
)
ONWARDS = (
    r"\b(?:(?:since|siden)(?: the)? (?:beginning|start|begynnelsen|starten) (?:of|av|på|i) "
    + _end("a", "month")
    + r"|(?:from|fra(?: og med)?|since|siden|starting(?: on| from)?|as of) (?:on |the |den )?"
    + _end("b", *_DATED, "weekday", "month")
    + r" (?:and )?(?:onwards?|on(?! ¤)(?=$|[ ?.,])|forward|og utover|og (?:fram|frem)over))"
)
AFTER = (
    r"(?<!and )(?<!og )(?<!or )\b(?:after|etter)"
    r"(?P<event> (?:we|vi|it|den|they|the|at)\b(?: \w+){1,5}?)? (?:on |den |the )?"
    + _end("a", *_DATED)
)
WEEK_OF = (
    r"\b(?:the )?(?:week|uk[ae]n?) (?P<side>starting|beginning|commencing|of|from|"
    r"som (?:startet|begynte|starter|begynner)) (?:on |the |den )?" + _end("a", *_DATED)
)
_BARE_DAY, _MONTHS = re.sub(r"\(\?P<\w+>", "(?:", _DAY), _either(MONTH_OF)
ONE_DATE = (
    r"(?:\b(?P<since>since|siden|fra og med|starting)(?: on)? )?\b(?:on |på |den |of |for )*"
    rf"(?P<a>(?:{_either(AT_OF)}),? (?:the |den )?{_BARE_DAY} ?(?:of |i )?(?:{_MONTHS})"
    r"(?: 20[0-9]{2})?|"
    rf"(?:the |den )?(?:{_either(ORDINAL_OF)}) (?:of |i )?(?:{_MONTHS})(?: 20[0-9]{{2}})?|"
    r"(?<![0-9./])(?!24/7)[0-3]?[0-9]/[0-3]?[0-9](?:/20[0-9]{2})?(?![0-9/]| ?(?:of|av)\b)|"
    r"(?:(?<=¤ )|(?<=den )|(?<=på )|(?<=on )|(?<=kampanjen ))[0-3]?[0-9]\.[01][0-9]\.?(?=$|[ ?,!])"
    r"(?! ?(?:kr|nok|%)))(?![a-zæøå0-9])"
)


@dataclass(frozen=True)
class _End:
    """One end, taken apart; 0 and "" where it does not say."""

    kind: str
    day: int = 0
    month: int = 0
    year: int = 0
    weekday: str = ""
    back: int = 0
    the: bool = False


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[_End, ...]:
    """Each way an end can be read, the fullest first."""
    return tuple(_ends_in(text.strip()))


def _ends_in(text: str) -> Iterator[_End]:
    for kind, pattern in _ENDS.items():
        match = pattern.fullmatch(text)
        if match is None:
            continue
        groups = {name: value for name, value in match.groupdict().items() if value}
        if kind == "iso":
            year, month, day = map(int, groups["iso"].split("-"))
            yield _End(kind, day, month, year)
            continue
        phrase = groups.get("day", "")
        day = ORDINAL_OF.get(phrase) or int(re.sub(r"\D", "", phrase) or 0)
        month_text = groups.get("month") or groups.get("other") or ""
        month = int(month_text) if month_text.isdigit() else MONTH_OF.get(month_text, 0)
        if kind == "numeric" and month > 12 >= day:
            day, month = month, day  # 10/31, as Americans write it
        back = count_of(groups.get("count", "0")) * (
            WEEK if groups.get("unit", "d")[0] in "wu" else 1
        )
        year = int(groups.get("year", 0))
        yield _End(kind, day, month, year, groups.get("weekday", ""), back, "the" in groups)


def two_ends(match: re.Match[str], as_of: date) -> str:
    """`from 1 to 15 october`, `juli til september`, `monday to yesterday`; "" for no such days."""
    if match["and"] and not _belong(match):
        return ""
    for begin in _read(match["a"]):
        for end in _read(match["b"]):
            if span := _between(begin, end, match, as_of):
                return span_of(*span)
    return ""


def _belong(match: re.Match[str]) -> bool:
    """Whether `and` joins the ends of one span: between them, or neighbours nobody compares."""
    if (match["both"] or "").startswith(("between", "mellom")):
        return True
    begins, ends = _read(match["a"]), _read(match["b"])
    months = begins[:1] and ends[:1] and begins[0].kind == ends[0].kind == "month"
    beside = months and (ends[0].month - begins[0].month) % 12 == 1
    dates = bool(begins) and bool(ends) and ends[0].kind in _DATED and begins[0].kind == "day"
    dates = dates and ends[0].day - begins[0].day == 1
    return bool(beside or dates) and not _COMPARED.search(match.string)


def _between(
    first: _End, last: _End, match: re.Match[str], as_of: date
) -> tuple[date, date] | None:
    kinds = first.kind, last.kind
    if kinds == ("day", "day"):
        ordinal = first.the or match["a"].strip()[-1] in "thsndr."
        return _same_month(first.day, last.day, as_of) if match["both"] and ordinal else None
    compared = kinds == ("month", "month") and match["to"] and changed(match.string)
    if compared or last.kind not in _LAST_OF.get(first.kind, ()):
        return None  # `how did it change from september to october` compares them
    begins = _first_day(first, last, as_of)
    ends = _last_day(last, begins, as_of, first) if begins else None
    return (begins, ends) if begins and ends and begins <= ends else None


def _same_month(first: int, last: int, as_of: date) -> tuple[date, date] | None:
    """`between the 10th and the 20th`: of the latest month in which the first has come."""
    for since in latest_dates(first, as_of - timedelta(1)):
        if first <= last <= monthrange(since.year, since.month)[1]:
            return since, since.replace(day=last)
    return None


def _first_day(end: _End, other: _End, as_of: date) -> date | None:
    yesterday = as_of - timedelta(1)
    if end.back:
        return as_of - timedelta(end.back)
    if end.kind == "weekday":
        return yesterday - timedelta((yesterday.weekday() - AT_OF[end.weekday]) % WEEK)
    if end.kind == "day" and other.kind == "now":
        return next(latest_dates(end.day, yesterday), None)
    month, day = end.month or other.month, end.day or 1
    year = end.year or (
        other.year - (bool(other.month) and other.month < month) if other.year else 0
    )
    year = year or as_of.year - ((month, day) > (as_of.month, as_of.day))
    return _date(year, month, day)


def _last_day(end: _End, begins: date, as_of: date, first: _End) -> date | None:
    yesterday = as_of - timedelta(1)
    if end.kind == "now":
        return yesterday
    if end.back:
        return as_of - timedelta(end.back)
    month = end.month or first.month
    year = end.year or begins.year + (month < begins.month)
    if end.kind in {"month", "month_end"}:
        return whole_month(year, month)[1] if month else None
    return _date(year, month, end.day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def one_date(match: re.Match[str], as_of: date) -> str:
    """A date with its weekday, in numbers or spelled: `tirsdag 3. november`, `3/11`."""
    day = _dated(match["a"], as_of)
    if match["since"]:
        return _until_yesterday(day, as_of)
    return span_of(day, day) if day else ""


def onwards(match: re.Match[str], as_of: date) -> str:
    """`from 12 october onwards`, `siden begynnelsen av september`: until the last whole day."""
    return _until_yesterday(_dated(match["a"] or match["b"], as_of), as_of)


def after(match: re.Match[str], as_of: date) -> str:
    """`after 12 october`: from the day after; `after we moved it on 12 october`: from that day."""
    day = _dated(match["a"], as_of)
    return _until_yesterday(day if match["event"] or not day else day + timedelta(1), as_of)


def week_of(match: re.Match[str], as_of: date) -> str:
    """`the week starting 9 november`: seven days from it; `the week of` one: its whole week."""
    day = _dated(match["a"], as_of)
    if day is None:
        return ""
    since = day - timedelta(day.weekday()) if match["side"] == "of" else day
    return span_of(since, since + timedelta(WEEK - 1))


def _until_yesterday(day: date | None, as_of: date) -> str:
    yesterday = as_of - timedelta(1)
    return span_of(day, yesterday) if day and day <= yesterday else ""


def _dated(text: str, as_of: date) -> date | None:
    """The latest day an end names."""
    days = (_first_day(end, end, as_of) for end in _read(text) if end.kind != "day")
    return next((day for day in days if day), None)
