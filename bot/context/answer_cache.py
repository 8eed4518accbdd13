"""What was read or made, kept at hand until what it rests on changes; each scope for itself."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 40_000  # rows of boards and advice kept at hand: some 400 MB
MEANWHILE = 600.0  # seconds that what new numbers made the store forget is still told: a pull of
# several accounts, and the judging after it, take minutes where there are many campaigns


class Same:
    """Equal only to itself: a mark for what rests on a board of ten thousand rows.

    It holds what it stands for, so that nothing else gets its place in memory meanwhile.
    """

    __slots__ = ("it",)

    def __init__(self, it: object) -> None:
        self.it = it

    def __eq__(self, counterpart: object) -> bool:
        return isinstance(counterpart, Same) and self.it is counterpart.it

    def __hash__(self) -> int:
        return id(self.it)


@dataclass
class CacheEntry:
    """Something as it was read: the mark it had, how many rows it is, since when it is gone."""

    mark: Hashable
    value: Any
    size: int = 0
    gone: float = 0.0


class AnswerCache:
    """The newest reading of each key, for all threads of a process; the last used ones stay.

    While a pull is being stored and judged, the boards it makes obsolete are gone and the new ones
    not there yet: until then the last whole morning is told, not a half-pulled one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: OrderedDict[Hashable, CacheEntry] = OrderedDict()
        self._lock = Lock()
        self._clock = clock

    def find(self, key: Hashable, mark: Hashable) -> CacheEntry | None:
        """What was kept under this mark, or None."""
        with self._lock:
            entry = self._kept.get(key)
            if entry is None or entry.mark != mark:
                return None
            self._kept.move_to_end(key)
            entry.gone = 0.0
            return entry

    def keep(self, key: Hashable, mark: Hashable, value: T, size: int = 0) -> T:
        """Keep a reading in the place of the one before; `size` counts its rows."""
        with self._lock:
            self._kept[key] = CacheEntry(mark, value, size)
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(entry.size for entry in self._kept.values()) > MOST:
                self._kept.popitem(last=False)
        return value

    def memo(self, key: Hashable, mark: Hashable, make: Callable[[], T], size: int = 1) -> T:
        """What was made under this mark, else made now; `size` as for `keep`."""
        entry = self.find(key, mark)
        return entry.value if entry else self.keep(key, mark, make(), size)

    def of(self, scope: str) -> AnswerCache:
        """The same shelf as one scope reads it; "" for everything."""
        return ScopedShelf(self, scope) if scope else self

    def meanwhile(self, key: Hashable) -> CacheEntry | None:
        """What the store has forgotten lately and not made anew; None for nothing."""
        with self._lock:
            entry = self._kept.get(key)
            if entry is None:
                return None
            entry.gone = entry.gone or self._clock()
            return entry if self._clock() - entry.gone < MEANWHILE else None


class ScopedShelf(AnswerCache):
    """A shelf whose every key is a scope's own: two scopes never share an entry."""

    def __init__(self, shelf: AnswerCache, scope: str) -> None:
        self._shelf, self._scope = shelf, scope

    def find(self, key: Hashable, mark: Hashable) -> CacheEntry | None:
        """As the shelf's, of this scope."""
        return self._shelf.find((self._scope, key), mark)

    def keep(self, key: Hashable, mark: Hashable, value: T, size: int = 0) -> T:
        """As the shelf's, of this scope."""
        return self._shelf.keep((self._scope, key), mark, value, size)

    def meanwhile(self, key: Hashable) -> CacheEntry | None:  # noqa: ARG002
        """Nothing: what is not true any more may be another client's by now."""
        return None
