"""Real and simulated exports, where they lie beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bot.errors import RefusedFile
from bot.sources.exports import ReadSettings, read

CANONICAL = ["ab_campaign_aug2019.csv", "fb_vs_adwords_2019.csv", "marketing_feb2021.csv"]
REFUSED = {
    "meta_export_gwwc/campaigns.csv": ("not_daily", "Breakdown > By time > Day"),
    "fb_vs_adwords_2019/marketing_campaign.csv": ("not_a_table", "a row of its own"),
    "googleads_uncleaned_sim/GoogleAds_DataAnalytics_Sales_Uncleaned.csv":
        ("ambiguous_dates", "2026-09-01"),
    "fivetran/reddit_ads/reddit_ads_campaign_country_report_data.csv":
        ("not_a_table", "ad_reporting__campaign_report"),
    "fivetran/facebook_ads/facebook_ads_basic_ad_data.csv": ("missing_column", "campaign"),
}  # fmt: skip


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
    frame = read(shared_data / "ab_campaign_aug2019" / group).frame
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


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_decided_is_refused_with_a_way_out(name: str, shared_data: Path) -> None:
    """A real export that would need guessing says how to export it again."""
    code, way_out = REFUSED[name]
    with pytest.raises(RefusedFile) as caught:
        read(shared_data / name)
    assert caught.value.code == code
    assert way_out in caught.value.hint


def test_every_connector_table_is_numbers_or_one_sentence(shared_data: Path) -> None:
    """Eleven platforms' tables are read, or refused with a way out."""
    outcomes = [outcome(path) for path in (shared_data / "fivetran").rglob("*.csv")]
    assert len({dialect for dialect, _ in outcomes if dialect}) >= 9
    assert all(dialect or hint for dialect, hint in outcomes)


def outcome(path: Path) -> tuple[str, str]:
    """The dialect it was read as, or the way out of its refusal."""
    try:
        return read(path).dialect, ""
    except RefusedFile as refused:
        return "", refused.hint


def test_connector_money_is_read_in_units(shared_data: Path) -> None:
    """Millionths become units: 36150000 micros are 36.15."""
    folder = shared_data / "fivetran" / "google_ads"
    frame = read(folder / "google_ads_campaign_stats_data.csv").frame
    raw = pd.read_csv(folder / "google_ads_campaign_stats_data.csv")
    assert frame["spend"].sum() == pytest.approx(raw["cost_micros"].sum() / 1e6, abs=1e-9)
