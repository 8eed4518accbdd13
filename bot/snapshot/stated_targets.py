"""Targets as the plan states them: what each is a price of, and which can hardly be meant so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.advice.rules.rulebook import Rulebook
from bot.domain.campaign_rows import CampaignRow
from bot.snapshot.verdicts import nothing_of, stated

FAR = 10.0
"""Times a result costs more, or less, than its target before somebody is asked what was meant."""
NEARLY, NEAR = 4.0, 2.5
"""Or fewer times, where the target lies this near to what something else costs here."""
PRICES = ("cpm", "cpc", "cost_per_landing_view", "cpl", "cpa")


@dataclass(frozen=True)
class FarTarget:
    """A target far off what a result costs.

    Attributes:
        metric: What the target is of; `target` as stated, `actual` as it is.
        at_least: Whether no result came at all: one costs more than `actual`, all that was spent.
        meant: The price that lies near the target, "" where none does; `meant_price` that price.
    """

    row: CampaignRow
    metric: str
    target: float
    actual: float
    at_least: bool = False
    meant: str = ""
    meant_price: float | None = None

    @property
    def times(self) -> float:
        """How many times over, or under, the target it is."""
        return max(self.actual / self.target, self.target / self.actual)


def far_targets(rows: Iterable[CampaignRow], rulebook: Rulebook) -> Iterator[FarTarget]:
    """Campaigns whose stated target is far off what a result costs them, in the rows' window."""
    for row in rows:
        for metric in stated(row, rulebook):
            target = _far(row, metric, rulebook)
            if target is not None:
                yield target


def _far(row: CampaignRow, metric: str, rulebook: Rulebook) -> FarTarget | None:
    target, nothing = row.target(metric), nothing_of(row, metric, rulebook)
    actual = row.now("spend") if nothing else row.now(metric)
    if not target or not actual:
        return None
    meant = _meant(row, metric, target)
    far = FarTarget(row, metric, target, actual, bool(nothing), *(meant or ("", None)))
    likely_off = far.times >= (NEARLY if meant else FAR)
    unsure = nothing and (actual < target or not meant)  # it may only be a poor campaign
    return far if likely_off and not unsure else None


def _meant(row: CampaignRow, metric: str, target: float) -> tuple[str, float] | None:
    """The other price that lies nearest to a target, where one lies near."""
    prices = {name: row.now(name) for name in PRICES if name != metric}
    near = {
        name: price
        for name, price in prices.items()
        if price and max(price / target, target / price) <= NEAR
    }
    if not near:
        return None
    name = min(near, key=lambda each: max(near[each] / target, target / near[each]))
    return name, near[name]
