"""A source of kind `warehouse`: a table, a connector's raw tables, orders and leads."""

from __future__ import annotations

from collections.abc import Mapping

from bot.errors import SettingsError
from bot.sentences import Sentence
from bot.sources.base import Clock, Source, SourceConfig
from bot.sources.connectors.source import ConnectorSource
from bot.sources.given import ReadSettings
from bot.sources.warehouse import WarehouseSource
from bot.sources.warehouse_records import RecordSource


def source(
    config: SourceConfig,
    *,
    clock: Clock,
    seen: Mapping[str, str],
    known: ReadSettings,
) -> Source:
    """What perfbot.toml wants read of a warehouse.

    Raises:
        SettingsError: Its address is missing, or what is to be read.
    """
    records = (config.orders, config.leads)
    if not config.url or not any((config.table, config.raw_schema, *records)):
        raise SettingsError(
            Sentence(
                "The source %(name)s is of kind 'warehouse' and lacks what that needs.",
                name=config.name,
            ),
            hint="A warehouse needs table, raw_schema or orders, and its address in the "
            "environment.",
        )
    numbers = _numbers(config, config.url, clock, known, seen)
    if numbers is not None and not any(records):
        return numbers
    return RecordSource(config.name, config.url, clock, *records, numbers=numbers, settings=known)


def _numbers(
    config: SourceConfig, url: str, clock: Clock, known: ReadSettings, seen: Mapping[str, str]
) -> Source | None:
    """What gives a warehouse's daily numbers; None where only orders or leads are read."""
    if config.table:
        return WarehouseSource(config.name, url, config.table, clock, known, config.detail_days)
    if not config.raw_schema:
        return None
    return ConnectorSource(
        config.name, url, config.raw_schema, clock, config.connector, known, seen
    )
