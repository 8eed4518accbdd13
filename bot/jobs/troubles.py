"""What keeps a digest from its channel: told once to whoever subscribed it, kept for `doctor`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.errors import PerfbotError
from bot.store.base import Outgoing, Store, Subscription

log = logging.getLogger(__name__)
AWAY, SINCE = "away", "away_since"  # preferences of `channel:ID`
NOTICE, SLACK = "notice", "slack"
Words = Callable[[PerfbotError, str], tuple[str, Sequence[Any]]]


INVITE = (
    "It was deleted, or it is private and I was taken out. Invite me there, "
    "or stop it on my Home tab."
)
SENTENCES = {
    "not_in_channel": (
        "I am not in %(place)s, so what I have for it waits.",
        "Write /invite @perfbot there, and it comes within minutes.",
    ),
    "is_archived": (
        "%(place)s is archived, so what I have for it waits.",
        "It comes when the channel is unarchived. Or stop it on my Home tab.",
    ),
    "channel_not_found": (
        "I cannot see %(place)s any more, so what I have for it waits.",
        INVITE,
    ),
}


class ChannelAway(PerfbotError):
    """A channel that takes nothing, for Slack's reason; it may come back."""

    code = "channel_away"

    def __init__(self, place: str, reason: str) -> None:
        sentence, hint = SENTENCES.get(reason, SENTENCES["channel_not_found"])
        super().__init__(sentence, hint=hint, values={"place": place})


class ThreadDeleted(PerfbotError):
    """Somebody deleted the message a thread hung under."""

    code = "thread_deleted"

    def __init__(self, place: str) -> None:
        super().__init__(
            "A message of mine in %(place)s was deleted, and its thread with it.",
            hint="What was to go into the thread is not posted. /perf advice lists what is open.",
            values={"place": place},
        )


class NotTaken(PerfbotError):
    """A message Slack will never take."""

    code = "not_taken"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            "Slack does not take what I have for %(place)s: %(reason)s.",
            hint="An admin sees more in the log.",
            values={"place": place, "reason": reason},
        )


class BadSubscription(PerfbotError):
    """A subscription that cannot be worked with."""

    code = "bad_subscription"

    def __init__(self, place: str, zone: str = "") -> None:
        if zone:
            super().__init__(
                "The summary for %(place)s cannot be sent: there is no time zone %(zone)s.",
                hint="Write /perf subscribe 07:30 Europe/Oslo there.",
                values={"place": place, "zone": zone},
            )
        else:
            super().__init__(
                "The summary for %(place)s could not be written.",
                hint="The log says why. It is tried again every minute.",
                values={"place": place},
            )


class Troubles:
    """Tells owners what is wrong, each thing once, and remembers which channels are away.

    Args:
        store: Subscriptions, and what is remembered of channels.
        words: The sentence for an error, in a language.
        clock: Aware UTC now.
        place: What a channel is called.
        returned: Is told of a channel that is back, and since when it was away.
    """

    def __init__(
        self,
        store: Store,
        words: Words,
        clock: Callable[[], datetime],
        place: Callable[[str], str],
        returned: Callable[[datetime], object] = lambda _since: None,
    ) -> None:
        self.store, self.words, self.clock, self.place = store, words, clock, place
        self.returned = returned

    # -- channels -----------------------------------------------------------------------------
    def held(self, message: Outgoing, reason: str) -> None:
        """A message waits for its channel."""
        preference = self.store.preference(f"channel:{message.channel}")
        if preference.get(AWAY) == reason:
            return
        now = self.clock()
        away = {AWAY: reason, SINCE: now.isoformat()}
        with self.store.atomic():
            self.store.set_preference(f"channel:{message.channel}", **away)
            self._tell(message.channel, ChannelAway(self.place(message.channel), reason), str(now))

    def posted(self, message: Outgoing, troubled: bool) -> None:
        """A message went out: its channel is there, and the token works.

        Args:
            message: What went out.
            troubled: Whether the channel was away, or the token taken back, as it was leased; what
                is noted after that is taken back by the next message that goes out.
        """
        if not troubled:
            return
        self.accepted()
        preference = self.store.preference(f"channel:{message.channel}")
        if not preference.get(AWAY):
            return
        self.store.set_preference(f"channel:{message.channel}", **{AWAY: "", SINCE: ""})
        self.returned(datetime.fromisoformat(preference[SINCE]))

    def lost(self, message: Outgoing, reason: str) -> None:
        """A message will never go out."""
        if not reason or message.kind == NOTICE:  # too late for its morning, or to a person
            return
        place = self.place(message.channel)
        thread_gone = reason in {"thread_not_found", "message_not_found", "cannot_reply_to_message"}
        if thread_gone and message.kind == "update":
            return  # a single card somebody deleted: nobody looks for it
        error = ThreadDeleted(place) if thread_gone else NotTaken(place, reason)
        self._tell(message.channel, error, message.parent or message.key)

    # -- the whole app ------------------------------------------------------------------------
    def taken_back(self, event: str) -> None:
        """Slack took the token back, or the app was uninstalled: nothing works until mended."""
        log.error("Slack says %s: install the app again, and give perfbot its new token.", event)
        at = self.clock().isoformat()
        self.store.set_preference(SLACK, revoked=event, revoked_at=at)

    def accepted(self) -> None:
        """Slack accepts the token (again)."""
        if self.store.preference(SLACK).get("revoked"):
            self.store.set_preference(SLACK, revoked="", revoked_at="")

    def revoked(self) -> str:
        """What Slack has taken away, in a sentence; "" where nothing."""
        try:
            event = self.store.preference(SLACK).get("revoked", "")
        except PerfbotError:
            return ""  # that the store cannot be read is said by whoever looks at the store
        return f"Slack took the bot's token back ({event})." if event else ""

    # -- subscriptions ------------------------------------------------------------------------
    def unknown_zone(self, subscription: Subscription) -> None:
        """Its time zone is none: nothing of it can be timed."""
        zone = subscription.time_zone
        error = BadSubscription(self.place(subscription.channel), zone)
        self._tell_one(subscription, error, f"zone:{zone}")

    def not_written(self, subscription: Subscription) -> None:
        """Writing its digest failed; once a day it is said."""
        error = BadSubscription(self.place(subscription.channel))
        self._tell_one(subscription, error, f"written:{self.clock():%Y-%m-%d}")

    def of_nobody(self, subscription: Subscription, error: PerfbotError) -> None:
        """Nobody has said whose its channel is; said once a day."""
        self._tell_one(subscription, error, f"client:{self.clock():%Y-%m-%d}")

    def _tell(self, channel: str, error: PerfbotError, topic: str) -> None:
        """Everybody who subscribed the channel, each once."""
        mine = [
            subscription
            for subscription in self.store.subscriptions()
            if subscription.channel == channel
        ]
        for subscription in {
            subscription.created_by: subscription for subscription in mine
        }.values():
            self._tell_one(subscription, error, topic)

    def _tell_one(self, subscription: Subscription, error: PerfbotError, topic: str) -> None:
        person = subscription.created_by
        if not person.startswith(("U", "W")):
            log.warning("%s (nobody to tell: subscribed by %r)", error, person)
            return
        text, blocks = self.words(error, subscription.language)
        key = f"{NOTICE}:{person}:{subscription.channel}:{error.code}:{topic}"[:250]
        self.store.enqueue([Outgoing(key, NOTICE, person, text, tuple(blocks))])
