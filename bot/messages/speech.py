"""Saying things in a language: translated words with the values inert inside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from babel.support import NullTranslations

from bot.messages.catalogue import catalogue
from bot.messages.forms import Forms
from bot.messages.inert import CLOSE, Words, mark


def N_(message: str) -> str:  # noqa: N802 - the catalogue's customary name
    """Marks a message for the catalogue where it is translated later."""
    return message


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - likewise
    """Marks a message with a plural for the catalogue."""
    return singular, plural


class Speech:
    """One language: its catalogue and its forms of numbers and days."""

    def __init__(self, language: str, folder: Path | None = None) -> None:
        self.language = language
        self.forms = Forms(language)
        self._catalogue: NullTranslations = catalogue(language, folder)

    def say(self, message: str, /, **values: object) -> Words:
        """The message in this language; `%(name)s` stands for a value, `%%` for a per cent sign."""
        told = self._catalogue.ugettext(message) if message else ""
        return _said(told, {name: mark(value) for name, value in values.items()})

    def count(self, singular: str, plural: str, n: float, /, **values: object) -> Words:
        """The message in its plural form; `%(n)s` is the number itself."""
        whole = int(n) if float(n).is_integer() else 2
        told = self._catalogue.ungettext(singular, plural, whole)
        marked = {name: mark(value) for name, value in values.items()}
        return _said(told, {"n": mark(self.forms.number(n)), **marked})

    def knows(self, message: str) -> bool:
        """Whether the catalogue has it; in English everything that is said."""
        if self.language.partition("-")[0] == "en":
            return bool(message)
        return bool(message) and self._catalogue.ugettext(message) != message

    def translated(self, message: str) -> str:
        """A whole message as the catalogue has it, nothing put in; itself where unknown."""
        return self._catalogue.ugettext(message) if message else ""


def _said(told: str, values: Mapping[str, Words]) -> Words:
    """The message with its values; a value's own full stop ends the sentence (`23. nov.`)."""
    return Words((told % values).replace(f".{CLOSE}.", f".{CLOSE}"))
