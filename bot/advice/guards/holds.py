"""What holds advice back although its rule speaks, each guard with its numbers.

Settled in this order: other rules that mute it (tracking and late data first), the mornings it
must last, answers and cooldown, the learning phase after a budget edit, delivery, and demand that
was there anyway.

What happened to campaigns lately, as the guards ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.cohorts import SHARED
from bot.advice.evaluate.findings import Finding
from bot.advice.rules.condition import Bools, Floats
from bot.advice.rules.rulebook import MONEY_ACTIONS, PERFORMANCE, RAISE_BID, Rule, Rulebook
from bot.domain.advice import Answer, HeldBack, Memory
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import Ints
from bot.numbers.signals.detectors import newest_budget
from bot.numbers.signals.trouble import untrusted_days
from bot.numbers.targets import NEARLY, PRICES, SHOWINGS, far_off


def newest(facts: Facts) -> Floats:
    """The newest daily budget of each campaign, currency units; NaN where unknown."""
    return facts.kept(("newest budget",), lambda: newest_budget(facts.scene))


def clean_days(facts: Facts) -> Floats:
    """Days since the newest one whose results tell nothing; NaN where all of them tell."""
    return facts.kept(("clean days",), lambda: _clean(untrusted_days(facts.scene)))


def _clean(untrusted: Bools) -> Floats:
    since = np.argmax(untrusted[:, ::-1], axis=1).astype(np.float64)
    return np.where(untrusted.any(axis=1), since, np.nan)


def off_target(facts: Facts, metric: str) -> list[bool]:
    """Which campaigns' stated target of a metric may be far off: few are looked at one by one."""
    four, definition = _four_weeks(facts), facts.rulebook.metrics
    if metric not in definition:
        return [False] * facts.size
    target, actual = facts.target(metric), facts.metric(metric, four)
    near = (actual < NEARLY * target) & (target < NEARLY * actual)
    return list(((target > 0) & ~near).tolist())


def _four_weeks(facts: Facts) -> Window:
    return Window.ending(facts.as_of - timedelta(1), SHIFTED)


def far_target(facts: Facts, metric: str, row: int) -> Mapping[str, Any]:
    """The stated target of a metric, and what it is in four weeks, where these are far apart.

    Nothing where somebody said that it is meant.
    """
    four, definition = _four_weeks(facts), facts.rulebook.metrics
    target = float(facts.target(metric)[row])
    if metric not in definition or not target > 0 or target == facts.said("target_meant")[row]:
        return {}
    over = definition[metric].over or ""
    none = definition[metric].sum == "spend" and float(facts.metric(over, four)[row]) == 0
    actual = float(facts.metric("spend" if none else metric, four)[row])
    prices = {
        name: float(facts.metric(name, four)[row])
        for name in PRICES
        if name not in {metric, SHOWINGS} and name in definition
    }
    far = far_off(target, actual, prices, nothing=none) if actual > 0 else None
    kind = "_price" if definition[metric].sum == "spend" else ""
    return {f"target{kind}": target, f"actual{kind}": actual, "metric": metric} if far else {}


CUT = 0.7
"""How surely a campaign's next result is dearer than its pool's before its budget is cut: as
surely as three of ten cuts may be wrong whose target is surely missed as well."""
AD_ACTIONS = {"refresh_creative", "cap_frequency"}
WELL = 0.9
"""Of its target: what costs less than this, and no more than before, needs no new ad."""
ENDS = ("undo", "expire")
SHIFTED = 28
"""Days for which a budget that a shift has set is left to it, at least."""
GIVEN_BACK = 0.05
"""Share of four weeks' spend that was given back before prices of these weeks say nothing."""
Group: TypeAlias = tuple[object, ...]
IDLE = 4
"""Days without spend after which no budget is moved: longer than a weekend off."""
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
    _answers: dict[str, list[Answer]] = field(default_factory=dict, repr=False)
    _by_group: dict[str, dict[Group, list[Answer]]] = field(default_factory=dict, repr=False)
    _targets_off: dict[int, list[Mapping[str, Any]]] = field(default_factory=dict, repr=False)
    _may_be_off: dict[str, list[bool]] = field(default_factory=dict, repr=False)
    _signals: dict[str, list[float]] = field(default_factory=dict, repr=False)

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
        return any(True for part in (self._muted, self._answered) for _ in part(rule, row))

    def _guards(
        self, rule: Rule, row: int, finding: Finding
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        yield from self._muted(rule, row)
        yield from self._for(rule, row)
        yield from self._answered(rule, row)
        yield from self._thriving(rule, row, finding)
        yield from self._money(rule, row, finding)

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

    def _answered(self, rule: Rule, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
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
        if not rule.together or not self.memory.answers:
            return self._said(self.campaign(row))
        if rule.id not in self._by_group:
            self._by_group[rule.id] = dict(self._answers_by_group(rule))
        return self._by_group[rule.id].get(self._group(rule, row), [])

    def _answers_by_group(self, rule: Rule) -> Iterator[tuple[Group, list[Answer]]]:
        """The answers to a rule about each account, budget or client, oldest first."""
        answers = [answer for answer in standing(self.memory.answers) if answer.rule == rule.id]
        campaigns: dict[Group, set[str]] = {}
        for row in range(self.facts.size if answers else 0):
            campaigns.setdefault(self._group(rule, row), set()).add(self.campaign(row))
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
        return frozenset(r.id for r in self.rulebook.rules if r.action.do in MONEY_ACTIONS)

    def _silent_until(self, answer: Answer, rule: Rule, row: int) -> date | None:
        if answer.verb == "snooze" and answer.until:
            return answer.until
        return answer.on + timedelta(self.cooldown(rule, row))

    def cooldown(self, rule: Rule, row: int) -> int:
        """Days of silence after an answer: the rule's own before the cell's."""
        return self.facts.cells[row].cooldown if rule.cooldown is None else rule.cooldown

    def _money(
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
                self.campaign(sharer_row) for sharer_row in self._sharing[name] if sharer_row != row
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
        cooldown = self.cooldown(rule, row)
        if "cooldown" not in rule.despite and days < cooldown:
            yield "cooldown", {"days_since_budget_change": days, "cooldown": cooldown}

    def _small_step(self, rule: Rule, row: int) -> bool:
        """A plan's own steps start no learning phase: the next may follow after its cooldown."""
        change = abs(self._number("budget_change", row))
        return rule.action.by == "response" and change <= self.facts.table[row]["step"] + 0.005

    def _shifted(self, row: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """A budget that a shift has set is its to take back: half of a move taken back is a cut."""
        campaign = self.campaign(row)
        for (rule, ids), shift in self.memory.shifts.items():
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


def table_of(
    columns: Mapping[str, Floats], names: Iterable[str], rows: Ints
) -> list[dict[str, Any]]:
    """The named columns of some campaigns, a mapping each, None where missing."""
    named = tuple(names)
    if not named:
        return [{} for _ in rows]
    column_lists = []
    for name in named:
        numbers = columns[name][rows]
        plain = numbers.astype(object)
        plain[np.isnan(numbers)] = None
        column_lists.append(plain.tolist())
    return [dict(zip(named, row)) for row in zip(*column_lists)]  # noqa: B905 - all as long as `rows`
