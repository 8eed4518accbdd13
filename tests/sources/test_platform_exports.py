"""Exports as people download them: by platform, by language of the headings, by bookkeeper."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
import yaml

from bot.errors import RefusedFile
from bot.sources.exports import ReadFile, ReadSettings
from tests.sources.conftest import CASES

Reading = Callable[..., ReadFile]
Refusing = Callable[..., RefusedFile]

EXPORTS = yaml.safe_load((CASES / "platform_exports.yml").read_text(encoding="utf-8"))
META, GOOGLE, PLATFORMS = (EXPORTS[name] for name in ("meta", "google", "platforms"))


@pytest.mark.parametrize("language", META)
def test_meta_is_read_in_every_language(language: str, read_text: Reading) -> None:
    """Link clicks are the clicks, of all clicks; reach, sales, and the currency of the heading."""
    frame = read_text(
        META[language],
        "2026-08-01;Sommer;1.100,50;9.000;7.000;150;90;4",
        "2026-08-02;Sommer;99,50;8.000;6.000;140;80;3",
        settings=ReadSettings(channel="meta_ads"),
    ).frame
    columns = ("spend", "impressions", "reach", "clicks_all", "clicks", "conversions")
    assert [frame[name].sum() for name in columns] == [1200, 17_000, 13_000, 290, 170, 7]
    assert set(frame["currency"]) == {"EUR"}


@pytest.mark.parametrize("language", GOOGLE)
def test_google_is_read_in_every_language(language: str, read_text: Reading) -> None:
    """A campaign's own row, ` --` under the ad group, counts alone above its ad groups' rows."""
    read = read_text(
        GOOGLE[language],
        "2026-08-01;PMax; --;EUR;1.000,50;50.000;500;20,00;4.000,00",
        "2026-08-01;PMax;A;EUR;300,00;15.000;150;7,00;900,00",
        "2026-08-01;PMax;B;EUR;200,00;10.000;100;5,00;800,00",
        settings=ReadSettings(channel="google_ads"),
    )
    columns = ("spend", "impressions", "clicks", "conversions", "revenue")
    assert read.frame[list(columns)].iloc[0].tolist() == [1000.5, 50_000, 500, 20, 4000]
    assert len(read.frame) == 1
    assert set(read.frame["currency"]) == {"EUR"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platforms_own_export_is_read(platform: str, read_text: Reading) -> None:
    """Money, showings, clicks through to the site, sales and their value, on their day."""
    export, right = PLATFORMS[platform]["export"], PLATFORMS[platform]["right"]
    frame = read_text(export, settings=ReadSettings(channel=platform)).frame
    columns = ("spend", "impressions", "clicks", "conversions", "revenue")
    first = frame[frame["date"] == "2026-08-01"]
    found = [None if pd.isna(value) else value for value in first[list(columns)].iloc[0]]
    assert found == right


@pytest.mark.parametrize("heading", ["Data Source type", "Data source", "datasource"])
def test_a_connectors_sheet_names_the_channel_of_each_row(heading: str, read_text: Reading) -> None:
    """Funnel, Supermetrics and Windsor say row by row whose numbers they are."""
    frame = read_text(
        f"Date,{heading},Account,Campaign name,Currency,Cost,Impressions,Clicks",
        "2026-08-01,Google Ads,Acme,Brand,NOK,100.5,900,9",
        "2026-08-01,Facebook Ads,Acme,Prospecting,NOK,200.5,9000,90",
        "2026-08-01,LinkedIn Ads,Acme,ABM,NOK,300.25,400,4",
    ).frame
    spent = dict(zip(frame["channel"], frame["spend"], strict=True))
    assert spent == {"google_ads": 100.5, "meta_ads": 200.5, "linkedin_ads": 300.25}


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("($100.50)", -100.5), ("(100.50)", -100.5), ("$(1,100.50)", -1100.5), ("100.50-", -100.5),
        ("-$100.50", -100.5), ("$-100.50", -100.5), ("(USD 100.50)", -100.5),
    ],
)  # fmt: skip
def test_money_given_back_is_read_as_bookkeepers_write_it(
    cell: str, amount: float, read_text: Reading
) -> None:
    """Brackets and a minus behind are a minus; the credit counts and is said."""
    read = read_text(
        "Date,Channel,Campaign,Spend",
        "2026-08-01,x,A,$900.25",
        f'2026-08-02,x,A,"{cell}"',
        settings=ReadSettings(currency="USD"),
    )
    assert read.frame["spend"].tolist() == [900.25, amount]
    assert any("credit" in warning for warning in read.warnings)


GERMAN = "Tag;Kampagne;Währungscode;Kosten;Impr.;Klicks"


def test_totals_decide_the_decimal_sign_and_show_the_unit(refusal: Refusing) -> None:
    """Whole rows say nothing of the sign; the total does, and says that they are hundredths."""
    refused = refusal(
        GERMAN,
        "2026-08-01;A;EUR;11050;9000;90",
        "2026-08-02;A;EUR;9950;9000;91",
        "Gesamt: Kampagnen;;EUR;210,00;18.000;181",
        settings=ReadSettings(channel="google_ads"),
    )
    assert refused.code == "contradiction"
    assert "hundredths" in refused.message


def test_totals_decide_where_rows_could_be_thousands(read_text: Reading) -> None:
    """1.110 beside a total of 2.220,00 is a thousand and more; nothing is left to say."""
    read = read_text(
        GERMAN,
        "2026-08-01;A;EUR;1.110;9000;90",
        "2026-08-02;A;EUR;1.110;9000;91",
        "Gesamt: Kampagnen;;EUR;2.220,00;18.000;181",
        settings=ReadSettings(channel="google_ads"),
    )
    assert read.frame["spend"].tolist() == [1110, 1110]
    assert not any("add up" in warning for warning in read.warnings)


@pytest.mark.parametrize(
    ("heading", "row", "column"),
    [
        ("Flight day,Campaign,Cost,Imps served", "2026-08-01,A,10.50,900", "day"),
        ("Date,Line item,Cost,Imps served", "2026-08-01,A,10.50,900", "campaign"),
        ("Date,Campaign,Besteed netto,Imps served", "2026-08-01,A,10.50,900", "spend"),
    ],
)
def test_what_is_required_and_not_understood_names_what_was_left_aside(
    heading: str, row: str, column: str, refusal: Refusing
) -> None:
    """Whoever is refused sees which of the headings it must have been."""
    refused = refusal(heading, row, settings=ReadSettings(channel="adform", currency="EUR"))
    assert column in refused.message.lower()
    assert "Left aside: " in refused.message
    assert "Imps served" in refused.message


def test_ends_of_periods_alone_are_days_where_they_follow_day_by_day(
    read_text: Reading, refusal: Refusing
) -> None:
    """As with starts: several in a row are days, a single one may be any period."""
    heading = "Campaign name,Amount spent (GBP),Link clicks,Reporting ends"
    frame = read_text(heading, "A,3.20,5,2026-04-13", "A,3.30,6,2026-04-14").frame
    assert frame["spend"].tolist() == [3.2, 3.3]
    assert "ends on '2026-04-13'" in refusal(heading, "A,3.20,5,2026-04-13").message


SNAP_HEAD = "Start Time,End Time,Campaign Name,Campaign ID,Amount Spent,Paid Impressions,Swipe Ups"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026-08-01 00:00:00,2026-08-02 00:00:00", "2026-08-02 00:00:00,2026-08-03 00:00:00"),
        ("2026-08-01 00:00:00,2026-08-01 23:59:59", "2026-08-02 00:00:00,2026-08-02 23:59:59"),
        ("2026-08-01T00:00:00+02:00,2026-08-02T00:00:00+02:00",
         "2026-08-02T00:00:00+02:00,2026-08-03T00:00:00+02:00"),
    ],
)  # fmt: skip
def test_a_row_from_midnight_to_midnight_is_a_day(
    first: str, second: str, read_text: Reading
) -> None:
    """Snapchat writes when a row begins and ends: with the next midnight, or a second before it."""
    frame = read_text(
        SNAP_HEAD, f"{first},A,a1,100.50,9000,90", f"{second},A,a1,99.50,8000,80"
    ).frame
    assert frame["date"].dt.day.tolist() == [1, 2]
    assert set(frame["channel"]) == {"snapchat_ads"}
    assert frame[["spend", "clicks"]].sum().tolist() == [200, 170]


@pytest.mark.parametrize(
    "span", ["2026-08-01 00:00:00,2026-08-31 23:59:59", "2026-08-01 00:00:00,2026-08-03 00:00:00"]
)
def test_a_row_of_several_days_is_refused_though_it_has_times(span: str, refusal: Refusing) -> None:
    """A month from the 1st to the 31st, and two days up to the third midnight."""
    refused = refusal(SNAP_HEAD, f"{span},A,a1,100.50,9000,90")
    assert (refused.code, refused.line) == ("not_daily", 2)


WINDSOR = "date,source,campaign,clicks,spend"


def test_a_source_that_only_names_platforms_is_the_channel(read_text: Reading) -> None:
    """Windsor's own field: google_ads, facebook, bing, tiktok."""
    rows = [f"2026-08-01,{name},A,9,10.5" for name in ("google_ads", "facebook", "bing", "tiktok")]
    channels = read_text(WINDSOR, *rows).frame["channel"]
    assert sorted(channels) == ["google_ads", "meta_ads", "microsoft_ads", "tiktok_ads"]


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        (WINDSOR, "2026-08-01,newsletter,A,9,10.5"),
        ("date,source,medium,campaign,clicks,spend", "2026-08-01,google,cpc,A,9,10.5"),
    ],
)
def test_a_source_of_visits_is_no_channel(heading: str, row: str, refusal: Refusing) -> None:
    """Where visits came from says nothing of who was paid: the channel is asked for."""
    assert "No channel is given" in refusal(heading, row).message
