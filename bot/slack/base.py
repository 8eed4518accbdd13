"""What Slack's side is handed: the desk, the memory and the words, as protocols.

Slack may not import the desk or the store; whatever has these shapes will do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar

Block = Mapping[str, Any]
Blocks = Sequence[Block]
T = TypeVar("T")


class Reply(Protocol):
    """An answer to one person; `modal` is a view to open instead, where there is a trigger."""

    @property
    def text(self) -> str: ...
    @property
    def blocks(self) -> Blocks: ...
    @property
    def response_type(self) -> str: ...
    @property
    def modal(self) -> Mapping[str, Any] | None: ...


class Said(Protocol):
    """An answer that was kept; the edits and thread lines it leads to are `settle`'s to deliver.

    What it says is worked out when it is asked for, after Slack was told that it is kept.
    """

    @property
    def reply(self) -> Reply | None: ...


class Filed(Protocol):
    """What became of a form: errors by block id, or a view instead; else it is kept."""

    @property
    def errors(self) -> Mapping[str, str]: ...
    @property
    def view(self) -> Mapping[str, Any] | None: ...
    @property
    def kept(self) -> bool: ...


class Forms(Protocol):
    """The forms and menus of the Home tab (bot.features.home.actions.Forms)."""

    def agreed(self, value: str, asker: Any) -> Any:
        """Put what was guessed of a `stage/pricing_model` into the plan; the reply."""

    def opened(self, action: str, value: str, asker: Any) -> Mapping[str, Any]: ...

    def meanwhile(
        self, action: str, view: Mapping[str, Any], asker: Any
    ) -> Mapping[str, Any] | None: ...

    def pressed(self, action: str, view: Mapping[str, Any], asker: Any) -> Mapping[str, Any]: ...

    def sent(self, view: Mapping[str, Any], asker: Any) -> Filed: ...

    def removed(self, view: Mapping[str, Any], asker: Any) -> Filed: ...

    def settle(self, asker: Any) -> None: ...

    def chosen(self, action: str, value: str, asker: Any) -> Any: ...

    def subscribe_view(self, channel: str, asker: Any) -> Mapping[str, Any]: ...

    def subscribed(self, view: Mapping[str, Any], asker: Any) -> tuple[Filed, Reply | None]: ...

    def stopped(self, subscription: str, asker: Any) -> None: ...


class Prompt(Protocol):
    """A question somebody may want to ask: as it is shown, and as it is sent."""

    @property
    def title(self) -> str: ...
    @property
    def message(self) -> str: ...


class Prompts(Protocol):
    """Questions, and what is said above them."""

    @property
    def title(self) -> str: ...
    @property
    def prompts(self) -> Sequence[Prompt]: ...


class Desk(Protocol):
    """The use cases. `asker` is whatever `Parts.asker` makes."""

    @property
    def forms(self) -> Forms: ...

    def ask(self, text: str, asker: Any) -> Reply: ...

    def answer(  # noqa: PLR0913, PLR0917  # what an answer is made of
        self,
        advice_id: str,
        verb: str,
        asker: Any,
        until: date | None = None,
        reason: str = "",
        part: str = "",
    ) -> Said: ...

    def partly_view(self, advice_id: str, asker: Any) -> Mapping[str, Any]: ...

    def thread_reply(  # where, what, by whom
        self, channel: str, thread_ts: str, text: str, asker: Any, before: str = ""
    ) -> Said | None: ...

    def in_thread(  # where, what, by whom
        self, channel: str, thread_ts: str, text: str, asker: Any, named: bool = False
    ) -> Reply: ...

    def reaction(self, channel: str, ts: str, name: str, asker: Any) -> Said | None: ...

    def dismiss_view(self, advice_id: str, asker: Any) -> Mapping[str, Any]: ...

    def snooze_view(self, advice_id: str, asker: Any) -> Mapping[str, Any]: ...

    def evidence_view(self, advice_id: str, asker: Any) -> Mapping[str, Any]: ...

    def subscribe_view(self, asker: Any) -> Mapping[str, Any]: ...

    def subscribed(self, view_state: Mapping[str, Any], asker: Any) -> Reply: ...

    def prompts(self, asker: Any) -> Prompts: ...

    def home(self, asker: Any) -> Mapping[str, Any]: ...


class Outgoing(Protocol):
    """A message of the outbox (bot.store.base.Outgoing)."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def blocks(self) -> Blocks: ...
    @property
    def parent(self) -> str: ...
    @property
    def ts(self) -> str: ...


class Posted(Protocol):
    """A message of ours; `thread_ts` is its parent's ts, or "" where it has none."""

    @property
    def thread_ts(self) -> str: ...


class Memory(Protocol):
    """The part of the store that Slack's side needs."""

    def claim(self, kind: str, key: str, at: datetime) -> bool: ...

    def preference(self, user: str) -> Mapping[str, str]: ...

    def set_preference(self, user: str, **values: str) -> None: ...

    def find_message(self, channel: str, ts: str) -> Posted | None: ...


class Homes(Protocol):
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
class Kept(Generic[T]):
    """What became of a request: new or heard before, and what its work came to."""

    new: bool
    result: T | None = None


class Settle(Protocol):
    """Keeps what people say, and shows what it changed."""

    def keep(self, key: str, work: Callable[[], T | None]) -> Kept[T]:
        """Claim a request and do its work in one short transaction: both are kept, or neither.

        `key` is the same when the same request comes again; "" is always new. Work that comes to
        None claims nothing.
        """

    def follow(self, answer: Any) -> None:
        """Queue the edits and lines an answer leads to, and deliver them."""


def same(blocks: Blocks) -> Blocks:
    """Blocks as they are: where nothing draws pictures."""
    return blocks


@dataclass(frozen=True)
class Parts:
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
    store: Memory
    settle: Settle
    asker: Callable[[str, str, str, str], Any]
    excuse: Callable[[Exception, str], tuple[str, Blocks]]
    simplify: Callable[[Blocks], Blocks]
    clock: Callable[[], datetime]
    languages: tuple[str, ...] = ("en", "nb")
    language: str = "en"
    time_zone: str = "UTC"
    picture: Callable[[Blocks], Blocks] = same
    homes: Homes = field(default_factory=NoHomes)
    patience: float = 8.0
    rate: tuple[float, float] = (120.0, 1.0)
    taken_back: Callable[[str], object] = lambda _event: None
