"""Which entry of a plan is about a campaign."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from bot.numbers.names import channel_key, normal_name

Fits: TypeAlias = Callable[[str], object]


def matches(pattern: str, channel: str, campaign_name: str) -> bool:
    """Whether a plan's pattern fits a campaign: its name, case aside, or `channel:name`."""
    return Patterns((pattern,)).first(channel, campaign_name) is not None


class Patterns:
    """Patterns in order, read once, so that each of many names is looked up quickly."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._names: dict[tuple[str | None, str], int] = {}
        self._wild: list[tuple[int, str | None, Fits]] = []
        for place, pattern in enumerate(patterns):
            wanted = normal_name(pattern)
            self._add(place, None, wanted)
            channel, colon, rest = wanted.partition(":")
            if colon:
                self._add(place, channel_key(channel), rest.strip())

    def _add(self, place: int, channel: str | None, wanted: str) -> None:
        self._names.setdefault((channel, wanted), place)
        if any(mark in wanted for mark in "*?["):
            self._wild.append((place, channel, re.compile(fnmatch.translate(wanted)).match))

    def first(self, channel: str, campaign_name: str) -> int | None:
        """The place of the first pattern that fits, None where none does."""
        name = normal_name(campaign_name)
        whole = (self._names.get((None, name)), self._names.get((channel, name)))
        found = min((place for place in whole if place is not None), default=None)
        for place, only, fits in self._wild:
            if found is not None and place > found:
                break
            if (only is None or only == channel) and fits(name):
                return place
        return found
