"""What is wrong with rows and columns, as people reported it: each a kind, with other inputs."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from bot.errors import RefusedFile
from bot.sources.exports import ReadFile, ReadSettings

Reading = Callable[..., ReadFile]
Refusing = Callable[..., RefusedFile]


LOST_IN_THE_MIDDLE = [
    "Day,Campaign,Campaign ID,Network,Impr.,Clicks,Cost,Conversions,Currency code",
    "2026-08-01,Brand,770011223,Search,10000,250,500.50,12,NOK",
    "2026-08-02,Brand,770011223,Search,10100,255,510.25,13,NOK",
    "2026-08-03,Brand,770011223,10200,260,520.75,11,NOK,",
]
LOST_ID = [
    "date,campaign_id,campaign_name,spend,impressions,clicks,revenue",
    "2026-08-01,120330045,Brand,50.25,9000,90,410.10",
    "2026-08-02,Brand,61.75,9100,95,377.40,",
    "2026-08-03,120330045,Brand,48.00,8800,91,398.20",
]
UNQUOTED_NAME = [
    "date;campaign;spend;impressions;clicks;conversions;",
    "2026-08-01;Brand;50.25;9000;90;4;",
    "2026-08-02;Brand;51.25;9100;91;5;",
    "2026-08-03;Shoes; red;52.25;9200;92;6",
    "2026-08-04;Brand;53.25;9300;93;7;",
    "2026-08-05;Brand;54.25;9400;94;8;",
]


LOST_UNDER_A_HEADING_LEFT_ASIDE = [
    "Dato;Kampagne;Medie;Omkostninger;Visninger;Klik;Konverteringer",
    *(f"2026-08-0{day};A;TV2;10{day},25;900{day};9{day};{day}" for day in range(1, 8)),
    "2026-08-08;A;108,25;9008;98;8;",
    "2026-08-09;A;TV2;109,25;9009;99;9",
]


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (LOST_UNDER_A_HEADING_LEFT_ASIDE, 9),
        (["shift.csv"], 3),
        (["r18_shifted.csv"], 4),
        (LOST_IN_THE_MIDDLE, 4),
        (LOST_ID, 3),
        (UNQUOTED_NAME, 4),
    ],
)
def test_a_row_that_lost_a_cell_is_refused_by_its_line(
    lines: list[str], line: int, refusal: Refusing
) -> None:
    """A row as wide as the others whose cells stand a column too far is never read."""
    settings = ReadSettings(channel="meta_ads", currency=None if "code" in lines[0] else "USD")
    assert refusal(*lines, settings=settings).line == line


def test_a_seldom_blank_end_is_no_lost_cell_where_the_numbers_are_in_place(
    read_text: Reading,
) -> None:
    """A campaign called by a year, without a sale: its numbers are as large as the others'."""
    found = read_text(
        "date,channel,campaign,note,impressions,clicks,spend,conversions",
        *(f"2026-08-0{day},x,A,ok,900{day},9{day},5{day}.25,{day}" for day in range(1, 8)),
        "2026-08-08,x,2024,17,8900,88,48.25,",
        settings=ReadSettings(currency="NOK"),
    )
    assert found.frame["spend"].tolist()[-1] == 48.25


def test_blank_cells_at_the_end_are_no_lost_cell(read_text: Reading) -> None:
    """A campaign without conversions and revenue is blank there, and may have an odd name."""
    found = read_text(
        "date,channel,campaign,impressions,clicks,spend,conversions,revenue",
        "2026-08-01,meta,Brand,9000,90,50.25,4,410.10",
        "2026-08-01,meta,2024,8000,80,40.25,,",
        "2026-08-01,meta,NOK,8000,80,40.25,,",
        "2026-08-02,meta,Brand,9000,90,50.25,4,410.10",
    )
    assert found.frame["spend"].tolist() == [50.25, 40.25, 40.25, 50.25]
    assert found.frame["revenue"].isna().tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2026-08-02,770011224,A,900,1200,40.00", "Clicks (1,200) is above Impressions (900)"),
        ("2026-08-02,Brand-X,A,9000,90,40.00", "'Brand-X' has another form than the other ids"),
        ("2026-08-02,77,A,9000,90,40.00", "'77' has another form than the other ids"),
    ],
)
def test_what_seldom_is_true_is_said_with_its_line(row: str, says: str, read_text: Reading) -> None:
    """Clicks above impressions and ids of another form are read, and named by their line."""
    found = read_text(
        "Date,Campaign ID,Campaign,Impressions,Clicks,Spend",
        *(f"2026-08-0{day},770011223,A,9000,90,40.00" for day in range(1, 6)),
        row,
        settings=ReadSettings(channel="x", currency="NOK"),
    )
    (warning,) = found.warnings
    assert warning.startswith("Line 7: ")
    assert says in warning


@pytest.mark.parametrize(
    ("column", "cell"), [("Impressions", "9000.5"), ("Clicks", "90.25"), ("Reach", "0.4")]
)
def test_a_fraction_where_things_are_counted_is_refused(
    column: str, cell: str, refusal: Refusing
) -> None:
    """Half an impression among whole ones is a cell that has moved."""
    values = {"Impressions": "9000", "Clicks": "90", "Reach": "4000"}
    good = [f"2026-08-0{day},A,{','.join(values.values())},40.00" for day in (1, 2, 3)]
    bad = f"2026-08-04,A,{','.join((values | {column: cell}).values())},40.00"
    refused = refusal(
        f"Date,Campaign,{','.join(values)},Spend", *good, bad,
        settings=ReadSettings(channel="x", currency="NOK"),
    )  # fmt: skip
    assert refused.line == 5
    assert column in refused.message


def test_a_source_that_shares_out_clicks_is_read_and_said(read_text: Reading) -> None:
    """Where nearly all counts are fractions, that is how this source counts."""
    found = read_text(
        "date,channel,campaign,currency,impressions,clicks,spend",
        *(f"2026-08-0{day},x,A,NOK,{day}000.5,{day}0.25,40.00" for day in range(1, 5)),
    )
    assert found.frame["clicks"].tolist() == [10.25, 20.25, 30.25, 40.25]
    assert "Line 2: impressions is 1000.5, a fraction (4 rows are so)." in found.warnings


def test_two_contradictions_in_one_row_refuse_it(refusal: Refusing) -> None:
    """One may be an accident; two are cells that have moved."""
    refused = refusal(
        "date,channel,campaign_id,impressions,clicks,spend",
        *(f"2026-08-0{day},x,770011223,9000,90,40.00" for day in range(1, 6)),
        "2026-08-06,x,Brand,90,900,40.00",
    )
    assert (refused.code, refused.line) == ("contradiction", 7)
    assert "clicks (900) is above impressions (90)" in refused.message
    assert "'Brand' has another form" in refused.message


@pytest.mark.parametrize(
    "lines",
    [
        ["cc.csv"],
        ["day,campaign,total_spent,impressions,currency", "2026-05-21,A,11.49,5000,USD"],
        ["campaignId,campaignName,date,cost,clicks", "1,A,2026-05-21,11.49,2"],
        ["TimePeriod,Campaign,Spend,Clicks", "2026-05-21,A,11.49,2"],
        ["By Day,Campaign,Cost,Clicks", "2026-05-21,A,11.49,2"],
        ["date,campaign_id,cost_micros,clicks", "2026-05-21,1,11490000,2"],
        ["date,campaign_id,spend,swipes", "2026-05-21,1,11.49,2"],
        ["Day,Campaign,Currency code,Cost", "2026-05-21,A,USD,11.49"],
        ["Campaign report", "Day,Campaign,Cost", "2026-05-21,A,11.49"],
    ],
)
def test_the_channel_is_never_guessed_from_a_heading_any_platform_may_have(
    lines: list[str], refusal: Refusing
) -> None:
    """Under a guessed channel numbers would count twice: the way out names --channel."""
    refused = refusal(*lines)
    assert refused.code == "missing_column"
    assert "channel is given" in refused.message
    assert "--channel" in refused.hint


def test_a_row_without_a_channel_is_named(refusal: Refusing) -> None:
    """Where some rows have one, the line of the first that has none."""
    refused = refusal("date,channel,campaign,spend", "2026-08-01,meta,A,1.50", "2026-08-01,,B,2.50")
    assert (refused.code, refused.line) == ("missing_column", 3)


class Known:
    """What perfbot.toml may say of an account, or of campaigns."""

    def __init__(self, channel: str, account_id: str = "", time_zone: str | None = None) -> None:
        self.channel, self.account_id, self.time_zone = channel, account_id, time_zone


def test_the_channel_may_come_from_the_settings_or_the_plan(read_text: Reading) -> None:
    """What was given; else the account's; else the plan's, by the campaign's name."""
    lines = ("date,account_id,campaign,spend", "2026-08-01,123-456-7890,Brand A,1.50")
    by_account = ReadSettings(accounts=(Known("google", "1234567890"), Known("meta", "act_5")))
    by_plan = ReadSettings(plan=(("Brand*", "linkedin"), ("*", "x")))
    for settings, channel in (
        (by_account, "google_ads"),
        (by_plan, "linkedin_ads"),
        (ReadSettings(channel="TikTok", accounts=by_account.accounts), "tiktok_ads"),
    ):
        assert set(read_text(*lines, settings=settings).frame["channel"]) == {channel}


@pytest.mark.parametrize(
    ("lines", "aside"),
    [
        (["drop.csv"], "Left aside: imps, spent, conv."),
        (["date,channel,campaign,Mediekost,clicks", "2026-08-01,x,A,1.50,3"],
         "Left aside: Mediekost."),
        (["Day,Channel,Campaign,Net cost excl. VAT,Impr. share", "2026-08-01,x,A,1.50,3"],
         "Left aside: Net cost excl. VAT, Impr. share."),
    ],
)  # fmt: skip
def test_a_required_column_that_was_not_understood_refuses(
    lines: list[str], aside: str, refusal: Refusing
) -> None:
    """Without a column of spend nothing is stored, and the headings left aside are named."""
    refused = refusal(*lines)
    assert refused.code == "missing_column"
    assert refused.message.startswith("Spend is required")
    assert aside in refused.message


def test_columns_left_aside_are_always_named(read_text: Reading) -> None:
    """Whatever was not understood is said by its name, once."""
    found = read_text(
        "date,channel,campaign,spend,Bounce rate,imps,,Video views",
        "2026-08-01,x,A,1.50,0.4,9,,2",
    )
    assert "Left aside: Bounce rate, imps, Video views." in found.notes


def test_an_empty_column_of_spend_is_for_channels_that_cost_nothing(read_text: Reading) -> None:
    """The column must be there; its cells may be empty."""
    found = read_text("date,channel,campaign,spend,clicks", "2026-08-01,newsletter,A,,30")
    assert found.frame["spend"].isna().all()
    assert found.frame["clicks"].tolist() == [30.0]


@pytest.mark.parametrize(
    ("lines", "clicks", "every"),
    [
        (["tw.csv"], 40.0, 90.0),
        (["date,channel,campaign,spend,clicks,link_clicks", "2026-08-01,meta,A,1.50,90,40"],
         40.0, 90.0),
        (["date,channel,campaign,spend,clicks,url_clicks,clicks_all",
          "2026-08-01,x,A,1.50,70,40,90"], 40.0, 90.0),
        (["date,channel,campaign,spend,clicks,clicks_all", "2026-08-01,x,A,1.50,40,90"],
         40.0, 90.0),
        (["date,channel,campaign,spend,clicks", "2026-08-01,x,A,1.50,40"], 40.0, None),
    ],
)  # fmt: skip
def test_visits_to_the_site_are_the_clicks(
    lines: list[str], clicks: float, every: float | None, read_text: Reading
) -> None:
    """Where url_clicks or link clicks stand beside clicks, those are read as clicks_all."""
    row = read_text(*lines).frame.iloc[0]
    assert row["clicks"] == clicks
    assert row["clicks_all"] == every if every is not None else pd.isna(row["clicks_all"])


TOGETHER = [
    "date,campaign,spend,impressions,clicks,conversions",
    *(f"2026-08-0{day},{name},{spend},{100 * spend},{spend // 2},{conversions}"
      for day in range(1, 5)
      for name, spend, conversions in (
          ("Brand", 30 + day, 2), ("Generic", 50 + 3 * day, 5), ("Everything", 80 + 4 * day, 7))),
]  # fmt: skip


def test_a_campaign_that_is_the_sum_of_the_others_is_a_total(
    refusal: Refusing, read_text: Reading
) -> None:
    """Under any name: with its name, for everything would count twice; not where a day differs."""
    settings = ReadSettings(channel="google_ads")
    lines = [line.replace(",46,", ",47,") for line in TOGETHER]  # clicks of a total are rounded
    sums = [",".join(line.split(",")[:4]) for line in lines]  # without what was halved
    refused = refusal(*sums, settings=settings)
    assert "'Everything' is the sum of all other campaigns on every day" in str(refused)
    other = [line.replace("Everything,92,", "Everything,95,") for line in sums]
    assert read_text(*other, settings=settings).frame["campaign_id"].nunique() == 3
    named = [line.replace("Everything", "Total") for line in sums]
    assert read_text(*named, settings=settings).frame["spend"].sum() == 80 * 4 + 4 * 10


LEVELS = [
    "Day,Level,Campaign,Ad group,Cost,Impr.,Clicks",
    *(f"2026-08-0{day},{row}"
      for day in (1, 2)
      for row in ("Campaign,Brand,,100,9000,90", "Ad group,Brand,Exact,60,5000,50",
                  "Ad group,Brand,Broad,35,4000,40")),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "spend"), [
    (LEVELS, 200.0),  # a campaign's own row counts, whatever its parts come to
    ([line for line in LEVELS if "Campaign,Brand" not in line], 190.0),
    ([line.replace(",Campaign,", ",Kampanje,") for line in LEVELS], 200.0),
    (["Day,Level,Campaign,Cost,Impr.,Clicks", "2026-08-01,CAMPAIGN,Brand,100,9000,90"], 100.0),
])  # fmt: skip
def test_levels_are_told_by_their_own_column(
    rows: list[str], spend: float, read_text: Reading
) -> None:
    """However a level is written: campaigns' rows are theirs, and parts alone add up to them."""
    found = read_text(*rows, settings=ReadSettings(channel="google_ads", currency="NOK"))
    campaigns = found.frame[found.frame["level"].isna() | (found.frame["level"] == "campaign")]
    assert campaigns["spend"].sum() == spend


def test_sums_of_each_campaign_are_no_lost_rows(read_text: Reading) -> None:
    """Totals under each campaign come to what the rows do, with or without a total of all."""
    rows = ["Date,Campaign,Spend,Impressions,Clicks"]
    rows += [f"2026-08-0{day},Brand,{10 + day},900,9" for day in (1, 2)]
    rows += [",Sum Brand,23,1800,18"]
    rows += [f"2026-08-0{day},Generic,{20 + day},800,8" for day in (1, 2)]
    rows += [",Sum Generic,43,1600,16"]
    settings = ReadSettings(channel="google_ads", currency="NOK")
    for more in ([], [",Total,66,3400,34"]):
        assert read_text(*rows, *more, settings=settings).warnings == ()
    (warning,) = read_text(*rows, ",Total,99,3400,34", settings=settings).warnings
    assert "do not add up" in str(warning)


@pytest.mark.parametrize("heading", ["Timestamp", "Date and time", "Tidspunkt"])
def test_times_in_utc_go_to_the_accounts_day_under_any_heading_of_time(
    heading: str, read_text: Reading
) -> None:
    """An hour before midnight in UTC is the next day's in Oslo."""
    rows = [f"{heading},Campaign,Cost,Clicks", "2026-08-10T21:00:00Z,A,10,5",
            "2026-08-10T22:30:00Z,A,20,7"]  # fmt: skip
    settings = ReadSettings(channel="tv", currency="NOK", time_zone="Europe/Oslo")
    frame = read_text(*rows, settings=settings).frame
    assert frame.set_index(frame["date"].dt.day)["spend"].to_dict() == {10: 10.0, 11: 20.0}


@pytest.mark.parametrize("word", ["Total", "Totalt"])
def test_subtotals_that_a_spreadsheet_added_are_totals(word: str, read_text: Reading) -> None:
    """Excel writes "Brand Total" under each campaign; a campaign of that name with days stays."""
    rows = ["Date,Campaign,Spend,Clicks", "2026-08-01,Brand,11,9", "2026-08-02,Brand,12,9",
            f",Brand {word},23,18", f"2026-08-01,Wine {word},21,8", f",Wine {word} {word},21,8",
            ",Grand Total,44,26"]  # fmt: skip
    found = read_text(*rows, settings=ReadSettings(channel="tv", currency="NOK"))
    spent = found.frame.groupby("campaign_name")["spend"].sum().to_dict()
    assert spent == {"Brand": 23.0, f"Wine {word}": 21.0}
    assert found.warnings == ()


@pytest.mark.parametrize("footer", ["Report Time:,2026/08/21 04:00 GMT", "Filters:,Country,Norway"])
def test_what_a_report_says_of_itself_at_its_foot_is_no_row(
    footer: str, read_text: Reading
) -> None:
    """A line that announces something under the last day is left out; amid the days it is not."""
    rows = ["Date,Campaign,Revenue (Adv Currency),Clicks", "2026/08/13,Brand,11.50,9"]
    settings = ReadSettings(channel="dv360", currency="NOK")
    assert read_text(*rows, footer, settings=settings).frame["spend"].tolist() == [11.5]


@pytest.mark.parametrize(("headings", "channel"), [
    ("Date,Data source name,Campaign name,Cost,Clicks", "google_ads"),  # Supermetrics
    ("Date,Data Source type,Campaign,Common cost,Common clicks", "google_ads"),  # Funnel
    ("Date,Channel,Campaign,Sum of Cost,Sum of Clicks", "google_ads"),  # Power BI
    ("Dzień,Channel,Kampania,Koszt,Kliknięcia", "google_ads"),
])  # fmt: skip
def test_headings_of_tools_that_gather_reports_are_known(
    headings: str, channel: str, read_text: Reading
) -> None:
    """Whoever put the report together: channel, spend and clicks are read."""
    frame = read_text(headings, "2026-08-13,Google Ads,Brand,11.50,9",
                      settings=ReadSettings(currency="NOK")).frame  # fmt: skip
    assert frame[["channel", "spend", "clicks"]].to_numpy().tolist() == [[channel, 11.5, 9.0]]
