"""Daily numbers of any size, seeded, made a column at a time."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.numbers.plan import Plan, PlanEntry

MORNING = date(2026, 11, 23)
CHANNELS = ("google_ads", "meta_ads", "linkedin_ads", "tiktok_ads", "microsoft_ads")
CELLS = (("reach", "CPM"), ("act", "CPC"), ("act", "CPL"), ("convert", "CPA"), ("engage", "CPA"))
PLAN = Plan(
    (PlanEntry("convert*", target=250.0), PlanEntry("act cpl*", target=160.0)), currency="NOK"
)


def daily(campaigns: int, days: int, seed: int = 1) -> pd.DataFrame:
    """One row a campaign and day up to the day before `MORNING`, in canonical columns."""
    random = np.random.default_rng(seed)
    kinds = random.integers(0, len(CELLS), campaigns)
    told = _told(random, kinds)
    frame = pd.DataFrame({name: np.repeat(values, days) for name, values in told.items()})
    dates = np.datetime64(MORNING - timedelta(days), "ns") + np.arange(days) * np.timedelta64(
        1, "D"
    )
    frame.insert(0, "date", np.tile(dates, campaigns))
    return frame.assign(**_counts(random, kinds, days))


def _told(random: np.random.Generator, kinds: np.ndarray) -> dict[str, np.ndarray]:
    count = len(kinds)
    stages, models = (np.array(part, dtype=object)[kinds] for part in zip(*CELLS, strict=True))
    ids = np.array([f"c{number:06}" for number in range(count)], dtype=object)
    names = zip(stages, models, ids, strict=True)
    return {
        "channel": np.array(CHANNELS, dtype=object)[random.integers(0, len(CHANNELS), count)],
        "account_id": np.array(["a1", "a2", "a3"], dtype=object)[random.integers(0, 3, count)],
        "campaign_id": ids,
        "campaign_name": np.array([f"{s} {m} {i}" for s, m, i in names], dtype=object),
        "stage": stages,
        "pricing_model": models,
        "currency": np.full(count, "NOK", dtype=object),
    }


def _counts(random: np.random.Generator, kinds: np.ndarray, days: int) -> dict[str, np.ndarray]:
    """Counts around a price of its own for each campaign; every fourth drifts for a week."""
    count = len(kinds)
    each, late = np.arange(count), np.arange(days) >= days - 7
    budget = np.round(np.exp(random.normal(7, 0.8, count)))[:, None]
    worse = np.where((each % 4 == 0)[:, None] & late, 0.6, 1.0)
    spend = np.round(budget * random.uniform(0.8, 1.0, (count, days)), 2)
    shown = random.poisson(spend / 110 * 1000).astype(float)
    clicks = random.poisson(shown * 0.014 * worse).astype(float)
    leads = random.poisson(clicks * 0.06 * worse).astype(float)
    sales = random.poisson(clicks * 0.035 * worse).astype(float)
    lead, sale = (np.isin(kinds, which)[:, None] for which in ((2,), (3, 4)))
    found = {
        "spend": spend,
        "impressions": shown,
        "clicks": clicks,
        "leads": np.where(lead, leads, np.nan),
        "conversions": np.where(sale, sales, np.nan),
        "revenue": np.where(sale, np.round(sales * 900.0, 2), np.nan),
        "daily_budget": np.broadcast_to(budget, spend.shape),
    }
    return {name: values.ravel() for name, values in found.items()}


def of_clients(campaigns: int, days: int, clients: int, seed: int = 1) -> pd.DataFrame:
    """The same of many clients, whose names campaigns begin with; every fifth pays in kronor.

    Each is as big as the next; ids are used twice, once on each of two platforms.
    """
    frame = daily(campaigns, days, seed)
    number = frame["campaign_id"].str[1:].astype(int)
    client = number % clients
    return frame.assign(
        campaign_id=(number // 2).map("c{:06}".format).astype(object),
        channel=np.array(["google_ads", "meta_ads"], dtype=object)[number % 2],
        account_id=(client.map("a{}".format)).astype(object),
        campaign_name=(client.map("client{:04} ".format) + frame["campaign_name"]).astype(object),
        currency=np.array(["NOK", "SEK"], dtype=object)[(client % 5 == 0).astype(int)],
    )


def plan_of_clients(clients: int) -> Plan:
    """What those clients pay for a sale; the first is nobody's."""
    named = (
        PlanEntry(f"client{number:04} *", client=f"Client {number:04}" if number else None,
                  target={"cpa": 250.0, "cpl": 160.0})
        for number in range(clients)
    )  # fmt: skip
    return Plan(tuple(named))
