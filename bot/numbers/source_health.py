"""How far the numbers of each source and account can be believed: one computation for every view.

What is wrong is worked out of the numbers themselves, as they were known on a morning (late, gaps,
partial days, double traffic, corrections beyond the usual), and completed by what the last pulls
and the columns they brought say. Views select and word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from bot.numbers.input.columns import codes_of, first_rows
from bot.numbers.input.daily import campaigns_only
from bot.numbers.schema_changes import SchemaChange
from bot.numbers.signals.delivery_calendar import holes, reached, runs
from bot.numbers.signals.partial_days import PartialDay, partial_days
from bot.numbers.signals.restatements import Restatement, restatements

FaultKind = Literal["failed", "late", "partial", "gap", "double", "restated", "schema"]
Feed = tuple[str, str]  # channel and account id
Span = tuple[date, date]
Step = Literal["mend", "pull", "import_again", "keep_one", "ask_platform", "check_columns"]
STEPS: Mapping[FaultKind, Step] = {
    "failed": "mend",
    "late": "pull",
    "partial": "import_again",
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
        count, of: `late` days behind; `partial` and `double` campaigns, of how many.
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
        pulled_at: When its newest pull was; None where none is known.
        faults: What is wrong, the worst first; empty where it is fresh.
    """

    source: str
    channels: tuple[str, ...]
    account_id: str = ""
    until: date | None = None
    pulled_at: datetime | None = None
    faults: tuple[FeedFault, ...] = ()

    @property
    def state(self) -> FaultKind | Literal["fresh"]:
        """The worst that is wrong, or `fresh`."""
        return self.faults[0].kind if self.faults else "fresh"


class PullFacts(Protocol):
    """What is remembered of a pull (`bot.store.records.Pull`)."""

    @property
    def source(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def channels(self) -> tuple[str, ...]: ...
    @property
    def pulled_at(self) -> datetime: ...
    @property
    def until(self) -> date | None: ...
    @property
    def ok(self) -> bool: ...
    @property
    def error(self) -> str: ...


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
            faults=_sorted((
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
        source = str(newest_row["source"] or "")
        yield key, FeedHealth(source, (key[0],), key[1], until), days


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


def _sorted(faults: Iterable[FeedFault]) -> tuple[FeedFault, ...]:
    return tuple(sorted(faults, key=lambda fault: ORDER.index(fault.kind)))


def with_pulls(
    feeds: Iterable[FeedHealth],
    pulls: Sequence[PullFacts],
    changes: Mapping[Feed, SchemaChange],
    as_of: date,
) -> tuple[FeedHealth, ...]:
    """The same with what pulls and columns say; accounts that were only ever pulled are added.

    A pull that reached the last data day and gave no row says that there was nothing: its account
    is not late. Where the newest pull failed, that is why it is.

    Args:
        feeds: As `of_numbers` gives them.
        pulls: The newest pull of each source and account, and the newest of each that worked.
        changes: Columns lost lately, by channel and account.
        as_of: The morning.
    """
    newest, worked = _newest(pulls), _newest(pull for pull in pulls if pull.ok)
    lines = [_pulled(feed, newest, worked, as_of) for feed in feeds]
    line_keys = {(line.source, line.account_id) for line in lines}
    lines += [
        _only_pulled(pull, worked.get(key), as_of)
        for key, pull in sorted(newest.items())
        if key not in line_keys and not _covered(key, pull, lines)
    ]
    return tuple(_changed(line, changes) for line in lines)


Key = tuple[str, str]  # source and account id


def _newest(pulls: Iterable[PullFacts]) -> dict[Key, PullFacts]:
    ordered = sorted(pulls, key=lambda pull: pull.pulled_at)
    return {(pull.source, pull.account_id): pull for pull in ordered}


def _covered(key: Key, pull: PullFacts, lines: Sequence[FeedHealth]) -> bool:
    """Whether a pull that names no account went well, and the accounts it brought have lines."""
    return not key[1] and pull.ok and any(line.source == key[0] for line in lines)


def _pulled(
    feed: FeedHealth, newest: Mapping[Key, PullFacts], worked: Mapping[Key, PullFacts], as_of: date
) -> FeedHealth:
    keys = ((feed.source, feed.account_id), (feed.source, ""))
    pull = next((newest[key] for key in keys if key in newest), None)
    if pull is None:
        return feed
    well = next((worked[key] for key in keys if key in worked), None)
    last_day = as_of - timedelta(1)
    complete = well is not None and well.until is not None and well.until >= last_day
    faults = [fault for fault in feed.faults
              if fault.kind != "late" or not (complete or not pull.ok)]  # fmt: skip
    if not pull.ok:
        faults.append(FeedFault("failed", well.until if well else feed.until, error=pull.error))
    until = last_day if complete else feed.until
    return replace(feed, until=until, pulled_at=pull.pulled_at, faults=_sorted(faults))


def _only_pulled(pull: PullFacts, worked: PullFacts | None, as_of: date) -> FeedHealth:
    """An account of which no number is there, or none of the last four weeks."""
    until, last_day = worked.until if worked else None, as_of - timedelta(1)
    faults: tuple[FeedFault, ...] = ()
    if not pull.ok:
        faults = (FeedFault("failed", until, error=pull.error),)
    elif until is not None and until < last_day:
        span = (until + timedelta(1), last_day)
        faults = (FeedFault("late", until, (span,), count=(last_day - until).days),)
    return FeedHealth(
        pull.source, tuple(pull.channels), pull.account_id, until, pull.pulled_at, faults
    )


def _changed(line: FeedHealth, changes: Mapping[Feed, SchemaChange]) -> FeedHealth:
    lost = [changes[key] for channel in line.channels
            if (key := (channel, line.account_id)) in changes]  # fmt: skip
    faults = [
        FeedFault("schema", change.on, lost=change.lost, added=change.added, gained=change.gained,
                  retyped=change.retyped, of_table=change.of_table)
        for change in lost
    ]  # fmt: skip
    return replace(line, faults=_sorted((*line.faults, *faults))) if faults else line
