"""What reading a file may cost: rows, cells, letters, memory and time, each refused in a sentence.

A file comes from anybody who may drop one in a folder or a channel. What is small on disk may be
large when unpacked (a workbook of 300 kB took 3.3 GB), so everything is counted while it is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from bot.errors import RefusedFile
from bot.sentences import Sentence

MEGA = 1 << 20


class TooLarge(RefusedFile):
    """More than reading a file may cost."""

    code: ClassVar[str] = "too_large"


@dataclass(frozen=True)
class Limits:
    """What one file may cost.

    Attributes:
        rows: Rows under the headings.
        columns: Headings in a row.
        cells: Cells in all rows: a year of 8,000 campaigns in 30 columns is 90 million.
        workbook_cells: Cells of an .xlsx, whose reading is fifty times slower.
        letters: In one name, id or heading; platforms allow a few hundred.
        line: Letters in one line of text.
        text: Letters in all different cells together, which are held in memory.
        unpacked: Bytes in all that a compressed file holds.
        ratio: How many times larger a part may become when it is unpacked; text reaches 20, the
            worst that deflate can do is 1,032.
        part: Bytes of one part of a workbook that is read into memory whole.
        parts: Files in an archive, sheets in a workbook.
        seconds: Of this thread's processor time.
    """

    rows: int = 3_000_000
    columns: int = 2_000
    cells: int = 200_000_000
    workbook_cells: int = 5_000_000
    letters: int = 2_000
    line: int = 4 * MEGA
    text: int = 256 * MEGA
    unpacked: int = 1024 * MEGA
    ratio: int = 150
    part: int = 128 * MEGA
    parts: int = 200
    seconds: float = 300.0

    def refuse_long_line(self, line: str) -> None:
        if len(line) > self.line:
            raise TooLarge(
                Sentence(
                    "A line of the file has more than %(line)s letters.", line=f"{self.line:,}"
                ),
                hint="That is no table of daily numbers: export it again as CSV.",
            )

    def refuse_wide(self, columns: int, line: int | None = None) -> None:
        if columns > self.columns:
            raise TooLarge(
                Sentence(
                    "The file has %(columns)s columns, and %(columns_2)s are the most.",
                    columns=f"{columns:,}",
                    columns_2=f"{self.columns:,}",
                ),
                hint="Export only the columns that are needed.",
                line=line,
            )

    def refuse_many(self, parts: int, noun: Sentence, most: int | None = None) -> None:
        if parts > (most or self.parts):
            raise TooLarge(
                Sentence(
                    "The file holds %(parts)s %(noun)s, and %(most)s are the most.",
                    parts=f"{parts:,}",
                    noun=noun,
                    most=f"{most or self.parts:,}",
                ),
                hint="Hand in the one with the daily numbers.",
            )

    def refuse_swelling(self, name: str, packed: int, unpacked: int) -> None:
        """A part that becomes out of proportion large when it is unpacked."""
        if unpacked > 4 * MEGA and unpacked > self.ratio * max(packed, 1):
            raise TooLarge(
                Sentence(
                    "%(name)s becomes %(value)s times larger when it is unpacked, and %(ratio)s is "
                    "the most.",
                    name=name,
                    value=f"{unpacked // max(packed, 1):,}",
                    ratio=f"{self.ratio:,}",
                ),
                hint="Export the numbers again as CSV.",
            )
        self.refuse_unpacked(unpacked)

    def refuse_unpacked(self, size: int) -> None:
        if size > self.unpacked:
            raise TooLarge(
                Sentence(
                    "Unpacked, the file is larger than %(value)s MB.",
                    value=f"{self.unpacked // MEGA:,}",
                ),
                hint="Split it by month or account, and import the parts one by one.",
            )


STANDARD = Limits()


@dataclass
class Meter:
    """What reading one file has cost so far.

    Attributes:
        limits: What it may cost.
        most_cells: Of this kind of file; those of the limits where nothing else is said.
        clock: Processor seconds of this thread.
    """

    limits: Limits = STANDARD
    most_cells: int = 0
    clock: Callable[[], float] = time.thread_time
    rows: int = 0
    cells: int = 0
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()
        self.most_cells = self.most_cells or self.limits.cells

    def count(self, rows: int, width: int) -> None:
        """Rows that were read.

        Raises:
            TooLarge: They are too many, or reading them took too long.
        """
        self.rows, self.cells = self.rows + rows, self.cells + rows * width
        if self.rows > self.limits.rows:
            raise TooLarge(
                Sentence("The file has more than %(rows)s rows.", rows=f"{self.limits.rows:,}"),
                hint=_SPLIT,
            )
        if self.cells > self.most_cells:
            raise TooLarge(
                Sentence(
                    "The file has more than %(most_cells)s cells.",
                    most_cells=f"{self.most_cells:,}",
                ),
                hint="Leave out columns that are not needed, split it by month, or save it as CSV.",
            )
        self.tick()

    def tick(self) -> None:
        """Raises TooLarge where reading took too long."""
        if self.clock() - self.started > self.limits.seconds:
            raise TooLarge(
                Sentence(
                    "Reading the file takes more than %(seconds)s seconds of processor time.",
                    seconds=f"{self.limits.seconds:,.0f}",
                ),
                hint=_SPLIT,
            )


_SPLIT = "Split it by month or account, and import the parts one by one."


def refuse_long(words: Sequence[str], limits: Limits) -> int | None:
    """The place of the first word with too many letters, None where all are fine.

    Raises:
        TooLarge: All words together are more than may be held in memory.
    """
    if sum(map(len, words)) > limits.text:
        raise TooLarge(
            Sentence(
                "The texts of the file have more than %(text)s letters.", text=f"{limits.text:,}"
            ),
            hint=_SPLIT,
        )
    longest = max(map(len, words), default=0)
    if longest <= limits.letters:
        return None
    return next(place for place, word in enumerate(words) if len(word) > limits.letters)
