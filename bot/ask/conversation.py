"""A sentence to its answer: read slot by slot, then the one feature that answers such a question.

What is read with certainty is answered here; a sentence nobody can place goes back to the router,
which says that it was not understood. Nothing is changed by a sentence alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.ask.known_names import known_names
from bot.context.context import Office
from bot.domain.replies import Asker, Reply
from bot.features.measures import amounts, ranking
from bot.question.grammar import tokens
from bot.question.metric_words import without_metrics
from bot.question.slot_reading import read
from bot.question.slots import Slots
from bot.question.vocabulary import COMMAND_OF

Answer = Callable[[Office, Slots, Asker, date], Reply | None]
AS_TYPED = {"find", "audit", "export", "settings", "rules", "why-not", "subscribe"}
_GLUE = re.compile(
    r"[¤£◊,|:]|\b(?:and|og|vs\.?|versus|mot|kontra|for|on|of|in|at|på|hos|i|av|with|med|the|de|last|"
    r"siste|from|fra|against|target|mål|previous|week|month|year|uke|måned)\b"
)


def conversed(office: Office, text: str, asker: Asker, as_of: date) -> Reply | None:
    """The answer to a sentence; None for a command, and for what nobody can place."""
    slots = read(text, known_names(office, as_of), as_of)
    if typed(text, slots):
        return None
    worker = ANSWERS.get(slots.intent)
    return worker(office, slots, asker, as_of) if worker else None


def typed(text: str, slots: Slots) -> bool:
    """Whether a command was typed: its word, then only names, numbers and days."""
    words = [word.casefold().strip('"') for word in tokens(re.sub(r"^\s*/perf\b", "", text))]
    if not words:
        return True
    known = (n for n in (2, 1) if n <= len(words) and _joined(words[:n]) in COMMAND_OF)
    length = next(known, 0)
    if not length:
        return False
    command = COMMAND_OF[_joined(words[:length])]
    if command == "share":
        return len(words) == length or words[length] in COMMAND_OF
    if command in AS_TYPED or slots.intent in {"", "help"}:
        return True
    return len(words) == length or (
        not _asks(text, command, slots) and not _left(slots.text, words[:length])
    )


def _joined(words: list[str]) -> str:
    return " ".join(words).rstrip(":")


def _asks(text: str, command: str, slots: Slots) -> bool:
    """Whether a command's word begins a sentence that asks something else."""
    if command == "unsubscribe" and slots.things:
        return True
    lone = command == "compare" and (len(slots.things) < 2 or bool(slots.metric))
    return "?" in text or lone


def _left(text: str, command: list[str]) -> str:
    """Words that are neither names nor metrics nor days."""
    bare = re.sub(r"^" + r"\s+".join(map(re.escape, command)) + r"\b:?", "", text)
    words = _GLUE.sub(" ", without_metrics(bare)).split()
    return " ".join(word for word in words if not word.isdigit())


def _how_much(office: Office, slots: Slots, asker: Asker, as_of: date) -> Reply | None:
    known = {*office.rulebook.metrics, "profit", "cac"}
    metric = slots.metric if slots.metric in known else "spend" if slots.form else ""
    if not metric:
        return None
    return amounts.answer(office, replace(slots, metric=metric), asker, as_of)


def _which(office: Office, slots: Slots, asker: Asker, as_of: date) -> Reply | None:
    if slots.order and slots.by and not slots.metric:
        slots = replace(slots, metric="" if slots.order in {"best", "worst"} else "spend")
        if slots.by != "campaign" and not slots.metric:
            slots = replace(slots, metric="roas")
    return ranking.answer(office, slots, asker, as_of)


def _compare(office: Office, slots: Slots, asker: Asker, as_of: date) -> Reply | None:
    if not slots.metric and len(slots.things) > 1:
        return None  # the command sets them side by side, number by number
    if not slots.metric:
        slots = replace(slots, metric="spend")
    if slots.detail == "change" and not slots.against and not slots.window:
        slots = replace(slots, window="28d")
    return _how_much(office, slots, asker, as_of)


ANSWERS: Mapping[str, Answer] = {
    "how_much": _how_much,
    "which": _which,
    "compare": _compare,
}
