"""A database is copied whole, from either kind to either, and every migration leads to today's."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from bot.errors import StoreError
from bot.store import copying, open_store, schema
from bot.store.base import (
    ChannelOwner,
    Event,
    InstalledWorkspace,
    Outgoing,
    PlanRow,
    Pull,
    Subscription,
)
from bot.store.postgres_engine import Pool
from bot.store.records import GivenAnswer
from bot.store.sqlite_engine import Connections

ORDERS = pd.DataFrame({
    "order": ["a" * 64, "b" * 64], "date": pd.to_datetime(["2026-11-01", "2026-11-02"]),
    "campaign": ["Brand ☂", ""], "channel": ["google_ads", ""], "value": [1299.5, None],
    "currency": ["NOK", ""], "new_customer": [1.0, None], "refunded": [0.0, 1.0],
    "touches": ["google_ads meta_ads", ""],
})  # fmt: skip
LEADS = pd.DataFrame({
    "lead": ["c" * 64], "date": pd.to_datetime(["2026-11-01"]), "campaign": ["Brand ☂"],
    "channel": [""], "qualified": [1.0], "won": [0.0], "value": [0.1], "currency": ["NOK"],
})  # fmt: skip


@pytest.fixture
def place(tmp_path, postgres_schema):
    """Makes the address of an empty database of a kind."""
    numbers = iter(range(99))
    return lambda kind: (
        str(tmp_path / f"{next(numbers)}.db") if kind == "sqlite" else postgres_schema()
    )


@pytest.fixture
def filled(rows, at, on, advice):
    """Puts something into every table: odd names, revisions, answers, what was taken away again."""

    def fill(url):
        store = open_store(url)
        names = ["Brand ☂", "100 % %s :x ?", "'; DROP TABLE daily; --", "nul\0l", "æøå Ærfugl", ""]
        days = [
            {"date": day, "campaign_id": str(number), "campaign_name": name, "spend": day / 3,
             "conversions": 1 / 7 if day % 2 else None, "account_name": "Ours", "currency": "NOK"}
            for number, name in enumerate(names) for day in (1, 2, 3)
        ]  # fmt: skip
        store.add_numbers(rows(*days), source="a", pulled_at=at(4))
        store.add_numbers(rows({**days[0], "spend": 0.1}), source="b", pulled_at=at(5))
        reach = rows({"date": 1}).assign(since=on(1), until=on(3), reach=12.5)
        store.add_window_reach(reach)
        store.add_orders(ORDERS)
        store.add_leads(LEADS)
        part = {"date": 1, "level": "keyword", "detail_name": "% %s :x ?", "match_type": "exact"}
        store.add_details(rows({**part, "spend": 0.1, "quality_score": 7.0}))
        store.record_pull(Pull("a", at(4), on(1), on(3), ok=True, channels=("google_ads",), rows=9))
        entry = PlanRow("Brand *", {"target": 250.5}, on(1), "kari", at(1), "slack")
        store.set_plan([entry], origin="slack")
        store.set_preference("U1", name="Kari", language="nb")
        store.save_advice([advice("a1", numbers={"name": "Brand ☂"})], as_of=on(4), at=at(4))
        store.answer(
            "a1", GivenAnswer("dismiss", by="U1", at=at(4), reason="Black Friday\0 is 50 % ?")
        )
        store.claim("slack", "1", at(4))
        for time in ("07:00", "08:00"):
            added = store.subscribe(
                Subscription(0, "C1", time, (1, 2), "Europe/Oslo", "nb", "U1", {"channel": "meta"})
            )
        store.unsubscribe(added.id, by="U1", at=at(4))
        store.enqueue([Outgoing("k", "advice", "C1", "Flytt 5 %", [{"a": "ø"}], advice_id="a1")])
        store.lease("tick", "worker 1")
        store.add_jobs("shard", {"a": {"client": "Ærfugl"}})
        store.take_job(["shard"], "worker 1")
        store.assign_channel(ChannelOwner("C1", "Ærfugl", "T1"), by="U1", at=at(4))
        store.save_board("7d", on(4), [{"x": 1.5, "y": None}])
        store.save_workspace(InstalledWorkspace("T1", "Ærfugl", "sealed", at(4)))
        store.begin_install("a state", until=at(5), at=at(4))
        return store

    return fill


@pytest.mark.parametrize(
    "kinds",
    [("sqlite", "postgresql", "sqlite"), ("postgresql", "sqlite", "postgresql")],
    ids=" to ".join,
)
def test_a_copy_there_and_back_is_equal_row_by_row(place, filled, kinds):
    """Every row of every table, whichever way it went, and nothing else."""
    places = [place(kind) for kind in kinds]
    filled(places[0]).close()
    for source, target in pairwise(places):
        with closing(open_store(source)) as here, closing(open_store(target)) as there:
            counts = copying.copy(here.engine, there.engine)
            assert min(counts.values()) > 0, counts
    with closing(open_store(places[0])) as first, closing(open_store(places[2])) as last:
        with first.engine.reading() as here, last.engine.reading() as there:
            assert copying.compare(here, there) == counts == copying.count(here)
        assert without_nul(first.numbers(history=True)).equals(last.numbers(history=True))
        pd.testing.assert_frame_equal(last.orders(), ORDERS, check_dtype=False)
        pd.testing.assert_frame_equal(last.leads(), LEADS, check_dtype=False)


def without_nul(frame):
    """As PostgreSQL holds it: what it cannot, is seen to be missing."""
    return frame.replace("\0", "\ufffd", regex=True)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_copy_goes_on_where_the_original_stood(place, filled, kind, at, rows, on):
    """What it says, finds and numbers from then on is what the original would have."""
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[kind]
    with closing(filled(place(kind))) as here, closing(open_store(place(other))) as there:
        before = there.decided()
        copying.copy(here.engine, there.engine)
        assert there.decided() != before
        for text in ("brand", "50", "kari friday", "flytt", "☂", "drop table"):
            assert [one.ref for one in here.find(text)] == [one.ref for one in there.find(text)]
        for store in (here, there):
            new = Subscription(0, "C2", "07:00", (1,), "Europe/Oslo", "en", "U1")
            assert store.subscribe(new).id == 3  # 2 was taken away: its number is not given again
            store.log(Event(at(6), "kari", "x", "y"))
            more = rows({"date": 9, "campaign_id": "77", "campaign_name": "New", "spend": 1.0})
            store.add_numbers(more, source="c", pulled_at=at(10))
        assert here.events()[-1] == there.events()[-1]
        assert without_nul(here.numbers()).equals(without_nul(there.numbers()))
        assert here.memory(on(7)) == there.memory(on(7))


def test_a_copy_into_a_database_in_use_is_refused(place, filled):
    """It says what is there, and changes nothing."""
    with closing(filled(place("sqlite"))) as here, closing(filled(place("postgresql"))) as there:
        with there.engine.reading() as db:
            before = copying.count(db)
        with pytest.raises(StoreError, match="already holds campaigns"):
            copying.copy(here.engine, there.engine)
        with there.engine.reading() as db:
            assert copying.count(db) == before


def test_a_row_that_differs_is_named_and_nothing_is_kept(place, filled, monkeypatch):
    """Compared, not believed: one changed value is found and the copy taken back."""
    pour = copying.stream

    def bent(db, table, columns):
        for row in pour(db, table, columns):
            yield (*row[:-1], "{}") if table == "events" and db.dialect == "sqlite" else row

    with (
        closing(filled(place("sqlite"))) as here,
        closing(open_store(place("postgresql"))) as there,
    ):
        real = copying.compare
        monkeypatch.setattr(copying, "stream", bent)
        monkeypatch.setattr(copying, "compare", lambda a, b: unbent(monkeypatch, pour, real, a, b))
        with pytest.raises(StoreError, match=r"Row 1 of events was not copied .*number 1"):
            copying.copy(here.engine, there.engine)
        assert there.events() == []


def unbent(monkeypatch, pour, real, here, there):
    monkeypatch.setattr(copying, "stream", pour)
    return real(here, there)


# How the index was kept until migration 0006.
TRIGGER = """CREATE TRIGGER search_campaigns AFTER INSERT ON campaign_names BEGIN
    INSERT INTO search (words, kind, ref, at)
    VALUES (new.name, 'campaign', new.campaign, 'x'); END"""
OLDER = sorted(schema.MIGRATIONS)[:-1]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("number", range(1, len(OLDER) + 1))
def test_every_numbered_migration_leads_to_today(place, monkeypatch, kind, number, at):
    """A database left behind at any of them is brought up to date with what it holds."""
    url = place(kind)
    with monkeypatch.context() as patched:
        for name in sorted(schema.MIGRATIONS)[number:]:
            patched.delitem(schema.MIGRATIONS, name)
        engine = raw(url, kind)
        with engine.writing() as db:
            if kind == "sqlite":
                db.run(f"PRAGMA application_id = {schema.APPLICATION}")
            assert schema.upgrade(db) == sorted(schema.MIGRATIONS)
            db.run("INSERT INTO campaigns (no, channel, account_id, campaign_id) "
                   "VALUES (1, 'meta_ads', '', '9')")  # fmt: skip
            if kind == "sqlite" and 3 <= number < 6:
                db.run(TRIGGER)
            db.run("INSERT INTO campaign_names VALUES (1, 'Old one', '2026-1', '2026-1', 1)")
            scoped = number >= 8  # from then on a board is a scope's, and advice is linked
            columns, scope = (", scope", ", 'clients=[]'") if scoped else ("", "")
            db.run(
                f"""INSERT INTO boards ("window", as_of, rows{columns}) """
                f"VALUES ('7d', '2026-11-24', '[]'{scope})"
            )
            if scoped:
                db.run("INSERT INTO advice_campaigns VALUES ('a9', 1)")
            db.run("INSERT INTO advice (id, state, first_on, as_of, position, body) VALUES "
                   "('a9', 'open', '2026-11-01', '2026-11-01', 0, :body)",
                   {"body": '{"title": "T", "rule": "r", "numbers": {}, "campaign_ids": '
                            '{"$tuple": ["9"]}}'})  # fmt: skip
            if number < 3 and kind == "sqlite":
                db.run("INSERT INTO events (at, actor, kind, subject, details) "
                       "VALUES ('2026-11-01T07:00:00+00:00', 'kari', 'advice.dismiss', 'a1', "
                       """'{"reason": "Black Friday"}')""")  # fmt: skip
        engine.close()
    with closing(open_store(url)) as store:
        with store.engine.reading() as db:
            assert schema.applied(db) == sorted(schema.MIGRATIONS)
            # what was written before perfbot kept its index itself is indexed anew, once
            assert len(db.tuples("SELECT 1 FROM search WHERE kind = 'campaign'")) == (number < 6)
        if number < 6:
            assert [one.name for one in store.find("old")] == ["Old one"]
        assert store.board("7d", date(2026, 11, 24)) is None  # worked out anew
        with store.engine.reading() as db:
            links = db.tuples("SELECT advice, campaign FROM advice_campaigns")
            assert links == [("a9", 1)]
        store.log(Event(at(20), "kari", "advice.dismiss", "a1", {"reason": "later"}))
        assert [one.advice_id for one in store.find("later")] == ["a1"]
        store.save_board("7d", date(2026, 11, 24), [{}])
        mark = store.board_mark("7d", date(2026, 11, 24))
        store.save_board("7d", date(2026, 11, 24), [{}])
        assert mark is not None
        assert store.board_mark("7d", date(2026, 11, 24)) not in {None, mark}
        assert store.upgrade() == []


def raw(url, kind):
    """A database's engine before there is a store on it."""
    if kind == "sqlite":
        engine = Connections(Path(url), read_only=False, busy_timeout=5)
        with engine.connected() as db:
            db.conn.execute("CREATE TABLE claims (x)")  # what a writing transaction locks by
            db.conn.execute("DROP TABLE claims")
        return Unlocked(engine)
    return Pool(url, read_only=False, lock_timeout=5)


class Unlocked:
    """An engine of SQLite whose transactions need no table to begin."""

    def __init__(self, engine):
        self.engine, self.close = engine, engine.close

    def writing(self):
        return self.engine.reading()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_that_upgrade_at_once_do_it_once(place, kind):
    """One waits for the other, and finds nothing left to do."""
    url, errors, stores = place(kind), [], []
    begin = threading.Barrier(4)

    def open_it():
        begin.wait()
        try:
            stores.append(open_store(url))
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with stores[0].engine.reading() as db:
        assert schema.applied(db) == sorted(schema.MIGRATIONS)
    for store in stores:
        store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_made_while_others_write_is_restored(place, filled, kind, tmp_path, at):
    """All of one moment; put back, everything is as it was, for those who are at work too."""
    url, file = place(kind), tmp_path / "backup.db"
    stop = threading.Event()
    with closing(filled(url)) as store, closing(open_store(url)) as other:

        def write():
            number = 0
            while not stop.is_set():
                with other.atomic():  # two that belong together
                    other.claim("pair", f"{number}a", at(1) + timedelta(number))
                    other.claim("pair", f"{number}b", at(1) + timedelta(number))
                number += 1

        thread = threading.Thread(target=write)
        thread.start()
        counts = store.backup(file)
        stop.set()
        thread.join()
        assert (counts["claims"] - 1) % 2 == 0
        assert file.stat().st_mode & 0o077 == 0
        events, frame = store.events(), store.numbers(history=True)
        store.log(Event(at(9), "ola", "late", "x"))
        other.set_preference("U9", language="en")
        assert store.restore(file) == counts
        for each in (store, other):
            assert each.events() == events
            assert each.preference("U9") == {}
            assert each.numbers(history=True).equals(frame)
        assert other.claim("pair", "new", at(9))
    with closing(open_store(file, read_only=True)) as backup:
        assert backup.events() == events


def test_a_backup_overwrites_nothing_and_leaves_nothing_half_done(filled, tmp_path):
    """A file of that name stays; a folder that is not there is named."""
    taken = tmp_path / "taken.db"
    taken.write_text("mine")
    with closing(filled(str(tmp_path / "perfbot.db"))) as store:
        with pytest.raises(StoreError, match="exists already"):
            store.backup(taken)
        with pytest.raises(StoreError, match="does not exist"):
            store.backup(tmp_path / "no" / "x.db")
        for text, says in (("", "no backup of perfbot"), ("x" * 5000, "not a SQLite database")):
            (tmp_path / "odd.db").write_text(text)
            with pytest.raises(StoreError, match=says):
                store.restore(tmp_path / "odd.db")
        assert len(store.events()) > 0
    assert taken.read_text() == "mine"
    assert [one.name for one in tmp_path.iterdir() if ".part" in one.name] == []
