"""`/perf …`: acknowledged at once, answered where only the asker sees it."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from bot.slack.listeners import Listeners
from bot.slack.place import Place


def register(ears: Listeners) -> None:
    """Listen to /perf."""

    @ears.app.command("/perf")
    @ears.asked
    def perf(body: dict[str, Any], client: WebClient) -> None:
        place = Place.of(body)
        reply = ears.parts.desk.ask(str(body.get("text") or ""), ears.asker(client, place))
        ears.tell(client, place, reply)
