"""What every command shares: options that mean the same everywhere, and printing.

Nothing here is slow to load: `perfbot --help` and `perfbot version` need no more.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

import click
from rich.table import Table
from rich.text import Text

from bot.cli.plain import clean, printed
from bot.redaction import redacted

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date. Write it like 2026-11-23.", param, ctx)


def everywhere(command: Command) -> Command:
    """`--db` and `--config`, which every command takes."""
    config = click.option(
        "--config",
        metavar="FILE",
        help="Settings to use. [default: perfbot.toml here, if there is one]",
    )
    db = click.option(
        "--db", metavar="PATH|URL", help="Database. [default: DATABASE_URL, else perfbot.db here]"
    )
    return db(config(command))


as_of_option = click.option(
    "--as-of",
    type=Day(),
    help="The morning to stand on; numbers are read until the day before. [default: today]",
)
window_option = click.option(
    "--window", default="7d", show_default=True, help="7d, 28d, yesterday, mtd or FROM..TO."
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Words for people, or JSON for programs.",
)
language_option = click.option("--language", metavar="LANG", help="en or nb.")


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
    made = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
    for index, head in enumerate(heads):
        made.add_column(
            head, justify="right" if index in numbers else "left", no_wrap=index in numbers
        )
    for row in rows:
        made.add_row(*(Text(clean(cell)) for cell in row))
    return printed(made, _width())


def _width() -> int:
    """The terminal's width; where nobody looks, wide enough that no line is broken."""
    if not sys.stdout.isatty():
        return 250
    return max(80, shutil.get_terminal_size().columns)


def said(text: str) -> None:
    """Words for people to standard output, without control characters."""
    click.echo(clean(text))
