"""The doctor on sources: platforms are really called, and each account's last pull is looked at."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from bot.demo.platforms import Faults, World, meta
from bot.demo.platforms.meta_graph.errors import EXPIRED
from bot.store import open_store
from bot.store.base import Pull

NOW = datetime.now(UTC)
YESTERDAY = NOW.date() - timedelta(days=1)
CONFIG = '[[sources]]\nname = "meta"\nkind = "meta_ads"\n'


@pytest.fixture
def server(monkeypatch):
    for name in [each for each in os.environ if each.startswith("META_ADS_")]:
        monkeypatch.delenv(name)
    with meta(World(NOW), Faults()) as running:
        monkeypatch.setenv("META_ADS_GRAPH_URL", running.url)
        monkeypatch.setenv("META_ADS_ACCESS_TOKEN", running.access_token)
        yield running


@pytest.fixture
def doctor(perfbot, server):
    Path("perfbot.toml").write_text(CONFIG, encoding="utf-8")
    return lambda: perfbot("doctor")


def _pulled(**changes: object) -> None:
    usual = {"source": "meta", "pulled_at": NOW, "since": None, "until": YESTERDAY, "ok": True,
             "account_id": "1000200030004001", "channels": ("meta_ads",), "rows": 9}  # fmt: skip
    store = open_store("perfbot.db")
    store.record_pull(Pull(**(usual | changes)))
    store.close()


def test_a_platform_is_called_and_its_accounts_named(doctor, server):
    """A tick means that the token was used; one that does not end is not spoken of."""
    told = doctor()
    assert "✔ The source meta was called and reaches" in told.out
    assert "1000200030004001" in told.out
    assert len(server.journal.calls("")) > 0
    assert "token of meta" not in told.out
    assert "Its token" not in told.out


def test_a_token_that_ends_soon_is_said_in_time(doctor, server):
    """Two weeks before; one that lasts for months is named with its day."""
    for days, mark in ((5, "·"), (90, "✔")):
        end = NOW + timedelta(days=days)
        server.gate.expires_at = int(end.timestamp())
        (line,) = [line for line in doctor().out.splitlines() if f"{end:%Y-%m-%d}" in line]
        assert line.startswith(mark)


def test_a_token_that_ended_is_said_once_and_with_what_to_do(doctor, server):
    """Exit code 1, one sentence, the way out, and no token in it."""
    server.gate.standing = EXPIRED
    told = doctor()
    assert told.code == 1
    assert "✘ The source meta:" in told.out
    assert server.access_token not in told.out + told.err


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "✔ Meta (source meta): numbers reach"),
        ({"ok": False, "until": None, "error": "Meta says no. Ask again."}, "✘ No numbers from"),
        ({"until": YESTERDAY - timedelta(days=4)}, "· Meta is late: numbers end on"),
        ({"until": None, "rows": 0}, "✔ Meta (source meta): nothing new"),
    ],
)
def test_the_last_pull_of_an_account_is_judged(doctor, changes, words):
    """Fresh, failed, late and empty are told apart."""
    _pulled(**changes)
    assert words in doctor().out


def test_days_that_are_missing_inside_are_named(doctor):
    """Two days without a row of any campaign, between days that have one."""
    missing = {YESTERDAY - timedelta(days=6), YESTERDAY - timedelta(days=5)}
    days = [day for back in range(20) if (day := YESTERDAY - timedelta(days=back)) not in missing]
    store = open_store("perfbot.db")
    rows = {"date": days, "channel": "meta_ads", "account_id": "1000200030004001",
            "campaign_id": "1", "campaign_name": "A", "spend": 1.0}  # fmt: skip
    store.add_numbers(pd.DataFrame(rows), source="meta", pulled_at=NOW)
    store.close()
    _pulled()
    told = doctor().out
    assert "· No numbers from Meta on" in told
    assert "(2 days)" in told
    assert "Next step:" in told


def test_a_token_says_how_old_it_is_and_what_it_may(doctor, server):
    """As far as the platform says; one that may not read is wrong."""
    made = NOW - timedelta(days=40, hours=1)
    server.gate.issued_at = int(made.timestamp())
    told = doctor().out
    assert f"✔ The token of meta is 40 days old (made on {made:%Y-%m-%d})" in told
    assert "meta may read (ads_read), and set budgets" in told
    server.gate.scopes = frozenset({"ads_read"})
    assert "meta may read (ads_read), and change nothing" in doctor().out


EXPORT = "date,campaign,campaign id,currency,spend,impressions\n2026-11-20,Lamp,7,NOK,120.50,9000\n"
FOLDER = '[[sources]]\nname = "files"\nkind = "folder"\npath = "in"\nchannel = "google_ads"\n'


def test_a_folder_is_read(perfbot):
    """A tick means that the newest export was read; a broken one, or none, has none."""
    Path("perfbot.toml").write_text(FOLDER, encoding="utf-8")
    folder = Path("in")
    folder.mkdir()
    assert "· The source files: no export lies in" in perfbot("doctor").out
    (folder / "one.csv").write_text(EXPORT, encoding="utf-8")
    assert "✔ The source files: the one export in the folder, one.csv, was read (1 row)" in (
        perfbot("doctor").out
    )
    (folder / "two.csv").write_text(EXPORT.replace("120.50", "lots"), encoding="utf-8")
    os.utime(folder / "two.csv", (4_000_000_000, 4_000_000_000))
    broken = perfbot("doctor")
    assert (broken.code, "✘ The source files:" in broken.out) == (1, True)
    assert "two.csv" in broken.out


def test_a_warehouse_is_read(perfbot, monkeypatch):
    """A tick means that its table was asked for yesterday; a table that is not there has none."""
    toml = '[[sources]]\nname = "house"\nkind = "warehouse"\nurl_env = "HOUSE"\ntable = "daily"\n'
    Path("perfbot.toml").write_text(toml, encoding="utf-8")
    monkeypatch.setenv("HOUSE", f"sqlite:///{Path('house.db').resolve()}")
    with closing(sqlite3.connect("house.db")) as db:
        db.execute("create table other (x)")
        db.commit()
    missing = perfbot("doctor")
    assert (missing.code, "✘ The source house:" in missing.out) == (1, True)
    with closing(sqlite3.connect("house.db")) as db:
        db.execute(
            "create table daily (date_day date, platform text, account_id text, campaign_id text,"
            " campaign_name text, spend real, impressions integer, clicks integer)"
        )
        row = (YESTERDAY.isoformat(), "google_ads", "1", "7", "Lamp", 12.5, 900, 9)
        db.execute("insert into daily values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        db.commit()
    assert f"✔ The source house was read: 1 row of {YESTERDAY}." in perfbot("doctor").out


def hourly(*missing: int) -> str:
    """Five days of one campaign by the hour, the third of them without some hours."""
    lines = ["date,hour,channel,account id,campaign,currency,time zone,spend"]
    for back in range(5, 0, -1):
        day = NOW.date() - timedelta(days=back)
        hours = [hour for hour in range(24) if back != 3 or hour not in missing]
        lines += [f"{day},{hour},meta_ads,act_7,Lamp,NOK,Etc/UTC,1.50" for hour in hours]
    return "\n".join([*lines, ""])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Meta lacks hours on %s: there are 22 of 24. What ran in the others is in no sum"),
        ("nb", "Meta mangler timer"),
    ],
)
def test_missing_hours_are_said_until_the_day_comes_whole(perfbot, language, words):
    """In the doctor and in /perf sources, after the import that brought them; then no more."""
    Path("perfbot.toml").write_text(f'[app]\nlanguage = "{language}"\n', encoding="utf-8")
    Path("hours.csv").write_text(hourly(3, 4), encoding="utf-8")
    assert perfbot("import", "hours.csv").code == 0
    day = NOW.date() - timedelta(days=3)
    words = words.replace("%s", f"{day:%a} {day.day} {day:%b}")
    assert f"· {words}" in perfbot("doctor").out
    question = "/perf kilder" if language == "nb" else "/perf sources"
    assert words in perfbot("ask", question, "--language", language).out
    Path("hours.csv").write_text(hourly(), encoding="utf-8")
    assert perfbot("import", "hours.csv").code == 0
    for told in (perfbot("doctor").out, perfbot("ask", question, "--language", language).out):
        assert words not in told
        assert "Meta" in told


def test_missing_hours_of_a_folder_are_remembered_between_pulls(perfbot):
    """A pull that has nothing new takes nothing back; a newer file with the whole day does."""
    Path("perfbot.toml").write_text('[[sources]]\nname = "f"\nkind = "folder"\npath = "in"\n')
    Path("in").mkdir()
    for hours, expected in (((5,), True), (None, True), ((), False)):
        if hours is not None:
            file = Path("in", f"hours {len(hours)}.csv")
            file.write_text(hourly(*hours), encoding="utf-8")
            os.utime(file, (NOW.timestamp() - 60 - len(hours), NOW.timestamp() - 60 - len(hours)))
        assert perfbot("pull").code == 0
        assert ("lacks hours" in perfbot("doctor").out) is expected
