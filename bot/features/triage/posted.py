"""The messages that show a piece of advice, as they read once something became of it.

What the same step changes in many channels is worded once for all that may see the same. What is
still queued is made from the state at the moment it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace

from bot.context.context import Context
from bot.context.request import gather_threads, request
from bot.context.scoping import at
from bot.domain.replies import Edit, Said, ThreadLine
from bot.errors import OutOfScope
from bot.features.parts import message_sync as live
from bot.features.parts.advice_cards import ListPlace, card, known_names, said_at_once, template_of
from bot.features.parts.message_sync import renderer_of, root_of, zone_of
from bot.render import Message
from bot.render.values.templates import Card
from bot.store.base import AdviceRecord, Outgoing


@request()
def told(context: Context, record: AdviceRecord, verb: str, by: str) -> Said:
    """What a step in the life of advice changes in Slack.

    A line comes into every thread that shows or lists it. Each is worded from what its own channel
    may see.
    """
    context, wordings = context.everyone, _Wordings()
    gather_threads(context.store, record.advice.id)
    messages, lists = _may_show(context, record), _may_list(context, record)
    cards = tuple(_change(context, message, record, wordings) for message in messages)
    return Said(
        changes=(*cards, *live.as_listed(context, lists, posted_card)),
        lines=_lines(context, _threads((*messages, *lists)), record, verb, by),
    )


@request()
def stepped(
    context: Context, record: AdviceRecord, verb: str, by: str
) -> tuple[list[Outgoing], tuple[ThreadLine, ...]]:
    """What a step of judging changes: the messages that show or list it, and a line a channel.

    Nobody did it, so the line comes only into the newest thread of each channel. The messages read
    otherwise from now on: how, is worked out as their edits are sent.
    """
    context = context.everyone
    gather_threads(context.store, record.advice.id)
    messages, lists = _may_show(context, record), _may_list(context, record)
    newest = _newest((*messages, *lists))  # lists last: a digest may list what an older one shows
    return [*messages, *lists], _lines(context, newest, record, verb, by)


@request()
def newest_shown(context: Context, record: AdviceRecord) -> list[Outgoing]:
    """The newest message of each channel that shows advice, and that lists it."""
    context = context.everyone
    return [*_newest(_may_show(context, record)), *_newest(_may_list(context, record))]


def _may_show(context: Context, record: AdviceRecord) -> list[Outgoing]:
    """The messages that show advice, in channels that still may: a campaign may have moved."""
    messages = context.store.messages_of(record.advice.id)
    return [message for message in messages if may_be_in(context, record, message.channel)]


def _may_list(context: Context, record: AdviceRecord) -> list[Outgoing]:
    """The messages that list advice, where they still may and have a list to edit."""
    messages = context.store.lists_of(record.advice.id)
    return [message for message in messages
            if live.lists(message) and may_be_in(context, record, message.channel)]  # fmt: skip


def may_be_in(context: Context, record: AdviceRecord, channel: str) -> bool:
    """Whether a channel may show advice: all its campaigns are the channel's."""
    scoped = at(context, channel)
    return scoped.whole is None or scoped.store.advice(record.advice.id) is not None


@request()
def as_it_reads(context: Context, record: AdviceRecord) -> Said:
    """The newest message of each channel that shows advice, edited without a word."""
    context = context.everyone
    gather_threads(context.store, record.advice.id)
    messages = _newest(_may_show(context, record))
    wordings = _Wordings()
    cards = tuple(_change(context, message, record, wordings) for message in messages)
    lists = _newest(_may_list(context, record))
    return Said(changes=(*cards, *live.as_listed(context, lists, posted_card)))


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
    as answered, and ticked off in the digest above it; what is open stays as it was written. What
    an answer leads to is not read again while that answer is the newest event (`last_event`): it
    was written just now.

    Raises:
        OutOfScope: Its campaigns have gone to another client, and the channel may not show them.
    """
    if _just_written(message, last_event):
        return message
    if message.kind == "update":
        return _edited(context, message)
    if message.advice_id and message.kind == "advice":
        scoped = at(context, message.channel, advice_id=message.advice_id)
        record = scoped.store.advice(message.advice_id)
        if scoped.whole and record is None:
            raise OutOfScope
        change = _change(context, message, record) if record and record.state != "open" else None
    else:
        change = _listed(context, message) if live.lists(message) else None
    return replace(message, text=change.text, blocks=change.blocks) if change else message


def _listed(context: Context, message: Outgoing) -> Edit | None:
    """A digest, or urgent news, whose advice was answered before it was posted; else None."""
    scoped = at(context, message.channel)
    ids = [item.advice_id for item in scoped.store.under(message.key) if item.advice_id]
    records = scoped.store.advice_of(ids).values()
    is_open = all(record.state == "open" for record in records)
    return None if is_open else live.KINDS[message.kind](scoped, message, posted_card)


def _edited(context: Context, edit: Outgoing) -> Outgoing:
    """An edit with what its message reads now; what has nothing new to read stays as it is."""
    target = context.store.outgoing(edit.parent)
    change: Edit | Outgoing | None = reads_now(context, target) if target else None
    if change is None and not edit.text:
        change = target
    return replace(edit, text=change.text, blocks=change.blocks) if change else edit


def show_otherwise(context: Context, messages: Sequence[Outgoing]) -> list[Outgoing]:
    """Those of some posted messages of one piece of advice that show it in another state."""
    wordings = _Wordings()
    return [message for message in messages if _shows_otherwise(context, message, wordings)]


def _shows_otherwise(context: Context, message: Outgoing, wordings: _Wordings) -> bool:
    scoped = at(context, message.channel, advice_id=message.advice_id)
    record = scoped.store.advice(message.advice_id)
    if record is None:
        return False
    offers = _offers(message, "advice.snooze")
    if record.state == "open":
        return not offers
    return offers or _change(context, message, record, wordings).text != message.text


def _offers(message: Outgoing, action: str) -> bool:
    elements = (element for block in message.blocks for element in block.get("elements", ()))
    return any(
        isinstance(element, dict) and element.get("action_id") == action for element in elements
    )


class _Wordings:
    """What many messages say about one piece of advice: rendered once where they say the same."""

    def __init__(self) -> None:
        self._by_form: dict[Hashable, Message] = {}

    def of(self, context: Context, message: Outgoing, render: Callable[[], Message]) -> Message:
        """What a message says; the same for all of its scope, language, zone and place."""
        place = _place(context, message)
        form = (
            context.store.scope.key,
            renderer_of(context, message).language,
            zone_of(context, message).key,
            place.number,
            place.of,
            (place.at_once or {}).get(message.advice_id),
        )
        if form not in self._by_form:
            self._by_form[form] = render()
        return self._by_form[form]


def _change(
    context: Context, message: Outgoing, record: AdviceRecord, wordings: _Wordings | None = None
) -> Edit:
    scoped = at(context, message.channel)

    def render() -> Message:
        advice_card = posted_card(scoped, message, record)
        return renderer_of(scoped, message).render(template_of(advice_card), card=advice_card)

    rendering = (wordings or _Wordings()).of(scoped, message, render)
    return Edit(message.channel, message.ts, rendering.text, rendering.blocks)


def _lines(
    context: Context, messages: Iterable[Outgoing], record: AdviceRecord, verb: str, by: str
) -> tuple[ThreadLine, ...]:
    wordings = _Wordings()
    return tuple(_line(context, message, record, (verb, by), wordings) for message in messages)


def _line(
    context: Context,
    message: Outgoing,
    record: AdviceRecord,
    step: tuple[str, str],
    wordings: _Wordings,
) -> ThreadLine:
    """One short line; it names who spoke, also where (after an undo) nobody has answered."""
    scoped, (verb, by) = at(context, message.channel), step

    def render() -> Message:
        advice_card = posted_card(scoped, message, record, by=by)
        return renderer_of(scoped, message).render("thread_line", card=advice_card, verb=verb)

    rendering = wordings.of(scoped, message, render)
    return ThreadLine(message.channel, root_of(scoped, message), rendering.text, rendering.blocks)


def _threads(messages: Iterable[Outgoing]) -> list[Outgoing]:
    """One message a thread, the newest: a thread gets one line however often it shows advice."""
    newest = {(message.channel, message.parent or message.key): message for message in messages}
    return list(newest.values())


def _newest(messages: Iterable[Outgoing]) -> list[Outgoing]:
    """The newest message of each channel: what nobody did is said once, not in every thread."""
    return list({message.channel: message for message in messages}.values())


def posted_card(context: Context, message: Outgoing, record: AdviceRecord, *, by: str = "") -> Card:
    """The card as a message shows it: with its number in that thread."""
    names, zone = known_names(context, record), zone_of(context, message)
    advice_card = card(context, record, names, zone, _place(context, message))
    return replace(advice_card, answered_by=context.person(by)) if by else advice_card


def _place(context: Context, message: Outgoing) -> ListPlace:
    """Which of how many pieces of advice a message shows in its thread."""
    items = [item for item in context.store.thread(message.channel, root_of(context, message))
             if item.advice_id]  # fmt: skip
    number = message.item or 1
    count = max(len(items), number, live.listed(context, message))
    return ListPlace(number, count, said_at_once(context, message.channel))
