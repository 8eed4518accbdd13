"""Amounts of several currencies in one: at which rate, of which day, from whom. Pure and exact.

One rate holds for all days of an answer: the newest known on its last day. An amount without a
rate stays what it is, and apart: nothing is guessed, and nothing is judged by what is converted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal

OLD = 7  # days after which a rate's age is said
OLDEST = 92  # days after which it is no rate any more
EXACT = Context(prec=50)


@dataclass(frozen=True)
class Rate:
    """What one unit of a currency is worth.

    Attributes:
        factor: Units of the reporting currency for one of this one.
        day: The day it is of.
        source: Who says so: `ECB` or `own`.
    """

    factor: Decimal
    day: date
    source: str


@dataclass(frozen=True)
class Exchange:
    """Rates into one currency, as known on a day.

    Attributes:
        to: The currency amounts are shown in.
        on: The last day of what is shown.
        rates: By currency; one that is missing has none that is new enough.
    """

    to: str
    on: date
    rates: Mapping[str, Rate] = field(default_factory=dict)

    def factor(self, currency: str | None) -> Decimal | None:
        """Units of `to` for one of a currency; None where nobody knows."""
        if currency == self.to:
            return Decimal(1)
        rate = self.rates.get(currency or "")
        return rate.factor if rate else None

    def exactly(self, value: object, currency: str | None) -> Decimal | None:
        """A stored amount (a Decimal, or None) in `to`."""
        factor = self.factor(currency)
        if not isinstance(value, Decimal) or factor is None:
            return None
        return EXACT.multiply(value, factor)

    def amount(self, value: float, currency: str | None) -> Decimal | None:
        """An amount in `to`, exactly: a float counts as the decimal number it prints as."""
        factor = self.factor(currency)
        return None if factor is None else EXACT.multiply(Decimal(repr(float(value))), factor)

    def total(self, amounts: Iterable[tuple[float, str | None]]) -> Decimal | None:
        """Amounts together, exactly; None where one of them has no rate, or there are none."""
        total: Decimal | None = None
        for value, currency in amounts:
            part = self.amount(value, currency)
            if part is None:
                return None
            total = part if total is None else EXACT.add(total, part)
        return total

    def used(self, currencies: Iterable[str | None]) -> tuple[Rate, ...]:
        """The rates these need, oldest first."""
        codes = {code for code in currencies if code and code != self.to and code in self.rates}
        return tuple(sorted((self.rates[code] for code in codes), key=lambda rate: rate.day))

    def lacking(self, currencies: Iterable[str | None]) -> tuple[str, ...]:
        """Those of them that have no rate, in order."""
        codes = {code for code in currencies if code}
        return tuple(sorted(code for code in codes if self.factor(code) is None))


def newest(rates: Iterable[tuple[str, Rate]], on: date) -> dict[str, Rate]:
    """Of each currency the newest rate of `on` or before, where it is not too old."""
    newest_rates: dict[str, Rate] = {}
    for currency, rate in rates:
        held = newest_rates.get(currency)
        if 0 <= (on - rate.day).days <= OLDEST and (held is None or held.day <= rate.day):
            newest_rates[currency] = rate
    return newest_rates
