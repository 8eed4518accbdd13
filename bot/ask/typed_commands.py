"""Whether a line is a command as typed, or a sentence that begins with a command's word."""

from __future__ import annotations

import re

from bot.ask.entity_linking import grouped
from bot.features.parts.pacing import grouping
from bot.policy.schedule import EDITIONS
from bot.question.grammar import nearest_commands, tokens
from bot.question.metric_words import without_metrics
from bot.question.slots import Slots
from bot.question.unread import strangers
from bot.question.vocabulary import COMMAND_OF

MISTYPED = 3  # words of a command with a typing error
_FOR = re.compile(r"^\s*\S+ (?:for|on|på|hos) ", re.IGNORECASE)
NAMING = {"channel", "campaign", "why", "advice", "pacing"}  # a name in quotes after these
AS_TYPED = {"find", "audit", "export", "settings", "rules", "why-not", "subscribe"}
_GLUE = re.compile(
    r"[¤£◊,|:]|\b(?:and|og|vs\.?|versus|mot|kontra|for|on|of|in|at|på|hos|i|av|with|med|the|de|last|"
    r"siste|from|fra|against|target|mål|previous|week|month|year|uke|måned)\b"
)
ABOUT_SOMEBODY = {"channel", "campaign", "compare"}  # commands that need a name after them
_NAMES_ONE = re.compile(r"^(?:campaign|camp|kampanje|channel|kanal)$")  # the name stands after it
_OF_KINDS = re.compile(
    r"^(?:typ|mix|(?:by|per|with|without|for|on|in|we|med|uten|etter|på|i|hos|vi)$)"
)


def begins_as(text: str) -> str | None:
    """The command whose word a casefolded sentence begins with, None for none."""
    return COMMAND_OF.get(text.partition(" ")[0])


def typed(text: str, slots: Slots) -> bool:
    """Whether a command was typed: its word, then only names, numbers and days."""
    words_typed = tokens(re.sub(r"^\s*/perf\b", "", text))
    words = [word.casefold().strip('"') for word in words_typed]
    if not words:
        return True
    lengths = (n for n in (2, 1) if n <= len(words) and _joined(words[:n]) in COMMAND_OF)
    length = next(lengths, 0)
    if not length:
        return _mistyped(words, slots)
    command = COMMAND_OF[_joined(words[:length])]
    if command == "share":
        return len(words) == length or words[length] in COMMAND_OF
    if command == "find" and slots.intent == "unknown" and len(words) > MISTYPED:
        return False
    by_group = command == "pacing" and "?" not in text and grouping(words[length:])[0]
    quoted = [word.startswith('"') for word in words_typed[length:]]
    exactly = command in NAMING and len(quoted) > 0 and quoted[0] and "?" not in text
    ranks = bool(slots.metric or slots.order or slots.bound)
    nameless = command in NAMING and slots.intent == "which" and not ranks and "?" not in text
    nameless = nameless or (slots.intent == "unknown" and _is_named(text, words, length))
    exactly = exactly or _of_edition(command, words[length:])
    if by_group or exactly or nameless or command in AS_TYPED or slots.intent in {"", "help"}:
        return True
    unread_words = words_besides(slots.text, words[:length]).split()
    return len(words) == length or (
        not _asks(text, command, slots)
        and (not unread_words or set(unread_words) <= set(strangers(slots.text)))
    )


def _is_named(text: str, words: list[str], length: int) -> bool:
    """`campaign Search | Loans`: a name stands after the word, whatever its words mean besides."""
    name = words[length:]
    if "?" in text or not name or not _NAMES_ONE.match(words[0]):
        return False
    return "|" in text or not _OF_KINDS.match(name[0])


def _of_edition(command: str, words: list[str]) -> bool:
    """`digest weekly`: which of the digests is meant, and nothing besides."""
    return command == "digest" and bool(words) and set(words) <= EDITIONS


def _mistyped(words: list[str], slots: Slots) -> bool:
    """Whether a short line begins with what is nearly a command, and asks nothing surely.

    A name alone asks how it goes.
    """
    if slots.things and not any(letter.isalpha() for letter in slots.text):
        return False
    unsure = not slots.intent or bool(slots.options)
    named = slots.intent == "which" and bool(slots.things) and not slots.metric
    only_names = named and not words_besides(slots.text, slots.text.split()[:1])
    short = len(words) <= MISTYPED and (unsure or only_names or slots.intent == "news")
    strange = bool(strangers(words[0])) or (unsure and len(words) == 1)
    return short and strange and bool(nearest_commands(words[0]))


def _joined(words: list[str]) -> str:
    return " ".join(words).rstrip(":")


def _asks(text: str, command: str, slots: Slots) -> bool:
    """Whether a command's word begins a sentence that asks something else."""
    if command == "unsubscribe" and slots.things:
        return True
    if command == "pacing" and _FOR.search(text):
        return True
    lone = command == "compare" and (len(slots.things) < 2 or bool(slots.metric) or grouped(slots))
    return "?" in text or lone


def words_besides(text: str, command: list[str]) -> str:
    """Words that are neither names nor metrics nor days."""
    bare = re.sub(r"^" + r"\s+".join(map(re.escape, command)) + r"\b:?", "", text)
    words = _GLUE.sub(" ", without_metrics(bare)).split()
    return " ".join(word for word in words if word[0].isalpha())  # `7x` is a mistyped window
