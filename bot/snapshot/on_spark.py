"""Judging on Apache Spark: each shard where the lakehouse has it, by the same function as here.

perfbot is no engine of its own: Spark reads the daily table, groups it by shard, hands each group
to a Python worker (`applyInPandas`) and writes what came of it. A worker that is killed is tried
again by Spark, and comes to the same.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd

from bot.errors import SourceError
from bot.numbers.input.columns import COLUMNS
from bot.snapshot.shard_rows import BOARD, PLACE, RAW, ROW, Judging, judged, placed
from bot.snapshot.shard_tables import COLUMNS_HINT, PARTS, needed_of

USER, PASSWORD = "PERFBOT_JDBC_USER", "PERFBOT_JDBC_PASSWORD"
SCHEMA = ", ".join(f"{name} {'bigint' if name == 'place' else 'string'}" for name in ROW)


def session() -> Any:
    """A Spark session: the running one, that of spark-submit or SPARK_REMOTE, else a local one.

    Raises:
        SourceError: pyspark, or Java, is not there.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise SourceError(
            "Judging on Spark needs pyspark.",
            hint='Install it: pip install "perfbot[spark]". It needs Java 17 or newer.',
        ) from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("perfbot judge")
    try:
        return builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    except Exception as error:
        raise SourceError(
            "Spark does not start.",
            hint="It needs Java 17 or newer: java -version, or set JAVA_HOME.",
        ) from error


def read(spark: Any, place: str) -> Any:
    """A daily table: a Parquet path, a catalogue's table, or `jdbc:…#table`.

    Raises:
        SourceError: There is none, or it has not the columns of daily numbers.
    """
    try:
        table = _read(spark, place)
        names = list(table.columns)
    except Exception as error:
        raise SourceError(
            f"Spark cannot read {place.partition('#')[0].partition('?')[0]}: {_first_line(error)}",
            hint="Name a Parquet path, a table of the catalogue, or jdbc:…#table.",
        ) from error
    missing = needed_of(names)
    if missing:
        raise SourceError(f"The table has no {missing}.", hint=COLUMNS_HINT)
    return table


def _read(spark: Any, place: str) -> Any:
    if place.startswith("jdbc:"):
        url, _, table = place.partition("#")
        words = {"user": os.environ.get(USER), "password": os.environ.get(PASSWORD)}
        return spark.read.jdbc(url, table, properties={k: v for k, v in words.items() if v})
    if "/" in place or place.endswith(".parquet"):
        return spark.read.parquet(place)
    return spark.table(place)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def judge(spark: Any, table: Any, judging: Judging, folder: str) -> pd.DataFrame:
    """Judge every shard of a table, and write the rows of each as Parquet under a folder.

    Returns:
        The rows without those of boards, which are only written.
    """
    days = _days(table, judging)
    places = placed(_identities(days), judging)
    names = [name for name in COLUMNS if name in table.columns]
    located = _located(spark, days.select(*names), places)
    # what people say the campaigns are for goes to every worker; who they are, with their rows
    shared = replace(judging, plan=replace(judging.plan, reported={}, census=None))
    count = len(places[[*PLACE[:2]]].drop_duplicates())
    apart = located.repartition(max(count, 1), *PLACE[:2])  # else few tasks get all of them
    shards = apart.groupBy(*PLACE[:2])
    rows = shards.applyInPandas(lambda own: judged(own, shared), schema=SCHEMA)
    writer = rows.write.mode("overwrite").option("partitionOverwriteMode", "dynamic")
    writer.partitionBy(*PARTS).parquet(folder)
    return _others(spark, folder, judging)


def _days(table: Any, judging: Judging) -> Any:
    from pyspark.sql import functions as f  # noqa: PLC0415 (an extra)

    day = f.to_date("date")
    since, until = judging.since, judging.as_of - timedelta(1)
    return table.where(day.between(f.lit(since), f.lit(until)))


def _identities(days: Any) -> pd.DataFrame:
    """The different campaigns as the table writes them: one row each comes to this process."""
    from pyspark.sql import functions as f  # noqa: PLC0415 (an extra)

    own = days
    if "level" in days.columns:
        own = days.where(f.col("level").isNull() | f.col("level").isin("", "campaign"))
    names = [name for name in RAW if name in days.columns]
    newest: pd.DataFrame = own.groupBy(*names).agg(f.max("date").alias("date")).toPandas()
    return newest.reindex(columns=[*RAW, "date"])


def _located(spark: Any, days: Any, places: pd.DataFrame) -> Any:
    """Each row with the columns of `PLACE` of its campaign; those without one are left out."""
    from pyspark.sql import functions as f  # noqa: PLC0415 (an extra)

    names = [name for name in RAW if name in days.columns]
    keys = {name: f"key_{name}" for name in names}
    known = places[[*names, *PLACE]].astype(object)
    known = known.where(known.notna(), None).rename(columns=keys)
    schema = ", ".join(f"{name} string" for name in known.columns)
    lookup = f.broadcast(spark.createDataFrame(_texts(known), schema=schema))
    alike = [days[name].cast("string").eqNullSafe(lookup[key]) for name, key in keys.items()]
    condition = alike[0]
    for each in alike[1:]:
        condition &= each
    return days.join(lookup, condition).drop(*keys.values())


def _texts(table: pd.DataFrame) -> list[tuple[str | None, ...]]:
    return [tuple(None if value is None else str(value) for value in row)
            for row in table.itertuples(index=False, name=None)]  # fmt: skip


def _others(spark: Any, folder: str, judging: Judging) -> pd.DataFrame:
    from pyspark.sql import functions as f  # noqa: PLC0415 (an extra)

    written = spark.read.schema(SCHEMA).parquet(folder)
    morning = f.col("as_of") == judging.as_of.isoformat()
    rows: pd.DataFrame = written.where(morning & (f.col("kind") != BOARD)).toPandas()
    return rows[list(ROW)]
