"""The daily numbers: their columns, their one shape, and what was known of them on a morning."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.columns import COLUMNS, COUNTS, IDENTITY, MONEY, TEXT, VALUES, Column
from bot.numbers.names import CHANNELS, channel_key, match_channel, normal_name
from bot.numbers.normalise import ImpossibleRowError, is_normal, normalise

__all__ = [
    "CHANNELS",
    "COLUMNS",
    "COUNTS",
    "IDENTITY",
    "MONEY",
    "TEXT",
    "VALUES",
    "Column",
    "ImpossibleRowError",
    "campaigns_only",
    "channel_key",
    "entity",
    "is_normal",
    "known_on",
    "last_day",
    "match_channel",
    "newest",
    "normal_name",
    "normalise",
    "visible_on",
]

_DAY = np.timedelta64(1, "D")


def known_on(frame: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """What was known on the morning of `as_of`: one row a day and campaign.

    Rows dated before `as_of` and pulled on it or earlier (a row that does not say when it was
    pulled counts as known the next morning); the newest of each day and campaign. Where names are
    all a campaign has, it joins the one id of exactly that name in its account.

    Args:
        frame: Daily numbers in any order, several revisions a row; normalised if they are not.
        as_of: The morning.

    Returns:
        Rows in canonical shape, sorted by channel, account, campaign and day.
    """
    return newest(visible_on(frame, as_of))


def visible_on(frame: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Every revision that was known on a morning, under the identity its campaign then had."""
    table = normalise(frame)
    morning = np.datetime64(as_of, "ns")
    visible = (table["date"].to_numpy() < morning) & (_pulled_on(table) <= morning)
    return _join_names(table if visible.all() else table[visible])


def newest(table: pd.DataFrame) -> pd.DataFrame:
    """The last revision of each day and campaign, by pull day, pull time, revision, then place."""
    codes = _codes(table, (*IDENTITY, "level", "parent_id"))
    days = table["date"].to_numpy()
    times = table["pulled_at"].fillna(pd.Timestamp.min).to_numpy()
    revisions = table["revision"].fillna(-1.0).to_numpy()
    order = np.lexsort((revisions, times, _pulled_on(table), days, codes))
    codes, days = codes[order], days[order]
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (codes[1:] != codes[:-1]) | (days[1:] != days[:-1])
    if last.all() and np.array_equal(order, np.arange(len(order))):
        return table.reset_index(drop=True)
    return table.iloc[order[last]].reset_index(drop=True)


def campaigns_only(frame: pd.DataFrame) -> pd.DataFrame:
    """Without detail rows (ad set, ad, keyword …), which would count everything twice."""
    level = frame["level"]
    return frame if level.isna().all() else frame[level.isna() | (level == "campaign")]


def entity(frame: pd.DataFrame) -> pd.Series:
    """What a campaign is: `channel|account_id|campaign_id`, one a row."""
    codes = _codes(frame, IDENTITY)
    first = _first_rows(codes)
    parts = frame[list(IDENTITY)].iloc[first]
    keys = ["|".join(map(str, row)) for row in parts.itertuples(index=False)]
    return pd.Series(np.array(keys, dtype=object)[codes], index=frame.index, dtype=object)


def last_day(as_of: date) -> date:
    """The last data day of a morning: the day before."""
    return date.fromordinal(as_of.toordinal() - 1)


def _pulled_on(table: pd.DataFrame) -> npt.NDArray[np.datetime64]:
    """The local day each row was pulled; else the UTC day of its time; else the next morning."""
    said = table["pulled_on"].fillna(table["pulled_at"].dt.normalize())
    return said.fillna(table["date"] + _DAY).to_numpy()


def _codes(frame: pd.DataFrame, columns: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """A dense number for each different combination, ordered as the combinations are."""
    codes = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        part, different = pd.factorize(frame[column], sort=True)  # missing: -1, so first
        codes = codes * (len(different) + 1) + part + 1
        codes = np.unique(codes, return_inverse=True)[1]  # dense again: no overflow
    return codes


def _first_rows(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.unique(codes, return_index=True)[1]


def _join_names(table: pd.DataFrame) -> pd.DataFrame:
    """Give rows known by name only the one id their account has under exactly that name."""
    kinds = table[["channel", "account_id", "campaign_id", "campaign_name"]].drop_duplicates()
    nameless = kinds["campaign_id"] == kinds["campaign_name"].fillna("").map(normal_name)
    if not nameless.any() or nameless.all():
        return table
    named = kinds[~nameless].drop_duplicates(["channel", "account_id", "campaign_name"], keep=False)
    on = ["channel", "account_id", "campaign_name"]
    found = kinds[nameless].merge(named, on=on, suffixes=("", "_known"))
    return _renamed(table, found) if len(found) else table


def _renamed(table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    on = ["channel", "account_id", "campaign_id", "campaign_name"]
    ids = table[on].merge(found, on=on, how="left")["campaign_id_known"]
    ids.index = table.index
    return table.assign(campaign_id=ids.where(ids.notna(), table["campaign_id"]).astype(object))
