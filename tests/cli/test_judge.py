"""`perfbot judge` in this process: a morning shard by shard, from the store or a Parquet table."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from benchmarks.speed.frames import MORNING, of_clients
from bot.cli.door import run
from bot.context.context import Context
from bot.rules_files import load
from bot.settings import read
from bot.store import open_store

PULLED = datetime(2026, 11, 23, 5, tzinfo=UTC)
CLIENTS, CAMPAIGNS = 3, 36
PLAN = """
[app]
currency = "NOK"
""" + "".join(
    f'\n[[plan]]\nmatch = "client{number:04} *"\nclient = "Client {number}"\n'
    "target = { cpa = 250, cpl = 160 }\n"
    for number in range(1, CLIENTS)
)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return of_clients(CAMPAIGNS, 45, CLIENTS)


@pytest.fixture
def judge(tmp_path, capsys, monkeypatch):
    """Run `perfbot judge` here; the exit code and what it printed."""
    (tmp_path / "perfbot.toml").write_text(PLAN)
    monkeypatch.chdir(tmp_path)

    def judging(*words):
        code = run(["judge", "--as-of", str(MORNING), "--format", "json", *words])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else printed.err

    return judging


def filled(rows, place="perfbot.db"):
    store = open_store(place)
    store.add_numbers(rows, source="x", pulled_at=PULLED)
    return store


def parquet(rows, place="daily.parquet"):
    rows.assign(date=rows["date"].dt.date).to_parquet(place, index=False)
    return place


def test_a_morning_judged_here_is_the_usual_one(judge, rows):
    """Shard by shard into the store, a morning is what `perfbot advise` says of it."""
    store = filled(rows)
    code, told = judge()
    assert (code, told["shards"], told["failed"]) == (0, CLIENTS, [])
    context = Context(store, load(), {}, read("perfbot.toml", {}), lambda: PULLED)
    from bot.snapshot.evaluation import advised

    usual = advised(context, MORNING)
    records = store.all_advice(as_of=MORNING)
    assert [record.advice.id for record in records] == [piece.id for piece in usual.advice]
    assert told["held_back"] == len(usual.held_back) == len(store.board("judged", MORNING)) - 1
    assert records
    store.close()


def test_a_parquet_table_comes_to_the_same(judge, rows):
    """The numbers of a lakehouse need not be in the database to be judged, nor a day too many."""
    store = filled(rows)
    judge()
    in_store = [record.advice for record in store.all_advice()]
    later = rows.assign(date=rows["date"] + timedelta(60))  # after the morning: not read
    code, told = judge("--numbers", parquet(pd.concat([rows, later])), "--db", "other.db",
                       "--out", "out")  # fmt: skip
    other = open_store("other.db")
    assert (code, told["shards"]) == (0, CLIENTS)
    assert [record.advice for record in other.all_advice()] == in_store
    boards = pd.read_parquet(f"out/as_of={MORNING}/kind=board")
    assert boards.groupby("key").size().to_dict() == {"28d": CAMPAIGNS, "7d": CAMPAIGNS}
    clicks = {json.loads(body)["campaign_id"]: json.loads(body)["now"]["clicks"]
              for body in boards.loc[boards["key"] == "7d", "body"]}  # fmt: skip
    week = rows[rows["date"] >= pd.Timestamp(MORNING - timedelta(7))]
    assert len(clicks) == CAMPAIGNS
    assert sum(clicks.values()) == week["clicks"].sum()
    store.close()
    other.close()


def test_a_shard_that_fails_keeps_what_stood(judge, rows):
    """Where a client's numbers cannot be true it is named, and its open advice stays open."""
    code, _ = judge("--numbers", parquet(rows))
    assert code == 0
    store = open_store("perfbot.db")
    before = {record.advice.id: record.advice for record in store.all_advice()}
    client = next(number for number in range(CLIENTS)
                  if any(_is_of(piece, number, rows) for piece in before.values()))  # fmt: skip
    broken = rows["account_id"] == f"a{client}"
    code, told = judge("--numbers", parquet(rows.assign(
        clicks=rows["clicks"].where(~broken, -1.0))))  # fmt: skip
    assert code == 1
    (failed,) = told["failed"]
    assert failed["client"] == (f"Client {client}" if client else "")
    assert "clicks" in failed["why"]
    after = {record.advice.id: record.state for record in store.all_advice()}
    standing = [id_ for id_, piece in before.items() if _is_of(piece, client, rows)]
    assert [after[id_] for id_ in standing] == ["open"] * len(standing)
    assert standing
    store.close()


def _is_of(piece, client, rows):
    own = set(rows.loc[rows["account_id"] == f"a{client}", "campaign_name"])
    return piece.numbers.get("name", "").partition(" (")[0] in own


def test_with_workers_it_is_the_same_morning(judge, rows):
    """Shards taken as jobs, by this process alone where no worker runs, come to the same advice."""
    store = filled(rows)
    judge()
    here = [record.advice for record in store.all_advice()]
    code, told = judge("--engine", "workers")
    assert (code, told["shards"]) == (0, CLIENTS)
    assert [record.advice for record in store.all_advice()] == here
    assert len(store.jobs(["shard"], ["done"])) == CLIENTS
    store.close()


def test_a_dry_run_keeps_nothing(judge, rows):
    """With --dry-run advice is counted and nothing is stored."""
    code, told = judge("--dry-run", "--numbers", parquet(rows))
    store = open_store("perfbot.db")
    assert (code, store.all_advice()) == (0, [])
    assert told["advice"]
    store.close()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--numbers", "nowhere.parquet"), "There is no nowhere.parquet."),
        (("--numbers", "other.parquet"), "no date and no channel"),
        (("--engine", "workers", "--out", "out"), "Workers judge the numbers of the database"),
        (("--engine", "spark"), "Spark needs a table to read and a folder to write."),
        (("--window", "lately"), "lately"),
    ],
)
def test_what_cannot_be_judged_is_a_sentence(judge, words, sentence):
    """A table that is none, an engine without a table, no window: a sentence, and exit 2 or 1."""
    pd.DataFrame({"a": [1]}).to_parquet("other.parquet")
    code, told = judge(*words)
    assert code in {1, 2}
    assert sentence in told
    assert "Traceback" not in told


def test_spark_that_is_not_there_is_said(judge, rows):
    """Without pyspark the way out is named."""
    code, told = judge("--engine", "spark", "--numbers", parquet(rows), "--out", "out")
    assert code == 1
    assert 'pip install "perfbot[spark]"' in told


def test_names_alone_are_enough(judge, rows):
    """A table without campaign ids is judged by names."""
    code, told = judge("--numbers", parquet(rows.drop(columns=["campaign_id", "account_id"])))
    assert (code, told["shards"]) == (0, CLIENTS)
    assert told["advice"]
