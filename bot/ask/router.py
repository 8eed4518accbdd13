"""Which answer a question gets: one table, and sentences read in ordinary words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.ask import help as listing
from bot.ask.paraphrase import echoed
from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.errors import UnknownName, UsageError
from bot.features import breakdown, subscriptions
from bot.features import status as standing
from bot.features.digest import digest
from bot.features.explain import change as why
from bot.features.explain import why_not
from bot.features.outcomes import effects as results
from bot.features.parts.message_sync import thread_order
from bot.features.reports import campaign, channel
from bot.features.reports import campaign as groups
from bot.features.reports import compare as comparing
from bot.features.reports import export as exporting
from bot.features.search import audit
from bot.features.search import find as finding
from bot.numbers.input.names import channel_key
from bot.numbers.input.windows import WINDOWS
from bot.policy.schedule import FORM_OF
from bot.question.grammar import Question, parse
from bot.question.vocabulary import COMMAND_OF
from bot.render.values.overviews import ReadAs
from bot.snapshot import boards

if TYPE_CHECKING:
    from bot.ask.sentence_reading import SentenceReading as Conversed

Answer = Callable[[Context, Question, Asker, date], Reply]
MOST_WORDS = 2  # a channel and a window
SENTENCE = 4  # words: nobody types a command so long that has no command in it
DATED = ("channel", "campaign", "stage", "pricing", "compare", "why")  # today is not over yet


def _digest(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    renderer = context.renderer(asker.language)
    form = FORM_OF.get(question.subject.casefold(), "daily")
    thread = thread_order(context, asker.channel, as_of, form)
    edition = digest.Edition(form, thread, channel=asker.channel)
    message = digest.written(context, renderer, as_of, context.zone(asker), edition).parent
    return Reply(message.text, message.blocks)


def _help(context: Context, _question: Question, asker: Asker, as_of: date) -> Reply:
    return listing.help_(context, asker, as_of)


def _advice(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    return listing.advice(context, question.subject, asker, as_of)


ANSWERS: Mapping[str, Answer] = {
    "help": _help,
    "channel": channel.channel_answer,
    "campaign": campaign.answer,
    "stage": groups.stage,
    "pricing": groups.pricing,
    "compare": comparing.answer,
    "why": why.answer,
    "why-not": why_not.answer,
    "advice": _advice,
    "digest": _digest,
    "pacing": standing.pacing,
    "sources": standing.sources,
    "targets": standing.targets,
    "rules": standing.rules,
    "tests": results.tests,
    "outcomes": results.outcomes,
    "find": finding.answer,
    "audit": audit.answer,
    "keywords": breakdown.keywords,
    "ads": breakdown.ads,
    "pages": breakdown.pages,
    "audiences": breakdown.audiences,
}


def answered(context: Context, text: str, asker: Asker, as_of: date, *, dry: bool) -> Reply:
    """The answer to what was typed; a sentence is answered with how it was understood.

    Raises:
        UnknownName: Nobody knows the command or the name; the nearest are named.
        Unclear: The name fits several.
    """
    if (question := _of_channel(context, text, as_of)) is not None:
        return _of(context, question, asker, as_of, dry=dry)
    from bot.ask.sentence_reading import conversed  # noqa: PLC0415, what is asked most needs none

    if (reading := conversed(context, text, asker, as_of, dry=dry)) is not None:
        return _conversed(context, reading, asker, as_of, dry=dry)
    return _of(context, _typed(context, text, as_of), asker, as_of, dry=dry)


def _typed(context: Context, text: str, as_of: date) -> Question:
    """A command's question; words that begin as no command does are a sentence nobody read."""
    try:
        return parse(text)
    except UnknownName as error:
        is_sentence = error.kind == "command" and len(text.split()) >= SENTENCE
        if not is_sentence or listing.meant(context, error, text, as_of):
            raise
        raise UsageError(
            "I did not understand that.",
            hint="Say which number, whose and of which days: how much did google cost last week.",
        ) from None


def _of_channel(context: Context, text: str, as_of: date) -> Question | None:
    """`channel google 7d`: what is asked most, and nothing a sentence is; None for all else."""
    command, *arguments = text.removeprefix("/perf").split() or [""]
    if COMMAND_OF.get(command.casefold()) != "channel" or not 0 < len(arguments) <= MOST_WORDS:
        return None
    if len(arguments) == MOST_WORDS and arguments[-1] not in WINDOWS:
        return None
    channels = {row.group for row in boards.head(context, as_of, "28d").groups("channel")}
    return parse(text) if channel_key(arguments[0]) in channels else None


def _conversed(
    context: Context, reading: Conversed, asker: Asker, as_of: date, *, dry: bool
) -> Reply:
    """The answer to a sentence; a command's is under the words that ask it."""
    from bot.ask.beside_answers import beside, or_otherwise  # noqa: PLC0415, see `answered`

    if isinstance(reading.found, Reply):
        reply = reading.found
        reply = beside(context, reading.slots, asker, as_of, reply)
        if reading.unused and not reply.error and not reply.modal:
            reply = _under(context, asker, ReadAs(unused=reading.unused), reply)
        return or_otherwise(context, reading.slots.otherwise, reading.text, asker, reply)
    reply = _of(context, reading.found, asker, as_of, dry=dry)
    echo = ReadAs(echoed(reading.found, context.language(asker.language)), reading.unused)
    reply = _under(context, asker, echo, beside(context, reading.slots, asker, as_of, reply))
    return or_otherwise(context, reading.slots.otherwise, reading.text, asker, reply)


def _under(context: Context, asker: Asker, echo: ReadAs, reply: Reply | None = None) -> Reply:
    """An answer, under the words about how its question was taken; or those alone."""
    message = context.renderer(asker.language).render("understood", heard=echo)
    if reply is None:
        return Reply(message.text, message.blocks)
    return replace(reply, blocks=(*message.blocks, *reply.blocks))


def _of(context: Context, question: Question, asker: Asker, as_of: date, *, dry: bool) -> Reply:
    if question.window == "today" and question.command in DATED:
        reply = _whole(context, replace(question, window="yesterday"), asker, as_of, dry=dry)
        return _under(context, asker, ReadAs(today=True), reply)
    return _whole(context, question, asker, as_of, dry=dry)


def _whole(context: Context, question: Question, asker: Asker, as_of: date, *, dry: bool) -> Reply:
    """The answer about days that are over."""
    if question.command == "share":
        return _shared(context, question, asker, as_of, dry=dry)
    if question.command == "subscribe":
        return subscriptions.subscribe(context, question.words, asker, as_of, dry=dry)
    if question.command == "unsubscribe":
        return subscriptions.unsubscribe(context, asker, dry=dry)
    if question.command == "export":
        return exporting.answer(context, question, asker, as_of, dry=dry)
    if question.command == "settings":
        return standing.settings(context, question.words, asker, dry=dry)
    return ANSWERS[question.command](context, question, asker, as_of)


def _shared(context: Context, question: Question, asker: Asker, as_of: date, *, dry: bool) -> Reply:
    """The answer to the rest, for everybody in the channel."""
    words = " ".join(f'{word}"' if word.startswith('"') else word for word in question.words)
    if not words or parse(words).command in {"share", "subscribe", "unsubscribe", "settings"}:
        raise UsageError(
            "I don't know what to share.", hint="Write the question after it: /perf share advice."
        )
    reply = answered(context, words, asker, as_of, dry=dry)
    return reply if reply.error or reply.modal else replace(reply, response_type="in_channel")
