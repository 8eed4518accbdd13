"""What kind of question a sentence is: lexicon.yml holds the patterns, first fit wins.

On casefolded text in which ¤ stands for a name that is known and ◊ for days. What is specific
comes before what is general: `why was the advice dismissed` asks who, not why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

INTENTS = (
    "thanks", "hello", "help", "self", "do", "unknown", "define", "who", "when", "outcome",
    "what_if", "forecast", "pace", "tracking", "tests", "stake", "sure", "silence", "advice",
    "target", "which", "compare", "why", "moved", "how_much", "news", "off_subject",
)  # fmt: skip


@cache
def lexicon() -> Mapping[str, Any]:
    """lexicon.yml, read once: `parts`, `intents` and `days`."""
    text = resources.files("bot.question").joinpath("lexicon.yml").read_text("utf-8")
    read: Mapping[str, Any] = yaml.safe_load(text)
    return read


def put_in(pattern: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    """A pattern with each @part@ of it put in its place."""
    return re.compile(re.sub(r"@(\w+)@", lambda match: parts[match[1]], pattern))


@cache
def _rules() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    read = lexicon()
    return tuple(
        (entry["intent"], entry["detail"], put_in(entry["pattern"], read["parts"]))
        for entry in read["intents"]
    )


def intent_of(text: str) -> tuple[str, str]:
    """The intent and its detail, both "" where no pattern fits. `text` is casefolded."""
    return next(
        ((intent, detail) for intent, detail, pattern in _rules() if pattern.search(text)), ("", "")
    )
