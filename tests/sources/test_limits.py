"""What a file may cost: cells, rows, letters, ratio, memory and time, each said in a sentence."""

from __future__ import annotations

import io
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from bot.errors import RefusedFile
from bot.sources.exports import ReadSettings, read
from bot.sources.limits import Limits

Writing = Callable[..., Path]
HEAD = "date,channel,campaign,spend,clicks"
ROW = "2026-09-01,meta,{},1.50,3"
SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    'main"><sheetData>{}</sheetData></worksheet>'
)


def book(sheet: str = "", strings: str = "", extra: bytes = b"") -> bytes:
    """A workbook whose one sheet, and shared strings, are this XML."""
    source, out = openpyxl.Workbook(), io.BytesIO()
    source.active.append(HEAD.split(","))
    source.save(out)
    packed = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if sheet and entry.filename.endswith("sheet1.xml"):
                content = SHEET.format(sheet).encode()
            new.writestr(entry.filename, content)
        if strings:
            new.writestr("xl/sharedStrings.xml", strings)
        if extra:
            new.writestr("xl/extra.xml", extra)
    return packed.getvalue()


def columns(**changes: object) -> dict[str, object]:
    rows = {"date": ["2026-09-01"], "channel": ["meta"], "campaign": ["A"], "spend": [1.5]}
    return rows | changes


def columnar(values: dict[str, object], **options: object) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table(values), out, **options)
    return out.getvalue()


def many_rows(count: int) -> bytes:
    """A file of a few kilobytes with this many rows."""
    zeros = pa.repeat(pa.scalar(0, pa.int32()), count)
    words = {
        name: pa.array(cells).dictionary_encode().dictionary for name, cells in columns().items()
    }
    return columnar({n: pa.DictionaryArray.from_arrays(zeros, each) for n, each in words.items()})


REPEATED = '<row><c t="inlineStr"><is><t>a</t></is></c></row>'
HEADED = "".join(
    f'<c t="inlineStr"><is><t>{heading}</t></is></c>' for heading in HEAD.split(",")
).join(("<row>", "</row>"))
WIDE = '<row r="{0}"><c r="XFD{0}"><v>1</v></c></row>'
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</sst>'
QUOTED = '"' + "x" * 200_000 + '"'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("packed", "says"),
    [
        (lambda: book(REPEATED * 1_000_000), "times larger when it is unpacked"),
        (
            lambda: book(HEADED + "".join(map(WIDE.format, range(2, 1000)))),
            "more than 5,000,000 cells",
        ),
        (lambda: book(strings=STRINGS.format("<si><t>a</t></si>" * 1_000_000)), "times larger"),
        (lambda: book(extra=LAUGHS), "declares a document type"),
        (lambda: book(extra=b"<x>" + b"y" * 50_000_000 + b"</x>"), "times larger"),
        (lambda: many_rows(50_000_000), "50,000,000 rows, and 3,000,000 are the most"),
        (lambda: columnar(columns(campaign=["x" * 50_000_000])), "letters, and 2,000 are the most"),
        (lambda: columnar(columns(**{f"c{n}": [n] for n in range(2100)})), "columns, and 2,000"),
        (
            f"{HEAD}\n{ROW.format('x' * 50_000_000)}\n".encode,
            "more than 4,194,304 letters",
        ),
        (f"{HEAD}\n{ROW.format('x' * 3_000)}\n".encode, "3,000 letters, and 2,000 are"),
        (f"{HEAD}\n{ROW.format(QUOTED)}\n".encode, "holds more than 131,072 letters"),
        (
            f"{HEAD}{',x' * 2000}\n{ROW.format('A')}{',' * 2000}\n".encode,
            "columns, and 2,000",
        ),
    ],
)
def test_a_bomb_is_refused_in_a_sentence_before_it_goes_off(
    packed: Callable[[], bytes], says: str, write: Writing
) -> None:
    """Small on disk, large in memory: refused with the way out, in little time and memory."""
    path = write(packed(), "bomb.bin")
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.thread_time()
    with pytest.raises(RefusedFile, match=says) as caught:
        read(path)
    assert caught.value.code in {"too_large", "not_a_table"}
    assert caught.value.hint
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 700_000, "kilobytes"
    assert time.thread_time() - begun < 60


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (Limits(rows=20), "more than 20 rows"),
        (Limits(cells=100), "more than 100 cells"),
        (Limits(text=50), "more than 50 letters"),
        (Limits(letters=3), "letters, and 3 are the most"),
        (Limits(columns=4), "5 columns, and 4 are the most"),
        (Limits(seconds=-1.0), "seconds of processor time"),
    ],
)
def test_each_limit_is_kept_while_a_file_is_read(limits: Limits, says: str, write: Writing) -> None:
    """Rows, cells, texts, columns, lines and time are counted as they come."""
    rows = "\n".join(ROW.format(f"name {n}") for n in range(30))
    with pytest.raises(RefusedFile, match=says):
        read(write(f"{HEAD}\n{rows}\n"), limits=limits)


def test_ordinary_files_stay_far_under_every_limit(write: Writing, tmp_path: Path) -> None:
    """A year of 60 campaigns as CSV, .xlsx and Parquet."""
    days = pd.date_range("2025-01-01", periods=365)
    frame = pd.DataFrame({
        "date": [str(day.date()) for day in days for _ in range(60)],
        "campaign": [f"Campaign {n}" for _ in days for n in range(60)],
        "spend": 12.5,
        "note": "the same text in every row, as a workbook has it",
    })  # fmt: skip
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_csv(tmp_path / "a.csv", index=False)
    for name in ("a.xlsx", "a.parquet", "a.csv"):
        found = read(tmp_path / name, settings=ReadSettings(channel="x")).frame
        assert len(found) == 365 * 60


def test_lists_in_a_parquet_file_are_left_aside(write: Writing) -> None:
    """Nested columns are no values of a day, however deep they go."""
    nested = [[[[1, 2]] * 50]]
    found = read(write(columnar(columns(actions=nested)), "a.parquet"))
    assert found.frame["spend"].tolist() == [1.5]
    assert "Left aside: actions." in found.notes


def test_a_workbook_of_many_sheets_is_refused(tmp_path: Path) -> None:
    """Two hundred sheets are enough."""
    wide = openpyxl.Workbook()
    for number in range(201):
        wide.create_sheet(f"s{number}")
    wide.save(tmp_path / "a.xlsx")
    with pytest.raises(RefusedFile, match="202 sheets, and 200 are the most"):
        read(tmp_path / "a.xlsx")
