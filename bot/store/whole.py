"""All topics of the store on one engine: what every database's store has in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.store.advice import AdviceLife
from bot.store.boards import Boards
from bot.store.events import Events
from bot.store.leases import Leases
from bot.store.mornings import Mornings
from bot.store.numbers import Numbers
from bot.store.outbox import Outbox
from bot.store.outcomes import Outcomes
from bot.store.plan import Plans
from bot.store.pulls import Pulls
from bot.store.search import Search
from bot.store.slack import SlackSide
from bot.store.sql import DECISIONS, Engine


class Whole(  # every topic
    Numbers, Pulls, Boards, Plans, AdviceLife, Outcomes, Events, Leases, Mornings, SlackSide,
    Outbox, Search,
):  # fmt: skip
    """A `bot.store.base.Store`, but for how it is opened and upgraded."""

    @property
    def engine(self) -> Engine:
        """What hands out its sessions, for those who copy whole databases."""
        return self._db

    @contextmanager
    def atomic(self, lock: str = DECISIONS) -> Iterator[None]:
        with self._db.writing(lock):
            yield

    def close(self) -> None:
        self._db.close()
