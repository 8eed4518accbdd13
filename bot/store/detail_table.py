"""Detail rows in and out: parts of campaigns, in tables no campaign's sum reads."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.domain.details import DETAIL_COLUMNS, SCORES, VALUES, DetailSpan, no_details
from bot.numbers.input.columns import MONEY
from bot.numbers.input.detail_rows import biggest, normal_details
from bot.store.campaigns import mark_accounts, mark_campaigns, number_campaigns, number_details
from bot.store.codec import MISSING, days, from_micros, iso, to_micros
from bot.store.records import DetailsImported
from bot.store.search import index_campaigns, names_of
from bot.store.sql import POSTGRESQL, Session, StorePart, chunks, marks
from bot.store.table_definitions import in_postgresql

ROWS_PER_DAY = 5_000  # rows of a level an account keeps of a day, where nobody says otherwise
_PIECE = 100_000
_KEY = ["date", "detail"]
_NUMBERS = (*SCORES, *VALUES)
_STORED = (*_KEY, "currency", *_NUMBERS)
_EVER, _NEVER = "9999-12-31", "0001-01-01"
_KEYS_TABLE = """CREATE TEMP TABLE IF NOT EXISTS wanted_details (date TEXT, detail INTEGER)"""


class DetailTable(StorePart):
    def add_details(
        self,
        frame: pd.DataFrame,
        *,
        spans: Sequence[DetailSpan] = (),
        since: date | None = None,
        most: int = ROWS_PER_DAY,
    ) -> DetailsImported:
        table = normal_details(frame)
        if since is not None:
            table = table[table["date"] >= pd.Timestamp(since)]
        rows = table[biggest(table, most)].reset_index(drop=True)
        with self._db.writing("numbers") as db:
            rows["campaign"] = _campaigns(db, rows)
            rows["detail"] = number_details(db, rows)
            counts = np.array([_store(db, batch) for batch in _batches(rows)] or [(0, 0)])
            removed = sum(_clear(db, span, rows) for span in spans)
            trimmed = _trim(db, rows, most)
            if counts.any() or removed or trimmed:
                accounts = rows[["channel", "account_id"]].drop_duplicates()
                places = {(span.channel, span.account_id) for span in spans}
                mark_accounts(db, places | {*accounts.itertuples(index=False, name=None)})
        added, restated = counts.sum(axis=0).tolist()
        return DetailsImported(
            rows=len(rows),
            days=int(rows["date"].nunique()),
            campaigns=int(rows["campaign"].nunique()),
            added=added,
            restated=restated,
            gone=removed,
            cut=len(table) - len(rows) + trimmed,
            old=len(frame) - len(table) if since is not None else 0,
        )

    def details(
        self,
        level: str | None = None,
        campaign_ids: Collection[str] | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> pd.DataFrame:
        bounds = (since or _NEVER, until or _EVER)
        with self._db.reading() as db:
            kinds = _kinds(db, level, campaign_ids)
            if kinds.empty:
                return no_details()
            rows = _rows(db, kinds, tuple(str(day) for day in bounds))
        return _frame(kinds, rows)

    def forget_details(self, before: date) -> int:
        with self._db.writing("numbers") as db:
            count = remove_details(db, before)
            if count:
                mark_campaigns(db)
            return count


def remove_details(db: Session, before: date) -> int:
    """Remove detail rows of earlier days, and parts that have none left; how many rows."""
    count = db.run("DELETE FROM detail_days WHERE date < ?", [before.isoformat()])
    if count:
        # EXCEPT is one pass in both databases; NOT IN and NOT EXISTS each are slow in one of them
        unused = "SELECT no FROM details EXCEPT SELECT detail FROM detail_days"
        db.run(f"DELETE FROM details WHERE no IN ({unused})")
    return count


def _campaigns(db: Session, rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Which campaign each row is a part of; one nobody knew is called as it is here."""
    parents = rows[["channel", "account_id", "campaign_id", "campaign_name"]]
    numbers = number_campaigns(db, parents.assign(level="", parent_id=""))
    called = parents.assign(campaign=numbers).dropna(subset="campaign_name")
    unnamed = called.drop_duplicates("campaign").set_index("campaign")["campaign_name"]
    called_before = {campaign for campaign, _ in names_of(db, sorted(unnamed.index.tolist()))}
    pairs = zip(unnamed.index.tolist(), unnamed.tolist(), strict=True)
    names = {(campaign, str(name)) for campaign, name in pairs if campaign not in called_before}
    # older than any: whatever the daily numbers call it, now or later, goes before this
    rows_of_names = [(*name, _NEVER, _NEVER, 0) for name in sorted(names)]
    db.pour("campaign_names", ("campaign", "name", "known_on", "last_on", "seen"), rows_of_names)
    index_campaigns(db, names)
    return numbers


def _batches(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    ordered = rows.sort_values(_KEY, kind="stable").drop_duplicates(_KEY, keep="last")
    for start in range(0, len(ordered), _PIECE):
        yield ordered.iloc[start : start + _PIECE]


def _store(db: Session, batch: pd.DataFrame) -> tuple[int, int]:
    """Write what is new or says something else; how many of each."""
    rows = _in_sql(batch)
    stored = _stored(db, rows)
    places = _places(rows, stored)
    follows = places >= 0
    spoken = [name for name in _NUMBERS if batch[name].notna().any()]
    before = stored.iloc[places[follows]].reset_index(drop=True)
    for name in (*_NUMBERS, "currency"):
        if name in spoken or (name == "currency" and (batch["currency"].notna()).any()):
            continue
        rows.loc[follows, name] = before[name].to_numpy()  # not spoken of: it stays
    changed = np.zeros(len(rows), dtype=bool)
    changed[follows] = _differ(rows[follows], before)
    _delete(db, rows[changed])
    fresh = rows[changed | ~follows]
    db.pour("detail_days", _STORED, zip(*(_values(fresh[name]) for name in _STORED), strict=True))
    return int((~follows).sum()), int(changed.sum())


def _in_sql(batch: pd.DataFrame) -> pd.DataFrame:
    rows = pd.DataFrame({"date": iso(batch["date"]), "detail": batch["detail"].to_numpy()})
    rows["currency"] = batch["currency"].fillna("").to_numpy()
    for name in _NUMBERS:
        values = batch[name].to_numpy()
        rows[name] = to_micros(values) if name in MONEY else values
    return rows


def _stored(db: Session, rows: pd.DataFrame) -> pd.DataFrame:
    """Those of the rows' days and parts that there are already."""
    first_day, last_day = rows["date"].min(), rows["date"].max()
    between = "SELECT 1 FROM detail_days WHERE date >= ? AND date <= ? LIMIT 1"
    if not db.tuples(between, [first_day, last_day]):
        return _typed([])
    _want(db, rows)
    columns = ", ".join(_read(name) for name in _STORED)
    return _typed(
        db.tuples(
            f"SELECT {columns} FROM wanted_details w CROSS JOIN detail_days d "
            "WHERE d.date = w.date AND d.detail = w.detail"
        )
    )


def _read(name: str) -> str:
    return f"coalesce(d.{name}, {MISSING})" if name in MONEY else f"d.{name}"


def _typed(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    table = pd.DataFrame.from_records(rows, columns=list(_STORED))
    for name in ("detail", *(name for name in _NUMBERS if name in MONEY)):
        table[name] = table[name].astype(np.int64)
    for name in (name for name in _NUMBERS if name not in MONEY):
        table[name] = table[name].astype(np.float64)
    return table


def _want(db: Session, rows: pd.DataFrame) -> None:
    db.run(in_postgresql(_KEYS_TABLE) if db.dialect == POSTGRESQL else _KEYS_TABLE)
    db.run("DELETE FROM wanted_details")
    db.pour("wanted_details", _KEY, zip(rows["date"], rows["detail"].tolist(), strict=True))
    if db.dialect == POSTGRESQL:
        db.run("ANALYZE wanted_details")


def _places(rows: pd.DataFrame, stored: pd.DataFrame) -> npt.NDArray[np.int64]:
    index = pd.MultiIndex.from_frame(stored[_KEY])
    return np.asarray(index.get_indexer(pd.MultiIndex.from_frame(rows[_KEY])), dtype=np.int64)


def _differ(after: pd.DataFrame, before: pd.DataFrame) -> npt.NDArray[np.bool_]:
    different = np.zeros(len(after), dtype=bool)
    for name in (*_NUMBERS, "currency"):
        incoming, stored = after[name].to_numpy(), before[name].to_numpy()
        different |= (incoming != stored) & ~(pd.isna(incoming) & pd.isna(stored))
    return different


def _delete(db: Session, rows: pd.DataFrame) -> int:
    if rows.empty:
        return 0
    _want(db, rows)
    return db.run(
        "DELETE FROM detail_days WHERE EXISTS (SELECT 1 FROM wanted_details w "
        "WHERE w.date = detail_days.date AND w.detail = detail_days.detail) "
        "AND date >= ? AND date <= ?",
        [rows["date"].min(), rows["date"].max()],
    )


def _values(column: pd.Series) -> list[Any]:
    values = column.to_numpy()
    missing = values == MISSING if column.name in MONEY else pd.isna(values)
    out = values.astype(object)
    out[missing] = None
    return out.tolist()


def _clear(db: Session, span: DetailSpan, rows: pd.DataFrame) -> int:
    """Take away what a whole pull of these days no longer has; how many rows."""
    stored = db.tuples(
        "SELECT d.date, d.detail FROM detail_days d JOIN details x ON x.no = d.detail "
        "JOIN campaigns c ON c.no = x.campaign WHERE d.date >= ? AND d.date <= ? "
        "AND x.level = ? AND c.channel = ? AND c.account_id = ?",
        [span.since.isoformat(), span.until.isoformat(), span.level, span.channel, span.account_id],
    )
    present = set(zip(iso(rows["date"]), rows["detail"].tolist(), strict=True))
    lost = [row for row in stored if tuple(row) not in present]
    return _delete(db, pd.DataFrame(lost, columns=_KEY))


def _trim(db: Session, rows: pd.DataFrame, most: int) -> int:
    """Keep a day, account and level within `most`, where files came one after another."""
    if rows.empty:
        return 0
    sizes = db.tuples(
        "SELECT d.date, c.channel, c.account_id, x.level FROM detail_days d "
        "JOIN details x ON x.no = d.detail JOIN campaigns c ON c.no = x.campaign "
        "WHERE d.date >= ? AND d.date <= ? GROUP BY d.date, c.channel, c.account_id, x.level "
        "HAVING count(*) > ?",
        [f"{rows['date'].min():%Y-%m-%d}", f"{rows['date'].max():%Y-%m-%d}", most],
    )
    return sum(_trim_day(db, crowded, most) for crowded in sizes)


def _trim_day(db: Session, crowded: tuple[Any, ...], most: int) -> int:
    names = ["campaign_id", "parent_id", "detail_id"]
    stored = db.tuples(
        "SELECT d.date, d.detail, d.spend, d.clicks, d.impressions, c.campaign_id, x.parent_id, "
        "x.detail_id FROM detail_days d JOIN details x ON x.no = d.detail "
        "JOIN campaigns c ON c.no = x.campaign "
        "WHERE d.date = ? AND c.channel = ? AND c.account_id = ? AND x.level = ?",
        crowded,
    )
    table = pd.DataFrame(stored, columns=[*_KEY, "spend", "clicks", "impressions", *names])
    table = table.assign(channel="", account_id="", level="")
    numbers = ["spend", "clicks", "impressions"]
    table[numbers] = table[numbers].astype(np.float64)
    return _delete(db, table[~biggest(table, most)])


def _kinds(db: Session, level: str | None, campaign_ids: Collection[str] | None) -> pd.DataFrame:
    """The parts asked for, by their number, with what their campaign is."""
    names = ["channel", "account_id", "campaign_id", "level", "detail_id", "detail_name",
             "parent_id", "parent_name", "match_type"]  # fmt: skip
    of_campaign = {"channel", "account_id", "campaign_id"}
    columns = ", ".join(f"{'c' if name in of_campaign else 'x'}.{name}" for name in names)
    select = f"SELECT x.no, {columns} FROM details x JOIN campaigns c ON c.no = x.campaign"
    parts: list[tuple[str, list[str]]] = [("", [])]
    if campaign_ids is not None:
        lots = chunks(sorted(set(campaign_ids)))
        parts = [(f"c.campaign_id IN ({marks(lot)})", list(lot)) for lot in lots]
    rows: list[tuple[Any, ...]] = []
    for condition, values in parts:
        conditions = [part for part in (condition, "x.level = ?" if level else "") if part]
        text = f"{select} WHERE {' AND '.join(conditions)}" if conditions else select
        rows += db.tuples(text, [*values, *([str(level)] if level else [])])
    table = pd.DataFrame(rows, columns=["no", *names]).astype(object)
    return table.astype({"no": "int64"}).set_index("no")


def _rows(db: Session, kinds: pd.DataFrame, bounds: tuple[str, ...]) -> pd.DataFrame:
    columns = ", ".join(_read(name) for name in _STORED)
    select = f"SELECT {columns} FROM detail_days d WHERE d.date >= ? AND d.date <= ?"
    numbers = kinds.index.tolist()
    few = len(numbers) <= 400  # else one pass over the days is quicker than looking each up
    if few:
        select += f" AND d.detail IN ({marks(numbers)})"
    values = [*bounds, *(numbers if few else ())]
    pieces = [_typed(piece) for piece in db.pieces(select, values, _PIECE)]
    rows = pd.concat(pieces, ignore_index=True) if len(pieces) > 1 else pieces[0]
    return rows if few else rows[rows["detail"].isin(kinds.index)].reset_index(drop=True)


def _frame(kinds: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """`DETAIL_COLUMNS`, sorted by campaign, level, part and day."""
    if rows.empty:
        return no_details()
    ordered = kinds.sort_values(
        ["channel", "account_id", "campaign_id", "level", "parent_id", "detail_id"]
    )
    place = ordered.index.get_indexer(pd.Index(rows["detail"]))
    order = np.lexsort((rows["date"].to_numpy(), place))
    rows, place = rows.iloc[order], place[order]
    out: dict[str, Any] = {name: ordered[name].to_numpy()[place] for name in ordered.columns}
    out |= {name: rows[name].to_numpy() for name in _NUMBERS if name not in MONEY}
    out |= {name: from_micros(rows[name].to_numpy()) for name in _NUMBERS if name in MONEY}
    currency = rows["currency"].to_numpy(dtype=object, copy=True)
    currency[currency == ""] = None
    out |= {"date": days(rows["date"]), "currency": currency}
    # pandas would make texts of its own kind of them
    columns = {name: pd.Series(out[name], dtype=out[name].dtype) for name in DETAIL_COLUMNS}
    return pd.DataFrame(columns)
