"""What is fixed when advice is acknowledged: outcome, window, lag, controls and the bar.

The 28 days before an acknowledgement, and who could serve as an untouched peer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from bot.advice.outcome.peers import FEWEST, SAME_BUDGET
from bot.advice.outcome.types import AFTER, BEFORE, Frozen, Treated
from bot.advice.rules.rulebook import MONEY_ACTIONS
from bot.domain.advice import Advice
from bot.numbers.forecast.reporting_lag import completion
from bot.numbers.input.daily import campaigns_only, entity, known_on
from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.board import campaigns_of, unique_ids
from bot.numbers.plan import Plan

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Ground:
    """What was known of the days before.

    Attributes:
        known: Their daily rows, one a day and campaign, with `entity`.
        about: One row a campaign by the id advice knows: entity, stage, pricing_model, currency,
            target.
        span: The days.
    """

    known: pd.DataFrame
    about: Mapping[str, Row]
    span: Window

    @classmethod
    def of(cls, numbers: pd.DataFrame, as_of: date, plan: Plan) -> Ground:
        """The days before a morning, from what was known on it."""
        span = Window.ending(as_of - timedelta(1), BEFORE)
        daily_rows = campaigns_only(known_on(numbers, as_of))
        daily_rows = daily_rows[daily_rows["date"] >= pd.Timestamp(span.since)].reset_index(
            drop=True
        )
        if daily_rows.empty:
            return cls(daily_rows.assign(entity=None), {}, span)
        table = plan.resolve(campaigns_of(daily_rows), as_of)
        table["campaign_id"] = unique_ids(table)
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        campaign_rows = {str(row["campaign_id"]): _named(row) for row in rows}
        return cls(daily_rows.assign(entity=entity(daily_rows)), campaign_rows, span)

    def row(self, campaign_id: str) -> Row | None:
        """What a campaign is, None where it has no numbers."""
        if campaign_id in self.about:
            return self.about[campaign_id]
        channel, _, plain = campaign_id.partition(":")  # it clashed with one that has ended since
        channel_and_id = (channel, plain.rpartition(":")[2])
        return next(
            (row for id_, row in self.about.items() if (row["channel"], id_) == channel_and_id),
            None,
        )

    def of_campaigns(self, entities: Iterable[str]) -> pd.DataFrame:
        """The daily rows of these campaigns."""
        return self.known[self.known["entity"].isin(set(entities))]

    def peers(self, row: Row, column: str, touched: Collection[str]) -> list[str]:
        """Peers of its stage and currency that count the same, with results and a steady budget.

        Args:
            row: The campaign that is changed.
            column: What is counted.
            touched: Ids of campaigns that are changed, flagged or otherwise no peers.
        """
        steady, place = self._steady(column), (row["stage"], row["currency"])
        return sorted(
            str(peer["entity"])
            for id_, peer in self.about.items()
            if id_ not in touched
            and (peer["stage"], peer["currency"]) == place
            and peer["entity"] in steady
        )

    def _steady(self, column: str) -> set[str]:
        history = History.of(self.known, self.span)
        results, budget = history.column(column), history.column("daily_budget")
        low = np.where(np.isnan(budget), np.inf, budget).min(axis=1, initial=np.inf)
        high = np.where(np.isnan(budget), -np.inf, budget).max(axis=1, initial=-np.inf)
        fits = (np.nansum(results, axis=1) >= FEWEST) & ~(high > SAME_BUDGET * low)
        return {name for name, good in zip(history.entities, fits, strict=True) if good}


def _named(row: Mapping[Any, Any]) -> Row:
    return {str(name): value for name, value in row.items()}


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
MEASURED = (*MONEY_ACTIONS, "run_test")
"""Actions whose outcome is measured."""
AT_ONCE = ("reach", "impressions", "clicks", "landing_views", "engagements")
USUAL_LAG, LONGEST_LAG, SHORTEST_LAG = 10, 28, 1
"""Days waited where lag was never learned (STATISTICS.md: read 10 days later), at most, at least.
"""
FULL = 0.98
SPENT_DAYS = 14


def freeze(  # noqa: PLR0913, PLR0917 - everything that is fixed depends on it
    advice: Advice,
    numbers: pd.DataFrame,
    as_of: date,
    plan: Plan,
    controls: Sequence[str] | None = None,
    touched: Collection[str] = (),
) -> Frozen | None:
    """How this advice will be measured; None where nothing is moved or nobody is known.

    Args:
        advice: What was acknowledged.
        numbers: Daily numbers of at least the 28 days before, with every revision, so that lag can
            be learned from them.
        as_of: The morning it was acknowledged.
        plan: What people say the campaigns are for.
        controls: Untouched peers by entity; by default `controls(…)` of these arguments.
        touched: Ids of campaigns that are flagged or otherwise changed: no peers.
    """
    subject = _about(advice, Ground.of(numbers, as_of, plan))
    if subject is None:
        return None
    if controls is None:
        excluded_ids = {*advice.campaign_ids, *touched}
        controls = subject.ground.peers(subject.first, subject.column, excluded_ids)
    test = _test(advice)
    days, lag = test or (AFTER, _lag(numbers, as_of, subject.column))
    frozen = _frozen(subject, as_of, tuple(controls))
    return replace(frozen, days=days, lag=lag, test=test is not None)


@dataclass(frozen=True, eq=False)
class _About:
    """What is changed, where, and what counts; `first` is the row of the first campaign."""

    advice: Advice
    ground: Ground
    first: Row
    treated: tuple[Treated, ...]
    column: str

    @property
    def shift(self) -> bool:
        """Whether money changes places, so that the price of all of them together counts."""
        return len(self.treated) > 1


def _about(advice: Advice, ground: Ground) -> _About | None:
    """None for advice that is not measured, and where a campaign or what it counts is unknown."""
    rows = [row for row in map(ground.row, advice.campaign_ids) if row]
    if not _measured(advice) or not rows or len(rows) < len(advice.campaign_ids):
        return None
    treated = _treated(advice, ground, [str(row["entity"]) for row in rows])
    column = _column(rows[0], ground, [campaign.entity for campaign in treated])
    if not treated or column is None:
        return None
    return _About(advice, ground, rows[0], treated, column)


def _measured(advice: Advice) -> bool:
    """Whether its outcome is measured: not that of a test no days can decide."""
    if advice.action == "run_test":
        test: Any = advice.numbers.get("test")
        return bool(test and test["testable"])
    return advice.action in MEASURED


def _test(advice: Advice) -> tuple[int, int] | None:
    """Days a test runs and waits, as its card says; None for advice that is no test."""
    test: Any = advice.numbers.get("test")
    if test:
        return int(test["days"]), int(test["lag"])
    shift = advice.numbers.get("shift")
    if isinstance(shift, Mapping) and shift.get("days"):
        return int(shift["days"]), int(shift["wait"])
    return None


def _frozen(subject: _About, as_of: date, peers: tuple[str, ...]) -> Frozen:
    advice, first_row, column = subject.advice, subject.first, subject.column
    return Frozen(
        advice_id=advice.id,
        rule=advice.rule,
        action=advice.action,
        on=as_of,
        stage=first_row["stage"] or "",
        column=column,
        price=PRICES[column],
        of="price" if subject.shift else "results",
        lag=USUAL_LAG,
        treated=subject.treated,
        controls=peers,
        currency=first_row["currency"],
        worth=None if subject.shift else _worth(subject, peers),
    )


def controls(
    advice: Advice,
    numbers: pd.DataFrame,
    as_of: date,
    plan: Plan,
    touched: Collection[str] = (),
) -> tuple[str, ...]:
    """The untouched peers advice would be compared with, by entity."""
    frozen = freeze(advice, numbers, as_of, plan, None, touched)
    return frozen.controls if frozen else ()


def _treated(advice: Advice, ground: Ground, entities: Sequence[str]) -> tuple[Treated, ...]:
    """The campaigns and their budgets; where none is known, mean spend and the amount moved."""
    rows = list(zip(advice.campaign_ids, entities, strict=True))
    test: Any = advice.numbers.get("test")
    if test:
        (id_, name), budgets = rows[0], [arm["budget"] for arm in test["arms"]]
        return (Treated(name, id_, budgets[0], budgets[-1], known=not test["about"]),)
    if advice.budgets:
        return tuple(
            Treated(name, id_, advice.budgets_before[id_], advice.budgets[id_])
            for id_, name in rows
            if id_ in advice.budgets and id_ in advice.budgets_before
        )
    move = advice.numbers.get("move")
    return _guessed(advice, ground, rows, float(move)) if isinstance(move, int | float) else ()


def _guessed(
    advice: Advice, ground: Ground, rows: Sequence[tuple[str, str]], move: float
) -> tuple[Treated, ...]:
    """By mean spend a day: empty unless it is known of every campaign."""
    signs = (-1, 1) if advice.action == "shift_budget" else (1,)
    by = -move if advice.action in {"cut_budget", "pause"} else move
    treated_campaigns = [
        Treated(name, id_, spent, max(spent + sign * by, 0.0), known=False)
        for (id_, name), sign in zip(rows, signs, strict=False)
        if np.isfinite(spent := _spent(ground, name))
    ]
    return tuple(treated_campaigns) if len(treated_campaigns) == len(rows) else ()


def _spent(ground: Ground, entity: str) -> float:
    """Mean spend a day of late, NaN where there is none."""
    days = ground.of_campaigns([entity]).sort_values("date")["spend"].tail(SPENT_DAYS)
    return float(days.mean())


def _column(row: Row, ground: Ground, entities: Sequence[str]) -> str | None:
    """What counts: the first of its stage's (or pricing model's) results that every one has."""
    stage, model = row["stage"] or "", row["pricing_model"] or ""
    candidates = COUNTED.get(stage, ("conversions", "leads"))
    if model in BY_MODEL and stage != "engage":
        candidates = BY_MODEL[model]
    campaign_days = ground.of_campaigns(entities)
    for column in candidates:
        counted = campaign_days.groupby("entity")[column].sum(min_count=1)
        if len(counted) == len(set(entities)) and (counted > 0).all():
            return column
    return None


def _lag(numbers: pd.DataFrame, as_of: date, column: str) -> int:
    """Days until a day's results are nearly all in, as learned; else as usual."""
    if column in AT_ONCE:
        return SHORTEST_LAG
    learned = completion(numbers, as_of, column)
    if not learned.restated:
        return USUAL_LAG
    full = np.flatnonzero(learned.by_age >= FULL)
    return int(np.clip(full[0] if full.size else LONGEST_LAG, SHORTEST_LAG, LONGEST_LAG))


def _worth(subject: _About, peers: Sequence[str]) -> float | None:
    """What one result is worth: the target, else what one costs in the stage."""
    target, column = subject.first["target"], subject.column
    target = target.get(PRICES[column]) if isinstance(target, Mapping) else target
    if isinstance(target, int | float) and np.isfinite(target) and target > 0:
        return float(target) / (1000.0 if column in {"reach", "impressions"} else 1.0)
    ours = subject.ground.of_campaigns([*peers, *(campaign.entity for campaign in subject.treated)])
    results = float(ours[column].sum())
    return float(ours.loc[ours[column].notna(), "spend"].sum()) / results if results > 0 else None
