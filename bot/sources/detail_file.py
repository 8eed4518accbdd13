"""Detail rows of a file: what its rows are split by, as parts of their campaigns.

A report of keywords, of ads or by age tells more than its campaigns' sums. Each level of it is
added up for itself, by the same care as the campaigns are, and kept beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.domain.details import AUDIENCES, SCORES, Level
from bot.numbers.input.detail_rows import INCOMING, is_level, normal_details
from bot.sentences import Sentence
from bot.sources import figures
from bot.sources.adding import CAMPAIGN, one_a_day
from bot.sources.cells import Flags, Texts, otherwise
from bot.sources.headings import SEGMENT, data, level_named
from bot.sources.levels import SplitColumn
from bot.sources.plain import plain
from bot.sources.refusals import BadValue, MixedLevels, RepeatedRow, shown
from bot.sources.table import TextTable

INCOMPLETE = (Level.KEYWORD, Level.SEARCH_TERM, Level.LANDING_PAGE)
"""Levels that do not add up to their campaign: what no keyword brought or is rare has no row."""
_NAMES = {Level.AD_SET: ("ad_set", "ad_set_id"), Level.AD: ("ad", "ad_id"),
          Level.KEYWORD: ("keyword", "keyword_id")}  # fmt: skip
_TITLES = {
    Level.AD_SET: Sentence("ad sets"), Level.AD: Sentence("ads"),
    Level.KEYWORD: Sentence("keywords"), Level.SEARCH_TERM: Sentence("search terms"),
    Level.LANDING_PAGE: Sentence("landing pages"), Level.AGE: Sentence("age"),
    Level.GENDER: Sentence("gender"), Level.REGION: Sentence("region"),
    Level.DEVICE: Sentence("device"), Level.PLACEMENT: Sentence("placement"),
}  # fmt: skip
_QUOTED = {"[": "exact", '"': "phrase", "+": "broad"}


@dataclass(frozen=True)
class DetailsOfFile:
    """The detail rows of a file.

    Attributes:
        frame: `bot.numbers.input.detail_rows.INCOMING`, one row a day and part.
        partial: Which rows of the file are parts that do not add up to their campaigns.
        notes: What is to be said of them.
        complete: Whether rows that say their level are among them already.
    """

    frame: pd.DataFrame
    partial: Flags
    notes: tuple[str, ...] = ()
    complete: bool = False


OWN_SHAPE = frozenset({"detail_id", "detail", "parent"})
"""What headings name in the shape details are kept in."""


def details_of(
    frame: pd.DataFrame,
    table: TextTable,
    splits: Mapping[str, SplitColumn],
    marked_none: Mapping[str, Flags],
    decimal: str,
) -> DetailsOfFile | None:
    """The parts a file's rows are split by; None where they are split by nothing known.

    Args:
        frame: Canonical rows, one for each row of the file.
        table: Those rows as text.
        splits: What splits a day and campaign.
        marked_none: As `bot.sources.adding.one_a_day`.
        decimal: The file's decimal sign.
    """
    columns = _Columns.of(table, splits)
    if columns.has_own_shape(frame):
        return _own_shape(frame, columns, decimal)
    levels = [level for level in Level if columns.has(level) and columns.rows(level).any()]
    if not levels:
        return None
    scored = frame.assign(**{name: columns.grade(name, decimal) for name in SCORES})
    notes: list[str] = []
    pieces = [_level(scored, columns, level, marked_none, notes) for level in levels]
    pieces = [piece for piece in pieces if piece is not None]
    rows = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=list(INCOMING))
    return DetailsOfFile(normal_details(rows), columns.partial(), tuple(notes))


def of_levels(frame: pd.DataFrame) -> tuple[pd.DataFrame, DetailsOfFile | None]:
    """Campaigns' own rows, and as details those a file says the level of; None where it does not.

    Such a row has its own id under campaign_id and what it is in under parent_id; an ad's ad set
    leads to the campaign where it has a row of its own.
    """
    if frame["level"].isna().all():
        return frame, None
    frame = frame.assign(level=frame["level"].map(level_named).astype(object))
    below = frame["level"].map(is_level).to_numpy(dtype=bool)
    if not below.any():
        return frame, None
    rows = frame[below]
    in_sets = rows[rows["level"] == Level.AD_SET].drop_duplicates("campaign_id")
    campaign_of = in_sets.set_index("campaign_id")["parent_id"]
    details = rows.assign(
        detail_id=rows["campaign_id"],
        detail_name=rows["campaign_name"],
        campaign_id=rows["parent_id"].map(campaign_of).fillna(rows["parent_id"]),
        campaign_name=None,
    )
    placed = details[details["campaign_id"].notna()].reset_index(drop=True)
    count = len(details) - len(placed)
    rows_are = (
        Sentence("1 row says its level and not")
        if count == 1
        else Sentence("%(count)s rows say a level, not", count=f"{count:,}")
    )
    notes = (
        (Sentence("%(rows_are)s what it is in (parent_id): left aside.", rows_are=rows_are),)
        if count
        else ()
    )
    own_rows = frame[~below].reset_index(drop=True)
    return own_rows, DetailsOfFile(normal_details(placed), below, notes)


def _own_shape(frame: pd.DataFrame, columns: _Columns, decimal: str) -> DetailsOfFile:
    """Rows in the shape details are kept in: a level, a name, a parent of their own."""
    levels = frame["level"].map(level_named)
    below = levels.map(is_level).to_numpy(dtype=bool)
    part = {
        "level": levels.to_numpy(),
        "parent_name": columns.texts("parent"),
        "detail_id": columns.texts("detail_id"),
        "detail_name": columns.texts("detail"),
        "match_type": columns.matches("detail"),
        **{name: columns.grade(name, decimal) for name in SCORES},
    }
    rows = frame.assign(**part)[below].reset_index(drop=True)
    return DetailsOfFile(normal_details(rows), below, complete=True)


def _level(
    frame: pd.DataFrame,
    columns: _Columns,
    level: Level,
    marked_none: Mapping[str, Flags],
    notes: list[str],
) -> pd.DataFrame | None:
    """One level's rows, one a day and part; None where the file does not tell them apart."""
    of_level = columns.rows(level)
    part = {name: texts[of_level] for name, texts in columns.part(level).items()}
    if level not in INCOMPLETE:
        frame = _counted_beside(frame, marked_none)
    rows = frame[of_level].reset_index(drop=True).assign(**part)
    keyed = rows.assign(level=_joined(part["detail_id"], part["detail_name"], part["match_type"]),
                        parent_id=_joined(part["parent_id"], part["parent_name"]))  # fmt: skip
    other_splits = {name: split.keep(of_level) for name, split in columns.others(level).items()}
    marked = {name: flags[of_level] for name, flags in marked_none.items()}
    try:
        added = one_a_day(keyed, columns.table.keep(of_level), other_splits, None, marked).frame
    except (MixedLevels, RepeatedRow) as refused:
        notes.append(
            Sentence(
                "No details by %(level)s: %(message)s",
                level=_TITLES[level],
                message=refused.sentences[0],
            )
        )
        return None
    parents = added["parent_id"].map(lambda text: text.partition("\x1f")[0] or None)
    return added.assign(level=level.value, parent_id=parents).reindex(columns=list(INCOMING))


def _counted_beside(frame: pd.DataFrame, marked_none: Mapping[str, Flags]) -> pd.DataFrame:
    """0 where the platform marks a part's none, and counts something in another of that day."""
    day = [frame[name] for name in CAMPAIGN]
    filled = {}
    for name in marked_none.keys() & set(frame.columns):
        counted = frame[name].notna().groupby(day, dropna=False).transform("any")
        filled[name] = frame[name].mask(marked_none[name] & frame[name].isna() & counted, 0.0)
    return frame.assign(**filled)


def _joined(*texts: Texts) -> Texts:
    """One text a row that tells apart what any of these does."""
    joined = otherwise(texts[0], "")
    for column in texts[1:]:
        joined = joined + "\x1f" + otherwise(column, "")
    return joined


@dataclass(frozen=True)
class _Columns:
    """The columns of a file that name parts of campaigns, by what each names."""

    table: TextTable
    splits: Mapping[str, SplitColumn]
    roles: Mapping[str, str]  # what it names -> the name of its split

    @classmethod
    def of(cls, table: TextTable, splits: Mapping[str, SplitColumn]) -> _Columns:
        ranked: dict[str, tuple[int, str]] = {}
        for name, split in splits.items():
            role, place = table.layout.level_named(split.heading)
            if role and (role not in ranked or place < ranked[role][0]):
                ranked[role] = (place, name)
        return cls(table, splits, {role: name for role, (_, name) in ranked.items()})

    def has_own_shape(self, frame: pd.DataFrame) -> bool:
        """Whether rows say their level, and what they are."""
        names_parts = not {"detail", "detail_id"}.isdisjoint(self.roles)
        return names_parts and bool(frame["level"].notna().any())

    def has(self, level: Level) -> bool:
        return any(role in self.roles for role in _roles(level))

    def named(self, level: Level) -> Flags:
        """Which rows are of one part of this level."""
        of_part = np.zeros(len(self.table), dtype=bool)
        for role in _roles(level):
            if role in self.roles:
                of_part |= self.splits[self.roles[role]].there
        return of_part

    def rows(self, level: Level) -> Flags:
        """Which rows add up to parts of this level."""
        finer: tuple[Level, ...] = (Level.SEARCH_TERM, Level.KEYWORD)
        if level in finer:
            finer = finer[: finer.index(level)]
        rows = self.named(level)
        for finer_level in finer:
            rows &= ~self.named(finer_level)
        return rows if level in INCOMPLETE else rows & ~self.partial()

    def partial(self) -> Flags:
        """Which rows are of a level that does not add up to its campaign.

        A landing page beside its ad is one of the ad's facts, and ads do add up. What the owner
        says is a segment is added up.
        """
        pages = self._unsummed(Level.LANDING_PAGE) & ~self.named(Level.AD)
        return pages | self._unsummed(Level.KEYWORD) | self._unsummed(Level.SEARCH_TERM)

    def _unsummed(self, level: Level) -> Flags:
        """Rows of one part of a level, unless its owner wants them added up."""
        layout = self.table.layout
        of_level = [self.splits[self.roles[role]] for role in _roles(level) if role in self.roles]
        if any(layout.user_columns.get(plain(split.heading)) == SEGMENT for split in of_level):
            return np.zeros(len(self.table), dtype=bool)
        return self.named(level)

    def part(self, level: Level) -> dict[str, Texts]:
        """What each row's part is called and is in."""
        name, number = _NAMES.get(level, (level.value, ""))
        nothing = np.full(len(self.table), None, dtype=object)
        out = dict.fromkeys(("parent_id", "parent_name", "match_type"), nothing)
        if level not in {Level.AD_SET, Level.LANDING_PAGE, *AUDIENCES}:
            out |= {"parent_id": self.texts("ad_set_id"), "parent_name": self.texts("ad_set")}
        if level in {Level.KEYWORD, Level.SEARCH_TERM}:
            out["match_type"] = self.matches(name)
        return out | {"detail_id": self.texts(number), "detail_name": self._called(name)}

    def others(self, level: Level) -> dict[str, SplitColumn]:
        """What splits the rows of one part."""
        used = {self.roles.get(role) for role in (*_roles(level), *_around(level))}
        return {name: split for name, split in self.splits.items() if name not in used}

    def grade(self, name: str, decimal: str) -> npt.NDArray[np.float64]:
        """A quality score, or a part of one: 1 below average, 2 average, 3 above."""
        if not self.table.has(name):
            return np.full(len(self.table), np.nan)
        cells = self.table.cells[name].changed(lambda cell: cell.strip().removesuffix("/10"))
        if name != "quality_score":
            worded = cells.translated(_grade)
            return np.array([np.nan if word is None else float(word) for word in worded])
        try:
            scores = figures.parse(figures.column(cells), decimal)
        except figures.NoNumberError as error:
            raise self._no_score(name, error.cell.text) from error
        wrong = (scores < 1) | (scores > 10)
        if wrong.any():
            raise self._no_score(name, cells[int(np.flatnonzero(wrong)[0])])
        return scores

    def _no_score(self, name: str, cell: str) -> BadValue:
        return BadValue(
            Sentence(
                "%(cell)s is no quality score (column %(heading)s).",
                cell=shown(cell),
                heading=self.table.layout.heading(name),
            ),
            hint="It is from 1 to 10, or empty.",
            line=self.table.line(self.table.cells[name].where(lambda word: cell in word)),
        )

    def _called(self, name: str) -> Texts:
        texts = self.texts(name)
        if name == "keyword":
            return np.array([text and text.strip('[]"') for text in texts], dtype=object)
        if name == "placement" and "publisher" in self.roles:
            publisher = self.texts("publisher")
            pairs = zip(publisher, texts, strict=True)
            joined = [" ".join(filter(None, pair)) or None for pair in pairs]
            return np.array(joined, dtype=object)
        return texts

    def matches(self, name: str) -> Texts:
        """The match type by its column, else by the signs around a keyword."""
        role = self.roles.get("match_type")
        if role is not None:
            return self.splits[role].cells.translated(_match)
        signs = self.texts(name)
        return np.array([_QUOTED.get(str(text)[:1]) for text in signs], dtype=object)

    def texts(self, role: str) -> Texts:
        """The cells of what a role names, None where there are none."""
        name = self.roles.get(role)
        if name is None:
            return np.full(len(self.table), None, dtype=object)
        split = self.splits[name]
        return split.cells.stripped().texts(~split.there)


def _roles(level: Level) -> tuple[str, ...]:
    if level == Level.PLACEMENT:
        return ("placement", "publisher")
    return _NAMES.get(level, (level.value,))


def _around(level: Level) -> tuple[str, ...]:
    """What else tells the parts of a level apart: the ad set they are in, how they match."""
    if level in {Level.AD_SET, Level.LANDING_PAGE, *AUDIENCES}:
        return ()
    match_type = ("match_type",) if level in {Level.KEYWORD, Level.SEARCH_TERM} else ()
    return ("ad_set", "ad_set_id", *match_type)


@lru_cache(maxsize=4096)
def _grade(cell: str) -> str | None:
    """In words as Google's, or as Microsoft's numbers: 1 to 3 as well."""
    return cell if cell in {"1", "2", "3"} else _worded(cell, "grade_words")


@lru_cache(maxsize=4096)
def _match(cell: str) -> str | None:
    return _worded(cell, "match_words")


def _worded(cell: str, words: str) -> str | None:
    """What a cell begins with; of several the longest."""
    text = plain(cell)
    fitting: Iterator[tuple[int, str]] = (
        (len(plain(str(word))), str(meaning))
        for meaning, beginnings in data("headings.yml")[words].items()
        for word in beginnings
        if text.startswith(plain(str(word)))
    )
    best = max(fitting, default=None)
    return best and best[1]
