"""Whether this process can do its work right now: /readyz, which red means."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from threading import Lock, Thread

from bot.errors import PerfbotError
from bot.store.base import Store

log = logging.getLogger(__name__)
OWNER = "readiness"
PATIENCE = 2.5  # seconds a write may take; answers are given up after two
FRESH = 5.0  # seconds a look is good for: whoever asks often does not write often
Check = Callable[[], str]


class Readiness:
    """Tries what the work needs: a write in the store, and whatever else is given.

    Args:
        store: Where answers are kept.
        clock: Aware UTC now, which is what is written.
        checks: Each a sentence on what is wrong, or "".
    """

    def __init__(
        self, store: Store, clock: Callable[[], datetime], checks: Iterable[Check] = ()
    ) -> None:
        self.store, self.clock, self.checks = store, clock, tuple(checks)
        self._lock = Lock()
        self._looked = float("-inf")
        self._trouble = ""
        self._writing: Thread | None = None

    def __call__(self) -> list[str]:
        """What is wrong, a sentence each; nothing where the work can be done."""
        troubles = [self._store(), *(check() for check in self.checks)]
        return [trouble for trouble in troubles if trouble]

    def _store(self) -> str:
        with self._lock:
            if time.monotonic() - self._looked > FRESH or self._trouble:
                self._trouble = self._written()
                self._looked = time.monotonic()
            return self._trouble

    def _written(self) -> str:
        """Try a write; one that hangs is waited for by nobody, and not tried a second time."""
        if self._writing is not None and self._writing.is_alive():
            self._writing.join(PATIENCE)
            if self._writing.is_alive():
                return "The database takes no writes."
        failed: list[str] = []

        def write() -> None:
            try:
                self.store.set_preference(OWNER, looked=self.clock().isoformat())
            except PerfbotError as error:
                failed.append(error.message)
            except Exception:
                log.exception("The database could not be tried.")
                failed.append("The database cannot be used.")

        self._writing = Thread(target=write, name="perfbot-readiness", daemon=True)
        self._writing.start()
        self._writing.join(PATIENCE)
        if self._writing.is_alive():
            return "The database takes no writes."
        return failed[0] if failed else ""
