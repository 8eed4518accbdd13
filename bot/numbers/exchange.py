"""Amounts of several currencies in one: at which rate, of which day, from whom. Pure and exact.

One rate holds for all days of an answer: the newest known on its last day. An amount without a
rate stays what it is, and apart: nothing is guessed, and nothing is judged by what is converted.

What comes in another currency than what is known of the same campaign, or of its account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal

import pandas as pd

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


CAMPAIGN = ("channel", "account_id", "campaign_id")
ACCOUNT = CAMPAIGN[:2]


@dataclass(frozen=True)
class CurrencyChange:
    """A campaign, or a whole account, whose rows come in another currency.

    Attributes:
        channel, account_id: Whose; an account without an id is never compared as a whole.
        campaign_id: "" where it is the account.
        stored, coming: The two currencies.
    """

    channel: str
    account_id: str
    campaign_id: str
    stored: str
    coming: str

    def stays_beside(self, stored: pd.DataFrame, frame: pd.DataFrame) -> date | None:
        """The last stored day that rows do not bring anew, and so would stay in the old currency.

        None: every day is replaced, as where only the label had been wrong.
        """
        keys = CAMPAIGN if self.campaign_id else ACCOUNT
        of = stored["currency"].eq(self.stored)
        for name in keys:
            of &= stored[name].eq(getattr(self, name))
        cells = ["date", *CAMPAIGN]
        days = stored.loc[of, cells].drop_duplicates()
        beside = days.merge(frame[cells].drop_duplicates(), how="left", indicator=True)
        staying = beside.loc[beside["_merge"] == "left_only", "date"]
        return staying.max().date() if len(staying) else None


def last_day(frame: pd.DataFrame) -> date:
    """The newest day of rows in canonical shape; there is at least one."""
    newest: date = frame["date"].max().date()
    return newest


def currency_changes(frame: pd.DataFrame, census: pd.DataFrame) -> Iterator[CurrencyChange]:
    """The first campaign, then the first account, none of whose known currencies is the one coming.

    Args:
        frame: Rows that come, in canonical shape.
        census: The campaigns that are stored, with their currencies (`Reader.census`).
    """
    coming = frame.loc[frame["currency"].notna(), [*CAMPAIGN, "currency"]].drop_duplicates()
    stored = census.loc[census["currency"].notna(), [*CAMPAIGN, "currency"]]
    named = coming[coming["account_id"].ne("")]
    yield from _first(coming, stored, CAMPAIGN)
    yield from _first(named, stored, ACCOUNT)


def _first(
    coming: pd.DataFrame, stored: pd.DataFrame, keys: Sequence[str]
) -> Iterator[CurrencyChange]:
    pairs = coming.merge(stored, on=list(keys), suffixes=("", "_stored"))
    differs = pairs["currency"] != pairs["currency_stored"]
    everywhere = differs.groupby([pairs[key] for key in (*keys, "currency")]).transform("all")
    for row in pairs[everywhere].head(1).to_dict("records"):
        campaign = str(row["campaign_id"]) if "campaign_id" in keys else ""
        yield CurrencyChange(
            str(row["channel"]), str(row["account_id"]), campaign,
            str(row["currency_stored"]), str(row["currency"]),
        )  # fmt: skip
