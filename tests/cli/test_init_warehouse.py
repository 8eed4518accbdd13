"""`perfbot init` on a warehouse: what is there is recognised, tried and written; to a digest."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests.cli.conftest import Outcome
from tests.sources.connectors.raw_tables import Table, fill

Perfbot = Callable[..., Outcome]
TODAY = datetime.now(UTC).date()
DAYS = [TODAY - timedelta(days=back) for back in range(1, 41)]
A_YEAR_AGO = TODAY - timedelta(days=364)
LONG_AGO = datetime(2025, 1, 1)
WRITTEN = datetime.now(UTC)


def google(customer: int = 55, campaign: int = 7, name: str = "Brand search") -> dict[str, Table]:
    """Fivetran's tables of one campaign of Google's."""
    rows = tuple((customer, day, campaign, 250_500_000, 1000, 40, 2.0, 900.0, WRITTEN)
                 for day in (*DAYS, A_YEAR_AGO))  # fmt: skip
    return {
        "campaign_stats": Table(
            "customer_id:i date:d id:i cost_micros:i impressions:i clicks:i conversions:f "
            "conversions_value:f _fivetran_synced:z", rows,
        ),
        "campaign_history": Table("id:i updated_at:t name:s customer_id:i status:s",
                                  ((campaign, LONG_AGO, name, customer, "ENABLED"),)),
        "account_history": Table("id:i updated_at:t descriptive_name:s currency_code:s time_zone:s",
                                 ((customer, LONG_AGO, "Fjord", "NOK", "Europe/Oslo"),)),
        "campaign_budget_history": Table(
            "id:i campaign_id:i updated_at:t amount_micros:i explicitly_shared:b period:s name:s",
            ((501, campaign, LONG_AGO, 500_000_000, True, "DAILY", "All of search"),),
        ),
    }  # fmt: skip


def meta() -> dict[str, Table]:
    """Fivetran's tables of one campaign of Meta's."""
    rows = tuple(("71", day, 9, 1000, 12, 250, 900, datetime.now()) for day in DAYS)
    return {
        "basic_ad": Table("ad_id:s date:d account_id:i impressions:i inline_link_clicks:i spend:n "
                          "reach:i _fivetran_synced:t", rows),
        "basic_ad_actions": Table("ad_id:s date:d index:i action_type:s value:n",
                                  tuple(("71", day, 0, "purchase", 3) for day in DAYS)),
        "ad_history": Table("id:i updated_time:t campaign_id:i", ((71, LONG_AGO, 3),)),
        "campaign_history": Table(
            "id:i updated_time:t account_id:i name:s objective:s daily_budget:i",
            ((3, LONG_AGO, 9, "Autumn", "OUTCOME_SALES", 30000),),
        ),
        "account_history": Table("id:i _fivetran_synced:t name:s currency:s timezone_name:s",
                                 ((9, LONG_AGO, "Fjord", "NOK", "Europe/Oslo"),)),
    }  # fmt: skip


def airbyte() -> dict[str, Table]:
    """Airbyte's stream of one campaign of Google's."""
    rows = tuple((7, "Brand search", day, 1_000_000, 100, 9, 1.0, 10.0, WRITTEN) for day in DAYS)
    return {
        "campaign": Table(
            "campaign.id:i campaign.name:s segments.date:d metrics.cost_micros:i "
            "metrics.impressions:i metrics.clicks:i metrics.conversions:f "
            "metrics.conversions_value:f _airbyte_extracted_at:z", rows,
        )
    }  # fmt: skip


def report() -> dict[str, Table]:
    """dbt's report of campaigns."""
    rows = tuple((day, "google_ads", "55", "Fjord", "7", "Brand search", 40, 1000, 250, 2, 900)
                 for day in DAYS)  # fmt: skip
    return {
        "ad_reporting__campaign_report": Table(
            "date_day:d platform:s account_id:s account_name:s campaign_id:s campaign_name:s "
            "clicks:i impressions:i spend:n conversions:n conversions_value:n", rows,
        )
    }  # fmt: skip


@pytest.fixture
def duckdb(perfbot: Perfbot, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A DuckDB file with these schemas, its address in the environment."""

    def make(schemas: Mapping[str, Mapping[str, Table]]) -> str:
        url = "duckdb:///warehouse.duckdb"
        engine = sa.create_engine(url)
        for schema, tables in schemas.items():
            with engine.begin() as connection:
                connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
            fill(engine, tables, schema)
        engine.dispose()
        monkeypatch.setenv("WAREHOUSE_URL", url)
        return url

    return make


def sources() -> list[dict[str, str]]:
    data = tomllib.loads(Path("perfbot.toml").read_text(encoding="utf-8"))
    entries: list[dict[str, str]] = data["sources"]
    return entries


def test_raw_schemas_are_found_tried_and_read(perfbot: Perfbot, duckdb: Callable[..., str]) -> None:
    """From an empty folder with an address in the environment to the first digest, nobody asked."""
    duckdb({"google_ads": google(), "facebook_ads": meta(), "shop": {"orders": Table("id:i", ())}})
    first = perfbot("init", "--yes")
    assert first.code == 0, first.err
    assert "google_ads: Google Ads (Fivetran)" in first.out
    assert "✔ facebook_ads: 30 rows of the last 30 days." in first.out
    assert "The first digest" in first.out
    assert [(entry["name"], entry["raw_schema"]) for entry in sources()] == [
        ("facebook_ads", "facebook_ads"), ("google_ads", "google_ads"),
    ]  # fmt: skip
    text = Path("perfbot.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    assert data["app"]["time_zone"] == "Europe/Oslo"
    plan = {entry["match"]: entry for entry in data["plan"]}
    assert plan["meta_ads:Autumn"]["stage"] == "convert"  # its objective says so
    assert "stage" not in plan["google_ads:Brand search"]  # its name alone suggests it
    assert plan["google_ads:Brand search"]["shared_budget"] == "All of search"
    assert "✔ google_ads 55: 41 rows until" in first.out  # the year behind the 60 days, too
    assert "fetches the year" not in first.out
    assert "2 sources and 2 plan entries added" in first.out
    assert "Autumn" in perfbot("board", "--window", "28d").out
    again = perfbot("init", "--yes")
    assert (again.code, "left as it is" in again.out) == (0, True)
    assert Path("perfbot.toml").read_text(encoding="utf-8") == text


def test_a_schema_that_is_new_is_added(perfbot: Perfbot, duckdb: Callable[..., str]) -> None:
    """Run again it adds that one, and touches nothing else."""
    duckdb({"google_ads": google()})
    assert perfbot("init", "--yes").code == 0
    before = Path("perfbot.toml").read_text(encoding="utf-8")
    duckdb({"facebook_ads": meta()})
    again = perfbot("init", "--yes")
    assert again.code == 0, again.err
    assert [entry["name"] for entry in sources()] == ["google_ads", "facebook_ads"]
    assert Path("perfbot.toml").read_text(encoding="utf-8").startswith(before)


def test_a_column_that_goes_leaves_what_is_stored(
    perfbot: Perfbot, duckdb: Callable[..., str]
) -> None:
    """The pull is refused in one sentence, doctor says it, and the numbers stay as they were."""
    url = duckdb({"google_ads": google()})
    assert perfbot("init", "--yes").code == 0
    board = perfbot("board", "--window", "28d").out
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE google_ads.campaign_stats DROP cost_micros"))
    engine.dispose()
    sentence = (
        "google_ads: The schema google_ads has Google Ads (Fivetran), but its table "
        "campaign_stats has no column cost_micros."
    )
    pulled = perfbot("pull")
    assert pulled.code == 1
    assert f"perfbot: {sentence}" in pulled.err
    assert perfbot("board", "--window", "28d").out == board
    assert f"✘ The source {sentence}" in perfbot("doctor").out


def test_dbts_report_is_read_alone(
    perfbot: Perfbot, postgres_schema: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The raw tables it is made of hold the same numbers, and are not read beside it."""
    url = postgres_schema()
    with psycopg.connect(url) as connection:
        (schema,) = connection.execute("SELECT current_schema()").fetchone() or ("",)
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    fill(engine, {**report(), **google()}, schema)
    engine.dispose()
    answers = f'have = ["warehouse"]\n[warehouse]\nWAREHOUSE_URL = "{url}"\n'
    Path("answers.toml").write_text(answers, encoding="utf-8")
    monkeypatch.delenv("WAREHOUSE_URL", raising=False)
    outcome = perfbot("init", "--answers", "answers.toml")
    os.environ.pop("WAREHOUSE_URL")  # what init put there goes with the test
    assert outcome.code == 0, outcome.err
    (entry,) = sources()
    assert entry["table"] == f"{schema}.ad_reporting__campaign_report"
    assert "raw_schema" not in entry
    assert url not in Path("perfbot.toml").read_text(encoding="utf-8") + outcome.out
    assert stat.S_IMODE(Path(".env").stat().st_mode) == 0o600
    assert "The first digest" in outcome.out


def test_an_answers_file_chooses(perfbot: Perfbot, duckdb: Callable[..., str]) -> None:
    """By the place's own name; what the warehouse does not have is named with what it has."""
    duckdb({"google_ads": google(), "facebook_ads": meta()})
    wrong = 'have = ["warehouse"]\n[warehouse]\nread = ["google"]\n'
    Path("answers.toml").write_text(wrong, encoding="utf-8")
    outcome = perfbot("init", "--answers", "answers.toml")
    assert outcome.code == 2
    assert "It has facebook_ads, google_ads" in outcome.err
    Path("answers.toml").write_text(wrong.replace('"google"', '"google_ads"'), encoding="utf-8")
    assert perfbot("init", "--answers", "answers.toml").code == 0
    assert [entry["raw_schema"] for entry in sources()] == ["google_ads"]


def test_a_table_that_is_named_is_not_looked_for(
    perfbot: Perfbot, duckdb: Callable[..., str]
) -> None:
    """Nor is a schema: the answers file says what is read."""
    duckdb({"google_ads": google(), "analytics": report()})
    for lines, key in (
        ('table = "analytics.ad_reporting__campaign_report"', "table"),
        ('raw_schema = "google_ads"\nconnector = "google_ads"', "connector"),
    ):
        Path("perfbot.toml").unlink(missing_ok=True)
        text = f'have = "warehouse"\n[warehouse]\n{lines}\n'
        Path("answers.toml").write_text(text, encoding="utf-8")
        outcome = perfbot("init", "--answers", "answers.toml")
        assert outcome.code == 0, outcome.err
        assert key in sources()[0]


def test_two_schemas_with_the_same_campaigns(perfbot: Perfbot, duckdb: Callable[..., str]) -> None:
    """A second copy is left out, and said; another account of the same platform is not."""
    duckdb({"ads": google(), "ads_copy": google(), "ads_us": google(66, 8, "US search")})
    outcome = perfbot("init", "--yes")
    assert outcome.code == 0, outcome.err
    assert "✘ ads_copy: campaign 7 is in ads, too, and would count twice." in outcome.out
    assert [entry["name"] for entry in sources()] == ["ads", "ads_us"]


def test_airbytes_streams_are_found_in_sqlite(
    perfbot: Perfbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file has one schema; what nobody's table says is said in the log of the pull."""
    engine = sa.create_engine("sqlite:///raw.db")
    fill(engine, airbyte())
    engine.dispose()
    monkeypatch.setenv("WAREHOUSE_URL", "sqlite:///raw.db")
    outcome = perfbot("init", "--yes")
    assert outcome.code == 0, outcome.err
    assert "main: Google Ads (Airbyte)" in outcome.out
    assert [entry["raw_schema"] for entry in sources()] == ["main"]


@pytest.mark.parametrize(
    ("schemas", "sentence"),
    [
        ({"shop": {"orders": Table("id:i", ())}}, "schemas that this user sees: shop"),
        ({"ads": {name: table for name, table in google().items() if name != "campaign_history"}},
         "The schema ads has Google Ads (Fivetran), but the table campaign_history is not there"),
    ],
    ids=["others", "incomplete"],
)  # fmt: skip
def test_nothing_that_can_be_read_is_said(
    perfbot: Perfbot,
    duckdb: Callable[..., str],
    schemas: dict[str, dict[str, Table]],
    sentence: str,
) -> None:
    """With what is there, and what to do; no settings and no database."""
    duckdb(schemas)
    outcome = perfbot("init", "--yes")
    assert outcome.code == 1
    assert sentence in outcome.err
    assert not [name for name in ("perfbot.toml", ".env", "perfbot.db") if Path(name).exists()]


def test_an_address_that_does_not_answer(perfbot: Perfbot, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence without the password; and without an address, where it is written."""
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://u:hemmelig@127.0.0.1:1/none")
    outcome = perfbot("init", "--yes")
    assert outcome.code == 1
    assert "did not answer" in outcome.err
    assert "hemmelig" not in outcome.err + outcome.out
    monkeypatch.delenv("WAREHOUSE_URL")
    Path("answers.toml").write_text('have = ["warehouse"]', encoding="utf-8")
    nowhere = perfbot("init", "--answers", "answers.toml")
    assert nowhere.code == 2
    assert "WAREHOUSE_URL is not set" in nowhere.err
