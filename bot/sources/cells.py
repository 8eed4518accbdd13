"""A column of text as files have it: each different cell once, and which of them a row has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
import numpy.typing as npt

from bot.sources.headings import headings

Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
DASHES = " -–—\u00a0\t"


@dataclass(frozen=True)
class TextColumn:
    """A column of text.

    Columns repeat the same few words, so whatever is asked of a cell is asked once a word.

    Attributes:
        codes: For each row the place of its cell in `words`.
        words: The cells; "" where the file has nothing.
    """

    codes: Codes
    words: tuple[str, ...]

    @classmethod
    def of(cls, texts: Iterable[str]) -> TextColumn:
        """A column of these cells, row by row."""
        gathering = Gathering()
        gathering.add(list(texts))
        return gathering.cells()

    @classmethod
    def same(cls, text: str, rows: int) -> TextColumn:
        """The same cell in every row."""
        return cls(np.zeros(rows, dtype=np.int32), (text,))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        return self.words[int(self.codes[row])]

    def __iter__(self) -> Iterator[str]:
        return map(self.words.__getitem__, self.codes.tolist())

    def keep(self, rows: Flags) -> TextColumn:
        """Only the rows marked, and only the words they use."""
        codes = self.codes[rows]
        used = np.zeros(len(self.words), dtype=bool)
        used[codes] = True
        if used.all():
            return TextColumn(codes, self.words)
        places = np.cumsum(used, dtype=np.int32) - 1
        return TextColumn(places[codes], tuple(self.words[place] for place in np.flatnonzero(used)))

    def where(self, predicate: Callable[[str], object]) -> Flags:
        """Which rows have a cell that answers yes."""
        return np.array([*(bool(predicate(word)) for word in self.words), False])[self.codes]

    def equal(self, text: str) -> Flags:
        return self.where(lambda word: word == text)

    def translated(self, meaning: Callable[[str], str | None]) -> Texts:
        """The meaning of each row's cell, None where it has none."""
        return np.array([*map(meaning, self.words), None], dtype=object)[self.codes]

    def changed(self, change: Callable[[str], str]) -> TextColumn:
        """The same rows with each word changed; two words may become one."""
        return TextColumn(self.codes, tuple(map(change, self.words)))

    def stripped(self) -> TextColumn:
        """Without the spaces around a cell."""
        return self.changed(str.strip)

    def texts(self, missing: Flags | None = None, word: str | None = None) -> Texts:
        """The cell of each row, and one word in the rows marked."""
        out: Texts = np.array([*self.words, None], dtype=object)[self.codes]
        if missing is not None:
            out[missing] = word
        return out

    def missing(self) -> Flags:
        """Which rows say that nothing was measured: blank, `-`, `--`, `n/a` and their like."""
        return self.where(is_missing)

    def blank(self) -> Flags:
        """Which rows are blank or dashes; a campaign may well be called "None"."""
        return self.where(lambda cell: not cell.strip(DASHES))

    def filled(self) -> Flags:
        """Which rows hold anything at all."""
        return self.where(bool)


def absent(texts: Texts) -> Flags:
    """Which rows have no text at all."""
    return np.array([text is None for text in texts.tolist()], dtype=bool)


def otherwise(texts: Texts, fallback: Texts | str | None) -> Texts:
    """The text of each row, and another where it has none."""
    out, missing = texts.copy(), absent(texts)
    out[missing] = fallback[missing] if isinstance(fallback, np.ndarray) else fallback
    return out


def is_missing(cell: str) -> bool:
    """Whether a cell says that nothing was measured."""
    return cell.strip().casefold() in headings().missing


@dataclass
class Gathering:
    """A column while the file is read, a batch at a time."""

    _places: defaultdict[str, int] = field(default_factory=lambda: defaultdict(count().__next__))
    _codes: list[Codes] = field(default_factory=list)

    def add(self, batch: Sequence[str] | Texts) -> None:
        """The cells of the next rows."""
        self._codes.append(
            np.fromiter(map(self._places.__getitem__, batch), dtype=np.int32, count=len(batch))
        )

    def cells(self) -> TextColumn:
        """The whole column."""
        codes = np.concatenate(self._codes) if self._codes else np.zeros(0, dtype=np.int32)
        return TextColumn(codes, tuple(self._places))
