"""Whose spend fell or rose to a new level, since when, and whether anybody changed a budget.

A whole channel or account is told as that; a campaign where the change is its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow, spend
from bot.domain.money import least_worth
from bot.numbers.input.names import title
from bot.numbers.signals.delivery_calendar import runs
from bot.numbers.signals.spend_levels import Days, LevelChange, level_change
from bot.render.values.news import Credit
from bot.render.values.templates import SpendMoved
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.evaluation import JudgedMorning, ids_of, switched_off
from bot.snapshot.trends import DAYS

MOST = 3
LEAST_SHARE = 0.05  # of all the money, as moved a day: smaller changes are no news
WHOLE = 0.8  # share of a channel's or account's spend that must be gone for one day to be news
OWN = 0.7  # share of a change that one campaign makes: then it is told as its
TELLS = ("check_delivery", "check_spend", "hold")  # advice that says it already


@dataclass(frozen=True)
class _Group:
    """Campaigns whose money is added up: a channel's, an account's, or one alone."""

    name: str
    rows: tuple[CampaignRow, ...]
    days: Days
    fewest: int = 2
    whole: bool = True


def spend_moves(
    context: Context, figures: Figures, judgement: JudgedMorning, channels: Iterable[str]
) -> tuple[SpendMoved, ...]:
    """What moved, the most money first.

    Args:
        context: The store and the boards.
        figures: A board of the morning: campaigns of channels that are late are not in it.
        judgement: The morning's advice: what it says already is not said twice.
        channels: Those to look at.
    """
    everything = sum(map(spend, figures.counted)) / max(figures.now.days, 1)
    off = switched_off(context.store, figures.as_of)
    off |= _unreadable(judgement)
    rows = [row for row in figures.counted if not off.intersection(ids_of([row]))]
    moved = [
        move
        for channel in channels
        for move in _of_channel(context, figures.as_of, channel, rows, everything)
        if move.whole or not _told_already(move, judgement)
    ]
    return tuple(sorted(moved, key=lambda move: (not move.gone, -move.money))[:MOST])


def _unreadable(judgement: JudgedMorning) -> frozenset[str]:
    """Ids of campaigns whose spend is no longer reported, or in another unit: it has not moved."""
    return frozenset(
        id_
        for record in judgement.records
        for id_, numbers in record.advice.evidence.items()
        if numbers.get("uncosted_days.now") or numbers.get("unit_days.now")
    )


def given_back(context: Context, figures: Figures, channels: Iterable[str]) -> tuple[Credit, ...]:
    """Money given back in the days of a board: days whose spend is under zero, the most first."""
    first_day = figures.as_of - timedelta(DAYS)
    rows = {row.entity: row for row in figures.counted}
    credited = []
    for channel in channels:
        for entity, amounts in _spend_days(context, figures.as_of, channel).items():
            days = {
                first_day + timedelta(at): amount
                for at, amount in enumerate(amounts)
                if amount is not None and amount < 0 and first_day + timedelta(at) in figures.now
            }
            if days and entity in rows:
                row = rows[entity]
                credited.append(Credit(row.label, -sum(days.values()), runs(days), row.currency))
    return tuple(sorted(credited, key=lambda credit: -credit.amount))


def _told_already(told: SpendMoved, judgement: JudgedMorning) -> bool:
    return any(record.advice.action in TELLS for record in judgement.about(told.ids))


def _of_channel(
    context: Context, as_of: date, channel: str, rows: Sequence[CampaignRow], everything: float
) -> Iterator[SpendMoved]:
    """The channel where it moved as a whole, else its accounts, else its campaigns."""
    channel_rows = [row for row in rows if row.channel == channel]
    days = _spend_days(context, as_of, channel)
    for currency in dict.fromkeys(row.currency for row in channel_rows):
        paid = [row for row in channel_rows if row.currency == currency]
        seen: set[str] = set()
        for group in _groups(channel, paid, days):
            change = level_change(group.days, group.fewest)
            entities = {row.entity for row in group.rows}
            if change is None or entities & seen or not _worth(change, everything, currency):
                continue
            if _is_news(group, change, days):
                seen |= entities
                yield _told(context, as_of, group, change, _makers(group, change, days))


def _is_news(group: _Group, change: LevelChange, days: dict[str, Days]) -> bool:
    """One day is news of a whole that is gone; a change one campaign makes is that campaign's."""
    if not group.whole:
        return True
    if len(group.days) - change.at < 2:
        return change.change <= -WHOLE
    return change.change <= -WHOLE or not (
        _makers(group, change, days) or _one_account(group, change, days)
    )


def _worth(change: LevelChange, everything: float, currency: str | None) -> bool:
    moved = abs(change.since - change.before)
    return moved >= LEAST_SHARE * everything and moved * 7 >= least_worth(currency)


def _spend_days(context: Context, as_of: date, channel: str) -> dict[str, Days]:
    return {
        series.group: series.amounts
        for series in boards.trends(context, as_of, channel)
        if series.kind == "campaign" and series.metric == "spend"
    }


def _groups(channel: str, rows: Sequence[CampaignRow], days: dict[str, Days]) -> Iterator[_Group]:
    """The channel, its accounts where it has several, its campaigns."""
    dated_rows = [row for row in rows if row.entity in days]
    if not dated_rows:
        return
    yield _Group(title(channel), tuple(dated_rows), _sum(dated_rows, days), fewest=1)
    accounts = dict.fromkeys(row.account_id for row in dated_rows)
    for account in accounts if len(accounts) > 1 else ():
        account_rows = [row for row in dated_rows if row.account_id == account]
        yield _Group(
            f"{title(channel)} {account}", tuple(account_rows), _sum(account_rows, days), fewest=1
        )
    for row in dated_rows:
        yield _Group(row.label, (row,), _sum([row], days), whole=False)


def _sum(rows: Sequence[CampaignRow], days: dict[str, Days]) -> Days:
    """Spend of each day; on a day of which any campaign has numbers the others spent nothing.

    A day that anybody got money back on is not known.
    """
    table = zip(*(days[row.entity] for row in rows), strict=True)
    return [
        sum(amount or 0.0 for amount in amounts)
        if any(a is not None for a in amounts) and all((a or 0.0) >= 0 for a in amounts)
        else None
        for amounts in table
    ]


def _makers(group: _Group, change: LevelChange, days: dict[str, Days]) -> str:
    """The one campaign of several that makes most of a change, by name; else ""."""
    if len(group.rows) < 2:
        return ""
    by_campaign = {row.label: _mean(days[row.entity], change.at) for row in group.rows}
    name = max(by_campaign, key=lambda each: abs(by_campaign[each]))
    return name if abs(by_campaign[name]) >= OWN * abs(change.since - change.before) else ""


def _one_account(group: _Group, change: LevelChange, days: dict[str, Days]) -> bool:
    """Whether one of a channel's accounts makes most of a change."""
    by_account: dict[str, float] = {}
    for row in group.rows:
        by_account[row.account_id] = by_account.get(row.account_id, 0.0) + _mean(
            days[row.entity], change.at
        )
    biggest = max(abs(amount) for amount in by_account.values())
    return len(by_account) > 1 and biggest >= OWN * abs(change.since - change.before)


def _mean(amounts: Days, at: int) -> float:
    """How much more a day costs since a day than in the week before it."""
    sides = (amounts[max(0, at - 7) : at], amounts[at:])
    before, since = (sum(day or 0.0 for day in side) / max(len(side), 1) for side in sides)
    return since - before


def _told(
    context: Context, as_of: date, group: _Group, change: LevelChange, mostly: str
) -> SpendMoved:
    since = as_of - timedelta(len(group.days) - change.at)
    return SpendMoved(
        name=group.name,
        change=change.change,
        since=since,
        budgets=_budgets(context, as_of, group, since),
        currency=group.rows[0].currency,
        money=abs(change.since - change.before),
        whole=group.whole,
        mostly=mostly,
        ids=tuple(ids_of(group.rows)),
    )


def _budgets(
    context: Context, as_of: date, group: _Group, since: date
) -> tuple[float, float] | None:
    """The daily budgets before and since, added up; None unless every campaign's is known."""
    window = f"{since}..{as_of - timedelta(1)}"
    budget_rows = {row.entity: row for row in boards.figures(context, as_of, window).rows}
    sides = [
        [budget_rows[row.entity].number(period, "daily_budget") for row in group.rows]
        for period in ("before", "now")
        if all(row.entity in budget_rows for row in group.rows)
    ]
    if len(sides) < 2 or any(amount is None for side in sides for amount in side):
        return None
    before, now = (sum(amount or 0.0 for amount in side) for side in sides)
    return before, now
