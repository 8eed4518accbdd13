"""Commands that stay: run, web, worker, demo. What they do lives in bot.app."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from bot.app import demo, processes
from bot.cli.options import as_of_option, everywhere, together
from bot.settings import add_env_file

mode_option = click.option(
    "--mode", type=click.Choice(["socket", "http"]), help="How Slack's events come. [default: file]"
)
host_option = click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on."
)
port_option = click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on.")


@click.command("run")
@mode_option
@host_option
@port_option
@everywhere
def run_command(
    mode: str | None, host: str, port: int | None, db: str | None, config: str | None
) -> int:
    """Everything in one process: Slack, pulls, digests. Until Ctrl-C."""
    add_env_file(os.environ)
    return processes.run(config, db, mode=mode, host=host, port=port)


@click.command("web")
@mode_option
@host_option
@port_option
@everywhere
def web_command(
    mode: str | None, host: str, port: int | None, db: str | None, config: str | None
) -> int:
    """Slack's door and /healthz, without jobs. Until Ctrl-C."""
    add_env_file(os.environ)
    return processes.web(config, db, mode=mode, host=host, port=port)


@click.command("worker")
@host_option
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port for /healthz, /readyz and /metrics."
)
@everywhere
def worker_command(host: str, port: int | None, db: str | None, config: str | None) -> int:
    """Pulls, digests and what waits in the outbox, without Slack's door. Until Ctrl-C."""
    add_env_file(os.environ)
    return processes.worker(config, db, host=host, port=port)


@dataclass(frozen=True)
class MarketOptions:
    """Which morning of which market; or whose numbers."""

    as_of: date | None
    seed: int
    numbers: tuple[str, ...]


@click.command("demo")
@as_of_option
@click.option("--seed", default=1, show_default=True, help="Another seed, another market.")
@click.option("--port", default=3944, show_default=True, type=click.IntRange(0, 65535))
@click.option("--no-open", is_flag=True, help="Print the address without opening a browser.")
@click.option(
    "--numbers", multiple=True, metavar="FILE", help="Your own numbers instead of made-up ones."
)
@everywhere
@together(MarketOptions, "market")
def demo_command(
    market: MarketOptions,
    port: int,
    no_open: bool,
    db: str | None,  # noqa: ARG001, the demo has a database of its own
    config: str | None,
) -> int:
    """See perfbot work: a local Slack, a market with news in it, no tokens. Until Ctrl-C.

    A temporary database of its own; yours, and real tokens, are not looked at.
    """
    numbers = tuple(map(Path, market.numbers))
    request = demo.DemoRequest(market.as_of, market.seed, numbers, config)
    return demo.demo(request, port, open_browser=not no_open)
