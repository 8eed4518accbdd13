"""Days, sums and changes that are easy to get wrong."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from tests.sources.connectors.conftest import Warehouse, cells
from tests.sources.connectors.raw_tables import FIRST, FIVETRAN, SECOND, Table

OSLO = ZoneInfo("Europe/Oslo")


def test_sums_are_those_that_pandas_adds_up(warehouse: Warehouse) -> None:
    """Thousands of segments over a month of campaigns, to the last micro."""
    chance = random.Random(7)
    days = [FIRST + timedelta(n) for n in range(20)]
    rows = [
        (55, chance.choice(days), chance.randint(1, 9), chance.choice("ABC"), chance.choice("XYZ"),
         chance.randint(0, 10**9), chance.randint(0, 999), chance.randint(0, 99),
         chance.randint(0, 40) / 4, chance.randint(0, 400) / 4, datetime(2026, 11, 1, tzinfo=UTC))
        for _ in range(1500)
    ]  # fmt: skip
    tables = FIVETRAN["google_ads"].tables
    stats = Table(tables["campaign_stats"].columns, tuple(rows))
    warehouse.fill({**tables, "campaign_stats": stats})
    frame = warehouse.pull(days[-1]).frame
    titles = [title.partition(":")[0] for title in stats.columns.split()]
    table = pd.DataFrame(rows, columns=titles)
    sums = table.groupby([table["id"].astype(str), "date"])[
        ["cost_micros", "impressions", "clicks", "conversions", "conversions_value"]
    ].sum()
    read = cells(frame)
    assert set(read) == set(sums.index)
    for key, row in sums.iterrows():
        mine = read[key]
        assert mine["spend"] == row["cost_micros"] / 10**6
        assert mine[["impressions", "clicks", "conversions", "revenue"]].tolist() == [
            row["impressions"], row["clicks"], row["conversions"], row["conversions_value"],
        ]  # fmt: skip


def test_a_day_of_twenty_five_hours_has_them_all(warehouse: Warehouse) -> None:
    """Summer time ends on 25 October: each hour belongs to one of the account's own days."""
    hours = [datetime(2026, 10, 23, 12, tzinfo=UTC) + timedelta(hours=n) for n in range(96)]
    tables = FIVETRAN["snapchat_ads"].tables
    rows = tuple(("f-1", hour, 1_000_000, 1, 1, 0, 0, hours[-1] + timedelta(9)) for hour in hours)
    report = Table(tables["campaign_hourly_report"].columns, rows)
    warehouse.fill({**tables, "campaign_hourly_report": report})
    source = warehouse.source(now=datetime(2026, 11, 20, tzinfo=UTC))
    frame = source.pull(date(2026, 10, 23), date(2026, 10, 27)).frame
    spend = frame.set_index(frame["date"].dt.date)["spend"].to_dict()
    expected = pd.Series(1.0, index=hours).groupby([hour.astimezone(OSLO).date() for hour in hours])
    assert spend == expected.sum().to_dict()
    assert spend[date(2026, 10, 25)] == 25


def hourly(lacking: set[int], split: bool = False) -> tuple[tuple[object, ...], ...]:
    """Four of Oslo's days of hours, some lacking; `split` between two campaigns, turn by turn."""
    first = datetime(2026, 11, 1, 23, tzinfo=UTC)  # midnight there
    hours = [first + timedelta(hours=n) for n in range(96) if n not in lacking]
    written = hours[-1] + timedelta(days=9)
    return tuple(
        ("f-2" if split and n % 2 else "f-1", hour, 1_000_000, 1, 1, 0, 0, written)
        for n, hour in enumerate(hours)
    )


@pytest.mark.parametrize(
    ("lacking", "short"),
    [
        (set(), []),
        ({30, 31}, [(date(2026, 11, 3), 22, 24)]),
        ({2, 30}, []),  # the day beside it is not whole either: perhaps nothing was shown
        ({0, 95}, []),  # the first and the last may be cut off
    ],
)
@pytest.mark.parametrize("split", [False, True])
def test_a_day_that_lacks_hours_is_told(
    warehouse: Warehouse, lacking: set[int], short: list[tuple[date, int, int]], split: bool
) -> None:
    """Of the account: an hour in which one campaign was not shown is there by another."""
    tables = FIVETRAN["snapchat_ads"].tables
    campaigns = tables["campaign_history"]
    other = tuple(("f-2", *row[1:]) for row in campaigns.rows[:1])
    report = Table(tables["campaign_hourly_report"].columns, hourly(lacking, split))
    history = Table(campaigns.columns, (*campaigns.rows, *other))
    warehouse.fill({**tables, "campaign_hourly_report": report, "campaign_history": history})
    source = warehouse.source(now=datetime(2026, 11, 20, tzinfo=UTC))
    pulled = source.pull(date(2026, 11, 1), date(2026, 11, 7))
    told = [(day.day, day.hours, day.whole) for day in pulled.short_days]
    assert told == short
    assert all(day.channel == "snapchat_ads" for day in pulled.short_days)
    keys = set(pulled.frame["account_id"])
    assert {day.account_id for day in pulled.short_days} <= keys


def test_hours_are_told_of_tables_that_write_them_in_the_accounts_own_time(
    warehouse: Warehouse,
) -> None:
    """TikTok's, and none of a report of days."""
    tables = FIVETRAN["tiktok_ads"].tables
    hours = [datetime(2026, 11, 1) + timedelta(hours=n) for n in range(72) if n != 30]
    rows = tuple((11, hour, 1, 1, 1, 0, 0, "-") for hour in hours)
    report = Table(tables["campaign_report_hourly"].columns, rows)
    warehouse.fill({**tables, "campaign_report_hourly": report})
    source = warehouse.source(now=datetime(2026, 11, 20, tzinfo=UTC))
    (short,) = source.pull(date(2026, 11, 1), date(2026, 11, 7)).short_days
    assert (short.day, short.hours) == (date(2026, 11, 2), 23)
    warehouse.fill(FIVETRAN["google_ads"].tables)
    assert source.pull(date(2026, 10, 1), date(2026, 10, 7)).short_days == ()


@pytest.mark.parametrize(
    ("synced", "now", "days"),
    [
        (datetime(2026, 10, 2, 12, tzinfo=UTC), datetime(2026, 10, 3, 6, tzinfo=UTC), [FIRST]),
        (datetime(2026, 10, 2, 21, 59), datetime(2026, 10, 3, 6, tzinfo=UTC), [FIRST]),
        (datetime(2026, 10, 2, 22), datetime(2026, 10, 3, 6, tzinfo=UTC), [FIRST, SECOND]),
        (datetime(2026, 10, 2, 12), datetime(2026, 10, 5, 6, tzinfo=UTC), [FIRST, SECOND]),
    ],
)
def test_half_a_day_is_left_for_later(
    sqlite_warehouse: Warehouse, synced: datetime, now: datetime, days: list[date]
) -> None:
    """A day counts once the connector wrote after its end in the account's zone, or days passed."""
    tables = FIVETRAN["google_ads"].tables
    columns = tables["campaign_stats"].columns
    rows = tuple((*row[:-1], synced) for row in tables["campaign_stats"].rows)
    sqlite_warehouse.fill({**tables, "campaign_stats": Table(columns, rows)})
    pulled = sqlite_warehouse.source(now=now).pull(FIRST, SECOND)
    assert sorted(set(pulled.frame["date"].dt.date)) == days
    assert any("left for later" in note for note in pulled.notes) == (SECOND not in days)
    assert pulled.accounts[0].until == days[-1]


def test_what_ads_of_no_campaign_cost_is_said(sqlite_warehouse: Warehouse) -> None:
    """It is nobody's, and not lost without a word."""
    tables = FIVETRAN["meta_ads"].tables
    history = tables["ad_history"]
    sqlite_warehouse.fill({**tables, "ad_history": Table(history.columns, history.rows[:2])})
    pulled = sqlite_warehouse.pull()
    assert set(pulled.frame["campaign_id"]) == {"3"}
    assert "1.00 of spend is left aside" in " ".join(pulled.notes)


def test_a_pause_is_a_change_with_its_moment(warehouse: Warehouse) -> None:
    """Out of the versions of a campaign; a new name is none, nor is what was long ago."""
    tables = FIVETRAN["google_ads"].tables
    columns = tables["campaign_history"].columns
    versions = (
        (7, datetime(2026, 8, 1, 9), "Brand", 55, "ENABLED", False),
        (7, datetime(2026, 8, 9, 9), "Brand", 55, "PAUSED", False),
        (7, datetime(2026, 8, 19, 9), "Brand", 55, "ENABLED", False),
        (7, datetime(2026, 10, 1, 9), "New name", 55, "ENABLED", False),
        (7, datetime(2026, 10, 2, 14, 30), "New name", 55, "PAUSED", True),
        (8, datetime(2026, 10, 1, 9), "Generic", 55, "PAUSED", True),
    )
    warehouse.fill({**tables, "campaign_history": Table(columns, versions)})
    (change,) = warehouse.pull().changes
    assert (change.account_id, change.campaign_ids) == ("55", ("7",))
    assert change.when == datetime(2026, 10, 2, 14, 30, tzinfo=UTC)
    assert (change.what, change.before, change.after) == ("status", "enabled", "paused")
    assert change.through == "Fivetran"


def test_an_objective_says_what_a_campaign_is_for(sqlite_warehouse: Warehouse) -> None:
    """Where the platform has one that is known; else nothing is guessed."""
    sqlite_warehouse.fill(FIVETRAN["meta_ads"].tables)
    frame = sqlite_warehouse.pull().frame.drop_duplicates("campaign_id").set_index("campaign_id")
    assert frame.loc["3", ["stage", "pricing_model"]].tolist() == ["convert", "CPA"]
    assert frame.loc["4", ["stage", "pricing_model"]].isna().all()
