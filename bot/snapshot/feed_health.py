"""What is kept of how sources are: their health with the boards, and the columns they came with.

Which columns each account came with, and which of its days lack hours, is a preference of nobody's,
a line a source and account and a line an account: both are read at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
from pydantic import TypeAdapter

from bot.numbers.schema_changes import SchemaChange, SchemaMemory
from bot.numbers.source_health import LOOKED_AT, FeedHealth, ShortDay
from bot.store.base import Store

HEALTHS = TypeAdapter(tuple[FeedHealth, ...])
MEMORY = TypeAdapter(SchemaMemory)
COLUMNS = "import:columns"  # a preference of nobody's
SHORT_DAYS = TypeAdapter(tuple[ShortDay, ...])
KEPT_FOR = timedelta(days=42)
BY_HAND = ""  # the source of files that somebody handed in, whatever they are called


def to_rows(health: Sequence[FeedHealth], stamp: str) -> list[dict[str, Any]]:
    """For keeping; `of_rows` reads it back."""
    return [{"stamp": stamp}, *HEALTHS.dump_python(tuple(health), mode="json")]


def of_rows(rows: Sequence[object]) -> tuple[FeedHealth, ...]:
    """What `to_rows` wrote."""
    return HEALTHS.validate_python(tuple(rows[1:]))


def remember_columns(
    store: Store,
    columns: Mapping[tuple[str, str], Sequence[str]],
    on: date,
    source: str = BY_HAND,
) -> None:
    """Keep which columns an import or a pull came with, beside those that came before.

    Args:
        store: The store; call it in the transaction that keeps the numbers.
        columns: By channel and account (`bot.numbers.schema_changes.columns_of`).
        on: The day of the import.
        source: Its name in perfbot.toml; "" for files handed in by hand.
    """
    stored = store.preference(COLUMNS) if columns else {}
    changed: dict[str, str] = {}
    for (channel, account), columns_now in columns.items():
        name = json.dumps([source, channel, account])
        before = MEMORY.validate_json(stored[name]) if name in stored else SchemaMemory()
        after = before.after(columns_now, on)
        if after != before:
            changed[name] = MEMORY.dump_json(after).decode()
    if changed:
        store.set_preference(COLUMNS, **changed)


def schema_changes(
    preference: Mapping[str, str], as_of: date
) -> dict[tuple[str, str], SchemaChange]:
    """Columns changed lately, by channel and account, of what the store has under `COLUMNS`."""
    changes: dict[tuple[str, str], SchemaChange] = {}
    for name, memory in preference.items():
        if _of_hours(name):
            continue
        _, channel, account = json.loads(name)
        if change := MEMORY.validate_json(memory).news(as_of):
            changes[channel, account] = change
    return changes


def _of_hours(name: str) -> bool:
    """Whether a line of `COLUMNS` is of hours: it names channel and account, and no source."""
    return len(json.loads(name)) == 2


def remember_hours(store: Store, frame: pd.DataFrame, short: Sequence[ShortDay]) -> None:
    """Keep which of the days that came lack hours; days that came whole are forgotten.

    Args:
        store: The store; call it in the transaction that keeps the numbers.
        frame: The rows that came, in canonical shape.
        short: Those of their days that lack hours.
    """
    stored = {name: days for name, days in store.preference(COLUMNS).items() if _of_hours(name)}
    if not stored and not short:
        return
    came = frame[["channel", "account_id", "date"]].drop_duplicates()
    days: dict[tuple[str, str], set[date]] = {}
    for channel, account, day in came.itertuples(index=False, name=None):
        days.setdefault((str(channel), str(account or "")), set()).add(day.date())
    changed: dict[str, str] = {}
    for (channel, account), came_days in days.items():
        name = json.dumps([channel, account])
        before = SHORT_DAYS.validate_json(stored.get(name, "[]"))
        now = [day for day in before
               if day.day not in came_days and day.day > max(came_days) - KEPT_FOR]  # fmt: skip
        now += [day for day in short if (day.channel, day.account_id) == (channel, account)]
        if tuple(now) != before:
            changed[name] = SHORT_DAYS.dump_json(tuple(now)).decode()
    if changed:
        store.set_preference(COLUMNS, **changed)


def short_days(preference: Mapping[str, str], as_of: date) -> list[ShortDay]:
    """Days before a morning that lack hours, of what the store has under `COLUMNS`."""
    since = as_of - timedelta(LOOKED_AT)
    return [
        day
        for name, written in preference.items()
        if _of_hours(name)
        for day in SHORT_DAYS.validate_json(written)
        if since <= day.day < as_of
    ]
