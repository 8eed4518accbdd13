"""`perfbot forget` and `perfbot export-everything`: to be forgotten, and to have one's data."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from bot.cli.options import everywhere
from bot.cli.parts import now, settings_of
from bot.cli.printing import said
from bot.errors import UsageError
from bot.settings import Settings
from bot.store import Store, open_store
from bot.store.forgetting import is_person


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
    from bot.features.reports.everything import export_everything  # noqa: PLC0415, only wanted here

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
    who = settings.who
    roles = {"viewers": who.viewers, "answerers": who.answerers, "approvers": who.approvers,
             "admins": who.admins}  # fmt: skip
    return [f"[who] {role}" for role, members in roles.items() if user in members]
