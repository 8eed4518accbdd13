"""A page a `perfbot` command: its help from click, its examples run on the demo's numbers."""

from __future__ import annotations

from collections.abc import Iterator

import click

from bot.cli.door import cli
from docs.running import rerun
from docs.stage import Moment, Stage
from docs.terminal import TELLING, Telling

WHEN = {
    Moment.MONDAY: "on the morning of 23 November 2026",
    Moment.ANSWERED: "after Kari's and Ola's answers of 23 November 2026",
    Moment.WEEKS_LATER: "on 5 January 2027",
}


def page(name: str, stage: Stage) -> Iterator[str]:
    """The lines of a command's page, under its title."""
    telling = TELLING[name]
    yield f"**{telling.question}**"
    yield ""
    yield telling.does
    yield from _shown(telling)
    if telling.runs:
        yield from _run(telling, stage)
    yield ""
    yield "## How to type it"
    yield from _help(*_command(name))
    yield ""
    near = (f"[{_name(page)}]({page})" for page in telling.see)
    yield f"See also: {', '.join([*near, '[all commands](../commands.md)'])}."


def _name(page: str) -> str:
    folder, _, file = page.removesuffix(".md").rpartition("/")
    return {"": f"`perfbot {file}`", "../commands": f"`/perf {file}`"}.get(folder, file)


def _shown(telling: Telling) -> Iterator[str]:
    if telling.shown:
        yield ""
        yield "```sh"
        yield from (f"perfbot {words}" for words in telling.shown)
        yield "```"


def _run(telling: Telling, stage: Stage) -> Iterator[str]:
    yield ""
    yield "## Examples"
    yield ""
    yield from _where(telling)
    for words in telling.runs:
        block = f"{_moment(telling)}\n```console\n$ perfbot {words}\n```\n"
        yield ""
        yield rerun(block, stage).partition("\n")[2].rstrip()


def _where(telling: Telling) -> Iterator[str]:
    if telling.when is None:
        yield "In an empty folder, with [exports](../../tests/data/quirks) under `exports`:"
        return
    yield "In a folder with [the demo's plan](../examples/demo.toml) as `perfbot.toml` and its"
    yield f"numbers in `perfbot.db`, {WHEN[telling.when]}:"


def _moment(telling: Telling) -> str:
    return f"<!-- moment: {telling.when.name if telling.when else 'EMPTY'} -->"


def _command(name: str) -> tuple[click.Command, click.Context]:
    root = click.Context(cli, info_name="perfbot", **cli.context_settings)
    command = cli.get_command(root, name)
    assert command is not None
    return command, click.Context(command, root, name)


def _help(command: click.Command, context: click.Context) -> Iterator[str]:
    """What `--help` prints, a hundred wide, of the command and of those under it."""
    name, parent = context.info_name, context.parent
    yield ""
    yield "```text"
    yield command.get_help(
        click.Context(command, parent, name, terminal_width=100, max_content_width=100)
    )
    yield "```"
    if isinstance(command, click.Group):
        for below, child in sorted(command.commands.items()):
            yield from _help(child, click.Context(child, context, below))
