"""How people write: short forms, slang, dialect and slips of the finger, read as plain words. Pure.

wording.yml has them as data. Names are taken out of a sentence before, so that none is changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from rapidfuzz import fuzz, process

from bot.question.vocabulary import STOP_WORDS
from bot.question.word_files import WordFile, words_of

ALIKE, SHORTEST = 86.0, 6  # a slip of the finger in a word of so many letters
WORD = re.compile(r"[^\W\d_]+")


def wording() -> WordFile:
    """wording.yml, read once: `written` and `spelled`."""
    return words_of("wording.yml")


@cache
def _written() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), plain) for pattern, plain in wording()["written"])


@cache
def _spelled() -> tuple[str, ...]:
    return tuple(wording()["spelled"].split())


@cache
def _right() -> frozenset[str]:
    """Words that are no slip of another."""
    words = (*_spelled(), *wording()["ordinary"].split(), *wording()["dimensions"].split())
    return frozenset((*words, *STOP_WORDS))


def plainly(text: str) -> str:
    """A casefolded sentence in the words the patterns know."""
    for pattern, plain in _written():
        text = pattern.sub(plain, text)
    return " ".join(WORD.sub(lambda word: spelled(word[0]), text).split())


@cache
def _beginnings() -> Mapping[str, tuple[str, ...]]:
    """The words of `spelled` by their first letter."""
    letters = {word[0] for word in _spelled()}
    return {each: tuple(word for word in _spelled() if word[0] == each) for each in letters}


def spelled(word: str) -> str:
    """The word that was probably meant; the same one where it is no slip."""
    if len(word) < SHORTEST or word in _right():
        return word
    near = process.extractOne(
        word,
        _beginnings().get(word[0], ()),
        scorer=fuzz.ratio,
        score_cutoff=ALIKE,
        processor=None,
    )
    return near[0] if near and abs(len(near[0]) - len(word)) <= 1 else word
