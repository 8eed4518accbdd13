"""The same rules by rule engines that look at one campaign at a time.

They get a sample without missing numbers, since neither knows a third truth value, and must find
exactly what ours finds there; their time is scaled to as many campaigns as ours is measured on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import rule_engine  # type: ignore[import-untyped]
from business_rules.engine import (  # type: ignore[import-untyped]
    check_conditions_recursively,
)
from business_rules.variables import (  # type: ignore[import-untyped]
    BaseVariables,
    numeric_rule_variable,
)

from bot.advice.rules.condition import AnyOf, Condition, Floats, Line, every, printed
from bot.advice.rules.rulebook import Rule

SAMPLE = 500
_NAME = re.compile(r"([a-z]\w*)\.(\w+)")
_GROUPED = re.compile(r"(?<=[0-9])_(?=[0-9])")  # 2_000
Found = np.ndarray[Any, np.dtype[np.bool_]]
Engine = Callable[[], Found]


class DisagreementError(AssertionError):
    """The engines were not given the same work: their times cannot be compared."""


def engines(rules: Sequence[Rule], columns: Mapping[str, Floats]) -> Mapping[str, Engine]:
    """Each library over the sample, by name; every answer is rules x campaigns.

    Raises:
        DisagreementError: When one finds something else than ours does.
    """
    sample = _complete(columns)
    listed = zip(*(values.tolist() for values in sample.values()), strict=True)
    rows = [dict(zip(sample, values, strict=True)) for values in listed]
    made = {"rule-engine": _rule_engine(rules, rows), "business-rules": _business(rules, rows)}
    ours = np.array([every(_lines(rule), sample, SAMPLE).holds for rule in rules])
    for name, engine in made.items():
        if not np.array_equal(engine(), ours):
            raise DisagreementError(f"{name} does not find what ours finds.")
    return made


def _complete(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    first = {name: values[: 50 * SAMPLE] for name, values in columns.items()}
    there = ~np.isnan(np.stack(list(first.values()))).any(axis=0)
    return {name: values[there][:SAMPLE] for name, values in first.items()}


def _lines(rule: Rule) -> tuple[Condition, ...]:
    return (*rule.when, *rule.evidence)


def _rule_engine(rules: Sequence[Rule], rows: Sequence[Mapping[str, float]]) -> Engine:
    """Its own language is near ours: `and`, `or`, and names without a point."""
    texts = (" and ".join(f"({one.text})" for one in _lines(rule)) for rule in rules)
    parsed = [rule_engine.Rule(_NAME.sub(r"\1__\2", _GROUPED.sub("", text))) for text in texts]
    named = [{_NAME.sub(r"\1__\2", name): x for name, x in row.items()} for row in rows]
    return lambda: np.array([[rule.matches(row) for row in named] for rule in parsed])


def _business(rules: Sequence[Rule], rows: Sequence[Mapping[str, float]]) -> Engine:
    """It compares a variable with a constant: the variable is left less right, in Python."""
    sides: dict[str, Any] = {}
    conditions = [{"all": [_nested(one, sides) for one in _lines(rule)]} for rule in rules]
    campaign = type("Campaign", (BaseVariables,), {"__init__": _keep, **sides})
    made = [campaign(row) for row in rows]
    return lambda: np.array(
        [[check_conditions_recursively(rule, one) for one in made] for rule in conditions]
    )


def _keep(self: Any, row: Mapping[str, float]) -> None:
    self.row = row


_OPERATORS = {
    "<": "less_than", "<=": "less_than_or_equal_to",
    ">": "greater_than", ">=": "greater_than_or_equal_to",
}  # fmt: skip


def _nested(condition: Condition, sides: dict[str, Any]) -> dict[str, Any]:
    if isinstance(condition, AnyOf):
        return {"any": [_nested(line, sides) for line in condition.lines]}
    name = f"side{len(sides)}"
    sides[name] = numeric_rule_variable(_difference(condition))
    return {"name": name, "operator": _OPERATORS[condition.sign], "value": 0}


def _difference(line: Line) -> Callable[[Any], float]:
    texts = (_NAME.sub(r"self.row['\g<0>']", printed(side)) for side in (line.left, line.right))
    return cast("Callable[[Any], float]", eval("lambda self: ({}) - ({})".format(*texts)))
