"""Several currencies shown in one: a board in the reporting currency, and at which rates.

For what people read alone. What is judged, and every move of money, reads the board as it is: there
amounts of different currencies never meet.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow, GroupRow
from bot.errors import SettingsError
from bot.features.parts.subjects import measured, total
from bot.numbers.exchange import OLD, Exchange, Rate
from bot.numbers.metrics.glossary import Metrics
from bot.render.values.news import RateNote
from bot.snapshot.board_rows import GROUPS, Figures
from bot.snapshot.morning_days import SpendDays
from bot.sources.exchange_rates import OWN, exchange_on

log = logging.getLogger(__name__)
BUDGETS = ("monthly_budget", "daily_budget")


@dataclass(frozen=True)
class Money:
    """How a board's money is shown in another currency.

    Attributes:
        exchange: The rates.
        columns: Metrics that are money; budgets are too.
        metrics: The glossary: ratios of several currencies are of the sums.
    """

    exchange: Exchange
    columns: frozenset[str]
    metrics: Metrics

    @classmethod
    def of(cls, exchange: Exchange, metrics: Metrics) -> Money:
        money_metrics = (name for name, metric in metrics.items() if metric.unit == "money")
        return cls(exchange, frozenset((*money_metrics, *BUDGETS)), metrics)

    def shown(self, row: CampaignRow | GroupRow, column: str, value: float | None) -> float | None:
        """A column's value in the reporting currency, where it is money."""
        if value is None or column.rpartition(".")[2] not in self.columns:
            return value
        amount = self.exchange.amount(value, row.own_currency)
        return None if amount is None else float(amount)


@dataclass(frozen=True, slots=True)
class ShownCampaign(CampaignRow):
    """A campaign whose money is shown in the reporting currency; `columns` stay its own."""

    money: Money

    @property
    def currency(self) -> str | None:
        return self.money.exchange.to

    @property
    def own(self) -> CampaignRow:
        return CampaignRow(self.columns)

    @property
    def factor(self) -> float:
        return float(self.money.exchange.factor(self.own.currency) or 1)

    def _number(self, column: str) -> float | None:
        return self.money.shown(self, column, CampaignRow._number(self, column))  # noqa: SLF001 - its own


@dataclass(frozen=True, slots=True)
class ShownGroup(GroupRow):
    """Campaigns of several currencies together, in the reporting currency.

    Attributes:
        parts: Its totals, each in a currency.
        members: Its campaigns, as they are shown.
    """

    money: Money
    parts: tuple[GroupRow, ...]
    members: Callable[[], Sequence[CampaignRow]]

    @property
    def currency(self) -> str | None:
        return self.money.exchange.to

    @property
    def campaigns(self) -> int:
        return sum(part.campaigns for part in self.parts)

    @property
    def currencies(self) -> tuple[str | None, ...]:
        return tuple(part.currency for part in self.parts)

    def _number(self, column: str) -> float | None:
        if len(self.parts) == 1:
            return self.money.shown(self.parts[0], column, GroupRow._number(self.parts[0], column))  # noqa: SLF001 - its own
        period, _, name = column.partition(".")
        metric = self.money.metrics.get(name)
        if metric is None:
            return None
        if metric.kind != "sum":
            return measured(self.members(), metric, period)
        if metric.unit != "money":
            return total(self.parts, name, period)
        amounts = [(value, part.currency) for part in self.parts
                   if (value := part.number(period, name)) is not None]  # fmt: skip
        together = self.money.exchange.total(amounts)
        return None if together is None else float(together)


def shown(context: Context, figures: Figures) -> Figures:
    """A board in the reporting currency; as it is where none is set, or it is in that already."""
    exchange = _exchange(context, figures)
    codes = {row.currency for row in figures.rows}
    foreign = {code for code in codes if code and exchange and code != exchange.to}
    if exchange is None or not foreign:
        return figures
    rates = tuple(sorted(exchange.rates.items()))
    place = ("shown", figures.window, figures.as_of, len(figures.rows))
    make = partial(_shown, figures, Money.of(exchange, context.rulebook.metrics))
    return context.shelf.memo(place, (Same(figures), exchange.to, rates), make, len(figures.rows))


def _exchange(context: Context, figures: Figures) -> Exchange | None:
    """The rates of a board's last day."""
    app, on = context.settings.app, min(figures.now.until, figures.as_of)
    if app.reporting_currency is None:
        return None
    user_rates = [
        (entry.currency, Rate(entry.rate, entry.day, OWN)) for entry in context.settings.rates
    ]
    try:
        return exchange_on(app.reporting_currency, on, user_rates, app.rates)
    except SettingsError as error:  # amounts stand apart, and that is said, until it is mended
        log.warning("Nothing is converted: %s", error)
        return Exchange(app.reporting_currency, on)


def _shown(figures: Figures, money: Money) -> Figures:
    rows = tuple(_row(row, money) for row in figures.rows)
    converted = replace(figures, rows=rows, totals=())
    totals = tuple(group for by in GROUPS for group in _groups(figures, converted, by, money))
    return replace(converted, totals=totals)


def _row(row: CampaignRow, money: Money) -> CampaignRow:
    converts = row.currency != money.exchange.to and money.exchange.factor(row.currency) is not None
    return ShownCampaign(row.columns, money) if converts else row


def _groups(figures: Figures, converted: Figures, by: str, money: Money) -> Iterable[GroupRow]:
    """A total for all currencies that have a rate, and one for each that has none."""
    together: dict[str | None, list[GroupRow]] = {}
    for part in figures.groups(by):
        if money.exchange.factor(part.currency) is None:
            yield part
        else:
            key = money.exchange.to if by == "currency" else part.group
            together.setdefault(key, []).append(part)
    for key, parts in together.items():
        if len(parts) == 1 and parts[0].currency == money.exchange.to:
            yield parts[0]
        else:
            columns = {**parts[0].columns, "by": by, "group": key}
            members = partial(_members, converted, by, key)
            yield ShownGroup(columns, money, tuple(parts), members)


def _members(converted: Figures, by: str, key: str | None) -> list[CampaignRow]:
    rows = converted.counting(by)
    return [row for row in rows if (row.currency if by == "currency" else row.group_of(by)) == key]


def exchange_of(context: Context, figures: Figures, currency: str) -> Exchange:
    """The rates into the currency a board is shown in; none but that where it is its own."""
    exchange = _exchange(context, figures)
    return exchange if exchange and exchange.to == currency else Exchange(currency, figures.as_of)


def exchange_used(rows: Iterable[CampaignRow]) -> Exchange | None:
    """The rates that some campaigns are shown at; None where none is shown in another currency."""
    converted = (row for row in rows if isinstance(row, ShownCampaign))
    converted_row = next(converted, None)
    return converted_row.money.exchange if converted_row else None


def shown_days(days: SpendDays, figures: Figures) -> SpendDays:
    """The days a month is foretold from, in the currency a board is shown in."""
    factors = {row.entity: row.factor for row in figures.rows if isinstance(row, ShownCampaign)}
    if not factors.keys() & days.spend.keys():
        return days
    spend = {
        entity: tuple(None if day is None else day * factors.get(entity, 1.0) for day in amounts)
        for entity, amounts in days.spend.items()
    }
    return replace(days, spend=spend)


def rates_of(context: Context, *boards: Figures) -> RateNote | None:
    """At which rates boards are shown, and what has none; None where nothing is converted."""
    exchange = _exchange(context, boards[0])
    if exchange is None:
        return None
    rows = [row for figures in boards for row in figures.rows]
    used = exchange.used({row.own.currency for row in rows if isinstance(row, ShownCampaign)})
    apart = exchange.lacking({row.currency for row in rows})
    if not used and not apart:
        return None
    age = (exchange.on - used[0].day).days if used else 0
    return RateNote(
        currency=exchange.to,
        day=used[0].day if used else None,
        sources=tuple(sorted({rate.source for rate in used})),
        age=age if age > OLD else None,
        apart=apart,
    )
