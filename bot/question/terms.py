"""The words perfbot explains, how people write them, and which of them is asked about. Pure.

terms.yml has them; what each one means stands in bot/render/glossary_words.py. It is one of the
files of words beside this code, each of which is read once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeVar

import yaml
from pydantic import TypeAdapter

T = TypeVar("T")


def words_of(name: str, shape: type[T]) -> T:
    """What `name` in bot/question holds, e.g. `terms.yml`, in its shape."""
    text = resources.files("bot.question").joinpath(name).read_text("utf-8")
    return TypeAdapter(shape).validate_python(yaml.safe_load(text))


@dataclass(frozen=True)
class Terms:
    """Patterns of the words perfbot explains, by name, and of what stands around them.

    Attributes:
        asked: Those explained only where their meaning is asked for.
        before, after: What stands around a word that is asked about.
        meant: What asks for a meaning anywhere.
    """

    words: Mapping[str, str]
    asked: Mapping[str, str]
    before: str
    after: str
    meant: str


@dataclass(frozen=True)
class DayPattern:
    """Days as people write them, and what reads them: a fixed window, or a worker of named_days."""

    pattern: str
    fixed: str = ""
    worker: str = ""


@dataclass(frozen=True)
class MetricPatterns:
    """A number's words as patterns, and what one of it is called where its price is asked for."""

    words: tuple[str, ...] = ()
    one: str = ""


@dataclass(frozen=True)
class Lexicon:
    """lexicon.yml: the days and the numbers a sentence names."""

    days: tuple[DayPattern, ...]
    metrics: Mapping[str, MetricPatterns]


@cache
def lexicon() -> Lexicon:
    """lexicon.yml, read once."""
    return words_of("lexicon.yml", Lexicon)


LONGEST = 3  # words in a word asked about
_PUNCTUATION = re.compile(r"[\"«»“”'?!.,:;()=]")


@cache
def terms() -> Terms:
    """terms.yml, read once."""
    return words_of("terms.yml", Terms)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    patterns = {**terms().words, **terms().asked}
    return tuple(
        (name, re.compile(rf"(?<!\w)(?:{words})(?!\w)")) for name, words in patterns.items()
    )


@cache
def _frames() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A word between what asks for its meaning, and what asks for a meaning anywhere."""
    frame = rf"^{terms().before} (?P<word>.+?){terms().after}$"
    return re.compile(frame), re.compile(terms().meant)


def terms_in(text: str) -> tuple[str, ...]:
    """The glossary's words in a casefolded sentence, the longest first, none inside another."""
    spans = sorted(
        (
            (match.start() - match.end(), match.start(), match.end(), name)
            for name, pattern in _patterns()
            for match in pattern.finditer(text)
        ),
    )
    chosen: list[tuple[int, int, int, str]] = []
    for span in spans:
        if all(span[2] <= longer[1] or span[1] >= longer[2] for longer in chosen):
            chosen.append(span)
    return tuple(dict.fromkeys(name for _, _, _, name in chosen))


def word_asked(text: str) -> str:
    """The word whose meaning a casefolded sentence asks for, "" where it is not clear which."""
    bare = " ".join(_PUNCTUATION.sub(" ", text).split())
    frame, meant_by_it = _frames()
    framed = frame.search(meant_by_it.sub(" ", bare)) or frame.search(bare)
    word = " ".join((framed["word"] if framed else "").split())
    return word if len(word.split()) <= LONGEST else ""


def is_term(text: str) -> bool:
    """Whether a casefolded sentence is a word of the glossary and nothing more."""
    bare = " ".join(_PUNCTUATION.sub(" ", text).split())
    always = (pattern for name, pattern in _patterns() if name in terms().words)
    return any(pattern.fullmatch(bare) for pattern in always)
