"""What is remembered, in SQLite or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.errors import StoreError
from bot.store.base import Store
from bot.store.sqlite import MEMORY, SqliteStore

__all__ = ["SqliteStore", "Store", "file_of", "is_postgresql", "open_store"]


def open_store(
    url_or_path: str | Path,
    *,
    read_only: bool = False,
    missing_ok: bool = False,
    check: bool | None = None,
) -> Store:
    """The store at a path or URL.

    Args:
        url_or_path: Where it is: `perfbot.db`, `sqlite:///perfbot.db`, `sqlite:////full/path.db`,
            `postgresql://user:password@host/database`; ":memory:" or `sqlite://` for one that
            goes with the process.
        read_only: Open what is there and never write.
        missing_ok: A database that does not exist reads as empty: nothing is made.
        check: Look a SQLite file through for damage first; None does for small ones.

    Raises:
        StoreError: One sentence and a hint where it cannot be opened.
    """
    location = str(url_or_path)
    if is_postgresql(location):
        return _postgres(location, read_only=read_only, missing_ok=missing_ok)
    place = _place(location)
    if missing_ok and place != MEMORY and _is_missing(Path(place)):
        place = MEMORY
    return SqliteStore(place, read_only=read_only, check=check)


def file_of(location: str) -> Path | None:
    """The file of a database; None for PostgreSQL and for one that goes with the process."""
    place = MEMORY if is_postgresql(location) else _place(location)
    return None if place == MEMORY else Path(place)


def is_postgresql(location: str) -> bool:
    """Whether this names a PostgreSQL database."""
    scheme, colon, _ = location.partition("://")
    return bool(colon) and scheme.split("+")[0] in {"postgres", "postgresql"}


def _postgres(url: str, *, read_only: bool, missing_ok: bool) -> Store:
    from bot.store.postgres import PostgresStore, is_missing  # noqa: PLC0415  # an extra

    _, _, address = url.partition("://")
    url = f"postgresql://{address}"
    if missing_ok and is_missing(url):
        return SqliteStore(MEMORY)
    return PostgresStore(url, read_only=read_only)


def _is_missing(path: Path) -> bool:
    return not path.exists() or (path.is_file() and path.stat().st_size == 0)


def _place(location: str) -> str:
    scheme, colon, _ = location.partition("://")
    if not colon:
        return location or MEMORY
    if scheme == "sqlite":
        return unquote(urlsplit(location).path)[1:] or MEMORY
    raise StoreError(
        f"I don't know a database called {scheme}://.",
        hint="Give a SQLite file or postgresql://… with --db or DATABASE_URL, such as perfbot.db.",
    )
