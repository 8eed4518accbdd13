"""What shards came to, kept by a worker: what nothing has changed of is not judged again.

Each is kept under a digest of everything it was judged from, so that it cannot be out of date: what
changes is looked for under another name. It is bounded in size; a new process judges once.
"""

from __future__ import annotations

import hashlib
import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import RLock

from bot.domain.advice import Advised
from bot.domain.packed_findings import PackedFindings

MOST = 64_000_000
"""Bytes: what 100,000 campaigns come to takes about half of it."""


def digest_of(parts: object) -> str:
    """A name of its own for plain values: as they are written out, nothing left away."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=20).hexdigest()


def packed(advised: Advised) -> Advised:
    """The same in little memory, and none that the days it was judged from are held by."""
    return replace(advised, held_back=PackedFindings.of(advised.held_back))


class JudgedShards:
    """Results by digest, those of the newest mornings.

    Args:
        most: Bytes it may take. What finds no room is judged each time.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._results: OrderedDict[str, tuple[int, Advised]] = OrderedDict()
        self._used: set[str] = set()
        self._lock = RLock()

    @contextmanager
    def morning(self) -> Iterator[None]:
        """Judge a morning: what is not looked for inside makes room for what is."""
        with self._lock:
            self._used = set()
            yield

    def of(self, key: str, judge: Callable[[], Advised]) -> Advised:
        """What was judged from just the same; judged now where nothing was, or `key` is ""."""
        if key in self._results:
            self._used.add(key)
            self._results.move_to_end(key)
            return self._results[key][1]
        advised = judge()
        if key:
            self._keep(key, advised)
        return advised

    @property
    def size(self) -> int:
        """Bytes that are taken."""
        return sum(size for size, _ in self._results.values())

    def _keep(self, key: str, advised: Advised) -> None:
        size = _size(advised)
        for old in [old for old in self._results if old not in self._used]:
            if self.size + size <= self.most:
                break
            del self._results[old]
        if self.size + size <= self.most:
            self._used.add(key)
            self._results[key] = (size, advised)


def _size(advised: Advised) -> int:
    held_back = advised.held_back
    others = replace(advised, held_back=())
    packed_size = held_back.size if isinstance(held_back, PackedFindings) else 0
    return packed_size + len(pickle.dumps(others))
