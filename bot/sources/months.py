"""The names of months and weekdays in the languages exports come in."""

from __future__ import annotations

from functools import cache

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
