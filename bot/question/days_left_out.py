"""Days a sentence names to be left out: `the last 14 days, leaving out the last three`. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.errors import PerfbotError
from bot.numbers.input.windows import parse_window
from bot.question.calendar_spans import span_of
from bot.question.named_days import MARK, NamedDays

WEEK = 7
_WORDS = (
    r"(?:excluding|exclud(?:e|es|ed)|excl\.?|ex\.?|except(?: for)?|without|other than|but not|"
    r"minus|apart from|not counting|not including|leav(?:e|es|ing) out|leav(?:e|ing) aside|"
    r"ignor(?:e|es|ing)|disregard(?:ing)?|(?:not|don't|ikke) (?:includ(?:e|ing)|count|regne?r? med|"
    r"tar? med)|unntatt|uten|utenom|bortsett fra|eksklusive|ekskl\.?|fratrukket|"
    r"(?:ser?|så) (?:vi |jeg |man |du )?bort fra|hopper? over|ekskluder\w*|hold(?:er|e)? utenfor)"
    r" (?:the |de |den )?"
)
_LEADS_OUT = re.compile(rf"\b{_WORDS}$")
_PHRASE = re.compile(
    rf"[ ,]*(?:\b(?:if|when|hvis|når|om|and|og) )?(?:\b(?:we|i|you|vi|jeg|man|du) )?"
    rf"\b{_WORDS}{MARK}"
)


def unsaid(text: str) -> str:
    """A sentence without the days it leaves out, where it names others: they say nothing of it."""
    shorter = _PHRASE.sub(" ", text)
    return " ".join(shorter.split()) if MARK in shorter else text


def without_left_out(
    bare: str, days: tuple[NamedDays, ...], as_of: date
) -> tuple[tuple[NamedDays, ...], str]:
    """The days that count, without those at either end of them that are to be left out.

    Days from their middle cannot be left out: their words are given back, to be said as not used.
    """
    excluded_days = [span for span in days if _LEADS_OUT.search(bare[: span.start])]
    try:
        left_span = parse_window(excluded_days[0].window, as_of)[0] if excluded_days else None
        counted_days = [span for span in days if span not in excluded_days]
        span = parse_window(counted_days[0].window, as_of)[0] if counted_days else None
    except PerfbotError:
        return days, ""
    if left_span is None:
        return days, ""
    words = bare[excluded_days[0].start : excluded_days[0].end].strip()
    if span is None:
        usual = span_of(left_span.since - timedelta(WEEK), left_span.since - timedelta(1))
        newest = left_span.until == as_of - timedelta(1)
        return ((replace(excluded_days[0], window=usual),), "") if newest else ((), words)
    since, until = span.since, span.until
    if left_span.since <= since <= left_span.until:
        since = left_span.until + timedelta(1)
    if left_span.since <= until <= left_span.until:
        until = left_span.since - timedelta(1)
    if since > until or (since, until) == (span.since, span.until):
        overlap = span.since <= left_span.until and left_span.since <= span.until
        return tuple(counted_days), words if overlap else ""
    return (replace(counted_days[0], window=span_of(since, until)), *counted_days[1:]), ""
