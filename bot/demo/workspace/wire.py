"""The Web API on the wire: calls, uploads, response_urls."""

from __future__ import annotations

import asyncio
import json
import urllib.parse
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.demo.workspace import answers
from bot.demo.workspace.api import call
from bot.demo.workspace.faults import Fault, Faults
from bot.demo.workspace.limits import POSTS
from bot.demo.workspace.methods import METHODS
from bot.demo.workspace.model import ApiError, Json
from bot.demo.workspace.state import State

ALL, LIMITED = ["GET", "POST", "PUT"], "ratelimited"
REFUSED, LOST = ("rate_limited", "server_error", "api_error"), ("lost_answer", "hang_up")
BROKEN = (*REFUSED, *LOST, "slow")


class Wire:
    """What an app's HTTP client talks to."""

    def __init__(self, state: State, faults: Faults) -> None:
        self.state, self.faults = state, faults

    def routes(self) -> list[Route]:
        return [
            Route("/api/{method}", self.api, methods=ALL),
            Route("/upload/v1/{file_id}", self.upload, methods=["POST", "PUT"]),
            Route("/files-pri/{file_id}/{name}", self.file),
            Route("/response/{url_id}", self.response, methods=["POST"]),
        ]

    async def api(self, request: Request) -> Response:
        """One call: HTTP 200 with `ok`, 429 or 500 only where a fault says so."""
        name = request.path_params["method"]

        async def work() -> Response:
            scopes = {"x-oauth-scopes": ",".join(sorted(self.state.manifest.scopes))}
            answer = await self._called(request, name)
            if answer.get("error") == LIMITED:
                return broken(Fault("rate_limited", seconds=answer["retry_after"]))
            return JSONResponse(answer, headers=scopes)

        return await self._faulty(name, work)

    async def _faulty(self, name: str, work: Callable[[], Awaitable[Response]]) -> Response:
        """What was asked, with the fault that is on for it, if one is."""
        fault = self.faults.take(*BROKEN, method=name)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind in REFUSED:
            self.state.record("api", method=name, ok=False, error=fault.error or fault.kind)
            return broken(fault)
        answer = await work()
        return broken(fault) if fault and fault.kind in LOST else answer

    async def _called(self, request: Request, name: str) -> Json:
        try:
            args = await arguments(request)
        except ApiError as refused:
            return refused.to_json()
        token = str(args.pop("token", "") or "")
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip() or token
        wait = self._wait(name, args)
        if wait:
            self.state.record("api", method=name, args=args, ok=False, error=LIMITED)
            return {"ok": False, "error": LIMITED, "retry_after": wait}
        answer = call(self.state, METHODS, name, token, args)
        outcome = {"ok": answer["ok"], "error": answer.get("error", "")}
        self.state.record("api", method=name, args=args, **outcome)
        return answer

    def _wait(self, name: str, args: Json) -> int:
        """Seconds until the channel may be posted to again; 0 for whatever is no post."""
        channel = str(args.get("channel") or "")
        if name not in POSTS or not channel:
            return 0
        return self.state.limits.wait(channel, self.state.clock.now())

    async def upload(self, request: Request) -> Response:
        """The bytes of a file, at the address `files.getUploadURLExternal` gave."""
        return await self._faulty("upload", lambda: self._uploaded(request))

    async def _uploaded(self, request: Request) -> Response:
        file = self.state.files.get(request.path_params["file_id"])
        if file is None or file.uploaded:
            return PlainTextResponse("not found", 404)
        file.content, file.uploaded = await request.body(), True
        return PlainTextResponse(f"OK - {len(file.content)}")

    async def file(self, request: Request) -> Response:
        """An uploaded file; only pictures are shown in place."""
        file = self.state.files.get(request.path_params["file_id"])
        if file is None or not file.completed:
            return PlainTextResponse("not found", 404)
        is_picture = file.mimetype in ("image/png", "image/jpeg", "image/gif")
        kind = file.mimetype if is_picture else "application/octet-stream"
        name = urllib.parse.quote(file.name)
        disposition = "inline" if is_picture else "attachment"
        headers = {
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
        }
        return Response(file.content, media_type=kind, headers=headers)

    async def response(self, request: Request) -> Response:
        """A response_url: `ok`, or 404 once it is used up or old."""
        return await self._faulty("response_url", lambda: self._responded(request))

    async def _responded(self, request: Request) -> Response:
        url_id = request.path_params["url_id"]
        try:
            body = await request.json()
            answers.respond(self.state, url_id, body)
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        except ApiError as refused:
            self.state.record("response", id=url_id, error=refused.error)
            status = 404 if refused.error.endswith("_url") else 400
            return JSONResponse(refused.to_json(), status)
        self.state.record("response", id=url_id, body=body)
        return PlainTextResponse("ok")


def broken(fault: Fault) -> Response:
    """429 with Retry-After, a refusal, a cut connection, or a 500."""
    if fault.kind == "hang_up":
        return HungUp()
    if fault.kind == "api_error":
        return JSONResponse({"ok": False, "error": fault.error})
    if fault.kind == "rate_limited":
        after = {"Retry-After": str(int(fault.seconds))}
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers=after)
    return PlainTextResponse("Internal Server Error", 500)


class HungUp(Response):
    """No answer at all: the connection is cut, as a network does it."""

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        # uvicorn's request cycle holds the connection; ASGI itself has no way to drop it
        receive.__self__.transport.abort()  # type: ignore[attr-defined]  # see above
        while (await receive())["type"] != "http.disconnect":
            pass


async def arguments(request: Request) -> dict[str, Any]:
    """The arguments of a call: from the address, a form or JSON (its body may be empty)."""
    args: dict[str, Any] = dict(request.query_params)
    text = (await request.body()).decode("utf-8", "replace")
    if request.headers.get("content-type", "").startswith("application/json"):
        return args | (_json(text) if text.strip() else {})
    return args | dict(urllib.parse.parse_qsl(text, keep_blank_values=True))


def _json(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        raise ApiError("invalid_json") from None
    if not isinstance(document, dict):
        raise ApiError("json_not_object")
    return document
