"""Which answer a question gets: one table, and sentences read in ordinary words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.ask import help as listing
from bot.ask.conversation import Heard as Conversed
from bot.ask.conversation import beside, conversed
from bot.ask.entity_linking import Understood, heard
from bot.ask.paraphrase import echoed
from bot.context.context import Office
from bot.domain.replies import Asker, Reply
from bot.errors import UnknownName, UsageError
from bot.features.digest import digest
from bot.features.explain import change as why
from bot.features.explain import silence as why_not
from bot.features.outcomes import lists as results
from bot.features.reports import campaign, channel
from bot.features.reports import campaign as groups
from bot.features.reports import compare as comparing
from bot.features.reports import export as exporting
from bot.features.search import audit
from bot.features.search import find as finding
from bot.features.status import status as standing
from bot.features.subscriptions import subscribing
from bot.policy.schedule import FORM_OF
from bot.question.grammar import Question, parse
from bot.question.natural_language import Sentence, thanked, understood
from bot.render.values.overviews import Heard
from bot.snapshot import boards
from bot.snapshot.naming import Unclear

Answer = Callable[[Office, Question, Asker, date], Reply]
DATED = ("channel", "campaign", "stage", "pricing", "compare", "why")  # today is not over yet


def _digest(office: Office, question: Question, asker: Asker, as_of: date) -> Reply:
    renderer = office.renderer(asker.language)
    form = FORM_OF.get(question.subject.casefold(), "daily")
    found = digest.written(office, renderer, as_of, office.zone(asker), form).parent
    return Reply(found.text, found.blocks)


def _help(office: Office, _question: Question, asker: Asker, as_of: date) -> Reply:
    return listing.help_(office, asker, as_of)


def _advice(office: Office, question: Question, asker: Asker, as_of: date) -> Reply:
    return listing.advice(office, question.subject, asker, as_of)


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
}


def answered(office: Office, text: str, asker: Asker, as_of: date, *, dry: bool) -> Reply:
    """The answer to what was typed; a sentence is answered with how it was understood.

    Raises:
        UnknownName: Nobody knows the command or the name; the nearest are named.
        Unclear: The name fits several.
    """
    if thanked(text):
        return _under(office, asker, Heard(thanks=True))
    if (told := conversed(office, text, asker, as_of)) is not None:
        return _conversed(office, told, asker, as_of, dry=dry)
    try:
        return _of(office, parse(text), asker, as_of, dry=dry)
    except (UnknownName, Unclear) as missed:
        found = _plainly(office, understood(text), missed, as_of)
        if found is None:
            raise
        said = Heard(echoed(found.question, office.language(asker.language)), found.unused)
        return _under(office, asker, said, _of(office, found.question, asker, as_of, dry=dry))


def _conversed(office: Office, told: Conversed, asker: Asker, as_of: date, *, dry: bool) -> Reply:
    """The answer to a sentence; a command's is under the words that ask it."""
    if isinstance(told.found, Reply):
        return told.found
    reply = _of(office, told.found, asker, as_of, dry=dry)
    said = Heard(echoed(told.found, office.language(asker.language)), told.unused)
    return _under(office, asker, said, beside(office, told.slots, asker, as_of, reply))


def _under(office: Office, asker: Asker, heard: Heard, reply: Reply | None = None) -> Reply:
    """An answer, under the words about how its question was taken; or those alone."""
    said = office.renderer(asker.language).render("understood", heard=heard)
    if reply is None:
        return Reply(said.text, said.blocks)
    return replace(reply, blocks=(*said.blocks, *reply.blocks))


def _plainly(
    office: Office, sentence: Sentence, missed: Exception, as_of: date
) -> Understood | None:
    """What a sentence asks; None where it is a mistyped command, or no question at all."""
    mistyped = isinstance(missed, UnknownName) and missed.kind == "command" and missed.nearest
    if not sentence.loose and (mistyped or sentence.question.command):
        return None
    try:
        return heard(boards.figures(office, as_of, "28d"), sentence)
    except UnknownName as unknown:
        by_command = not (isinstance(missed, UnknownName) and missed.kind == "command")
        raise (missed if by_command else unknown) from None  # the command has asked better


def _of(office: Office, question: Question, asker: Asker, as_of: date, *, dry: bool) -> Reply:
    if question.window == "today" and question.command in DATED:
        told = _whole(office, replace(question, window="yesterday"), asker, as_of, dry=dry)
        return _under(office, asker, Heard(today=True), told)
    return _whole(office, question, asker, as_of, dry=dry)


def _whole(office: Office, question: Question, asker: Asker, as_of: date, *, dry: bool) -> Reply:
    """The answer about days that are over."""
    if question.command == "share":
        return _shared(office, question, asker, as_of, dry=dry)
    if question.command == "subscribe":
        return subscribing.subscribe(office, question.words, asker, as_of, dry=dry)
    if question.command == "unsubscribe":
        return subscribing.unsubscribe(office, asker, dry=dry)
    if question.command == "export":
        return exporting.answer(office, question, asker, as_of, dry=dry)
    if question.command == "settings":
        return standing.settings(office, question.words, asker, dry=dry)
    return ANSWERS[question.command](office, question, asker, as_of)


def _shared(office: Office, question: Question, asker: Asker, as_of: date, *, dry: bool) -> Reply:
    """The answer to the rest, for everybody in the channel."""
    words = " ".join(f'{word}"' if word.startswith('"') else word for word in question.words)
    if not words or parse(words).command in {"share", "subscribe", "unsubscribe", "settings"}:
        raise UsageError(
            "I don't know what to share.", hint="Write the question after it: /perf share advice."
        )
    found = answered(office, words, asker, as_of, dry=dry)
    return found if found.error or found.modal else replace(found, response_type="in_channel")
