"""Rounding that still adds up: what a table shows sums to the total it shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

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
    shown = [rounded(part, digits) for part in parts]
    errors = [Decimal(repr(float(part))) - one for part, one in zip(parts, shown, strict=True)]
    left = int((total - sum(shown, Decimal(0))) / unit)
    sign = 1 if left > 0 else -1
    order = sorted(range(len(parts)), key=lambda at: -sign * errors[at])
    for turn in range(abs(left) if parts else 0):
        shown[order[turn % len(order)]] += sign * unit
    return tuple(shown)


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
