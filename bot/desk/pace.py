"""How the month's money goes: what is spent of what was planned, and where it lands."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from bot.desk.figures import Figures, Row, spend
from bot.messages.values import Pace
from bot.numbers.plan import Plan

Key = tuple[str, str | None]


def pace(month: Figures, recent: Sequence[Figures], plan: Plan) -> tuple[Pace, ...]:
    """The month so far, a line for each client and currency that has a monthly budget.

    Where it lands is told as a span: the rest of the month at each recent window's daily spend.

    Args:
        month: The board of the month to date.
        recent: Boards whose mean daily spend the rest of the month may follow (7 and 28 days).
        plan: Whose entries hold the budgets: one a pattern, however many campaigns fit it.
    """
    last = month.as_of - timedelta(1)
    days = calendar.monthrange(last.year, last.month)[1]
    budgets = _budgets(month, plan)
    several = len(budgets) > 1
    found = []
    for key, budget in budgets.items():
        spent = _spent(month.rows, key)
        rates = [_spent(each.rows, key) / each.now.days for each in recent]
        lands = [(spent + rate * (days - last.day)) / budget for rate in rates]
        name = (key[0] or key[1] or "") if several else ""
        span = (min(lands), max(lands)) if lands and last.day >= 3 else None
        found.append(Pace(spent / budget, last.day / days, name, span))
    return tuple(found)


def _budgets(month: Figures, plan: Plan) -> Mapping[Key, float]:
    """The month's money by client and currency, each plan entry once."""
    entries: dict[tuple[Key, str], float] = {}
    for row in month.rows:
        amount = row.get("monthly_budget")
        if amount:
            entries[_key(row), _pattern(row, plan, month.as_of)] = float(amount)
    budgets: dict[Key, float] = {}
    for (key, _), amount in entries.items():
        budgets[key] = budgets.get(key, 0.0) + amount
    return budgets


def _spent(rows: Iterable[Row], key: Key) -> float:
    """What campaigns with a budget spent; those without are not paced."""
    return sum(spend(row) for row in rows if row.get("monthly_budget") and _key(row) == key)


def _key(row: Row) -> Key:
    return str(row.get("client") or ""), row["currency"]


def _pattern(row: Row, plan: Plan, on: date) -> str:
    entry = plan.entry(str(row["channel"]), str(row["campaign_name"]), on)
    same = entry is not None and entry.monthly_budget == row["monthly_budget"]
    return entry.match if entry and same else str(row["entity"])
