"""The plan a morning is judged by: what was said in Slack, then what perfbot.toml says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from bot.numbers.names import normal_name
from bot.numbers.plan import Account, Override, Plan, PlanEntry
from bot.settings import Settings
from bot.store.base import PlanRow, Store

ALWAYS = date(1970, 1, 1)
SLACK, REST, THRESHOLD = "slack", "slack_rest", "threshold"  # origins besides the file
FIELDS = tuple(
    field.name for field in fields(PlanEntry) if field.name not in {"match", "valid_from"}
)


def plan_on(store: Store, settings: Settings, on: date) -> Plan:
    """The plan as it held on a morning.

    An entry made in Slack wins over the file: in the file's place where the file has its pattern,
    else before all of it (of several the newest first; an edited one stays where it was), or
    behind all of it where it was made for campaigns that no entry holds (`REST`). A morning before
    the file's last change is judged by what the file said then; any other by the file as it
    stands, loaded or not. Thresholds set in Slack come after the file's, so that they win.
    """
    rows = store.plan_rows(on)
    said = {normal_name(row.pattern): entry_of(row) for row in _of(rows, SLACK)}
    held = Plan(_file(store, settings, rows, on)).valid(on)
    named = {normal_name(entry.match) for entry in held}
    first = (entry for name, entry in said.items() if name not in named)
    file = (said.get(normal_name(entry.match), entry) for entry in held)
    rest = map(entry_of, _of(rows, REST))
    together = tuple(replace(entry, valid_from=None) for entry in (*first, *file, *rest))
    found = of_settings(settings)
    own = tuple(override_of(row) for row in _of(rows, THRESHOLD))
    return replace(found, entries=together, overrides=(*found.overrides, *own))


def _of(rows: Sequence[PlanRow], origin: str) -> list[PlanRow]:
    """Rows of an origin: the last position first, then as they come (newest first)."""
    return sorted((row for row in rows if row.origin == origin), key=lambda row: -row.position)


def override_of(row: PlanRow) -> Override:
    """A threshold somebody changed in Slack: `convert/CPA.waste` is `{"value": 1.4}`."""
    cell, _, name = row.pattern.partition(".")
    stage, _, model = cell.partition("/")
    return Override(name, float(row.values["value"]), stage, model)


def _file(store: Store, settings: Settings, rows: list[PlanRow], on: date) -> tuple[PlanEntry, ...]:
    kept = [row for row in rows if row.origin == "file"]
    newest = max((row.valid_from for row in store.plan_rows() if row.origin == "file"), default=on)
    replayed = bool(kept) and max(row.valid_from for row in kept) < newest
    if replayed or settings.file is None:
        return tuple(entry_of(row) for row in kept)
    return entries(settings)


def entries(settings: Settings) -> tuple[PlanEntry, ...]:
    """`[[plan]]` of perfbot.toml, in its order."""
    return tuple(PlanEntry(**each.model_dump()) for each in settings.plan)


def of_settings(settings: Settings) -> Plan:
    """The whole plan as perfbot.toml alone gives it."""
    accounts = tuple(
        Account(each.account_id, each.channel, each.currency, each.client, each.time_zone)
        for each in settings.accounts
    )
    overrides = tuple(
        Override(name, value, cell.partition(".")[0], cell.partition(".")[2])
        for cell, numbers in settings.thresholds.items()
        for name, value in numbers.items()
    )
    return Plan(entries(settings), settings.app.currency, accounts, overrides)


def load(store: Store, settings: Settings, *, today: date, at: datetime) -> bool:
    """Keep what perfbot.toml says in the store: from always the first time, later from today.

    Returns:
        Whether anything had changed.
    """
    if settings.file is None:
        return False
    known = any(row.origin == "file" for row in store.plan_rows())
    rows = rows_of(settings, valid_from=today if known else ALWAYS, at=at)
    return bool(rows or known) and store.set_plan(rows, origin="file")


def rows_of(settings: Settings, *, valid_from: date, at: datetime) -> list[PlanRow]:
    """`[[plan]]` as the store keeps it, said by the file."""
    name = settings.file.name if settings.file else "perfbot.toml"
    return [
        PlanRow(
            pattern=each.match,
            values=values_of(each),
            valid_from=each.valid_from or valid_from,
            said_by=name,
            said_at=at,
            origin="file",
            position=position,
        )
        for position, each in enumerate(entries(settings))
    ]


def entry_of(row: PlanRow) -> PlanEntry:
    """A kept row as an entry of the plan."""
    known: dict[str, Any] = {name: row.values[name] for name in FIELDS if name in row.values}
    return PlanEntry(match=row.pattern, valid_from=row.valid_from, **known)


def values_of(entry: PlanEntry) -> dict[str, Any]:
    """What an entry says, without what it leaves open."""
    told = {name: getattr(entry, name) for name in FIELDS}
    return {name: value for name, value in told.items() if value is not None}
