"""Money as it is stored: whole micros of the currency, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.errors import StoreError

MICROS = 1_000_000
MISSING = np.iinfo(np.int64).min  # stands for NULL among int64 micros
_SURE = 4e15  # under 4e9 currency units no two amounts of six decimals share a float
_EXACT = 2**53

Micros = npt.NDArray[np.int64]


def to_micros(amounts: Iterable[Any]) -> Micros:
    """Whole micros of currency units, half to even; missing becomes `MISSING`.

    Floats count as the decimal number they print as, so 0.1 is 100,000 micros and not a hair more.

    Args:
        amounts: Floats, ints, Decimals or None; NaN is missing.

    Raises:
        StoreError: An amount that does not fit: infinite, or above nine billion units of a million.
    """
    given = np.asarray(amounts if isinstance(amounts, np.ndarray) else list(amounts))
    if given.dtype.kind not in "fiu":
        return _each(given)
    floats = given.astype(np.float64)
    scaled = np.rint(floats * MICROS)
    sure = (np.abs(scaled) < _SURE) & (scaled / MICROS == floats)
    out = np.full(len(floats), MISSING, dtype=np.int64)
    out[sure] = scaled[sure].astype(np.int64)
    rest = ~sure & ~np.isnan(floats)
    out[rest] = _each(given[rest])
    return out


def from_micros(micros: Micros) -> npt.NDArray[np.float64]:
    """Currency units as the nearest float64; `MISSING` becomes NaN."""
    out = micros / np.float64(MICROS)
    large = np.abs(micros.astype(np.float64)) > _EXACT
    out[large] = [int(value) / MICROS for value in micros[large]]  # int / int rounds once
    out[micros == MISSING] = np.nan
    return out


def _each(amounts: npt.NDArray[Any]) -> Micros:
    return np.array([_micros(amount) for amount in amounts], dtype=np.int64)


def _micros(amount: Any) -> int:
    if amount is None or amount != amount:  # noqa: PLR0124  # NaN of any type
        return int(MISSING)
    try:
        exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
        micros = int((exact * MICROS).to_integral_value(rounding=ROUND_HALF_EVEN))
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise StoreError(f"{amount!r} is not an amount of money.") from error
    if abs(micros) >= -int(MISSING):
        raise StoreError(f"{amount} is more money than can be stored.", hint="Check the column.")
    return micros
