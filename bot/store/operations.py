"""What whoever runs perfbot asks of a store: what waits, whom to forget, what is old."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from bot.store.records import Backlog


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
