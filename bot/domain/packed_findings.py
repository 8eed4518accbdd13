"""What was held back of very many campaigns, packed small: a million would fill the memory."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import overload

from bot.domain.advice import HeldBack


class PackedFindings(Sequence[HeldBack]):
    """A sequence that is unpacked a part at a time, as it is read; a part is a shard's."""

    def __init__(self, parts: Sequence[bytes], counts: Sequence[int]) -> None:
        self._parts, self._counts = tuple(parts), tuple(counts)

    @classmethod
    def of(cls, findings: Iterable[HeldBack]) -> PackedFindings:
        """Pack one part."""
        rows = [(each.campaign_id, each.rule, each.guard, each.numbers) for each in findings]
        return cls([zlib.compress(pickle.dumps(rows), 1)], [len(rows)])

    def __add__(self, other: PackedFindings) -> PackedFindings:
        return PackedFindings(self._parts + other._parts, self._counts + other._counts)

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return sum(map(len, self._parts))

    def __len__(self) -> int:
        return sum(self._counts)

    def __iter__(self) -> Iterator[HeldBack]:
        return chain.from_iterable(map(self._unpacked, range(len(self._parts))))

    @overload
    def __getitem__(self, place: int) -> HeldBack: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[HeldBack]: ...
    def __getitem__(self, place: int | slice) -> HeldBack | Sequence[HeldBack]:
        if isinstance(place, slice):
            return tuple(self)[place]
        rest = place + len(self) if place < 0 else place
        for part, count in enumerate(self._counts):
            if 0 <= rest < count:
                return self._unpacked(part)[rest]
            rest -= count
        raise IndexError(place)

    def _unpacked(self, part: int) -> list[HeldBack]:
        rows = pickle.loads(zlib.decompress(self._parts[part]))  # noqa: S301, made just above
        return [HeldBack(*row) for row in rows]


def joined(findings: Iterable[Sequence[HeldBack]]) -> Sequence[HeldBack]:
    """Findings one after the other; packed where any of them are."""
    parts = list(findings)
    if not any(isinstance(part, PackedFindings) for part in parts):
        return tuple(chain.from_iterable(parts))
    packed = PackedFindings([], [])
    for part in parts:
        packed += part if isinstance(part, PackedFindings) else PackedFindings.of(part)
    return packed
