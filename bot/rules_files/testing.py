"""The rules' own tests: numbers given, verdict expected; and messages rendered with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from bot.advice.condition import THRESHOLD, Floats
from bot.advice.judge import SPEAKS, VERDICTS, judge
from bot.advice.rulebook import Cell, Rule, Rulebook, RuleTest, Thresholds
from bot.advice.values import figures
from bot.errors import RuleError
from bot.rules_files.wording import rendered

SPEAKING = ("watch", "advise", "urgent")


@dataclass(frozen=True)
class TestResult:
    """One inline test, run: `problem` is None where the rule did what it should."""

    __test__ = False
    rule: str
    it: str
    got: Mapping[str, Any]
    problem: RuleError | None


class Given(dict[str, Floats]):
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
    return [_run(rulebook, one, case) for one in rules for case in one.tests]


def _run(rulebook: Rulebook, rule: Rule, case: RuleTest) -> TestResult:
    got = _outcome(rulebook, rule, case)
    wanted = {"expect": case.expect, "to": case.to}
    wrong = {
        key: value
        for key, value in wanted.items()
        if value is not None and not _same(got.get(key), value)
    }
    problem = _failed(rule, case, wrong, got) if wrong else None
    return TestResult(rule.id, case.it, got, problem)


def _failed(rule: Rule, case: RuleTest, wrong: Mapping[str, Any], got: Any) -> RuleError:
    parts = ", ".join(f"{key} {value!r} but got {got.get(key)!r}" for key, value in wrong.items())
    return RuleError(
        f"The test {case.it!r} expects {parts}.",
        hint="Change the rule, or the test's numbers.",
        file=rule.file,
        line=rule.line,
        rule=rule.id,
    )


def _same(got: Any, wanted: Any) -> bool:
    if isinstance(wanted, float | int) and isinstance(got, float | int):
        return abs(got - wanted) < 1e-9
    return bool(got == wanted)


def _outcome(rulebook: Rulebook, rule: Rule, case: RuleTest) -> dict[str, Any]:
    numbers = _numbers(rule, case, rulebook.thresholds)
    columns = _columns([numbers])
    said = int(judge(rule, columns, np.ones(1, bool), rulebook.metrics).verdict[0])
    if said != SPEAKS:
        return {"expect": VERDICTS[said]}
    if rule.action.by is None:
        return {"expect": rule.severity}
    return {"expect": rule.severity, "to": _partner(rulebook, rule, case, numbers)}


def _partner(
    rulebook: Rulebook, rule: Rule, case: RuleTest, numbers: Mapping[str, float]
) -> str | None:
    """The likeliest to receive of the others that the rule speaks of; None where there is none."""
    thresholds = {key: value for key, value in numbers.items() if key.startswith(THRESHOLD)}
    others = [thresholds | _floats(other) for other in case.others]
    if not others:
        return None
    columns = _columns(others)
    speaks = judge(rule, columns, np.ones(len(others), bool), rulebook.metrics).speaks
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


def _floats(given: Mapping[str, Any]) -> dict[str, float]:
    numbers = {key: value for key, value in given.items() if key != "name"}
    return {key: float("nan") if value is None else float(value) for key, value in numbers.items()}


def _columns(rows: list[dict[str, float]]) -> Given:
    keys = dict.fromkeys(key for row in rows for key in row)
    return Given({key: np.array([row.get(key, np.nan) for row in rows]) for key in keys})


def render_problems(rule: Rule, thresholds: Thresholds) -> Iterator[tuple[str, str]]:
    """What is wrong with a rule's message, rendered with the numbers of its speaking tests."""
    speaking = [case for case in rule.tests if case.expect in SPEAKING]
    if not speaking:
        yield "No test makes it speak.", "Add one, so that the message is rendered."
    for case in speaking:
        for said in (rule.message, rule.brief):
            try:
                rendered(said, message_numbers(rule, case, thresholds))
            except ValueError as error:
                hint = "Give every number the message names in `given`, and check the names."
                yield f"Test {case.it!r}: {error}", hint


def message_numbers(rule: Rule, case: RuleTest, thresholds: Thresholds) -> dict[str, Any]:
    """What the message names, out of a test's numbers; for loading and for golden messages."""
    given = _numbers(rule, case, thresholds)
    numbers = {name: None if np.isnan(number) else number for name, number in given.items()}
    values: dict[str, Any] = {"name": "Campaign A", "channel": "google_ads", "campaigns": 1}
    values |= {"about": False, "effect": None, "move": 100.0, "results": "results"}
    values |= figures(numbers)
    receiver = next((other for other in case.others if other["name"] == case.to), None)
    if receiver:
        own = {key: value for key, value in receiver.items() if key != "name"}
        values["to"] = SimpleNamespace(name=receiver["name"], **figures(own))
        values["effect"] = SimpleNamespace(low=0.5, mean=2.0, high=4.0, sure=0.9)
    return values
