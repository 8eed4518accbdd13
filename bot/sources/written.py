"""One date as it stands in a cell: its form, the names in it, and the days it may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from bot.sources.plain import without_marks

_TIME = (
    r"(?:[T ,]+(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?)"
    r"\s*(?P<offset>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})" + _TIME)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)")
_NUMERIC = re.compile(
    r"(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{4}|\d{2})" + _TIME
)
_NAMED = re.compile(r"[\w.,' -]*[^\W\d_][\w.,' -]*", re.UNICODE)
_WEEKDAY = re.compile(
    r"(?:(?P<before>[^\W\d_]{2,12})[.,]*\s+)?(?P<day>\d[\d/.-]*\d(?:[T ,]+[\d:.]+\S*)?)"
    r"(?:\s*\(?(?P<after>[^\W\d_]{2,12})\.?\)?)?"
)
_NO_TIME = re.compile(r"[T ,](?:2[4-9]|[3-9]\d):\d{2}|:[6-9]\d\b")  # 24:00, 12:75
_RANGE = re.compile(r"\s+(?:-|–|—|to|til|bis|au|al|a|hasta)\s+|\s*[–—]\s*|~")
_EARLIEST, _LATEST = 1990, 2099


@dataclass(frozen=True)
class WrittenDate:
    """A date as it stands in a cell.

    Attributes:
        form: Cells of one form were written by one hand: `iso`, `named`, or separator and length
            of the year.
        parts: Year, month and day where the form says which is which, else the three numbers.
        padded: Whether all three numbers have two digits, so that the first may be a year.
        time: The time of day, "" where there is none or it is midnight.
        offset: What stands behind the time: `z`, `utc`, `+02:00`, "" for nothing.
    """

    form: str
    parts: tuple[int, int, int]
    padded: bool = False
    time: str = ""
    offset: str = ""

    def read(self, order: str) -> date | None:
        """The day under one order of its parts; None where there is no such day."""
        if self.form in {"iso", "named"}:
            return _day(*self.parts)
        a, b, c = self.parts
        if order == "YMD":
            return _day(_year(a), b, c) if self.padded else None
        day, month = (a, b) if order == "DMY" else (b, a)
        return _day(_year(c) if self.form.endswith("yy") else c, month, day)

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders in which this form may be read; a point always has the day first."""
        if self.form in {"iso", "named"} or self.form.startswith("."):
            return ("DMY",)
        return ("DMY", "MDY", "YMD") if self.padded else ("DMY", "MDY")


@lru_cache(maxsize=1 << 16)
def written(cell: str) -> WrittenDate | None:
    """A cell as a date; None where it does not look like one."""
    text = _without_weekday(" ".join(without_marks(cell).split()))
    if _NO_TIME.search(text):
        return None
    if match := _ISO.fullmatch(text):
        parts = (int(match["y"]), int(match["m"]), int(match["d"]))
        offset = (match["offset"] or "").casefold()
        return WrittenDate("iso", parts, time=_time(match["time"]), offset=offset)
    if match := _COMPACT.fullmatch(text):
        return WrittenDate("iso", (int(match["y"]), int(match["m"]), int(match["d"])))
    if match := _NUMERIC.fullmatch(text):
        return _numeric(match)
    return _named(text) if _NAMED.fullmatch(text) else None


def _without_weekday(text: str) -> str:
    """`Tue 2026-09-01` and `2026-09-01 (Tue)` without the day of the week."""
    match = _WEEKDAY.fullmatch(text)
    if match is None:
        return text
    words = [word for word in (match["before"], match["after"]) if word]
    return match["day"] if all(month_of(word) == 0 for word in words) else text


def covers_days(cell: str) -> bool:
    """Whether a cell names two days: `2026-08-31 - 2026-09-06`, `1. sep. 2026 til 7. sep. 2026`."""
    parts = _RANGE.split(" ".join(cell.split()))
    return len(parts) == 2 and all(written(part) is not None for part in parts)


def _numeric(match: re.Match[str]) -> WrittenDate:
    a, b, c = match["a"], match["b"], match["c"]
    form = match["sep"] + ("yy" if len(c) == 2 else "yyyy")
    padded = match["sep"] != "." and len(a) == len(b) == len(c) == 2
    offset = (match["offset"] or "").casefold()
    return WrittenDate(form, (int(a), int(b), int(c)), padded, _time(match["time"]), offset)


def _named(text: str) -> WrittenDate | None:
    """`Sep 1, 2026`, `1. september 2026`, `Tue, 1 de septiembre de 2026`."""
    words = re.findall(r"[^\W\d_]+|\d+", text)
    numbers = [word for word in words if word.isdigit()]
    names = [word for word in words if not word.isdigit()]
    months = {month for word in names if (month := month_of(word)) > 0}
    unknown = [word for word in names if month_of(word) < 0]
    if len(numbers) != 2 or len(months) != 1 or unknown or len(text) > 40:
        return None
    day, year = sorted(map(int, numbers))
    return WrittenDate("named", (year, months.pop(), day)) if year > 31 else None


def _time(text: str | None) -> str:
    plain = (text or "").replace(" ", "").replace(".", "").casefold()
    midnight = re.fullmatch(r"(?:00?:00(?::00(?:[.,]?0+)?)?|12:00(?::00)?am)?", plain)
    return "" if midnight else plain


def _year(short: int) -> int:
    return 2000 + short if short < 100 else short


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _EARLIEST <= year <= _LATEST else None
    except ValueError:
        return None


LANGUAGES = ("en", "nb", "de", "fr", "es", "it", "pt")
_FILLERS = ("de", "of", "den", "the", "st", "nd", "rd", "th", "sept")


@cache
def _months() -> dict[str, int]:
    from babel import Locale  # noqa: PLC0415 (babel's data is slow to load)

    names: dict[str, int] = {}
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for days in locale.days["format"].values():
            names |= dict.fromkeys(map(_plain, days.values()), 0)
    for language in LANGUAGES:
        months = Locale.parse(language).months["format"]
        for width in ("wide", "abbreviated"):
            names |= {_plain(name): number for number, name in months[width].items()}
    return {**names, **dict.fromkeys(_FILLERS, 0), "sept": 9, "mar": 3}


def month_of(word: str) -> int:
    """1 to 12; 0 for a weekday or a word that says nothing ("de"); -1 for any other word."""
    return _months().get(_plain(word), -1)


def _plain(name: str) -> str:
    return name.casefold().strip(". ")
