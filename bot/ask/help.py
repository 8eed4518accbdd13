"""`/perf advice [CHANNEL or CAMPAIGN]` and `/perf help`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.ask.entity_linking import PAIRED
from bot.ask.paraphrase import command
from bot.context.cache import Same
from bot.context.context import Office
from bot.domain.replies import Asker, Reply
from bot.errors import UnknownName
from bot.features.parts.cards import cards, ids_of, names_on
from bot.features.parts.figures_shown import unreported
from bot.numbers.input.daily import match_channel
from bot.question.grammar import Question, as_subject, parse
from bot.question.natural_language import understood
from bot.render.templates import error_view
from bot.render.values.templates import MOST_LISTED, AdviceList, ErrorView, Help, Option
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.boards import again
from bot.snapshot.naming import NEAREST, Unclear, about, find_campaign, no_numbers, quoted, title
from bot.store.base import AdviceRecord


def advice(office: Office, subject: str, asker: Asker, as_of: date) -> Reply:
    """What there is to do, by money at stake.

    Raises:
        UnknownName: The subject is neither a channel nor a campaign.
        NoNumbers: Nothing is stored, or nothing that is new enough to be judged.
    """
    figures = boards.figures(office, as_of, "28d")
    if not figures.rows:
        raise no_numbers(office, as_of)
    told = judged.judged(office, as_of)
    named, rows = about(figures, subject) if subject else ("", None)
    records = told.shown if rows is None else tuple(told.about(ids_of(rows)))
    if not records and unreported(office, as_of):
        raise no_numbers(office, as_of)
    answered = {record.answered_by for record in records[:MOST_LISTED]}
    people = tuple((each, office.person(each)) for each in sorted(filter(None, answered)))

    def made() -> Reply:
        found = cards(
            office, records, names_on(office, as_of), office.zone(asker), most=MOST_LISTED
        )
        message = office.renderer(asker.language).render(
            "advice_list", found=AdviceList(found, named, as_of, len(records))
        )
        return Reply(message.text, message.blocks)

    return again(office, f"advice {subject}", asker, (Same(figures), Same(told), people), made)


def some(office: Office, records: Sequence[AdviceRecord], asker: Asker, as_of: date) -> Reply:
    """Some pieces of advice in full, as a list shows them."""
    found = cards(office, records, names_on(office, as_of), office.zone(asker), most=MOST_LISTED)
    told = AdviceList(found, "", as_of, len(records))
    message = office.renderer(asker.language).render("advice_list", found=told)
    return Reply(message.text, message.blocks)


def help_(
    office: Office, asker: Asker, as_of: date, *, unknown: str = "", nearest: str = ""
) -> Reply:
    """What can be asked, with the asker's own channels and campaigns as examples."""
    figures = boards.figures(office, as_of, "28d")

    def made() -> Reply:
        told = Help(
            channels=tuple(as_subject(title(each)) for each in figures.channels[:3]),
            campaigns=tuple(as_subject(row.campaign_name) for row in figures.biggest(3)),
            unknown=unknown,
            nearest=spoken(nearest, office.language(asker.language)),
        )
        message = office.renderer(asker.language).render("help", help=told)
        return Reply(message.text, message.blocks)

    return again(office, f"help {unknown} {nearest}", asker, (Same(figures),), made)


def channels(office: Office, as_of: date) -> list[str]:
    """The question about each channel there are numbers for, the biggest spend first."""
    return [f"channel {as_subject(each)}" for each in boards.figures(office, as_of, "28d").channels]


def near(error: UnknownName, text: str) -> ErrorView:
    """A name nobody knows; the nearest ask the same question, window and all."""
    view = error_view(error)
    try:
        asked = parse(text)
    except UnknownName:  # a sentence about a name nobody knows
        sentence = understood(text).question
        kind = sentence.command if sentence.command not in PAIRED else error.kind
        asked = replace(sentence, command=kind, subject=error.given)
    if error.kind == "window":
        options = [Option(each, _again(asked, window=each)) for each in error.nearest]
    elif error.given in {asked.subject, asked.subject.strip()}:
        options = [Option(each, _again(asked, subject=each)) for each in error.nearest]
    else:
        return view
    return replace(view, nearest=tuple(options[:NEAREST]))


def _again(asked: Question, **changed: str) -> str:
    return replace(asked, **changed).asks  # type: ignore[arg-type]  # all of them are text


def spoken(question: str, language: str) -> str:
    """A question with its command as somebody of that language types it."""
    first, space, rest = question.partition(" ")
    return f"{command(first, language)}{space}{rest}"


def meant(office: Office, error: UnknownName, text: str, as_of: date) -> str:
    """The question that was probably meant, or "": the right command, or the one left out."""
    words = re.sub(r"^\s*/perf\b", "", text, flags=re.IGNORECASE).split()
    if error.nearest:
        return " ".join((error.nearest[0], *words[1:]))
    figures = boards.figures(office, as_of, "28d")
    for kind, known in (("channel", figures.channels), ("campaign", None)):
        try:
            name = " ".join(words)
            found = match_channel(name, known) if known else find_campaign(figures, name)
        except (UnknownName, Unclear):
            continue
        return f"{kind} {found if isinstance(found, str) else quoted(found)}"
    return ""
