"""Small tables of each connector, as it leaves them in a warehouse, and what they come to.

Columns are `name:type`: d day, t time without zone (UTC), z moment, i whole number, n decimal,
f float, s text, b truth, j JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

TYPES = {"d": sa.Date(), "t": sa.DateTime(), "z": sa.DateTime(timezone=True), "i": sa.BigInteger(),
         "n": sa.Numeric(18, 6), "f": sa.Double(), "s": sa.Text(), "b": sa.Boolean(),
         "j": sa.JSON()}  # fmt: skip
Row = tuple[Any, ...]
Cells = Mapping[str, float | None]
FIRST, SECOND = date(2026, 10, 1), date(2026, 10, 2)
OVER = datetime(2026, 10, 5, 6, tzinfo=UTC)  # when the connector wrote: both days were over


@dataclass(frozen=True)
class Table:
    """A table: its columns, and its rows."""

    columns: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Family:
    """A connector's tables of one platform.

    Attributes:
        expected: Campaign, day, and what is known of that day; None for missing.
        account: Id, name, currency and time zone of the account.
        names: Campaigns' names by id.
    """

    channel: str
    tables: Mapping[str, Table]
    expected: tuple[tuple[str, date, Cells], ...]
    account: tuple[str | None, str | None, str | None, str]
    names: Mapping[str, str]


def fill(engine: sa.Engine, tables: Mapping[str, Table], schema: str | None = None) -> None:
    """Write the tables into a database."""
    with engine.begin() as connection:
        for name, table in tables.items():
            columns = [column.rpartition(":") for column in table.columns.split()]
            typed = [sa.Column(title, TYPES[kind]) for title, _, kind in columns]
            made = sa.Table(name, sa.MetaData(), *typed, schema=schema)
            made.drop(connection, checkfirst=True)
            made.create(connection)
            titles = [title for title, _, _ in columns]
            values = [dict(zip(titles, row, strict=True)) for row in table.rows]
            if values:
                connection.execute(made.insert(), values)


def _at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 10, day, hour)


def _moment(month: int, day: int, hour: int) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


FIVETRAN = {
    "google_ads": Family(
        "google_ads",
        {
            "campaign_stats": Table(
                "customer_id:i date:d id:i ad_network_type:s device:s cost_micros:i impressions:i "
                "clicks:i conversions:f conversions_value:f _fivetran_synced:z",
                (
                    (55, FIRST, 7, "SEARCH", "MOBILE", 1_234_567, 100, 9, 1.5, 30.0, OVER),
                    (55, FIRST, 7, "SEARCH", "DESKTOP", 2, 50, 1, 0.25, 0.0, OVER),
                    (55, FIRST, 7, "CONTENT", "MOBILE", 1_000_000, 10, 0, 0.0, 0.0, OVER),
                    (55, SECOND, 8, "SEARCH", "MOBILE", 500_000, 5, 1, None, 1.0, OVER),
                    (55, SECOND, 8, "SEARCH", "DESKTOP", 500_000, 5, 1, 1.0, 1.0, OVER),
                ),
            ),
            "campaign_history": Table(
                "id:i updated_at:t name:s customer_id:i status:s _fivetran_active:b",
                (
                    (7, _at(1), "Old name", 55, "ENABLED", False),
                    (7, _at(3), "Brand", 55, "ENABLED", True),
                    (7, _at(2), "Between", 55, "PAUSED", False),
                    (8, _at(1), "Generic", 55, "ENABLED", True),
                    (8, _at(4), "Never true", 55, "ENABLED", False),
                ),
            ),
            "account_history": Table(
                "id:i updated_at:t descriptive_name:s currency_code:s time_zone:s",
                ((55, _at(1), "Ours", "NOK", "Europe/Oslo"),),
            ),
        },
        (
            (
                "7",
                FIRST,
                {
                    "spend": 2.234569,
                    "impressions": 160,
                    "clicks": 10,
                    "conversions": 1.75,
                    "revenue": 30,
                },
            ),
            (
                "8",
                SECOND,
                {"spend": 1, "impressions": 10, "clicks": 2, "conversions": None, "revenue": 2},
            ),
        ),
        ("55", "Ours", "NOK", "Europe/Oslo"),
        {"7": "Brand", "8": "Generic"},
    ),
    "meta_ads": Family(
        "meta_ads",
        {
            "basic_ad": Table(
                "ad_id:s date:d account_id:i impressions:i inline_link_clicks:i spend:n reach:i "
                "_fivetran_synced:t",
                (
                    ("71", FIRST, 9, 1000, 10, Decimal("76.53"), 900, _at(5)),
                    ("72", FIRST, 9, 500, None, Decimal("0.47"), 400, _at(5)),
                    ("71", SECOND, 9, 100, 1, Decimal("5.10"), 90, _at(5)),
                    ("73", SECOND, 9, 100, 1, Decimal("1.00"), 90, _at(5)),
                ),
            ),
            "basic_ad_actions": Table(
                "ad_id:s date:d index:i action_type:s value:n _7_d_click:n",
                (
                    ("71", FIRST, 0, "omni_purchase", 3, 2),
                    ("71", FIRST, 1, "purchase", 3, 2),
                    ("71", FIRST, 2, "offsite_conversion.fb_pixel_purchase", 2, 2),
                    ("72", FIRST, 0, "omni_purchase", 1, 1),
                    ("72", FIRST, 1, "lead", 4, 4),
                    ("72", FIRST, 2, "offsite_conversion.fb_pixel_lead", 4, 4),
                    ("71", FIRST, 3, "video_view", 800, 800),
                    ("73", SECOND, 0, "PURCHASE", 1, 1),
                ),
            ),
            "basic_ad_action_values": Table(
                "ad_id:s date:d index:i action_type:s value:n",
                (
                    ("71", FIRST, 0, "omni_purchase", Decimal("120.50")),
                    ("71", FIRST, 1, "purchase", Decimal("120.50")),
                    ("72", FIRST, 0, "omni_purchase", Decimal("9.50")),
                ),
            ),
            "ad_history": Table(
                "id:i updated_time:t campaign_id:i ad_set_id:i",
                (
                    (71, _at(1), 3, 31),
                    (72, _at(1), 3, 32),
                    (73, _at(2), 4, 41),
                    (73, _at(1), 3, 31),
                ),
            ),
            "campaign_history": Table(
                "id:i updated_time:t account_id:i name:s objective:s",
                ((3, _at(1), 9, "Autumn", "OUTCOME_SALES"), (4, _at(1), 9, "Video", None)),
            ),
            "account_history": Table(
                "id:i _fivetran_synced:t name:s currency:s timezone_name:s",
                ((9, _at(1), "Ours", "EUR", "Europe/Berlin"),),
            ),
        },
        (
            (
                "3",
                FIRST,
                {
                    "spend": 77,
                    "impressions": 1500,
                    "clicks": 10,
                    "conversions": 4,
                    "leads": 4,
                    "revenue": 130,
                },
            ),
            ("3", SECOND, {"spend": 5.1, "clicks": 1, "conversions": 0, "leads": 0, "revenue": 0}),
            ("4", SECOND, {"spend": 1, "conversions": 1, "leads": 0, "revenue": 0}),
        ),
        ("9", "Ours", "EUR", "Europe/Berlin"),
        {"3": "Autumn", "4": "Video"},
    ),
    "microsoft_ads": Family(
        "microsoft_ads",
        {
            "campaign_performance_daily_report": Table(
                "date:d account_id:i campaign_id:i currency_code:s device_type:s network:s spend:f "
                "impressions:i clicks:i conversions_qualified:f conversions:i revenue:s",
                (
                    (FIRST, 4, 40, "USD", "Computer", "Search", 0.5, 10, 1, 1.5, 1, "10.25"),
                    (FIRST, 4, 40, "USD", "Phone", "Search", 0.25, 10, 1, None, 2, "0.50"),
                ),
            ),
            "campaign_history": Table(
                "id:i name:s account_id:i modified_time:t status:s",
                ((40, "Before", 4, _at(1), "Active"), (40, "Bing", 4, _at(2), "Paused")),
            ),
            "account_history": Table(
                "id:i name:s last_modified_time:t currency_code:s", ((4, "MS", _at(1), "USD"),)
            ),
        },
        (
            (
                "40",
                FIRST,
                {
                    "spend": 0.75,
                    "impressions": 20,
                    "clicks": 2,
                    "conversions": 3.5,
                    "revenue": 10.75,
                },
            ),
        ),
        ("4", "MS", "USD", "UTC"),
        {"40": "Bing"},
    ),
    "linkedin_ads": Family(
        "linkedin_ads",
        {
            "ad_analytics_by_campaign": Table(
                "campaign_id:i day:t cost_in_local_currency:n cost_in_usd:n impressions:i clicks:i "
                "landing_page_clicks:i one_click_leads:i external_website_conversions:i "
                "conversion_value_in_local_currency:n",
                (
                    (61, _at(1), Decimal("100.10"), Decimal("9.99"), 50, 5, 3, 2, 1, None),
                    (61, _at(2), Decimal("50.00"), Decimal("4.99"), 20, 2, 1, 0, 0, Decimal("7.5")),
                ),
            ),
            "campaign_history": Table(
                "id:i last_modified_time:t account_id:i name:s objective_type:s version_tag:i",
                (
                    (61, _at(1), 6, "First", "LEAD_GENERATION", 1),
                    (61, _at(1), 6, "B2B", "LEAD_GENERATION", 2),
                ),
            ),
            "account_history": Table(
                "id:i last_modified_time:t name:s currency:s", ((6, _at(1), "LI", "NOK"),)
            ),
        },
        (
            (
                "61",
                FIRST,
                {
                    "spend": 100.1,
                    "impressions": 50,
                    "clicks": 3,
                    "clicks_all": 5,
                    "leads": 2,
                    "conversions": 1,
                    "revenue": None,
                },
            ),
            ("61", SECOND, {"spend": 50, "leads": 0, "revenue": 7.5}),
        ),
        ("6", "LI", "NOK", "UTC"),
        {"61": "B2B"},
    ),
    "tiktok_ads": Family(
        "tiktok_ads",
        {
            "campaign_report_hourly": Table(
                "campaign_id:i stat_time_hour:t spend:n impressions:i clicks:i conversion:i "
                "total_purchase_value:n cost_per_secondary_goal_result:s",
                (
                    (11, _at(1, 0), Decimal("1.10"), 10, 1, 1, Decimal(5), "-"),
                    (11, _at(1, 23), Decimal("2.20"), 20, 2, 0, Decimal(0), "-"),
                    (11, _at(2, 0), Decimal("4.40"), 40, 4, 0, Decimal(0), "-"),
                ),
            ),
            "campaign_history": Table(
                "campaign_id:i updated_at:t advertiser_id:i campaign_name:s objective_type:s",
                ((11, _at(1), 1, "Film", "TRAFFIC"),),
            ),
            "advertiser": Table(
                "id:i name:s currency:s timezone:s email:s",
                ((1, "TT", "SEK", "Europe/Stockholm", "kari@example.no"),),
            ),
        },
        (
            (
                "11",
                FIRST,
                {"spend": 3.3, "impressions": 30, "clicks": 3, "conversions": 1, "revenue": 5},
            ),
            ("11", SECOND, {"spend": 4.4, "impressions": 40}),
        ),
        ("1", "TT", "SEK", "Europe/Stockholm"),
        {"11": "Film"},
    ),
    "pinterest_ads": Family(
        "pinterest_ads",
        {
            "campaign_report": Table(
                "date:t campaign_id:i campaign_name:s advertiser_id:i impression_1:i "
                "impression_2:i clickthrough_1:i clickthrough_2:i spend_in_micro_dollar:i "
                "total_conversions:i total_conversions_value_in_micro_dollar:i",
                (
                    (_at(1), 21, "Dresses", 2, 100, 20, 4, None, 2_250_000, 3, 4_500_000),
                    (_at(2), 21, "Dresses", 2, 10, None, 1, 1, 1, 0, 0),
                ),
            ),
            "campaign_history": Table(
                "id:i name:s advertiser_id:i _fivetran_synced:t", ((21, "Dresses", 2, _at(5)),)
            ),
            "advertiser_history": Table(
                "id:i name:s currency:s updated_time:t", ((2, "Pin", "DKK", _at(1)),)
            ),
        },
        (
            (
                "21",
                FIRST,
                {"spend": 2.25, "impressions": 120, "clicks": 4, "conversions": 3, "revenue": 4.5},
            ),
            ("21", SECOND, {"spend": 0.000001, "impressions": 10, "clicks": 2}),
        ),
        ("2", "Pin", "DKK", "UTC"),
        {"21": "Dresses"},
    ),
    "snapchat_ads": Family(
        "snapchat_ads",
        {
            # Oslo is two hours before UTC on these days: 22 o'clock is the next day there
            "campaign_hourly_report": Table(
                "campaign_id:s date:z spend:i impressions:i swipes:i conversion_purchases:i "
                "conversion_purchases_value:i _fivetran_synced:z",
                (
                    ("f-1", _moment(9, 30, 21), 9_000_000, 9, 9, 9, 9, OVER),
                    ("f-1", _moment(9, 30, 22), 1_000_000, 100, 5, 1, 2_000_000, OVER),
                    ("f-1", _moment(10, 1, 21), 500_000, 50, 1, 0, 0, OVER),
                    ("f-1", _moment(10, 1, 22), 250_000, 25, 1, 0, 0, OVER),
                ),
            ),
            "campaign_history": Table(
                "id:s ad_account_id:s name:s updated_at:t", (("f-1", "a-1", "Snap", _at(1)),)
            ),
            "ad_account_history": Table(
                "id:s name:s currency:s timezone:s updated_at:t",
                (("a-1", "SC", "NOK", "Europe/Oslo", _at(1)),),
            ),
        },
        (
            (
                "f-1",
                FIRST,
                {"spend": 1.5, "impressions": 150, "clicks": 6, "conversions": 1, "revenue": 2},
            ),
            ("f-1", SECOND, {"spend": 0.25, "impressions": 25}),
        ),
        ("a-1", "SC", "NOK", "Europe/Oslo"),
        {"f-1": "Snap"},
    ),
    "reddit_ads": Family(
        "reddit_ads",
        {
            "campaign_report": Table(
                "account_id:s campaign_id:s date:d region:s clicks:i impressions:i spend:i",
                (
                    ("r1", "1510393823694638543", FIRST, "a", 5, 100, 1_500_000),
                    ("r1", "1510393823694638543", FIRST, "b", 5, 100, 1_500_000),
                    ("r1", "1510393823694638544", SECOND, "a", 1, 10, 100_000),
                ),
            ),
            "campaign_conversions_report": Table(
                "account_id:s campaign_id:s date:d event_name:s "
                "click_through_conversion_attribution_window_month:i "
                "view_through_conversion_attribution_window_month:i total_value:n total_items:i",
                (
                    ("r1", "1510393823694638543", FIRST, "purchase", 2, 9, Decimal("127.50"), 3),
                    ("r1", "1510393823694638543", FIRST, "PURCHASE", 1, 0, Decimal("1.00"), 1),
                    ("r1", "1510393823694638543", FIRST, "page_visit", 40, 90, None, 0),
                    ("r1", "1510393823694638544", SECOND, "lead", 4, 0, None, 0),
                ),
            ),
            "campaign": Table(
                "id:s account_id:s name:s configured_status:s",
                (
                    ("1510393823694638543", "r1", "One", "ACTIVE"),
                    ("1510393823694638544", "r1", "Two", "ACTIVE"),
                ),
            ),
            "account": Table(
                "id:s currency:s time_zone_id:s", (("r1", "USD", "America/New_York"),)
            ),
        },
        (
            (
                "1510393823694638543",
                FIRST,
                {
                    "spend": 3,
                    "impressions": 200,
                    "clicks": 10,
                    "conversions": 3,
                    "leads": 0,
                    "revenue": 128.5,
                },
            ),
            ("1510393823694638544", SECOND, {"spend": 0.1, "leads": 4, "conversions": 0}),
        ),
        ("r1", None, "USD", "America/New_York"),
        {"1510393823694638543": "One", "1510393823694638544": "Two"},
    ),
    "twitter_ads": Family(
        "twitter_ads",
        {
            # a day in Oslo begins the evening before, in UTC
            "campaign_report": Table(
                "account_id:s campaign_id:s date:t placement:s billed_charge_local_micro:i "
                "impressions:i clicks:i url_clicks:i conversion_purchases_metric:i "
                "conversion_sign_ups_metric:i conversion_purchases_sale_amount:n",
                (
                    (
                        "18ce",
                        "hq0u9",
                        datetime(2026, 9, 30, 22),
                        "ALL_ON_TWITTER",
                        1_371_662,
                        13,
                        9,
                        1,
                        1,
                        0,
                        Decimal(10),
                    ),
                    (
                        "18ce",
                        "hq0u9",
                        datetime(2026, 9, 30, 22),
                        "PUBLISHER_NETWORK",
                        8,
                        7,
                        1,
                        0,
                        0,
                        2,
                        Decimal(0),
                    ),
                    (
                        "18ce",
                        "hq0u9",
                        _at(1, 22),
                        "ALL_ON_TWITTER",
                        100,
                        1,
                        0,
                        0,
                        0,
                        0,
                        Decimal(0),
                    ),
                ),
            ),
            "campaign_history": Table(
                "id:s account_id:s name:s currency:s updated_at:t entity_status:s",
                (("hq0u9", "18ce", "Tweets", "NOK", _at(1), "ACTIVE"),),
            ),
            "account_history": Table(
                "id:s name:s timezone:s updated_at:t", (("18ce", "X", "Europe/Oslo", _at(1)),)
            ),
        },
        (
            (
                "hq0u9",
                FIRST,
                {
                    "spend": 1.37167,
                    "impressions": 20,
                    "clicks": 1,
                    "clicks_all": 10,
                    "conversions": 1,
                    "leads": 2,
                    "revenue": 10,
                },
            ),
            ("hq0u9", SECOND, {"spend": 0.0001, "impressions": 1}),
        ),
        ("18ce", "X", "NOK", "Europe/Oslo"),
        {"hq0u9": "Tweets"},
    ),
    "amazon_ads": Family(
        "amazon_ads",
        {
            "campaign_level_report": Table(
                "campaign_id:i date:d cost:f impressions:i clicks:i "
                "campaign_budget_currency_code:s purchases_30_d:i sales_30_d:f sales_7_d:f",
                (
                    (2187, FIRST, 1.25, 100, 3, "USD", 2, 40.5, 12.0),
                    (2187, SECOND, 0.0, None, 0, "USD", 0, 0.0, 0.0),
                ),
            ),
            "campaign_history": Table(
                "id:i last_updated_date:t name:s profile_id:i state:s",
                ((2187, _at(1), "Gold Leader", 66, "paused"),),
            ),
            "profile": Table(
                "id:i account_id:s account_name:s currency_code:s timezone:s",
                ((66, "ENTITY1", "Rebels", "USD", "America/Los_Angeles"),),
            ),
        },
        (
            (
                "2187",
                FIRST,
                {"spend": 1.25, "impressions": 100, "clicks": 3, "conversions": 2, "revenue": 40.5},
            ),
            ("2187", SECOND, {"spend": 0, "impressions": None, "clicks": 0}),
        ),
        ("66", "Rebels", "USD", "America/Los_Angeles"),
        {"2187": "Gold Leader"},
    ),
    "apple_search_ads": Family(
        "apple_search_ads",
        {
            "campaign_report": Table(
                "date:d id:i impressions:i taps:i local_spend_amount:f local_spend_currency:s "
                "conversions:i tap_installs:i",
                (
                    (FIRST, 973, 100, 5, 5.09, "USD", None, 2),
                    (SECOND, 973, 63, 3, 0.32, "USD", 1, 9),
                ),
            ),
            "campaign_history": Table(
                "id:i modification_time:t name:s organization_id:i",
                ((973, _at(1), "Tap Away", 321), (973, _at(2), "Tap", 321)),
            ),
            "organization": Table(
                "id:i name:s currency:s time_zone:s", ((321, "Cat", "USD", "America/Chicago"),)
            ),
        },
        (
            ("973", FIRST, {"spend": 5.09, "impressions": 100, "clicks": 5, "conversions": 2}),
            ("973", SECOND, {"spend": 0.32, "conversions": 1}),
        ),
        ("321", "Cat", "USD", "America/Chicago"),
        {"973": "Tap"},
    ),
}
