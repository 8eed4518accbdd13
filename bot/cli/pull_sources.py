"""The command that brings numbers from where they are: pull."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click

from bot.cli.door import in_words, say
from bot.cli.ingest import rebuild
from bot.cli.options import everywhere, format_option
from bot.cli.parts import CommandParts, now, writing
from bot.cli.plain_text import as_json, said, table
from bot.cli.pull_bar import watched
from bot.errors import UsageError
from bot.jobs import pull_keeping
from bot.sentences import Sentence, sentence
from bot.store.base import Pull


@click.command("pull")
@click.argument("names", nargs=-1, metavar="[SOURCE...]")
@format_option
@everywhere
def pull_command(names: tuple[str, ...], form: str, db: str | None, config: str | None) -> int:
    """Pull the sources named in perfbot.toml (all, or those given)."""
    with writing(db, config) as parts:
        _check(parts, names)
        sources = pull_keeping.sources(parts.store, parts.settings, now, names or None)
        with _notes() as notes, watched(sources) as barred:
            keeper = pull_keeping.PullKeeper(parts.settings.details, parts.settings.zone)
            pulls = pull_keeping.pull(parts.store, barred, now, keeper)
        if any(pull.rows for pull in pulls):
            rebuild(parts)
    as_json([_pull_json(pull) for pull in pulls]) if form == "json" else said(_pulls_text(pulls))
    for note in notes:
        say(note)
    for pull in pulls:
        if not pull.ok:
            say(_failure(pull))
    return 0 if all(pull.ok for pull in pulls) else 1


@contextmanager
def _notes() -> Iterator[list[str]]:
    """What the log hears of how files were read: whoever pulls by hand reads no log."""
    notes: list[str] = []
    handler, logger = logging.Handler(), logging.getLogger(pull_keeping.__name__)
    handler.emit = lambda record: notes.append(_noted(record))  # type: ignore[method-assign]
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield notes
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before


def _failure(pull: Pull) -> Sentence:
    """Why a pull failed, the source's name before it once."""
    why = sentence(pull.error)
    says_source = why.startswith(f"{pull.source}: ")
    return why if says_source else Sentence("%(name)s: %(why)s", name=pull.source, why=why)


def _noted(record: logging.LogRecord) -> str:
    """A record of the log; what it says of a source in the language of the command."""
    args = record.args if isinstance(record.args, tuple) else ()
    if record.msg != "%s: %s" or len(args) != 2:
        return record.getMessage()
    return f"{args[0]}: {in_words(args[1]) if isinstance(args[1], Sentence) else args[1]}"


def _check(parts: CommandParts, names: tuple[str, ...]) -> None:
    source_names = [source.name for source in parts.settings.sources]
    if not source_names:
        raise UsageError(
            "No source is named in perfbot.toml.",
            hint="Add [[sources]] (see perfbot.example.toml), or read a file with perfbot import.",
        )
    for name in names:
        if name not in source_names:
            raise UsageError(
                "There is no source %(name)s.",
                hint="Known: %(names)s.",
                values={"name": repr(name), "names": ", ".join(source_names)},
            )


def _pull_json(pull: Pull) -> dict[str, Any]:
    return {
        **asdict(pull),
        "channels": list(pull.channels),
        "pulled_at": pull.pulled_at.isoformat(),
    }


def _pulls_text(pulls: list[Pull]) -> str:
    if not pulls:
        return in_words("Nothing new.")
    rows = [
        [
            pull.source,
            pull.account_id or "–",
            ", ".join(pull.channels) or "–",
            str(pull.rows),
            str(pull.details or "–"),
            str(pull.until or "–"),
            in_words("ok" if pull.ok else "failed"),
        ]
        for pull in pulls
    ]
    heads = ("Source", "Account", "Channels", "Rows", "Details", "Until", "")
    return table([in_words(head) for head in heads], rows, (3, 4))
