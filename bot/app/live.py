"""`make demo-live`: Google Ads and Meta on this computer, and perfbot set up and pulling from them.

The servers speak the real protocols and are worth nothing outside this machine; perfbot runs as it
would for anybody, in a process of its own and a folder of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.app import live_applying
from bot.demo.platforms import World, google, meta

STEPS = (
    ("init", "--yes"),
    ("pull",),
    ("audit",),
    ("board", "--window", "28d"),
)
RUN = "from bot.cli import main; main()"


def environment(ads: Any, graph: Any) -> dict[str, str]:
    """What a person would have put in .env, and where the local servers are."""
    return {
        "GOOGLE_ADS_DEVELOPER_TOKEN": ads.developer_token,
        "GOOGLE_ADS_CLIENT_ID": ads.tokens.client_id,
        "GOOGLE_ADS_CLIENT_SECRET": ads.tokens.client_secret,
        "GOOGLE_ADS_REFRESH_TOKEN": ads.tokens.refresh_token,
        "GOOGLE_ADS_ENDPOINT": ads.endpoint,
        "GOOGLE_ADS_TOKEN_URI": ads.token_uri,
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": ads.root_certificates_path,
        "META_ADS_ACCESS_TOKEN": graph.access_token,
        "META_ADS_GRAPH_URL": graph.url,
    }


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where perfbot works. [default: new]"
)
def main(folder: Path | None) -> None:
    """Run local ad platforms and watch perfbot connect to them and pull."""
    place = folder or Path(tempfile.mkdtemp(prefix="perfbot-live-"))
    place.mkdir(parents=True, exist_ok=True)
    world = World(lambda: datetime.now(UTC))
    with ExitStack() as stack:
        ads, graph = stack.enter_context(google(world)), stack.enter_context(meta(world))
        click.secho(f"Google Ads is at {ads.endpoint}, Meta at {graph.url}, perfbot in {place}.")
        os.environ.update(environment(ads, graph))  # gRPC reads its roots from there
        play(place, os.environ.copy())
        live_applying.show(place, os.environ, world)
        calls = len(ads.journal.calls("")), len(graph.journal.calls(""))
        click.secho(f"\nGoogle was called {calls[0]} times, Meta {calls[1]} times.")


def play(place: Path, environ: dict[str, str], steps: Iterable[tuple[str, ...]] = STEPS) -> None:
    """Each command as a person would type it.

    Raises:
        SystemExit: One of them failed, with its exit code.
    """
    for words in steps:
        click.secho(f"\n$ perfbot {' '.join(words)}", bold=True)
        ended = subprocess.run(  # noqa: S603, perfbot itself, with the words above
            [sys.executable, "-c", RUN, *words], cwd=place, env=environ, check=False
        )
        if ended.returncode:
            raise SystemExit(ended.returncode)


if __name__ == "__main__":
    main()
