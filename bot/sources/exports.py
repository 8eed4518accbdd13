"""Read a file of daily numbers, whoever exported it, exactly or not at all.

Rows of a Parquet file, through pyarrow where it is installed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd

from bot.errors import RefusedFile
from bot.numbers.input.daily import VALUES, normalise
from bot.numbers.schema_changes import ASIDE
from bot.numbers.source_health import ShortDay
from bot.sentences import Sentence
from bot.sources.canonical import canonical
from bot.sources.given import Offer, ReadSettings, chosen
from bot.sources.layout import Layout, lay_out
from bot.sources.limits import STANDARD, Limits, Meter, TooLarge
from bot.sources.opening import encoding, kind, size, unreadable
from bot.sources.packed import Opened, only_table
from bot.sources.refusals import LibraryNeeded, NotATable
from bot.sources.rows import BATCH, Batch, FileRows, Head, TextRows
from bot.sources.table import Progress, TextTable, read_table
from bot.sources.window_reach import windows
from bot.sources.workbook import as_text, workbook_rows

_TEXTS = ("string", "large_string", "binary", "large_binary", "string_view", "binary_view")
_NESTED = ("list", "large_list", "struct", "map", "fixed_size_list", "union")


def parquet_rows(file: BinaryIO, meter: Meter | None = None) -> ParquetRows:
    """The rows of a Parquet file.

    Raises:
        LibraryNeeded: pyarrow is not installed.
        NotATable: The file is damaged, or holds lists and structures.
        TooLarge: It has more rows, columns or bytes than a file may have.
    """
    try:
        from pyarrow import parquet  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise LibraryNeeded(
            "Reading Parquet needs pyarrow.", hint='Install it: pip install "perfbot[parquet]".'
        ) from error
    meter = meter or Meter()
    try:
        reader = parquet.ParquetFile(file)
        _refuse_large(reader.metadata, meter.limits)
        texts = [column.name for column in reader.schema_arrow if str(column.type) in _TEXTS]
        # a text repeated a million times stays one text
        return ParquetRows(parquet.ParquetFile(file, read_dictionary=texts), meter)
    except RefusedFile:
        raise
    except Exception as error:  # the library raises whatever its parsers raise
        raise _damaged() from error


def _refuse_large(metadata: Any, limits: Limits) -> None:
    limits.refuse_wide(metadata.num_columns)
    if metadata.num_rows > limits.rows:
        raise TooLarge(
            Sentence(
                "The file has %(num_rows)s rows, and %(rows)s are the most.",
                num_rows=f"{metadata.num_rows:,}",
                rows=f"{limits.rows:,}",
            ),
            hint="Split it by month or account, and import the parts one by one.",
        )
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    limits.refuse_many(len(groups), Sentence("groups of rows"), 100 * limits.parts)
    limits.refuse_unpacked(sum(group.total_byte_size for group in groups))


@dataclass
class ParquetRows:
    """The rows of a Parquet file; the headings are its first row.

    Attributes:
        file: The open file.
        meter: What reading it has cost.
    """

    file: Any
    meter: Meter = field(default_factory=Meter)

    @property
    def total(self) -> int:
        """Rows in the file."""
        return int(self.file.metadata.num_rows)

    @property
    def _headings(self) -> tuple[str, ...]:
        return tuple(map(str, self.file.schema_arrow.names))

    def heads(self) -> Sequence[Head]:
        return (Head((self._headings,), (0,), "parquet"),)

    def batches(
        self,
        head: Head,  # noqa: ARG002 (one way of reading it)
        place: int,  # noqa: ARG002
        columns: Collection[int] | None = None,
    ) -> Iterator[Batch]:
        """Rows counted from 1; the headings stand above them, on no line."""
        line, width = 1, len(self._headings)
        places = sorted(range(width) if columns is None else columns)
        names = [self._headings[index] for index in places]
        try:
            for batch in self.file.iter_batches(batch_size=BATCH, columns=names):
                rows = batch.num_rows
                self.meter.count(rows, len(places))
                cells: list[Sequence[str]] = [("",) * rows] * width
                for index, column in zip(places, batch.columns, strict=True):
                    cells[index] = _texts(column, self.meter.limits.letters)
                lines = np.arange(line, line + rows, dtype=np.int64)
                yield Batch(cells, lines, np.zeros(rows, dtype=bool), line + rows - 1)
                line += rows
        except RefusedFile:
            raise
        except Exception as error:
            raise _damaged() from error


def _texts(column: Any, letters: int) -> Sequence[str]:
    """The cells of a column as text, each different one looked at once."""
    kind = str(column.type)
    if kind.startswith(_NESTED):
        return ("",) * len(column)  # a list or record is no value of a day
    if not kind.startswith("dictionary"):
        return list(map(as_text, column.to_pylist()))
    words = [_text(word, letters) for word in column.dictionary]
    return [words[code] if code is not None else "" for code in column.indices.to_pylist()]


def _text(word: Any, letters: int) -> str:
    """A text; of one that is far too long as much as shows that it is."""
    buffer = word.as_buffer()
    if buffer is not None and buffer.size > 4 * letters:
        return bytes(buffer[: 4 * letters + 4]).decode("utf-8", "ignore")
    value = word.as_py()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else as_text(value)


def _damaged() -> NotATable:
    return NotATable("The Parquet file is damaged.", hint="Write or download it again.")


__all__ = ["Progress", "ReadFile", "ReadSettings", "read"]

NOTHING = ReadSettings()


@dataclass(frozen=True)
class ReadFile:
    """A file as daily numbers.

    Attributes:
        frame: Canonical shape (numbers.input.daily), one row a day, campaign and detail.
        dialect: Whose export it was (`google_ads`, `meta_ads`, `ad_reporting`, …, `table`).
        notes: How something was decided that could have been decided otherwise.
        warnings: What is missing, and how to add it.
        window_reach: Reach of whole windows where the file holds that, and then no daily numbers
            (`bot.sources.window_reach.Reached.frame`).
        details: Parts of campaigns (`bot.numbers.input.detail_rows.INCOMING`), where it has any.
        columns: Columns of numbers it has, and headings that were left aside behind a `?`
            (`bot.numbers.schema_changes`).
        aside: Those headings.
        short_days: Days that lack hours, where its rows are hours.
    """

    frame: pd.DataFrame
    dialect: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    window_reach: pd.DataFrame | None = None
    details: pd.DataFrame | None = None
    columns: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    short_days: tuple[ShortDay, ...] = ()


def read(
    path: str | Path,
    *,
    settings: ReadSettings = NOTHING,
    progress: Progress | None = None,
    limits: Limits = STANDARD,
) -> ReadFile:
    """Read a CSV, .xlsx or Parquet file, by what is in it, not by its name.

    Args:
        path: The file; it may be packed (gzip, or a zip that holds nothing else).
        settings: What the file leaves out.
        progress: Called with (done, total), in bytes for text and in rows otherwise.
        limits: What reading it may cost.

    Raises:
        RefusedFile: It cannot be read without guessing; with the line and the way out.
        SettingsError: A heading of the settings is mapped to a column that does not exist.
    """
    place = Path(path)
    try:
        with closing(only_table(place, limits)) as tables:
            opened = next(tables)
            return read_opened(opened, settings=settings, progress=progress, limits=limits)
    except RefusedFile as refused:
        refused.file = refused.file or place.name
        raise


def read_opened(
    opened: Opened,
    *,
    settings: ReadSettings = NOTHING,
    progress: Progress | None = None,
    limits: Limits = STANDARD,
) -> ReadFile:
    """Read a file that is open already (`bot.sources.packed.tables`); otherwise as `read`."""
    try:
        rows, layout, settings = laid_out(opened, settings, limits)
        return _read_as(read_table(rows, layout, progress, limits), settings)
    except RefusedFile as refused:
        refused.file = refused.file or opened.name
        raise
    except OSError as error:
        raise unreadable(error, opened.name) from error


def laid_out(
    opened: Opened, settings: ReadSettings, limits: Limits = STANDARD
) -> tuple[FileRows, Layout, ReadSettings]:
    """The rows of a file, how they are to be read, and what was said of tables like it.

    Raises:
        RefusedFile: It is no table, or its headings say nothing.
    """
    rows = rows_of(opened.file, limits)
    heads = rows.heads()
    if saved := chosen(settings.saved, heads):
        settings = settings.with_mapping(saved)
    layout = lay_out(heads, settings.columns, settings.currency, windows=settings.windows)
    limits.refuse_wide(len(layout.headings), layout.line)
    return rows, layout, settings


def offered(opened: Opened, settings: ReadSettings = NOTHING, limits: Limits = STANDARD) -> Offer:
    """The headings of a file, to be asked what each of them is.

    Raises:
        RefusedFile: It is no table.
    """
    return Offer.of(rows_of(opened.file, limits).heads(), settings.columns)


def _read_as(table: TextTable, settings: ReadSettings) -> ReadFile:
    dialect = table.layout.dialect.name
    if settings.windows or table.layout.of_windows:
        reached = windows(table, settings)
        return ReadFile(normalise(pd.DataFrame()), dialect, reached.notes, (), reached.frame)
    daily = canonical(table, settings)
    return ReadFile(
        daily.frame,
        dialect,
        daily.notes,
        daily.warnings,
        details=daily.details,
        columns=columns_read(table.layout, daily.frame),
        aside=tuple(table.layout.aside),
        short_days=daily.short_days,
    )


def columns_read(layout: Layout, frame: pd.DataFrame) -> tuple[str, ...]:
    """Columns of numbers a table has, filled or not, and headings left aside behind a `?`."""
    column_names = {name.removesuffix("_micros") for name in layout.columns}
    numbers = [name for name in VALUES if name in column_names or frame[name].notna().any()]
    return (*numbers, *(f"{ASIDE}{heading}" for heading in layout.aside))


def rows_of(file: BinaryIO, limits: Limits = STANDARD) -> FileRows:
    """The rows of a file, whatever kind it is.

    Raises:
        RefusedFile: It is no table.
    """
    file_kind = kind(file)
    if file_kind == "parquet":
        return parquet_rows(file, Meter(limits))
    if file_kind == "zip":
        return workbook_rows(file, Meter(limits, limits.workbook_cells))
    return TextRows(file, encoding(file), size(file), Meter(limits))
