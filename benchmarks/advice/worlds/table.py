"""What a marketer sees of a market: daily rows as known this morning, plan, reach of windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.advice.worlds.account import SEARCH
from benchmarks.advice.worlds.curves import Array, Ints
from benchmarks.advice.worlds.market import AGES, FIRST_DAY, Market
from bot.numbers.input.names import account_key
from bot.numbers.plan import BidKey, Plan, PlanEntry

NO_VISITS = ("linkedin_ads",)
KEPT_MORNINGS = 4
"""Mornings whose window reach is still asked for: rules look a few days back."""
WINDOWS = ((0, 7), (0, 14), (0, 28), (7, 7), (14, 14), (28, 28), (7, 28), (14, 28))
"""(days skipped, length) of the windows a platform is asked for."""
TARGETS = {"reach": "cost_per_reach", "leads": "cpl", "conversions": "cpa"}
BIDS = {"leads": "cpl", "conversions": "cpa"}
"""What a platform's bid target is called, by what it counts; nobody bids to people reached."""
PLACES = ("#day", "#campaign")
DAY = np.timedelta64(1, "D")
Columns = Mapping[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Seen:
    """A morning as a policy sees it: nothing in here tells the truth.

    Attributes:
        numbers: Daily rows, every revision known this morning.
        plan, window_reach: What people say the campaigns are for; reach of whole windows.
        day: Mornings since the market began; `as_of` is its date.
        budgets: Daily budgets as they are set now, by campaign number; `first`: as they began.
        pools: Which campaigns compete for one budget; `worth`: of one result, by the plan.
        places: Day and number of the campaign of each row of `numbers`, in its order.
    """

    numbers: pd.DataFrame
    plan: Plan
    window_reach: pd.DataFrame
    day: int
    as_of: date
    budgets: Array
    first: Array
    pools: Ints
    worth: Array
    places: tuple[Ints, Ints]

    def grid(self, column: str, values: Array | None = None) -> Array:
        """The newest values of a column, days x campaigns, NaN where there are none."""
        table = np.full((self.day, len(self.budgets)), np.nan)
        # rows come in the order they were pulled: what is written last stays
        table[self.places] = self.numbers[column].to_numpy() if values is None else values
        return table


class Table:
    """The rows of a market as they become known, morning by morning."""

    def __init__(self, market: Market) -> None:
        self.market, self.morning = market, 0
        self.plan = _plan(market)
        self._fixed = _fixed(market)
        self._known: dict[str, Any] = {}
        self._reach: list[Columns] = []
        self._wait = _waits(market)

    def seen(self) -> Seen:
        """What is known this morning; call it every morning."""
        market = self.market
        while self.morning < market.day:
            self.morning += 1
            self._add(self._news(self.morning))
        columns = {name: values for name, values in self._known.items() if name not in PLACES}
        frame, places = pd.DataFrame(columns, copy=False), [self._known[name] for name in PLACES]
        account = market.account
        return Seen(
            frame, replace(self.plan, bids=self._bids()), self._windows(), market.day,
            market.as_of, market.budgets.copy(), account.budget, account.pool, _prices(market),
            (places[0], places[1]),
        )  # fmt: skip

    def _bids(self) -> dict[BidKey, dict[str, float]]:
        """What each platform bids to this morning: what a result may cost."""
        market, account = self.market, self.market.account
        targets = account.usual / account.results * market.bid
        columns = np.array([one.column for one in account.pools])[account.pool]
        return {
            (str(account.channel[i]), account_key(str(account.account_id[i])), f"c{i}"): {
                BIDS[columns[i]]: round(float(targets[i]), 2)
            }
            for i in np.flatnonzero(account.bids & np.isin(columns, list(BIDS)))
        }

    def _add(self, rows: Columns) -> None:
        known = self._known
        self._known = {
            name: np.concatenate([known[name], values]) if known else values
            for name, values in rows.items()
        }

    def _news(self, morning: int) -> Columns:
        """Rows first pulled this morning, or changed since yesterday's pull."""
        days = np.arange(max(morning - AGES, 0), morning)
        ages = morning - 1 - days
        now = self.market.recorded[days, ages]
        before = self.market.recorded[days, np.maximum(ages - 1, 0)]
        wait = self._wait[days]
        fresh = (ages[:, None] == wait) | ((ages[:, None] > wait) & (now != before))
        lost = self.market.luck.lost[days] < self.market.lost
        at, campaign = np.nonzero(fresh & self.market.account.told[days] & ~lost)
        return self._rows(days[at], campaign, now[at, campaign], morning)

    def _rows(self, day: Any, campaign: Any, results: Array, morning: int) -> Columns:
        market, start = self.market, np.datetime64(FIRST_DAY, "ns")
        played = {name: values[day, campaign] for name, values in market.played.items()}
        channel, by_column = market.account.channel[campaign], {}
        for column in ("leads", "conversions"):
            mine = market.account.counts(column)[campaign]
            by_column[column] = np.where(mine, results, np.nan)
        searched, blind = np.isin(channel, SEARCH), np.isin(channel, NO_VISITS)
        reached = market.account.by_reach[campaign]
        return {
            "date": start + day * DAY,
            **{name: values[campaign] for name, values in self._fixed.items()},
            "spend": played["spend"], "impressions": played["impressions"],
            "clicks": played["clicks"], "daily_budget": np.round(played["budget"], 2),
            "reach": np.where(searched & ~reached, np.nan, played["people"]),
            "landing_views": np.where(reached | blind, np.nan, played["visits"]), **by_column,
            "revenue": np.round(by_column["conversions"] * played["average"], 2),
            "pulled_on": np.full(len(day), start + morning * DAY),
            PLACES[0]: day, PLACES[1]: campaign,
        }  # fmt: skip

    def _windows(self) -> pd.DataFrame:
        """Reach of whole windows as pulled on the newest mornings: people counted once."""
        self._reach = [*self._reach[1 - KEPT_MORNINGS :], self._reach_now()]
        names = self._reach[0]
        frame = pd.DataFrame({n: np.concatenate([r[n] for r in self._reach]) for n in names})
        return frame.assign(pulled_at=frame["pulled_at"].dt.tz_localize("UTC"))

    def _reach_now(self) -> Columns:
        market, morning = self.market, self.market.day
        rows = np.flatnonzero(~np.isin(market.account.channel, SEARCH) | market.account.by_reach)
        ends = [
            (morning - 1 - skip, length) for skip, length in WINDOWS if skip + length <= morning
        ]
        people = np.nancumsum(market.played["people"][:morning, rows], axis=0)
        people = np.concatenate([np.zeros((1, len(rows))), people])
        audience = market.account.audience[rows]
        reach = [audience * -np.expm1(-(people[end + 1] - people[end + 1 - length]) / audience)
                 for end, length in ends]  # fmt: skip
        start, many = np.datetime64(FIRST_DAY, "ns"), len(ends)
        last = start + np.repeat([end for end, _ in ends], len(rows)) * DAY
        long = np.repeat([length for _, length in ends], len(rows))
        names = ("channel", "account_id", "campaign_id")
        return {
            **{name: np.tile(self._fixed[name][rows], many) for name in names},
            "since": last - (long - 1) * DAY, "until": last,
            "reach": np.round(np.concatenate(reach)) if reach else np.zeros(0),
            "pulled_at": np.full(len(last), start + morning * DAY + np.timedelta64(5, "h")),
        }  # fmt: skip


def _fixed(market: Market) -> Columns:
    """What stays the same from day to day."""
    account = market.account
    pools = [account.pools[place] for place in account.pool]
    text = {
        "channel": account.channel, "account_id": account.account_id, "campaign_id": account.ids,
        "campaign_name": [name_of(i) for i in range(account.size)],
        "stage": [one.stage for one in pools], "pricing_model": [one.pricing for one in pools],
        "currency": ["NOK"] * account.size, "measured_by": ["shop"] * account.size,
    }  # fmt: skip
    return {name: np.array(values, dtype=object) for name, values in text.items()}


def name_of(campaign: int) -> str:
    """A campaign's name: nothing can be read out of it."""
    return f"Campaign {campaign}"


def _waits(market: Market) -> Array:
    """Days until a day's first pull, days x campaigns: a channel now and then comes late."""
    shape = market.account.on.shape
    names, channel = np.unique(market.account.channel.astype(str), return_inverse=True)
    lucky = market.luck.late[:, : len(names)]
    if lucky.shape[1] < len(names):
        return np.zeros(shape)
    days = np.where(lucky < market.late, 1 + (lucky * 1e6 % 2 > 1), 0)
    return np.asarray(days[:, channel])


def _plan(market: Market) -> Plan:
    account = market.account
    entries = [
        PlanEntry(
            match=name_of(i),
            client=str(account.client[i]) if len(set(account.client)) > 1 else None,
            target=_target(market, i),
            demand="captured" if account.captured[i] else None,
            measured_by="shop",
        )
        for i in range(account.size)
    ]
    return Plan(entries=tuple(entries), currency="NOK")


def _target(market: Market, campaign: int) -> dict[str, float] | None:
    """As the plan states it; where value counts, as the revenue a unit of money must bring."""
    price, account = float(market.account.target[campaign]), market.account
    pool = account.pools[account.pool[campaign]]
    if pool.by_value:
        price = price if np.isfinite(price) else float(account.worth[campaign])
        return {"roas": round(float(account.order[campaign]) / price, 2)}
    if not np.isfinite(price):
        return None
    return {TARGETS[pool.column]: round(1000 * price if pool.column == "reach" else price, 2)}


def _prices(market: Market) -> Array:
    """What the plan says a result is worth: a pool's price; where value counts, see revenue."""
    return np.array([one.price for one in market.account.pools])[market.account.pool]
