from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.advice.outcome import Applied, Frozen, Outcome, Treated
from bot.domain.advice import Advice
from bot.store import open_store
from bot.store.records import GivenAnswer

ON, READ = date(2026, 10, 29), date(2026, 11, 22)
AT = datetime(2026, 10, 29, 7, tzinfo=UTC)


def frozen(advice_id):
    treated = (Treated("g|a|1", "1", 1000.0, 800.0), Treated("g|a|2", "2", 1000.0, 1200.0))
    return Frozen(
        advice_id, "convert-shift", "shift_budget", ON, "convert", "conversions", "cpa", "price",
        10, treated, ("g|a|3", "g|a|4"), "NOK",
    )  # fmt: skip


@pytest.fixture
def database(tmp_path):
    """Two acknowledged moves, one of them measured."""
    path = tmp_path / "perfbot.db"
    store = open_store(path)
    advice = [Advice(name, "convert-shift", "v", ("1", "2"), "shift_budget", "advise")
              for name in ("a1", "a2")]  # fmt: skip
    store.save_advice(advice, as_of=ON, at=AT)
    for one in advice:
        store.answer(one.id, GivenAnswer("acknowledge", by="U1", at=AT))
        store.freeze_outcome(frozen(one.id), by="U1", at=AT)
    record = store.outcomes()[0]
    store.save_applied(record, Applied("applied", ON, None, 1.0), at=AT + timedelta(2))
    outcome = Outcome(
        "a1", "convert-shift", "price", "cpa", ON, READ, "worked", "applied", "", "NOK",
        -0.14, -0.22, -0.05, 9812.0, 3000.0, 16000.0, 0.15, 0.06, 9.0, 2, 14,
    )  # fmt: skip
    store.save_outcome(record, outcome, at=AT + timedelta(24))
    store.close()
    return str(path)


def test_outcomes_are_listed_with_what_is_still_waiting(perfbot, database):
    """Verdict, effect with its interval, money, peers; and when the rest is read."""
    found = perfbot("outcomes", "--db", database, "--as-of", "2026-11-23")
    said = found.out.replace("\u00a0", " ")
    assert found.code == 0
    assert "−14 % cpa (−22 % to −5 %)" in said
    assert "read on 2026-11-22" in said
    assert "no fair comparison" in said


def test_outcomes_as_json(perfbot, database):
    """One object a move: as frozen, as applied, as measured."""
    found = perfbot("outcomes", "--db", database, "--as-of", "2026-11-23", "--format", "json").json
    first, second = found["outcomes"]
    assert (first["state"], first["outcome"]["verdict"]) == ("measured", "worked")
    assert (second["state"], second["outcome"]) == ("waiting", None)
    assert first["frozen"]["controls"] == ["g|a|3", "g|a|4"]
    assert found["pooled"]["count"] == 1


def test_an_earlier_morning_knows_no_later_outcome(perfbot, database):
    """What was measured later is still waiting then."""
    found = perfbot("outcomes", "--db", database, "--as-of", "2026-11-01", "--format", "json").json
    assert [one["outcome"] for one in found["outcomes"]] == [None, None]


def test_the_scoreboard_is_by_rule(perfbot, database):
    """Given, acknowledged, dismissed, done, verdicts and what it may do."""
    found = perfbot(
        "outcomes", "scoreboard", "--db", database, "--as-of", "2026-11-23", "--format", "json"
    ).json
    (rule,) = found["rules"]
    assert (rule["given"], rule["acknowledged"], rule["applied"]) == (2, 2, 1)
    assert rule["verdicts"] == {"worked": 1}
    text = perfbot("outcomes", "scoreboard", "--db", database, "--as-of", "2026-11-23").out
    assert "convert-shift" in text
    assert "speaks" in text


@pytest.mark.parametrize("words", [("outcomes",), ("outcomes", "scoreboard")])
def test_nothing_acknowledged_yet_is_a_sentence(perfbot, tmp_path, words):
    """Also where there is no database: exit 0, nothing made."""
    found = perfbot(*words, "--db", str(tmp_path / "none.db"))
    assert found.code == 0
    assert "yet." in found.out
    assert not (tmp_path / "none.db").exists()
