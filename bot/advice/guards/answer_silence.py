"""What was answered keeps rules silent: for as long as was said, or through their cooldown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeAlias

from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.cohorts import SHARED
from bot.advice.rules.rulebook import MONEY_ACTIONS, Rule
from bot.domain.advice import Answer, Memory

ENDS = ("undo", "expire")
Group: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class AnswerSilence:
    """The answers that still count on a morning."""

    facts: Facts
    memory: Memory
    _answers: dict[str, list[Answer]] = field(default_factory=dict, repr=False)
    _by_group: dict[str, dict[Group, list[Answer]]] = field(default_factory=dict, repr=False)

    def holds(self, rule: Rule, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for answer in reversed(self._answers_to(rule, row)):
            if not self._concerns(answer, rule):
                continue
            until = self._silent_until(answer, rule, row)
            if until is None or self.facts.as_of < until:
                numbers = {"verb": answer.verb, "answered_on": answer.on.isoformat()}
                guard = "answered" if answer.verb in {"snooze", "progress"} else "cooldown"
                yield guard, {**numbers, "until": until.isoformat() if until else None}

    def _answers_to(self, rule: Rule, row: int) -> list[Answer]:
        """About a campaign; what was answered of its account as a whole holds for it as well."""
        if not rule.whole or not self.memory.answers:
            return self._said(self.facts.ids[row])
        if rule.id not in self._by_group:
            self._by_group[rule.id] = dict(self._answers_by_group(rule))
        return self._by_group[rule.id].get(self._group(rule, row), [])

    def _answers_by_group(self, rule: Rule) -> Iterator[tuple[Group, list[Answer]]]:
        """The answers to a rule about each account, budget or client, oldest first."""
        answers = [answer for answer in standing(self.memory.answers) if answer.rule == rule.id]
        campaigns: dict[Group, set[str]] = {}
        for row in range(self.facts.size if answers else 0):
            campaigns.setdefault(self._group(rule, row), set()).add(self.facts.ids[row])
        for group, ids in campaigns.items():
            yield group, [answer for answer in answers if not ids.isdisjoint(answer.campaign_ids)]

    def _group(self, rule: Rule, row: int) -> Group:
        return tuple(self.facts.said(column)[row] for column in SHARED[rule.together])

    def _said(self, campaign: str) -> list[Answer]:
        """The answers about a campaign that still count, oldest first."""
        if not self._answers:
            for answer in standing(self.memory.answers):
                for id_ in answer.campaign_ids:
                    self._answers.setdefault(id_, []).append(answer)
        return self._answers.get(campaign, [])

    def _concerns(self, answer: Answer, rule: Rule) -> bool:
        """An answer silences its own rule; one that moves money, every rule about money."""
        moves = rule.action.do in MONEY_ACTIONS and "cooldown" not in rule.despite
        if answer.rule == rule.id:
            return answer.verb != "changed_outside" or moves
        changed = answer.verb == "changed_outside"
        return moves and (changed or (answer.verb == "acknowledge" and answer.rule in self._movers))

    @cached_property
    def _movers(self) -> frozenset[str]:
        return frozenset(r.id for r in self.facts.rulebook.rules if r.action.do in MONEY_ACTIONS)

    def _silent_until(self, answer: Answer, rule: Rule, row: int) -> date | None:
        if answer.verb == "snooze" and answer.until:
            return answer.until
        return answer.on + timedelta(self.cooldown(rule, row))

    def cooldown(self, rule: Rule, row: int) -> int:
        """Days of silence after an answer: the rule's own before the cell's."""
        return self.facts.cells[row].cooldown if rule.cooldown is None else rule.cooldown


def standing(answers: Iterable[Answer]) -> list[Answer]:
    """The answers not taken back, oldest first."""
    standing_answers: list[Answer] = []
    for answer in answers:
        if answer.verb in ENDS:
            standing_answers = [
                standing_answer
                for standing_answer in standing_answers
                if standing_answer.advice_id != answer.advice_id
            ]
        else:
            standing_answers.append(answer)
    return standing_answers
