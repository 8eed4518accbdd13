"""Which budgets to move: the response engine chooses among campaigns that rules leave free.

Rules say when a shift may be said; guards hold campaigns back; the engine takes those that are left
and says who gives, who receives and how much (bot.advice.response). A shift that was said stays as
it is while it stays true. One plan a pool and half of an ISO week: as its steps are small, it comes
again on Monday and on Thursday; weekly steps as small lose a third more of what could be had. Where
nobody answered, that is the same plan with newer numbers, as long as it says nearly the same.

A shift of budgets that is ready to be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from bot.advice.budgets import Budgets, ProposedChange
from bot.advice.evaluate.budget_answers import BudgetAnswers
from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.findings import Finding
from bot.advice.guards.holds import Guards
from bot.advice.response import Move, propose
from bot.advice.response import MoveLimits as Held
from bot.advice.response.proposals import ResultChange, effect, gain
from bot.advice.rules.rulebook import Rule
from bot.domain.advice import HeldBack, Memory, Shift
from bot.domain.money import from_minor, to_minor


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
        pool: What its campaigns share, as text.
    """

    finding: Finding
    givers: tuple[int, ...]
    takers: tuple[int, ...]
    change: ProposedChange
    effect: ResultChange
    parts: Mapping[int, float]
    terms: Shift
    counted: str | None
    pool: str


RESPONSE = "response"
THURSDAY = 4
STAYS = 0.6
"""Least probability that a shift said before still brings more results."""
ALIKE = 0.5
"""Share of the money that two plans must move alike to be one plan: most of it says the same."""
ANEW = timedelta(28)
"""A plan nobody answered for so long is said anew: what it first stood on is read no longer."""


def half_week(day: date) -> str:
    """`2026-W48/1` from Monday to Wednesday, `2026-W48/2` from Thursday on."""
    year, week, weekday = day.isocalendar()
    return f"{year}-W{week:02d}/{1 + (weekday >= THURSDAY)}"


def alike(one: Shift, other: Shift) -> bool:
    """Whether two plans say nearly the same: nobody turns round, and most money moves alike."""
    moves = [
        {id_: plan.after[id_] - amount for id_, amount in plan.before.items()}
        for plan in (one, other)
    ]
    both = [(moves[0][id_], moves[1][id_]) for id_ in moves[0].keys() & moves[1].keys()]
    if any(mine * yours < 0 for mine, yours in both):
        return False
    common = sum(min(abs(mine), abs(yours)) for mine, yours in both)
    whole = max(sum(map(abs, moved.values())) for moved in moves)
    return common >= ALIKE * whole


@dataclass(frozen=True, eq=False)
class Shifts:
    """The shifts of a morning; what is held back goes to `held`."""

    guards: Guards
    budgets: Budgets
    memory: Memory
    held: list[HeldBack]
    _free: dict[int, Finding] = field(default_factory=dict, repr=False)

    @property
    def facts(self) -> Facts:
        return self.guards.facts

    @cached_property
    def answers(self) -> BudgetAnswers:
        return self.facts.answers

    def found(self, findings: Iterable[Finding], spoken: Mapping[int, str]) -> list[Shifted]:
        """The shifts to say.

        Args:
            findings: Of every rule.
            spoken: Campaigns that weightier advice is about, and its rule.
        """
        asking = [
            candidate
            for candidate in findings
            if candidate.rule.action.by == RESPONSE and candidate.speaks.any()
        ]
        for finding in asking:
            self._let(finding, spoken)
        if not self._free:
            return []
        self._one_rule_a_pool()
        standing_shifts = list(self._kept())
        shifted_pools = self._planned() | {self._pool(shift.givers[0]) for shift in standing_shifts}
        shifts = standing_shifts + [self._made(move) for move in self._moves(shifted_pools)]
        self._tell_rest(shifts)
        return shifts

    def _let(self, finding: Finding, spoken: Mapping[int, str]) -> None:
        """Campaigns the rule speaks of and nothing holds back."""
        for row in np.flatnonzero(finding.speaks).tolist():
            if row not in self.answers.places:
                continue
            holdback = self.guards.hold(finding.rule, row, finding) or self._weightier(
                finding, row, spoken
            )
            if holdback:
                self.held.append(holdback)
            else:
                self._free.setdefault(row, finding)

    def _weightier(self, finding: Finding, row: int, spoken: Mapping[int, str]) -> HeldBack | None:
        if row not in spoken:
            return None
        campaign = self.guards.campaign(row)
        numbers = {"instead": spoken[row], "campaign_id": campaign}
        return HeldBack(campaign, finding.rule.id, "one_a_day", numbers)

    def _pool(self, row: int) -> int:
        return int(self.answers.found.panel.pool[self.answers.places[row]])

    def _one_rule_a_pool(self) -> None:
        """The rule that leaves most campaigns of a pool free speaks for it."""
        counts: dict[int, dict[str, int]] = {}
        for row, finding in self._free.items():
            of_pool = counts.setdefault(self._pool(row), {})
            of_pool[finding.rule.id] = of_pool.get(finding.rule.id, 0) + 1
        speaks = {pool: max(rules, key=lambda id_: rules[id_]) for pool, rules in counts.items()}
        for row, finding in list(self._free.items()):
            if speaks[self._pool(row)] != finding.rule.id:
                del self._free[row]

    def _kept(self) -> Iterator[Shifted]:
        """Shifts said before that are still true: nothing about them changes."""
        rows = {self.guards.campaign(row): row for row in self._free}
        for key, terms in sorted(self.memory.shifts.items(), key=lambda pair: pair[1].on):
            if key in self.memory.opened and all(id_ in rows for id_ in key[1]):
                shifted = self._again(key[0], {rows[id_]: id_ for id_ in key[1]}, terms)
                if shifted is not None:
                    yield shifted

    def _planned(self) -> set[int]:
        """Pools that had their plan in this half of the week, whatever was answered."""
        now = half_week(self.facts.as_of)
        plans = self.memory.shifts.items()
        named = {id_ for (_, ids), plan in plans if half_week(plan.on) == now for id_ in ids}
        rows = self.answers.places
        return {self._pool(row) for row in rows if self.guards.campaign(row) in named}

    def _again(self, rule: str, rows: Mapping[int, str], terms: Shift) -> Shifted | None:
        if half_week(terms.on) != half_week(self.facts.as_of):
            return None
        if any(self._free[row].rule.id != rule for row in rows):
            return None
        if len({self._pool(row) for row in rows}) > 1:
            return None
        before, after = (
            {row: to_minor(side[id_], self.budgets.currency(row)) for row, id_ in rows.items()}
            for side in (terms.before, terms.after)
        )
        if not terms.about and any(self.budgets.known(row) != before[row] for row in rows):
            return None
        takers = tuple(row for row in rows if after[row] > before[row])
        givers = tuple(row for row in rows if row not in takers)
        expected = self._expected(before, after)
        if expected.sure < STAYS or terms.about != self._about(rows):
            return None
        moved = sum(after[row] - before[row] for row in takers)
        change = self._change(moved, before, after, approximate=terms.about)
        finding = self._free[givers[0]]
        return Shifted(
            finding,
            givers,
            takers,
            change,
            expected,
            self._parts(before, after),
            terms,
            self._counted(givers[0]),
            self._key(givers[0]),
        )

    def _moves(self, shifted_pools: set[int]) -> Iterator[Move]:
        """What the engine proposes, each pool within its own step."""
        campaign_responses = self.answers.found
        for step, rows in sorted(self._by_step(shifted_pools).items()):
            bounded = replace(campaign_responses.settings, step=step)
            yield from propose(replace(campaign_responses, settings=bounded), self._held_back(rows))

    def _by_step(self, shifted_pools: set[int]) -> dict[float, set[int]]:
        steps: dict[int, float] = {}
        for row, finding in self._free.items():
            response_known = self.answers.found.known[self._pool(row)]
            usual = self.facts.table[row]["step" if response_known else "test_step"]
            step = finding.rule.action.step or usual
            steps[self._pool(row)] = min(step, steps.get(self._pool(row), step))
        rows_by_step: dict[float, set[int]] = {}
        for row in self._free:
            if self._pool(row) not in shifted_pools:
                rows_by_step.setdefault(steps[self._pool(row)], set()).add(row)
        return rows_by_step

    def _held_back(self, rows: set[int]) -> Held:
        names = self.facts.history.entities
        free = {names[row] for row in rows}
        still = frozenset(self.answers.found.entities) - free
        receiving = self.guards.money.receiving
        full = (row for row in rows if next(receiving(row, self._free[row]), None) is not None)
        floors = {names[row]: self.budgets.units(self.budgets.floor(row), row) for row in rows}
        return Held(still, frozenset(names[row] for row in full), floors)

    def _made(self, move: Move) -> Shifted:
        rows = {name: int(row) for name, row in zip(
            self.answers.found.entities, self.answers.rows, strict=True
        ) if name in move.after}  # fmt: skip
        givers, takers = (tuple(rows[name] for name in side) for side in (move.givers, move.takers))
        before, after = (
            {rows[name]: side[name] for name in (*move.givers, *move.takers)}
            for side in (move.before, move.after)
        )
        approximate = move.about or self._about(before)
        change = self._change(move.amount, before, after, approximate=approximate)
        finding = self._free[givers[0]]
        terms = self._continued(
            self._terms(move, before, after, approximate=approximate), finding.rule.id
        )
        return Shifted(
            finding,
            givers,
            takers,
            change,
            move.effect,
            self._parts(before, after),
            terms,
            self._counted(givers[0]),
            self._key(givers[0]),
        )

    def _terms(
        self, move: Move, before: Mapping[int, int], after: Mapping[int, int], *, approximate: bool
    ) -> Shift:
        was, proposed_budgets = (
            {self._id(row): from_minor(minor, move.currency) for row, minor in side.items()}
            for side in (before, after)
        )
        read, as_of = move.readout, self.facts.as_of
        if read is None:
            return Shift(as_of, was, proposed_budgets, approximate)
        wait = (read.until - as_of).days - read.days
        ratios = (round(read.expected, 6), round(read.decides, 6))
        return Shift(
            as_of, was, proposed_budgets, approximate, read.days, wait, read.readable, *ratios
        )

    def _continued(self, terms: Shift, rule: str) -> Shift:
        """The same plan as one nobody answered, where it says nearly the same: its first morning.

        What nobody answers would else be news twice a week, year in, year out.
        """
        open_plans = (
            shift for key, shift in self.memory.shifts.items()
            if key[0] == rule and key in self.memory.opened
            and self.facts.as_of - shift.since < ANEW and alike(terms, shift)
        )  # fmt: skip
        earlier = max(open_plans, key=lambda shift: shift.on, default=None)
        return terms if earlier is None else replace(terms, first=earlier.since)

    def _id(self, row: int) -> str:
        return self.guards.campaign(row)

    def _about(self, rows: Iterable[int]) -> bool:
        return any(self.budgets.known(row) is None for row in rows)

    @staticmethod
    def _change(
        moved: int, before: Mapping[int, int], after: Mapping[int, int], *, approximate: bool
    ) -> ProposedChange:
        return (
            ProposedChange(moved, {}, {}, about=True)
            if approximate
            else ProposedChange(moved, before, after)
        )

    def _expected(self, before: Mapping[int, int], after: Mapping[int, int]) -> ResultChange:
        """The effect as known this morning."""
        rows = sorted(before, key=lambda row: self.answers.places[row])
        places = np.array([self.answers.places[row] for row in rows])
        ratios = np.array([after[row] / before[row] for row in rows])
        margins = self.answers.margins(self._pool(rows[0]))
        return effect(self.answers.found, margins, places, ratios)

    def _parts(self, before: Mapping[int, int], after: Mapping[int, int]) -> dict[int, float]:
        """What each campaign adds to the effect's mean."""
        places, margins = self.answers.places, self.answers.margins(self._pool(min(before)))
        return {
            row: gain(self.answers.found, margins, places[row], after[row] / before[row])
            for row in sorted(before, key=lambda row: places[row])
        }

    def _key(self, row: int) -> str:
        return str(self.answers.found.panel.campaigns[self.answers.places[row]].pool)

    def _counted(self, row: int) -> str | None:
        return self.answers.counted[row]

    def _tell_rest(self, shifts: Iterable[Shifted]) -> None:
        """Campaigns that may trade and for which the engine sees nothing better today."""
        moved = {row for shift in shifts for row in (*shift.givers, *shift.takers)}
        takes, gives = (self.answers.column(name) for name in ("takes", "gives"))
        for row in sorted(self._free.keys() - moved):
            numbers = {
                "gives": round(float(gives[row]), 6),
                "takes": round(float(takes[row]), 6),
                "sure_enough": self.answers.found.settings.sure,
            }
            rule: Rule = self._free[row].rule
            self.held.append(HeldBack(self.guards.campaign(row), rule.id, "no_pair", numbers))
