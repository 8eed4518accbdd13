"""What waits: advice for an answer, messages for Slack, jobs for a worker; counted only."""

from __future__ import annotations

from bot.store.codec import maybe_time, utc
from bot.store.leases import database_time
from bot.store.records import Backlog
from bot.store.sql import StorePart

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
