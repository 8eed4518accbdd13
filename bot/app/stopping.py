"""Stopping when asked: SIGINT and SIGTERM end a process gracefully, with exit code 0."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event
from types import FrameType
from typing import Any


@contextmanager
def asked_to_stop() -> Iterator[Event]:
    """An event that SIGINT and SIGTERM set; a second signal does what it did before."""
    stop = Event()
    before: dict[int, Any] = {}

    def set_down() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def heard(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        set_down()

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, heard)
    try:
        yield stop
    finally:
        set_down()


class Shift(ExitStack):
    """What was started, stopped in the opposite order; one that fails holds up no other."""

    def then(self, stop: Callable[[], object]) -> None:
        """Call `stop` when the shift ends."""
        self.callback(stop)
