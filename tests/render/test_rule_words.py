"""Every rule as people read it, in both languages, from the numbers of its own tests.

PERFBOT_REWRITE_GOLDEN=1 writes the files anew; read the difference before committing it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.advice.rules.rulebook import Rule, RuleTest
from bot.domain.advice import Advice
from bot.rules_files import load
from bot.rules_files.inline_tests import cell_of

WORDS = Path(__file__).parent / "golden"
REWRITE = bool(os.environ.get("PERFBOT_REWRITE_GOLDEN"))
SPEAKS = {"watch", "advise", "urgent"}
RULEBOOK = load()
ODD = re.compile(r"None|nan|\{\{|\}\}|%\(|  |\s[.,;:](?=\s|$)|(?<!\d)–(?!\d)")


def advised(rule: Rule, case: RuleTest) -> Advice:
    """A test's numbers as the advice they would make."""
    cell = cell_of(rule, case, RULEBOOK.thresholds)
    table = {f"threshold.{name}": value for name, value in cell.numbers.items()}
    numbers = {"name": "Meta | Leads B2B", "stage": cell.stage, "pricing_model": cell.pricing,
               "campaigns": 3 if rule.together else 1, "as_of": "2026-11-23",
               "about": False, "move": 240.0, "effect": None}  # fmt: skip
    evidence = {"a": table | dict(case.given)}
    other = next((each for each in case.others if each["name"] == case.to), None)
    if other:
        evidence["b"] = {name: value for name, value in other.items() if name != "name"}
        effect = {"mean": 2.0, "low": 0.5, "high": 4.0, "sure": 0.9, "counted": "conversions"}
        numbers |= {"to": {"name": other["name"], "campaign_id": "b"}, "effect": effect}
    return Advice(
        id="a", rule=rule.id, rule_version=rule.version, campaign_ids=tuple(evidence),
        action=rule.action.do, severity=rule.severity, budgets={"a": 1.0}, currency="NOK",
        evidence=evidence, title=rule.title, message=rule.message, brief=rule.brief,
        numbers=numbers,
    )  # fmt: skip


def lines(renderer) -> Iterator[str]:
    for rule in RULEBOOK.rules:
        yield f"{rule.id}: {renderer.phrases.speech.translated(rule.title)}"
        yield f"  {renderer.phrases.speech.translated(rule.why)}"
        for case in (case for case in rule.tests if case.expect in SPEAKS):
            advice = advised(rule, case)
            yield f"- {renderer.rule(advice)}"
            if rule.brief:
                yield f"  … {renderer.rule(replace(advice, message=rule.brief))}"
        yield ""


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_rule_reads_as_agreed(renderers, language):
    """No rule changes a word or a figure without somebody reading it."""
    path = WORDS / f"rules.{language}.txt"
    found = "\n".join(lines(renderers[language])).replace("\u00a0", " ").replace("\u202f", " ")
    if REWRITE:
        path.write_text(found, "utf-8")
    assert path.exists(), f"{path.name} is missing; PERFBOT_REWRITE_GOLDEN=1 writes it"
    assert path.read_text("utf-8") == found, "PERFBOT_REWRITE_GOLDEN=1 writes it; read it"


@pytest.mark.parametrize("language", ["en", "nb"])
def test_no_rule_says_a_hole_or_a_missing_number(renderers, language):
    """No None, nan, unfilled hole, doubled space or dash where a figure should be."""
    odd = [line for line in lines(renderers[language]) if ODD.search(line.strip())]
    assert odd == []


def test_norwegian_figures_read_norwegian(renderers):
    """A decimal comma, never a point between digits."""
    told = [line for line in lines(renderers["nb"]) if re.search(r"\d\.\d", line)]
    assert told == []
