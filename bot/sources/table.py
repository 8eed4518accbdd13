"""The cells of a file as text, with the line of each row: what every later step works on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.sources.headings import headings
from bot.sources.layout import Layout
from bot.sources.refusals import NotATable
from bot.sources.rows import Batch, Rows

Progress = Callable[[int, int], None]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Table:
    """Cells as text, "" where the file has nothing.

    Attributes:
        cells: One column for each the layout knows, `str` typed, in the file's order of rows.
        lines: The line of the file each row begins on.
        short: Rows that have fewer cells than there are headings.
        layout: How the file was read.
    """

    cells: pd.DataFrame
    lines: npt.NDArray[np.int64]
    short: npt.NDArray[np.bool_]
    layout: Layout

    def keep(self, kept: npt.NDArray[np.bool_]) -> Table:
        """Only the rows marked."""
        cells = self.cells[kept].reset_index(drop=True)
        return replace(self, cells=cells, lines=self.lines[kept], short=self.short[kept])

    def line(self, wrong: npt.NDArray[np.bool_]) -> int:
        """The line of the first row marked."""
        return int(self.lines[np.flatnonzero(wrong)[0]])

    def has(self, column: str) -> bool:
        return column in self.cells.columns


def read_table(rows: Rows, layout: Layout, progress: Progress | None = None) -> Table:
    """Read the rows under the headings; empty rows are left out.

    Raises:
        NotATable: A row has more cells than there are headings, or the quoting is broken.
    """
    parts = []
    for batch in rows.batches(layout.head):
        parts.append(_cells(batch, layout))
        if progress is not None:
            progress(min(batch.done, rows.total), rows.total)
    if progress is not None:
        progress(rows.total, rows.total)
    parts = parts or [_cells(Batch((), ()), layout)]
    cells = pd.concat([part[0] for part in parts], ignore_index=True)
    lines = np.concatenate([part[1] for part in parts])
    short = np.concatenate([part[2] for part in parts])
    filled = (cells != "").any(axis=1).to_numpy()
    return Table(cells, lines, short, layout).keep(filled)


def is_missing(cells: pd.Series) -> npt.NDArray[np.bool_]:
    """Which cells say that nothing was measured: blank, `-`, `--`, `n/a` and their like."""
    return each_cell(cells, lambda cell: cell.strip().casefold() in headings().missing)


def is_blank(cells: pd.Series) -> npt.NDArray[np.bool_]:
    """Which cells of text are blank or dashes; a campaign may well be called "None"."""
    return each_cell(cells, lambda cell: not cell.strip(" -–—\u00a0\t"))


def filled(values: Texts, where: npt.NDArray[np.bool_], word: str | None) -> Texts:
    """The values, with one word in the places marked."""
    out = np.array(values, dtype=object)
    out[where] = word
    return out


def each_cell(cells: pd.Series, asked: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
    """Ask every different cell once: columns repeat the same few values."""
    codes, different = pd.factorize(cells)
    return np.array([*(asked(str(cell)) for cell in different), True], dtype=bool)[codes]


def _cells(
    batch: Batch, layout: Layout
) -> tuple[pd.DataFrame, npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    begin = _begin(batch, layout)
    rows, lines = batch.rows[begin:], np.asarray(batch.lines, dtype=np.int64)[begin:]
    width = len(layout.headings)
    _refuse_long(rows, lines, width)
    wanted = layout.columns.items()
    across = tuple(zip_longest(*rows, fillvalue="")) if rows else ()
    blank = ("",) * len(rows)
    columns = {
        name: pd.Series(across[place] if place < len(across) else blank, dtype="str")
        for name, place in wanted
    }
    short = np.fromiter((len(row) < width for row in rows), dtype=bool, count=len(rows))
    return pd.DataFrame(columns), lines, short


def _begin(batch: Batch, layout: Layout) -> int:
    """The first row under the headings."""
    lines = batch.lines
    return int(np.searchsorted(np.asarray(lines), layout.line, side="right"))


def _refuse_long(rows: Sequence[Sequence[str]], lines: npt.NDArray[np.int64], width: int) -> None:
    """A row with cells to spare has moved its numbers into the wrong columns."""
    if max(map(len, rows), default=0) <= width:
        return
    for row, line in zip(rows, lines, strict=True):
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            raise NotATable(
                f"This row has {len(row)} cells under {width} headings.",
                hint="An amount or name with the separator in it needs quotes: export again.",
                line=int(line),
            )
