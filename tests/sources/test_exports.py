"""What exports say in other words than ours."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from bot.errors import SettingsError
from bot.sources.exports import ReadFile, ReadSettings

Reading = Callable[..., ReadFile]
FORMULA = '=HYPERLINK("http://x","y")'


def test_common_aliases_are_understood(read_text: Reading) -> None:
    """campaign, budget, orders, mark_spent and c_date are columns we know."""
    found = read_text(
        "c_date,campaign,category,mark_spent,orders,budget",
        "2/13/21,google_hot,search,12.50,3,100",
    )
    row = found.frame.iloc[0]
    assert (row["date"], row["channel"], row["campaign_name"]) == (
        pd.Timestamp(2021, 2, 13), "search", "google_hot",
    )  # fmt: skip
    assert (row["spend"], row["conversions"], row["daily_budget"]) == (12.5, 3.0, 100.0)


def test_own_headings_and_settings_fill_in(read_text: Reading) -> None:
    """A heading of one's own, the channel and the currency come from the settings."""
    found = read_text(
        "Dato;Kampanje;Mediekost",
        "2026-09-01;Høst;1 234,50",
        settings=ReadSettings(
            columns={"MEDIEKOST": "spend"},
            channel="Facebook",
            currency="NOK",
            account_id="7",
            time_zone="Europe/Oslo",
        ),
    )
    row = found.frame.iloc[0]
    assert (row["spend"], row["channel"], row["currency"]) == (1234.5, "meta_ads", "NOK")
    assert (row["account_id"], row["time_zone"]) == ("7", "Europe/Oslo")
    assert found.warnings == ()


def test_an_own_heading_must_name_a_column(read_text: Reading) -> None:
    """A heading mapped to nothing we know is a mistake in the settings."""
    with pytest.raises(SettingsError, match="no column"):
        read_text("Day,Campaign,X", settings=ReadSettings(columns={"X": "spendings"}))


def test_what_is_optimised_gives_stage_and_model(read_text: Reading) -> None:
    """Bid strategy first; the row's own words before it; a campaign type only suggests."""
    found = read_text(
        "Day,Campaign,Currency code,Cost,Campaign type,Bid strategy type,Stage",
        "2026-09-01,A,NOK,1.00,Search,Target CPA,",
        "2026-09-01,B,NOK,1.00,Video,Maximize clicks (portfolio),",
        "2026-09-01,C,NOK,1.00,Performance Max,,",
        "2026-09-01,D,NOK,1.00,App of ours,,",
        "2026-09-01,E,NOK,1.00,Search,TARGET_CPM,Engage",
    )
    stages = found.frame[["stage", "pricing_model", "billed_by"]].to_numpy().tolist()
    assert stages == [
        ["convert", "cpa", None],
        ["act", "cpc", None],
        ["convert cpa?", None, None],
        ["convert cpa?", None, None],
        ["engage", None, "cpm"],
    ]


def test_bids_with_a_lead_goal_buy_leads(read_text: Reading) -> None:
    """Target CPA with a goal of leads is act, by cost per lead."""
    found = read_text(
        "Day,Campaign,Currency code,Cost,Bid strategy type,Conversion goal",
        "2026-09-01,A,NOK,1.00,Maximize conversions,Submit lead form",
    )
    assert found.frame[["stage", "pricing_model"]].to_numpy().tolist() == [["act", "cpl"]]


def test_metas_optimisation_goal_overrides_its_objective(read_text: Reading) -> None:
    """What is optimised is judged; what is billed is kept beside it."""
    found = read_text(
        "Day,Campaign name,Reporting starts,Amount spent (NOK),Objective,Optimization goal,"
        "Billing event",
        "2026-09-01,A,2026-09-01,1.00,OUTCOME_SALES,LINK_CLICKS,IMPRESSIONS",
        "2026-09-01,B,2026-09-01,1.00,OUTCOME_LEADS,,LINK_CLICKS",
    )
    said = found.frame[["stage", "pricing_model", "billed_by"]].to_numpy().tolist()
    assert said == [["act", "cpc", "cpm"], ["act", "cpl", "cpc"]]


def test_lifetime_budgets_are_no_daily_budgets(read_text: Reading) -> None:
    """Only a budget said to be daily is one."""
    found = read_text(
        "Day,Campaign,Currency code,Impr.,Cost,Budget,Budget type",
        "2026-09-01,A,NOK,9,1.00,100.00,Daily",
        "2026-09-01,B,NOK,9,1.00,5000.00,Campaign total",
    )
    assert found.frame["daily_budget"].tolist()[0] == 100.0
    assert pd.isna(found.frame["daily_budget"][1])


def test_results_without_an_indicator_are_left_out(read_text: Reading) -> None:
    """Results that may be anything are nothing, and a warning says how to get them."""
    found = read_text(
        "Reporting starts,Reporting ends,Campaign name,Day,Amount spent (NOK),Results",
        "2026-09-01,2026-09-03,A,2026-09-01,1.50,7",
    )
    assert found.frame[["leads", "conversions"]].isna().all(axis=None)
    assert any("Result type" in warning for warning in found.warnings)


def test_segmented_rows_never_add_reach(read_text: Reading) -> None:
    """Spend adds up, reach does not, and equal budgets are one budget."""
    found = read_text(
        "date,channel,campaign_id,device,spend,reach,daily_budget,conversions",
        "2026-09-01,meta,1,mobile,0.10,100,50,",
        "2026-09-01,meta,1,desktop,0.20,80,50,",
        "2026-09-02,meta,1,mobile,1.00,90,50,2",
    )
    first, second = found.frame.to_dict("records")
    assert (first["spend"], first["daily_budget"]) == (0.3, 50.0)
    assert pd.isna(first["reach"])
    assert pd.isna(first["conversions"])
    assert (second["reach"], second["conversions"]) == (90.0, 2.0)


def test_detail_rows_stay_apart(read_text: Reading) -> None:
    """Rows with a level of their own are not added to their campaign."""
    found = read_text(
        "date,channel,campaign_id,level,parent_id,spend",
        "2026-09-01,meta,1,,,3.00",
        "2026-09-01,meta,1a,ad_set,1,2.00",
    )
    assert found.frame["spend"].tolist() == [3.0]
    assert found.details is not None
    assert found.details["spend"].tolist() == [2.0]


def test_several_pulls_of_a_day_are_no_repeats(read_text: Reading) -> None:
    """A history with pulled_on keeps each day as it was known."""
    found = read_text(
        "date,channel,campaign_id,spend,pulled_on",
        "2026-09-01,meta,1,3.00,2026-09-02",
        "2026-09-01,meta,1,4.00,2026-09-03",
    )
    assert found.frame["pulled_on"].tolist() == list(pd.date_range("2026-09-02", periods=2))


def test_names_stay_text(read_text: Reading) -> None:
    """A formula, markup, quotes, emoji or a line end in a name is only a name."""
    names = [FORMULA, "<!channel> *bold*", "{{ 7*7 }}", "🍂 | Høst – “Q3”", "Two\nlines", "None"]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    found = read_text(
        "date,channel,campaign,spend", *(f"2026-09-01,meta,{name},1.00" for name in quoted)
    )
    assert found.frame["campaign_name"].tolist() == names


def test_ids_stay_text(read_text: Reading) -> None:
    """Ids longer than a double holds, with zeros in front or letters, keep every digit."""
    ids = ["1576385495765735715", "007", "18ce54lbsn8"]
    found = read_text("date,channel,campaign_id,spend", *(f"2026-09-01,x,{i},1.00" for i in ids))
    assert found.frame["campaign_id"].tolist() == ids


def test_a_mistake_in_meta_one_day_export_is_no_range(read_text: Reading) -> None:
    """A row whose range begins and ends on one day is a day."""
    found = read_text(
        "Reporting starts,Reporting ends,Campaign name,Amount spent (NOK)",
        "2026-09-01,2026-09-01,,1.50",
        "2026-09-01,2026-09-01,A,1.50",
    )
    assert found.frame["date"].tolist() == [pd.Timestamp(2026, 9, 1)]


def test_a_row_without_currency_has_its_campaigns(read_text: Reading) -> None:
    """One blank cell is no second currency."""
    found = read_text(
        "date,channel,campaign,currency,spend",
        "2026-09-01,meta,A,NOK,1.50",
        "2026-09-02,meta,A,,2.50",
    )
    assert found.frame["currency"].tolist() == ["NOK", "NOK"]


def test_hours_are_added_up_to_days(read_text: Reading) -> None:
    """Rows by the hour become one a day."""
    found = read_text(
        "campaign_id,stat_time_hour,spend,clicks,reach",
        "1,2026-09-01 05:00:00,0.10,2,5",
        "1,2026-09-01 06:00:00,0.20,3,6",
    )
    assert found.dialect == "tiktok_ads_table"
    assert found.frame[["spend", "clicks"]].to_numpy().tolist() == [[0.3, 5.0]]
    assert any("hour" in note for note in found.notes)


def test_a_time_on_every_date_is_said(read_text: Reading) -> None:
    """Midnight of another zone is taken as written, with a warning."""
    found = read_text("date,channel,campaign,currency,spend", "2026-09-01 22:00,x,A,NOK,1.50")
    assert found.frame["date"].tolist() == [pd.Timestamp(2026, 9, 1)]
    assert any("22:00" in warning for warning in found.warnings)


META = "Campaign name,Day,Amount spent (NOK),Impressions,Link clicks,Attribution setting,"


def test_meta_writes_no_cell_for_what_did_not_happen(read_text):
    """A day without a sale is 0 where the account counts sales: else a sale costs too little.

    Where nothing was shown, and of what no row counts, nothing is known.
    """
    found = read_text(
        META + "Purchases,Purchases conversion value,Leads",
        "Sale,2026-11-01,500.00,9000,90,7-day click,1,900.00,",
        "Sale,2026-11-02,500.00,9000,90,7-day click,,,",
        "Sale,2026-11-03,0.00,0,,7-day click,,,",
        "Other,2026-11-01,500.00,9000,,7-day click,,,",
    )
    read = found.frame[["clicks", "conversions", "revenue"]].fillna(-1).to_numpy().tolist()
    assert read == [[90.0, 1.0, 900.0], [90.0, 0.0, 0.0], [-1, -1, -1], [0.0, 0.0, 0.0]]
    assert found.frame["leads"].isna().all()


def test_metas_results_are_none_where_their_indicator_is_blank_too(read_text):
    """Meta writes neither a number nor a word; it is of what the campaign's other rows count."""
    found = read_text(
        META + "Results,Result indicator",
        "Sale,2026-11-01,500.00,9000,90,7-day click,2,actions:offsite_conversion.fb_pixel_purchase",
        "Sale,2026-11-02,500.00,9000,90,7-day click,,",
        "Leads,2026-11-01,500.00,9000,90,7-day click,3,actions:onsite_conversion.lead_grouped",
        "Leads,2026-11-02,500.00,9000,90,7-day click,,",
        "Brand,2026-11-02,500.00,9000,90,7-day click,,",
    )
    read = found.frame[["conversions", "leads"]].fillna(-1).to_numpy().tolist()
    assert read == [[2.0, -1], [0.0, -1], [-1, 3.0], [-1, 0.0], [-1, -1]]
