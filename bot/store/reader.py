"""What a store can be asked: all a feature needs, for everybody or limited to some clients.

And what whoever runs perfbot asks of it: what waits, whom to forget, what is old.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import pandas as pd

from bot.domain.advice import Memory
from bot.store.mornings import MorningState, StoredMorning
from bot.store.records import (
    AdviceRecord,
    Backlog,
    ChannelOwner,
    Event,
    Found,
    OutcomeRecord,
    Outgoing,
    PlanRow,
    Pull,
    Subscription,
)
from bot.store.scope import Scope


class Reader(Protocol):
    """The reading half of `bot.store.base.Store`. Times are aware UTC datetimes.

    `Store.scoped` gives one that reads what is of some clients only; it is all a feature gets, and
    whatever is kept of what it said is kept under `scope.key`.
    """

    @property
    def scope(self) -> Scope:
        """Whose rows are read."""

    def clients(self) -> dict[str, int]:
        """Clients by name, and how many campaigns each has; "" for campaigns without."""

    def campaign_names(self) -> set[tuple[str, str]]:
        """Every name a campaign is or was known by, with its advertising channel."""

    def campaign_keys(self) -> set[tuple[str, str, str]]:
        """Every campaign: its channel, account and id."""

    def channel_owners(self) -> dict[str, ChannelOwner]:
        """Slack channels that belong to somebody, by their id."""

    def numbers(
        self,
        since: date | None = None,
        until: date | None = None,
        *,
        as_of: date | None = None,
        history: bool = False,
    ) -> pd.DataFrame:
        """Daily rows of `bot.numbers.input.columns`, days inclusive, money in currency units.

        With `as_of`: only rows dated before it and known on it. Newest revision a day and
        campaign, or with `history` every revision, oldest first. Names are the newest
        known.
        """

    def census(self, since: date, until: date, *, as_of: date) -> pd.DataFrame:
        """Every campaign with rows of these days that were known on a morning, one row each.

        `no` (by which `numbers_of` finds it), `entity`, `channel`, `account_id`, `campaign_id`,
        `campaign_name`, `currency`, `account_name` and `time_zone`: the newest known, None where
        nobody said. `mark`: another one whenever its days, or its parts', changed in any way.
        """

    def currencies(self) -> set[str]:
        """Every currency any row ever named; "" where one named none."""

    def numbers_of(
        self, campaigns: Collection[int], since: date, until: date, *, as_of: date
    ) -> pd.DataFrame:
        """As `numbers` with `history`, of some campaigns alone, by their `no` in `census`."""

    def last_day(self, as_of: date | None = None) -> date | None:
        """The newest day with a row (before `as_of`), or None."""

    def orders(self, since: date | None = None, until: date | None = None) -> pd.DataFrame:
        """Orders of these days, `bot.numbers.documented.COLUMNS`, oldest first."""

    def leads(self, since: date | None = None, until: date | None = None) -> pd.DataFrame:
        """Leads of these days, `bot.numbers.lead_quality.COLUMNS`, oldest first."""

    def details(
        self,
        level: str | None = None,
        campaign_ids: Collection[str] | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> pd.DataFrame:
        """Detail rows of `bot.domain.details.DETAIL_COLUMNS`, days inclusive, as newest known.

        Of one `Level` or all of them (never to be added across levels), of some campaigns or all;
        sorted by campaign, level, part and day.

        Args:
            level: One of `bot.domain.details.Level`; None for every level.
            campaign_ids: Campaigns' own ids, as in `numbers`; the same id may be in two accounts.
            since: The first day; None from the beginning.
            until: The last day; None to the end.
        """

    def window_reach(self) -> pd.DataFrame:
        """Every window's reach, as often as it was pulled; pulled_at in UTC without a zone."""

    def pulls(self) -> list[Pull]:
        """The newest pull of each source and account, and the newest of each that worked."""

    def board(self, window: str, as_of: date) -> list[dict[str, Any]] | None:
        """The board as saved (missing numbers as None), or None: compute it."""

    def boards(self, windows: Sequence[str], as_of: date) -> dict[str, list[dict[str, Any]]]:
        """Several boards in one statement, those that stand, by name.

        A name that ends in a colon stands for all that begin so (`28d:`: each channel's).
        """

    def standing(self, as_of: date) -> tuple[tuple[int, int], dict[str, str]]:
        """`decided`, and `board_mark` of every board of a morning, in one statement.

        Among the marks is `bot.store.board_table.APART` where a channel belongs to a client.
        """

    def board_mark(self, window: str, as_of: date) -> str | None:
        """Another one each time the board is saved, None once it is forgotten."""

    def decided(self) -> tuple[int, int]:
        """Changes with every event and every edition of the plan: with whatever people decide."""

    def plan_rows(self, on: date | None = None) -> list[PlanRow]:
        """Entries valid on a day, or as they stand now with those still to come.

        Entries made in Slack first, newest first; then the file's, in its order: the
        first match wins.
        """

    def advice(self, advice_id: str) -> AdviceRecord | None: ...

    def all_advice(
        self, *, state: str | Collection[str] | None = None, as_of: date | None = None
    ) -> list[AdviceRecord]:
        """Newest morning first, in the order it was saved; with `as_of` what was true that day.

        `state` is one, or several; None for advice in any.
        """

    def memory(self, as_of: date) -> Memory:
        """What was remembered as that morning began, projected from the event log."""

    def events(self, subject: str | None = None, kind: str | None = None) -> list[Event]: ...

    def history(
        self,
        *,
        since: datetime | None = None,
        by: str = "",
        kinds: Collection[str] = (),
        limit: int | None = None,
    ) -> list[Event]:
        """The audit log, newest first: events from `since` on, by one actor, of some kinds.

        A kind ending in a full stop means all that begin so. The log itself refuses every change
        and every deletion, whoever asks.
        """

    def count_events(self, after: int, *, besides: str = "") -> int:
        """How many events of the log have a number beyond `after`.

        `besides`: how the kinds begin that are not counted, e.g. `digest.`; "" for none.
        """

    def find(self, text: str, *, kind: str = "", limit: int = 20) -> list[Found]:
        """Campaigns, advice and answers (or one kind) whose words begin with all of the text's.

        The best first, the newest first among equals. Any text may be given: it is never a
        question in the database's own language. Nothing is found by nothing; what has signs
        only (an emoji) finds what holds it.
        """

    def outcomes(
        self, state: str | None = None, *, advice_id: str | None = None
    ) -> list[OutcomeRecord]:
        """Oldest acknowledgement first; of one state (waiting, measured, void), of one advice."""

    def subscriptions(self) -> list[Subscription]: ...

    def preference(self, user: str) -> dict[str, str]: ...

    def outgoing(self, key: str) -> Outgoing | None: ...

    def messages_of(self, advice_id: str) -> list[Outgoing]:
        """Delivered messages that show this advice, in every channel (no lines, no updates)."""

    def lists_of(self, advice_id: str) -> list[Outgoing]:
        """Delivered messages that list this advice, also where an earlier thread shows it."""

    def channels_of(self, advice_ids: Collection[str]) -> dict[str, set[str]]:
        """The channels each piece of advice was posted in."""

    def find_message(self, channel: str, ts: str) -> Outgoing | None: ...

    def thread(self, channel: str, thread_ts: str) -> list[Outgoing]:
        """Delivered messages in a thread, its parent first."""

    def under(self, key: str) -> list[Outgoing]:
        """What hangs under a message, delivered or yet to be: no lines, no updates."""

    def threads_of(self, advice_id: str) -> list[Outgoing]:
        """Delivered messages of every thread that shows this advice, parents and lines too."""

    def posted_since(self, at: datetime) -> list[Outgoing]:
        """Digests and urgent news posted since then, by Slack's own time; the oldest first."""

    # -- at once -----------------------------------------------------------------------------

    def state(self, as_of: date) -> MorningState:
        """What a morning rests on, in one statement: equal while nothing of it changed."""

    def morning(self, as_of: date, *, boards: Collection[str] | None = None) -> StoredMorning:
        """A morning in one consistent view and six statements, whatever it holds.

        Args:
            as_of: The morning.
            boards: Windows whose boards are read; None for all that are kept, () for none.
        """

    def advice_of(self, ids: Iterable[str]) -> dict[str, AdviceRecord]:
        """Advice by id, as `Store.advice`; what is unknown is left out."""

    def advice_and_clients(self, ids: Iterable[str]) -> tuple[dict[str, AdviceRecord], bool | None]:
        """`advice_of`, and whether a Slack channel belongs to a client, in one statement.

        None where none of the advice is known, so that nothing was told of the channels.
        """

    def events_of(
        self, subjects: Iterable[str], kinds: Collection[str] = ()
    ) -> dict[str, list[Event]]:
        """Each subject's events (of these kinds), oldest first; an empty list for none."""

    def messages_of_all(
        self, advice_ids: Iterable[str], channel: str = ""
    ) -> dict[str, list[Outgoing]]:
        """Each piece of advice's messages, as `Store.messages_of`; an empty list for none.

        With `channel` those of one channel alone.
        """

    def preferences(self, users: Iterable[str]) -> dict[str, dict[str, str]]:
        """Each person's preferences, as `Store.preference`; empty for none."""


class Operations(Protocol):
    """The operator's part of `bot.store.base.Store`."""

    def backlog(self) -> Backlog:
        """What waits: advice for an answer, messages for Slack, jobs for a worker."""

    def people(self) -> dict[str, str]:
        """Everybody who ever did anything or is known by name: Slack's id to the name, or ""."""

    def forget(self, person: str, *, at: datetime, dry_run: bool = False) -> dict[str, int]:
        """Put a pseudonym wherever a person stands, by id or in posted messages by name.

        What they decided stays. Gone are their preferences, and what was said to them alone. Rows
        by table; with `dry_run` only counted. The one thing the log lets be changed in it.
        """

    def expire_messages(self, before: datetime) -> int:
        """Remove threads posted before; how many messages. Nothing posted stays answerable."""

    def expire_requests(self, before: datetime) -> int:
        """Remove which requests of Slack's were heard before; Slack repeats none for so long."""

    def expire_numbers(self, before: date) -> int:
        """Remove numbers, orders and reach of days before; how many days of campaigns."""
