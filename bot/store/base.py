"""What a store must remember: one protocol, one contract test, any database behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from bot.advice.outcome.types import Applied, Frozen, Outcome
from bot.domain.advice import Advice, Evidence
from bot.domain.details import DetailSpan
from bot.store.reader import Operations, Reader
from bot.store.records import (
    NOTHING_LAPSED,
    STATES,
    AdviceRecord,
    Answered,
    ChannelOwner,
    DetailsImported,
    Due,
    Event,
    Found,
    GivenAnswer,
    Imported,
    InstalledWorkspace,
    Job,
    Lapsed,
    Lease,
    OutcomeRecord,
    Outgoing,
    PlanRow,
    Pull,
    Subscription,
)
from bot.store.scope import EVERYTHING, Scope
from bot.store.shared_work import SharedWork
from bot.store.sql import DECISIONS, Engine

__all__ = [
    "STATES",
    "AdviceRecord",
    "Answered",
    "ChannelOwner",
    "Due",
    "Event",
    "Found",
    "GivenAnswer",
    "Imported",
    "InstalledWorkspace",
    "Job",
    "Lease",
    "OutcomeRecord",
    "Outgoing",
    "PlanRow",
    "Pull",
    "Store",
    "Subscription",
]


class Store(Reader, SharedWork, Operations, Protocol):
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
        columns: Collection[str] | None = None,
    ) -> Imported:
        """Store daily rows (bot.numbers.input.columns), all or nothing.

        A changed day x campaign becomes a new revision, an equal one changes nothing. A row's own
        `pulled_on` says when its value was known. Without it, the first value of a day counts as
        known the next morning, and is marked backfilled unless the pull was on that morning; a
        later change is known from its own import's local date (`pulled_at` in the row's
        `time_zone`, else by its own clock). Campaign and account names are kept newest and make no
        revision.

        What the frame does not speak of keeps the earlier revision's value; what it speaks of and
        leaves empty is missing from then on. It speaks of the columns named in `columns`; else of
        its columns; else, where it has every canonical column, of those with any value.

        Raises:
            ImpossibleRowError: A row that cannot be true.
            StoreError: Two different rows for one day, campaign and pull; a database in trouble.
        """

    def add_orders(self, orders: pd.DataFrame) -> tuple[int, int]:
        """Store orders (`bot.numbers.documented.COLUMNS`, the number hashed).

        An order that comes again takes what it says now, unless its `updated_at` (aware; optional)
        is before that of what is stored. How many were new, and how many changed.
        """

    def add_details(
        self,
        frame: pd.DataFrame,
        *,
        spans: Sequence[DetailSpan] = (),
        since: date | None = None,
        most: int = ...,
    ) -> DetailsImported:
        """Store detail rows (`bot.numbers.input.detail_rows.INCOMING`), all or nothing.

        They stand apart from the daily numbers: nothing here changes a campaign's sum. A row
        replaces that of its day and part; the same rows again change nothing. What no row of the
        frame gives a value for stays as it was.

        Args:
            frame: Rows of any levels; campaigns by id, or by name where that is all there is.
            spans: What the frame has all of: rows stored there that it lacks are taken away.
            since: The first day that is kept.
            most: How many rows of a day, account and level are kept: those that cost most.

        Raises:
            ImpossibleRowError: A row that cannot be true.
        """

    def forget_details(self, before: date) -> int:
        """Forget the detail rows of earlier days; how many."""

    def add_leads(self, leads: pd.DataFrame) -> tuple[int, int]:
        """Store leads (`bot.numbers.lead_quality.COLUMNS`, the id hashed), as `add_orders` does."""

    def add_window_reach(self, frame: pd.DataFrame) -> int:
        """Store reach of whole windows; how many rows were new or changed.

        Columns channel, account_id, campaign_id, since, until, reach, pulled_at.
        """

    def record_pull(self, pull: Pull) -> None: ...

    def drop_boards(self, beginning: str, as_of: date) -> None:
        """Forget boards of a morning whose window begins so."""

    def save_board(
        self,
        window: str,
        as_of: date,
        rows: Iterable[Mapping[str, Any] | str],
        *,
        scope: Scope = EVERYTHING,
    ) -> None:
        """Keep a board of a scope until its numbers, plan or clients change, for a week at most.

        A row is plain values, or the same as JSON; rows are taken one after the other.
        """

    # -- clients ----------------------------------------------------------------------------
    def scoped(self, scope: Scope) -> Reader:
        """A reader of what is in scope: other clients' rows are left out by the database."""

    def assign_clients(
        self, clients: Mapping[tuple[str, str, str], str], *, at: datetime | None = None
    ) -> int:
        """Whose each campaign is: (channel, account_id, campaign_id) to a client, "" for nobody's.

        Campaigns not named stay whose they are; their ads and ad sets go with them. How many rows
        changed, which is an event. A campaign nobody assigned is the agency's alone to see.
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
        lapsed: Lapsed = NOTHING_LAPSED,
    ) -> None:
        """Open what is new, refresh what is still open, expire open advice no longer said.

        What was answered keeps its state and the amounts that were answered; a snooze that ended
        by `as_of` opens again, or expires when it is no longer true.
        """

    def answer(
        self, advice_id: str, given: GivenAnswer, standing: AdviceRecord | None = None
    ) -> Answered:
        """Acknowledge, progress, snooze, dismiss or undo: one winner.

        An answer to advice that is not open (progress may be acknowledged or dismissed; undo
        reopens any answered) loses and returns the record as it stands. The event carries the
        budgets agreed to. `standing` is the record where it was read just now: as long as it
        stands so it is not read again.
        """

    def log(self, event: Event) -> int:
        """Append an event; its number, or 0 where the log holds it once for ever and has it.

        Of kinds `applying.*` those are the steps that may be taken once: by their details' `key`.
        """

    # -- outcomes ---------------------------------------------------------------------------
    def freeze_outcome(self, frozen: Frozen, *, by: str, at: datetime) -> OutcomeRecord:
        """Keep how an acknowledged move will be measured; again only once it was taken back."""

    def void_outcome(self, advice_id: str, *, by: str, at: datetime) -> bool:
        """The acknowledgement was taken back: what waits is not measured. False: nothing waits."""

    def save_applied(self, record: OutcomeRecord, applied: Applied, *, at: datetime) -> bool:
        """Keep what became of the change where it is news; False where it is not."""

    def save_outcome(self, record: OutcomeRecord, outcome: Outcome, *, at: datetime) -> bool:
        """Keep what came of it, once for ever: False where somebody was first or it is void."""

    # -- workspaces -------------------------------------------------------------------------
    def save_workspace(self, workspace: InstalledWorkspace, *, by: str = "") -> None:
        """Keep an install, or its rotated tokens; an event where somebody (`by`) installed it."""

    def workspaces(self) -> list[InstalledWorkspace]:
        """Every workspace perfbot was ever installed into, by its id; also those that ended."""

    def workspace(self, team: str) -> InstalledWorkspace | None: ...

    def end_workspace(self, team: str, reason: str, *, before: datetime, at: datetime) -> bool:
        """Delete its tokens, unless it was installed after `before`; an event. False: nothing did.

        Its subscriptions, channels and answers stay, for when it is installed again.
        """

    def begin_install(self, state: str, *, until: datetime, at: datetime) -> None:
        """Remember an install somebody began; of the state only its hash is kept."""

    def take_install(self, state: str, *, at: datetime) -> bool:
        """True once for each state, until its time is up."""

    # -- Slack's side -----------------------------------------------------------------------
    def subscribe(self, subscription: Subscription) -> Subscription:
        """Add (id 0) or replace; one a channel and time."""

    def unsubscribe(self, subscription_id: int, *, by: str, at: datetime) -> bool: ...

    def set_preference(self, user: str, **values: str) -> None: ...

    def enqueue(self, messages: Sequence[Outgoing]) -> None:
        """Add to the outbox; a key already there is left alone."""

    def due(
        self,
        at: datetime,
        *,
        lease: float = 120.0,
        limit: int = 20,
        busy: Collection[str] = (),
        together: bool = False,
    ) -> Due:
        """Lease messages whose turn it is (parents before children, in order), state sending.

        Edits and lines come before everything else; channels that are `busy` get edits only. A
        message whose lease ran out, by the database's clock, comes again with attempts > 0: look
        for it before sending. `at` is what messages that wait until a moment are held against.
        `together`: only the first of at most `limit`, and the edits and the line of its channel
        that stand right behind it; `more` says whether others are left.
        """

    def put_back(self, messages: Sequence[Outgoing]) -> None:
        """Leased and not tried after all: another may at once. A lapsed lease is left alone."""

    def unsent_edits(self, keys: Collection[str]) -> set[str]:
        """Those of some messages' keys that an edit waits for, which nobody has leased yet."""

    def waits(self, at: datetime, channels: Collection[str]) -> bool:
        """Whether anything but edits is due in one of these channels."""

    def delivered(self, key: str, ts: str, *, message: Outgoing | None = None) -> None:
        """It is out; `message` is what it says there: of an edit, what its message says now."""

    def failed(self, key: str, error: str, *, retry_at: datetime | None) -> None: ...
