"""perfbot's detectors alone: only the rules that name a fault are asked, and no budget is touched.

Quicker than the whole advice, for tuning what finds faults: nothing is answered, so that a flag
stands as long as it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.advice.perfbot import number
from benchmarks.advice.pieces import Answer, Piece, Said
from benchmarks.advice.score import FLAGS
from benchmarks.advice.worlds.table import Seen
from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.findings import Finding, Mornings
from bot.advice.rules.rulebook import Rule
from bot.rules_files import load

GAP = 7
"""Mornings a flag may be gone without being news when it comes back."""


class Detectors:
    """The rules that name a fault, as they are shipped."""

    def __init__(self) -> None:
        self.rulebook = load()
        self.rules = [r for r in self.rulebook.rules if r.action.do in FLAGS and not r.silent]
        self.muting = {
            rule.id: [each for each in rule.mutes if each != "performance"]
            for rule in self.rulebook.rules
        }
        self.lasting: dict[tuple[str, int], int] = {}
        self.since: dict[tuple[str, int], tuple[int, int]] = {}

    def morning(self, seen: Seen) -> Said:
        """Rules that hold, have held as long as they ask for, and are not muted."""
        morning = Mornings.of(seen.numbers, seen.as_of, self.rulebook, seen.plan, seen.window_reach)
        facts = morning.facts()
        if facts.size == 0:
            return Said()
        findings = [morning.finding(rule) for rule in self.rules]
        spoken = self._spoken(findings, facts)
        return Said([self._piece(rule, campaign, seen.day) for rule, campaign in spoken])

    def hear(self, answers: Sequence[Answer]) -> None:
        """Nobody's answer changes what is true."""

    def _spoken(self, findings: Iterable[Finding], facts: Facts) -> list[tuple[Rule, int]]:
        held = {
            (one.rule.id, number(facts.ids[row])): one.rule
            for one in findings
            for row in np.flatnonzero(one.speaks)
        }
        self.lasting = {key: self.lasting.get(key, 0) + 1 for key in held}
        ripe = {key: rule for key, rule in held.items() if self.lasting[key] >= rule.mornings}
        muted = {(other, row) for id_, row in ripe for other in self.muting[id_]}
        return [(rule, row) for (id_, row), rule in ripe.items() if (id_, row) not in muted]

    def _piece(self, rule: Rule, campaign: int, day: int) -> Piece:
        """One piece a spell: it keeps its id while it is true, and over a few days' gap."""
        key = (rule.id, campaign)
        first, last = self.since.get(key, (day, -99))
        first = day if day - last > GAP else first
        self.since[key] = (first, day)
        return Piece(f"{rule.id}:{campaign}:{first}", rule.action.do, (campaign,), rule=rule.id)
