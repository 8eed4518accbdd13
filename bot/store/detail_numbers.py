"""Which part of a campaign a detail row is about: ids stay, and a name alone joins its id."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.domain.details import Level
from bot.numbers.input.names import normal_name
from bot.store.sql import Session, chunks, marks

_COLUMNS = ("campaign", "level", "parent_id", "detail_id", "detail_name", "parent_name",
            "match_type")  # fmt: skip


class DetailKind(NamedTuple):
    """One part of a campaign as a source writes it."""

    campaign: int
    level: str
    parent_id: str
    detail_id: str
    detail_name: str
    parent_name: str | None
    match_type: str | None

    @property
    def key(self) -> tuple[int, str, str, str]:
        return self[:4]

    @property
    def by_name(self) -> tuple[int, str, str, str, str]:
        """What one without an id is joined by."""
        match_type = self.match_type if self.level == Level.KEYWORD else None
        parent = normal_name(self.parent_name or "")
        return self.campaign, self.level, parent, normal_name(self.detail_name), match_type or ""

    @property
    def only_named(self) -> bool:
        """Whether the source had a name only (`normal_details` then makes the id of it)."""
        return self.detail_id.partition("|")[0] == normal_name(self.detail_name).partition("|")[0]


def number_details(db: Session, rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The number of each row's part, adding the parts that are new; names are kept newest.

    An export may know a keyword by its text and the platform by its id. It is one keyword where
    its campaign, its ad group's name, its text and its match type are the same and nothing else
    is called so.
    """
    codes = rows.groupby(list(_COLUMNS), dropna=False, sort=False).ngroup().to_numpy()
    first_rows = np.unique(codes, return_index=True)[1]
    table = rows.iloc[first_rows][list(_COLUMNS)]
    kinds = [
        DetailKind(*row) for row in zip(*(table[name].tolist() for name in _COLUMNS), strict=True)
    ]
    stored = _Known(db, {kind.campaign for kind in kinds})
    numbers = [stored.number(kind) for kind in kinds]
    stored.write()
    return np.array(numbers, dtype=np.int64)[codes] if numbers else codes.astype(np.int64)


class _Known:
    """The parts stored for some campaigns, by key and by name."""

    def __init__(self, db: Session, campaigns: set[int]) -> None:
        self._db = db
        self._kinds: dict[int, DetailKind] = {}
        self._numbers: dict[tuple[int, str, str, str], int] = {}
        self._named: dict[tuple[int, str, str, str, str], set[int]] = defaultdict(set)
        self._new: dict[int, DetailKind] = {}
        self._changed: dict[int, DetailKind] = {}
        ((highest,),) = db.tuples("SELECT coalesce(max(no), 0) FROM details")
        self._last = int(highest)
        for part in chunks(sorted(campaigns)):
            select = f"SELECT no, {', '.join(_COLUMNS)} FROM details "
            for number, *fields in db.tuples(f"{select} WHERE campaign IN ({marks(part)})", part):
                self._remember(number, DetailKind(*fields))

    def _remember(self, number: int, kind: DetailKind) -> None:
        self._kinds[number] = kind
        self._numbers[kind.key] = number
        self._named[kind.by_name].add(number)

    def number(self, kind: DetailKind) -> int:
        number = self._numbers.get(kind.key)
        if number is None:
            number = self._joined(kind)
        if number is None:
            self._last += 1
            number = self._last
            self._new[number] = kind
            self._remember(number, kind)
        self._rename(number, kind)
        return number

    def _joined(self, kind: DetailKind) -> int | None:
        """The one part of exactly this name, where either is known by nothing else."""
        alike = self._named[kind.by_name]
        if len(alike) != 1:
            return None
        (number,) = alike
        return number if kind.only_named != self._kinds[number].only_named else None

    def _rename(self, number: int, kind: DetailKind) -> None:
        """Take an id where there was a name only, and the newest names."""
        before = self._kinds[number]
        after = kind._replace(
            parent_name=kind.parent_name or before.parent_name,
            match_type=kind.match_type or before.match_type,
        )
        if kind.only_named and not before.only_named:
            after = after._replace(parent_id=before.parent_id, detail_id=before.detail_id)
        if after != before:
            self._remember(number, after)
            changes = self._new if number in self._new else self._changed
            changes[number] = after

    def write(self) -> None:
        """Store the new ones under their numbers, and what changed: one import at a time."""
        rows = ((number, *kind) for number, kind in self._new.items())
        self._db.pour("details", ("no", *_COLUMNS), rows)
        settings = ", ".join(f"{name} = ?" for name in _COLUMNS)
        self._db.many(
            f"UPDATE details SET {settings} WHERE no = ?",
            [(*kind, number) for number, kind in self._changed.items()],
        )
