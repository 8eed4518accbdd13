"""Slack on the wire: the Web API's calls, uploads, response_urls; signed requests to the app.

A method the workspace does not know is `unknown_method`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable
from http.client import HTTPException
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.demo.workspace import chat, delivery, files, users, views
from bot.demo.workspace.api import BOT_TOKEN, Method, call
from bot.demo.workspace.delivery import TIMEOUT, Outcome, Retry
from bot.demo.workspace.faults import POSTS, Fault, Faults
from bot.demo.workspace.manifest import Addresses
from bot.demo.workspace.model import ApiError, Json
from bot.demo.workspace.oauth import OAuth
from bot.demo.workspace.state import State

METHODS: dict[str, Method] = {
    **users.USER_METHODS,
    **users.GROUPS,
    **users.ASSISTANTS,
    **chat.CHAT_METHODS,
    **users.CONVERSATION_METHODS,
    **chat.REACTION_METHODS,
    **views.METHODS,
    **files.METHODS,
}


ALL, LIMITED = ["GET", "POST", "PUT"], "ratelimited"
REFUSED, LOST = ("rate_limited", "server_error", "api_error"), ("lost_answer", "hang_up")
BROKEN = (*REFUSED, *LOST, "slow")


class Wire:
    """What an app's HTTP client talks to."""

    def __init__(self, state: State, faults: Faults, oauth: OAuth) -> None:
        self.state, self.faults, self.oauth = state, faults, oauth

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
        token, header = str(args.pop("token", "") or ""), request.headers.get("authorization", "")
        if name == "oauth.v2.access":
            answer = self.oauth.access(header, args)
            self.state.record("api", method=name, args={}, ok=answer["ok"])
            return answer
        token = header.removeprefix("Bearer ").strip() or token
        if name == "auth.revoke":
            return self.oauth.revoke(token)
        state = self.oauth.of(token) or self.state
        wait = self._wait(state, name, args)
        if wait:
            state.record("api", method=name, args=args, ok=False, error=LIMITED)
            return {"ok": False, "error": LIMITED, "retry_after": wait}
        answer = call(state, METHODS, name, token, args)
        outcome = {"ok": answer["ok"], "error": answer.get("error", "")}
        state.record("api", method=name, args=args, **outcome)
        return answer

    def _wait(self, state: State, name: str, args: Json) -> int:
        """Seconds until the channel may be posted to again; 0 for whatever is no post."""
        channel = str(args.get("channel") or "")
        if name not in POSTS or not channel:
            return 0
        return state.limits.wait(channel, state.clock.now())

    def _having(self, kind: str, key: str) -> State:
        """The workspace that gave out an address."""
        return next((state for state in self.oauth.teams if key in getattr(state, kind)),
                    self.state)  # fmt: skip

    async def upload(self, request: Request) -> Response:
        """The bytes of a file, at the address `files.getUploadURLExternal` gave."""
        return await self._faulty("upload", lambda: self._uploaded(request))

    async def _uploaded(self, request: Request) -> Response:
        file_id = request.path_params["file_id"]
        file = self._having("files", file_id).files.get(file_id)
        if file is None or file.uploaded:
            return PlainTextResponse("not found", 404)
        file.content, file.uploaded = await request.body(), True
        return PlainTextResponse(f"OK - {len(file.content)}")

    async def file(self, request: Request) -> Response:
        """An uploaded file; only pictures are shown in place."""
        file_id = request.path_params["file_id"]
        file = self._having("files", file_id).files.get(file_id)
        if file is None or not file.completed or file.deleted:
            return PlainTextResponse("not found", 404)
        if not self._may_fetch(request, file_id):  # as Slack: whoever may not is sent to its login
            return Response(status_code=302, headers={"Location": self.state.base_url})
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

    def _may_fetch(self, request: Request, file_id: str) -> bool:
        """The page's own pictures, and the app by its bot token where it may read files."""
        if "authorization" not in request.headers:
            return request.headers.get("sec-fetch-site") in {"same-origin", "none"}
        token = request.headers["authorization"].removeprefix("Bearer ")
        state = self._having("files", file_id)
        is_valid = token in state.tokens or (token == BOT_TOKEN and state is self.state)
        return is_valid and "files:read" in state.manifest.scopes

    async def response(self, request: Request) -> Response:
        """A response_url: `ok`, or 404 once it is used up or old."""
        return await self._faulty("response_url", lambda: self._responded(request))

    async def _responded(self, request: Request) -> Response:
        url_id = request.path_params["url_id"]
        state = self._having("response_urls", url_id)
        try:
            body = await request.json()
            delivery.respond(state, url_id, body)
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        except ApiError as refused:
            state.record("response", id=url_id, error=refused.error)
            status = 404 if refused.error.endswith("_url") else 400
            return JSONResponse(refused.to_json(), status)
        state.record("response", id=url_id, body=body)
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


SIGNING_SECRET = "local-signing-secret"  # noqa: S105 - a toy's key
# A local app is reached directly, whatever proxies the environment names.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Webhooks:
    """The app at its addresses: one for everything, or the manifest's for each kind.

    Args:
        state: Told of the connection.
        faults: A skewed clock shows in the signatures.
        addresses: Where the app listens, e.g. `http://127.0.0.1:3000/slack/events`.
        seconds: How long an acknowledgement may take.
        wall: The time signatures carry. Not the workspace's clock: the app checks them against
            its machine's own, which nobody moves.
    """

    def __init__(
        self,
        state: State,
        faults: Faults,
        addresses: Addresses,
        seconds: float = 3.0,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.state, self.faults, self.addresses = state, faults, addresses
        self.seconds, self.wall = seconds, wall
        self.verified = False

    def connected(self) -> bool:
        return self.verified

    async def verify(self) -> str:
        """The url_verification handshake: the error, empty when the challenge came back."""
        challenge = f"challenge-{self.state.number()}"
        body = {"token": "local", "challenge": challenge, "type": "url_verification"}
        outcome = await self.send("events_api", body)
        challenge_echoed = challenge in (outcome.body.get("challenge"), outcome.body.get("text"))
        self.verified = self.state.connected = not outcome.error and challenge_echoed
        self.state.changed("connection", connected=self.verified, sockets=0)
        return outcome.error or ("" if self.verified else "url_verification_failed")

    async def send(self, kind: str, payload: Json, retry: Retry | None = None) -> Outcome:
        body, content_type = encode(kind, payload)
        headers = {"Content-Type": content_type, **self._signed(body)}
        if retry:
            headers["X-Slack-Retry-Num"] = str(retry.attempt)
            headers["X-Slack-Retry-Reason"] = retry.reason
        url = self.addresses.of(kind, payload)
        return await asyncio.to_thread(self._post, url, body.encode(), headers)

    def _signed(self, body: str) -> dict[str, str]:
        skew = self.faults.take("clock_skew")
        stamp = str(int(self.wall() + (skew.seconds if skew else 0)))
        forged = self.faults.take("bad_signature")
        secret = "another-secret" if forged else SIGNING_SECRET
        return {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(secret, stamp, body),
        }

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Outcome:
        request = urllib.request.Request(url, body, headers)  # noqa: S310 - http(s) by control
        try:
            with DIRECT.open(request, timeout=self.seconds) as answer:
                return Outcome(body=decode(answer.read().decode()))
        except urllib.error.HTTPError as error:
            with error:
                return Outcome(f"http_{error.code}", no_retry="x-slack-no-retry" in error.headers)
        except TimeoutError:
            return Outcome(TIMEOUT)
        except (urllib.error.URLError, HTTPException, OSError) as error:
            late = isinstance(getattr(error, "reason", None), TimeoutError)
            return Outcome(TIMEOUT if late else "dispatch_failed")


def signature(secret: str, timestamp: str, body: str) -> str:
    """Slack's v0 signature of a request."""
    signed = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def encode(kind: str, payload: Json) -> tuple[str, str]:
    """A payload as the body of a request, and its content type."""
    form = "application/x-www-form-urlencoded"
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    if kind == "slash_commands":
        return urllib.parse.urlencode(payload), form
    return urllib.parse.urlencode({"payload": json.dumps(payload)}), form


def decode(text: str) -> Json:
    """The app's answer: JSON, or plain text as it is."""
    try:
        answer: Any = json.loads(text) if text.strip() else {}
    except ValueError:
        answer = {"text": text}
    return answer if isinstance(answer, dict) else {"text": text}
