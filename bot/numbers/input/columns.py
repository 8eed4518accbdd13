"""The columns of the daily numbers: what each holds and in which unit.

Numbers instead of words: which rows are of one campaign, found once a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

# Text is kept as Python has it, whether pyarrow (an extra) is installed beside pandas or not: an
# account's frames are small, and Arrow's calls cost more there than what they do (a morning of
# three campaigns is judged in four fifths of the time); of 500 campaigns both take the same.
TEXT_STORAGE = ("mode.string_storage", "python")
if pd:  # not yet, where the terminal puts pandas off: `bot.cli.door` sets it when that is loaded
    pd.set_option(*TEXT_STORAGE)

Kind = Literal["text", "day", "time", "money", "count", "ratio", "number", "flag"]


@dataclass(frozen=True)
class Column:
    """One column of the daily numbers.

    Attributes:
        kind: `text` (str, None where missing), `day` (datetime64, midnight), `time` (datetime64,
            UTC), `money` (float64, units of the row's currency), `count` (float64, may be
            fractional), `ratio` (float64, never added up), `number` (float64), `flag` (bool).
        signed: Whether a value under zero is possible (refunds, credits).
    """

    kind: Kind
    signed: bool = False


COLUMNS: dict[str, Column] = {
    "date": Column("day"),
    "channel": Column("text"),
    "account_id": Column("text"),
    "account_name": Column("text"),
    "campaign_id": Column("text"),
    "campaign_name": Column("text"),
    "level": Column("text"),
    "parent_id": Column("text"),
    "stage": Column("text"),
    "pricing_model": Column("text"),
    "billed_by": Column("text"),
    "measured_by": Column("text"),
    "currency": Column("text"),
    "time_zone": Column("text"),
    "spend": Column("money", signed=True),
    "impressions": Column("count"),
    "reach": Column("count"),
    "clicks": Column("count"),
    "clicks_all": Column("count"),
    "landing_views": Column("count"),
    "leads": Column("count"),
    "qualified_leads": Column("count"),
    "conversions": Column("count"),
    "documented_conversions": Column("count"),
    "revenue": Column("money", signed=True),
    "engagements": Column("count"),
    "repeat_conversions": Column("count"),
    "satisfaction": Column("ratio", signed=True),
    "daily_budget": Column("money"),
    "source": Column("text"),
    "pulled_on": Column("day"),
    "pulled_at": Column("time"),
    "revision": Column("number"),
    "backfilled": Column("flag"),
}


def of_kind(*kinds: Kind) -> tuple[str, ...]:
    """The names of the columns of these kinds, in their order."""
    return tuple(name for name, column in COLUMNS.items() if column.kind in kinds)


TEXT = of_kind("text")
DAYS = of_kind("day")
MONEY = of_kind("money")
COUNTS = of_kind("count")
RATIOS = of_kind("ratio")
VALUES = of_kind("money", "count", "ratio")
NUMERIC = of_kind("money", "count", "ratio", "number")
IDENTITY = ("channel", "account_id", "campaign_id")


Codes = npt.NDArray[np.int64]
_ROOM = 4  # a table of all that could occur may be so many times the rows; else they are hashed


def codes_of(frame: pd.DataFrame, columns: Sequence[str]) -> Codes:
    """A dense number for each different combination, ordered as the combinations are."""
    codes = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        codes = narrowed(codes, frame[column])
    return codes


def narrowed(codes: Codes, words: pd.Series) -> Codes:
    """The coding of rows told apart by one column more."""
    part, different = pd.factorize(words, sort=True)  # missing: -1, so first
    if len(different) == 0 or (len(different) == 1 and part.min() == 0):
        return codes  # all alike
    return dense(codes * (len(different) + 1) + part + 1)


def coded(frame: pd.DataFrame) -> tuple[Codes, list[str]]:
    """Which campaign each row is about, and the sorted `channel|account_id|campaign_id`s."""
    codes = codes_of(frame, IDENTITY)
    first_places = first_rows(codes)
    parts = [frame[name].to_numpy()[first_places] for name in IDENTITY]
    keys = ["|".join(map(str, row)) for row in zip(*parts, strict=True)]
    ranks, entities = pd.factorize(np.array(keys, dtype=object), sort=True)
    return ranks.astype(np.int64)[codes], [str(key) for key in entities]


def first_rows(codes: Codes) -> Codes:
    """Where each number of a dense coding stands first."""
    first_places = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    first_places[codes[::-1]] = np.arange(
        len(codes) - 1, -1, -1, dtype=np.int64
    )  # the last one stays
    return first_places


def dense(codes: Codes) -> Codes:
    """The same order and differences, numbered from 0 without gaps."""
    occurring = _occurring(codes)
    if occurring is None:
        return np.asarray(pd.factorize(codes, sort=True)[0], dtype=np.int64)
    return np.asarray((np.cumsum(occurring) - 1)[codes], dtype=np.int64)


def all_different(codes: Codes) -> bool:
    """Whether no number comes twice."""
    occurring = _occurring(codes)
    if occurring is None:
        return bool(pd.Index(codes).is_unique)
    return bool(np.count_nonzero(occurring) == codes.size)


def _occurring(codes: Codes) -> npt.NDArray[np.bool_] | None:
    """Which numbers occur; None where a table of them would be mostly empty."""
    most = int(codes.max(initial=-1)) + 1
    if most > _ROOM * codes.size + 1000:
        return None
    occurring = np.zeros(most, dtype=bool)
    occurring[codes] = True
    return occurring


def day_of(times: npt.NDArray[np.datetime64] | np.datetime64) -> Codes:
    """Days since 1970."""
    return np.asarray(times.astype("datetime64[D]").astype(np.int64))


def cells_of(codes: Codes, days: Codes) -> Codes:
    """A number for each campaign and day, ordered as they are."""
    if codes.size == 0:
        return codes
    first_day = int(days.min())
    return codes * (int(days.max()) - first_day + 1) + days - first_day
