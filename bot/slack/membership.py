"""Whether perfbot is in a channel that something will be posted to."""

from __future__ import annotations

import logging

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import PerfbotError
from bot.slack.failing import ArchivedThere, NotThere
from bot.slack.web_clients import patient

log = logging.getLogger(__name__)
PATIENCE = 5.0


def absence(client: WebClient, channel: str) -> PerfbotError | None:
    """Why nothing can be posted there, as whoever subscribed it should hear; None where it can.

    It is asked by reading one message, which takes no scope beyond those for threads. Where Slack
    does not answer, nothing is claimed.
    """
    if channel.startswith("D"):
        return None
    brief = patient(client, PATIENCE)
    try:
        brief.conversations_history(channel=channel, limit=1)
    except SlackApiError as error:
        code = error.response.get("error")
        if code in ("not_in_channel", "channel_not_found"):
            return NotThere()
        if code == "is_archived":
            return ArchivedThere()
        log.warning("conversations.history of %s: %s", channel, code)
    except OSError as error:
        log.warning("conversations.history of %s: %s", channel, error)
    return None
