"""`perfbot db`, `backup` and `restore`: looking after the database, and what it holds of people.

`perfbot forget` and `export-everything`: to be forgotten, and to have one's data.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import click

from bot.cli.options import everywhere
from bot.cli.parts import now, settings_of, writing
from bot.cli.plain_text import said
from bot.errors import PerfbotError, UsageError
from bot.redaction import redacted
from bot.settings import Settings
from bot.store import Store, backups, file_of, open_store
from bot.store.forgetting import is_person


@click.group("db")
def db_command() -> None:
    """Look after the database."""


@db_command.command("upgrade")
@everywhere
def upgrade(db: str | None, config: str | None) -> None:
    """Bring the database up to date; safe to run at every start."""
    file = file_of(settings_of(config).database(db))
    file_missing = file is not None and not file.exists()
    with writing(db, config) as parts:
        migrations = parts.store.upgrade()
    if file_missing:
        said("The database was made.")
    else:
        said(f"Applied {', '.join(migrations)}." if migrations else "The database is up to date.")


@db_command.command("copy")
@click.argument("source", metavar="SRC")
@click.argument("target", metavar="DST")
@everywhere
def copy_database(
    source: str,
    target: str,
    db: str | None,  # noqa: ARG001, the same for all commands
    config: str | None,  # noqa: ARG001
) -> None:
    """Copy everything into a new database, counted and compared row by row.

    SRC and DST are files or URLs: perfbot.db, postgresql://user:password@host/database. perfbot
    may run on SRC meanwhile; what is written to it after the copy began is not copied.
    """
    from bot.store.copying import copy  # noqa: PLC0415, only wanted here

    if redacted(source) == redacted(target) and source == target:
        raise UsageError("That is one and the same database.", hint="Name another one to copy to.")
    with (
        closing(open_store(source, read_only=True)) as source_store,
        closing(open_store(target)) as target_store,
    ):
        rows = copy(source_store.engine, target_store.engine)
    said(f"Copied and compared: {_rows(rows)}.")


@db_command.command("repair")
@click.option(
    "--from",
    "backup",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The backup to use. [default: the newest intact one beside it, or in backups]",
)
@everywhere
def repair(backup: Path | None, db: str | None, config: str | None) -> None:
    """Mend a damaged SQLite database; the damaged file is kept under another name."""
    file = _own_file(db, config, "PostgreSQL looks after itself: restore a backup of it instead.")
    outcome = backups.repair(file, backup)
    if outcome.how == "intact":
        said(f"{file} is intact: nothing to mend.")
    elif outcome.how == "reindexed":
        said(f"{file} was mended: only its indexes were damaged, no row was lost.")
    else:
        said(
            f"{file} is now what {outcome.backup} holds, "
            f"of {outcome.backed_up:%Y-%m-%d %H:%M} UTC; "
            f"what came later is lost. The damaged file is {outcome.aside}."
        )


@click.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@everywhere
def backup_command(file: Path | None, db: str | None, config: str | None) -> None:
    """Write everything into FILE while perfbot runs on; FILE is looked through before it counts.

    Without FILE: into the folder backups beside the database, named by the time. FILE is a SQLite
    database, whatever the database is, and can be read by perfbot --db FILE.
    """
    place = settings_of(config).database(db)
    with closing(open_store(place, read_only=True)) as store:
        if file is None:
            file = backups.usual_place(file_of(place) or Path("perfbot.db"), now())
            file.parent.mkdir(mode=0o700, exist_ok=True)
        rows = store.backup(file)
    said(f"{file}: {_rows(rows)}.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@everywhere
def restore_command(file: Path, db: str | None, config: str | None) -> None:
    """Put a backup in the place of everything there is; perfbot may run on.

    What was there is backed up first, beside the database in the folder backups.
    """
    backups.refuse_unfit(file)
    place = settings_of(config).database(db)
    with closing(open_store(place)) as store:
        earlier = backups.usual_place(file_of(place) or Path("perfbot.db"), now())
        earlier = earlier.with_name(f"before-restore-{earlier.name}")
        earlier.parent.mkdir(mode=0o700, exist_ok=True)
        store.backup(earlier)
        rows = store.restore(file)
    said(f"Restored: {_rows(rows)}. What was there before is {earlier}.")


def _rows(rows: Mapping[str, int]) -> str:
    """How many there are of what most people look for."""
    headings = {"daily": "days of campaigns", "events": "events", "advice": "pieces of advice"}
    parts = ", ".join(f"{rows[table]:,} {words}" for table, words in headings.items())
    return f"{parts}, and all that belongs to them"


def _own_file(db: str | None, config: str | None, hint: str) -> Path:
    place = settings_of(config).database(db)
    file = file_of(place)
    if file is None:
        raise PerfbotError("Only a SQLite database is mended like this.", hint=hint)
    if not file.exists():
        raise PerfbotError(f"There is no database at {file}.", hint="Restore one: perfbot restore.")
    return file


@click.command("forget")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do it. Without it, only what would be changed is said.")
@everywhere
def forget_command(person: str, yes: bool, db: str | None, config: str | None) -> None:
    """Forget PERSON: their id from Slack (U…), or the name perfbot knows them by.

    What they decided stays, under a pseudonym that nothing leads back from; their preferences and
    what was said to them alone are removed. Backups made before still hold them, and so does Slack.
    """
    settings = settings_of(config)
    with closing(open_store(settings.database(db))) as store:
        user = _meant(store, person)
        changed = store.forget(user, at=now(), dry_run=not yes)
    rows = ", ".join(f"{rows} in {table}" for table, rows in changed.items() if rows)
    if yes:
        said(f"{user} is forgotten: {rows or 'nothing held them'}.")
        said("Delete the backups made before, or restore none of them without forgetting again.")
    else:
        said(f"{user} stands in: {rows or 'nothing'}. Nothing was changed: say --yes to forget.")
    for place in _still_named(settings, user):
        said(f"{user} is named in {place} of perfbot.toml, too: take it out there.")


@click.command("export-everything")
@click.argument("file", type=click.Path(path_type=Path))
@everywhere
def export_everything_command(file: Path, db: str | None, config: str | None) -> None:
    """Write every table into FILE, a new zip: CSV for people, JSON lines for programs.

    perfbot may run on meanwhile. To move or mend a database, use backup and restore.
    """
    from bot.features.reports.export import export_everything  # noqa: PLC0415, only wanted here

    with closing(open_store(settings_of(config).database(db), read_only=True)) as store:
        rows = export_everything(store, file, now())
    said(f"{file}: {sum(rows.values()):,} rows of {len(rows)} tables.")


def _meant(store: Store, person: str) -> str:
    """The id of a person named by it, mentioned, or called by name.

    Raises:
        UsageError: Nobody, or more than one.
    """
    typed = person.strip().removeprefix("<@").removesuffix(">").partition("|")[0]
    if is_person(typed):
        return typed
    name = person.strip().lstrip("@").casefold()
    matches = [user for user, calling in store.people().items() if calling.casefold() == name]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UsageError(
            f"Several people are called {person}: {', '.join(matches)}.",
            hint="Name one by id: perfbot forget U0123ABCD.",
        )
    raise UsageError(
        f"Nobody perfbot knows is called {person!r}.",
        hint="Name them by the id in their Slack profile: perfbot forget U0123ABCD.",
    )


def _still_named(settings: Settings, user: str) -> list[str]:
    people = settings.who
    roles = {"viewers": people.viewers, "answerers": people.answerers,
             "approvers": people.approvers, "admins": people.admins}  # fmt: skip
    return [f"[who] {role}" for role, members in roles.items() if user in members]
