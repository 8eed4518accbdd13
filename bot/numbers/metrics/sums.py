"""Sums over days and campaigns, exact for money.

Rounding that still adds up: what a table shows sums to the total it shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

MICROS = 1_000_000
_MOST = 4e18  # int64 holds 9.2e18; half of it leaves room for a total over campaigns
_AT_A_TIME = 2048
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class MetricSum:
    """A sum for each campaign (or group), and on how many days there was something to add.

    Attributes:
        amount: int64 micros for money, float64 otherwise.
        days: Campaign-days with a value; where 0, the sum is missing.
    """

    amount: Numbers
    days: Ints

    @property
    def value(self) -> Floats:
        """The sum in its own unit, NaN where nothing was added."""
        return np.where(self.days > 0, self._units(), np.nan)

    def by(self, groups: Ints, count: int) -> MetricSum:
        """The sum of each group of campaigns; `groups` numbers them from 0."""
        amount = np.zeros(count, dtype=self.amount.dtype)
        days = np.zeros(count, dtype=np.int64)
        np.add.at(amount, groups, self.amount)
        np.add.at(days, groups, self.days)
        return MetricSum(amount, days)

    @classmethod
    def beside(cls, parts: Sequence[MetricSum]) -> MetricSum:
        """The sums of different campaigns, one part after the other.

        Money is no longer counted in micros where they could not all be added up.
        """
        total = sum(float(np.abs(part.amount).sum(dtype=np.float64)) for part in parts)
        exact = all(part.amount.dtype == np.int64 for part in parts) and total < _MOST
        amounts = [part.amount if exact else part._in_units() for part in parts]  # noqa: SLF001
        return cls(np.concatenate(amounts), np.concatenate([part.days for part in parts]))

    def _in_units(self) -> Floats:
        micros = self.amount.dtype == np.int64
        return np.asarray(self.amount / MICROS if micros else self.amount, dtype=np.float64)

    def _units(self) -> Floats:
        if self.amount.dtype == np.int64:
            return np.asarray(self.amount / MICROS, dtype=np.float64)
        # in which order days are added up shows in its 13th digit
        return np.asarray(np.round(self.amount, 9), dtype=np.float64)


def addable(values: Floats, present: Bools, *, money: bool) -> Numbers:
    """Values as they are added up, 0 where not `present`; money in int64 micros if it all fits."""
    amounts = np.where(present, values, 0.0)
    if not money or not _in_micros(values):
        return amounts
    return np.rint(np.multiply(amounts, MICROS, out=amounts), out=amounts).astype(np.int64)


def divided(above: Floats, below: Floats, scale: float = 1.0) -> Floats:
    """`scale * above / below`; missing where a part is, or where `below` is zero."""
    scaled = above if scale == 1.0 else above * scale
    some = below != 0  # what is missing stays so by itself
    divisor = below if some.all() else np.where(some, below, np.nan)
    return np.asarray(scaled / divisor, dtype=np.float64)


def filled(values: Floats, missing: float = 0.0) -> Floats:
    """The values, and `missing` where there is none."""
    return np.where(np.isnan(values), missing, values)


def newest_place(present: Bools) -> Ints:
    """The last column in which each row is true, -1 where none is."""
    if present.shape[1] == 0:
        return np.full(len(present), -1, dtype=np.int64)
    last_places = present.shape[1] - 1 - np.argmax(present[:, ::-1], axis=1)
    return np.where(present.any(axis=1), last_places, -1).astype(np.int64)


def carried(values: Floats) -> Floats:
    """Each column's newest value so far, NaN before the first."""
    places = np.where(~np.isnan(values), np.arange(values.shape[1])[None, :], 0)
    newest = np.maximum.accumulate(places, axis=1)
    return np.take_along_axis(values, newest, axis=1)


def pieces(count: int, times: int = 1) -> Iterator[slice]:
    """So many campaigns in pieces that stay in the processor's cache, `times` as much for each."""
    most = _AT_A_TIME // times
    yield from (slice(start, start + most) for start in range(0, count, most))


def _in_micros(values: Floats) -> bool:
    """Whether all of it can be added up in int64."""
    low, high = (float(find.reduce(values, axis=None, initial=0.0)) for find in (np.fmin, np.fmax))
    most = max(-low, high)
    return most * values.size * MICROS < _MOST or float(np.nansum(np.abs(values))) * MICROS < _MOST


MOST = 8


def rounded(number: float, digits: int) -> Decimal:
    """A number to so many decimals, halves to even."""
    return Decimal(repr(float(number))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)


def apportioned(parts: Sequence[float], total: Decimal, digits: int) -> tuple[Decimal, ...]:
    """The parts to so many decimals, adding up to exactly `total`.

    Each is rounded by itself; the units that are then missing or too many go to the parts that
    rounding had moved furthest the other way (largest remainder), so that no part is off by more
    than one unit unless the parts themselves do not add up. The same backwards with other signs.

    Args:
        parts: Amounts that add up to the total, but for rounding.
        total: As it is shown.
        digits: Decimals shown.
    """
    unit = Decimal(1).scaleb(-digits)
    amounts = [rounded(part, digits) for part in parts]
    errors = [
        Decimal(repr(float(part))) - amount for part, amount in zip(parts, amounts, strict=True)
    ]
    units_left = int((total - sum(amounts, Decimal(0))) / unit)
    sign = 1 if units_left > 0 else -1
    order = sorted(range(len(parts)), key=lambda at: -sign * errors[at])
    for turn in range(abs(units_left) if parts else 0):
        amounts[order[turn % len(order)]] += sign * unit
    return tuple(amounts)


def digits_for(change: float, least: int = 0, step: int = 1) -> int:
    """Decimals that show a change to at least a twentieth of itself.

    Args:
        change: The change to be shown.
        least: Decimals shown in any case.
        step: Decimals come so many at a time: money shows none, or its minor unit.
    """
    size = abs(change)
    if not math.isfinite(size) or size == 0:
        return least
    needed = math.ceil(math.log10(20 / size) - 1e-9)
    return min(MOST, least + step * math.ceil(max(0, needed - least) / step))
