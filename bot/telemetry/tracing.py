"""One id for everything a request leads to, from what somebody typed to the message that shows it.

The id is worked out from Slack's own key of the request, so that a request Slack sends again has
the id it had. It travels with what is queued: into another thread, and with a message of the outbox
into another process.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LENGTH = 12
_current: ContextVar[str] = ContextVar("perfbot_request", default="")


def current() -> str:
    """The id of the request at work here, "" where nobody asked for what is done."""
    return _current.get()


@contextmanager
def bound(request: str) -> Iterator[None]:
    """Do something as a part of a request with this id; "" for nobody's."""
    token = _current.set(request)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def request(key: str) -> Iterator[None]:
    """Do what a request of Slack's leads to.

    Args:
        key: Slack's own for it, the same when it comes again; "" where it has none: then it is a
            part of the request at work, or one of its own.
    """
    with bound(_id_of(key)):
        yield


def _id_of(key: str) -> str:
    if key:
        return hashlib.sha256(key.encode()).hexdigest()[:LENGTH]
    return current() or secrets.token_hex(LENGTH // 2)
