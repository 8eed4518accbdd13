"""All topics of the store on one engine: what every database's store has in common.

And what waits in it, counted: advice for an answer, messages for Slack, jobs for a worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.store.advice_life import AdviceLife
from bot.store.board_table import Boards
from bot.store.clients import Clients
from bot.store.codec import maybe_time, utc
from bot.store.detail_table import DetailTable
from bot.store.events import Events, OutcomeLog
from bot.store.forgetting import Forgetting
from bot.store.leases import Leases, database_time
from bot.store.mornings import MorningReader
from bot.store.numbers import Numbers
from bot.store.order_table import OrderTable
from bot.store.outbox_table import OutboxTable
from bot.store.plan_table import PlanTable
from bot.store.pulls import Pulls
from bot.store.reader import Reader
from bot.store.records import Backlog
from bot.store.scope import EVERYTHING, Scope, ScopedEngine
from bot.store.search import Search
from bot.store.slack import Installations, SlackSide
from bot.store.sql import DECISIONS, Engine, StorePart

# Held until a later time and never tried: nobody waits for it yet.
_DUE = """state IN ('waiting', 'sending')
    AND (attempts > 0 OR not_before IS NULL OR not_before <= :now)"""
_MESSAGES = f"""
    SELECT coalesce(sum(CASE WHEN {_DUE} THEN 1 ELSE 0 END), 0),
           coalesce(sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END), 0),
           min(CASE WHEN {_DUE} THEN CASE WHEN attempts = 0 AND not_before IS NOT NULL
               THEN not_before ELSE nullif(queued_at, '') END END)
    FROM outbox WHERE state <> 'sent'"""  # noqa: S608
_ADVICE = "SELECT count(*) FROM advice WHERE state = 'open'"
_JOBS = "SELECT kind, count(*) FROM jobs WHERE state IN ('waiting', 'working') GROUP BY kind"


class BacklogReader(StorePart):
    def backlog(self) -> Backlog:
        with self._db.reading() as db:
            now = database_time(db)
            ((messages, failed, oldest),) = db.tuples(_MESSAGES, {"now": utc(now)})
            ((open_advice,),) = db.tuples(_ADVICE)
            jobs = dict(db.tuples(_JOBS))
        queued_at = maybe_time(oldest)
        age = max(0.0, (now - queued_at).total_seconds()) if queued_at else 0.0
        return Backlog(open_advice, int(messages), int(failed), age, jobs)


class Whole(  # every topic
    Numbers, OrderTable, DetailTable, Pulls, Boards, PlanTable, AdviceLife, OutcomeLog, Events,
    Clients, Leases, MorningReader,
    SlackSide, Installations, OutboxTable, Search, BacklogReader, Forgetting,
):  # fmt: skip
    """A `bot.store.base.Store`, but for how it is opened and upgraded."""

    @property
    def engine(self) -> Engine:
        """What hands out its sessions, for those who copy whole databases."""
        return self._db

    @property
    def scope(self) -> Scope:
        """Whose rows it reads: everybody's."""
        return EVERYTHING

    def scoped(self, scope: Scope) -> Reader:
        return Scoped(self._db, scope)

    @contextmanager
    def atomic(self, lock: str = DECISIONS) -> Iterator[None]:
        with self._db.writing(lock):
            yield

    def close(self) -> None:
        self._db.close()


class Scoped(Whole):
    """A `bot.store.reader.Reader` of what is in scope; asked to write, it refuses."""

    def __init__(self, engine: Engine, scope: Scope) -> None:
        self._db = ScopedEngine(engine, scope)
        self._scope = scope

    @property
    def scope(self) -> Scope:
        """Whose rows it reads."""
        return self._scope
