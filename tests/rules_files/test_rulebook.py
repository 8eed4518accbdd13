"""The rules perfbot ships: their own tests, and what the table promises."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot import rules_files
from bot.advice.evaluate.findings import SPEAKS, judge
from bot.advice.rules.condition import columns_of
from bot.advice.rules.explain import explain, matrix
from bot.advice.rules.rulebook import PERFORMANCE, PRICING, STAGES, Rulebook
from bot.domain.advice import ACTIONS
from bot.places import CHECKOUT
from bot.rules_files.inline_tests import InlineColumns, cell_of

SHIPPED = rules_files.load()
RULES = [rule.id for rule in SHIPPED.rules]
RESULTS = rules_files.test(SHIPPED)


@pytest.mark.parametrize("result", RESULTS, ids=[f"{one.rule}: {one.it}" for one in RESULTS])
def test_the_rules_own_tests(result: rules_files.TestResult) -> None:
    """Every inline test of every rule comes out as it says."""
    assert result.problem is None, str(result.problem)


@pytest.mark.parametrize("id_", RULES)
def test_every_rule_is_tested_to_speak_to_be_quiet_and_to_wait(id_: str) -> None:
    """Each rule shows when it speaks, when it holds its tongue and when data is too thin."""
    expected = {case.expect for case in SHIPPED.rule(id_).tests}
    assert expected & {"watch", "advise", "urgent"}
    assert "quiet" in expected
    assert "too_little_data" in expected


@pytest.mark.parametrize("id_", RULES)
def test_missing_numbers_never_make_a_rule_speak(id_: str) -> None:
    """With all numbers missing, no rule speaks."""
    rule = SHIPPED.rule(id_)
    columns = InlineColumns({"threshold.step": np.array([np.nan])})
    said = judge(rule, columns, np.ones(1, bool), SHIPPED.metrics)
    assert said.verdict[0] != SPEAKS


@pytest.mark.parametrize("id_", RULES)
def test_one_missing_number_never_makes_a_rule_speak_that_was_quiet(id_: str) -> None:
    """Taking any one number away from a quiet test leaves it silent."""
    rule = SHIPPED.rule(id_)
    for case in (case for case in rule.tests if case.expect == "quiet" and not case.others):
        row = SHIPPED.thresholds.cell(*(case.cell or _cell(id_)))
        table = {f"threshold.{name}": value for name, value in row.numbers.items()}
        given = table | {k: np.nan if v is None else v for k, v in case.given.items()}
        for gone in columns_of((*rule.when, *rule.evidence)):
            columns = InlineColumns({k: np.array([v]) for k, v in {**given, gone: np.nan}.items()})
            said = judge(rule, columns, np.ones(1, bool), SHIPPED.metrics)
            assert said.verdict[0] != SPEAKS


def _cell(id_: str) -> tuple[str, str]:
    rule = SHIPPED.rule(id_)
    models = rule.pricing or rule.billed or PRICING
    return (rule.stages or STAGES)[0], models[0]


def test_all_sixteen_cells_have_their_row(packaged: Rulebook) -> None:
    """Every stage and pricing model has a judge that is a metric, windows and all numbers."""
    cells = packaged.thresholds.cells
    assert set(cells) == {(stage, model) for stage in STAGES for model in PRICING}
    for cell in cells.values():
        assert packaged.metrics[cell.judge].better == "lower"
        assert set(cell.numbers) == packaged.thresholds.names
        assert cell.now > 0
        assert cell.before >= cell.now


def test_every_cell_has_rules_of_its_own(packaged: Rulebook) -> None:
    """At least two rules besides the checks can speak in each cell."""
    for cell, rules in matrix(packaged).items():
        assert len([one for one in rules if not one.startswith("always-")]) >= 2, cell


SIXTEEN = [(stage, model) for stage in STAGES for model in PRICING]


@pytest.mark.parametrize("cell", SIXTEEN, ids="/".join)
def test_each_cell_speaks_holds_its_tongue_and_waits(cell: tuple[str, str]) -> None:
    """In each of the sixteen cells a test says advise, one quiet and one too_little_data."""
    said = {
        case.expect
        for rule in SHIPPED.rules
        for case in rule.tests
        if cell_of(rule, case, SHIPPED.thresholds).name == "/".join(cell)
    }
    assert {"advise", "quiet", "too_little_data"} <= said


@pytest.mark.parametrize("cell", SIXTEEN, ids="/".join)
def test_each_cell_has_a_rule_that_holds_another_back(cell: tuple[str, str]) -> None:
    """Besides the checks, which hold back everything, a rule of the cell mutes another of it."""
    there = set(matrix(SHIPPED)[cell])
    for id_ in there:
        assert set(SHIPPED.rule(id_).mutes) <= {rule.id for rule in SHIPPED.rules} | {PERFORMANCE}
    performing = {id_ for id_ in there if SHIPPED.rule(id_).judges_performance}
    assert performing
    assert any(PERFORMANCE in SHIPPED.rule(id_).mutes for id_ in there)
    own = {other for id_ in performing for other in SHIPPED.rule(id_).mutes}
    assert own & performing


@pytest.mark.parametrize("cell", SIXTEEN, ids="/".join)
def test_each_cell_judges_by_its_own_price(cell: tuple[str, str]) -> None:
    """A rule of the cell reads what the cell is judged by against its target, or its peers."""
    judge_ = SHIPPED.thresholds.cell(*cell).judge
    reads = {name for id_ in matrix(SHIPPED)[cell] for name in SHIPPED.rule(id_).reads}
    assert f"{judge_}.target" in reads


def test_nobody_moves_money_between_stages(packaged: Rulebook) -> None:
    """What weighs stages against each other moves nothing and only watches."""
    weighing = [rule for rule in packaged.rules if rule.action.do == "weigh_stages"]
    assert weighing
    for rule in weighing:
        assert rule.severity == "watch"
        assert rule.action.step is None
        assert rule.together == "client"


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_has_at_least_two_rules(packaged: Rulebook, stage: str) -> None:
    """Reach, act, convert and engage each have rules that are theirs alone."""
    assert len([rule for rule in packaged.rules if rule.stages == (stage,)]) >= 2


@pytest.mark.parametrize(
    ("model", "id_", "action"),
    [
        ("CPM", "reach-frequency", "cap_frequency"),
        ("CPC", "act-keywords", "review_keywords"),
        ("CPC", "reach-landing-rate", "fix_landing_page"),
        ("CPL", "act-lead-quality", "review_leads"),
        ("CPA", "convert-documented", "dispute_sales"),
    ],
)
def test_each_pricing_models_own_question_is_asked(
    packaged: Rulebook, model: str, id_: str, action: str
) -> None:
    """Frequency, keyword and landing page, lead quality, documented sale: by what is billed."""
    rule = packaged.rule(id_)
    assert rule.billed == (model,)
    assert rule.action.do == action


def test_the_checks_come_first_and_are_for_everyone(packaged: Rulebook) -> None:
    """always.yml is read before any other file, and asks for neither stage nor model."""
    first = [rule for rule in packaged.rules if rule.id.startswith("always-")]
    assert packaged.rules[: len(first)] == tuple(first)
    assert all(not rule.stages and not rule.pricing for rule in first)
    actions = {rule.action.do for rule in first}
    checks = {"hold", "check_tracking", "check_spend", "check_delivery", "adjust_pacing"}
    assert actions == checks


def test_actions_come_from_the_closed_list(packaged: Rulebook) -> None:
    """No rule does what nobody knows how to answer."""
    assert {rule.action.do for rule in packaged.rules} <= set(ACTIONS)


@pytest.mark.parametrize("id_", RULES)
def test_every_rule_can_be_explained(packaged: Rulebook, id_: str) -> None:
    """The explanation has its lines, its thresholds' numbers and where it is written."""
    rule = packaged.rule(id_)
    text = explain(rule, packaged)
    assert rule.title in text
    assert f"{rule.file}, line {rule.line}" in text
    for condition in rule.when:
        assert condition.text.split(" or ")[0] in text


def test_the_schema_is_fresh() -> None:
    """rules/schema.json is what the code makes of the format today (`make schema`)."""
    written = json.loads((CHECKOUT / "rules" / "schema.json").read_text(encoding="utf-8"))
    assert written == rules_files.schema()


def test_rules_point_at_the_schema() -> None:
    """An editor finds the schema from the first line of each file."""
    for path in Path(CHECKOUT / "rules").glob("*.yml"):
        if path.stem not in {"metrics", "thresholds"}:
            assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=")


def test_versions_change_with_what_is_said_and_done(packaged: Rulebook) -> None:
    """The same files give the same versions; ids are all different."""
    again = rules_files.load()
    assert again.version == packaged.version
    assert [rule.version for rule in again.rules] == [rule.version for rule in packaged.rules]
    assert len({rule.version for rule in packaged.rules}) == len(packaged.rules)
