"""The daily numbers: their columns, their one shape, and what was known of them on a morning."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.input.columns import (
    COLUMNS,
    COUNTS,
    IDENTITY,
    MONEY,
    TEXT,
    VALUES,
    Codes,
    Column,
    all_different,
    cells_of,
    coded,
    codes_of,
    day_of,
    first_rows,
    narrowed,
)
from bot.numbers.input.names import CHANNELS, channel_key, match_channel, normal_name
from bot.numbers.input.normalise import ImpossibleRowError, is_normal, normalise

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
    "by_currency",
    "campaigns_in",
    "campaigns_only",
    "channel_key",
    "distinct",
    "entity",
    "has_mixed_names",
    "is_campaign",
    "is_normal",
    "known_on",
    "last_names",
    "match_channel",
    "newest",
    "normal_name",
    "normalise",
    "placed_showings",
    "pulled_on",
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
    visible = (table["date"].to_numpy() < morning) & (pulled_on(table) <= morning)
    return _join_names(table if visible.all() else table[visible])


def newest(table: pd.DataFrame) -> pd.DataFrame:
    """The last revision of each day and campaign, by pull day, pull time, revision, then place."""
    codes = codes_of(table, (*IDENTITY, "level", "parent_id"))
    cells = cells_of(codes, day_of(table["date"].to_numpy()))
    if (cells[1:] > cells[:-1]).all():
        return table.reset_index(drop=True)
    order = np.argsort(cells) if all_different(cells) else _by_pull(table, cells)
    cells = cells[order]
    last_of_cell = np.append(cells[1:] != cells[:-1], True)
    newest_rows: pd.DataFrame = table.iloc[order[last_of_cell]]
    return newest_rows.reset_index(drop=True)


def _by_pull(table: pd.DataFrame, cells: Codes) -> Codes:
    times = table["pulled_at"].fillna(pd.Timestamp.min).to_numpy()
    revisions = table["revision"].fillna(-1.0).to_numpy()
    return np.lexsort((revisions, times, pulled_on(table), cells)).astype(np.int64)


def campaigns_only(frame: pd.DataFrame) -> pd.DataFrame:
    """Without detail rows (ad set, ad, keyword …), which would count everything twice."""
    campaign_mask = is_campaign(frame)
    return frame if campaign_mask.all() else frame[campaign_mask]


def is_campaign(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each row is a campaign's own, not one of its details."""
    level = frame["level"].to_numpy()
    campaign_mask = pd.isna(level)
    if not campaign_mask.all():
        campaign_mask |= level == "campaign"
    return np.asarray(campaign_mask, dtype=bool)


def entity(frame: pd.DataFrame) -> pd.Series:
    """What a campaign is: `channel|account_id|campaign_id`, one a row."""
    codes, keys = coded(frame)
    return pd.Series(np.array(keys, dtype=object)[codes], index=frame.index, dtype=object)


def campaigns_in(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Each campaign of some tables once: its identity and `campaign_name`, "" where missing."""
    columns = [*IDENTITY, "campaign_name"]
    parts = [frame.reindex(columns=columns).fillna("").astype(str)
             for frame in frames if len(frame)]  # fmt: skip
    if not parts:
        return pd.DataFrame(columns=columns)
    campaigns = pd.concat(parts).drop_duplicates().reset_index(drop=True)
    return campaigns.assign(channel=campaigns["channel"].map(channel_key))


def distinct(frame: pd.DataFrame, column: str) -> tuple[str, ...]:
    """The texts of a column, each once, in order; what is empty left out."""
    return tuple(sorted(text for text in frame[column].unique() if text))


def last_names(frame: pd.DataFrame) -> dict[str, str]:
    """What each campaign is called in its last row, by entity; its id where it has no name."""
    names = frame["campaign_name"].fillna(frame["campaign_id"]).astype(str)
    return dict(zip(entity(frame), names, strict=True))


def by_currency(frame: pd.DataFrame, column: str) -> dict[str, float]:
    """A column's sum in each currency, "" where nobody says which; none where nothing is known."""
    sums = frame.groupby(frame["currency"].fillna(""))[column].sum(min_count=1).dropna()
    return {str(currency): float(amount) for currency, amount in sums.items()}


def placed_showings(frame: pd.DataFrame) -> pd.DataFrame:
    """Campaigns' rows on which something was shown, by `name`, with their `place` in words."""
    rows = campaigns_only(frame)
    rows = rows[rows["spend"].fillna(0).ne(0) | rows["impressions"].fillna(0).ne(0)]
    account = rows["account_id"].where(rows["account_id"] == "", " " + rows["account_id"])
    titles = rows["campaign_name"].fillna(rows["campaign_id"])
    values = rows[["spend", "impressions", "clicks"]].fillna(-1.0)
    return values.assign(date=rows["date"], name=titles, place=rows["channel"] + account)


def pulled_on(table: pd.DataFrame) -> npt.NDArray[np.datetime64]:
    """The local day each row was pulled; else the UTC day of its time; else the next morning."""
    pull_days = table["pulled_on"].fillna(table["pulled_at"].dt.normalize())
    return pull_days.fillna(table["date"] + _DAY).to_numpy()


def has_mixed_names(table: pd.DataFrame, codes: Codes | None = None) -> bool:
    """Whether some campaigns have an id and others only a name, so that names must be joined.

    `codes` tells the campaigns apart, where that is known already.
    """
    nameless = _nameless(_kinds(table, codes))
    return bool(nameless.any() and not nameless.all())


def _nameless(kinds: pd.DataFrame) -> pd.Series:
    """Which campaigns have nothing but a name."""
    return kinds["campaign_id"] == kinds["campaign_name"].fillna("").map(normal_name)


def _kinds(table: pd.DataFrame, codes: Codes | None = None) -> pd.DataFrame:
    """Each campaign once under each of its names, as they come."""
    campaign_codes = codes_of(table, IDENTITY) if codes is None else codes
    first_places = np.sort(first_rows(narrowed(campaign_codes, table["campaign_name"])))
    return table.loc[:, [*IDENTITY, "campaign_name"]].iloc[first_places]


def _join_names(table: pd.DataFrame) -> pd.DataFrame:
    """Give rows known by name only the one id their account has under exactly that name."""
    kinds = _kinds(table)
    only_names = _nameless(kinds)
    if not only_names.any() or only_names.all():
        return table
    on = ["channel", "account_id", "campaign_name"]
    named = kinds[~only_names].drop_duplicates(on, keep=False)
    joined_ids = kinds[only_names].merge(named, on=on, suffixes=("", "_known"))
    return _renamed(table, joined_ids) if len(joined_ids) else table


def _renamed(table: pd.DataFrame, joined_ids: pd.DataFrame) -> pd.DataFrame:
    on = ["channel", "account_id", "campaign_id", "campaign_name"]
    ids = table[on].merge(joined_ids, on=on, how="left")["campaign_id_known"]
    ids.index = table.index
    return table.assign(campaign_id=ids.where(ids.notna(), table["campaign_id"]).astype(object))
