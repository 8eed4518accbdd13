"""One reading of the store a request: what was read is not read again until something is written.

A question, a digest or a press reads the same few things in many places (what people decided, which
boards stand, the pulls, who wants digests). Inside `request()` each of these is one statement; the
first write forgets them all, so that nobody reads what they have just changed. Outside a request
every call goes to the store.

How long a question may take is looked at wherever something is read, as Python ends no thread from
outside: between two reads lies at most one piece of work over what was read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cached_property
from typing import Any, TypeVar, cast

from bot.errors import PerfbotError
from bot.store.base import Event, Outgoing, Store
from bot.store.board_table import APART
from bot.store.records import CARRIED

READS = frozenset({
    "advice", "advice_of", "all_advice", "channel_owners", "channels_of", "clients", "decided",
    "details", "find_message", "history", "last_day", "lists_of", "memory", "messages_of",
    "messages_of_all", "numbers", "outcomes", "outgoing", "plan_rows",
    "preference", "pulls", "standing", "subscriptions", "thread", "under", "window_reach",
})  # fmt: skip
T = TypeVar("T")
Memory = dict[Hashable, Any]
CLIENTS = "clients kept apart"
_open: ContextVar[dict[Hashable, Memory] | None] = ContextVar("perfbot_request", default=None)


@contextmanager
def request() -> Iterator[None]:
    """Until it is left, reads of the running thread are remembered; requests nest."""
    if _open.get() is not None:
        yield
        return
    token = _open.set({})
    try:
        yield
    finally:
        _open.reset(token)


def once_a_request(store: Store) -> Store:
    """The same store, whose reads are remembered inside `request()`."""
    return store if isinstance(store, _Remembering) else cast("Store", _Remembering(store))


class _Remembering:
    """Stands before a store: reads are remembered, anything else forgets them first and after."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name in READS:
            return _remembered(name, method, self._memory)
        return _forgetting(method) if callable(method) else method

    def _memory(self) -> Memory | None:
        requests = _open.get()
        return None if requests is None else requests.setdefault(self._name, {})

    @cached_property
    def _name(self) -> Hashable:
        """The same for everybody who reads the same of one store."""
        whole = getattr(self._store, "whole", self._store)
        return id(whole), getattr(self._store, "scope", None)

    def clients_apart(self, as_of: date, advice_id: str = "") -> bool:
        """Whether any Slack channel belongs to a client.

        It is known with what is read anyway: with a piece of advice, or with how a morning stands.
        """
        memory = self._memory()
        if memory is not None and CLIENTS in memory:
            return bool(memory[CLIENTS])
        records, apart = self._store.advice_and_clients([advice_id]) if advice_id else ({}, None)
        if memory is not None and apart is not None:
            memory[CLIENTS] = apart
            memory |= {_key("advice", key): record for key, record in records.items()}
        return APART in self.standing(as_of)[1] if apart is None else apart

    def board_mark(self, window: str, as_of: date) -> str | None:
        """As the store's: with all others of its morning, and with what was decided."""
        memory = self._memory()
        if memory is None:
            return self._store.board_mark(window, as_of)
        key = ("standing", (as_of,), ())
        if key not in memory:
            memory[key] = self._store.standing(as_of)
        mark: str | None = memory[key][1].get(window)
        return mark

    def events(self, subject: str | None = None, kind: str | None = None) -> list[Event]:
        """As the store's: of a subject whose events are at hand, no kind is read by itself."""
        memory = self._memory()
        log: list[Event] | None = (memory or {}).get(_key("events", subject=subject))
        if log is None or kind is None or kind.endswith("."):
            filters = {
                name: value for name, value in (("subject", subject), ("kind", kind)) if value
            }
            log = _remembered("events", self._store.events, self._memory)(**filters)
            return log or []
        return [event for event in log if event.kind == kind]

    def board(self, window: str, as_of: date) -> list[dict[str, Any]] | None:
        """As the store's: one that `boards` has read is not read again."""
        memory = self._memory()
        if memory is None:
            return self._store.board(window, as_of)
        key = ("board", window, as_of)
        if key not in memory:
            memory[key] = self._store.board(window, as_of)
        rows: list[dict[str, Any]] | None = memory[key]
        return rows

    def boards(self, windows: tuple[str, ...], as_of: date) -> dict[str, list[dict[str, Any]]]:
        """As the store's: read together in one statement, remembered one by one."""
        boards = self._store.boards(windows, as_of)
        memory = self._memory()
        if memory is not None:
            names = {*boards, *(window for window in windows if not window.endswith(":"))}
            memory.update({("board", name, as_of): boards.get(name) for name in names})
        return boards

    def gather(self, advice_id: str) -> None:
        """Read and remember what `gather_threads` says."""
        memory = self._memory()
        if memory is None:
            return
        messages = self._store.threads_of(advice_id)
        ids = sorted({advice_id, *(message.advice_id for message in messages)} - {""})
        (records, apart), events = self._store.advice_and_clients(ids), self._store.events_of(ids)
        memory |= _of_messages(messages, advice_id)
        memory |= {CLIENTS: apart} if apart is not None else {}
        memory |= {_key("advice", key): record for key, record in records.items()}
        memory |= {_key("events", subject=key): events[key] for key in ids}


def clients_apart(store: Store, as_of: date, advice_id: str = "") -> bool:
    """Whether any Slack channel belongs to a client, as a context's store knows it.

    Args:
        store: As `once_a_request` gives it.
        as_of: A morning whose standing is read anyway.
        advice_id: Advice that is read anyway; then the morning is not looked at.
    """
    return cast("_Remembering", once_a_request(store)).clients_apart(as_of, advice_id)


def once(store: Store, key: Hashable, make: Callable[[], T]) -> T:
    """What follows from what was read, worked out once a request: forgotten with all that.

    Args:
        store: As `once_a_request` gives it.
        key: What it is, with everything else it depends on.
        make: Works it out.
    """
    memory = store._memory() if isinstance(store, _Remembering) else None  # noqa: SLF001, a friend
    if memory is None:
        return make()
    place = ("worked out", key)
    if place not in memory:
        memory[place] = make()
    value: T = memory[place]
    return value


def itself(store: Store) -> Store:
    """The store behind what is remembered of it."""
    return store._store if isinstance(store, _Remembering) else store  # noqa: SLF001, a friend


def gather_threads(store: Store, advice_id: str) -> None:
    """Read the threads that show a piece of advice at once: three statements for all of them.

    Inside a request what is then asked of the store about these messages, and about the advice they
    show and its events, is at hand. Outside one nothing is remembered, so nothing is read.
    """
    if isinstance(store, _Remembering):
        store.gather(advice_id)


def _of_messages(messages: Sequence[Outgoing], advice_id: str) -> Memory:
    """What the store is asked about messages, answered from all of their threads."""
    memory: Memory = {_key("outgoing", message.key): message for message in messages}
    roots = {message.key: message for message in messages if not message.parent}
    for root in roots.values():
        thread = [message for message in messages
                  if message is root or (message.channel, message.thread_ts)
                  == (root.channel, root.ts)]  # fmt: skip
        memory[_key("thread", root.channel, root.ts)] = thread
        under = [message for message in thread if message.parent == root.key]
        memory[_key("under", root.key)] = [message for message in under if message.kind != "line"]
    memory |= {_key("find_message", message.channel, message.ts): message for message in messages}
    of_advice = [message for message in messages if message.advice_id == advice_id]
    shown = [message for message in of_advice if message.kind not in {"line", CARRIED}]
    memory[_key("messages_of", advice_id)] = shown
    above = {message.parent for message in of_advice if message.kind != "line"}
    memory[_key("lists_of", advice_id)] = [roots[key] for key in roots if key in above]
    return memory


def _remembered(
    name: str, read: Callable[..., Any], memory: Callable[[], Memory | None]
) -> Callable[..., Any]:
    def reading(*values: Any, **named: Any) -> Any:
        check()
        cache = memory()
        if cache is None:
            return read(*values, **named)
        key = _key(name, *values, **named)
        if key not in cache:
            cache[key] = read(*values, **named)
        return cache[key]

    return reading


def _key(name: str, /, *values: Any, **named: Any) -> Hashable:
    """A read of the store, with what was asked."""
    return name, _plain(values), tuple((word, _plain(named[word])) for word in sorted(named))


def _plain(value: Any) -> Hashable:
    """What was asked for as a key: a list asks the same as a tuple."""
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(_plain(part) for part in value)
    return cast("Hashable", value)


def _forgetting(method: Callable[..., Any]) -> Callable[..., Any]:
    """What is written in one scope is read in every other: all of them forget."""

    def acting(*values: Any, **named: Any) -> Any:
        try:
            return method(*values, **named)
        finally:
            for memory in (_open.get() or {}).values():
                memory.clear()

    return acting


QUESTION = 30.0  # seconds; most take a tenth of one
_end: ContextVar[float | None] = ContextVar("perfbot_budget", default=None)


class OverBudget(PerfbotError):
    """A question that took too long, and was given up."""

    code = "over_budget"

    def __init__(self) -> None:
        super().__init__(
            "That took too long, so I gave it up.",
            hint="Ask about fewer days, or about one campaign.",
        )


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is read inside is read in time, or not at all; the outer of two budgets holds."""
    if _end.get() is not None:
        yield
        return
    token = _end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


def check() -> None:
    """Give up where the time is over.

    Raises:
        OverBudget: It is.
    """
    end = _end.get()
    if end is not None and time.monotonic() > end:
        raise OverBudget
