"""The mornings of a stretch of time, one after the other, with only what was known on each.

Which rules find the same under two rulebooks, so that they need not be worked out twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import pandas as pd

from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.certainty import NOISE, PHI
from bot.advice.evaluate.cohorts import Profiles, retold
from bot.advice.evaluate.findings import Finding, find, table_of
from bot.advice.guards.holds import Guards
from bot.advice.rules.condition import Bools
from bot.advice.rules.rulebook import PERFORMANCE, Cell, Rule, Rulebook, Thresholds
from bot.advice.shifting import RESPONSE
from bot.backtest.ledger import SAID, UNSAID, CampaignMorning, Ledger, Past
from bot.domain.advice import Memory
from bot.numbers.metrics.sums import Ints
from bot.numbers.plan import Plan


def unchanged(base_book: Rulebook, changed_book: Rulebook) -> frozenset[str]:
    """Rules that find the same under both rulebooks: nothing they read is different."""
    before = {rule.id: rule.version for rule in base_book.rules}
    changed, windows = _changed(base_book.thresholds, changed_book.thresholds)
    if windows or {PHI, NOISE} & changed or base_book.metrics != changed_book.metrics:
        return frozenset()
    return frozenset(
        rule.id
        for rule in changed_book.rules
        if before.get(rule.id) == rule.version and not changed & _reads(rule)
    )


def _reads(rule: Rule) -> set[str]:
    peers = {"threshold.peers"} if any(name.endswith(".peers") for name in rule.reads) else set()
    return {*rule.reads, *peers}


def _changed(base_table: Thresholds, changed_table: Thresholds) -> tuple[set[str], bool]:
    """Thresholds of which any number differs, and whether anything else of a cell does."""
    pairs = [(base_table.default, changed_table.default)]
    pairs += [(cell, changed_table.cells[key]) for key, cell in base_table.cells.items()]
    layers = [(cell.numbers, changed_cell.numbers) for cell, changed_cell in pairs]
    layers += [(base_table.captured, changed_table.captured)]
    layers += [
        (base_table.channels.get(name, {}), changed_table.channels.get(name, {}))
        for name in {*base_table.channels, *changed_table.channels}
    ]
    names = {
        f"threshold.{name}"
        for base_numbers, changed_numbers in layers
        for name in {*base_numbers, *changed_numbers}
        if base_numbers.get(name) != changed_numbers.get(name)
    }
    return names, any(_windows(cell) != _windows(changed_cell) for cell, changed_cell in pairs)


def _windows(cell: Cell) -> tuple[object, ...]:
    return cell.judge, cell.now, cell.before, cell.skip_last


Plans: TypeAlias = Callable[[date], Plan]
Progress: TypeAlias = Callable[[int, int], None]
Each: TypeAlias = Callable[[Facts, Sequence["Judge"]], None]
_ALIKE = ("stage", "pricing_model", "currency", "client", "measure")


@dataclass(frozen=True)
class Stretch:
    """Mornings that count, both inclusive."""

    since: date
    until: date

    @property
    def mornings(self) -> list[date]:
        """Each of them."""
        return [self.since + timedelta(days) for days in range((self.until - self.since).days + 1)]


@dataclass(frozen=True, eq=False)
class World:
    """What is replayed: numbers with their revisions, the plan of each morning, and reach."""

    past: Past
    plan: Plans
    window_reach: pd.DataFrame | None = None


def needed(rulebook: Rulebook, ids: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules asked for (all without any) and those that can silence them, in their order."""
    rule_ids = set(ids)
    needed_ids = {rule.id for rule in rulebook.rules if not rule_ids or rule.id in rule_ids}
    while True:
        silencing_ids = {
            rule.id for rule in rulebook.rules if _silences(rule, rulebook, needed_ids)
        } - needed_ids
        if not silencing_ids:
            return tuple(rule for rule in rulebook.rules if rule.id in needed_ids)
        needed_ids |= silencing_ids


def left_out(rulebook: Rulebook, changed: Rulebook | None = None) -> tuple[str, ...]:
    """Rules that the answers to budgets decide: what they move is worked out by the morning alone.

    A replay would count campaigns that budgets might be moved between, not moves, and take half as
    long again for it. They are replayed where they are asked for, or where a change alters them.
    """
    same = unchanged(rulebook, changed) if changed else {rule.id for rule in rulebook.rules}
    rules = (rule for rule in rulebook.rules if rule.action.by == RESPONSE)
    skipped = tuple(rule.id for rule in rules if rule.id in same)
    return skipped if len(skipped) < len(rulebook.rules) else ()


def warming(*books: Sequence[Rule]) -> int:
    """Mornings before a stretch after which its first is judged like any other."""
    return 1 + max((rule.mornings for rules in books for rule in rules), default=1)


def _silences(rule: Rule, rulebook: Rulebook, needed_ids: set[str]) -> bool:
    of_performance = PERFORMANCE in rule.mutes
    return any(
        candidate.id in rule.mutes or (of_performance and candidate.judges_performance)
        for candidate in rulebook.rules
        if candidate.id in needed_ids
    )


@dataclass(eq=False)
class Judge:
    """One rulebook going through the mornings.

    Attributes:
        ledger: Where it writes.
        like: The judge it is held against: what cannot differ is taken from there.
        findings: Of this morning, in the order of the ledger's rules.
        lasted: rules x campaigns, mornings in a row each has spoken.
        said, before: rules x campaigns, whether it speaks unhindered this morning, and the last.
    """

    rulebook: Rulebook
    ledger: Ledger
    like: Judge | None = None
    findings: tuple[Finding, ...] = ()
    lasted: Ints = field(init=False)
    said: Bools = field(init=False)
    before: Bools = field(init=False)
    same: frozenset[str] = field(init=False)
    _told: tuple[Profiles, Profiles] | None = None

    def __post_init__(self) -> None:
        self.same = unchanged(self.like.rulebook, self.rulebook) if self.like else frozenset()
        shape = (len(self.ledger.rules), len(self.ledger.entities))
        self.lasted = np.zeros(shape, dtype=np.int64)
        self.said = self.before = np.zeros(shape, dtype=bool)

    def seen(self, facts: Facts, plan: Plan) -> Facts:
        """A morning's facts under this rulebook."""
        if self.like is None:
            return facts
        if self._told is None or self._told[0] is not facts.told:
            thresholds = self.rulebook.thresholds
            self._told = (facts.told, retold(facts.told, facts.as_of, thresholds, plan))
        return facts.under(self.rulebook, self._told[1])

    def find(self, facts: Facts) -> None:
        """What every rule makes of a morning; what cannot differ is taken from the other."""
        finding_by_rule = (
            {finding.rule.id: finding for finding in self.like.findings} if self.like else {}
        )
        self.findings = tuple(
            finding_by_rule[rule.id]
            if rule.id in self.same and rule.id in finding_by_rule
            else find(rule, facts)
            for rule in self.ledger.rules
        )

    def look(self, facts: Facts, rows: Ints, place: int | None) -> None:
        """Settle what each rule says this morning; write it down where the morning counts."""
        spoke = np.zeros(self.lasted.shape, dtype=bool)
        for number, finding in enumerate(self.findings):
            spoke[number, rows] = finding.speaks
        self.lasted = np.where(spoke, self.lasted + 1, 0)
        self.before, self.said = self.said, np.zeros(spoke.shape, dtype=bool)
        guards = Guards(facts, Memory(), self.findings, self._lasting(rows))
        for number, finding in enumerate(self.findings):
            self._settle(number, finding, guards, rows, place)
        if place is not None:
            self.ledger.started[:, place] = (self.said & ~self.before).sum(axis=1)

    def _lasting(self, rows: Ints) -> dict[str, dict[int, int]]:
        """Mornings in a row as `Mornings.lasted` counts them: of this morning's rows, capped."""
        lasting_by_rule = {}
        for number, rule in enumerate(self.ledger.rules):
            mornings = self.lasted[number, rows]
            active_rows = np.flatnonzero(mornings)
            counted = np.minimum(mornings[active_rows], rule.mornings)
            lasting_by_rule[rule.id] = dict(
                zip(active_rows.tolist(), counted.tolist(), strict=True)
            )
        return lasting_by_rule

    def _settle(
        self, number: int, finding: Finding, guards: Guards, rows: Ints, place: int | None
    ) -> None:
        states = np.zeros(rows.size, dtype=np.uint8)
        for verdict, state in UNSAID.items():
            states[finding.verdict == verdict] = state
        for row in np.flatnonzero(finding.speaks).tolist():
            holdback = guards.hold(finding.rule, row, finding)
            states[row] = self.ledger.word(holdback.guard) if holdback else SAID
        self.said[number, rows] = states == SAID
        if place is not None:
            self.ledger.states[number, place, rows] = states

    def moment(self, number: int, row: int, facts: Facts) -> CampaignMorning:
        """A campaign as a rule sees it this morning."""
        finding = self.findings[number]
        view = finding.view(row)
        (numbers,) = table_of(view, finding.rule.reads, np.array([row]))
        return CampaignMorning(
            facts.as_of, facts.ids[row], str(facts.said("campaign_name")[row]), numbers
        )


def replay(
    world: World,
    stretch: Stretch,
    judges: Sequence[Judge],
    progress: Progress | None = None,
    on_morning: Each | None = None,
) -> None:
    """Play the mornings of a stretch; the judges write into their ledgers.

    Before it come as many mornings as a rule must last at most, so that its first morning is judged
    like any other.

    Args:
        world: What is replayed.
        stretch: Mornings that count; the ledgers are as long.
        judges: The rulebook, and others to hold against it (`like` the first).
        progress: Called with mornings done and in all.
        on_morning: Called after each morning that counts, with its facts and the judges.
    """
    warm = warming(*(judge.ledger.rules for judge in judges))
    mornings = Stretch(stretch.since - timedelta(warm), stretch.until).mornings
    profiles = None
    for index, on in enumerate(mornings):
        place = index - warm if index >= warm else None
        facts = _morning(world, on, judges, profiles, place)
        profiles = facts.told
        if place is not None and on_morning:
            on_morning(facts, judges)
        if progress:
            progress(index + 1, len(mornings))


def _morning(
    world: World, on: date, judges: Sequence[Judge], profiles: Profiles | None, place: int | None
) -> Facts:
    first_judge, plan = judges[0], world.plan(on)
    laid = world.past.before(on)
    facts = Facts.of(laid, on, first_judge.rulebook, plan, world.window_reach, profiles=profiles)
    rows = first_judge.ledger.rows(facts.history.entities)
    for judge in judges:
        judge_facts = judge.seen(facts, plan)
        judge.find(judge_facts)
        judge.look(judge_facts, rows, place)
    if place is not None:
        _note(first_judge.ledger, facts, rows, place, facts.told is profiles)
    return facts


def _note(ledger: Ledger, facts: Facts, rows: Ints, place: int, same: bool) -> None:
    """Who was there, who is alike, and what each is judged by: the last where it is the `same`."""
    ledger.there[place, rows] = facts.running
    if same and place:
        ledger.groups[place] = ledger.groups[place - 1]
        ledger.judges[place] = ledger.judges[place - 1]
        return
    alike = zip(*map(facts.said, _ALIKE), strict=True)
    ledger.groups[place, rows] = ledger.numbered(ledger.kinds, alike)
    judged = ((cell.judge, cell.now) for cell in facts.cells)
    ledger.judges[place, rows] = ledger.numbered(ledger.judged, judged)
