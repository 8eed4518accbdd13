"""How far the numbers of each source and account can be believed: one computation for every view.

What is wrong is worked out of the numbers themselves, as they were known on a morning (late, gaps,
partial days, double traffic, corrections beyond the usual), and completed by what the last pulls
and the columns they brought say. Views select and word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from bot.numbers.input.columns import codes_of, first_rows
from bot.numbers.input.daily import campaigns_only
from bot.numbers.input.history import Feed, History, feed_of
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import MICROS
from bot.numbers.signals.delivery_calendar import holes, reached, runs
from bot.numbers.signals.market_prices import MarketPrice, market_prices
from bot.numbers.signals.partial_days import (
    ExportHours,
    FeedDay,
    PartialDay,
    export_hours,
    partial_days_of,
    recent_days,
)
from bot.numbers.signals.restatements import Corrections, Restatement
from bot.numbers.signals.scaled_days import ScaledDay, scaled_days_of

FaultKind = Literal[
    "failed", "late", "partial", "scaled", "hours", "gap", "double", "restated", "schema"
]
Span = tuple[date, date]
Step = Literal["mend", "pull", "import_again", "keep_one", "ask_platform", "check_columns"]
STEPS: Mapping[FaultKind, Step] = {
    "failed": "mend",
    "late": "pull",
    "partial": "import_again",
    "scaled": "import_again",
    "hours": "import_again",
    "gap": "import_again",
    "double": "keep_one",
    "restated": "ask_platform",
    "schema": "check_columns",
}
ORDER = tuple(STEPS)
LOOKED_AT = 28
"""Newest days that are judged; an account silent for longer is waited for no more."""


@dataclass(frozen=True)
class FeedFault:
    """One thing that is wrong with the numbers of an account.

    Attributes:
        kind: What it is; `step` is what to do about it.
        since: When it began: the first day that lacks, the morning it was known, the last day that
            came; None where nobody knows.
        spans: The days it is about.
        size: `partial` the share of the usual spend that lacks, `scaled` what everything is of the
            usual, `double` the share of the account's spend that another brings, `restated` the
            change as a fraction; else None.
        count, of: `late` days behind; `partial`, `scaled` and `double` campaigns, of how many;
            `hours` those that the first of its days has, of how many.
        usual: `restated` how far corrections usually go, as a fraction.
        metric: `restated` the column.
        hour: `partial` the hour at which the day was exported, where that is it.
        original: `double` the channel and account that bring the same; `within`: its own.
        lost, added, gained, retyped, of_table: `schema` as a
            `bot.numbers.schema_changes.SchemaChange` has them.
        error: `failed` the sentence why.
    """

    kind: FaultKind
    since: date | None = None
    spans: tuple[Span, ...] = ()
    size: float | None = None
    count: int = 0
    of: int = 0
    usual: float | None = None
    metric: str = ""
    hour: int | None = None
    original: Feed | None = None
    within: bool = False
    lost: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()
    of_table: bool = False
    error: str = ""

    @property
    def step(self) -> Step:
        """What to do about it."""
        return STEPS[self.kind]

    def touches(self, since: date, until: date) -> bool:
        """Whether any of its days lies within these."""
        return any(begin <= until and end >= since for begin, end in self.spans)


@dataclass(frozen=True)
class FeedHealth:
    """How the numbers of one source and account are.

    Attributes:
        source: Its name in perfbot.toml; of files handed in by hand, the newest file's.
        channels: The channels it brings, as keys.
        until: Until which day its numbers are complete; None where it never had any.
        zone: The account's time zone; "" where nobody says.
        pulled_at: When its newest pull was; None where none is known.
        faults: What is wrong, the worst first; empty where it is fresh.
        price: What all its campaigns pay for showings, where that is at a new level; no fault.
    """

    source: str
    channels: tuple[str, ...]
    account_id: str = ""
    until: date | None = None
    pulled_at: datetime | None = None
    faults: tuple[FeedFault, ...] = ()
    zone: str = ""
    price: MarketPrice | None = None

    @property
    def state(self) -> FaultKind | Literal["fresh"]:
        """The worst that is wrong, or `fresh`."""
        return self.faults[0].kind if self.faults else "fresh"


@dataclass(frozen=True)
class ShortDay:
    """A day of an account that came without some of its hours.

    Attributes:
        hours: Those it has.
        whole: Those it should have.
    """

    channel: str
    account_id: str
    day: date
    hours: int
    whole: int


def of_numbers(
    numbers: pd.DataFrame,
    history: pd.DataFrame,
    as_of: date,
    doubled: Mapping[str, str],
    zone: str = "UTC",
) -> tuple[FeedHealth, ...]:
    """What the numbers themselves say of each account with a row in the last four weeks.

    Args:
        numbers: Known rows, one a day and campaign, of six weeks before the morning at least.
        history: The same and earlier days with every revision.
        as_of: The morning.
        doubled: Campaigns that repeat others', with those (`bot.numbers.signals.doubles`).
        zone: The time zone of accounts that name none.
    """
    feed_days = FeedDays.of(numbers, history, as_of, zone)
    return feed_days.health(recent_days(numbers, as_of), as_of, doubled)


class NewestRow(NamedTuple):
    """The newest row of an account, of several the last campaign's; who brought it, its zone."""

    day: date
    campaign: str
    source: str
    zone: str


@dataclass(frozen=True)
class FeedDays:
    """What some campaigns' rows say of their accounts.

    Attributes:
        days: Days with a row, of the last four weeks, by account.
        newest: The newest row of each.
        hours: When each day was exported.
        corrections: Of 90 days.
    """

    days: Mapping[Feed, set[date]]
    newest: Mapping[Feed, NewestRow]
    hours: Mapping[FeedDay, ExportHours]
    corrections: Corrections

    @classmethod
    def of(
        cls, numbers: pd.DataFrame, history: pd.DataFrame, as_of: date, zone: str = "UTC"
    ) -> FeedDays:
        """Of daily rows, as `of_numbers` takes them."""
        first_day = pd.Timestamp(as_of - timedelta(LOOKED_AT))
        inside = (numbers["date"] >= first_day) & (numbers["date"] < pd.Timestamp(as_of))
        feeds = list(_feeds(campaigns_only(numbers[inside.to_numpy()])))
        return cls(
            {key: days for key, days, _ in feeds},
            {key: newest for key, _, newest in feeds},
            export_hours(numbers, as_of, zone),
            Corrections.of(history, as_of),
        )

    @classmethod
    def joined(cls, parts: Sequence[FeedDays]) -> FeedDays:
        """Those of different campaigns, of the same accounts or of others."""
        days: dict[Feed, set[date]] = {}
        newest: dict[Feed, NewestRow] = {}
        hours: dict[FeedDay, ExportHours] = {}
        for part in parts:
            for feed, feed_days in part.days.items():
                days[feed] = days.get(feed, set()) | feed_days
                newest[feed] = max(newest.get(feed, part.newest[feed]), part.newest[feed])
            for place, exported in part.hours.items():
                hours[place] = hours[place].beside(exported) if place in hours else exported
        corrections = Corrections.joined([part.corrections for part in parts])
        return cls({feed: days[feed] for feed in sorted(days)}, newest, hours, corrections)

    def health(
        self, history: History, as_of: date, doubled: Mapping[str, str]
    ) -> tuple[FeedHealth, ...]:
        """As `of_numbers`; `history` is `recent_days` of all the campaigns."""
        partial, restated = (
            partial_days_of(history, self.hours),
            self.corrections.beyond_usual(as_of),
        )
        copies, scaled = _copies(history, doubled), scaled_days_of(history)
        prices = market_prices(history)
        return tuple(
            FeedHealth(
                self.newest[feed].source, (feed[0],), feed[1], reached(days, as_of - timedelta(1)),
                zone=self.newest[feed].zone, price=prices.get(feed),
                faults=worst_first((
                    *_of_days(days, as_of), *_partial(partial.get(feed, ())),
                    *_scaled(scaled.get(feed, ())),
                    *_restated(restated.get(feed)), *copies.get(feed, ()),
                )),
            )
            for feed, days in self.days.items()
        )  # fmt: skip


def _feeds(rows: pd.DataFrame) -> Iterator[tuple[Feed, set[date], NewestRow]]:
    """Each account, its days, and the row that says who brought the newest."""
    codes = codes_of(rows, ("channel", "account_id"))
    order = np.lexsort((rows["date"].to_numpy(), codes))
    ordered, codes = rows.iloc[order], codes[order]
    begin = 0
    for end in np.append(first_rows(codes)[1:], len(codes)) if len(codes) else ():
        feed_rows, begin = ordered.iloc[begin:end], int(end)
        newest_row = feed_rows.iloc[-1]
        key = (str(newest_row["channel"]), str(newest_row["account_id"] or ""))
        days = {day.date() for day in feed_rows["date"].unique()}
        zone = str(newest_row["time_zone"] or "")
        campaign, source = str(newest_row["campaign_id"]), str(newest_row["source"] or "")
        yield key, days, NewestRow(newest_row["date"].date(), campaign, source, zone)


def _of_days(days: set[date], as_of: date) -> Iterator[FeedFault]:
    """Late, and gaps inside the window."""
    last_day = as_of - timedelta(1)
    until = reached(days, last_day)
    if until is not None and until < last_day:
        behind = (last_day - until).days
        span = (until + timedelta(1), last_day)
        yield FeedFault("late", until, (span,), count=behind)
    if missing := holes(days, last_day):
        yield FeedFault("gap", missing[0], runs(missing), count=len(missing))


def _partial(days: Sequence[PartialDay]) -> Iterator[FeedFault]:
    """One fault for days that lack campaigns, one for days that were exported too early."""
    for early in (False, True):
        alike = [day for day in days if (day.until_hour is not None) == early]
        if not alike:
            continue
        shares = [day.share for day in alike if day.share is not None]
        newest = alike[-1]
        yield FeedFault(
            "partial",
            alike[0].day,
            runs(day.day for day in alike),
            size=max(shares, default=None),
            count=newest.lacking,
            of=newest.expected,
            hour=newest.until_hour,
        )


def _scaled(days: Sequence[ScaledDay]) -> Iterator[FeedFault]:
    """One fault for days that have everything twice, one for a day that was not over."""
    for twice in (True, False):
        alike = [day for day in days if (day.times > 1) == twice]
        if alike:
            spans, newest = runs(day.day for day in alike), alike[-1]
            yield FeedFault(
                "scaled", alike[0].day, spans, size=newest.times, count=newest.campaigns
            )


def _restated(restatement: Restatement | None) -> Iterator[FeedFault]:
    if restatement is not None:
        yield FeedFault(
            "restated",
            restatement.on,
            runs(restatement.days),
            size=restatement.change,
            usual=restatement.usual,
            metric=restatement.metric,
        )


def _copies(history: History, doubled: Mapping[str, str]) -> dict[Feed, list[FeedFault]]:
    """Accounts whose campaigns another one brings as well, an account that does so each."""
    if not doubled:
        return {}
    recent = history.within(Window.ending(history.last, LOOKED_AT), ("spend",))
    money = np.rint(np.nan_to_num(recent.column("spend")).sum(axis=1) * MICROS)
    place = {name: number for number, name in enumerate(recent.entities)}
    totals: dict[Feed, float] = {}
    for name, number in place.items():
        totals[feed_of(name)] = totals.get(feed_of(name), 0.0) + float(money[number])
    pairs: dict[tuple[Feed, Feed], list[str]] = {}
    for copy, repeated in doubled.items():
        pairs.setdefault((feed_of(copy), feed_of(repeated)), []).append(copy)
    faults: dict[Feed, list[FeedFault]] = {}
    for (feed, original), campaigns in pairs.items():
        copied = [place[name] for name in campaigns if name in place]
        if not copied:
            continue
        lived = np.flatnonzero(recent.rows[copied].any(axis=0))
        days = (recent.first + timedelta(int(lived[0])), recent.first + timedelta(int(lived[-1])))
        total = totals.get(feed, 0.0)
        share = float(money[copied].sum()) / total if total > 0 else None
        fault = FeedFault(
            "double", days[0], (days,), share, len(campaigns), original=original,
            within=original == feed,
        )  # fmt: skip
        faults.setdefault(feed, []).append(fault)
    return faults


def worst_first(faults: Iterable[FeedFault]) -> tuple[FeedFault, ...]:
    return tuple(sorted(faults, key=lambda fault: ORDER.index(fault.kind)))
