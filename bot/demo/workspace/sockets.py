"""Socket Mode: the app dials in, every payload goes to one of its sockets."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.demo.workspace.delivery import TIMEOUT, Outcome, Retry
from bot.demo.workspace.model import APP_ID, Json
from bot.demo.workspace.state import State

MOST_SOCKETS = 10
REFRESH = "refresh_requested"  # what a `warning` announces ten seconds before
GONE = Outcome("dispatch_failed")


@dataclass
class _Waiting:
    socket: WebSocket
    answer: asyncio.Future[Outcome]


class Sockets:
    """The app's sockets.

    Args:
        state: Who is told of connections.
        ack_seconds: How long an acknowledgement may take.
        linger: Seconds from the word `disconnect` until the connection is closed; Slack says ten.
    """

    def __init__(self, state: State, ack_seconds: float = 3.0, linger: float = 2.0) -> None:
        self.state, self.ack_seconds, self.linger = state, ack_seconds, linger
        self.open: list[WebSocket] = []
        self._refreshed: list[WebSocket] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._waiting: dict[str, _Waiting] = {}

    def connected(self) -> bool:
        return bool(self.open)

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from its ticket to its end."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self.state.tickets:
            await socket.close(1008)
            return
        self.state.tickets.discard(ticket)
        await socket.accept()
        if len(self.open) >= MOST_SOCKETS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return
        await self._talk(socket)

    async def _talk(self, socket: WebSocket) -> None:
        await socket.send_json(hello(len(self.open) + 1))
        self.open.append(socket)
        self._tell()
        try:
            while True:
                self._hear(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._forget(socket)

    def _hear(self, text: str) -> None:
        with suppress(ValueError):
            acknowledgement = json.loads(text)
            waiting = self._waiting.pop(acknowledgement.get("envelope_id", ""), None)
            if waiting and not waiting.answer.done():
                waiting.answer.set_result(Outcome(body=acknowledgement.get("payload") or {}))

    def _forget(self, socket: WebSocket) -> None:
        self.open = [open_socket for open_socket in self.open if open_socket is not socket]
        self._refreshed = [
            refreshed_socket
            for refreshed_socket in self._refreshed
            if refreshed_socket is not socket
        ]
        for waiting in self._waiting.values():
            if waiting.socket is socket and not waiting.answer.done():
                waiting.answer.set_result(GONE)
        self._tell()

    def _tell(self) -> None:
        self.state.connected = self.connected()
        self.state.record("sockets", open=len(self.open))
        self.state.changed("connection", connected=self.connected(), sockets=len(self.open))

    async def send(self, kind: str, payload: Json, retry: Retry | None = None) -> Outcome:
        """One envelope to the next socket in turn; `operation_timeout` without an answer."""
        if not self.open:
            return GONE
        socket = self._next()
        envelope = self._envelope(kind, payload, retry)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = _Waiting(socket, answer)
        try:
            await socket.send_json(envelope)
            return await asyncio.wait_for(answer, self.ack_seconds)
        except TimeoutError:
            return Outcome(TIMEOUT)
        except (WebSocketDisconnect, RuntimeError, OSError):
            return GONE
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    def _next(self) -> WebSocket:
        """The socket whose turn it is: one that is to be closed only where there is no other."""
        staying = [candidate for candidate in self.open if candidate not in self._refreshed]
        socket = (staying or self.open)[0]
        self.open.remove(socket)
        self.open.append(socket)
        return socket

    def _envelope(self, kind: str, payload: Json, retry: Retry | None) -> Json:
        envelope: Json = {
            "envelope_id": f"{self.state.number():08x}-0000-4000-8000-000000000000",
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            retry_fields = {"retry_attempt": retry.attempt if retry else 0}
            envelope |= {**retry_fields, "retry_reason": retry.reason if retry else ""}
        return envelope

    async def disconnect(self, reason: str = REFRESH) -> None:
        """Ends every connection: with a word first, as Slack does, or abruptly without a reason."""
        for socket in tuple(self.open):
            with suppress(RuntimeError, OSError):
                if reason:
                    notice = {"type": "disconnect", "reason": reason}
                    await socket.send_json({**notice, "debug_info": {"host": "local"}})
                    self._refreshed.append(socket)
                    task = asyncio.create_task(self._close_soon(socket))
                    self._closing.add(task)
                    task.add_done_callback(self._closing.discard)
                else:
                    await socket.close(1001)

    async def _close_soon(self, socket: WebSocket) -> None:
        """The old connection is closed a while after the word, new one or not."""
        await asyncio.sleep(self.linger)
        with suppress(RuntimeError, OSError):
            await socket.close(1000)


def hello(connections: int) -> Json:
    """The first word on a new connection."""
    return {
        "type": "hello",
        "num_connections": connections,
        "connection_info": {"app_id": APP_ID},
        "debug_info": {"host": "local", "approximate_connection_time": 18060},
    }
