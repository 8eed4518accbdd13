"""What a request needs of a store, read at once: the protocol beside `bot.store.base.Store`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Protocol

from bot.store.mornings import Morning, State
from bot.store.records import AdviceRecord, Event, Outgoing


class Reading(Protocol):
    """The part of `bot.store.base.Store` that spares statements. Nothing here reads in a loop."""

    def state(self, as_of: date) -> State:
        """What a morning rests on, in one statement: equal while nothing of it changed."""

    def morning(self, as_of: date, *, boards: Collection[str] | None = None) -> Morning:
        """A morning in one consistent view and six statements, whatever it holds.

        Args:
            as_of: The morning.
            boards: Windows whose boards are read; None for all that are kept, () for none.
        """

    def advice_of(self, ids: Iterable[str]) -> dict[str, AdviceRecord]:
        """Advice by id, as `Store.advice`; what is unknown is left out."""

    def events_of(
        self, subjects: Iterable[str], kinds: Collection[str] = ()
    ) -> dict[str, list[Event]]:
        """Each subject's events (of these kinds), oldest first; an empty list for none."""

    def messages_of_all(self, advice_ids: Iterable[str]) -> dict[str, list[Outgoing]]:
        """Each piece of advice's messages, as `Store.messages_of`; an empty list for none."""

    def preferences(self, users: Iterable[str]) -> dict[str, dict[str, str]]:
        """Each person's preferences, as `Store.preference`; empty for none."""
