"""What connectors keep of budgets and of people reached, beside their small tables of numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tests.sources.connectors.airbyte_tables import AIRBYTE
from tests.sources.connectors.raw_tables import FIRST, FIVETRAN, SECOND, Table

SEPTEMBER = datetime(2026, 9, 1)
FIRST_EVENING = datetime(2026, 10, 1, 22, 30)  # in UTC; in Oslo it is the second already
SECOND_NOON = datetime(2026, 10, 2, 12)
WRITTEN = SECOND_NOON.replace(tzinfo=UTC)
ReadDays = Mapping[tuple[str, date], float | None]


@dataclass(frozen=True)
class Beside:
    """Tables that take the place of a family's, or stand beside them.

    Attributes:
        days: What is read of each campaign and day: budgets, or people.
        shared: Names of budgets that campaigns share.
    """

    tables: Mapping[str, Table]
    days: ReadDays
    shared: Mapping[str, str] | None = None


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


BUDGETS = {
    "fivetran google_ads": Beside(
        {
            "campaign_budget_history": Table(
                "id:i campaign_id:i updated_at:t amount_micros:i explicitly_shared:b period:s "
                "name:s",
                (
                    (501, 7, SEPTEMBER, 100_000_000, False, "DAILY", "Brand"),
                    (501, 7, FIRST_EVENING, 150_000_000, False, "DAILY", "Brand"),
                    (502, 8, SEPTEMBER, 80_000_000, True, "DAILY", "All of search"),
                ),
            )
        },
        {("7", FIRST): 100, ("8", SECOND): None},
        {"8": "All of search"},
    ),
    "fivetran meta_ads": Beside(
        {
            "campaign_history": Table(
                "id:i updated_time:t account_id:i name:s objective:s daily_budget:i",
                (
                    (3, SEPTEMBER, 9, "Autumn", "OUTCOME_SALES", 0),
                    (4, SEPTEMBER, 9, "Video", None, 1234),
                ),
            ),
            "ad_set_history": Table(
                "id:i updated_time:t campaign_id:i daily_budget:i status:s created_time:t",
                (
                    (31, SEPTEMBER, 3, 5000, "ACTIVE", SEPTEMBER),
                    (32, SEPTEMBER, 3, 2000, "ACTIVE", SEPTEMBER),
                    (32, SECOND_NOON, 3, 2000, "PAUSED", SEPTEMBER),
                    (33, SECOND_NOON + timedelta(days=5), 3, 100, "ACTIVE",
                     SECOND_NOON + timedelta(days=5)),
                ),
            ),
        },
        {("3", FIRST): 70, ("3", SECOND): 50, ("4", SECOND): 12.34},
    ),
    "fivetran microsoft_ads": Beside(
        {
            "campaign_history": Table(
                "id:i name:s account_id:i modified_time:t status:s budget:f budget_id:i "
                "budget_type:s",
                (
                    (40, "Before", 4, SEPTEMBER, "Active", 25.5, 0, "DailyBudgetStandard"),
                    (40, "Bing", 4, SECOND_NOON, "Active", 30.0, 0, "DailyBudgetStandard"),
                ),
            )
        },
        {("40", FIRST): 25.5},
    ),
    "fivetran linkedin_ads": Beside(
        {
            "campaign_history": Table(
                "id:i last_modified_time:t account_id:i name:s daily_budget_amount:f "
                "daily_budget_currency_code:s",
                (
                    (61, SEPTEMBER, 6, "B2B", 300.0, "NOK"),
                    (61, SECOND_NOON, 6, "B2B", 400.0, "NOK"),
                ),
            )
        },
        {("61", FIRST): 300, ("61", SECOND): 400},
    ),
    "fivetran tiktok_ads": Beside(
        {
            "campaign_history": Table(
                "campaign_id:i updated_at:t advertiser_id:i campaign_name:s budget:f budget_mode:s",
                ((11, SEPTEMBER, 1, "Film", 0.0, "BUDGET_MODE_INFINITE"),),
            ),
            "adgroup_history": Table(
                "adgroup_id:i updated_at:t campaign_id:i budget:f budget_mode:s operation_status:s "
                "create_time:t",
                (
                    (1101, SEPTEMBER, 11, 50.0, "BUDGET_MODE_DAY", "ENABLE", SEPTEMBER),
                    (1102, SEPTEMBER, 11, 20.0, "BUDGET_MODE_DAY", "DISABLE", SEPTEMBER),
                    (1101, SECOND_NOON, 11, 900.0, "BUDGET_MODE_TOTAL", "ENABLE", SEPTEMBER),
                ),
            ),
        },
        {("11", FIRST): 50, ("11", SECOND): None},
    ),
    "fivetran snapchat_ads": Beside(
        {
            "campaign_history": Table(
                "id:s ad_account_id:s name:s updated_at:t daily_budget_micro:i",
                (("f-1", "a-1", "Snap", SEPTEMBER, None),),
            ),
            "ad_squad_history": Table(
                "id:s campaign_id:s updated_at:t daily_budget_micro:i status:s created_at:t",
                (("s-1", "f-1", FIRST_EVENING, 7_000_000, "ACTIVE", SEPTEMBER),),
            ),
        },
        {("f-1", FIRST): None, ("f-1", SECOND): 7},  # what it was before, nobody says
    ),
    "fivetran reddit_ads": Beside(
        {
            "ad_group": Table(
                "id:s campaign_id:s goal_type:s goal_value:i configured_status:s start_time:t "
                "_fivetran_synced:z",
                (
                    ("g1", "1510393823694638543", "DAILY_SPEND", 5_000_000, "ACTIVE", SEPTEMBER,
                     datetime(2026, 10, 2, 3, tzinfo=UTC)),
                    ("g2", "1510393823694638544", "LIFETIME_SPEND", 9_000_000, "ACTIVE", SEPTEMBER,
                     datetime(2026, 10, 2, 3, tzinfo=UTC)),
                ),
            )
        },
        {("1510393823694638543", FIRST): 5, ("1510393823694638544", SECOND): None},
    ),
    "fivetran twitter_ads": Beside(
        {
            "campaign_history": Table(
                "id:s account_id:s name:s currency:s updated_at:t entity_status:s "
                "daily_budget_amount_local_micro:i",
                (
                    ("hq0u9", "18ce", "Tweets", "NOK", SEPTEMBER, "ACTIVE", 25_000_000),
                    ("hq0u9", "18ce", "Tweets", "NOK", FIRST_EVENING, "ACTIVE", 30_000_000),
                ),
            )
        },
        {("hq0u9", FIRST): 25, ("hq0u9", SECOND): 30},
    ),
    "fivetran amazon_ads": Beside(
        {
            "campaign_history": Table(
                "id:i last_updated_date:t name:s profile_id:i state:s budget:f budget_type:s",
                (
                    (2187, SEPTEMBER, "Gold Leader", 66, "enabled", 300.0, "daily"),
                    (2187, SECOND_NOON, "Gold Leader", 66, "enabled", 2000.0, "lifetime"),
                ),
            )
        },
        {("2187", FIRST): 300, ("2187", SECOND): None},
    ),
    "fivetran apple_search_ads": Beside(
        {
            "campaign_history": Table(
                "id:i modification_time:t name:s organization_id:i daily_budget_amount:f "
                "daily_budget_currency:s",
                (
                    (973, SEPTEMBER, "Tap", 321, 5.0, "USD"),
                    (973, SECOND_NOON, "Tap", 321, 6.0, "EUR"),
                ),
            )
        },
        {("973", FIRST): 5, ("973", SECOND): None},  # money of another currency than the account's
    ),
    "airbyte google_ads": Beside(
        {
            "campaign_budget": Table(
                "campaign.id:i campaign_budget.id:i campaign_budget.name:s segments.date:d "
                "campaign_budget.amount_micros:i campaign_budget.explicitly_shared:b "
                "campaign_budget.period:s _airbyte_extracted_at:z",
                (
                    (7, 5, "B", FIRST, 10_000_000, False, "DAILY", WRITTEN),
                    (7, 5, "B", FIRST, 9_000_000, False, "DAILY", _aware(SEPTEMBER)),
                    (7, 5, "B", SECOND, 10_000_000, False, "DAILY", WRITTEN),
                ),
            )
        },
        {("7", FIRST): 9, ("7", SECOND): 10},
    ),
    "airbyte meta_ads": Beside(
        {
            "campaigns": Table(
                "id:s name:s updated_time:s daily_budget:f status:s _airbyte_extracted_at:z",
                (
                    ("3", "Autumn", "2026-09-01T08:00:00+0200", 5000.0, "ACTIVE", WRITTEN),
                    ("4", "Video", "2026-10-02T08:00:00+0200", 700.0, "ACTIVE", WRITTEN),
                ),
            )
        },
        {("3", FIRST): 50},
    ),
    "airbyte microsoft_ads": Beside(
        {
            "bing_campaigns": Table(
                "Id:i Name:s DailyBudget:f BudgetType:s BudgetId:i _airbyte_extracted_at:z",
                ((40, "Bing", 12.5, "DailyBudgetStandard", 777, _aware(datetime(2026, 10, 2))),),
            )
        },
        {("40", FIRST): None},
        {"40": "budget 777"},
    ),
    "airbyte linkedin_ads": Beside(
        {
            "campaigns": Table(
                "id:i name:s account:s lastModified:t objectiveType:s dailyBudget:s "
                "_airbyte_extracted_at:z",
                (
                    (61, "B2B", "urn:li:sponsoredAccount:6", SEPTEMBER, "LEAD_GENERATION",
                     json.dumps({"amount": "250.50", "currencyCode": "NOK"}), WRITTEN),
                ),
            )
        },
        {("61", FIRST): 250.5},
    ),
    "airbyte tiktok_ads": Beside(
        {
            "campaigns": Table(
                "campaign_id:i campaign_name:s advertiser_id:i modify_time:t objective_type:s "
                "budget:f budget_mode:s _airbyte_extracted_at:z",
                ((11, "Film", 1, SEPTEMBER, "TRAFFIC", 60.0, "BUDGET_MODE_DAY", WRITTEN),),
            )
        },
        {("11", FIRST): 60},
    ),
    "airbyte pinterest_ads": Beside(
        {
            "campaigns": Table(
                "id:s ad_account_id:s name:s updated_time:i daily_spend_cap:i status:s "
                "_airbyte_extracted_at:z",
                (("21", "2", "Dresses", int(_aware(SEPTEMBER).timestamp()), 40_000_000, "ACTIVE",
                  WRITTEN),),
            )
        },
        {("21", FIRST): 40},
    ),
    "airbyte snapchat_ads": Beside(
        {
            "adsquads": Table(
                "id:s campaign_id:s updated_at:s daily_budget_micro:i status:s created_at:s "
                "_airbyte_extracted_at:z",
                (
                    ("s-1", "f-1", "2026-09-01T00:00:00.000Z", 3_000_000, "ACTIVE",
                     "2026-09-01T00:00:00.000Z", WRITTEN),
                    ("s-2", "f-1", "2026-09-01T00:00:00.000Z", 4_000_000, "ACTIVE",
                     "2026-09-01T00:00:00.000Z", WRITTEN),
                ),
            )
        },
        {("f-1", FIRST): 7},
    ),
    "airbyte reddit_ads": Beside(
        {
            "campaign": Table(
                "id:s name:s ad_account_id:s modified_at:s configured_status:s goal_type:s "
                "goal_value:i _airbyte_extracted_at:z",
                (("151", "One", "r1", "2026-09-01T00:00:00Z", "ACTIVE", "DAILY_SPEND", 6_000_000,
                  WRITTEN),),
            )
        },
        {("151", FIRST): 6},
    ),
    "airbyte amazon_ads": Beside(
        {
            "sponsored_products_campaigns_report_stream_daily": Table(
                "date:d profileId:i campaignId:i campaignName:s cost:n impressions:i clicks:i "
                "purchases30d:i sales30d:n campaignBudgetAmount:f _airbyte_extracted_at:z",
                (
                    (FIRST, 66, 2187, "SP", 1, 9, 1, 0, 0, 80.0, WRITTEN - timedelta(days=1)),
                    (SECOND, 66, 2187, "SP", 1, 9, 1, 0, 0, 90.0, WRITTEN),
                ),
            ),
            "sponsored_display_campaigns_report_stream_daily": Table(
                "date:d profileId:i campaignId:i campaignName:s cost:n impressions:i clicks:i "
                "purchases:i sales:n campaignBudgetAmount:f campaignBudgetType:s "
                "_airbyte_extracted_at:z",
                (
                    (FIRST, 66, 3001, "SD", 1, 9, 1, 0, 0, 70.0, "DAILY_BUDGET",
                     WRITTEN - timedelta(days=1)),
                    (FIRST, 66, 3002, "SD all", 1, 9, 1, 0, 0, 700.0, "LIFETIME_BUDGET",
                     WRITTEN - timedelta(days=1)),
                ),
            ),
        },
        {("2187", FIRST): 80, ("2187", SECOND): 90, ("3001", FIRST): 70, ("3002", FIRST): None},
    ),
}  # fmt: skip
FAMILIES = {"fivetran": FIVETRAN, "airbyte": AIRBYTE}


def tables_with(name: str, beside: Mapping[str, Beside]) -> dict[str, Table]:
    """The tables of a connector's platform (`fivetran google_ads`), and those beside them."""
    loader, _, platform = name.partition(" ")
    return {**FAMILIES[loader][platform].tables, **beside[name].tables}


def with_column(table: Table, column: str, cells: tuple[object, ...]) -> Table:
    """A table with a column more."""
    rows = tuple((*row, cell) for row, cell in zip(table.rows, cells, strict=True))
    return Table(f"{table.columns} {column}", rows)


def _meta_reach() -> dict[str, Table]:
    report = "campaign_id:s date:d reach:i frequency:f"
    return {"basic_campaign": Table(report, (("3", FIRST, 1200, 1.25), ("3", SECOND, 90, 1.1)))}


def _tiktok_reach() -> dict[str, Table]:
    hours = FIVETRAN["tiktok_ads"].tables["campaign_report_hourly"]
    return {"campaign_report_hourly": with_column(hours, "reach:i", (9, 18, 38))}


def _tiktok_metrics() -> dict[str, Table]:
    table = AIRBYTE["tiktok_ads"].tables["campaigns_reports_daily"]
    rows = tuple((row[0], row[1], {**row[2], "reach": "25"}, *row[3:]) for row in table.rows)
    return {"campaigns_reports_daily": Table(table.columns, rows)}


def _all_of(name: str, table: str, column: str, people: int) -> dict[str, Table]:
    loader, _, platform = name.partition(" ")
    whole = FAMILIES[loader][platform].tables[table]
    return {table: with_column(whole, f"{column}:i", (people,) * len(whole.rows))}


REACH = {
    # of one ad it is the campaign's, and of the campaign's own report that of all its ads
    "fivetran meta_ads": Beside(_meta_reach(),
                                {("3", FIRST): 1200, ("3", SECOND): 90, ("4", SECOND): 90}),
    "fivetran tiktok_ads": Beside(_tiktok_reach(), {("11", FIRST): None, ("11", SECOND): 38}),
    "fivetran linkedin_ads": Beside(
        _all_of("fivetran linkedin_ads", "ad_analytics_by_campaign", "approximate_member_reach", 7),
        {("61", FIRST): 7, ("61", SECOND): 7},
    ),
    "airbyte tiktok_ads": Beside(_tiktok_metrics(), {("11", FIRST): 25, ("11", SECOND): 25}),
    "airbyte pinterest_ads": Beside(
        _all_of("airbyte pinterest_ads", "campaign_analytics", "TOTAL_IMPRESSION_USER", 80),
        {("21", FIRST): 80},
    ),
    "airbyte snapchat_ads": Beside(
        _all_of("airbyte snapchat_ads", "campaigns_stats_daily", "uniques", 20),
        {("f-1", FIRST): 20, ("f-1", SECOND): 20},
    ),
    "airbyte reddit_ads": Beside(
        _all_of("airbyte reddit_ads", "campaign_report", "reach", 60),
        {("151", FIRST): 60},
    ),
}  # fmt: skip
