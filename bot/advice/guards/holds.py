"""What holds advice back although its rule speaks, each guard with its numbers.

Settled in this order: other rules that mute it (tracking and late data first), the mornings it
must last, answers and cooldown, an ad that does well, and what holds money back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.findings import Finding
from bot.advice.guards.answer_silence import AnswerSilence
from bot.advice.guards.money_holds import MoneyHolds
from bot.advice.rules.rulebook import PERFORMANCE, Rule, Rulebook
from bot.domain.advice import HeldBack, Memory

AD_ACTIONS = {"refresh_creative", "cap_frequency"}
WELL = 0.9
"""Of its target: what costs less than this, and no more than before, needs no new ad."""
_MUTED_BY = {"check_tracking": "tracking", "hold": "late_data"}


@dataclass(frozen=True, eq=False)
class Guards:
    """The guards of one morning.

    Attributes:
        lasted: Mornings in a row each rule has spoken of each campaign.
        findings: Of today, in the rulebook's order.
    """

    facts: Facts
    memory: Memory
    findings: tuple[Finding, ...]
    lasted: Mapping[str, Mapping[int, int]]

    @cached_property
    def answered(self) -> AnswerSilence:
        """What was answered, as far as it still counts."""
        return AnswerSilence(self.facts, self.memory)

    @cached_property
    def money(self) -> MoneyHolds:
        """What holds money back."""
        return MoneyHolds(self.facts, self.answered)

    @property
    def rulebook(self) -> Rulebook:
        return self.facts.rulebook

    def campaign(self, row: int) -> str:
        """The campaign's id on the board."""
        return self.facts.ids[row]

    def hold(self, rule: Rule, row: int, finding: Finding) -> HeldBack | None:
        """The first guard that holds the rule back about a campaign; None if none does."""
        for guard, numbers in self._guards(rule, row, finding):
            return HeldBack(self.campaign(row), rule.id, guard, numbers)
        return None

    def silenced(self, rule: Rule, row: int) -> bool:
        """Whether another rule or an answer silences what was said before."""
        return any(True for part in (self._muted, self.answered.holds) for _ in part(rule, row))

    def _guards(
        self, rule: Rule, row: int, finding: Finding
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        yield from self._muted(rule, row)
        yield from self._for(rule, row)
        yield from self.answered.holds(rule, row)
        yield from self._thriving(rule, row, finding)
        yield from self.money.holds(rule, row, finding)

    def _thriving(
        self, rule: Rule, row: int, finding: Finding
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """No ad is worn while what it is for costs well under target, and no more than before."""
        cell = self.facts.cells[row]
        if rule.action.do not in AD_ACTIONS or cell.stage in {None, "reach"}:
            return
        view = finding.view(row)
        names = [f"{cell.judge}.{when}" for when in ("now", "before", "target")]
        now, before, target = (float(view[name][row]) for name in names)
        if now <= before and now <= WELL * target:
            yield "thriving", dict(zip(names, (now, before, target), strict=True))

    def _muted(self, rule: Rule, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        by = self.muted.get((rule.id, row))
        if by:
            yield _MUTED_BY.get(by.action.do, "muted"), {"by": by.id}

    def _for(self, rule: Rule, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        lasted = self.lasted[rule.id].get(row, 0)
        if lasted < rule.mornings:
            yield "for", {"mornings": lasted, "needed": rule.mornings}

    @cached_property
    def muted(self) -> Mapping[tuple[str, int], Rule]:
        """Which rule silences which, for each campaign: only rules that are true and have lasted.

        Rules are read in order, always.yml first; one that is silenced itself silences nobody.
        """
        muting_rules: dict[tuple[str, int], Rule] = {}
        for finding in self.findings:
            rule = finding.rule
            silenced_rules = list(self._silences(rule)) if rule.mutes else []
            for row, lasted in self.lasted[rule.id].items() if silenced_rules else ():
                if lasted < rule.mornings or (rule.id, row) in muting_rules:
                    continue
                for silenced_rule in silenced_rules:
                    muting_rules.setdefault((silenced_rule, row), rule)
        return muting_rules

    def _silences(self, rule: Rule) -> Iterator[str]:
        for candidate in self.rulebook.rules:
            performance = PERFORMANCE in rule.mutes and candidate.judges_performance
            if candidate.id != rule.id and (performance or candidate.id in rule.mutes):
                yield candidate.id
