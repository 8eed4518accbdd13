"""Scenes of what goes on below a campaign, for campaigns as asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.render.detail_sentences import NONE, WASTED
from bot.render.values.detail_answers import DetailAnswer, DetailFound, DetailLine, DetailSection

SINCE, UNTIL = dt.date(2026, 10, 24), dt.date(2026, 11, 20)
LEVELS = {"keyword_waste": "keyword", "term_waste": "search_term", "ad_waste": "ad",
          "ad_set_waste": "ad_set", "page_waste": "landing_page", "misfit": "age"}  # fmt: skip
PARTS = ("18-24", "25-34")  # of no language: names are not ours to translate
CAMPAIGN = "广告"


def _found(kind: str, level: str, campaign: str, **more: Any) -> DetailFound:
    base = DetailFound(kind, level, campaign, PARTS[:1], 1, "conversions", "NOK", 4200.0, 2.0,
                       2100.0, 152.0, 962.4, 850.0, 1049.0)  # fmt: skip
    return replace(base, **more)


def _lines(level: str, campaign: str = "") -> tuple[DetailLine, ...]:
    verdicts = (("waste", 0.0, None), ("dear", 2.0, 800.0), ("good", 31.0, 98.0),
                ("too_little", 0.0, None), ("unknown", None, None))  # fmt: skip
    return tuple(
        DetailLine(
            f"{number}", campaign, 4200.0 - 700 * number, results, cost, 152.0, "NOK",
            "conversions", verdict, score=4.0 if level == "keyword" else None,
            lost=962.4 if verdict == "waste" else None,
        )
        for number, (verdict, results, cost) in enumerate(verdicts)
    )  # fmt: skip


def _section(level: str, campaign: str = "") -> DetailSection:
    return DetailSection(level, 41, 18, 12_340.0, "NOK", _lines(level, campaign))


def _answer(of: str, name: str, found: Sequence[DetailFound], *levels: str) -> DetailAnswer:
    sections = tuple(_section(level, "" if name else CAMPAIGN) for level in levels)
    return DetailAnswer(of, name, tuple(found), 0, sections, SINCE, UNTIL, 2)


def detail_scenes(names: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Each kind of finding in one and in several, nothing found, and nothing known."""
    name = names[0] if names else CAMPAIGN
    several = {"names": PARTS, "count": 14}
    wastes = [_found(kind, LEVELS[kind], name) for kind in WASTED]
    many = [replace(one, **several) for one in wastes]
    quality = _found("quality", "keyword", name, slope=-0.11, rating="landing_page_experience")
    page = _found("page_broken", "landing_page", name, since=dt.date(2026, 11, 17), change=-0.55,
                  low=None, high=None)  # fmt: skip
    tired = _found("ad_tired", "ad", name, change=-0.31, showings=1_279_267.0)
    best = _found("ad_best", "ad", name, cost=107.0, usual=226.0, lost=None)
    keywords = _answer("keywords", name, [wastes[0], wastes[1], quality], "keyword", "search_term")
    answers = {
        "keywords": keywords,
        "keywords_all": replace(_answer("keywords", "", many[:2], "keyword"), more_findings=3),
        "ads": _answer("ads", name, [tired, *wastes[2:4], best], "ad", "ad_set"),
        "ads_several": _answer(
            "ads", name, [replace(tired, **several), *many[2:4], replace(best, **several)], "ad"
        ),
        "pages": _answer("pages", name, [page, wastes[4]], "landing_page"),
        "pages_several": _answer(
            "pages", name, [replace(page, **several), many[4]], "landing_page"
        ),
        "pages_sound": _answer("pages", name, [wastes[4]], "landing_page"),
        "audiences": _answer("audiences", name, [wastes[5]], "age", "device"),
        "keywords_leads": _answer(
            "keywords", name, [replace(wastes[0], counted="leads", usual=None)], "keyword"
        ),
    }
    answers |= {f"{of}_quiet": _answer(of, name, [], "keyword") for of in NONE}
    answers |= {f"{of}_none": DetailAnswer(of, name) for of in NONE}
    scenes = {f"details:{key}": {"answer": answer} for key, answer in answers.items()}
    return {"details": {"answer": keywords}, **scenes}
