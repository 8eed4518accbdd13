"""What a reader sees of a reply: the first lines, the tables, and everything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.questions.numerals import spaced
from bot.cli.plain_text import plain

FIRST_LINES = 4
MORE_LINES = 12
FIRST_ROWS = 8
PROSE = {"rich_text", "section", "header", "markdown", "context"}
TABLES = {"table", "data_table"}
ECHO = re.compile(r"^(understood as|i did not use|forstått som|jeg brukte ikke)", re.IGNORECASE)
Block = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """A reply as words, without what perfbot repeats of the question ("Understood as …").

    Attributes:
        headline: The message's text and its first lines of words: what is read first.
        prose: The message's text and its words as far as they go without scrolling; no tables.
        top: The same and the first rows of the first table.
        whole: Everything, what a form holds and a file is called too.
        tables: The rows of each table, the heading first.
        points: The values of charts.
        refused: Whether perfbot calls it an error of the asker's.
    """

    headline: str
    prose: str
    top: str
    whole: str
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()
    points: tuple[float, ...] = ()
    refused: bool = False


def seen(reply: Any) -> Seen:
    """A reply of the desk, as its reader sees it."""
    blocks = [block for block in reply.blocks or () if not _echo(block)]
    tables = tuple(_rows(block) for block in blocks if block.get("type") in TABLES)
    lines, form = _lines(blocks), _form(reply.modal).split("\n")
    first = ["  ".join(row) for row in (tables[0][: FIRST_ROWS + 1] if tables else ())]
    prose = (reply.text, *lines[:MORE_LINES], *form)
    return Seen(
        headline=_joined((reply.text, *lines[:FIRST_LINES], *form[:FIRST_LINES])),
        prose=_joined(prose),
        top=_joined((*prose, *first)),
        whole=_joined((reply.text, plain(blocks), *form, _file(reply))),
        tables=tables,
        points=tuple(_points(blocks)),
        refused=bool(reply.error),
    )


def _echo(block: Block) -> bool:
    """Whether a block only repeats what was asked."""
    return block.get("type") == "context" and ECHO.match(plain([block])) is not None


def _joined(lines: Iterable[str]) -> str:
    return spaced("\n".join(line for line in lines if line))


def _lines(blocks: Sequence[Block]) -> list[str]:
    """The lines of words before anything else."""
    lines: list[str] = []
    for block in blocks:
        if block.get("type") not in PROSE or block.get("fields"):
            break
        lines += [line for line in plain([block]).split("\n") if line.strip(" =")]
    return lines


def _rows(block: Block) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(spaced(_cell(cell)) for cell in row) for row in block.get("rows", ()))


def _cell(cell: Mapping[str, Any]) -> str:
    if cell.get("type") == "rich_text":
        return plain([cell])
    return str(cell.get("text") or cell.get("value") or "")


def _points(blocks: Sequence[Block]) -> Iterator[float]:
    for block in blocks:
        for series in (block.get("chart") or {}).get("series", ()):
            yield from (point["value"] for point in series.get("data", ()) if "value" in point)


def _form(modal: Mapping[str, Any] | None) -> str:
    """A form's title, what it says, and what is filled in."""
    if not modal:
        return ""
    blocks = modal.get("blocks", ())
    title = str((modal.get("title") or {}).get("text", ""))
    filled = (_filled(block.get("element") or {}) for block in blocks)
    return "\n".join((title, plain(blocks), *filled))


def _filled(element: Mapping[str, Any]) -> str:
    chosen = element.get("initial_option") or {}
    return str(element.get("initial_value") or (chosen.get("text") or {}).get("text", ""))


def _file(reply: Any) -> str:
    return str(getattr(reply.file, "name", reply.file) or "") if reply.file else ""
