"""A clock that stands still until told, a real store, and a Slack that notes what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.store import open_store
from bot.store.base import Outgoing

MORNING = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # 07:30 in Oslo


@dataclass
class Clock:
    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Slack:
    """What was posted, by key; fails as told."""

    posted: list[tuple[str, str]] = field(default_factory=list)  # key, parent ts
    fail: list[Exception] = field(default_factory=list)
    looked_for: list[str] = field(default_factory=list)

    def deliver(self, message: Outgoing, parent_ts: str = "") -> str:
        if self.fail:
            raise self.fail.pop(0)
        return self.post(message.key, parent_ts)

    def post(self, key: str, parent_ts: str = "") -> str:
        self.posted.append((key, parent_ts))
        return f"{len(self.posted)}.0"

    def find(self, message: Outgoing, parent_ts: str = "") -> str | None:  # noqa: ARG002
        self.looked_for.append(message.key)
        found = [n for n, (key, _) in enumerate(self.posted, 1) if key == message.key]
        return f"{found[0]}.0" if found else None

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.posted]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def slack():
    return Slack()


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "perfbot.db")
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def digest_of():
    def make(subscription, as_of, items: int = 2) -> list[Outgoing]:
        parent = f"digest:{subscription.id}:{as_of}"
        said = [Outgoing(parent, "digest", subscription.channel, "Good morning", ())]
        for item in range(1, items + 1):
            key = f"{parent}:{item}"
            said.append(
                Outgoing(key, "advice", subscription.channel, "Do it", (), parent, f"a{item}")
            )
        return said

    return make
