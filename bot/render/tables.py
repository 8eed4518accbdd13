"""Tables that fit: rows in their order, as many as Slack and a reader can take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.blockkit import LIMITS
from bot.render.escaping import MISSING, Words, clip, flat, value, words

MOST_CHARACTERS = 5_500  # of a message's 10,000: the words around the table come first
NAME = 40


@dataclass(frozen=True)
class TableCell:
    """A number as it sorts and as it is read."""

    number: float | None
    shown: str


@dataclass
class TableDraft:
    """A table being filled.

    Attributes:
        columns: Headings; `total`: rows there are; `paged`: rows a page, 0 for a plain table.
    """

    columns: Sequence[object]
    caption: Words
    total: int = 0
    paged: int = 0
    rows: list[list[dict[str, Any]]] = field(default_factory=list)
    seen: int = 0
    used: int = 0

    def add(self, cells: Sequence[object]) -> None:
        """One more row, kept while there is room."""
        self.seen += 1
        row = [cell(content) for content in cells]
        size = sum(len(cell_block["text"]) for cell_block in row)
        full = len(self.rows) >= LIMITS["table.rows"] - 1
        if not full and self.used + size <= MOST_CHARACTERS and self.seen == len(self.rows) + 1:
            self.rows.append(row)
            self.used += size

    def block(self) -> tuple[dict[str, Any] | None, int]:
        """The table (None without rows), and how many rows it leaves out."""
        hidden_rows = max(self.total, self.seen) - len(self.rows)
        if not self.rows:
            return None, hidden_rows
        head = [{"type": "raw_text", "text": flat(words(heading))} for heading in self.columns]
        if self.paged:
            return self._data_table([head, *self.rows]), hidden_rows
        settings = [_settings(column) for column in zip(*self.rows, strict=True)]
        return {
            "type": "table",
            "rows": [head, *self.rows],
            "column_settings": settings,
        }, hidden_rows

    def _data_table(self, rows: list[list[dict[str, Any]]]) -> dict[str, Any]:
        return {
            "type": "data_table",
            "caption": clip(flat(self.caption), 200),
            "page_size": self.paged,
            "rows": rows,
        }


def _settings(column: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Numbers to the right on one line; words wrap, so that more columns fit a phone."""
    if any(cell_block["type"] == "raw_number" for cell_block in column):
        return {"align": "right"}
    wraps = any(" " in cell_block["text"] for cell_block in column)
    return {"align": "left", "is_wrapped": True} if wraps else {"align": "left"}


def cell(content: object) -> dict[str, Any]:
    """A table cell: numbers sort as numbers, names are raw text and stay inert."""
    if isinstance(content, TableCell):
        if content.number is None or not math.isfinite(content.number):
            return {"type": "raw_text", "text": MISSING}
        return {"type": "raw_number", "value": content.number, "text": content.shown}
    text = flat(content) if isinstance(content, Words) else value(content, NAME)
    return {"type": "raw_text", "text": text}
