"""Runs the local platforms until it is interrupted: `python -m bot.demo.platforms`.

Prints one line of JSON: for each platform its address and what a client needs to sign in. None of
it is worth anything outside this machine.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import click

from bot.demo.platforms import World, google, linkedin, meta, microsoft, tiktok
from bot.demo.platforms.world import Size

SERVERS: dict[str, Callable[..., Any]] = {
    "google": google, "meta": meta, "linkedin": linkedin, "tiktok": tiktok, "microsoft": microsoft,
}  # fmt: skip


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(SERVERS)), help="These platforms.")
@click.option("--days", default=400, help="Days of numbers before today.")
@click.option("--campaigns", default=0, help="At least so many in each platform's first account.")
@click.option("--replay", is_flag=True, help="Google: the same query once more is not worked out.")
@click.option("--copies", default=1, help="Google: each campaign so often, under ids of its own.")
@click.option("--seed", default=1, help="Another number is another world.")
def main(  # noqa: PLR0913 (the options of a command)
    *, only: tuple[str, ...], days: int, campaigns: int, replay: bool, copies: int, seed: int
) -> None:  # fmt: skip
    """Run the local ad platforms until interrupted."""
    world = World(lambda: datetime.now(UTC), seed, days=days, size=Size(campaigns))
    with ExitStack() as stack:
        servers = {}
        for name in only or SERVERS:
            options = {"replay": replay, "copies": copies} if name == "google" else {}
            servers[name] = stack.enter_context(SERVERS[name](world, None, **options))
        click.echo(json.dumps({name: describe(server) for name, server in servers.items()}))
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("The local platforms are closed.", err=True)


def describe(server: Any) -> dict[str, str]:
    """What a client needs: addresses, tokens, ids."""
    names = ("endpoint", "url", "token_uri", "root_certificates_path", *SECRETS)
    settings = {name: str(getattr(server, name)) for name in names if hasattr(server, name)}
    if hasattr(server, "tokens"):
        parts: Iterable[str] = ("client_id", "client_secret", "refresh_token")
        settings |= {name: getattr(server.tokens, name) for name in parts}
    return settings


SECRETS = (
    "access_token", "developer_token", "manager_id", "app_id", "app_secret", "business_id",
    "customer_id",
)  # fmt: skip

if __name__ == "__main__":
    main()
