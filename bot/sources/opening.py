"""What kind of file it is and how its letters are written, decided from its bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bot.sentences import Sentence
from bot.sources.refusals import NotATable, Unreadable

BLOCK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES = (
    (b"\x1f\x8b", "a gzip archive in another", "Unpack it and hand in the file inside."),
    (b"BZh", "a bzip2 archive", "Unpack it and hand in the file inside."),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it and hand in the file inside."),
    (b"\xd0\xcf\x11\xe0", "an old Excel file", "Save it as .xlsx or CSV and try again."),
    (b"%PDF", "a PDF", "Export the numbers as CSV or .xlsx."),
    (b"SQLite format 3", "a database", "Export the numbers as CSV or Parquet."),
    (b"<", "a web page or XML", "Export the numbers as CSV or .xlsx."),
    (b"{", "JSON", "Export the numbers as CSV, .xlsx or Parquet."),
)


GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


def starts_with(file: BinaryIO, magic: bytes) -> bool:
    """Whether a file begins with these bytes; it is left at its start."""
    return _start(file).startswith(magic)


def open_file(path: Path) -> BinaryIO:
    """The file opened for reading bytes.

    Raises:
        Unreadable: It is missing, a folder, not a file, or this user may not read it.
    """
    try:
        if path.is_dir():
            raise Unreadable("This is a folder, not a file.", hint=_FOLDER)
        if path.exists() and not path.is_file():
            raise Unreadable("This is not a regular file.", hint="Hand in an export as a file.")
        return path.open("rb")
    except FileNotFoundError as error:
        raise Unreadable("There is no such file.", hint="Check its name and folder.") from error
    except PermissionError as error:
        raise Unreadable("This user may not read the file.", hint="Allow it to be read.") from error
    except (OSError, ValueError) as error:
        raise unreadable(error) from error


_FOLDER = "Hand in the exports in it, or name it as a folder source in perfbot.toml."


def unreadable(error: Exception, file: str = "") -> Unreadable:
    """A file the operating system does not give, in one sentence."""
    why = getattr(error, "strerror", None) or Sentence("its name is no path")
    return Unreadable(
        Sentence("The file cannot be read: %(why)s.", why=why),
        hint="Copy it here again.",
        file=file,
    )


def kind(file: BinaryIO) -> str:
    """`text`, `zip` (an .xlsx is one) or `parquet`, by the first bytes, whatever the name says.

    Raises:
        Unreadable: The file is empty.
        NotATable: It is something else, named.
    """
    start = _start(file)
    if not start.strip():
        raise Unreadable("The file is empty.", hint="Export it again, with rows.")
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(ZIP):
        return "zip"
    for magic, description, hint in _OTHER_FILES:
        if start.lstrip().startswith(magic):
            raise NotATable(
                Sentence(
                    "This is %(description)s, not a table of daily numbers.",
                    description=Sentence(description),
                ),
                hint=hint,
            )
    return "text"


def encoding(file: BinaryIO) -> str:
    """How the letters are written: by byte order mark, then UTF-8, UTF-16, cp1252.

    The whole file is looked at, a block at a time, and left at its start.

    Raises:
        NotATable: It is no text, or its letters are broken; the line is named.
    """
    start = _start(file)
    for mark, name in _BOMS:
        if start.startswith(mark):
            _check(file, name)
            return name
    for name in (*_unmarked_utf16(start), "utf-8", "cp1252"):
        try:
            _check(file, name)
        except NotATable:
            if name == "cp1252":
                raise
        else:
            if name == "cp1252":
                _refuse_damaged_utf8(file)
            return name
    raise AssertionError


def size(file: BinaryIO) -> int:
    """Bytes in the file."""
    place = file.tell()
    end = file.seek(0, 2)
    file.seek(place)
    return end


def _start(file: BinaryIO) -> bytes:
    try:
        file.seek(0)
        start = file.read(4096)
        file.seek(0)
    except OSError as error:
        raise unreadable(error) from error
    return start


def _unmarked_utf16(start: bytes) -> Iterator[str]:
    """UTF-16 without a mark shows in a NUL beside nearly every letter."""
    even, odd = start[0::2], start[1::2]
    if odd and odd.count(0) > 0.6 * len(odd):
        yield "utf-16-le"
    if even and even.count(0) > 0.6 * len(even):
        yield "utf-16-be"


def _check(file: BinaryIO, name: str) -> None:
    decoder, line = codecs.getincrementaldecoder(name)(), 1
    try:
        while block := file.read(BLOCK):
            text = decoder.decode(block)
            _refuse_binary(text, line)
            line += text.count("\n")
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise NotATable(
            "The letters of the file are broken.", hint="Save it as UTF-8.", line=line
        ) from error
    except OSError as error:
        raise unreadable(error) from error
    finally:
        file.seek(0)


def _refuse_damaged_utf8(file: BinaryIO) -> None:
    """One broken byte must not turn every ø of a UTF-8 file into two strange letters."""
    high = pairs = 0
    while block := file.read(BLOCK):
        high += len(_HIGH.findall(block))
        pairs += sum(map(len, _UTF8.findall(block)))
    file.seek(0)
    if high and pairs > high / 2:
        raise NotATable(
            "The file is UTF-8 with broken letters in it: it is damaged, or was cut off.",
            hint="Download it again.",
        )


_HIGH = re.compile(rb"[\x80-\xff]")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _refuse_binary(text: str, line: int) -> None:
    """NUL and control characters belong in no export: binary, or damaged on the way."""
    for char in _CONTROL:
        place = text.find(char)
        if place >= 0:
            raise NotATable(
                "The file holds bytes that are no text: it is binary, or damaged.",
                hint="Download it again as CSV, .xlsx or Parquet.",
                line=line + text.count("\n", 0, place),
            )


_CONTROL = tuple(chr(code) for code in range(32) if chr(code) not in "\t\n\r\f\v\x1a")
