"""Files in other files: a gzip, a zip of exports, or what comes in by standard input."""

from __future__ import annotations

import gzip
import sys
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from bot.errors import RefusedFile
from bot.sentences import Sentence
from bot.sources.limits import MEGA, STANDARD, Limits
from bot.sources.opening import GZIP, ZIP, open_file, starts_with
from bot.sources.refusals import NotATable, Unreadable, shown
from bot.sources.web import fetched

BLOCK = 1 << 18
TABLES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".parquet")
STDIN = "-"


@dataclass(frozen=True)
class Opened:
    """A file that holds one table.

    Attributes:
        name: What it is called in sentences: its own name, behind its archive's.
        file: Its bytes, from the start; it can be read twice.
    """

    name: str
    file: BinaryIO


def tables(place: str, limits: Limits = STANDARD) -> Iterator[Opened]:
    """The tables of a file, one after the other; each is closed before the next is opened.

    Args:
        place: A path, `-` for standard input, or an https address.
        limits: What unpacking may cost.

    Raises:
        RefusedFile: It cannot be opened or unpacked, or holds no table.
    """
    with _opened(place, limits) as (name, file):
        yield from tables_in(file, name, limits)


def tables_in(file: BinaryIO, name: str, limits: Limits = STANDARD) -> Iterator[Opened]:
    """The same of a file that is open already; `name` is what it is called in sentences.

    Raises:
        RefusedFile: As `tables`.
    """
    if starts_with(file, GZIP):
        with _gunzipped(file, name, limits) as unpacked:
            yield Opened(name, unpacked)
    elif starts_with(file, ZIP) and not is_workbook(file):
        yield from _members(file, name, limits)
    else:
        yield Opened(name, file)


def only_table(path: Path, limits: Limits = STANDARD) -> Generator[Opened]:
    """The one table of a file; an archive with several is refused with their names.

    Raises:
        RefusedFile: As `tables`; or there are several.
    """
    with open_file(path) as file:
        if starts_with(file, ZIP) and not is_workbook(file):
            names = [entry.filename for entry in _entries(file)]
            if len(names) > 1:
                raise NotATable(
                    Sentence(
                        "The archive holds %(count)s tables: %(names)s.",
                        count=len(names),
                        names=", ".join(map(shown, names[:5])),
                    ),
                    hint="Unpack it, or read it with perfbot import.",
                )
    yield from tables(str(path), limits)


def is_workbook(file: BinaryIO) -> bool:
    """Whether a zip archive is an .xlsx; a damaged one is taken for one, and refused as that."""
    try:
        with zipfile.ZipFile(file) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True
    finally:
        file.seek(0)


@contextmanager
def _opened(place: str, limits: Limits) -> Iterator[tuple[str, BinaryIO]]:
    if place == STDIN:
        with _kept(sys.stdin.buffer, limits) as file:
            yield "standard input", file
    elif "://" in place:
        with fetched(place, limits) as (name, file):
            yield name, file
    else:
        with open_file(Path(place)) as file:
            yield Path(place).name, file


@contextmanager
def _kept(stream: BinaryIO, limits: Limits) -> Iterator[BinaryIO]:
    """What a stream gives, as a file that can be read twice."""
    with SpooledTemporaryFile(max_size=16 * MEGA) as buffer:
        while block := stream.read(BLOCK):
            limits.refuse_unpacked(buffer.tell() + len(block))
            buffer.write(block)
        buffer.seek(0)
        yield cast("BinaryIO", buffer)


@contextmanager
def _gunzipped(file: BinaryIO, name: str, limits: Limits) -> Iterator[BinaryIO]:
    size = _size(file)
    with SpooledTemporaryFile(max_size=16 * MEGA) as buffer:
        try:
            with gzip.GzipFile(fileobj=file, mode="rb") as packed:
                while block := packed.read(BLOCK):
                    buffer.write(block)
                    limits.refuse_swelling(shown(name), size, buffer.tell())
        except (OSError, EOFError, zlib.error) as error:
            raise _damaged(name) from error
        buffer.seek(0)
        yield cast("BinaryIO", buffer)


def _size(file: BinaryIO) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size


def _members(file: BinaryIO, name: str, limits: Limits) -> Iterator[Opened]:
    entries = _entries(file)
    if not entries:
        raise NotATable(
            Sentence("There is no table in the archive %(name)s.", name=shown(name)),
            hint="Pack CSV, .xlsx or Parquet files, and none of them in another archive.",
        )
    limits.refuse_many(len(entries), Sentence("tables"))
    limits.refuse_unpacked(sum(entry.file_size for entry in entries))
    with zipfile.ZipFile(file) as archive:
        for entry in entries:
            with _member(archive, entry, name, limits) as unpacked:
                yield Opened(f"{name}/{PurePosixPath(entry.filename).name}", unpacked)


def _entries(file: BinaryIO) -> list[zipfile.ZipInfo]:
    """The tables in an archive, in its order; folders and what systems hide are passed over."""
    try:
        with zipfile.ZipFile(file) as archive:
            return [entry for entry in archive.infolist() if _is_table(entry)]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged("archive") from error
    finally:
        file.seek(0)


def _is_table(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any(part.startswith((".", "__MACOSX", "~$")) for part in path.parts)
    return not entry.is_dir() and not hidden and path.suffix.casefold() in TABLES


@contextmanager
def _member(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, limits: Limits
) -> Iterator[BinaryIO]:
    limits.refuse_swelling(shown(entry.filename), entry.compress_size, entry.file_size)
    if entry.flag_bits & 1:
        raise NotATable(
            Sentence("The archive %(name)s is locked with a password.", name=shown(name)),
            hint="Unpack it and hand in the files inside.",
        )
    try:
        with archive.open(entry) as packed, _kept(cast("BinaryIO", packed), limits) as unpacked:
            yield unpacked
    except RefusedFile:
        raise
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError) as error:
        raise _damaged(name) from error


def _damaged(name: str) -> Unreadable:
    return Unreadable(
        Sentence("The archive %(name)s is damaged, or was cut off.", name=shown(name)),
        hint="Download it again.",
    )
