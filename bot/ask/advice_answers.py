"""What advice a sentence is about: in full, why it is given, or what would turn it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from bot.ask import help as listing
from bot.ask.beside_answers import WORN
from bot.ask.entity_linking import grouped
from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.features.measures import how_much
from bot.features.outcomes import effects
from bot.features.parts.advice_cards import cards, names_on
from bot.features.search import activity
from bot.features.triage import wishes
from bot.question.slots import Slots

_WHICH = re.compile(r"\b(?:which|what|who|hvilke[nt]?|hva|hvem)\b")
_WHY_ADVISED = re.compile(
    r"\b(?:why|hvorfor)\b.*\b(?:recommend\w*|suggest\w*|advis\w*|propos\w*|want (?:me|us) to|"
    r"anbefal\w*|foresl\w*|råde\w*|vil du at|mener du)\b"
)
_TO_CUT = re.compile(
    r"\b(?:which|what|hvilke[nt]?|who|hvem)\b(?: \w+){0,3} "
    r"(?:should|would|could|can|do|bør|skal|kan|ville|burde)\b.*"
    r"\b(?:paus\w*|stop\w*|stans\w*|cut|kill|drop|kutt\w*|dropp\w*|"
    r"(?:turn|switch|shut)\w* (?:it |them )?(?:off|down)|sk?ru\w* av|slå\w* av)\b"
)


def reason_asked(slots: Slots) -> tuple[str, ...]:
    """The actions whose advice a sentence asks the reason of; () where it asks none."""
    return wishes.actions_in(slots.text) if _WHY_ADVISED.search(slots.text) else ()


def asks_whom_to_cut(slots: Slots) -> bool:
    """Whether it asks which campaign to pause, of none in particular."""
    return _TO_CUT.search(slots.text) is not None and not grouped(slots)


def reasons(
    context: Context, slots: Slots, actions: Collection[str], asker: Asker, as_of: date
) -> Reply:
    """Why something is advised: that advice in full; where none is open, that, and what is."""
    records = wishes.meant(context, slots, as_of)
    of_kind = [record for record in records if record.advice.action in actions]
    if of_kind:
        return listing.some(context, of_kind, asker, as_of)
    none = listing.some(context, (), asker, as_of, headed="of_kind")
    open_records = wishes.meant(context, Slots(subjects=slots.subjects), as_of)
    if not open_records:
        return none
    return none.followed_by(listing.some(context, open_records, asker, as_of))


def meant(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """The advice a sentence is about, in full, or what would turn it."""
    records = wishes.meant(context, slots, as_of)
    moves = slots.intent == "sure" and activity.MOVES.search(slots.text) is not None
    if moves and not any(record.advice.action == "shift_budget" for record in records):
        return effects.came_of(context, slots, asker, as_of)  # none is open: how sure its effect is
    worn = [record for record in records if record.advice.action in WORN]
    if slots.detail == "tired" and slots.things and not worn:  # its clicks say that it is not
        weekly = replace(slots, intent="how_much", metric="ctr", form="weeks", window="")
        none = listing.some(context, (), asker, as_of, headed="worn")
        return none.followed_by(how_much.answer(context, weekly, asker, as_of))
    if slots.detail == "turn" and records:
        names, zone = names_on(context, as_of), context.zone(asker)
        advice_cards = cards(context, records[:1], names, zone, channel=asker.channel)
        message = context.renderer(asker.language).render("turns", card=advice_cards[0])
        return Reply(message.text, message.blocks)
    records = worn if slots.detail == "tired" else records
    whether = slots.detail == "tired" and not (records and _WHICH.search(slots.text))
    headed = "worn" if whether else slots.intent
    return listing.some(context, records, asker, as_of, headed=headed)
