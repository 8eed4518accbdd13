"""What every listener shares: who asks, from where, and saying sorry in one sentence."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.errors import PerfbotError
from bot.slack.base import Parts
from bot.slack.people import People
from bot.slack.place import Place
from bot.slack.say import Speaker, Words

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ears:
    """Handed to each feature's `register`."""

    app: App
    parts: Parts
    people: People
    speaker: Speaker

    def asker(self, client: WebClient, place: Place) -> Any:
        """Who asks, as the desk knows them."""
        return self.people.asker(client, place.user, place.channel)

    def careful(self, listener: Callable[..., None]) -> Callable[..., None]:
        """A listener (of `body` and `client` at least) that says sorry where it fails.

        An error must not reach Bolt: raised within milliseconds of `ack()` it takes the
        acknowledgement back.
        """

        @functools.wraps(listener)  # Bolt reads the argument names through it
        def heard(**given: Any) -> None:
            try:
                listener(**given)
            except Exception as error:  # noqa: BLE001  (whatever it is, somebody waits)
                self.sorry(error, given["body"], given["client"])

        return heard

    def sorry(self, error: Exception, body: Mapping[str, Any], client: WebClient) -> None:
        """Log an error, and tell the person who waits for an answer one sentence."""
        _log(error, body)
        place = Place.of_submission(body) if body.get("view") else Place.of(body)
        if not place.user or body.get("event", {}).get("type") == "app_home_opened":
            return
        try:
            language, _ = self.people.manners(client, place.user)
            text, blocks = self.parts.excuse(error, language)
            self.speaker.reply(client, place, Words(text, blocks))
        except Exception:  # the excuse is the last thing there is to say
            log.exception("The excuse could not be shown.")


def _log(error: Exception, body: Mapping[str, Any]) -> None:
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
