"""Long files of text read part by part, so that memory stays flat however long they are.

Much of what a file means is decided by all of it: its decimal sign, totals, repeated rows, a number
that is the same everywhere. A file is read by parts only where that provably says the same as
reading it whole: each part reads without a doubt of its own, and nothing that only the whole could
tell is left open at the end. Anything else is `NeedsWhole`: what was stored of it is taken back,
and the careful reader reads, or refuses, the file as a whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.errors import RefusedFile
from bot.sources.adding import numbered
from bot.sources.canonical import MICROS, NUMBERS, Canonical, read_rows
from bot.sources.cells import is_missing
from bot.sources.contradictions import IDS, odd_ids, same_everywhere, spans_of_days
from bot.sources.dating import steps
from bot.sources.exports import NOTHING, laid_out
from bot.sources.given import ReadSettings
from bot.sources.identity import reads_as_it_stands
from bot.sources.layout import FIRST, LAST, Layout
from bot.sources.limits import STANDARD, Limits
from bot.sources.meaning import left_out
from bot.sources.moved_rows import may_have_moved
from bot.sources.packed import Opened
from bot.sources.rows import Batch, TextRows
from bot.sources.table import Progress, TextTable, shown_to, table_of
from bot.sources.totals import is_total

LONG = 8 << 20
"""Bytes from which a file is read by parts."""
PART = 100_000
"""Rows of a part: what is held in memory at a time."""
READ_ROW_BY_ROW = frozenset(NUMBERS) - {"results"} | frozenset(MICROS) | {
    "date", "channel", "account_id", "account_name", "campaign_id", "campaign_name", "stage",
    "pricing_model", "billed_by", "bid_strategy", "measured_by", "currency", "time_zone",
    "objective", "optimization_goal", "channel_type", "goal", "budget_type", FIRST, LAST,
}  # fmt: skip
"""Columns whose meaning in a row hangs on that row alone, or on what is checked here."""
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_IN_CAMPAIGN = ("campaign_name", "currency", "account_name", "time_zone")
_CAMPAIGN = ("channel", "account_id", "campaign_id")
_DAYS = 1 << 17  # more than there are days in a calendar of nanoseconds


class NeedsWhole(Exception):
    """A file that has to be read as a whole."""


@dataclass
class Agreement:
    """What the parts of a file say of the whole, so far.

    Attributes:
        said: Notes and warnings, the same of every part.
        days: The days there are.
        campaigns: By channel, account and id what a campaign is called and its account is.
    """

    said: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    days: set[np.datetime64] = field(default_factory=set)
    campaigns: dict[tuple[str, ...], tuple[str | None, ...]] = field(default_factory=dict)
    _places: dict[tuple[str, ...], int] = field(default_factory=dict)
    _accounts: dict[tuple[str, ...], tuple[str | None, ...]] = field(default_factory=dict)
    _names: dict[tuple[str | None, ...], str] = field(default_factory=dict)
    _cells: list[npt.NDArray[np.int64]] = field(default_factory=list)
    _ids: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in IDS})
    _spans: list[pd.DataFrame] = field(default_factory=list)
    _ends: list[tuple[int, int]] = field(default_factory=list)
    _is_point: bool = False
    _separated: bool = False

    def take(self, table: TextTable, daily: Canonical) -> None:
        """One more part.

        Raises:
            NeedsWhole: It leaves something to the rest of the file.
        """
        said = daily.notes, daily.warnings
        self.said = said if self.said is None else self.said
        _require(said == self.said and daily.details is None and daily.decimal == ".")
        _require(len(daily.frame) == len(table))  # no total, nothing added up
        _require(not any(flags.any() for flags in left_out(table).values()))
        _require(all(map(_ISO.fullmatch, table.cells["date"].words)))
        self._look_at_names(table)
        self._look_at_numbers(table)
        self._look_at_ends(table)
        self._keep(daily.frame)

    def finish(self, *, decimal_given: bool) -> None:
        """The file has no more parts.

        Raises:
            NeedsWhole: All of them together say what none says by itself.
        """
        _require(self.said is not None)
        _require(self._is_point or not self._separated or decimal_given)
        _require(not steps(np.array(sorted(self.days), dtype="datetime64[ns]")))
        cells = np.concatenate(self._cells)
        _require(len(np.unique(cells)) == len(cells))  # no day and campaign comes twice
        for counted in self._ids.values():
            counts = np.array(list(counted.values()), dtype=np.int64)
            _require(not odd_ids(tuple(counted), counts).any())
        _require(not same_everywhere(self._all_spans()))
        self._finish_ends()

    def _look_at_names(self, table: TextTable) -> None:
        """Every row has an id or none has, ids read as they stand, and nobody is called a total."""
        if table.has("campaign_name"):
            _require(not any(map(is_total, table.cells["campaign_name"].words)))
        if table.has("campaign_id"):
            _require(not table.cells["campaign_id"].blank().any())
        for name, counted in self._ids.items():
            if table.has(name):
                cells = table.cells[name]
                words = cells.words
                _require(all(map(reads_as_it_stands, words)))
                counts = np.bincount(cells.codes, minlength=len(words)).tolist()
                counted.update(dict(zip(words, counts, strict=True)))

    def _look_at_numbers(self, table: TextTable) -> None:
        """Whether some number shows that the point is the decimal sign."""
        for name in (*NUMBERS, *MICROS):
            if table.has(name) and not self._is_point:
                words = [word for word in table.cells[name].words if not is_missing(word)]
                self._separated |= any("." in word or "," in word for word in words)
                self._is_point = any(map(_shows_point, words))

    def _look_at_ends(self, table: TextTable) -> None:
        _require(not may_have_moved(table))
        filled = int(table.cells[LAST].filled().sum())
        self._ends.append((filled, len(table) - filled))

    def _finish_ends(self) -> None:
        """Rows blank at their end are held against the others, which another part may hold."""
        filled, blank = (sum(counts) for counts in zip(*self._ends, strict=True))
        pure_blank = any(not part[0] for part in self._ends)
        pure_filled = any(not part[1] for part in self._ends)
        _require(not (filled and pure_blank and filled * 2 >= blank))
        _require(not (blank and pure_filled and blank >= 4 * filled))

    def _keep(self, frame: pd.DataFrame) -> None:
        kinds = frame[[*_CAMPAIGN, *_IN_CAMPAIGN]]
        codes = numbered(kinds)
        first_rows = np.unique(codes, return_index=True)[1]
        rows = kinds.iloc[first_rows].itertuples(index=False, name=None)
        places = np.array([self._place(row[:3], row[3:]) for row in rows], dtype=np.int64)
        days = frame["date"].to_numpy().astype("datetime64[D]")
        self._cells.append(places[codes] * _DAYS + days.astype(np.int64))
        self.days.update(np.unique(days))
        self._spans = [self._all_spans(spans_of_days(frame))]

    def _place(self, key: tuple[str, ...], facts: tuple[str | None, ...]) -> int:
        """The number of a campaign, which is called the same in every part."""
        name, *of_account = facts
        account = key[:2]
        _require(self.campaigns.setdefault(key, facts) == facts)
        _require(self._accounts.setdefault(account, tuple(of_account)) == tuple(of_account))
        _require(self._names.setdefault((*account, name or key[2]), key[2]) == key[2])
        return self._places.setdefault(key, len(self._places))

    def _all_spans(self, *more: pd.DataFrame) -> pd.DataFrame:
        spans = pd.concat([*self._spans, *more], ignore_index=True)
        keys = ["channel", "account_id", "date", "column"]
        ways = {"size": ("size", "sum"), "min": ("min", "min"), "max": ("max", "max")}
        return spans.groupby(keys, sort=False, dropna=False).agg(**ways).reset_index()


def _require(agrees: bool) -> None:
    if not agrees:
        raise NeedsWhole


def _shows_point(word: str) -> bool:
    """Whether a number can only be read with a decimal point: 12.34, not 1.234."""
    before, _, after = word.strip().partition(".")
    digits = word.isascii() and before.isdigit() and after.isdigit()
    return digits and (len(after) != 3 or len(before) > 3 or before.startswith("0"))


def _whole(_lines: frozenset[int]) -> Mapping[int, tuple[str, ...]]:
    """A second look at rows: something is the matter with them."""
    raise NeedsWhole


@dataclass(frozen=True)
class LongFile:
    """A long file of text, to be read part by part.

    Attributes:
        rows, layout, settings: How it is read.
        progress: Called with (bytes done, bytes in all).
        limits: What reading it may cost.
        agreement: What the parts that were read say of the whole.
    """

    rows: TextRows
    layout: Layout
    settings: ReadSettings
    progress: Progress | None = None
    limits: Limits = STANDARD
    agreement: Agreement = field(default_factory=Agreement)

    def frames(self) -> Iterator[pd.DataFrame]:
        """The daily numbers of each part, as `bot.sources.exports.read` gives those of a file.

        Raises:
            NeedsWhole: At any part, or after the last: then nothing of it may be kept.
        """
        settings = replace(self.settings, decimal=".")
        try:
            for part in self._parts():
                table = replace(table_of(part, self.layout, self.limits), raw=_whole)
                if len(table):
                    daily = read_rows(table, settings)
                    self.agreement.take(table, daily)
                    yield daily.frame
        except RefusedFile as refused:  # with what the whole file says of it
            raise NeedsWhole from refused
        self.agreement.finish(decimal_given=self.settings.decimal is not None)

    def _parts(self) -> Iterator[list[Batch]]:
        """Batches of about `PART` rows together; the file is let go of however it ends."""
        part: list[Batch] = []
        with closing(self.rows.batches(self.layout.head, self.layout.place)) as batches:
            for batch in shown_to(batches, self.rows, self.progress):
                part.append(batch)
                if sum(len(piece.lines) for piece in part) >= PART:
                    yield part
                    part = []
        if part:
            yield part


def long_file(
    opened: Opened,
    settings: ReadSettings = NOTHING,
    progress: Progress | None = None,
    limits: Limits = STANDARD,
) -> LongFile | None:
    """The file, where it is long enough to be read by parts, and of a kind that can be."""
    try:
        rows, layout, settings = laid_out(opened, settings, limits)
    except (RefusedFile, OSError):  # as reading it whole will say
        return None
    if not isinstance(rows, TextRows):
        return None
    simple = (
        rows.total >= LONG
        and set(layout.columns) <= READ_ROW_BY_ROW
        and "date" in layout.columns
        and not (settings.windows or layout.of_windows or settings.decimal == ",")
    )
    return LongFile(rows, layout, settings, progress, limits) if simple else None
