"""What a campaign is judged by, and the verdict in a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.advice.rulebook import Rulebook
from bot.desk.figures import Row, spend
from bot.messages.values import Kpi
from bot.numbers.board import PRICES
from bot.numbers.plan import Plan
from bot.store.base import AdviceRecord

MOVES = ("shift_budget", "raise_budget", "cut_budget", "pause")
USUAL = ("cpa", "cpl", "cpc", "cpm")
FEW = 10  # results under which a price is no verdict, whatever the cell asks for


def judged_by(row: Row, rulebook: Rulebook) -> str:
    """The metric a campaign is judged by: its cell's, or the nearest one it has numbers for."""
    cell = rulebook.thresholds.cell(row["stage"], row["pricing_model"])
    placed: tuple[str, ...] = (cell.judge,) if row["stage"] and row["pricing_model"] else ()
    follows = row.get("derived") or {}
    aimed = (name for name in rulebook.metrics if row.get(f"target.{name}") is not None)
    wanted = [name for name in aimed if name not in follows]
    price: str = PRICES.get(row["pricing_model"] or "", "")
    known = (*placed, *wanted, price, *USUAL)
    return next((metric for metric in known if row.get(f"now.{metric}") is not None), known[0])


def lead_metric(rows: Iterable[Row], rulebook: Rulebook) -> str:
    """The metric most of the money of some campaigns is judged by."""
    money: dict[str, float] = {}
    for row in rows:
        metric = judged_by(row, rulebook)
        money[metric] = money.get(metric, 0.0) + spend(row)
    return max(money, key=lambda metric: money[metric]) if money else ""


def head_metric(total: Row, rows: Sequence[Row], rulebook: Rulebook) -> str:
    """The metric to sum a group up in: the one most of its money is judged by, if it adds up.

    People reached cannot be added over campaigns; showings can.
    """
    metric = lead_metric(rows, rulebook)
    return metric if total.get(f"now.{metric}") is not None or not metric else "cpm"


def kpi_of(row: Row, rulebook: Rulebook) -> Kpi:
    """A campaign's number, against its target and the time before."""
    metric = judged_by(row, rulebook)
    return kpi(row, metric, rulebook, row.get(f"target.{metric}"))


def kpi(row: Row, metric: str, rulebook: Rulebook, target: float | None = None) -> Kpi:
    """A metric of a campaign or a total, now and before."""
    known = rulebook.metrics.get(metric)
    return Kpi(
        metric=metric,
        value=row.get(f"now.{metric}"),
        target=target,
        before=row.get(f"before.{metric}"),
        currency=row["currency"] if known and known.unit == "money" else None,
    )


def blended_target(rows: Sequence[Row], metric: str) -> float | None:
    """What a group's price would be with every campaign exactly at its target.

    Spend over the results it should buy; None unless nine tenths of the spend have a target.
    """
    aimed = [
        (spend(row), float(row[f"target.{metric}"])) for row in rows if row.get(f"target.{metric}")
    ]
    covered = sum(amount for amount, _ in aimed)
    if covered <= 0 or covered < 0.9 * sum(map(spend, rows)):
        return None
    return covered / sum(amount / target for amount, target in aimed)


def verdict(
    row: Row, kpi: Kpi, told: Sequence[AdviceRecord], rulebook: Rulebook, plan: Plan
) -> str:
    """`tracking`, `move` or `watch` where there is advice; else how the price stands.

    `fine`, `dear` and `room` compare with the target as the table says; `waiting` is too few
    results to say; `none` is no target.
    """
    if told:
        return _advised(told)
    value, target = kpi.value, kpi.target
    if target is None:
        return "none"
    row_numbers = thresholds(row, rulebook, plan)
    if value is None or _results(row, kpi, rulebook) < min(row_numbers.get("results", FEW), FEW):
        return "waiting"
    lower = rulebook.metrics[kpi.metric].better != "higher"
    ratio = value / target if lower else target / value if value else float("inf")
    if ratio > row_numbers.get("waste", 1.3):
        return "dear"
    return "room" if ratio < row_numbers.get("room", 0.85) else "fine"


def _advised(told: Sequence[AdviceRecord]) -> str:
    actions = {record.advice.action for record in told}
    if "check_tracking" in actions:
        return "tracking"
    return "move" if actions & set(MOVES) else "watch"


def _results(row: Row, kpi: Kpi, rulebook: Rulebook) -> float:
    metric = rulebook.metrics[kpi.metric]
    parts = [part for part in (metric.sum, metric.over) if part and part != "spend"]
    counted = [row.get(f"now.{part}") for part in parts]
    return min((count for count in counted if count is not None), default=0.0)


def thresholds(row: Row, rulebook: Rulebook, plan: Plan) -> Mapping[str, float]:
    """The row of the table a campaign is measured with, overrides included."""
    table = rulebook.thresholds
    cell = table.cell(row["stage"], row["pricing_model"])
    found = table.numbers(cell, str(row["channel"]), captured=row.get("demand") == "captured")
    own = {
        each.name: float(each.value)
        for each in plan.overrides
        if (each.stage, each.pricing_model) == (row["stage"], row["pricing_model"])
    }
    return found | own
