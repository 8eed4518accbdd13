"""What is kept of how sources are: their health with the boards, and the columns they came with.

Which columns each account came with is a preference of nobody's, a line a source and account.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from bot.numbers.schema_changes import SchemaChange, SchemaMemory
from bot.numbers.source_health import FeedHealth
from bot.store.base import Store

HEALTHS = TypeAdapter(tuple[FeedHealth, ...])
MEMORY = TypeAdapter(SchemaMemory)
COLUMNS = "import:columns"  # a preference of nobody's
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
        _, channel, account = json.loads(name)
        if change := MEMORY.validate_json(memory).news(as_of):
            changes[channel, account] = change
    return changes
