"""How the app hears of things: acknowledged in 3 seconds, events retried as Slack does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.demo.workspace.faults import Faults
from bot.demo.workspace.model import Json
from bot.demo.workspace.state import State

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
