"""`perfbot clients`: whose the campaigns and the Slack channels are, and saying so."""

from __future__ import annotations

from typing import Any

import click

from bot.ask import Asker, Door
from bot.cli.options import everywhere, format_option
from bot.cli.parts import CommandParts, now, reading, writing
from bot.cli.printing import as_json, said, table
from bot.context.context import load
from bot.features.clients import owning
from bot.store.scope import ALL

TEAM = "the team: every client"
NOBODY = "nobody: the team alone"


@click.group("clients", invoke_without_command=True)
@format_option
@everywhere
@click.pass_context
def clients_command(ctx: click.Context, form: str, db: str | None, config: str | None) -> None:
    """Whose campaigns there are, and which Slack channels show them."""
    if ctx.invoked_subcommand is None:
        with reading(db, config) as parts:
            found = _found(parts)
        as_json(found) if form == "json" else said(_text(found))


@clients_command.command("set")
@click.argument("channel")
@click.argument("client")
@everywhere
def set_(channel: str, client: str, db: str | None, config: str | None) -> None:
    """Say that the channel with this id shows CLIENT; `all` for the team's own, or `none`."""
    with writing(db, config) as parts:
        parts.store.upgrade()
        load(parts.store, parts.settings, today=parts.morning(None), at=now())
        asker = Asker("terminal", channel, door=Door.TERMINAL)
        owning.set_client(parts.context, [client], asker, dry=False)
        found = _found(parts)
    said(_text(found))


def _found(parts: CommandParts) -> dict[str, Any]:
    """`{"clients": {name: campaigns}, "channels": {id: client}, "silent": [id]}`."""
    owners = parts.store.channel_owners()
    return {
        "clients": parts.store.clients(),
        "channels": {channel: owner.client for channel, owner in owners.items()},
        "silent": list(owning.silent(parts.context, owners)) if _apart(parts) else [],
    }


def _apart(parts: CommandParts) -> bool:
    return not parts.store.scope_of("").everything


def _text(found: dict[str, Any]) -> str:
    campaigns = [[name or NOBODY, str(count)] for name, count in found["clients"].items()]
    shows = [[channel, _shown(client)] for channel, client in found["channels"].items()]
    lines = [table(["Client", "Campaigns"], campaigns, [1]) if campaigns else "No campaigns yet."]
    lines.append(
        table(["Slack channel", "Shows"], shows)
        if shows
        else "No channel belongs to anybody, so every channel shows everything."
    )
    if found["silent"]:
        names = ", ".join(found["silent"])
        lines.append(f"No summary comes to {names}: perfbot clients set CHANNEL CLIENT.")
    return "\n\n".join(lines)


def _shown(client: str) -> str:
    return TEAM if client == ALL else client or "nothing"
