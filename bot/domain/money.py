"""Money in the currency's minor unit: integers inside, so that nothing is won or lost.

How many digits a currency has after the point: ISO 4217.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
MINOR_DIGITS = dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_THREE.split(), 3)
"""Where they are not two."""


def digits(currency: str | None) -> int:
    """How many digits a currency has after the point; two where it is unknown."""
    return MINOR_DIGITS.get((currency or "").upper(), 2)


_FIVE_EUROS = {
    "BRL": 30.0, "CLP": 5_000.0, "COP": 20_000.0, "CZK": 120.0, "DKK": 40.0, "HUF": 2_000.0,
    "IDR": 80_000.0, "INR": 450.0, "ISK": 700.0, "JPY": 800.0, "KRW": 7_500.0, "MXN": 100.0,
    "NOK": 50.0, "PHP": 300.0, "PLN": 20.0, "RON": 25.0, "SEK": 50.0, "THB": 180.0, "TRY": 200.0,
    "TWD": 160.0, "UAH": 200.0, "VND": 130_000.0, "ZAR": 100.0,
}  # fmt: skip
"""About five euros of 2026; a rough size, no rate: it only says what nobody would get up for."""


def least_worth(currency: str | None) -> float:
    """The smallest amount a week that is worth a line: about five euros, whatever the currency."""
    return _FIVE_EUROS.get((currency or "").upper(), 5.0)


__all__ = [
    "MINOR_DIGITS",
    "WHOLE_FROM",
    "digits",
    "from_minor",
    "least_worth",
    "plain",
    "share_of",
    "to_minor",
]


def to_minor(amount: float, currency: str | None) -> int:
    """The amount in minor units, rounded half to even."""
    scaled = Decimal(repr(float(amount))).scaleb(digits(currency))
    return int(scaled.to_integral_value(ROUND_HALF_EVEN))


def from_minor(minor: int, currency: str | None) -> float:
    """Minor units as currency units."""
    return float(Decimal(minor).scaleb(-digits(currency)))


def share_of(minor: int, share: float) -> int:
    """That share of an amount, rounded down: 0.2 of 2 100 is 420, never 419."""
    exact = Decimal(minor) * Decimal(repr(float(share)))
    return int(exact.to_integral_value(ROUND_FLOOR))


WHOLE_FROM = 100
"""Budgets from here up are whole units: nobody sets 1,200.37 a day."""


def plain(minor: int) -> int:
    """An amount a person would name: rounded down to two digits that count."""
    size = 10 ** max(0, len(str(minor)) - 2)
    return int(minor // size * size)
