"""Rows of a Parquet file, through pyarrow where it is installed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from bot.sources.refusals import LibraryNeeded, NotATable
from bot.sources.rows import BATCH, LOOKED_AT, Batch, Head
from bot.sources.workbook import as_text


def parquet_rows(file: BinaryIO) -> ParquetRows:
    """The rows of a Parquet file.

    Raises:
        LibraryNeeded: pyarrow is not installed.
        NotATable: The file is damaged.
    """
    try:
        from pyarrow import parquet  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise LibraryNeeded(
            "Reading Parquet needs pyarrow.", hint='Install it: pip install "perfbot[parquet]".'
        ) from error
    try:
        return ParquetRows(parquet.ParquetFile(file))
    except Exception as error:  # the library raises whatever its parsers raise
        raise _damaged() from error


@dataclass
class ParquetRows:
    """The rows of a Parquet file; the headings are its first row.

    Attributes:
        file: The open file.
    """

    file: Any

    @property
    def total(self) -> int:
        """Rows in the file."""
        return int(self.file.metadata.num_rows)

    @property
    def _headings(self) -> tuple[str, ...]:
        try:
            return tuple(map(str, self.file.schema_arrow.names))
        except Exception as error:
            raise _damaged() from error

    def heads(self) -> Sequence[Head]:
        first = next(iter(self._batches(LOOKED_AT)), [])
        lines = tuple(range(len(first) + 1))
        return (Head((self._headings, *first), lines, "parquet"),)

    def batches(self, head: Head) -> Iterator[Batch]:  # noqa: ARG002 (one way of reading it)
        """Rows counted from 1; the headings stand above them, on no line."""
        line = 1
        for rows in self._batches(BATCH):
            yield Batch(rows, range(line, line + len(rows)), line + len(rows) - 1)
            line += len(rows)

    def _batches(self, count: int) -> Iterator[list[tuple[str, ...]]]:
        try:
            for batch in self.file.iter_batches(batch_size=count):
                columns = [map(as_text, column.to_pylist()) for column in batch.columns]
                yield list(zip(*columns, strict=True))
        except Exception as error:
            raise _damaged() from error


def _damaged() -> NotATable:
    return NotATable("The Parquet file is damaged.", hint="Write or download it again.")
