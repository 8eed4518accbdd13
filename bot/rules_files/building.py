"""From the shape of a file to a rule: every name looked up, every error kept with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.advice.details.signals import DETAIL_SIGNALS
from bot.advice.evaluate.cohorts import WHOLES
from bot.advice.rules.condition import (
    THRESHOLD,
    WINDOWS,
    AnyOf,
    Condition,
    ConditionError,
    Line,
    Term,
    names,
    parse_line,
    parse_term,
)
from bot.advice.rules.rulebook import Action, Rule, RuleTest, Windows
from bot.numbers.metrics.glossary import Metric
from bot.numbers.signals.signs import SIGNALS
from bot.rules_files.inline_tests import says
from bot.rules_files.models import AnyOfLines, Case, RuleModel

_OF_NOW = frozenset({*SIGNALS, *WHOLES, *DETAIL_SIGNALS})
Place: TypeAlias = tuple[Any, ...]
Complain: TypeAlias = Callable[[Place, str, str], None]
EMPTY = Line(parse_term("0"), "<", parse_term("1"))
"""Stands where a line could not be read, so that the rest of the rule is still checked."""


@dataclass(frozen=True)
class KnownNames:
    """The names a rule may use."""

    metrics: Mapping[str, Metric]
    thresholds: frozenset[str] = field(default_factory=frozenset)

    def problem(self, metric: str, window: str) -> tuple[str, str] | None:
        """What is wrong with a name, as sentence and hint; None if it is known."""
        if metric == THRESHOLD:
            return None if window in self.thresholds else _unknown("threshold", window)
        if metric in _OF_NOW or self._of_a_morning(metric):
            fits = window == "now"
            return (
                None
                if fits
                else (f"{metric} is known only as {metric}.now.", "Signals have no other window.")
            )
        if metric not in self.metrics:
            return _unknown("metric", metric)
        return None if window in WINDOWS else _unknown("window", window)

    def _of_a_morning(self, metric: str) -> bool:
        definition = self.metrics.get(metric)
        return definition is not None and definition.kind == "response"


def _unknown(kind: str, name: str) -> tuple[str, str]:
    files = {"threshold": "thresholds.yml, under defaults", "metric": "metrics.yml"}
    hint = f"Windows are {', '.join(WINDOWS)}." if kind == "window" else f"See {files[kind]}."
    return f"There is no {kind} called {name!r}.", hint


def build(
    model: RuleModel, vocabulary: KnownNames, complain: Complain, *, file: str, line: int | None
) -> Rule:
    """The rule of a model; whatever is wrong goes to `complain(place, message, hint)`."""
    conditions = _conditions(model.when, ("when",), vocabulary, complain)
    evidence = _conditions(model.evidence, ("evidence",), vocabulary, complain)
    columns, said_to = _says(model, vocabulary, complain)
    return Rule(
        id=model.id,
        title=model.title,
        why=model.why,
        stages=_listed(model.applies.stage),
        pricing=_listed(model.applies.pricing),
        billed=_listed(model.applies.billed),
        windows=Windows(*(_days(span) for span in _spans(model))),
        when=conditions,
        evidence=evidence,
        sure=model.sure,
        mornings=max(1, _days(model.for_) or 1),
        cooldown=_days(model.cooldown),
        severity=model.severity,
        mutes=tuple(model.mutes),
        despite=tuple(model.despite),
        action=_action(model, complain),
        message=" ".join(model.message.split()),
        brief=" ".join(model.brief.split()),
        stake=tuple(_term(text, ("stake",), vocabulary, complain) for text in _listed(model.stake)),
        source=model.source,
        together=model.together,
        silent=model.silent,
        says=columns,
        says_to=said_to,
        tests=tuple(_test(case) for case in model.tests),
        file=file,
        line=line,
    )


def check_lines(item: Mapping[str, Any], vocabulary: KnownNames, complain: Complain) -> None:
    """The lines of a rule whose shape is wrong elsewhere: everything is told in one go."""
    for key in ("when", "evidence"):
        lines = item.get(key)
        for index, line in enumerate(lines if isinstance(lines, list) else ()):
            either = line.get("any") if isinstance(line, dict) else None
            if isinstance(line, str):
                _line(line, (key, index), vocabulary, complain)
            for place, part in enumerate(either if isinstance(either, list) else ()):
                if isinstance(part, str):
                    _line(part, (key, index, "any", place), vocabulary, complain)


def _spans(model: RuleModel) -> tuple[str | None, str | None, str | None]:
    return model.windows.now, model.windows.before, model.skip_last


def _days(span: str | None) -> int | None:
    return None if span is None else int(span.removesuffix("d"))


def _listed(values: str | list[Any] | None) -> tuple[str, ...]:
    return () if values is None else (values,) if isinstance(values, str) else tuple(values)


def _conditions(
    lines: list[str | AnyOfLines], place: Place, vocabulary: KnownNames, complain: Complain
) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    for index, line in enumerate(lines):
        line_place = (*place, index)
        if isinstance(line, str):
            conditions.append(_line(line, line_place, vocabulary, complain))
            continue
        parts = (
            _line(x, (*line_place, "any", i), vocabulary, complain) for i, x in enumerate(line.any)
        )
        conditions.append(AnyOf(tuple(parts)))
    return tuple(conditions)


def _line(text: str, place: Place, vocabulary: KnownNames, complain: Complain) -> Line:
    try:
        line = parse_line(text)
    except ConditionError as error:
        complain(place, error.message, error.hint)
        return EMPTY
    _look_up(line, place, vocabulary, complain)
    return line


def _term(text: str, place: Place, vocabulary: KnownNames, complain: Complain) -> Term:
    try:
        term = parse_term(text)
    except ConditionError as error:
        complain(place, error.message, error.hint)
        return EMPTY.left
    _look_up(term, place, vocabulary, complain)
    return term


def _look_up(
    part: Term | Condition, place: Place, vocabulary: KnownNames, complain: Complain
) -> None:
    for name in names(part):
        problem = vocabulary.problem(name.metric, name.window)
        if problem:
            complain(place, *problem)


def _says(
    model: RuleModel, vocabulary: KnownNames, complain: Complain
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Columns the message and the brief name, each once."""
    text_columns = [_named(model, field, vocabulary, complain) for field in ("message", "brief")]
    columns, to = (
        dict.fromkeys(name for sides in text_columns for name in sides[side]) for side in (0, 1)
    )
    return tuple(columns), tuple(to)


def _named(
    model: RuleModel, field: str, vocabulary: KnownNames, complain: Complain
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        columns, to = says(getattr(model, field))
    except ValueError as error:
        complain((field,), str(error), "Write {{ name }}, {{ ctr.now | pct }}, {{ ctr | change }}.")
        return (), ()
    for column in (*columns, *to):
        problem = vocabulary.problem(*column.split(".", 1))
        if problem:
            complain((field,), *problem)
    return columns, to


def _action(model: RuleModel, complain: Complain) -> Action:
    action = model.action
    if (action.do == "shift_budget") != (action.by is not None):
        hint = "shift_budget says `by: response`; no other action does."
        complain(("action",), f"{action.do} and `by` do not fit.", hint)
    return Action(do=action.do, step=action.step, days=action.days, by=action.by)


def _test(case: Case) -> RuleTest:
    cell = tuple(case.cell.split("/")) if case.cell else None
    return RuleTest(
        it=case.it,
        given=dict(case.given),
        expect=case.expect,
        cell=(cell[0], cell[1]) if cell else None,
        others=tuple(campaign.model_dump() for campaign in case.others),
        to=case.to,
    )
