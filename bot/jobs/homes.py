"""Home tabs somebody may be looking at: shown anew after a change, and nobody waits for it."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime, timedelta
from threading import Event, Lock, Timer
from typing import Any

from bot.features.triage.lifecycle import MEMORY
from bot.store.base import Store

log = logging.getLogger(__name__)
OPENED, SHOWN = "home:opened", "home:shown"  # preferences of nobody's, by person
LATELY = timedelta(hours=2)
MOST = 20  # people whose tabs are shown anew; the others see it when they open theirs
AGAIN = timedelta(minutes=10)  # a tab opened again so soon is no news to the store
WAIT = 1.0  # seconds in which changes are gathered
REST = 3  # after each tab so many times its length of rest, so that no question waits for many
View = Mapping[str, Any]


class Homes:
    """Publishes the Home tabs opened lately, where they would read differently.

    Who opened one and what they were shown is in the store, for all processes. Errors are logged
    and hold up nobody.

    Args:
        store: What is remembered.
        view: A person's Home tab as it is now.
        publish: Shows it to them.
        clock: Aware UTC now.
        wait: Seconds between a change and its showing; what changes meanwhile is shown with it.
    """

    def __init__(
        self,
        store: Store,
        view: Callable[[str], View],
        publish: Callable[[str, View], object],
        clock: Callable[[], datetime],
        *,
        wait: float = WAIT,
    ) -> None:
        self.store, self.view, self.publish, self.clock = store, view, publish, clock
        self.wait = wait
        self._seen: Hashable = None
        self._timer: Timer | None = None
        self._stopped = Event()
        self._lock, self._turn = Lock(), Lock()

    def shown(self, user: str, view: View) -> None:
        """Remember that somebody looks at their Home tab, and what it says."""
        try:
            self._remember(user, view)
        except Exception:
            log.exception("Nobody will know that %s looks at the Home tab.", user)

    def _remember(self, user: str, view: View) -> None:
        now, opened = self.clock(), self.store.preference(OPENED).get(user)
        if opened is None or now - datetime.fromisoformat(opened) > AGAIN:
            self.store.set_preference(OPENED, **{user: now.isoformat()})
        self._keep(user, _mark(view))

    def nudge(self) -> None:
        """Something has changed: show it soon, on a thread of its own."""
        with self._lock:
            if self._timer is None and not self._stopped.is_set():
                self._timer = Timer(self.wait, self._round)
                self._timer.daemon = True
                self._timer.start()

    def look(self) -> None:
        """Show soon what anybody, any process, has changed since this was last asked."""
        state = (self.store.decided(), tuple(sorted(self.store.preference(MEMORY).items())))
        if self._seen is not None and state != self._seen:
            self.nudge()
        self._seen = state

    def show(self) -> None:
        """Publish every tab opened lately that would read differently; one round at a time."""
        with self._turn:
            for user in self._lately():
                if self._stopped.is_set():
                    return
                started_at = time.monotonic()
                try:
                    self._show(user)
                except Exception:
                    log.exception("The Home tab of %s could not be shown anew.", user)
                self._stopped.wait(REST * (time.monotonic() - started_at))

    def stop(self) -> None:
        """Finish the tab at work, begin no other."""
        with self._lock:
            self._stopped.set()
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        with self._turn:
            pass

    def _round(self) -> None:
        with self._lock:
            self._timer = None  # what changes from now on is for the next round
        try:
            self.show()
        except Exception:
            log.exception("The Home tabs could not be shown anew.")

    def _show(self, user: str) -> None:
        view = self.view(user)
        mark = _mark(view)
        if self.store.preference(SHOWN).get(user) != mark:
            self.publish(user, view)
            self._keep(user, mark)

    def _keep(self, user: str, mark: str) -> None:
        if self.store.preference(SHOWN).get(user) != mark:
            self.store.set_preference(SHOWN, **{user: mark})

    def _lately(self) -> list[str]:
        """Who opened theirs lately, the last first."""
        since = (self.clock() - LATELY).isoformat()
        openings = [(at, user) for user, at in self.store.preference(OPENED).items() if at > since]
        return [user for _, user in sorted(openings, reverse=True)[:MOST]]


def _mark(view: View) -> str:
    view_json = json.dumps(view, sort_keys=True, default=str)
    return hashlib.sha256(view_json.encode()).hexdigest()[:16]
