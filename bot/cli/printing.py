"""Printing: JSON for programs, tables for people."""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from bot.cli.plain_text import clean, printed
from bot.redaction import redacted


def as_json(value: Any) -> None:
    """One JSON document to standard output; days as YYYY-MM-DD."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str, allow_nan=False)
    click.echo(redacted(text))


def as_line(value: Any) -> None:
    """One JSON document on a line of its own."""
    text = json.dumps(value, ensure_ascii=False, default=str, allow_nan=False)
    click.echo(redacted(text))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """A table as text, no wider than the terminal; names cannot steer it."""
    numbers = set(right)
    grid = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
    for index, head in enumerate(heads):
        grid.add_column(
            head, justify="right" if index in numbers else "left", no_wrap=index in numbers
        )
    for row in rows:
        grid.add_row(*(Text(clean(cell)) for cell in row))
    return printed(grid, _width())


def _width() -> int:
    """The terminal's width; where nobody looks, wide enough that no line is broken."""
    if not sys.stdout.isatty():
        return 250
    return max(80, shutil.get_terminal_size().columns)


def said(text: str) -> None:
    """Words for people to standard output, without control characters."""
    click.echo(clean(text))


def number(value: float | None, unit: str = "") -> str:
    """A whole number with its unit; a dash where none is known."""
    return "–" if value is None or not math.isfinite(value) else f"{value:,.0f}{unit}".rstrip()
