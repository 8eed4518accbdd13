"""Tables with one row a record: an order, a lead, an answer. Their cells by column, read exactly.

What is no date, no amount or neither yes nor no is refused with its line; nothing else is looked
at. Records are known by an id, which is hashed before anything is stored (`bot.jobs`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from bot.numbers.input.names import channel_key
from bot.sentences import Sentence
from bot.sources import days as dates
from bot.sources import figures
from bot.sources.cells import TextColumn, is_missing
from bot.sources.plain import currency_code, heading_currency, plain
from bot.sources.refusals import (
    AmbiguousDates,
    AmbiguousNumbers,
    BadValue,
    MissingColumn,
    RepeatedRow,
    shown,
)
from bot.sources.rows import FileRows, Head

CLICKS = {"gclid": "google_ads", "gbraid": "google_ads", "wbraid": "google_ads",
          "fbclid": "meta_ads", "msclkid": "microsoft_ads", "ttclid": "tiktok_ads",
          "li fat id": "linkedin_ads", "google click id": "google_ads",
          "google ad click id": "google_ads", "facebook click id": "meta_ads"}  # fmt: skip
YES = {"true", "yes", "1", "ja", "y", "new", "ny", "first"}
NO = {"false", "no", "0", "nei", "n", "returning", "existing", "repeat"}


@dataclass(frozen=True)
class RecordColumns:
    """Which columns a table of records has.

    Attributes:
        headings: Headings (`bot.sources.plain.plain`) of each column; of several in a file the
            first counts.
        needed: What a column nothing works without is called.
        way_out: What to do where one lacks.
    """

    headings: Mapping[str, tuple[str, ...]]
    needed: Mapping[str, str]
    way_out: str


@dataclass(frozen=True)
class RecordTable:
    """The cells that are read, by column; clicks by their channel."""

    columns: Mapping[str, TextColumn]
    clicks: Mapping[str, TextColumn]
    headings: Mapping[str, str]
    lines: np.ndarray[tuple[int], np.dtype[np.int64]]

    @classmethod
    def read(
        cls, rows: FileRows, wanted: RecordColumns, user_columns: Mapping[str, str]
    ) -> RecordTable:
        """The table of a file.

        Args:
            rows: The file.
            wanted: Which columns it has.
            user_columns: The owner's own headings, plain, each to one of the columns.

        Raises:
            RefusedFile: It has not the columns that are needed, or is no table.
        """
        head, place, places = _headings(rows.heads(), wanted, user_columns)
        read_places = frozenset({*places.values(), *_click_places(head.rows[place])})
        batches = list(rows.batches(head, place, read_places))

        def cells(column: int) -> TextColumn:
            return TextColumn.of(
                str(cell).strip() for batch in batches for cell in batch.columns[column]
            )

        titles = {name: head.rows[place][column].strip() for name, column in places.items()}
        clicks = {CLICKS[plain(head.rows[place][column])]: cells(column)
                  for column in _click_places(head.rows[place])}  # fmt: skip
        lines = [batch.lines for batch in batches] or [np.zeros(0, dtype=np.int64)]
        columns = {name: cells(column) for name, column in places.items()}
        return cls(columns, clicks, titles, np.concatenate(lines))


def _click_places(row: Sequence[str]) -> list[int]:
    return [place for place, heading in enumerate(row) if plain(heading) in CLICKS]


def _headings(
    heads: Sequence[Head], wanted: RecordColumns, user_columns: Mapping[str, str]
) -> tuple[Head, int, dict[str, int]]:
    """The row with most headings that are known, and where each column is in it."""
    candidates = [
        (head, place, places_of(row, wanted, user_columns))
        for head in heads
        for place, row in enumerate(head.rows)
    ]
    best = max(candidates, key=lambda candidate: (len(candidate[2]), -candidate[1]), default=None)
    places = best[2] if best else {}
    lacking = [words for name, words in wanted.needed.items() if name not in places]
    if best is None or lacking:
        raise MissingColumn(
            Sentence("No column with the %(names)s.", names=" and the ".join(lacking)),
            hint=wanted.way_out,
            line=1,
        )
    return best


def places_of(
    row: Sequence[str], wanted: RecordColumns, user_columns: Mapping[str, str]
) -> dict[str, int]:
    """Where each column is among these headings, as far as they are there."""
    keys = [plain(cell) for cell in row]
    places = {user_columns[key]: place for place, key in enumerate(keys) if key in user_columns}
    for name, headings in wanted.headings.items():
        place = next((keys.index(heading) for heading in headings if heading in keys), None)
        if name not in places and place is not None and keys[place] not in user_columns:
            places[name] = place
    return places


@dataclass(frozen=True)
class RecordReading:
    """One file on its way to records.

    Attributes:
        table: Its cells.
        currency: Of amounts whose file names none.
    """

    table: RecordTable
    currency: str | None

    def texts(self, name: str) -> list[str]:
        cells = self.table.columns.get(name)
        if cells is None:
            return [""] * len(self.table.lines)
        texts = ["" if is_missing(cell) else cell for cell in cells]
        return ["" if "@" in text else text for text in texts] if name == "campaign" else texts

    def days(self) -> pd.Series:
        cells = self.table.columns["date"]
        words = [word for word in cells.words if word and not is_missing(word)]
        try:
            readings = dates.decide(words).days if words else {}
        except dates.UndecidedError as error:
            raise AmbiguousDates(
                Sentence("The date %(cell)s %(why)s.", cell=shown(error.cell), why=error.why),
                hint="Export dates like 2026-09-01.",
                line=self.line("date", error.cell),
            ) from error
        except dates.NoSuchDayError as error:
            raise BadValue(
                Sentence("%(cell)s is no date.", cell=shown(error.cell)),
                hint="Write it as 2026-09-01.",
                line=self.line("date", error.cell),
            ) from error
        read: dict[str, date] = dict(readings)
        return pd.to_datetime(pd.Series([read.get(cell) for cell in cells], dtype=object))

    def values(self) -> pd.Series:
        cells = self.table.columns.get("value")
        if cells is None:
            return pd.Series(np.full(len(self.table.lines), np.nan))
        column = figures.column(cells)
        try:
            decimal = figures.decide({"value": column}, machine=True)
        except figures.NoNumberError as error:
            raise BadValue(
                Sentence("%(text)s is no amount.", text=shown(error.cell.text)),
                hint="Write amounts as 1234.50.",
                line=self.line("value", error.cell.text),
            ) from error
        except figures.AmbiguousError as error:
            raise AmbiguousNumbers(
                Sentence(
                    "The amount %(text)s can be read two ways: %(why)s.",
                    text=shown(error.cell.text),
                    why=error.why,
                ),
                hint="Export amounts with two decimals, as 1234.50.",
                line=self.line("value", error.cell.text),
            ) from error
        return pd.Series(figures.parse(column, decimal))

    def currencies(self) -> list[str]:
        default_code = heading_currency(self.table.headings.get("value", "")) or self.currency or ""
        return [self._code(cell) or default_code for cell in self.texts("currency")]

    def _code(self, cell: str) -> str:
        code = currency_code(cell) if cell else ""
        if code is None:
            raise BadValue(
                Sentence("%(cell)s is no currency code.", cell=shown(cell)),
                hint="Write three letters, like NOK.",
                line=self.line("currency", cell),
            )
        return code

    def flags(self, name: str, yes: set[str], no: set[str] | None) -> pd.Series:
        """1, 0 or missing; where only what is yes is known, everything else is no."""
        cells = self.texts(name)
        words = {cell: self._flag(name, cell, yes, no) for cell in dict.fromkeys(cells)}
        return pd.Series([words[cell] for cell in cells], dtype="float64")

    def _flag(self, name: str, cell: str, yes: set[str], no: set[str] | None) -> float:
        word = plain(cell)
        if not word:
            return np.nan if no is not None else 0.0
        if word in yes:
            return 1.0
        if no is None or word in no:
            return 0.0
        raise BadValue(
            Sentence(
                "%(cell)s says neither yes nor no (column %(headings)s).",
                cell=shown(cell),
                headings=self.table.headings[name],
            ),
            hint="Write yes or no.",
            line=self.line(name, cell),
        )

    def channels(self) -> list[str]:
        """Where the order says it came from; else by the click's id."""
        source_cells = ("" if "@" in cell else cell for cell in self.texts("source"))
        sources = [channel_key(cell) if cell else "" for cell in source_cells]
        for channel, cells in self.table.clicks.items():
            sources = [
                source or ("" if is_missing(cell) else channel)
                for source, cell in zip(sources, cells, strict=True)
            ]
        return sources

    def line(self, name: str, text: str) -> int | None:
        cells = self.table.columns[name]
        same: Callable[[str], bool] = lambda cell: cell == text or text in cell  # noqa: E731
        place = next((place for place, cell in enumerate(cells) if same(cell)), None)
        return None if place is None else int(self.table.lines[place])

    def refuse_dayless(self, frame: pd.DataFrame, key: str, record: str) -> None:
        """A line of a record may be blank but for its id; a record needs its day."""
        has_day = frame["date"].notna().groupby(frame[key]).transform("any")
        if not has_day.all():
            raise BadValue(
                Sentence("%(record)s without a day.", record=Sentence(record)),
                hint="Export it with the day it is of.",
                line=int(frame["line"][~has_day].iloc[0]),
            )


def together(frame: pd.DataFrame, key: str, single: Sequence[str], record: str) -> pd.DataFrame:
    """One row a record: what its lines leave blank is in the first of them.

    Args:
        frame: One row a line, with its `line` in the file.
        key: The column with the record's id.
        single: Columns of which a record has one value.
        record: What a record is called.

    Raises:
        RepeatedRow: Two lines of a record say different things.
    """
    blank = frame.replace("", None)
    counted = blank.groupby(key, sort=False)
    for name in single:
        differing = counted[name].transform("nunique") > 1
        if differing.any():
            row = blank.index[differing][1]
            raise RepeatedRow(
                Sentence(
                    "%(record)s %(frame)s comes twice, with another %(name)s.",
                    record=Sentence(record),
                    frame=shown(frame[key][row]),
                    name=name,
                ),
                hint=Sentence(
                    "Export one row for each %(lower)s, or its total on its first line only.",
                    lower=Sentence(record.lower()),
                ),
                line=int(frame["line"][row]),
            )
    merged = counted.first().reset_index()
    texts = ["campaign", "channel", "currency"]
    merged[texts] = merged[texts].astype(object).where(merged[texts].notna(), "")
    return merged
