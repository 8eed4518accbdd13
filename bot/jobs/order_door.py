"""`POST /orders`: a shop says what it sold. Measured, timed and verified before anything is parsed.

Signed as ours: `X-Perfbot-Timestamp` (seconds) and `X-Perfbot-Signature`, `v1=` and the HMAC-SHA256
of `v1:<timestamp>:<body>` in hexadecimal. As Shopify's: `X-Shopify-Hmac-Sha256`, that of the body
alone in base64. A request is taken once; an order is known by its id, whatever request it comes in.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from anyio import CapacityLimiter, to_thread
from cachetools import TTLCache
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.errors import RefusedFile, StoreError
from bot.jobs import order_intake
from bot.settings import Settings
from bot.slack.http import PATIENCE, read_body
from bot.sources.posted_orders import OrderPlace, PostedOrders, read_posted, read_shopify
from bot.store.base import Store

log = logging.getLogger(__name__)
PATH = "/orders"
LARGEST = 1_000_000  # bytes; some thousand orders
AGE = timedelta(minutes=5)  # how far a request's own time may be from ours
RATE, BURST = 20.0, 100.0  # requests a second from one address, and how many at once
AT_WORK = 4  # requests that are stored at a time; the others wait
CLAIM = "orders"
STAMP, SIGNATURE = re.compile(r"[0-9]{1,12}"), re.compile(r"v1=[0-9a-f]{64}")


def signature(secret: str, stamp: str, content: bytes) -> str:
    """What `X-Perfbot-Signature` has to be."""
    signed = b"v1:" + stamp.encode() + b":" + content
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def shopify_signature(secret: str, content: bytes) -> str:
    """What Shopify writes into `X-Shopify-Hmac-Sha256`."""
    return base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()


class Rates:
    """How often each address may call: a bucket that fills again as time passes.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: TTLCache[str, tuple[float, float]] = TTLCache(
            4096, BURST / RATE * 2, timer=clock
        )

    def let_in(self, address: str) -> bool:
        """Whether this call is not one too many."""
        now = self._clock()
        tokens, since = self._buckets.get(address, (BURST, now))
        tokens = min(BURST, tokens + (now - since) * RATE)
        self._buckets[address] = (max(0.0, tokens - 1), now)
        return tokens >= 1


@dataclass(frozen=True)
class _Taken:
    """A request whose signature is right: what it is recognised by, and how its body is read."""

    key: str
    content: bytes
    topic: str | None  # None where it is not Shopify's

    def orders(self, place: OrderPlace) -> PostedOrders:
        if self.topic is None:
            return read_posted(self.content, place)
        return read_shopify(self.content, self.topic, place)


@dataclass
class OrderDoor:
    """Where orders come in.

    Attributes:
        store: Where they are kept.
        settings: The secrets, the time zone, the currency of values that name none.
        clock: Aware UTC now.
        patience: Seconds a body may take.
    """

    store: Store
    settings: Settings
    clock: Callable[[], datetime]
    patience: float = PATIENCE
    rates: Rates = field(default_factory=Rates)
    _threads: CapacityLimiter | None = None

    @property
    def is_open(self) -> bool:
        """Whether anybody could sign."""
        return bool(self.settings.order_secrets)

    def open_in(self, pages: Starlette) -> None:
        """Have a web side hear orders, where anybody could sign."""
        if self.is_open:
            pages.router.routes.append(Route(PATH, self.hear, methods=["POST"]))

    async def hear(self, request: Request) -> Response:
        """What was kept; or 400, 401, 408, 409, 413, 429 or 503, each with its sentence."""
        if not self.rates.let_in(request.client.host if request.client else ""):
            return _refused(429, "rate", "Too many requests.", "Send many orders in one.", wait=1)
        try:
            async with asyncio.timeout(self.patience):
                content = await read_body(request, LARGEST)
        except TimeoutError:
            return _refused(408, "slow", "The body did not come in time.", "Send it at once.")
        except ClientDisconnect:
            return Response(status_code=400)
        if content is None:
            return _refused(
                413, "large", "The body is over a megabyte.", "Send fewer orders at once."
            )
        accepted = self._verified(request.headers, content)
        if accepted is None:
            return _refused(
                401, "signature", "The signature is missing, wrong or too old.",
                "Check the secret and the clock; docs/sources.md has the way to sign.",
            )  # fmt: skip
        self._threads = self._threads or CapacityLimiter(AT_WORK)
        return await to_thread.run_sync(self._answer, accepted, limiter=self._threads)

    def _verified(self, headers: Mapping[str, str], content: bytes) -> _Taken | None:
        """Known by its signature, which nobody else could have made."""
        secrets = self.settings.order_secrets
        stamp = headers.get("x-perfbot-timestamp", "")
        sign = headers.get("x-perfbot-signature", "")
        ours, shopify = secrets.get("perfbot"), secrets.get("shopify")
        if ours and SIGNATURE.fullmatch(sign) and self._is_recent(stamp):
            fits = hmac.compare_digest(signature(ours, stamp, content), sign)
            return _Taken(sign, content, None) if fits else None
        theirs = headers.get("x-shopify-hmac-sha256", "").encode("utf-8", "replace")
        if shopify and theirs:
            right = shopify_signature(shopify, content)
            fits = hmac.compare_digest(right.encode(), theirs)
            return _Taken(right, content, headers.get("x-shopify-topic", "")) if fits else None
        return None

    def _is_recent(self, stamp: str) -> bool:
        if not STAMP.fullmatch(stamp):
            return False
        return abs(self.clock().timestamp() - int(stamp)) <= AGE.total_seconds()

    def _answer(self, taken: _Taken) -> Response:
        """Read it and keep it, all of it or nothing."""
        try:
            return self._kept(taken)
        except RefusedFile as error:
            return _refused(400, error.code, error.message, error.hint)
        except StoreError as error:
            log.warning("Orders that were posted could not be kept: %s", error)
            return _refused(
                503, "store", "The orders could not be kept.", "Send them again.", wait=5
            )
        except Exception:
            log.exception("Orders that were posted could not be kept.")
            return _refused(
                503, "error", "The orders could not be kept.", "Send them again.", wait=5
            )

    def _kept(self, taken: _Taken) -> Response:
        now = self.clock()
        posted = taken.orders(OrderPlace(self.settings.zone, self.settings.app.currency, now))
        with self.store.atomic("numbers"):
            if not self.store.claim(CLAIM, taken.key, now):
                return self._repeated(taken)
            handed = order_intake.keep_orders(self.store, posted.frame, now)
            order_intake.note_posted(self.store, handed, now)
        return JSONResponse({**asdict(handed), "unread": list(posted.unread)})

    @staticmethod
    def _repeated(taken: _Taken) -> Response:
        """Shopify repeats what it believes lost, and wants to hear that it arrived."""
        if taken.topic is not None:
            return JSONResponse({"repeated": True})
        return _refused(
            409, "repeated", "This request has been taken before.", "Sign each with its own time."
        )


def _refused(status: int, code: str, message: str, hint: str, wait: int = 0) -> Response:
    headers = {"Retry-After": str(wait)} if wait else {}
    if status in {408, 413}:
        headers["Connection"] = "close"
    error = {"code": code, "message": message, "hint": hint}
    return JSONResponse({"error": error}, status, headers=headers)
