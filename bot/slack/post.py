"""Posting: each message once, recognised again by the key in its metadata."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import PerfbotError
from bot.slack.base import Blocks, Outgoing, same
from bot.slack.clients import BAD_TOKEN, retry_after
from bot.slack.say import plainer
from bot.slack.showing import UNREADABLE

log = logging.getLogger(__name__)
EVENT_TYPE = "perfbot_message"
LOOK_BACK = timedelta(days=2)  # a message is never retried for longer
PAGE = 200
NOT_THERE = (
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "user_not_found",
    "restricted_action",
    "no_permission",
)


class Undeliverable(PerfbotError):
    """Slack will not take this message, however often it is sent."""

    code = "undeliverable"


class NotNow(PerfbotError):
    """Slack did not take the message this time, or nobody knows whether it did.

    Attributes:
        wait: Seconds Slack asked to wait, or None where it did not say.
    """

    code = "not_now"

    def __init__(self, message: str, *, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class Poster:
    """Delivers messages of the outbox, and finds those already delivered.

    Args:
        simplify: Blocks without what this Slack may not know.
        clock: Aware UTC now, for how far back to look.
        picture: Blocks with charts as pictures, tried before they are simplified.
    """

    def __init__(
        self,
        client: WebClient,
        simplify: Callable[[Blocks], Blocks],
        clock: Callable[[], datetime],
        picture: Callable[[Blocks], Blocks] = same,
    ) -> None:
        self.client, self.simplify, self.clock = client, simplify, clock
        self.picture = picture

    def deliver(self, message: Outgoing, parent_ts: str = "") -> str:
        """Post it (in the thread of `parent_ts`), or edit the message `parent_ts`; its ts.

        Raises:
            Undeliverable: It will never work.
            NotNow: It may work later; look with `find` before sending again.
        """
        for blocks in plainer(message.blocks, self.picture, self.simplify):
            try:
                return self._send(message, blocks, parent_ts)
            except SlackApiError as error:
                if error.response.get("error") not in UNREADABLE or not blocks:
                    raise _meaning(error) from error
                log.warning("Blocks of %s refused: %s", message.key, error.response)
            except OSError as error:
                raise NotNow(f"Slack did not answer: {error}.") from error
        raise Undeliverable(f"Slack refused every form of {message.key}.")

    def find(self, message: Outgoing, parent_ts: str = "") -> str | None:
        """The ts of a message already posted under this key, or None.

        Raises:
            Undeliverable, NotNow: As for `deliver`; nothing is known then.
        """
        if message.kind == "update":  # editing twice is the same as once
            return None
        try:
            pages = self._thread(message, parent_ts) if parent_ts else self._history(message)
            return next((str(found["ts"]) for found in pages if _key(found) == message.key), None)
        except SlackApiError as error:
            raise _meaning(error) from error
        except OSError as error:
            raise NotNow(f"Slack did not answer: {error}.") from error

    def _send(self, message: Outgoing, blocks: Blocks, parent_ts: str) -> str:
        shown: dict[str, Any] = {
            "channel": message.channel,
            "text": message.text,
        }
        plain = [dict(block) for block in blocks]
        if message.kind == "update":  # without blocks the old ones would stay
            kept = _metadata(message.parent)
            answer = self.client.chat_update(ts=parent_ts, metadata=kept, blocks=plain, **shown)
            return str(answer["ts"])
        answer = self.client.chat_postMessage(
            thread_ts=parent_ts or None,
            metadata=_metadata(message.key),
            unfurl_links=False,
            unfurl_media=False,
            blocks=plain or None,
            **shown,
        )
        return str(answer["ts"])

    def _history(self, message: Outgoing) -> Iterator[Mapping[str, Any]]:
        since = str((self.clock() - LOOK_BACK).timestamp())
        return self._pages(self.client.conversations_history, message, oldest=since)

    def _thread(self, message: Outgoing, parent_ts: str) -> Iterator[Mapping[str, Any]]:
        return self._pages(self.client.conversations_replies, message, ts=parent_ts)

    def _pages(
        self, call: Callable[..., Any], message: Outgoing, **where: str
    ) -> Iterator[Mapping[str, Any]]:
        cursor = ""
        while True:
            page = call(
                channel=message.channel,
                limit=PAGE,
                include_all_metadata=True,
                cursor=cursor or None,
                **where,
            )
            yield from page.get("messages") or []
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def _key(found: Mapping[str, Any]) -> str | None:
    metadata = found.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    return (metadata.get("event_payload") or {}).get("key")


def _meaning(error: SlackApiError) -> PerfbotError:
    code = str(error.response.get("error") or "")
    if error.response.status_code == 429 or code in ("ratelimited", "rate_limited"):
        return NotNow("Slack asked to wait.", wait=retry_after(error.response))
    if code in NOT_THERE or code in UNREADABLE:
        return Undeliverable(f"Slack will not take it: {code}.")
    if code in BAD_TOKEN:
        return NotNow(f"Slack does not accept SLACK_BOT_TOKEN ({code}).")
    return NotNow(f"Slack answered {code or error.response.status_code}.")
