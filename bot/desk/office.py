"""What every feature of the desk works with, passed in once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, partial
from zoneinfo import ZoneInfo

from bot.advice.rulebook import Rulebook
from bot.desk.plan import plan_on
from bot.desk.shelf import Shelf
from bot.desk.types import Asker
from bot.messages import Renderer
from bot.numbers.plan import Plan
from bot.settings import Settings
from bot.store.base import Store

BOARDS = 2  # what a kept board holds: raised when that changes, so that older ones are not read


def nobody(_group: str) -> Collection[str]:
    """Members of a user group where there is no Slack to ask."""
    return ()


def nowhere(_channel: str, _ts: str) -> str:
    """The way to a message where there is no Slack to lead to."""
    return ""


@dataclass(frozen=True)
class Office:
    """The store, the rules, the words, the settings and the clock.

    Attributes:
        renderers: By language.
        clock: Aware UTC now.
        members: Ids of the people in a Slack user group.
        link: The address of a message, by channel and ts, or "".
        shelf: What was read from the store and is still so.
    """

    store: Store
    rulebook: Rulebook
    renderers: Mapping[str, Renderer]
    settings: Settings
    clock: Callable[[], datetime]
    members: Callable[[str], Collection[str]] = nobody
    link: Callable[[str, str], str] = nowhere
    shelf: Shelf = field(default_factory=Shelf, compare=False, repr=False)

    def language(self, wanted: str = "") -> str:
        """A language there are words for: the wanted one, the configured one, or the first."""
        for language in (wanted, self.settings.app.language):
            if language in self.renderers:
                return language
        return next(iter(self.renderers))

    def renderer(self, wanted: str = "") -> Renderer:
        return self.renderers[self.language(wanted)]

    def zone(self, asker: Asker | None = None) -> ZoneInfo:
        """The asker's time zone, or the configured one."""
        name = asker.time_zone if asker else ""
        return ZoneInfo(name or self.settings.app.time_zone)

    def today(self, asker: Asker | None = None) -> date:
        """The day it is for the asker."""
        return self.clock().astimezone(self.zone(asker)).date()

    def plan(self, on: date) -> Plan:
        """The plan that holds on a morning."""
        made = partial(plan_on, self.store, self.settings, on)
        return self.shelf.memo(("plan", on), self.store.decided(), made)

    def stamp(self, on: date) -> str:
        """Changes whenever the rules, the table or the plan of a morning do."""
        return self.shelf.memo(("stamp", on), self.store.decided(), partial(self._stamp, on))

    def _stamp(self, on: date) -> str:
        told = f"{BOARDS} {self.rulebook.version} {self.plan(on)!r}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def person(self, user: str) -> str:
        """What a person is called: never a mention."""
        return self.store.preference(user).get("name") or user

    def place(self, channel: str) -> str:
        """What a channel is called: `#performance` where its name is remembered, else its id."""
        name = self.store.preference(f"channel:{channel}").get("name", "")
        return f"#{name.lstrip('#')}" if name else channel

    @cached_property
    def judges(self) -> dict[tuple[str, str], str]:
        """The metric each cell of the table judges by."""
        cells = self.rulebook.thresholds.cells
        return {key: cell.judge for key, cell in cells.items()}
