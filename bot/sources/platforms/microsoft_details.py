"""What is asked of Microsoft below its campaigns, and how those rows are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from bot.domain.details import Level
from bot.sources.platforms.microsoft_reports import MISSING, dates, numbers

IDENTITY = ("detail_id", "detail_name", "parent_id", "parent_name", "match_type")
GRADES = {
    "quality_score": "HistoricalQualityScore", "expected_ctr": "HistoricalExpectedCtr",
    "ad_relevance": "HistoricalAdRelevance",
    "landing_page_experience": "HistoricalLandingPageExperience",
}  # fmt: skip  # as they stood on that day
DEVICES = {"Computer": "desktop", "Smartphone": "mobile", "Tablet": "tablet"}
MATCHES = {"Exact": "exact", "Phrase": "phrase", "Broad": "broad"}
Identity = dict[str, pd.Series]


@dataclass(frozen=True)
class MicrosoftLevel:
    """A level of Microsoft's.

    Attributes:
        kind: The report.
        columns: What tells its rows apart.
        identity: Their `IDENTITY`.
        graded: Whether they have a quality score.
    """

    kind: str
    columns: tuple[str, ...]
    identity: Callable[[pd.DataFrame], Identity]
    graded: bool = False

    def keys(self, table: pd.DataFrame) -> dict[str, pd.Series]:
        """Day, campaign and part of each row."""
        empty = pd.Series(None, index=table.index, dtype=object)
        identity = dict.fromkeys(IDENTITY, empty) | self.identity(table)
        return {
            "campaign_id": table["CampaignId"].astype(object),
            "date": dates(table["TimePeriod"]),
            **identity,
        }

    def grades(self, table: pd.DataFrame) -> dict[str, pd.Series]:
        """The score and its parts; a keyword that Microsoft does not grade has none."""
        if not self.graded:
            return {}
        return {ours: _grade(numbers(table[theirs])) for ours, theirs in GRADES.items()}


def _grade(grades: pd.Series) -> pd.Series:
    return grades.where(grades > 0)


def _group(table: pd.DataFrame) -> Identity:
    return {"parent_id": table["AdGroupId"], "parent_name": table["AdGroupName"]}


def _ad_set(table: pd.DataFrame) -> Identity:
    return {"detail_id": table["AdGroupId"], "detail_name": table["AdGroupName"]}


def _ad(table: pd.DataFrame) -> Identity:
    """Called by its title, or by its first headline, or by its id."""
    title = table["AdTitle"].where(table["AdTitle"] != "", table["TitlePart1"])
    name = title.where(title != "", "Ad " + table["AdId"])
    return {"detail_id": table["AdId"], "detail_name": name, **_group(table)}


def _keyword(table: pd.DataFrame) -> Identity:
    return {"detail_id": table["KeywordId"], "detail_name": table["Keyword"],
            "match_type": table["BidMatchType"].map(MATCHES).astype(object),
            **_group(table)}  # fmt: skip


def _search_term(table: pd.DataFrame) -> Identity:
    return {"detail_name": table["SearchQuery"],
            "match_type": table["DeliveredMatchType"].map(MATCHES).astype(object),
            **_group(table)}  # fmt: skip


def _device(table: pd.DataFrame) -> Identity:
    device = table["DeviceType"].map(DEVICES)
    return {"detail_name": device.fillna(table["DeviceType"].str.lower()).astype(object)}


def _age(table: pd.DataFrame) -> Identity:
    return {"detail_name": _lowered(table["AgeGroup"], "unknown")}


def _gender(table: pd.DataFrame) -> Identity:
    return {"detail_name": _lowered(table["Gender"], "unknown")}


def _lowered(cells: pd.Series, nameless: str) -> pd.Series:
    words = cells.str.strip().str.lower()
    return words.where(~words.isin(MISSING), nameless).astype(object)


def _region(table: pd.DataFrame) -> Identity:
    """Where people were, by the name Microsoft gives the place."""
    names = table["State"].str.strip()
    return {"detail_name": names.where(~names.isin(MISSING), "elsewhere").astype(object)}


_GROUP = ("AdGroupId", "AdGroupName")
_BY_PERSON = ("AccountName", "AdGroupName", "AgeGroup", "Gender")  # none of which may lack
LEVELS: Mapping[Level, MicrosoftLevel] = {
    Level.AD_SET: MicrosoftLevel("AdGroupPerformance", _GROUP, _ad_set),
    Level.AD: MicrosoftLevel(
        "AdPerformance", (*_GROUP, "AdId", "AdTitle", "TitlePart1"), _ad
    ),
    Level.KEYWORD: MicrosoftLevel(
        "KeywordPerformance", (*_GROUP, "KeywordId", "Keyword", "BidMatchType"), _keyword,
        graded=True,
    ),
    Level.SEARCH_TERM: MicrosoftLevel(
        "SearchQueryPerformance", (*_GROUP, "SearchQuery", "DeliveredMatchType"), _search_term
    ),
    Level.AGE: MicrosoftLevel("AgeGenderAudience", _BY_PERSON, _age),
    Level.GENDER: MicrosoftLevel("AgeGenderAudience", _BY_PERSON, _gender),
    Level.REGION: MicrosoftLevel(
        "UserLocationPerformance", ("AccountName", "AdGroupName", "Country", "State"), _region
    ),
    Level.DEVICE: MicrosoftLevel("CampaignPerformance", ("DeviceType",), _device),
}  # fmt: skip
