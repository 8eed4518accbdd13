"""What a campaign is for, guessed from the words of its name when nobody has said so."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
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
    retargeting. Nothing is ever guessed from the numbers.
    """
    words = _words(name)
    brand = bool({"brand", "branded", "merkevare"} & set(words))
    searched = channel in {"microsoft_ads", "apple_search_ads"} or bool(_SEARCH & set(words))
    if brand and searched:
        return InferredPurpose("convert", _named_model(words) or "CPA", "captured")
    stage, model = next(_hits(words), (None, None))
    captured = any(_CAPTURED.search(word) for word in words)
    return InferredPurpose(stage, _named_model(words) or model, "captured" if captured else None)


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


def _hits(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for stage, model, whole_words, beginnings in _WORDS:
        if any(word in whole_words or word.startswith(beginnings) for word in words):
            yield stage, model


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
