from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store import SqliteStore
from bot.store.base import Outgoing

RACERS, PRIZES = 3, 30

RACE = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
from bot.store import SqliteStore
from bot.store.records import GivenAnswer

folder, me, prizes = Path(sys.argv[1]), sys.argv[2], range(int(sys.argv[3]))
at = datetime(2026, 11, 24, 9, tzinfo=UTC)
fresh, ready = folder / "fresh.db", folder / f"ready{me}"
ready.touch()
while not (folder / "go").exists():
    time.sleep(0.001)
SqliteStore(fresh).claim("opened", me, at)
store = SqliteStore(folder / "perfbot.db")
won = {"claims": [], "answers": [], "leases": []}
for prize in prizes:
    if store.claim("slack", str(prize), at):
        won["claims"].append(prize)
    if store.answer(f"a{prize}", GivenAnswer("acknowledge", by=me, at=at)).won:
        won["answers"].append(prize)
    won["leases"] += [one.key for one in store.due(at, limit=1).messages]
print(json.dumps(won))
"""

HALF = """
import sys, time
from datetime import UTC, datetime
import pandas as pd
from bot.store import SqliteStore, numbers

frame = pd.DataFrame({"date": pd.date_range("2026-11-01", periods=20), "channel": "meta",
                      "campaign_id": "1", "spend": 99.0})
numbers.CHUNK, keep, batches = 5, numbers._store, []
def store_and_stop(db, batch, incoming):
    decided = keep(db, batch, incoming)
    batches.append(batch)
    if len(batches) == 3:
        print("half", flush=True)
        time.sleep(60)
    return decided
numbers._store = store_and_stop
store = SqliteStore(sys.argv[1])
store.add_numbers(frame, source="x", pulled_at=datetime(2026, 11, 24, tzinfo=UTC))
"""


def started(script, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def race(tmp_path_factory, advice, at, on):
    """What each process won of the same prizes, all starting at once."""
    folder: Path = tmp_path_factory.mktemp("race")
    store = SqliteStore(folder / "perfbot.db")
    given = [advice(f"a{prize}") for prize in range(PRIZES)]
    store.save_advice(given, as_of=on(24), at=at(24))
    store.enqueue([Outgoing(f"m{prize}", "digest", "C1", "t", []) for prize in range(PRIZES)])
    racers = [started(RACE, str(folder), str(me), str(PRIZES)) for me in range(RACERS)]
    while len(list(folder.glob("ready*"))) < RACERS:
        assert all(racer.poll() is None for racer in racers)
    (folder / "go").touch()
    won = [json.loads(racer.communicate(timeout=60)[0]) for racer in racers]
    yield folder, store, won
    store.close()


@pytest.mark.parametrize("prize", ["claims", "answers", "leases"])
def test_processes_that_race_have_one_winner_each(race, prize):
    """A claim, an answer and an outbox message each go to exactly one process."""
    _, _, won = race
    everything = [one for racer in won for one in racer[prize]]
    assert len(everything) == len(set(everything)) == PRIZES


def test_every_answer_of_a_race_is_one_event(race):
    """By the one who won."""
    _, store, won = race
    told = [(event.actor, event.subject) for event in store.events(kind="advice.acknowledge")]
    expected = [
        (str(me), f"a{prize}") for me, racer in enumerate(won) for prize in racer["answers"]
    ]
    assert sorted(told) == sorted(expected)


def test_processes_may_make_the_same_database_at_once(race, at):
    """Each creates it if it is first, and waits if it is not."""
    folder, _, _ = race
    store = SqliteStore(folder / "fresh.db")
    assert [store.claim("opened", str(me), at(1)) for me in range(RACERS)] == [False] * RACERS
    store.close()


def test_a_crash_in_the_middle_of_an_import_loses_nothing(tmp_path, rows, at):
    """Killed half-way: what was stored is there, nothing of the rest, and it works again."""
    path = tmp_path / "perfbot.db"
    store = SqliteStore(path)
    given = [{"date": day, "channel": "meta", "spend": float(day)} for day in range(1, 11)]
    store.add_numbers(rows(*given), source="x", pulled_at=at(12))
    before = store.numbers(history=True)
    importer = started(HALF, str(path))
    assert importer.stdout.readline() == "half\n"
    importer.kill()
    importer.communicate()
    assert store.numbers(history=True).equals(before)
    assert store.add_numbers(rows(*given), source="x", pulled_at=at(24)).unchanged == 10
    store.close()
    again = SqliteStore(path)
    assert again.numbers(history=True).equals(before)
    again.close()
