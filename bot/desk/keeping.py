"""Kept boards, read once: as long as the store has the same one, or is making the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from bot.desk.office import Office

T = TypeVar("T")
BOARD = "28d"  # kept with all the others of its morning
Rows = list[dict[str, Any]]


def kept(office: Office, key: str, as_of: date, part: str, read: Callable[[Rows], T]) -> T | None:
    """What `read` makes of a kept board; None where there is none of these rules and this plan.

    Args:
        office: The store and what is at hand of it.
        key: The board whose head has the stamp.
        as_of: The morning.
        part: What of it is read, e.g. a channel.
        read: Of the head; what it reads besides belongs to the same board.
    """
    place, stamp = (key, part, as_of), office.stamp(as_of)
    while made := office.store.board_mark(key, as_of):
        found = office.shelf.find(place, (made, stamp))
        if found:
            return found.value  # type: ignore[no-any-return]  # as `read` made it
        head = office.store.board(key, as_of) or [{}]
        value = read(head) if head[0].get("stamp") == stamp else None
        if office.store.board_mark(key, as_of) == made:  # else it was made anew in between
            return office.shelf.keep(place, (made, stamp), value, _size(part, value))
    last = office.shelf.meanwhile(place)
    return last.value if last and last.mark[1] == stamp else None  # type: ignore[index]


def beside(office: Office, as_of: date, part: str, make: Callable[[], T]) -> T:
    """Something that is not stored, worked out once for as long as the morning's boards stand."""
    return kept(office, BOARD, as_of, part, lambda _head: make()) or make()


def _size(part: str, value: object) -> int:
    """Campaigns of a channel's board; what is together or small (a day's line) weighs little."""
    rows = getattr(value, "rows", value)
    count = len(rows) if isinstance(rows, Sequence) else 0
    return count if part else count // 16
