"""HTTP mode: signed requests to the app's address."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from bot.demo.workspace.delivery import TIMEOUT, Outcome, Retry
from bot.demo.workspace.faults import Faults
from bot.demo.workspace.manifest import Addresses
from bot.demo.workspace.model import Json
from bot.demo.workspace.state import State

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
