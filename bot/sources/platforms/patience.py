"""Asking again: how often, how long to wait, and when to stop and say so."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.errors import SourceError

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Trouble:
    """What went wrong with a call.

    Attributes:
        sentence, hint: What it is and what to do, for people; without secrets.
        again: Whether the same call may work in a while.
        wait: Seconds the platform asks to wait.
    """

    sentence: str
    hint: str = ""
    again: bool = False
    wait: float | None = None


@dataclass
class Patience:
    """Waits that double, with jitter, so that many installs do not ask at the same moment.

    Attributes:
        tries: Calls at most.
        first, longest: Seconds before the second call, and between two calls at most.
        in_all: Seconds waited for one call at most: a quota that is used up for the day is no
            reason to stand still for hours.
    """

    tries: int = 5
    first: float = 1.0
    longest: float = 60.0
    in_all: float = 300.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = field(default=random.random)

    def ask(self, call: Callable[[], Answer], read: Callable[[Exception], Trouble]) -> Answer:
        """The answer of `call`, asked again while that may help.

        Args:
            call: Begins anew each time: nothing of an answer that broke off is used.
            read: What an exception means; one that is no trouble of the platform is raised on.

        Raises:
            SourceError: It does not work, or not within patience.
        """
        waited = 0.0
        for count in range(1, self.tries + 1):
            try:
                return call()
            except SourceError:
                raise
            except Exception as error:  # noqa: BLE001, `read` raises on what is no trouble
                trouble = read(error)
                pause = self.pause(count, trouble)
                if not trouble.again or count == self.tries or waited + pause > self.in_all:
                    raise SourceError(trouble.sentence, hint=trouble.hint) from None
                waited += pause
                self.sleep(pause)
        raise AssertionError("unreachable: the last try returns or raises")

    def pause(self, count: int, trouble: Trouble) -> float:
        """Seconds before the next call: what was asked for and a little more, or doubling."""
        if trouble.wait is not None:
            return trouble.wait * (1 + self.chance() / 10)
        doubled = self.first * 2.0 ** (count - 1)
        return float(min(self.longest, doubled) * (0.5 + self.chance() / 2))
