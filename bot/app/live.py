"""`make demo-live`: Google, Meta and Microsoft on this computer, and perfbot pulling from them.

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
from bot.demo.platforms import World, google, meta, microsoft

STEPS = (
    ("init", "--yes"),
    ("pull",),
    ("audit",),
    ("board", "--window", "28d"),
)
RUN = "from bot.cli import main; main()"


def environment(ads: Any, graph: Any, bing: Any = None) -> dict[str, str]:
    """What a person would have put in .env, and where the local servers are."""
    return (_microsoft(bing) if bing else {}) | {
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


def _microsoft(bing: Any) -> dict[str, str]:
    return {
        "MICROSOFT_ADS_DEVELOPER_TOKEN": bing.developer_token,
        "MICROSOFT_ADS_CLIENT_ID": bing.tokens.client_id,
        "MICROSOFT_ADS_CLIENT_SECRET": bing.tokens.client_secret,
        "MICROSOFT_ADS_REFRESH_TOKEN": bing.tokens.refresh_token,
        "MICROSOFT_ADS_URL": bing.url,
        "MICROSOFT_ADS_TOKEN_URI": bing.token_uri,
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
        bing = stack.enter_context(microsoft(world))
        bing.polls = 1  # its reports are made at once: nobody wants to watch that
        addresses = f"Google Ads is at {ads.endpoint}, Meta at {graph.url}, Microsoft at {bing.url}"
        click.secho(f"{addresses}, perfbot in {place}.")
        os.environ.update(environment(ads, graph, bing))  # gRPC reads its roots from there
        play(place, os.environ.copy())
        live_applying.show(place, os.environ, world)
        calls = [len(server.journal.calls("")) for server in (ads, graph, bing)]
        click.secho(
            f"\nGoogle was called {calls[0]} times, Meta {calls[1]}, Microsoft {calls[2]} times."
        )


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
