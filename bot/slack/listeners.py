"""What every listener shares: who asks, from where, and saying sorry in one sentence."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.errors import PerfbotError
from bot.slack.base import Parts
from bot.slack.once import Lately, request_key
from bot.slack.people import People
from bot.slack.place import Place
from bot.slack.say import Speaker, Words

log = logging.getLogger(__name__)
Body = dict[str, Any]
Listener = Callable[[Body, WebClient], None]


@dataclass(frozen=True)
class Ears:
    """Handed to each feature's `register`."""

    app: App
    parts: Parts
    people: People
    speaker: Speaker
    lately: Lately = field(default_factory=Lately)

    def asker(self, client: WebClient, place: Place) -> Any:
        """Who asks, as the desk knows them."""
        return self.people.asker(client, place.user, place.channel)

    def careful(self, listener: Listener) -> Callable[..., None]:
        """For Bolt: acknowledged first, then heard once, and with a sorry where it fails."""
        return self.only(lambda _body: True)(listener)

    def asked(self, listener: Listener) -> Callable[..., None]:
        """As `careful`, for questions: whether it is new is not asked of the store.

        The store's word on that is a write, and a pull may be writing for seconds. Slack sends
        commands once; should one come twice to two processes, it is answered twice, to one person.
        """
        return self._heard(listener, lambda body: self.lately.first(request_key(body)))

    def only(self, wanted: Callable[[Body], bool]) -> Callable[[Listener], Callable[..., None]]:
        """As `careful`, for what is `wanted`; the rest leaves no trace in the store.

        The acknowledgement waits for nothing, not even for the store to say whether the request
        is new: a long import next door must not cost the three seconds. And no error reaches
        Bolt: raised within milliseconds of `ack()` it takes the acknowledgement back.
        """
        return lambda listener: self._heard(
            listener, lambda body: wanted(body) and self.first(body)
        )

    def _heard(self, listener: Listener, new: Callable[[Body], bool]) -> Callable[..., None]:
        def heard(ack: Callable[[], Any], body: Body, client: WebClient) -> None:
            ack()
            try:
                if new(body):
                    listener(body, client)
            except Exception as error:  # noqa: BLE001  (whatever it is, somebody waits)
                self.sorry(error, body, client)

        return heard

    def first(self, body: Body) -> bool:
        """Claim the request: False where it was heard before.

        The retry header alone says nothing: the first delivery may have been lost.
        """
        key = request_key(body)
        return not key or self.parts.store.claim("slack", key, self.parts.clock())

    def sorry(self, error: Exception, body: Body, client: WebClient) -> None:
        """Log an error, and tell the person who waits for an answer one sentence."""
        log_failure(error, body)
        place = Place.of_submission(body) if body.get("view") else Place.of(body)
        if not place.user or body.get("event", {}).get("type") == "app_home_opened":
            return
        try:
            language, _ = self.people.manners(client, place.user)
            text, blocks = self.parts.excuse(error, language)
            self.speaker.reply(client, place, Words(text, blocks))
        except Exception:  # the excuse is the last thing there is to say
            log.exception("The excuse could not be shown.")


def log_failure(error: Exception, body: Mapping[str, Any]) -> None:
    """A line for what was foreseen, the traceback for what was not."""
    if isinstance(error, PerfbotError):  # foreseen, and the person is told what to do
        log.warning("%s failed: %s", _what(body), error)
    else:
        log.error("%s failed: %s", _what(body), error, exc_info=error)


def _what(body: Mapping[str, Any]) -> str:
    event = body.get("event") or {}
    actions = body.get("actions") or [{}]
    return str(
        body.get("command") or event.get("type") or actions[0].get("action_id") or body.get("type")
    )
