"""Which answer a question gets: one table, and sentences read in ordinary words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.desk import (
    audit,
    boards,
    campaign,
    channel,
    comparing,
    digest,
    exporting,
    finding,
    groups,
    listing,
    results,
    standing,
    subscribing,
    why,
    why_not,
)
from bot.desk.figures import Figures
from bot.desk.grammar import Question, parse
from bot.desk.names import Unclear, find_campaign, quoted
from bot.desk.office import Office
from bot.desk.plainly import Sentence, spans, understood
from bot.desk.schedule import FORM_OF
from bot.desk.types import Asker, Reply
from bot.errors import UnknownName, UsageError
from bot.numbers.daily import match_channel

Answer = Callable[[Office, Question, Asker, date], Reply]
ALONE = ("advice", "pacing", "outcomes", "digest")  # asked about everything, or about a name
SHORTEST_NAME = 3


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
    "channel": channel.answer,
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
    try:
        return _of(office, parse(text), asker, as_of, dry=dry)
    except (UnknownName, Unclear) as missed:
        question = _plainly(office, understood(text), missed, as_of)
        if question is None:
            raise
        said = office.renderer(asker.language).render("understood", asks=question.asks)
        reply = _of(office, question, asker, as_of, dry=dry)
        return replace(reply, blocks=(*said.blocks, *reply.blocks))


def _of(office: Office, question: Question, asker: Asker, as_of: date, *, dry: bool) -> Reply:
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


def _plainly(office: Office, sentence: Sentence, missed: Exception, as_of: date) -> Question | None:
    """What a sentence asks; None where it is none, or names nothing anybody knows."""
    mistyped = isinstance(missed, UnknownName) and missed.kind == "command" and missed.nearest
    if not sentence.loose and (mistyped or sentence.question.command):
        return None
    if not sentence.names and sentence.question.command in ALONE:
        return sentence.question
    figures = boards.figures(office, as_of, "28d")
    for name in spans(sentence.names):
        found = _about(figures, name, sentence)
        if found and (sentence.loose or name == " ".join(sentence.names)):
            return found
    return sentence.question if sentence.question.command in ALONE and sentence.loose else None


def _about(figures: Figures, name: str, sentence: Sentence) -> Question | None:
    """The question about a name, where a channel or a campaign is called so."""
    asked = sentence.question
    if len(name) < SHORTEST_NAME:
        return None
    try:
        found = match_channel(name, figures.channels)
        command = asked.command if asked.command not in {"", "campaign"} else "channel"
    except UnknownName:
        try:
            found = quoted(find_campaign(figures.rows, name, _rest(asked))).strip('"')
        except UnknownName:
            return None
        except Unclear as unclear:
            raise Unclear(why.redirected(unclear.choice, asked.command or "campaign")) from None
        command = asked.command if asked.command not in {"", "channel"} else "campaign"
    metric = asked.metric if command == "why" else ""
    return replace(asked, command=command, subject=found, metric=metric)


def _rest(asked: Question) -> str:
    """What a choice between names keeps of the question."""
    return f"{asked.metric if asked.command == 'why' else ''} {asked.when}".strip()
