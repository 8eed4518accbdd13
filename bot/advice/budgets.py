"""What a piece of advice does to daily budgets, in the currency's minor unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.findings import Finding
from bot.advice.rules.rulebook import Rule
from bot.domain.money import digits, from_minor, plain, share_of, to_minor
from bot.numbers.signals.detectors import newest_budget

Minor: TypeAlias = int
LEAST_SHARE = 0.03
"""Moves under 3 % of a budget are not worth a person's morning (STATISTICS.md item 9)."""


@dataclass(frozen=True)
class ProposedChange:
    """A change of daily budgets.

    Attributes:
        move: What moves a day, minor units.
        before, after: Daily budgets by campaign row, minor units; empty where unknown.
        about: The budget is unknown: the amount comes from mean spend, and nothing can be applied.
    """

    move: Minor
    before: Mapping[int, Minor]
    after: Mapping[int, Minor]
    about: bool = False


@dataclass(frozen=True)
class RefusedChange:
    """The guard that allows no change, with its numbers."""

    guard: str
    numbers: Mapping[str, float | str | None]


@dataclass(frozen=True, eq=False)
class Budgets:
    """Daily budgets of a morning; where one is unknown, what was spent a day instead."""

    facts: Facts
    _totals: dict[tuple[object, ...], Minor] = field(default_factory=dict, repr=False)

    def known(self, row: int) -> Minor | None:
        """The newest daily budget in minor units; None where none is known."""
        budget = float(self._newest[row])
        return to_minor(budget, self.currency(row)) if budget > 0 else None

    def guessed(self, row: int, finding: Finding) -> Minor:
        """The daily budget, or else the mean spend of a day of the window."""
        budget = self.known(row)
        if budget is not None:
            return budget
        view = finding.view(row)
        mean = float(view["spend.now"][row]) / float(view["days.now"][row])
        return to_minor(mean, self.currency(row)) if np.isfinite(mean) else 0

    def currency(self, row: int) -> str | None:
        """The campaign's currency, None where unknown."""
        code: str | None = self.facts.said("currency")[row]
        return code

    @property
    def _newest(self) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return self.facts.kept(("newest budget",), lambda: newest_budget(self.facts.scene))

    def total(self, row: int) -> Minor:
        """The known daily budgets of the campaign's stage, currency and client together."""
        key = self.facts.stage_key(row)
        if key not in self._totals:
            self._totals[key] = sum(self.known(peer) or 0 for peer in self.stage_of(row))
        return self._totals[key]

    def stage_of(self, row: int) -> list[int]:
        """The campaigns of its stage, currency and client."""
        return self.facts.stages[self.facts.stage_key(row)]

    def floor(self, row: int) -> Minor:
        """What the plan says must stay: its share of the stage's budget."""
        share = self.facts.said("floor")[row]
        share_known = share is not None and not np.isnan(float(share))
        return share_of(self.total(row), float(share)) if share_known else 0

    def step(self, rule: Rule, row: int) -> float:
        """The share of a budget that moves at most: the rule's, within the cell's for shifts."""
        rule_step = rule.action.step
        return self.facts.table[row]["step"] if rule_step is None else rule_step

    def alone(self, rule: Rule, row: int, finding: Finding) -> ProposedChange | RefusedChange:
        """The change of raise_budget, cut_budget or pause."""
        now = self.guessed(row, finding)
        sign = 1 if rule.action.do == "raise_budget" else -1
        most = now if rule.action.do == "pause" else plain(share_of(now, self.step(rule, row)))
        keep = self.floor(row) if sign < 0 else 0
        move = most if sign > 0 else max(0, min(most, now - keep))
        if move <= 0 or move < share_of(now, LEAST_SHARE):
            return self._refused(row, now, keep)
        return self._change(move, {row: now}, {row: now + sign * move}, (row,))

    def _change(
        self,
        move: Minor,
        before: Mapping[int, Minor],
        after: Mapping[int, Minor],
        rows: tuple[int, ...],
    ) -> ProposedChange:
        if any(self.known(row) is None for row in rows):
            return ProposedChange(move, {}, {}, about=True)
        return ProposedChange(move, before, after)

    def _refused(self, row: int, now: Minor, keep: Minor) -> RefusedChange:
        money = self.currency(row)
        numbers = {"daily_budget": from_minor(now, money), "floor": from_minor(keep, money)}
        return RefusedChange(
            "floor" if keep > 0 and now - keep < share_of(now, 0.2) else "step", numbers
        )

    def units(self, minor: Minor, row: int) -> float:
        """Minor units of the campaign's currency as currency units."""
        return from_minor(minor, self.currency(row))

    def smallest(self, row: int) -> float:
        """The smallest amount of the campaign's currency."""
        return float(10 ** -digits(self.currency(row)))
