"""What is asked of Google Ads below its campaigns, and how those rows are read.

Two queries a level: what was shown and paid, and what came of it by the kind of conversion, since
Google gives cost and conversion categories only apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bot.domain.details import Level
from bot.sources.platforms.google_queries import LEADS, MICROS, word

Identity = tuple[str | None, ...]
IDENTITY = ("detail_id", "detail_name", "parent_id", "parent_name", "match_type")
DELIVERY = "metrics.impressions, metrics.clicks, metrics.cost_micros"
GRADES = {
    "quality_score": "historical_quality_score",
    "expected_ctr": "historical_search_predicted_ctr",
    "ad_relevance": "historical_creative_quality_score",
    "landing_page_experience": "historical_landing_page_quality_score",
}
_RATED = {"BELOW_AVERAGE": 1.0, "AVERAGE": 2.0, "ABOVE_AVERAGE": 3.0}
_MATCHED = {"EXACT": "exact", "NEAR_EXACT": "exact", "PHRASE": "phrase", "NEAR_PHRASE": "phrase",
            "BROAD": "broad"}  # fmt: skip
QUERY = """
SELECT campaign.id, {fields}, segments.date, {metrics}
FROM {resource} WHERE segments.date BETWEEN '{since}' AND '{until}'
"""
RESULTS = "segments.conversion_action_category, metrics.conversions, metrics.conversions_value"
UNSORTED = "metrics.conversions, metrics.conversions_value"
"""Of what is not told by the kind of conversion: it is what its campaign bids for."""
REGIONS = """
SELECT geo_target_constant.resource_name, geo_target_constant.name FROM geo_target_constant
WHERE geo_target_constant.resource_name IN ({names})
"""


@dataclass(frozen=True)
class GoogleLevel:
    """A level of Google's.

    Attributes:
        resource: What stands in FROM.
        fields: What tells its rows apart.
        identity: A row's `IDENTITY`.
        graded: Whether its rows have a quality score.
        sorted: Whether results come by the kind of conversion.
        beside: Where campaigns that have none of these have their likes.
    """

    resource: str
    fields: str
    identity: Callable[[Any], Identity]
    graded: bool = False
    sorted: bool = True
    beside: GoogleLevel | None = None

    @property
    def both(self) -> tuple[GoogleLevel, ...]:
        """It, and what is beside it."""
        return (self,) if self.beside is None else (self, self.beside)

    def query(self, since: object, until: object, *, results: bool) -> str:
        """What was shown, or what came of it."""
        grades = "".join(f", metrics.{name}" for name in GRADES.values()) if self.graded else ""
        return QUERY.format(
            fields=self.fields,
            metrics=(RESULTS if self.sorted else UNSORTED) if results else DELIVERY + grades,
            resource=self.resource,
            since=since,
            until=until,
        )


def _group(row: Any) -> tuple[str, str]:
    return str(row.ad_group.id), row.ad_group.name


def _ad_set(row: Any) -> Identity:
    return (*_group(row), None, None, None)


def _asset_group(row: Any) -> Identity:
    return (str(row.asset_group.id), row.asset_group.name, None, None, None)


def _place(row: Any) -> Identity:
    """A site, an app or a channel, by its name where Google gives one."""
    place = row.group_placement_view
    return (place.placement, place.display_name or place.placement, None, None, None)


def _ad(row: Any) -> Identity:
    """Called by its name; a responsive search ad has none, and is called by its first headline."""
    ad = row.ad_group_ad.ad
    headlines = [headline.text for headline in ad.responsive_search_ad.headlines]
    return (str(ad.id), ad.name or next(iter(headlines), f"Ad {ad.id}"), *_group(row), None)


def _keyword(row: Any) -> Identity:
    criterion = row.ad_group_criterion
    match_type = _MATCHED.get(word(criterion.keyword, "match_type"))
    return (str(criterion.criterion_id), criterion.keyword.text, *_group(row), match_type)


def _search_term(row: Any) -> Identity:
    term = row.search_term_view.search_term
    match_type = _MATCHED.get(word(row.segments, "search_term_match_type"))
    return (None, term, *_group(row), match_type)


def _page(row: Any) -> Identity:
    return (None, row.landing_page_view.unexpanded_final_url, None, None, None)


def _age(row: Any) -> Identity:
    kind = word(row.ad_group_criterion.age_range, "type_").removeprefix("AGE_RANGE_")
    return (None, kind.replace("65_UP", "65+").replace("_", "-"), None, None, None)


def _gender(row: Any) -> Identity:
    return (None, word(row.ad_group_criterion.gender, "type_").lower(), None, None, None)


def _region(row: Any) -> Identity:
    place = row.segments.geo_target_region
    return (place or None, place or "elsewhere", None, None, None)


def _device(row: Any) -> Identity:
    return (None, word(row.segments, "device").lower(), None, None, None)


_GROUP_FIELDS = "ad_group.id, ad_group.name"
_IN_GROUP = f"{_GROUP_FIELDS}, ad_group_criterion.criterion_id"
LEVELS: Mapping[Level, GoogleLevel] = {
    Level.AD_SET: GoogleLevel(
        "ad_group",
        _GROUP_FIELDS,
        _ad_set,
        beside=GoogleLevel(
            "asset_group", "asset_group.id, asset_group.name", _asset_group, sorted=False
        ),
    ),
    Level.AD: GoogleLevel(
        "ad_group_ad",
        f"{_GROUP_FIELDS}, ad_group_ad.ad.id, ad_group_ad.ad.name, "
        "ad_group_ad.ad.responsive_search_ad.headlines",
        _ad,
    ),
    Level.KEYWORD: GoogleLevel(
        "keyword_view",
        f"{_IN_GROUP}, ad_group_criterion.keyword.text, ad_group_criterion.keyword.match_type",
        _keyword,
        graded=True,
    ),
    Level.SEARCH_TERM: GoogleLevel(
        "search_term_view",
        f"{_GROUP_FIELDS}, search_term_view.search_term, segments.search_term_match_type",
        _search_term,
    ),
    Level.LANDING_PAGE: GoogleLevel(
        "landing_page_view", "landing_page_view.unexpanded_final_url", _page
    ),
    Level.AGE: GoogleLevel("age_range_view", "ad_group_criterion.age_range.type", _age),
    Level.GENDER: GoogleLevel("gender_view", "ad_group_criterion.gender.type", _gender),
    Level.REGION: GoogleLevel("geographic_view", "segments.geo_target_region", _region),
    Level.DEVICE: GoogleLevel("campaign", "segments.device", _device),
    Level.PLACEMENT: GoogleLevel(
        "group_placement_view",
        "group_placement_view.placement, group_placement_view.display_name",
        _place,
        sorted=False,
    ),
}


def read_shown(rows: Iterable[Any], below: GoogleLevel) -> pd.DataFrame:
    """A row a part and day; cost in currency units, a grade nobody gave missing."""
    return pd.DataFrame(_shown(rows, below))


def _shown(rows: Iterable[Any], below: GoogleLevel) -> Iterator[dict[str, Any]]:
    for row in rows:
        metrics = row.metrics
        yield {
            **_key(row, below),
            "impressions": float(metrics.impressions),
            "clicks": float(metrics.clicks),
            "spend": metrics.cost_micros / MICROS,
            **(_grades(metrics) if below.graded else {}),
        }


def _key(row: Any, below: GoogleLevel) -> dict[str, Any]:
    identity = dict(zip(IDENTITY, below.identity(row), strict=True))
    return {"campaign_id": str(row.campaign.id), "date": row.segments.date, **identity}


def _grades(metrics: Any) -> dict[str, float | None]:
    score = metrics.historical_quality_score
    rated = {
        name: _RATED.get(word(metrics, field))
        for name, field in GRADES.items()
        if name != "quality_score"
    }
    return {"quality_score": float(score) if score else None, **rated}


def read_results(
    rows: Iterable[Any], below: GoogleLevel, leads: Collection[str] = ()
) -> pd.DataFrame:
    """Leads, conversions and their worth, a row a part and day; qualified leads are no leads.

    `leads`: campaigns that bid for leads alone; theirs are leads where nobody says the kind.
    """
    counts: defaultdict[tuple[Any, ...], dict[str, float]] = defaultdict(dict)
    keys: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = _key(row, below)
        place = tuple(key.values())
        keys[place] = key
        category = word(row.segments, "conversion_action_category") if below.sorted else ""
        lead = category in LEADS or (not below.sorted and str(row.campaign.id) in leads)
        measure = "leads" if lead else "conversions"
        if category != "QUALIFIED_LEAD":
            numbers = counts[place]
            numbers[measure] = numbers.get(measure, 0.0) + row.metrics.conversions
        worth = counts[place].get("revenue", 0.0) + row.metrics.conversions_value
        counts[place]["revenue"] = worth
    return pd.DataFrame([{**keys[place], **numbers} for place, numbers in counts.items()])
