"""`perfbot doctor` on sources: each is read now, and each account's last pull is looked at."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from bot.cli.parts import now
from bot.errors import PerfbotError
from bot.jobs import morning
from bot.numbers.input.daily import campaigns_only
from bot.numbers.input.names import account_key
from bot.settings import Settings, SourceSettings
from bot.sources.base import Source
from bot.sources.exports import read as read_export
from bot.sources.folder import FolderSource
from bot.sources.platforms.patience import Patience
from bot.sources.platforms.pulling import PlatformSource
from bot.store import open_store
from bot.store.base import Pull, Store

Finding = tuple[str, str]  # ✔ · or ✘, and the sentence
SOON = timedelta(days=14)  # a token that ends within it is worth a word
WINDOW = timedelta(days=28)  # in which days without a row are looked for
NAMED = 3


def sources_tried(settings: Settings, db: str | None) -> Iterator[Finding]:
    """What came of it, a line each."""
    store = open_store(settings.database(db), read_only=True, missing_ok=True, check=False)
    try:
        for config in settings.sources:
            try:
                yield from _source(store, settings, config)
            except PerfbotError as error:
                yield "✘", f"The source {config.name}: {error}"
        yield from _accounts(store, settings)
    finally:
        store.close()


def _source(store: Store, settings: Settings, config: SourceSettings) -> Iterator[Finding]:
    if config.kind == "folder" and config.path is not None and not config.path.is_dir():
        yield "✘", f"The source {config.name}: there is no folder {config.path}."
        return
    if config.kind == "warehouse" and not config.url:
        yield "✘", f"The source {config.name}: {config.url_env} is not set."
        return
    (source,) = morning.sources(store, settings, now, [config.name])
    if isinstance(source, PlatformSource):
        yield from _platform(_impatient(source))
    elif isinstance(source, FolderSource):
        yield _folder(source)
    else:
        yield from _other(source, config.name)


def _folder(source: FolderSource) -> Finding:
    """The newest export is read, as the next pull would."""
    exports = source.exports()
    if not exports:
        return "·", f"The source {source.name}: no export lies in {source.path} yet."
    newest = exports[-1]
    rows = len(read_export(newest, settings=source.settings).frame)
    total = "1 export" if len(exports) == 1 else f"{len(exports):,} exports"
    return "✔", (
        f"The source {source.name}: {total} in the folder; the newest, {newest.name}, was read "
        f"({_rows(rows)})."
    )


def _other(source: Source, name: str) -> Iterator[Finding]:
    """Yesterday is read, and not kept."""
    day = now().date() - timedelta(days=1)
    pulled = source.pull(day, day)
    failed = [account for account in pulled.accounts if not account.ok]
    for account in failed:
        yield "✘", f"The source {name}: {account.error or account.account_id}"
    if not failed:
        yield "✔", f"The source {name} was read: {_rows(len(pulled.frame))} of {day}."


def _rows(count: int) -> str:
    return {0: "no rows", 1: "1 row"}.get(count, f"{count:,} rows")


def _impatient(source: PlatformSource) -> PlatformSource:
    """Asked once: whoever waits for the doctor wants to know now."""
    client: Any = source.client
    if hasattr(client, "patience"):
        once = dataclasses.replace(client, patience=Patience(tries=1))
        return dataclasses.replace(source, client=once)
    return source


def _platform(source: PlatformSource) -> Iterator[Finding]:
    accounts = source.accounts()
    if not accounts:
        yield (
            "✘",
            (
                f"The source {source.name} answers, but its token reaches no ad account: give its "
                "user the accounts, or check manager in perfbot.toml."
            ),
        )
        return
    names = [f"{account.name} ({account.account_id})" for account in accounts[:NAMED]]
    more = f" and {len(accounts) - NAMED} more" if len(accounts) > NAMED else ""
    yield "✔", f"The source {source.name} was called and reaches {', '.join(names)}{more}."
    expires = getattr(source.client, "expires", None)
    if expires is not None and (until := expires()) is not None:
        yield _lasting(source.name, until)


def _lasting(name: str, until: datetime) -> Finding:
    if until - now() > SOON:
        return "✔", f"Its token lasts until {until:%Y-%m-%d}."
    return "·", (
        f"The token of {name} ends on {until:%Y-%m-%d}: make a new one before, best of a system "
        "user, whose tokens do not end."
    )


def _accounts(store: Store, settings: Settings) -> Iterator[Finding]:
    """Each account's last pull: whether it worked, how far it reaches, which days it lacks."""
    newest: dict[tuple[str, str], Pull] = {}
    reached: dict[tuple[str, str], date] = {}
    for pull in sorted(store.pulls(), key=lambda record: record.pulled_at):
        key = (pull.source, pull.account_id)
        newest[key] = pull
        if pull.ok and pull.until:
            reached[key] = max(pull.until, reached.get(key, pull.until))
    yesterday = now().astimezone(settings.zone).date() - timedelta(days=1)
    gaps = _gaps(store, yesterday) if newest else {}
    configured = {source.name for source in settings.sources}
    for (name, account_id), pull in sorted(newest.items()):
        if name in configured:
            until = reached.get((name, account_id))
            of_account = f"{name}, account {account_id}" if account_id else name
            missing = gaps.get(account_key(account_id), []) if account_id else []
            yield _account(of_account, pull, until, yesterday, missing)


def _account(
    of_account: str, pull: Pull, until: date | None, yesterday: date, missing: list[date]
) -> Finding:
    reach = f"numbers reach {until}" if until else "it has no numbers yet"
    if not pull.ok:
        return (
            "✘",
            f"{of_account}: the pull of {pull.pulled_at:%Y-%m-%d} failed; {reach}. {pull.error}",
        )
    if until is None:
        return "·", f"{of_account}: the pull of {pull.pulled_at:%Y-%m-%d} worked and gave no rows."
    behind = (yesterday - until).days
    if behind > 1:
        return "·", (
            f"{of_account}: {reach}, {behind} days behind. Pull it now: perfbot pull; perfbot run "
            "or worker pulls each day by itself."
        )
    if missing:
        days = ", ".join(f"{day}" for day in missing[:NAMED])
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        return "·", (
            f"{of_account}: {reach}, but no campaign has a row on {days}{more}. Where the ads ran "
            "on those days, pull or import them once more."
        )
    return "✔", f"{of_account}: {reach}, pulled {pull.pulled_at:%Y-%m-%d %H:%M} UTC."


def _gaps(store: Store, yesterday: date) -> dict[str, list[date]]:
    """Days inside each account's last four weeks on which none of its campaigns has a row."""
    numbers = campaigns_only(store.numbers(yesterday - WINDOW, yesterday))
    days_by_account = numbers.groupby(numbers["account_id"].fillna(""))["date"]
    return {
        account_key(str(account)): [
            day.date()
            for day in pd.date_range(days.min(), days.max()).difference(pd.DatetimeIndex(days))
        ]
        for account, days in days_by_account
    }
