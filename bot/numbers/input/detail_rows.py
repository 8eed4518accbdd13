"""Detail rows of any source into their one shape, and as many of them as there is room for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.domain.details import DETAIL_COLUMNS, SCORES, VALUES, Level
from bot.numbers.input.names import account_key, channel_key, normal_name
from bot.numbers.input.normalise import ImpossibleRowError
from bot.sentences import Sentence

INCOMING = {**DETAIL_COLUMNS, "campaign_name": "object"}
"""What a source gives: the detail columns, and what the campaign is called."""
KEY = ("date", "channel", "account_id", "campaign_id", "level", "parent_id", "detail_id")
"""What is one row."""
_ADDED = tuple(name for name in VALUES if name != "reach")
_HIGHEST = {name: 10 if name == "quality_score" else 3 for name in SCORES}
_PERSONAL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|\+?\d(?:[ .-]?\d){7,}")
_GROUP = ("date", "channel", "account_id", "level")


def normal_details(frame: pd.DataFrame) -> pd.DataFrame:
    """Detail rows in the one shape: every column of `INCOMING`, one row a day and part.

    Channels and accounts take their key. A part without an id takes its name in one form (a
    keyword's with its match type); without a parent, its campaign is. A landing page is its address
    without query and fragment, a search term what was typed without addresses and long numbers.
    Rows of one part and day are added up, but for reach, which then is missing, and grades, of
    which the first stands.

    Raises:
        ImpossibleRowError: A row without day, channel, campaign, level or name; a level, grade or
            count that cannot be.
    """
    table = _typed(frame.reset_index(drop=True))
    table["channel"] = _each(table["channel"], lambda text: channel_key(text) or None)
    table["account_id"] = _each(table["account_id"].fillna(""), account_key)
    for level, plain in ((Level.LANDING_PAGE, page_of), (Level.SEARCH_TERM, impersonal)):
        rows = table["level"] == level
        names = _first_of(table["detail_name"], table["detail_id"])[rows]
        table.loc[rows, "detail_name"] = _each(names, plain)
        table.loc[rows, "detail_id"] = None
    _identify(table)
    _refuse(table)
    return _added_up(table)


def page_of(address: str) -> str:
    """A landing page by its address: no query, no fragment, no slash at its end."""
    plain = address.strip().partition("#")[0].partition("?")[0]
    scheme, colon, place = plain.rpartition("://")
    host, slash, path = place.partition("/")
    return f"{scheme.lower()}{colon}{host.lower()}{slash}{path}".rstrip("/") or address.strip()


def impersonal(term: str) -> str:
    """What people searched for, without the addresses and numbers that some of them type."""
    return _PERSONAL.sub("…", term)


def biggest(table: pd.DataFrame, most: int) -> npt.NDArray[np.bool_]:
    """Which rows stay where a day, account and level may have `most`: those that cost most.

    Then those with most clicks, then impressions, then the first by name, so that the same rows
    give the same answer.
    """
    stays = np.ones(len(table), dtype=bool)
    sizes = table.groupby(list(_GROUP), sort=False)["date"].transform("size").to_numpy()
    crowded = np.flatnonzero(sizes > most)
    if not crowded.size:
        return stays
    rows = table.iloc[crowded].assign(place=crowded)
    order = rows.sort_values(
        ["spend", "clicks", "impressions", "campaign_id", "parent_id", "detail_id"],
        ascending=[False, False, False, True, True, True], na_position="last", kind="stable",
    )  # fmt: skip
    rank = order.groupby(list(_GROUP), sort=False).cumcount().to_numpy()
    stays[order["place"].to_numpy()[rank >= most]] = False
    return stays


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    columns = {name: _column(frame, name, kind) for name, kind in INCOMING.items()}
    return pd.DataFrame(columns, index=frame.index)


def _column(frame: pd.DataFrame, name: str, kind: Any) -> pd.Series:
    if name not in frame:
        empty = np.full(len(frame), None if kind == "object" else np.nan)
        return pd.Series(empty, index=frame.index).astype(kind)
    if kind == "object":
        return _each(frame[name], lambda text: text.strip() or None)
    return (pd.to_datetime(frame[name]) if name == "date" else frame[name]).astype(kind)


def _each(values: pd.Series, change: Callable[[str], str | None]) -> pd.Series:
    """Change each different text once."""
    codes, different = pd.factorize(values.astype(object))
    changed = np.array([*(change(str(text)) for text in different), None], dtype=object)
    return pd.Series(changed[codes], index=values.index, dtype=object)


def _identify(table: pd.DataFrame) -> None:
    """Give what has no id its name for one, and what has no parent its campaign."""
    names = {name: _each(table[name], normal_name) for name in ("campaign_name", "parent_name")}
    table["campaign_id"] = _first_of(table["campaign_id"], names["campaign_name"])
    named_ids = _each(table["detail_name"], normal_name)
    matched = (table["level"] == Level.KEYWORD) & table["match_type"].notna() & named_ids.notna()
    named_ids[matched] = named_ids[matched] + "|" + table["match_type"][matched]
    table["detail_id"] = _first_of(table["detail_id"], named_ids)
    table["detail_name"] = _first_of(table["detail_name"], table["detail_id"])
    table["parent_id"] = _first_of(table["parent_id"], names["parent_name"], table["campaign_id"])


def _first_of(*columns: pd.Series) -> pd.Series:
    chosen = columns[0]
    for column in columns[1:]:
        chosen = chosen.where(chosen.notna(), column)
    return chosen.astype(object)


_LACKING = {
    "date": Sentence("There is no date."), "channel": Sentence("There is no channel."),
    "campaign_id": Sentence("There is no campaign."), "level": Sentence("There is no level."),
    "detail_id": Sentence("There is no name."),
}  # fmt: skip


def _refuse(table: pd.DataFrame) -> None:
    for name in ("date", "channel", "campaign_id", "level", "detail_id"):
        _refuse_where(table[name].isna(), name, _LACKING[name])
    _refuse_where(~table["level"].isin(list(Level)), "level", Sentence("There is no such level."))
    for name in VALUES:
        _refuse_where(np.isinf(table[name]), name, Sentence("%(name)s is not finite.", name=name))
        if name not in {"spend", "revenue"}:
            _refuse_where(table[name] < 0, name, Sentence("%(name)s is under zero.", name=name))
    for name, highest in _HIGHEST.items():
        wrong = ~table[name].between(1, highest) & table[name].notna()
        _refuse_where(
            wrong,
            name,
            Sentence("%(name)s is not from 1 to %(highest)s.", name=name, highest=highest),
        )


def _refuse_where(wrong: pd.Series, column: str, message: str) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong.to_numpy())[0]) + 1
        hint = "Mend the row, or leave the value empty."
        raise ImpossibleRowError(message, row=row, column=column, hint=hint)


def _added_up(table: pd.DataFrame) -> pd.DataFrame:
    """One row a day and part."""
    if not table.duplicated(list(KEY)).any():
        return table
    groups = table.groupby(list(KEY), sort=False, dropna=False)
    first_rows = groups.first()  # of each column the first that is not missing
    first_rows[list(_ADDED)] = groups[list(_ADDED)].sum(min_count=1)
    first_rows.loc[groups.size() > 1, "reach"] = np.nan
    out = first_rows.reset_index()[list(INCOMING)]
    for name in (column for column, kind in INCOMING.items() if kind == "object"):
        out[name] = out[name].where(out[name].notna(), None)
    return out


def is_level(text: str | None) -> TypeGuard[str]:
    """Whether this names a level of details; a campaign's own rows have none."""
    return text is not None and text in set(Level)
