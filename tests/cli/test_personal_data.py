"""A person is forgotten, and everything is taken away, from the terminal."""

from __future__ import annotations

import csv
import io
import json
import stat
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.jobs.tick import Expiry
from bot.settings import Retention
from bot.store import open_store
from bot.store.base import Event
from bot.store.copying import TABLES

KARI, AT = "U0KARI001", datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def known(imported):
    """Kari is known, and has said something that would be a formula."""
    with closing(open_store("perfbot.db")) as store:
        store.set_preference(KARI, name="Kari Nordmann")
        store.set_preference("U0KARI002", name="Kari Hansen")
        store.log(Event(AT, KARI, "advice.dismiss", "a1", {"reason": "=HYPERLINK(1)"}))
        store.log(Event(AT, KARI, "=cmd", "a1"))
    return imported


def stored():
    with closing(open_store("perfbot.db", read_only=True)) as store:
        return {event.actor for event in store.events()}


def test_forgetting_asks_first(known):
    """Without --yes nothing is changed; by name as well as by id."""
    told = known("forget", "@kari nordmann")
    assert (told.code, "Nothing was changed" in told.out) == (0, True)
    assert f"{KARI} stands in: 2 in events" in told.out
    assert KARI in stored()
    assert f"{KARI} is forgotten" in known("forget", f"<@{KARI}>", "--yes").out
    assert KARI not in stored()
    assert "stands in: nothing" in known("forget", KARI).out


@pytest.mark.parametrize("person", ["nobody", "", "kari", "C0PERFORM"])
def test_whoever_is_not_known_is_not_guessed(known, person):
    """Wrong use, with a way out; nothing is changed."""
    told = known("forget", person, "--yes")
    assert (told.code, "perfbot forget U0123ABCD" in told.err) == (2, True)
    assert KARI in stored()


def test_a_person_of_the_settings_is_named(known):
    """perfbot.toml is the operator's to change."""
    file = Path("perfbot.toml")
    text = file.read_text() if file.exists() else ""
    file.write_text(f'{text}\n[who]\napprovers = ["{KARI}"]\n')
    assert "[who] approvers of perfbot.toml" in known("forget", KARI).out


def test_everything_is_exported_twice_over(known):
    """Each table as CSV and JSON lines, row by row alike; the CSV begins no formula."""
    told = known("export-everything", "all.zip")
    assert told.code == 0
    assert stat.S_IMODE(Path("all.zip").stat().st_mode) == 0o600
    with zipfile.ZipFile("all.zip") as archive:
        assert archive.testzip() is None
        about = json.loads(archive.read("about.json"))
        assert set(about["rows"]) == set(TABLES)
        assert about["rows"]["daily"] > 100
        for table, rows in about["rows"].items():
            page = io.StringIO(archive.read(f"{table}.csv").decode("utf-8-sig"), newline="")
            lines = list(csv.DictReader(page))
            exact = [json.loads(line) for line in archive.read(f"{table}.jsonl").splitlines()]
            assert len(lines) == len(exact) == rows
            for line, values in zip(lines, exact, strict=True):
                assert list(line) == list(values)
        events = archive.read("events.csv").decode("utf-8-sig")
        assert ",'=cmd," in events
        assert ",=" not in events
    assert known("export-everything", "all.zip").code == 1  # none is overwritten


def test_what_is_old_goes_once_a_day(known):
    """By [retention], at the first minute of a day; the log stays whole."""
    with closing(open_store("perfbot.db")) as store:
        before, events = len(store.numbers()), len(store.events())
        cut = Expiry(store, Retention.model_construct(messages=0, numbers=30, requests=30), "UTC")
        cut(AT)
        since = min(store.numbers()["date"]).date()
        assert 0 < len(store.numbers()) < before
        assert since == date(2026, 10, 25)
        store.claim("slack", "trigger:old", datetime(2026, 1, 1, tzinfo=UTC))
        Expiry(store, Retention(), "UTC")(AT)  # another process: it was done
        assert not store.claim("slack", "trigger:old", AT)
        assert len(store.events()) == events


@pytest.mark.parametrize(("setting", "least"), [("messages = 30", 90), ("numbers = 30", 400)])
def test_what_is_needed_is_not_removed(known, setting, least):
    """Fewer days than rules or outcomes need are refused with the number."""
    Path("perfbot.toml").write_text(f"[retention]\n{setting}\n")
    told = known("board")
    assert told.code == 2
    assert f"fewer than {least} days" in told.err
