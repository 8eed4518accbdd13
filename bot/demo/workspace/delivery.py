"""How the app hears of things: acknowledged in 3 seconds, events retried as Slack does.

And what it answers: in its acknowledgement, or at a response_url.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.demo.workspace import timeline, views
from bot.demo.workspace.chat import rewrite
from bot.demo.workspace.faults import Faults
from bot.demo.workspace.model import BOT_USER, SLACKBOT, ApiError, Ephemeral, Json, Message, View
from bot.demo.workspace.model import ResponseUrl as Url
from bot.demo.workspace.state import State
from bot.demo.workspace.values import message_blocks

RETRY_AFTER = (0.0, 60.0, 300.0)
TIMEOUT = "operation_timeout"


@dataclass(frozen=True)
class Retry:
    """Which retry of an event this is (from 1), and why."""

    attempt: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What came of one delivery; `error` is empty when the app acknowledged in time."""

    error: str = ""
    body: Json = field(default_factory=dict)
    no_retry: bool = False


class Delivery(Protocol):
    """One way to the app: Socket Mode or HTTP."""

    def connected(self) -> bool: ...

    async def send(self, kind: str, payload: Json, retry: Retry | None = None) -> Outcome:
        """Delivers one payload; `kind` is slash_commands, interactive or events_api."""
        ...


@dataclass
class Due:
    """An event waiting for its next attempt, at a time of the workspace's clock."""

    at: float
    payload: Json
    retry: Retry


class Courier:
    """Brings everything to the app, with the faults that are on.

    Args:
        state: For the clock, the log, and its events.
        faults: What is to go wrong.
        delivery: The way to the app.
    """

    def __init__(self, state: State, faults: Faults, delivery: Delivery) -> None:
        self.state, self.faults, self.delivery = state, faults, delivery
        self.due: list[Due] = []
        self._held: Json | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        state.on_event = self.event

    async def ask(self, kind: str, payload: Json) -> Outcome:
        """Delivers an interaction once: nobody retries those."""
        return await self._deliver(kind, payload)

    def event(self, payload: Json) -> None:
        """Sends an event on its way; its retries are looked after."""
        if self.faults.take("lost_event"):
            self.state.record("delivery", type="events_api", what=_what(payload), error="lost")
            return
        if self._held is None and self.faults.take("reorder"):
            self._held = payload
            return
        self._start(self._attempt(payload))
        if self.faults.take("duplicate_event"):
            self._start(self._attempt(payload))
        if self._held is not None:
            delayed, self._held = self._held, None
            self._start(self._attempt(delayed))

    async def run(self) -> None:
        """Makes the retries that are due, for as long as the workspace runs."""
        while True:
            self.retry_due()
            await asyncio.sleep(0.05)

    def retry_due(self) -> None:
        now = self.state.clock.now()
        ready = [attempt for attempt in self.due if attempt.at <= now]
        self.due = [attempt for attempt in self.due if attempt.at > now]
        for attempt in ready:
            self._start(self._attempt(attempt.payload, attempt.retry))

    async def _attempt(self, payload: Json, retry: Retry | None = None) -> None:
        outcome = await self._deliver("events_api", payload, retry)
        attempt = retry.attempt if retry else 0
        if not outcome.error or outcome.no_retry or attempt >= len(RETRY_AFTER):
            return
        at = self.state.clock.now() + RETRY_AFTER[attempt]
        self.due.append(Due(at, payload, Retry(attempt + 1, reason(outcome.error))))

    async def _deliver(self, kind: str, payload: Json, retry: Retry | None = None) -> Outcome:
        outcome = await self.delivery.send(kind, payload, retry)
        if not outcome.error and self.faults.take("drop_ack"):
            outcome = Outcome(TIMEOUT)
        self.state.record(
            "delivery",
            type=kind,
            what=_what(payload),
            retry=retry.attempt if retry else 0,
            error=outcome.error,
            answer=outcome.body,
        )
        return outcome

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def reason(error: str) -> str:
    """Slack's words for why an event is sent again."""
    return {TIMEOUT: "http_timeout", "dispatch_failed": "connection_failed"}.get(
        error, "http_error"
    )


def _what(payload: Json) -> str:
    if "command" in payload:
        return f"{payload['command']} {payload['text']}".strip()
    if "event" in payload:
        event = payload["event"]
        return ".".join(filter(None, (event["type"], event.get("subtype"))))
    actions = [action["action_id"] for action in payload.get("actions", ())]
    return " ".join([payload.get("type", ""), *actions])


USES, SECONDS = 5, 30 * 60


def respond(state: State, address: str, body: Json) -> None:
    """Answers at a response_url.

    Raises:
        ApiError: `invalid_url`, `expired_url` (30 minutes), `used_url` (5 uses), `no_text`,
            or whatever is wrong with the blocks; a refused answer does not count as a use.
    """
    url = state.response_urls.get(address)
    if url is None:
        raise ApiError("invalid_url")
    if state.clock.now() - url.created > SECONDS:
        raise ApiError("expired_url")
    if url.uses >= USES:
        raise ApiError("used_url")
    _answer(state, url, body)
    url.uses += 1


def _answer(state: State, url: Url, body: Json) -> None:
    if body.get("delete_original"):
        _delete(state, url)
        return
    blocks, text = message_blocks(state, body.get("blocks")), str(body.get("text") or "")
    if not text.strip() and not blocks:
        raise ApiError("no_text")
    if body.get("replace_original") and url.message_ts:
        _replace(state, url, text, blocks)
    else:
        _new(state, url, text, blocks, body)


def _delete(state: State, url: Url) -> None:
    original = timeline.ephemeral(state, url.channel, url.message_ts or "")
    if original:
        timeline.hush(state, original)
    else:
        timeline.remove(state, state.message(url.channel, url.message_ts or ""))


def _replace(state: State, url: Url, text: str, blocks: list[Json]) -> None:
    original = timeline.ephemeral(state, url.channel, url.message_ts or "")
    if original is None:
        rewrite(state, state.message(url.channel, url.message_ts or ""), text, blocks)
        return
    original.text, original.blocks = text, blocks
    state.changed("ephemeral", ephemeral=original.to_json())


def _new(state: State, url: Url, text: str, blocks: list[Json], body: Json) -> None:
    thread_ts = body.get("thread_ts") or url.thread_ts
    if body.get("response_type") == "in_channel":
        message = Message(url.channel, state.new_ts(), BOT_USER, text, blocks, thread_ts)
        message.from_app = True
        timeline.add(state, message)
    else:
        whisper = Ephemeral(url.channel, url.user, state.new_ts(), text, blocks, thread_ts)
        timeline.whisper(state, whisper)


def acknowledged(state: State, payload: Json, body: Json) -> None:
    """Posts what came with the acknowledgement of a slash command, if anything did."""
    if not body.get("text") and not body.get("blocks"):
        return
    url = Url("", payload["channel_id"], payload["user_id"], state.clock.now())
    try:
        _answer(state, url, body)
    except ApiError as refused:
        failed(state, payload, refused.error)


def failed(state: State, payload: Json, error: str) -> None:
    """Slackbot says visibly that a command came to nothing."""
    command = payload["command"]
    slackbot(
        state,
        payload["channel_id"],
        payload["user_id"],
        f"{command} failed with the error “{error}”",
    )


def slackbot(state: State, channel: str, user: str, text: str) -> None:
    """A word of Slackbot's that only that user sees."""
    timeline.whisper(state, Ephemeral(channel, user, state.new_ts(), text, author=SLACKBOT))


def submitted(state: State, view: View, body: Json) -> None:
    """Does what the answer to a view_submission says: close, errors, update, push or clear.

    Raises:
        ApiError: The answer is not one Slack understands; the modal stays and says so.
    """
    action = body.get("response_action")
    if action == "errors":
        view.errors = _errors(view, body.get("errors"))
        views.tell(state, view.user)
    elif action == "update":
        views.rewrite(state, view, views.checked(state, body.get("view"), "modal", view))
    elif action == "push":
        views.show(state, view.user, views.checked(state, body.get("view"), "modal"))
    elif action == "clear":
        views.close_all(state, view.user)
    elif action is None:
        views.close(state, view)
    else:
        raise ApiError("invalid_response_action")


def _errors(view: View, errors: object) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise ApiError("invalid_errors")
    return {str(block_id): str(error) for block_id, error in errors.items()}
