"""`perfbot version`."""

from __future__ import annotations

from importlib import metadata

import click

from bot.cli.options import everywhere


@click.command("version")
@everywhere
def version_command(db: str | None, config: str | None) -> None:  # noqa: ARG001, same for all
    """Which perfbot this is."""
    click.echo(f"perfbot {version()}")


def version() -> str:
    """The installed version, or "from a checkout" where it was never installed."""
    try:
        return metadata.version("perfbot")
    except metadata.PackageNotFoundError:
        return "from a checkout"
