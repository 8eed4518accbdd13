"""The rows of a file, a batch at a time, whatever it is: delimited text here, others beside."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import BinaryIO, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.sentences import Sentence
from bot.sources.limits import Meter
from bot.sources.refusals import NotATable

BATCH = 50_000
CHUNK = 1 << 22  # letters read at a time
LOOKED_AT = 60  # rows in which headings are looked for
DELIMITERS = (",", ";", "\t", "|")
_LINE_END = re.compile(r"\r\n|\r|\n")
_LONGEST_CELL = 1 << 20  # letters in which an opened quote is closed, else it was lost


Column: TypeAlias = Sequence[str] | npt.NDArray[np.object_]


@dataclass(frozen=True)
class Head:
    """The first rows of a file under one way of reading it."""

    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    how: str  # the delimiter, or the sheet's name


@dataclass(frozen=True)
class Batch:
    """Rows under the headings, a column for each heading.

    Attributes:
        columns: The cells of each column, "" where a row ends before it.
        lines: The line each row begins on.
        short: Rows that end before the last heading.
        done: How far into the file they reach.
    """

    columns: Sequence[Column]
    lines: npt.NDArray[np.int64]
    short: npt.NDArray[np.bool_]
    done: int = 0


class FileRows(Protocol):
    """A file of rows."""

    @property
    def total(self) -> int:
        """Its size: bytes of text, rows of anything else."""

    def heads(self) -> Sequence[Head]:
        """The first rows, under every way the file could be read."""

    def batches(
        self, head: Head, place: int, columns: Collection[int] | None = None
    ) -> Iterator[Batch]:
        """All rows under the headings, which are row `place` of this head.

        Only the columns asked for need be filled; None asks for all.
        """


def across(
    rows: Sequence[Sequence[str]], lines: Sequence[int], width: int, position: int = 0
) -> Batch:
    """Rows turned into columns.

    Raises:
        NotATable: A row has more cells than there are headings.
    """
    if max(map(len, rows), default=0) > width:
        rows = [_no_longer(row, line, width) for row, line in zip(rows, lines, strict=True)]
    short = np.fromiter((len(row) < width for row in rows), dtype=bool, count=len(rows))
    if short.any():
        rows = [[*row, *[""] * (width - len(row))] for row in rows]
    columns = list(zip(*rows, strict=True)) or [()] * width
    return Batch(columns, np.asarray(lines, dtype=np.int64), short, position)


def _no_longer(row: Sequence[str], line: int, width: int) -> Sequence[str]:
    """A row with cells to spare has moved its numbers into the wrong columns."""
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        raise NotATable(
            Sentence(
                "This row has %(count)s cells under %(width)s headings.",
                count=len(row),
                width=width,
            ),
            hint="An amount or name with the separator in it needs quotes: export again.",
            line=line,
        )
    return row[:width]


@dataclass
class TextRows:
    """Rows of a delimited text file.

    Attributes:
        file: The open file.
        encoding: How its letters are written.
        total: Its size in bytes.
        meter: What reading it has cost.
    """

    file: BinaryIO
    encoding: str
    total: int
    meter: Meter = field(default_factory=Meter)

    def heads(self) -> Sequence[Head]:
        return tuple(self._head(delimiter) for delimiter in DELIMITERS)

    def batches(
        self,
        head: Head,
        place: int,
        columns: Collection[int] | None = None,  # noqa: ARG002 (a line is read as a whole)
    ) -> Generator[Batch, None, None]:
        width = len(head.rows[place])
        with self._text() as text:
            before = self._past(text, head, place)
            for chunk in self._chunks(text):
                batch = _plain(chunk, head.how, width, before)
                for piece in [batch] if batch else self._quoted(chunk, head.how, width, before):
                    self.meter.count(len(piece.lines), width)
                    yield replace(piece, done=self.file.tell())
                before += _line_ends(chunk)

    def _head(self, delimiter: str) -> Head:
        with self._text() as text:
            reader = csv.reader(_limited(text), delimiter=delimiter)
            rows: list[tuple[str, ...]] = []
            lines: list[int] = []
            before = 0
            with suppress(csv.Error):  # said with its line when all rows are read
                for row in islice(reader, LOOKED_AT):
                    rows.append(tuple(row))
                    lines.append(before + 1)
                    before = reader.line_num
        return Head(tuple(rows), tuple(lines), delimiter)

    def _past(self, text: io.TextIOWrapper, head: Head, place: int) -> int:
        """Read on to the end of the headings; how many lines that were."""
        reader = csv.reader(iter(text.readline, ""), delimiter=head.how)
        for _ in range(place + 1):
            next(reader)
        return reader.line_num

    def _chunks(self, text: io.TextIOWrapper) -> Iterator[str]:
        """Whole lines, and whole cells: a quoted one may hold line ends."""
        while chunk := text.read(CHUNK):
            parts = [chunk, self._line(text)]
            quotes, grown = sum(part.count('"') for part in parts), 0
            while quotes % 2 and grown < _LONGEST_CELL and (line := self._line(text)):
                parts.append(line)
                quotes, grown = quotes + line.count('"'), grown + len(line)
            yield "".join(parts)

    def _line(self, text: io.TextIOWrapper) -> str:
        line = text.readline(self.meter.limits.line + 1)
        self.meter.limits.refuse_long_line(line)
        return line

    def _quoted(self, chunk: str, delimiter: str, width: int, before: int) -> Iterator[Batch]:
        reader = csv.reader(io.StringIO(chunk, newline=""), delimiter=delimiter, strict=True)
        lines_read = 0
        try:
            while rows := list(islice(reader, BATCH)):
                lines = _lines(rows, before + lines_read, before + reader.line_num)
                yield across(rows, lines, width)
                lines_read = reader.line_num
        except csv.Error as error:
            raise self._broken(delimiter) from error

    def _broken(self, delimiter: str) -> NotATable:
        """Where the broken quoting begins: the row before whose end the reader gave up."""
        with self._text() as text:
            reader, line = csv.reader(text, delimiter=delimiter, strict=True), 1
            with suppress(csv.Error):
                for _ in reader:
                    line = reader.line_num + 1
        return NotATable(
            Sentence(
                "The quoting is broken here: a quote is opened and never closed, closed too soon, "
                "or holds more than %(field_size_limit)s letters.",
                field_size_limit=f"{csv.field_size_limit():,}",
            ),
            hint="Download the file again; it may have been cut off.",
            line=line,
        )

    @contextmanager
    def _text(self) -> Iterator[io.TextIOWrapper]:
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, encoding=self.encoding, newline="")
        try:
            yield text
        finally:
            text.detach()


def _plain(chunk: str, delimiter: str, width: int, before: int) -> Batch | None:
    """Rows without quotes and of one width, by pandas' parser: several times faster than csv.

    None where a quote, a lone carriage return, a blank line or another width asks for more care.
    """
    rows = chunk.count("\n") + (not chunk.endswith("\n"))
    first_line = chunk[: chunk.find("\n")] if "\n" in chunk else chunk
    if (
        '"' in chunk
        or width < 2
        or first_line.count(delimiter) != width - 1
        or chunk.count(delimiter) != rows * (width - 1)
        or chunk.count("\r") != chunk.count("\r\n")
    ):
        return None
    try:
        # no row is longer than the first, or the parser refuses it; so by their sum none is shorter
        frame = pd.read_csv(
            io.StringIO(chunk), sep=delimiter, header=None, index_col=False, dtype=object,
            na_filter=False, quoting=csv.QUOTE_NONE, engine="c", skip_blank_lines=False,
            low_memory=False,
        )  # fmt: skip
    except pd.errors.ParserError:
        return None
    lines = np.arange(before + 1, before + rows + 1, dtype=np.int64)
    columns = [frame[place].to_numpy() for place in frame.columns]
    return Batch(columns, lines, np.zeros(rows, dtype=bool))


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _limited(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines of the beginning only: a lost quote must not read the whole file as one cell."""
    letters_left = 1 << 18
    while letters_left > 0 and (line := text.readline(letters_left)):
        letters_left -= len(line)
        yield line


def _lines(rows: Sequence[Sequence[str]], before: int, now: int) -> Sequence[int]:
    """The line each row begins on; a cell may hold line ends of its own."""
    if now - before == len(rows):
        return range(before + 1, now + 1)
    lines, line = [], before + 1
    for row in rows:
        lines.append(line)
        line += 1 + sum(len(_LINE_END.findall(cell)) for cell in row)
    return lines
