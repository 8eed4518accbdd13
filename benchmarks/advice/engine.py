"""The budget engine alone, two seconds a market: no rules or detectors, only plans and bid targets.

Days on which counting was broken are left out as detectors would leave them out three days later,
and how late results come is known: what is judged is what the engine makes of sound numbers. With
`knows` it is given the true average or elasticity of each campaign instead of its own estimate:
what is then still lost is lost to the other, to small steps and to the bar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from benchmarks.advice.pieces import Answer, Piece, Said
from benchmarks.advice.worlds.curves import Array
from benchmarks.advice.worlds.faults import Fault
from benchmarks.advice.worlds.market import AGES, FIRST_DAY, Market
from benchmarks.advice.worlds.table import Seen
from bot.advice.response import (
    Move,
    MoveLimits,
    Panel,
    PanelCampaign,
    Responses,
    ResponseSettings,
    propose,
    responses,
)
from bot.advice.response.responding import Margins
from bot.domain.money import from_minor

MONDAY, THURSDAY, WEEK = 0, 3, 7
BROKEN, ANOTHER_RATE = ("outage", "account", "stop", "double"), ("break", "drop")
NOTICED, BELIEVED, REMEMBERED, RESTS = 3, 10, 40, 7
"""Days until a broken count, and another rate, is noticed; how long that counts; rest after."""
USED, BID_STEP, BID_RESTS = 0.85, 0.15, 14
"""As the product's thresholds `delivery` and `bid_step`, and the rules' cooldown."""
EXACT = 0.02
"""How closely, in logs, what is known is known."""
CURRENCY = "NOK"


class Engine:
    """Plans on Mondays and Thursdays; a bid target higher where no budget binds.

    Args:
        market: Whose faults, lags and (of what is in `knows`) truth it is given.
        settings: Of the engine.
        knows: `average`, `elasticity`, both or nothing.
    """

    def __init__(
        self,
        market: Market,
        settings: ResponseSettings = ResponseSettings(),  # noqa: B008 - a frozen value
        knows: Iterable[str] = (),
    ) -> None:
        self.market, self.settings, self.knows = market, settings, frozenset(knows)
        self._raised: dict[int, int] = {}

    def morning(self, seen: Seen) -> Said:
        """One plan a pool, and the bids."""
        if seen.day % WEEK not in {MONDAY, THURSDAY}:
            return Said()
        panel = _panel(self.market, seen)
        answers = responses(panel, self.settings)
        if self.knows:
            answers = self._informed(answers)
        used = _used(panel)
        moves = propose(answers, self._limits(panel, used, seen.day))
        plans = [_plan(move, seen.day) for move in moves]
        return Said([*plans, *self._bids(answers, used, seen.day)])

    def hear(self, answers: Sequence[Answer]) -> None:
        """It reads budgets from the rows."""

    def _limits(self, panel: Panel, used: Array, day: int) -> MoveLimits:
        names = [campaign.entity for campaign in panel.campaigns]
        idle = ~(np.nan_to_num(panel.spend[:, -NOTICED:]) > 0).any(axis=1)
        resting = {
            number
            for fault in self.market.faults.all
            if fault.kind in BROKEN[:3] and fault.first + NOTICED <= day <= fault.last + RESTS
            for number in fault.campaigns
        }
        still = {name for name, is_idle in zip(names, idle, strict=True) if is_idle}
        still |= {name for name in names if _number(name) in resting}
        full = {name for name, share in zip(names, used, strict=True) if share < USED}
        return MoveLimits(frozenset(still), frozenset(full))

    def _bids(self, answers: Responses, used: Array, day: int) -> Iterator[Piece]:
        """Who surely buys more than its pool and cannot use its budget bids 15 % higher."""
        account, campaigns = self.market.account, answers.panel.campaigns
        for place in range(len(answers.panel.pools)):
            margins = answers.margins(place)
            chances = margins.likely(1)
            for row in margins.rows[(chances >= self.settings.sure) & (used[margins.rows] < USED)]:
                number = _number(campaigns[row].entity)
                rested = day - self._raised.get(number, -BID_RESTS) >= BID_RESTS
                if not rested or not account.bids[number] or campaigns[row].captured:
                    continue
                self._raised[number] = day
                target = account.usual[number] / account.results[number] * self.market.bid[number]
                bid = {number: float(target) * (1 + BID_STEP)}
                yield Piece(f"bid:{day}:{number}", "raise_bid", (number,), bids=bid)

    def _informed(self, answers: Responses) -> Responses:
        """With the truth of what it knows in place of what it made of the rows."""
        average, elasticity = _truth(self.market, answers.panel)
        margins_by_place: dict[tuple[int, float], Margins] = {}
        for place in range(len(answers.panel.pools)):
            margins, averages = answers.margins(place), answers.beliefs.averages
            rows, slope, slope_var = margins.rows, margins.slope, margins.slope_var
            above, variance = averages.above[rows], averages.variance[rows]
            if "average" in self.knows:
                above, variance = average[rows], np.full(rows.size, EXACT**2)
            if "elasticity" in self.knows:
                slope = np.repeat(elasticity[rows, None], margins.weights.size, axis=1)
                slope_var = (EXACT * slope) ** 2
            gap = above[:, None] + np.log(slope)
            shares = answers.budgets[rows] / answers.budgets[rows].sum()
            margins_by_place[place, self.settings.gain] = replace(
                margins,
                gap=gap - shares @ gap,
                variance=variance[:, None] + slope_var / slope**2,
                slope=slope,
                slope_var=slope_var,
            )
        return replace(answers, _margins=margins_by_place)


def _plan(move: Move, day: int) -> Piece:
    budgets = {_number(name): from_minor(new, CURRENCY) for name, new in move.after.items()}
    effect = (move.effect.low / WEEK, move.effect.high / WEEK)
    name, sure = f"plan:{day}:{min(budgets)}", move.probability
    return Piece(name, "shift_budget", tuple(budgets), budgets, sure=sure, effect=effect)


def _number(entity: str) -> int:
    """`google_ads|0-google_ads|c12`: 12."""
    return int(entity.rpartition("|c")[2])


def _used(panel: Panel) -> Array:
    """The share of each budget that was spent in the last week."""
    spend, budget = panel.spend[:, -WEEK:], panel.budget[:, -WEEK:]
    reported = (spend > 0) & (budget > 0)
    spent, could = (np.where(reported, values, 0.0).sum(axis=1) for values in (spend, budget))
    return np.asarray(spent / np.maximum(could, 1e-9))


def _truth(market: Market, panel: Panel) -> tuple[Array, Array]:
    """Log worth a unit of money, and the elasticity, of each campaign of the panel today."""
    account = market.account
    spend = np.maximum(market.spend(market.budgets), 1e-6)
    worth = np.maximum(market.results(spend) * account.worth, 1e-9)
    elasticity = np.clip(market.marginal(spend) * spend / worth, 0.02, 1.5)
    numbers = [_number(campaign.entity) for campaign in panel.campaigns]
    return np.log(worth / spend)[numbers], elasticity[numbers]


def _panel(market: Market, seen: Seen) -> Panel:
    """The rows as the engine reads them, campaigns in the order of their names."""
    account = market.account
    names = [f"{account.channel[i]}|{account.account_id[i]}|c{i}" for i in range(account.size)]
    order = np.array(sorted(range(account.size), key=names.__getitem__))
    alive = ~np.isnan(seen.grid("spend")[-14:]).all(axis=0)
    order = order[alive[order]]
    spend, budget, clicks = (
        seen.grid(column).T[order] for column in ("spend", "daily_budget", "clicks")
    )
    results = _results(market, seen)
    for fault in market.faults.all:
        if fault.kind in BROKEN and fault.first + NOTICED <= seen.day:
            results[list(fault.campaigns), fault.first : fault.last + 1] = np.nan
    return Panel(
        seen.as_of,
        tuple(_campaign(market, names[i], i) for i in order),
        spend,
        results[order],
        _complete(market)[order],
        budget,
        broken=_broken(market, names, seen.day),
        clicks=clicks,
    )


def _campaign(market: Market, name: str, number: int) -> PanelCampaign:
    account = market.account
    pool = account.pools[account.pool[number]]
    column = "revenue" if pool.by_value else pool.column
    client, captured = account.client[number], bool(account.captured[number])
    return PanelCampaign(name, int(account.pool[number]), column, client, captured, CURRENCY)


def _results(market: Market, seen: Seen) -> Array:
    """Campaign x day; where value counts, revenue over what a usual order brings."""
    account = market.account
    results = np.zeros((account.size, seen.day))
    for column in ("reach", "leads", "conversions"):
        rows = account.counts(column)
        results[rows] = seen.grid(column).T[rows]
    revenue = seen.grid("revenue").T
    for place in np.unique(account.pool):
        if account.pools[place].by_value:
            rows = account.pool == place
            sold = rows[:, None] & (revenue > 0) & (results > 0)
            results[rows] = revenue[rows] * (results[sold].sum() / revenue[sold].sum())
    return results


def _complete(market: Market) -> Array:
    """The share of each day's results that is recorded by now: late where sales are counted."""
    ages = np.minimum(market.day - 1 - np.arange(market.day), AGES - 1)
    complete = market.full[ages].T.copy()
    complete[~market.account.counts("conversions")] = 1.0
    return complete


def _broken(market: Market, names: Sequence[str], day: int) -> dict[str, date]:
    """Since when each campaign has another rate, where that is noticed."""
    faults: list[Fault] = [fault for fault in market.faults.all if fault.kind in ANOTHER_RATE]
    return {
        names[number]: FIRST_DAY + timedelta(fault.first)
        for fault in faults
        if fault.first + BELIEVED <= day < fault.first + REMEMBERED
        for number in fault.campaigns
    }
