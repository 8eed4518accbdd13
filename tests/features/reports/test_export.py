"""Numbers leave as they are stored, to the last decimal, and no name becomes a formula."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.ask import Asker, Context, Desk
from bot.blockkit import validate
from bot.cli.door import cli
from bot.errors import NoNumbers, NotAllowed
from bot.features.reports import export as exporting
from bot.features.reports.export import ExportRequest, asked
from bot.numbers.input.columns import MONEY, VALUES
from bot.settings import Settings
from bot.sources.exports import read
from bot.store import open_store

MORNING = date(2026, 11, 23)
FORMULAS = ['=HYPERLINK("http://evil")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"]


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def cells_of(content: bytes) -> list[dict[str, object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    head, *rows = sheet.iter_rows()
    names = [cell.value for cell in head]
    return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.fixture
def office_with(empty, rulebook, renderers):
    """An office whose store holds these rows of the last days: `office_with(name="…", spend=1)`."""

    def made(**values):
        usual = {"date": date(2026, 11, 20), "channel": "google_ads", "campaign_id": "1",
                 "campaign_name": "Generic", "currency": "NOK", "spend": 1.0}  # fmt: skip
        frame = pd.DataFrame([{**usual, **values}])
        empty.context.store.add_numbers(frame, source="t", pulled_at=empty.context.clock())
        return empty.context

    return made


def test_an_export_reads_back_as_the_same_numbers(world, tmp_path):
    """Every number of 28 days, written as CSV and imported elsewhere: nothing gained or lost."""
    file, count = exporting.made(world.context, ExportRequest(), MORNING)
    path = tmp_path / file.name
    path.write_bytes(file.content)
    other = open_store(":memory:")
    other.add_numbers(read(path).frame, source="x", pulled_at=world.context.clock())
    mine, theirs = (
        store.numbers(date(2026, 10, 26), date(2026, 11, 22)) for store in (world.store, other)
    )
    keys = ["date", "channel", "campaign_id"]
    mine, theirs = (each.sort_values(keys).reset_index(drop=True) for each in (mine, theirs))
    assert count == len(mine)
    pd.testing.assert_frame_equal(mine[[*keys, *VALUES]], theirs[[*keys, *VALUES]])
    other.close()


@given(st.integers(0, 10**15))
def test_money_is_exact(micros):
    """Whatever the micros: the text is them, not what a float makes of them."""
    written = exporting._number(micros / 1_000_000, money=True)
    assert Decimal(f"{written:f}") * 1_000_000 == micros


def test_money_of_a_cell_is_exact_in_both_forms(office_with):
    """0.1 + 0.2 is 0.3, in CSV and in Excel."""
    context = office_with(spend=0.1 + 0.2, revenue=12_345_678.9)
    (row,) = rows_of(exporting.made(context, ExportRequest(), MORNING)[0].content)
    assert [row[name] for name in MONEY][:1] == ["0.3"]
    assert row["revenue"] == "12345678.9"
    assert row["clicks"] == ""
    (cells,) = cells_of(exporting.made(context, ExportRequest(form="xlsx"), MORNING)[0].content)
    assert (cells["spend"].value, cells["revenue"].value) == (0.3, 12345678.9)
    assert cells["date"].value.date() == date(2026, 11, 20)
    assert cells["clicks"].value is None


@pytest.mark.parametrize("name", FORMULAS)
def test_no_name_is_a_formula(name):
    """In CSV an apostrophe stands before it; in Excel it is typed as text."""
    line = dict.fromkeys(exporting.HEADS) | {"campaign_name": name}
    (row,) = rows_of(exporting.as_csv([line]))
    assert row["campaign_name"] == f"'{name}"
    (cells,) = cells_of(exporting.as_xlsx([line]))
    assert cells["campaign_name"].data_type in {"s", "inlineStr"}
    assert cells["campaign_name"].value.strip() == name.strip()


@given(st.text(max_size=60))
def test_any_name_can_be_written(name):
    """Control characters, emoji, quotes: one row in both forms, in CSV the very name made inert."""
    line = dict.fromkeys(exporting.HEADS) | {"campaign_name": name}
    read_back = rows_of(exporting.as_csv([line]))
    assert [row["campaign_name"] for row in read_back] == [exporting.inert(name)]
    assert exporting.inert(name).removeprefix("'") == name.removeprefix("'")
    assert len(cells_of(exporting.as_xlsx([line]))) == 1


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", ExportRequest()),
        ("all 7d xlsx", ExportRequest("", "7d", "xlsx")),
        ("excel alt", ExportRequest("", "28d", "xlsx")),
        ("channel google mtd", ExportRequest("google", "mtd", "csv")),
        ('kampanje "Google | Generic" csv', ExportRequest("Google | Generic", "28d", "csv")),
        ("last week for google as csv", ExportRequest("google", "lastweek", "csv")),
        ("google forrige uke til csv", ExportRequest("google", "lastweek", "csv")),
        ("this month google to excel", ExportRequest("google", "mtd", "xlsx")),
        ("last 14 days of meta in csv", ExportRequest("meta", "14d", "csv")),
        ("google 2026-11-01..2026-11-15", ExportRequest("google", "2026-11-01..2026-11-15", "csv")),
    ],
)
def test_what_is_asked_is_understood(words, wanted):
    """About whom, which days, which form; the form anywhere."""
    from bot.question.grammar import parse

    assert asked(parse(f"export {words}").words) == wanted


def test_a_channel_and_a_campaign_are_their_own_rows_only(world):
    """No row of anybody else."""
    file, _ = exporting.made(world.context, ExportRequest("google", "7d"), MORNING)
    assert {row["channel"] for row in rows_of(file.content)} == {"google_ads"}
    assert file.name == "perfbot-google-2026-11-16-2026-11-22.csv"
    name = rows_of(file.content)[0]["campaign_name"]
    file, _ = exporting.made(world.context, ExportRequest(name, "7d"), MORNING)
    assert {row["campaign_name"] for row in rows_of(file.content)} == {name}


def test_in_slack_the_file_comes_with_a_line_and_is_logged(world, rulebook, renderers, kari):
    """Asked dry it is not; whoever may not answer may not export."""
    reply = world.desk.ask("eksporter google 7d xlsx", Asker("U1", "C1", "nb", "Europe/Oslo"))
    assert reply.file.name.endswith(".xlsx")
    assert reply.file.name in reply.text
    assert validate(reply.blocks) == []
    (event,) = world.store.history(kinds=("export.made",))
    assert (event.actor, event.subject) == ("U1", reply.file.name)
    world.desk.ask("export", kari, dry=True)
    assert len(world.store.history(kinds=("export.made",))) == 1
    settings = Settings(who={"answerers": ("U9",)})
    desk = Desk(Context(world.store, rulebook, renderers, settings, world.context.clock))
    assert isinstance(desk.ask("export", kari).error, NotAllowed)


def test_without_numbers_there_is_no_file(empty, kari):
    """It says why."""
    assert isinstance(empty.ask("export", kari).error, NoNumbers)


def test_the_terminal_writes_the_file(world, tmp_path):
    """Where it is told, or to standard output."""
    db, out = str(tmp_path / "perfbot.db"), tmp_path / "out.xlsx"
    common = ["--as-of", "2026-11-23", "--db", db]
    words = ["export", "google", "7d", "--format", "xlsx", "-o", str(out), *common]
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert "rows in" in done.output
    assert cells_of(out.read_bytes())
    piped = CliRunner().invoke(cli, ["export", "-o", "-", *common], catch_exceptions=False)
    assert piped.output.lstrip("\ufeff").startswith("date,channel,")


def test_a_preview_does_not_say_the_file_is_there(world, kari):
    """Dry, nothing is sent: the line says so."""
    sent, dry = (
        world.desk.ask("export google 7d", kari, MORNING, dry=dry) for dry in (False, True)
    )
    assert "is in our own conversation" in sent.text
    assert "would come to our own conversation" in dry.text
