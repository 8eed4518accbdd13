"""Signals end a process gracefully, and things stop in the opposite order."""

from __future__ import annotations

import os
import signal

import pytest

from bot.app.processes import StopOrder, asked_to_stop


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_to_stop(number):
    """The first signal sets the event; afterwards signals mean what they meant before."""
    before = signal.getsignal(number)
    with asked_to_stop() as stop:
        os.kill(os.getpid(), number)
        assert stop.wait(5)
        assert signal.getsignal(number) == before
    assert signal.getsignal(number) == before


def test_what_started_last_stops_first():
    """And one that fails does not keep the others running."""
    stopped = []

    def fails():
        stopped.append("second")
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError), StopOrder() as shift:  # noqa: PT012
        shift.then(lambda: stopped.append("first"))
        shift.then(fails)
        shift.then(lambda: stopped.append("third"))
    assert stopped == ["third", "second", "first"]
