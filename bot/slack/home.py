"""The Home tab: published each time somebody opens it."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from bot.slack.listeners import Ears
from bot.slack.place import Place


def register(ears: Ears) -> None:
    """Listen to app_home_opened."""

    @ears.app.event("app_home_opened")
    @ears.only(lambda body: body["event"].get("tab", "home") == "home")
    def opened(body: dict[str, Any], client: WebClient) -> None:
        view = ears.parts.desk.home(ears.asker(client, Place.of(body)))
        client.views_publish(user_id=body["event"]["user"], view=dict(view))
