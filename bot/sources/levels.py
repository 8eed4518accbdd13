"""Rows of a campaign above the rows of its parts: told apart, so that nothing counts twice.

An export may hold a campaign's own row (its ad group is blank) and under it the rows of its ad
groups, or a total above the rows by device. Added up, both would count everything twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.sentences import Sentence
from bot.sources.cells import Flags, TextColumn
from bot.sources.plain import plain
from bot.sources.refusals import MixedLevels

Codes = npt.NDArray[np.int64]
COMPARED = ("spend", "impressions", "clicks", "conversions", "revenue", "leads")
_WHOLE = ("total", "totals", "all", "overall", "alle", "totalt", "gesamt")


@dataclass(frozen=True)
class SplitColumn:
    """A column that splits a day and campaign into several rows.

    Attributes:
        heading: What the file calls it.
        cells: Its cells.
        part: Whether it names a part of the campaign (ad group, ad, keyword), not a kind of
            traffic (device, country, hour): a blank part is the campaign itself.
    """

    heading: str
    cells: TextColumn
    part: bool

    def keep(self, rows: Flags) -> SplitColumn:
        """Only the rows marked."""
        return replace(self, cells=self.cells.keep(rows))

    @property
    def there(self) -> Flags:
        """Which rows are of one part; the others are of all of them together."""
        return self.cells.where(lambda cell: cell.strip(" -–—") and plain(cell) not in _WHOLE)


@dataclass(frozen=True)
class Levels:
    """Which rows count, and what is to be said of the others."""

    counts: Flags
    notes: tuple[str, ...] = ()


def told_apart(
    frame: pd.DataFrame, key: Codes, lines: npt.NDArray[np.int64], splits: Mapping[str, SplitColumn]
) -> Levels:
    """Where a campaign's own row stands above rows of its parts, only its own counts.

    Args:
        frame: Canonical rows.
        key: A number for each day and campaign.
        lines: The line of each row.
        splits: What splits a day and campaign.

    Raises:
        MixedLevels: Rows of which nothing says whether one is the sum of the others.
    """
    columns = list(splits.values())
    if not columns:
        return Levels(np.ones(len(frame), dtype=bool))
    in_part = np.array([split.there for split in columns], dtype=bool)
    pattern = np.dot(1 << np.arange(len(columns), dtype=np.int64), in_part)
    kinds = pd.DataFrame({"key": key, "pattern": pattern}).drop_duplicates()
    mixed = kinds["key"][kinds["key"].duplicated()].unique()
    if not len(mixed):
        return Levels(np.ones(len(frame), dtype=bool))
    return _Mixed(frame, key, lines, columns, pattern).decided(mixed)


@dataclass
class _Mixed:
    """Days and campaigns whose rows fill different columns."""

    frame: pd.DataFrame
    key: Codes
    lines: npt.NDArray[np.int64]
    columns: Sequence[SplitColumn]
    pattern: Codes

    def __post_init__(self) -> None:
        self._values = self.frame[list(COMPARED)].to_numpy(dtype=np.float64)

    def decided(self, mixed: npt.NDArray[np.int64]) -> Levels:
        counts = np.ones(len(self.frame), dtype=bool)
        among = np.flatnonzero(np.isin(self.key, mixed))
        decided_names = set[str]()
        for group in pd.Series(among).groupby(self.key[among], sort=False).indices.values():
            places = among[group]
            dropped, over = self._one(places)
            counts[dropped] = False
            decided_names |= over
        aside = int((~counts).sum())
        if not aside:
            return Levels(counts)
        by = ", ".join(sorted(decided_names))
        rows = (
            Sentence("1 row of their parts is")
            if aside == 1
            else Sentence("%(aside)s rows of their parts are", aside=f"{aside:,}")
        )
        note = Sentence(
            "Campaigns' own rows stand above rows by %(by)s: their own count, %(rows)s left aside.",
            by=by,
            rows=rows,
        )
        return Levels(counts, (note,))

    def _one(self, places: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], set[str]]:
        """The rows of one day and campaign that are parts of its others, and by what."""
        patterns = np.unique(self.pattern[places])
        top_pattern = min(
            patterns.tolist(), key=lambda pattern: (int(pattern).bit_count(), pattern)
        )
        extra_bits = int(np.bitwise_or.reduce(patterns)) & ~int(top_pattern)
        by = [split for place, split in enumerate(self.columns) if extra_bits >> place & 1]
        top = places[self.pattern[places] == top_pattern]
        nested = all(int(pattern) & int(top_pattern) == top_pattern for pattern in patterns)
        parts = [
            places[self.pattern[places] == pattern]
            for pattern in patterns
            if pattern != top_pattern
        ]
        relations = {self._relation(top, part) for part in parts}
        if nested and relations == {"equal"}:
            return np.concatenate(parts), {split.heading for split in by}
        if any(split.part for split in by):
            if nested and relations <= {"equal", "more"}:
                return np.concatenate(parts), {split.heading for split in by}
            raise self._unclear(places, by)
        if relations & {"more", "equal"}:
            raise self._unclear(places, by)
        return places[:0], set()

    def _relation(self, top: npt.NDArray[np.int64], part: npt.NDArray[np.int64]) -> str:
        """Whether one level's sums are `equal` to the other's, all `more` or equal, or `less`."""
        above, below = self._sums(top), self._sums(part)
        shared = [name for name in above if name in below]
        near = [abs(above[name] - below[name]) <= 0.01 * len(part) + 1e-6 * abs(above[name])
                for name in shared]  # fmt: skip
        if shared and all(near):
            return "equal"
        at_least = [
            close or above[name] > below[name] for name, close in zip(shared, near, strict=True)
        ]
        return "more" if shared and all(at_least) else "less"

    def _sums(self, rows: npt.NDArray[np.int64]) -> dict[str, float]:
        sums = self._values[rows].sum(axis=0).tolist()  # NaN where any is missing
        return {name: total for name, total in zip(COMPARED, sums, strict=True) if total == total}  # noqa: PLR0124 (NaN)

    def _unclear(self, places: npt.NDArray[np.int64], by: Sequence[SplitColumn]) -> MixedLevels:
        row = self.frame.iloc[int(places[0])]
        headings = ", ".join(split.heading for split in by)
        return MixedLevels(
            Sentence(
                "Some rows of %(row)s on %(row_2)s have %(headings)s and others have none: nothing "
                "says whether those are the sum of these.",
                row=row["campaign_name"] or row["campaign_id"],
                row_2=f"{row['date']:%Y-%m-%d}",
                headings=headings,
            ),
            hint=Sentence(
                "Export again without %(headings)s, or with it on every row.", headings=headings
            ),
            line=int(self.lines[int(places[0])]),
        )
