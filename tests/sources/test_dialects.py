"""However a table is written, it is read as it is, or refused: never as another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.errors import RefusedFile
from bot.sources.exports import ReadFile, read
from tests.sources.dialects import (
    VALUES,
    Dialect,
    Row,
    as_written,
    dialects,
    plain_dialects,
    tables,
    written,
)

Writing = Callable[..., Path]
SHARED = {"suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


def file_of(rows: list[Row], how: Dialect, write: Writing) -> Path:
    try:
        return write(written(as_written(rows, how.places), how))
    except UnicodeEncodeError:
        assume(False)
        raise AssertionError from None


def read_or_refused(path: Path) -> ReadFile | RefusedFile:
    try:
        return read(path)
    except RefusedFile as refused:
        return refused


def wrong(found: ReadFile, rows: list[Row], how: Dialect) -> list[str]:
    """Every number that is another than what was written."""
    wanted = {
        (str(row["campaign_id"]), f"{row['date']}"): row for row in as_written(rows, how.places)
    }
    read_rows = {
        (row["campaign_id"], f"{row['date']:%Y-%m-%d}"): row
        for row in found.frame.to_dict("records")
    }
    if read_rows.keys() != wanted.keys():
        return [f"rows {sorted(read_rows)} are not {sorted(wanted)}"]
    faults = [
        f"{key} {name}: {mine[name]} is not {wanted[key][name]}"
        for key, mine in read_rows.items()
        for name in VALUES
        if not _same(mine[name], wanted[key][name])
    ]
    names = [key for key, mine in read_rows.items()
             if mine["campaign_name"] != str(wanted[key]["campaign_name"]).strip()]  # fmt: skip
    return [*faults, *map(str, names)]


def _same(mine: float, value: object) -> bool:
    return pd.isna(mine) if value is None else mine == pytest.approx(float(str(value)), abs=1e-6)


@settings(max_examples=60, **SHARED)
@given(rows=tables(), how=dialects)
def test_no_way_of_writing_a_table_gives_a_wrong_number(
    rows: list[Row], how: Dialect, write: Writing
) -> None:
    """The table comes back, or a refusal with its way out; nothing in between."""
    outcome = read_or_refused(file_of(rows, how, write))
    if isinstance(outcome, RefusedFile):
        assert outcome.hint
    else:
        assert wrong(outcome, rows, how) == []


@settings(max_examples=40, **SHARED)
@given(rows=tables(), how=plain_dialects)
def test_what_can_be_read_in_one_way_is_read(rows: list[Row], how: Dialect, write: Writing) -> None:
    """ISO days and two decimals leave nothing open, whatever else differs."""
    found = read(file_of(rows, how, write))
    assert wrong(found, rows, how) == []


@settings(max_examples=40, **SHARED)
@given(
    rows=tables(),
    how=st.builds(
        Dialect, decimal=st.sampled_from(".,"), group=st.sampled_from([" ", "\u202f", ""]),
        delimiter=st.just(";"),
        dates=st.sampled_from(["D.M.YYYY", "en long", "nb long", "de long", "compact", "iso time"]),
    ),
)  # fmt: skip
def test_dates_and_numbers_of_one_country_are_read(
    rows: list[Row], how: Dialect, write: Writing
) -> None:
    """Points, month names and spaces between thousands leave nothing open either."""
    found = read(file_of(rows, how, write))
    assert wrong(found, rows, how) == []
