"""Detail rows of exports: kept as what they are, never added to a campaign wrongly."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.sources.exports import ReadFile, ReadSettings
from bot.sources.refusals import BadValue

Reading = Callable[..., ReadFile]
KEYWORDS = """\
Search keyword report
1 November 2026 - 2 November 2026
Keyword status,Keyword,Match type,Campaign,Ad group,Day,Currency code,Cost,Impr.,Clicks,Conversions,Quality Score,Exp. CTR,Ad relevance,Landing page exp.
Eligible,"[red shoes]",Exact match,Generic,Shoes,2026-11-01,NOK,"1,120.50",900,40,2.00,7,Above average,Average,Below average
Eligible,red shoes,Broad match,Generic,Shoes,2026-11-01,NOK,300.00,4000,25, --, --, --, --, --
Eligible,boots,Phrase match,Generic,Boots,2026-11-02,NOK,50.25,100,3,0.00,3/10,Below average,Below average,Average
Total: Keywords, --, --, --, --, --,NOK,"1,470.75",5000,68,2.00, --, --, --, --
""".splitlines()  # noqa: E501


def rows(found: ReadFile, level: str) -> list[tuple[object, ...]]:
    assert found.details is not None
    table = found.details[found.details["level"] == level]
    return list(zip(table["detail_name"], table["spend"], strict=True))


def test_a_keyword_report_is_details_and_no_campaign(read_text: Reading) -> None:
    """Keywords do not add up to their campaigns: the campaigns' numbers stay as they are."""
    found = read_text(*KEYWORDS)
    assert found.frame.empty
    assert any("kept as details" in note for note in found.notes)
    table = found.details
    assert table is not None
    assert set(table["level"]) == {"keyword"}
    columns = ["detail_name", "match_type", "parent_name", "spend", "conversions"]
    assert table[columns].fillna(-1).to_numpy().tolist() == [
        ["red shoes", "exact", "Shoes", 1120.5, 2.0],
        ["red shoes", "broad", "Shoes", 300.0, -1],
        ["boots", "phrase", "Boots", 50.25, 0.0],
    ]
    grades = ["quality_score", "expected_ctr", "ad_relevance", "landing_page_experience"]
    assert table[grades].fillna(0).to_numpy().tolist() == [
        [7, 3, 2, 1], [0, 0, 0, 0], [3, 1, 1, 2]]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "match"),
    [("Eksakt samsvar", "exact"), ("Uttrykkssamsvar", "phrase"), ("Frasesamsvar", "phrase"),
     ("Bredt samsvar", "broad"), ("Fritt treff", "broad"), ("Nøyaktig treff", "exact")],
)  # fmt: skip
def test_a_norwegian_keyword_report_is_read(read_text: Reading, cell: str, match: str) -> None:
    """Its headings, its grades, and whichever word it has for how a keyword matches."""
    found = read_text(
        "Dag;Søkeord;Samsvarstype;Kampanje;Annonsegruppe;Valutakode;Kvalitetspoengsum;"
        "Forventet CTR;Landingssideopplevelse;Annonserelevans;Visn.;Klikk;Kostnad;Konverteringer",
        f"2026-11-01;sko;{cell};Generisk;Sko;NOK;7;Over gjennomsnittet;Gjennomsnittlig;"
        "Under gjennomsnittet;1 000;40;1 120,50;2,00",
    )
    assert found.details is not None
    (row,) = found.details.to_dict("records")
    read = ("detail_name", "match_type", "parent_name", "spend", "conversions", "quality_score",
            "expected_ctr", "landing_page_experience", "ad_relevance")  # fmt: skip
    assert [row[name] for name in read] == ["sko", match, "Sko", 1120.5, 2.0, 7.0, 3.0, 2.0, 1.0]


def test_a_report_of_microsofts_is_read(read_text: Reading) -> None:
    """With its headings in one word, its own dates, and parts of a score as numbers."""
    found = read_text(
        '"Report Name: Keyword performance"', '"Report Aggregation: Daily"',
        "TimePeriod,CampaignName,AdGroupName,Keyword,BidMatchType,DeliveredMatchType,CurrencyCode,"
        "Impressions,Clicks,Spend,QualityScore,ExpectedCtr,AdRelevance,LandingPageExperience",
        "9/25/2026,Generic,Shoes,red shoes,Phrase,Exact,NOK,100,5,12.50,8,3,2,1",
        "9/25/2026,Generic,Shoes,red shoes,Phrase,Phrase,NOK,50,2,4.50,8,3,2,1",
    )  # fmt: skip
    assert found.frame.empty
    assert found.details is not None
    (row,) = found.details.to_dict("records")
    stored = ("detail_name", "match_type", "parent_name", "spend", "quality_score", "expected_ctr",
              "landing_page_experience")  # fmt: skip
    assert [row[name] for name in stored] == [
        "red shoes", "phrase", "Shoes", 17.0, 8.0, 3.0, 1.0]  # fmt: skip


def test_search_terms_are_no_keywords(read_text: Reading) -> None:
    """Of a report of search terms the keywords beside them are not added up: rare terms lack."""
    found = read_text(
        "Day,Search term,Match type,Campaign,Ad group,Keyword,Currency code,Cost,Impr.",
        "2026-11-01,buy red shoes,Exact match (close variant),Generic,Shoes,red shoes,NOK,12,30",
        "2026-11-01,shoes cheap,Broad match,Generic,Shoes,red shoes,NOK,5.00,9",
    )
    assert found.frame.empty
    assert rows(found, "search_term") == [("buy red shoes", 12.0), ("shoes cheap", 5.0)]
    assert found.details is not None
    assert found.details["match_type"].tolist() == ["exact", "broad"]
    assert not rows(found, "keyword")
    assert not rows(found, "ad_set")


def test_ads_add_up_to_ad_sets_and_campaigns(read_text: Reading) -> None:
    """A Meta export of ads: campaigns as before, ad sets and ads beside them."""
    found = read_text(
        "Day,Campaign name,Ad set name,Ad ID,Ad name,Amount spent (NOK),Link clicks,Reach",
        "2026-11-01,Prospecting,Women,11,Film,100.00,5000,4000",
        "2026-11-01,Prospecting,Women,12,Still,40.00,2000,1900",
        "2026-11-01,Prospecting,Men,13,Film,60.00,3000,2500",
    )
    assert found.frame["spend"].tolist() == [200.0]
    assert rows(found, "ad_set") == [("Women", 140.0), ("Men", 60.0)]
    assert rows(found, "ad") == [("Film", 100.0), ("Still", 40.0), ("Film", 60.0)]
    ads = found.details[found.details["level"] == "ad"] if found.details is not None else None
    assert ads is not None
    assert ads["detail_id"].tolist() == ["11", "12", "13"]
    assert ads["parent_name"].tolist() == ["Women", "Women", "Men"]
    assert ads["reach"].tolist() == [4000.0, 1900.0, 2500.0]


def test_what_meta_leaves_blank_in_a_part_is_none(read_text: Reading) -> None:
    """Meta writes no cell for what did not happen; of a column no row has nothing is known."""
    found = read_text(
        "Reporting starts,Reporting ends,Campaign name,Day,Age,Amount spent (NOK),Impressions,"
        "Link clicks,Results,Result indicator,Purchases conversion value,Landing page views",
        *(
            f"2026-11-01,2026-11-02,Prospecting,{row}"
            for row in (
                "2026-11-01,18-24,100.00,4000,,,,,",
                "2026-11-01,25-34,90.00,3000,41,2,actions:offsite_conversion.purchase,1598.00,",
                "2026-11-01,35-44,80.00,2000,30,1,actions:offsite_conversion.purchase,799.00,",
                "2026-11-02,18-24,70.00,1500,12,,,,",
                "2026-11-02,25-34,60.00,1200,20,,,,",
            )
        ),
    )
    totals = found.frame[["spend", "clicks", "conversions", "revenue"]].fillna(-1)
    assert totals.to_numpy().tolist() == [[270.0, 71.0, 3.0, 2397.0], [130.0, 32.0, 0.0, 0.0]]
    assert found.details is not None
    ages = found.details[["detail_name", "clicks", "conversions", "revenue"]].fillna(-1)
    assert ages.to_numpy().tolist() == [
        ["18-24", 0.0, 0.0, 0.0], ["25-34", 41.0, 2.0, 1598.0], ["35-44", 30.0, 1.0, 799.0],
        ["18-24", 12.0, 0.0, 0.0], ["25-34", 20.0, 0.0, 0.0]]  # fmt: skip
    assert found.frame["landing_views"].isna().all()
    assert not any("no value" in warning for warning in found.warnings)


@pytest.mark.parametrize("cell", ["", " --"])
def test_a_part_without_a_value_is_missing_on_other_platforms(
    read_text: Reading, cell: str
) -> None:
    """Who does not leave out what is none has not counted it: the sum is missing, and said."""
    found = read_text(
        "date,channel,campaign,age,spend,clicks,conversions",
        "2026-11-01,own,A,18-24,10.00,5," + cell, "2026-11-01,own,A,25-34,10.00,5,2",
    )  # fmt: skip
    assert found.frame["conversions"].isna().all()
    assert found.details is not None
    assert found.details["conversions"].isna().tolist() == [True, False]


def test_googles_dashes_by_device_are_none(read_text: Reading) -> None:
    """Where a part that adds up has dashes and another of its day has results, it had none."""
    found = read_text(
        "Day,Campaign,Device,Currency code,Cost,Clicks,Impr.,Conversions",
        "2026-11-01,Generic,Computers,NOK,100.00,10,100,3.00",
        "2026-11-01,Generic,Tablets,NOK,50.00,5,60, --",
    )
    assert found.frame["conversions"].tolist() == [3.0]
    assert found.details is not None
    assert found.details["conversions"].tolist() == [3.0, 0.0]


def test_googles_ads_are_called_by_their_headline(read_text: Reading) -> None:
    """They have no name of their own, and two may lead to one page."""
    found = read_text(
        "Ad report",
        "Ad status,Final URL,Headline 1,Headline 2,Campaign,Ad group,Ad type,Day,Currency code,"
        "Clicks,Impr.,Cost,Conversions",
        "Enabled,https://x.no/sko,Shoes on sale,Free,Generic,Shoes,Ad,2026-11-01,NOK,9,90,100.00,1",
        "Enabled,https://x.no/sko,New shoes,Free,Generic,Shoes,Ad,2026-11-01,NOK,8,80,50.50,2",
    )
    assert found.frame["spend"].tolist() == [150.5]
    assert rows(found, "ad") == [("Shoes on sale", 100.0), ("New shoes", 50.5)]
    assert rows(found, "landing_page") == [("https://x.no/sko", 150.5)]


def test_crossed_audiences_are_each_for_itself(read_text: Reading) -> None:
    """Age by gender gives the ages and the genders, each of which adds up to the campaign."""
    found = read_text(
        "Day,Campaign name,Age,Gender,Amount spent (NOK),Link clicks,Platform,Placement",
        "2026-11-01,Prospecting,18-24,female,10.00,500,facebook,feed",
        "2026-11-01,Prospecting,18-24,male,20.00,900,facebook,feed",
        "2026-11-01,Prospecting,25-34,female,30.00,1500,instagram,feed",
    )
    assert found.frame["spend"].tolist() == [60.0]
    assert rows(found, "age") == [("18-24", 30.0), ("25-34", 30.0)]
    assert rows(found, "gender") == [("female", 40.0), ("male", 20.0)]
    assert rows(found, "placement") == [("facebook feed", 30.0), ("instagram feed", 30.0)]


def test_levels_in_one_file_are_details_each(read_text: Reading) -> None:
    """A campaign's row, its ad sets' and its ads' stand under each other: each is its level's."""
    found = read_text(
        "date,channel,campaign,Ad set name,Ad name,spend,impressions,conversions",
        "2026-08-01,meta,A,,,100,5000,10", "2026-08-01,meta,A,S1,,60,3000,6",
        "2026-08-01,meta,A,S1,ad 1,60,3000,6", "2026-08-01,meta,A,S2,,40,2000,4",
    )  # fmt: skip
    assert found.frame["spend"].tolist() == [100.0]
    assert rows(found, "ad_set") == [("S1", 60.0), ("S2", 40.0)]
    assert rows(found, "ad") == [("ad 1", 60.0)]


def test_landing_pages_lose_their_query(read_text: Reading) -> None:
    """One page however it was tagged; beside its ad it is a fact of the ad's."""
    lines = (
        "2026-11-01,Generic,https://Shop.no/sko?utm=a,10.00,50",
        "2026-11-01,Generic,https://shop.no/sko/?utm=b#x,5.00,20",
    )
    google = ReadSettings(channel="google_ads")
    pages = read_text("date,campaign,landing page,cost,clicks", *lines, settings=google)
    assert pages.frame.empty
    assert rows(pages, "landing_page") == [("https://shop.no/sko", 15.0)]
    ads = read_text(
        "date,campaign,ad name,landing page,cost,clicks",
        *(line.replace("Generic,", f"Generic,Ad {line[-2:]},") for line in lines),
        settings=google,
    )
    assert ads.frame["spend"].tolist() == [15.0]
    assert rows(ads, "landing_page") == [("https://shop.no/sko", 15.0)]


def test_rows_that_say_their_level_are_details(read_text: Reading) -> None:
    """With their own ids, under the campaign their ad set leads to."""
    found = read_text(
        "date,channel,campaign_id,campaign_name,level,parent_id,spend",
        "2026-09-01,meta,1,Main,,,3.00",
        "2026-09-01,meta,1a,Women,ad_set,1,2.00",
        "2026-09-01,meta,1b,Film,ad,1a,2.00",
    )
    assert found.frame["campaign_id"].tolist() == ["1"]
    assert found.details is not None
    columns = ["campaign_id", "level", "detail_id", "detail_name", "parent_id", "spend"]
    assert found.details[columns].to_numpy().tolist() == [
        ["1", "ad_set", "1a", "Women", "1", 2.0], ["1", "ad", "1b", "Film", "1a", 2.0]]  # fmt: skip


def test_the_owners_word_goes_first(read_text: Reading) -> None:
    """A heading of one's own may name a level; what is said to be a segment is added up."""
    lines = ("date,channel,campaign,Ord,Poeng,spend", "2026-09-01,google,A,sko,7,2.00",
             "2026-09-01,google,A,støvler,,1.50")  # fmt: skip
    own = ReadSettings(columns={"Ord": "keyword", "Poeng": "quality_score"})
    words = read_text(*lines, settings=own)
    assert words.frame.empty
    assert rows(words, "keyword") == [("sko", 2.0), ("støvler", 1.5)]
    assert words.details is not None
    assert words.details["quality_score"].dropna().tolist() == [7.0]
    summed = read_text(
        *(line.replace("Ord", "Keyword") for line in lines),
        settings=ReadSettings(columns={"Keyword": "segment"}),
    )
    assert summed.frame["spend"].tolist() == [3.5]
    assert rows(summed, "keyword") == [("sko", 2.0), ("støvler", 1.5)]


def test_rows_in_our_own_shape_are_read(read_text: Reading) -> None:
    """As docs/columns.md has them, beside the campaigns' own; a level by its other names, too."""
    found = read_text(
        "date,channel,campaign_id,level,detail_id,detail_name,parent_id,parent_name,match_type,"
        "quality_score,expected_ctr,spend,clicks",
        "2026-09-01,google,1,,,,,,,,,9.00,9",
        "2026-09-01,google,1,keyword,k1,red shoes,g1,Shoes,exact,7,Average,2.00,3",
        "2026-09-01,google,1,keyword,k2,shoes,g1,Shoes,broad,,,1.50,4",
        "2026-09-01,google,1,ad group,g1,Shoes,,,,,,3.50,7",
    )
    assert found.frame["spend"].tolist() == [9.0]
    assert found.details is not None
    columns = ["level", "detail_id", "parent_id", "match_type", "quality_score", "expected_ctr"]
    assert found.details[columns].astype(object).fillna("").to_numpy().tolist() == [
        ["keyword", "k1", "g1", "exact", 7.0, 2.0], ["keyword", "k2", "g1", "broad", "", ""],
        ["ad_set", "g1", "1", "", "", ""]]  # fmt: skip


def test_a_score_that_cannot_be_is_refused(read_text: Reading) -> None:
    """With its line and the way out."""
    with pytest.raises(BadValue, match="'11' is no quality score") as caught:
        read_text(*(line.replace(",7,", ",11,") for line in KEYWORDS))
    assert caught.value.line == 4


@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("xy"), st.sampled_from("mdt"),
                          st.integers(1, 10**6)), min_size=1, max_size=8,
                unique_by=lambda row: row[:3]))  # fmt: skip
def test_details_add_up_to_their_campaigns(
    read_text: Reading, parts: list[tuple[str, str, str, int]]
) -> None:
    """However a file splits its campaigns, each level's rows are the campaigns' sums again."""
    found = read_text(
        "date,channel,campaign,ad set,device,spend",
        *(f"2026-11-01,meta,{name},{ad_set},{device},{cents / 100:.2f}"
          for name, ad_set, device, cents in parts),
    )  # fmt: skip
    sums = found.frame.set_index("campaign_name")["spend"].round(2).to_dict()
    details = found.details if found.details is not None else pd.DataFrame()
    for level in ("ad_set", "device"):
        below = details[details["level"] == level].groupby("campaign_name")["spend"].sum()
        assert below.round(2).to_dict() == sums
