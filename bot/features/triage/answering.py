"""Answering advice: one winner, every message that shows it edited, one line a thread.

The modals about a piece of advice: how much of it, why not, until when, and all that is behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bot.advice.outcome import Frozen
from bot.context.context import Context
from bot.context.request import gather_threads, request
from bot.context.scoping import at
from bot.domain.replies import Asker, Edit, Reply, Said, Taken, ThreadLine
from bot.errors import OutOfScope, UnknownName, UsageError
from bot.features.explain.advice_evidence import evidence
from bot.features.outcomes import follow_up as outcomes
from bot.features.parts import message_sync as live
from bot.features.parts.message_sync import (
    ListPlace,
    card,
    known_names,
    renderer_of,
    root_of,
    template_of,
    zone_of,
)
from bot.policy import dual_approval as who_two
from bot.policy import permissions as who
from bot.policy.permissions import AgreedPart, agreed, only, part_of
from bot.render.values.templates import Card
from bot.store.base import AdviceRecord, Outgoing
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
    return Taken(lambda: told(context, record, verb, asker.user), event)


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


@request()
def told(
    context: Context, record: AdviceRecord, verb: str, by: str, *, everywhere: bool = True
) -> Said:
    """What a step in the life of advice changes in Slack.

    A line comes into every thread that shows it, or (what perfbot does by itself) only into the
    newest of each channel. Each is worded from what its own channel may see.
    """
    context = context.everyone
    gather_threads(context.store, record.advice.id)
    messages = _may_show(context, record)
    cards = tuple(_change(context, message, record) for message in messages)
    threads = _threads(messages) if everywhere else _newest(messages)
    return Said(
        changes=(*cards, *live.parents(context, messages, posted_card)),
        lines=tuple(_line(context, message, record, verb, by) for message in threads),
    )


def _may_show(context: Context, record: AdviceRecord) -> list[Outgoing]:
    """The messages that show advice, in channels that still may: a campaign may have moved."""
    messages = context.store.messages_of(record.advice.id)
    return [message for message in messages if may_be_in(context, record, message.channel)]


def may_be_in(context: Context, record: AdviceRecord, channel: str) -> bool:
    """Whether a channel may show advice: all its campaigns are the channel's."""
    there = at(context, channel)
    return there.whole is None or there.store.advice(record.advice.id) is not None


@request()
def as_it_reads(context: Context, record: AdviceRecord) -> Said:
    """The newest message of each channel that shows advice, edited without a word."""
    context = context.everyone
    gather_threads(context.store, record.advice.id)
    messages = _newest(_may_show(context, record))
    cards = tuple(_change(context, message, record) for message in messages)
    return Said(changes=(*cards, *live.parents(context, messages, posted_card)))


def reads_now(context: Context, message: Outgoing) -> Edit | None:
    """A posted message as it reads now; None for one that shows no advice, or lists none."""
    context = at(context, message.channel, advice_id=message.advice_id)
    if message.advice_id:
        record = context.store.advice(message.advice_id)
        if context.whole and record is None:
            raise OutOfScope
        return _change(context, message, record) if record else None
    build_change = live.KINDS.get(message.kind)
    return build_change(context, message, posted_card) if build_change else None


ANSWER = re.compile(r"answer:(\d+):")  # `bot.jobs.settle.answer_key`


def _just_written(message: Outgoing, last_event: int) -> bool:
    answered = ANSWER.match(message.key) if not message.attempts else None
    return answered is not None and int(answered[1]) == last_event


def fresh(context: Context, message: Outgoing, last_event: int) -> Outgoing:
    """A queued message as it reads now: an answer may have come since it was written.

    An edit is what its message reads now. Advice that was answered before it was posted is posted
    as answered; open advice stays as it was written. What an answer leads to is not read again
    while that answer is the newest event (`last_event`): it was written just now.

    Raises:
        OutOfScope: Its campaigns have gone to another client, and the channel may not show them.
    """
    if _just_written(message, last_event):
        return message
    if message.kind == "update":
        target = context.store.outgoing(message.parent)
        change = reads_now(context, target) if target else None
    elif message.advice_id and message.kind == "advice":
        there = at(context, message.channel, advice_id=message.advice_id)
        record = there.store.advice(message.advice_id)
        if there.whole and record is None:
            raise OutOfScope
        change = _change(context, message, record) if record and record.state != "open" else None
    else:
        change = None
    return replace(message, text=change.text, blocks=change.blocks) if change else message


def shows_otherwise(context: Context, message: Outgoing) -> bool:
    """Whether a posted message shows advice in another state than it is in."""
    there = at(context, message.channel, advice_id=message.advice_id)
    record = there.store.advice(message.advice_id)
    if record is None:
        return False
    if record.state == "open":
        return not _offers(message, "advice.snooze")
    change = _change(context, message, record)
    return _offers(message, "advice.snooze") or change.text != message.text


def _offers(message: Outgoing, action: str) -> bool:
    elements = (element for block in message.blocks for element in block.get("elements", ()))
    return any(
        isinstance(element, dict) and element.get("action_id") == action for element in elements
    )


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
    template = "taken" if record.state != "open" else "advice"
    message = context.renderer(asker.language).render(template, card=advice_card)
    return Reply(message.text, message.blocks)


def _change(context: Context, message: Outgoing, record: AdviceRecord) -> Edit:
    context = at(context, message.channel)
    advice_card = posted_card(context, message, record)
    rendering = renderer_of(context, message).render(template_of(advice_card), card=advice_card)
    return Edit(message.channel, message.ts, rendering.text, rendering.blocks)


def _line(
    context: Context, message: Outgoing, record: AdviceRecord, verb: str, by: str
) -> ThreadLine:
    """One short line; it names who spoke, also where (after an undo) nobody has answered."""
    context = at(context, message.channel)
    advice_card = posted_card(context, message, record, by=by)
    rendering = renderer_of(context, message).render("thread_line", card=advice_card, verb=verb)
    return ThreadLine(message.channel, root_of(context, message), rendering.text, rendering.blocks)


def _threads(messages: Iterable[Outgoing]) -> list[Outgoing]:
    """One message a thread, the newest: a thread gets one line however often it shows advice."""
    newest = {(message.channel, message.parent or message.key): message for message in messages}
    return list(newest.values())


def _newest(messages: Iterable[Outgoing]) -> list[Outgoing]:
    """The newest message of each channel: what nobody did is said once, not in every thread."""
    return list({message.channel: message for message in messages}.values())


def posted_card(context: Context, message: Outgoing, record: AdviceRecord, *, by: str = "") -> Card:
    """The card as a message shows it: with its number in that thread."""
    items = [item for item in context.store.thread(message.channel, root_of(context, message))
             if item.advice_id]  # fmt: skip
    number = message.item or 1
    place = ListPlace(number, max(len(items), number, live.listed(context, message)))
    names, zone = known_names(context, record), zone_of(context, message)
    advice_card = card(context, record, names, zone, place)
    return replace(advice_card, answered_by=context.person(by)) if by else advice_card


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
