"""The rows of a file, a batch at a time, whatever it is: text or a workbook."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Protocol

from bot.sources.refusals import NotATable

BATCH = 50_000
LOOKED_AT = 60  # rows in which headings are looked for
DELIMITERS = (",", ";", "\t", "|")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Batch:
    """Rows of a file with the line each begins on, and how far into the file they reach."""

    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    done: int = 0


@dataclass(frozen=True)
class Head:
    """The first rows of a file under one way of reading it."""

    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    how: str  # the delimiter, or the sheet's name


class Rows(Protocol):
    """A file of rows."""

    @property
    def total(self) -> int:
        """Its size: bytes of text, rows of anything else."""

    def heads(self) -> Sequence[Head]:
        """The first rows, under every way the file could be read."""

    def batches(self, head: Head) -> Iterator[Batch]:
        """All rows, read the way of this head."""


@dataclass
class TextRows:
    """Rows of a delimited text file.

    Attributes:
        file: The open file.
        encoding: How its letters are written.
        total: Its size in bytes.
    """

    file: BinaryIO
    encoding: str
    total: int

    def heads(self) -> Sequence[Head]:
        return tuple(self._head(delimiter) for delimiter in DELIMITERS)

    def batches(self, head: Head) -> Iterator[Batch]:
        with self._text() as text:
            reader, before = csv.reader(text, delimiter=head.how, strict=True), 0
            try:
                while rows := list(islice(reader, BATCH)):
                    yield Batch(rows, _lines(rows, before, reader.line_num), self.file.tell())
                    before = reader.line_num
            except csv.Error as error:
                raise self._broken(head.how) from error

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

    def _broken(self, delimiter: str) -> NotATable:
        """Where the broken quoting begins: the row before whose end the reader gave up."""
        with self._text() as text:
            reader, line = csv.reader(text, delimiter=delimiter, strict=True), 1
            with suppress(csv.Error):
                for _ in reader:
                    line = reader.line_num + 1
        return NotATable(
            "The quoting is broken here: a quote is opened and never closed, or closed too soon.",
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


def _limited(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines of the beginning only: a lost quote must not read the whole file as one cell."""
    left = 1 << 18
    while left > 0 and (line := text.readline(left)):
        left -= len(line)
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
