"""Options that several commands share, so that they mean the same everywhere.

Nothing here is slow to load: `perfbot --help` and `perfbot version` need no more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, NamedTuple, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def together(kind: type[Any], name: str) -> Callable[[Command], Callable[..., Any]]:
    """Hand a command the options that belong together as one value.

    Stands below the options it gathers.

    Args:
        kind: A dataclass or named tuple; its fields are called as the options are.
        name: What the command calls it.
    """
    names = tuple(kind.__annotations__)

    def gathering(command: Command) -> Callable[..., Any]:
        @wraps(command)
        def run(**options: Any) -> Any:
            value = kind(**{field: options.pop(field) for field in names})
            return command(**options, **{name: value})

        return run

    return gathering


class AnswerOptions(NamedTuple):
    """Which morning an answer stands on, in which language, for people or for programs."""

    as_of: date | None
    language: str | None
    form: str


class DayOption(click.ParamType[date]):
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
    type=DayOption(),
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
