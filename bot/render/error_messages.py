"""Errors in the reader's language: as they were raised where somebody wrote that, else by code."""

from __future__ import annotations

from datetime import date

from bot.render.catalogue import ERRORS, N_, Speech
from bot.render.escaping import Long, Words, mark, words
from bot.render.values.answers import ErrorView

UNTOLD = N_("the log says why.")


class Failure(str):
    """Why a pull failed, as a value of an error's sentence: said in the reader's language."""

    __slots__ = ()


class Complaints:
    """What went wrong, in one language: never an English sentence in another."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech

    def complaint(self, error: ErrorView) -> Words:
        """An error and the way out."""
        if not self.speech.knows(error.message):
            return self.speech.say(ERRORS.get(error.code, ERRORS[""]))
        hint = error.hint if self.speech.knows(error.hint) else ""
        return words(*(self._told(part, error) for part in (error.message, hint) if part))

    def failure(self, error: str) -> Words:
        """Why a pull failed."""
        if not error or self.speech.knows(error):
            return mark(Long(self.speech.translated(error))) if error else Words("")
        return self.speech.say(N_("The last pull failed; the log says why."))

    def _told(self, part: str, error: ErrorView) -> Words:
        if not error.values:
            return mark(Long(self.speech.translated(part)))
        values = {name: self._shown(value) for name, value in error.values.items()}
        return self.speech.say(part, **values)

    def _shown(self, value: object) -> object:
        if isinstance(value, Failure):
            translatable = self.speech.knows(value)
            return Long(self.speech.translated(value)) if translatable else self.speech.say(UNTOLD)
        if isinstance(value, tuple):
            return Long(self.speech.forms.listed([str(item) for item in value]))
        return self.speech.forms.dated(value) if isinstance(value, date) else value
