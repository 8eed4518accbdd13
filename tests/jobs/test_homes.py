"""Home tabs that are open follow what others change: soon, once, and nobody waits for it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event as Flag

import pytest

from bot.jobs.homes import MOST, Homes
from bot.store import open_store
from bot.store.base import Event


@dataclass
class Tabs:
    """What the tabs say, and what was published."""

    says: str = "target 250"
    published: list[tuple[str, str]] = field(default_factory=list)
    fails: set[str] = field(default_factory=set)
    slow: float = 0.0
    come: Flag = field(default_factory=Flag)

    def view(self, user):
        return {"type": "home", "blocks": [f"{user}: {self.says}"]}

    def publish(self, user, view):
        time.sleep(self.slow)
        if user in self.fails:
            raise RuntimeError("Slack said no")
        self.published.append((user, view["blocks"][0]))
        self.come.set()


@pytest.fixture
def tabs():
    return Tabs()


@pytest.fixture
def homes(store, tabs, clock):
    made = Homes(store, tabs.view, tabs.publish, clock, wait=0.05)
    yield made
    made.stop()


def opened(homes, tabs, *users):
    for user in users:
        homes.shown(user, tabs.view(user))


def test_only_tabs_that_read_differently_are_published(homes, tabs):
    """Nothing changed, nothing said; changed, everybody's once."""
    opened(homes, tabs, "U1", "U2")
    homes.show()
    assert tabs.published == []
    tabs.says = "target 300"
    homes.show()
    homes.show()
    assert sorted(tabs.published) == [("U1", "U1: target 300"), ("U2", "U2: target 300")]


def test_many_changes_at_once_are_shown_once(homes, tabs):
    """Five nudges in a moment: one round, with the last of them in it, off the asker's thread."""
    opened(homes, tabs, "U1")
    tabs.slow = 0.2
    begun = time.monotonic()
    for step in range(5):
        tabs.says = f"target {step}"
        homes.nudge()
    assert time.monotonic() - begun < 0.2
    assert tabs.come.wait(5)
    homes.show()
    assert tabs.published == [("U1", "U1: target 4")]


def test_a_change_during_a_round_is_shown_by_the_next(homes, tabs):
    """What came too late for one round is not forgotten."""
    opened(homes, tabs, "U1")
    tabs.slow, tabs.says = 0.2, "first"
    homes.nudge()
    end = time.monotonic() + 5
    while homes._timer is not None and time.monotonic() < end:
        time.sleep(0.005)
    tabs.says = "second"
    homes.nudge()
    while tabs.published[-1:] != [("U1", "U1: second")] and time.monotonic() < end:
        time.sleep(0.01)
    assert tabs.published[-1] == ("U1", "U1: second")


def test_who_opened_it_long_ago_is_left_alone(homes, tabs, clock):
    """They see it when they open it again; opened again, they are among the others."""
    opened(homes, tabs, "U1")
    clock.wait(hours=1)
    opened(homes, tabs, "U2")
    clock.wait(hours=1, minutes=30)
    tabs.says = "target 300"
    homes.show()
    assert tabs.published == [("U2", "U2: target 300")]


def test_no_more_than_so_many_people(homes, tabs, clock):
    """The last to open theirs."""
    for number in range(MOST + 5):
        opened(homes, tabs, f"U{number}")
        clock.wait(seconds=1)
    tabs.says = "target 300"
    homes.show()
    assert [user for user, _ in tabs.published] == [f"U{n}" for n in range(MOST + 4, 4, -1)]


def test_one_tab_that_cannot_be_shown_holds_up_no_other(homes, tabs, caplog):
    """It is logged, and tried again with the next change."""
    opened(homes, tabs, "U1", "U2")
    tabs.fails, tabs.says = {"U2"}, "target 300"
    homes.show()
    assert tabs.published == [("U1", "U1: target 300")]
    assert "Home tab of U2 could not be shown" in caplog.text
    tabs.fails = set()
    homes.show()
    assert tabs.published[1:] == [("U2", "U2: target 300")]


def test_another_process_shows_what_this_one_does_not_know_of(homes, tabs, clock, tmp_path):
    """Opened at one process, changed by another, shown by a third: the store knows; and once."""
    opened(homes, tabs, "U1")
    other = open_store(tmp_path / "perfbot.db")
    worker = Homes(other, tabs.view, tabs.publish, clock, wait=0.05)
    worker.look()
    tabs.says = "target 300"
    worker.look()
    time.sleep(0.2)
    assert tabs.published == []  # nothing was decided
    other.log(Event(clock.now, "U2", "plan.set", "slack", {"patterns": ["x"]}))
    worker.look()
    assert tabs.come.wait(5)
    worker.stop()
    homes.show()
    assert tabs.published == [("U1", "U1: target 300")]
    other.close()


def test_a_store_that_cannot_be_written_is_no_error_of_the_opening(homes, tabs, store, caplog):
    """The tab is there; only nobody will show it anew."""
    store.close()
    homes.shown("U1", tabs.view("U1"))
    assert "Nobody will know that U1" in caplog.text
