"""A bar an account while platforms are pulled, on standard error, where somebody looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from bot.cli.door import in_words
from bot.sources.base import Source
from bot.sources.platforms.pulling import PlatformSource


@contextmanager
def watched(sources: Sequence[Source]) -> Iterator[list[Source]]:
    """The same sources, in their order, telling how far they are while they are pulled."""
    console = Console(stderr=True)
    days = TextColumn("{task.completed} " + in_words("days"))
    columns = (TextColumn("{task.description}"), BarColumn(), days)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[tuple[str, str], TaskID] = {}

        def watch(source: str, account: str, completed: int, total: int) -> None:
            if (source, account) not in tasks:
                title = account if len(sources) == 1 else f"{source}: {account}"
                tasks[source, account] = bar.add_task(title.replace("[", "("), total=total)
            bar.update(tasks[source, account], completed=completed)

        yield [
            source.watched(partial(watch, source.name))
            if isinstance(source, PlatformSource)
            else source
            for source in sources
        ]
