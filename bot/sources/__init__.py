"""Where daily numbers come from: exports, a watched folder, the warehouse, the platforms."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from bot.errors import SettingsError
from bot.kinds import kinds
from bot.sentences import Sentence
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
        raise SettingsError(
            Sentence("%(kind)s is no kind of source.", kind=repr(kind)),
            hint=Sentence("Known: %(names)s.", names=", ".join(kinds())),
        )
    try:
        make: Maker = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise SettingsError(
            Sentence("The kind %(kind)s cannot be loaded: %(error)s.", kind=kind, error=error),
            hint="Install its package once more.",
        ) from error
    return make
