"""What was said while perfbot was away: its own threads are read back when it returns."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.slack_ids import HOME, in_workspace, workspace_of
from bot.errors import PerfbotError
from bot.slack.listeners import Body, Listeners
from bot.slack.threads import TICK, is_written, keep_reaction, keep_reply, tick_key
from bot.slack.workspaces import at
from bot.store.base import Outgoing

log = logging.getLogger(__name__)
OWNER, SEEN = "slack", "last_seen"
LOOK_BACK = timedelta(days=14)  # older threads are done with
MARKS = timedelta(days=3)  # check marks carry no time: only those on what is new are read
AWAY = timedelta(seconds=75)  # without a look for so long, something may have been missed
PAGE = 200


class Threads(Protocol):
    """The part of the store about what was posted."""

    def posted_since(self, at: datetime) -> Sequence[Outgoing]: ...


@dataclass
class CatchingUp:
    """Call it every few seconds while requests can come in.

    Answers that were written or marked meanwhile are kept as if they had just been given, each
    under the key its own delivery would have had: nothing counts twice. Talk and questions are
    left: who asked has long looked elsewhere.

    Attributes:
        ears: Who hears, and remembers.
        client: As the bot.
        threads: Which threads are ours.
        connected: Whether requests come in right now.
    """

    ears: Listeners
    client: WebClient
    threads: Threads
    connected: Callable[[], bool] = lambda: True
    _was: bool = False

    def __call__(self) -> None:
        """Look whether there was a gap, and if so read back."""
        if not self.connected():
            self._was = False
            return
        now, store = self.ears.parts.clock(), self.ears.parts.store
        last_look = store.preference(OWNER).get(SEEN)
        since = datetime.fromisoformat(last_look) if last_look else None
        if not self._was or since is None or now - since > AWAY:
            try:
                self.read_back(since, now)
            except (PerfbotError, SlackApiError, OSError) as error:
                log.warning("What was said meanwhile could not be read: %s", error)
                return  # the gap stays, and is looked into again
        self._was = True
        if since is None or now - since > AWAY / 2:
            store.set_preference(OWNER, **{SEEN: now.isoformat()})

    def read_back(self, since: datetime | None, now: datetime) -> int:
        """Read our threads since then; how many answers were found. At first only looks."""
        answers, threads = 0, self.threads.posted_since(now - LOOK_BACK)
        ours = self._own_ids({workspace_of(thread.channel) for thread in threads})
        for thread in threads:
            us = ours.get(workspace_of(thread.channel))
            if us is None:
                continue
            try:
                answers += self._thread(thread, since, now, us)
            except SlackApiError as error:  # archived, left, deleted: nothing can be said there
                log.info("The thread of %s cannot be read: %s", thread.key, error)
        if answers:
            log.info("%d answers were given while perfbot was away.", answers)
        return answers

    def _own_ids(self, teams: Collection[str]) -> dict[str, str]:
        """Our own user id by workspace; without those whose token Slack does not take any more."""
        ours: dict[str, str] = {}
        for team in teams:
            try:
                answer = at(self.client, in_workspace("", team)).auth_test()
            except SlackApiError as error:
                if team == HOME:
                    raise
                log.info("Workspace %s cannot be read: %s", team, error.response.get("error"))
            else:
                ours[team] = str(answer.get("user_id") or "")
        return ours

    def _thread(self, thread: Outgoing, since: datetime | None, now: datetime, us: str) -> int:
        fresh = now - datetime.fromtimestamp(float(thread.ts), now.tzinfo) < MARKS
        answers, after = 0, since.timestamp() if since else now.timestamp()
        for message in self._messages(thread, after, full_thread=fresh):
            if fresh:
                answers += self._marks(thread, message, us, counts=since is not None)
            if float(message["ts"]) > after and is_written(message) and message["user"] != us:
                body = _body(thread.channel, message)
                answers += keep_reply(self.ears, self.client, body).result is not None
        return answers

    def _messages(
        self, thread: Outgoing, after: float, *, full_thread: bool
    ) -> Iterator[Mapping[str, Any]]:
        """What stands in a thread: all of it, or what came after."""
        cursor = ""
        while True:
            page = self.client.conversations_replies(
                channel=thread.channel,
                ts=thread.ts,
                oldest=None if full_thread else f"{after:.6f}",
                limit=PAGE,
                cursor=cursor or None,
            )
            yield from page.get("messages") or ()
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _marks(self, thread: Outgoing, message: Mapping[str, Any], us: str, *, counts: bool) -> int:
        """Check marks on a message of ours nobody told us of; at first they are only noted."""
        store, ts = self.ears.parts.store, str(message["ts"])
        ours: Outgoing | None = store.find_message(thread.channel, ts)
        answers = 0
        for mark in message.get("reactions") or () if ours else ():
            for user in mark.get("users") or ():
                key = tick_key(thread.channel, ts, user)
                is_new = user != us and store.claim(TICK, key, self.ears.parts.clock())
                if is_new and counts and ours is not None:
                    body = _marked(thread.channel, ts, user, str(mark.get("name") or ""))
                    answers += keep_reaction(self.ears, self.client, body, ours).result is not None
        return answers


def _body(channel: str, message: Mapping[str, Any]) -> Body:
    """A message that was read, as its delivery would have been."""
    return {"type": "event_callback", "event": {**message, "type": "message", "channel": channel}}


def _marked(channel: str, ts: str, user: str, name: str) -> Body:
    item = {"type": "message", "channel": channel, "ts": ts}
    event = {"type": "reaction_added", "user": user, "reaction": name, "item": item}
    return {"type": "event_callback", "event_id": f"mark:{channel}:{ts}:{user}", "event": event}
