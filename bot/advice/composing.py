"""Putting a piece of advice together: its numbers, its reasons, its money, its id.

What each campaign of a move is judged by: its own price and results against the time before.
What the advice of a shift says besides its budgets, as plain numbers.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np

from bot.advice.budgets import Budgets, ProposedChange
from bot.advice.details.campaign_parts import FoundParts
from bot.advice.evaluate.campaign_features import Facts, View, unsettled
from bot.advice.evaluate.certainty import NOISE, PHI, stands_on
from bot.advice.evaluate.cohorts import SHARED
from bot.advice.evaluate.findings import Finding
from bot.advice.evaluate.posterior import below
from bot.advice.evaluate.turning_points import flips, reasons
from bot.advice.evaluate.uncertainty import learned_only
from bot.advice.experiment.design import asked
from bot.advice.rules.condition import AnyOf, Floats, Name, columns_of, names
from bot.advice.rules.rulebook import ANSWERS, RAISE_BID, Rule
from bot.advice.shifting import Shifted, half_week
from bot.advice.stakes import Stake
from bot.advice.whole_accounts import account_label
from bot.domain.advice import Advice, Reason, TestRead, plain

LOW, HIGH = "next_cost.low", "next_cost.high"


def judge_of(facts: Facts, row: int) -> str:
    """The metric a campaign is judged by, as its stage and pricing model say."""
    return facts.cells[row].judge


def judged(view: View, row: int) -> dict[str, float | None]:
    """A campaign's spend, its metric and what that is made of, now and before, and the target.

    With between what the cost of its next result lies (90 %), where its answer to budgets is known.
    """
    judge, metrics = judge_of(view.facts, row), view.facts.rulebook.metrics
    metric = metrics.get(judge)
    parts = tuple(part for part in metric.parts if part in metrics) if metric else ()
    judges = (judge,) if metric else ()
    names = dict.fromkeys(("spend", "days", *parts, *judges))
    columns = [f"{name}.{window}" for name in names for window in ("now", "before")]
    columns += [f"{name}.target" for name in judges]
    readings = {column: _plain_reading(float(view[column][row])) for column in columns}
    return readings | _ends(view.facts, row)


def _ends(facts: Facts, row: int) -> dict[str, float | None]:
    if row not in facts.answers.places:
        return {}
    low, high = (
        _plain_reading(float(end[facts.answers.places[row]])) for end in facts.answers.cost_ends
    )
    return {LOW: low, HIGH: high}


def _plain_reading(value: float) -> float | None:
    return None if np.isnan(value) else value


_SIDES = ("mean", "low", "high", "sure")


def numbers_of(
    shift: Shifted, tests: Iterable[TestRead], id_of: Callable[[int], str]
) -> dict[str, Any]:
    """`givers`, `takers`, `effect` (with what each campaign adds), `shift`, `tests`.

    Each part of the effect is about 7 x `result_rate` x ((after / before) ^ `elasticity` - 1) of
    the campaign's evidence, and together they are its mean.
    """
    effect: dict[str, Any] = {name: round(getattr(shift.effect, name), 6) for name in _SIDES}
    parts = {id_of(row): round(part, 6) for row, part in shift.parts.items()}
    effect["mean"] = round(sum(parts.values()), 6)
    return {
        "givers": [id_of(row) for row in shift.givers],
        "takers": [id_of(row) for row in shift.takers],
        "effect": {**effect, "counted": shift.counted, "parts": parts},
        "shift": _terms(shift),
        "tests": [plain(asdict(test)) for test in tests],
    }


def _terms(shift: Shifted) -> dict[str, Any]:
    """As remembered; `first` only where the plan was brought up to date."""
    terms: dict[str, Any] = plain(asdict(shift.terms))
    return terms if terms["first"] else {name: terms[name] for name in terms if name != "first"}


def turns(shift: Shifted, view: View) -> list[Reason]:
    """Where it would turn: the next result of the first giver, or taker, as dear as the pool's.

    Where both lie on one side of the pool's, as dear as halfway between the two.
    """
    rows = (shift.givers[0], shift.takers[0])
    giver, taker = (float(view["next_cost.now"][row]) for row in rows)
    line = float(view["next_cost_pool.now"][rows[0]])
    if not taker < line < giver:
        line = math.sqrt(giver * taker)
    return [
        Reason(f"next_cost.now {sign} {line:.6g}", cost, line)
        for sign, cost in ((">", giver), ("<", taker))
    ]


ALWAYS_SHOWN = ("spend.now", "days.now", "daily_budget.now")
_OWN = ("learning", "recovering", "shared_budget")
MONEY_GUARDS: Mapping[str, tuple[str, ...]] = {
    "shift_budget": (*_OWN, "delivery", "floor", "step"),
    "raise_budget": (*_OWN, "delivery", "margin", "step"),
    "raise_bid": (*_OWN, "captured", "margin"),
    "cut_budget": (*_OWN, "margin", "floor", "step"),
    "pause": ("margin", "floor"),
}


@dataclass(frozen=True)
class Draft:
    """Advice not yet chosen: what one rule would say of some campaigns.

    Attributes:
        stake: What is expected to be lost or gained in a week.
        worth: What each result that a shift brings was counted at, currency units.
        moves: Money a week that a shift moves, currency units.
    """

    finding: Finding
    rows: tuple[int, ...]
    sure: float
    stake: Stake | None
    change: ProposedChange | None = None
    shift: Shifted | None = None
    tests: tuple[TestRead, ...] = ()
    worth: float | None = None
    moves: float | None = None

    @property
    def rule(self) -> Rule:
        return self.finding.rule

    @property
    def view(self) -> View:
        return self.finding.view(self.rows[0])

    @property
    def shared(self) -> tuple[str, ...]:
        """What its campaigns have in common where it is about that as a whole; else nothing."""
        whole = self.rule.whole or (bool(self.rule.together) and len(self.rows) > 1)
        return tuple(SHARED[self.rule.together]) if whole else ()


@dataclass(frozen=True, eq=False)
class Sayer:
    """Writes drafts out as advice."""

    facts: Facts
    budgets: Budgets
    opened: Mapping[tuple[str, tuple[str, ...]], date]
    _shown: dict[tuple[str, str | None], tuple[str, ...]] = field(default_factory=dict, repr=False)

    def advice(self, draft: Draft) -> Advice:
        """The draft with everything a person needs to check it."""
        rule, first_row = draft.rule, draft.rows[0]
        ids = tuple(self._id(row) for row in draft.rows)
        opened_on = self._opened_on(draft, ids)
        columns = _one(draft.view, self._columns(draft), first_row)
        return Advice(
            id=_id_of(draft, self._subject(draft) or ids, opened_on),
            rule=rule.id,
            rule_version=rule.version,
            campaign_ids=ids,
            action=rule.action.do,
            severity=rule.severity,
            budgets=self._budgets(draft, after=True),
            budgets_before=self._budgets(draft, after=False),
            bids=self._bids(draft),
            money_at_stake=draft.stake.amount if draft.stake else None,
            stake_low=draft.stake.low if draft.stake else None,
            stake_high=draft.stake.high if draft.stake else None,
            stake_kind=draft.stake.kind if draft.stake else "",
            currency=self.budgets.currency(first_row),
            confidence=_confidence(draft, self.facts.parts_of(rule, first_row)),
            evidence={self._id(row): self._evidence(draft, row) for row in draft.rows},
            guards=tuple(_guards(rule)),
            title=rule.title,
            message=rule.message,
            brief=rule.brief,
            reasons=tuple(reasons(rule.when, columns)),
            numbers=self._numbers(draft),
            opened_on=opened_on,
            would_change=tuple(self._turns(draft, columns)),
        )

    def _subject(self, draft: Draft) -> tuple[str, ...]:
        """The account, budget or client a rule speaks of as a whole; empty for campaigns.

        Campaigns join and leave while it is true: it is one piece of advice all the same.
        """
        return tuple(str(self.facts.said(column)[draft.rows[0]]) for column in draft.shared)

    def _opened_on(self, draft: Draft, ids: tuple[str, ...]) -> date:
        as_of = self.facts.as_of
        if draft.shift:
            return draft.shift.terms.since
        if not draft.shared:
            return self.opened.get((draft.rule.id, ids), as_of)
        return min(
            (on for (name, others), on in self.opened.items()
             if name == draft.rule.id and not set(ids).isdisjoint(others)),
            default=as_of,
        )  # fmt: skip

    def _turns(self, draft: Draft, columns: Mapping[str, Floats]) -> list[Reason]:
        if draft.shift:
            return turns(draft.shift, draft.view)
        return flips(draft.rule.when, columns, self.facts.rulebook.metrics)

    def _id(self, row: int) -> str:
        return self.facts.ids[row]

    def _name(self, row: int) -> str:
        return str(self.facts.said("label")[row] or self._id(row))

    def _budgets(self, draft: Draft, *, after: bool) -> dict[str, float]:
        if draft.change is None:
            return {}
        minor = draft.change.after if after else draft.change.before
        return {self._id(row): self.budgets.units(amount, row) for row, amount in minor.items()}

    def _bids(self, draft: Draft) -> dict[str, float]:
        target = self.facts.bids[draft.rows[0]] if draft.rule.action.do == RAISE_BID else None
        return {self._id(draft.rows[0]): target.next} if target else {}

    def _columns(self, draft: Draft) -> tuple[str, ...]:
        key = (draft.rule.id, draft.shift.counted if draft.shift else None)
        if key not in self._shown:
            self._shown[key] = self._worth_showing(draft)
        return self._shown[key]

    def _worth_showing(self, draft: Draft) -> tuple[str, ...]:
        """What the advice says, and what it stands on."""
        rule = draft.rule
        rule_columns = (
            *rule.reads, *rule.says, *rule.says_to, *columns_of(rule.stake), *ALWAYS_SHOWN
        )  # fmt: skip
        extra = [f"{name}.now" for name in ANSWERS] if draft.shift else []
        return tuple(dict.fromkeys((*rule_columns, *self._below(rule), *extra, "threshold.step")))

    def _below(self, rule: Rule) -> Iterator[str]:
        """The counts its certainty stands on."""
        glossary = self.facts.rulebook.metrics
        for part in rule.when:
            for line in part.lines if isinstance(part, AnyOf) else (part,):
                yield from _counts(names(line), glossary)
        if rule.sure is not None:
            yield from (PHI, NOISE)

    def _evidence(self, draft: Draft, row: int) -> dict[str, float | None]:
        view = draft.finding.view(row)
        columns = _one(view, self._columns(draft), row)
        evidence = {name: _plain_evidence(column) for name, column in columns.items()}
        judge_numbers = judged(view, row) if draft.shift else {}
        return learned_only(evidence) | judge_numbers | unsettled(draft.rule, view, row)

    def _numbers(self, draft: Draft) -> dict[str, Any]:
        first_row = draft.rows[0]
        view = draft.view
        numbers: dict[str, Any] = {
            "name": self._name(first_row),
            **{
                name: self.facts.said(name)[first_row]
                for name in ("channel", "stage", "pricing_model")
            },
            "campaigns": len(draft.rows),
            "as_of": self.facts.as_of.isoformat(),
            "now": f"{view.now.since}..{view.now.until}",
            "before": f"{view.before.since}..{view.before.until}",
            "effect": None,
            "about": False,
        }
        if draft.shared == tuple(SHARED[True]):
            numbers["everywhere"] = account_label(draft.finding, draft.rows, self.facts)
        if follows := self._derived(draft):
            numbers["derived"] = follows
        if self._by_bid(draft):
            numbers["target_from"] = "platform"
        if parts := self.facts.parts_of(draft.rule, first_row):
            numbers["parts"] = parts.to_json()
        if draft.shift:
            to = draft.shift.takers[0]
            numbers["to"] = {"name": self._name(to), "campaign_id": self._id(to)}
            numbers |= numbers_of(draft.shift, draft.tests, self._id)
            numbers["worth"] = draft.worth
            numbers["judges"] = {self._id(row): judge_of(self.facts, row) for row in draft.rows}
        return numbers | self._amounts(draft)

    def _by_bid(self, draft: Draft) -> bool:
        """Whether the rule reads a target for which the platform's bid target stands in."""
        reads_target = any(name.endswith(".target") for name in draft.rule.reads)
        return reads_target and self.facts.said("target_from")[draft.rows[0]] == "platform"

    def _derived(self, draft: Draft) -> dict[str, Any]:
        """Where the targets come from that the rule reads and nobody stated, by metric."""
        read = (name.split(".") for name in draft.rule.reads)
        aims = (metric for metric, window in read if window == "target")
        derivations = ((name, self.facts.targets.derived(name, draft.rows[0])) for name in aims)
        return {name: derivation.to_json() for name, derivation in derivations if derivation}

    def _amounts(self, draft: Draft) -> dict[str, Any]:
        amounts: dict[str, Any] = {}
        if draft.change:
            amounts["move"] = self.budgets.units(draft.change.move, draft.rows[0])
            amounts["about"] = draft.change.about
        if draft.rule.action.do == "run_test":
            amounts |= asked(draft.view, draft.rows[0])
        return amounts


def _confidence(draft: Draft, parts: FoundParts | None) -> float | None:
    """How sure, of parts as they were judged; for an outage 1 - exp(-expected / phi).

    That is the probability that chance would have left something.
    """
    if not np.isnan(draft.sure):
        return round(draft.sure, 6)
    if parts is not None and parts.sure is not None:
        return round(parts.sure, 6)
    if not draft.rule.asks("outage"):
        return None
    row = draft.rows[0]
    foretold, phi = (float(draft.view[name][row]) for name in ("outage.now", PHI))
    return round(float(-np.expm1(-foretold / phi)), 6)


def _counts(metric_names: Iterable[Name], glossary: Mapping[str, Any]) -> Iterator[str]:
    for name in metric_names:
        count = stands_on(glossary.get(name.metric))
        if count and name.window in {"now", "before"}:
            yield f"{count.name}.{name.window}"
            yield f"days.{name.window}"
            yield from below(count.name, name.window)
            if glossary[name.metric].over:
                yield from (f"{part}.{name.window}" for part in glossary[name.metric].parts)


def _guards(rule: Rule) -> Iterator[str]:
    yield "too_little_data"
    if rule.sure is not None:
        yield "not_sure"
    if rule.mornings > 1:
        yield "for"
    yield from ("tracking", "late_data", "cooldown")
    yield from (name for name in MONEY_GUARDS.get(rule.action.do, ()) if name not in rule.despite)


def _one(view: View, columns: Iterable[str], row: int) -> dict[str, Floats]:
    return {name: view[name][row : row + 1] for name in columns}


def _plain_evidence(column: Floats) -> float | None:
    return None if np.isnan(column[0]) else float(column[0])


def _id_of(draft: Draft, subject: tuple[str, ...], opened_on: date) -> str:
    """A plan is its pool's of half an ISO week; any other advice its subject's since a morning."""
    if draft.shift:
        return _digest(draft.rule.id, draft.shift.pool, half_week(opened_on))
    return advice_id(draft.rule.id, subject, opened_on)


def advice_id(rule: str, subject: tuple[str, ...], opened_on: date) -> str:
    """Stays the same while the advice stays true; `subject` is what it is about."""
    return _digest(rule, *subject, opened_on.isoformat())


def _digest(*words: str) -> str:
    text = "\n".join(words)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
