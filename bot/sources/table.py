"""The cells of a file as text, with the line of each row: what every later step works on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bot.sentences import Sentence
from bot.sources.cells import Flags, Gathering, TextColumn
from bot.sources.layout import Layout
from bot.sources.limits import STANDARD, Limits, TooLarge, refuse_long
from bot.sources.plain import without_marks
from bot.sources.rows import Batch, FileRows

Progress = Callable[[int, int], None]
Raw = Callable[[frozenset[int]], Mapping[int, tuple[str, ...]]]


@dataclass(frozen=True)
class TextTable:
    """Cells as text, "" where the file has nothing.

    Attributes:
        cells: One column for each the layout knows, in the file's order of rows.
        lines: The line of the file each row begins on.
        short: Rows that have fewer cells than there are headings.
        layout: How the file was read.
        raw: Whole rows by their lines, with the columns that are left aside: read again from the
            file, for the few rows that need a second look.
    """

    cells: Mapping[str, TextColumn]
    lines: npt.NDArray[np.int64]
    short: Flags
    layout: Layout
    raw: Raw

    def __len__(self) -> int:
        return len(self.lines)

    def keep(self, rows: Flags) -> TextTable:
        """Only the rows marked."""
        if rows.all():
            return self
        cells = {name: column.keep(rows) for name, column in self.cells.items()}
        return replace(self, cells=cells, lines=self.lines[rows], short=self.short[rows])

    def line(self, wrong: Flags) -> int:
        """The line of the first row marked."""
        return int(self.lines[np.flatnonzero(wrong)[0]])

    def has(self, column: str) -> bool:
        return column in self.cells

    def has_any(self, *columns: str) -> bool:
        return any(map(self.has, columns))


def read_table(
    rows: FileRows, layout: Layout, progress: Progress | None = None, limits: Limits = STANDARD
) -> TextTable:
    """Read the rows under the headings; empty rows are left out.

    Raises:
        NotATable: A row has more cells than there are headings, or the quoting is broken.
        TooLarge: A cell, or all of them together, are more than a file may hold.
    """
    batches = rows.batches(layout.head, layout.place, frozenset(layout.columns.values()))
    table = table_of(shown_to(batches, rows, progress), layout, limits)
    return replace(table, raw=_again(rows, layout))


def shown_to(
    batches: Iterable[Batch], rows: FileRows, progress: Progress | None
) -> Iterator[Batch]:
    """The same batches; after each, `progress` is called with how far they reach."""
    for batch in batches:
        yield batch
        if progress is not None:
            progress(min(batch.done, rows.total), rows.total)
    if progress is not None:
        progress(rows.total, rows.total)


def table_of(batches: Iterable[Batch], layout: Layout, limits: Limits = STANDARD) -> TextTable:
    """The rows of some batches; empty ones are left out. Nothing is read a second time.

    Raises:
        TooLarge: A cell, or all of them together, are more than a file may hold.
    """
    gathered = {name: Gathering() for name in layout.columns}
    lines, short = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=bool)]
    for batch in batches:
        for name, place in layout.columns.items():
            gathered[name].add(batch.columns[place])
        lines.append(batch.lines)
        short.append(batch.short)
    cells = {name: _seen(name, column.cells()) for name, column in gathered.items()}
    table = TextTable(cells, np.concatenate(lines), np.concatenate(short), layout, _nothing)
    _refuse_long_cells(table, limits)
    return table.keep(_filled(table))


def _nothing(_lines: frozenset[int]) -> Mapping[int, tuple[str, ...]]:
    return {}


def _seen(name: str, cells: TextColumn) -> TextColumn:
    """Without marks nobody sees, which would make two ids of one; names stay as they are."""
    return cells if name.endswith("_name") else cells.changed(without_marks)


def _filled(table: TextTable) -> Flags:
    """Rows with anything in them; only where many columns are blank are the others looked at."""
    filled = np.zeros(len(table), dtype=bool)
    for column in table.cells.values():
        filled |= column.filled()
        if filled.all():
            break
    return filled


def _refuse_long_cells(table: TextTable, limits: Limits) -> None:
    for name, column in table.cells.items():
        place = refuse_long(column.words, limits)
        if place is not None:
            raise TooLarge(
                Sentence(
                    "A cell of the column %(heading)s has %(count)s letters, and %(letters)s are "
                    "the most.",
                    heading=table.layout.heading(name),
                    count=f"{len(column.words[place]):,}",
                    letters=f"{limits.letters:,}",
                ),
                hint="Mend the row, or leave it out.",
                line=table.line(column.codes == place),
            )


def _again(rows: FileRows, layout: Layout) -> Raw:
    def reading(lines: frozenset[int]) -> dict[int, tuple[str, ...]]:
        return dict(_at(rows, layout, lines))

    return reading


def _at(
    rows: FileRows, layout: Layout, lines: frozenset[int]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    line_numbers = np.fromiter(lines, dtype=np.int64, count=len(lines))
    for batch in rows.batches(layout.head, layout.place):
        for row in np.flatnonzero(np.isin(batch.lines, line_numbers)).tolist():
            yield int(batch.lines[row]), tuple(column[row] for column in batch.columns)
