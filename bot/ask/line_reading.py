"""How a line is meant: as a command, a sentence, or as going on from the one before.

What a sentence says that its answer does not use is said under the answer, never dropped.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.ask.entity_linking import grouped
from bot.context.context import Context
from bot.domain.replies import Asker
from bot.features.measures import books
from bot.features.measures import running_campaigns as running
from bot.features.parts.pacing import grouping
from bot.policy.schedule import EDITIONS
from bot.question.grammar import nearest_commands, tokens
from bot.question.metric_words import without_metrics
from bot.question.slots import Slots, goes_on, went_on
from bot.question.unread import days_left, strangers
from bot.question.vocabulary import COMMAND_OF, STOP_WORDS

LATELY = timedelta(minutes=15)  # so long a sentence may go on from the one before
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


def meant(context: Context, slots: Slots, asker: Asker, as_of: date, *, dry: bool) -> Slots:
    """A line as it is meant.

    One that only goes on (`and meta?`) goes on from what the same person asked last in the same
    place, if that is not long ago; a `dry` one does not, and none goes on from it.
    """
    if not dry and goes_on(slots.line, slots):
        slots = _continued(context, slots, asker, as_of)
    return books.meant(slots)


def _continued(context: Context, slots: Slots, asker: Asker, as_of: date) -> Slots:
    """A sentence as it goes on from the last one, itself where there is none."""
    entry = context.shelf.find(("asked", asker.user, asker.channel), as_of)
    if entry is None or context.clock() - entry.value[0] > LATELY:
        return slots
    merged = went_on(slots, entry.value[1], text=slots.line, as_of=as_of)
    return replace(merged, options=(), otherwise=(), line=slots.line)


def remembered(context: Context, slots: Slots, asker: Asker, as_of: date, *, dry: bool) -> Slots:
    """A sentence, kept for what may go on from it; whoever begins `channel google` is sure."""
    if slots.things and begins_as(slots.text) in ABOUT_SOMEBODY:
        slots = replace(slots, options=())
    if not dry and not slots.options:
        key = ("asked", asker.user, asker.channel)
        context.shelf.keep(key, as_of, (context.clock(), slots), size=1)
    return slots


def typed(text: str, slots: Slots) -> bool:
    """Whether a line that begins with a command's word is one: then only names, numbers, days."""
    words_typed, asks = tokens(re.sub(r"^\s*/perf\b", "", text)), "?" in text
    words = [word.casefold().strip('"') for word in words_typed]
    length = next(n for n in (2, 1) if _joined(words[:n]) in COMMAND_OF)
    command, arguments = COMMAND_OF[_joined(words[:length])], words[length:]
    if command == "share":
        return not arguments or arguments[0] in COMMAND_OF
    if command == "find" and slots.intent == "unknown" and len(words) > MISTYPED:
        return False
    by_group = command == "pacing" and not asks and grouping(arguments)[0]
    quoted = [word.startswith('"') for word in words_typed[length : length + 1]]
    exactly = command in NAMING and not asks and any(quoted)
    ranks = bool(slots.metric or slots.order or slots.bound)
    nameless = command in NAMING and slots.intent == "which" and not ranks and not asks
    names_one = slots.intent == "unknown" and not asks and bool(_NAMES_ONE.match(words[0]))
    nameless = nameless or (names_one and _is_named(arguments))
    exactly = exactly or _of_edition(command, arguments)
    if by_group or exactly or nameless or command in AS_TYPED or slots.intent in {"", "help"}:
        return True
    unread_words = words_besides(slots.text, words[:length]).split()
    return not arguments or (
        not (asks or _asks_else(command, slots))
        and (not unread_words or set(unread_words) <= set(strangers(slots.text)))
    )


def _is_named(arguments: list[str]) -> bool:
    """`campaign Search | Loans`: a name stands after the word, whatever its words mean besides."""
    barred = any("|" in word for word in arguments)
    return barred or (bool(arguments) and not _OF_KINDS.match(arguments[0]))


def _of_edition(command: str, words: list[str]) -> bool:
    """`digest weekly`: which of the digests is meant, and nothing besides."""
    return command == "digest" and bool(words) and set(words) <= EDITIONS


def mistyped(beginning: str, count: int, slots: Slots) -> bool:
    """Whether a line of some words begins with what is nearly a command, and asks nothing surely.

    A name alone asks how it goes.
    """
    if slots.things and not any(letter.isalpha() for letter in slots.text):
        return False
    unsure = not slots.intent or bool(slots.options)
    ranks_one = slots.intent == "which" and bool(slots.things) and not slots.metric
    only_names = ranks_one and not words_besides(slots.text, slots.text.split()[:1])
    short = count <= MISTYPED and (unsure or only_names or slots.intent == "news")
    strange = bool(strangers(beginning)) or (unsure and count == 1)
    return short and strange and bool(nearest_commands(beginning))


def _joined(words: list[str]) -> str:
    return " ".join(words).rstrip(":")


def _asks_else(command: str, slots: Slots) -> bool:
    """Whether a command's word begins a sentence that asks something else."""
    if command == "unsubscribe" and slots.things:
        return True
    if command == "pacing" and _FOR.search(slots.line):
        return True
    return command == "compare" and (len(slots.things) < 2 or bool(slots.metric) or grouped(slots))


def words_besides(text: str, command: list[str]) -> str:
    """Words that are neither names nor metrics nor days."""
    bare = re.sub(r"^" + r"\s+".join(map(re.escape, command)) + r"\b:?", "", text)
    words = _GLUE.sub(" ", without_metrics(bare)).split()
    return " ".join(word for word in words if word[0].isalpha())  # `7x` is a mistyped window


OF_DAYS = {"how_much", "which", "compare", "why"}  # answers about some days
MEASURED = {"how_much", "which", "compare", "moved", "news"}


def unused(slots: Slots, *, as_command: bool) -> tuple[str, ...]:
    """Words besides what was asked that may be a name, or days; after a command all left over.

    `as_command`: Whether it is answered as a command's question is.
    """
    left_out = not as_command and _leaves_out(slots)
    kept_in = () if left_out else tuple(subject.title for subject in slots.excluded)
    if not as_command:
        days = days_left(slots.text) if slots.intent in OF_DAYS and not slots.by else ""
        unread = slots.unread if slots.intent != "unknown" else ""  # the answer says it itself
        return (*filter(None, (days, unread)), *kept_in)
    if begins_as(slots.text) in ABOUT_SOMEBODY:
        spare = words_besides(slots.text, slots.text.split()[:1]).split()
        return (*(word for word in spare if word not in STOP_WORDS), *kept_in)
    return (*(strangers(slots.text) if slots.intent == "news" else ()), *kept_in)


def _leaves_out(slots: Slots) -> bool:
    """Whether an answer is without whom the sentence leaves out: what is measured is."""
    if slots.intent == "what_if":
        return not slots.things  # going without is what it asks about
    in_books = slots.intent in books.INTENTS and slots.metric in books.METRICS
    measured = slots.intent in MEASURED and not in_books
    return measured and not running.state_of(slots)
