"""A person can be forgotten without what they decided; what is old goes when it is asked to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import StoreError
from bot.store import forgetting
from bot.store.base import Event, Outgoing, PlanRow, Subscription
from bot.store.copying import TABLES

KARI, OLA = "U0KARI001", "U0KARI00"  # one id is the beginning of the other


@pytest.fixture
def decided(store, save, advice, answer, at, on):
    """Kari and Ola have decided this and that."""
    save(24, advice("a1"), advice("a2"))
    answer("acknowledge", by=KARI, advice_id="a1")
    answer("dismiss", by=OLA, advice_id="a2", reason="Kari Nordmann knows better")
    store.set_preference(KARI, name="Kari Nordmann", language="nb")
    store.set_preference(OLA, name="Ola Nordmann")
    store.subscribe(Subscription(0, "C1", "07:30", (1,), "UTC", "nb", KARI))
    store.set_plan(
        [PlanRow("brand*", {"target": 9}, on(24), KARI, at(24), "slack")], origin="slack"
    )
    store.log(Event(at(24), OLA, "role.given", KARI, {"to": KARI, "also": OLA}))
    text = f"Acknowledged by Kari Nordmann (<@{KARI}>), not by Ola Nordmann or {OLA}."
    blocks = ({"type": "section", "text": {"type": "mrkdwn", "text": text}},)
    store.enqueue([
        Outgoing("line", "line", "C1", text, blocks),
        Outgoing(f"notice:{KARI}:C1", "notice", KARI, "Your digest is late.", ()),
    ])  # fmt: skip
    store.claim("home", f"{KARI}:1", at(24))
    return store


def everything(store):
    """Every value of every table but those of numbers, as one text."""
    with store.engine.reading() as db:
        rows = [db.tuples(f"SELECT * FROM {table}") for table in TABLES]
        return str(rows) + str(db.tuples("SELECT words FROM search"))


def test_nothing_names_the_person_afterwards(decided, at):
    """Neither id nor name stands in any table; everybody else's does, as before."""
    changed = decided.forget(KARI, at=at(25))
    assert changed["events"] >= 3
    assert changed["removed"] == 3  # a name and a language, and what was said to her alone
    left = everything(decided)
    assert KARI not in left
    assert "Acknowledged by Kari" not in left
    assert OLA in left
    assert "Ola Nordmann" in left
    assert decided.preference(KARI) == {}
    assert decided.outgoing("line").text.count(forgetting.PSEUDONYM) == 2


def test_what_was_decided_stays(decided, at):
    """The answer, the plan and the subscription stand as they did, under one pseudonym."""
    decided.forget(KARI, at=at(25))
    record = decided.advice("a1")
    (subscription,) = decided.subscriptions()
    (row,) = [row for row in decided.plan_rows() if row.origin == "slack"]
    pseudonym = record.answered_by
    assert record.state == "acknowledged"
    assert pseudonym.startswith(forgetting.PSEUDONYM)
    assert {subscription.created_by, row.said_by} == {pseudonym}
    assert decided.advice("a2").answered_by == OLA
    assert [event.actor for event in decided.events("a1", "advice.acknowledge")] == [pseudonym]
    assert [found.advice_id for found in decided.find(pseudonym)] == ["a1"]
    assert decided.find(KARI) == []
    (event,) = decided.events(kind="person.forget")
    assert event.subject == pseudonym


def test_the_log_is_guarded_as_before(decided, at):
    """Afterwards, and where forgetting failed, no event can be changed."""
    decided.forget(KARI, at=at(25))
    with pytest.raises(StoreError), decided.engine.writing() as db:
        db.run("UPDATE events SET actor = 'x'")
    assert [event.kind for event in decided.events()][-1] == "person.forget"


def test_the_same_id_in_another_workspace_is_somebody_else(decided, at):
    """Forgotten is who was named, in whichever workspace; also that they looked at a Home tab."""
    there = f"{KARI}@T0SECOND1"
    decided.set_preference(there, name="Karin Berg")
    decided.set_preference("home:opened", **{KARI: "2026-11-24", there: "2026-11-24"})
    decided.log(Event(at(24), there, "role.given", there, {"to": there}))
    before = everything(decided).count(there)
    decided.forget(KARI, at=at(25))
    left = everything(decided)
    assert left.count(KARI) == left.count(there) == before
    assert decided.preference("home:opened") == {there: "2026-11-24"}
    decided.forget(there, at=at(25))
    assert KARI not in everything(decided)
    assert "Karin Berg" not in everything(decided)


def test_a_failure_forgets_nothing(decided, at, monkeypatch):
    """All of it, or nothing: then everything stands as it did, guarded."""
    before = everything(decided)

    def fails(*_):
        raise RuntimeError("power")

    monkeypatch.setattr(forgetting.search, "rebuild", fails)
    with pytest.raises(RuntimeError):
        decided.forget(KARI, at=at(25))
    assert everything(decided) == before
    with pytest.raises(StoreError), decided.engine.writing() as db:
        db.run("UPDATE events SET actor = 'x'")


def test_what_would_change_is_counted_and_left(decided, at):
    """A look says where a person stands."""
    before = everything(decided)
    changed = decided.forget(KARI, at=at(25), dry_run=True)
    assert changed["events"] >= 3
    assert everything(decided) == before


def test_every_table_is_known_to_hold_people_or_not():
    """A new table says which: else somebody's id could stay in it."""
    known = {*forgetting.PERSONAL, *forgetting.IMPERSONAL, "preferences"}
    assert set(TABLES) - known == set()


def test_old_threads_go_whole(store):
    """A thread older than asked goes with all that hangs under it, a newer one stays."""
    store.enqueue([
        Outgoing("old", "digest", "C1", "old", ()),
        Outgoing("card", "advice", "C1", "card", (), parent="old"),
        Outgoing("edit", "update", "C1", "edit", (), parent="card"),
        Outgoing("new", "digest", "C1", "new", ()),
        Outgoing("waits", "digest", "C1", "waits", ()),
    ])  # fmt: skip
    for key in ("old", "card", "edit", "new"):
        store.delivered(key, f"{datetime.now(UTC).timestamp():.6f}")
    ago = (datetime.now(UTC) - timedelta(days=100)).isoformat(timespec="microseconds")
    with store.engine.writing() as db:
        db.run("UPDATE outbox SET queued_at = ? WHERE key IN ('old', 'waits')", [ago])
    assert store.expire_messages(datetime.now(UTC) - timedelta(days=90)) == 3
    kept = [key for key in ("old", "card", "edit", "new", "waits") if store.outgoing(key)]
    assert kept == ["new", "waits"]


def test_threads_of_before_they_were_timed_go_by_slacks_time(store):
    """What was posted before queueing was noted has Slack's own time of it."""
    store.enqueue([Outgoing(key, "digest", "C1", key, ()) for key in ("old", "new")])
    now = datetime.now(UTC)
    for key, days in (("old", 100), ("new", 10)):
        store.delivered(key, f"{(now - timedelta(days=days)).timestamp():.6f}")
    with store.engine.writing() as db:
        db.run("UPDATE outbox SET queued_at = ''")
    assert store.expire_messages(now - timedelta(days=90)) == 1
    assert store.outgoing("new")


def test_old_numbers_and_requests_go(store, add, at, on):
    """Days before the one asked, and requests heard before; what is newer stays."""
    add(24, {"date": 1, "spend": 5.0}, {"date": 22, "spend": 6.0})
    store.claim("slack", "trigger:1", at(1))
    store.claim("slack", "trigger:2", at(22))
    store.claim("digest", "1", at(1))
    assert store.expire_numbers(on(20)) == 1
    assert list(store.numbers()["spend"]) == [6.0]
    assert store.expire_requests(at(20)) == 1
    claimed = [store.claim("slack", key, at(24)) for key in ("trigger:1", "trigger:2")]
    assert claimed == [True, False]
    assert not store.claim("digest", "1", at(24))
