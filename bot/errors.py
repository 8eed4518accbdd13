"""Errors a person can act on: one sentence, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from bot.redaction import redacted
from bot.sentences import Sentence


class PerfbotError(Exception):
    """The base of every error perfbot shows: never a traceback, always a way out.

    Args:
        message: One sentence that says what is wrong.
        hint: What to do next, one sentence.
        line: Line of the file it is about, counted from 1.
        file: Name of the file it is about.
        values: What stands for `%(name)s` in message and hint, so that both can be translated;
            one that is a Sentence brings its own.

    Attributes:
        sentences: Message and hint as they can be said in another language.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        line: int | None = None,
        file: str = "",
        values: Mapping[str, object] | None = None,
    ) -> None:
        self.sentences = (_safe_sentence(message, values), _safe_sentence(hint, values))
        self.message, self.hint = (str(sentence) for sentence in self.sentences)
        super().__init__(self.message)
        self.line, self.file = line, redacted(file)

    @property
    def as_sentence(self) -> Sentence:
        """All of it, as it can be said in another language; after its place where it has one."""
        message, hint = self.sentences
        text = Sentence("%(message)s %(hint)s", message=message, hint=hint) if hint else message
        location = ":".join(str(part) for part in (self.file, self.line) if part)
        return Sentence("%(place)s: %(text)s", place=location, text=text) if location else text

    def __str__(self) -> str:
        location = ":".join(str(part) for part in (self.file, self.line) if part)
        sentence = f"{location}: {self.message}" if location else self.message
        return f"{sentence} {self.hint}".strip()


def _safe_sentence(text: str, values: Mapping[str, object] | None) -> Sentence:
    """A text with its values, without a secret in either."""
    pattern, own = (text.pattern, text.values) if isinstance(text, Sentence) else (text, values)
    return Sentence(
        redacted(pattern), **{name: _safe(value) for name, value in (own or {}).items()}
    )


def _safe(value: object) -> object:
    if isinstance(value, Sentence):
        return _safe_sentence(value, None)
    return redacted(value) if isinstance(value, str) else value


class UsageError(PerfbotError):
    """The words of a call are off."""

    code = "usage"
    exit_code = 2


class RefusedFile(PerfbotError):
    """A file that cannot be read without guessing: refused whole, nothing stored."""

    code = "refused"


class SettingsError(PerfbotError):
    code = "settings"
    exit_code = 2


class RuleError(PerfbotError):
    """A rule file a person can mend; `rule` is its id where one is known."""

    code = "rule"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        line: int | None = None,
        file: str = "",
        rule: str = "",
    ) -> None:
        super().__init__(f"{rule}: {message}" if rule else message, hint=hint, line=line, file=file)
        self.rule = rule


class StoreError(PerfbotError):
    """A database in trouble.

    Attributes:
        kind: What callers tell apart: `locked` (try again), `full`, `read_only`, `gone`,
            `damaged`, `unreachable`, `refused` (user or password), `late` (a lease was lost to
            another process), `closed`, or `other`.
    """

    code = "store"

    def __init__(self, message: str, *, hint: str = "", kind: str = "other") -> None:
        super().__init__(message, hint=hint)
        self.kind = kind


class SourceError(PerfbotError):
    """A source that did not answer, or answered with something unusable."""

    code = "source"


class UnknownName(PerfbotError):
    """A channel, campaign, command or window nobody knows.

    Args:
        kind: `channel`, `campaign`, `command`, `window`, `advice`, `stage` or `pricing`.
        given: What was typed.
        nearest: The best matches, nearest first; empty where nothing is near.
    """

    code = "unknown"

    def __init__(self, kind: str, name: str, nearest: Iterable[str] = ()) -> None:
        self.kind, self.given, self.nearest = kind, name, tuple(nearest)
        hint = f"Did you mean {self.nearest[0]!r}?" if self.nearest else ""
        super().__init__(f"I don't know a {kind} called {name!r}.", hint=hint)


class NotAllowed(PerfbotError):
    """Somebody asked for what others may do; the sentence says who."""

    code = "not_allowed"


class OutOfScope(PerfbotError):
    """Something of another client, or of nobody: the sentence is the same, and names nothing."""

    code = "out_of_scope"

    def __init__(self) -> None:
        super().__init__(
            "That is not one of this channel's campaigns.",
            hint="/perf advice lists what is open here.",
        )


class OutOfReach(PerfbotError):
    """A setting that would change other clients' campaigns, too."""

    code = "out_of_scope"

    def __init__(self) -> None:
        super().__init__(
            "That reaches beyond this channel's campaigns.",
            hint="Name a campaign, or have it set from the team's own channel.",
        )


class NobodysChannel(PerfbotError):
    """Clients are kept apart, and nobody has said whose this channel is."""

    code = "nobodys_channel"

    def __init__(self, *, direct: bool = False, elsewhere: bool = False) -> None:
        who = (
            "Whoever runs perfbot says it, in perfbot.toml or by perfbot clients."
            if elsewhere  # in another workspace than the team's own
            else "Somebody of the team sets it with /perf settings client."
        )
        sentence = (
            "None of the channels you are in belongs to a client, so there is nothing to show you."
            if direct
            else "This channel belongs to no client, so there is nothing to show here."
        )
        super().__init__(sentence, hint=who)


class NoNumbers(PerfbotError):
    """Nothing is stored for what was asked."""

    code = "no_numbers"


class Problems(PerfbotError):
    """Several errors at once, so that everything can be mended in one go."""

    code = "problems"

    def __init__(self, problems: Iterable[PerfbotError]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
