"""What stands beside an answer: the advice that explains it, and what else may have been asked.

What a sentence says that its answer does not use is said under the answer, never dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.ask.typed_commands import ABOUT_SOMEBODY, begins_as, words_besides
from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.features.measures import books
from bot.features.measures import running_campaigns as running
from bot.features.parts.advice_cards import cards, names_on
from bot.features.triage import wishes
from bot.question.grammar import Question
from bot.question.slots import Slots
from bot.question.unread import days_left, strangers
from bot.question.vocabulary import STOP_WORDS
from bot.render.values.conversation import AskedBack
from bot.store.base import AdviceRecord

MOST = 50  # blocks of a message
BEFORE_RESULTS = {"spend", "impressions", "cpm", "clicks", "ctr", "cpc", "frequency", "reach"}
OF_RESULTS = {"check_tracking", "fix_landing_page", "review_leads"}
WORN = {
    "refresh_creative",
    "cap_frequency",
}  # of worn ads: no number's parts show it


def beside(context: Context, slots: Slots, asker: Asker, as_of: date, reply: Reply) -> Reply:
    """What a number's change is made of, and under its first lines what is advised about it."""
    if slots.intent != "why" or slots.options or reply.error or not reply.blocks:
        return reply
    records = _fitting(slots, wishes.meant(context, Slots(subjects=slots.things[:1]), as_of))
    if not records:
        return reply
    names, zone = names_on(context, as_of), context.zone(asker)
    advice_cards = cards(context, records[:2], names, zone, channel=asker.channel)
    message = context.renderer(asker.language).render("open_advice", cards=advice_cards)
    worn = records[0].advice.action in WORN
    if slots.things and not slots.metric and worn:  # no price shows it: it comes first
        return replace(reply, text=message.text, blocks=(*message.blocks, *reply.blocks))
    if slots.things and slots.things[0].kind == "campaign" and worn:
        reply = replace(reply, text=f"{reply.text} {message.text}")
    return replace(reply, blocks=(*reply.blocks[:1], *message.blocks, *reply.blocks[1:]))


def _fitting(slots: Slots, records: Sequence[AdviceRecord]) -> Sequence[AdviceRecord]:
    """Advice that may explain the number: what is counted too little makes no showing dearer."""
    if slots.metric not in BEFORE_RESULTS:
        return records
    fitting = [record for record in records if record.advice.action not in OF_RESULTS]
    return sorted(fitting, key=lambda record: record.advice.action not in WORN)


def or_otherwise(
    context: Context, kinds: Sequence[str], text: str, asker: Asker, reply: Reply
) -> Reply:
    """The answer, and under it the kinds its sentence may be besides, where that is not firm."""
    if not kinds or reply.error or reply.modal or not reply.blocks:
        return reply
    asked = AskedBack(tuple(kinds), text)
    message = context.renderer(asker.language).render("otherwise", asked=asked)
    return replace(reply, blocks=(*reply.blocks[: MOST - len(message.blocks)], *message.blocks))


OF_DAYS = {"how_much", "which", "compare", "why"}  # answers about some days
MEASURED = {"how_much", "which", "compare", "moved", "news"}


def unused(slots: Slots, response: Reply | Question) -> tuple[str, ...]:
    """Words besides what was asked that may be a name, or days; after a command all left over."""
    kept_in = () if _leaves_out(slots, response) else tuple(each.title for each in slots.excluded)
    if isinstance(response, Reply):
        days = days_left(slots.text) if slots.intent in OF_DAYS and not slots.by else ""
        return (*filter(None, (days, slots.unread)), *kept_in)
    if begins_as(slots.text) in ABOUT_SOMEBODY:
        spare = words_besides(slots.text, slots.text.split()[:1]).split()
        return (*(word for word in spare if word not in STOP_WORDS), *kept_in)
    return (*(strangers(slots.text) if slots.intent == "news" else ()), *kept_in)


def _leaves_out(slots: Slots, response: Reply | Question) -> bool:
    """Whether an answer is without whom the sentence leaves out: what is measured is."""
    if slots.intent == "what_if":
        return not slots.things  # going without is what it asks about
    in_books = slots.intent in books.INTENTS and slots.metric in books.METRICS
    measured = slots.intent in MEASURED and not in_books
    return isinstance(response, Reply) and measured and not running.state_of(slots)
