"""Who gives to whom: each giver gets the best receiver of its pool that nothing holds back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bot.advice.campaigns import pools
from bot.advice.condition import Bools, Floats
from bot.advice.facts import Ints
from bot.advice.findings import Finding
from bot.advice.guards import Guards
from bot.advice.judge import judge_receiver
from bot.advice.rulebook import Rule
from bot.advice.shifts import Effect, Side, effect, pick
from bot.advice.view import View


@dataclass(frozen=True)
class Pair:
    """A giver and a receiver, and how sure it is that both are what the rule says."""

    giver: int
    receiver: int
    sure: float


@dataclass(frozen=True, eq=False)
class Pairs:
    """Receivers for the givers of a morning."""

    guards: Guards
    _fits: dict[tuple[str, int], tuple[Bools, Floats]] = field(default_factory=dict, repr=False)

    @cached_property
    def _pools(self) -> Ints:
        """The pool of each campaign as a number; -1 for one that may not trade."""
        facts = self.guards.facts
        metrics = facts.rulebook.metrics
        judges = (metrics.get(cell.judge) for cell in facts.cells)
        keys = pools(facts.about, [judge.over if judge else None for judge in judges])
        places = {key: place for place, key in enumerate(dict.fromkeys(filter(None, keys)))}
        return np.array([places[key] if key else -1 for key in keys], dtype=np.int64)

    def find(self, finding: Finding, giver: int, taken: Bools) -> Pair | None:
        """The best receiver for a giver; the one already advised stays, while it fits."""
        rule, view = finding.rule, finding.view(giver)
        fits, sure = self._fitting(finding, giver)
        able = fits & (self._pools == self._pools[giver]) & ~taken
        if self._pools[giver] < 0:
            able[:] = False
        able[giver] = False
        able &= ~(_both(finding.sure[giver], sure) < (rule.sure or 0.0))
        best = self._opened(rule, giver, able)
        best = pick(rule, view, able) if best is None else best
        if best is None:
            return None
        return Pair(giver, best, float(_both(finding.sure[giver], sure[[best]])[0]))

    def _opened(self, rule: Rule, giver: int, able: Bools) -> int | None:
        name = self.guards.campaign
        for campaigns in self._open.get((rule.id, name(giver)), ()):
            rows = [row for row in np.flatnonzero(able) if name(int(row)) in campaigns]
            if rows:
                return int(rows[0])
        return None

    @cached_property
    def _open(self) -> Mapping[tuple[str, str], list[tuple[str, ...]]]:
        """The receivers of open advice, by rule and giver."""
        found: dict[tuple[str, str], list[tuple[str, ...]]] = {}
        for id_, campaigns in sorted(self.guards.memory.opened):
            if campaigns:
                found.setdefault((id_, campaigns[0]), []).append(campaigns[1:])
        return found

    def _fitting(self, finding: Finding, giver: int) -> tuple[Bools, Floats]:
        part = int(finding.part[giver])
        key = (finding.rule.id, part)
        if key not in self._fits:
            rows = finding.part == part
            metrics = self.guards.facts.rulebook.metrics
            judged = judge_receiver(finding.rule, finding.views[part], rows, metrics)
            fits = judged.speaks.copy()
            for row in np.flatnonzero(fits):
                fits[row] = self.guards.may_receive(finding.rule, int(row), finding)
            self._fits[key] = (fits, judged.sure)
        return self._fits[key]

    def effect(self, finding: Finding, pair: Pair, move: float) -> Effect | None:
        """What the shift brings a week, in what the giver's cell counts."""
        facts = self.guards.facts
        judge = facts.rulebook.metrics.get(facts.cells[pair.giver].judge)
        if judge is None or judge.over is None or judge.over not in facts.rulebook.metrics:
            return None
        view = finding.view(pair.giver)
        giver, receiver = (self._side(view, judge.over, row) for row in (pair.giver, pair.receiver))
        return effect(move, giver, receiver, facts.table[pair.giver]["elasticity"])

    def counted(self, giver: int) -> str | None:
        """The column a shift's effect is counted in."""
        judge = self.guards.facts.rulebook.metrics.get(self.guards.facts.cells[giver].judge)
        return judge.over if judge else None

    def _side(self, view: View, counted: str, row: int) -> Side:
        row_of: Mapping[str, float] = self.guards.facts.table[row]
        return Side(
            results=float(view[f"{counted}.now"][row]),
            spend=float(view["spend.now"][row]),
            days=float(view["days.now"][row]),
            dispersion=row_of["overdispersion"],
            noise=row_of["day_noise"],
        )


def _both(giver: float, receivers: Floats) -> Floats:
    """P(giver's part) x P(receiver's part); what is a plain fact counts as sure."""
    both = np.nan_to_num(receivers, nan=1.0) * (1.0 if np.isnan(giver) else giver)
    return np.where(np.isnan(receivers) & np.isnan(giver), np.nan, both)
