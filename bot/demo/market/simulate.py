"""Plays a market day by day: true rates, noise, season, late sales, and what goes wrong.

Pure apart from its seed: the same specs, day and seed give the same numbers, byte for byte. Each
campaign draws from a stream of its own, so adding one changes no other.

The reach of whole windows, as a platform gives it: people are counted once, never added up.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from bot.demo.market.kinds import Event, Spec


def window_reach(spec: Spec, frame: pd.DataFrame, as_of: date) -> list[dict[str, Any]]:
    """Reach of whole windows on the newest mornings: a growing share of the audience is new."""
    if not spec.audience:
        return []
    shows = frame.drop_duplicates("date").set_index("date")["impressions"]
    mornings_by_window = {
        window: morning for morning in _mornings(as_of) for window in _windows(morning)
    }
    return [
        _window(spec, shows, *window, morning) for window, morning in mornings_by_window.items()
    ]


def _mornings(as_of: date) -> list[date]:
    """The twelve newest, the newest first."""
    return [as_of - timedelta(days=days_ago) for days_ago in range(12)]


def _windows(morning: date) -> list[tuple[date, date]]:
    """7, 14 and 28 days up to the morning, each with the windows before it that are asked for."""
    last_day = morning - timedelta(days=1)
    spans = [(0, 7), (0, 14), (0, 28), (7, 7), (14, 14), (28, 28), (7, 28), (14, 28)]
    ends = [(last_day - timedelta(days=skip), length) for skip, length in spans]
    return [(end - timedelta(days=length - 1), end) for end, length in ends]


def _window(
    spec: Spec, shows: pd.Series[float], since: date, until: date, pulled: date
) -> dict[str, Any]:
    impressions = float(
        shows[(shows.index >= pd.Timestamp(since)) & (shows.index <= pd.Timestamp(until))].sum()
    )
    audience = float(spec.audience or 0)
    return {
        "channel": spec.channel, "account_id": spec.account_id, "campaign_id": spec.campaign_id,
        "since": pd.Timestamp(since), "until": pd.Timestamp(until),
        "reach": float(np.round(audience * (1 - np.exp(-impressions / audience)))),
        "pulled_at": pd.Timestamp(pulled, tz="UTC") + pd.Timedelta(hours=5),
    }  # fmt: skip


WEEKDAY = np.array([1.04, 1.07, 1.06, 1.03, 0.97, 0.88, 0.95])  # Monday first
Counts = np.ndarray[Any, np.dtype[Any]]
Recorded = dict[str, Counts]
KEPT_PULLS = 14  # a day's value is pulled again each morning for two weeks


@dataclass(frozen=True)
class Played:
    """What a market gives: daily rows with every pull of them, and the reach of whole windows."""

    numbers: pd.DataFrame
    window_reach: pd.DataFrame


def play(specs: Sequence[Spec], as_of: date, *, days: int, seed: int, currency: str) -> Played:
    """Simulate `days` days up to the day before `as_of`.

    Returns:
        Played: `numbers` as bot.numbers.input.daily has them, a row a pull (a sale that comes
        in late changes the day it belongs to); `window_reach` for the windows 7d, 14d and 28d
        and those before them, as a platform would give them on each of the newest mornings.
    """
    frames = [_campaign(spec, as_of, days, seed, currency) for spec in specs]
    reach = [
        row
        for spec, frame in zip(specs, frames, strict=True)
        for row in window_reach(spec, frame, as_of)
    ]
    return Played(pd.concat(frames, ignore_index=True), pd.DataFrame(reach))


def _campaign(spec: Spec, as_of: date, days: int, seed: int, currency: str) -> pd.DataFrame:
    random = np.random.default_rng(
        [seed, zlib.crc32(f"{spec.channel}/{spec.campaign_id}".encode())]
    )
    day_count = min(days, spec.started_days_ago or days)
    dates = [as_of - timedelta(days=day_count - i) for i in range(day_count)]
    truth = _truth(spec, dates, random)
    pulls = _pulls(spec, truth, random)
    return _rows(spec, truth, pulls, dates, currency)


def _truth(spec: Spec, dates: Sequence[date], random: np.random.Generator) -> dict[str, Any]:
    """What happened on each day, whenever it was recorded."""
    days = len(dates)
    weekday = WEEKDAY[[day.weekday() for day in dates]]
    budget = np.round(spec.daily_budget * _steps(spec.events, days, "budget"), 2)
    noise = np.exp(random.normal(0, 0.05 if spec.delivery < 0.97 else 0.008, days))
    lively = weekday if spec.delivery < 0.97 else np.ones(days)
    spend = (
        budget
        * np.minimum(spec.delivery * lively * noise, 1.0)
        * _steps(spec.events, days, "spike")
    )
    spend = np.round(spend * _steps(spec.events, days, "stop"), 2)
    response = (spend / (spec.daily_budget * spec.delivery)).clip(1e-9) ** (spec.elasticity - 1)
    fatigue = _slope(spec.events, days, "fatigue")
    cpm = (
        spec.cpm
        * np.exp(random.normal(0, 0.05, days))
        * _steps(spec.events, days, "auction")
        / np.sqrt(fatigue)
    )
    shows = np.round(1000 * spend / cpm)
    clicks = random.binomial(
        shows.astype(int),
        np.clip(spec.ctr * fatigue * response * np.exp(random.normal(0, 0.06, days)), 0, 1),
    )
    opens = _steps(spec.events, days, "landing_page")
    good = opens * weekday**0.5
    counted = _steps(spec.events, days, "outage")
    return {
        "budget": budget, "spend": spend, "impressions": shows, "clicks": clicks.astype(float),
        "frequency": 1.15 / fatigue**0.6, "good": good, "counted": counted, "opens": opens,
    }  # fmt: skip


def _steps(events: Sequence[Event], days: int, kind: str) -> Counts:
    """1, and `size` on the days the event holds."""
    factor = np.ones(days)
    for event in events:
        if event.kind == kind:
            factor[max(0, days - event.days_ago) : days - event.until_days_ago] *= event.size
    return factor


def _slope(events: Sequence[Event], days: int, kind: str) -> Counts:
    """1, sliding in a straight line to `size` from the event's first day to the newest."""
    factor = np.ones(days)
    for event in events:
        if event.kind == kind:
            length = min(days, event.days_ago)
            factor[days - length :] *= np.linspace(1.0, event.size, length)
    return factor


def _scattered(mean: Counts, dispersion: float, random: np.random.Generator) -> Counts:
    """Counts with the given mean and variance = dispersion x mean (negative binomial)."""
    if dispersion <= 1:
        return random.poisson(mean)
    shape = np.maximum(mean, 1e-12) / (dispersion - 1)
    counts: Counts = random.poisson(random.gamma(shape, dispersion - 1))
    return counts


def _pulls(spec: Spec, truth: dict[str, Any], random: np.random.Generator) -> list[Recorded]:
    """The recorded results by age: element a is what a pull a+1 days after the day shows."""
    clicks, good = truth["clicks"], truth["good"] * truth["counted"]
    drawn: Recorded = {}
    if spec.landing_rate:
        drawn["landing_views"] = random.binomial(
            clicks.astype(int), spec.landing_rate * truth["opens"]
        )
    if spec.lead_rate:
        drawn["leads"] = _scattered(clicks * spec.lead_rate * good, spec.dispersion, random)
    if spec.qualified_share:
        drawn["qualified_leads"] = random.binomial(drawn["leads"], spec.qualified_share)
    if spec.engagement_rate:
        drawn["engagements"] = _scattered(
            truth["impressions"] * spec.engagement_rate * good, spec.dispersion, random
        )
    if not spec.close_rate:
        return [{name: values.astype(float) for name, values in drawn.items()}] * KEPT_PULLS
    chances = drawn["leads"] if spec.lead_rate else clicks * good
    sales = _scattered(chances * spec.close_rate, spec.dispersion, random)
    return _late(spec, sales, drawn, random)


def _late(
    spec: Spec, sales: Counts, drawn: Recorded, random: np.random.Generator
) -> list[Recorded]:
    """Sales by the age at which they were recorded; revenue and the rest follow the sales."""
    share = 1 / (1 + spec.lag_days)
    unrecorded, pulls = sales.copy(), []
    recorded = {name: np.zeros(len(sales)) for name in ("conversions", *_follows(spec))}
    for age in range(KEPT_PULLS):
        newly_recorded = random.binomial(unrecorded, share) if age < KEPT_PULLS - 1 else unrecorded
        unrecorded = unrecorded - newly_recorded
        recorded = {
            name: recorded[name] + _share(spec, name, newly_recorded, random) for name in recorded
        }
        pulls.append({**{name: column.astype(float) for name, column in drawn.items()}, **recorded})
    return pulls


def _follows(spec: Spec) -> list[str]:
    """What is recorded together with a sale."""
    columns = {
        "revenue": spec.order_value,
        "documented_conversions": spec.documented_share,
        "repeat_conversions": spec.repeat_share,
    }
    return [name for name, value in columns.items() if value]


def _share(spec: Spec, name: str, sales: Counts, random: np.random.Generator) -> Counts:
    """What `sales` sales add to a column; order values spread by half around their mean."""
    if name == "conversions":
        return sales
    if name == "revenue":
        worth = random.gamma(np.maximum(4.0 * sales, 1e-9), (spec.order_value or 0.0) / 4.0)
        return np.where(sales > 0, np.round(worth, 2), 0.0)
    chance = spec.documented_share if name == "documented_conversions" else spec.repeat_share
    return random.binomial(sales, chance or 0.0)


def _rows(
    spec: Spec,
    truth: dict[str, Any],
    pulls: Sequence[Recorded],
    dates: Sequence[date],
    currency: str,
) -> pd.DataFrame:
    """A row a day for the first pull, and one more for each later pull that changed a value."""
    as_of = dates[-1] + timedelta(days=1)
    stamp = pd.to_datetime(pd.Series(list(dates)))
    frames, before = [], None
    for age, values in enumerate(pulls):
        frame = _frame(spec, truth, values, stamp, currency)
        frame["pulled_on"] = stamp + pd.Timedelta(days=age + 1)
        already_pulled = (frame["pulled_on"] <= pd.Timestamp(as_of)).to_numpy()
        changed = (
            already_pulled & _differs(values, before) if before else already_pulled & (age == 0)
        )
        frames.append(frame[changed])
        before = values
    return (
        pd.concat(frames).sort_values(["date", "pulled_on"], kind="stable").reset_index(drop=True)
    )


def _differs(now: Recorded, before: Recorded) -> Counts:
    changed: Counts = np.logical_or.reduce([now[name] != before[name] for name in now])
    return changed


def _frame(
    spec: Spec,
    truth: dict[str, Any],
    values: Recorded,
    stamp: pd.Series,
    currency: str,
) -> pd.DataFrame:
    reach = np.round(truth["impressions"] / truth["frequency"]) if spec.audience else None
    frame = pd.DataFrame({
        "date": stamp, "channel": spec.channel, "account_id": spec.account_id,
        "campaign_id": spec.campaign_id, "campaign_name": spec.name, "stage": spec.stage,
        "pricing_model": spec.pricing_model, "currency": currency, "spend": truth["spend"],
        "impressions": truth["impressions"], "clicks": truth["clicks"],
        "daily_budget": truth["budget"], "measured_by": spec.channel,
    })  # fmt: skip
    if reach is not None:
        frame["reach"] = reach
    if spec.satisfaction:
        frame["satisfaction"] = spec.satisfaction
    return frame.assign(**values)
