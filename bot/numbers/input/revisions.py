"""Every revision laid out once, so that what was known on any morning is a mask and a scatter.

What each campaign is called: the newest word of every text column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.input.columns import (
    TEXT,
    VALUES,
    Codes,
    all_different,
    cells_of,
    coded,
    codes_of,
    day_of,
)
from bot.numbers.input.daily import has_mixed_names, is_campaign, pulled_on, visible_on
from bot.numbers.input.history import History, span_of
from bot.numbers.input.normalise import normalise
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import Bools, Floats, newest_place, pieces


@dataclass(frozen=True, eq=False)
class KnownRows:
    """What was known on one morning: the row that counts for each campaign and day of a window.

    Attributes:
        table: Rows in canonical shape.
        entities: `channel|account_id|campaign_id`, one a row of `rows`, sorted.
        window: The days, one a column of `rows`.
        rows: campaign x day, the place in the table; -1 where there is no row.
        blank: Columns of the table in which nobody wrote anything.
    """

    table: pd.DataFrame
    entities: tuple[str, ...]
    window: Window
    rows: Codes
    blank: frozenset[str] = frozenset()

    @classmethod
    def of(cls, frame: pd.DataFrame, window: Window) -> KnownRows:
        """Lay out known rows (`daily.known_on`: one a day and campaign)."""
        codes, entities = coded(frame)
        days = day_of(frame["date"].to_numpy()) - day_of(np.datetime64(window.since))
        inside = np.flatnonzero((days >= 0) & (days < window.days))
        rows = np.full((len(entities), window.days), -1, dtype=np.int64)
        rows[codes[inside], days[inside]] = inside
        return cls(frame, tuple(entities), window, rows, blank_columns(frame)).with_rows()

    def with_rows(self) -> KnownRows:
        """Only the campaigns with a row."""
        has_row = np.asarray((self.rows >= 0).any(axis=1))
        if has_row.all():
            return self
        names = zip(self.entities, has_row.tolist(), strict=True)
        entities = tuple(name for name, present in names if present)
        return replace(self, entities=entities, rows=self.rows[has_row])

    def history(self) -> History:
        """Every value campaign x day; a column nobody measured is absent."""
        present = self.rows >= 0
        written_columns = (name for name in VALUES if name not in self.blank)
        grids = {name: self._grid(self.table[name].to_numpy()) for name in written_columns}
        values = {name: grid for name, grid in grids.items() if not _is_blank(grid)}
        return History(self.entities, self.window.since, self.window.days, values, present)

    def _grid(self, values: Floats) -> Floats:
        grid = np.full(self.rows.shape, np.nan)
        if values.size:
            for part in pieces(len(grid)):
                np.take(values, self.rows[part], out=grid[part], mode="wrap")
                np.putmask(grid[part], self.rows[part] < 0, np.nan)
        return grid

    def newest(self, column: str) -> npt.NDArray[np.object_]:
        """The newest word of a text column, one a campaign; None where there is none."""
        if column in self.blank:
            return np.full(len(self.entities), None, dtype=object)
        words = self.table[column].to_numpy()
        newest_words = words[self._newest_rows]
        silent = np.flatnonzero(pd.isna(newest_words))  # only these are looked up further back
        rows = self.rows[silent]
        word_places = newest_place((rows >= 0) & pd.notna(words[rows]))
        newest_words[silent] = words[rows[np.arange(len(rows)), word_places]]
        newest_words[silent[word_places < 0]] = None
        return np.asarray(newest_words, dtype=object)

    @cached_property
    def _newest_rows(self) -> Codes:
        last_places = newest_place(self.rows >= 0)
        return np.asarray(self.rows[np.arange(len(self.rows)), last_places], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Revisions:
    """Daily numbers of campaigns with every revision, detail rows set aside.

    Attributes:
        table: Rows in canonical shape, detail rows too.
        entities: `channel|account_id|campaign_id`, sorted; not all need have rows.
        places: The rows that are used, as they lie in the table.
        codes, days, pulled: Of each of these: its entity, its day and the morning it was known,
            both as days since 1970.
        order: The order in which they became known, as places in these arrays: of one campaign
            and day, the last that was known counts. None where each is there once.
    """

    table: pd.DataFrame
    entities: list[str]
    places: Codes
    codes: Codes
    days: Codes
    pulled: Codes
    order: Codes | None
    _mixed: bool = field(default=False, repr=False)

    @classmethod
    def of(cls, frame: pd.DataFrame, since: date | None = None) -> Revisions:
        """Lay out daily numbers (any order, any revision), those from a day on."""
        table = normalise(frame)
        codes, entities = coded(table)
        return cls._laid_out(table, codes, entities, since, mixed=has_mixed_names(table, codes))

    @classmethod
    def _laid_out(
        cls,
        table: pd.DataFrame,
        codes: Codes,
        entities: list[str],
        since: date | None = None,
        *,
        mixed: bool = False,
    ) -> Revisions:
        days, pulled = day_of(table["date"].to_numpy()), day_of(pulled_on(table))
        used = is_campaign(table)
        if since is not None:
            used &= days >= day_of(np.datetime64(since))
        places = np.flatnonzero(used)
        codes, days, pulled = codes[places], days[places], pulled[places]
        order = None if all_different(cells_of(codes, days)) else _by_pull(table, places, pulled)
        return cls(table, entities, places, codes, days, pulled, order, mixed)

    def joined(self, as_of: date) -> Revisions:
        """The same under the names known on a morning: who is who by name depends on it."""
        if not self._mixed:
            return self
        visible_rows = visible_on(self.table, as_of)
        return Revisions._laid_out(visible_rows, *coded(visible_rows))

    def visible(self, as_of: date) -> Bools:
        """Which rows were known on a morning."""
        morning = day_of(np.datetime64(as_of))
        return np.asarray((self.days < morning) & (self.pulled <= morning))

    def known(self, as_of: date, window: Window) -> KnownRows:
        """What was known on a morning (as `daily.known_on`) of the days of a window."""
        if self._mixed:
            return self.joined(as_of).known(as_of, window)
        days = self.days - day_of(np.datetime64(window.since))
        visible_mask = self.visible(as_of) & (days >= 0) & (days < window.days)
        rows = (
            np.flatnonzero(visible_mask)
            if self.order is None
            else self.order[visible_mask[self.order]]
        )
        grid = np.full((len(self.entities), window.days), -1, dtype=np.int64)
        grid[self.codes[rows], days[rows]] = self.places[rows]  # of several the last stays
        return KnownRows(self.table, tuple(self.entities), window, grid, self._blank).with_rows()

    @cached_property
    def _blank(self) -> frozenset[str]:
        return blank_columns(self.table)

    def restated(self) -> Bools:
        """Which of the entities have a day with several rows."""
        has_several = np.zeros(len(self.entities), dtype=bool)
        if self.order is not None:
            cells = cells_of(self.codes, self.days)
            has_several[self.codes[np.bincount(cells)[cells] > 1]] = True
        return has_several

    def at_once(self, since: date) -> frozenset[str]:
        """Entities whose days from then on were all filled in afterwards, by one import say."""
        recent = self.days >= day_of(np.datetime64(since))
        later = self.table["backfilled"].to_numpy(dtype=bool)[self.places]
        watched = np.zeros(len(self.entities), dtype=bool)
        watched[self.codes[recent & ~later]] = True
        return frozenset(np.array(self.entities, dtype=object)[~watched].tolist())


def blank_columns(table: pd.DataFrame) -> frozenset[str]:
    """The columns in which nothing is written."""
    return frozenset(name for name in (*TEXT, *VALUES) if _is_blank(table[name].to_numpy()))


def _is_blank(values: npt.NDArray[np.object_] | Floats) -> bool:
    return bool(pd.isna(values[:1]).all() and pd.isna(values).all())


def _by_pull(table: pd.DataFrame, places: Codes, pulled: Codes) -> Codes:
    """By level, pull day, pull time, revision, then place: the last counts."""
    rows = table.iloc[places]
    times = rows["pulled_at"].fillna(pd.Timestamp.min).to_numpy()
    revisions = rows["revision"].fillna(-1.0).to_numpy()
    level = codes_of(rows, ("level", "parent_id"))
    return np.lexsort((revisions, times, pulled, level)).astype(np.int64)


Words: TypeAlias = Mapping[str, npt.NDArray[np.object_]]
WORDS = tuple(name for name in TEXT if name not in {"level", "parent_id"})


def campaigns_of(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a campaign of known rows, by entity: the newest word of every text column or None."""
    return campaigns_known(KnownRows.of(frame, span_of(frame)))


def campaigns_known(snapshot: KnownRows) -> pd.DataFrame:
    """The same of what was known on a morning, in the order of its entities."""
    return table_of(snapshot.entities, words_known(snapshot))


def words_known(snapshot: KnownRows) -> Words:
    """The newest word of every text column, one a campaign, None where there is none."""
    newest_words = {name: snapshot.newest(name) for name in WORDS}
    unnamed = pd.isna(newest_words["campaign_name"])
    newest_words["campaign_name"] = np.where(
        unnamed, newest_words["campaign_id"], newest_words["campaign_name"]
    )
    return newest_words


def table_of(entities: Sequence[str], words: Words) -> pd.DataFrame:
    """Campaigns and their words as a table."""
    columns = {name: pd.Series(values, dtype=object) for name, values in words.items()}
    return pd.DataFrame({"entity": pd.Series(entities, dtype="str"), **columns})


def unique_ids(rows: pd.DataFrame) -> pd.Series:
    """Campaign ids that are unique among these rows.

    `channel:` stands before an id only on a clash, and the account too where that is not enough.
    """
    named = [rows[column].tolist() for column in ("channel", "account_id", "campaign_id")]
    return pd.Series(told_apart(*named), rows.index, rows["campaign_id"].dtype)


def told_apart(channels: Sequence[Any], accounts: Sequence[Any], ids: Sequence[Any]) -> list[Any]:
    """`unique_ids` of plain lists, a campaign each."""
    unique = list(ids)
    for parts in (zip(channels, ids, strict=True), zip(channels, accounts, ids, strict=True)):
        counts = Counter(unique)
        if len(counts) == len(unique):
            break
        unique = [
            ":".join(words) if counts[id_] > 1 else id_
            for id_, words in zip(unique, parts, strict=True)
        ]
    return unique
