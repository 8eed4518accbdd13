"""Made-up sets in the shapes of the public ones, for a checkout without those beside it.

Headings, names and forms are theirs; every number is worked out here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

CANONICAL = (
    "date,channel,campaign,spend,impressions,reach,clicks,leads,conversions,revenue,budget,currency"
)
FEBRUARY = {
    "facebook_tier1": "social", "facebook_tier2": "social", "facebook_retargeting": "social",
    "facebook_lal": "social", "instagram_tier1": "social", "instagram_tier2": "social",
    "instagram_blogger": "influencer", "youtube_blogger": "influencer",
    "google_hot": "search", "google_wide": "search", "banner_partner": "media",
}  # fmt: skip
FEBRUARY_RAW = "id,c_date,campaign_name,category,campaign_id,impressions"
EXPERIMENT = (
    "Campaign Name;Date;Spend [USD];# of Impressions;Reach;# of Website Clicks;# of Searches;"
    "# of View Content;# of Add to Cart;# of Purchase"
).replace(";", ",")
CONNECTORS = {  # the platform's names of campaign, day, clicks, impressions, results and money
    "amazon_ads/amazon_ads_campaign_level_report_data.csv": (
        "campaign_id,date,clicks,impressions,purchases_30_d,cost,campaign_budget_currency_code",
        "7{c},2026-08-0{d},1{d},9{d}0,{d},{d}.5{c},USD",
    ),
    "apple_search/apple_search_campaign_report_data.csv": (
        "id,date,taps,impressions,conversions,local_spend_amount,local_spend_currency",
        "9{c},2026-08-0{d},1{d},9{d}0,{d},{d}.5{c},USD",
    ),
    "google_ads/google_ads_campaign_stats_data.csv": (
        (
            "id,date,clicks,impressions,conversions,cost_micros,conversions_value,customer_id,"
            "ad_network_type,device"
        ),
        "9{c},2026-08-0{d},1{d},9{d}0,{d},{d}5{c}0000,0,212,SEARCH,MOBILE",
    ),
    "linkedin/linkedin_ad_analytics_by_campaign_data.csv": (
        (
            "campaign_id,day,clicks,impressions,external_website_conversions,cost_in_local_currency,"
            "cost_in_usd"
        ),
        "9{c},2026-08-0{d} 00:00:00,1{d},9{d}0,{d},{d}.5{c},0.5",
    ),
    "pinterest/pinterest_campaign_report_data.csv": (
        (
            "campaign_id,date,clickthrough_1,impression_1,total_conversions,spend_in_micro_dollar,"
            "impression_2,_fivetran_synced"
        ),
        "9{c},2026-08-0{d},1{d},9{d}0,{d},{d}5{c}0000,8,2026-09-01 10:00:00",
    ),
    "reddit_ads/reddit_ads_campaign_report_data.csv": (
        "campaign_id,date,clicks,impressions,app_install_metrics_install,spend,_fivetran_synced",
        "151039382369463854{c},2026-08-0{d},1{d},9{d}0,0,{d}5{c}0000,2026-09-01",
    ),
    "snapchat/snapchat_campaign_hourly_report_data.csv": (
        (
            "campaign_id,date,swipes,impressions,conversion_purchases,spend,screen_time_millis,"
            "attachment_quartile_1"
        ),
        "40ba-{c},2026-08-01T0{d}:00:00,1{d},9{d}0,{d},{d}5{c}0000,0,0",
    ),
    "tiktok/tiktok_campaign_report_hourly_data.csv": (
        "CAMPAIGN_ID,STAT_TIME_HOUR,CLICKS,IMPRESSIONS,CONVERSION,SPEND,_FIVETRAN_SYNCED",
        "{c},2026-08-01 {d}:00:00,1{d},9{d}0,{d},{d}.5{c},2026-09-01",
    ),
    "twitter/twitter_campaign_report_data.csv": (
        "campaign_id,date,url_clicks,clicks,impressions,billed_charge_local_micro,placement",
        "hq0u{c},2026-08-0{d} 07:00:00,1{d},3{d},9{d}0,{d}5{c}0000,ALL",
    ),
}
OTHERS = {
    "meta_export_gwwc/campaigns.csv":
        '"Reporting starts","Reporting ends","Campaign name",Results,"Result indicator",Reach,'
        'Impressions,"Amount spent (USD)"\n2021-11-15,2022-01-31,A,3,reach,90,900,12.50\n',
    "meta_export_gwwc/ad_sets.csv":
        '"Reporting starts","Reporting ends","Ad Set Name",Reach,"Amount spent (USD)"\n'
        "2021-11-15,2022-01-31,A,90,12.50\n",
    "fb_vs_adwords_2019/marketing_campaign.csv":
        "Date,Facebook Ad Campaign,Facebook Ad Views,Facebook Ad Clicks,AdWords Ad Campaign,"
        "AdWords Ad Views,AdWords Ad Clicks\n01-01-2019 00:00,FB_Jan19,90,9,AW_Jan19,80,8\n",
    "googleads_uncleaned_sim/GoogleAds_DataAnalytics_Sales_Uncleaned.csv":
        "Ad_ID,Campaign_Name,Clicks,Impressions,Cost,Ad_Date\n"
        "A1000,Course,10,900,23.50,11/16/2024\nA1001,Course,11,900,24.50,20-11-2024\n",
    "fivetran/facebook_ads/facebook_ads_basic_ad_data.csv":
        "ad_id,date,account_id,impressions,inline_link_clicks,spend\n62,2026-08-01,17,90,1,7.50\n",
    "fivetran/google_ads/google_ads_account_stats_data.csv":
        "customer_id,date,ad_network_type,clicks,cost_micros,device,impressions\n"
        "212,2026-08-01,SEARCH,1,7500000,MOBILE,90\n",
    "fivetran/reddit_ads/reddit_ads_campaign_country_report_data.csv":
        "_fivetran_synced,account_id,campaign_id,clicks,country,date,impressions,spend\n"
        "2026-09-01,1,15,3,no,2026-08-01,90,7500000\n",
    "fivetran/google_ads/google_ads_campaign_history_data.csv":
        "id,updated_at,name,customer_id,advertising_channel_type,status\n"
        "9,2026-08-01,A,212,SEARCH,PAUSED\n",
}  # fmt: skip


def write(folder: Path) -> Path:
    """Every set into a folder, which is given back."""
    for name, text in dict(_files()).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _files() -> Iterator[tuple[str, str]]:
    yield "canonical/marketing_feb2021.csv", _lines(CANONICAL, _february())
    yield "canonical/ab_campaign_aug2019.csv", _lines(CANONICAL, _august())
    yield "canonical/fb_vs_adwords_2019.csv", _lines(CANONICAL, _year())
    for name in ("control", "test"):
        yield f"ab_campaign_aug2019/{name}_group.csv", _lines(EXPERIMENT, _group(name))
    for name, spend in (("Marketing", "campaign_cost"), ("Marketing_dirty_case_mdy", "mark_spent")):
        head = f"{FEBRUARY_RAW},{spend},clicks,leads,orders,revenue"
        yield f"kaggle_marketing_feb2021/{name}.csv", _lines(head, _raw_february())
    for name, (head, row) in CONNECTORS.items():
        rows = [row.format(c=c, d=d) for c in (1, 2) for d in range(1, 6)]
        yield f"fivetran/{name}", _lines(head, rows)
    yield from OTHERS.items()


def _lines(head: str, rows: Iterator[str] | list[str]) -> str:
    return "\n".join((head, *rows)) + "\n"


def _days(first: date, count: int) -> Iterator[tuple[int, date]]:
    yield from ((step, first + timedelta(days=step)) for step in range(count))


def _february() -> Iterator[str]:
    """Four weeks of eleven campaigns of very different worth."""
    for step, day in _days(date(2021, 2, 1), 28):
        for number, (name, channel) in enumerate(FEBRUARY.items()):
            clicks = 900 + 137 * number + (step * 53 + number * 29) % 211
            orders = (clicks * (number + 1)) // 1500 + step % 2
            spend = clicks * (7.25 + number * 2.5)
            yield (
                f"{day},{channel},{name},{spend:.2f},{clicks * 90},,{clicks},{clicks // 40},"
                f"{orders},{orders * 4830 + step},,"
            )


def _raw_february() -> Iterator[str]:
    for number, line in enumerate(_february(), 1):
        day, channel, name, spend, shown, _, clicks, leads, orders, revenue, *_ = line.split(",")
        on = date.fromisoformat(day)
        yield (
            f"{number},{on.month}/{on.day}/{on.year % 100},{name},{channel},{349000 + number % 11},"
            f"{shown},{spend},{clicks},{leads},{orders},{revenue}"
        )


def _august() -> Iterator[str]:
    for step, day in _days(date(2019, 8, 1), 30):
        for name, more in (("Control Campaign", 0), ("Test Campaign", 400)):
            spend, shown, reach, clicks, bought = _experiment(step, more)
            yield f"{day},unknown,{name},{spend},{shown},{reach},{clicks},,{bought},,,USD"


def _experiment(step: int, more: int) -> tuple[int, int, int, int, int]:
    shown = 82_000 + step * 731 % 9000 - more * 40
    return (
        2280 + step * 37 % 400 + more,
        shown,
        shown * 2 // 3,
        5200 + step * 61 % 900,
        480 + step % 90,
    )


def _group(name: str) -> Iterator[str]:
    for step, day in _days(date(2019, 8, 1), 30):
        spend, shown, reach, clicks, bought = _experiment(step, 400 if name == "test" else 0)
        called, on = f"{name.capitalize()} Campaign", f"{day.day}.0{day.month}.{day.year}"
        yield f"{called},{on},{spend},{shown},{reach},{clicks},9,8,7,{bought}"


def _year() -> Iterator[str]:
    """A year of two platforms, a campaign a month each."""
    for step, day in _days(date(2019, 1, 1), 365):
        for short, channel in (("FB", "facebook"), ("AW", "google_ads")):
            clicks = 20 + step * 7 % 43 + (9 if short == "AW" else 0)
            spend, name = 60 + step * 11 % 130, f"{short}_{day:%b%y}"
            bought = clicks // (20 if name == "AW_Dec19" else 5)  # dear enough to speak of
            yield f"{day},{channel},{name},{spend},{clicks * 95},,{clicks},,{bought},,,USD"
