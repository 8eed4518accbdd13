"""What the headings of any table are, asked for once and saved: so that any table can be read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from bot.sources.headings import Dialect, headings, own_columns
from bot.sources.moved_rows import form
from bot.sources.plain import plain
from bot.sources.refusals import NotATable
from bot.sources.rows import Head

EXAMPLES = 3


@dataclass(frozen=True)
class SavedMapping:
    """What somebody said of a kind of table.

    Attributes:
        columns: Each heading to its column; it is used where all of them are there.
        channel: Of rows that name none; likewise account, currency and time zone.
        decimal: "." or ",". date_order: `DMY` or `MDY`.
    """

    columns: Mapping[str, str]
    channel: str | None = None
    account_id: str | None = None
    currency: str | None = None
    time_zone: str | None = None
    decimal: str | None = None
    date_order: str | None = None

    def fits(self, row: Sequence[str]) -> bool:
        """Whether these headings hold every one it speaks of."""
        return bool(self.columns) and set(map(plain, self.columns)) <= set(map(plain, row))

    def dumped(self) -> str:
        return SAVED.dump_json(self).decode()

    @classmethod
    def loaded(cls, text: str) -> SavedMapping:
        """What `dumped` wrote."""
        return SAVED.validate_json(text)

    @property
    def key(self) -> str:
        """The same for the same headings: said anew, it takes the place of what was said."""
        return json.dumps(sorted(map(plain, self.columns)), ensure_ascii=False)


SAVED = TypeAdapter(SavedMapping)


def chosen(saved: Iterable[SavedMapping], heads: Sequence[Head]) -> SavedMapping | None:
    """Of the mappings that fit a row of the file the one that speaks of most of it."""
    rows = [row for head in heads for row in head.rows]
    fitting = [mapping for mapping in saved if any(map(mapping.fits, rows))]
    return max(fitting, key=lambda mapping: len(mapping.columns), default=None)


@dataclass(frozen=True)
class Offer:
    """The headings of a table nobody may have described yet.

    Attributes:
        headings: As the file has them.
        examples: For each the first cells below it.
        guesses: For each the column it is likely to be, None where nothing is known.
    """

    headings: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]
    guesses: tuple[str | None, ...]

    @classmethod
    def of(cls, heads: Sequence[Head], mapping: Mapping[str, str]) -> Offer:
        """The most likely row of headings.

        Raises:
            NotATable: No reading gives rows of several cells.
        """
        user_columns = own_columns(mapping)
        head, place = _likely(heads, user_columns)
        row = head.rows[place]
        below = [lower_row for lower_row in head.rows[place + 1 :] if len(lower_row) == len(row)]
        columns = [list(dict.fromkeys(cells)) for cells in zip(*below, strict=True)]
        examples = [tuple(cell for cell in cells if cell.strip())[:EXAMPLES] for cells in columns]
        guesses = tuple(headings().column(heading, Dialect(), user_columns) for heading in row)
        return cls(
            tuple(heading.strip() for heading in row), tuple(examples) or ((),) * len(row), guesses
        )


def _likely(heads: Sequence[Head], user_columns: Mapping[str, str]) -> tuple[Head, int]:
    """The row with most known headings; else the first that heads many rows of its width."""
    best: tuple[tuple[int, int, int], Head, int] | None = None
    for head in heads:
        widths = Counter(len(row) for row in head.rows if len(row) > 1)
        for place, row in enumerate(head.rows):
            if len(row) < 2 or len({plain(cell) for cell in row}) < len(row):
                continue
            recognised = sum(
                headings().column(cell, Dialect(), user_columns) is not None
                for cell in row
                if cell.strip()
            )
            words = sum(form(cell) in {"text", "code"} for cell in row)
            score = (recognised, widths[len(row)] * len(row) if words == len(row) else 0, -place)
            if best is None or score > best[0]:
                best = score, head, place
    if best is None:
        raise NotATable(
            "No row of the file has several cells.", hint="Hand in a table with headings.", line=1
        )
    return best[1], best[2]
