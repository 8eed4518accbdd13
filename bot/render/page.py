"""A page under construction: what templates call to lay out words as blocks.

Paragraphs and list items in a row become one rich_text block; anything else closes it. Every text
is cut to Slack's limit where it is made, so that a page always fits; a table has its rows in their
order, as many as Slack and a reader can take.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.blockkit import LIMITS, total_characters
from bot.render import escaping as richtext
from bot.render.catalogue import N_, Speech
from bot.render.controls import button
from bot.render.escaping import MISSING, Words, clip, flat, value, words
from bot.render.values.answers import Option

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


Element = dict[str, Any]
_QUIET = Words("")


class Page:
    """Collects the blocks and the fallback text of one message or view.

    Every method a template calls returns empty words, so that `{{ … }}` leaves nothing behind.
    """

    def __init__(self, speech: Speech, surface: str = "message") -> None:
        self.speech, self.surface = speech, surface
        self.blocks: list[Element] = []
        self.text = ""
        self.titles: dict[str, Words] = {}
        self._rich: list[Element] = []
        self._items: list[Words] = []
        self._style = "bullet"
        self._table: TableDraft | None = None

    # -- words ------------------------------------------------------------------------------
    def conclude(self, *parts: object) -> Words:
        """The message's fallback text: what phones and notifications read."""
        self.text = richtext.fallback(words(*parts))
        return _QUIET

    def title(
        self, *parts: object, submit: Words | None = None, close: Words | None = None
    ) -> Words:
        """A view's title and the words on its two buttons."""
        texts = {"title": words(*parts), "submit": submit, "close": close}
        self.titles = {name: text for name, text in texts.items() if text is not None}
        return _QUIET

    def header(self, *parts: object) -> Words:
        """One big line of plain text."""
        return self._add(self._plain("header", words(*parts), LIMITS["header.text"]))

    def para(self, *parts: object) -> Words:
        """A paragraph; values in it stay inert."""
        self._close_table()
        self._close_list()
        if text := words(*parts):
            self._rich.append(richtext.section(text))
        return _QUIET

    def item(self, *parts: object) -> Words:
        """A line of a bullet list."""
        return self._listed("bullet", words(*parts))

    def step(self, *parts: object) -> Words:
        """A line of a numbered list."""
        return self._listed("ordered", words(*parts))

    def quote(self, *parts: object) -> Words:
        """A quotation."""
        self.para()
        elements = richtext.inline(words(*parts))
        self._rich.append({"type": "rich_text_quote", "elements": elements})
        return _QUIET

    def gap(self, name: object = "") -> Words:
        """Ends a block, which leaves a little air; `name` is its id, to be edited by."""
        self._close_table()
        self._close_list()
        has_name = bool(self._rich and name)
        self._close()
        if has_name:
            self.blocks[-1]["block_id"] = str(name)
        return _QUIET

    def divider(self) -> Words:
        """A thin line."""
        return self._add({"type": "divider"})

    def note(self, *parts: object) -> Words:
        """Small grey text."""
        text = words(*parts)
        if not text:
            return _QUIET
        element = richtext.plain(text, LIMITS["section.field"])
        return self._add({"type": "context", "elements": [element]})

    def aside(self, element: Element, *parts: object) -> Words:
        """A line of plain text with a button or menu at its right."""
        block = self._plain("section", words(*parts), 500)
        return self._add({**block, "accessory": element})

    def fields(self, pairs: Sequence[tuple[object, object]]) -> Words:
        """Names and values in two columns, ten at most."""
        field_texts = [
            richtext.plain(words(name, value, between="\n"), 200)
            for name, value in pairs[: LIMITS["section.fields"]]
        ]
        return self._add({"type": "section", "fields": field_texts}) if field_texts else _QUIET

    # -- figures ----------------------------------------------------------------------------
    def table(
        self, *columns: object, caption: object = "", total: int = 0, paged: int = 0
    ) -> Words:
        """Starts a table; `total` rows there are, of which `row` may be told fewer.

        With `paged` rows a page it is a data_table (sorts, turns pages), else a plain table.
        """
        self._close()
        self._table = TableDraft(columns, words(caption), total, paged)
        return _QUIET

    def row(self, *cells: object) -> Words:
        """A row of the table: values, words, or numbers made by `cell`."""
        if self._table:
            self._table.add(cells)
        return _QUIET

    def draw(self, block: Element | None) -> Words:
        """A chart, where there is anything to draw."""
        return self._add(block) if block else _QUIET

    # -- things to press --------------------------------------------------------------------
    def actions(self, *elements: Element | None, block: str = "") -> Words:
        """Buttons and menus in a row; `block` is the id by which they are found again."""
        present = [element for element in elements if element][: LIMITS["actions.elements"]]
        if not present:
            return _QUIET
        row = {"type": "actions", "elements": present}
        return self._add({**row, "block_id": block} if block else row)

    def choices(self, options: Sequence[Option]) -> Words:
        """A button a question, the likeliest first; each has an action id of its own."""
        buttons = [
            button(choice.label, f"choose.{at}", choice.asks, "" if at > 1 else "primary")
            for at, choice in enumerate(options, start=1)
            if choice.asks
        ]
        return self.actions(*buttons[:5])

    def input(self, element: Element, label: Words, block: str, **extras: Any) -> Words:
        """A question of a view; `hint`, `optional`."""
        field: Element = {"type": "input", "block_id": block, "element": element}
        field["label"] = richtext.plain(label, LIMITS["image.title"])
        if hint := extras.get("hint"):
            field["hint"] = richtext.plain(hint, LIMITS["input.hint"])
        return self._add({**field, "optional": bool(extras.get("optional"))})

    # -- the end ----------------------------------------------------------------------------
    def finish(self) -> list[Element]:
        """The blocks, cut to what Slack takes in one message or view."""
        self._close()
        most = LIMITS["message.blocks" if self.surface == "message" else "view.blocks"]
        cut = False
        while len(self.blocks) > most - cut or self._too_long():
            cut = True
            self.blocks.pop(self._least())
        if cut:
            self.note(self.speech.say(N_("Shortened: there was more to say than Slack shows.")))
        return self.blocks

    def _too_long(self) -> bool:
        return total_characters(self.blocks) > LIMITS["message.characters"] - 100

    def _least(self) -> int:
        """The last block without anything to press: buttons are what the message is for."""
        pressable_types = {"actions", "input"}
        free = [at for at, block in enumerate(self.blocks) if block["type"] not in pressable_types]
        return free[-1] if free else -1

    def _listed(self, style: str, text: Words) -> Words:
        self._close_table()
        if self._style != style:
            self._close_list()
        self._style = style
        self._items.append(text)
        return _QUIET

    def _plain(self, kind: str, text: Words, most: int) -> Element:
        return {"type": kind, "text": richtext.plain(text, most)}

    def _add(self, block: Element) -> Words:
        self._close()
        self.blocks.append(block)
        return _QUIET

    def _close(self) -> None:
        self._close_table()
        self._close_list()
        if self._rich:
            self.blocks.append(richtext.block(self._rich))
            self._rich = []

    def _close_list(self) -> None:
        if self._items:
            self._rich.append(richtext.bullets(self._items, self._style))
            self._items = []

    def _close_table(self) -> None:
        if not self._table:
            return
        draft, self._table = self._table, None
        block, hidden_rows = draft.block()
        if block:
            self.blocks.append(block)
        if hidden_rows:
            self.note(self.speech.count("and %(n)s more", "and %(n)s more", hidden_rows))
