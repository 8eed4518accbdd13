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


__all__ = ["MINOR_DIGITS", "digits", "from_minor", "plain", "share_of", "to_minor"]


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


def plain(minor: int) -> int:
    """An amount a person would name: rounded down to two digits that count."""
    size = 10 ** max(0, len(str(minor)) - 2)
    return int(minor // size * size)
