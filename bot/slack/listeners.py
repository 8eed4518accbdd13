"""What every listener shares: who asks, from where, and saying sorry in one sentence."""

from __future__ import annotations

import logging
from collections.abc import Mapping
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


def register_errors(ears: Ears) -> None:
    """A listener that fails answers its user one sentence, and the log gets the rest."""

    @ears.app.error
    def sorry(error: Exception, body: dict[str, Any], client: WebClient) -> None:
        expected = isinstance(error, PerfbotError)
        log.log(
            logging.WARNING if expected else logging.ERROR,
            "%s failed: %s",
            _what(body),
            error,
            exc_info=None if expected else error,
        )
        place = Place.of_submission(body) if body.get("view") else Place.of(body)
        if not place.user or body.get("event", {}).get("type") == "app_home_opened":
            return
        try:
            language, _ = ears.people.manners(client, place.user)
            text, blocks = ears.parts.excuse(error, language)
            ears.speaker.reply(client, place, Words(text, blocks))
        except Exception:  # the excuse is the last thing there is to say
            log.exception("The excuse could not be shown.")


def _what(body: Mapping[str, Any]) -> str:
    event = body.get("event") or {}
    actions = body.get("actions") or [{}]
    return str(
        body.get("command") or event.get("type") or actions[0].get("action_id") or body.get("type")
    )
