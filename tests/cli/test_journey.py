"""A new user's first hour, on a small file of their own."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta

import pandas as pd
import pytest

from bot.blockkit import validate


def test_an_import_says_what_it_brought(perfbot, small_file, plan_file):
    """One line of JSON a file: rows, days, campaigns, what is new."""
    (line,) = perfbot("import", str(small_file)).lines
    assert line == {
        "file": str(small_file),
        "rows": 224,
        "days": 56,
        "campaigns": 4,
        "added": 224,
        "restated": 0,
        "unchanged": 0,
    }


def test_importing_twice_changes_nothing(imported, small_file):
    """The second time every row is known."""
    (line,) = imported("import", str(small_file)).lines
    assert (line["added"], line["restated"], line["unchanged"]) == (0, 0, 224)


def test_a_restated_day_is_a_new_revision(imported, small_file):
    """A corrected value is counted as restated, and the board tells the new one."""
    text = small_file.read_text(encoding="utf-8")
    lines = text.splitlines()
    fields = lines[-1].split(",")
    fields[3] = "999.99"
    small_file.write_text("\n".join([*lines[:-1], ",".join(fields)]) + "\n", encoding="utf-8")
    (line,) = imported("import", str(small_file)).lines
    assert (line["restated"], line["unchanged"]) == (1, 223)
    words = ("board", "--as-of", "2027-01-01", "--window", f"{fields[0]}..{fields[0]}")
    campaigns = imported(*words, "--format", "json").json["campaigns"]
    assert 999.99 in [each["now"]["spend"] for each in campaigns]


def test_one_bad_file_leaves_the_others(perfbot, small_file, tmp_path):
    """Each file is whole or not at all; the exit code tells that one was refused."""
    bad = tmp_path / "bad.csv"
    bad.write_text("Day,Campaign,Cost\n03/04/2026,A,1\n04/03/2026,A,2\n", encoding="utf-8")
    outcome = perfbot("import", str(bad), str(small_file))
    refused, fine = outcome.lines
    assert outcome.code == 1
    assert refused["file"] == str(bad)
    assert set(refused["error"]) == {"code", "message", "line", "hint"}
    assert refused["error"]["hint"]
    assert fine["added"] == 224
    assert outcome.err.count("perfbot:") >= 1


def test_the_board_equals_pandas(imported, small_file, morning):
    """Sums and ratios of a week are those of the file."""
    board = imported("board", "--as-of", morning, "--format", "json").json
    rows = pd.read_csv(small_file, parse_dates=["date"])
    day = date.fromisoformat(morning)
    week = rows[rows["date"].between(str(day - timedelta(7)), str(day - timedelta(1)))]
    sums = week.groupby("campaign")[["spend", "clicks", "conversions"]].sum()
    found = {each["campaign_name"]: each["now"] for each in board["campaigns"]}
    for name, row in sums.iterrows():
        assert found[name]["spend"] == pytest.approx(row["spend"], abs=1e-9)
        assert found[name]["clicks"] == row["clicks"]
        price = row["spend"] / row["conversions"] if row["conversions"] else None
        assert found[name]["cpa"] == pytest.approx(price)


@pytest.mark.parametrize("name", ["google", "Google Ads", "google_ads"])
def test_a_channel_on_the_board_is_forgiving(imported, morning, name):
    """However the channel is written, the same campaigns come."""
    words = ("board", "--as-of", morning, "--channel", name, "--format", "json")
    names = [each["campaign_name"] for each in imported(*words).json["campaigns"]]
    assert names == ["Search | Brand", "Search | Generic"]


def test_the_board_as_text_reads_as_a_table(imported, morning):
    """People see campaigns, spend and prices."""
    out = imported("board", "--as-of", morning).out
    assert "Search | Generic" in out
    assert "CPA" in out


def test_an_answer_is_what_slack_would_get(imported, morning):
    """`ask --format json` is response type, text and valid blocks."""
    outcome = imported("ask", "/perf channel google", "--as-of", morning, "--format", "json")
    assert set(outcome.json) == {"response_type", "text", "blocks"}
    assert validate(outcome.json["blocks"]) == []
    assert outcome.code == 0


def test_an_answer_in_norwegian(imported, morning):
    """--language nb speaks Norwegian."""
    words = ("ask", "/perf kanal google", "--as-of", morning, "--language", "nb")
    assert "siste 7 dager" in imported(*words).out


def test_commands_that_change_something_only_preview(imported, morning):
    """`/perf subscribe` from the command line stores nothing."""
    before = _dump()
    for question in ("/perf subscribe", "/perf subscribe 08:00", "/perf digest", "/perf advice"):
        outcome = imported("ask", question, "--as-of", morning, "--channel", "C1")
        assert outcome.code == 0, outcome.err
    imported("advise", "--as-of", morning)
    imported("digest", "--as-of", morning, "--dry-run")
    imported("board", "--as-of", morning)
    imported("plan", "check", "--as-of", morning)
    assert _dump() == before


def _dump() -> str:
    with sqlite3.connect("perfbot.db") as db:
        found = "\n".join(db.iterdump())
    db.close()
    return found


def test_reading_makes_no_database(perfbot, tmp_path):
    """Questions to a database that is not there read it as empty and leave it so."""
    before = sorted(tmp_path.iterdir())
    assert perfbot("board", "--format", "json").json["campaigns"] == []
    assert perfbot("advise", "--format", "json").json["advice"] == []
    assert "no numbers yet" in perfbot("digest", "--dry-run").out
    assert perfbot("ask", "/perf").code == 0
    assert sorted(tmp_path.iterdir()) == before


def test_advice_as_json(imported, morning):
    """`advise` gives what to do and what was held back, with the numbers."""
    found = imported("advise", "--as-of", morning, "--format", "json").json
    assert set(found) == {"as_of", "advice", "held_back"}
    assert found["as_of"] == morning
    for each in found["held_back"]:
        assert set(each) == {"campaign_id", "rule", "guard", "numbers"}


def test_a_digest_needs_somebody_to_read_it(imported, morning):
    """Without subscriptions nothing is queued, and the way out is said."""
    outcome = imported("digest", "--as-of", morning)
    assert outcome.code == 2
    assert "--dry-run" in outcome.err


def test_a_digest_is_queued_once(imported, morning):
    """With a subscription the digest waits in the outbox, however often it is asked for."""
    from bot.store import open_store
    from bot.store.base import Subscription

    store = open_store("perfbot.db")
    store.subscribe(Subscription(0, "C1", "07:30", (1, 2, 3, 4, 5), "Europe/Oslo", "nb", "U1"))
    store.close()
    assert "1 of 1 digests queued" in imported("digest", "--as-of", morning).out
    assert "0 of 1 digests queued" in imported("digest", "--as-of", morning).out


def test_pull_reads_the_sources_of_the_settings(perfbot, small_file, plan_file, tmp_path):
    """A watched folder is pulled, twice changes nothing, and a bad file is named."""
    folder = tmp_path / "exports"
    folder.mkdir()
    old = folder / "small.csv"
    old.write_bytes(small_file.read_bytes())
    _age(old)
    source = '[[sources]]\nname = "exports"\nkind = "folder"\npath = "exports"\n'
    plan_file.write_text(plan_file.read_text(encoding="utf-8") + source, encoding="utf-8")
    first = perfbot("pull", "--format", "json")
    assert first.code == 0, first.err
    assert sum(each["rows"] for each in first.json) == 224
    assert perfbot("pull").out.strip() == "Nothing new."
    bad = folder / "bad.csv"
    bad.write_text("Week,Campaign,Cost\n1,A,2\n", encoding="utf-8")
    _age(bad)
    outcome = perfbot("pull")
    assert outcome.code == 1
    assert "bad.csv" in outcome.err


def _age(path) -> None:
    """A file nobody is writing to any more."""
    import os
    import time

    then = time.time() - 3600
    os.utime(path, (then, then))


def test_the_plan_is_checked_and_exported(imported, plan_file, morning, perfbot):
    """Every campaign with its stage and where that comes from; the export reads back."""
    outcome = imported("plan", "check", "--as-of", morning)
    assert outcome.code == 0, outcome.out
    assert "Search | Generic" in outcome.out
    exported = imported("plan", "export", "--as-of", morning).out
    again = plan_file.with_name("again.toml")
    again.write_text('[app]\ncurrency = "NOK"\n\n' + exported, encoding="utf-8")
    assert perfbot("plan", "export", "--as-of", morning, "--config", str(again)).out == exported


def test_a_plan_with_gaps_is_told(imported, plan_file, morning):
    """A pattern that fits nothing, and a campaign without a stage, are odd: exit 1."""
    plan_file.write_text(
        '[[plan]]\nmatch = "Nothing*"\nstage = "act"\npricing_model = "CPC"\n', encoding="utf-8"
    )
    outcome = imported("plan", "check", "--as-of", morning)
    assert outcome.code == 1
    assert '"Nothing*" fits no campaign' in outcome.out


def test_the_doctor_finds_what_is_missing(imported):
    """Settings, rules, database, sources and tokens, each with what to do."""
    outcome = imported("doctor")
    assert outcome.code == 0, outcome.out
    assert "rules, their tests hold" in outcome.out
    assert "SLACK_BOT_TOKEN" in outcome.out


def test_upgrading_says_what_it_did(perfbot):
    """A database is made, and then is up to date."""
    assert "made" in perfbot("db", "upgrade").out
    assert "up to date" in perfbot("db", "upgrade").out


def test_the_rules_are_listed_tested_and_explained(perfbot):
    """A marketer can look at every rule without opening a file."""
    rules = perfbot("rules", "list", "--format", "json").json
    keys = {"id", "title", "stage", "pricing", "action", "severity"}
    assert all(set(rule) == keys for rule in rules)
    assert perfbot("rules", "check").code == 0
    assert perfbot("rules", "test").code == 0
    explained = perfbot("rules", "explain", rules[0]["id"])
    assert explained.code == 0
    assert rules[0]["title"] in explained.out
