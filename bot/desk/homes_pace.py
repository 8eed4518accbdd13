"""How the month goes in each ad account: so far, against the plan, and where it lands."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.desk.figures import Figures, Row, spend
from bot.desk.names import title
from bot.messages.plans import AccountPace

Account = tuple[str, str]  # channel and account id
Group = tuple[tuple[Account, ...], str | None]  # accounts that share a budget, and the currency
EARLY = 3  # before this day of the month nothing is foretold


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
        _add(sums.setdefault(groups[_account(row), row["currency"]], _Sum()), row)
    for each in recent:
        for group, found in sums.items():
            mine = (row for row in each.rows if groups[_account(row), row["currency"]] == group)
            found.rates.append(sum(spend(row) for row in mine if _paid(row)) / each.now.days)
    told = [_told(group, found, names, left, last) for group, found in sums.items()]
    return tuple(sorted(told, key=lambda one: -(one.spent + one.outside)))


def elapsed(as_of: date) -> float:
    """The share of the last data day's month that is over."""
    last = as_of - timedelta(1)
    return last.day / calendar.monthrange(last.year, last.month)[1]


def _add(found: _Sum, row: Row) -> None:
    if _paid(row):
        found.spent += spend(row)
        found.budgets[_entry(row)] = float(row["monthly_budget"])
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


def _groups(rows: Iterable[Row]) -> dict[tuple[Account, str | None], Group]:
    """Which accounts are told together: those that a budget of one currency ties."""
    tied: dict[tuple[Account, str | None], set[Account]] = {}
    paid: dict[tuple[str, str | None], set[Account]] = {}
    for row in rows:
        account, currency = _account(row), row["currency"]
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


def _names(rows: Iterable[Row]) -> dict[Account, str]:
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


def _account(row: Row) -> Account:
    return str(row["channel"]), str(row.get("account_id") or "")


def _paid(row: Row) -> bool:
    return bool(row.get("monthly_budget"))


def _entry(row: Row) -> str:
    return str(row.get("entry") or row["entity"])
