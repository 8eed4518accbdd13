"""Small tables as Airbyte leaves them: rows appended again, JSON, URNs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

from tests.sources.connectors.raw_tables import FIRST, SECOND, Family, Table

BEFORE = datetime(2026, 10, 4, 6, tzinfo=UTC)
AGAIN = datetime(2026, 10, 5, 6, tzinfo=UTC)


def _actions(**values: float) -> str:
    listed = [{"action_type": kind.replace("__", "."), "value": v} for kind, v in values.items()]
    return json.dumps(listed)


def _numbers(**values: object) -> dict[str, object]:
    return dict(values)


AIRBYTE = {
    "google_ads": Family(
        "google_ads",
        {
            "campaign": Table(
                "campaign.id:i campaign.name:s segments.date:d segments.hour:i "
                "segments.ad_network_type:s metrics.cost_micros:i metrics.impressions:i "
                "metrics.clicks:i metrics.conversions:f metrics.conversions_value:f "
                "_airbyte_extracted_at:z",
                (
                    (7, "Brand", FIRST, 9, "SEARCH", 1_000_000, 100, 9, 1.0, 10.0, BEFORE),
                    (7, "Brand", FIRST, 9, "SEARCH", 1_500_000, 100, 9, 2.0, 20.0, AGAIN),
                    (7, "Brand", FIRST, 10, "SEARCH", 250_000, 10, 1, 0.5, 0.0, AGAIN),
                    (7, "Brand", FIRST, 10, "CONTENT", 250_000, 10, 1, 0.0, 0.0, AGAIN),
                    (7, "Brand", SECOND, 1, "SEARCH", 1, 1, 1, 0.0, 0.0, AGAIN),
                ),
            ),
            "customer": Table(
                "customer.id:i customer.descriptive_name:s customer.currency_code:s "
                "customer.time_zone:s segments.date:d _airbyte_extracted_at:z",
                (
                    (55, "Before", "NOK", "Europe/Oslo", FIRST, BEFORE),
                    (55, "Ours", "NOK", "Europe/Oslo", SECOND, AGAIN),
                ),
            ),
        },
        (
            (
                "7",
                FIRST,
                {"spend": 2, "impressions": 120, "clicks": 11, "conversions": 2.5, "revenue": 20},
            ),
            ("7", SECOND, {"spend": 0.000001, "impressions": 1}),
        ),
        ("55", "Ours", "NOK", "Europe/Oslo"),
        {"7": "Brand"},
    ),
    "meta_ads": Family(
        "meta_ads",
        {
            "ads_insights": Table(
                "ad_id:s account_id:s account_name:s account_currency:s campaign_id:s "
                "campaign_name:s objective:s date_start:d spend:n impressions:i clicks:i "
                "inline_link_clicks:i reach:i actions:s action_values:s _airbyte_extracted_at:z",
                (
                    (
                        "71",
                        "9",
                        "Ours",
                        "EUR",
                        "3",
                        "Autumn",
                        "OUTCOME_SALES",
                        FIRST,
                        Decimal(9),
                        900,
                        20,
                        9,
                        80,
                        _actions(purchase=9),
                        None,
                        BEFORE,
                    ),
                    (
                        "71",
                        "9",
                        "Ours",
                        "EUR",
                        "3",
                        "Autumn",
                        "OUTCOME_SALES",
                        FIRST,
                        Decimal("10.10"),
                        1000,
                        20,
                        10,
                        90,
                        _actions(omni_purchase=2, purchase=2, lead=1, video_view=700),
                        _actions(omni_purchase=99.5, purchase=99.5),
                        AGAIN,
                    ),
                    (
                        "72",
                        "9",
                        "Ours",
                        "EUR",
                        "3",
                        "Autumn",
                        "OUTCOME_SALES",
                        FIRST,
                        Decimal("0.20"),
                        10,
                        1,
                        None,
                        9,
                        _actions(omni_purchase=1),
                        None,
                        AGAIN,
                    ),
                    (
                        "71",
                        "9",
                        "Ours",
                        "EUR",
                        "3",
                        "Autumn",
                        "OUTCOME_SALES",
                        SECOND,
                        Decimal(1),
                        10,
                        None,
                        None,
                        9,
                        None,
                        None,
                        AGAIN,
                    ),
                ),
            )
        },
        (
            (
                "3",
                FIRST,
                {
                    "spend": 10.3,
                    "impressions": 1010,
                    "clicks": 10,
                    "clicks_all": 21,
                    "conversions": 3,
                    "leads": 1,
                    "revenue": 99.5,
                },
            ),
            ("3", SECOND, {"spend": 1, "clicks": 0, "conversions": 0, "leads": 0, "revenue": 0}),
        ),
        ("9", "Ours", "EUR", "UTC"),
        {"3": "Autumn"},
    ),
    "microsoft_ads": Family(
        "microsoft_ads",
        {
            "bing_campaign_performance_report_daily": Table(
                "AccountId:i AccountName:s CampaignId:i CampaignName:s TimePeriod:d CurrencyCode:s "
                "DeviceType:s Network:s Spend:n Impressions:i Clicks:i Conversions:i Revenue:n "
                "_airbyte_extracted_at:z",
                (
                    (
                        4,
                        "MS",
                        40,
                        "Bing",
                        FIRST,
                        "USD",
                        "Computer",
                        "Search",
                        Decimal("0.50"),
                        10,
                        1,
                        1,
                        Decimal(5),
                        BEFORE,
                    ),
                    (
                        4,
                        "MS",
                        40,
                        "Bing",
                        FIRST,
                        "USD",
                        "Computer",
                        "Search",
                        Decimal("0.60"),
                        10,
                        1,
                        1,
                        Decimal(5),
                        AGAIN,
                    ),
                    (
                        4,
                        "MS",
                        40,
                        "Bing",
                        FIRST,
                        "USD",
                        "Phone",
                        "Search",
                        Decimal("0.10"),
                        5,
                        1,
                        0,
                        Decimal(1),
                        AGAIN,
                    ),
                ),
            )
        },
        (
            (
                "40",
                FIRST,
                {"spend": 0.7, "impressions": 15, "clicks": 2, "conversions": 1, "revenue": 6},
            ),
        ),
        ("4", "MS", "USD", "UTC"),
        {"40": "Bing"},
    ),
    "linkedin_ads": Family(
        "linkedin_ads",
        {
            "ad_campaign_analytics": Table(
                "string_of_pivot_values:s start_date:d end_date:d costInLocalCurrency:s "
                "costInUsd:s impressions:i clicks:i landingPageClicks:i oneClickLeads:i "
                "externalWebsiteConversions:i conversionValueInLocalCurrency:s "
                "_airbyte_extracted_at:z",
                (
                    (
                        "urn:li:sponsoredCampaign:61",
                        FIRST,
                        FIRST,
                        "100.10",
                        "9.99",
                        50,
                        5,
                        3,
                        2,
                        1,
                        "7.50",
                        AGAIN,
                    ),
                    (
                        "urn:li:sponsoredCampaign:61",
                        SECOND,
                        SECOND,
                        "0.20",
                        "0.02",
                        5,
                        1,
                        1,
                        0,
                        0,
                        None,
                        AGAIN,
                    ),
                ),
            ),
            "campaigns": Table(
                "id:i name:s account:s lastModified:t objectiveType:s _airbyte_extracted_at:z",
                (
                    (61, "First", "urn:li:sponsoredAccount:6", datetime(2026, 10, 1), None, BEFORE),
                    (61, "B2B", "urn:li:sponsoredAccount:6", datetime(2026, 10, 2), None, AGAIN),
                ),
            ),
            "accounts": Table(
                "id:i name:s currency:s lastModified:t _airbyte_extracted_at:z",
                ((6, "LI", "NOK", datetime(2026, 10, 1), AGAIN),),
            ),
        },
        (
            (
                "61",
                FIRST,
                {
                    "spend": 100.1,
                    "clicks": 3,
                    "clicks_all": 5,
                    "leads": 2,
                    "conversions": 1,
                    "revenue": 7.5,
                },
            ),
            ("61", SECOND, {"spend": 0.2, "revenue": None}),
        ),
        ("6", "LI", "NOK", "UTC"),
        {"61": "B2B"},
    ),
    "tiktok_ads": Family(
        "tiktok_ads",
        {
            "campaigns_reports_daily": Table(
                "campaign_id:i stat_time_day:t metrics:j _airbyte_extracted_at:z",
                (
                    (
                        11,
                        datetime(2026, 10, 1),
                        _numbers(spend="1.10", impressions="10", clicks="1", conversion="1"),
                        BEFORE,
                    ),
                    (
                        11,
                        datetime(2026, 10, 1),
                        _numbers(
                            spend="3.30",
                            impressions="30",
                            clicks="3",
                            conversion="1",
                            total_purchase_value="5.00",
                        ),
                        AGAIN,
                    ),
                    (
                        11,
                        datetime(2026, 10, 2),
                        _numbers(spend="4.40", impressions="40", clicks="4", conversion="-"),
                        AGAIN,
                    ),
                ),
            ),
            "campaigns": Table(
                "campaign_id:i campaign_name:s advertiser_id:i modify_time:t objective_type:s "
                "_airbyte_extracted_at:z",
                ((11, "Film", 1, datetime(2026, 10, 1), "TRAFFIC", AGAIN),),
            ),
            "advertisers": Table(
                "advertiser_id:i name:s currency:s timezone:s _airbyte_extracted_at:z",
                ((1, "TT", "SEK", "Europe/Stockholm", AGAIN),),
            ),
        },
        (
            (
                "11",
                FIRST,
                {"spend": 3.3, "impressions": 30, "clicks": 3, "conversions": 1, "revenue": 5},
            ),
            ("11", SECOND, {"spend": 4.4, "conversions": None, "revenue": None}),
        ),
        ("1", "TT", "SEK", "Europe/Stockholm"),
        {"11": "Film"},
    ),
    "pinterest_ads": Family(
        "pinterest_ads",
        {
            "campaign_analytics": Table(
                "DATE:d CAMPAIGN_ID:s AD_ACCOUNT_ID:i CAMPAIGN_NAME:s SPEND_IN_MICRO_DOLLAR:i "
                "IMPRESSION_1:i IMPRESSION_2:i TOTAL_CLICKTHROUGH:i TOTAL_CHECKOUT:i "
                "TOTAL_CONVERSIONS:i TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR:i "
                "_airbyte_extracted_at:z",
                (
                    (FIRST, "21", 2, "Dresses", 1, 1, 1, 1, 1, 1, 1, BEFORE),
                    (FIRST, "21", 2, "Dresses", 2_250_000, 100, 20, 4, 3, 90, 4_500_000, AGAIN),
                ),
            ),
            "ad_accounts": Table(
                "id:s name:s currency:s _airbyte_extracted_at:z", (("2", "Pin", "DKK", AGAIN),)
            ),
        },
        (
            (
                "21",
                FIRST,
                {"spend": 2.25, "impressions": 120, "clicks": 4, "conversions": 3, "revenue": 4.5},
            ),
        ),
        ("2", "Pin", "DKK", "UTC"),
        {"21": "Dresses"},
    ),
    "snapchat_ads": Family(
        "snapchat_ads",
        {
            "campaigns_stats_daily": Table(
                "id:s type:s granularity:s start_time:z end_time:z spend:i impressions:i swipes:i "
                "conversion_purchases:i conversion_purchases_value:i _airbyte_extracted_at:z",
                (
                    (
                        "f-1",
                        "CAMPAIGN",
                        "DAY",
                        datetime(2026, 10, 1, 7, tzinfo=UTC),
                        datetime(2026, 10, 2, 7, tzinfo=UTC),
                        1_500_000,
                        150,
                        6,
                        1,
                        2_000_000,
                        AGAIN,
                    ),
                    (
                        "f-1",
                        "CAMPAIGN",
                        "DAY",
                        datetime(2026, 10, 2, 7, tzinfo=UTC),
                        datetime(2026, 10, 3, 7, tzinfo=UTC),
                        250_000,
                        25,
                        1,
                        0,
                        0,
                        AGAIN,
                    ),
                ),
            ),
            "campaigns": Table(
                "id:s ad_account_id:s name:s updated_at:t _airbyte_extracted_at:z",
                (("f-1", "a-1", "Snap", datetime(2026, 10, 1), AGAIN),),
            ),
            "adaccounts": Table(
                "id:s name:s currency:s timezone:s updated_at:t _airbyte_extracted_at:z",
                (("a-1", "SC", "USD", "America/Los_Angeles", datetime(2026, 10, 1), AGAIN),),
            ),
        },
        (
            (
                "f-1",
                FIRST,
                {"spend": 1.5, "impressions": 150, "clicks": 6, "conversions": 1, "revenue": 2},
            ),
            ("f-1", SECOND, {"spend": 0.25}),
        ),
        ("a-1", "SC", "USD", "America/Los_Angeles"),
        {"f-1": "Snap"},
    ),
    "reddit_ads": Family(
        "reddit_ads",
        {
            "campaign_report": Table(
                "campaign_id:s date:s spend:n impressions:n clicks:n conversion_purchase_clicks:n "
                "conversion_lead_clicks:n _airbyte_extracted_at:z",
                (
                    ("151", "2026-10-01", 1, 1, 1, 0, 0, BEFORE),
                    ("151", "2026-10-01", 3_000_000, 200, 10, 3, 1, AGAIN),
                    ("151", "2026-10-02", 100_000, 10, 1, None, 0, AGAIN),
                ),
            ),
            "campaign": Table(
                "id:s name:s ad_account_id:s modified_at:s configured_status:s "
                "_airbyte_extracted_at:z",
                (("151", "One", "r1", "2026-10-01T00:00:00Z", "ACTIVE", AGAIN),),
            ),
        },
        (
            (
                "151",
                FIRST,
                {"spend": 3, "impressions": 200, "clicks": 10, "conversions": 3, "leads": 1},
            ),
            ("151", SECOND, {"spend": 0.1, "conversions": None, "leads": 0}),
        ),
        ("r1", None, None, "UTC"),
        {"151": "One"},
    ),
    "amazon_ads": Family(
        "amazon_ads",
        {
            "sponsored_products_campaigns_report_stream_daily": Table(
                "date:d profileId:i campaignId:i campaignName:s cost:n impressions:i clicks:i "
                "purchases30d:i sales30d:n purchases7d:i _airbyte_extracted_at:z",
                (
                    (FIRST, 66, 2187, "Gold", Decimal("1.00"), 90, 3, 1, Decimal(9), 1, BEFORE),
                    (
                        FIRST,
                        66,
                        2187,
                        "Gold",
                        Decimal("1.25"),
                        100,
                        3,
                        2,
                        Decimal("40.5"),
                        1,
                        AGAIN,
                    ),
                ),
            ),
            "sponsored_display_campaigns_report_stream_daily": Table(
                "date:d profileId:i campaignId:i campaignName:s campaignBudgetCurrencyCode:s "
                "cost:n impressions:i clicks:i purchases:i sales:n _airbyte_extracted_at:z",
                ((SECOND, 66, 9000, "Shown", "USD", Decimal("0.25"), 10, 1, 0, Decimal(0), AGAIN),),
            ),
            "profiles": Table(
                "profileId:i currencyCode:s timezone:s _airbyte_extracted_at:z",
                ((66, "USD", "America/Los_Angeles", AGAIN),),
            ),
        },
        (
            (
                "2187",
                FIRST,
                {"spend": 1.25, "impressions": 100, "clicks": 3, "conversions": 2, "revenue": 40.5},
            ),
            ("9000", SECOND, {"spend": 0.25, "conversions": 0, "revenue": 0}),
        ),
        ("66", None, "USD", "America/Los_Angeles"),
        {"2187": "Gold", "9000": "Shown"},
    ),
}
