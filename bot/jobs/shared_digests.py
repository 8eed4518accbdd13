"""A morning's digests: worked out and worded once for all channels that may see the same."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.context.context import Context
from bot.context.request import itself, request
from bot.context.scoping import is_direct, shows_nothing
from bot.domain.slack_ids import HOME, workspace_of
from bot.errors import NobodysChannel
from bot.features.digest.digest import DigestWords, Edition, of_morning, worded
from bot.features.parts.advice_cards import said_at_once
from bot.features.parts.message_sync import advice_key, digest_key
from bot.features.subscriptions import choice, routed, takes
from bot.policy.routes import route_of
from bot.policy.schedule import comes_on, form_of, is_off, moment
from bot.render import Renderer
from bot.render.values.templates import Digest
from bot.snapshot.evaluation import judged
from bot.store.base import Outgoing, Store, Subscription
from bot.store.records import AdviceRecord, carried

SAID_ANEW = timedelta(days=28)
"""Unanswered advice that was posted so long ago is posted once more."""
NUMBERED = re.compile(r"^\d+\. ")
OWN = "digest."  # events that writing a digest leaves: they change none
LOOK_BACK = 1000  # events that other processes began earlier may still become visible


class MorningMarks:
    """Says whether anything has changed that a morning's judging or a digest of it rests on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._beyond: int | None = None  # events are counted from there on

    def of(self, as_of: date) -> Hashable:
        """Another one after new numbers, a pull, a new plan or board, or any event but a digest's.

        A lower number of an event may become visible after a higher one, so they are counted.
        """
        if self._beyond is None:
            newest = self.store.history(limit=1)
            self._beyond = newest[0].number - LOOK_BACK if newest else 0
        state, events = self.store.state(as_of), self.store.count_events(self._beyond, besides=OWN)
        numbers = (events, state.decided[1], state.pulls, state.numbers, state.last_day)
        return as_of, numbers, frozenset(state.boards.items())


class JudgedMornings:
    """Remembers how a morning stood when it was judged."""

    def __init__(self, store: Store) -> None:
        self._marks = MorningMarks(store)
        self._judged: dict[date, Hashable] = {}

    def stands(self, as_of: date) -> bool:
        """Whether nothing has changed since."""
        return as_of in self._judged and self._judged[as_of] == self._marks.of(as_of)

    def keep(self, as_of: date) -> None:
        """It was judged just now; of other mornings nothing is remembered."""
        self._judged = {as_of: self._marks.of(as_of)}


class SharedDigests:
    """Writes digests; what is the same in several channels is worked out and worded once.

    The same are digests of one scope, choice of advice, form, zone and language: a scope's are at
    hand of that scope alone (`bot.context.context.Context.shelf`). They are used again within a
    minute, and only while nothing that a digest rests on has changed: numbers, pulls, the plan, a
    board, or any event that is no digest's.

    Args:
        context: Of everybody.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self._marks = MorningMarks(itself(context.everyone.store))

    @request()
    def digest(self, renderer: Renderer, subscription: Subscription, as_of: date) -> list[Outgoing]:
        """A subscription's digest: the parent, then a thread message for each piece of advice.

        It holds what its channel may see. The keys depend on the subscription and the day alone,
        so that writing it twice is writing it once.

        Raises:
            NobodysChannel: Clients are kept apart, and the channel is nobody's.
        """
        context = routed(self.context, subscription, as_of)
        if shows_nothing(context):
            elsewhere = workspace_of(subscription.channel) != HOME
            raise NobodysChannel(direct=is_direct(subscription.channel), elsewhere=elsewhere)
        words = self._words(context, renderer, subscription, as_of)
        return list(_messages(context.store, words, subscription, as_of))

    def _words(
        self, context: Context, renderer: Renderer, subscription: Subscription, as_of: date
    ) -> DigestWords:
        minute = f"{self.context.clock():%Y-%m-%d %H:%M}"  # what people are called has no mark
        mark, form = (minute, self._marks.of(as_of)), form_of(subscription)[0]
        elsewhere = _stands_in(self.context.everyone, subscription, as_of)
        heard = _heard(context, subscription.channel, as_of)
        key = ("digest", form, subscription.time_zone, choice(subscription), elsewhere, heard)

        def values() -> Digest:
            zone, taken = ZoneInfo(subscription.time_zone), takes(context, subscription, as_of)
            edition = Edition(form, takes=taken, channel=subscription.channel)
            digest = of_morning(context, as_of, zone, edition)
            return replace(digest, elsewhere=elsewhere)

        def words() -> DigestWords:
            return worded(renderer, context.shelf.memo(key, mark, values))

        return context.shelf.memo((*key, renderer.language), mark, words)


def _heard(context: Context, channel: str, as_of: date) -> frozenset[tuple[str, datetime]]:
    """What of a morning's advice a channel was told at once, and when: most channels nothing."""
    at_once = said_at_once(context, channel)
    shown = (record.advice.id for record in judged(context, as_of).shown) if at_once else ()
    return frozenset((id_, at_once[id_]) for id_ in shown if id_ in at_once)


FORMS = ("daily", "weekly", "monthly")


def _stands_in(context: Context, subscription: Subscription, as_of: date) -> str:
    """The form of a channel's other summary of the day that lists the same advice; "" for none.

    The most frequent of them has the cards, whichever is written first.
    """
    form = form_of(subscription)[0]
    for other in FORMS[: FORMS.index(form)] if form in FORMS else ():
        for each in context.store.subscriptions():
            here = each.channel == subscription.channel and form_of(each)[0] == other
            if here and route_of(each) == route_of(subscription) and _comes(context, each, as_of):
                return other
    return ""


def _comes(context: Context, subscription: Subscription, day: date) -> bool:
    """Whether a subscription has its summary on a day: no holiday, nor added too late for it."""
    if not comes_on(subscription, day) or is_off(subscription, day, context.settings.quiet):
        return False
    added = context.store.events(subject=str(subscription.id), kind="subscription.add")
    return not added or added[-1].at <= moment(day, subscription.time, subscription.time_zone)


def _messages(
    store: Store, digest_parts: DigestWords, subscription: Subscription, as_of: date
) -> Iterator[Outgoing]:
    key, channel = digest_key(subscription, as_of), subscription.channel
    ids = [advice_id for advice_id, _, _ in digest_parts.thread]
    records, posted = store.advice_of(ids), store.messages_of_all(ids, channel)
    yield Outgoing(key, "digest", channel, digest_parts.parent.text, digest_parts.parent.blocks)
    for advice_id, number, message in digest_parts.thread:
        posting = Outgoing(
            key=advice_key(subscription, as_of, advice_id),
            kind="advice",
            channel=channel,
            text=message.text,
            blocks=message.blocks,
            parent=key,
            advice_id=advice_id,
            item=number,
        )
        record, earlier = records.get(advice_id), posted[advice_id]
        yield carried(posting) if _said_before(posting, record, earlier, as_of) else posting


def _said_before(
    posting: Outgoing, record: AdviceRecord | None, messages: Sequence[Outgoing], as_of: date
) -> bool:
    """Whether the channel was told just this lately, and nobody has answered it since.

    What it says is its headline: an amount, a name or a day that changed is something new.
    """
    earlier = [message for message in messages if message.key != posting.key]
    if record is None or record.state != "open" or record.answered_at or not earlier:
        return False
    posted = earlier[-1]
    on = datetime.fromtimestamp(float(posted.ts), UTC).date() if posted.ts else as_of
    return as_of - on < SAID_ANEW and _headline(posted) == _headline(posting)


def _headline(message: Outgoing) -> str:
    """What a message says, without its place in that morning's list."""
    return NUMBERED.sub("", message.text)
