"""What a morning's certainty stands on: scatter, late results, and campaigns alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from bot.advice.evaluate.campaign_columns import CampaignColumns
from bot.advice.evaluate.posterior import (
    COMPLETE,
    PHI,
    SCATTER,
    USUAL_PRICE,
    USUAL_WEIGHT,
    stands_on,
)
from bot.advice.rules.condition import Floats
from bot.numbers.forecast.reporting_lag import TOLD_UNDER, settled
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import divided
from bot.numbers.signals.overdispersion import scatter
from bot.numbers.signals.peer_rates import peer_prior

LEARNED_FROM = 56
"""Days whose scatter tells: eight whole weeks."""
LOW, HIGH = "settles_low", "settles_high"
STANDS_ON = frozenset({SCATTER, COMPLETE, USUAL_PRICE, USUAL_WEIGHT})


class Settling:
    """Columns of one morning, one value a campaign, each worked out when first asked for."""

    def __init__(self, facts: CampaignColumns) -> None:
        self.facts = facts
        self._found: dict[tuple[object, ...], tuple[Floats, Floats]] = {}

    def column(self, metric: str, window: str, now: Window, before: Window) -> Floats:
        """One of `STANDS_ON`, e.g. `scatter.conversions`, or a price's `settles_low` or `_high`."""
        if window in {LOW, HIGH}:
            return self.settles(metric, now)[window == HIGH]
        if metric == SCATTER:
            return self.scatter(window)
        if metric == COMPLETE:
            return self.complete(now if window == "now" else before)
        price, weight = self.usual(window, now)
        return price if metric == USUAL_PRICE else weight

    def scatter(self, count: str) -> Floats:
        """Overdispersion of a count's days, learned; NaN where too few days tell."""
        return self.facts.kept((SCATTER, count), lambda: self._scatter(count))

    def _scatter(self, count: str) -> Floats:
        scene, facts = self.facts.scene, self.facts
        if not scene.has(count, "spend"):
            return np.full(facts.size, np.nan)
        spend = scene.last(scene.column("spend"), LEARNED_FROM)
        if self._late(count):
            spend = spend * scene.last(scene.complete, LEARNED_FROM)
        counted = scene.last(scene.column(count), LEARNED_FROM)
        table_phi = facts.threshold("overdispersion")
        return scatter(counted, spend, facts.told.alike, table_phi)

    def complete(self, window: Window) -> Floats:
        """The share of a window's late results that is in, its days weighed by their spend."""
        return self._in(window)[0]

    def _in(self, window: Window) -> tuple[Floats, Floats]:
        """That share, and how unsure it is (log)."""
        key = (COMPLETE, window)
        if key not in self._found:
            self._found[key] = self._weighed(window)
        return self._found[key]

    def _weighed(self, window: Window) -> tuple[Floats, Floats]:
        facts = self.facts
        since, until = facts.history.place(window)
        share, doubt = facts.scene.complete[:, since:until], self._doubts[:, since:until]
        if (share == 1).all():
            return np.ones(facts.size), np.zeros(facts.size)
        spend = np.nan_to_num(facts.scene.column("spend")[:, since:until])
        spend = np.where(spend.sum(axis=1, keepdims=True) > 0, spend, 1.0)
        total = spend.sum(axis=1)
        full = (spend * share).sum(axis=1) / total
        return full, (spend * share * doubt).sum(axis=1) / total / full

    @cached_property
    def _doubts(self) -> Floats:
        return self.facts.lateness.doubts(self.facts.about)

    def usual(self, count: str, window: Window) -> tuple[Floats, Floats]:
        """What a result costs campaigns alike once all are in, and how many results that weighs."""
        key = (USUAL_PRICE, count, window)
        if key not in self._found:
            self._found[key] = self._usual(count, window)
        return self._found[key]

    def _usual(self, count: str, window: Window) -> tuple[Floats, Floats]:
        facts = self.facts
        if not facts.scene.has(count, "spend"):
            return np.full(facts.size, np.nan), np.full(facts.size, np.nan)
        events = facts.history.sum(count, window, "spend").value
        spend = facts.history.sum("spend", window, count).value
        if self._late(count):
            spend = spend * self.complete(window)
        campaign_phi, table_phi = self.scatter(count), facts.threshold(PHI.partition(".")[2])
        phi = np.where(np.isnan(campaign_phi), table_phi, campaign_phi)
        return peer_prior(events / phi, spend / phi, facts.told.alike, facts.threshold("peers"))

    def settles(self, metric: str, window: Window) -> tuple[Floats, Floats]:
        """Between what and what a price settles once late results are in (90 %).

        NaN where it has settled: where more than 97 % is in, or its results do not arrive late.
        """
        key = (LOW, metric, window)
        if key not in self._found:
            self._found[key] = self._settles(metric, window)
        return self._found[key]

    def _settles(self, metric: str, window: Window) -> tuple[Floats, Floats]:
        facts, definition = self.facts, self.facts.rulebook.metrics.get(metric)
        count = stands_on(definition)
        if (
            definition is None
            or count is None
            or count.shape != "down"
            or not self._late(count.name)
        ):
            return np.full(facts.size, np.nan), np.full(facts.size, np.nan)
        observed, price = facts.metric(count.name, window), facts.metric(metric, window)
        full, doubt = self._in(window)
        campaign_phi, table_phi = self.scatter(count.name), facts.threshold(PHI.partition(".")[2])
        fewest, most = settled(
            observed, full, np.where(np.isnan(campaign_phi), table_phi, campaign_phi), doubt
        )
        open_ = full < TOLD_UNDER
        low, high = (divided(price * observed, end) for end in (most, fewest))
        return np.where(open_, low, np.nan), np.where(open_, high, np.nan)

    def _late(self, count: str) -> bool:
        definition = self.facts.rulebook.metrics.get(count)
        return bool(definition and definition.lag)


def learned_only(evidence: Mapping[str, float | None]) -> dict[str, float | None]:
    """Evidence without what could not be learned: the table's numbers count there."""
    return {
        name: number
        for name, number in evidence.items()
        if number is not None or name.partition(".")[0] not in STANDS_ON
    }
