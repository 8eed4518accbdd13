"""What Slack's side is handed: the desk, the store and the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from bot.ask import Asker, Desk
from bot.domain.replies import Taken
from bot.store.base import Store

Block = Mapping[str, Any]
Blocks = Sequence[Block]
T = TypeVar("T")


class HomeViewers(Protocol):
    """Home tabs that others may be looking at (bot.jobs.homes)."""

    def shown(self, user: str, view: Mapping[str, Any]) -> None: ...

    def nudge(self) -> None: ...


class NoHomes:
    """Where nobody shows Home tabs anew."""

    def shown(self, user: str, view: Mapping[str, Any]) -> None:
        """Nobody remembers it."""

    def nudge(self) -> None:
        """Nobody looks."""


@dataclass(frozen=True)
class Claimed(Generic[T]):
    """What became of a request: new or heard before, and what its work came to."""

    new: bool
    result: T | None = None


class Settle(Protocol):
    """Keeps what people say, and shows what it changed."""

    def keep(self, key: str, work: Callable[[], T | None]) -> Claimed[T]:
        """Claim a request and do its work in one short transaction: both are kept, or neither.

        `key` is the same when the same request comes again; "" is always new. Work that comes to
        None claims nothing.
        """

    def follow(self, answer: Taken) -> None:
        """Queue the edits and lines an answer leads to, and deliver them."""


def same(blocks: Blocks) -> Blocks:
    """Blocks as they are: where nothing draws pictures."""
    return blocks


@dataclass(frozen=True)
class SlackParts:
    """Everything the listeners use.

    Attributes:
        asker: `(user, channel, language, time_zone)` to the desk's own value.
        excuse: The one sentence (text, blocks) for an error, in a language.
        simplify: Blocks without what an older Slack refuses (charts).
        picture: Blocks with charts as pictures, tried before they are simplified.
        languages: What there is a catalogue for; the first is the fallback's fallback.
        language, time_zone: For people who never chose and whom Slack says nothing about.
        clock: Aware UTC now.
        homes: Who looks at a Home tab, to be shown what others change.
        patience: Seconds a question may take before whoever asked is told so.
        taken_back: Told that Slack took the token back, by the name of its event.
        rate: Questions a person may ask at once, and how many more come free a second.
    """

    desk: Desk
    store: Store
    settle: Settle
    asker: Callable[[str, str, str, str], Asker]
    excuse: Callable[[Exception, str], tuple[str, Blocks]]
    simplify: Callable[[Blocks], Blocks]
    clock: Callable[[], datetime]
    languages: tuple[str, ...] = ("en", "nb")
    language: str = "en"
    time_zone: str = "UTC"
    picture: Callable[[Blocks], Blocks] = same
    homes: HomeViewers = field(default_factory=NoHomes)
    patience: float = 8.0
    rate: tuple[float, float] = (120.0, 1.0)
    taken_back: Callable[[str], object] = lambda _event: None
