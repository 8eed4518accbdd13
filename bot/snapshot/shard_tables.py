"""Tables of a morning's shards: judged one after another, from a store or a Parquet table.

What comes of a shard are rows, which are kept, written as Parquet or put together.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from bot.context.context import Context
from bot.errors import SourceError, UsageError
from bot.numbers.input.columns import COLUMNS
from bot.numbers.shards import identifying
from bot.snapshot.shard_rows import BOARD, PLACE, RAW, ROW, Judging, judged, judged_shard, placed
from bot.snapshot.sharded import ShardedMorning

PARTS = ("as_of", "kind")
"""What the folders of a table of rows are named by: `as_of=2026-11-23/kind=advice`."""


def judging_of(context: Context, as_of: date, windows: tuple[str, ...]) -> Judging:
    """What every shard of a morning is judged by, as the store has it."""
    return Judging(
        as_of,
        context.rulebook,
        context.plan(as_of),
        context.store.memory(as_of),
        windows,
        context.judges,
    )


def of_store(context: Context, judging: Judging) -> Iterator[pd.DataFrame]:
    """The rows of every shard a store has numbers of, one shard at a time."""
    morning = ShardedMorning.of(context, judging.as_of) or ShardedMorning.whole(
        context, judging.as_of
    )
    for shard in morning:
        numbers = morning.days(shard, judging.since).history
        details = morning.details(shard)
        yield judged_shard(
            shard, numbers, judging, morning.census.of([shard]), morning.window_reach, details
        )


def of_parquet(path: str, judging: Judging) -> Iterator[pd.DataFrame]:
    """The rows of every shard of a Parquet file or folder, one shard at a time.

    Raises:
        UsageError: There is nothing of the kind.
        SourceError: It has no daily numbers, or pyarrow is not installed.
    """
    table = _dataset(path)
    days = _between(table, judging)
    places = placed(_identities(table, days), judging)
    for _, own in places.groupby([PLACE[0], PLACE[1]], sort=True):
        named = own.drop_duplicates([*RAW])
        key = identifying(named)
        some = _field(key).isin(sorted(set(named[key])))
        rows = _pandas(table, [name for name in COLUMNS if name in table.schema.names], days & some)
        yield judged(with_places(rows, named), judging)


ABSENT = "\x1a"  # in the place of what is missing, so that it is the same as itself


def with_places(rows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Rows of campaigns that have a place, with its columns; what is missing is the same here."""
    keys = {f"_{name}": _key(rows, name) for name in RAW}
    places = places.assign(**{f"_{name}": _key(places, name) for name in RAW})
    wanted = places[[*keys, *PLACE]]
    return rows.assign(**keys).merge(wanted, on=[*keys]).drop(columns=[*keys])


def _key(rows: pd.DataFrame, name: str) -> pd.Series:
    if name not in rows:
        return pd.Series(ABSENT, index=rows.index, dtype=object)
    return rows[name].astype(object).where(rows[name].notna(), ABSENT).astype(str)


def _dataset(path: str) -> Any:
    try:
        from pyarrow import dataset  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise SourceError(
            "Reading Parquet needs pyarrow.", hint='Install it: pip install "perfbot[parquet]".'
        ) from error
    if not Path(path).exists():
        raise UsageError(f"There is no {path}.", hint="Name a Parquet file, or a folder of them.")
    table = dataset.dataset(path, format="parquet")
    missing = needed_of(table.schema.names)
    if missing:
        raise SourceError(f"{path} has no {missing}.", hint=COLUMNS_HINT)
    return table


COLUMNS_HINT = "Its columns are to be called as in docs/columns.md."


def needed_of(columns: Iterable[str]) -> str:
    """Which column a table of daily numbers cannot be without is missing, "" where none is."""
    names = set(columns)
    lacks = [name for name in ("date", "channel") if name not in names]
    if not lacks and not names & {"campaign_id", "campaign_name"}:
        lacks = ["campaign_id"]
    return " and no ".join(lacks)


def _field(name: str) -> Any:
    from pyarrow import dataset  # noqa: PLC0415 (an extra)

    return dataset.field(name)


def _between(table: Any, judging: Judging) -> Any:
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    kind = table.schema.field("date").type
    ends = [pa.scalar(pd.Timestamp(day).to_pydatetime()).cast(pa.timestamp("us")).cast(kind)
            if not pa.types.is_string(kind) else pa.scalar(day.isoformat())
            for day in (judging.since, judging.as_of)]  # fmt: skip
    return (_field("date") >= ends[0]) & (_field("date") < ends[1])


def _pandas(table: Any, columns: list[str], rows: Any) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_table(columns=columns, filter=rows).to_pandas()
    return frame


def _identities(table: Any, days: Any) -> pd.DataFrame:
    columns = [name for name in (*RAW, "level", "date") if name in table.schema.names]
    rows = campaigns_alone(_pandas(table, columns, days))
    for name in RAW:
        if name not in rows:
            rows = rows.assign(**{name: None})
    newest = rows.groupby([*RAW], dropna=False, sort=False)["date"].max()
    return newest.reset_index()


def campaigns_alone(rows: pd.DataFrame) -> pd.DataFrame:
    """Without rows of what goes on below the campaigns, where a table has any."""
    if "level" not in rows:
        return rows
    return rows[rows.level.isna() | rows.level.isin(["", "campaign"])]


def written(tables: Iterable[pd.DataFrame], folder: Path, as_of: date) -> pd.DataFrame:
    """Write shards' rows as Parquet, a folder a morning and kind; what is there of it goes.

    Returns:
        The rows without those of boards, which are only written.
    """
    from pyarrow import Table, parquet  # noqa: PLC0415 (an extra)

    shutil.rmtree(folder / f"as_of={as_of}", ignore_errors=True)
    others = []
    for number, table in enumerate(tables):
        for kind, rows in table.groupby("kind", sort=False):
            place = folder / f"as_of={as_of}" / f"kind={kind}"
            place.mkdir(parents=True, exist_ok=True)
            plain = rows.drop(columns=list(PARTS))
            parquet.write_table(
                Table.from_pandas(plain, preserve_index=False), place / f"part-{number:05}.parquet"
            )
        others.append(table[table["kind"] != BOARD])
    return _concat(others)


def put_together(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Shards' rows without those of boards, which are only written."""
    return _concat([table[table["kind"] != BOARD] for table in tables])


def _concat(tables: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(ROW))
