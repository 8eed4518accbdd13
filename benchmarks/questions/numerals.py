"""The numbers and dates that stand in words, read as a person of that language reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

BLANKS = re.compile("[\u00a0\u2009\u202f]")
UNITS = {"k": 1e3, "m": 1e6, "mill": 1e6, "million": 1e6}
MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "mai": 5, "may": 5, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "okt": 10, "oct": 10, "nov": 11, "des": 12, "dec": 12,
}  # fmt: skip
_MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch|s)?|apr(?:il)?|mai|may|june?|juni|july?|juli"
    r"|aug(?:ust)?|sept?(?:ember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|des(?:ember)?"
    r"|dec(?:ember)?)\b\.?"
)
_MORE = r"\.?(?:\s*[–-]\s*\d{1,2}\.?)?"
_DAY = rf"(?<!\d)\d{{1,2}}{_MORE} {_MONTH}(?: 20\d\d)?"
_OTHER = rf"{_MONTH} \d{{1,2}}{_MORE}(?!\d)(?:,? 20\d\d)?"
_ISO = r"20\d\d-\d\d-\d\d"
_SPAN = r"(?:last|siste|past|week|uke|q|kvartal) ?\d+(?: ?(?:days?|dager|d))?|\b\d+ ?d\b"
_CLOCK = r"\b\d{1,2}:\d\d\b"
TIMES = re.compile(f"{_ISO}|{_DAY}|{_OTHER}|{_CLOCK}|{_SPAN}", re.IGNORECASE)
RANGES = re.compile(
    rf"(?<!\d)\d{{1,2}}\.?\s*[–-]\s*\d{{1,2}}\.? {_MONTH}|{_DAY}\s*[–-]\s*{_DAY}"
    rf"|{_MONTH} \d{{1,2}}\s*[–-]\s*\d{{1,2}}|{_ISO}\.\.{_ISO}",
    re.IGNORECASE,
)
DATES = re.compile(
    rf"(?P<iso>{_ISO})|(?<!\d)(?P<day>\d{{1,2}}){_MORE} (?P<month>{_MONTH})"
    rf"|(?P<month_first>{_MONTH}) (?P<day_last>\d{{1,2}})(?!\d)",
    re.IGNORECASE,
)


def spaced(words: str) -> str:
    """With every kind of blank as a plain one."""
    return BLANKS.sub(" ", words)


@dataclass(frozen=True)
class Numeral:
    """A number as it stands: its value, how many decimals show, and the unit that follows."""

    value: float
    decimals: int
    unit: str = ""
    step: float = 1.0

    @property
    def percent(self) -> bool:
        return self.unit == "%"

    def shows(self, value: float) -> bool:
        """Whether a writer who rounds honestly would write `value` so."""
        half = 0.5 * self.step * 10.0**-self.decimals
        if self.step > 1:
            half = min(half, 0.01 * abs(self.value))  # "2 million" says too little
        round_hundreds = self.decimals == 0 and abs(self.value) >= 10_000 and self.value % 100 == 0
        return abs(self.value - value) <= max(half, 50.0 * round_hundreds) + 1e-6


def numerals(words: str, language: str) -> list[Numeral]:
    """Every number in some words, days and times left out."""
    return list(_found(TIMES.sub(" ¤ ", spaced(words)), language))


def _found(words: str, language: str) -> Iterator[Numeral]:
    point, group = (",", r"[ .]") if language == "nb" else (r"\.", "[ ,]")
    number = re.compile(
        rf"(?<![\w.,])(?P<sign>[−-]?)(?P<whole>\d{{1,3}}(?:{group}\d{{3}})+(?!\d)|\d+)"
        rf"(?:{point}(?P<part>\d+))? ?(?P<unit>%|kr\b|NOK\b|×|x\b|k\b|mill\b|million\b)?",
        re.IGNORECASE,
    )
    for match in number.finditer(words):
        part, unit = match["part"] or "", (match["unit"] or "").lower()
        whole = re.sub(r"\D", "", match["whole"])
        size = UNITS.get(unit, 1.0)
        value = float(f"{whole}.{part or 0}") * size * (-1 if match["sign"] else 1)
        yield Numeral(value, len(part), "" if size > 1 else unit, size)


def dates(words: str, year: int) -> list[date]:
    """Every day named in some words, windows left out; a day without a year is of `year`."""
    single = RANGES.sub(" ¤ ", spaced(words))
    return [day for match in DATES.finditer(single) if (day := _day(match, year)) is not None]


def _day(match: re.Match[str], year: int) -> date | None:
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        month = MONTHS[(match["month"] or match["month_first"])[:3].lower()]
        return date(year, month, int(match["day"] or match["day_last"]))
    except ValueError:
        return None
