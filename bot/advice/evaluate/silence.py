"""Why a rule said nothing about a campaign: each line with both sides, and the guard. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.findings import NOT_SURE, SPEAKS, TOO_LITTLE, judge
from bot.advice.evaluate.rule_days import Spans
from bot.advice.evaluate.turning_points import COUNTED, Waiting, waits
from bot.advice.rules.condition import AnyOf, Columns, Condition, Line, Term, names, truth, value
from bot.advice.rules.rulebook import Rule
from bot.domain.advice import Advised, HeldBack, plain
from bot.errors import UnknownName

VERDICTS = ("speaks", "held_back", "not_sure", "too_little_data", "quiet", "not_for")
"""What a rule makes of a campaign, the most interesting first."""
__all__ = ["COUNTED", "VERDICTS", "LineReading", "Waiting", "WhyNot", "why_not"]


@dataclass(frozen=True)
class LineReading:
    """One line of a rule on a morning.

    Attributes:
        line: As written, e.g. `ctr.now < 0.75 * ctr.before`.
        left, right: Both sides' values, None where a number is missing.
        holds: None where a number is missing.
        of: `when` or `evidence`.
        any: Which `any` it belongs to, 0 for none: one line of them is enough.
        unknown: The columns that are missing.
        parsed: The line itself.
    """

    line: str
    left: float | None
    right: float | None
    holds: bool | None
    of: str
    parsed: Line = field(compare=False)
    any: int = 0
    unknown: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """How far from holding, as a share of the right side; infinite where unknown."""
        if self.left is None or self.right is None:
            return math.inf
        return abs(self.left - self.right) / max(abs(self.right), abs(self.left), 1e-12)


@dataclass(frozen=True)
class WhyNot:
    """What one rule made of one campaign.

    Attributes:
        verdict: One of `VERDICTS`.
        guard: What held it back, as in `HeldBack`; `applies` where the rule is for others; else
            the verdict itself, "" where it speaks.
        lines: Of `when`, then of `evidence`; none where the rule is for others.
        numbers: The guard's, else every number the rule reads.
        waiting: Of the evidence, what is short.
    """

    campaign_id: str
    rule: Rule
    verdict: str
    guard: str
    lines: tuple[LineReading, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()

    @property
    def failing(self) -> tuple[LineReading, ...]:
        """The lines of `when` that keep it quiet; of an `any`, its nearest."""
        false = [line for line in self.lines if line.of == "when" and line.holds is False]
        saved = {line.any for line in self.lines if line.any and line.holds is not False}
        groups: dict[object, list[LineReading]] = {}
        for line in false:
            if line.any not in saved:
                groups.setdefault(line.any or line.line, []).append(line)
        return tuple(min(group, key=lambda line: line.gap) for group in groups.values())

    def to_json(self) -> dict[str, Any]:
        """`{"rule", "verdict", "guard", "lines": [{line, left, right, holds, …}], "numbers"}`."""
        lines = [
            {
                "line": line.line,
                "left": line.left,
                "right": line.right,
                "holds": line.holds,
                "of": line.of,
                "any": bool(line.any),
            }
            for line in self.lines
        ]
        summary = {"rule": self.rule.id, "verdict": self.verdict, "guard": self.guard or None}
        report: dict[str, Any] = plain({**summary, "lines": lines, "numbers": dict(self.numbers)})
        return report


def why_not(
    facts: Facts, entity: str, advised: Advised, rules: Sequence[Rule] = ()
) -> tuple[WhyNot, ...]:
    """What each rule made of a campaign, the most interesting first.

    Rules that spoke, then those a guard held back, those not sure, those with too little data, and
    the quiet ones by how few lines do not hold and how nearly they do.

    Args:
        facts: Of the morning.
        entity: `channel|account_id|campaign_id`.
        advised: What was said and held back that morning.
        rules: Which to ask, whether they are for the campaign or not; none: all that are.

    Raises:
        UnknownName: The campaign has no numbers the rules look at.
    """
    if entity not in facts.history.entities:
        raise UnknownName("campaign", entity.rpartition("|")[2])
    row = facts.history.entities.index(entity)
    reports = [_of_rule(rule, facts, row, advised) for rule in rules or facts.rulebook.rules]
    relevant_reports = (
        reports if rules else [report for report in reports if report.verdict != "not_for"]
    )
    return tuple(sorted(relevant_reports, key=_interest))


def _interest(report: WhyNot) -> tuple[int, bool, int, float]:
    nearest = min((line.gap for line in report.failing), default=0.0)
    check = report.verdict == "quiet" and not report.rule.judges_performance
    return VERDICTS.index(report.verdict), check, len(report.failing), nearest


def _of_rule(rule: Rule, facts: Facts, row: int, advised: Advised) -> WhyNot:
    campaign = facts.ids[row]
    spans = next((spans for spans, rows in facts.rows(rule).items() if rows[row]), None)
    if spans is None:
        return WhyNot(campaign, rule, "not_for", "applies", numbers=_place(facts, row))
    row_columns = _Row(facts, spans, row)
    lines = tuple(_seen(rule, row_columns))
    verdict = int(judge(rule, row_columns, np.ones(1, bool), facts.rulebook.metrics).verdict[0])
    numbers = {column: row_columns.number(column) for column in rule.reads}
    short = waits(rule.evidence, row_columns, np.array([0]), spans, facts.as_of)[0]
    waiting = short if verdict == TOO_LITTLE else ()
    report = WhyNot(campaign, rule, "quiet", "quiet", lines, numbers, waiting)
    return _settled(report, verdict, advised)


def _settled(report: WhyNot, verdict: int, advised: Advised) -> WhyNot:
    """With what came of the verdict: said, or held back by which guard."""
    campaign, rule = report.campaign_id, report.rule
    matching_advice = [
        piece for piece in advised.advice
        if piece.rule == rule.id and campaign in piece.campaign_ids
    ]  # fmt: skip
    if matching_advice:
        spoken = {**report.numbers, "advice": matching_advice[0].id}
        return WhyNot(campaign, rule, "speaks", "", report.lines, spoken)
    holdback = _held(advised.held_back, campaign, rule)
    if holdback and verdict == SPEAKS:
        return WhyNot(campaign, rule, "held_back", holdback.guard, report.lines, holdback.numbers)
    if verdict == SPEAKS:  # told together with others of its account
        return WhyNot(campaign, rule, "held_back", "one_a_day", report.lines, report.numbers)
    numbers = holdback.numbers if holdback and verdict in {TOO_LITTLE, NOT_SURE} else report.numbers
    word = {TOO_LITTLE: "too_little_data", NOT_SURE: "not_sure"}.get(verdict, "quiet")
    return WhyNot(campaign, rule, word, word, report.lines, numbers, report.waiting)


def _held(holdbacks: Iterable[HeldBack], campaign: str, rule: Rule) -> HeldBack | None:
    matches = (
        holdback
        for holdback in holdbacks
        if (holdback.campaign_id, holdback.rule) == (campaign, rule.id)
    )
    return next(matches, None)


def _place(facts: Facts, row: int) -> dict[str, Any]:
    """Where the campaign stands, for a rule that is not for it."""
    cell, description = facts.cells[row], facts.about.iloc[row]
    return {"stage": cell.stage, "pricing_model": cell.pricing, "billed_by": description["billed"]}


class _Row(Mapping[str, "np.ndarray[tuple[int], np.dtype[np.float64]]"]):
    """A rule's columns, of one campaign."""

    def __init__(self, facts: Facts, spans: Spans, row: int) -> None:
        self._view, self._at, self.spans = facts.view(spans), slice(row, row + 1), spans

    def __getitem__(self, column: str) -> Any:
        return self._view[column][self._at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._view)

    def __len__(self) -> int:
        return len(self._view)

    def number(self, column: str) -> float | None:
        """A column's value, None where missing."""
        return _number(self[column])


def _seen(rule: Rule, row_columns: _Row) -> Iterator[LineReading]:
    for of, conditions in (("when", rule.when), ("evidence", rule.evidence)):
        for place, condition in enumerate(conditions, start=1):
            yield from _lines(condition, of, place, row_columns)


def _lines(condition: Condition, of: str, place: int, row_columns: _Row) -> Iterator[LineReading]:
    alone = isinstance(condition, Line)
    for line in condition.lines if isinstance(condition, AnyOf) else (condition,):
        line_truth = truth(line, row_columns, 1)
        unknown = dict.fromkeys(
            name.column for name in names(line) if row_columns.number(name.column) is None
        )
        yield LineReading(
            line.text,
            _side(line.left, row_columns),
            _side(line.right, row_columns),
            None if line_truth.unknown[0] else bool(line_truth.holds[0]),
            of,
            line,
            0 if alone else place,
            tuple(unknown),
        )


def _side(term: Term, columns: Columns) -> float | None:
    return _number(value(term, columns))


def _number(reading: Any) -> float | None:
    number = float(np.broadcast_to(reading, 1)[0])
    return None if math.isnan(number) else number
