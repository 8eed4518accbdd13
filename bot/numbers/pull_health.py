"""How sources are by now: what pulls, columns and hours say beside the numbers themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.numbers.input.history import Feed
from bot.numbers.schema_changes import SchemaChange
from bot.numbers.signals.delivery_calendar import runs
from bot.numbers.source_health import FeedFault, FeedHealth, ShortDay, worst_first


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


def with_pulls(
    feeds: Iterable[FeedHealth],
    pulls: Sequence[PullFacts],
    changes: Mapping[Feed, SchemaChange],
    as_of: date,
    due: Due | None = None,
) -> tuple[FeedHealth, ...]:
    """The same with what pulls and columns say; accounts that were only ever pulled are added.

    A pull that reached the last day due and gave no row says that there was nothing: its account
    is not late. Nor is one whose last day is not over where it is. Where the newest pull failed,
    that is why it is.

    Args:
        feeds: As `of_numbers` gives them.
        pulls: The newest pull of each source and account, and the newest of each that worked.
        changes: Columns lost lately, by channel and account.
        as_of: The morning.
        due: The last day that an account in a time zone ("" for unknown) should have by now.
    """
    newest, worked = _newest(pulls), _newest(pull for pull in pulls if pull.ok)
    until_due = due or (lambda _zone: as_of - timedelta(1))
    lines = [
        _in_time(_pulled(feed, newest, worked, until_due(feed.zone)), until_due) for feed in feeds
    ]
    line_keys = {(line.source, line.account_id) for line in lines}
    lines += [
        _in_time(_only_pulled(pull, worked.get(key), as_of), until_due)
        for key, pull in sorted(newest.items())
        if key not in line_keys and not _covered(key, pull, lines)
    ]
    return tuple(_changed(line, changes) for line in lines)


Key = tuple[str, str]  # source and account id
Due = Callable[[str], date]


def _in_time(feed: FeedHealth, due: Due) -> FeedHealth:
    """Without being late by days that nobody can have yet."""
    last_day = due(feed.zone)
    faults = [
        replace(fault, count=(last_day - fault.since).days, spans=((fault.spans[0][0], last_day),))
        if fault.kind == "late" and fault.since is not None and last_day < fault.spans[0][1]
        else fault
        for fault in feed.faults
        if fault.kind != "late" or fault.since is None or fault.since < last_day
    ]
    return replace(feed, faults=tuple(faults))


def with_hours(feeds: Iterable[FeedHealth], short: Sequence[ShortDay]) -> tuple[FeedHealth, ...]:
    """The same with days that lack hours (those of the days that are judged)."""
    by_feed: dict[Feed, list[ShortDay]] = {}
    for day in sorted(short, key=lambda short_day: short_day.day):
        by_feed.setdefault((day.channel, day.account_id), []).append(day)
    return tuple(_with_hours(feed, by_feed) for feed in feeds)


def _with_hours(feed: FeedHealth, short: Mapping[Feed, Sequence[ShortDay]]) -> FeedHealth:
    days = [day for channel in feed.channels for day in short.get((channel, feed.account_id), ())]
    if not days:
        return feed
    fault = FeedFault(
        "hours", days[0].day, runs(day.day for day in days), count=days[0].hours, of=days[0].whole
    )
    return replace(feed, faults=worst_first((*feed.faults, fault)))


def _newest(pulls: Iterable[PullFacts]) -> dict[Key, PullFacts]:
    ordered = sorted(pulls, key=lambda pull: pull.pulled_at)
    return {(pull.source, pull.account_id): pull for pull in ordered}


def _covered(key: Key, pull: PullFacts, lines: Sequence[FeedHealth]) -> bool:
    """Whether a pull that names no account went well, and the accounts it brought have lines."""
    return not key[1] and pull.ok and any(line.source == key[0] for line in lines)


def _pulled(
    feed: FeedHealth, newest: Mapping[Key, PullFacts], worked: Mapping[Key, PullFacts], due: date
) -> FeedHealth:
    """With what its pulls say; `due` is the last day there should be numbers of."""
    keys = ((feed.source, feed.account_id), (feed.source, ""))
    pull = next((newest[key] for key in keys if key in newest), None)
    if pull is None:
        return feed
    well = next((worked[key] for key in keys if key in worked), None)
    complete = well is not None and well.until is not None and well.until >= due
    faults = [fault for fault in feed.faults
              if fault.kind != "late" or not (complete or not pull.ok)]  # fmt: skip
    if not pull.ok:
        faults.append(FeedFault("failed", well.until if well else feed.until, error=pull.error))
    until = max(due, feed.until or due) if complete else feed.until
    return replace(feed, until=until, pulled_at=pull.pulled_at, faults=worst_first(faults))


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
    return replace(line, faults=worst_first((*line.faults, *faults))) if faults else line
