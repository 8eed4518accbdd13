"""A form on its way between Slack and whoever keeps what is filled in: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.blockkit import View


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
