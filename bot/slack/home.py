"""The Home tab: published each time somebody opens it."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from bot.slack.listeners import Ears
from bot.slack.place import Place


def register(ears: Ears) -> None:
    """Listen to app_home_opened."""

    @ears.app.event("app_home_opened")
    @ears.careful
    def opened(event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        if event.get("tab", "home") != "home":
            return
        view = ears.parts.desk.home(ears.asker(client, Place.of(body)))
        client.views_publish(user_id=event["user"], view=dict(view))
