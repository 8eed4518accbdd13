"""Whatever was said about a campaign is found again by its words, and no text is ever syntax."""

from __future__ import annotations

import sqlite3
import time
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.store import SqliteStore, schema
from bot.store.base import Event, Outgoing
from bot.store.search import as_match


def names(store, text, **more):
    return [one.name for one in store.find(text, **more)]


def test_a_campaign_is_found_by_any_name_id_or_channel(store, add):
    """By its newest and its earlier names, and it is called as it is now."""
    add(24, {"date": 1, "campaign_id": "77", "campaign_name": "Google | Generic", "spend": 1.0})
    add(25, {"date": 2, "campaign_id": "77", "campaign_name": "Google | Broad", "spend": 1.0})
    for text in ("generic", "Broad", "77", "google ads", "GOO BRO"):
        assert names(store, text) == ["Google | Broad"], text
    (found,) = store.find("broad")
    assert (found.kind, found.ref, found.channel, found.of) == ("campaign", "77", "google_ads", 1)


def test_norwegian_letters_are_found_however_they_are_typed(store, add):
    """Capital or small, composed or not; å is forgiven as a, ø and æ are letters of their own."""
    add(24, {"date": 1, "campaign_id": "1", "campaign_name": "Påmelding Ærfugl Ørret", "spend": 1})
    for text in ("PÅMELDING", "pa\u030amelding", "pamelding", "ærf", "ØRRET"):
        assert names(store, text) == ["Påmelding Ærfugl Ørret"], text
    assert names(store, "erfugl") == []


def test_advice_is_found_by_its_words_and_by_how_it_was_posted(store, save, advice):
    """By the rule's title and the campaign's name, and in the language it was said in."""
    save(24, advice("a1", title="Money sells more elsewhere", numbers={"name": "Generic"}))
    store.enqueue([Outgoing("k", "advice", "C1", "Flytt 240 kr dagen", (), advice_id="a1")])
    for text in ("sells elsewhere", "generic", "flytt dagen", "convert cpa"):
        assert [one.ref for one in store.find(text)] == ["a1"], text


def test_answers_are_found_by_reason_and_by_who_gave_them(store, save, advice, answer):
    """The answer leads to the advice it was given to."""
    store.set_preference("U1", name="Kari Nordmann")
    save(24, advice())
    answer("dismiss", by="U1", reason="Black Friday is planned")
    for text in ("black friday", "nordmann", "dismiss"):
        (found,) = store.find(text, kind="answer")
        assert (found.advice_id, found.name) == ("a1", "advice.dismiss"), text


def test_what_is_typed_is_never_syntax(store, add):
    """Operators, quotes and columns of the database's language are words, or nothing."""
    add(24, {"date": 1, "campaign_id": "1", "campaign_name": "Near OR far", "spend": 1.0})
    assert names(store, "or") == ["Near OR far"]
    for text in (
        '"',
        "*",
        "near NOT far",
        "kind:campaign",
        "words : x",
        "^near + (",
        "",
        "_",
        "' --",
    ):
        store.find(text)
    assert names(store, "near NOT far") == []


def test_a_name_is_found_by_its_emoji(store, add):
    """An emoji is no word of the index, and finds what holds it; two find what holds both."""
    rows = [
        {"date": 1, "campaign_id": str(n), "campaign_name": name, "spend": 1.0}
        for n, name in enumerate(["Launch 🚀 now", "🔥 Sale | 🚀", "Sale"])
    ]
    add(24, *rows)
    assert sorted(names(store, "🚀")) == ["Launch 🚀 now", "🔥 Sale | 🚀"]
    assert names(store, "🚀 🔥", kind="campaign") == ["🔥 Sale | 🚀"]
    assert names(store, "🎉") == names(store, "|") == names(store, "🚀", kind="advice") == []


@given(st.text(max_size=80))
def test_any_text_is_a_question_sqlite_understands(text):
    """No text at all makes an error."""
    made = sqlite3.connect(":memory:")
    made.execute("CREATE VIRTUAL TABLE search USING fts5 (words)")
    if match := as_match(text):
        made.execute("SELECT * FROM search WHERE search MATCH ?", [match]).fetchall()
    made.close()


def test_the_whole_phrase_comes_first(store, add):
    """Of many that fit, the one that is called so."""
    called = ["Winter Shoes Sale", "Shoes for Winter", "Winter Boots and Shoes"]
    rows = [{"date": 1, "campaign_id": str(n), "campaign_name": name, "spend": 1.0}
            for n, name in enumerate(called)]  # fmt: skip
    add(24, *rows)
    assert names(store, "winter shoes")[0] == "Winter Shoes Sale"
    assert len(names(store, "winter shoes", limit=2)) == 2
    assert store.find("winter shoes", limit=1)[0].of == 3


def test_ten_thousand_campaigns_are_searched_at_once(store, at):
    """A name among ten thousand, and a word all of them have, in well under a second."""
    count = 10_000
    frame = pd.DataFrame(
        {
            "date": [date(2026, 11, 1)] * count,
            "channel": "google_ads",
            "campaign_id": [str(number) for number in range(count)],
            "campaign_name": [f"Google | Generic {number} høst" for number in range(count)],
            "spend": 1.0,
        }
    )
    store.add_numbers(frame, source="test", pulled_at=at(24))
    began = time.perf_counter()
    assert names(store, "generic 4711") == ["Google | Generic 4711 høst"]
    assert len(store.find("høst generic", limit=5)) == 5
    assert time.perf_counter() - began < 1.0


def test_what_was_written_before_is_found_too(tmp_path, monkeypatch):
    """An older database is indexed when it is upgraded."""
    path = tmp_path / "old.db"
    with monkeypatch.context() as patched:
        for name in [name for name in schema.MIGRATIONS if name >= "0003"]:
            patched.delitem(schema.MIGRATIONS, name)
        store = SqliteStore(path)
        db = store._db.database()
        db.conn.execute(
            "INSERT INTO campaigns (channel, account_id, campaign_id) VALUES ('meta_ads', '', '9')"
        )
        db.conn.execute("INSERT INTO campaign_names VALUES (1, 'Old one', '2026-1', '2026-1', 1)")
        store.close()
    upgraded = SqliteStore(path)
    assert names(upgraded, "old") == ["Old one"]
    upgraded.close()


def test_the_log_is_read_newest_first_by_when_who_and_what(store, at):
    """Filters add up; a kind may be a beginning."""
    for day, who, kind in ((20, "U1", "plan.set"), (22, "U2", "plan.set"), (23, "U1", "plans.x")):
        store.log(Event(at(day), who, kind, "x"))
    assert [one.at.day for one in store.history()] == [23, 22, 20]
    assert [one.at.day for one in store.history(since=at(21), kinds=("plan.",))] == [22]
    assert [one.at.day for one in store.history(by="U1", limit=1)] == [23]


CHANGES = (
    "UPDATE events SET actor = 'x'",
    "DELETE FROM events",
    "REPLACE INTO events VALUES (1, '2026', 'x', 'x', 'x', '{}')",
)


@pytest.mark.parametrize("change", CHANGES)
def test_the_log_refuses_to_be_changed(tmp_path, at, change):
    """Not by the store, and not by anybody with the file in their hands."""
    store = SqliteStore(tmp_path / "log.db")
    store.log(Event(at(20), "U1", "plan.set", "x"))
    with pytest.raises(StoreError), store._db.writing() as db:
        db.run(change)
    other = sqlite3.connect(tmp_path / "log.db")
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        other.execute(change)
    other.close()
    assert len(store.history()) == 1
    store.close()
