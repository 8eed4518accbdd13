"""What is below the demo's campaigns: keywords, ads, pages and audiences that add up to them.

Each campaign's day is divided among its parts: clicks and results as whole numbers, money to the
øre, so that every level's rows are the campaign's day again. Planted: keywords of Google | Generic
that spend without a result, one whose low quality score makes its clicks dear, its page for
running shoes that broke with the campaign's; an ad of Meta | Awareness autumn that tires, and an
age that Meta | Retargeting says nothing to.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.domain.details import VALUES, Level
from bot.numbers.input.detail_rows import normal_details

Numbers = npt.NDArray[np.float64]
_COUNTED = ("impressions", "clicks", "leads", "conversions")
_BREAKS = 11  # days ago, as the event of bot.demo.market.demo
_WEARS = 0.35  # clicks a showing fall with the days an ad was shown, to this power


@dataclass(frozen=True)
class Part:
    """A part of a campaign: how much of it, at which price, with which results.

    Attributes:
        share: Of the campaign's spend, before the shares are made to add up.
        click_price: Of a click, as a multiple of the campaign's own.
        results: Leads and sales a click, likewise.
        ctr: Clicks a showing, likewise.
        parent: The ad set it is in.
        match_type: Of a keyword.
        quality: Quality score, expected CTR, ad relevance, landing page experience.
        started, ended: So many days ago; None for always and for still.
        tires: It is shown as much and clicked less and less.
        breaks: Clicks stop becoming results.
    """

    name: str
    share: float
    click_price: float = 1.0
    results: float = 1.0
    ctr: float = 1.0
    parent: str = ""
    match_type: str | None = None
    quality: tuple[int, int, int, int] | None = None
    started: int | None = None
    ended: int | None = None
    tires: bool = False
    breaks: bool = False


def _word(name: str, share: float, match_type: str = "phrase", **more: Any) -> Part:
    quality = more.pop("quality", (7, 2, 2, 2))
    return Part(name, share, match_type=match_type, quality=quality, **more)


_SHOP = "https://shop.example"
GENERIC = (
    _word("running shoes", 0.27, "phrase", parent="Shoes", results=1.3, quality=(8, 3, 3, 2)),
    _word("trail shoes", 0.16, "exact", parent="Shoes", results=1.6, quality=(9, 3, 3, 3)),
    _word("shoes online", 0.13, "broad", parent="Shoes", click_price=1.9, results=0.9,
          quality=(3, 1, 1, 2)),
    _word("winter jacket", 0.15, "phrase", parent="Jackets", results=1.25),
    _word("rain jacket", 0.12, "exact", parent="Jackets", results=1.4, quality=(8, 2, 3, 3)),
    _word("free running plan", 0.08, "broad", parent="Shoes", results=0.0, quality=(5, 2, 1, 2)),
    _word("shoe repair", 0.05, "broad", parent="Shoes", results=0.0, quality=(4, 2, 1, 1)),
    _word("sports shop", 0.04, "broad", parent="Shoes", results=0.6, quality=(5, 1, 2, 2)),
)  # fmt: skip
TERMS = (
    Part("running shoes women", 0.16, parent="Shoes", results=1.4, match_type="phrase"),
    Part("best trail shoes", 0.15, parent="Shoes", results=1.5, match_type="exact"),
    Part("shoes online", 0.12, parent="Shoes", click_price=1.8, match_type="broad"),
    Part("winter jacket men", 0.14, parent="Jackets", results=1.2, match_type="phrase"),
    Part("running plan pdf", 0.07, parent="Shoes", results=0.0, match_type="broad"),
    Part("shoe repair near me", 0.05, parent="Shoes", results=0.0, match_type="broad"),
    Part("jobs in a shoe shop", 0.03, parent="Shoes", results=0.0, match_type="broad"),
)
PAGES = (
    Part(f"{_SHOP}/running", 0.55, results=1.0, breaks=True),
    Part(f"{_SHOP}/jackets", 0.30, results=1.15),
    Part(f"{_SHOP}/", 0.15, results=0.7),
)
WORDS = (
    _word("{name}", 0.55, "exact", results=1.2, quality=(9, 3, 3, 3)),
    _word("{name} offer", 0.25, "phrase"),
    _word("{name} reviews", 0.20, "broad", results=0.6, quality=(6, 2, 2, 2)),
)
ADS = (
    Part("Film 15 s", 0.45, parent="Women 25-54", ctr=1.1),
    Part("Carousel", 0.30, parent="Women 25-54", ctr=0.95),
    Part("Still", 0.25, parent="Men 25-54", ctr=0.9),
)
TIRING = (
    Part("Summer film", 0.55, parent="Women 25-54", ended=24),
    Part("Autumn film", 0.55, parent="Women 25-54", started=24, tires=True),
    Part("Autumn carousel", 0.25, parent="Women 25-54"),
    Part("Autumn still", 0.20, parent="Men 25-54"),
)
AGES = (
    Part("18-24", 0.15, results=0.8),
    Part("25-34", 0.28, results=1.1),
    Part("35-44", 0.27, results=1.2),
    Part("45-54", 0.18),
    Part("55+", 0.12, results=0.9),
)
AGES_MISSED = (Part("18-24", 0.34, results=0.05), *AGES[1:])
GENDERS = (Part("female", 0.56, results=1.1), Part("male", 0.41), Part("unknown", 0.03))
REGIONS = (Part("Oslo", 0.34), Part("Vestland", 0.22), Part("Rogaland", 0.16),
           Part("Trøndelag", 0.16), Part("Viken", 0.12))  # fmt: skip
DEVICES = (Part("mobile", 0.66, click_price=0.9, results=0.85),
           Part("desktop", 0.28, click_price=1.2, results=1.5), Part("tablet", 0.06))  # fmt: skip
PLACEMENTS = (Part("facebook feed", 0.46), Part("instagram stories", 0.3, click_price=0.9),
              Part("instagram feed", 0.18),
              Part("audience network", 0.06, results=0.3))  # fmt: skip
SPECIAL: Mapping[tuple[str, Level], Sequence[Part]] = {
    ("g-generic", Level.KEYWORD): GENERIC,
    ("g-generic", Level.SEARCH_TERM): TERMS,
    ("g-generic", Level.LANDING_PAGE): PAGES,
    ("m-awareness", Level.AD): TIRING,
    ("m-retargeting", Level.AGE): AGES_MISSED,
}
_LEVELS: Mapping[str, Mapping[Level, Sequence[Part]]] = {
    "google_ads": {Level.KEYWORD: WORDS, Level.DEVICE: DEVICES, Level.REGION: REGIONS},
    "meta_ads": {Level.AD: ADS, Level.AGE: AGES, Level.GENDER: GENDERS,
                 Level.REGION: REGIONS, Level.DEVICE: DEVICES, Level.PLACEMENT: PLACEMENTS},
}  # fmt: skip
HIDDEN = 0.28
"""Share of a campaign's search terms a platform does not show: they are too rare."""


def details(numbers: pd.DataFrame, seed: int, days: int = 90) -> pd.DataFrame:
    """The detail rows of a market's newest days, as they stand now.

    Args:
        numbers: Daily numbers with every pull of them.
        seed: The same gives the same.
        days: How many of the newest days.

    Returns:
        `bot.numbers.input.detail_rows.INCOMING`. Each level's rows add up to their campaign's day
        but those of search terms, of which some are never shown.
    """
    newest = numbers.sort_values("pulled_on", kind="stable").drop_duplicates(
        ["channel", "account_id", "campaign_id", "date"], keep="last"
    )
    first_day = newest["date"].max() - pd.Timedelta(days=days - 1)
    recent = newest[newest["date"] >= first_day].sort_values("date")
    frames = [
        frame
        for _, campaign in recent.groupby("campaign_id", sort=True)
        for frame in _campaign(campaign.reset_index(drop=True), seed)
    ]
    return normal_details(pd.concat(frames, ignore_index=True))


def _campaign(days: pd.DataFrame, seed: int) -> Iterator[pd.DataFrame]:
    campaign = str(days["campaign_id"][0])
    levels = dict(_LEVELS.get(str(days["channel"][0]), {}))
    levels |= {
        level: parts for (campaign_id, level), parts in SPECIAL.items() if campaign_id == campaign
    }
    for level, parts in levels.items():
        random = np.random.default_rng([seed, zlib.crc32(f"{campaign}/{level}".encode())])
        rows = _divided(days, parts, random)
        if level == Level.SEARCH_TERM:
            rows = rows[rows["detail_name"] != ""]
        rows["level"] = level.value
        yield rows
        if level in {Level.KEYWORD, Level.AD} and rows["parent_name"].notna().any():
            yield _sets(rows)


def _sets(rows: pd.DataFrame) -> pd.DataFrame:
    """The ad sets of ads and keywords, added up from them."""
    keys = ["date", "channel", "account_id", "campaign_id", "campaign_name", "currency",
            "parent_name"]  # fmt: skip
    added = [name for name in VALUES if name in rows and name != "reach"]
    groups = rows.groupby(keys, sort=False)
    sums = groups[added].sum(min_count=1)
    if "reach" in rows:
        sums["reach"] = (groups["reach"].sum(min_count=1) * 0.9).round()  # some see several ads
    sums = sums.reset_index()
    return sums.rename(columns={"parent_name": "detail_name"}).assign(level=Level.AD_SET.value)


def _divided(
    days: pd.DataFrame, parts: Sequence[Part], random: np.random.Generator
) -> pd.DataFrame:
    """A row a day and part; what the parts' shares leave over is a part without a name."""
    if parts is TERMS:
        parts = (*parts, Part("", HIDDEN))
    ago = np.arange(len(days), 0, -1.0)[:, None]
    spend = np.array([part.share for part in parts]) * _runs(parts, ago)
    spend = spend * _wobble(random, (len(days), len(parts)))
    clicks = spend / np.array([part.click_price for part in parts])
    shows = clicks / np.array([part.ctr for part in parts])
    clicks = clicks * _wear(parts, ago)
    works = np.where((ago <= _BREAKS) & np.array([part.breaks for part in parts]), 0.2, 1.0)
    results = clicks * np.array([part.results for part in parts]) * works
    weights = {"spend": spend, "impressions": shows, "clicks": clicks, "leads": results,
               "conversions": results}  # fmt: skip
    values = {
        name: _split(days[name].to_numpy(dtype=np.float64), weights[name], random,
                     100.0 if name == "spend" else 1.0)
        for name in ("spend", *_COUNTED) if name in days
    }  # fmt: skip
    if "revenue" in days and "conversions" in values:
        values["revenue"] = _revenue(days["revenue"].to_numpy(dtype=np.float64),
                                     values["conversions"])  # fmt: skip
    if "reach" in days and days["reach"].notna().any():
        often = (days["impressions"] / days["reach"]).to_numpy(dtype=np.float64)[:, None]
        values["reach"] = np.round(values["impressions"] / (often / _wear(parts, ago) ** 0.3))
    table = _table(days, parts, values)
    return table[(table["spend"] > 0) | (table["impressions"] > 0)].reset_index(drop=True)


def _runs(parts: Sequence[Part], ago: Numbers) -> Numbers:
    """1 on the days a part was there, else 0."""
    started = np.array([part.started or np.inf for part in parts])
    ended = np.array([part.ended or 0 for part in parts])
    return np.where((ago <= started) & (ago > ended), 1.0, 0.0)


def _wear(parts: Sequence[Part], ago: Numbers) -> Numbers:
    """1, and less with each day an ad that tires was shown."""
    shown_days = np.array([part.started or 1 for part in parts]) - ago + 1
    worn = np.maximum(shown_days, 1.0) ** -_WEARS
    return np.where(np.array([part.tires for part in parts]), worn, 1.0)


def _wobble(random: np.random.Generator, shape: tuple[int, int]) -> Numbers:
    return np.asarray(np.exp(random.normal(0, 0.12, shape)))


def _split(totals: Numbers, weights: Numbers, random: np.random.Generator, units: float) -> Numbers:
    """Divide each day's total in whole units by weight; a day nobody counted stays missing."""
    out = np.full(weights.shape, np.nan)
    for day, total in enumerate(totals):
        if np.isnan(total):
            continue
        weight = weights[day] if weights[day].sum() > 0 else np.ones(weights.shape[1])
        units_total = round(total * units)
        share = weight / weight.sum()
        if units == 1.0 and units_total < 1_000_000:
            out[day] = random.multinomial(units_total, share)
        else:
            edges = np.rint(np.cumsum(share) * units_total)
            out[day] = np.diff(edges, prepend=0.0) / units
    return out


def _revenue(totals: Numbers, sales: Numbers) -> Numbers:
    """As the sales are divided, to the øre; whatever came in without a sale goes to the first."""
    share = sales / np.maximum(sales.sum(axis=1, keepdims=True), 1)
    empty = ~(sales.sum(axis=1) > 0)
    share[empty] = np.eye(1, sales.shape[1])[0]
    edges = np.rint(np.cumsum(share, axis=1) * totals[:, None] * 100)
    return np.diff(edges, axis=1, prepend=0.0) / 100


def _table(
    days: pd.DataFrame, parts: Sequence[Part], values: Mapping[str, Numbers]
) -> pd.DataFrame:
    count, times = len(parts), len(days)
    name = str(days["campaign_name"][0]).rpartition("| ")[2].lower()
    same = ["date", "channel", "account_id", "campaign_id", "campaign_name", "currency"]
    table = days[same].loc[np.repeat(np.arange(times), count)].reset_index(drop=True)
    columns: dict[str, list[Any]] = {
        "detail_name": [part.name.format(name=name) for part in parts],
        "parent_name": [part.parent or None for part in parts],
        "match_type": [part.match_type for part in parts],
    }
    grades = [part.quality or (np.nan,) * 4 for part in parts]
    scores = ("quality_score", "expected_ctr", "ad_relevance", "landing_page_experience")
    columns |= {score: [grade[n] for grade in grades] for n, score in enumerate(scores)}
    for column, words in columns.items():
        table[column] = words * times
    for column, numbers in values.items():
        table[column] = numbers.reshape(-1)
    return table
