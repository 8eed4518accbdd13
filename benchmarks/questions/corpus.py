"""A file of questions and keys, read and checked; sealed.yml's head says what each key holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
INTENTS = (
    "how_much", "why", "which", "when", "who", "forecast", "what_if", "did_it_work", "define",
    "do", "talk", "not_known", "compare", "target", "pace", "tracking", "test", "advice", "news",
)  # fmt: skip
FIELDS = {
    "id", "language", "asked", "intent", "metric", "subject", "window", "figure", "accept",
    "must_not",
}  # fmt: skip
Pattern = re.Pattern[str]


class WrongKey(ValueError):
    """A question whose key cannot be meant."""


@dataclass(frozen=True)
class Question:
    """What somebody types, and what a right answer holds.

    Attributes:
        windows: As (since, until) in ISO days; empty where any usual window is right.
        figures: One or the other; empty where the answer is words alone.
        accept: One of these sets of patterns has to be met whole; empty where a figure is all.
    """

    id: str
    language: str
    asked: str
    intent: str
    subject: str
    metric: str = ""
    windows: tuple[tuple[str, str], ...] = ()
    figures: tuple[Mapping[str, Any], ...] = ()
    accept: tuple[tuple[Pattern, ...], ...] = ()
    must_not: tuple[Pattern, ...] = field(default=())


def load(name: str) -> list[Question]:
    """The questions of `open`, `kinds`, `sealed` or `strangers`.

    Raises:
        WrongKey: A key that cannot be meant, by the question's id.
    """
    read = yaml.safe_load((HERE / f"{name}.yml").read_text(encoding="utf-8"))
    return parsed(read)


def parsed(read: Mapping[str, Any]) -> list[Question]:
    """The questions of a file as YAML gives it: `patterns` and `questions`."""
    patterns = read.get("patterns", {})
    questions = [_question(entry, patterns) for entry in read["questions"]]
    ids = [question.id for question in questions]
    if twice := {each for each in ids if ids.count(each) > 1}:
        raise WrongKey(f"ids used twice: {', '.join(sorted(twice))}")
    return questions


def _question(entry: Mapping[str, Any], patterns: Mapping[str, str]) -> Question:
    _check(entry)
    return Question(
        id=entry["id"],
        language=entry["language"],
        asked=entry["asked"],
        intent=entry["intent"],
        subject=entry["subject"],
        metric=entry.get("metric", ""),
        windows=tuple(map(_window, _listed(entry.get("window", ())))) if _dated(entry) else (),
        figures=tuple(_listed(entry.get("figure", ()))),
        accept=tuple(_together(each, patterns) for each in _listed(entry.get("accept", ()))),
        must_not=tuple(_pattern(each, patterns) for each in _listed(entry.get("must_not", ()))),
    )


def _check(entry: Mapping[str, Any]) -> None:
    name = entry.get("id", entry)
    if unknown := set(entry) - FIELDS:
        raise WrongKey(f"{name}: no field {', '.join(sorted(unknown))}")
    if entry["intent"] not in INTENTS or entry["language"] not in {"en", "nb"}:
        raise WrongKey(f"{name}: {entry['intent']} in {entry['language']} is no kind of question")
    if not entry.get("figure") and not entry.get("accept"):
        raise WrongKey(f"{name}: neither a figure nor words that would be right")


def _dated(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("window", "default")) != "default"


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _window(written: Any) -> tuple[str, str]:
    since, _, until = str(written).partition("..")
    return since, until or since


def _together(words: Any, patterns: Mapping[str, str]) -> tuple[Pattern, ...]:
    return tuple(_pattern(each, patterns) for each in _listed(words))


def _pattern(words: Any, patterns: Mapping[str, str]) -> Pattern:
    """A pattern, with each @name in it put in its place."""
    whole = re.sub(r"@(\w+)", lambda match: f"(?:{patterns[match[1]]})", str(words))
    return re.compile(whole, re.IGNORECASE | re.DOTALL)
