"""The plain form of a heading, in which spellings of the same heading are the same."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

_BRACKETS = re.compile(r"[(\[]\s*(?:in\s+)?([^()\[\]]{1,12})\s*[)\]]")
_COUNT_OF = re.compile(
    r"^\s*(?:#\s*(?:of\s+)?|(?:no\.?|number|sum)\s+of\s+|antall\s+|anzahl\s+)", re.IGNORECASE
)
_MARKS = re.compile("[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_NOT_WORD = re.compile(r"[\W_]+")
# Currencies of advertising accounts; of all codes some are words ("all", "top", "try").
_OFTEN = frozenset(
    ("USD", "EUR", "GBP", "NOK", "SEK", "DKK", "ISK", "CHF", "PLN", "CZK", "HUF", "RON", "BGN",
     "CAD", "AUD", "NZD", "JPY", "CNY", "HKD", "TWD", "SGD", "KRW", "INR", "IDR", "THB", "PHP",
     "MYR", "VND", "BRL", "MXN", "ARS", "CLP", "COP", "PEN", "ZAR", "ILS", "AED", "SAR", "EGP",
     "NGN", "KES", "UAH")
)  # fmt: skip
SIGNS = {"€": "EUR", "£": "GBP", "¥": "", "$": "", "kr": "", "₹": "INR", "zł": "PLN", "₺": "TRY",
         "us$": "USD", "r$": "BRL", "a$": "AUD", "ca$": "CAD", "c$": "CAD", "nz$": "NZD",
         "hk$": "HKD", "s$": "SGD", "nt$": "TWD", "mx$": "MXN", "₩": "KRW", "₪": "ILS", "฿": "THB",
         "₫": "VND", "₱": "PHP", "₽": "RUB", "₴": "UAH", "kč": "CZK", "ft": "HUF", "lei": "RON",
         "fr": "", "rs": "", "sfr": "CHF"}  # fmt: skip

SHARED = {
    "$": ("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU",
          "DOP", "BRL", "JMD", "BBD", "BSD", "BZD", "FJD", "TTD", "BMD", "KYD", "LRD", "NAD"),
    "kr": ("NOK", "SEK", "DKK", "ISK"),
    "¥": ("JPY", "CNY"),
    "fr": ("CHF", "XOF", "XAF", "XPF", "RWF", "GNF", "DJF", "KMF", "BIF"),
    "rs": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"),
}  # fmt: skip
"""Signs that several currencies are written with, and which."""


@lru_cache(maxsize=4096)
def plain(heading: str) -> str:
    """Lower case, everything but letters and digits a space, bracketed currency and "# of" gone."""
    text = unicodedata.normalize("NFKC", heading)
    text = _BRACKETS.sub(lambda bracket: " " if _is_unit(bracket[1]) else bracket[0], text)
    return _NOT_WORD.sub(" ", _COUNT_OF.sub("", text)).strip().casefold()


def without_marks(text: str) -> str:
    """Without what cannot be seen: byte order marks inside a file, direction of writing."""
    return _MARKS.sub("", text) if _MARKS.search(text) else text


def heading_currency(heading: str) -> str | None:
    """The ISO code a heading names: "Amount spent (NOK)" is NOK; "(in $)" names none."""
    for bracket in _BRACKETS.finditer(unicodedata.normalize("NFKC", heading)):
        if _is_unit(bracket[1]):
            return currency_code(bracket[1]) or None
    return key_currency(plain(heading))


def key_currency(key: str) -> str | None:
    """The code a plain heading ends in: "cost usd" is USD; "clicks all" is no Albanian lek."""
    last_word = key.rpartition(" ")[2].upper()
    return last_word if last_word in _OFTEN and " " in key else None


def without_currency(key: str) -> str:
    """A plain heading without the code it ends in, and without the word in front of it."""
    return key.rpartition(" ")[0].removesuffix(" in")


def currency_code(text: str) -> str | None:
    """The ISO code of a code or sign; "" for a sign that several currencies share, else None."""
    token = text.strip().rstrip(".")
    if token.casefold() in SIGNS:
        return SIGNS[token.casefold()]
    return token.upper() if token.upper() in _codes() else None


@cache
def _codes() -> frozenset[str]:
    from babel.numbers import list_currencies  # noqa: PLC0415 (babel's data is slow to load)

    return frozenset(list_currencies())


def _is_unit(text: str) -> bool:
    """A sign or a code in capitals: "(all)" is no Albanian lek."""
    return currency_code(text) is not None and (text == text.upper() or text in SIGNS)


def currency_beside(text: str) -> str | None:
    """The same beside an amount, where a shared sign is itself: `kr` says that it is no dollar."""
    token = text.strip().rstrip(".").casefold()
    return token if token in SHARED else currency_code(text)


def is_currency(code: str) -> bool:
    """Whether this is an ISO 4217 code."""
    return code in _codes()
