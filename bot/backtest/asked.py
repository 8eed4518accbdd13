"""What a backtest is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.advice.rulebook import Rulebook
from bot.backtest.placebo import SEEDS

AHEAD = 14
"""Days that count as what happened next."""


@dataclass(frozen=True)
class Asked:
    """What to replay.

    Attributes:
        since, until: The first morning and the last.
        rules: Ids of the rules to tell of; all where empty.
        changed: A rulebook to hold against, and `words`, what it changes.
        days: How many days count as next.
        seeds: Of the shuffles; none where empty.
    """

    since: date
    until: date
    rules: tuple[str, ...] = ()
    changed: Rulebook | None = None
    words: tuple[str, ...] = ()
    days: int = AHEAD
    seeds: tuple[int, ...] = SEEDS
