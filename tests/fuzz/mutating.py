"""Inputs that are nearly right: what people and Slack really send, bent in a few places.

Where chance comes from is the caller's: hypothesis makes what breaks small, a random generator is
quick, and a coverage-guided fuzzer goes where nobody has been (`tests.fuzz.chances`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Chance(Protocol):
    """Where chance comes from."""

    def number(self, least: int, most: int) -> int:
        """A whole number, both ends included."""

    def one_of(self, choices: Sequence[T]) -> T:
        """One of them."""

    def letter(self) -> str:
        """Any character there is."""


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


def text(chance: Chance, seeds: Sequence[str], most: int = 4) -> str:
    """One of the seeds with some fragments put in, some spans taken out, words moved."""
    words = chance.one_of(seeds)
    for _ in range(chance.number(0, most)):
        place = chance.number(0, len(words))
        how = chance.one_of(("insert", "insert", "cut", "swap", "splice", "letter"))
        if how == "insert":
            words = words[:place] + chance.one_of(FRAGMENTS) + words[place:]
        elif how == "cut":
            words = words[:place] + words[place + chance.number(1, 12) :]
        elif how == "swap":
            words = _swapped(chance, words)
        elif how == "splice":
            other = chance.one_of(seeds)
            words = words[:place] + other[chance.number(0, len(other)) :]
        else:
            words = words[:place] + chance.letter() + words[place:]
    return words


def _swapped(chance: Chance, words: str) -> str:
    """Two of its words in each other's place."""
    parts = words.split(" ")
    one, other = (chance.number(0, len(parts) - 1) for _ in range(2))
    parts[one], parts[other] = parts[other], parts[one]
    return " ".join(parts)


def content(chance: Chance, seeds: Sequence[bytes], most: int = 5) -> bytes:
    """One of the seeds with bytes flipped, cut, doubled, or texts put in."""
    bent = bytearray(chance.one_of(seeds))
    for _ in range(chance.number(0, most)):
        place = chance.number(0, len(bent))
        how = chance.one_of(("byte", "insert", "cut", "double", "end"))
        if how == "byte" and bent:
            bent[place % len(bent)] = chance.number(0, 255)
        elif how == "insert":
            bent[place:place] = chance.one_of(FRAGMENTS).encode("utf-8", "surrogatepass")
        elif how == "cut":
            del bent[place : place + chance.number(1, 200)]
        elif how == "double":
            bent[place:place] = bent[place : place + chance.number(1, 400)]
        elif how == "end":
            del bent[place:]
    return bytes(bent)


def value(chance: Chance, seeds: Sequence[Any], most: int = 3) -> Any:
    """One of the seeds, as JSON has them, with some parts put in the place of others, or gone."""
    bent = copy.deepcopy(chance.one_of(seeds))
    for _ in range(chance.number(0, most)):
        holders = list(_holders(bent))
        if not holders:
            return chance.one_of(ODD)
        holder, key = chance.one_of(holders)
        if chance.number(0, 1):
            holder[key] = copy.deepcopy(chance.one_of(ODD))
        elif isinstance(holder[key], str):
            holder[key] = text(chance, (holder[key],), 2)
        else:
            del holder[key]
    return bent


def _holders(bent: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a value that something can be put at: its holder and its key there."""
    keys = bent if isinstance(bent, dict) else range(len(bent)) if isinstance(bent, list) else ()
    for key in list(keys):
        yield bent, key
        yield from _holders(bent[key])
