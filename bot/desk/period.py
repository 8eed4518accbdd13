"""What a week or a month came to in money, against the budgets that held then."""

from __future__ import annotations

from bot.desk.figures import Figures, Row, spend
from bot.desk.office import Office
from bot.messages.spent import Spent
from bot.numbers.plan import Plan


def spent(office: Office, about: Figures, *, budgets: bool) -> tuple[Spent, ...]:
    """The money of some days, a currency each: the team's own first, then that of most campaigns.

    Args:
        office: The store and the plan.
        about: The board of the days.
        budgets: Whether the days are a month, which the plan's budgets are for.
    """
    plan, own = office.plan(about.now.until), office.settings.default_currency
    known = [row for row in about.groups("currency") if row["now.spend"] is not None]
    known.sort(key=lambda row: (not own or row["currency"] != own, -row["campaigns"]))
    return tuple(_spent(about, plan, total, budgets=budgets) for total in known)


def _spent(about: Figures, plan: Plan, total: Row, *, budgets: bool) -> Spent:
    money: dict[str, float] = {}
    paced = 0.0
    for row in about.rows if budgets else ():
        entry = plan.entry(str(row["channel"]), str(row["campaign_name"]), about.now.until)
        if row["currency"] == total["currency"] and entry and entry.monthly_budget:
            money[entry.match] = float(entry.monthly_budget)
            paced += spend(row)
    planned = sum(money.values()) or None
    before = total["before.spend"]
    return Spent(total["currency"], total["now.spend"], before, planned, paced)
