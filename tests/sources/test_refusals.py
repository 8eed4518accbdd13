"""What cannot be read without guessing is refused, with its line and the way out."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import RefusedFile
from bot.sources.exports import read

Refusing = Callable[..., RefusedFile]
Writing = Callable[..., Path]


def outcome(path: Path) -> str:
    """The dialect a file was read as, or the way out of its refusal; any other error is raised."""
    try:
        return read(path).dialect
    except RefusedFile as refused:
        return refused.hint


def test_lines_are_counted_through_cells_with_line_ends(refusal: Refusing) -> None:
    """The line named is the line in the file."""
    refused = refusal(
        "date,channel,campaign,spend",
        '2026-09-01,meta,"one\ntwo",1.00',
        "",
        "2026-09-02,meta,A,x",
    )
    assert (refused.code, refused.line) == ("bad_value", 5)


@pytest.mark.parametrize(
    ("row", "code", "says"),
    [
        ("2026-02-30,A,NOK,1.00,1", "bad_value", "no day '2026-02-30'"),
        ("2026-09-02,A,NOK,1.00,-1", "bad_value", "under zero"),
        ("2026-09-02,A,NOK,1.00,many", "bad_value", "'many' is no number (column Clicks)"),
        ("2026-09-02,A,NOK,1e999,1", "bad_value", "not finite"),
        ("soon,A,NOK,1.00,1", "bad_value", "'soon' is no date"),
        (",A,NOK,1.00,1", "bad_value", "no date"),
        ("2026-09-02,,NOK,1.00,1", "bad_value", "no campaign"),
        ("2026-09-02,A,KRONER,1.00,1", "bad_value", "no currency code"),
        ("2026-09-02,A,USD,1.00,1", "mixed_currencies", "two currencies, NOK and USD"),
        ("2026-09-01,A,NOK,1.00,1", "repeated_row", "line 2"),
        ("2026-09-02,A,NOK,1,000.00,1", "not_a_table", "6 cells under 5 headings"),
        ("2026-09-02,A", "not_a_table", "cut off"),
        ('2026-09-02,"A,NOK,1.00,1', "not_a_table", "quote"),
        ('2026-09-02,"3.86E+10",NOK,"1.234,50",1', "ambiguous_numbers", "two ways"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused_by_line(
    row: str, code: str, says: str, refusal: Refusing
) -> None:
    """Every refusal names the line, what is wrong there and the way out."""
    refused = refusal("Day,Campaign,Currency code,Cost,Clicks", "2026-09-01,A,NOK,2.50,1", row)
    assert (refused.code, refused.line) == (code, 3)
    assert says in refused.message


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["Day,Campaign,Currency code,Cost"], "unreadable"),
        (["Day,Campaign,Currency code,Cost", "Total: Account,--,NOK,1.00"], "unreadable"),
        (["Hello,world", "1,2"], "not_a_table"),
        (["Day,Currency code,Cost,Clicks", "2026-09-01,NOK,1.00,1"], "missing_column"),
        (["Day,Campaign,Cost,Cost", "2026-09-01,A,1.00,2.00"], "not_a_table"),
        (["Day,Campaign,Cost", "2026-09-01,A,1.234"], "ambiguous_numbers"),
        (["date,campaign_id,spend", "2026-09-01,3.86E+10,1.00"], "bad_value"),
        (["date,campaign_id,spend,action_type", "2026-09-01,1,1.00,lead"], "not_a_table"),
        (["Day,Campaign,Cost,Stage", "2026-09-01,A,1.00,awareness"], "bad_value"),
        (["Amount spent (NOK),Budget (USD),Day,Campaign", "1.50,2.50,2026-09-01,A"],
         "mixed_currencies"),
        (["Amount spent (NOK),Currency,Day,Campaign", "1.50,USD,2026-09-01,A"],
         "mixed_currencies"),
        (["Reporting starts,Reporting ends,Campaign name,Amount spent (NOK)",
          "2026-09-01,2026-09-30,A,1.50"], "not_daily"),
        (["Report Aggregation: Weekly", "TimePeriod,CampaignName,CurrencyCode,Spend",
          "2026-09-01,A,NOK,1.00"], "not_daily"),
        (["date,campaign_id,_fivetran_synced,spend", "2026-09-01,1,2026-09-02,300000000"],
         "not_a_table"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused(
    lines: list[str], code: str, refusal: Refusing
) -> None:
    """A file that would need guessing is refused whole."""
    assert refusal(*lines).code == code


def test_linkedin_weeks_are_not_taken_for_days(refusal: Refusing) -> None:
    """A start date every seventh day is a week."""
    refused = refusal(
        "Campaign Performance Report (in UTC)",
        "Start Date (in UTC),Campaign Name,Currency,Total Spent",
        *(f"9/{day}/2026,A,NOK,1.50" for day in (1, 8, 15, 22)),
    )
    assert refused.code == "not_daily"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\x00\x01\x02\x03" * 50, "binary"),
        (b"date,campaign,spend\n2026-09-01,A\x00,1.50\n", "binary"),
        (gzip.compress(gzip.compress(b"date,campaign,spend\n", mtime=0), mtime=0), "gzip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<html><table></table></html>", "web page"),
        (b'{"error": 1}', "JSON"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"PK\x03\x04broken", "workbook"),
        (b"PAR1broken", "Parquet"),
    ],
)
def test_other_files_are_refused_by_name(content: bytes, says: str, write: Writing) -> None:
    """What is no table is called what it is."""
    with pytest.raises(RefusedFile, match=says) as caught:
        read(write(content))
    assert caught.value.hint


def test_what_cannot_be_opened_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file, a folder and a forbidden file are each one sentence."""
    with pytest.raises(RefusedFile, match="no such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(RefusedFile, match="folder"):
        read(tmp_path)
    with pytest.raises(RefusedFile):
        read("\x00.csv")

    def forbidden(*_: object) -> io.BytesIO:
        raise PermissionError

    (tmp_path / "mine.csv").touch()
    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(RefusedFile, match="may not read"):
        read(tmp_path / "mine.csv")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400))
def test_random_bytes_are_refused_and_nothing_else(content: bytes, write: Writing) -> None:
    """No bytes give anything but numbers or a refusal."""
    for start in (b"", b"Day,Campaign,Cost\n2026-09-01,A,1.50\n", b"PK\x03\x04", b"PAR1"):
        assert outcome(write(start + content)) != ""


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.lists(st.text(max_size=8), max_size=5), max_size=4))
def test_random_cells_are_refused_and_nothing_else(cells: list[list[str]], write: Writing) -> None:
    """No cells under good headings give anything but numbers or a refusal."""
    rows = "\n".join(",".join(row) for row in cells)
    text = f"Day,Campaign,Cost,Clicks,Currency\n{rows}"
    assert outcome(write(text.encode("utf-8", "replace"))) != ""


def test_a_campaign_called_total_without_a_date_is_no_total(refusal: Refusing) -> None:
    """A known campaign's row is never dropped for its name."""
    refused = refusal(
        "Campaign,Day,Currency code,Cost", "Total Wine,2026-09-01,NOK,5.00", "Total Wine,,NOK,4.00"
    )
    assert (refused.code, refused.line) == ("bad_value", 3)
