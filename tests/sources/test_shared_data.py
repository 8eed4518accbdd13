"""Public exports and connector tables: what pandas makes of them by hand, or why they are refused.

Beside the checkout lie the real ones; elsewhere made-up sets in their shapes (tests/stand_in.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from bot.errors import RefusedFile
from bot.sources.exports import ReadSettings, read

CANONICAL = ["ab_campaign_aug2019.csv", "fb_vs_adwords_2019.csv", "marketing_feb2021.csv"]


@dataclass(frozen=True)
class Raw:
    """Which columns of a raw table are which, by hand: name and what it is divided by."""

    dialect: str
    columns: dict[str, tuple[str, float]]
    campaign: str = "campaign_id"
    day: str = "date"


MICROS = 1_000_000
RAW = {
    "fivetran/amazon_ads/amazon_ads_campaign_level_report_data.csv": Raw(
        "amazon_ads_table",
        {"spend": ("cost", 1), "clicks": ("clicks", 1), "impressions": ("impressions", 1),
         "conversions": ("purchases_30_d", 1), "revenue": ("sales_30_d", 1)}),
    "fivetran/apple_search/apple_search_campaign_report_data.csv": Raw(
        "apple_search_ads_table",
        {"spend": ("local_spend_amount", 1), "clicks": ("taps", 1),
         "impressions": ("impressions", 1), "conversions": ("conversions", 1)}, "id"),
    "fivetran/google_ads/google_ads_campaign_stats_data.csv": Raw(
        "google_ads_table",
        {"spend": ("cost_micros", MICROS), "clicks": ("clicks", 1),
         "impressions": ("impressions", 1), "conversions": ("conversions", 1),
         "revenue": ("conversions_value", 1)}, "id"),
    "fivetran/linkedin/linkedin_ad_analytics_by_campaign_data.csv": Raw(
        "linkedin_ads_table",
        {"spend": ("cost_in_local_currency", 1), "clicks": ("clicks", 1),
         "impressions": ("impressions", 1), "conversions": ("external_website_conversions", 1)},
        day="day"),
    "fivetran/pinterest/pinterest_campaign_report_data.csv": Raw(
        "pinterest_ads_table",
        {"spend": ("spend_in_micro_dollar", MICROS), "clicks": ("clickthrough_1", 1),
         "impressions": ("impression_1", 1), "conversions": ("total_conversions", 1)}),
    "fivetran/reddit_ads/reddit_ads_campaign_report_data.csv": Raw(
        "reddit_ads_table",
        {"spend": ("spend", MICROS), "clicks": ("clicks", 1), "impressions": ("impressions", 1)}),
    "fivetran/snapchat/snapchat_campaign_hourly_report_data.csv": Raw(
        "snapchat_ads_table",
        {"spend": ("spend", MICROS), "clicks": ("swipes", 1), "impressions": ("impressions", 1),
         "conversions": ("conversion_purchases", 1)}),
    "fivetran/snapchat/snapchat_campaign_geo_country_daily_report_data.csv": Raw(
        "snapchat_ads_table",
        {"spend": ("spend", MICROS), "clicks": ("swipes", 1), "impressions": ("impressions", 1)}),
    "fivetran/snapchat/snapchat_campaign_geo_region_daily_report_data.csv": Raw(
        "snapchat_ads_table",
        {"spend": ("spend", MICROS), "clicks": ("swipes", 1), "impressions": ("impressions", 1)}),
    "fivetran/tiktok/tiktok_campaign_report_hourly_data.csv": Raw(
        "tiktok_ads_table",
        {"spend": ("SPEND", 1), "clicks": ("CLICKS", 1), "impressions": ("IMPRESSIONS", 1),
         "conversions": ("CONVERSION", 1)}, "CAMPAIGN_ID", "STAT_TIME_HOUR"),
    "fivetran/tiktok/tiktok_campaign_country_report_data.csv": Raw(
        "tiktok_ads_table",
        {"spend": ("spend", 1), "clicks": ("clicks", 1), "impressions": ("impressions", 1),
         "conversions": ("conversion", 1)}, day="stat_time_day"),
    "fivetran/twitter/twitter_campaign_report_data.csv": Raw(
        "twitter_ads_table",
        {"spend": ("billed_charge_local_micro", MICROS), "clicks": ("url_clicks", 1),
         "clicks_all": ("clicks", 1), "impressions": ("impressions", 1)}),
    "fivetran/twitter/twitter_campaign_regions_report_data.csv": Raw(
        "twitter_ads_table",
        {"spend": ("billed_charge_local_micro", MICROS), "clicks": ("url_clicks", 1),
         "clicks_all": ("clicks", 1), "impressions": ("impressions", 1)}),
    "fivetran/twitter/twitter_campaign_locations_report_data.csv": Raw(
        "twitter_ads_table",
        {"spend": ("billed_charge_local_micro", MICROS), "clicks": ("url_clicks", 1),
         "clicks_all": ("clicks", 1), "impressions": ("impressions", 1)}),
}  # fmt: skip
RANGE, SIDES, MIXED = "Breakdown > By time > Day", "a row of its own", "2026-09-01"
NO_CAMPAIGN, NO_DAY = "campaign's name or id", "one row a day and campaign"
NO_HEADINGS, CONNECTOR = "headings such as Day", "ad_reporting__campaign_report"
REFUSED = {
    "meta_export_gwwc/campaigns.csv": ("not_daily", RANGE),
    "meta_export_gwwc/ad_sets.csv": ("missing_column", NO_CAMPAIGN),
    "fb_vs_adwords_2019/marketing_campaign.csv": ("not_a_table", SIDES),
    "googleads_uncleaned_sim/GoogleAds_DataAnalytics_Sales_Uncleaned.csv":
        ("ambiguous_dates", MIXED),
    "fivetran/facebook_ads/facebook_ads_basic_ad_data.csv": ("missing_column", NO_CAMPAIGN),
    "fivetran/google_ads/google_ads_account_stats_data.csv": ("missing_column", NO_CAMPAIGN),
    "fivetran/reddit_ads/reddit_ads_account_report_data.csv": ("missing_column", NO_CAMPAIGN),
    "fivetran/twitter/twitter_account_report_data.csv": ("not_a_table", CONNECTOR),
    "fivetran/reddit_ads/reddit_ads_campaign_country_report_data.csv": ("not_a_table", CONNECTOR),
    "fivetran/reddit_ads/reddit_ads_campaign_country_conversions_report_data.csv":
        ("not_a_table", CONNECTOR),
    **{f"fivetran/reddit_ads/reddit_ads_{each}conversions.csv": ("not_a_table", CONNECTOR)
       for each in ("account_", "ad_", "ad_group_", "campaign_")},
    **{f"fivetran/{each}.csv": ("no_day", "") for each in (
        "amazon_ads/amazon_ads_campaign_history_data",
        "apple_search/apple_search_organization_data",
        "facebook_ads/facebook_ads_ad_set_history_data",
        "google_ads/google_ads_ad_group_history_data",
        "google_ads/google_ads_campaign_history_data",
        "linkedin/linkedin_ad_campaign_history_data",
        "microsoft_ads/microsoft_ads_campaign_history_data",
        "pinterest/pinterest_ad_group_history_data",
        "reddit_ads/reddit_ads_campaign_data",
        "tiktok/tiktok_campaign_history_data",
        "twitter/twitter_campaign_history_data",
    )},
    **{f"fivetran/{each}.csv": ("not_a_table", NO_HEADINGS) for each in (
        "amazon_ads/amazon_ads_ad_group_history_data",
        "apple_search/apple_search_ad_group_history_data",
        "apple_search/apple_search_campaign_history_data",
        "facebook_ads/facebook_ads_basic_ad_action_values_data",
        "facebook_ads/facebook_ads_basic_ad_actions_data",
        "facebook_ads/facebook_ads_campaign_history_data",
        "linkedin/linkedin_ad_campaign_group_history_data",
        "microsoft_ads/microsoft_ads_ad_group_history_data",
        "pinterest/pinterest_campaign_history_data",
        "snapchat/snapchat_campaign_history_data",
    )},
}  # fmt: skip
ELSEWHERE = {"README.md", "canonical", "quirks", "ab_campaign_aug2019", "kaggle_marketing_feb2021"}


def test_every_file_is_listed(shared_data: Path) -> None:
    """No table lies there that is neither read nor refused below."""
    found = {str(path.relative_to(shared_data)) for path in shared_data.rglob("*.csv")}
    listed = {*RAW, *REFUSED}
    assert sorted(name for name in found - listed if Path(name).parts[0] not in ELSEWHERE) == []
    assert len(found & listed) >= 12


def test_connector_tables_are_what_pandas_makes_of_them(shared_data: Path) -> None:
    """Day by day and campaign by campaign: units, sums over devices and hours, what is missing."""
    present = [name for name in RAW if (shared_data / name).exists()]
    assert len(present) >= 9
    for name in present:
        raw, found = RAW[name], read(shared_data / name)
        assert found.dialect == raw.dialect, name
        wanted = by_hand(
            pd.read_csv(shared_data / name, na_values="-", dtype={raw.campaign: str}), raw
        )
        frame = found.frame.assign(day=found.frame["date"].dt.strftime("%Y-%m-%d"))
        mine = frame.set_index(["campaign_id", "day"])[list(wanted.columns)].sort_index()
        pd.testing.assert_frame_equal(
            mine, wanted, check_names=False, check_index_type=False, rtol=1e-12, obj=name
        )


def by_hand(table: pd.DataFrame, raw: Raw) -> pd.DataFrame:
    """Sums by campaign and day; missing where a part is."""
    known = {name: each for name, each in raw.columns.items() if each[0] in table}
    values = {name: table[column] / by for name, (column, by) in known.items()}
    frame = pd.DataFrame(values).assign(
        campaign=table[raw.campaign], day=table[raw.day].astype(str).str[:10]
    )
    return frame.groupby(["campaign", "day"])[list(known)].agg(lambda part: part.sum(skipna=False))


def test_what_cannot_be_decided_is_refused_for_its_reason(shared_data: Path) -> None:
    """A table that would need guessing says what it lacks, and the way out."""
    present = [name for name in REFUSED if (shared_data / name).exists()]
    assert len(present) >= 8
    for name in present:
        code, way_out = REFUSED[name]
        with pytest.raises(RefusedFile) as caught:
            read(shared_data / name)
        assert (caught.value.code, name) == (code, name)
        assert way_out in caught.value.hint, name


@pytest.mark.parametrize("name", CANONICAL)
def test_canonical_files_sum_to_what_pandas_sums(name: str, shared_data: Path) -> None:
    """Not an amount or a count is lost or changed."""
    frame = read(shared_data / "canonical" / name).frame
    raw = pd.read_csv(shared_data / "canonical" / name).rename(columns={"budget": "daily_budget"})
    assert len(frame) == len(raw)
    for column in ("spend", "impressions", "clicks", "leads", "conversions", "revenue"):
        assert frame[column].tolist() == pytest.approx(raw[column].tolist(), abs=0, nan_ok=True)
        assert frame[column].isna().sum() == raw[column].isna().sum()


@pytest.mark.parametrize("group", ["control_group.csv", "test_group.csv"])
def test_the_raw_experiment_is_its_cleaned_twin(group: str, shared_data: Path) -> None:
    """`1.08.2019`, `Spend [USD]` and `# of Purchase` are read as the cleaned copy has them."""
    settings = ReadSettings(channel="meta_ads")
    frame = read(shared_data / "ab_campaign_aug2019" / group, settings=settings).frame
    raw = pd.read_csv(shared_data / "canonical" / "ab_campaign_aug2019.csv", parse_dates=["date"])
    twin = raw[raw["campaign"].isin(frame["campaign_name"])].reset_index(drop=True)
    assert set(frame["currency"]) == {"USD"}
    assert frame["date"].tolist() == twin["date"].tolist()
    for column in ("spend", "impressions", "reach", "clicks", "conversions"):
        assert frame[column].tolist() == pytest.approx(twin[column].tolist(), nan_ok=True)


@pytest.mark.parametrize("copy", ["Marketing.csv", "Marketing_dirty_case_mdy.csv"])
def test_the_raw_month_sums_to_its_own_columns(copy: str, shared_data: Path) -> None:
    """Dates as 2/13/21 and spend as campaign_cost or mark_spent."""
    path = shared_data / "kaggle_marketing_feb2021" / copy
    frame = read(path, settings=ReadSettings(currency="RUB")).frame
    raw = pd.read_csv(path).rename(columns={"campaign_cost": "spend", "mark_spent": "spend"})
    assert (frame["date"].min(), frame["date"].max()) == (
        pd.Timestamp(2021, 2, 1), pd.Timestamp(2021, 2, 28),
    )  # fmt: skip
    assert frame["spend"].tolist() == raw["spend"].tolist()
    assert frame["conversions"].tolist() == raw["orders"].tolist()
    assert frame["campaign_id"].tolist() == raw["campaign_id"].astype(str).tolist()
    assert set(frame["channel"]) == set(raw["category"])
