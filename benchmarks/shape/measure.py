"""A measure of the house: what it was at a9449ed, what it is, what it is to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import starmap

HEADINGS = ("measure", "a9449ed", "now", "goal", "", "beside")
Text = tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """One line of the table.

    Attributes:
        name: What is counted.
        before: Its value at a9449ed, counted the same way where the script ran on it.
        now: Its value.
        most: The most it may be.
        least: The least it may be; None where less is always better.
        share: Whether the values are fractions, printed as percentages.
        beside: What a reader needs beside the number: how it is made up, or the worst places.
    """

    name: str
    before: float
    now: float
    most: float
    least: float | None = None
    share: bool = False
    beside: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return (self.least is None or self.now >= self.least) and self.now <= self.most

    def cells(self) -> Text:
        """The line as printed."""
        goal = f"<= {self._text(self.most)}" if self.most else "0"
        if self.least is not None:
            goal = f"{self._text(self.least)}-{self._text(self.most)}"
        mark = "met" if self.met else "-"
        return self.name, self._text(self.before), self._text(self.now), goal, mark, self.beside

    def _text(self, value: float) -> str:
        return f"{value:.1%}" if self.share else f"{value:,.10g}"


def table(measures: Iterable[Measure]) -> str:
    """The measures as lines of text, one under the other."""
    rows = [HEADINGS, *(measure.cells() for measure in measures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Text, widths: Sequence[int]) -> str:
    texts = [row[0].ljust(widths[0])]
    texts += starmap(str.rjust, zip(row[1:4], widths[1:4], strict=True))
    return "  ".join([*texts, row[4].ljust(widths[4]), row[5]]).rstrip()
