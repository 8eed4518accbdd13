"""Amounts people write: `1 234,50`, `1,234.50`, `300 kr`, exactly; what could mean two is asked."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from bot.errors import UsageError

MOST_DIGITS, MICROS = 15, 6  # a float holds fifteen digits exactly; money is stored in micros
LARGEST = Decimal("1e10")
SIGN = r"(?:[a-z]{2,3}|kr\.?|[$€£¥]|,-)"
AROUND = re.compile(rf"^(?:{SIGN}\s*)?(?P<number>[\d\s.,'’]*\d)\s*(?P<share>%)?\s*(?:{SIGN})?$")
PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
GROUPED = (
    re.compile(r"\d{1,3}(?:[\s'’]\d{3})+(?:[.,]\d+)?"),
    re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:,\d{3})+\.\d+"),
    re.compile(r"\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:,\d{3}){2,}"),
)
TWO_WAYS = re.compile(r"([1-9]\d{0,2})[.,](\d{3})")


def amount(text: str, *, decimals: int = MICROS) -> Decimal:
    """Money over nothing, exactly as written.

    Args:
        text: With a decimal comma or point, thousands apart by spaces or the other sign, and with
            or without a currency.
        decimals: At most so many.

    Raises:
        UsageError: No amount, one that could be read in two ways, or one too exact to be kept.
    """
    value = _number(text, decimals, "amount")
    if not 0 < value <= LARGEST:
        raise _unread(text, "amount")
    return value


def number(text: str, *, decimals: int = MICROS) -> Decimal:
    """A number from nothing up; `25 %` is 0.25.

    Raises:
        UsageError: As `amount`.
    """
    return _number(text, decimals, "number")


def _number(text: str, decimals: int, kind: str) -> Decimal:
    normal_text = unicodedata.normalize("NFKC", text).strip().casefold()
    around = AROUND.match(normal_text)
    if around is None or (around["share"] and kind == "amount"):
        raise _unread(text, kind)
    value = _read(around["number"].strip(), text, kind)
    if around["share"]:
        value, decimals = value / 100, decimals + 2
    return _kept(value, decimals)


def _read(number_text: str, text: str, kind: str) -> Decimal:
    if ambiguity := TWO_WAYS.fullmatch(number_text):
        raise UsageError(
            "%(given)s can be read in two ways.",
            hint="Write %(whole)s or %(part)s0.",
            values={"given": text.strip(), "whole": ambiguity[1] + ambiguity[2],
                    "part": f"{ambiguity[1]}{number_text[len(ambiguity[1])]}{ambiguity[2]}"},
        )  # fmt: skip
    if not PLAIN.fullmatch(number_text) and not any(
        form.fullmatch(number_text) for form in GROUPED
    ):
        raise _unread(text, kind)
    marks = [letter for letter in number_text if letter in ".,"]
    decimal_mark = marks[-1] if marks and marks.count(marks[-1]) == 1 else ""
    bare = "".join(letter for letter in number_text if letter.isdigit() or letter == decimal_mark)
    return Decimal(bare.replace(decimal_mark, ".") if decimal_mark else bare)


def _kept(value: Decimal, decimals: int) -> Decimal:
    digits = value.normalize().as_tuple()
    exact = -int(digits.exponent) <= decimals and len(digits.digits) <= MOST_DIGITS
    if not exact or value > LARGEST:
        raise UsageError(
            "That is more exact, or more, than money is kept.",
            hint="Write at most %(decimals)s decimals.",
            values={"decimals": decimals},
        )
    return value


def _unread(text: str, kind: str) -> UsageError:
    values = {"given": text.strip()[:40] or "–"}
    if kind == "number":
        return UsageError("%(given)s is no number.", hint="Write it like 3 or 0,25.", values=values)
    return UsageError(
        "%(given)s is no amount over 0.", hint="Write it like 350 or 349,50.", values=values
    )


def as_typed(number: float | None) -> str:
    """A number as it is put into a field: to micros, without what says nothing; "" for none."""
    return "" if number is None else f"{float(number):.{MICROS}f}".rstrip("0").rstrip(".")
