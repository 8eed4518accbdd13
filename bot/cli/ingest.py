"""The command that reads files: import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli import import_mapping
from bot.cli.door import in_words, say, told
from bot.cli.options import everywhere, together
from bot.cli.parts import CommandParts, now, writing
from bot.cli.plain_text import as_line
from bot.errors import PerfbotError, RefusedFile, UsageError
from bot.features.imports import intake
from bot.features.imports.doubts import doubts
from bot.numbers.due_days import zone_of
from bot.sentences import Sentence, rows_counted
from bot.snapshot import boards
from bot.sources.exports import ReadSettings, read_opened
from bot.sources.given import given_by
from bot.sources.headings import SEGMENT
from bot.sources.long_files import NeedsWhole, long_file
from bot.sources.packed import Opened, tables
from bot.store.records import DetailsImported

Describe: TypeAlias = Callable[[str, Opened], ReadSettings | None]


@dataclass(frozen=True)
class ImportOptions:
    """What files do not say themselves, and whether to ask for it."""

    channel: str | None
    account: str | None
    currency: str | None
    time_zone: str | None
    segments: tuple[str, ...]
    columns: tuple[str, ...]
    window_reach: bool
    mapping: bool


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--channel", help="The channel, where the file does not say.")
@click.option("--account", help="The ad account's id, likewise.")
@click.option("--currency", help="The currency, likewise.")
@click.option("--time-zone", help="The account's time zone, likewise: hours in UTC go to its days.")
@click.option(
    "--segment",
    "segments",
    multiple=True,
    metavar="HEADING",
    help="A column that splits a day and campaign: its rows are added up.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADING=COLUMN",
    help="What a heading of your own is (see docs/columns.md).",
)
@click.option(
    "--window-reach",
    is_flag=True,
    help="The rows hold the reach of whole windows, as Meta gives it without days.",
)
@click.option(
    "--map",
    "mapping",
    is_flag=True,
    help="Ask what the columns are, and save it: any table with these headings is then read.",
)
@everywhere
@together(ImportOptions, "says")
def import_command(
    files: tuple[str, ...], says: ImportOptions, db: str | None, config: str | None
) -> int:
    """Read exports into the database: one line of JSON a file.

    FILE is CSV, TSV, .xlsx or Parquet; a .gz or .zip of them; - for standard input; or an https
    address. A file is stored whole or not at all; reading it twice changes nothing.
    """
    with writing(db, config) as parts:
        own_columns = dict(pair(column) for column in says.columns)
        own_columns |= dict.fromkeys(says.segments, SEGMENT)
        read_settings = replace(
            given_by(parts.settings, own_columns, import_mapping.saved(parts)),
            currency=says.currency or parts.settings.default_currency,
            channel=says.channel,
            account_id=says.account,
            time_zone=_zone(says.time_zone),
            windows=says.window_reach,
        )
        describe = partial(_described, parts, read_settings, own_columns) if says.mapping else None
        fine = [fine for file in files for fine in _imported(parts, file, read_settings, describe)]
        if any(fine):
            rebuild(parts)
    return 0 if all(fine) else 1


def pair(text: str) -> tuple[str, str]:
    """`Mediekost=spend` in its two parts.

    Raises:
        UsageError: It has not two.
    """
    heading, sign, column = text.rpartition("=")
    if not sign or not heading.strip() or not column.strip():
        raise UsageError(
            "%(text)s is no heading and column.",
            hint='Write it like --column "Mediekost=spend".',
            values={"text": repr(text)},
        )
    return heading.strip(), column.strip()


def _zone(name: str | None) -> str | None:
    if name is None or zone_of(name) is not None:
        return name
    raise UsageError(
        "%(name)s is no time zone.",
        hint="Write it like Europe/Oslo.",
        values={"name": repr(name)},
    )


def _described(
    parts: CommandParts,
    read_settings: ReadSettings,
    own_columns: dict[str, str],
    place: str,
    opened: Opened,
) -> ReadSettings | None:
    """What a table's headings are, as the options say or a person answers; saved once it is read.

    None where the person thought better of it.
    """
    mapping = (
        import_mapping.said(read_settings, own_columns)
        if own_columns
        else import_mapping.ask(place, opened, read_settings)
    )
    if mapping is None:
        return None
    settings = replace(read_settings, saved=()).with_mapping(mapping)
    read_opened(opened, settings=settings)
    import_mapping.keep(parts, mapping)
    return settings


def _imported(
    parts: CommandParts, place: str, read_settings: ReadSettings, describe: Describe | None
) -> Iterator[bool]:
    """Each table of a file, an archive, standard input or an address: whether it was stored."""
    try:
        for opened in tables(place):
            settings = describe(place, opened) if describe else read_settings
            if settings is not None:
                yield _import(parts, opened, _shown_as(place, opened), settings)
    except PerfbotError as error:
        if isinstance(error, RefusedFile) and "://" not in place:
            error.file = error.file or Path(place).name
        yield _refused(_shown_as(place), error)


def _shown_as(place: str, opened: Opened | None = None) -> str:
    """As it was typed; a table of an archive behind it; of an address nothing that may be a key."""
    inside = opened.name.rpartition("/")[2] if opened and "/" in opened.name else ""
    if "://" in place:
        return opened.name if opened else place.partition("?")[0]
    return f"{place}/{inside}" if inside else place


def _import(
    parts: CommandParts, opened: Opened, file_label: str, read_settings: ReadSettings
) -> bool:
    try:
        if _import_long(parts, opened, file_label, read_settings):
            return True
        with _progress(opened.name) as progress:
            parsed = read_opened(opened, settings=read_settings, progress=progress)
        today = now().astimezone(parts.settings.zone).date()
        doubt_notes = list(doubts(parts.store, parsed.frame, today))
        stored, below = intake.keep(parts.store, parsed, opened.name, now(), parts.settings.details)
    except PerfbotError as error:
        return _refused(file_label, error)
    counted = {"details": below.rows} if below else {}
    as_line({"file": file_label, **asdict(stored), **counted})
    for note in (*parsed.notes, *parsed.warnings, *doubt_notes, *_said_of(parts, below)):
        say(f"{opened.name}: {in_words(note)}")
    return True


def _import_long(
    parts: CommandParts, opened: Opened, file_label: str, read_settings: ReadSettings
) -> bool:
    """Store a long file while it is read; False where it has to be read as a whole."""
    stored_at, today = now(), now().astimezone(parts.settings.zone).date()
    with _progress(opened.name) as progress:
        file = long_file(opened, read_settings, progress)
        if file is None:
            return False
        try:
            stored = intake.keep_long(
                parts.store, file, opened.name, stored_at, today + timedelta(days=1)
            )
        except NeedsWhole:
            return False
    as_line({"file": file_label, **asdict(stored.imported)})
    doubt_notes = doubts(parts.store, stored.newest(), today, stored_at)
    for note in (*stored.notes, *stored.warnings, *doubt_notes):
        say(f"{opened.name}: {in_words(note)}")
    return True


def _refused(file_label: str, error: PerfbotError) -> bool:
    as_line({"file": file_label, "error": error_json(error)})
    say(told(error))
    return False


def _said_of(parts: CommandParts, below: DetailsImported | None) -> Iterator[str]:
    """How many details were kept, and what was not."""
    if below is None:
        return
    limits = parts.settings.details
    yield Sentence(
        "%(rows)s of details kept: %(new)s new, %(changed)s changed.",
        rows=rows_counted(below.rows), new=f"{below.added:,}", changed=f"{below.restated:,}",
    )  # fmt: skip
    if below.cut:
        yield Sentence(
            "%(rows)s of details left out, the smallest: a day, account and level keeps %(most)s "
            "(rows_per_day under [details] in perfbot.toml).",
            rows=rows_counted(below.cut),
            most=f"{limits.rows_per_day:,}",
        )
    if below.old:
        yield Sentence(
            "%(rows)s of details left out, older than %(days)s days (keep_days under [details] in "
            "perfbot.toml).",
            rows=rows_counted(below.old),
            days=limits.keep_days,
        )


def error_json(error: PerfbotError) -> dict[str, Any]:
    """Why something was refused, for programs."""
    return {
        "code": error.code,
        "message": error.message,
        "line": error.line,
        "hint": error.hint,
    }


@contextmanager
def _progress(name: str) -> Iterator[Any]:
    """A bar on standard error while a long file is read; nothing where nobody looks."""
    console = Console(stderr=True)
    percent = TextColumn("{task.percentage:3.0f} %")
    columns = (TextColumn("{task.description}"), BarColumn(), percent, TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(name.replace("[", "("), total=None)
        yield lambda completed, total: bar.update(task, completed=completed, total=total)


def rebuild(parts: CommandParts) -> None:
    """The boards of the morning after the newest day, so that the next question is quick."""
    last_day = parts.store.last_day()
    if last_day is not None:
        boards.rebuild(parts.context, min(last_day, now().date()) + timedelta(days=1))
