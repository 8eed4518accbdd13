"""What one client may see: every statement of a scoped reader reads through its scope.

A scoped session puts the tables of a statement behind queries of the same names that leave out
other clients' rows, before the database sees it. No read can forget to: a table that is not known
here is refused. Both databases fold such a query into the statement, so that indexes still serve.
"""

# ruff: noqa: S608  # only names of our own tables are written into SQL, values never

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.errors import StoreError
from bot.store.sql import POSTGRESQL, SQLITE, Dialect, Engine, Session, Values, named

ALL = "*"
"""A channel's client where it is the agency's own: it sees every client."""


@dataclass(frozen=True)
class Scope:
    """Whose rows may be read.

    Attributes:
        clients: Names of clients, as the plan says them; None for everything.
        channels: Keys of advertising channels; None for all of them.
        place: A Slack channel that is nobody's, whose own messages are read all the same: the
            conversation of a person who may see these clients. It is no part of the key.
    """

    clients: frozenset[str] | None = None
    channels: frozenset[str] | None = None
    place: str = ""

    @property
    def everything(self) -> bool:
        return self.clients is None and self.channels is None

    @property
    def key(self) -> str:
        """What caches and kept boards of this scope are called; "" for everything."""
        parts = (("clients", self.clients), ("channels", self.channels))
        limits = ((name, sorted(names)) for name, names in parts if names is not None)
        return " ".join(f"{name}={names!r}" for name, names in limits)


EVERYTHING, NOTHING = Scope(), Scope(frozenset())

# Rows nobody's numbers or names are in.
_OPEN = {"labels", "imports", "preferences", "changes", "plan_editions",
         "search"}  # fmt: skip
_OWN = "SELECT no FROM {main}campaigns WHERE {campaigns}"
_ADVICE = (
    "EXISTS (SELECT 1 FROM {main}advice_campaigns own WHERE own.advice = {id}) AND NOT EXISTS "
    "(SELECT 1 FROM {main}advice_campaigns own WHERE own.advice = {id} "
    f"AND own.campaign NOT IN ({_OWN}))"
)
_HERE = (
    "(channel IN (SELECT channel FROM {main}channels WHERE {clients}) OR channel = :scope_place)"
)
# Table -> which of its rows are in scope. `{main}` stands before the name of the table itself.
_ROWS = {
    "campaigns": "{campaigns}",
    "campaign_names": f"campaign IN ({_OWN})",
    "daily": f"campaign IN ({_OWN})",
    "details": f"campaign IN ({_OWN})",
    "detail_days": f"detail IN (SELECT no FROM {{main}}details WHERE campaign IN ({_OWN}))",
    "window_reach": "EXISTS (SELECT 1 FROM {main}campaigns own WHERE own.channel = real.channel "
    "AND own.account_id = real.account_id AND own.campaign_id = real.campaign_id "
    f"AND own.no IN ({_OWN}))",
    "pulls": "EXISTS (SELECT 1 FROM {main}campaigns own WHERE own.account_id = real.account_id "
    f"AND own.no IN ({_OWN}))",
    "boards": "scope = :scope_key",
    "board_marks": "scope = :scope_key",
    "advice": _ADVICE.replace("{id}", "real.id"),
    # An advice's steps and its outcome's; of everything else only what is about a channel's own.
    "events": "({advice}) OR (kind LIKE 'subscription.%' AND subject IN "
    f"(SELECT CAST(id AS TEXT) FROM {{main}}subscriptions WHERE {_HERE}))",
    "subscriptions": _HERE,
    "channels": "{clients}",
    "orders": "1 = 0",  # whose they are is known once they are matched
    "leads": "1 = 0",  # likewise
    # What names no client is about rules, or about campaigns it fits: see bot.store.plan_table.
    "plan": "{planned} OR {planned_client} IS NULL",
    "outbox": _HERE,
}
_PLANNED: dict[Dialect, str] = {
    SQLITE: "json_extract(\"values\", '$.client')",
    POSTGRESQL: "(CAST(\"values\" AS json) ->> 'client')",
}
_TABLE = re.compile(r"\b(?:FROM|JOIN)\s+(?!\()(\w+)", re.IGNORECASE)
_ITSELF = {"real", "own", "under", "json_each"}


class ScopedSession:
    """A session that reads what is in scope, and writes nothing."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session, self.scope = session, scope
        self.changed = set[str]()
        self._values = _values(scope)

    @property
    def dialect(self) -> Dialect:
        return self._session.dialect

    @property
    def scope_key(self) -> str:
        return self.scope.key

    def rows(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        return self._session.rows(*self._limited(sql, values))

    def tuples(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        return self._session.tuples(*self._limited(sql, values))

    def pieces(self, sql: str, values: Values, size: int) -> Iterator[list[tuple[Any, ...]]]:
        return self._session.pieces(*self._limited(sql, values), size)

    def run(self, sql: str, values: Values = ()) -> int:  # noqa: ARG002
        raise _read_only()

    def adding(self, sql: str, values: Values, number: str) -> int:  # noqa: ARG002
        raise _read_only()

    def many(self, sql: str, values: Iterable[Values]) -> int:  # noqa: ARG002
        raise _read_only()

    def pour(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:  # noqa: ARG002
        raise _read_only()

    def _limited(self, sql: str, values: Values) -> tuple[str, Values]:
        if self.scope.everything:
            return sql, values
        text, bound = named(sql, values)
        before, names = _prefix(text, self.dialect, *_shape(self.scope))
        return before + text, {**bound, **{name: self._values[name] for name in names}}


class ScopedEngine:
    """An engine whose sessions read what is in scope; it writes nothing."""

    read_only = True

    def __init__(self, engine: Engine, scope: Scope) -> None:
        self._engine, self.scope, self.place = engine, scope, engine.place

    @contextmanager
    def reading(self) -> Iterator[ScopedSession]:
        with self._engine.reading() as session:
            yield ScopedSession(session, self.scope)

    def writing(
        self,
        lock: str = "",  # noqa: ARG002
        *,
        patience: float | None = None,  # noqa: ARG002
    ) -> AbstractContextManager[Session]:
        raise _read_only()

    def lock(self, session: Session, name: str) -> None:
        """It never writes."""

    def leading(self, name: str) -> AbstractContextManager[bool]:  # noqa: ARG002
        raise _read_only()

    def close(self) -> None:
        """Its engine is its store's to close."""


def _read_only() -> StoreError:
    return StoreError("A scoped reader writes nothing.", kind="read_only")


def _shape(scope: Scope) -> tuple[int, int]:
    """How many clients and channels, -1 for all of them."""
    clients, channels = scope.clients, scope.channels
    return (-1 if clients is None else len(clients), -1 if channels is None else len(channels))


def _values(scope: Scope) -> dict[str, str]:
    clients = {f"scope_client{n}": client for n, client in enumerate(sorted(scope.clients or ()))}
    channels = {
        f"scope_channel{n}": channel for n, channel in enumerate(sorted(scope.channels or ()))
    }
    return {"scope_key": scope.key, "scope_place": scope.place, **clients, **channels}


@lru_cache(maxsize=1024)
def _prefix(sql: str, dialect: Dialect, clients: int, channels: int) -> tuple[str, frozenset[str]]:
    """The queries that stand for a statement's tables, and the names of the values they need.

    Raises:
        StoreError: A table of which it is not known what is whose.
    """
    tables = dict.fromkeys(name.lower() for name in _TABLE.findall(sql))
    strange = [name for name in tables if name not in _OPEN | _ROWS.keys() | _ITSELF]
    if strange:
        raise StoreError(f"What of {strange[0]} belongs to whom is not known.", kind="refused")
    limited = [name for name in tables if name in _ROWS]
    if not limited:
        return "", frozenset()
    queries = ", ".join(_query(name, dialect, clients, channels) for name in limited)
    used = frozenset(re.findall(r":(scope_\w+)", queries))
    return f"WITH {queries} ", used


def _query(table: str, dialect: Dialect, clients: int, channels: int) -> str:
    main = "" if dialect == POSTGRESQL else "main."
    own_clients = _among("client", "scope_client", clients)
    campaigns = " AND ".join((own_clients, _among("channel", "scope_channel", channels)))
    rows = _ROWS[table].replace("{advice}", _ADVICE.replace("{id}", "real.subject"))
    planned_client = _PLANNED[dialect]
    condition = rows.format(
        main=main,
        campaigns=campaigns,
        clients=own_clients,
        planned=_among(planned_client, "scope_client", clients),
        planned_client=planned_client,
    )
    return f"{table} AS NOT MATERIALIZED (SELECT * FROM {main}{table} real WHERE {condition})"


def _among(column: str, name: str, count: int) -> str:
    if count < 0:
        return "1 = 1"
    return f"{column} IN ({', '.join(f':{name}{number}' for number in range(count)) or 'NULL'})"
