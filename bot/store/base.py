"""What a store must remember: one protocol, one contract test, any database behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from bot.advice.outcome.types import Applied, Frozen, Outcome
from bot.domain.advice import Advice, Evidence
from bot.store.posting import Posting
from bot.store.reading import Reader
from bot.store.records import (
    STATES,
    AdviceRecord,
    Answered,
    ChannelOwner,
    Event,
    Found,
    Imported,
    Job,
    Lease,
    OutcomeRecord,
    Outgoing,
    PlanRow,
    Pull,
    Subscription,
)
from bot.store.scope import EVERYTHING, Scope
from bot.store.sql import DECISIONS, Engine

__all__ = [
    "STATES",
    "AdviceRecord",
    "Answered",
    "ChannelOwner",
    "Event",
    "Found",
    "Imported",
    "Job",
    "Lease",
    "OutcomeRecord",
    "Outgoing",
    "PlanRow",
    "Pull",
    "Store",
    "Subscription",
]


class Store(Posting, Reader, Protocol):
    """Everything perfbot remembers. Times are aware UTC datetimes, days are local dates."""

    # -- life -------------------------------------------------------------------------------
    def upgrade(self) -> list[str]:
        """Apply missing migrations; their names."""

    def close(self) -> None: ...

    @property
    def engine(self) -> Engine:
        """What hands out its sessions, for copying whole databases."""

    def check(self) -> list[str]:
        """What is damaged, a sentence each; nothing for an intact database. Reads all of it."""

    def backup(self, file: Path) -> dict[str, int]:
        """Write everything into a new SQLite file, while others write; rows by table.

        Raises:
            StoreError: The file exists or cannot be written.
        """

    def restore(self, file: Path) -> dict[str, int]:
        """Put a backup in the place of everything there is, all or nothing; rows by table.

        Raises:
            StoreError: The file is no intact backup; another process is writing.
        """

    def atomic(self, lock: str = DECISIONS) -> AbstractContextManager[None]:
        """All or nothing, nestable; nobody else sees what is written inside before the end.

        Whoever holds the same lock waits: what is read inside stays true until the end. SQLite has
        one writer at a time; PostgreSQL lets an import (`numbers`) and decisions go side by side.
        """

    # -- numbers ----------------------------------------------------------------------------
    def add_numbers(
        self,
        frame: pd.DataFrame,
        *,
        source: str,
        pulled_at: datetime,
        given: Collection[str] | None = None,
    ) -> Imported:
        """Store daily rows (bot.numbers.input.columns), all or nothing.

        A changed day x campaign becomes a new revision, an equal one changes nothing. A row's own
        `pulled_on` says when its value was known. Without it, the first value of a day counts as
        known the next morning, and is marked backfilled unless the pull was on that morning; a
        later change is known from its own import's local date (`pulled_at` in the row's
        `time_zone`, else by its own clock). Campaign and account names are kept newest and make no
        revision.

        What the frame does not speak of keeps the earlier revision's value; what it speaks of and
        leaves empty is missing from then on. It speaks of the columns named in `given`; else of
        its columns; else, where it has every canonical column, of those with any value.

        Raises:
            ImpossibleRowError: A row that cannot be true.
            StoreError: Two different rows for one day, campaign and pull; a database in trouble.
        """

    def add_window_reach(self, frame: pd.DataFrame) -> int:
        """Store reach of whole windows; how many rows were new or changed.

        Columns channel, account_id, campaign_id, since, until, reach, pulled_at.
        """

    def record_pull(self, pull: Pull) -> None: ...

    def save_board(
        self,
        window: str,
        as_of: date,
        rows: Sequence[Mapping[str, Any]],
        *,
        scope: Scope = EVERYTHING,
    ) -> None:
        """Keep a board of a scope until its numbers, plan or clients change, for a week at most."""

    # -- clients ----------------------------------------------------------------------------
    def scoped(self, scope: Scope) -> Reader:
        """A reader of what is in scope: other clients' rows are left out by the database."""

    def assign_clients(self, clients: Mapping[tuple[str, str, str], str]) -> int:
        """Whose each campaign is: (channel, account_id, campaign_id) to a client, "" for nobody's.

        Campaigns not named stay whose they are; their ads and ad sets go with them. How many rows
        changed. A campaign nobody assigned is the agency's alone to see.
        """

    def assign_channel(self, owner: ChannelOwner, *, by: str, at: datetime) -> None:
        """Whose a Slack channel is from now on; an event."""

    def scope_of(self, channel: str) -> Scope:
        """What may be seen in a Slack channel.

        Everything, as long as no channel belongs to a client; else what its client's is, and
        nothing in a channel that belongs to nobody.
        """

    # -- plan -------------------------------------------------------------------------------
    def set_plan(self, rows: Sequence[PlanRow], *, origin: str) -> bool:
        """Replace the entries of an origin from their valid_from on; True if anything changed.

        Origin "file" is an edition: what it no longer says no longer holds. Entries of any other
        origin stand each by itself: a row replaces the earlier one of its pattern, empty values
        end it. What was valid before stays, for replays.
        """

    # -- advice -----------------------------------------------------------------------------
    def save_advice(
        self,
        advice: Sequence[Advice],
        *,
        as_of: date,
        at: datetime,
        learned: Evidence | None = None,
        gone: Collection[str] = (),
    ) -> None:
        """Open what is new, refresh what is still open, expire open advice no longer true.

        Advice somebody is on (in_progress) expires only where `gone` names it.

        What was answered keeps its state and the amounts that were answered; a snooze that ended
        by `as_of` opens again, or expires when it is no longer true.
        """

    def answer(  # noqa: PLR0913  # what an answer is made of
        self,
        advice_id: str,
        verb: str,
        *,
        by: str,
        at: datetime,
        until: date | None = None,
        reason: str = "",
        budgets: Mapping[str, float] | None = None,
    ) -> Answered:
        """Acknowledge, progress, snooze, dismiss or undo (`verb`): one winner.

        An answer to advice that is not open (progress may be acknowledged or dismissed;
        undo reopens any answered) loses and
        returns the record as it stands. `budgets` are those agreed to, where that is only a part
        of what was advised; the event carries them.
        """

    def log(self, event: Event) -> None: ...

    # -- outcomes ---------------------------------------------------------------------------
    def freeze_outcome(self, frozen: Frozen, *, by: str, at: datetime) -> OutcomeRecord:
        """Keep how an acknowledged move will be measured; again only once it was taken back."""

    def void_outcome(self, advice_id: str, *, by: str, at: datetime) -> bool:
        """The acknowledgement was taken back: what waits is not measured. False: nothing waits."""

    def save_applied(self, record: OutcomeRecord, applied: Applied, *, at: datetime) -> bool:
        """Keep what became of the change where it is news; False where it is not."""

    def save_outcome(self, record: OutcomeRecord, outcome: Outcome, *, at: datetime) -> bool:
        """Keep what came of it, once for ever: False where somebody was first or it is void."""
