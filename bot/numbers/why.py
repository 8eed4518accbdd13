"""Why a result costs more or less than before: an exact split into what moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from bot.errors import UsageError
from bot.numbers.sums import Floats, divided

# A price is spend over the last column; each step of its chain is the column before over the next:
# CPA = spend/impressions x impressions/clicks x clicks/conversions.
CHAINS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cpc": ("spend", "impressions", "clicks"),
        "cpl": ("spend", "impressions", "clicks", "leads"),
        "cpa": ("spend", "impressions", "clicks", "conversions"),
        "cpa_documented": ("spend", "impressions", "clicks", "documented_conversions"),
        "cost_per_landing_view": ("spend", "impressions", "clicks", "landing_views"),
        "cost_per_qualified_lead": ("spend", "impressions", "clicks", "leads", "qualified_leads"),
        "cost_per_engagement": ("spend", "impressions", "engagements"),
        "cost_per_repeat_sale": ("spend", "impressions", "clicks", "repeat_conversions"),
    }
)
FACTORS: Mapping[str, str] = MappingProxyType(
    {
        "impressions": "cpm",
        "clicks": "ctr",
        "leads": "lead_rate",
        "conversions": "conversion_rate",
        "documented_conversions": "conversion_rate",
        "landing_views": "landing_rate",
        "qualified_leads": "qualified_share",
        "engagements": "engagement_rate",
        "repeat_conversions": "conversion_rate",
    }
)
MIX, UNSPLIT = "mix", "unsplit"


@dataclass(frozen=True, eq=False)
class Split:
    """A change in a price, in currency units for each result, taken apart without a rest.

    Attributes:
        metric: Which price.
        before, now: The price then and now, None where there was no result.
        change: now - before, None where either is missing.
        factors: What each factor added to the price: `cpm`, `ctr`, `conversion_rate` … in the
            chain's order, `mix` (results moved between dearer and cheaper campaigns) and `unsplit`
            (campaigns that cannot be taken apart); they add up to `change`. Empty without one.
        campaigns: campaign x factor, the same numbers by campaign.
        unsplit: Why a campaign could not be taken apart, by campaign.
    """

    metric: str
    before: float | None
    now: float | None
    change: float | None
    factors: Mapping[str, float]
    campaigns: pd.DataFrame
    unsplit: Mapping[str, str]


def split(now: pd.DataFrame, before: pd.DataFrame, metric: str = "cpa") -> Split:
    """Take a change in a price apart into its factors and the mix of campaigns.

    The logarithmic mean Divisia index (Ang 2005, LMDI-I): with x_i = spend_i / all results, a
    factor f adds sum L(x_i now, x_i before) ln(f_i now / f_i before), L the logarithmic mean. It is
    exact, and the same backwards. A campaign with a zero or a missing step on either side is not
    taken apart: all it adds to the price is `unsplit`, with the reason.

    Args:
        now: Sums by campaign (index): the columns of the chain, `spend`, `impressions`, `clicks`,
            and the result; one currency. Several rows of one campaign are not allowed.
        before: The same for the time before; campaigns may come and go.
        metric: One of `CHAINS`.

    Raises:
        UsageError: A price without a chain.
    """
    if metric not in CHAINS:
        raise UsageError(
            f"{metric} cannot be taken apart.", hint=f"Ask for one of {', '.join(CHAINS)}."
        )
    chain = CHAINS[metric]
    names = now.index.union(before.index)
    after, prior = _sums(now, chain, names), _sums(before, chain, names)
    prices = _price(prior), _price(after)
    if prices[0] is None or prices[1] is None:
        return Split(metric, *prices, None, {}, pd.DataFrame(index=names), _silent(prices, names))
    parts, reasons = _parts(prior, after, chain)
    table = pd.DataFrame(parts, index=names)
    factors = {str(name): float(table[name].sum()) for name in table}
    return Split(metric, *prices, prices[1] - prices[0], factors, table, _said(names, reasons))


def split_rows(rows: pd.DataFrame, metric: str = "cpa") -> Split:
    """Take a change apart from a board's rows: `now` against `before`, by entity.

    The sums are those of the whole window: where days lack a part, the price here may differ a
    little from the board's, which leaves such days out.

    Raises:
        UsageError: Rows of several currencies, or a price without a chain.
    """
    if len(rows["currency"].unique()) > 1:
        raise UsageError(
            "A price in several currencies cannot be taken apart.", hint="Ask for one channel."
        )
    keyed = rows.set_index("entity")
    now, before = (
        keyed[[name for name in keyed if str(name).startswith(period)]].rename(
            columns=lambda name: str(name).partition(".")[2]
        )
        for period in ("now.", "before.")
    )
    return split(now, before, metric)


def _sums(frame: pd.DataFrame, chain: tuple[str, ...], names: pd.Index) -> Floats:
    """Campaign x step, NaN where missing; campaigns of the other time only are all NaN."""
    table = frame.reindex(index=names, columns=list(chain))
    return np.asarray(table.astype("float64"), dtype=np.float64)


def _price(sums: Floats) -> float | None:
    """All spend over all results, of campaigns in which both are known."""
    spend, results = _counted(sums)
    total = float(results.sum())
    return float(spend.sum()) / total if total > 0 else None


def _counted(sums: Floats) -> tuple[Floats, Floats]:
    both = ~np.isnan(sums[:, 0]) & ~np.isnan(sums[:, -1])
    return np.where(both, sums[:, 0], 0.0), np.where(both, sums[:, -1], 0.0)


def _parts(
    prior: Floats, after: Floats, chain: tuple[str, ...]
) -> tuple[dict[str, Floats], list[str]]:
    shares = [spend / results.sum() for spend, results in (_counted(prior), _counted(after))]
    reasons = [_reason(*pair, chain) for pair in zip(prior, after, strict=True)]
    whole = np.array([not reason for reason in reasons], dtype=bool)
    weight = np.where(whole, _log_mean(shares[1], shares[0]), 0.0)
    parts = {}
    for step in range(1, len(chain)):
        moved = _log(divided(after[:, step - 1], after[:, step]), whole) - _log(
            divided(prior[:, step - 1], prior[:, step]), whole
        )
        parts[FACTORS[chain[step]]] = weight * moved
    mixed = _log(after[:, -1] / _counted(after)[1].sum(), whole) - _log(
        prior[:, -1] / _counted(prior)[1].sum(), whole
    )
    parts[MIX] = weight * mixed
    parts[UNSPLIT] = np.where(whole, 0.0, shares[1] - shares[0])
    return parts, reasons


def _reason(prior: Floats, after: Floats, chain: tuple[str, ...]) -> str:
    """Why a campaign cannot be taken apart, or nothing."""
    for sums, when in ((prior, "before"), (after, "now")):
        if np.isnan(sums).all():
            return f"no numbers {when}"
        for value, name in zip(sums, chain, strict=True):
            if np.isnan(value):
                return f"{name} missing {when}"
            if value <= 0:
                return f"no {name} {when}"
    return ""


def _log_mean(a: Floats, b: Floats) -> Floats:
    """(a - b) / ln(a / b), a itself where they are equal; steady where they are nearly so."""
    fine = (a > 0) & (b > 0)
    high, low = np.where(fine, a, 1.0), np.where(fine, b, 1.0)
    gap = np.log(high / low)
    near = np.abs(gap) < 1e-6
    mean = (high - low) / np.where(near, 1.0, gap)
    return np.asarray(np.where(near, low * (1 + gap / 2 + gap**2 / 6), mean), dtype=np.float64)


def _log(values: Floats, whole: np.ndarray) -> Floats:
    return np.log(np.where(whole, values, 1.0))


def _silent(prices: tuple[float | None, float | None], names: pd.Index) -> dict[str, str]:
    when = " and ".join(
        word for word, price in zip(("before", "now"), prices, strict=True) if price is None
    )
    return {str(name): f"no result {when}" for name in names}


def _said(names: pd.Index, reasons: list[str]) -> dict[str, str]:
    return {str(name): reason for name, reason in zip(names, reasons, strict=True) if reason}
