"""What was known on a morning, as columns: one value a campaign, worked out when asked for.

What campaigns alike get: the ratio of all others, so that one can be held against them. What the
platforms bid to, and the target a step further: the lever where no budget binds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import ceil, floor
from typing import Any

import numpy as np
import pandas as pd

from bot.advice.evaluate.cohorts import Profiles, Row, Wholes
from bot.advice.evaluate.rule_days import Lateness
from bot.advice.rules.condition import THRESHOLD, Floats
from bot.advice.rules.rulebook import Cell, Rulebook
from bot.domain.advice import Evidence
from bot.domain.money import digits, from_minor
from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.measure import measure, window_reach_of
from bot.numbers.metrics.sums import Ints, divided, filled
from bot.numbers.signals.history_panel import HistoryPanel
from bot.numbers.signals.peer_rates import Learned
from bot.numbers.signals.signs import Signals
from bot.numbers.signals.trouble import untrusted_days
from bot.numbers.targets import Targets


@dataclass(frozen=True, eq=False)
class CampaignColumns:
    """What was measured on a morning and what was said about it, before any rule is asked.

    Attributes:
        as_of: The morning.
        rulebook: Its glossary and table.
        scene: The days known, one row a campaign, and what counts as a result.
        told: What each campaign is, in the history's order.
        lateness: How full the newest days are.
        window_reach: Reach of whole windows, as the platforms give it.
        learned: What earlier days taught of the answers to budgets.
        details: Rows of what goes on below the campaigns; None where nobody reads them.
    """

    as_of: date
    rulebook: Rulebook
    scene: HistoryPanel
    told: Profiles
    lateness: Lateness
    window_reach: pd.DataFrame | None = None
    learned: Evidence | None = None
    details: pd.DataFrame | None = None
    _columns: dict[tuple[object, ...], Floats] = field(default_factory=dict, repr=False)

    @property
    def about(self) -> pd.DataFrame:
        """What each campaign is, in the history's order."""
        return self.told.about

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cell of each campaign."""
        return self.told.cells

    @property
    def table(self) -> tuple[Row, ...]:
        """The row of thresholds of each campaign."""
        return self.told.table

    def said(self, column: str) -> list[Any]:
        """A column of `about` as a list, for looking up one campaign."""
        return self.told.said(column)

    @property
    def history(self) -> History:
        """The days known, one row a campaign."""
        return self.scene.history

    @property
    def size(self) -> int:
        return len(self.cells)

    @cached_property
    def ids(self) -> list[str]:
        """The campaigns' ids as on the board."""
        return [str(id_) for id_ in self.said("campaign_id")]

    def threshold(self, name: str) -> Floats:
        """A threshold for each campaign."""
        return self.kept((THRESHOLD, name), lambda: self.told.threshold(name))

    def metric(self, name: str, window: Window) -> Floats:
        """A metric of each campaign over a window."""
        return self.kept((name, window), lambda: self._measured(name, window))

    def sound(self, name: str, window: Window) -> Floats:
        """The same without the days whose results tell nothing (`untrusted_days`)."""
        return self.kept(("sound", name, window), lambda: self._measured_sound(name, window))

    def _measured_sound(self, name: str, window: Window) -> Floats:
        plain, metric = self.metric(name, window), self.rulebook.metrics[name]
        rows, history = self._mended
        if rows.size == 0:
            return plain
        reach = self.reach(window)[rows] if metric.kind in {"reach", "per_reach"} else None
        values = plain.copy()
        values[rows] = measure(history, metric, window, reach)
        return values

    @cached_property
    def _mended(self) -> tuple[Ints, History]:
        """Campaigns with days whose results tell nothing, and their history without those days."""
        broken = untrusted_days(self.scene)
        rows = np.flatnonzero(broken.any(axis=1))
        return rows, self.history.without(rows, broken[rows])

    def _measured(self, name: str, window: Window) -> Floats:
        metric = self.rulebook.metrics[name]
        reach = self.reach(window) if metric.kind in {"reach", "per_reach"} else None
        return measure(self.history, metric, window, reach)

    def reach(self, window: Window) -> Floats:
        """People reached over the window, as the platform counted them; NaN where not said."""
        return self.kept(
            ("reach of", window),
            lambda: window_reach_of(self.window_reach, self.history, window, self.as_of),
        )

    def target(self, name: str) -> Floats:
        """What the plan wants of a metric, or what follows from what it wants."""
        return self.kept(("target", name), lambda: self.targets.values(name))

    @cached_property
    def targets(self) -> Targets:
        """What the plan states, and what follows from it by the rates seen."""
        learned = Learned(self.history, self.told.alike, self.as_of)
        return Targets(learned, self.rulebook.metrics, self.told.stated, self.told.places)

    def signal(self, name: str) -> Floats:
        """A detector's number, as of the morning."""
        return self._signals[name]

    @cached_property
    def wholes(self) -> Wholes:
        """Numbers of what campaigns share: budgets of the plan, stages of a client."""
        return Wholes(self.history, self.told, self.as_of)

    @cached_property
    def _signals(self) -> Signals:
        return Signals(self.scene)

    def peers(self, name: str, window: Window) -> Floats:
        """A ratio of all other campaigns alike, sum over sum; NaN with too few of them.

        Alike: channel, stage, pricing model, currency and client.
        """
        return self.kept(("peers", name, window), lambda: peers(self, name, window))

    def kept(self, key: tuple[object, ...], work: Callable[[], Floats]) -> Floats:
        """A column worked out once and kept."""
        if key not in self._columns:
            self._columns[key] = work()
        return self._columns[key]


def peers(columns: CampaignColumns, name: str, window: Window) -> Floats:
    """A ratio of all other campaigns alike, sum over sum; NaN with too few of them.

    Alike: channel, stage, pricing model, currency and client.
    """
    metric, alike = columns.rulebook.metrics[name], columns.told.alike
    if metric.kind != "ratio":
        return np.full(columns.size, np.nan)
    above = columns.history.sum(metric.parts[0], window, metric.parts[1]).value
    below = columns.history.sum(metric.parts[1], window, metric.parts[0]).value
    peer_sums = (_others(alike, filled(above)), _others(alike, filled(below)))
    enough = _others(alike, (below > 0).astype(float)) >= columns.threshold("peers")
    return np.where(enough, divided(peer_sums[0], peer_sums[1], metric.scale), np.nan)


def _others(groups: Ints, values: Floats) -> Floats:
    """The group's sum without one's own part, each campaign by itself."""
    total = np.bincount(groups, weights=values, minlength=len(groups))
    return np.asarray(total[groups] - values, dtype=np.float64)


PRICES, ROAS = ("cpa", "cpl"), "roas"
BID_NAMES = ("bids_to_target", "bid_target", "bid_next", "bid_roas", "bid_roas_next")
_CENTS = 100
_EXACT = 1e-6  # 400 x 1.15 is 460 and not a hair less


@dataclass(frozen=True)
class BidTarget:
    """What a platform bids to: currency units a result, or revenue a unit of money.

    Attributes:
        now: As it is.
        next: A step more generous, an amount a person would name.
        by_revenue: Whether it is a return.
    """

    now: float
    next: float
    by_revenue: bool


def bid_target(
    bids: Mapping[str, float] | None, step: float, currency: str | None
) -> BidTarget | None:
    """The bid target of a campaign; None where the platform bids to none.

    Args:
        bids: By metric, as `Plan.bids` has them.
        step: The share by which it may move.
        currency: Of a price.
    """
    price = next((bids[name] for name in PRICES if name in bids), None) if bids else None
    if price is not None:
        higher = from_minor(_to_three_digits(price * (1 + step) * 10 ** digits(currency)), currency)
        return BidTarget(price, higher, by_revenue=False) if higher > price else None
    if bids and bids.get(ROAS, 0) > 0:
        lower = ceil(_CENTS * bids[ROAS] / (1 + step) - _EXACT) / _CENTS
        return BidTarget(bids[ROAS], lower, by_revenue=True) if lower < bids[ROAS] else None
    return None


def _to_three_digits(amount: float) -> int:
    """Minor units a person would type: rounded down to three digits that count."""
    minor = floor(amount + _EXACT)
    return minor - minor % int(10 ** max(0, len(str(minor)) - 3))


def bid_targets(facts: CampaignColumns) -> list[BidTarget | None]:
    """Of every campaign, a step (`threshold.bid_step`) away at most."""
    words = zip(facts.said("bid"), facts.table, facts.said("currency"), strict=True)
    return [bid_target(bids, table["bid_step"], currency) for bids, table, currency in words]


def bid_column(targets: list[BidTarget | None], name: str) -> Floats:
    """One of `BID_NAMES`, one value a campaign; NaN where it has no such target."""
    if name == BID_NAMES[0]:
        return np.array([float(target is not None) for target in targets], dtype=np.float64)
    by_revenue, field = name.startswith("bid_roas"), "next" if name.endswith("next") else "now"
    return np.array(
        [
            getattr(target, field) if target and target.by_revenue == by_revenue else np.nan
            for target in targets
        ],
        dtype=np.float64,
    )
