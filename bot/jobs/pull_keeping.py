"""What sources give, pulled and kept: numbers, orders, leads, details, what was changed outside.

With the numbers comes what the platforms bid to, kept as it was known: a target where the plan has
none.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import chain
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pandas as pd

from bot.errors import PerfbotError, StoreError
from bot.features.imports import intake
from bot.features.imports.intake import MAPPINGS, one_currency
from bot.features.plan import entries
from bot.jobs import order_intake
from bot.jobs.platform_facts import keep_attribution
from bot.numbers.input.names import account_key
from bot.numbers.schema_changes import columns_of
from bot.settings import Details, Settings, SourceSettings
from bot.snapshot.feed_health import remember_columns, remember_hours
from bot.sources import AccountPull, Pulled, Source, build
from bot.sources.base import CampaignFacts, PlatformChange
from bot.sources.folder import FolderSource
from bot.sources.given import given_by
from bot.sources.platforms.pulling import PlatformSource
from bot.store.base import Event, Job, Pull, Store
from bot.store.sql import DECISIONS

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
Writing = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class PullKeeper:
    """How what a pull gives is kept.

    Attributes:
        limits: `[details]` of perfbot.toml.
        zone: Whose day is still running and left for tomorrow; UTC where nobody says.
        writing: Opens its transactions, by default as anybody's.
    """

    limits: Details = intake.AS_USUAL
    zone: ZoneInfo | None = None
    writing: Writing | None = None


USUAL = PullKeeper()
NUMBERS = "numbers"  # the lock of imports
NOTHING_HELD: Mapping[str, Job] = MappingProxyType({})
FIRST_PULL = timedelta(days=400)  # a year to look back on, and a month to compare it with
RESTATED = timedelta(days=35)  # platforms correct the last four weeks, some a little longer


def sources(
    store: Store, settings: Settings, clock: Clock, names: Sequence[str] | None = None
) -> list[Source]:
    """The sources of perfbot.toml (or those named), knowing what they have seen before.

    Raises:
        SettingsError: A source lacks what its kind needs, e.g. its variable is not set.
    """
    configs = [config for config in settings.sources if names is None or config.name in names]
    return [_source(store, config, settings, clock) for config in configs]


def _source(store: Store, config: SourceSettings, settings: Settings, clock: Clock) -> Source:
    zone = config.time_zone or settings.app.time_zone
    columns = {**settings.columns, **config.columns}
    currency = config.currency or settings.default_currency
    complete = config.model_copy(
        update={
            "columns": columns,
            "time_zone": zone,
            "currency": currency,
            "detail_days": settings.details.pull_days,
        }
    )
    source_memory = json.loads(store.preference(_memory(config.name)).get("seen", "{}"))
    return build(
        complete,
        clock=clock,
        bookmarks=source_memory,
        defaults=given_by(settings, saved=store.preference(MAPPINGS).values()),
    )


def pull(
    store: Store,
    pull_sources: Sequence[Source],
    clock: Clock,
    keeper: PullKeeper = USUAL,
    held: Mapping[str, Job] = NOTHING_HELD,
) -> list[Pull]:
    """Pull sources into the store, each for itself; what came of every account.

    Days still running are left for tomorrow. A source that fails is remembered as failed, with
    the sentence why, and holds up no other. Of one that `held` names a job of, nothing is kept any
    more once another process has taken the job over: that one pulls it.
    """
    until = clock().astimezone(keeper.zone or UTC).date() - timedelta(days=1)
    records: list[Pull] = []
    for source in pull_sources:
        job = held.get(source.name)
        writing: Writing = partial(store.holding, job) if job else store.atomic
        try:
            records += _pulled(store, source, until, clock, replace(keeper, writing=writing))
        except StoreError as error:
            if error.kind != "late":
                raise
            log.warning("%s is pulled by another process by now.", source.name)
    return records


def _pulled(
    store: Store, source: Source, until: date, clock: Clock, keeper: PullKeeper
) -> list[Pull]:
    since = _since(store, source, until)
    records: list[Pull] = []
    try:
        for answer in _answers(source, since, until):
            records += kept(store, source.name, answer, since, keeper)
    except StoreError:
        raise  # not the source's fault: the morning tries again
    except PerfbotError as error:
        failed = Pull(source.name, clock(), since, None, ok=False, error=error.as_sentence)
        with (keeper.writing or store.atomic)(NUMBERS):
            store.record_pull(failed)
        return [*records, failed]
    return records


def _answers(source: Source, since: date | None, until: date) -> Iterator[Pulled]:
    """What a source gives; a platform an account at a time, remembering those before it."""
    if not isinstance(source, PlatformSource):
        yield source.pull(since, until)
        return
    source_marks = dict(source.seen)
    for answer in source.each(since, until):
        source_marks |= answer.seen
        yield replace(answer, seen=source_marks)
    for note in source.remarks():
        log.info("%s: %s", source.name, note)


def kept(
    store: Store, name: str, answer: Pulled, since: date | None, keeper: PullKeeper = USUAL
) -> list[Pull]:
    """A pull into the store, all of it or nothing; what came of every account."""
    begin = keeper.writing or store.atomic
    accounts = _accounts(store, name, answer)
    rows: Counter[str] = Counter()
    with begin(NUMBERS):  # a long import holds up no answer
        for frame in chain(answer.earlier, (answer.frame,)):
            _keep_numbers(store, name, frame, answer.pulled_at)
            rows.update(Counter(frame["account_id"]))
        if not answer.frame.empty:
            columns = answer.columns or columns_of(answer.frame)
            remember_columns(store, columns, answer.pulled_at.date(), name)
            remember_hours(store, answer.frame, answer.short_days)
        if answer.orders is not None:
            order_intake.keep_orders(store, answer.orders, answer.pulled_at)
        if answer.leads is not None:
            order_intake.keep_leads(store, answer.leads, answer.pulled_at)
        if answer.window_reach is not None:
            store.add_window_reach(answer.window_reach)
        if answer.details is not None:
            _keep_details(store, name, answer, keeper.limits)
        records = [_told(name, answer, account, since, rows) for account in accounts]
        for record in records:
            store.record_pull(record)
        if answer.seen:
            store.set_preference(_memory(name), seen=json.dumps(dict(answer.seen)))
    with begin(DECISIONS):
        changed(store, answer.changes, answer.campaigns)
        keep_attribution(store, answer)
        entries.keep_bids(store, answer)
    for note in answer.notes:
        log.info("%s: %s", name, note)
    return records


def _keep_numbers(store: Store, name: str, frame: pd.DataFrame, pulled_at: datetime) -> None:
    if frame.empty:
        return
    one_currency(store, frame)
    store.add_numbers(frame, source=name, pulled_at=pulled_at)
    order_intake.count_orders(store, *_span(frame), pulled_at)
    order_intake.count_leads(store, *_span(frame), pulled_at)


def _keep_details(store: Store, name: str, answer: Pulled, limits: Details) -> None:
    """The parts of campaigns a pull gave; what there was no room for is said."""
    assert answer.details is not None
    today = answer.pulled_at.date()
    stored = intake.keep_details(store, answer.details, today, limits, answer.detail_spans)
    if stored.cut:
        log.warning(
            "%s: %d detail rows left out, the smallest: rows_per_day is %d",
            name,
            stored.cut,
            limits.rows_per_day,
        )


def _span(frame: pd.DataFrame) -> tuple[date, date]:
    return frame["date"].min().date(), frame["date"].max().date()


def changed(
    store: Store, changes: Sequence[PlatformChange], campaigns: Sequence[CampaignFacts] = ()
) -> None:
    """What somebody changed on a platform, into the log: each change once, by name."""
    if not changes:
        return
    earliest = min(change.when for change in changes)
    events = store.history(since=earliest, kinds=("platform.",))
    logged = {(event.subject, event.details.get("key")) for event in events}
    names = {(campaign.account_id, campaign.campaign_id): campaign.name for campaign in campaigns}
    for change in changes:
        mark = f"{change.when.astimezone(UTC).isoformat()} {change.what}"
        subject = " ".join((change.account_id, *change.campaign_ids))
        if (subject, mark) not in logged:
            called = [names.get((change.account_id, key), key) for key in change.campaign_ids]
            sides = {"before": change.before, "after": change.after}
            details = {"key": mark, "through": change.through, "campaigns": called} | sides
            store.log(Event(change.when, change.by, f"platform.{change.what}", subject, details))


def _since(store: Store, source: Source, until: date) -> date | None:
    """A folder and a platform know what is new; elsewhere what may be restated is asked again."""
    if isinstance(source, FolderSource | PlatformSource):
        return None
    reached = [
        record.until for record in store.pulls() if record.source == source.name and record.ok
    ]
    days = [day for day in reached if day is not None]
    return min(days) - RESTATED if days else until - FIRST_PULL


def _accounts(store: Store, name: str, answer: Pulled) -> list[AccountPull]:
    """The accounts, and an all-clear for a failure that named no account and is over."""
    accounts = list(answer.accounts)
    failed_before = any(
        not record.ok and not record.account_id for record in store.pulls() if record.source == name
    )
    if failed_before and accounts and not any(not account.account_id for account in accounts):
        days = [account.until for account in accounts if account.until is not None]
        accounts.append(AccountPull("", (), ok=True, until=max(days, default=None)))
    return accounts


def _told(
    name: str, answer: Pulled, account: AccountPull, since: date | None, counted: Counter[str]
) -> Pull:
    rows = counted[account_key(account.account_id)]
    below = 0 if answer.details is None else _rows_of(answer.details, account.account_id)
    if not account.account_id and answer.details is not None and answer.frame.empty:
        below = len(answer.details)  # a source that tells no accounts apart
    records = {"orders": answer.orders, "leads": answer.leads}.get(account.account_id)
    rows = rows if records is None else len(records)
    return Pull(
        source=name,
        pulled_at=answer.pulled_at,
        since=since,
        until=account.until,
        ok=account.ok,
        account_id=account.account_id,
        channels=account.channels,
        rows=rows if account.ok else 0,
        error=account.error,
        details=below if account.ok else 0,
    )


def _rows_of(frame: pd.DataFrame, account_id: str) -> int:
    return int(frame["account_id"].eq(account_key(account_id)).sum()) if len(frame) else 0


def _memory(source: str) -> str:
    """Where a source's memory of what it has seen is kept, apart from people's preferences."""
    return f"source:{source}"
