"""Campaigns of one cell and one lateness: a rule sees them through the same windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.advice.condition import Bools
from bot.advice.lateness import late_days
from bot.advice.rulebook import Cell, Rule
from bot.advice.spans import Spans, spans_of
from bot.numbers.sums import Ints

if TYPE_CHECKING:
    from bot.advice.facts import Facts


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kinds of a morning's campaigns.

    Attributes:
        codes: The kind of each campaign.
        kinds: The cell of each, and the days its newest results lack.
    """

    facts: Facts
    codes: Ints
    kinds: tuple[tuple[Cell, int], ...]

    @classmethod
    def of(cls, facts: Facts) -> Kinds:
        """Sorted by kind, in the order they are met."""
        late = late_days(facts.scene.complete).tolist()
        pairs = list(zip((cell.name for cell in facts.cells), late, strict=True))
        places = {pair: place for place, pair in enumerate(dict.fromkeys(pairs))}
        first = dict(zip(reversed(pairs), reversed(facts.cells), strict=True))
        codes = np.array([places[pair] for pair in pairs], dtype=np.int64)
        return cls(facts, codes, tuple((first[pair], pair[1]) for pair in places))

    def rows(self, rule: Rule) -> dict[Spans, Bools]:
        """The campaigns a rule is for, by the windows it uses for them."""
        found: dict[Spans, Bools] = {}
        fits = self.facts.running & self._charged(rule.billed)
        there = np.bincount(self.codes[fits], minlength=len(self.kinds))
        for code, (cell, late) in enumerate(self.kinds):
            if there[code] and rule.applies(cell):
                spans = spans_of(rule, cell, self.facts.rulebook.metrics, late)
                rows = (self.codes == code) & fits
                found[spans] = found[spans] | rows if spans in found else rows
        return found

    def _charged(self, models: tuple[str, ...]) -> Bools:
        """Campaigns that the platform charges by one of these; all, where none is named."""
        if not models:
            return np.ones(self.facts.size, dtype=bool)
        return np.array([model in models for model in self.facts.said("billed")], dtype=bool)
