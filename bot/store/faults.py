"""What SQLite says when it cannot, as one sentence with a way out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import StoreError

_SENTENCES = {
    sqlite3.SQLITE_BUSY: (
        "{place} is locked by another program.",
        "Try again when the other perfbot command has finished.",
    ),
    sqlite3.SQLITE_READONLY: (
        "{place} cannot be written: the file or its folder is read-only.",
        "Change its permissions, or choose another database with --db.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "{place} cannot be opened.",
        "Check that you may read and write the file and its folder, or choose another with --db.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "{place} is not a SQLite database.",
        "Choose another file with --db; perfbot makes it when it does not exist.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "{place} is damaged.",
        "Restore a backup of the file; nothing more was written to it.",
    ),
    sqlite3.SQLITE_FULL: (
        "There is no room left for {place}.",
        "Free some space and run the command again; nothing was half stored.",
    ),
    sqlite3.SQLITE_IOERR: (
        "{place} could not be read or written: the disk reports an error.",
        "Check the disk, then run the command again; nothing was half stored.",
    ),
}
_SENTENCES[sqlite3.SQLITE_LOCKED] = _SENTENCES[sqlite3.SQLITE_BUSY]
_SENTENCES[sqlite3.SQLITE_PERM] = _SENTENCES[sqlite3.SQLITE_READONLY]


def explained(error: sqlite3.Error, place: str) -> StoreError:
    """The error a person can act on, for one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", None)
    known = _SENTENCES.get((code or 0) & 0xFF)
    if known is None:
        return StoreError(f"{place} refused: {error}.")
    return StoreError(known[0].format(place=place), hint=known[1])


@contextmanager
def sentences(place: str) -> Iterator[None]:
    """Turn SQLite's errors inside into a StoreError about `place`."""
    try:
        yield
    except sqlite3.Error as error:
        raise explained(error, place) from error
