"""Daily numbers read back: what was known on a morning, or every revision."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlite_utils import Database

from bot.numbers.input.columns import COLUMNS, MONEY, VALUES
from bot.store.campaigns import read_campaigns
from bot.store.frames import typed
from bot.store.incoming import CAMPAIGN, LABELS
from bot.store.money import MISSING, from_micros
from bot.store.part import Part
from bot.store.written import maybe_day

_READ = ["date", "campaign", "revision", "pulled_on", "backfilled", "import", "labels", *VALUES]
_EVER = "9999-12-31"
_PIECE = 100_000

# A revision is passed over when a newer one was known as well: found by key, so the cost is that
# of the days asked for.
_NEWEST = """ AND NOT EXISTS (
    SELECT 1 FROM daily n WHERE n.date = d.date AND n.campaign = d.campaign
    AND n.pulled_on <= :known AND n.revision <> d.revision
    AND (n.pulled_on > d.pulled_on OR (n.pulled_on = d.pulled_on AND n.revision > d.revision)))"""


class NumbersOut(Part):
    def numbers(
        self,
        since: date | None = None,
        until: date | None = None,
        *,
        as_of: date | None = None,
        history: bool = False,
    ) -> pd.DataFrame:
        bounds = {
            "since": since.isoformat() if since else "0001-01-01",
            "until": until.isoformat() if until else _EVER,
            "before": as_of.isoformat() if as_of else _EVER,
            "known": as_of.isoformat() if as_of else _EVER,
        }
        with self._db.reading() as db:
            rows = _rows(db, bounds, history=history)
            return _canonical(db, rows, as_of)

    def last_day(self, as_of: date | None = None) -> date | None:
        morning = as_of.isoformat() if as_of else _EVER
        with self._db.reading() as db:
            found = db.conn.execute(
                "SELECT date FROM daily WHERE date < ?1 AND pulled_on <= ?1 "
                "ORDER BY date DESC LIMIT 1",
                [morning],
            ).fetchone()
        return maybe_day(found[0] if found else None)


def _rows(db: Database, bounds: dict[str, str], *, history: bool) -> pd.DataFrame:
    money = [f"coalesce({name}, {MISSING}) AS {name}" for name in MONEY]
    columns = [name for name in _READ if name not in MONEY] + money
    found = db.conn.execute(
        f"SELECT {', '.join(columns)} FROM daily d "
        "WHERE date >= :since AND date <= :until AND date < :before AND pulled_on <= :known"
        + ("" if history else _NEWEST),
        bounds,
    )
    names = [column[0] for column in found.description]
    pieces = [typed(found.fetchmany(_PIECE), names)]
    while len(pieces[-1]) == _PIECE:
        pieces.append(typed(found.fetchmany(_PIECE), names))
    return pd.concat(pieces, ignore_index=True) if len(pieces) > 1 else pieces[0]


def _canonical(db: Database, rows: pd.DataFrame, as_of: date | None) -> pd.DataFrame:
    """The shape of `bot.numbers.input.columns`, sorted by campaign and day."""
    campaigns = _sorted(read_campaigns(db, as_of))
    imports = _table(db, "imports", ("source", "pulled_at"))
    stamps = pd.to_datetime(imports["pulled_at"], utc=True, format="ISO8601")
    imports["pulled_at"] = stamps.dt.tz_localize(None).astype("datetime64[ns]")
    labels = _table(db, "labels", LABELS)
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


def _table(db: Database, table: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """A small table by its number, missing texts as None."""
    found = db.conn.execute(f"SELECT no, {', '.join(columns)} FROM {table}")
    frame = pd.DataFrame(found.fetchall(), columns=["no", *columns]).astype(object)
    return frame.astype({"no": "int64"}).set_index("no").replace("", None)


def _looked_up(table: pd.DataFrame, numbers: pd.Series) -> dict[str, pd.Series]:
    place = table.index.get_indexer(pd.Index(numbers))
    found = {str(name): table[name].to_numpy()[place] for name in table.columns}
    return {name: pd.Series(values, dtype=values.dtype) for name, values in found.items()}
