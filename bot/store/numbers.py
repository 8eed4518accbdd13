"""Daily numbers in and out: every revision of a day kept, the newest known read."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.input.columns import COLUMNS, MONEY, VALUES
from bot.store.board_table import forget_boards
from bot.store.campaigns import (
    mark_campaigns,
    number_campaigns,
    read_campaigns,
    record_accounts,
    record_names,
)
from bot.store.codec import MISSING, from_micros, iso, maybe_day, typed
from bot.store.incoming_rows import (
    CAMPAIGN,
    KEY,
    LABELS,
    TOLD,
    Decided,
    Incoming,
    decide,
    layers,
    prepare,
)
from bot.store.records import Imported
from bot.store.sql import (
    DECISIONS,
    POSTGRESQL,
    SQLITE,
    Dialect,
    Session,
    StorePart,
    chunks,
    marks,
)
from bot.store.table_definitions import in_postgresql

CHUNK = 100_000
_OWN = ("pulled_on", "backfilled", "import", "labels")
_STORED = (*KEY, "revision", *_OWN, *VALUES)
_READ = ["date", "campaign", "revision", "pulled_on", "backfilled", "import", "labels", *VALUES]
_EVER = "9999-12-31"
_TOLD_OF = ("account_name", "time_zone", "mark")
_PIECE = 100_000

# A revision is passed over when a newer one was known as well: found by key, so the cost is that
# of the days asked for.
_NEWEST = """ AND NOT EXISTS (
    SELECT 1 FROM daily n WHERE n.date = d.date AND n.campaign = d.campaign
    AND n.pulled_on <= :known AND n.revision <> d.revision
    AND (n.pulled_on > d.pulled_on OR (n.pulled_on = d.pulled_on AND n.revision > d.revision)))"""


_BETWEEN = "date >= :since AND date <= :until AND date < :before AND pulled_on <= :known"
# What each campaign's rows name as their currency, and until when.
_CENSUS = f"""
    SELECT campaign, currency, max(last) FROM
    (SELECT campaign, labels, max(date) AS last FROM daily WHERE {_BETWEEN}
     GROUP BY campaign, labels) told JOIN labels l ON l.no = labels
    GROUP BY campaign, currency"""
# Some campaigns of some days, each found by its key. SQLite keeps this order of a CROSS JOIN.
_KEYS = "json_each('[' || :days || ']') t, json_each('[' || :own || ']') c"
_DAYS, _OWN_ONES = (
    "ANY(CAST('{' || :days || '}' AS text[]))",
    "ANY(CAST('{' || :own || '}' AS bigint[]))",
)
_CHOSEN: dict[Dialect, tuple[str, str]] = {
    SQLITE: (f"{_KEYS} CROSS JOIN daily d", "d.date = t.value AND d.campaign = c.value AND "),
    POSTGRESQL: ("daily d", f"d.date = {_DAYS} AND d.campaign = {_OWN_ONES} AND "),
}


class Numbers(StorePart):
    def add_numbers(
        self,
        frame: pd.DataFrame,
        *,
        source: str,
        pulled_at: datetime,
        columns: Collection[str] | None = None,
    ) -> Imported:
        incoming = prepare(frame, source=source, pulled_at=pulled_at, columns=columns)
        rows = incoming.rows
        days, added, restated, since = rows["date"].nunique(), 0, 0, pd.Timestamp.max
        touched: set[int] = set()
        with self._db.writing("numbers") as db:
            rows["campaign"] = number_campaigns(db, rows)
            rows["import"] = _number(db, "imports", _stamped(rows), ("source", "pulled_at"))
            for batch in _batches(rows):
                decided = _store(db, batch, incoming)
                added += int((decided.write & decided.first).sum())
                restated += int((decided.write & ~decided.first).sum())
                since = min(since, decided.rows["date"][decided.write].min())
                touched |= set(decided.rows["campaign"][decided.write].tolist())
            record_accounts(db, rows)
            if added or restated:
                mark_campaigns(db, sorted(touched))
                # last of all: whoever keeps a board meanwhile either is seen here, or sees this
                self._db.lock(db, DECISIONS)
                forget_boards(db, since.date())
            unchanged = len(rows) - added - restated
            campaigns = rows["campaign"].nunique()
        return Imported(len(rows), days, campaigns, added, restated, unchanged)

    def numbers(
        self,
        since: date | None = None,
        until: date | None = None,
        *,
        as_of: date | None = None,
        history: bool = False,
    ) -> pd.DataFrame:
        bounds = _bounds(since, until, as_of)
        with self._db.reading() as db:
            rows = _rows(db, bounds, history=history)
            return _canonical(db, rows, as_of)

    def census(self, since: date, until: date, *, as_of: date) -> pd.DataFrame:
        bounds = _bounds(since, until, as_of)
        with self._db.reading() as db:
            told = pd.DataFrame(db.tuples(_CENSUS, bounds), columns=["no", "currency", "last"])
            told["unknown"] = told["currency"] == ""
            order = ["no", "unknown", "last", "currency"]
            newest = told.sort_values(order, ascending=[True, True, False, True])
            campaigns = read_campaigns(db, as_of)
        newest = newest.drop_duplicates("no")[["no", "currency"]]
        table = newest.merge(campaigns, left_on="no", right_index=True)
        table["currency"] = table["currency"].astype(object).where(table["currency"] != "", None)
        places = table[["channel", "account_id", "campaign_id"]].astype(str)
        table["entity"] = places.agg("|".join, axis=1) if len(table) else ""
        columns = ["no", "entity", *CAMPAIGN[:3], "campaign_name", "currency", *_TOLD_OF, "level"]
        return table[columns]

    def currencies(self) -> set[str]:
        with self._db.reading() as db:
            return {str(code) for (code,) in db.tuples("SELECT DISTINCT currency FROM labels")}

    def numbers_of(
        self, campaigns: Collection[int], since: date, until: date, *, as_of: date
    ) -> pd.DataFrame:
        span = (until - since).days + 1
        days = ",".join(f'"{since + timedelta(day)}"' for day in range(span))
        own = ",".join(map(str, campaigns))
        with self._db.reading() as db:
            rows = _rows(
                db,
                _bounds(since, until, as_of) | {"days": days, "own": own},
                history=True,
                chosen=True,
            )
            return _canonical(db, rows, as_of, campaigns)

    def last_day(self, as_of: date | None = None) -> date | None:
        morning = as_of.isoformat() if as_of else _EVER
        with self._db.reading() as db:
            rows = db.tuples(
                "SELECT date FROM daily WHERE date < :morning AND pulled_on <= :morning "
                "ORDER BY date DESC LIMIT 1",
                {"morning": morning},
            )
        return maybe_day(rows[0][0] if rows else None)


def _bounds(since: date | None, until: date | None, as_of: date | None) -> dict[str, str]:
    return {
        "since": since.isoformat() if since else "0001-01-01",
        "until": until.isoformat() if until else _EVER,
        "before": as_of.isoformat() if as_of else _EVER,
        "known": as_of.isoformat() if as_of else _EVER,
    }


def _stamped(rows: pd.DataFrame) -> pd.DataFrame:
    stamps = rows["pulled_at"]
    codes, different = pd.factorize(stamps)
    written = np.array([f"{at.isoformat(timespec='microseconds')}+00:00" for at in different])
    return pd.DataFrame({"source": rows["source"], "pulled_at": written.astype(object)[codes]})


def _batches(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Whole days of about `CHUNK` rows, so that memory stays flat however long the file is."""
    ordered = rows.sort_values("date", kind="stable")
    days = ordered["date"].to_numpy()
    start = 0
    while start < len(days):
        end = int(np.searchsorted(days, days[min(start + CHUNK, len(days)) - 1], side="right"))
        yield from layers(ordered.iloc[start:end])
        start = end


def _store(db: Session, batch: pd.DataFrame, incoming: Incoming) -> Decided:
    decided = decide(batch, _stored(db, batch), incoming.given)
    rows = decided.rows
    record_names(db, rows)
    additions = rows[decided.write]
    if len(additions):
        _insert(db, additions)
    return decided


def _stored(db: Session, batch: pd.DataFrame) -> pd.DataFrame:
    """Every revision of the batch's days and campaigns, found by key: never a scan."""
    columns = [*KEY, "revision", "pulled_on", *TOLD]
    first_day, last_day = (f"{day:%Y-%m-%d}" for day in (batch["date"].min(), batch["date"].max()))
    between = "SELECT 1 FROM daily WHERE date >= ? AND date <= ? LIMIT 1"
    if not db.tuples(between, [first_day, last_day]):  # days nobody has written of yet
        return typed([], columns)
    _want(db, zip(iso(batch["date"]), batch["campaign"].tolist(), strict=True))
    money = [f"coalesce(d.{name}, {MISSING})" if name in MONEY else f"d.{name}" for name in VALUES]
    labels = [f"l.{name}" for name in LABELS]
    # SQLite keeps this order of a CROSS JOIN: the keys lead, whatever it believes of the tables
    rows = db.tuples(
        f"SELECT d.date, d.campaign, d.revision, d.pulled_on, {', '.join((*labels, *money))} "
        "FROM wanted w CROSS JOIN daily d JOIN labels l ON l.no = d.labels "
        "WHERE d.date = w.date AND d.campaign = w.campaign"
    )
    return typed(rows, columns)


def _want(db: Session, keys: Iterable[tuple[str, int]]) -> None:
    """The days and campaigns asked for, as a table of this connection."""
    table = "CREATE TEMP TABLE IF NOT EXISTS wanted (date TEXT, campaign INTEGER)"
    db.run(in_postgresql(table) if db.dialect == POSTGRESQL else table)
    db.run("DELETE FROM wanted")
    db.pour("wanted", KEY, keys)
    if db.dialect == POSTGRESQL:
        db.run("ANALYZE wanted")  # else it believes in thousands of keys and reads the whole table


def _insert(db: Session, revisions: pd.DataFrame) -> None:
    table = revisions.assign(
        pulled_on=revisions["known_on"], backfilled=revisions["backfilled"].astype(np.int64)
    )
    table["labels"] = _number(db, "labels", table, LABELS)
    # most sources fill half of the columns: what nobody gave takes as long to write as a number
    columns = [name for name in _STORED if name not in VALUES or _is_given(table[name])]
    db.pour("daily", columns, zip(*(_values(table[name]) for name in columns), strict=True))


def _is_given(column: pd.Series) -> bool:
    values = column.to_numpy()
    filled = values != MISSING if column.name in MONEY else ~np.isnan(values.astype(np.float64))
    return bool(filled.any())


def _values(column: pd.Series) -> list[Any]:
    if column.name in {"date", "pulled_on"}:
        return iso(column)
    values = column.to_numpy()
    missing = values == MISSING if column.name in MONEY else pd.isna(values)
    out = values.astype(object)
    out[missing] = None
    return out.tolist()


def _number(
    db: Session, table: str, rows: pd.DataFrame, columns: tuple[str, ...]
) -> npt.NDArray[np.int64]:
    """The number of each row's combination in a table of combinations, adding what is new."""
    codes = rows.groupby(list(columns), sort=False).ngroup().to_numpy()
    first_rows = np.unique(codes, return_index=True)[1]
    kinds = rows.iloc[first_rows][list(columns)].to_numpy().tolist()
    names, condition = ", ".join(columns), " AND ".join(f"{column} = ?" for column in columns)
    db.many(
        f"INSERT INTO {table} ({names}) VALUES ({marks(columns)}) ON CONFLICT DO NOTHING", kinds
    )
    numbers = [db.tuples(f"SELECT no FROM {table} WHERE {condition}", kind)[0][0] for kind in kinds]
    return np.array(numbers, dtype=np.int64)[codes]


def _rows(
    db: Session, bounds: dict[str, str], *, history: bool, chosen: bool = False
) -> pd.DataFrame:
    columns = [f"coalesce({name}, {MISSING})" if name in MONEY else name for name in _READ]
    table, condition = _CHOSEN[db.dialect] if chosen else ("daily d", "")
    pieces = [
        typed(piece, _READ)
        for piece in db.pieces(
            f"SELECT {', '.join(columns)} FROM {table} WHERE {condition}{_BETWEEN}"
            + ("" if history else _NEWEST),
            bounds,
            _PIECE,
        )
    ]
    return pd.concat(pieces, ignore_index=True) if len(pieces) > 1 else pieces[0]


def _canonical(
    db: Session, rows: pd.DataFrame, as_of: date | None, own: Collection[int] | None = None
) -> pd.DataFrame:
    """The shape of `bot.numbers.input.columns`, sorted by campaign and day."""
    campaigns = _sorted(read_campaigns(db, as_of, own))
    imports = _table(db, "imports", ("source", "pulled_at"), rows["import"])
    stamps = pd.to_datetime(imports["pulled_at"], utc=True, format="ISO8601")
    imports["pulled_at"] = stamps.dt.tz_localize(None).astype("datetime64[ns]")
    labels = _table(db, "labels", LABELS, rows["labels"])
    rows = _in_order(rows, campaigns)
    out: dict[str, Any] = {name: rows[name].to_numpy() for name in ("date", "pulled_on", *VALUES)}
    out |= {name: from_micros(out[name]) for name in MONEY}
    out |= _looked_up(campaigns, rows["campaign"])
    out |= _looked_up(labels, rows["labels"]) | _looked_up(imports, rows["import"])
    out["revision"] = rows["revision"].to_numpy().astype(np.float64)
    out["backfilled"] = rows["backfilled"].to_numpy().astype(bool)
    return pd.DataFrame({name: out[name] for name in COLUMNS})


def _sorted(campaigns: pd.DataFrame) -> pd.DataFrame:
    ordered = campaigns.sort_values(list(CAMPAIGN))
    ordered[["level", "parent_id"]] = ordered[["level", "parent_id"]].replace("", None)
    return ordered


def _in_order(rows: pd.DataFrame, campaigns: pd.DataFrame) -> pd.DataFrame:
    place = campaigns.index.get_indexer(pd.Index(rows["campaign"]))
    keys = [rows[name].to_numpy() for name in ("revision", "pulled_on", "date")]
    return rows.iloc[np.lexsort((*keys, place))]


def _table(db: Session, table: str, columns: tuple[str, ...], numbers: pd.Series) -> pd.DataFrame:
    """What some rows refer to by number in a table of combinations, missing texts as None."""
    rows: list[tuple[Any, ...]] = []
    for part in chunks(np.unique(numbers.to_numpy()).tolist()):
        select = f"SELECT no, {', '.join(columns)} FROM {table} WHERE no IN ({marks(part)})"
        rows += db.tuples(select, part)
    frame = pd.DataFrame(rows, columns=["no", *columns]).astype(object)
    return frame.astype({"no": "int64"}).set_index("no").replace("", None)


def _looked_up(table: pd.DataFrame, numbers: pd.Series) -> dict[str, pd.Series]:
    place = table.index.get_indexer(pd.Index(numbers))
    columns = {str(name): table[name].to_numpy()[place] for name in table.columns}
    return {name: pd.Series(values, dtype=values.dtype) for name, values in columns.items()}
