"""How a campaign stands, in a word of a short closed list.

What is advised comes first, then how the price stands against the target.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.advice.rules.rulebook import Rulebook
from bot.domain.campaign_rows import CampaignRow
from bot.numbers.plan import Plan
from bot.render.values.templates import Kpi
from bot.snapshot.evaluation import JudgedMorning, ids_of
from bot.store.base import AdviceRecord

FEW = 10  # results under which a price is no verdict, whatever the cell asks for
CHECKS = {
    "check_tracking": "check:tracking",
    "check_delivery": "check:delivery",
    "check_spend": "check:spend",
    "fix_landing_page": "check:landing_page",
}
WHOLE = frozenset({"adjust_pacing", "weigh_stages"})
"""Advice about a budget or a client as a whole, which is no campaign's own verdict."""


def verdict(
    row: CampaignRow, kpi: Kpi, judgement: JudgedMorning, rulebook: Rulebook, plan: Plan
) -> str:
    """One of `VERDICTS`: what is advised where there is advice, else how the price stands.

    Advice comes first, what needs a look before what changes a budget. A campaign that is to
    receive money has room to grow. Without advice `on_target`, `above_target` and `room` compare
    with the target as the table says; `waiting` is too few results to say; `no_target` is none.
    """
    advised = _advised(ids_of([row]), judgement)
    if advised:
        return advised
    value, target = kpi.value, kpi.target
    if target is None:
        return "no_target"
    row_numbers = thresholds(row, rulebook, plan)
    if value is not None and value < 0:
        return "waiting"  # more was given back than spent: that says nothing of what a result costs
    if value is None or _results(row, kpi, rulebook) < min(row_numbers["results"], FEW):
        return "waiting"
    lower = rulebook.metrics[kpi.metric].better != "higher"
    ratio = value / target if lower else target / value if value else float("inf")
    if ratio > row_numbers["waste"]:
        return "above_target" if lower else "below_target"
    return "room" if ratio < row_numbers["room"] else "on_target"


def _advised(ids: Collection[str], judgement: JudgedMorning) -> str:
    """The weightiest of what advice makes of a campaign; "" where there is none about it alone."""
    verdicts = {_of_advice(record, ids) for record in judgement.about(ids)}
    if judgement.testing.intersection(ids):
        verdicts.add("testing")
    return min(verdicts - {""}, key=_weight, default="")


def _of_advice(record: AdviceRecord, ids: Collection[str]) -> str:
    advice = record.advice
    if advice.action in WHOLE:
        return ""
    if advice.action == "hold":
        return "waiting"
    takers = advice.numbers.get("takers")
    receiving = takers if isinstance(takers, list | tuple) else advice.campaign_ids[1:]
    receives = advice.action == "shift_budget" and not set(ids).isdisjoint(receiving)
    if receives or advice.action in {"raise_budget", "raise_bid"}:
        return "room"
    return CHECKS.get(advice.action, f"change:{advice.action}")


def _weight(verdict: str) -> tuple[int, str]:
    order = ("check", "testing", "change", "room", "waiting")
    return order.index(verdict.partition(":")[0]), verdict


def _results(row: CampaignRow, kpi: Kpi, rulebook: Rulebook) -> float:
    metric = rulebook.metrics[kpi.metric]
    parts = [part for part in (metric.sum, metric.over) if part and part != "spend"]
    counted = [row.now(part) for part in parts]
    return min((count for count in counted if count is not None), default=0.0)


def thresholds(row: CampaignRow, rulebook: Rulebook, plan: Plan) -> Mapping[str, float]:
    """The row of the table a campaign is measured with, overrides included."""
    table = rulebook.thresholds
    cell = table.cell(row.stage, row.pricing_model)
    numbers = table.numbers(cell, row.channel, captured=row.demand == "captured")
    overrides = {
        override.name: float(override.value)
        for override in plan.overrides
        if (override.stage, override.pricing_model) == (row.stage, row.pricing_model)
    }
    return numbers | overrides
