"""`perfbot rules check|test|list|explain|backtest`."""

from __future__ import annotations

from pathlib import Path

import click

from bot import rules_files
from bot.advice.rules.explain import matrix
from bot.advice.rules.rulebook import PRICING, STAGES, Rule, Rulebook
from bot.cli.backtest import backtest_command
from bot.cli.door import say
from bot.cli.options import everywhere, format_option
from bot.cli.parts import settings_of
from bot.cli.plain_text import as_json, said, table
from bot.errors import Problems

folder_option = click.option(
    "--folder", type=click.Path(path_type=Path), help="Your own rules. [default: [rules] folder]"
)


@click.group("rules")
def rules_command() -> None:
    """What good looks like: check, test, list, explain or replay the rules."""


rules_command.add_command(backtest_command)


def _folder(folder: Path | None, config: str | None) -> Path | None:
    return folder or settings_of(config).rules.folder


def _load(folder: Path | None, config: str | None) -> Rulebook:
    return rules_files.load(_folder(folder, config))


@rules_command.command("check")
@folder_option
@everywhere
def check(folder: Path | None, db: str | None, config: str | None) -> int:  # noqa: ARG001
    """Read every rule and run its tests; every problem with its file and line."""
    try:
        rulebook = rules_files.check(_folder(folder, config))
    except Problems as error:
        for problem in error.problems:
            say(str(problem))
        count = len(error.problems)
        say(f"{count} problem{'s' if count > 1 else ''} found.")
        return 1
    tests = sum(len(rule.tests) for rule in rulebook.rules)
    said(f"{len(rulebook.rules)} rules and their {tests} tests are fine.")
    return 0


@rules_command.command("test")
@click.argument("rule", required=False)
@folder_option
@everywhere
def test(
    rule: str | None,
    folder: Path | None,
    db: str | None,  # noqa: ARG001
    config: str | None,
) -> int:
    """Run the tests written in the rules, of all or of one."""
    results = rules_files.test(_load(folder, config), rule)
    for result in results:
        said(f"{'✘' if result.problem else '✔'} {result.rule}: {result.it}")
    failed = [result.problem for result in results if result.problem]
    for problem in failed:
        say(str(problem))
    said(f"\n{len(results) - len(failed)} of {len(results)} tests hold.")
    return 1 if failed else 0


@rules_command.command("list")
@folder_option
@format_option
@everywhere
def list_(
    folder: Path | None,
    form: str,
    db: str | None,  # noqa: ARG001
    config: str | None,
) -> None:
    """Every rule in force: where it applies and what it asks for."""
    rulebook = _load(folder, config)
    rules = rulebook.rules
    if form == "json":
        as_json([_rule_json(rule) for rule in rules])
        return
    rows = [
        [rule.id, _any(rule.stages), _any(rule.pricing), rule.action.do, rule.severity, rule.title]
        for rule in rules
    ]
    said(table(["Rule", "Stage", "Model", "Does", "Severity", "Title"], rows))
    said(f"\n{_matrix(rulebook)}")


def _matrix(rulebook: Rulebook) -> str:
    """How many rules speak in each of the sixteen cells, and what each is judged by."""
    rule_matrix, cells = matrix(rulebook), rulebook.thresholds.cells
    everywhere = len([rule for rule in rulebook.rules if not (rule.stages or rule.pricing)])
    rows = [
        [
            stage,
            *(
                f"{len(rule_matrix[stage, model])} ({cells[stage, model].judge})"
                for model in PRICING
            ),
        ]
        for stage in STAGES
    ]
    head = f"Rules in each cell, {everywhere} of them in every one, and what a cell is judged by:"
    return f"{head}\n{table(['', *PRICING], rows)}"


def _rule_json(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "stage": list(rule.stages),
        "pricing": list(rule.pricing),
        "action": rule.action.do,
        "severity": rule.severity,
    }


def _any(words: tuple[str, ...]) -> str:
    return ", ".join(words) or "any"


@rules_command.command("explain")
@click.argument("rule")
@folder_option
@everywhere
def explain(
    rule: str,
    folder: Path | None,
    db: str | None,  # noqa: ARG001
    config: str | None,
) -> None:
    """What a rule looks at, with the numbers of the table in place."""
    from bot.advice.rules.explain import explain as told  # noqa: PLC0415

    rulebook = _load(folder, config)
    said(told(rulebook.rule(rule), rulebook))
