"""Read a file of daily numbers, whoever exported it, exactly or not at all."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from bot.errors import RefusedFile
from bot.numbers.input.daily import normalise
from bot.sources.canonical import canonical
from bot.sources.given import ReadSettings
from bot.sources.layout import lay_out
from bot.sources.limits import STANDARD, Limits, Meter
from bot.sources.mapping import Offer, chosen
from bot.sources.opening import encoding, kind, size, unreadable
from bot.sources.packed import Opened, only_table
from bot.sources.parquet import parquet_rows
from bot.sources.rows import FileRows, TextRows
from bot.sources.table import Progress, TextTable, read_table
from bot.sources.window_reach import windows
from bot.sources.workbook import workbook_rows

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
    """

    frame: pd.DataFrame
    dialect: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    window_reach: pd.DataFrame | None = None


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
        rows = rows_of(opened.file, limits)
        heads = rows.heads()
        if saved := chosen(settings.saved, heads):
            settings = settings.with_mapping(saved)
        layout = lay_out(heads, settings.columns, settings.currency, windows=settings.windows)
        limits.refuse_wide(len(layout.headings), layout.line)
        return _read_as(read_table(rows, layout, progress, limits), settings)
    except RefusedFile as refused:
        refused.file = refused.file or opened.name
        raise
    except OSError as error:
        raise unreadable(error, opened.name) from error


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
    return ReadFile(daily.frame, dialect, daily.notes, daily.warnings)


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
