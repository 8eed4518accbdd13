"""Which answer a question gets: one table, and sentences read in ordinary words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

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
from bot.policy.schedule import FORM_OF
from bot.question.grammar import Question, parse
from bot.question.slots import Slots
from bot.question.vocabulary import COMMAND_OF
from bot.render.values.conversation import AskedBack
from bot.render.values.overviews import ReadAs

Answer = Callable[[Context, Question, Asker, date], Reply]
_WORDS = re.compile(r'[“«"„][^”»"]*[”»"](?!\S)|\S+')  # what stands in quotes is one
SENTENCE = 4  # words: nobody types a command so long that has no command in it
DATED = ("channel", "campaign", "stage", "pricing", "compare", "why")  # today is not over yet


def _digest(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    renderer = context.renderer(asker.language)
    form = FORM_OF.get(question.subject.casefold(), "daily")
    thread = thread_order(context, asker.channel, as_of, form)
    edition = digest.Edition(form, thread, channel=asker.channel)
    message = digest.written(context, renderer, as_of, context.zone(asker), edition).parent
    return Reply(message.text, message.blocks)


def _channel(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    answer = channel.channel_answer if question.subject else comparing.overview_answer
    return answer(context, question, asker, as_of)


def _help(context: Context, _question: Question, asker: Asker, as_of: date) -> Reply:
    return listing.help_(context, asker, as_of)


def _advice(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    return listing.advice(context, question.subject, asker, as_of)


ANSWERS: Mapping[str, Answer] = {
    "help": _help,
    "channel": _channel,
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


@dataclass(frozen=True)
class TypedLine:
    """A line as it was typed, and as it was read: a command's question, or else its slots."""

    text: str
    question: Question | None = None
    slots: Slots = field(default_factory=Slots)


def answered(context: Context, line: TypedLine, asker: Asker, as_of: date, *, dry: bool) -> Reply:
    """The answer to a line; a sentence's says how it was understood.

    Raises:
        UnknownName: Nobody knows the command or the name; the nearest are named.
        Unclear: The name fits several.
    """
    if line.question is not None:
        return _of(context, line.question, asker, as_of, dry=dry)
    from bot.ask import beside_answers, line_reading, sentence_answers  # noqa: PLC0415, what is asked most needs none

    slots = line_reading.meant(context, line.slots, asker, as_of, dry=dry)
    if _is_command(line.text, slots):
        return _of(context, _typed(context, line.text, as_of), asker, as_of, dry=dry)
    slots = line_reading.remembered(context, slots, asker, as_of, dry=dry)
    if slots.options:
        return _asked_back(context, AskedBack(slots.options, line.text), asker)
    response = sentence_answers.answered(context, slots, asker, as_of)
    if response is None:
        return _of(context, _typed(context, line.text, as_of), asker, as_of, dry=dry)
    heard = ReadAs(unused=line_reading.unused(slots, as_command=isinstance(response, Question)))
    if isinstance(response, Question):
        reply = _of(context, response, asker, as_of, dry=dry)
        heard = replace(heard, asks=echoed(response, context.language(asker.language)))
    else:
        reply = response
    reply = beside_answers.beside(context, slots, asker, as_of, reply)
    if sentence_answers.of_today(slots) and not reply.error:
        reply = _under(context, asker, ReadAs(today=True), reply)
    if heard.asks or (heard.unused and not reply.error and not reply.modal):
        reply = _under(context, asker, heard, reply)
    if not slots.otherwise:
        return reply
    return beside_answers.or_otherwise(context, AskedBack(slots.otherwise, line.text), asker, reply)


def _asked_back(context: Context, asked: AskedBack, asker: Asker) -> Reply:
    message = context.renderer(asker.language).render("asked_back", asked=asked)
    return Reply(message.text, message.blocks)


def _is_command(text: str, slots: Slots) -> bool:
    """Whether a command was typed, rightly or nearly."""
    from bot.ask import line_reading  # noqa: PLC0415, see `answered`

    words = _WORDS.findall(text.removeprefix("/perf"))
    beginnings = (" ".join(words[:length]).casefold().rstrip(":") for length in (1, 2))
    if not words or (slots.options and line_reading.begins_as(slots.text) == "find"):
        return True
    if any(beginning in COMMAND_OF for beginning in beginnings):
        return line_reading.typed(text, slots)
    return line_reading.mistyped(words[0].casefold().strip('"'), len(words), slots)


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
    from bot.ask.entity_linking import known_names  # noqa: PLC0415, see `answered`
    from bot.question.slot_reading import read  # noqa: PLC0415

    line = TypedLine(words, slots=read(words, known_names(context, as_of), as_of))
    reply = answered(context, line, asker, as_of, dry=dry)
    return reply if reply.error or reply.modal else replace(reply, response_type="in_channel")
