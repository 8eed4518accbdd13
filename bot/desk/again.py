"""An answer told again: rendered once, while everything it rests on is the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from bot.desk.office import Office
from bot.desk.types import Asker, Reply

T = TypeVar("T")
ROWS = 10  # rows of a board that take as much room as twenty blocks of a rendered answer


class Same:
    """Equal only to itself: a board of ten thousand rows is not compared row by row.

    It holds what it stands for, so that nothing else gets its place in memory meanwhile.
    """

    __slots__ = ("it",)

    def __init__(self, it: object) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)


def again(
    office: Office,
    asked: str,
    asker: Asker,
    rests_on: tuple[Hashable, ...],
    make: Callable[[], Reply],
) -> Reply:
    """The answer as it was rendered in the asker's language and time zone, else rendered now.

    Args:
        office: The store and what is at hand of it.
        asked: The question as the grammar reads it back.
        asker: Who asks; two people with one language and time zone read the same.
        rests_on: All the answer depends on: small values, and `Same` for readings that are kept.
        make: Renders it.
    """
    key = ("answer", asked, office.language(asker.language), str(office.zone(asker)))
    found = office.shelf.find(key, rests_on)
    if found:
        return found.value  # type: ignore[no-any-return]  # as `make` made it
    reply = make()
    return office.shelf.keep(key, rests_on, reply, ROWS + len(reply.blocks))


def worked_out(office: Office, what: tuple[Hashable, ...], on: object, make: Callable[[], T]) -> T:
    """Something worked out from a reading, once while that reading is kept."""
    found = office.shelf.find(what, Same(on))
    return found.value if found else office.shelf.keep(what, Same(on), make(), 1)
