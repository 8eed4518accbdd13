"""A sentence that goes on from the one before: `and meta?`, `why?`, `should we pause it`. Pure.

It says only what is new: whom, which days, which number; the rest is as it was asked before.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.errors import PerfbotError
from bot.numbers.input.windows import parse_window
from bot.question.calendar_spans import span_of, whole_month
from bot.question.metric_words import without_metrics
from bot.question.slots import Slots

_BEGINS = (
    r"(?:(?:and|og|ok|so|men|but)[ ,]+)*"
    r"(?:and|og|(?:what|how) about|[hk]va med|ka med|enn|(?:det )?samme (?:for|på|med)|only|just|"
    r"bare|kun|(?:the )?same (?:thing |question )?(?:for|on|with))(?!\w)"
)
_GOES_ON = re.compile(rf"^\s*{_BEGINS}", re.IGNORECASE)
_GLUE = re.compile(
    r"[¤£◊?!.,:]|\b(?:and|og|what|how|about|hva|kva|ka|med|same|thing|question|det|samme|for|on|in|på|"
    r"i|the|our|vår|of|av|with|then|da|enn|so|ok|men|but|too|also|instead|heller|også|only|just|bare|"
    r"kun)\b"
)
# What else a sentence may hold that says only how the number is told, or under which condition.
_HOW = {
    "form": re.compile(r"\b(?:per|pr|by|each|every|a|hver|om|day|daily|week|weekly|dag|dagen|"
                       r"daglig|uke|uken|ukentlig|share|andel|average|snitt|together|total|totalt)\b"),
    "bound": re.compile(r"[<>=]|[0-9][0-9 .,]*(?:k|%|kr|nok|kroner)?|\b(?:kr|kroner|nok|than|"
                        r"enn|over|under|above|below|more|less|mer|mindre|at least|minst|between|"
                        r"mellom|to|til)\b"),
    "order": re.compile(r"\b(?:[0-9]{1,2}|top|topp|bottom|bunn|best|beste|worst|verste|dårligste|"
                        r"highest|lowest|høyest|lavest|most|least|mest|minst|flest|færrest|one|two|"
                        r"three|five|to|tre|fem|de|first|last)\b"),
}  # fmt: skip
_ALONE = {"form", "bound"}  # these need no `and` before them: nobody asks `per week?` of nothing
_WHY = re.compile(
    r"^\W*(?:(?:and|og|but|men|ok|so|hm+|oh)[ ,]+)*(?:why|hvorfor|koffor|kvifor|how come)"
    r"(?: (?:is|was|er|var|did) (?:that|this|it|det|den)(?: so)?)?(?: det| da| then| though)?\W*$",
    re.IGNORECASE,
)
# Whom something is to be done with, or is asked of, where the sentence only points at it.
_POINTS = re.compile(
    r"\b(?:pause|stop|scale|cut|raise|increase|lower|keep|fix|kill|drop|worth|stopp|stoppe|stanse|"
    r"skalere|kutte|øke|senke|beholde|hit|reach|did|has|is|can|will|er|har|"
    r"kan|vil|når|når startet|startet|begynte) (?:it|that one|this one|them|those|den|dem|disse)\b",
    re.IGNORECASE,
)
_POINTED = {"advice", "when", "forecast", "pace", "target", "what_if", "why", "tracking", "news"}
_BEFORE_IT = re.compile(
    r"\b(?:(?:the )?(?:day|week|month|period) before(?: that)?|before that|"
    r"(?:dagen|uk[ae]n?|måneden|perioden) før(?: det)?|før det)\b",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"^\W*(?:(?:and|og|ok|so|but|men)[ ,]+)*(?:is|was|er|var) (?:that|it|this|det|den|dette) "
    r"(?:any |a |noe |en |et |considered )?(?:good|bad|ok|okay|fine|high|low|normal|a lot|much|"
    r"too \w+|expensive|bra|dårlig|greit|høyt|lavt|normalt?|mye|lite|for \w+|dyrt|innafor|innenfor)"
    r"(?: number| result| tall)?\W*$",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"^\W*(?:(?:and|og|ok|so)[ ,]+)*(?:(?:compare|sammenlign|hold) )?(?:(?:it|that|this|them|"
    r"those|det|den|dette|dem) )?(?:with|to|against|vs\.?|versus|med|mot|opp mot|"
    r"compared (?:to|with)|sammenli[gk]net med) (?:the |our )?¤\W*$"
)
MOST_WORDS = 8


def goes_on(text: str, slots: Slots) -> bool:
    """Whether a sentence only names somebody, days or a number beside what was asked before."""
    if _WHY.match(text) or _GOOD.match(text) or _points(text, slots) or _beside(slots):
        return True
    begins = _GOES_ON.match(text) is not None
    kinds = [kind for kind in _HOW if getattr(slots, kind)]
    earlier = begins and _BEFORE_IT.search(text) is not None
    new = bool(slots.subjects or slots.window or slots.metric or slots.excluded or kinds or earlier)
    left = without_metrics(_BEFORE_IT.sub(" ", slots.text) if earlier else slots.text)
    for kind in kinds:
        left = _HOW[kind].sub(" ", left)
    alone = bool(kinds) and set(kinds) <= _ALONE and not (slots.subjects or slots.metric)
    alone = alone or (bool(slots.excluded) and not slots.metric)
    return new and not _GLUE.sub(" ", left).split() and (begins or alone)


def _points(text: str, slots: Slots) -> bool:
    """Whether a sentence asks of whom the one before named, and names nobody itself."""
    short = len(text.split()) <= MOST_WORDS
    return short and not slots.things and slots.intent in _POINTED and bool(_POINTS.search(text))


def _beside(slots: Slots) -> bool:
    """Whether it holds somebody against whom the one before named: `compare that to meta`."""
    return bool(slots.things) and _BESIDE.match(slots.text) is not None


def went_on(slots: Slots, before: Slots, *, text: str = "", as_of: date | None = None) -> Slots:
    """The question before, with what is new put in its place."""
    if _WHY.match(text):
        return replace(before, intent="why", detail="", also=(), form="", order="", bound=None)
    if _GOOD.match(text):
        return replace(
            before, intent="target", detail="off", also=(), form="", order="", bound=None
        )
    if _beside(slots) and before.things:
        both = tuple(dict.fromkeys((*before.subjects, *slots.subjects)))
        return replace(before, intent="compare", detail="", subjects=both, form="", by="", order="")
    if text and _points(text, slots):
        return replace(slots, subjects=before.subjects, metric=slots.metric or before.metric)
    merged = replace(
        before,
        subjects=slots.subjects or before.subjects,
        excluded=slots.excluded or before.excluded,
        metric=slots.metric or before.metric,
        also=slots.also if slots.metric else before.also,
        window=slots.window or _earlier(text, before.window, as_of) or before.window,
        against=slots.against if slots.window else before.against,
        form=slots.form or before.form,
        order=slots.order or before.order,
        count=slots.count or before.count,
        bound=slots.bound or before.bound,
        besides=slots.besides if slots.bound else before.besides,
        text=slots.text if before.intent == "define" else before.text,
    )
    asks_number = slots.metric and before.intent in {"news", "advice", "moved"}
    in_form = bool(slots.form) and before.intent in {"news", "compare", "which", "why"}
    return replace(merged, intent="how_much", detail="") if asks_number or in_form else merged


def _earlier(text: str, window: str, as_of: date | None) -> str:
    """`and the day before?`: as many days just before those asked about; "" for anything else."""
    if as_of is None or not _BEFORE_IT.search(text):
        return ""
    try:
        span = parse_window(window or "7d", as_of)[0]
    except PerfbotError:
        return ""
    until = span.since - timedelta(1)
    if (span.since, span.until) == whole_month(span.since.year, span.since.month):
        return span_of(*whole_month(until.year, until.month))
    return span_of(span.since - timedelta(span.days), until)
