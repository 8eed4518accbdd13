"""What every part of the SQLite store stands on."""

from __future__ import annotations

from bot.store.connections import Connections


class Part:
    """One topic of the store; `SqliteStore` is all of them on the same connections."""

    _db: Connections
