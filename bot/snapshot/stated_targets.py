"""Targets as the plan states them: what each is a price of, and which can hardly be meant so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.advice.rules.rulebook import Rulebook
from bot.domain.campaign_rows import CampaignRow
from bot.numbers.targets import PRICES, far_off
from bot.snapshot.verdicts import nothing_of, stated


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
    """Campaigns whose stated target is far off what a result costs them, in the rows' window.

    One that somebody said is meant is not asked about again.
    """
    for row in rows:
        for metric in stated(row, rulebook):
            target = _far(row, metric, rulebook)
            if target is not None:
                yield target


def _far(row: CampaignRow, metric: str, rulebook: Rulebook) -> FarTarget | None:
    target, nothing = row.target(metric), nothing_of(row, metric, rulebook)
    actual = row.now("spend") if nothing else row.now(metric)
    if not target or not actual or min(target, actual) < 0 or target == row.target_meant:
        return None
    prices = {name: row.now(name) for name in PRICES if name != metric}
    far = far_off(target, actual, prices, nothing=bool(nothing))
    if far is None:
        return None
    return FarTarget(row, metric, target, actual, bool(nothing), far.meant, far.meant_price)
