"""Parts of campaigns judged, beside what DuckDB needs for their sums alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import duckdb
import pandas as pd

from benchmarks.details import market
from benchmarks.speed.timing import Timed, compared
from bot.advice.details.detail_panel import CampaignNorm
from bot.advice.details.judging import judged_level

GOAL = 10.0
SUMS = """SELECT campaign_id, detail_id, sum(spend), sum(clicks), sum(conversions), sum(impressions)
          FROM {rows} GROUP BY ALL"""


def lines() -> Iterator[Timed]:
    """A million keyword-days: shrunk, held against the others, false discoveries held down."""
    scene = market.keywords(1, campaigns=90, parts=200)
    norms = {("google_ads", "1", name): CampaignNorm() for name in set(scene.truth["campaign"])}
    rows = scene.rows  # DuckDB reads the same frame by this name
    size = f"{len(rows):,} keyword-days"
    ours = partial(judged_level, rows, "keyword", market.AS_OF, norms)
    yield compared("keywords judged", size, ours, "DuckDB, sums of the frame", _sums(rows), GOAL, 3)
    yield compared("keywords judged", size, ours, "DuckDB, sums of its table", _stored(rows), None)


def _sums(rows: pd.DataFrame) -> partial[object]:
    database = duckdb.connect()
    database.register("rows", rows)
    return partial(_run, database, SUMS.format(rows="rows"))


def _stored(rows: pd.DataFrame) -> partial[object]:
    database = duckdb.connect()
    database.register("rows", rows)
    database.execute("CREATE TABLE kept AS SELECT * FROM rows")
    return partial(_run, database, SUMS.format(rows="kept"))


def _run(database: duckdb.DuckDBPyConnection, statement: str) -> object:
    return database.execute(statement).fetchnumpy()
