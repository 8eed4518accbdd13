"""The way to a message: its permalink, asked for once."""

from __future__ import annotations

import logging
from threading import Lock

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

log = logging.getLogger(__name__)
MOST_KEPT = 5_000


class Links:
    """Permalinks by channel and ts (`chat.getPermalink`), which never change."""

    def __init__(self, client: WebClient) -> None:
        self.client = client
        self._known: dict[tuple[str, str], str] = {}
        self._lock = Lock()

    def __call__(self, channel: str, ts: str) -> str:
        """The address of a message, or "" where Slack does not know it any more."""
        with self._lock:
            permalink = self._known.get((channel, ts))
        if permalink is not None:
            return permalink
        try:
            answer = self.client.chat_getPermalink(channel=channel, message_ts=ts)
        except (SlackApiError, OSError) as error:
            log.info("No permalink for %s in %s: %s", ts, channel, error)
            return ""
        link = str(answer.get("permalink") or "")
        with self._lock:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[channel, ts] = link
        return link
