"""What is remembered."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.errors import StoreError
from bot.store.base import Store
from bot.store.sqlite import MEMORY, SqliteStore

__all__ = ["SqliteStore", "Store", "open_store"]


def open_store(
    url_or_path: str | Path, *, read_only: bool = False, missing_ok: bool = False
) -> Store:
    """The store at a path or URL: `perfbot.db`, `sqlite:///perfbot.db`, `sqlite:////full/path.db`.

    Args:
        url_or_path: Where it is; ":memory:" or `sqlite://` for one that goes with the process.
        read_only: Open what is there and never write.
        missing_ok: A database that does not exist reads as empty: nothing is made on disk.

    Raises:
        StoreError: One sentence and a hint where it cannot be opened.
    """
    place = _place(str(url_or_path))
    if missing_ok and place != MEMORY and _is_missing(Path(place)):
        place = MEMORY
    return SqliteStore(place, read_only=read_only)


def _is_missing(path: Path) -> bool:
    return not path.exists() or (path.is_file() and path.stat().st_size == 0)


def _place(given: str) -> str:
    scheme, colon, _ = given.partition("://")
    if not colon:
        return given or MEMORY
    if scheme == "sqlite":
        return unquote(urlsplit(given).path)[1:] or MEMORY
    if scheme.split("+")[0] in {"postgres", "postgresql"}:
        raise StoreError(
            "PostgreSQL comes in a later release.",
            hint="Give a SQLite file with --db or DATABASE_URL, such as perfbot.db.",
        )
    raise StoreError(
        f"I don't know a database called {scheme}://.",
        hint="Give a SQLite file with --db or DATABASE_URL, such as perfbot.db.",
    )
