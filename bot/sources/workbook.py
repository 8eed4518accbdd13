"""Rows of an .xlsx workbook, read without its formulas."""

from __future__ import annotations

import math
import re
import warnings
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

import numpy as np

from bot.errors import RefusedFile
from bot.sentences import Sentence
from bot.sources.limits import MEGA, STANDARD, Limits, Meter, TooLarge
from bot.sources.refusals import NotATable, shown
from bot.sources.rows import BATCH, LOOKED_AT, Batch, Head, across

_LOOKS_GROUPED = re.compile(r"-?\d{1,3}\.\d{3}")
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def workbook_rows(file: BinaryIO, meter: Meter | None = None) -> WorkbookRows:
    """The rows of a workbook.

    Raises:
        NotATable: The archive is no workbook, or is damaged.
        TooLarge: It has more sheets or cells, or unpacks to more, than a file may.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 (slow to load, rarely needed)

    meter = meter or Meter(STANDARD, STANDARD.workbook_cells)
    limits = meter.limits
    _refuse_unsafe(file, limits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles, which nobody reads
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # the library raises whatever its parsers raise
        raise _damaged() from error
    limits.refuse_many(len(book.worksheets), Sentence("sheets"))
    return WorkbookRows(book, meter)


@dataclass
class WorkbookRows:
    """The rows of every sheet.

    Attributes:
        book: The open workbook.
        meter: What reading it has cost.
    """

    book: Any
    meter: Meter = field(default_factory=Meter)

    @property
    def total(self) -> int:
        """Rows in all sheets, as far as the workbook says."""
        return sum(sheet.max_row or 0 for sheet in self.book.worksheets)

    def heads(self) -> Sequence[Head]:
        return tuple(self._head(sheet.title) for sheet in self.book.worksheets)

    def batches(
        self,
        head: Head,
        place: int,
        columns: Collection[int] | None = None,  # noqa: ARG002 (a row is read as a whole)
    ) -> Iterator[Batch]:
        line, width = head.lines[place] + 1, len(head.rows[place])
        rows = islice(self._rows(head.how), head.lines[place], None)
        while batch := list(islice(rows, BATCH)):
            read = across(batch, range(line, line + len(batch)), width, line + len(batch))
            # a workbook leaves out the empty cells at the end of a row: none was cut off
            yield replace(read, short=np.zeros(len(batch), dtype=bool))
            line += len(batch)

    def _head(self, sheet: str) -> Head:
        rows = tuple(islice(self._rows(sheet), LOOKED_AT))
        return Head(rows, tuple(range(1, len(rows) + 1)), sheet)

    def _rows(self, title: str) -> Iterator[tuple[str, ...]]:
        """Rows without the empty cells at their end, which any other row may have made."""
        sheet = self.book[title]
        try:
            sheet.reset_dimensions()  # some programs write wrong ones
            for row in sheet.iter_rows(values_only=True):
                self.meter.count(1, len(row))
                yield _trimmed(row)
        except RefusedFile:
            raise
        except Exception as error:
            raise _damaged() from error


def _trimmed(row: Sequence[object]) -> tuple[str, ...]:
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return tuple(map(as_text, row[:end]))


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


def _refuse_unsafe(file: BinaryIO, limits: Limits) -> None:
    """Other archives, and parts that are out of proportion, before any of them is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _refuse_other_archive(entries)
            limits.refuse_many(len(entries), Sentence("parts"), 10 * limits.parts)
            for entry in entries:
                _refuse_part(archive, entry, limits)
            limits.refuse_unpacked(sum(entry.file_size for entry in entries))
    except RefusedFile:
        raise
    except Exception as error:  # an archive can be damaged in many ways
        raise _damaged() from error
    finally:
        file.seek(0)


def _refuse_other_archive(entries: Sequence[zipfile.ZipInfo]) -> None:
    if not any(entry.filename == "[Content_Types].xml" for entry in entries):
        raise NotATable("This is a zip archive.", hint="Unpack it and hand in the file inside.")


def _refuse_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> None:
    name = Sentence("The part %(filename)s of the workbook", filename=shown(entry.filename))
    limits.refuse_swelling(name, entry.compress_size, entry.file_size)
    if entry.file_size > limits.part and "/worksheets/" not in entry.filename:
        raise TooLarge(
            Sentence(
                "%(name)s is larger than %(value)s MB.", name=name, value=f"{limits.part // MEGA:,}"
            ),
            hint="Export the numbers again as CSV.",
        )
    if entry.filename.endswith((".xml", ".rels")):
        with archive.open(entry) as part:
            if _DECLARES.search(part.read(1024)):
                raise NotATable(
                    Sentence(
                        "%(name)s declares a document type, which no spreadsheet does.", name=name
                    ),
                    hint="Export the numbers again as CSV.",
                )


def _damaged() -> NotATable:
    return NotATable(
        "The workbook cannot be opened: it is damaged, or no .xlsx.",
        hint="Download it again, or save it as CSV.",
    )
