"""Answering advice: one winner, every message that shows it edited, one line a thread.

The modals about a piece of advice: how much of it, why not, until when, and all that is behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bot.advice.outcome import Frozen
from bot.context.context import Context
from bot.domain.replies import Asker, Reply, Said, Taken
from bot.errors import OutOfScope, UnknownName, UsageError
from bot.features.explain.advice_evidence import evidence
from bot.features.outcomes import follow_up as outcomes
from bot.features.parts.advice_cards import card, known_names
from bot.features.triage import posted
from bot.policy import dual_approval as who_two
from bot.policy import permissions as who
from bot.policy.permissions import AgreedPart, agreed, only, part_of
from bot.render.values.templates import Card
from bot.store.base import AdviceRecord
from bot.store.records import GivenAnswer

# Kinds of events that people are told of.
ANSWERED = ("advice.", "approval.", "applying.ask", "applying.back")
WAITING = ("open", "in_progress")
USUAL_SNOOZE = timedelta(days=1)
LONGEST_SNOOZE = timedelta(days=366)


@dataclass(frozen=True)
class Decision:
    """An answer: the verb as the store knows it, until when, why, and how much of it."""

    verb: str
    until: date | None = None
    reason: str = ""
    part: AgreedPart | None = None


def answer(context: Context, advice_id: str, decision: Decision, asker: Asker) -> Taken:
    """Take somebody's answer.

    The first one wins; whoever comes second is told politely, and only they are.

    Raises:
        UnknownName: No such advice.
        UsageError: A snooze that ends in the past, or not for a year; no part of what is advised.
        NotAllowed: Others may answer this, or a second person has to.
    """
    advised = record_of(context, advice_id)
    record, budgets = _agreed(advised, decision)
    who.check(context, record, decision.verb, asker)
    if step := who_two.step(context, advised, record, decision.verb, asker):
        return _taken(context, advised, step.verb, asker, step.event)
    until, frozen = _until(context, decision, asker), _planned(context, record, decision, asker)
    with context.store.atomic():
        result = context.store.answer(
            advice_id,
            GivenAnswer(
                decision.verb,
                by=asker.user,
                at=context.clock(),
                until=until,
                reason=decision.reason,
                budgets=budgets,
            ),
            standing=advised,
        )
        if result.won and frozen:
            context.store.freeze_outcome(frozen, by=asker.user, at=context.clock())
        elif result.won and decision.verb == "undo":
            context.store.void_outcome(advice_id, by=asker.user, at=context.clock())
    if not result.won:
        return Taken(lambda: Said(reply=_second(context, result.record, asker)))
    return _taken(context, result.record, decision.verb, asker, result.event)


def _taken(context: Context, record: AdviceRecord, verb: str, asker: Asker, event: int) -> Taken:
    """The answer, with the number of the event that keeps it."""
    return Taken(lambda: posted.told(context, record, verb, asker.user), event)


def _agreed(record: AdviceRecord, decision: Decision) -> tuple[AdviceRecord, dict[str, float]]:
    """The advice as far as the answer goes along with it, and those budgets where that is a part.

    What is no part is only found wrong while it can still be answered.
    """
    if decision.part is None or decision.verb != "acknowledge" or record.state not in WAITING:
        return record, {}
    budgets = agreed(record.advice, decision.part)
    is_complete = budgets == dict(record.advice.budgets)
    return replace(record, advice=only(record.advice, budgets)), {} if is_complete else budgets


def _planned(
    context: Context, record: AdviceRecord, decision: Decision, asker: Asker
) -> Frozen | None:
    """How an acknowledged move will be measured: worked out before, kept with the answer."""
    if decision.verb != "acknowledge" or record.state not in WAITING:
        return None
    return outcomes.planned(context, record, context.today(asker))


def record_of(context: Context, advice_id: str) -> AdviceRecord:
    """Advice by id; raises UnknownName where there is none.

    In a client's channel OutOfScope, whether it is another client's or nobody's.
    """
    record = context.store.advice(advice_id)
    if record is None:
        raise OutOfScope if context.whole else UnknownName("advice", advice_id)
    return record


def _until(context: Context, decision: Decision, asker: Asker) -> date | None:
    if decision.verb != "snooze":
        return None
    today = context.today(asker)
    until = decision.until or today + USUAL_SNOOZE
    if until <= today:
        raise UsageError("A snooze ends on a later day.", hint="Try `snooze 3d`.")
    if until - today > LONGEST_SNOOZE:
        raise UsageError("A snooze lasts a year at most.", hint="Dismiss it instead.")
    return until


def _second(context: Context, record: AdviceRecord, asker: Asker) -> Reply:
    advice_card = card(context, record, known_names(context, record), context.zone(asker))
    message = context.renderer(asker.language).render("taken", card=advice_card)
    return Reply(message.text, message.blocks)


View = dict[str, Any]


def dismiss_view(context: Context, advice_id: str, asker: Asker) -> View:
    """Asks why not."""
    advice_card = _card(context, record_of(context, advice_id), asker)
    return context.renderer(asker.language).modal("dismiss", card=advice_card)


def snooze_view(context: Context, advice_id: str, asker: Asker) -> View:
    """Asks until when."""
    advice_card = _card(context, record_of(context, advice_id), asker)
    tomorrow = context.today(asker) + timedelta(days=1)
    return context.renderer(asker.language).modal("snooze", card=advice_card, tomorrow=tomorrow)


def evidence_view(context: Context, advice_id: str, asker: Asker) -> View:
    """Every number behind the advice, the rule's lines, and what was said before."""
    record = record_of(context, advice_id)
    advice_evidence = evidence(context, record, _card(context, record, asker))
    return context.renderer(asker.language).modal("evidence", evidence=advice_evidence)


def _card(context: Context, record: AdviceRecord, asker: Asker) -> Card:
    return card(context, record, known_names(context, record), context.zone(asker))


def view(context: Context, advice_id: str, asker: Asker) -> dict[str, Any]:
    """Asks for a share or a new daily budget."""
    record = record_of(context, advice_id)
    advice_card = card(context, record, known_names(context, record), context.zone(asker))
    return context.renderer(asker.language).modal("partly", card=advice_card)


def given(text: str) -> AgreedPart:
    """What was written into it: `50%`, `to 400`, or an amount alone.

    Raises:
        UsageError: Neither a share nor an amount.
    """
    part = part_of(text) or part_of(f"to {text.strip()}")
    if part is None:
        raise UsageError(
            "I cannot read that as a part of it.",
            hint="Write a share or an amount, such as half or 400.",
        )
    return part
