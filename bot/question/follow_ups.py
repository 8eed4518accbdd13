"""A sentence that goes on from the one before: `and meta?`, `what about last month`. Pure.

It says only what is new: whom, which days, which number; the rest is as it was asked before.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.question.metric_words import without_metrics
from bot.question.slots import Slots

_BEGINS = (
    r"(?:(?:and|og|ok|so|men|but)[ ,]+)*"
    r"(?:and|og|(?:what|how) about|[hk]va med|ka med|enn|(?:det )?samme (?:for|på|med)|"
    r"(?:the )?same (?:thing |question )?(?:for|on|with))(?!\w)"
)
_GOES_ON = re.compile(rf"^\s*{_BEGINS}", re.IGNORECASE)
_GLUE = re.compile(
    r"[¤£◊?!.,:]|\b(?:and|og|what|how|about|hva|kva|ka|med|same|thing|question|det|samme|for|on|in|på|"
    r"i|the|our|vår|of|av|with|then|da|enn|so|ok|men|but|too|also|instead|heller|også)\b"
)


def goes_on(text: str, slots: Slots) -> bool:
    """Whether a sentence only names somebody, days or a number beside what was asked before."""
    new = bool(slots.subjects or slots.window or slots.metric)
    left = _GLUE.sub(" ", without_metrics(slots.text)).split()
    return new and not left and _GOES_ON.match(text) is not None


def went_on(slots: Slots, before: Slots) -> Slots:
    """The question before, with what is new put in its place."""
    merged = replace(
        before,
        subjects=slots.subjects or before.subjects,
        metric=slots.metric or before.metric,
        also=slots.also if slots.metric else before.also,
        window=slots.window or before.window,
        against=slots.against if slots.window else before.against,
        text=slots.text if before.intent == "define" else before.text,
    )
    asks_number = slots.metric and before.intent in {"news", "advice", "moved"}
    return replace(merged, intent="how_much", detail="") if asks_number else merged
