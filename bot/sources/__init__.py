"""Where daily numbers come from: exports, a watched folder, the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.errors import SettingsError
from bot.sources.base import AccountPull, Clock, Pulled, Source, SourceConfig
from bot.sources.folder import FolderSource
from bot.sources.given import ReadSettings
from bot.sources.warehouse import WarehouseSource

__all__ = ["AccountPull", "Clock", "Pulled", "Source", "SourceConfig", "build"]


def build(
    config: SourceConfig,
    *,
    clock: Clock,
    seen: Mapping[str, str] | None = None,
    known: ReadSettings | None = None,
) -> Source:
    """The source that perfbot.toml describes.

    Args:
        config: One of `[[sources]]`.
        clock: The time now, with its zone.
        seen: `Pulled.seen` of an earlier pull, so that a folder leaves unchanged files alone.
        known: What perfbot.toml says of accounts and campaigns of any source.

    Raises:
        SettingsError: The kind is unknown, or what it needs is missing.
    """
    settings = replace(
        known or ReadSettings(),
        columns=config.columns,
        currency=config.currency,
        channel=config.channel,
        account_id=config.account,
        time_zone=config.time_zone,
    )
    if config.kind == "folder" and config.path is not None:
        return FolderSource(config.name, config.path, clock, settings, seen or {})
    if config.kind == "warehouse" and config.url and config.table:
        return WarehouseSource(config.name, config.url, config.table, clock, settings)
    raise SettingsError(
        f"The source {config.name} is of kind {config.kind!r} and lacks what that needs.",
        hint="A folder needs path; a warehouse needs table, and its address in the environment.",
    )
