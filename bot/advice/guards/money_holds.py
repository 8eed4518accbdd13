"""What holds money back: no budget or bid moves while one of these is so, each with its numbers.

A guessed plan, a target far off, money given back, no delivery, a shared budget, results lost
lately, a budget edited lately (its learning phase and cooldown) or set by a shift, demand that was
there anyway, and what the next result would cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

import numpy as np

from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.findings import Finding
from bot.advice.guards.answer_silence import AnswerSilence
from bot.advice.guards.far_targets import far_target, off_target
from bot.advice.rules.condition import Bools, Floats
from bot.advice.rules.rulebook import MONEY_ACTIONS, RAISE_BID, Rule
from bot.numbers.signals.detectors import newest_budget
from bot.numbers.signals.trouble import untrusted_days

CUT = 0.7
"""How surely a campaign's next result is dearer than its pool's before its budget is cut: as
surely as three of ten cuts may be wrong whose target is surely missed as well."""
SHIFTED = 28
"""Days for which a budget that a shift has set is left to it, at least."""
GIVEN_BACK = 0.05
"""Share of four weeks' spend that was given back before prices of these weeks say nothing."""
IDLE = 4
"""Days without spend after which no budget is moved: longer than a weekend off."""


def newest(facts: Facts) -> Floats:
    """The newest daily budget of each campaign, currency units; NaN where unknown."""
    return facts.kept(("newest budget",), lambda: newest_budget(facts.scene))


def clean_days(facts: Facts) -> Floats:
    """Days since the newest one whose results tell nothing; NaN where all of them tell."""
    return facts.kept(("clean days",), lambda: _clean(untrusted_days(facts.scene)))


def _clean(untrusted: Bools) -> Floats:
    since = np.argmax(untrusted[:, ::-1], axis=1).astype(np.float64)
    return np.where(untrusted.any(axis=1), since, np.nan)


@dataclass(frozen=True, eq=False)
class MoneyHolds:
    """The guards of money on a morning."""

    facts: Facts
    answered: AnswerSilence
    _targets_off: dict[int, list[Mapping[str, Any]]] = field(default_factory=dict, repr=False)
    _may_be_off: dict[str, list[bool]] = field(default_factory=dict, repr=False)
    _signals: dict[str, list[float]] = field(default_factory=dict, repr=False)

    def holds(
        self, rule: Rule, row: int, finding: Finding
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if rule.action.do not in {*MONEY_ACTIONS, RAISE_BID}:
            return
        if self.facts.said("because")[row] == "inferred":  # from its name alone
            yield "guessed", {}
        yield from self._far(row)
        yield from self._credited(row)
        if not self._spent[row] > 0:
            yield "delivery", {"idle_days": float(IDLE)}  # nothing to take, and none to give to
        if rule.action.do != "pause":
            yield from self._shared(row)
            yield from self._recovering(row)
            yield from self._changed(rule, row)
        if rule.action.do in {"raise_budget", "cut_budget"}:
            yield from self._shifted(row)
        if rule.action.do == "raise_budget":
            yield from self.receiving(row, finding)
        if rule.action.do == RAISE_BID:
            yield from self._captured(row)
        yield from self._margin(rule, row)

    def _far(self, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """A target far off what results cost was hardly meant so: no money moves by it."""
        if row not in self._targets_off:
            stated = self.facts.told.stated[row]
            self._targets_off[row] = [
                far_target(self.facts, metric, row) for metric in stated if self._off(metric)[row]
            ]
        yield from (("far_target", numbers) for numbers in self._targets_off[row] if numbers)

    def _off(self, metric: str) -> list[bool]:
        if metric not in self._may_be_off:
            self._may_be_off[metric] = off_target(self.facts, metric)
        return self._may_be_off[metric]

    def _credited(self, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """While money that was given back is part of what results cost, no budget moves by that."""
        if not self._refunded[row]:
            return
        spend = np.nan_to_num(self.facts.history.column("spend")[row, -SHIFTED:])
        back = -float(spend[spend < 0].sum())
        if back > GIVEN_BACK * float(spend[spend > 0].sum()):
            yield "credited", {"given_back": back}

    @cached_property
    def _refunded(self) -> Bools:
        """Whether any day of each campaign lately has money that was given back."""
        return np.asarray((self.facts.history.column("spend")[:, -SHIFTED:] < 0).any(axis=1))

    @cached_property
    def _spent(self) -> Floats:
        """What each campaign spent on the newest days."""
        return np.asarray(np.nansum(self.facts.history.column("spend")[:, -IDLE:], axis=1))

    def _margin(self, rule: Rule, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """An average does not say what the next money buys: held against the campaign's pool.

        A raise asks for more money than there is, so its next result is surely cheaper; a target
        that is missed speaks for a cut by itself, so it is enough that the margin speaks for it.
        """
        chance = self.facts.answers.chance(rule.action.do, row)
        raises = rule.action.do in {"raise_budget", RAISE_BID}
        least = self.facts.answers.found.settings.sure if raises else CUT
        if chance < least:
            yield "margin", {"sure": round(chance, 6), "needed": least}

    def _recovering(self, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Money rests for `recovery_days` after results were lost: late ones still come in."""
        clean, least = self._clean_days[row], self.facts.table[row]["recovery_days"]
        if clean < least:
            yield "recovering", {"clean_days": clean, "recovery_days": least}

    @cached_property
    def _clean_days(self) -> list[float]:
        return list(clean_days(self.facts).tolist())

    def _shared(self, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """A budget that running campaigns share is nobody's own: to change it moves them all."""
        name = self.facts.said("shared_budget")[row]
        if name is not None and len(self._sharing[name]) > 1:
            sharers = [
                self.facts.ids[sharer_row]
                for sharer_row in self._sharing[name]
                if sharer_row != row
            ]
            yield "shared_budget", {"shared_budget": name, "shared_with": sharers}

    @cached_property
    def _sharing(self) -> Mapping[str, list[int]]:
        """The running campaigns that are paid from each shared budget."""
        rows_by_budget: dict[str, list[int]] = {}
        running = self.facts.running
        for row, name in enumerate(self.facts.said("shared_budget")):
            if name is not None and running[row]:
                rows_by_budget.setdefault(name, []).append(row)
        return rows_by_budget

    def _changed(self, rule: Rule, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """A budget edit starts a learning phase, and counts as an answer."""
        if "learning" not in rule.despite and not self._small_step(rule, row):
            yield from self.learning(row)
        days = self._number("days_since_budget_change", row)
        cooldown = self.answered.cooldown(rule, row)
        if "cooldown" not in rule.despite and days < cooldown:
            yield "cooldown", {"days_since_budget_change": days, "cooldown": cooldown}

    def _small_step(self, rule: Rule, row: int) -> bool:
        """A plan's own steps start no learning phase: the next may follow after its cooldown."""
        change = abs(self._number("budget_change", row))
        return rule.action.by == "response" and change <= self.facts.table[row]["step"] + 0.005

    def _shifted(self, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """A budget that a shift has set is its to take back: half of a move taken back is a cut."""
        campaign = self.facts.ids[row]
        for (rule, ids), shift in self.answered.memory.shifts.items():
            lasts = shift.on + timedelta(max(SHIFTED, (shift.days or 0) + shift.wait))
            if campaign not in ids or self.facts.as_of >= lasts:
                continue
            budget = float(newest(self.facts)[row])
            if abs(budget - shift.after[campaign]) < abs(budget - shift.before[campaign]):
                yield "shifted", {"by": rule, "shifted_on": shift.on.isoformat()}

    def learning(self, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Held for `learning_days` from a budget edit, or until `learning_results` results."""
        names = ("days_since_budget_change", "results_since_change")
        days, results = (self._number(name, row) for name in names)
        table = self.facts.table[row]
        if days < table["learning_days"] and not results >= table["learning_results"]:
            limits = {name: table[name] for name in ("learning_days", "learning_results")}
            yield "learning", {names[0]: days, names[1]: results, **limits}

    def receiving(self, row: int, finding: Finding) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """No more money where what there is goes unused, or where demand was there anyway."""
        used = float(finding.view(row)["budget_used.now"][row])
        least = self.facts.table[row]["delivery"]
        if used < least:
            yield "delivery", {"budget_used.now": used, "threshold.delivery": least}
        yield from self._captured(row)

    def _captured(self, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if self.facts.said("demand")[row] == "captured":
            yield "captured", {"demand": "captured"}

    def _number(self, signal: str, row: int) -> float:
        if signal not in self._signals:
            self._signals[signal] = self.facts.signal(signal).tolist()
        return self._signals[signal][row]
