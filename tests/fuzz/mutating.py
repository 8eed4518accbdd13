"""Inputs that are nearly right: what people and Slack really send, bent in a few places."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

# What breaks programs: signs that mean something to somebody, edges, emptiness, far too much.
FRAGMENTS = (
    "", " ", "\n", "\t", "\x00", "\u200b", "\u202e", "\ufeff", "\ud800", "🦄", "ø", "İ", "ﬁ",
    "１２",
    '"', "'", "`", "\\", "/", "%", "%s", "{}", "{{ 7*7 }}", "${x}", "<@U0KARI001>", "<!channel>",
    "<https://a|b>", "&amp;", "|", ";--", "' OR 1=1", "*", "_", "..", "-", "–", "=1+1", "@x", "#",
    "0", "-1", "1e999", "NaN", "inf", "9" * 40, "2026-02-30", "0000-00-00", "9999-12-31", "28d",
    "mtd",
    "999999999999d", "2026-11-01..2026-11-15", "2026-11-15..2026-11-01", "vs target", "vs", "and",
    "by week", "per day", "not", "why", "50%", "to 400", "cpa", "google", "a" * 3000, "(" * 200,
    "null", "true", "[]", "xoxb-1-2-3", "/perf", "help",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, "", "x", 0, -1, 1.5, 10**30, True, False, [], {}, [None], [[]], {"": ""}, {"id": 5},
    "\x00", "\ud800", "a" * 4000, "1.1", "C0PERFORM", "U0KARI001", "2026-02-30", "{}", "[1",
)  # fmt: skip


@st.composite
def texts(draw: st.DrawFn, seeds: tuple[str, ...], most: int = 4) -> str:
    """One of the seeds with some fragments put in, some spans taken out, words moved."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, most))):
        place = draw(st.integers(0, len(text)))
        how = draw(st.sampled_from(("insert", "insert", "cut", "swap", "splice", "letter")))
        if how == "insert":
            text = text[:place] + draw(st.sampled_from(FRAGMENTS)) + text[place:]
        elif how == "cut":
            text = text[:place] + text[place + draw(st.integers(1, 12)) :]
        elif how == "swap":
            words = text.split(" ")
            text = " ".join(draw(st.permutations(words[:8]))) + " ".join(words[8:])
        elif how == "splice":
            other = draw(st.sampled_from(seeds))
            text = text[:place] + other[draw(st.integers(0, len(other))) :]
        else:
            text = text[:place] + draw(st.characters()) + text[place:]
    return text


@st.composite
def bytes_(draw: st.DrawFn, seeds: tuple[bytes, ...], most: int = 5) -> bytes:
    """One of the seeds with bytes flipped, cut, doubled, or texts put in."""
    content = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, most))):
        place = draw(st.integers(0, len(content)))
        how = draw(st.sampled_from(("byte", "insert", "cut", "double", "end")))
        if how == "byte" and content:
            content[place % len(content)] = draw(st.integers(0, 255))
        elif how == "insert":
            content[place:place] = draw(st.sampled_from(FRAGMENTS)).encode("utf-8", "surrogatepass")
        elif how == "cut":
            del content[place : place + draw(st.integers(1, 200))]
        elif how == "double":
            content[place:place] = content[place : place + draw(st.integers(1, 400))]
        elif how == "end":
            del content[place:]
    return bytes(content)


@st.composite
def values(draw: st.DrawFn, seeds: tuple[Any, ...], most: int = 3) -> Any:
    """One of the seeds, as JSON has them, with some parts put in the place of others, or gone."""
    value = copy.deepcopy(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, most))):
        holders = list(_holders(value))
        if not holders:
            return draw(st.sampled_from(ODD))
        holder, key = draw(st.sampled_from(holders))
        if draw(st.booleans()):
            holder[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
        elif isinstance(holder[key], str):
            holder[key] = draw(texts((holder[key],), 2))
        else:
            del holder[key]
    return value


def _holders(value: Any) -> Any:
    """Every place in a value that something can be put at: its holder and its key there."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in list(keys):
        yield value, key
        yield from _holders(value[key])
