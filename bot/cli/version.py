"""`perfbot version`."""

from __future__ import annotations

import click

from bot.cli.options import everywhere


@click.command("version")
@everywhere
def version_command(db: str | None, config: str | None) -> None:  # noqa: ARG001, same for all
    """Which perfbot this is."""
    click.echo(f"perfbot {version()}")


def version() -> str:
    """The installed version, or "from a checkout" where it was never installed."""
    from importlib import metadata  # noqa: PLC0415, half of what `perfbot --help` would take

    try:
        return metadata.version("perfbot")
    except metadata.PackageNotFoundError:
        return "from a checkout"
