"""Sales that are in the books, beside what the platforms say they sold. Pure.

A platform counts a sale where it saw an ad before it; the books have the sale itself. An order is
its campaign's where it names it: by id, else by name, as links carry it (`utm_campaign`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from bot.numbers.claims import claimed_by_several
from bot.numbers.exchange import Exchange
from bot.numbers.input.names import normal_name

COLUMNS = ("order", "date", "campaign", "channel", "value", "currency", "new_customer", "refunded",
           "touches")  # fmt: skip
"""An order: its (hashed) number, its day, the campaign it names, the channel it came from ("" where
nothing says), its value in units of its currency, 1 or 0 for a new customer and for one refunded
(NaN where unknown), and every channel an ad of which led to it (`bot.numbers.claims.written`)."""
CAMPAIGN = ["channel", "account_id", "campaign_id"]
_GAPS = re.compile(r"[\W_]+")


def slug(name: str) -> str:
    """A name as links carry it: `Google | Brand NO` and `google_brand-no` are the same."""
    return _GAPS.sub(" ", normal_name(name)).strip()


class Names:
    """Campaigns by their ids and by their names.

    Args:
        campaigns: Channel, account id, campaign id and name of each.
    """

    def __init__(self, campaigns: Iterable[tuple[str, str, str, str]]) -> None:
        self._ids: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self._slugs: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self._channels = set[str]()
        for channel, account_id, campaign_id, name in campaigns:
            key = (channel, account_id, campaign_id)
            self._channels.add(channel)
            self._ids[campaign_id].add(key)
            self._slugs[slug(name)].add(key)

    def find(self, campaign: str, channel: str) -> tuple[str, str, str] | None:
        """The one campaign that is meant; None where none is, or several could be."""
        if not campaign:
            return None
        for keys in (self._ids.get(campaign), self._slugs.get(slug(campaign))):
            fitting = {key for key in keys or () if not channel or key[0] == channel}
            if len(fitting) == 1:
                return next(iter(fitting))
        return None


def match(orders: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """The orders with `account_id`, `campaign_id` and `matched`; `channel` is the campaign's.

    Args:
        orders: `COLUMNS`.
        numbers: Daily numbers of the campaigns there are.
    """
    kinds = numbers[[*CAMPAIGN, "campaign_name"]].drop_duplicates()
    texts = kinds.astype(object).where(kinds.notna(), "")
    names = Names(zip(*(texts[name] for name in texts), strict=True))
    pairs = list(zip(orders["campaign"], orders["channel"], strict=True))
    keys = {pair: names.find(*pair) for pair in set(pairs)}
    campaigns = [keys[pair] for pair in pairs]
    columns = [[key[place] if key else "" for key in campaigns] for place in range(3)]
    return orders.assign(
        channel=[
            key[0] if key else channel for key, (_, channel) in zip(campaigns, pairs, strict=True)
        ],
        account_id=pd.Series(columns[1], index=orders.index, dtype=object),
        campaign_id=pd.Series(columns[2], index=orders.index, dtype=object),
        matched=[key is not None for key in campaigns],
    )


def documented(matched: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """How many sales of each day and campaign are in the books.

    An order that was refunded is none. On a day of which orders were handed in, a campaign that
    counts sales and has no order has 0, where orders name the campaigns of its channel. Of a day
    without any order, and of a channel no order of which is matched, nothing is known.

    Args:
        matched: Orders as `match` leaves them.
        numbers: Daily numbers of the same days.

    Returns:
        `date`, `channel`, `account_id`, `campaign_id`, `campaign_name`, `documented_conversions`,
        one row for each day and campaign of `numbers` about which something is known.
    """
    standing = matched["refunded"] != 1.0
    return counted(matched, standing, numbers, ("conversions", "documented_conversions"))


def counted(
    matched: pd.DataFrame, standing: pd.Series, numbers: pd.DataFrame, columns: tuple[str, str]
) -> pd.DataFrame:
    """How many records that stand belong to each day and campaign.

    Args:
        matched: Records as `match` leaves them.
        standing: Which of them count.
        numbers: Daily numbers of the same days.
        columns: What the platform claims, and what the count is called.

    Returns:
        As `documented`, with the second of `columns`.
    """
    claimed, column = columns
    placed = matched[matched["matched"]]
    sizes = placed[standing[placed.index]].groupby(["date", *CAMPAIGN]).size()
    sold = sizes.rename("orders")
    rows = numbers[["date", *CAMPAIGN, "campaign_name", claimed]]
    keyed = rows.assign(account_id=rows["account_id"].fillna(""))
    counts = keyed.merge(sold.reset_index(), on=["date", *CAMPAIGN], how="left")
    handed_in = _handed_in(placed, matched, keyed)
    silent = handed_in & counts[claimed].notna().to_numpy() & counts["orders"].isna().to_numpy()
    known = counts["orders"].where(~silent, 0.0).to_numpy(dtype=np.float64)
    out = rows.drop(columns=claimed).assign(**{column: known})
    known_rows: pd.DataFrame = out[~np.isnan(known)].reset_index(drop=True)
    return known_rows


def _handed_in(
    placed: pd.DataFrame, matched: pd.DataFrame, rows: pd.DataFrame
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Rows of channels whose orders name their campaigns, on days that have any order."""
    if not len(placed):
        return np.zeros(len(rows), dtype=bool)
    days = rows["date"].isin(set(matched["date"]))
    return np.asarray(days & rows["channel"].isin(set(placed["channel"])), dtype=bool)


def summary(matched: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """The books beside the platforms, a row for each campaign that sells.

    Returns:
        `channel`, `account_id`, `campaign_id`, `campaign_name`, `currency`, `spend`, `claimed`
        (what the platform counts), `documented`, `refunded`, `value` (of the orders that stand, in
        the campaign's currency; NaN where an order has another), `new_customers`,
        `cost_per_new_customer`, `return` (value over spend). NaN where unknown.
    """
    days = matched["date"].between(numbers["date"].min(), numbers["date"].max())
    orders = matched[days & matched["matched"]]
    totals = _totals(numbers)
    books = _books(orders, totals["currency"])
    table = totals.join(books, how="left")
    counted = (
        table[["documented", "refunded"]].isna() & table["documented_known"].to_numpy()[:, None]
    )
    table[["documented", "refunded"]] = table[["documented", "refunded"]].mask(counted, 0.0)
    with np.errstate(all="ignore"):
        table["cost_per_new_customer"] = table["spend"] / table["new_customers"].replace(
            0.0, np.nan
        )
        table["return"] = table["value"] / table["spend"].replace(0.0, np.nan)
    selling = table[table["claimed"].notna() | table["documented"].notna()]
    return selling.drop(columns="documented_known").reset_index()


def _totals(numbers: pd.DataFrame) -> pd.DataFrame:
    keyed = numbers.assign(account_id=numbers["account_id"].fillna(""))
    groups = keyed.groupby(CAMPAIGN, sort=False)
    return pd.DataFrame({
        "campaign_name": groups["campaign_name"].last(),
        "currency": groups["currency"].last(),
        "spend": groups["spend"].sum(min_count=1),
        "claimed": groups["conversions"].sum(min_count=1),
        "documented_known": groups["documented_conversions"].count() > 0,
    })  # fmt: skip


def _books(orders: pd.DataFrame, currencies: pd.Series) -> pd.DataFrame:
    keys = pd.MultiIndex.from_frame(orders[CAMPAIGN])
    theirs = currencies.reindex(keys).to_numpy()
    codes = orders["currency"].to_numpy()
    foreign = (codes != "") & (codes != theirs)
    standing = orders[orders["refunded"] != 1.0]
    groups = standing.groupby(CAMPAIGN)
    value = groups["value"].sum(min_count=1)
    mixed = pd.Series(foreign, index=orders.index)[standing.index].groupby(
        [standing[name] for name in CAMPAIGN]
    ).any()  # fmt: skip
    return pd.DataFrame({
        "documented": groups.size().astype("float64"),
        "refunded": orders["refunded"].groupby([orders[name] for name in CAMPAIGN]).sum(),
        "value": value.mask(mixed.reindex(value.index, fill_value=False)),
        "new_customers": groups["new_customer"].sum(min_count=1),
    })  # fmt: skip


def entities(matched: pd.DataFrame) -> pd.Series:
    """`channel|account_id|campaign_id` of orders as `match` leaves them, as boards have it."""
    return matched["channel"] + "|" + matched["account_id"] + "|" + matched["campaign_id"]


@dataclass(frozen=True)
class Books:
    """Orders and the ads of the same days.

    Attributes:
        orders: With their campaigns, refunded ones too (`match`).
        numbers: Daily numbers of the campaigns asked about.
        since, until: The days that orders are known of, within those asked about.
    """

    orders: pd.DataFrame
    numbers: pd.DataFrame
    since: date
    until: date

    @property
    def standing(self) -> pd.DataFrame:
        """The orders that were not taken back."""
        return self.orders[self.orders["refunded"] != 1.0]

    @property
    def new_customers(self) -> float | None:
        """How many of them were somebody's first; None where no order says."""
        flags = self.standing["new_customer"]
        return float(flags.sum()) if flags.notna().any() else None

    def spent(self, exchange: Exchange) -> float | None:
        """What the ads cost, in one currency; None where something has no rate."""
        return _together(exchange, self.numbers["spend"], self.numbers["currency"])

    def worth(self, exchange: Exchange) -> float | None:
        """What the orders came to; one that names no currency is in that of the ads."""
        codes = self.standing["currency"].replace("", exchange.to)
        return _together(exchange, self.standing["value"], codes)

    def by_campaign(self) -> pd.DataFrame:
        """`summary` of the campaigns with any in the books, by name, the most spend first."""
        table = summary(self.orders, self.numbers)
        matches = table[table["documented"].notna()]
        return matches.sort_values("spend", ascending=False).set_index("campaign_name")

    @property
    def claimed_by_several(self) -> pd.DataFrame:
        """Orders that more than one platform counts (`bot.numbers.claims`), newest first."""
        return claimed_by_several(self.orders, self.numbers)

    def claimed(self) -> float | None:
        """How many sales the platforms count in these days."""
        counts = self.numbers["conversions"]
        return float(counts.sum()) if counts.notna().any() else None


def _together(exchange: Exchange, amounts: pd.Series, codes: pd.Series) -> float | None:
    has_amount = amounts.notna()
    pairs = zip(amounts[has_amount], codes[has_amount], strict=True)
    total = exchange.total((float(value), None if pd.isna(code) else code) for value, code in pairs)
    return None if total is None else float(total)
