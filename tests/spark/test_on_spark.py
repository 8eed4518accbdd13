"""Judging on a real Apache Spark, in this machine: `make test-spark`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from pyspark.sql import SparkSession

from benchmarks.speed.frames import MORNING, of_clients, plan_of_clients
from bot.cli.judge import judge_command
from bot.domain.advice import Memory
from bot.errors import SourceError
from bot.numbers.shards import Shard
from bot.rules_files import load
from bot.snapshot import on_spark, shard_tables
from bot.snapshot.shard_rows import ROW, Judging, failures_of
from bot.store import open_store

pytestmark = [
    pytest.mark.timeout(1800),  # a busy machine is no bug
    pytest.mark.filterwarnings("ignore"),  # pyspark's own, of pandas 3
]
ORDER = ["kind", "client", "currency", "place", "key"]
CAMPAIGNS, SHARDS, DAYS = 20_000, 40, 28
PLAN = """
[app]
currency = "NOK"

[[plan]]
match = "client0000 *"
client = "Alfa"

[[plan]]
match = "client0001 *"
client = "Beta"
"""


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two cores, four tries a task, nothing on the network but this machine."""
    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    quiet = ("spark.ui.enabled", "spark.ui.showConsoleProgress")
    builder = SparkSession.builder.master("local[2,4]")
    for name in quiet:
        builder = builder.config(name, "false")
    folder = tmp_path_factory.mktemp("spark")
    builder = builder.config("spark.sql.warehouse.dir", f"file:{folder}/warehouse")
    log = f"-Dderby.stream.error.file={folder}/derby.log"
    builder.config("spark.driver.extraJavaOptions", log).getOrCreate()
    session = on_spark.session()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def judging(clients: int) -> Judging:
    rulebook = load()
    judges = {key: cell.judge for key, cell in rulebook.thresholds.cells.items()}
    return Judging(MORNING, rulebook, plan_of_clients(clients), Memory(), ("28d",), judges)


def table(place: Path, campaigns: int, clients: int, days: int = DAYS, **more: Any) -> str:
    rows = of_clients(campaigns, days, clients).assign(**more)
    rows.assign(date=rows["date"].dt.date).to_parquet(place, index=False)
    return str(place)


def rows_in(folder: Path) -> pd.DataFrame:
    """Everything that was written under a folder, boards too, in one order."""
    parts = []
    for file in sorted(folder.rglob("*.parquet")):
        day, kind = (name.split("=")[1] for name in file.parent.parts[-2:])
        parts.append(pd.read_parquet(file, partitioning=None).assign(as_of=day, kind=kind))
    return pd.concat(parts)[list(ROW)].sort_values(ORDER, ignore_index=True)


def test_spark_comes_to_the_same_bytes(spark, tmp_path):
    """20,000 campaigns in 40 shards come to the same rows on Spark as in one process."""
    place, work = table(tmp_path / "daily.parquet", CAMPAIGNS, SHARDS), judging(SHARDS)
    alone = shard_tables.written(shard_tables.of_parquet(place, work), tmp_path / "here", MORNING)
    spread = on_spark.judge(spark, on_spark.read(spark, place), work, str(tmp_path / "there"))
    here, there = rows_in(tmp_path / "here"), rows_in(tmp_path / "there")
    pd.testing.assert_frame_equal(here, there)
    assert len(here.query("kind == 'board'")) == CAMPAIGNS
    assert len(here[["client", "currency"]].drop_duplicates()) == SHARDS
    assert len(spread) == len(alone) == len(here.query("kind != 'board'"))
    assert here["kind"].nunique() == 4  # advice, held_back, board, learned


def test_a_shard_that_fails_is_named_and_the_others_kept(spark, tmp_path):
    """A shard whose numbers cannot be true is one row that says so; the rest are judged."""
    place = tmp_path / "daily.parquet"
    rows = of_clients(30, DAYS, 3)
    broken = (rows["account_id"] == "a1") & (rows["date"] == "2026-11-20")
    rows["clicks"] = rows["clicks"].where(~broken, -1.0)
    rows.assign(date=rows["date"].dt.date).to_parquet(place, index=False)
    found = on_spark.judge(
        spark, on_spark.read(spark, str(place)), judging(3), str(tmp_path / "out")
    )
    (failure,) = failures_of(found)
    assert failure.shard == Shard("Client 0001", "NOK")
    assert "clicks" in failure.why
    assert len(failure.campaign_ids) == 10
    judged = found[found["kind"] != "failed"]
    assert set(judged["client"]) == {"", "Client 0002"}
    boards = rows_in(tmp_path / "out").query("kind == 'board'")
    assert boards["client"].value_counts().to_dict() == {"": 10, "Client 0002": 10}


def test_a_killed_worker_is_tried_again_and_changes_nothing(spark, tmp_path):
    """kill -9 of a Python worker in the middle of its work: Spark tries again, to the same rows."""
    place, work = table(tmp_path / "daily.parquet", 2_000, 4), judging(4)
    source = on_spark.read(spark, place)
    on_spark.judge(spark, source, work, str(tmp_path / "calm"))
    with killing_one() as killed:
        on_spark.judge(spark, source, work, str(tmp_path / "killed"))
    assert len(killed) == 1
    assert failed_tasks(spark) >= 1
    pd.testing.assert_frame_equal(rows_in(tmp_path / "calm"), rows_in(tmp_path / "killed"))


class killing_one:  # noqa: N801, read as a phrase
    """Kills one Python worker of Spark, once it has worked for half a second."""

    def __enter__(self) -> list[int]:
        self.killed, self.over = [], threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self.killed

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def _watch(self) -> None:
        before = {pid: worked(pid) for pid in workers()}
        while not self.over.wait(0.05):
            for pid in workers():
                if worked(pid) - before.get(pid, 0.0) > 0.5:
                    os.kill(pid, signal.SIGKILL)
                    self.killed.append(pid)
                    return


def workers() -> list[int]:
    """Spark's Python workers below this process: children of its daemon, which forks them."""
    daemons, parents = set(), {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes()
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if b"pyspark.daemon" in words:
            daemons.add(int(place.name))
            parents[int(place.name)] = parent
    return [pid for pid, parent in parents.items() if parent in daemons and is_ours(parent)]


def is_ours(pid: int) -> bool:
    """Whether a process descends from this one."""
    while pid > 1:
        if pid == os.getpid():
            return True
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False
        pid = int(stat.rpartition(")")[2].split()[1])
    return False


def worked(pid: int) -> float:
    """Seconds of processor time of a process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def failed_tasks(spark: Any) -> int:
    """Tasks that failed and were tried again, of all jobs so far."""
    tracker = spark.sparkContext.statusTracker()
    jobs = [tracker.getJobInfo(job) for job in tracker.getJobIdsForGroup()]
    stages = {stage for job in jobs if job for stage in job.stageIds}
    infos = [tracker.getStageInfo(stage) for stage in stages]
    return sum(info.numFailedTasks for info in infos if info)


def run(*words: str) -> Any:
    return CliRunner().invoke(judge_command, list(words), standalone_mode=False)


@pytest.fixture
def settled(tmp_path: Path) -> Callable[..., Any]:
    """perfbot judge with a plan of two clients, into a database of its own."""
    (tmp_path / "perfbot.toml").write_text(PLAN)
    words = ("--config", str(tmp_path / "perfbot.toml"), "--as-of", str(MORNING), "--engine",
             "spark", "--format", "json")  # fmt: skip
    return lambda name, *more: run(*words, "--db", str(tmp_path / name), *more)


def test_what_spark_judged_is_in_the_store(spark, tmp_path, settled):
    """Advice judged on Spark stands in the store as if it had been judged there, and once."""
    place = table(tmp_path / "daily.parquet", 120, 3, days=45)
    for _ in range(2):
        assert (
            settled("spark.db", "--numbers", place, "--out", str(tmp_path / "out")).exit_code == 0
        )
    here = run("--config", str(tmp_path / "perfbot.toml"), "--as-of", str(MORNING), "--numbers",
               place, "--db", str(tmp_path / "here.db"))  # fmt: skip
    assert here.exit_code == 0, here.output
    stores = [open_store(str(tmp_path / name)) for name in ("spark.db", "here.db")]
    advice, alone = (store.all_advice() for store in stores)
    assert [record.advice for record in advice] == [record.advice for record in alone]
    assert advice
    boards = [store.board("judged", MORNING)[1:] for store in stores]
    assert boards[0] == boards[1]
    for store in stores:
        store.close()


def test_a_table_is_read_wherever_it_is(spark, tmp_path):
    """Parquet, a table of the catalogue and JDBC are the same numbers."""
    place, work = table(tmp_path / "daily.parquet", 40, 2), judging(2)
    url = f"jdbc:derby:{tmp_path}/derby;create=true"
    frame = spark.read.parquet(place)
    frame.createOrReplaceTempView("daily_numbers")
    frame.write.jdbc(url, "daily")
    results = []
    for number, source in enumerate((place, "daily_numbers", f"{url}#daily")):
        folder = tmp_path / f"out{number}"
        on_spark.judge(spark, on_spark.read(spark, source), work, str(folder))
        results.append(rows_in(folder))
    assert len(results[0])
    pd.testing.assert_frame_equal(results[0], results[1])
    pd.testing.assert_frame_equal(results[0], results[2])


def test_what_cannot_be_read_is_one_sentence(spark, tmp_path):
    """A table that is not there, or is none of daily numbers, is said with a way out."""
    with pytest.raises(SourceError, match="Spark cannot read no_such_table") as refused:
        on_spark.read(spark, "no_such_table")
    assert refused.value.hint
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(SourceError, match="no date and no channel"):
        on_spark.read(spark, str(tmp_path / "other.parquet"))


def test_another_morning_is_written_beside(spark, tmp_path):
    """A morning takes the place of itself alone: those before it stay."""
    place, work = table(tmp_path / "daily.parquet", 20, 2), judging(2)
    source, folder = on_spark.read(spark, place), tmp_path / "out"
    earlier = Judging(pd.Timestamp("2026-11-22").date(), work.rulebook, work.plan, work.memory,
                      ("28d",), work.judges)  # fmt: skip
    for morning in (earlier, work, work):
        on_spark.judge(spark, source, morning, str(folder))
    assert sorted(each.name for each in folder.glob("as_of=*")) == ["as_of=2026-11-22",
                                                                   "as_of=2026-11-23"]  # fmt: skip
    boards = rows_in(folder).query("kind == 'board'")
    assert boards["as_of"].value_counts().to_dict() == {"2026-11-22": 20, "2026-11-23": 20}
