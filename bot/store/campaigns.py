"""Which campaign a row is about: ids stay, names change, a name alone joins its id.

And which part of a campaign a detail row is about, likewise.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.domain.details import Level
from bot.numbers.input.names import account_key, normal_name
from bot.store import search
from bot.store.incoming_rows import CAMPAIGN
from bot.store.sql import Session, among, chunks, marks

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never


class Key(NamedTuple):
    channel: str
    account_id: str
    campaign_id: str
    level: str
    parent_id: str


class Kind(NamedTuple):
    """One campaign as a file writes it."""

    key: Key
    name: str

    @property
    def nameless_id(self) -> bool:
        """Whether the file had a name only (normalise then makes the id of it)."""
        return self.key.campaign_id == normal_name(self.name)

    @property
    def exactly(self) -> Key:
        """The account and the exact name: what one without an id is joined by."""
        return self.key._replace(campaign_id=self.name)


def number_campaigns(db: Session, rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The campaign number of each row, adding the campaigns that are new.

    A campaign known by name only takes the id a file brings later under exactly that name, and a
    row without an id joins the one campaign that has the name; where several have, it stays apart.
    """
    columns = [*CAMPAIGN, "campaign_name"]
    codes = rows.groupby(columns, dropna=False, sort=False).ngroup().to_numpy()
    first_rows = np.unique(codes, return_index=True)[1]
    kinds = [Kind(Key(*row[:-1]), row[-1] or "") for row in _tuples(rows.iloc[first_rows], columns)]
    stored = _KnownCampaigns(db, {kind.key.channel for kind in kinds})
    numbers = np.zeros(len(kinds), dtype=np.int64)
    new_ids = stored.only_new_ids(kinds)
    for place, kind in sorted(enumerate(kinds), key=lambda pair: pair[1].nameless_id):
        numbers[place] = stored.number(kind, may_join=new_ids.get(kind.exactly) == kind.key)
    stored.write()
    return numbers[codes]


class _KnownCampaigns:
    """The campaigns stored for some channels, by key and by exact name."""

    def __init__(self, db: Session, channels: set[str]) -> None:
        self._db = db
        self._numbers: dict[Key, int] = {}
        self._named: dict[Key, set[int]] = defaultdict(set)
        self._name_only: dict[Key, int] = {}
        self._new: dict[int, Key] = {}
        ((highest,),) = db.tuples("SELECT coalesce(max(no), 0) FROM campaigns")
        self._last = int(highest)
        for channel in sorted(channels):
            self._read(channel)

    def _read(self, channel: str) -> None:
        rows = self._db.tuples(
            "SELECT c.no, c.channel, c.account_id, c.campaign_id, c.level, c.parent_id, n.name "
            "FROM campaigns c LEFT JOIN campaign_names n ON n.campaign = c.no WHERE c.channel = ?",
            [channel],
        )
        for number, *parts, name in rows:
            key = Key(*parts)  # before an account had one form, it was kept as it was written
            key = key._replace(account_id=account_key(key.account_id))
            self._remember(Kind(key, name or ""), number)

    def _remember(self, kind: Kind, number: int) -> None:
        self._numbers[kind.key] = number
        if kind.nameless_id:
            self._name_only[kind.exactly] = number
        else:
            self._named[kind.exactly].add(number)

    def only_new_ids(self, kinds: list[Kind]) -> dict[Key, Key | None]:
        """For each exact name, the one id not yet known that is called so; None where several."""
        new_ids: dict[Key, Key | None] = {}
        for kind in kinds:
            if not kind.nameless_id and kind.key not in self._numbers:
                new_ids[kind.exactly] = None if kind.exactly in new_ids else kind.key
        return new_ids

    def number(self, kind: Kind, *, may_join: bool) -> int:
        number = self._numbers.get(kind.key)
        if number is None and kind.nameless_id and len(self._named[kind.exactly]) == 1:
            (number,) = self._named[kind.exactly]
        if number is None and may_join:
            number = self._give_id(kind)
        if number is None:
            number = self._add(kind)
        self._remember(kind, number)
        return number

    def _give_id(self, kind: Kind) -> int | None:
        """Let the campaign that was known by this name only take the id; None if there is none."""
        number = self._name_only.pop(kind.exactly, None)
        if number is not None and not self._named[kind.exactly]:
            self._rename(number, kind.key)
            return number
        return None

    def _add(self, kind: Kind) -> int:
        self._last += 1
        self._new[self._last] = kind.key
        return self._last

    def write(self) -> None:
        """Store the new ones, under the numbers they were given: one import at a time does this."""
        rows = ((number, *key) for number, key in self._new.items())
        self._db.pour("campaigns", ("no", *Key._fields), rows)

    def _rename(self, number: int, key: Key) -> None:
        if number in self._new:  # known by its name only a few rows ago
            self._new[number] = key
            return
        self._db.run("UPDATE campaigns SET campaign_id = ? WHERE no = ?", [key.campaign_id, number])
        search.index_campaigns(self._db, search.names_of(self._db, [number]))


def record_names(db: Session, rows: pd.DataFrame) -> None:
    """Remember how campaigns are called, since when that is known, and until which day.

    Rows have `campaign`, `campaign_name`, `date` and `known_on`.
    """
    ((last_seen,),) = db.tuples("SELECT coalesce(max(seen), 0) FROM campaign_names")
    named = rows.groupby(["campaign", "campaign_name"], sort=False)
    spans = named.agg(known=("known_on", "min"), last=("date", "max")).reset_index()
    for column in ("known", "last"):
        spans[column] = spans[column].dt.strftime("%Y-%m-%d")
    names = list(_tuples(spans, ["campaign", "campaign_name", "known", "last"]))
    earlier = search.names_of(db, sorted({number for number, *_ in names}))
    db.many(
        _SEEN_AGAIN,
        [
            {"campaign": number, "name": name, "known": since, "last": until, "seen": last_seen + 1}
            for number, name, since, until in names
            if (number, name) in earlier
        ],
    )
    additions = [(*name, last_seen + 1) for name in names if name[:2] not in earlier]
    db.pour("campaign_names", ("campaign", "name", "known_on", "last_on", "seen"), additions)
    search.index_campaigns(db, {(number, name) for number, name, *_ in additions})


_SEEN_AGAIN = """
    UPDATE campaign_names SET seen = :seen,
    known_on = CASE WHEN :known < known_on THEN :known ELSE known_on END,
    last_on = CASE WHEN :last > last_on THEN :last ELSE last_on END
    WHERE campaign = :campaign AND name = :name"""


def record_accounts(db: Session, rows: pd.DataFrame) -> None:
    """Keep the newest name and time zone of each campaign's account, where a row gives one."""
    for column in ("account_name", "time_zone"):
        filled = rows[rows[column].notna()].sort_values("date", kind="stable")
        newest = filled.drop_duplicates("campaign", keep="last")
        db.many(
            f"UPDATE campaigns SET {column} = ? "
            f"WHERE no = ? AND ({column} IS NULL OR {column} <> ?)",
            _tuples(newest, [column, "campaign", column]),
        )


def mark_campaigns(db: Session, numbers: Collection[int] | None = None) -> None:
    """Note that days of some campaigns, by number, came, changed or went; None: of all."""
    values = {"mark": secrets.token_hex(8), "own": ",".join(map(str, numbers or ()))}
    which = "" if numbers is None else f" WHERE {among(db.dialect, 'no', 'own')}"
    db.run(f"UPDATE campaigns SET mark = :mark{which}", values)


def mark_accounts(db: Session, accounts: Iterable[tuple[str, str]]) -> None:
    """The same of all campaigns of some accounts: channel and account id."""
    mark = secrets.token_hex(8)
    db.many(
        "UPDATE campaigns SET mark = ? WHERE channel = ? AND account_id = ?",
        [(mark, *account) for account in sorted(accounts)],
    )


def read_campaigns(
    db: Session, as_of: date | None, numbers: Collection[int] | None = None
) -> pd.DataFrame:
    """Every campaign by its number, called as it was newest, of the names known on `as_of`.

    With its `mark`: another one whenever its days, or its parts', changed. Those of some `numbers`
    alone where they are given.
    """
    values = {"day": as_of.isoformat() if as_of else "9999-12-31"}
    of_names, of_campaigns = "", ""
    if numbers is not None:
        values["own"] = ",".join(map(str, numbers))
        of_names = f" AND {among(db.dialect, 'campaign', 'own')}"
        of_campaigns = f" WHERE {among(db.dialect, 'no', 'own')}"
    rows = db.tuples(
        "SELECT campaign, name, CASE WHEN last_on < :day THEN last_on ELSE :day END, known_on, "
        f"seen FROM campaign_names WHERE known_on <= :day{of_names}",
        values,
    )
    names = pd.DataFrame(rows, columns=["no", "campaign_name", "last_on", "known_on", "seen"])
    newest = names.sort_values(["no", "last_on", "known_on", "seen"]).drop_duplicates(
        "no", keep="last"
    )
    columns = ["no", *CAMPAIGN, "account_name", "time_zone", "mark"]
    rows = db.tuples(f"SELECT {', '.join(columns)} FROM campaigns{of_campaigns}", values)
    table = pd.DataFrame(rows, columns=columns).astype(object)
    table["no"] = table["no"].astype("int64")
    table["account_id"] = table["account_id"].map(account_key)
    campaigns = table.merge(newest[["no", "campaign_name"]], on="no", how="left").set_index("no")
    return campaigns.astype(object).where(campaigns.notna(), None)


def _tuples(frame: pd.DataFrame, columns: list[str]) -> list[tuple[Any, ...]]:
    return list(zip(*(frame[column].tolist() for column in columns), strict=True))


# ruff: noqa: S608  # only names of our own columns are written into SQL, values never


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
    stored = _KnownParts(db, {kind.campaign for kind in kinds})
    numbers = [stored.number(kind) for kind in kinds]
    stored.write()
    return np.array(numbers, dtype=np.int64)[codes] if numbers else codes.astype(np.int64)


class _KnownParts:
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
