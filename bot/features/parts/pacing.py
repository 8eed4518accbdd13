"""How the month's money goes: what is spent of what was planned, and where it lands.

How the month goes in each ad account: so far, against the plan, and where it lands.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.domain.board import CampaignRow, spend
from bot.numbers.plan import Plan
from bot.render.values.plans import AccountPace
from bot.render.values.templates import Pace, PaceLine, Pacing
from bot.snapshot.board_rows import Figures
from bot.snapshot.naming import title

Key = tuple[str, str | None]
EARLY = 3  # before this day of the month nothing is foretold


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
        rates = [
            sum(rate for row, rate in _rates(each, recent) if _key(row) == key) for each in recent
        ]
        lands = [(spent + rate * (days - last.day)) / budget for rate in rates]
        name = (key[0] or key[1] or "") if several else ""
        span = (min(lands), max(lands)) if lands and last.day >= EARLY else None
        found.append(Pace(spent / budget, last.day / days, name, span))
    return tuple(found)


def lines(month: Figures, recent: Sequence[Figures], plan: Plan) -> Pacing:
    """Every monthly budget of the plan and how it goes, and all of a currency together.

    The one with the most money off its pace first. Arguments as `pace`.
    """
    last = month.as_of - timedelta(1)
    days = calendar.monthrange(last.year, last.month)[1]
    found = [
        _course(budget, pattern, month, recent, plan, days - last.day)
        for pattern, budget in _patterns(month, plan).items()
    ]
    early = last.day < EARLY
    told = (each.line(early=early) for each in found)
    ordered = sorted(told, key=lambda line: (-abs(line.off or 0.0), -line.budget))
    return Pacing(tuple(ordered), last.day / days, last, tuple(_sums(found, early=early)))


@dataclass(frozen=True)
class _Course:
    """A budget, what is spent of it, and where it ends at each recent window's daily spend."""

    name: str
    budget: float
    spent: float
    currency: str | None
    ends: tuple[float, ...]

    def line(self, *, early: bool) -> PaceLine:
        lands = [end / self.budget for end in self.ends]
        span = None if early or not lands else (min(lands), max(lands))
        return PaceLine(self.name, self.budget, self.spent, self.currency, span)


def _sums(found: Sequence[_Course], *, early: bool) -> Iterable[PaceLine]:
    """A line a currency with several budgets: all of them."""
    for currency in dict.fromkeys(each.currency for each in found):
        own = [each for each in found if each.currency == currency]
        if len(own) > 1:
            budget, spent = sum(each.budget for each in own), sum(each.spent for each in own)
            ends = tuple(map(sum, zip(*(each.ends for each in own), strict=True)))
            yield _Course("", budget, spent, currency, ends).line(early=early)


def _patterns(month: Figures, plan: Plan) -> dict[tuple[str, str | None], float]:
    """The month's money by plan entry and currency."""
    return {
        (_pattern(row, plan, month.as_of), row.currency): float(row.monthly_budget)
        for row in month.rows
        if row.monthly_budget
    }


def _course(  # noqa: PLR0913, PLR0917  what a line is made of
    budget: float,
    pattern: tuple[str, str | None],
    month: Figures,
    recent: Sequence[Figures],
    plan: Plan,
    left: int,
) -> _Course:
    def ours(row: CampaignRow, figures: Figures) -> bool:
        return (_pattern(row, plan, figures.as_of), row.currency) == pattern

    so_far = sum(spend(row) for row in _paced(month) if ours(row, month))
    rates = [sum(rate for row, rate in _rates(each, recent) if ours(row, each)) for each in recent]
    own = {
        row.campaign_name
        for row in month.rows
        if row.monthly_budget and _pattern(row, plan, month.as_of) == pattern[0]
    }
    name = own.pop() if len(own) == 1 else pattern[0]
    ends = tuple(so_far + rate * left for rate in rates)
    return _Course(name, budget, so_far, pattern[1], ends)


def _budgets(month: Figures, plan: Plan) -> Mapping[Key, float]:
    """The month's money by client and currency, each plan entry once."""
    entries: dict[tuple[Key, str], float] = {}
    for row in month.rows:
        amount = row.monthly_budget
        if amount:
            entries[_key(row), _pattern(row, plan, month.as_of)] = float(amount)
    budgets: dict[Key, float] = {}
    for (key, _), amount in entries.items():
        budgets[key] = budgets.get(key, 0.0) + amount
    return budgets


def _paced(figures: Figures) -> list[CampaignRow]:
    return [row for row in figures.rows if row.monthly_budget]


def _rates(figures: Figures, recent: Sequence[Figures]) -> list[tuple[CampaignRow, float]]:
    """Mean daily spend of each campaign with a budget.

    Over the days of the window; of a campaign that began in it and still runs, over its own days.
    """
    newest = min(recent, key=lambda each: each.now.days)
    running = {row.entity for row in newest.rows if spend(row)}

    def days(row: CampaignRow) -> float:
        began = row.entity in running and not row.before("days")
        return (began and row.now("days")) or figures.now.days

    return [(row, spend(row) / days(row)) for row in _paced(figures)]


def _spent(rows: Iterable[CampaignRow], key: Key) -> float:
    """What campaigns with a budget spent; those without are not paced."""
    return sum(spend(row) for row in rows if row.monthly_budget and _key(row) == key)


def _key(row: CampaignRow) -> Key:
    return (row.client or ""), row.currency


def _pattern(row: CampaignRow, plan: Plan, on: date) -> str:
    entry = plan.entry(row.channel, row.campaign_name, on)
    same = entry is not None and entry.monthly_budget == row.monthly_budget
    return entry.match if entry and same else row.entity


Account = tuple[str, str]  # channel and account id
Group = tuple[tuple[Account, ...], str | None]  # accounts that share a budget, and the currency


@dataclass
class _Sum:
    spent: float = 0.0
    outside: float = 0.0
    rates: list[float] = field(default_factory=list)
    budgets: dict[str, float] = field(default_factory=dict)


def by_account(month: Figures, recent: Sequence[Figures]) -> tuple[AccountPace, ...]:
    """A line an account and currency, the biggest spend first.

    A budget that campaigns of several accounts share makes them one line.

    Args:
        month: The board of the month to date.
        recent: Boards whose mean daily spend the rest of the month may follow (7 and 28 days).
    """
    last = month.as_of - timedelta(1)
    left = calendar.monthrange(last.year, last.month)[1] - last.day
    rows = [row for each in (month, *recent) for row in each.rows]
    groups, names = _groups(rows), _names(rows)
    sums: dict[Group, _Sum] = {}
    for row in month.rows:
        _add(sums.setdefault(groups[_account(row), row.currency], _Sum()), row)
    for each in recent:
        for group, found in sums.items():
            mine = (row for row in each.rows if groups[_account(row), row.currency] == group)
            found.rates.append(sum(spend(row) for row in mine if _paid(row)) / each.now.days)
    told = [_told(group, found, names, left, last) for group, found in sums.items()]
    return tuple(sorted(told, key=lambda one: -(one.spent + one.outside)))


def elapsed(as_of: date) -> float:
    """The share of the last data day's month that is over."""
    last = as_of - timedelta(1)
    return last.day / calendar.monthrange(last.year, last.month)[1]


def _add(found: _Sum, row: CampaignRow) -> None:
    if _paid(row):
        found.spent += spend(row)
        found.budgets[_entry(row)] = row.monthly_budget or 0.0
    else:
        found.outside += spend(row)


def _told(
    group: Group, found: _Sum, names: Mapping[Account, str], left: int, last: date
) -> AccountPace:
    accounts, currency = group
    planned = sum(found.budgets.values()) or None
    lands = [found.spent + rate * left for rate in found.rates]
    known = planned is not None and lands and last.day >= EARLY
    return AccountPace(
        name=" + ".join(names[each] for each in accounts[:3]),
        currency=currency,
        spent=found.spent,
        planned=planned,
        lands=(min(lands), max(lands)) if known else None,
        outside=found.outside,
    )


def _groups(rows: Iterable[CampaignRow]) -> dict[tuple[Account, str | None], Group]:
    """Which accounts are told together: those that a budget of one currency ties."""
    tied: dict[tuple[Account, str | None], set[Account]] = {}
    paid: dict[tuple[str, str | None], set[Account]] = {}
    for row in rows:
        account, currency = _account(row), row.currency
        own = tied.setdefault((account, currency), {account})
        if _paid(row):
            shared = paid.setdefault((_entry(row), currency), set()) | own
            paid[_entry(row), currency] = shared
            for each in shared:
                together = shared | tied[each, currency]
                for one in together:
                    tied[one, currency] = together
                shared = together
    return {key: (tuple(sorted(accounts)), key[1]) for key, accounts in tied.items()}


def _names(rows: Iterable[CampaignRow]) -> dict[Account, str]:
    """An account is called by its channel; by its id too where the channel has several."""
    ids: dict[str, set[str]] = {}
    for row in rows:
        channel, account = _account(row)
        ids.setdefault(channel, set()).add(account)
    return {
        (channel, account): title(channel) if len(accounts) == 1 else f"{title(channel)} {account}"
        for channel, accounts in ids.items()
        for account in accounts
    }


def _account(row: CampaignRow) -> Account:
    return row.channel, (row.account_id or "")


def _paid(row: CampaignRow) -> bool:
    return bool(row.monthly_budget)


def _entry(row: CampaignRow) -> str:
    return str(row.entry or row.entity)
