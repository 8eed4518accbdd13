"""What stands beside a sentence's answer: the advice that explains it, what else it may ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.features.parts.advice_cards import cards, names_on
from bot.features.triage import wishes
from bot.question.slots import Slots
from bot.render.values.conversation import AskedBack
from bot.store.base import AdviceRecord

BEFORE_RESULTS = {"spend", "impressions", "cpm", "clicks", "ctr", "cpc", "frequency", "reach"}
OF_RESULTS = {"check_tracking", "fix_landing_page", "review_leads"}
WORN = {
    "refresh_creative",
    "cap_frequency",
}  # of worn ads: no number's parts show it
MOST_BLOCKS = 50  # blocks of a message


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


def or_otherwise(context: Context, asked: AskedBack, asker: Asker, reply: Reply) -> Reply:
    """The answer, and under it the kinds its sentence may be besides, where that is not firm."""
    if reply.error or reply.modal or not reply.blocks:
        return reply
    message = context.renderer(asker.language).render("otherwise", asked=asked)
    return replace(
        reply, blocks=(*reply.blocks[: MOST_BLOCKS - len(message.blocks)], *message.blocks)
    )
