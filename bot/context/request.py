"""One reading of the store a request: what was read is not read again until something is written.

A question, a digest or a press reads the same few things in many places (what people decided, which
boards stand, the pulls, who wants digests). Inside `request()` each of these is one statement; the
first write forgets them all, so that nobody reads what they have just changed. Outside a request
every call goes to the store.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any, cast

from bot.context.budget import check
from bot.store.base import Store

READS = frozenset({
    "advice", "all_advice", "channels_of", "decided", "events", "find_message", "history",
    "last_day", "memory", "messages_of", "numbers", "outcomes", "outgoing", "plan_rows",
    "preference", "pulls", "standing", "subscriptions", "thread", "window_reach",
})  # fmt: skip
Memory = dict[Hashable, Any]
_open: ContextVar[dict[int, Memory] | None] = ContextVar("perfbot_request", default=None)


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
        return _forgetting(method, self._memory) if callable(method) else method

    def _memory(self) -> Memory | None:
        requests = _open.get()
        return None if requests is None else requests.setdefault(id(self._store), {})

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


def _remembered(
    name: str, read: Callable[..., Any], memory: Callable[[], Memory | None]
) -> Callable[..., Any]:
    def reading(*values: Any, **named: Any) -> Any:
        check()
        cache = memory()
        if cache is None:
            return read(*values, **named)
        key = (name, _plain(values), tuple((word, _plain(named[word])) for word in sorted(named)))
        if key not in cache:
            cache[key] = read(*values, **named)
        return cache[key]

    return reading


def _plain(value: Any) -> Hashable:
    """What was asked for as a key: a list asks the same as a tuple."""
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(_plain(part) for part in value)
    return cast("Hashable", value)


def _forgetting(
    method: Callable[..., Any], memory: Callable[[], Memory | None]
) -> Callable[..., Any]:
    def acting(*values: Any, **named: Any) -> Any:
        try:
            return method(*values, **named)
        finally:
            cache = memory()
            if cache is not None:
                cache.clear()

    return acting
