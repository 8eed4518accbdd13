"""The rules' own tests: numbers given, verdict expected; and messages rendered with them.

A rule's message: sandboxed Jinja, rendered at load with the tests' numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from jinja2 import Template, TemplateError, nodes
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.advice.evaluate.findings import SPEAKS, VERDICTS, judge
from bot.advice.evaluate.namespace import MetricWindows, figures
from bot.advice.rules.condition import THRESHOLD, WINDOWS, Floats
from bot.advice.rules.rulebook import MESSAGE_FILTERS, Cell, Rule, Rulebook, RuleTest, Thresholds
from bot.errors import RuleError

LONGEST_SAID = 600
TOO_DEEP = "it is nested too deeply"
_KEPT = 1000
PLAIN_NAMES = (
    *("name", "to", "move", "effect", "about", "currency", "channel", "campaigns"),
    *("results", "parts", "whose"),
)
"""What a message may name besides metrics."""
TO_NAMES = ("name",)
_FORBIDDEN = (nodes.For, nodes.Call, nodes.Macro, nodes.Import, nodes.FromImport, nodes.Include)
_ALSO_FORBIDDEN = (nodes.Extends, nodes.Block, nodes.Assign, nodes.Concat, nodes.Pow, nodes.Mul)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters = dict.fromkeys(MESSAGE_FILTERS, _stand_in)
    environment.globals.clear()
    environment.tests = {
        name: environment.tests[name] for name in ("none", "defined", "gt", "lt", "ge", "le")
    }
    return environment


def _stand_in(value: Any, *_: Any) -> str:
    """Stands for a filter of bot.render: takes a number or a metric with windows."""
    if isinstance(value, MetricWindows):
        return f"{float(value.now) - float(value.before):.3g}"  # type: ignore[arg-type]  # None: said below
    return f"{float(value):.6g}"


_ENVIRONMENT = _environment()


@lru_cache(maxsize=_KEPT)
def _parsed(message: str) -> nodes.Template:
    try:
        return _ENVIRONMENT.parse(message)
    except RecursionError as error:  # Jinja reads what is in brackets by calling itself
        raise TemplateError(TOO_DEEP) from error


@lru_cache(maxsize=_KEPT)
def _compiled(message: str) -> Template:
    """Compiling is what takes time: a message is rendered once for each test that speaks."""
    try:
        return _ENVIRONMENT.from_string(_parsed(message))
    except RecursionError as error:
        raise TemplateError(TOO_DEEP) from error


def says(message: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns a message names, of the campaign and of the receiver.

    Raises:
        ValueError: With a sentence: it does not parse, names something unknown, or does more
            than name and filter.
    """
    try:
        tree = _parsed(message)
    except TemplateError as error:
        raise ValueError(f"The message cannot be read: {error}.") from error
    parts = list(tree.find_all(nodes.Node))  # once: a message is walked as often as it is asked
    if any(isinstance(part, (*_FORBIDDEN, *_ALSO_FORBIDDEN)) for part in parts):
        raise ValueError("A message names values and filters them; nothing else.")
    names = list(_named(parts))
    campaign_columns = tuple(dict.fromkeys(path for side, path in names if side == ""))
    return campaign_columns, tuple(dict.fromkeys(path for side, path in names if side == "to"))


def _named(parts: Sequence[nodes.Node]) -> Iterator[tuple[str, str]]:
    attributes = [part for part in parts if isinstance(part, nodes.Getattr)]
    inner = {id(node.node) for node in attributes}
    filters = (part for part in parts if isinstance(part, nodes.Filter))
    changed = {id(node.node) for node in filters if node.name == "change" and node.node}
    for node in (*(part for part in parts if isinstance(part, nodes.Name)), *attributes):
        if id(node) in inner:
            continue
        path = _path(node)
        both_windows = id(node) in changed
        yield from _message_columns(path, both_windows=both_windows)


def _path(node: nodes.Node) -> tuple[str, ...]:
    if isinstance(node, nodes.Getattr):
        return (*_path(node.node), node.attr)
    return (str(getattr(node, "name", "?")),)


def _message_columns(path: tuple[str, ...], *, both_windows: bool) -> Iterator[tuple[str, str]]:
    side = "to" if path[0] == "to" and len(path) > 1 else ""
    parts = path[1:] if side else path
    if parts[0] in (TO_NAMES if side else PLAIN_NAMES) and (len(parts) == 1):
        return
    if both_windows and len(parts) == 1:
        yield from ((side, f"{parts[0]}.{window}") for window in ("now", "before"))
    elif len(parts) == 2 and (parts[1] in WINDOWS or parts[0] in {"threshold", "effect"}):
        if parts[0] != "effect":
            yield side, ".".join(parts)
    else:
        raise ValueError(f"The message names {'.'.join(path)}, which is no number of a window.")


def rendered(message: str, values: Mapping[str, Any]) -> str:
    """The message with those values; raises ValueError with a sentence where it does not render."""
    try:
        text = _compiled(message).render(values)
    except (TemplateError, TypeError, ValueError, KeyError, ArithmeticError) as error:
        raise ValueError(f"The message does not render: {error}.") from error
    if len(text) > LONGEST_SAID:
        raise ValueError(f"The message becomes {len(text)} characters; {LONGEST_SAID} at most.")
    return " ".join(text.split())


SPEAKING = ("watch", "advise", "urgent")


@dataclass(frozen=True)
class TestResult:
    """One inline test, run: `problem` is None where the rule did what it should."""

    __test__ = False
    rule: str
    it: str
    got: Mapping[str, Any]
    problem: RuleError | None


class InlineColumns(dict[str, Floats]):
    """Columns of a test: what was not given is missing."""

    def __missing__(self, _: str) -> Floats:
        return np.full(next(iter(self.values())).size, np.nan)


def test(
    rulebook: Rulebook,
    rule: str | None = None,  # noqa: PT028 - not a test of pytest
) -> list[TestResult]:
    """Run the inline tests of every rule, or of one.

    Raises:
        UnknownName: There is no such rule.
    """
    rules = rulebook.rules if rule is None else (rulebook.rule(rule),)
    return [
        _run(rulebook, tested_rule, case) for tested_rule in rules for case in tested_rule.tests
    ]


def _run(rulebook: Rulebook, rule: Rule, case: RuleTest) -> TestResult:
    outcome = _outcome(rulebook, rule, case)
    expected = {"expect": case.expect, "to": case.to}
    wrong = {
        key: value
        for key, value in expected.items()
        if value is not None and not _same(outcome.get(key), value)
    }
    problem = _failed(rule, case, wrong, outcome) if wrong else None
    return TestResult(rule.id, case.it, outcome, problem)


def _failed(rule: Rule, case: RuleTest, wrong: Mapping[str, Any], outcome: Any) -> RuleError:
    parts = ", ".join(
        f"{key} {value!r} but got {outcome.get(key)!r}" for key, value in wrong.items()
    )
    return RuleError(
        f"The test {case.it!r} expects {parts}.",
        hint="Change the rule, or the test's numbers.",
        file=rule.file,
        line=rule.line,
        rule=rule.id,
    )


def _same(actual: Any, expected: Any) -> bool:
    if isinstance(expected, float | int) and isinstance(actual, float | int):
        return abs(actual - expected) < 1e-9
    return bool(actual == expected)


def _outcome(rulebook: Rulebook, rule: Rule, case: RuleTest) -> dict[str, Any]:
    numbers = _numbers(rule, case, rulebook.thresholds)
    columns = _condition_columns([numbers])
    verdict = int(judge(rule, columns, np.ones(1, bool), rulebook.metrics).verdict[0])
    if verdict != SPEAKS:
        return {"expect": VERDICTS[verdict]}
    if rule.action.by is None:
        return {"expect": rule.severity}
    return {"expect": rule.severity, "to": _partner(rulebook, rule, case, numbers)}


def _partner(
    rulebook: Rulebook, rule: Rule, case: RuleTest, numbers: Mapping[str, float]
) -> str | None:
    """The likeliest to receive of the others that the rule speaks of; None where there is none."""
    thresholds = {key: value for key, value in numbers.items() if key.startswith(THRESHOLD)}
    candidates = [thresholds | _floats(candidate) for candidate in case.others]
    if not candidates:
        return None
    columns = _condition_columns(candidates)
    speaks = judge(rule, columns, np.ones(len(candidates), bool), rulebook.metrics).speaks
    takes = np.where(speaks, np.nan_to_num(columns["takes.now"]), 0.0)
    best = int(np.argmax(takes))
    return str(case.others[best]["name"]) if takes[best] > 0 else None


def _numbers(rule: Rule, case: RuleTest, thresholds: Thresholds) -> dict[str, float]:
    cell = cell_of(rule, case, thresholds)
    table = {f"{THRESHOLD}.{name}": value for name, value in thresholds.numbers(cell).items()}
    return table | _floats(case.given)


def cell_of(rule: Rule, case: RuleTest, thresholds: Thresholds) -> Cell:
    """The cell a test is run in: its own, else the first the rule is for."""
    if case.cell:
        return thresholds.cell(*case.cell)
    models = (*rule.pricing, *rule.billed)
    fits = [cell for cell in thresholds.cells.values() if rule.applies(cell)]
    fits = [cell for cell in fits if not models or cell.pricing in models]
    return fits[0] if fits and (rule.stages or models) else thresholds.default


def _floats(inputs: Mapping[str, Any]) -> dict[str, float]:
    numbers = {key: value for key, value in inputs.items() if key != "name"}
    return {key: float("nan") if value is None else float(value) for key, value in numbers.items()}


def _condition_columns(rows: list[dict[str, float]]) -> InlineColumns:
    keys = dict.fromkeys(key for row in rows for key in row)
    return InlineColumns({key: np.array([row.get(key, np.nan) for row in rows]) for key in keys})


def render_problems(rule: Rule, thresholds: Thresholds) -> Iterator[tuple[str, str]]:
    """What is wrong with a rule's message, rendered with the numbers of its speaking tests."""
    speaking = [case for case in rule.tests if case.expect in SPEAKING]
    if not speaking:
        yield "No test makes it speak.", "Add one, so that the message is rendered."
    for case in speaking:
        for message in (rule.message, rule.brief):
            try:
                rendered(message, message_numbers(rule, case, thresholds))
            except ValueError as error:
                hint = "Give every number the message names in `given`, and check the names."
                yield f"Test {case.it!r}: {error}", hint


def message_numbers(rule: Rule, case: RuleTest, thresholds: Thresholds) -> dict[str, Any]:
    """What the message names, out of a test's numbers; for loading and for golden messages."""
    inputs = _numbers(rule, case, thresholds)
    numbers = {name: None if np.isnan(number) else number for name, number in inputs.items()}
    values: dict[str, Any] = {"name": "Campaign A", "channel": "google_ads", "campaigns": 1}
    values |= {"about": False, "effect": None, "move": 100.0, "results": "results"}
    values |= {"parts": "“A”, “B” and 3 more", "whose": "Campaign A"}
    values |= figures(numbers)
    receiver = next((candidate for candidate in case.others if candidate["name"] == case.to), None)
    if receiver:
        receiver_numbers = {key: value for key, value in receiver.items() if key != "name"}
        values["to"] = SimpleNamespace(name=receiver["name"], **figures(receiver_numbers))
        values["effect"] = SimpleNamespace(low=0.5, mean=2.0, high=4.0, sure=0.9)
    return values
