"""Reading a new morning before anybody asks: the first question is answered like the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

from bot.snapshot.boards import BOARD
from bot.store.base import Store

log = logging.getLogger(__name__)
SECONDS = 15


class Ahead:
    """Looks every few seconds whether a morning was judged anew, and has it read if so.

    Each process that hears Slack has its own: what is at hand is at hand in one process.

    Args:
        store: Where the boards are.
        today: The morning people ask about.
        read: Reads it, and answers what is asked most.
    """

    def __init__(
        self, store: Store, today: Callable[[], date], read: Callable[[date], object]
    ) -> None:
        self.store, self.today, self.read = store, today, read
        self._seen: tuple[date, str] | None = None

    def __call__(self) -> None:
        """Read the morning where it is new; a failure is logged and tried again when it is newer.

        Nothing is worked out where nothing is kept: that is the worker's to do.
        """
        day = self.today()
        mark = self.store.board_mark(BOARD, day)
        if mark is None or (day, mark) == self._seen:
            return
        self._seen = (day, mark)
        try:
            self.read(day)
        except Exception:  # nobody waits for it, and whoever asks is told what is wrong
            log.exception("The morning of %s could not be read ahead.", day)
