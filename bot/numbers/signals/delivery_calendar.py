"""The delivery calendar: on which weekdays a campaign, or an account, is expected to have numbers.

Learned from its own days: ad schedules and pauses every weekend are habits, not faults. A day
without numbers is judged by it: expected to be silent, late, or a stop. Pace follows the same
habit through its weekday factors.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import Bools, Floats, divided, filled, newest_place
from bot.numbers.plan import Plan
from bot.numbers.signals.common_movement import common, row_medians, together_of
from bot.numbers.signals.doubles import doubles_known
from bot.numbers.signals.history_panel import HORIZON, HistoryPanel

LOOK_BACK = 28
"""Days a channel may be silent before it is no longer waited for."""
LOOKED_AT = 28
"""Days a habit is read from: four of each weekday."""
LONGEST_WEEKEND = 3
"""More days in a row without numbers are a pause."""
TRICKLE = 0.05
"""Share of the usual showings under which a campaign is as good as not shown."""
UNEVEN = 2
"""Times such days came and went before they are how the campaign is shown."""
BUSY = 0.5
"""Share of the other weekdays' days that must have numbers before a silent weekday is a habit."""
FEW_DAYS_A_WEEK, REGULAR = 3, 0.75
"""Or weeks of silence on a weekday, while three of four days on those it runs on have numbers."""


def runs_on(scene: HistoryPanel) -> Bools:
    """Campaign x day, whether the campaign is expected to be shown that day.

    A weekday is off where the campaign was shown on none of the last four of them that its account
    reported between its first and its newest showing, pauses of more than three days apart, though
    it was shown on at least half of the other days. A weekday it has not lived through is expected.
    """
    return scene.once("runs_on", lambda panel: _expected(shown_days(panel), panel.feed))


def shown_days(scene: HistoryPanel) -> Bools:
    """Campaign x day, whether it was shown: more than a trickle for its budget of that day.

    A trickle is under a twentieth of the median of the days with showings; where the day's budget
    is under the median one, or showings of the whole account are (`together_of`), that much less is
    usual. A campaign that came back from such days twice is shown unevenly, and has none.
    """
    return scene.once("shown_days", _shown)


def _shown(scene: HistoryPanel) -> Bools:
    shown, budget = scene.column("impressions"), scene.column("daily_budget")
    usual = row_medians(np.where(shown > 0, shown, np.nan))
    money = divided(budget, np.broadcast_to(row_medians(budget)[:, None], budget.shape))
    least = TRICKLE * usual[:, None] * np.where(np.isnan(money), 1.0, np.minimum(money, 1.0))
    low = (shown > 0) & (shown < least)
    if low.any():  # what an account winds down together is no stop of a campaign's
        shared = common(np.log(np.where(shown > 0, shown, np.nan)), together_of(scene), np.inf)
        low &= shown < TRICKLE * usual[:, None] * np.exp(np.minimum(shared, 0.0))
    ordinary = (shown > 0) & ~low
    came_back = low & np.maximum.accumulate(ordinary[:, ::-1], axis=1)[:, ::-1]
    begun = came_back & ~np.pad(low, ((0, 0), (1, 0)))[:, :-1]
    uneven = begun.sum(axis=1) >= UNEVEN
    return np.asarray(ordinary | (low & uneven[:, None]))


def reports_on(scene: HistoryPanel) -> Bools:
    """Campaign x day, whether its account is expected to have a row of any campaign that day."""
    return scene.once("reports_on", _reported)


def _reported(scene: HistoryPanel) -> Bools:
    _, first, account = np.unique(scene.accounts, return_index=True, return_inverse=True)
    feed = scene.feed[first]
    return _expected(feed, np.ones_like(feed))[account]


def days_behind(present: Bools, expected: Bools) -> Floats:
    """Expected days after the newest one that is there, one a campaign; NaN where none is."""
    newest = newest_place(present)
    after = np.arange(present.shape[1])[None, :] > newest[:, None]
    behind = (after & expected).sum(axis=1).astype(np.float64)
    return np.where(newest >= 0, behind, np.nan)


def _expected(present: Bools, lived: Bools) -> Bools:
    place = np.arange(HORIZON)[None, :]
    newest, oldest = newest_place(present)[:, None], np.argmax(present, axis=1)[:, None]
    inside = lived & (place >= oldest) & (place <= newest) & ~_paused(present)
    recent = inside & (np.cumsum(inside[:, ::-1], axis=1)[:, ::-1] <= LOOKED_AT)
    busy, days = _by_weekday(recent & present), _by_weekday(recent)
    elsewhere = divided(
        busy.sum(axis=1, keepdims=True) - busy, days.sum(axis=1, keepdims=True) - days
    )
    off = (days >= 1) & (busy == 0) & (filled(elsewhere) >= BUSY)
    off |= _few_a_week(present, lived & (place >= oldest) & (place <= newest))
    expected: Bools = ~off[:, (HORIZON - 1 - np.arange(HORIZON)) % 7]
    return expected


def _few_a_week(present: Bools, inside: Bools) -> Bools:
    """Campaign x weekday, off where a campaign runs on a few days a week, on those regularly.

    Between its days lie more than three without numbers, week after week: no pause, a habit.
    """
    recent = inside & (np.cumsum(inside[:, ::-1], axis=1)[:, ::-1] <= LOOKED_AT)
    busy, days = _by_weekday(recent & present), _by_weekday(recent)
    due = np.where(busy > 0, days, 0.0).sum(axis=1)
    regular = filled(divided(busy.sum(axis=1), due)) >= REGULAR
    silent: Bools = (days >= FEW_DAYS_A_WEEK) & (busy == 0) & regular[:, None]
    return silent


def _paused(there: Bools) -> Bools:
    """Days without numbers that lie more than three in a row: a pause tells of no weekday."""
    place = np.arange(HORIZON)[None, :]
    before = np.maximum.accumulate(np.where(there, place, -1), axis=1)
    after = np.minimum.accumulate(np.where(there, place, HORIZON)[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(~there & (after - before - 1 > LONGEST_WEEKEND))


def _by_weekday(marked: Bools) -> Floats:
    """Campaign x weekday: how many days are marked; column 0 is the last data day's weekday."""
    backwards = marked[:, ::-1]
    sums = [backwards[:, step::7].sum(axis=1) for step in range(7)]
    return np.stack(sums, axis=1).astype(np.float64)


def reached(days: Collection[date], last_day: date) -> date | None:
    """Until which day numbers are complete, given the days there are: `last_day` where none is due.

    Args:
        days: Days with numbers, of one channel or account.
        last_day: The last data day.
    """
    newest = max((day for day in days if day <= last_day), default=None)
    if newest is None:
        return None
    missing = [newest + timedelta(step) for step in range(1, (last_day - newest).days + 1)]
    recent_days = {day for day in days if newest - timedelta(LOOKED_AT) < day <= newest}
    span = [newest - timedelta(step) for step in range((newest - min(recent_days)).days + 1)]
    return last_day if all(_off(day.weekday(), span, recent_days) for day in missing) else newest


def holes(days: Collection[date], last_day: date) -> tuple[date, ...]:
    """Days without numbers between the first and the newest there is, weekdays off apart.

    A weekday is off where none of its days within two weeks before and after has numbers, though
    its neighbours do: a habit is read around the day it is asked about.

    Args:
        days: Days with numbers, of one channel, account or campaign.
        last_day: The last data day: what is dated later is not read.
    """
    present = {day for day in days if day <= last_day}
    if not present:
        return ()
    first, newest = min(present), max(present)
    span = [first + timedelta(step) for step in range((newest - first).days + 1)]
    missing = (day for day in span if day not in present)
    return tuple(day for day in missing if not _habit(day, first, newest, present))


def runs(days: Iterable[date]) -> tuple[tuple[date, date], ...]:
    """Days put together to spans, each from its first to its last day, oldest first."""
    spans: list[tuple[date, date]] = []
    for day in sorted(days):
        if spans and spans[-1][1] + timedelta(1) == day:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return tuple(spans)


def days_in(spans: Iterable[tuple[date, date]]) -> list[date]:
    """Every day of some spans: what `runs` put together."""
    return [
        since + timedelta(step)
        for since, until in spans
        for step in range((until - since).days + 1)
    ]


def _habit(day: date, first: date, newest: date, present: Collection[date]) -> bool:
    half = timedelta(LOOKED_AT // 2)
    begin, end = max(first, day - half), min(newest, day + half)
    span = [begin + timedelta(step) for step in range((end - begin).days + 1)]
    return _off(day.weekday(), span, {there for there in present if begin <= there <= end})


def _off(weekday: int, span: Collection[date], present_days: Collection[date]) -> bool:
    same_weekday = [day for day in span if day.weekday() == weekday]
    if not same_weekday or any(day in present_days for day in same_weekday):
        return False
    elsewhere = [day for day in span if day.weekday() != weekday]
    busy = sum(day in present_days for day in elsewhere)
    if busy >= BUSY * len(elsewhere) > 0:
        return True
    own = {day.weekday() for day in present_days}
    due = [day for day in span if day.weekday() in own]
    return len(same_weekday) >= FEW_DAYS_A_WEEK and busy >= REGULAR * len(due) > 0


@dataclass(frozen=True)
class Reports:
    """Which days there are numbers of.

    Attributes:
        until: Until when each channel is complete.
        begins: The first day each channel has numbers of, as far back as was read.
        holes: Days without numbers between an account's first and newest, habits apart; by
            channel and account id.
        doubled: Campaigns that repeat others' numbers, with those.
        zones: The time zones of each channel's accounts with recent rows, "" where nobody says.
    """

    until: Mapping[str, date] = field(default_factory=dict)
    begins: Mapping[str, date] = field(default_factory=dict)
    holes: Mapping[tuple[str, str], tuple[date, ...]] = field(default_factory=dict)
    doubled: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportedDays:
    """The days of some campaigns' rows, by channel, and by channel and account id.

    Attributes:
        zones: The time zones that rows of each account name, "" for none.
    """

    by_channel: Mapping[str, set[date]]
    by_account: Mapping[tuple[str, str], set[date]]
    zones: Mapping[tuple[str, str], set[str]] = field(default_factory=dict)

    @classmethod
    def joined(cls, parts: Sequence[ReportedDays]) -> ReportedDays:
        """Those of different campaigns, put together."""
        return cls(
            _united([part.by_channel for part in parts]),
            _united([part.by_account for part in parts]),
            _united([part.zones for part in parts]),
        )

    def reports(self, as_of: date, doubled: Mapping[str, str]) -> Reports:
        """What they come to on a morning."""
        last_day = as_of - timedelta(1)
        recent = Window.ending(last_day, LOOK_BACK).since
        until = {
            channel: reached({day for day in days if day >= recent}, last_day)
            for channel, days in self.by_channel.items()
        }
        gaps = {
            account: missing
            for account, days in self.by_account.items()
            if (missing := holes(days, last_day))
        }
        begins = {channel: min(days) for channel, days in self.by_channel.items()}
        complete = {key: day for key, day in until.items() if day is not None}
        return Reports(complete, begins, gaps, doubled, self._zones(recent))

    def _zones(self, recent: date) -> dict[str, tuple[str, ...]]:
        """Where each channel's accounts with a row since a day are."""
        zones: dict[str, set[str]] = {}
        for account, days in self.by_account.items():
            if max(days) >= recent:
                zones.setdefault(account[0], set()).update(self.zones.get(account, {""}))
        return {channel: tuple(sorted(names)) for channel, names in zones.items()}


def _united(parts: Sequence[Mapping[Any, set[Any]]]) -> dict[Any, set[Any]]:
    keys = sorted({key for part in parts for key in part})
    return {key: set().union(*(part.get(key, ()) for part in parts)) for key in keys}


def reports_of(plan: Plan, numbers: pd.DataFrame, as_of: date) -> Reports:
    """Which days each channel and account has numbers of, under the channel the plan gives it."""
    past = numbers[numbers["date"] < pd.Timestamp(as_of)]
    return report_days(plan, numbers, as_of).reports(as_of, doubles_known(past))


def report_days(plan: Plan, numbers: pd.DataFrame, as_of: date) -> ReportedDays:
    """The days of daily rows, under the channel the plan gives each campaign."""
    campaigns = numbers.groupby(["channel", "campaign_id", "campaign_name"], dropna=False)
    placed = plan.resolve(campaigns.size().reset_index(), as_of)
    channels = placed["channel"].to_numpy()[campaigns.ngroup().to_numpy()].astype(str)
    accounts = numbers["account_id"].fillna("").to_numpy().astype(str)
    return ReportedDays(
        _days_of(numbers["date"].groupby(channels)),
        _days_of(numbers["date"].groupby([channels, accounts])),
        _words_of(numbers["time_zone"].fillna("").groupby([channels, accounts])),
    )


def _words_of(words: Any) -> dict[Any, set[str]]:
    return {key: {*own.unique().tolist()} for key, own in words}


def _days_of(dates: Any) -> dict[Any, set[date]]:
    return {key: {day.date() for day in days.unique()} for key, days in dates}
