"""Which source gave what, when and until which day; reach of whole windows."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pandas as pd
from pydantic import TypeAdapter

from bot.numbers.input.names import account_key, channel_key
from bot.redaction import redacted
from bot.sentences import dumped, loaded
from bot.store.codec import maybe_iso, utc
from bot.store.records import Pull
from bot.store.sql import Session, StorePart, insert

_REACH = ["channel", "account_id", "campaign_id", "since", "until", "reach", "pulled_at"]
_KEY = ("channel", "account_id", "campaign_id", "since", "until", "pulled_at")

# The newest pull of each source and account, and the newest of each that worked.
_NEWEST = """
    SELECT p.* FROM pulls p WHERE p.no IN (
        SELECT (SELECT no FROM pulls n WHERE n.source = k.source AND n.account_id = k.account_id
                AND n.ok >= k.minimum ORDER BY n.pulled_at DESC, n.no DESC LIMIT 1)
        FROM (SELECT DISTINCT source, account_id, 0 AS minimum FROM pulls
              UNION ALL SELECT DISTINCT source, account_id, 1 FROM pulls) k
    ) ORDER BY p.source, p.account_id, p.pulled_at, p.no"""


class Pulls(StorePart):
    def record_pull(self, pull: Pull) -> None:
        row = {
            "source": pull.source,
            "account_id": account_key(pull.account_id),
            "channels": json.dumps(pull.channels),
            "pulled_at": utc(pull.pulled_at),
            "since": maybe_iso(pull.since),
            "until": maybe_iso(pull.until),
            "ok": int(pull.ok),
            "rows": pull.rows,
            "error": redacted(dumped(pull.error)),
        }
        with self._db.writing() as db:
            db.run(insert("pulls", tuple(row)), row)

    def pulls(self) -> list[Pull]:
        with self._db.reading() as db:
            return read_pulls(db)

    def add_window_reach(self, frame: pd.DataFrame) -> int:
        with self._db.writing("numbers") as db:
            return db.many(
                "INSERT INTO window_reach "
                "(channel, account_id, campaign_id, since, until, reach, pulled_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) "
                f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET reach = excluded.reach "
                "WHERE coalesce(window_reach.reach, -1) <> coalesce(excluded.reach, -1)",
                _reach_rows(frame),
            )

    def window_reach(self) -> pd.DataFrame:
        with self._db.reading() as db:
            rows = db.tuples(
                f"SELECT {', '.join(_REACH)} FROM window_reach "
                "ORDER BY channel, account_id, campaign_id, since, until, pulled_at"
            )
        table = pd.DataFrame(rows, columns=_REACH).astype(object)
        for name in ("since", "until"):
            table[name] = pd.to_datetime(table[name]).astype("datetime64[ns]")
        stamps = pd.to_datetime(table["pulled_at"], utc=True, format="ISO8601")
        table["pulled_at"] = stamps.dt.tz_localize(None).astype("datetime64[ns]")
        return table.astype({"reach": "float64"})


def read_pulls(db: Session) -> list[Pull]:
    """The newest pull of each source and account, and the newest of each that worked."""
    rows = [{**row, "channels": json.loads(row["channels"])} for row in db.rows(_NEWEST)]
    pulls: list[Pull] = PULLS.validate_python(rows)
    return [replace(pull, error=loaded(pull.error)) for pull in pulls]


PULLS = TypeAdapter(list[Pull])


def _reach_rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows for SQL; a reach that does not say when it was pulled counts as known the next day."""
    until = pd.to_datetime(frame["until"])
    pulled = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns, UTC]")
    if "pulled_at" in frame:
        pulled = pd.to_datetime(frame["pulled_at"], utc=True)
    pulled = pulled.fillna((until + pd.Timedelta(days=1)).dt.tz_localize("UTC"))
    account = frame["account_id"] if "account_id" in frame else pd.Series("", index=frame.index)
    columns = [
        [channel_key(str(channel)) for channel in frame["channel"]],
        ["" if pd.isna(account_id) else account_key(str(account_id)) for account_id in account],
        [str(campaign_id) for campaign_id in frame["campaign_id"]],
        pd.to_datetime(frame["since"]).dt.strftime("%Y-%m-%d").tolist(),
        until.dt.strftime("%Y-%m-%d").tolist(),
        [None if pd.isna(reach) else float(reach) for reach in frame["reach"]],
        [utc(at.to_pydatetime()) for at in pulled],
    ]
    return list(zip(*columns, strict=True))
