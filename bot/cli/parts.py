"""What a command works with, made from --config and --db: settings, store, rules, the desk.

Options that several commands share, so that they mean the same everywhere.
Printing: JSON for programs, tables for people.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from bot import rules_files
from bot.advice.rules.rulebook import Rulebook
from bot.ask import Context, Desk
from bot.cli.door import LANGUAGE
from bot.render import Renderer, Renderers
from bot.settings import Settings, add_env_file, read
from bot.store import Store, open_store


def now() -> datetime:
    """The real time, aware UTC: read at this door only."""
    return datetime.now(UTC)


def settings_of(config: str | None) -> Settings:
    """The settings, with what a .env beside them (or here) adds to the environment."""
    add_env_file(os.environ)
    settings = read(config, os.environ)
    LANGUAGE.set(settings.app.language)
    return settings


@dataclass
class CommandParts:
    """The parts of one command, each made when first wanted."""

    settings: Settings
    store: Store

    @cached_property
    def rulebook(self) -> Rulebook:
        return rules_files.load(self.settings.rules.folder, rendering=False)

    @cached_property
    def renderers(self) -> Mapping[str, Renderer]:
        return Renderers(self.rulebook.metrics)

    @cached_property
    def context(self) -> Context:
        return Context(self.store, self.rulebook, self.renderers, self.settings, now)

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.context)

    def morning(self, as_of: date | None) -> date:
        """The morning asked for, or today where perfbot is."""
        return as_of or now().astimezone(self.settings.zone).date()


@contextmanager
def reading(db: str | None, config: str | None) -> Iterator[CommandParts]:
    """For commands that only look: nothing is written, and no database reads as an empty one."""
    settings = settings_of(config)
    store = open_store(settings.database(db), read_only=True, missing_ok=True)
    try:
        yield CommandParts(settings, store)
    finally:
        store.close()


@contextmanager
def writing(db: str | None, config: str | None) -> Iterator[CommandParts]:
    """For commands that change something: the database is made where there is none."""
    settings = settings_of(config)
    store = open_store(settings.database(db))
    try:
        yield CommandParts(settings, store)
    finally:
        store.close()
