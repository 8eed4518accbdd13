"""Installed workspaces and begun installs, in every database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import StoreError
from bot.store import copying, open_store
from bot.store.base import ChannelOwner, InstalledWorkspace, Subscription
from bot.store.clients import scope_in, scope_of_all
from bot.store.scope import EVERYTHING, NOTHING, Scope

TEAM = "T0CLIENT1"


@pytest.fixture
def installed(store, at):
    workspace = InstalledWorkspace(TEAM, "Client", "gAAAA-sealed", at(24))
    store.save_workspace(workspace, by=f"U0KARI001@{TEAM}")
    return workspace


def test_an_install_is_kept_and_is_an_event(store, installed, at):
    """Who installed it is in the log; rotated tokens take the old ones' place without an event."""
    assert store.workspace(TEAM) == installed
    assert store.workspace("T0OTHER01") is None
    rotated = InstalledWorkspace(TEAM, "Client", "gAAAA-rotated", at(24))
    store.save_workspace(rotated)
    assert store.workspaces() == [rotated]
    (event,) = store.events(kind="workspace.install")
    assert (event.actor, event.subject) == (f"U0KARI001@{TEAM}", TEAM)
    assert "sealed" not in repr(event.details)


def test_what_ends_loses_its_tokens_and_nothing_else(store, installed, at):
    """Once; its subscriptions and channels stay for when it is installed again."""
    store.subscribe(Subscription(0, f"C1@{TEAM}", "07:30", (1,), "Europe/Oslo", "nb", f"U1@{TEAM}"))
    assert store.end_workspace(TEAM, "app_uninstalled", before=at(25), at=at(25))
    assert not store.end_workspace(TEAM, "tokens_revoked", before=at(25), at=at(25))
    ended = store.workspace(TEAM)
    assert (ended.sealed, ended.ended, ended.ended_at) == ("", "app_uninstalled", at(25))
    assert [each.subject for each in store.events(kind="workspace.end")] == [TEAM]
    assert [each.workspace for each in store.subscriptions()] == [TEAM]
    store.save_workspace(InstalledWorkspace(TEAM, "Client", "gAAAA-new", at(26)), by="U1")
    assert store.workspace(TEAM).ended == ""


def test_a_word_from_before_a_new_install_ends_nothing(store, installed, at):
    """Slack repeats events for an hour: one about the tokens of before comes late."""
    assert not store.end_workspace(TEAM, "tokens_revoked", before=at(23), at=at(25))
    assert store.workspace(TEAM) == installed


def test_a_state_is_taken_once_in_time_and_never_kept_as_it_is(store, at):
    """A second time, too late, or unknown: no."""
    store.begin_install("state-1", until=at(24, 7, 10), at=at(24))
    store.begin_install("state-2", until=at(24, 7, 10), at=at(24))
    with store.engine.reading() as db:
        assert "state" not in repr(db.tuples("SELECT state FROM installs"))
    assert not store.take_install("state-3", at=at(24))
    assert store.take_install("state-1", at=at(24, 7, 9))
    assert not store.take_install("state-1", at=at(24, 7, 9))
    assert not store.take_install("state-2", at=at(24, 7, 11))
    store.begin_install("state-4", until=at(25, 7, 10), at=at(25))
    with store.engine.reading() as db:
        assert len(db.tuples("SELECT state FROM installs")) == 1, "what is over is forgotten"


def test_a_channel_is_of_its_workspace(store, at):
    """The same id in two workspaces: two subscriptions, two owners, two scopes."""
    for channel in ("C1", f"C1@{TEAM}"):
        wanted = Subscription(0, channel, "07:30", (1,), "Europe/Oslo", "nb", "U1")
        store.subscribe(wanted)
    store.assign_channel(ChannelOwner(f"C1@{TEAM}", "Acme"), by="U1", at=at(24))
    assert [each.workspace for each in store.subscriptions()] == ["", TEAM]
    assert [each.workspace for each in store.channel_owners().values()] == [TEAM]
    assert store.scope_of(f"C1@{TEAM}") == Scope(frozenset({"Acme"}))
    assert store.scope_of("C1") == store.scope_of("C1@T0OTHER01") == NOTHING


def test_outside_the_first_workspace_nothing_is_shown_until_somebody_says_whose_it_is():
    """Also where clients are not kept apart at home, and to people directly."""
    assert scope_in({}, "C1") == scope_of_all({}, ["C1"], "U1") == EVERYTHING
    assert scope_in({}, f"C1@{TEAM}") == NOTHING
    assert scope_of_all({}, [f"C1@{TEAM}"], f"U1@{TEAM}") == NOTHING
    owners = {f"C1@{TEAM}": ChannelOwner(f"C1@{TEAM}", "*")}
    assert scope_of_all(owners, [f"C1@{TEAM}"], f"U1@{TEAM}") == EVERYTHING


def test_installs_are_copied_with_everything_else(store, installed, tmp_path):
    """To another database and back, sealed as they are."""
    with_it = open_store(tmp_path / "copy.db")
    with_it.upgrade()
    copying.copy(store.engine, with_it.engine)
    assert with_it.workspaces() == [installed]
    with_it.close()


def test_a_late_rotation_is_refused(store, installed):
    """Whoever held the lease too long keeps nothing: somebody else has rotated by then."""
    first = store.lease(f"rotate:{TEAM}", "a", seconds=-timedelta(seconds=1).total_seconds())
    assert store.lease(f"rotate:{TEAM}", "b")
    with pytest.raises(StoreError), store.fenced(first):
        store.save_workspace(installed)
