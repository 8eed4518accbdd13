"""What a number is made of, step by step: CPA is the price of showings, then the click rate.

Why a campaign's change cannot be taken apart: what is missing, what is zero, and when.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from bot.numbers.metrics.sums import Floats

MIX, UNSPLIT = "mix", "unsplit"

# Two columns next to each other in a chain, and what is known by their ratio, either way up.
RATIOS: Mapping[str, tuple[str, str, float]] = MappingProxyType(
    {
        "cpm": ("spend", "impressions", 1000.0),
        "cpc": ("spend", "clicks", 1.0),
        "frequency": ("impressions", "reach", 1.0),
        "ctr": ("clicks", "impressions", 1.0),
        "engagement_rate": ("engagements", "impressions", 1.0),
        "landing_rate": ("landing_views", "clicks", 1.0),
        "lead_rate": ("leads", "clicks", 1.0),
        "qualified_share": ("qualified_leads", "leads", 1.0),
        "close_rate": ("conversions", "leads", 1.0),
        "conversion_rate": ("conversions", "clicks", 1.0),
        "documented_share": ("documented_conversions", "conversions", 1.0),
        "repeat_rate": ("repeat_conversions", "conversions", 1.0),
        "order_value": ("revenue", "conversions", 1.0),
    }
)
ORDER = ("spend", "impressions", *RATIOS, MIX, UNSPLIT)
"""Parts as people read them: from the money to the result."""

_RATIO_OF = {frozenset(pair[:2]): name for name, pair in RATIOS.items()}
_SEEN = ("impressions", "clicks")
_STEPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "impressions": (),
        "clicks": ("impressions",),
        "engagements": ("impressions",),
        "landing_views": _SEEN,
        "leads": _SEEN,
        "qualified_leads": (*_SEEN, "leads"),
        "conversions": _SEEN,
        "documented_conversions": (*_SEEN, "conversions"),
        "repeat_conversions": (*_SEEN, "conversions"),
        "revenue": (*_SEEN, "conversions"),
    }
)
"""What lies between the money and each result."""


@dataclass(frozen=True)
class Chain:
    """A number as a product: each column over the next, down to the last.

    Attributes:
        columns: From the number's own top to its bottom: spend, impressions, clicks, conversions.
        scale: The ratio times this.
        sum: A sum instead of a ratio: the last column itself is its last factor.
        adds: Whether its bottom can be added over campaigns; people reached cannot.
    """

    columns: tuple[str, ...]
    scale: float = 1.0
    sum: bool = False
    adds: bool = True

    @property
    def factors(self) -> tuple[str, ...]:
        """What each step is called."""
        return tuple(
            _RATIO_OF[frozenset(pair)] for pair in zip(self.columns, self.columns[1:], strict=False)
        )

    def without(self, unknown: Container[str]) -> Chain:
        """The chain over the steps somebody counted; two steps become one that has a name."""
        kept_columns = list(self.columns)
        for column in self.columns[1:-1]:
            at = kept_columns.index(column)
            if (
                column in unknown
                and frozenset((kept_columns[at - 1], kept_columns[at + 1])) in _RATIO_OF
            ):
                kept_columns.remove(column)
        return replace(self, columns=tuple(kept_columns))


def _price(result: str) -> Chain:
    return Chain(("spend", *_STEPS[result], result))


def _volume(result: str) -> Chain:
    return Chain((result, *reversed(_STEPS[result]), "spend"), sum=True)


_PRICES = {
    "cpc": "clicks",
    "cpl": "leads",
    "cpa": "conversions",
    "cpa_documented": "documented_conversions",
    "cost_per_landing_view": "landing_views",
    "cost_per_qualified_lead": "qualified_leads",
    "cost_per_engagement": "engagements",
    "cost_per_repeat_sale": "repeat_conversions",
}
CHAINS: Mapping[str, Chain] = MappingProxyType(
    {
        **{name: _price(result) for name, result in _PRICES.items()},
        "cpm": Chain(("spend", "impressions"), 1000.0),
        "cost_per_reach": Chain(("spend", "impressions", "reach"), 1000.0, adds=False),
        "roas": Chain(("revenue", "conversions", "clicks", "impressions", "spend")),
        **{
            name: Chain(pair[:2])
            for name, pair in RATIOS.items()
            if name not in {"cpm", "cpc", "frequency"}
        },
        "spend": Chain(("spend", "impressions"), sum=True),
        **{result: _volume(result) for result in _STEPS},
    }
)
"""Every number that can be taken apart."""
PRICES = tuple(_PRICES)
"""Those that are the price of one result, in currency units."""


@dataclass(frozen=True)
class Gap:
    """Why a campaign cannot be taken apart.

    Attributes:
        kind: `absent` (no numbers at all), `missing` (nobody counted), `none` (a zero) or
            `no_result` (no price altogether, so there is nothing to take apart).
        column: What is missing or zero, "" where everything is.
        when: `now`, `before` or `before and now`.
    """

    kind: str
    when: str
    column: str = ""

    def __str__(self) -> str:
        if self.kind == "missing":
            return f"{self.column} missing {self.when}"
        missing_part = {"absent": "numbers", "no_result": "result"}.get(self.kind, self.column)
        return f"no {missing_part} {self.when}"


def gap_of(prior: Floats, after: Floats, chain: Chain) -> Gap | None:
    """Why a campaign cannot be taken apart, None where it can."""
    for sums, period in ((prior, "before"), (after, "now")):
        if np.isnan(sums).all():
            return Gap("absent", period)
        for value, name in zip(sums, chain.columns, strict=True):
            if np.isnan(value):
                return Gap("missing", period, name)
            if value <= 0:
                return Gap("none", period, name)
    return None
