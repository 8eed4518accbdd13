"""When the rows of a file were pulled, where it says."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bot.sentences import Sentence
from bot.sources.cells import Texts
from bot.sources.hours import zone_of
from bot.sources.refusals import BadValue, shown
from bot.sources.table import TextTable


def pulled(table: TextTable, zone: Texts) -> dict[str, pd.Series]:
    """`pulled_at` in UTC and `pulled_on`, its day where the account is; nothing where unsaid.

    Raises:
        BadValue: A cell that is no date.
    """
    times = {name: _times(table, name) for name in ("pulled_on", "pulled_at") if table.has(name)}
    if "pulled_at" in times:
        local = _local_days(times["pulled_at"], zone)
        times["pulled_on"] = times["pulled_on"].fillna(local) if "pulled_on" in times else local
    return times


def _times(table: TextTable, name: str) -> pd.Series:
    cells = table.cells[name]
    missing = cells.missing()
    words = pd.Series(list(cells.words), dtype="str")
    read = pd.to_datetime(words, errors="coerce", utc=True, format="ISO8601").dt.tz_localize(None)
    times = read.astype("datetime64[ns]").to_numpy()[cells.codes]
    wrong = np.isnat(times) & ~missing
    if wrong.any():
        raise BadValue(
            Sentence(
                "%(cells)s is no date (column %(name)s).",
                cells=shown(cells[int(np.flatnonzero(wrong)[0])]),
                name=name,
            ),
            hint="Write it as 2026-09-01.",
            line=table.line(wrong),
        )
    return pd.Series(np.where(missing, np.datetime64("NaT", "ns"), times))


def _local_days(times: pd.Series, zone: Texts) -> pd.Series:
    """The day of a moment where the account is, in UTC where nothing says where."""
    days: pd.Series = times.dt.normalize()
    for name in {zone_name for zone_name in zone.tolist() if zone_name is not None}:
        local_zone = zone_of(str(name))
        if local_zone is not None:
            in_zone = zone == name
            local = times[in_zone].dt.tz_localize("UTC").dt.tz_convert(local_zone)
            days[in_zone] = local.dt.tz_localize(None).dt.normalize()
    return days
