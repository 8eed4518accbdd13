"""The same numbers in every kind of file."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from bot.errors import RefusedFile
from bot.sources.exports import ReadSettings, read

Writing = Callable[..., Path]
FORMULA = '=HYPERLINK("http://x","y")'


def test_cp1252_utf16_and_bom_are_the_same_file(write: Writing) -> None:
    """Letters are read as they were written, whatever the encoding."""
    text = "Dag;Kampanje;Kostnad\r\n2026-09-01;Høst – ærlig;1,50\r\n"
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"):
        frame = read(write(text, encoding=encoding), settings=ReadSettings(channel="x")).frame
        assert frame["campaign_name"].tolist() == ["Høst – ærlig"], encoding


def test_damaged_utf8_is_not_taken_for_cp1252(write: Writing) -> None:
    """One broken byte does not turn every ø into two strange letters."""
    text = "date,campaign,spend\n2026-09-01,Høst på øya,1.50\n".encode()
    with pytest.raises(RefusedFile, match="UTF-8"):
        read(write(text[:-6] + b"\xc3,1.50\n"))


def test_a_workbook_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    """An .xlsx named .csv is an .xlsx; dates and numbers keep their types."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Campaign report"])
    sheet.append(["Day", "Campaign", "Campaign ID", "Currency code", "Cost", "Clicks"])
    sheet.append([date(2026, 9, 1), FORMULA[1:], 11, "NOK", 1.234, 812])
    sheet.append([datetime(2026, 9, 2), "A", 12, "NOK", 1234.5, None])
    sheet.append(["Total: Account", None, None, "NOK", 1235.734, 812])
    book.save(tmp_path / "named.csv")
    found = read(tmp_path / "named.csv")
    assert found.dialect == "google_ads"
    assert found.frame["spend"].tolist() == [1.234, 1234.5]
    assert found.frame["campaign_id"].tolist() == ["11", "12"]
    assert found.frame["date"].tolist() == list(pd.date_range("2026-09-01", periods=2))
    assert pd.isna(found.frame["clicks"][1])


def test_a_zip_without_a_table_is_refused(tmp_path: Path) -> None:
    """An archive of something else is said to be one."""
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("letter.docx", "Dear Kari")
    with pytest.raises(RefusedFile, match="no table in the archive"):
        read(tmp_path / "export.zip")


def test_parquet_reads_back_to_the_last_bit(tmp_path: Path) -> None:
    """Types of a Parquet file are kept: ids, days, thirds."""
    frame = pd.DataFrame({
        "date_day": pd.to_datetime(["2026-09-01", "2026-09-02"]),
        "platform": ["facebook_ads", "facebook_ads"],
        "campaign_id": [2**60 + 1, 2],
        "campaign_name": ["A", None],
        "spend": [1.234, 1 / 3],
        "clicks": pd.array([1, None], dtype="Int64"),
    })  # fmt: skip
    frame.to_parquet(tmp_path / "numbers.parquet")
    found = read(tmp_path / "numbers.parquet").frame
    assert found["spend"].tolist() == [1.234, 1 / 3]
    assert found["campaign_id"].tolist() == [str(2**60 + 1), "2"]
    assert found["channel"].tolist() == ["meta_ads", "meta_ads"]
    assert pd.isna(found["clicks"][1])


def test_without_pyarrow_parquet_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The missing library is one sentence with the command that installs it."""
    (tmp_path / "numbers.parquet").write_bytes(b"PAR1....PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(RefusedFile, match="perfbot\\[parquet\\]"):
        read(tmp_path / "numbers.parquet")


def test_progress_reaches_the_end(write: Writing) -> None:
    """Whoever watches sees it grow to the whole."""
    rows = "\n".join(f"2026-09-01,meta,{n},1.50" for n in range(60_000))
    path, seen = write(f"date,channel,campaign_id,spend\n{rows}\n"), []
    found = read(path, progress=lambda done, total: seen.append((done, total)))
    assert len(found.frame) == 60_000
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)
    assert len(seen) > 1
