"""One level of detail judged: a table of its parts, and what was found in each campaign."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from bot.advice.details.creatives import TiredAds, best_ads, tired_ads
from bot.advice.details.detail_panel import (
    CampaignNorm,
    DetailPanel,
    names_apart,
    panel_of,
    week_of,
)
from bot.advice.details.pages import broken_pages
from bot.advice.details.quality import quality_cost
from bot.advice.details.waste import AUDIENCES, KEYWORDS, WASTE, WasteBars, wasted
from bot.domain.details import AUDIENCES as AUDIENCE_LEVELS
from bot.domain.details import RATINGS, Level
from bot.numbers.metrics.sums import Floats, divided

Key = tuple[str, str, str]
BARS: Mapping[str, WasteBars] = {Level.KEYWORD: KEYWORDS, Level.SEARCH_TERM: KEYWORDS}
BROKEN, TIRED, BEST, NAMELESS = "broken", "tired", "best", "nameless"
NAMELESS_WORDS = frozenset(
    ("unknown", "undetermined", "uncategorized", "unspecified", "other", "not set", "ukjent",
     "ikke fastslått", "annet", "unbekannt", "nicht bestimmt", "inconnu", "indéterminé",
     "desconocido", "indeterminado", "sconosciuto", "desconhecido", "okänd", "okänt", "ukendt",
     "onbekend", "tuntematon")
)  # fmt: skip
"""What platforms call those whose age, gender, region or device they do not know."""
WASTES: Mapping[str, str] = {
    Level.KEYWORD: "keyword_waste", Level.SEARCH_TERM: "term_waste", Level.AD_SET: "ad_set_waste",
    Level.AD: "ad_waste", Level.LANDING_PAGE: "page_waste",
}  # fmt: skip
MISFIT, PAGE_BROKEN, AD_TIRED, AD_BEST, QUALITY = (
    "misfit", "page_broken", "ad_tired", "ad_best", "quality",
)  # fmt: skip
DAYS_READ = 91
"""Days of detail rows a judgement reads: an ad's showings are counted over them."""


@dataclass(frozen=True)
class DetailFinding:
    """What was found among the parts of one campaign, in one level.

    Attributes:
        kind: `keyword_waste`, `term_waste`, `ad_waste`, `ad_set_waste`, `page_waste`, `misfit`,
            `page_broken`, `ad_tired`, `ad_best` or `quality`.
        parts: Rows of the table, the weightiest first.
        lost, low, high: Money a week, 90 %; None where nobody can say.
        sure: The probability that it is so: of several parts, on average.
        part_of_score: Of `quality`: the rating most often below average, "" unknown.
        slope: Of `quality`: how a click's price changes with a point.
    """

    campaign: Key
    level: str
    kind: str
    parts: tuple[int, ...]
    lost: float | None = None
    low: float | None = None
    high: float | None = None
    sure: float | None = None
    part_of_score: str = ""
    slope: float | None = None


@dataclass(frozen=True)
class JudgedPart:
    """One part of a campaign as it is listed: a row of a judged level's table.

    Attributes:
        campaign: Its place among the level's campaigns.
        name: What it is called, its id where it has no name.
        currency: "" where nobody knows it; so is `match_type`.
        spend, results, cost, usual: Of the days looked at; None where unknown.
        lost: Money a week.
        since: Days a page is broken, 0 where it is none.
        change: Of its rate.
        score, showings: Of a keyword and of an ad.
    """

    campaign: int
    name: str
    currency: str
    match_type: str
    verdict: str
    since: int
    spend: float | None
    results: float | None
    cost: float | None
    usual: float | None
    lost: float | None
    change: float | None
    score: float | None
    showings: float | None

    @classmethod
    def of(cls, row: Mapping[Hashable, Any]) -> JudgedPart:
        """A row of the table."""
        return cls(
            row["campaign"],
            _text(row["detail_name"]) or _text(row["detail_id"]),
            _text(row["currency"]),
            _text(row["match_type"]),
            str(row["verdict"]),
            int(row["since"]),
            *(_known(row.get(name)) for name in AMOUNTS),
        )


AMOUNTS = ("spend", "results", "cost", "usual", "lost", "change", "score", "showings")


def parts_of(table: pd.DataFrame) -> tuple[JudgedPart, ...]:
    """Rows of a judged level's table, typed."""
    return tuple(JudgedPart.of(row) for row in table.to_dict(orient="records"))


def only_currency(table: pd.DataFrame) -> str | None:
    """The currency of all these rows; None where there are several, or none is known."""
    currencies = table["currency"].dropna().unique().tolist()
    return currencies[0] if len(currencies) == 1 else None


def _known(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


@dataclass(frozen=True)
class JudgedLevel:
    """The parts of a level as they are listed, and what was found.

    Attributes:
        table: One row a part: its campaign, names, `spend`, `clicks`, `results`, `cost`, `bar`,
            `usual`, `sure`, `lost` (a week), `low`, `high`, `verdict`, `since` (days a page is
            broken), `change` (of its rate), `score`; money in `currency`, NaN where not known.
        as_of: The morning after the newest day.
        days: Days looked at, held-back ones apart.
        campaigns: What `table["campaign"]` numbers.
        skip: Newest days held back, by campaign.
    """

    level: str
    table: pd.DataFrame
    findings: tuple[DetailFinding, ...]
    as_of: date
    days: int
    campaigns: tuple[Key, ...]
    skip: Mapping[Key, int]

    def found(self, campaign: Key | None = None) -> tuple[DetailFinding, ...]:
        """What was found, of one campaign or of all: the dearest first, the rest as listed."""
        matches = [finding for finding in self.findings if campaign in {None, finding.campaign}]
        return tuple(sorted(matches, key=lambda finding: -(finding.lost or 0.0)))


def judged_level(
    rows: pd.DataFrame,
    level: str,
    as_of: date,
    norms: Mapping[Key, CampaignNorm],
    days: int | None = None,
) -> JudgedLevel | None:
    """Judge every part of a level; None where no campaign of `norms` has one.

    Args:
        rows: Detail rows of this level, any days; those from `DAYS_READ` before the morning count.
        level: One of `bot.domain.details.Level`.
        as_of: The morning; the last data day is the day before.
        norms: What the parts of each campaign are held against; others are left out.
        days: The days whose cost is looked at, where somebody asked for others than usual.
    """
    panel = panel_of(rows, as_of, dict(norms), DAYS_READ)
    if panel.size == 0:
        return None
    bars = BARS.get(level, AUDIENCES)
    bars = bars if days is None else WasteBars(**{**vars(bars), "days": days})
    judgement = wasted(panel, bars)
    table = panel.parts.assign(detail_name=names_apart(panel.parts, panel.campaign))
    table["campaign"] = panel.campaign
    for name in (
        "spend",
        "clicks",
        "results",
        "cost",
        "bar",
        "usual",
        "sure",
        "lost",
        "low",
        "high",
    ):
        table[name] = getattr(judgement, name)
    table["verdict"], table["since"], table["change"] = judgement.verdict, 0, np.nan
    findings = list(_pages(panel, table)) if level == Level.LANDING_PAGE else []
    if level == Level.AD:
        table["best"] = best_ads(panel, judgement)
        findings += _ads(panel, table)
    if level in AUDIENCE_LEVELS:
        table.loc[_nameless(table) & (table["verdict"] == WASTE), "verdict"] = NAMELESS
    findings += _wasted(panel, table, level)  # what broke, tired or has no name is one no more
    if level == Level.KEYWORD:
        findings += _quality(panel, table)
    skip = {key: norm.skip for key, norm in zip(panel.campaigns, panel.norms, strict=True)}
    return JudgedLevel(level, table, tuple(findings), as_of, bars.days, panel.campaigns, skip)


def _nameless(table: pd.DataFrame) -> pd.Series:
    """Groups of those the platform knows nothing of: no message can be made for them."""
    return table["detail_name"].astype(str).str.strip(" ()").str.casefold().isin(NAMELESS_WORDS)


def _wasted(panel: DetailPanel, table: pd.DataFrame, level: str) -> Iterator[DetailFinding]:
    kind = WASTES.get(level, MISFIT)
    for campaign, parts in _by_campaign(panel, table["verdict"].to_numpy() == WASTE, table["lost"]):
        money = (table[name].to_numpy()[parts] for name in ("lost", "low", "high"))
        sure = float(table["sure"].to_numpy()[parts].mean())
        yield DetailFinding(
            panel.campaigns[campaign], level, kind, tuple(parts), *_summed(*money), sure
        )


def _summed(lost: Floats, low: Floats, high: Floats) -> tuple[float, float, float]:
    """Independent estimates added: their errors by the root of their squares."""
    total = float(lost.sum())
    down, up = np.sqrt(((lost - low) ** 2).sum()), np.sqrt(((high - lost) ** 2).sum())
    return total, max(total - float(down), 0.0), total + float(up)


def _by_campaign(
    panel: DetailPanel, flagged: np.ndarray, weight: pd.Series
) -> Iterator[tuple[int, list[int]]]:
    """Flagged parts of each campaign, the weightiest first."""
    places = np.flatnonzero(flagged)
    heavy = -np.nan_to_num(weight.to_numpy(np.float64))[places]
    places = places[np.lexsort((places, heavy, panel.campaign[places]))]
    codes = panel.campaign[places]
    for campaign in np.unique(codes).tolist():
        yield campaign, places[codes == campaign].tolist()


def _pages(panel: DetailPanel, table: pd.DataFrame) -> Iterator[DetailFinding]:
    """Pages that broke: what their money buys now against what it should, a week."""
    pages = broken_pages(panel)
    table.loc[pages.broken, "verdict"] = BROKEN
    table["since"] = np.where(pages.broken, pages.days + panel.skip, 0)
    table["change"] = np.where(pages.broken, divided(pages.rate, pages.usual) - 1, np.nan)
    rate_left = np.nan_to_num(divided(pages.rate, pages.usual), nan=1.0)
    lost = pages.spend * np.maximum(1 - rate_left, 0)
    for campaign, parts in _by_campaign(panel, pages.broken, pd.Series(lost)):
        money = float(np.nan_to_num(lost[parts]).sum()) or None
        yield DetailFinding(
            panel.campaigns[campaign],
            Level.LANDING_PAGE,
            PAGE_BROKEN,
            tuple(parts),
            money,
            sure=float(pages.sure[parts].mean()),
        )


def _ads(panel: DetailPanel, table: pd.DataFrame) -> Iterator[DetailFinding]:
    ads = tired_ads(panel)
    running = _running(panel)
    tired = ads.tired & running
    table.loc[tired, "verdict"] = TIRED
    table["change"] = np.where(tired, ads.change, np.nan)
    table["showings"] = ads.showings
    lost = _tired_money(panel, ads)
    for campaign, parts in _by_campaign(panel, tired, pd.Series(lost)):
        money = float(np.nan_to_num(lost[parts]).sum()) or None
        sure = float(ads.sure[parts].mean())
        yield DetailFinding(
            panel.campaigns[campaign], Level.AD, AD_TIRED, tuple(parts), money, sure=sure
        )
    best = table["best"].to_numpy(bool) & running & ~tired
    table.loc[best, "verdict"] = BEST
    for campaign, parts in _by_campaign(panel, best, table["results"]):
        yield DetailFinding(panel.campaigns[campaign], Level.AD, AD_BEST, tuple(parts))


def _running(panel: DetailPanel) -> np.ndarray:
    """Ads that were still shown in the last week."""
    showings = panel.add(panel.column("impressions"), panel.age <= 7)
    return np.asarray(showings > 0)


def _tired_money(panel: DetailPanel, ads: TiredAds) -> Floats:
    """Of a week's spend, the share that buys the clicks that no longer come."""
    spend = panel.add(panel.column("spend"), panel.age <= 7)
    return np.asarray(spend * np.clip(-np.nan_to_num(ads.change), 0, 1), dtype=np.float64)


def _quality(panel: DetailPanel, table: pd.DataFrame) -> Iterator[DetailFinding]:
    quality = quality_cost(panel)
    table["score"], table["dear"] = quality.score, quality.by_keyword
    flagged = quality.dear[panel.campaign] & (quality.by_keyword > 0)
    for campaign, parts in _by_campaign(panel, flagged, table["dear"]):
        weakest = int(quality.weakest[campaign])
        lost, low, high = (
            float(side[campaign]) for side in (quality.saved, quality.low, quality.high)
        )
        yield DetailFinding(
            panel.campaigns[campaign],
            Level.KEYWORD,
            QUALITY,
            tuple(parts),
            lost,
            low,
            high,
            float(quality.sure[campaign]),
            RATINGS[weakest] if weakest >= 0 else "",
            float(quality.slope[campaign]),
        )


def window_of(as_of: date, days: int, skip: int) -> tuple[date, date]:
    """The first and last day looked at."""
    last_day = as_of - timedelta(1 + skip)
    return last_day - timedelta(days - 1), last_day


__all__ = [
    "DAYS_READ",
    "CampaignNorm",
    "DetailFinding",
    "JudgedLevel",
    "JudgedPart",
    "judged_level",
    "only_currency",
    "parts_of",
    "week_of",
    "window_of",
]
