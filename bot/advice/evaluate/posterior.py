"""What the numbers allow a metric's true value to be: gamma and beta posteriors of its count.

A ratio stands on a count (a CPA on conversions, a CTR on clicks). With Jeffreys' prior the rate
behind k events is Gamma(k/phi + 1/2), a share Beta(k/phi + 1/2, (n - k)/phi + 1/2). phi is the
campaign's own, learned from its days (`scatter.<count>`); where too few days tell it is the
table's, and k is further capped by the number of days, as days differ by more than counting:
1/k_eff = phi/k + noise^2/days. Of late results only a share is in (`complete.<window>`): what is
judged is the settled value.

A price beside campaigns alike leans on theirs: a rate drawn from Gamma(a, a x their price), a from
how far they differ (`usual_weight.<count>`, `usual_price.<count>`), but with one chance in five it
is unlike them (Gamma(1, their price)). Source: STATISTICS.md items 2, 5 and 6; the mixture keeps
a broken campaign from being averaged away (Schmidli et al. 2014, robust meta-analytic priors).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from bot.advice.rules.condition import Columns, Floats, Name
from bot.numbers import special
from bot.numbers.input.columns import COLUMNS
from bot.numbers.metrics.glossary import Metric
from bot.numbers.metrics.sums import divided

PHI, NOISE = "threshold.overdispersion", "threshold.day_noise"
SCATTER, COMPLETE = "scatter", "complete"
USUAL_PRICE, USUAL_WEIGHT = "usual_price", "usual_weight"
REVENUE_DISPERSION = 1.2
"""Order values differ too: STATISTICS.md item 5."""
SHOWN_NOISE = 1 / 3
"""Showings scatter by about 5 % a day, a third of what results do: STATISTICS.md item 11."""
UNLIKE = 0.2
"""The chance that a campaign is unlike those it is compared with."""
_Glossary: TypeAlias = Mapping[str, Metric]


@dataclass(frozen=True)
class Count:
    """What a metric's uncertainty stands on.

    `shape` says where the count is: `up` (over something), `down` (below something), `share`
    (a part of another count) or `count` (by itself).
    """

    name: str
    shape: str
    dispersion: float = 1.0


@dataclass(frozen=True)
class Posterior:
    """A posterior, possibly of 1/x; `above(x)` = P(X > x), and its quantiles."""

    above: Callable[[Floats], Floats]
    quantile: Callable[[Any], Floats]


def stands_on(metric: Metric | None) -> Count | None:
    """The count below a metric, or None where its value is a fact."""
    if metric is None or metric.kind not in {"sum", "ratio"}:
        return None
    if metric.over is None:
        return Count(metric.name, "count") if metric.unit == "count" else None
    if metric.sum == "revenue":
        return Count("conversions", "up", REVENUE_DISPERSION)
    if metric.sum == "spend":
        return Count(metric.over, "down") if COLUMNS[metric.over].kind == "count" else None
    return Count(str(metric.sum), "share")


def posterior(
    name: Name, columns: Columns, glossary: _Glossary, *, alone: bool = False
) -> Posterior | None:
    """What the numbers allow a metric's true value to be, a row; None where it is a fact.

    Its quantiles and tail probabilities are NaN where the count it stands on is missing. `alone`:
    held against a number that is no estimate of the same campaign, so that campaigns alike tell
    something about it.
    """
    count = stands_on(glossary.get(name.metric))
    if count is None:
        return None
    observed, full = columns[name.column], _complete(name, count, columns, glossary)
    phi, effective_count = _kept(name, count, columns)
    if count.shape == "share":
        observed = observed / full
        over = columns[f"{glossary[name.metric].over}.{name.window}"]
        trials = np.where(effective_count > 0, divided(effective_count, observed), over / phi)
        return _beta(effective_count + 0.5, np.maximum(trials - effective_count, 0) + 0.5)
    if count.shape == "down":
        estimate = _inverse_gamma(effective_count + 0.5, effective_count * observed * full)
        return _beside(estimate, name, count, columns, effective_count) if alone else estimate
    rate = np.where(effective_count > 0, divided(effective_count, observed) * full, full / phi)
    estimate = _gamma(effective_count + 0.5, rate)
    if count.shape == "count" and alone:
        return _beside(estimate, name, count, columns, effective_count)
    return estimate


def below(count: str, window: str) -> tuple[str, ...]:
    """The columns that were learned for a count, besides the count itself."""
    return (
        f"{SCATTER}.{count}", f"{COMPLETE}.{window}",
        f"{USUAL_PRICE}.{count}", f"{USUAL_WEIGHT}.{count}",
    )  # fmt: skip


def _kept(name: Name, count: Count, columns: Columns) -> tuple[Floats, Floats]:
    """The overdispersion and the effective count."""
    events, table_phi = columns[f"{count.name}.{name.window}"], columns[PHI]
    campaign_phi = maybe(columns, f"{SCATTER}.{count.name}", np.nan)
    daily = columns[NOISE] * (SHOWN_NOISE if count.name == "impressions" else 1.0)
    learned = ~np.isnan(campaign_phi)
    noise = np.where(learned, 0.0, daily**2 / columns[f"days.{name.window}"])
    phi = np.where(learned, campaign_phi, table_phi) * count.dispersion
    return phi, effective(events, phi, noise)


def _complete(name: Name, count: Count, columns: Columns, glossary: _Glossary) -> Floats:
    """The share of the metric's final value that is in: of a count that arrives late."""
    over = glossary[name.metric].over
    late = glossary[count.name].lag and not (over in glossary and over != count.name
                                             and glossary[str(over)].lag)  # fmt: skip
    complete_share = maybe(columns, f"{COMPLETE}.{name.window}", 1.0)
    return complete_share if late else np.ones_like(complete_share)


def _beside(
    alone: Posterior, name: Name, count: Count, columns: Columns, effective_count: Floats
) -> Posterior:
    """The same leaning on campaigns alike, where there are enough of them; no quantiles."""
    price, weight, spend, full = (
        maybe(columns, column, np.nan)
        for column in (
            f"{USUAL_PRICE}.{count.name}", f"{USUAL_WEIGHT}.{count.name}",
            f"spend.{name.window}", f"{COMPLETE}.{name.window}",
        )
    )  # fmt: skip
    if name.window != "now" or np.isnan(weight).all():
        return alone
    phi, _ = _kept(name, count, columns)
    observed = columns[f"{count.name}.{name.window}"]
    spent = spend * np.nan_to_num(full, nan=1.0)
    exposed = np.where(effective_count > 0, effective_count * spent / observed, spent / phi)

    def above(x: Floats) -> Floats:
        rate = 1 / x if count.shape == "down" else x / spend
        high = _rate_above(rate, price, weight, effective_count, exposed)
        tail = 1 - high if count.shape == "down" else high
        return np.where(np.isnan(tail), alone.above(x), tail)

    return Posterior(above, alone.quantile)


def _rate_above(
    rate: Floats, price: Floats, weight: Floats, events: Floats, exposed: Floats
) -> Floats:
    """P(results per unit of money > rate) under the mixture, exposures in money."""
    parts = [(1 - UNLIKE, weight), (UNLIKE, np.ones_like(weight))]
    logs = np.stack(
        [np.log(share) + _evidence(a, a * price, events, exposed) for share, a in parts]
    )
    shares = np.exp(logs - logs.max(axis=0))
    tails = [special.gammaincc(a + events, (a * price + exposed) * rate) for _, a in parts]
    total: Floats = (shares[0] * tails[0] + shares[1] * tails[1]) / (shares[0] + shares[1])
    return total


def _evidence(a: Floats, b: Floats, events: Floats, exposed: Floats) -> Floats:
    """Log P(events | Gamma(a, b) rate), without what is the same for any prior."""
    log_evidence: Floats = (
        special.gammaln(a + events)
        - special.gammaln(a)
        + a * np.log(b / (b + exposed))
        - events * np.log(b + exposed)
    )
    return log_evidence


def effective(events: Floats, phi: Floats, noise: Floats) -> Floats:
    """k_eff = 1 / (phi/k + noise^2/days); 0 for no events."""
    with np.errstate(all="ignore"):
        spread = phi / events + np.nan_to_num(noise, nan=0.0, posinf=0.0)
        return np.where(events > 0, 1 / spread, events * 0.0)


def maybe(columns: Columns, name: str, otherwise: float) -> Floats:
    """A column that not every caller has; `otherwise` where it is missing."""
    try:
        column = columns[name]
    except KeyError:
        return np.full(columns[PHI].shape, otherwise)
    return np.where(np.isnan(column), otherwise, column)


def _gamma(shape: Floats, rate: Floats) -> Posterior:
    return Posterior(
        above=lambda x: np.asarray(special.gammaincc(shape, rate * x), dtype=np.float64),
        quantile=lambda u: np.asarray(special.gammaincinv(shape, u) / rate, dtype=np.float64),
    )


def _inverse_gamma(shape: Floats, scale: Floats) -> Posterior:
    return Posterior(
        above=lambda x: np.asarray(special.gammainc(shape, scale / x), dtype=np.float64),
        quantile=lambda u: np.asarray(scale / special.gammainccinv(shape, u), dtype=np.float64),
    )


def _beta(a: Floats, b: Floats) -> Posterior:
    return Posterior(
        above=lambda x: np.asarray(special.betaincc(a, b, np.clip(x, 0, 1)), dtype=np.float64),
        quantile=lambda u: np.asarray(special.betaincinv(a, b, u), dtype=np.float64),
    )
