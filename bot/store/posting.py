"""What a store must remember of Slack: who wants what where, and what was posted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.store.records import Outgoing, Subscription


class Posting(Protocol):
    """The part of `bot.store.base.Store` about Slack. Times are aware UTC datetimes."""

    def claim(self, kind: str, key: str, at: datetime) -> bool:
        """True for exactly one caller a (kind, key), for ever. Deduplicates events and digests."""

    def subscribe(self, subscription: Subscription) -> Subscription:
        """Add (id 0) or replace; one a channel and time."""

    def unsubscribe(self, subscription_id: int, *, by: str, at: datetime) -> bool: ...

    def subscriptions(self) -> list[Subscription]: ...

    def preference(self, user: str) -> dict[str, str]: ...

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
    ) -> list[Outgoing]:
        """Lease messages whose turn it is (parents before children, in order), state sending.

        Edits and lines come before everything else; channels that are `busy` get edits only. A
        message whose lease ran out comes again with attempts > 0: look for it before sending.
        """

    def waits(self, at: datetime, channels: Collection[str]) -> bool:
        """Whether anything but edits is due in one of these channels."""

    def delivered(self, key: str, ts: str, *, shown: Outgoing | None = None) -> None:
        """It is out; `shown` is what it says there: of an edit, what its message says now."""

    def failed(self, key: str, error: str, *, retry_at: datetime | None) -> None: ...

    def outgoing(self, key: str) -> Outgoing | None: ...

    def messages_of(self, advice_id: str) -> list[Outgoing]:
        """Delivered messages that show this advice, in every channel (no lines, no updates)."""

    def find_message(self, channel: str, ts: str) -> Outgoing | None: ...

    def thread(self, channel: str, thread_ts: str) -> list[Outgoing]:
        """Delivered messages in a thread, its parent first."""
