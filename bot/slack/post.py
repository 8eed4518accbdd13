"""Posting: each message once, recognised again by the key in its metadata."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.slack_ids import workspace_of
from bot.errors import PerfbotError
from bot.slack.base import Blocks, same
from bot.slack.say import UNREADABLE, pictured, plainer
from bot.slack.web_clients import BAD_TOKEN, patient, retry_after
from bot.slack.workspaces import at
from bot.store.base import Outgoing

log = logging.getLogger(__name__)
EVENT_TYPE = "perfbot_message"
LOOK_BACK = timedelta(days=2)  # a message is never retried for longer
PAGE = 200
PERSON = ("U", "W")
LONGEST = 30.0  # seconds a delivery may take with all its tries; leases are longer
ONE_TRY = 10.0
# The channel may come back: somebody invites the bot, or unarchives it.
AWAY = ("not_in_channel", "channel_not_found", "is_archived")
AWAY_WAIT = 300.0  # seconds until it is tried again
WAITS_FOR_CHANNEL = ("digest", "urgent", "advice")  # an edit or a line has no meaning days later
THREAD_GONE = ("thread_not_found", "cannot_reply_to_message", "message_not_found")
NEVER = (
    "cant_update_message",
    "edit_window_closed",
    "user_not_found",
    "user_disabled",
    "messages_tab_disabled",
    "restricted_action",
    "no_permission",
)


class Undeliverable(PerfbotError):
    """Slack will not take this message, however often it is sent.

    Attributes:
        reason: Slack's word for it, or "".
    """

    code = "undeliverable"

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class ThreadGone(Undeliverable):
    """The thread was deleted: nothing more can go into it."""


class NotNow(PerfbotError):
    """Slack did not take the message this time, or nobody knows whether it did.

    Attributes:
        wait: Seconds Slack asked to wait, or None where it did not say.
        reason: Slack's word for it where the channel is away, or "".
    """

    code = "not_now"

    def __init__(self, message: str, *, wait: float | None = None, reason: str = "") -> None:
        super().__init__(message)
        self.wait, self.reason = wait, reason


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
        end = time.monotonic() + LONGEST
        picture = pictured(self.picture, at(self.client, message.channel))
        for blocks in plainer(message.blocks, picture, self.simplify):
            seconds_left = end - time.monotonic()
            if seconds_left <= 0:
                raise NotNow("Slack took too long.")
            try:
                return self._send(
                    patient(self.client, min(ONE_TRY, seconds_left)), message, blocks, parent_ts
                )
            except SlackApiError as error:
                if error.response.get("error") not in UNREADABLE or not blocks:
                    raise _meaning(error, message) from error
                log.warning("Blocks of %s refused: %s", message.key, error.response)
            except (OSError, HTTPException) as error:
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
            return next(
                (str(posted["ts"]) for posted in pages if _key(posted) == message.key), None
            )
        except SlackApiError as error:
            raise _meaning(error, message) from error
        except (OSError, HTTPException) as error:
            raise NotNow(f"Slack did not answer: {error}.") from error

    def _send(self, client: WebClient, message: Outgoing, blocks: Blocks, parent_ts: str) -> str:
        content: dict[str, Any] = {
            "channel": message.channel,
            "text": message.text,
        }
        plain = [dict(block) for block in blocks]
        if message.kind == "update":  # without blocks the old ones would stay
            metadata = _metadata(message.parent)
            answer = client.chat_update(ts=parent_ts, metadata=metadata, blocks=plain, **content)
            return str(answer["ts"])
        answer = client.chat_postMessage(
            thread_ts=parent_ts or None,
            metadata=_metadata(message.key),
            unfurl_links=False,
            unfurl_media=False,
            blocks=plain or None,
            **content,
        )
        return str(answer["ts"])

    def _channel(self, message: Outgoing) -> str:
        """Where it is read back: what goes to a person is in the conversation with them."""
        if not message.channel.startswith(PERSON):
            return message.channel
        opened = self.client.conversations_open(users=message.channel)
        conversation: Mapping[str, Any] = opened.get("channel") or {}
        return str(conversation.get("id") or "")

    def _history(self, message: Outgoing) -> Iterator[Mapping[str, Any]]:
        since = str((self.clock() - LOOK_BACK).timestamp())
        return self._pages(self.client.conversations_history, message, oldest=since)

    def _thread(self, message: Outgoing, parent_ts: str) -> Iterator[Mapping[str, Any]]:
        return self._pages(self.client.conversations_replies, message, ts=parent_ts)

    def _pages(
        self, call: Callable[..., Any], message: Outgoing, **options: str
    ) -> Iterator[Mapping[str, Any]]:
        cursor, channel = "", self._channel(message)
        while True:
            page = call(
                channel=channel,
                limit=PAGE,
                include_all_metadata=True,
                cursor=cursor or None,
                **options,
            )
            yield from page.get("messages") or []
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def _key(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    return (metadata.get("event_payload") or {}).get("key")


def _meaning(error: SlackApiError, message: Outgoing) -> PerfbotError:
    code = str(error.response.get("error") or "")
    if error.response.status_code == 429 or code in ("ratelimited", "rate_limited"):
        return NotNow("Slack asked to wait.", wait=retry_after(error.response))
    if code in AWAY and message.kind in WAITS_FOR_CHANNEL:
        return NotNow(f"The channel is away: {code}.", wait=AWAY_WAIT, reason=code)
    if code in THREAD_GONE and message.parent:
        kind = Undeliverable if message.kind == "update" else ThreadGone
        return kind(f"Its thread is gone: {code}.", reason=code)
    if code in AWAY or code in NEVER or code in THREAD_GONE or code in UNREADABLE:
        return Undeliverable(f"Slack will not take it: {code}.", reason=code)
    if code in BAD_TOKEN:
        team = workspace_of(message.channel)
        token = f"the token of workspace {team}" if team else "SLACK_BOT_TOKEN"
        return NotNow(f"Slack does not accept {token} ({code}).")
    return NotNow(f"Slack answered {code or error.response.status_code}.")
