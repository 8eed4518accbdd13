"""A desk over the demo's market: judged, its digest posted, ready to be asked and answered."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot import rules_files
from bot.advice.rules.rulebook import Rulebook
from bot.ask import Asker, Context, Desk
from bot.context.context import ALWAYS, values_of
from bot.demo.market.demo import demo
from bot.jobs import morning
from bot.render import Renderer, languages
from bot.settings import Settings
from bot.store import open_store
from bot.store.base import Outgoing, PlanRow, Store, Subscription
from tests.once import made_once

MORNING = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)  # 08:14 in Oslo


@dataclass
class World:
    """A desk, its store, and the digest that was posted to #performance (C1) this morning."""

    desk: Desk
    store: Store
    subscription: Subscription
    posted: list[Outgoing]

    @property
    def context(self) -> Context:
        return self.desk.context

    @property
    def digest(self) -> Outgoing:
        return self.posted[0]

    @property
    def items(self) -> list[Outgoing]:
        return self.posted[1:]


def deliver(store: Store, messages: list[Outgoing]) -> list[Outgoing]:
    """Post messages to a Slack that gives every one a ts."""
    store.enqueue(messages)
    for number, message in enumerate(messages, start=1):
        store.delivered(message.key, f"1795.{number:06}")
    return [posted for each in messages if (posted := store.outgoing(each.key))]


@pytest.fixture(scope="session")
def rulebook():
    return rules_files.load()


@pytest.fixture(scope="session")
def renderers(rulebook):
    return {each: Renderer(each, metrics=rulebook.metrics) for each in languages()}


@pytest.fixture(scope="session")
def judged_database(tmp_path_factory, rulebook, renderers) -> Path:
    """The demo's numbers and plan, judged this morning, the digest posted to C1."""

    def judge(folder: Path) -> None:
        store = open_store(folder / "perfbot.db")
        fill(store, rulebook, renderers)
        store.close()

    return made_once(tmp_path_factory, "desk", judge) / "perfbot.db"


def fill(store: Store, rulebook: Rulebook, renderers: Mapping[str, Renderer]) -> None:
    """Numbers, plan, advice, and a digest that was posted."""
    market = demo(MORNING, 1)
    store.add_numbers(market.numbers, source="demo", pulled_at=NOW)
    store.add_window_reach(market.window_reach)
    rows = [
        PlanRow(each.match, values_of(each), ALWAYS, "demo", NOW, "file", position)
        for position, each in enumerate(market.plan)
    ]
    store.set_plan(rows, origin="file")
    morning.refresh(store, rulebook, MORNING, clock=lambda: NOW)
    wanted = Subscription(0, "C1", "07:30", (1, 2, 3, 4, 5), "Europe/Oslo", "en", "U1")
    kept = store.subscribe(wanted)
    digest = morning.digest(store, rulebook, renderers["en"], kept, MORNING, clock=lambda: NOW)
    deliver(store, digest)


@pytest.fixture
def world(judged_database, tmp_path, rulebook, renderers):
    """A fresh copy of the judged morning."""
    path = tmp_path / "perfbot.db"
    shutil.copy(judged_database, path)
    store = open_store(path)
    for user, name in (("U1", "Kari"), ("U2", "Ola")):
        store.set_preference(user, name=name)
    subscription = store.subscriptions()[0]
    keys = store.thread("C1", "1795.000001")
    yield World(
        Desk(Context(store, rulebook, renderers, Settings(), lambda: NOW)),
        store,
        subscription,
        keys,
    )
    store.close()


@pytest.fixture(scope="session")
def dry_desk(judged_database, tmp_path_factory, rulebook, renderers):
    """A desk over the judged morning for questions asked `dry`: they store nothing."""
    path = tmp_path_factory.mktemp("dry") / "perfbot.db"
    shutil.copy(judged_database, path)
    store = open_store(path)
    yield Desk(Context(store, rulebook, renderers, Settings(), lambda: NOW))
    store.close()


@pytest.fixture
def empty(rulebook, renderers):
    """A desk without any numbers."""
    store = open_store(":memory:")
    yield Desk(Context(store, rulebook, renderers, Settings(), lambda: NOW))
    store.close()


@pytest.fixture
def kari():
    return Asker("U1", "C1", "en", "Europe/Oslo")


@pytest.fixture
def ola():
    return Asker("U2", "C1", "en", "Europe/Oslo")
