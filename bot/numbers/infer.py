"""What a campaign is for, guessed when nobody has said so: from its name, type and results."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

STAGES = ("reach", "act", "convert", "engage")
MODELS = ("CPM", "CPC", "CPL", "CPA")
DEFAULT_MODEL = {"reach": "CPM", "act": "CPC", "convert": "CPA", "engage": "CPA"}

# What is nearest to the money says most about a campaign: the first line with a hit counts.
_LINES: tuple[tuple[str, str, str], ...] = (
    (
        "engage",
        "CPA",
        """engage crm email mail epost newsletter nyhetsbrev winback reactivation reactivate upsell
        crosssell vip members member medlem medlemmer mersalg
        loyal* lojal* retention* retent* kundeklubb* eksisterende* gjenkjøp*""",
    ),
    (
        "convert",
        "CPA",
        """convert sales sale order orders shopping shop pmax catalog catalogue dpa dsa checkout
        cart basket roas rlsa salg kjøp bestilling ordre handlekurv handle
        conver* konver* retarget* remarket* salgs* nettbutikk* performancemax purchas* katalog*""",
    ),
    (
        "act",
        "CPL",
        """lead signup signups form forms demo trial webinar registration skjema registrering
        kontakt befaring leads* leadgen* påmeld* registrer*""",
    ),
    (
        "act",
        "CPC",
        """act click clicks visit visits search sem engagement besøk klikk søk generic generisk
        traffic* trafikk* landingpage""",
    ),
    (
        "reach",
        "CPM",
        """reach brand video videoviews views thruplay display upper prospecting
        awareness* branding* kjennskap* merkevare* rekkevidde* synlighet* profilering*""",
    ),
)
_CAPTURED = re.compile(r"retarget|remarket|^rlsa$")


@dataclass(frozen=True)
class InferredPurpose:
    """What a name tells: a stage and the model its words name or its stage is usually paid by."""

    stage: str | None = None
    pricing_model: str | None = None
    demand: str | None = None


@lru_cache(maxsize=200_000)
def infer(name: str, channel: str = "") -> InferredPurpose:
    """Guess stage, pricing model and demand from the words of a campaign's name.

    English and Norwegian words; the words of SOURCES.md section 2. A brand campaign in search
    catches demand that is there already: it is convert, and its demand is `captured`, as with
    retargeting. What results it reports is weighed in `purpose`.
    """
    words = _words(name)
    brand = bool({"brand", "branded", "merkevare"} & set(words))
    searched = channel in {"microsoft_ads", "apple_search_ads"} or bool(_SEARCH & set(words))
    if brand and searched:
        return InferredPurpose("convert", _named_model(words) or "CPA", "captured")
    place = min(map(_place_of, words), default=len(_WORDS))
    stage, model = _WORDS[place][:2] if place < len(_WORDS) else (None, None)
    captured = any(_CAPTURED.search(word) for word in words)
    return InferredPurpose(stage, _named_model(words) or model, "captured" if captured else None)


def purpose(
    name: str, channel: str = "", kind: str | None = None, reported: str | None = None
) -> InferredPurpose:
    """Guess what name, campaign type and reported results suggest together.

    A Search campaign that reports sales and their value sells, whatever a search is usually for; a
    name that says what it is for (traffic, awareness, loyalty) is believed before stray sales.

    Args:
        name: The campaign's.
        channel: Its key.
        kind: What its type is usually for (`Video`: "reach cpm"), None where no type is known.
        reported: One of `REPORTED`, None where it reports no results.
    """
    by_name = infer(name, channel)
    stage, _, model = (kind or "").partition(" ")
    if by_name.stage is None and stage in STAGES:
        by_name = InferredPurpose(stage, by_name.pricing_model or model.upper(), by_name.demand)
    if reported not in REPORTED:
        return by_name
    if reported != "leads" and channel == "google_ads" and _only_of(_BRAND, name):
        return InferredPurpose("convert", "CPA", "captured")
    if _keeps(name, by_name, reported):
        return by_name
    if reported == "leads":
        return InferredPurpose("act", "CPL", by_name.demand)
    if (by_name.stage, by_name.pricing_model) == (
        "act",
        "CPL",
    ):  # its leads are counted as conversions
        return InferredPurpose("act", "CPA", by_name.demand)
    return InferredPurpose("convert", "CPA", by_name.demand)


REPORTED = ("orders", "few orders", "sales", "leads")
ENOUGH, PAYS = 3, 0.3  # results; value back per unit spent, below which orders are few


def reported(conversions: float, revenue: float, leads: float, spend: float) -> str | None:
    """Which results a campaign reports, from its sums: one of `REPORTED`; None for next to none.

    `orders` have a value, `few orders` one that hardly pays, `sales` have none.
    """
    if conversions >= ENOUGH and conversions >= leads:
        if revenue <= 0:
            return "sales"
        return "orders" if revenue >= PAYS * spend else "few orders"
    return "leads" if leads >= ENOUGH else None


def _keeps(name: str, by_name: InferredPurpose, results: str) -> bool:
    """Whether a name says so plainly what a campaign is for that its results change nothing."""
    words = _words(name)
    plainly = any(word in _PLAIN or word.startswith(_PLAIN_BEGINNINGS) for word in words)
    if by_name.stage == "engage":
        return results != "leads"
    if by_name.stage == "reach" and results in {"few orders", "sales"}:
        return not (results == "sales" and _only_of(_STRANGERS, name))
    return plainly and by_name.stage in {"reach", "act"} and by_name.pricing_model != "CPL"


_BRAND = frozenset({"brand", "branded", "merkevare"})
"""In Google's search a name of one's own, looked for by people who know it."""
_STRANGERS = frozenset({"prospecting", "upper"})
"""Whom it is shown to: of shops nearly always to sell."""


def _only_of(words: frozenset[str], name: str) -> bool:
    """Whether what a name says of being seen is these words and no other."""
    reach_words = {word for word in _words(name) if _place_of(word) == len(_LINES) - 1}
    return bool(reach_words) and reach_words <= words


# Words that say what a campaign is for, not what kind of campaign it is.
_PLAIN = frozenset(
    (
        *("reach", "awareness", "videoviews", "thruplay", "views", "landingpage", "besøk"),
        *("traffic", "trafikk", "click", "clicks", "klikk", "visit", "visits"),
    )
)
_PLAIN_BEGINNINGS = (
    *("awareness", "branding", "kjennskap", "rekkevidde", "synlighet", "profilering"),
    *("traffic", "trafikk"),
)


def model_for(guess: InferredPurpose, stage: str | None) -> str | None:
    """The pricing model of a stage: what the name says, else what the stage is usually paid by."""
    if guess.pricing_model and (stage is None or guess.stage == stage or guess.stage is None):
        return guess.pricing_model
    return DEFAULT_MODEL.get(stage or "")


_SEARCH = frozenset({"search", "sem", "søk"})
_WORDS = tuple(
    (
        stage,
        model,
        frozenset(word for word in words.split() if not word.endswith("*")),
        tuple(word[:-1] for word in words.split() if word.endswith("*")),
    )
    for stage, model, words in _LINES
)


@lru_cache(maxsize=100_000)
def _place_of(word: str) -> int:
    """The first of the lines that has a word; after the last where none does."""
    places = (
        place
        for place, (_, _, whole_words, beginnings) in enumerate(_WORDS)
        if word in whole_words or word.startswith(beginnings)
    )
    return next(places, len(_WORDS))


def _named_model(words: tuple[str, ...]) -> str | None:
    return next((word.upper() for word in words if word.upper() in MODELS), None)


def _words(name: str) -> tuple[str, ...]:
    """Split at marks, digits and inner capitals; `lead gen` also gives `leadgen`."""
    text = re.sub(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])", " ", unicodedata.normalize("NFKC", name))
    single = re.findall(r"[^\W\d_]+", text.casefold())
    joined = [a + b for a, b in itertools.pairwise(single)]
    return (*single, *(pair for pair in joined if pair in _JOINED))


_JOINED = frozenset(
    {
        "leadgen",
        "epost",
        "winback",
        "crosssell",
        "videoviews",
        "performancemax",
        "landingpage",
        "signup",
    }
)
