"""Who asks, and what the desk says back: plain values that Slack, the CLI and tests share.

And a form on its way between Slack and whoever keeps what is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any, BinaryIO

from bot.blockkit import Blocks, View
from bot.errors import PerfbotError


class Door(Enum):
    """The door somebody came in by, which says what an id is worth."""

    SLACK = "slack"  # a person, by the id Slack gives; nobody without one
    TERMINAL = "terminal"  # whoever runs perfbot there has the database in their hands anyway
    OWN = "own"  # perfbot itself, reading ahead


@dataclass(frozen=True)
class Asker:
    """Who asks, from where.

    Attributes:
        user: Slack's user id, or what the log calls whoever sits at the command line.
        door: By which door; a payload of Slack's can name no other.
        channel: Id of the Slack channel asked in, or "".
        language: The reader's language where known (`en`, `nb`), else "" for the configured one.
        time_zone: IANA name where known, else "" for the configured one.
    """

    user: str = ""
    channel: str = ""
    language: str = ""
    time_zone: str = ""
    door: Door = Door.SLACK


@dataclass(frozen=True)
class File:
    """A file somebody asked for."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Reply:
    """An answer to one person: a message, or a modal to open instead where `modal` is given.

    Attributes:
        file: To be handed to the person besides, where only they see it.
        error: What was wrong with the question, where the answer says so.
        posts_to: The channel something will come to from now on; where perfbot is not in it, that
            is said besides.
    """

    text: str
    blocks: Blocks
    response_type: str = "ephemeral"
    modal: View | None = None
    error: PerfbotError | None = None
    file: File | None = None
    posts_to: str = ""

    def followed_by(self, further: Reply) -> Reply:
        """This answer, with what else there is to say under it."""
        text = f"{self.text} {further.text}"
        return replace(self, text=text, blocks=(*self.blocks, *further.blocks))

    def to_json(self) -> dict[str, Any]:
        """`{"response_type", "text", "blocks"}`, as Slack takes it."""
        blocks = [dict(block) for block in self.blocks]
        return {"response_type": self.response_type, "text": self.text, "blocks": blocks}


@dataclass(frozen=True)
class DroppedFile:
    """A file somebody dropped into a Slack channel.

    Attributes:
        id: Slack's.
        name: As its owner called it.
        file: Its bytes, from the start; it can be read twice.
    """

    id: str
    name: str
    file: BinaryIO


@dataclass(frozen=True)
class Press:
    """What somebody says to a piece of advice.

    Attributes:
        verb: acknowledge, progress, snooze, dismiss or undo; of what is acknowledged apply, and
            set_back what was applied.
        until: For a snooze, the day it ends.
        reason: For a dismissal.
        part: How much of it is acknowledged, as written: `50%`, `to 400`; "" for all of it.
    """

    advice_id: str
    verb: str
    until: date | None = None
    reason: str = ""
    part: str = ""


@dataclass(frozen=True)
class WrittenLine:
    """A line somebody wrote in a thread; `before` is what it said until it was edited."""

    channel: str
    thread_ts: str
    text: str
    before: str = ""


@dataclass(frozen=True)
class Prompt:
    """A question somebody may want to ask: as it is shown, and as it is sent for them."""

    title: str
    message: str


@dataclass(frozen=True)
class Prompts:
    """Questions somebody may want to ask, and what is said above them."""

    title: str
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True)
class Edit:
    """A message already posted, as it reads from now on."""

    channel: str
    ts: str
    text: str
    blocks: Blocks


@dataclass(frozen=True)
class ThreadLine:
    """One more line in a thread."""

    channel: str
    thread_ts: str
    text: str
    blocks: Blocks


@dataclass(frozen=True)
class Said:
    """Everything an answer leads to: a word to the person, edits, and lines in threads."""

    reply: Reply | None = None
    changes: tuple[Edit, ...] = ()
    lines: tuple[ThreadLine, ...] = ()


@dataclass(frozen=True)
class Taken:
    """An answer as it was kept. What that changes in Slack is worked out when it is asked for.

    Attributes:
        work: Works it out; it reads much, and whoever waits is told first that it is kept.
        event: Number of the event that says so; 0 where nothing was changed.
    """

    work: Callable[[], Said]
    event: int = 0

    @cached_property
    def said(self) -> Said:
        """Everything it leads to."""
        return self.work()

    @property
    def reply(self) -> Reply | None:
        return self.said.reply

    @property
    def changes(self) -> tuple[Edit, ...]:
        return self.said.changes

    @property
    def lines(self) -> tuple[ThreadLine, ...]:
        return self.said.lines


@dataclass(frozen=True)
class Submission:
    """What stands in a form when it is sent, or when something in it is pressed.

    Attributes:
        form: Its name: `plan`, `target`, `threshold`, `subscribe`.
        inputs: What was written or chosen, by field; "" where nothing was.
        ticked: What was ticked, by field.
        since: The edition of the plan it was opened at; 0, before all of them, where it says none.
        pattern: Of the entry it is about, "" for a new one.
    """

    form: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    ticked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: int = 0
    pattern: str = ""

    def text(self, name: str) -> str:
        """What was written or chosen in a field; "" where nothing was."""
        return self.inputs.get(name, "")


@dataclass(frozen=True)
class OpenForm:
    """A form as it is shown, and what it remembers until it is sent: see `Submission`.

    `pattern` is None where a form is about no entry.
    """

    view: View
    since: int
    pattern: str | None = None


@dataclass(frozen=True)
class Filed:
    """What became of a form.

    Attributes:
        errors: Sentences by field; nothing was kept.
        form: The form as it is shown instead: somebody was first, and nothing was kept.
    """

    errors: Mapping[str, str] = field(default_factory=dict)
    form: OpenForm | None = None

    @property
    def kept(self) -> bool:
        return not self.errors and self.form is None
