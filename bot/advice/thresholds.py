"""The stage x pricing model table: one row of numbers a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

STAGES = ("reach", "act", "convert", "engage")
PRICING = ("CPM", "CPC", "CPL", "CPA")


@dataclass(frozen=True)
class Cell:
    """One row of numbers of the stage x pricing model table.

    Attributes:
        stage, pricing: None in the row of defaults, which serves campaigns nobody placed.
        judge: The metric that decides here, e.g. `cpa`.
        now, before: Days of the two windows.
        skip_last: Days held back at the end for metrics whose results arrive late.
        cooldown: Days of silence after an answer.
        numbers: Every other threshold, by name.
    """

    stage: str | None
    pricing: str | None
    judge: str
    now: int
    before: int
    skip_last: int
    cooldown: int
    numbers: Mapping[str, float]

    @property
    def name(self) -> str:
        return f"{self.stage}/{self.pricing}" if self.stage and self.pricing else "defaults"


@dataclass(frozen=True)
class Thresholds:
    """The sixteen cells, the defaults, and what a channel or captured demand changes."""

    default: Cell
    cells: Mapping[tuple[str, str], Cell]
    channels: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    captured: Mapping[str, float] = field(default_factory=dict)

    def cell(self, stage: str | None, pricing: str | None) -> Cell:
        """The cell of a campaign; the defaults where stage or model is unknown."""
        return self.cells.get((stage or "", pricing or ""), self.default)

    def numbers(self, cell: Cell, channel: str = "", *, captured: bool = False) -> dict[str, float]:
        """The row as it applies to a campaign of that channel."""
        own = self.captured if captured else {}
        return {**cell.numbers, **own, **self.channels.get(channel, {})}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every threshold a rule may name."""
        return frozenset(self.default.numbers)
