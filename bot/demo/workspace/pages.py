"""The page: its files, its websocket, and the control API beside it.

Its first look, and `GET /_control/state`, is everything at once.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.demo.workspace import timeline
from bot.demo.workspace.control import Control
from bot.demo.workspace.model import BOT_USER, TEAM_NAME, Json
from bot.demo.workspace.state import State, channel_json


def snapshot(state: State) -> Json:
    """The whole workspace: who, where, what was said, which views are open."""
    return {
        "team": TEAM_NAME,
        "app": {
            "name": state.manifest.name,
            "user": BOT_USER,
            "home": state.manifest.home,
            "commands": [command.to_json() for command in state.manifest.commands],
        },
        "now": state.clock.now(),
        "connected": state.connected,
        "users": [
            {
                "id": person.id,
                "name": person.name,
                "real_name": person.real_name,
                "is_bot": person.is_bot,
                "color": person.color,
            }
            for person in state.users.values()
        ],
        "channels": [channel_json(channel) for channel in state.channels.values()],
        "messages": [
            timeline.page_json(state, message)
            for channel_messages in state.messages.values()
            for message in channel_messages.values()
        ],
        "ephemerals": [ephemeral.to_json() for ephemeral in state.ephemerals],
        "views": _views(state),
        "prompts": state.prompts,
        "homes": {user: view.to_api() for user, view in state.homes.items()},
    }


def _views(state: State) -> list[Json]:
    """Open modals, each user's stack bottom first."""
    views = [state.views[view_id] for stack in state.stacks.values() for view_id in stack]
    return [{**view.to_api(), "user": view.user, "errors": view.errors} for view in views]


FOLDER = Path(__file__).parent / "page"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
    "connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Pages:
    """What a browser sees, and what a test drives."""

    def __init__(self, state: State, control: Control) -> None:
        self.state, self.control = state, control

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", page),
            Route("/archives/{channel}", page),
            Route("/archives/{channel}/{message}", page),
            Mount("/page", Files(directory=FOLDER)),
            WebSocketRoute("/_page", self.socket),
            Route("/_control/state", self.get_state),
            Route("/_control/log", self.get_log),
            Route("/_control/{verb}", self.post, methods=["POST"]),
        ]

    async def get_state(self, _request: Request) -> Response:
        return JSONResponse(snapshot(self.state))

    async def get_log(self, request: Request) -> Response:
        """The log, or with `?after=n` what came after line n."""
        after = int(request.query_params.get("after") or 0)
        return JSONResponse({"log": [line for line in self.state.log if line["n"] > after]})

    async def post(self, request: Request) -> Response:
        try:
            body = await request.json() if await request.body() else {}
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_json"}, 400)
        if not isinstance(body, dict):
            return JSONResponse({"ok": False, "error": "invalid_body"}, 400)
        answer = await self.control.do(request.path_params["verb"], body)
        wrong = answer.get("error") in ("unknown_verb", "invalid_body")
        return JSONResponse(answer, 400 if wrong else 200)

    async def socket(self, socket: WebSocket) -> None:
        """The page's own line: every change as it happens, and what its user does."""
        await socket.accept()
        changes: asyncio.Queue[Json] = asyncio.Queue()
        watcher = changes.put_nowait
        changes.put_nowait({"change": "hello", "state": snapshot(self.state)})
        self.state.watchers.append(watcher)
        telling = asyncio.create_task(_tell(socket, changes))
        work: set[asyncio.Task[None]] = set()
        try:
            while True:
                task = asyncio.create_task(self._do(await socket.receive_json(), changes))
                work.add(task)
                task.add_done_callback(work.discard)
        except (WebSocketDisconnect, ValueError):
            pass
        finally:
            self.state.watchers.remove(watcher)
            telling.cancel()

    async def _do(self, instruction: Any, changes: asyncio.Queue[Json]) -> None:
        answer = await self.control.do(str(instruction.get("do")), instruction.get("body") or {})
        changes.put_nowait({"change": "reply", "id": instruction.get("id"), "answer": answer})


async def _tell(socket: WebSocket, changes: asyncio.Queue[Json]) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.send_json(await changes.get())


async def page(request: Request) -> Response:
    """The page itself, whatever channel or message its address names."""
    answer = FileResponse(FOLDER / "index.html", headers={"Cache-Control": "no-store"})
    answer.headers["Content-Security-Policy"] = POLICY.format(host=request.headers["host"])
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


class Files(StaticFiles):
    """The page's files, never cached: an update shows at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "no-cache"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer
