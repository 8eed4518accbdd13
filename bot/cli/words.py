"""What the terminal says, in the language that perfbot.toml names; programs are told in English."""

from __future__ import annotations

from contextvars import ContextVar

from bot.errors import PerfbotError, UnknownName

LANGUAGE: ContextVar[str] = ContextVar("language", default="en")
"""The language of this command: English until its settings are read."""


def in_words(text: str) -> str:
    """A sentence of ours in that language; one nobody translated stays as it is."""
    language = LANGUAGE.get()
    if language == "en":
        return str(text)
    from bot.render import Renderer  # noqa: PLC0415, English needs none

    return Renderer(language).sentence(text)


def told(error: PerfbotError) -> str:
    """An error with its place, as `str(error)` has it."""
    language = LANGUAGE.get()
    if language == "en":
        return str(error)
    place = ":".join(str(part) for part in (error.file, error.line) if part)
    sentence = _plainly(error, language) or " ".join(filter(None, map(in_words, error.sentences)))
    return f"{place}: {sentence}" if place else sentence


def _plainly(error: PerfbotError, language: str) -> str:
    """A name nobody knows, which has words of its own for each kind."""
    if not isinstance(error, UnknownName):
        return ""
    from bot.render import Renderer  # noqa: PLC0415, English needs none

    return f"{Renderer(language).plainly(error)} {error.hint}".strip()
