"""What is below a campaign: ad sets, ads, keywords, search terms, landing pages, audiences.

A detail row holds one day of one part of a campaign. Each level is a division of its own: its
rows add up to the campaign or to less of it (a platform hides rare search terms), never beside the
campaign or another level. They stand in a table of their own, so that no sum meets them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pandas as pd


class Level(StrEnum):
    """What a detail row is one of; a closed list."""

    AD_SET = "ad_set"
    AD = "ad"
    KEYWORD = "keyword"
    SEARCH_TERM = "search_term"
    LANDING_PAGE = "landing_page"
    AGE = "age"
    GENDER = "gender"
    REGION = "region"
    DEVICE = "device"
    PLACEMENT = "placement"


AUDIENCES = (Level.AGE, Level.GENDER, Level.REGION, Level.DEVICE, Level.PLACEMENT)
"""The levels that say who saw it, on what and where."""

DETAIL_COLUMNS = {
    "date": "datetime64[ns]",  # midnight of the account's day
    "channel": "object",  # its key: google_ads
    "account_id": "object",
    "campaign_id": "object",  # the campaign's, as in the daily numbers
    "level": "object",  # one of Level
    "detail_id": "object",  # the platform's, else its name in one form
    "detail_name": "object",  # the keyword, the term, the page's address, the ad's name, "25-34"
    "parent_id": "object",  # the ad set or ad group it is in; else the campaign
    "parent_name": "object",
    "match_type": "object",  # exact, phrase or broad; of keywords and search terms
    "quality_score": "float64",  # 1-10, as it stood that day
    "expected_ctr": "float64",  # 1 below average, 2 average, 3 above average
    "ad_relevance": "float64",  # likewise
    "landing_page_experience": "float64",  # likewise
    "currency": "object",
    "spend": "float64",  # units of the currency
    "impressions": "float64",
    "reach": "float64",  # people: never added up
    "clicks": "float64",
    "leads": "float64",
    "conversions": "float64",
    "revenue": "float64",
}
"""The columns of detail rows and their types; missing text is None, a missing number NaN."""

RATINGS = ("expected_ctr", "ad_relevance", "landing_page_experience")
"""The three parts of a quality score."""
VALUES = ("spend", "impressions", "reach", "clicks", "leads", "conversions", "revenue")
"""What a part did on a day."""
SCORES = ("quality_score", *RATINGS)
"""How the platform grades it that day."""


@dataclass(frozen=True)
class DetailSpan:
    """Days of which a pull has every detail row of a level and account: what it lacks is gone."""

    channel: str
    account_id: str
    level: str
    since: date
    until: date


def no_details() -> pd.DataFrame:
    """Detail rows, none of them: every column with its type."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in DETAIL_COLUMNS.items()})
