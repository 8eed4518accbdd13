"""Where daily numbers come from: exports, a watched folder, the warehouse, the platforms."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from bot.errors import SettingsError
from bot.kinds import kinds
from bot.sources.base import AccountPull, Clock, Pulled, Source, SourceConfig

if TYPE_CHECKING:
    from bot.sources.given import ReadSettings

__all__ = ["AccountPull", "Clock", "Pulled", "Source", "SourceConfig", "build"]


class Maker(Protocol):
    """What makes a source of a kind (see `bot.kinds`)."""

    def __call__(
        self, config: SourceConfig, *, clock: Clock, seen: Mapping[str, str], known: ReadSettings
    ) -> Source: ...


def build(
    config: SourceConfig,
    *,
    clock: Clock,
    bookmarks: Mapping[str, str] | None = None,
    defaults: ReadSettings | None = None,
) -> Source:
    """The source that perfbot.toml describes.

    Args:
        config: One of `[[sources]]`.
        clock: The time now, with its zone.
        bookmarks: `Pulled.seen` of an earlier pull, so that a folder leaves unchanged files alone.
        defaults: What perfbot.toml says of accounts and campaigns of any source.

    Raises:
        SettingsError: The kind is unknown, or what it needs is missing.
    """
    from bot.sources.given import ReadSettings  # noqa: PLC0415, the readers of files with it

    settings = replace(
        defaults or ReadSettings(),
        columns=config.columns,
        currency=config.currency,
        channel=config.channel,
        account_id=config.account,
        time_zone=config.time_zone,
    )
    return _maker(config.kind)(config, clock=clock, seen=bookmarks or {}, known=settings)


def _maker(kind: str) -> Maker:
    """The function that makes a source of that kind, imported when it is wanted."""
    module, _, function = kinds().get(kind, "").partition(":")
    if not module:
        raise SettingsError(f"{kind!r} is no kind of source.", hint=f"Known: {', '.join(kinds())}.")
    try:
        make: Maker = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise SettingsError(
            f"The kind {kind} cannot be loaded: {error}.", hint="Install its package once more."
        ) from error
    return make


def folder(
    config: SourceConfig, *, clock: Clock, seen: Mapping[str, str], known: ReadSettings
) -> Source:
    """A watched folder.

    Raises:
        SettingsError: It has no path.
    """
    from bot.sources.folder import FolderSource  # noqa: PLC0415, the readers of every kind of file

    if config.path is None:
        raise SettingsError(f"The source {config.name} has no path.", hint="A folder needs path.")
    return FolderSource(config.name, config.path, clock, known, seen)


def warehouse(
    config: SourceConfig,
    *,
    clock: Clock,
    seen: Mapping[str, str],  # noqa: ARG001, a query is bounded by date
    known: ReadSettings,
) -> Source:
    """A table of the user's warehouse, a connector's raw tables, orders and leads.

    Raises:
        SettingsError: Its address is missing, or what is to be read.
    """
    records = (config.orders, config.leads)
    if not config.url or not any((config.table, config.raw_schema, *records)):
        raise SettingsError(
            f"The source {config.name} is of kind 'warehouse' and lacks what that needs.",
            hint="A warehouse needs table, raw_schema or orders, and its address in the "
            "environment.",
        )
    numbers = _numbers(config, config.url, clock, known)
    if numbers is not None and not any(records):
        return numbers
    from bot.sources.warehouse_records import RecordSource  # noqa: PLC0415, likewise

    return RecordSource(config.name, config.url, clock, *records, numbers=numbers, settings=known)


def _numbers(config: SourceConfig, url: str, clock: Clock, known: ReadSettings) -> Source | None:
    """What gives a warehouse's daily numbers; None where only orders or leads are read."""
    from bot.sources.connectors.source import ConnectorSource  # noqa: PLC0415, likewise
    from bot.sources.warehouse import WarehouseSource  # noqa: PLC0415, likewise

    if config.table:
        return WarehouseSource(config.name, url, config.table, clock, known, config.detail_days)
    if not config.raw_schema:
        return None
    return ConnectorSource(config.name, url, config.raw_schema, clock, config.connector, known)
