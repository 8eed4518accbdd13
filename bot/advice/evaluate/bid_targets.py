"""What the platforms bid to, and the target a step further: the lever where no budget binds.

Where a platform bids to a target by itself and its budget is not used up, more budget changes
nothing: the target keeps the campaign out of auctions. It may then bid to a cost 15 % higher, or to
a return as much lower; more at once would start the platform's learning phase.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

from bot.advice.rules.condition import Floats
from bot.domain.money import digits, from_minor

if TYPE_CHECKING:
    from bot.advice.evaluate.campaign_columns import CampaignColumns

PRICES, ROAS = ("cpa", "cpl"), "roas"
NAMES = ("bids_to_target", "bid_target", "bid_next", "bid_roas", "bid_roas_next")
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


def column(targets: list[BidTarget | None], name: str) -> Floats:
    """One of `NAMES`, one value a campaign; NaN where it has no such target."""
    if name == NAMES[0]:
        return np.array([float(target is not None) for target in targets], dtype=np.float64)
    by_revenue, field = name.startswith("bid_roas"), "next" if name.endswith("next") else "now"
    return np.array(
        [
            getattr(target, field) if target and target.by_revenue == by_revenue else np.nan
            for target in targets
        ],
        dtype=np.float64,
    )
