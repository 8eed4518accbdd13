"""How the month's money goes: what is spent of what was planned, and where it lands.

How the month goes in each ad account: so far, against the plan, and where it lands.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.campaign_rows import CampaignRow, spend
from bot.errors import UnknownName
from bot.numbers.input.names import account_key, normal_name
from bot.numbers.plan import Plan
from bot.render.values.plans import AccountPace
from bot.render.values.templates import MonthPace, PaceLine, Pacing
from bot.snapshot.board_rows import Figures
from bot.snapshot.morning_days import SpendDays
from bot.snapshot.naming import title

Key = tuple[str, str | None]
EARLY = 3  # before this day of the month nothing is foretold


def pace(month: Figures, days: SpendDays, plan: Plan) -> tuple[MonthPace, ...]:
    """The month so far, a line for each client and currency that has a monthly budget.

    Args:
        month: The board of the month to date.
        days: What the rest of the month is foretold from.
        plan: Whose entries hold the budgets: one a pattern, however many campaigns fit it.
    """
    budgets = _budgets(month, plan)
    several = len(budgets) > 1
    lines = []
    for key, budget in budgets.items():
        rows = [row for row in _paced(month) if _key(row) == key]
        course = _Course.of(rows, (key[0] or key[1] or "") if several else "", budget, days)
        shares = course.spent / budget, course.elapsed
        lines.append(MonthPace(*shares, course.name, course.lands, bool(course.unseen)))
    return tuple(lines)


def lines(month: Figures, days: SpendDays, plan: Plan) -> Pacing:
    """Every monthly budget of the plan and how it goes, and all of a currency together.

    The one with the most money off its pace first. Arguments as `pace`.
    """
    courses = [
        _course(budget, pattern, month, days, plan)
        for pattern, budget in _patterns(month, plan).items()
    ]
    pace_lines = (course.line() for course in courses)
    ordered = sorted(pace_lines, key=lambda line: (-abs(line.off or 0.0), -line.budget))
    until = max((course.until for course in courses), default=days.last)
    late = min((course.until for course in courses), default=days.last) < days.last
    return Pacing(tuple(ordered), gone(until), until, tuple(_sums(courses)), late)


@dataclass(frozen=True)
class _Course:
    """A budget, what is spent of it until when, and where it ends at least and at most.

    `unseen` is what days without numbers are taken to have cost: the ends hold it.
    """

    name: str
    budget: float
    spent: float
    currency: str | None
    until: date
    ends: tuple[float, float] | None
    unseen: float = 0.0

    @classmethod
    def of(cls, rows: Sequence[CampaignRow], name: str, budget: float, days: SpendDays) -> _Course:
        """Of the campaigns a budget pays for."""
        spent, until = sum(map(spend, rows)), days.known_until({row.channel for row in rows})
        ahead = days.ahead((row.entity for row in rows), until) if until.day >= EARLY else None
        unseen = sum(days.unseen.get(row.entity, 0.0) for row in rows)
        ends = (spent + unseen + ahead[0], spent + unseen + ahead[1]) if ahead else None
        currency = rows[0].currency if rows else None
        return cls(name, budget, spent, currency, until, ends, unseen)

    @property
    def elapsed(self) -> float:
        return gone(self.until)

    @property
    def lands(self) -> tuple[float, float] | None:
        return (self.ends[0] / self.budget, self.ends[1] / self.budget) if self.ends else None

    def line(self) -> PaceLine:
        return PaceLine(self.name, self.budget, self.spent, self.currency, self.lands)


def _sums(courses: Sequence[_Course]) -> Iterable[PaceLine]:
    """A line a currency with several budgets: all of them."""
    for currency in dict.fromkeys(course.currency for course in courses):
        currency_courses = [course for course in courses if course.currency == currency]
        if len(currency_courses) > 1:
            budget, spent = (
                sum(getattr(course, part) for course in currency_courses)
                for part in ("budget", "spent")
            )
            known_ends = [course.ends for course in currency_courses if course.ends]
            low, high = (sum(end[side] for end in known_ends) for side in (0, 1))
            ends = (low, high) if len(known_ends) == len(currency_courses) else None
            yield _Course("", budget, spent, currency, currency_courses[0].until, ends).line()


def _patterns(month: Figures, plan: Plan) -> dict[tuple[str, str | None], float]:
    """The month's money by plan entry and currency."""
    return {
        (_pattern(row, plan, month.as_of), row.own.currency): float(row.monthly_budget)
        for row in month.counted
        if row.monthly_budget
    }


def _course(
    budget: float, pattern: tuple[str, str | None], month: Figures, days: SpendDays, plan: Plan
) -> _Course:
    rows = [
        row
        for row in _paced(month)
        if (_pattern(row, plan, month.as_of), row.own.currency) == pattern
    ]
    names = {row.label for row in rows}
    name = names.pop() if len(names) == 1 else pattern[0]
    return _Course.of(rows, name, budget, days)


def _budgets(month: Figures, plan: Plan) -> Mapping[Key, float]:
    """The month's money by client and currency, each plan entry once."""
    entries: dict[tuple[Key, str, str | None], float] = {}
    for row in month.counted:
        amount = row.monthly_budget
        if amount:
            pattern = _pattern(row, plan, month.as_of)
            entries[_key(row), pattern, row.own.currency] = float(amount)
    budgets: dict[Key, float] = {}
    for (key, *_), amount in entries.items():
        budgets[key] = budgets.get(key, 0.0) + amount
    return budgets


def _paced(figures: Figures) -> list[CampaignRow]:
    return [row for row in figures.counted if row.monthly_budget]


def _key(row: CampaignRow) -> Key:
    return (row.client or ""), row.currency


def _pattern(row: CampaignRow, plan: Plan, on: date) -> str:
    entry = plan.entry(row.channel, row.campaign_name, on)
    same = entry is not None and entry.monthly_budget == row.own.monthly_budget
    return entry.match if entry and same else row.entity


Account = tuple[str, str]  # channel and account id; of a client, "" and its name
Group = tuple[tuple[Account, ...], str | None]  # accounts that share a budget, and the currency
Keyed = Callable[[CampaignRow], Account]


def by_account(
    month: Figures,
    four: Figures,
    days: SpendDays,
    by: str = "account",
    *,
    known: Sequence[CampaignRow] = (),
) -> tuple[AccountPace, ...]:
    """A line an account (client, channel) and currency, the biggest spend first.

    A budget that campaigns of several accounts share makes them one line.

    Args:
        month: The board of the month to date.
        four: The board of 28 days: whose accounts a budget ties together.
        days: What the rest of the month is foretold from.
        by: `account`, `client` or `channel`.
        known: All campaigns there are, where the boards hold some: accounts are named among them.
    """
    rows, key = (*month.counted, *four.counted), KEYS[by]
    groups = _groups(rows, key)
    names = (
        _names(known or rows) if by == "account" else {key(row): _name_of(row, by) for row in rows}
    )
    members: dict[Group, list[CampaignRow]] = {}
    for row in month.counted:
        members.setdefault(groups[key(row), row.currency], []).append(row)
    account_lines = [
        _account_pace(group, group_rows, names, days) for group, group_rows in members.items()
    ]
    return tuple(sorted(account_lines, key=lambda line: -(line.spent + line.outside)))


def _account_pace(
    group: Group, rows: Sequence[CampaignRow], names: Mapping[Account, str], days: SpendDays
) -> AccountPace:
    paid = [row for row in rows if _paid(row)]
    budgets = {(_entry(row), row.own.currency): row.monthly_budget or 0.0 for row in paid}
    planned = sum(budgets.values())
    course = _Course.of(paid, "", planned, days)
    return AccountPace(
        name=" + ".join(names[account] for account in group[0][:3]),
        currency=group[1],
        spent=course.spent,
        planned=planned or None,
        lands=course.ends if planned else None,
        outside=sum(spend(row) for row in rows if not _paid(row)),
    )


def elapsed(as_of: date) -> float:
    """The share of the last data day's month that is over."""
    return gone(as_of - timedelta(1))


def gone(day: date) -> float:
    """The share of its month that is over with this day."""
    return day.day / calendar.monthrange(day.year, day.month)[1]


def _groups(rows: Iterable[CampaignRow], key: Keyed) -> dict[tuple[Account, str | None], Group]:
    """Which accounts are told together: those that a budget of one currency ties."""
    tied: dict[tuple[Account, str | None], set[Account]] = {}
    paid: dict[tuple[str, str | None], set[Account]] = {}
    for row in rows:
        account, currency = key(row), row.currency
        tied_accounts = tied.setdefault((account, currency), {account})
        if _paid(row):
            shared = paid.setdefault((_entry(row), currency), set()) | tied_accounts
            paid[_entry(row), currency] = shared
            for sharing_account in shared:
                together = shared | tied[sharing_account, currency]
                for member in together:
                    tied[member, currency] = together
                shared = together
    return {place: (tuple(sorted(accounts)), place[1]) for place, accounts in tied.items()}


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


def _client(row: CampaignRow) -> Account:
    return "", (row.client or "")


def _channel(row: CampaignRow) -> Account:
    return row.channel, ""


KEYS: Mapping[str, Keyed] = {"account": _account, "client": _client, "channel": _channel}
BY = ("by", "per", "pr", "etter", "each", "hver", "for", "for hver")
CALLED: Mapping[str, tuple[str, ...]] = {
    "account": ("account", "accounts", "konto", "kontoer", "kontoen", "annonsekonto"),
    "client": ("client", "clients", "customer", "kunde", "kunder", "kunden"),
    "channel": ("channel", "channels", "kanal", "kanaler", "kanalen"),
}


def grouping(words: Sequence[str]) -> tuple[str, str]:
    """What pacing is asked by, and of which of them: `by account`, `client b`; "" for neither."""
    asked = [word.casefold() for word in words if word.casefold() not in BY]
    kinds = {name: kind for kind, names in CALLED.items() for name in names}
    kind = kinds.get(asked[0], "") if asked else ""
    return kind, " ".join(asked[1:]) if kind else ""


def grouped(rows: Sequence[CampaignRow], by: str, name: str) -> list[CampaignRow]:
    """The campaigns of the account or client called so: whole, else by the one that ends so."""
    keys = dict.fromkeys(KEYS[by](row)[1] for row in rows)
    names_asked = {_plain(name, by), _plain(f"{by} {name}", by)}
    places = [key for key in keys if _plain(key, by) in names_asked] or [
        key for key in keys if key and _plain(key, by).endswith(_plain(name, by))
    ]
    if len(places) != 1:
        raise UnknownName(by, name, tuple(place for place in places or keys if place))
    return [row for row in rows if KEYS[by](row)[1] == places[0]]


def _plain(name: str, by: str) -> str:
    return account_key(name.rpartition(" ")[2]) if by == "account" else normal_name(name)


def _name_of(row: CampaignRow, by: str) -> str:
    return title(row.channel) if by == "channel" else (row.client or "")


def _paid(row: CampaignRow) -> bool:
    return bool(row.monthly_budget)


def _entry(row: CampaignRow) -> str:
    return str(row.entry or row.entity)
