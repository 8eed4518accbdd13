"""Rows of an .xlsx workbook, read without its formulas."""

from __future__ import annotations

import math
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

from bot.sources.refusals import NotATable
from bot.sources.rows import BATCH, LOOKED_AT, Batch, Head

MAX_UNPACKED = 1 << 31
_LOOKS_GROUPED = re.compile(r"-?\d{1,3}\.\d{3}")


def workbook_rows(file: BinaryIO) -> WorkbookRows:
    """The rows of a workbook.

    Raises:
        NotATable: The archive is no workbook, is damaged, or unpacks to more than 2 GB.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 (slow to load, rarely needed)

    _refuse_other_archives(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles, which nobody reads
            return WorkbookRows(load_workbook(file, read_only=True, data_only=True))
    except Exception as error:  # the library raises whatever its parsers raise
        raise _damaged() from error


@dataclass
class WorkbookRows:
    """The rows of every sheet.

    Attributes:
        book: The open workbook.
        total: Rows in all sheets, as far as the workbook says.
    """

    book: Any

    @property
    def total(self) -> int:
        return sum(sheet.max_row or 0 for sheet in self.book.worksheets)

    def heads(self) -> Sequence[Head]:
        return tuple(self._head(sheet.title) for sheet in self.book.worksheets)

    def batches(self, head: Head) -> Iterator[Batch]:
        rows, line = self._rows(head.how), 1
        width = max(map(len, head.rows), default=0)
        while batch := [_padded(row, width) for row in islice(rows, BATCH)]:
            yield Batch(batch, range(line, line + len(batch)), line + len(batch))
            line += len(batch)

    def _head(self, sheet: str) -> Head:
        rows = tuple(islice(self._rows(sheet), LOOKED_AT))
        return Head(rows, tuple(range(1, len(rows) + 1)), sheet)

    def _rows(self, title: str) -> Iterator[tuple[str, ...]]:
        sheet = self.book[title]
        try:
            sheet.reset_dimensions()  # some programs write wrong ones
            for row in sheet.iter_rows(values_only=True):
                yield tuple(map(as_text, row))
        except Exception as error:
            raise _damaged() from error


def _padded(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    """A workbook leaves out the empty cells at the end of a row."""
    return row + ("",) * (width - len(row))


def as_text(value: object) -> str:
    """A typed cell as text that reads back as the same value.

    A number cannot be taken for a grouped one: 1.234 becomes 1.2340.
    """
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat().replace("T", " ")
    if isinstance(value, float | Decimal):
        text = _number(value)
        return f"{text}0" if _LOOKS_GROUPED.fullmatch(text) else text
    return str(value)


def _number(value: float | Decimal) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if not math.isfinite(value):
        return "" if math.isnan(value) else str(value)
    return str(int(value)) if value.is_integer() else repr(value)


def _refuse_other_archives(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged() from error
    if not any(entry.filename == "[Content_Types].xml" for entry in entries):
        raise NotATable("This is a zip archive.", hint="Unpack it and hand in the file inside.")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise NotATable("The workbook unpacks to more than 2 GB.", hint="Save it as CSV.")


def _damaged() -> NotATable:
    return NotATable(
        "The workbook cannot be opened: it is damaged, or no .xlsx.",
        hint="Download it again, or save it as CSV.",
    )
