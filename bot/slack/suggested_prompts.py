"""What to ask, suggested where somebody opens their conversation with perfbot."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.listeners import Body, Listeners
from bot.slack.place import Place

log = logging.getLogger(__name__)


def register(ears: Listeners) -> None:
    """Listen to app_home_opened of the messages tab, as an agent is opened today."""

    def is_conversation(event: Mapping[str, Any]) -> bool:
        return event.get("tab") == "messages"

    @ears.app.event("app_home_opened", matchers=[is_conversation])
    @ears.opens
    def opened(body: Body, client: WebClient) -> None:
        place = Place.of(body)
        suggestions = ears.parts.desk.prompts(ears.asker(client, place))
        prompts = [
            {"title": prompt.title, "message": prompt.message} for prompt in suggestions.prompts
        ]
        try:
            client.assistant_threads_setSuggestedPrompts(
                channel_id=place.channel, title=suggestions.title, prompts=prompts
            )
        except SlackApiError as error:  # an app installed before it was an agent; it still answers
            log.info("No suggestions: %s", error.response.get("error"))
