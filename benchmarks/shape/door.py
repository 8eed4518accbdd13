"""The way into perfbot: the only file here that names its rooms, beside the tape's own door."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from bot.app.composition import Composition, compose
from bot.domain.replies import Asker
from bot.settings import App, Settings
from bot.sources.exports import read
from bot.store import open_store
from bot.store.base import Subscription
from tests.tape.door import AS_OF, KARI, NOW, PERFORMANCE, ZONE, morning
from tests.tape.play import Player

DAYS = (1, 2, 3, 4, 5, 6, 7)


@contextmanager
def opened(path: Path) -> Iterator[Composition]:
    """perfbot on that database, on the demo's morning, with nothing at hand."""
    settings = Settings(app=App(time_zone=ZONE, currency="NOK"))
    context = compose(settings, str(path), lambda: NOW)
    with closing(context.store):
        yield context


def ask(context: Composition, text: str, language: str) -> None:
    """Kari asks in #performance."""
    context.desk.ask(text, Asker(KARI, PERFORMANCE, language), AS_OF)


def home(context: Composition) -> None:
    """Kari opens the Home tab."""
    context.desk.home(Asker(KARI, PERFORMANCE, "en"))


def subscribed(context: Composition) -> Subscription:
    """#performance gets the digest every day."""
    wish = Subscription(0, PERFORMANCE, "07:30", DAYS, ZONE, "en", KARI)
    return context.store.subscribe(wish)


@contextmanager
def posted(path: Path) -> Iterator[Player]:
    """perfbot in a local Slack, the morning's digest just posted there."""
    with morning(path) as found:
        found.subscribe()
        found.tick()
        yield Player(found)


def count(path: Path, table: str) -> int:
    """How many rows a table has."""
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def bring(path: Path) -> int:
    """Bring a file's days into the store; how many rows it has."""
    lines = [f"2026-11-{day:02d},google_ads,1,Brand,{day}.5,100,5" for day in range(1, 21)]
    file = path.with_suffix(".csv")
    heading = "date,channel,campaign_id,campaign_name,spend,impressions,clicks"
    file.write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
    with closing(open_store(path)) as store:
        store.add_numbers(read(file).frame, source=file.name, pulled_at=NOW)
    return len(lines)


class Normalised:
    """Counts the rows handed to a function of perfbot called `normalise`."""

    def __init__(self) -> None:
        self.count = 0

    def frame(self, frame: FrameType, event: str, _argument: Any) -> None:
        """A function of perfbot is entered or left."""
        if event == "call" and frame.f_code.co_name == "normalise":
            self.count += len(frame.f_locals[frame.f_code.co_varnames[0]])
