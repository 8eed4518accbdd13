"""What people call the numbers, in English and Norwegian, and which one a sentence means.

lexicon.yml has the words: patterns on casefolded text; the longest that fits wins, so that
`cost per lead` is no cost and `documented sales` are no sales.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from bot.question.terms import MetricPatterns, lexicon
from bot.question.vocabulary import METRICS

SHORT = ("cpm", "cpc", "cpl", "cpa", "ctr", "cvr")  # said of several, too: `cpcs`
_PER = r"(?:per|pr\.?|for|a|an|each|of a|of an|i snitt per)"
_A = "(?:et|en|ei|eit|ein|ett|hvert|hver|kvart|kvar)"
_PAY = r"(?:pay|paying|paid|costs?|betale[rt]?|betalte?|koster|kostet|kosta)"
_DOES = "(?:does|did|do|can|is|may)"
_OF = r"(?: (?:from|on|for|in|of|at|via|fra|på|i|hos) ¤)?"  # whose it is, between it and its cost
# Words that stand between a verb and what it costs: `koster egentlig et lead`.
_REALLY = (
    r"(?: (?:egentlig|nå|da|oss|us|really|actually|currently|now|typically|vanligvis|faktisk))*"
)
_TO_GET = r"(?:to get|getting|for|for å få|å få)"
_COST = r"(?:cost|costs|price|prisen?|kostnad(?:en)?|koster|kostet|pris)"


def _price(units: str) -> tuple[str, ...]:
    """Every way of saying what one of something costs."""
    return (
        rf"{_COST} {_PER} (?:one )?(?:{units})",
        rf"{_COST} ?/ ?(?:{units})",
        rf"(?:a|one|an|et|en) (?:{units}){_OF} (?:is )?cost(?:s|ing)(?: us)?",
        rf"(?:what|how much)(?: money)? {_DOES} (?:one|an?|each) (?:{units}){_OF}{_REALLY} costs?",
        rf"(?:what|how much) (?:one|an?) (?:{units}) costs?",
        rf"(?:what|how much) {_DOES} (?:one|an?|each) (?:{units}){_OF}{_REALLY} runs?(?: us)?",
        rf"(?:hva|kva|ka|hvor mye) (?:koste[rt]?|kosta|kan|får|har){_REALLY} {_A} (?:{units})",
        rf"(?:et|en|ett|eit|ein) (?:{units}){_OF} (?:koste|koster|kostet|kosta)",
        rf"(?:costs?|koster) (?:the )?(?:most|least|mest|minst) {_PER} (?:{units})",
        rf"{_PAY} (?:\w+ ){{0,4}}?{_TO_GET} (?:one|an?|each|every|1|{_A}) (?:{units})",
        rf"(?:per|pr\.?) (?:{units})",
    )


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each metric's words in one pattern: those of the lexicon, and those commands know."""
    lexicon_metrics = lexicon().metrics
    return tuple(
        (name, _any(_words(lexicon_metrics.get(name, MetricPatterns()), name)))
        for name in {**lexicon_metrics, **METRICS}
    )


def _words(entry: MetricPatterns, name: str) -> tuple[str, ...]:
    prices = _price(entry.one) if entry.one else ()
    return (
        *entry.words,
        *prices,
        *(
            f"{re.escape(word)}s?" if word in SHORT else re.escape(word)
            for word in METRICS.get(name, ())
        ),
    )


def _any(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w])")


def without_metrics(text: str) -> str:
    """The sentence without the words that name metrics."""
    at, pieces = 0, []
    for start, end, _ in metric_spans(text):
        pieces.append(text[at:start])
        at = end
    return " ".join(" ".join((*pieces, text[at:])).split())


PRICE_OF = {
    "impressions": "cpm", "clicks": "cpc", "leads": "cpl", "conversions": "cpa",
    "qualified_leads": "cost_per_qualified_lead", "landing_views": "cost_per_landing_view",
    "engagements": "cost_per_engagement", "repeat_conversions": "cost_per_repeat_sale",
}  # fmt: skip
SHARE_OF = {"clicks": "ctr", "conversions": "conversion_rate", "leads": "lead_rate"}


def metrics_in(text: str) -> tuple[str, ...]:
    """The metrics a casefolded sentence names, the first first; a longer phrase holds its words."""
    return tuple(dict.fromkeys(name for _, _, name in metric_spans(text)))


def metric_spans(text: str) -> list[tuple[int, int, str]]:
    """Where metrics are named, in the sentence's order, none inside another."""
    phrases = [
        (match.start(), match.end(), name)
        for name, pattern in _patterns()
        for match in pattern.finditer(text)
    ]
    chosen: list[tuple[int, int, str]] = []
    for span in sorted(phrases, key=lambda one: (one[0] - one[1], one[0])):
        if all(span[1] <= longer[0] or span[0] >= longer[1] for longer in chosen):
            chosen.append(span)
    return sorted(chosen)
