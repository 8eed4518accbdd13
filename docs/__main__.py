"""`python -m docs`: writes the reference pages anew from the code, the settings and the rules.

A test (tests/project/test_docs.py) holds the pages on disk against what this would write.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from bot.advice.explain import explain, matrix
from bot.advice.rulebook import PRICING, STAGES, Rulebook
from bot.cli.door import COMMANDS, cli
from bot.places import shipped
from bot.rules_files import load
from docs.asking import slack_commands

HERE = Path(__file__).parent
NOTE = "<!-- Written by `python -m docs`; change the code or the rules, not this page. -->"


def pages() -> dict[str, str]:
    """The text of each generated page, by file name."""
    rulebook = load()
    return {
        "commands.md": _page("Commands", _commands()),
        "settings.md": _page("Settings", _settings()),
        "metrics.md": _page("Metrics", _metrics(rulebook)),
        "rules.md": _page("Rules", _rules(rulebook)),
    }


def _page(title: str, lines: Iterator[str]) -> str:
    return "\n".join([f"# {title}", "", NOTE, "", *lines]).rstrip() + "\n"


def _commands() -> Iterator[str]:
    yield from slack_commands()
    yield "Every command takes `--db PATH|URL` (default `DATABASE_URL`, else `perfbot.db` here)"
    yield "and `--config FILE` (default `perfbot.toml` here). Exit codes: 0 fine, 1 found something"
    yield "wrong, 2 wrong use. Errors are one sentence with what to do next."
    yield ""
    root = click.Context(cli, info_name="perfbot", **cli.context_settings)
    for name in COMMANDS:
        command = cli.get_command(root, name)
        assert command is not None
        yield from _command(command, click.Context(command, info_name=name, parent=root))


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## `{context.command_path}`"
    yield ""
    yield "```text"
    yield command.get_help(
        click.Context(
            command,
            info_name=context.info_name,
            parent=context.parent,
            terminal_width=100,
            max_content_width=100,
        )
    )
    yield "```"
    yield ""
    if isinstance(command, click.Group):
        for name, child in sorted(command.commands.items()):
            yield from _command(child, click.Context(child, info_name=name, parent=context))


def _settings() -> Iterator[str]:
    yield "`perfbot.toml`, whole, with every setting there is. A key that is not here is refused,"
    yield "with the nearest one named. Secrets come from the environment or `.env` only."
    yield ""
    yield "```toml"
    yield shipped("perfbot.example.toml").read_text(encoding="utf-8").rstrip()
    yield "```"


def _metrics(rulebook: Rulebook) -> Iterator[str]:
    yield "The glossary, from [`rules/metrics.yml`](../rules/metrics.yml). Ratios are sum over sum,"
    yield "on the days that have both parts; dividing by zero gives nothing; missing is missing."
    yield ""
    yield "| metric | title | unit | better | how | what it says |"
    yield "|---|---|---|---|---|---|"
    for name, metric in rulebook.metrics.items():
        how = f"{metric.sum} / {metric.over}" if metric.over else metric.sum or metric.kind
        how = f"{metric.scale:g} x {how}" if metric.scale != 1 else how
        cells = (f"`{name}`", metric.title, metric.unit, metric.better, how, metric.meaning)
        yield f"| {' | '.join(cells)} |"


def _rules(rulebook: Rulebook) -> Iterator[str]:
    yield "Every rule, in plain words, with the numbers it looks at, as `perfbot rules explain ID`"
    yield "prints them. Which rules speak in which cell of RACE stage and pricing model; those of"
    yield "`always.yml` speak everywhere, and before any other:"
    yield ""
    table = matrix(rulebook)
    yield "| | " + " | ".join(PRICING) + " |"
    yield "|---|" + "---|" * len(PRICING)
    for stage in STAGES:
        cells = [_names(table[stage, model]) for model in PRICING]
        yield f"| **{stage}** | " + " | ".join(cells) + " |"
    for rule in rulebook.rules:
        yield ""
        yield f"## `{rule.id}`"
        yield ""
        yield "```text"
        yield explain(rule, rulebook).rstrip()
        yield "```"


def _names(rules: Iterable[str]) -> str:
    return ", ".join(f"`{rule}`" for rule in rules if not rule.startswith("always-"))


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"docs/{name}\n")
