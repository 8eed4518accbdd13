"""The month's money: what was spent of what the plan gives, and where the month lands.

One budget is an entry of the plan, however many campaigns fit it: each of them carries the numbers
of the whole. The rest of the month is foretold from 28 days: the level by an average with a
half-life of 7 days, times what each weekday costs here, shrunk to no difference by two weeks'
worth. The span around it holds 80 % of the time if days go on to scatter as they did:
Days of the month without numbers in the midst of others count as days like them.
sd^2 = level^2 s^2 (sum f^2 + (sum f)^2 / n), with s the days' relative scatter, f the weekday
factors of the days left and n the days the level really stands on. What has ended costs no more.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import Bools, Floats, Ints, divided, filled
from bot.numbers.signals.delivery_calendar import FEW_DAYS_A_WEEK, REGULAR, holes
from bot.numbers.signals.peer_rates import cohort_codes

PACE: dict[str, str] = {
    "pace": "Spend of the month so far, as a share of the plan's budget for the month",
    "pace_gone": "Share of the month that is over",
    "pace_lands": "Where the month lands, as a share of its budget",
    "pace_low": "Where it lands at least, as a share of its budget: nine times in ten higher",
    "pace_high": "Where it lands at most, as a share of its budget: nine times in ten lower",
    "pace_days_left": "Days of the month still to come",
    "pace_budget": "The plan's budget for the month",
    "pace_spent": "Spend of the month so far",
    "pace_daily": "What a day costs as it goes, on the days left",
    "pace_needed": "What a day may cost on the days left, so that the month lands on its budget",
}
"""Known only as `name.now`, and only where the plan gives the month a budget."""
LOOKED_AT, LEAST = 28, 14
HALF_LIFE, WEEKS, HALF = 7.0, 2.0, 0.5
NINE_IN_TEN = 1.2816
ENDED = 3  # days without spend at least, and more than there ever were between days with some


@dataclass(frozen=True, eq=False)
class Pace:
    """How every plan entry's month goes, and whose it is.

    Attributes:
        columns: Each name of `PACE`, one value a campaign; NaN where it has no budget.
        of: Which budget each campaign is paid from, numbered; -1 for none.
    """

    columns: dict[str, Floats]
    of: Ints


def pace(
    history: History,
    as_of: date,
    budgets: Floats,
    entries: Sequence[str | None],
    currencies: Sequence[str | None],
) -> Pace:
    """The month of the last data day, for campaigns whose plan gives it a budget.

    Args:
        history: Days that hold the month so far and the last 28.
        as_of: The morning.
        budgets: The month's money of each campaign's plan entry, currency units, NaN for none.
        entries: Which plan entry that is.
        currencies: Of each campaign; an entry that holds several is not paced.
    """
    last_day = as_of - timedelta(1)
    of = _numbered(budgets, entries, currencies)
    count = int(of.max(initial=-1)) + 1
    money = np.full(count, np.nan)
    money[of[of >= 0]] = budgets[of >= 0]
    spent = _grouped(history, Window(last_day.replace(day=1), last_day), of, count)
    recent = _grouped(history, Window.ending(last_day, LOOKED_AT), of, count)
    unseen = np.zeros(count)
    np.add.at(unseen, of[of >= 0], _unseen(history, last_day)[of >= 0])
    columns = _lands(money, np.nansum(spent, axis=1), recent, last_day, unseen)
    wide = {name: np.where(of >= 0, np.append(values, np.nan)[of], np.nan)
            for name, values in columns.items()}  # fmt: skip
    return Pace(wide, of)


def _numbered(
    budgets: Floats, entries: Sequence[str | None], currencies: Sequence[str | None]
) -> Ints:
    """The budget each campaign is paid from."""
    entry_currencies: dict[str, set[str | None]] = {}
    paid = [bool(budget > 0) and entry is not None
            for budget, entry in zip(budgets, entries, strict=True)]  # fmt: skip
    for entry, currency, has in zip(entries, currencies, paid, strict=True):
        if has:
            entry_currencies.setdefault(str(entry), set()).add(currency)
    single_currency = [
        has and len(entry_currencies[str(entry)]) == 1
        for entry, has in zip(entries, paid, strict=True)
    ]
    numbers = cohort_codes(
        [(entry,) for entry, has in zip(entries, single_currency, strict=True) if has]
    )
    of = np.full(len(entries), -1, dtype=np.int64)
    of[np.array(single_currency, dtype=bool)] = numbers
    return of


def _grouped(history: History, window: Window, of: Ints, count: int) -> Floats:
    """Budget x day of the window, spend; NaN on days without any."""
    spend = _laid(history, window)
    total, day_counts = (np.zeros((count, spend.shape[1])) for _ in range(2))
    inside = of >= 0
    np.add.at(total, of[inside], filled(spend[inside]))
    np.add.at(day_counts, of[inside], (~np.isnan(spend[inside])).astype(float))
    return np.where(day_counts > 0, total, np.nan)


def _laid(history: History, window: Window) -> Floats:
    """Campaign x day of the window, spend; NaN also before the oldest row and after the newest."""
    since, until = history.place(window)
    first = (history.first - window.since).days + since
    spend = np.full((len(history.entities), window.days), np.nan)
    spend[:, first : first + until - since] = history.column("spend")[:, since:until]
    return spend


def _unseen(history: History, last_day: date) -> Floats:
    """What each campaign spent about on the month's days its whole account has no numbers of."""
    accounts: dict[str, list[int]] = {}
    for row, entity in enumerate(history.entities):
        accounts.setdefault(entity.rpartition("|")[0], []).append(row)
    amounts = _laid(history, Window.ending(last_day, LOOKED_AT))
    unseen = np.zeros(len(history.entities))
    for rows in accounts.values():
        reported = np.flatnonzero(history.rows[rows].any(axis=0))
        days = {history.first + timedelta(int(day)) for day in reported}
        missing = of_month(holes(days, last_day), last_day)
        if missing:
            unseen[rows] = spent_unseen(amounts[rows], missing, last_day)
    return unseen


def of_month(days: Iterable[date], last_day: date) -> tuple[date, ...]:
    """The days of the month of `last_day`."""
    return tuple(day for day in days if (day.year, day.month) == (last_day.year, last_day.month))


def spent_unseen(amounts: Floats, missing: Sequence[date], last_day: date) -> Floats:
    """What campaigns spent about on days without numbers: as on the same weekday, else any day.

    Args:
        amounts: Daily spend, campaign x day, the last column being `last_day`; NaN where unknown.
        missing: The days.
        last_day: The last day with numbers.

    Returns:
        Money, a campaign; 0 where none of its days is has_spend.
    """
    ages = np.arange(amounts.shape[1])[::-1]
    weekday = np.array([(last_day - timedelta(int(age))).weekday() for age in ages])
    has_spend = ~np.isnan(amounts)
    usual = divided(np.nansum(amounts, axis=1), has_spend.sum(axis=1).astype(float))
    unseen = np.zeros(len(amounts))
    for day in missing:
        alike = weekday == day.weekday()
        counted = has_spend[:, alike].sum(axis=1).astype(float)
        mean = divided(np.nansum(amounts[:, alike], axis=1), counted)
        unseen += filled(np.where(counted > 0, mean, usual))
    return unseen


def _lands(
    money: Floats, spent: Floats, recent: Floats, last_day: date, unseen: Floats
) -> dict[str, Floats]:
    days = calendar.monthrange(last_day.year, last_day.month)[1]
    going = np.where(ended(recent), np.nan, 0.0)  # nobody paces what is over
    low, remaining, high = (end + unseen + going for end in rest_of_month(recent, last_day))
    even = np.full(money.size, float(days - last_day.day))
    return {
        "pace": spent / money,
        "pace_gone": np.full(money.size, last_day.day / days),
        "pace_lands": (spent + remaining) / money,
        "pace_low": (spent + low) / money,
        "pace_high": (spent + high) / money,
        "pace_days_left": even,
        "pace_budget": money,
        "pace_spent": spent,
        "pace_daily": divided(remaining - unseen, even),
        "pace_needed": divided(np.maximum(money - spent - unseen, 0.0), even),
    }


def ended(recent: Floats) -> Bools:
    """Budgets nothing was spent of for longer than ever between two days of spend, one a budget.

    Platforms leave out the days of a campaign that is not shown: a blank day is one without spend.

    Args:
        recent: As `rest_of_month` takes it.
    """
    spends = filled(recent) > 0
    place = np.arange(spends.shape[1])
    last = np.maximum.accumulate(np.where(spends, place, -1), axis=1)
    since = place - last
    gaps = np.where(spends[:, 1:] & (last[:, :-1] >= 0), since[:, :-1], 0).max(axis=1, initial=0)
    return np.asarray((last[:, -1] >= 0) & (since[:, -1] >= ENDED) & (since[:, -1] > gaps))


def rest_of_month(recent: Floats, last_day: date) -> tuple[Floats, Floats, Floats]:
    """What the days after `last_day` cost until its month ends: at least, about and at most.

    Args:
        recent: Daily spend, budget x day, the last column being `last_day`; NaN where unknown.
        last_day: The last day with numbers.

    Returns:
        Money: the ends hold 80 % of the time; NaN with fewer than 14 known days or no spend, 0
        where it has ended.
    """
    is_over = ended(recent)
    days_left = calendar.monthrange(last_day.year, last_day.month)[1] - last_day.day
    weekdays = np.array(
        [(last_day + timedelta(n)).weekday() for n in range(1, days_left + 1)], dtype=int
    )
    level, scatter, effective_days, factors = _level(recent, last_day)
    ahead = factors[:, weekdays]
    remaining = level * ahead.sum(axis=1)
    spread = (
        level
        * scatter
        * np.sqrt((ahead**2).sum(axis=1) + divided(ahead.sum(axis=1) ** 2, effective_days))
    )
    ends = (np.maximum(remaining - NINE_IN_TEN * spread, 0.0), remaining,
            remaining + NINE_IN_TEN * spread)  # fmt: skip
    low, about, high = (np.where(is_over, 0.0, end) for end in ends)
    return low, about, high


def _level(recent: Floats, last_day: date) -> tuple[Floats, Floats, Floats, Floats]:
    """What a day costs, its relative scatter, the days it stands on, and the weekdays' factors."""
    size = recent.shape[1]
    ages = np.arange(size)[::-1]
    weekday = np.array([(last_day - timedelta(int(age))).weekday() for age in ages])
    off_days = np.stack([_off(recent, weekday == day) for day in range(7)], axis=1)
    days_known = ~np.isnan(recent) | (off_days[:, weekday] & _lived(recent))
    recent = np.where(off_days[:, weekday], np.nan, recent)  # a day off is no cheap day
    present = ~np.isnan(recent)
    factors = np.where(off_days, 0.0, _factors(recent, weekday))
    plain = divided(recent, factors[:, weekday])
    weight = np.where(present, 0.5 ** (ages / HALF_LIFE), 0.0)
    total_weight = weight.sum(axis=1)
    level = divided(np.nansum(plain * weight, axis=1), total_weight)
    off = divided(plain, np.broadcast_to(level[:, None], plain.shape)) - 1
    scatter = np.sqrt(divided(np.nansum(off**2, axis=1), present.sum(axis=1) - 1.0))
    effective_days = divided(total_weight**2, (weight**2).sum(axis=1))
    level_known = (days_known.sum(axis=1) >= LEAST) & (level > 0)
    return np.where(level_known, level, np.nan), scatter, effective_days, factors


def _factors(recent: Floats, weekday: Ints) -> Floats:
    """Budget x weekday: its mean over the mean of all days, shrunk to 1."""
    mean = divided(np.nansum(recent, axis=1), (~np.isnan(recent)).sum(axis=1).astype(float))
    out = np.ones((len(recent), 7))
    for day in range(7):
        weekday_spend = recent[:, weekday == day]
        ratio = divided(np.nansum(weekday_spend, axis=1), mean)
        counted = (~np.isnan(weekday_spend)).sum(axis=1)
        out[:, day] = (filled(ratio) + WEEKS) / (counted + WEEKS)
    return out


def _off(recent: Floats, on_weekday: Bools) -> Bools:
    """Budgets that never spend on a weekday, though they do on half of the other days.

    Or though they do, week after week, on three of four days of the weekdays they spend on. An ad
    schedule, or a pause every weekend: nothing is foretold for those days. Since June 2026
    Google spends a schedule's month (30.4 daily budgets) on the days it runs: what is learned from
    the days themselves holds for both.
    """
    spends, lived = filled(recent) > 0, _lived(recent)
    weeks = (lived & on_weekday).sum(axis=1)
    share_elsewhere = divided(
        (spends & ~on_weekday).sum(axis=1), (lived & ~on_weekday).sum(axis=1).astype(float)
    )
    habit = (weeks >= 1) & (filled(share_elsewhere) >= HALF)
    habit |= (weeks >= FEW_DAYS_A_WEEK) & (_kept(spends, lived) >= REGULAR)
    silent: Bools = habit & ~(spends & on_weekday).any(axis=1)
    return silent


def _lived(recent: Floats) -> Bools:
    """Budget x day, from the first day with spend on."""
    return np.asarray(np.maximum.accumulate(filled(recent) > 0, axis=1))


def _kept(spends: Bools, lived: Bools) -> Floats:
    """Share of the days with spend among the weekdays that have any, one a budget."""
    counts = [(spends[:, step::7].sum(axis=1), lived[:, step::7].sum(axis=1)) for step in range(7)]
    due = sum(np.where(spent > 0, days, 0) for spent, days in counts)
    kept = sum(spent for spent, _ in counts)
    return filled(divided(np.asarray(kept, float), np.asarray(due, float)))
