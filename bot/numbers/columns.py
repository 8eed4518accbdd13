"""The columns of the daily numbers: what each holds and in which unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "day", "time", "money", "count", "ratio", "number", "flag"]


@dataclass(frozen=True)
class Column:
    """One column of the daily numbers.

    Attributes:
        kind: `text` (str, None where missing), `day` (datetime64, midnight), `time` (datetime64,
            UTC), `money` (float64, units of the row's currency), `count` (float64, may be
            fractional), `ratio` (float64, never added up), `number` (float64), `flag` (bool).
        signed: Whether a value under zero is possible (refunds).
    """

    kind: Kind
    signed: bool = False


COLUMNS: dict[str, Column] = {
    "date": Column("day"),
    "channel": Column("text"),
    "account_id": Column("text"),
    "account_name": Column("text"),
    "campaign_id": Column("text"),
    "campaign_name": Column("text"),
    "level": Column("text"),
    "parent_id": Column("text"),
    "stage": Column("text"),
    "pricing_model": Column("text"),
    "billed_by": Column("text"),
    "measured_by": Column("text"),
    "currency": Column("text"),
    "time_zone": Column("text"),
    "spend": Column("money"),
    "impressions": Column("count"),
    "reach": Column("count"),
    "clicks": Column("count"),
    "clicks_all": Column("count"),
    "landing_views": Column("count"),
    "leads": Column("count"),
    "qualified_leads": Column("count"),
    "conversions": Column("count"),
    "documented_conversions": Column("count"),
    "revenue": Column("money", signed=True),
    "engagements": Column("count"),
    "repeat_conversions": Column("count"),
    "satisfaction": Column("ratio", signed=True),
    "daily_budget": Column("money"),
    "source": Column("text"),
    "pulled_on": Column("day"),
    "pulled_at": Column("time"),
    "revision": Column("number"),
    "backfilled": Column("flag"),
}


def of_kind(*kinds: Kind) -> tuple[str, ...]:
    """The names of the columns of these kinds, in their order."""
    return tuple(name for name, column in COLUMNS.items() if column.kind in kinds)


TEXT = of_kind("text")
DAYS = of_kind("day")
MONEY = of_kind("money")
COUNTS = of_kind("count")
RATIOS = of_kind("ratio")
VALUES = of_kind("money", "count", "ratio")
NUMERIC = of_kind("money", "count", "ratio", "number")
IDENTITY = ("channel", "account_id", "campaign_id")
