"""Rows of a Parquet file, through pyarrow where it is installed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np

from bot.errors import RefusedFile
from bot.sources.limits import Limits, Meter, TooLarge
from bot.sources.refusals import LibraryNeeded, NotATable
from bot.sources.rows import BATCH, Batch, Head
from bot.sources.workbook import as_text

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
            f"The file has {metadata.num_rows:,} rows, and {limits.rows:,} are the most.",
            hint="Split it by month or account, and import the parts one by one.",
        )
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    limits.refuse_many(len(groups), "groups of rows", 100 * limits.parts)
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
