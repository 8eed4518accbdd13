"""Sums over days and campaigns, exact for money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MICROS = 1_000_000
_MOST = 4e18  # int64 holds 9.2e18; half of it leaves room for a total over campaigns
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Sum:
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

    def by(self, groups: Ints, count: int) -> Sum:
        """The sum of each group of campaigns; `groups` numbers them from 0."""
        amount = np.zeros(count, dtype=self.amount.dtype)
        days = np.zeros(count, dtype=np.int64)
        np.add.at(amount, groups, self.amount)
        np.add.at(days, groups, self.days)
        return Sum(amount, days)

    def _units(self) -> Floats:
        if self.amount.dtype == np.int64:
            return np.asarray(self.amount / MICROS, dtype=np.float64)
        # a difference of running sums is off in its 13th digit
        return np.asarray(np.round(self.amount, 9), dtype=np.float64)


@dataclass(frozen=True)
class Prefix:
    """Running sums along the days (one more column than days), so that a window is one subtraction.

    Attributes:
        amount: campaign x (days + 1), int64 micros or float64.
        days: campaign x (days + 1), days with a value so far.
    """

    amount: Numbers
    days: Ints

    @classmethod
    def of(cls, values: Floats, present: Bools, *, money: bool) -> Prefix:
        """Running sums of campaign x day values where `present`."""
        amount = np.where(present, values, 0.0)
        if money and float(np.abs(amount).sum()) * MICROS < _MOST:
            return cls(_running(np.rint(amount * MICROS).astype(np.int64)), _running(present))
        return cls(_running(amount), _running(present))

    def between(self, since: int, until: int) -> Sum:
        """The sums of days `since` up to, not including, `until`, by place."""
        return Sum(
            self.amount[:, until] - self.amount[:, since], self.days[:, until] - self.days[:, since]
        )


def divided(above: Floats, below: Floats, scale: float = 1.0) -> Floats:
    """`scale * above / below`; missing where a part is, or where `below` is zero."""
    fine = (below != 0) & ~np.isnan(below) & ~np.isnan(above)
    out = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above * scale, below, out=out, where=fine)
    return out


def _running(values: Numbers) -> Numbers:
    wide = values.astype(np.int64) if values.dtype == np.bool_ else values
    out = np.zeros((wide.shape[0], wide.shape[1] + 1), dtype=wide.dtype)
    np.cumsum(wide, axis=1, out=out[:, 1:])
    return out
