"""What kind of question a sentence is: lexicon.yml holds the patterns, first fit wins.

On casefolded text in which ¤ stands for a name that is known and ◊ for days; a raw pattern is
looked for in the sentence with its names. What is specific comes before what is general: `why was
the advice dismissed` asks who, not why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.question.word_files import words_of

INTENTS = (
    "thanks", "hello", "help", "self", "do", "unknown", "define", "who", "when", "outcome",
    "what_if", "forecast", "pace", "tracking", "tests", "stake", "sure", "silence", "advice",
    "target", "which", "compare", "why", "moved", "how_much", "news", "off_subject",
)  # fmt: skip


def lexicon() -> Mapping[str, Any]:
    """lexicon.yml, read once: `parts`, `intents` and `days`."""
    return words_of("lexicon.yml")


def put_in(pattern: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    """A pattern with each @part@ of it put in its place."""
    return re.compile(re.sub(r"@(\w+)@", lambda match: parts[match[1]], pattern))


@dataclass(frozen=True)
class _Rule:
    intent: str
    detail: str
    pattern: re.Pattern[str]
    raw: bool


@dataclass(frozen=True)
class Intent:
    """What kind of question a sentence is; a raw one's words are no names: from where to where."""

    name: str = ""
    detail: str = ""
    words: tuple[int, int] | None = None


@cache
def _rules() -> tuple[_Rule, ...]:
    read = lexicon()
    return tuple(
        _Rule(
            entry["intent"],
            entry["detail"],
            put_in(entry["pattern"], read["parts"]),
            entry.get("raw", False),
        )
        for entry in read["intents"]
    )


def intent_of(text: str, raw: str = "") -> Intent:
    """The first intent whose pattern fits, an empty one where none does.

    Args:
        text: Casefolded, names and days taken out.
        raw: The same with its names and days.
    """
    for rule in _rules():
        match = rule.pattern.search(raw if rule.raw else text)
        if match:
            return Intent(rule.intent, rule.detail, match.span() if rule.raw else None)
    return Intent()
