"""How far the numbers of each source and account can be believed: one computation for every view.

What is wrong is worked out of the numbers themselves, as they were known on a morning (late, gaps,
partial days, double traffic, corrections beyond the usual), and completed by what the last pulls
and the columns they brought say. Views select and word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from bot.numbers.input.columns import codes_of, first_rows
from bot.numbers.input.daily import campaigns_only
from bot.numbers.signals.delivery_calendar import holes, reached, runs
from bot.numbers.signals.partial_days import PartialDay, partial_days
from bot.numbers.signals.restatements import Restatement, restatements

FaultKind = Literal["failed", "late", "partial", "hours", "gap", "double", "restated", "schema"]
Feed = tuple[str, str]  # channel and account id
Span = tuple[date, date]
Step = Literal["mend", "pull", "import_again", "keep_one", "ask_platform", "check_columns"]
STEPS: Mapping[FaultKind, Step] = {
    "failed": "mend",
    "late": "pull",
    "partial": "import_again",
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
        size: `partial` the share of the usual spend that lacks, `double` of the account's spend
            that another brings, `restated` the change as a fraction; else None.
        count, of: `late` days behind; `partial` and `double` campaigns, of how many; `hours` those
            that the first of its days has, of how many.
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
    """

    source: str
    channels: tuple[str, ...]
    account_id: str = ""
    until: date | None = None
    pulled_at: datetime | None = None
    faults: tuple[FeedFault, ...] = ()
    zone: str = ""

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
    first_day = pd.Timestamp(as_of - timedelta(LOOKED_AT))
    inside = (numbers["date"] >= first_day) & (numbers["date"] < pd.Timestamp(as_of))
    rows = campaigns_only(numbers[inside.to_numpy()])
    if rows.empty:
        return ()
    partial, restated = partial_days(numbers, as_of, zone), restatements(history, as_of)
    copies = _copies(rows, doubled)
    return tuple(
        replace(
            feed,
            faults=worst_first((
                *_of_days(days, as_of), *_partial(partial.get(key, ())),
                *_restated(restated.get(key)), *copies.get(key, ()),
            )),
        )
        for key, feed, days in _feeds(rows, as_of)
    )  # fmt: skip


def _feeds(rows: pd.DataFrame, as_of: date) -> Iterator[tuple[Feed, FeedHealth, set[date]]]:
    """Each account, whose source is the one that brought its newest day, and its days."""
    codes = codes_of(rows, ("channel", "account_id"))
    order = np.lexsort((rows["date"].to_numpy(), codes))
    ordered, codes = rows.iloc[order], codes[order]
    begin = 0
    for end in np.append(first_rows(codes)[1:], len(codes)):
        feed_rows, begin = ordered.iloc[begin:end], int(end)
        newest_row = feed_rows.iloc[-1]
        key = (str(newest_row["channel"]), str(newest_row["account_id"] or ""))
        days = {day.date() for day in feed_rows["date"].unique()}
        until = reached(days, as_of - timedelta(1))
        source, zone = str(newest_row["source"] or ""), str(newest_row["time_zone"] or "")
        yield key, FeedHealth(source, (key[0],), key[1], until, zone=zone), days


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


def _copies(rows: pd.DataFrame, doubled: Mapping[str, str]) -> dict[Feed, list[FeedFault]]:
    """Accounts whose campaigns another one brings as well, an account that does so each."""
    if not doubled:
        return {}
    keys = [rows[name].fillna("").astype(str) for name in ("channel", "account_id", "campaign_id")]
    entities = keys[0] + "|" + keys[1] + "|" + keys[2]
    spend = rows["spend"].fillna(0.0).groupby([keys[0], keys[1]]).sum()
    pairs: dict[tuple[Feed, Feed], list[str]] = {}
    for copy, repeated in doubled.items():
        pairs.setdefault((_feed(copy), _feed(repeated)), []).append(copy)
    faults: dict[Feed, list[FeedFault]] = {}
    for (feed, original), campaigns in pairs.items():
        copied = rows[entities.isin(campaigns).to_numpy()]
        if copied.empty:
            continue
        days = (copied["date"].min().date(), copied["date"].max().date())
        total, money = float(spend.get(feed, 0.0)), float(copied["spend"].sum())
        share = money / total if total > 0 else None
        fault = FeedFault(
            "double", days[0], (days,), share, len(campaigns), original=original,
            within=original == feed,
        )  # fmt: skip
        faults.setdefault(feed, []).append(fault)
    return faults


def _feed(entity: str) -> Feed:
    channel, account, _ = entity.split("|", 2)
    return channel, account


def worst_first(faults: Iterable[FeedFault]) -> tuple[FeedFault, ...]:
    return tuple(sorted(faults, key=lambda fault: ORDER.index(fault.kind)))
