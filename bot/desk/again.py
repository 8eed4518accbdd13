"""An answer told again: rendered once, while everything it rests on is the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from bot.desk.office import Office
from bot.desk.types import Asker, Reply

SIZE = 20  # rows of a board that weigh as much as a rendered answer


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
    return office.shelf.memo(key, rests_on, make, SIZE)
