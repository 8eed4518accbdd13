"""What stands beside a sentence's answer: the advice that explains it, what else it may ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.features.explain.change import CAUSES
from bot.features.parts.advice_cards import cards, names_on
from bot.features.triage import wishes
from bot.question.slots import Slots
from bot.render.values.conversation import AskedBack
from bot.snapshot import boards
from bot.snapshot.evaluation import ids_of
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
    records = _fitting(slots, wishes.explaining(context, slots, as_of))
    records = _of_movers(context, slots, records, as_of)
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
    """Advice that may explain the number: what is counted too little makes no showing dearer.

    How a budget is used up says nothing about what a result costs.
    """
    if slots.metric not in BEFORE_RESULTS:
        return [record for record in records if record.advice.action in CAUSES]
    fitting = [record for record in records if record.advice.action not in OF_RESULTS]
    return sorted(fitting, key=lambda record: record.advice.action not in WORN)


def _of_movers(
    context: Context, slots: Slots, records: Sequence[AdviceRecord], as_of: date
) -> Sequence[AdviceRecord]:
    """Of everything, what is about those that count it, whose number moved most first."""
    if slots.things:
        return records
    definition = context.rulebook.metrics.get(slots.metric or "spend")
    column = (definition.over or definition.name) if definition else "spend"
    moved: dict[str, float] = {}
    for row in boards.figures(context, as_of, slots.span()).rows:
        now, before = row.now(column), row.before(column)
        if now is not None and before is not None:
            moved |= dict.fromkeys(ids_of([row]), abs(now - before))
    sizes = [(max((moved.get(one, -1.0) for one in record.advice.campaign_ids), default=-1.0),
              record) for record in records]  # fmt: skip
    counted = [pair for pair in sizes if pair[0] >= 0]
    return [record for _, record in sorted(counted, key=lambda pair: -pair[0])]


def or_otherwise(context: Context, asked: AskedBack, asker: Asker, reply: Reply) -> Reply:
    """The answer, and under it the kinds its sentence may be besides, where that is not firm."""
    if reply.error or reply.modal or not reply.blocks:
        return reply
    message = context.renderer(asker.language).render("otherwise", asked=asked)
    return replace(
        reply, blocks=(*reply.blocks[: MOST_BLOCKS - len(message.blocks)], *message.blocks)
    )
