"""What goes wrong with exports on their way: each fault in an input, and what is right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from bot.errors import RefusedFile
from bot.sources.exports import ReadFile, ReadSettings, read

Reading = Callable[..., ReadFile]
Refusing = Callable[..., RefusedFile]
Writing = Callable[..., Path]
HEAD = "date,channel,campaign,spend,clicks"


READ = {
    "decimal commas in quotes": (
        ["Dag,Kanal,Kampanje,Kostnad,Klikk", '2026-09-01,x,A,"1 234,50",3'], [1234.5]),
    "separators at the end of every line": (
        ["date;channel;campaign;spend;;", "2026-09-01;x;A;1,50;;", "2026-09-02;x;A;2,50;;"],
        [1.5, 2.5]),
    "headings once more half-way": (
        [HEAD, "2026-09-01,x,A,1.50,3", HEAD, "2026-09-02,x,A,2.50,4"], [1.5, 2.5]),
    "two files behind each other, the second with its mark": (
        [HEAD, "2026-09-01,x,A,1.50,3", "\ufeff" + HEAD, "2026-09-02,x,A,2.50,4"], [1.5, 2.5]),
    "a mark in front of a row": (
        [HEAD, "2026-09-01,x,A,1.50,3", "\ufeff2026-09-02,x,A,2.50,4"], [1.5, 2.5]),
    "marks of the direction of writing": (
        [HEAD, "\u200e2026-09-01,x,A,\u202a1.50\u202c,3", "2026-09-02,x,A,\u200f2.50,4"],
        [1.5, 2.5]),
    "separators of thousands only where they are needed": (
        [HEAD, '2026-09-01,x,A,"1,234.50",3', "2026-09-02,x,A,1234.50,4", "2026-09-03,x,A,9.50,4"],
        [1234.5, 1234.5, 9.5]),
    "signs of currencies": (
        [HEAD, '2026-09-01,x,A,"US$1,234.50",3', "2026-09-02,x,A,US$ 2.50,4"], [1234.5, 2.5]),
    "a line that names the separator": (
        ["sep=;", "date;channel;campaign;spend", "2026-09-01;x;A;1,50"], [1.5]),
    "a row of groups above the headings": (
        [",,,Money,Traffic", HEAD, "2026-09-01,x,A,1.50,3"], [1.5]),
    "days of the week beside dates": (
        [HEAD, "Tue 2026-09-01,x,A,1.50,3", "2026-09-02 (Wed),x,A,2.50,4",
         "torsdag 2026-09-03,x,A,3.50,4"], [1.5, 2.5, 3.5]),
    "days of the week in long dates": (
        [HEAD, '"Tuesday, September 1, 2026",x,A,1.50,3', '"onsdag 2. september 2026",x,A,2.50,4'],
        [1.5, 2.5]),
    "line ends in names": (
        [HEAD, '2026-09-01,x,"Two\nlines",1.50,3', "2026-09-02,x,B,2.50,4"], [1.5, 2.5]),
    "names that begin like formulas": (
        [HEAD, "2026-09-01,x,=SUM(A1),1.50,3", "2026-09-01,x,+Brand,2.50,4",
         "2026-09-01,x,-Brand,3.50,4", "2026-09-01,x,@Brand,4.50,4"], [1.5, 2.5, 3.5, 4.5]),
    "dashes and words where nothing was measured": (
        [HEAD, "2026-09-01,x,A,1.50,-", "2026-09-02,x,A,2.50,N/A", "2026-09-03,x,A,3.50,null"],
        [1.5, 2.5, 3.5]),
    "times that are all midnight": (
        [HEAD, "2026-09-01T00:00:00.000Z,x,A,1.50,3", "2026-09-02 00:00:00+00:00,x,A,2.50,4"],
        [1.5, 2.5]),
    "the total of each day among the campaigns": (
        [HEAD, "2026-09-01,x,A,1.50,3", "2026-09-01,x,B,2.50,4", "2026-09-01,x,Total,4.00,7",
         "2026-09-02,x,A,1.50,3", "2026-09-02,x,Total,1.50,3"], [1.5, 2.5, 1.5]),
    "a campaign called Total": (
        [HEAD, "2026-09-01,x,A,1.50,3", "2026-09-01,x,Total,9.50,4"], [1.5, 9.5]),
    "the total of each campaign under its days": (
        [HEAD, "2026-09-01,x,A,1.50,3", "2026-09-02,x,A,2.50,4", "Total,x,A,4.00,7",
         "2026-09-01,x,B,5.50,4", "Total,x,B,5.50,4"], [1.5, 2.5, 5.5]),
    "a column of numbers in front": (
        [f",{HEAD}", "0,2026-09-01,x,A,1.50,3", "1,2026-09-02,x,A,2.50,4"], [1.5, 2.5]),
    "digits of other scripts": ([HEAD, "2026-09-01,x,A,１２.５０,3"], [12.5]),
    "per cent signs in rates that are left aside": (
        [f"{HEAD},CTR,Impr. share", "2026-09-01,x,A,1.50,3,4.5%,<10%"], [1.5]),
    "lines that end as on old computers": (
        [HEAD + "\r2026-09-01,x,A,1.50,3\r2026-09-02,x,A,2.50,4"], [1.5, 2.5]),
    "a row of units below the headings": (
        [HEAD, ",,,NOK,#", "2026-09-01,x,A,1.50,3"], [1.5]),
    "spaces around every cell": (
        ["date , channel , campaign , spend", " 2026-09-01 , x , A , 1.50 "], [1.5]),
}  # fmt: skip


@pytest.mark.parametrize("fault", READ)
def test_what_leaves_nothing_open_is_read(fault: str, read_text: Reading) -> None:
    """The numbers are those that stand there."""
    lines, spend = READ[fault]
    assert read_text(*lines).frame["spend"].tolist() == spend


REFUSED = {
    "a spreadsheet's numbers of days": (
        [HEAD, "46266,x,A,1.50,3"], "bad_value", 2, "a spreadsheet's own number of a day"),
    "ids in exponents": (
        ["date,channel,campaign_id,spend", "2026-09-01,x,1.2E+17,1.50"], "bad_value", 2,
        "its digits are lost"),
    "ids in exponents with a comma": (
        ["date;channel;campaign_id;spend", "2026-09-01;x;1,2E+17;1,50"], "bad_value", 2,
        "its digits are lost"),
    "a web page called .xls": (["<html><table></table></html>"], "not_a_table", None, "a web page"),
    "a sheet of XML called .xls": (
        ['<?xml version="1.0"?><Workbook></Workbook>'], "not_a_table", None, "XML"),
    "bytes of nothing": ([HEAD, "2026-09-01,x,A\x00,1.50,3"], "not_a_table", 2, "binary"),
    "weeks among days": (
        [HEAD, "2026-09-01,x,A,1.50,3", "2026-08-31 - 2026-09-06,x,A,9.50,4"], "not_daily", 3,
        "covers '2026-08-31 - 2026-09-06'"),
    "weeks in words": (
        [HEAD, "1. sep. 2026 til 7. sep. 2026,x,A,1.50,3"], "not_daily", 2, "covers '1. sep"),
    "bounds where a number belongs": ([HEAD, "2026-09-01,x,A,1.50,<10"], "bad_value", 2, "'<10'"),
    "per cent where a number belongs": (
        [HEAD, "2026-09-01,x,A,1.50,12%"], "bad_value", 2, "'12%'"),
    "thousands in letters": ([HEAD, "2026-09-01,x,A,1.2K,3"], "bad_value", 2, "'1.2K'"),
    "true and false": ([HEAD, "2026-09-01,x,A,1.50,TRUE"], "bad_value", 2, "'TRUE'"),
    "errors of a spreadsheet": ([HEAD, "2026-09-01,x,A,#DIV/0!,3"], "bad_value", 2, "'#DIV/0!'"),
    "an hour that is none": ([HEAD, "2026-09-01 24:00,x,A,1.50,3"], "bad_value", 2, "no date"),
    "the same file twice": (
        [HEAD, "2026-09-01,x,A,1.50,3", HEAD, "2026-09-01,x,A,1.50,3"], "repeated_row", 4,
        "line 2"),
    "two accounts under one heading row": (
        ["Date,Channel,Google Campaign,Cost,Meta Campaign,Cost", "2026-09-01,x,A,1.50,B,2.50"],
        "not_a_table", 1, "Two columns are called 'Cost'"),
    "a total that is the sum of its day only once": (
        [HEAD, "2026-09-01,x,A,1.50,3", "2026-09-01,x,B,2.50,4", "2026-09-01,x,Total,4.00,7",
         "2026-09-02,x,A,1.50,3", "2026-09-02,x,Total,9.00,3"], "contradiction", 6,
        "and this one is not"),
    "days across the page": (
        ["Campaign,2026-09-01,2026-09-02", "A,1.50,2.50"], "not_a_table", 1, "No row of headings"),
    "dates without a year": ([HEAD, "1 Sep,x,A,1.50,3"], "bad_value", 2, "no date"),
    "a counter that runs backwards": ([HEAD, "2026-09-01,x,A,1.50,-3"], "bad_value", 2, "zero"),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_what_would_need_guessing_is_refused(fault: str, refusal: Refusing) -> None:
    """With its line, what is wrong there, and the way out."""
    lines, code, line, says = REFUSED[fault]
    refused = refusal(*lines)
    assert (refused.code, refused.line) == (code, line)
    assert says in refused.message


def test_grouped_and_decimal_ids_are_the_ids(read_text: Reading) -> None:
    """A spreadsheet that took ids for numbers does not make other campaigns of them."""
    for ids in (["12,345,678,901", "7"], ["12345678901.0", "7"], ["12 345 678 901", "7.0"],
                ["'12345678901", "7"], ['"=""12345678901"""', "7"]):  # fmt: skip
        quoted = [f'"{each}"' if "," in each else each for each in ids]
        found = read_text(
            "date,channel,campaign_id,spend", *(f"2026-09-01,x,{each},1.50" for each in quoted)
        )
        assert found.frame["campaign_id"].tolist() == ["12345678901", "7"], ids


def test_invisible_marks_make_no_second_campaign(read_text: Reading) -> None:
    """An id or channel copied with a mark of direction is the same id and channel."""
    found = read_text(
        "date,channel,account_id,campaign_id,spend",
        "2026-09-01,meta,77,12345,1.50",
        "2026-09-02,\u200emeta,77\u200b,\u202a12345\u202c,2.50",
    )
    assert len(found.frame[["channel", "account_id", "campaign_id"]].drop_duplicates()) == 1


def test_results_of_mixed_kinds_go_where_they_belong(read_text: Reading) -> None:
    """Leads, purchases and clicks in one column of Meta's are told apart row by row."""
    found = read_text(
        "Day,Reporting starts,Campaign name,Amount spent (NOK),Results,Result indicator",
        "2026-09-01,2026-09-01,A,1.50,3,actions:offsite_conversion.fb_pixel_purchase",
        "2026-09-01,2026-09-01,B,2.50,4,actions:lead",
        "2026-09-01,2026-09-01,C,3.50,5,actions:link_click",
        "2026-09-01,2026-09-01,D,4.50,-,",
    )
    assert found.frame["conversions"].tolist()[:1] == [3.0]
    assert found.frame["leads"].tolist()[1] == 4.0
    assert found.frame[["conversions", "leads"]].isna().sum().tolist() == [3, 3]


def test_subtotals_of_campaigns_are_checked(read_text: Reading) -> None:
    """A campaign's own total that its days do not add up to is said."""
    found = read_text(
        HEAD, "2026-09-01,x,A,1.50,3", "2026-09-02,x,A,2.50,4", "Total,x,A,9.00,7",
        "2026-09-01,x,B,5.50,4", "Total,x,B,5.50,4",
    )  # fmt: skip
    (warning,) = [each for each in found.warnings if "add up" in each]
    assert "spend of 'A' 4 against 9 in line 4" in warning


def test_other_sheets_with_tables_are_named(tmp_path: Path) -> None:
    """A workbook with a sheet a month is not read as one month without a word."""
    book = openpyxl.Workbook()
    for name, month in (("August", 8), ("September", 9)):
        sheet = book.active if name == "August" else book.create_sheet(name)
        sheet.title = name
        sheet.append(HEAD.split(","))
        sheet.append([f"2026-{month:02}-01", "x", "A", 1.5, 3])
    book.create_sheet("Notes").append(["Dear Kari"])
    book.save(tmp_path / "a.xlsx")
    found = read(tmp_path / "a.xlsx")
    assert found.frame["date"].tolist() == [pd.Timestamp("2026-08-01")]
    assert "Only the sheet 'August' is read; left aside: 'September'." in found.notes


def test_one_campaign_under_two_spellings_is_one(read_text: Reading) -> None:
    """Dashes, spaces and case differ where people type; without ids the name is the campaign."""
    found = read_text(
        HEAD, "2026-09-01,x,Høst – salg,1.50,3", "2026-09-02,x,høst  -  SALG,2.50,4",
        settings=ReadSettings(currency="NOK"),
    )  # fmt: skip
    assert len(set(found.frame["campaign_id"])) == 1
