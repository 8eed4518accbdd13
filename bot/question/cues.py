"""What kind of question a sentence is by the words it holds, in any order: cues.yml has them. Pure.

People put words in orders nobody foresaw ("generic has been bad since when"): a sentence that no
pattern fits is asked which kinds its words stand for, the first kind whose every group has a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.question.intents import Intent
from bot.question.metric_words import metrics_in
from bot.question.name_index import NAME
from bot.question.terms import terms_in
from bot.question.word_files import words_of

_MINE = re.compile(r"\b(?:our|my|we|us|vår|våre|vårt|vi|oss|min)\b")


@dataclass(frozen=True)
class _Kind:
    intent: str
    detail: str
    all: Sequence[str]
    none: Sequence[str]


@cache
def _cues() -> tuple[Mapping[str, re.Pattern[str]], tuple[_Kind, ...]]:
    """cues.yml, read once: the groups of words, and the kinds in their order."""
    words_file = words_of("cues.yml")
    groups = {name: _group(words) for name, words in words_file["words"].items()}
    kinds = tuple(
        _Kind(each["intent"], each["detail"], each["all"], each.get("none", ()))
        for each in words_file["kinds"]
    )
    return groups, kinds


def _group(words: str) -> re.Pattern[str]:
    """Beginnings of words; a full stop at the end of one is the end of the word."""
    ends = re.sub(r"(?<!\\)\.(?=\||$)", r"\\b", words)
    return re.compile(rf"(?<!\w)(?:{ends})")


def by_cues(text: str) -> Intent:
    """The kind a casefolded sentence's words stand for, an empty one where they stand for none."""
    groups, kinds = _cues()
    for kind in kinds:
        if all(_holds(name, text, groups) for name in kind.all) and not any(
            _holds(name, text, groups) for name in kind.none
        ):
            return Intent(kind.intent, kind.detail)
    return Intent()


def _holds(name: str, text: str, groups: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether a sentence has a word of a group, or what the group stands for."""
    if name == "term":
        return bool(terms_in(text) or metrics_in(text))
    if name == "glossary":
        return bool(terms_in(text))
    if name == "subject":
        return NAME in text or bool(metrics_in(text))
    if name == "mine":
        return bool(_MINE.search(text))
    if name == "whether":
        return bool(groups[name].match(text))
    return bool(groups[name].search(text))
