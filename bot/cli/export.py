"""`perfbot export [WHAT] [WINDOW]`: daily numbers as CSV or Excel."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from bot.cli.door import say
from bot.cli.options import as_of_option, everywhere
from bot.cli.parts import reading
from bot.desk import exporting
from bot.desk.names import Unclear
from bot.errors import PerfbotError, UsageError


@click.command("export")
@click.argument("what", nargs=-1, metavar="[CHANNEL|CAMPAIGN|all] [WINDOW]")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx"]), help="[default: csv]")
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="File to write; `-` for "
              "standard output. [default: a name that says what is in it, here]")  # fmt: skip
@as_of_option
@everywhere
def export_command(  # noqa: PLR0913, PLR0917, click gives each option as an argument
    what: tuple[str, ...],
    form: str | None,
    output: str | None,
    as_of: date | None,
    db: str | None,
    config: str | None,
) -> None:
    """Daily numbers of a channel, a campaign or all, of 28 days unless a window is named.

    Money is exact. Texts that begin like a formula are made harmless.
    """
    words = [*what, *([form] if form else [])]
    with reading(db, config) as parts:
        try:
            wanted = exporting.asked(words)
            file, rows = exporting.made(parts.office, wanted, parts.morning(as_of))
        except Unclear as unclear:
            names = ", ".join(option.label for option in unclear.choice.options)
            raise UsageError(f"Several are called so: {names}.", hint="Write more of it.") from None
    if output == "-":
        sys.stdout.buffer.write(file.content)
        return
    path = Path(output or file.name)
    try:
        path.write_bytes(file.content)
    except OSError as error:
        raise PerfbotError(
            f"{path} cannot be written: {error.strerror}.", hint="Name another with --output."
        ) from None
    say(f"{rows} rows in {path}")
