"""Rows of a board: a campaign or a group of them, with its numbers now, before and as planned.

A row wraps the plain values a board is stored as, so that ten thousand campaigns cost no copying;
what they mean is said here, once, by type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PERIODS = ("now", "before", "target")
ABOUT = ("channel", "campaign_id", "campaign_name", "stage", "pricing_model", "currency")


PATTERN_LETTERS = frozenset("*?[]")  # a name with one is no pattern that fits it alone
GUESSED = "inferred"  # `because` of a campaign whose stage only its name and results suggest


@dataclass(frozen=True, slots=True)
class BoardRow:
    """Numbers of one campaign or one group, in one currency.

    Attributes:
        columns: As stored: text by column, numbers as `<period>.<metric>`; missing is None.
    """

    columns: Mapping[str, object]

    @property
    def currency(self) -> str | None:
        return self._text("currency")

    @property
    def own_currency(self) -> str | None:
        """What its columns are in, whichever it is shown in."""
        return self._text("currency")

    def now(self, metric: str) -> float | None:
        """A metric in the days asked about, in its own unit; None where missing."""
        return self.number("now", metric)

    def before(self, metric: str) -> float | None:
        """The same in the days it is compared with."""
        return self.number("before", metric)

    def target(self, metric: str) -> float | None:
        """What the plan says the metric should be, or what follows from it."""
        return self.number("target", metric)

    def number(self, period: str, metric: str) -> float | None:
        """A metric of one of `PERIODS`."""
        return self._number(f"{period}.{metric}")

    def numbers_now(self) -> Iterator[tuple[str, float | None]]:
        """Every metric of the days asked about, with its name."""
        for column in self.columns:
            if column.startswith("now."):
                yield column.removeprefix("now."), self._number(column)

    def _number(self, column: str) -> float | None:
        stored: Any = self.columns.get(column)  # unchecked: there are 10,000 rows
        number: float | None = stored
        return number

    def _name(self, column: str) -> str:
        return str(self.columns[column])

    def _text(self, column: str) -> str | None:
        text = self.columns.get(column)
        return None if text is None else str(text)


@dataclass(frozen=True, slots=True)
class CampaignRow(BoardRow):
    """One campaign of a board, with what the plan says about it.

    `entity` is its key within the install (`channel|account|campaign`); `because` says where its
    stage comes from, `entry` the plan's entry, `derived` the targets that follow from another.
    """

    @property
    def channel(self) -> str:
        return self._name("channel")

    @property
    def account_id(self) -> str:
        return self._text("account_id") or ""

    @property
    def campaign_id(self) -> str:
        return self._name("campaign_id")

    @property
    def campaign_name(self) -> str:
        return self._name("campaign_name")

    @property
    def label(self) -> str:
        """Its name, with as much of its place as tells it from the others called so."""
        return self._text("label") or self.campaign_name

    @property
    def double_of(self) -> str | None:
        """The campaign whose numbers it repeats: it is judged and counted there."""
        return self._text("double_of")

    @property
    def counts_in_channel(self) -> bool:
        """Whether its channel's totals hold it: not what repeats another of the same channel."""
        return self.double_of is None or self.double_of.partition("|")[0] != self.channel

    @property
    def entity(self) -> str:
        return self._name("entity")

    @property
    def stage(self) -> str | None:
        return self._text("stage")

    @property
    def pricing_model(self) -> str | None:
        return self._text("pricing_model")

    @property
    def client(self) -> str | None:
        return self._text("client")

    @property
    def owner(self) -> str | None:
        return self._text("owner")

    @property
    def demand(self) -> str | None:
        return self._text("demand")

    @property
    def because(self) -> str:
        return self._text("because") or ""

    @property
    def target_from(self) -> str:
        """`plan`, `platform` where what the platform bids to stands in, or ""."""
        return self._text("target_from") or ""

    @property
    def entry(self) -> str | None:
        return self._text("entry")

    @property
    def derived(self) -> Any:
        return self.columns.get("derived")

    @property
    def target_meant(self) -> float | None:
        """A target that somebody said is meant, though it is far off."""
        return self._number("target_meant")

    @property
    def monthly_budget(self) -> float | None:
        return self._number("monthly_budget")

    @property
    def own(self) -> CampaignRow:
        """Itself in its own currency, as it is judged: some are shown in another."""
        return self

    @property
    def factor(self) -> float:
        """What its own money is multiplied by where it is shown."""
        return 1.0

    def to_json(self, metrics: Iterable[str]) -> dict[str, Any]:
        """`{…, "now": {metric: number | None}, …}`, as `perfbot board` gives it to programs."""
        identity = {name: self.columns[name] for name in ABOUT}
        numbers = {period: {name: self.number(period, name) for name in metrics}
                   for period in PERIODS}  # fmt: skip
        return {**identity, **numbers, **({"derived": self.derived} if self.derived else {})}

    def group_of(self, column: str) -> str | None:
        """Its channel, stage, pricing model or currency, by the column's name."""
        return self._text(column)


@dataclass(frozen=True, slots=True)
class GroupRow(BoardRow):
    """Campaigns of a board together: of a channel, a stage, a pricing model or a currency."""

    @property
    def by(self) -> str:
        return self._name("by")

    @property
    def group(self) -> str | None:
        return self._text("group")

    @property
    def campaigns(self) -> int:
        return int(self._name("campaigns"))

    @property
    def currencies(self) -> tuple[str | None, ...]:
        """Those its campaigns have of their own."""
        return (self.currency,)


def spend(row: BoardRow) -> float:
    """Spend now, 0 where none is known: to sort by, never to show."""
    return float(row.now("spend") or 0.0)


def biggest_first(rows: Iterable[CampaignRow]) -> list[CampaignRow]:
    """Campaigns by spend."""
    return sorted(rows, key=spend, reverse=True)
