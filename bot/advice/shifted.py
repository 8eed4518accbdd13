"""A shift of budgets that is ready to be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.advice.changes import Change
from bot.advice.findings import Finding
from bot.advice.response.effect import Effect
from bot.advice.types import Shift


@dataclass(frozen=True)
class Shifted:
    """A shift ready to be said, by the facts' rows.

    Attributes:
        givers, takers: The surest first.
        change: What it does to budgets.
        effect: Results more a week.
        parts: What each campaign adds to the effect's mean.
        terms: What is remembered of it.
        counted: The column of its results.
    """

    finding: Finding
    givers: tuple[int, ...]
    takers: tuple[int, ...]
    change: Change
    effect: Effect
    parts: Mapping[int, float]
    terms: Shift
    counted: str | None
