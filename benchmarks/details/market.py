"""Parts of campaigns with known truth: keywords, audiences, landing pages, ads, quality scores.

Written from how accounts look, not from how they are judged: results per click scatter log-normally
(the judge believes gamma), days share shocks, counts are overdispersed, spend leans to few parts,
prices differ tenfold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from bot.domain.details import DETAIL_COLUMNS

AS_OF = date(2026, 11, 23)
DAYS = 56


@dataclass(frozen=True)
class Market:
    """Detail rows of one level, and what is true of each part.

    Attributes:
        rows: As the store gives them.
        truth: One row a part: `campaign`, `detail_id`, and what the simulation knows.
    """

    rows: pd.DataFrame
    truth: pd.DataFrame


def keywords(seed: int, *, campaigns: int = 30, parts: int = 150, spread: float = 0.5) -> Market:
    """Keywords of which some are worthless; `spread` 0: all as good as each other."""
    rng = np.random.default_rng(seed)
    campaign = np.repeat(np.arange(campaigns), parts)
    rate = (0.02 * rng.lognormal(0, 0.5, campaigns))[campaign]
    rate = rate * rng.lognormal(-(spread**2) / 2, spread, campaign.size)
    if spread:
        rate *= np.where(
            rng.random(campaign.size) < 0.06, rng.choice([0.02, 0.3], campaign.size), 1
        )
    price = (8 * rng.lognormal(0, 0.4, campaigns))[campaign] * rng.lognormal(0, 0.3, campaign.size)
    daily = 4 * rng.pareto(1.4, campaign.size) + 0.2
    clicks = _counts(rng, daily[:, None] * _season(rng, campaign))
    results = _overdispersed(rng, clicks * rate[:, None] * _season(rng, campaign))
    spend = clicks * price[:, None] * rng.lognormal(0, 0.05, clicks.shape)
    return _market("keyword", campaign, clicks, results, spend, {"cost": price / rate})


def audiences(seed: int, *, campaigns: int = 60, parts: int = 6, fits: bool = True) -> Market:
    """Age groups; where `fits` is false some are reached by a message that is not for them."""
    rng = np.random.default_rng(seed)
    campaign = np.repeat(np.arange(campaigns), parts)
    relative = rng.lognormal(0, 0.0 if fits else 0.1, campaign.size)
    if not fits:
        relative *= np.where(rng.random(campaign.size) < 0.15, 0.5, 1.0)
    rate = (0.03 * rng.lognormal(0, 0.4, campaigns))[campaign] * relative
    daily = (30 * rng.lognormal(0, 0.8, campaigns))[campaign] * rng.lognormal(0, 0.5, campaign.size)
    clicks = _counts(rng, daily[:, None] * _season(rng, campaign))
    results = _overdispersed(rng, clicks * rate[:, None])
    spend = clicks * 9.0 * rng.lognormal(0, 0.1, clicks.shape)
    return _market("age", campaign, clicks, results, spend, {"cost": 9.0 / rate})


def pages(seed: int, *, campaigns: int = 80, parts: int = 3, broken: float = 0.1) -> Market:
    """Landing pages of which a share broke some days ago, to 5-60 % of their rate."""
    rng = np.random.default_rng(seed)
    campaign = np.repeat(np.arange(campaigns), parts)
    rate = (0.03 * rng.lognormal(0, 0.4, campaigns))[campaign] * rng.lognormal(
        0, 0.3, campaign.size
    )
    daily = (60 * rng.lognormal(0, 0.8, campaigns))[campaign] * rng.lognormal(0, 0.5, campaign.size)
    clicks = _counts(rng, daily[:, None] * _season(rng, campaign))
    broke = rng.random(campaign.size) < broken
    age, left = rng.integers(3, 13, campaign.size), rng.uniform(0.05, 0.6, campaign.size)
    newest = DAYS - np.arange(DAYS)
    factor = np.where(broke[:, None] & (newest <= age[:, None]), left[:, None], 1.0)
    results = _overdispersed(rng, clicks * rate[:, None] * factor * _season(rng, campaign))
    due = (clicks * rate[:, None] * (newest <= age[:, None])).sum(axis=1)
    truth = {"broke": broke, "age": age, "due": due, "left": left}
    return _market("landing_page", campaign, clicks, results, clicks * 9.0, truth)


def ads(seed: int, *, campaigns: int = 60, parts: int = 5, tiring: float = 0.25) -> Market:
    """Ads of which some lose a share of their clicks with each doubling of their showings."""
    rng = np.random.default_rng(seed)
    campaign = np.repeat(np.arange(campaigns), parts)
    daily = (4_000 * rng.lognormal(0, 0.8, campaigns))[campaign]
    daily = daily * rng.lognormal(0, 0.5, campaign.size)
    born = np.where(rng.random(campaign.size) < 0.5, 0, rng.integers(0, 25, campaign.size))
    alive = np.arange(DAYS)[None, :] >= born[:, None]
    shown = _counts(rng, daily[:, None] * _season(rng, campaign)) * alive
    tires = rng.random(campaign.size) < tiring
    slope = np.where(tires, rng.uniform(-0.25, -0.08, campaign.size), 0.0)
    far = np.log2(np.maximum(shown.cumsum(axis=1), 1.0))
    wear = np.exp(
        slope[:, None] * np.maximum(far - far[:, -1:] + 3.3, 0)
    )  # from a tenth of its showings on
    ctr = (0.012 * rng.lognormal(0, 0.3, campaigns))[campaign] * rng.lognormal(
        0, 0.25, campaign.size
    )
    clicks = _overdispersed(rng, shown * ctr[:, None] * wear * _season(rng, campaign))
    worth = 0.03 * np.where(
        rng.random(campaign.size) < 0.1, 1.7, rng.lognormal(0, 0.05, campaign.size)
    )
    results = _counts(rng, clicks * worth[:, None])
    spend = shown * 0.09
    truth = {"tires": tires & (np.exp(slope * 3.3) < 0.8), "sound": slope == 0,
             "change": np.expm1(slope * 3.3),
             "cost": 0.09 / (ctr * worth * wear[:, -28:].mean(axis=1))}  # fmt: skip
    return _market("ad", campaign, clicks, results, spend, truth, shown)


def quality(seed: int, *, campaigns: int = 60, parts: int = 40, slope: float = -0.08) -> Market:
    """Keywords with a quality score; a point more makes a click so much cheaper in every second."""
    rng = np.random.default_rng(seed)
    campaign = np.repeat(np.arange(campaigns), parts)
    score = rng.integers(1, 11, campaign.size)
    costs = (rng.random(campaigns) < 0.5)[campaign] & (slope < 0)
    price = 8 * np.exp(np.where(costs, slope, 0.0) * score) * rng.lognormal(0, 0.5, campaign.size)
    clicks = _counts(rng, (3 * rng.pareto(1.6, campaign.size) + 0.5)[:, None] * np.ones(DAYS))
    spend = clicks * price[:, None]
    market = _market(
        "keyword", campaign, clicks, clicks * 0.0, spend, {"costs": costs, "score": score}
    )
    market.rows["quality_score"] = score[_of_rows(market)].astype(float)
    market.rows["landing_page_experience"] = np.where(score[_of_rows(market)] < 5, 1.0, 2.0)
    return market


def _of_rows(market: Market) -> np.ndarray:
    return np.repeat(np.arange(len(market.truth)), DAYS)


def _season(rng: np.random.Generator, campaign: np.ndarray) -> np.ndarray:
    week = 1 + 0.2 * np.sin(2 * np.pi * np.arange(DAYS) / 7)
    shocks = rng.lognormal(0, 0.12, (int(campaign.max()) + 1, DAYS))
    return week * shocks[campaign]


def _counts(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    return rng.poisson(mean).astype(float)


def _overdispersed(rng: np.random.Generator, mean: np.ndarray, phi: float = 1.4) -> np.ndarray:
    """Counts of variance phi times the mean: gamma-Poisson with a fixed scale."""
    shape = np.maximum(mean / (phi - 1), 1e-12)
    return rng.poisson(rng.gamma(shape, phi - 1)).astype(float)


def _market(  # noqa: PLR0913, PLR0917 - the columns of a day
    level: str, campaign: np.ndarray, clicks: np.ndarray, results: np.ndarray, spend: np.ndarray,
    truth: dict[str, np.ndarray], shown: np.ndarray | None = None,
) -> Market:  # fmt: skip
    size = campaign.size
    names = np.array([f"{level} {number}" for number in range(size)], dtype=object)
    owners = np.array([f"c{number}" for number in campaign], dtype=object)
    days = pd.date_range(end=pd.Timestamp(AS_OF) - pd.Timedelta(days=1), periods=DAYS)
    flat = size * DAYS
    columns = {
        name: np.full(flat, np.nan if kind == "float64" else None)
        for name, kind in DETAIL_COLUMNS.items()
    }
    columns |= {
        "date": np.tile(days.to_numpy(), size),
        "channel": np.full(flat, "google_ads", dtype=object),
        "account_id": np.full(flat, "1", dtype=object), "campaign_id": np.repeat(owners, DAYS),
        "level": np.full(flat, level, dtype=object), "detail_id": np.repeat(names, DAYS),
        "detail_name": np.repeat(names, DAYS), "currency": np.full(flat, "NOK", dtype=object),
        "spend": spend.ravel(), "clicks": clicks.ravel(), "conversions": results.ravel(),
        "impressions": (clicks * 40 if shown is None else shown).ravel(),
    }  # fmt: skip
    return Market(
        pd.DataFrame(columns), pd.DataFrame({"campaign": owners, "detail_id": names, **truth})
    )
