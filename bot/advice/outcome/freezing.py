"""What is fixed when advice is acknowledged: outcome, window, lag, controls and the bar."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from bot.advice.outcome.peers import FEWEST, SAME_BUDGET
from bot.advice.outcome.types import BEFORE, Frozen, Treated
from bot.advice.rulebook import MONEY_ACTIONS
from bot.advice.types import Advice
from bot.numbers.board import campaigns_of, unique_ids
from bot.numbers.daily import campaigns_only, entity, known_on
from bot.numbers.history import History
from bot.numbers.lag import COMPLETE, completion
from bot.numbers.plan import Plan
from bot.numbers.windows import Window

SALES = ("documented_conversions", "conversions")
COUNTED: Mapping[str, tuple[str, ...]] = {
    "reach": ("reach", "impressions", "clicks"),
    "act": ("leads", "landing_views", "clicks"),
    "convert": SALES,
    "engage": ("repeat_conversions", "engagements", "conversions"),
}
BY_MODEL: Mapping[str, tuple[str, ...]] = {"CPL": ("leads",), "CPA": SALES}
PRICES: Mapping[str, str] = {
    "reach": "cost_per_reach",
    "impressions": "cpm",
    "clicks": "cpc",
    "landing_views": "cost_per_landing_view",
    "leads": "cpl",
    "conversions": "cpa",
    "documented_conversions": "cpa_documented",
    "engagements": "cost_per_engagement",
    "repeat_conversions": "cost_per_repeat_sale",
}
"""What is counted, and the price it makes (rules/metrics.yml)."""
AT_ONCE = ("reach", "impressions", "clicks", "landing_views", "engagements")
USUAL_LAG, LONGEST_LAG, SHORTEST_LAG = 10, 28, 1
"""Days waited where lag was never learned (STATISTICS.md: read 10 days later), at most, at least.
"""
FULL = 0.98
SPENT_DAYS = 14


def freeze(
    advice: Advice,
    numbers: pd.DataFrame,
    as_of: date,
    plan: Plan,
    controls: Sequence[str] | None = None,
    touched: Collection[str] = (),
) -> Frozen | None:
    """How this advice will be measured; None where it moves no money or its campaigns are unknown.

    Args:
        advice: What was acknowledged.
        numbers: Daily numbers of at least the 28 days before, with every revision, so that lag can
            be learned from them.
        as_of: The morning it was acknowledged.
        plan: What people say the campaigns are for.
        controls: Untouched peers by entity; by default `controls(…)` of these arguments.
        touched: Ids of campaigns that are flagged or otherwise changed: no peers.
    """
    if advice.action not in MONEY_ACTIONS:
        return None
    known = _recent(numbers, as_of)
    about = campaigns(known, as_of, plan)
    rows = about[about["campaign_id"].isin(advice.campaign_ids)].set_index("campaign_id")
    ids = [each for each in advice.campaign_ids if each in rows.index]
    if not ids or len(ids) < len(advice.campaign_ids):
        return None
    treated = _treated(advice, known, [(each, str(rows["entity"][each])) for each in ids])
    column = _column(rows.loc[ids[0]], known, [each.entity for each in treated])
    if not treated or column is None:
        return None
    first = rows.loc[ids[0]]
    peers = controls_of(about, known, as_of, first, column, {*ids, *touched})
    chosen = tuple(peers if controls is None else controls)
    shift = len(treated) > 1
    return Frozen(
        advice_id=advice.id,
        rule=advice.rule,
        action=advice.action,
        on=as_of,
        stage=str(first["stage"] or ""),
        column=column,
        price=PRICES[column],
        of="price" if shift else "results",
        lag=_lag(numbers, as_of, column),
        treated=treated,
        controls=chosen,
        currency=first["currency"],
        worth=None if shift else _worth(first, known, column, treated, chosen),
    )


def controls(
    advice: Advice,
    numbers: pd.DataFrame,
    as_of: date,
    plan: Plan,
    touched: Collection[str] = (),
) -> tuple[str, ...]:
    """The untouched peers advice would be compared with, by entity."""
    found = freeze(advice, numbers, as_of, plan, None, touched)
    return found.controls if found else ()


def campaigns(known: pd.DataFrame, as_of: date, plan: Plan) -> pd.DataFrame:
    """One row a campaign: entity, stage, pricing_model, currency, target, `campaign_id` as advice
    knows it.
    """
    if known.empty:
        return pd.DataFrame(columns=["entity", "campaign_id", "stage", "currency", "target"])
    about = plan.resolve(campaigns_of(known), as_of)
    about["campaign_id"] = unique_ids(about)
    return about.astype(object).where(about.notna(), None)


def _recent(numbers: pd.DataFrame, as_of: date) -> pd.DataFrame:
    known = campaigns_only(known_on(numbers, as_of))
    return known[known["date"] >= pd.Timestamp(as_of - timedelta(BEFORE))].reset_index(drop=True)


def _treated(
    advice: Advice, known: pd.DataFrame, rows: Iterable[tuple[str, str]]
) -> tuple[Treated, ...]:
    """The campaigns and their budgets; where none is known, mean spend and the amount moved."""
    rows = list(rows)
    if advice.budgets:
        return tuple(
            Treated(name, id_, advice.budgets_before[id_], advice.budgets[id_])
            for id_, name in rows
            if id_ in advice.budgets and id_ in advice.budgets_before
        )
    move = advice.numbers.get("move")
    if not isinstance(move, int | float):
        return ()
    signs = (-1, 1) if advice.action == "shift_budget" else (1,)
    sign = -1 if advice.action in {"cut_budget", "pause"} else 1
    found = []
    for (id_, name), own in zip(rows, signs, strict=False):
        spent = known[entity(known) == name].sort_values("date")["spend"].tail(SPENT_DAYS).mean()
        if np.isfinite(spent):
            after = float(spent) + own * sign * float(move)
            found.append(Treated(name, id_, float(spent), max(after, 0.0), known=False))
    return tuple(found) if len(found) == len(rows) else ()


def _column(row: Any, known: pd.DataFrame, entities: Sequence[str]) -> str | None:
    """What counts: the first of its stage's (or pricing model's) results that every one has."""
    stage, model = row["stage"] or "", row["pricing_model"] or ""
    wanted = COUNTED.get(stage, ("conversions", "leads"))
    if model in BY_MODEL and stage != "engage":
        wanted = BY_MODEL[model]
    own = known[entity(known).isin(set(entities))]
    for column in wanted:
        counted = own.groupby(entity(own))[column].sum(min_count=1)
        if len(counted) == len(set(entities)) and (counted > 0).all():
            return column
    return None


def controls_of(
    about: pd.DataFrame,
    known: pd.DataFrame,
    as_of: date,
    row: Any,
    column: str,
    touched: Collection[str],
) -> list[str]:
    """Peers of the stage and currency that count the same, with results and a steady budget."""
    span = Window.ending(as_of - timedelta(1), BEFORE)
    history = History.of(known, span)
    results = np.nansum(history.column(column), axis=1)
    budget = history.column("daily_budget")
    low = np.where(np.isnan(budget), np.inf, budget).min(axis=1)
    high = np.where(np.isnan(budget), -np.inf, budget).max(axis=1)
    fits = (results >= FEWEST) & ~(high > SAME_BUDGET * low)
    steady = {name for name, good in zip(history.entities, fits, strict=True) if good}
    same = (about["stage"] == row["stage"]) & ~about["campaign_id"].isin(set(touched))
    same &= about["currency"].map(lambda each: each == row["currency"])
    return [str(each) for each in about.loc[same, "entity"] if each in steady]


def _lag(numbers: pd.DataFrame, as_of: date, column: str) -> int:
    """Days until a day's results are nearly all in, as learned; else as usual."""
    if column in AT_ONCE:
        return SHORTEST_LAG
    learned = completion(numbers, as_of, column)
    if learned is COMPLETE or not learned.restated:
        return USUAL_LAG
    full = np.flatnonzero(learned.by_age >= FULL)
    return int(np.clip(full[0] if full.size else LONGEST_LAG, SHORTEST_LAG, LONGEST_LAG))


def _worth(
    row: Any,
    known: pd.DataFrame,
    column: str,
    treated: Sequence[Treated],
    peers: Sequence[str],
) -> float | None:
    """What one result is worth: the target, else what one costs in the stage."""
    target = row["target"]
    target = target.get(PRICES[column]) if isinstance(target, Mapping) else target
    if isinstance(target, int | float) and np.isfinite(target) and target > 0:
        return float(target) / (1000.0 if column in {"reach", "impressions"} else 1.0)
    ours = known[entity(known).isin({*peers, *(each.entity for each in treated)})]
    results = float(ours[column].sum())
    return float(ours.loc[ours[column].notna(), "spend"].sum()) / results if results > 0 else None
