"""A scoped reader reads its clients' rows and no others, whatever it is asked."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest

from bot.errors import StoreError
from bot.store import open_store
from bot.store.base import ChannelOwner, Event, Outgoing, PlanRow, Pull, Subscription
from bot.store.board_table import APART
from bot.store.clients import ASSIGNED
from bot.store.postgres_engine import PostgresSession
from bot.store.records import GivenAnswer
from bot.store.scope import ALL, EVERYTHING, NOTHING, Scope
from bot.store.sqlite_engine import SqliteSession

CLIENTS = ("ALFA", "BRAVO", "CHARLIE")
ALFA = Scope(frozenset({"ALFA"}))


@pytest.fixture(scope="module")
def filled(tmp_path_factory, rows, at, on, advice):
    """The agency in a SQLite file, to be copied: filling one takes half a second."""
    path = tmp_path_factory.mktemp("agency") / "perfbot.db"
    with closing(open_store(path)) as store:
        fill(store, rows, at, on, advice)
    return path


@pytest.fixture
def agency(request, url, rows, at, on, advice):
    """Three clients and one campaign of nobody, each leaving its name in every table."""
    if url.startswith("postgres"):
        fill(request.getfixturevalue("store"), rows, at, on, advice)
    else:
        shutil.copy(request.getfixturevalue("filled"), url)
    return request.getfixturevalue("store")


def fill(store, rows, at, on, advice):
    for number, client in enumerate((*CLIENTS, "DELTA")):
        account, campaign = f"acc-{client}", f"{client}-1"
        days = [
            {"date": day, "channel": "google_ads", "account_id": account, "campaign_id": campaign,
             "campaign_name": f"{client} Brand", "account_name": client, "spend": number + 1.0}
            for day in range(1, 24)
        ]  # fmt: skip
        ad = {**days[0], "campaign_id": f"{client}-ad", "level": "ad", "parent_id": campaign,
              "campaign_name": f"{client} picture"}  # fmt: skip
        store.add_numbers(rows(*days, ad), source=client, pulled_at=at(24))
        reach = {"date": 1, "account_id": account, "campaign_id": campaign}
        store.add_window_reach(rows(reach).assign(since=on(1), until=on(7), reach=7.0))
        part = {**days[0], "level": "keyword", "detail_name": f"{client} word"}
        store.add_details(rows(part))
        store.record_pull(Pull("ads", at(24), on(1), on(23), ok=False, account_id=account,
                               error=f"{client} refused"))  # fmt: skip
        entry = PlanRow(f"{client}*", {"client": client}, on(1), client, at(1), "slack")
        store.set_plan([entry], origin="slack")
        own = advice(f"advice-{client}", campaign_ids=(campaign,), numbers={"name": client},
                     title=f"{client} spends")  # fmt: skip
        store.save_advice([own], as_of=on(24), at=at(24))
        store.answer(
            own.id, GivenAnswer("dismiss", by=f"U-{client}", at=at(24), reason=f"{client} said so")
        )
        channel = f"C-{client}"
        if client != "DELTA":
            owner = ChannelOwner(channel, client, f"T-{client}")
            store.assign_channel(owner, by=f"U-{client}", at=at(24))
        added = store.subscribe(
            Subscription(0, channel, "07:00", (1,), "UTC", "en", client, workspace=f"T-{client}")
        )
        store.log(Event(at(24), client, "subscription.add", str(added.id), {"channel": channel}))
        store.log(Event(at(24), client, "export.made", client, {"what": client}))
        store.enqueue([Outgoing(f"k-{client}", "advice", channel, f"{client} text", (),
                                advice_id=own.id, workspace=f"T-{client}")])  # fmt: skip
        store.delivered(f"k-{client}", f"{number}.0")
    both = advice("advice-both", campaign_ids=("ALFA-1", "BRAVO-1"), numbers={"name": "BRAVO"})
    lost = advice("advice-lost", campaign_ids=("ALFA-1", "gone"), numbers={"name": "BRAVO"})
    store.save_advice([both, lost], as_of=on(24), at=at(24))
    store.set_plan([PlanRow("*Brand", {"target": 2}, on(1), "k", at(1), "slack")], origin="slack")
    store.set_plan([PlanRow("convert/CPA.waste", {"x": 1}, on(1), "k", at(1), "threshold")],
                   origin="threshold")  # fmt: skip
    store.assign_clients({("google_ads", f"acc-{one}", f"{one}-1"): one for one in CLIENTS})
    store.save_board("7d", on(24), [{"client": " ".join(CLIENTS)}])
    for client in CLIENTS:
        store.save_board("7d", on(24), [{"client": client}], scope=Scope(frozenset({client})))


@pytest.fixture
def seen(monkeypatch):
    """Every row any statement gives, as the driver gives it."""
    given = []
    for kind in (SqliteSession, PostgresSession):
        for name in ("rows", "tuples", "pieces"):
            real = getattr(kind, name)

            def reading(self, sql, *values, real=real):
                found = list(real(self, sql, *values))
                given.extend((sql, row) for row in found)
                return found

            monkeypatch.setattr(kind, name, reading)
    return given


def asked(reader, on):
    """Everything a reader can be asked, with every client's ids: by the name of the question."""
    ids = [f"advice-{one}" for one in (*CLIENTS, "DELTA", "both", "lost")]
    users = [f"U-{one}" for one in CLIENTS]
    yield "numbers", [reader.numbers().to_dict("records"), reader.numbers(history=True).to_dict(
        "records"), reader.numbers(on(2), on(9), as_of=on(25)).to_dict("records")]  # fmt: skip
    yield "last_day", [reader.last_day(), reader.last_day(on(24))]
    yield "window_reach", reader.window_reach().to_dict("records")
    campaigns = [f"{one}-1" for one in (*CLIENTS, "DELTA")]
    parts = [reader.details(), reader.details("keyword"), reader.details(campaign_ids=campaigns)]
    yield "details", [table.to_dict("records") for table in parts]
    yield "pulls", reader.pulls()
    yield "board", [reader.board("7d", on(24)), reader.boards(["7d", "7d:"], on(24))]
    yield "marks", [reader.board_mark("7d", on(24)), reader.standing(on(24)), reader.decided()]
    yield "plan", [reader.plan_rows(), reader.plan_rows(on(24))]
    yield "advice", [reader.all_advice(), reader.all_advice(state="open"), reader.advice_of(ids),
                     reader.all_advice(as_of=on(24)), *map(reader.advice, ids)]  # fmt: skip
    yield "memory", reader.memory(on(25))
    yield "events", [reader.events(), reader.history(), list(reader.events_of(ids).values()),
                     *(reader.events(one) for one in (*ids, "1", "2", "3", *CLIENTS)),
                     *(reader.history(by=one) for one in users)]  # fmt: skip
    yield "how many events", [reader.count_events(0), reader.count_events(0, besides="advice.")]
    yield "outcomes", reader.outcomes()
    yield "find", [reader.find(text) for text in (*CLIENTS, "brand", "spends", "said", "text")]
    yield "subscriptions", [reader.subscriptions(), reader.channel_owners(), reader.clients()]
    messages = [*map(reader.messages_of, ids), *map(reader.outgoing, [f"k-{o}" for o in CLIENTS])]
    yield "messages", [messages, list(reader.messages_of_all(ids).values()),
                       list(reader.messages_of_all(ids, "C-BRAVO").values()),
                       list(reader.channels_of(ids).values()),
                       *(reader.find_message(f"C-{one}", "1.0") for one in CLIENTS),
                       *(reader.thread(f"C-{one}", "1.0") for one in CLIENTS)]  # fmt: skip
    yield "morning", [reader.state(on(24)), reader.morning(on(24))]
    yield "together", [reader.advice_and_clients(ids)[0], reader.campaign_names()]


OTHERS = ("BRAVO", "CHARLIE", "DELTA")


def test_a_conversations_own_messages_are_read_beside_the_clients(agency, at):
    """In a direct message: what stands there, and of the log and the clients what a channel has."""
    agency.subscribe(Subscription(0, "D1", "07:00", (1,), "UTC", "en", "U1"))
    agency.enqueue([Outgoing("k-D1", "digest", "D1", "own", ()),
                    Outgoing("k-D2", "digest", "D2", "BRAVO", ())])  # fmt: skip
    for key in ("k-D1", "k-D2"):
        agency.delivered(key, f"{key[-1]}0.0")
    reader = agency.scoped(Scope(frozenset({"ALFA"}), place="D1"))
    assert reader.outgoing("k-D1").text == "own"
    assert reader.outgoing("k-D2") is None
    assert reader.outgoing("k-ALFA") is not None
    assert [each.channel for each in reader.subscriptions()] == ["C-ALFA", "D1"]
    assert Scope(frozenset({"ALFA"}), place="D1").key == ALFA.key


def test_whether_clients_are_kept_apart_is_known_with_what_is_read_anyway(agency, store, on, at):
    """With advice, and with how a morning stands; not while only the agency has channels."""
    assert agency.advice_and_clients(["advice-ALFA", "none"])[1] is True
    assert agency.advice_and_clients(["none"]) == ({}, None)
    assert APART in agency.standing(on(24))[1]
    for client in CLIENTS:
        agency.assign_channel(ChannelOwner(f"C-{client}", ""), by="k", at=at(24))
    agency.assign_channel(ChannelOwner("C-ALFA", ALL), by="k", at=at(24))
    assert agency.advice_and_clients(["advice-ALFA"])[1] is False
    assert APART not in agency.standing(on(24))[1]
    assert agency.scope_of("C-BRAVO") == EVERYTHING


def test_a_change_of_clients_is_an_event(agency, at):
    """Whoever keeps what a scope shows sees by it that another client's may be in it by now."""
    moved = {("google_ads", "acc-ALFA", "ALFA-1"): "BRAVO"}
    assert agency.assign_clients(moved, at=at(24)) == 2  # with its ad
    assert agency.events(kind=ASSIGNED)[-1].details == {"rows": 2}
    count = len(agency.events(kind=ASSIGNED))
    assert agency.assign_clients(moved) == 0
    assert len(agency.events(kind=ASSIGNED)) == count


def test_another_clients_rows_are_never_read(agency, seen, on):
    """Not by any question, with any client's ids: the database does not even hand them over."""
    reader = agency.scoped(ALFA)
    seen.clear()
    answers = dict(asked(reader, on))
    for question, answer in answers.items():
        leaked = [one for one in OTHERS if one in repr(answer)]
        assert leaked == [], (question, answer)
    assert len(seen) > 100
    strangers = [(sql, row) for sql, row in seen if any(one in repr(row) for one in OTHERS)]
    assert strangers == []


def test_all_of_its_own_is_read(agency, on, at):
    """Nothing of a client's own is missing: what it has alone is what it has among others."""
    reader = agency.scoped(ALFA)
    whole = agency.numbers(history=True)
    own = whole[whole["account_name"] == "ALFA"].reset_index(drop=True)
    assert reader.numbers(history=True).equals(own)
    assert len(own) == 24  # with its ad
    assert reader.last_day() == on(23)
    assert len(reader.window_reach()) == 1
    assert [one.account_id for one in reader.pulls()] == ["acc-ALFA"]
    assert reader.board("7d", on(24)) == [{"client": "ALFA"}]
    assert [one.advice.id for one in reader.all_advice()] == ["advice-ALFA"]
    kinds = {event.kind for event in reader.events()}
    assert kinds == {"advice.open", "advice.dismiss", "subscription.add"}
    for text, kind in (("brand", "campaign"), ("spends", "advice"), ("said", "answer")):
        assert [one.kind for one in reader.find(text)] == [kind], text
        assert reader.find(text)[0].of == 1
    assert [one.workspace for one in reader.subscriptions()] == ["T-ALFA"]
    assert [one.workspace for one in reader.messages_of("advice-ALFA")] == ["T-ALFA"]
    assert {row.pattern for row in reader.plan_rows()} == {"ALFA*", "*Brand", "convert/CPA.waste"}
    assert reader.clients() == {"ALFA": 1}
    assert reader.scope.key == ALFA.key != ""


def test_everything_is_read_by_the_agency(agency, on):
    """Campaigns of nobody too; several clients see theirs; nobody's scope sees nothing."""
    everything = dict(asked(agency.scoped(EVERYTHING), on))
    assert repr(everything) == repr(dict(asked(agency, on)))
    two = agency.scoped(Scope(frozenset({"ALFA", "BRAVO"})))
    assert sorted(one.advice.id for one in two.all_advice()) == [
        "advice-ALFA", "advice-BRAVO", "advice-both"]  # fmt: skip
    nothing = agency.scoped(NOTHING)
    for question, answer in asked(nothing, on):
        assert not any(one in repr(answer) for one in (*CLIENTS, "DELTA")), question
    assert nothing.numbers().empty


def test_a_scope_may_be_of_some_advertising_channels(agency, rows, at):
    """Google only, of one client."""
    more = {"date": 1, "channel": "meta_ads", "account_id": "acc-ALFA", "campaign_id": "ALFA-m",
            "campaign_name": "ALFA Meta", "spend": 9.0}  # fmt: skip
    agency.add_numbers(rows(more), source="m", pulled_at=at(24))
    agency.assign_clients({("meta_ads", "acc-ALFA", "ALFA-m"): "ALFA"})
    meta = agency.scoped(Scope(frozenset({"ALFA"}), frozenset({"meta_ads"})))
    assert meta.numbers()["campaign_id"].tolist() == ["ALFA-m"]
    assert agency.scoped(Scope(None, frozenset({"meta_ads"}))).clients() == {"ALFA": 1}
    assert agency.scoped(ALFA).clients() == {"ALFA": 2}


def test_a_campaign_that_changes_its_client_takes_its_advice_with_it(agency, on):
    """At once, and boards kept for a client are forgotten."""
    key = ("google_ads", "acc-BRAVO", "BRAVO-1")
    assert agency.assign_clients({key: "BRAVO"}) == 0
    assert agency.scoped(ALFA).board("7d", on(24)) is not None
    assert agency.assign_clients({key: "ALFA"}) == 2  # the campaign and its ad
    assert {one.advice.id for one in agency.scoped(ALFA).all_advice()} == {
        "advice-ALFA", "advice-BRAVO", "advice-both"}  # fmt: skip
    assert agency.scoped(Scope(frozenset({"BRAVO"}))).numbers().empty
    assert agency.scoped(ALFA).board("7d", on(24)) is None
    assert agency.board("7d", on(24)) is not None


def test_a_reader_writes_nothing(agency, at, on):
    """Whatever it is asked to write it refuses, inside a transaction of the store's too."""
    reader = agency.scoped(ALFA)
    for write in (
        lambda: reader.claim("k", "1", at(1)),
        lambda: reader.set_preference("U", a="b"),
        lambda: reader.answer("advice-ALFA", GivenAnswer("undo", by="U", at=at(25))),
    ):
        with pytest.raises(StoreError, match="writes nothing"), agency.atomic():
            write()


def test_a_table_nobody_thought_of_is_refused(agency):
    """Not read unlimited: the reader does not know what of it belongs to whom."""
    with (
        pytest.raises(StoreError, match="What of claims belongs to whom"),
        agency.scoped(ALFA)._db.reading() as db,
    ):
        db.tuples("SELECT * FROM claims")


def test_a_reader_sees_what_its_transaction_wrote(agency, at, on):
    """One request, one view: also of an answer that is not committed yet."""
    with agency.atomic():
        agency.answer("advice-ALFA", GivenAnswer("undo", by="U", at=at(25)))
        assert agency.scoped(ALFA).advice("advice-ALFA").state == "open"


def test_a_slack_channel_sees_what_its_client_may(store, at):
    """Everything while no channel is a client's; then its client's, all for the agency's, none."""
    assert store.scope_of("C1") == EVERYTHING
    store.assign_channel(ChannelOwner("C0", ALL), by="U", at=at(1))
    assert store.scope_of("C1") == EVERYTHING
    store.assign_channel(ChannelOwner("C1", "ALFA"), by="U", at=at(1))
    assert [store.scope_of(one) for one in ("C0", "C1", "C2")] == [EVERYTHING, ALFA, NOTHING]
    assert [event.subject for event in store.events(kind="channel.assign")] == ["C0", "C1"]


def test_advice_of_before_is_linked_by_the_migration(agency):
    """Whatever ids clash, are prefixed or are of nobody: what may be meant must be in scope."""
    from bot.store import clients

    with agency.engine.writing() as db:
        before = db.tuples("SELECT * FROM advice_campaigns ORDER BY advice, campaign")
        db.run("DELETE FROM advice_campaigns")
        clients.link_all(db)
        assert db.tuples("SELECT * FROM advice_campaigns ORDER BY advice, campaign") == before
        clients.link(db, {"x": ["google_ads:ALFA-1"], "y": ["google_ads:acc-BRAVO:BRAVO-1"],
                          "z": ["meta_ads:ALFA-1"]})  # fmt: skip
        found = db.tuples(
            "SELECT a.advice, c.client FROM advice_campaigns a LEFT JOIN campaigns c "
            "ON c.no = a.campaign WHERE a.advice IN ('x', 'y', 'z') ORDER BY a.advice"
        )
    assert found == [("x", "ALFA"), ("y", "BRAVO"), ("z", None)]


def test_indexes_serve_in_a_scope_too(agency):
    """A day of one client's numbers is found by key, not by reading the table."""
    with agency.scoped(ALFA)._db.reading() as db:
        if db.dialect == "sqlite":
            sql, values = db._limited(
                "SELECT * FROM daily d WHERE date >= :since AND date <= :until "
                "AND NOT EXISTS (SELECT 1 FROM daily n WHERE n.date = d.date "
                "AND n.campaign = d.campaign AND n.revision > d.revision)",
                {"since": "a", "until": "b"},
            )
            plan = [row[3] for row in db._session.tuples(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert not [line for line in plan if "SCAN" in line and "daily" in line], plan
            assert not [line for line in plan if "MATERIALIZE" in line], plan
