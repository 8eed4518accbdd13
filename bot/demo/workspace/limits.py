"""How fast the app may post: one message a second and channel, in short bursts more."""

from __future__ import annotations

from dataclasses import dataclass, field

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
