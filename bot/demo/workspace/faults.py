"""What can go wrong on request: so many times each, then all is well again.

And how fast the app may post: one message a second and channel, in short bursts more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.demo.workspace.model import ApiError, Json

KINDS = {
    "rate_limited": "the next calls get 429 with Retry-After",
    "server_error": "the next calls get 500",
    "api_error": "the next calls are refused with `error`, e.g. token_revoked or fatal_error",
    "lost_answer": "the next calls are carried out, but their answer is lost (500)",
    "hang_up": "the next calls are carried out, but the connection is cut instead of an answer",
    "slow": "the next calls are answered late",
    "drop_ack": "the next acknowledgements are not seen",
    "duplicate_event": "the next events are delivered twice",
    "lost_event": "the next events are never delivered, as where Slack has given up",
    "reorder": "the next event is delivered after the one that follows it",
    "clock_skew": "signatures carry a time that is off by so many seconds",
    "bad_signature": "the next deliveries by HTTP are signed with another key",
    "disconnect": "every socket is closed: warned (default, with `reason`) or `abrupt`",
}


@dataclass
class Fault:
    """One fault that is on: `left` times, for one method or all."""

    kind: str
    left: int = 1
    method: str = ""
    seconds: float = 1.0
    error: str = ""

    def to_json(self) -> Json:
        return {
            "kind": self.kind,
            "left": self.left,
            "method": self.method,
            "seconds": self.seconds,
            "error": self.error,
        }


@dataclass
class Faults:
    """The faults that are on."""

    on: list[Fault] = field(default_factory=list)

    def add(self, body: Mapping[str, Any]) -> Fault:
        """Switches one on: `{"kind", "times"?, "method"?, "seconds"?, "error"?}`.

        `method` is a method of the Web API, `upload` (of a file's bytes) or `response_url`.
        """
        kind = str(body.get("kind", ""))
        if kind not in KINDS:
            raise ApiError("unknown_fault", known=sorted(KINDS))
        fault = Fault(
            kind,
            int(body.get("times", 1)),
            str(body.get("method", "")),
            float(body.get("seconds", body.get("retry_after", 1))),
            str(body.get("error") or ("internal_error" if kind == "api_error" else "")),
        )
        self.on.append(fault)
        return fault

    def take(self, *kinds: str, method: str = "") -> Fault | None:
        """The next fault of those kinds for that method, used up by one; None when all is well."""
        for fault in self.on:
            if fault.kind in kinds and fault.left > 0 and fault.method in ("", method):
                fault.left -= 1
                return fault
        return None

    def clear(self) -> None:
        self.on.clear()


POSTS = ("chat.postMessage", "chat.postEphemeral")  # what Slack counts by channel


@dataclass
class Limits:
    """What is left of each channel's allowance.

    Attributes:
        burst: Messages at once; Slack promises none and allows some.
        each_second: Messages that come free again a second.
    """

    burst: float = 20.0
    each_second: float = 1.0
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait(self, channel: str, now: float) -> int:
        """Seconds to wait before the next message into a channel; 0 lets one through."""
        allowance, at = self._left.get(channel, (self.burst, now))
        allowance = min(self.burst, allowance + max(0.0, now - at) * self.each_second)
        if allowance < 1:
            self._left[channel] = allowance, now
            return max(1, round((1 - allowance) / self.each_second))
        self._left[channel] = allowance - 1, now
        return 0
