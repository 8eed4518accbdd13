"""`/perf advice [CHANNEL or CAMPAIGN]` and `/perf help`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.ask.paraphrase import command
from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.errors import UnknownName
from bot.features.parts.advice_cards import cards, names_on, said_at_once
from bot.features.parts.figures_shown import unreported
from bot.numbers.input.daily import match_channel
from bot.question.grammar import Question, as_subject, parse
from bot.render.renderer import error_view
from bot.render.values.templates import MOST_LISTED, AdviceList, ErrorView, Help, Option
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.boards import again
from bot.snapshot.evaluation import ids_of
from bot.snapshot.naming import NEAREST, Unclear, about, find_campaign, no_numbers, quoted, title
from bot.store.base import AdviceRecord

IN_HANDS = timedelta(days=28)  # so long what somebody took on is said to be under way


def advice(context: Context, subject: str, asker: Asker, as_of: date) -> Reply:
    """What there is to do, what is urgent first, then by money at stake.

    Raises:
        UnknownName: The subject is neither a channel nor a campaign.
        NoNumbers: Nothing is stored, or nothing that is new enough to be judged.
    """
    figures = boards.figures(context, as_of, "28d")
    if not figures.rows:
        raise no_numbers(context, as_of)
    evaluation = judged.judged(context, as_of)
    named, rows = about(figures, subject) if subject else ("", None)
    records = evaluation.shown if rows is None else tuple(evaluation.about(ids_of(rows)))
    if rows is not None and not records:
        records = in_hands(context, ids_of(rows), as_of)
    if not records and unreported(context, as_of):
        raise no_numbers(context, as_of)
    answered = {record.answered_by for record in records[:MOST_LISTED]}
    people = tuple((user_id, context.person(user_id)) for user_id in sorted(filter(None, answered)))
    at_once = said_at_once(context, asker.channel) if records else {}
    heard = tuple(at_once.get(record.advice.id) for record in records[:MOST_LISTED])

    def build_reply() -> Reply:
        advice_cards = cards(
            context,
            records,
            names_on(context, as_of),
            context.zone(asker),
            most=MOST_LISTED,
            channel=asker.channel,
        )
        message = context.renderer(asker.language).render(
            "advice_list", found=AdviceList(advice_cards, named, as_of, len(records))
        )
        return Reply(message.text, message.blocks)

    rests_on = (Same(figures), Same(evaluation), people, heard)
    return again(context, f"advice {subject}", asker, rests_on, build_reply)


def in_hands(context: Context, ids: Collection[str], as_of: date) -> tuple[AdviceRecord, ...]:
    """Advice of earlier mornings about some campaigns that somebody has taken on."""
    accepted = context.store.all_advice(state=("in_progress", "acknowledged"))
    return tuple(
        record
        for record in accepted
        if as_of - IN_HANDS <= record.as_of <= as_of and set(ids) & set(record.advice.campaign_ids)
    )


def some(
    context: Context, records: Sequence[AdviceRecord], asker: Asker, as_of: date, headed: str = ""
) -> Reply:
    """Some pieces of advice in full, as a list shows them.

    `headed` by what is at `stake`, by how `sure` they are, by whether ads are `worn`, or that there
    is none `of_kind`.
    """
    money = headed == "stake"
    advice_cards = cards(
        context,
        records,
        names_on(context, as_of),
        context.zone(asker),
        most=len(records) if money else MOST_LISTED,
        channel=asker.channel,
    )
    sure, worn, of_kind = headed == "sure", headed == "worn", headed == "of_kind"
    advice_list = AdviceList(advice_cards, "", as_of, len(records), money, sure, worn, of_kind)
    message = context.renderer(asker.language).render("advice_list", found=advice_list)
    return Reply(message.text, message.blocks)


def help_(
    context: Context, asker: Asker, as_of: date, *, unknown: str = "", nearest: str = ""
) -> Reply:
    """What can be asked, with the asker's own channels and campaigns as examples."""
    figures = boards.figures(context, as_of, "28d")

    def build_reply() -> Reply:
        help_view = Help(
            channels=tuple(as_subject(title(channel)) for channel in figures.channels[:3]),
            campaigns=tuple(as_subject(row.campaign_name) for row in figures.biggest(3)),
            unknown=unknown,
            nearest=spoken(nearest, context.language(asker.language)),
        )
        message = context.renderer(asker.language).render("help", help=help_view)
        return Reply(message.text, message.blocks)

    return again(context, f"help {unknown} {nearest}", asker, (Same(figures),), build_reply)


def channels(context: Context, as_of: date) -> list[str]:
    """The question about each channel there are numbers for, the biggest spend first."""
    return [
        f"channel {as_subject(channel)}"
        for channel in boards.figures(context, as_of, "28d").channels
    ]


def near(error: UnknownName, text: str) -> ErrorView:
    """A name nobody knows; the nearest ask the same question, window and all."""
    view = error_view(error)
    try:
        question = parse(text)
    except UnknownName:  # a sentence about a name nobody knows
        options = [Option(name, text.replace(error.given, name)) for name in error.nearest]
        return replace(view, nearest=tuple(options[:NEAREST]))
    if error.kind == "window":
        options = [Option(window, _again(question, window=window)) for window in error.nearest]
    elif error.given in {question.subject, question.subject.strip()}:
        options = [Option(name, _again(question, subject=name)) for name in error.nearest]
    else:
        return view
    return replace(view, nearest=tuple(options[:NEAREST]))


def _again(question: Question, **changed: str) -> str:
    return replace(question, **changed).asks  # type: ignore[arg-type]  # all of them are text


def spoken(question: str, language: str) -> str:
    """A question with its command as somebody of that language types it."""
    command_word, space, arguments = question.partition(" ")
    return f"{command(command_word, language)}{space}{arguments}"


def meant(context: Context, error: UnknownName, text: str, as_of: date) -> str:
    """The question that was probably meant, or "": the right command, or the one left out."""
    words = re.sub(r"^\s*/perf\b", "", text, flags=re.IGNORECASE).split()
    if error.nearest:
        return " ".join((error.nearest[0], *words[1:]))
    figures = boards.figures(context, as_of, "28d")
    for kind, channel_names in (("channel", figures.channels), ("campaign", None)):
        try:
            name = " ".join(words)
            subject = (
                match_channel(name, channel_names)
                if channel_names
                else find_campaign(figures, name)
            )
        except (UnknownName, Unclear):
            continue
        return f"{kind} {subject if isinstance(subject, str) else quoted(subject)}"
    return ""
