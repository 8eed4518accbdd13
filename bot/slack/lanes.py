"""The lanes work waits in, so that nothing slow stands before what must be quick.

What is heard is acknowledged on Bolt's threads and handed to one of these.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Thread

from slack_bolt import App

from bot.slack.turns import Turns

HEARING = 100  # they acknowledge and hand on; blocked threads cost nothing
ANSWERING, OPENING, KEEPING = 6, 6, 8
PATIENCE = 20.0  # seconds a question may take


@dataclass(frozen=True)
class Lanes:
    """Threads by what they do.

    Attributes:
        answers: Questions: they read much, and many come at once.
        opening: Modals, which Slack takes for three seconds only, and what follows an answer.
        keeping: Answers and forms on their way into the store, acknowledged once they are there.
    """

    answers: Turns = field(default_factory=lambda: Turns(ANSWERING, "perfbot-answers"))
    opening: Turns = field(default_factory=lambda: Turns(OPENING, "perfbot-opens"))
    keeping: Turns = field(default_factory=lambda: Turns(KEEPING, "perfbot-keeps"))

    def close(self, seconds: float) -> None:
        """Begin no more; all that is at work has the same so many seconds to end."""
        lanes = (self.keeping, self.opening, self.answers)
        closing = [Thread(target=lane.close, args=(seconds,), daemon=True) for lane in lanes]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join(seconds + 1)


class Hearing(ThreadPoolExecutor):
    """Bolt's own threads, the lanes behind them, and what Slack signs its requests with."""

    def __init__(self, lanes: Lanes, secret: str = "") -> None:
        super().__init__(HEARING, thread_name_prefix="perfbot-hears")
        self.lanes, self.secret = lanes, secret


def behind(app: App) -> Hearing:
    """The threads behind an app that `bot.slack.app.build` made."""
    hearing = app.listener_runner.listener_executor
    assert isinstance(hearing, Hearing), "`build` has put it there"
    return hearing
