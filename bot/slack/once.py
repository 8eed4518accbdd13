"""Slack says things twice: what stays the same when a request comes again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

REMEMBERED = 1_000


def request_key(body: Mapping[str, Any]) -> str:
    """The same for every delivery of a request; "" where nothing is.

    Events carry event_id; commands, actions and submissions a trigger_id of their own.
    """
    if event := body.get("event_id"):
        return f"event:{event}"
    if trigger := body.get("trigger_id"):
        return f"trigger:{trigger}"
    return ""


class Lately:
    """The last requests this process has heard."""

    def __init__(self) -> None:
        self._heard: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def first(self, key: str) -> bool:
        """False for a key heard before; a request without one is always new."""
        with self._lock:
            if key and key in self._heard:
                return False
            self._heard[key] = None
            if len(self._heard) > REMEMBERED:
                self._heard.popitem(last=False)
            return True
