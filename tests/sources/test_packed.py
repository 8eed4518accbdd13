"""Files in other files: gzip, zip, standard input; each with its limits."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from bot.errors import RefusedFile
from bot.sources.exports import read, read_opened
from bot.sources.limits import Limits
from bot.sources.packed import tables

Writing = Callable[..., Path]
CSV = b"date,channel,campaign,spend\n2026-09-01,meta,A,1.50\n"
TSV = CSV.replace(b",", b"\t")


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", ".").replace("--", "/"), content)
    return packed.getvalue()


def workbook() -> bytes:
    book, packed = openpyxl.Workbook(), io.BytesIO()
    for line in CSV.decode().splitlines():
        book.active.append(line.split(","))
    book.save(packed)
    return packed.getvalue()


def spends(place: str | Path, **limits: int) -> dict[str, list[float]]:
    bounds = Limits(**limits)
    return {
        opened.name: read_opened(opened, limits=bounds).frame["spend"].tolist()
        for opened in tables(str(place), bounds)
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.gz", gzip.compress(CSV, mtime=0)),
        ("a.tsv", TSV),
        ("a.tsv.gz", gzip.compress(TSV, mtime=0)),
        ("a.zip", zipped(a__csv=CSV)),
        ("a.zip", zipped(**{"__MACOSX--a__csv": b"x", "b--__hidden__csv": b"x", "b--a__csv": CSV})),
        ("named.csv", zipped(a__xlsx=workbook())),
        ("a.xlsx.gz", gzip.compress(workbook(), mtime=0)),
    ],
)
def test_packed_files_are_the_files_in_them(name: str, content: bytes, write: Writing) -> None:
    """By what is in them, not by their names."""
    path = write(content, name)
    assert list(spends(path).values()) == [[1.5]]
    assert read(path).frame["spend"].tolist() == [1.5]


def test_every_table_of_an_archive_is_one_of_its_own(write: Writing) -> None:
    """Each is read, or refused, by itself; read() alone asks which is meant."""
    path = write(zipped(a__csv=CSV, b__tsv=TSV, readme__md=b"hello"), "both.zip")
    assert spends(path) == {"both.zip/a.csv": [1.5], "both.zip/b.tsv": [1.5]}
    with pytest.raises(RefusedFile, match=r"2 tables: 'a\.csv', 'b\.tsv'"):
        read(path)


def test_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is whatever comes in, packed or not."""
    for content in (CSV, TSV, gzip.compress(CSV, mtime=0), zipped(a__csv=CSV), workbook()):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert list(spends("-").values()) == [[1.5]]


def locked() -> bytes:
    """An archive whose entry says that it is encrypted."""
    content = bytearray(zipped(a__csv=CSV))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + place] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (gzip.compress(CSV, mtime=0)[:-9], "damaged, or was cut off"),
        (gzip.compress(gzip.compress(CSV, mtime=0), mtime=0), "a gzip archive in another"),
        (gzip.compress(b"\x00" * 10_000_000, mtime=0), "times larger when it is unpacked"),
        (zipped(a__csv=b"0" * 10_000_000), "times larger when it is unpacked"),
        (zipped(readme__md=b"hello"), "no table in the archive"),
        (zipped(inner__zip=zipped(a__csv=CSV)), "no table in the archive"),
        (locked(), "locked with a password"),
        (zipped(**{f"{n}__csv": CSV for n in range(201)}), "201 tables, and 200 are the most"),
        (zipped(a__csv=b"<html></html>"), "a web page"),
    ],
)
def test_archives_that_cannot_be_unpacked_are_one_sentence(
    content: bytes, says: str, write: Writing
) -> None:
    """Damaged, nested, locked, swelling or empty: refused with the way out."""
    path = write(content, "export.bin")
    with pytest.raises(RefusedFile, match=says) as caught:
        spends(path)
    assert caught.value.hint


def test_what_is_unpacked_has_a_limit(write: Writing) -> None:
    """However gently it swells."""
    long = CSV + b"".join(b"2026-09-01,meta,%d,1.50\n" % number for number in range(9000))
    for content in (gzip.compress(long, mtime=0), zipped(a__csv=long)):
        with pytest.raises(RefusedFile, match="larger than 0 MB"):
            spends(write(content, "a.bin"), unpacked=100_000)
