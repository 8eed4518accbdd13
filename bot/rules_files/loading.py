"""From folders of files to one Rulebook, with all errors collected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.advice.rules import rulebook as rulebook_module
from bot.advice.rules.rulebook import PERFORMANCE, Cell, Rule, Rulebook, Thresholds
from bot.errors import PerfbotError, Problems, RuleError
from bot.numbers.metrics import glossary
from bot.numbers.metrics.glossary import Metrics
from bot.places import Marks, marks, remember, remembered, shipped
from bot.rules_files.building import KnownNames, Place, build, check_lines
from bot.rules_files.inline_tests import render_problems, test
from bot.rules_files.models import Off, RuleModel, ThresholdTable
from bot.rules_files.parsing import files, line_of, read, table

_Model = TypeVar("_Model", bound=BaseModel)
_NAME = "rulebook"
_CODE = tuple(Path(file).parent for file in (__file__, rulebook_module.__file__, glossary.__file__))
"""Folders of the code a rulebook is made by and of."""
_HINTS = {
    "extra_forbidden": "Remove it or correct its name; rules/schema.json lists what is known.",
    "missing": "Every rule needs it; see the others.",
}


@dataclass(frozen=True)
class FilePart:
    """What of a file an error is in: its data, and the rule where it is one's."""

    file: str
    data: Any
    rule: str = ""


@dataclass
class _Desk:
    """The errors found so far, each put in its place."""

    problems: list[PerfbotError] = field(default_factory=list)

    def complain(self, part: FilePart, place: Place, message: str, hint: str) -> None:
        line = line_of(part.data, place)
        self.problems.append(
            RuleError(message, hint=hint, line=line, file=part.file, rule=part.rule)
        )

    def raise_any(self) -> None:
        if self.problems:
            raise Problems(self.problems)


def load(folder: str | Path | None = None, *, rendering: bool = True) -> Rulebook:
    """The rulebook: perfbot's own rules, and over them, by id, those of the user's folder.

    Args:
        folder: A folder of rule files (any *.yml, thresholds.yml, metrics.yml); None for none.
        rendering: Whether every message is rendered once, to see that it can be. Without a folder
            a question at the terminal leaves that to `check` and to whatever serves: half of the
            time goes there, and the packaged rules have been through it.

    Raises:
        Problems: Every error of every file, each a RuleError with file, line and rule.
    """
    if folder:
        return _loaded([shipped("rules"), _existing(folder)], rendering=True)
    return _packaged(marks(shipped("rules")), rendering=rendering)


@lru_cache(maxsize=4)
def _packaged(of: Marks, *, rendering: bool) -> Rulebook:
    """The shipped rules: read once a process, as long as the files are the same."""
    return _loaded([shipped("rules")], rendering=True) if rendering else _remembered(of)


def _remembered(of: Marks) -> Rulebook:
    """The shipped rules as an earlier process read them, by the same code; else read now.

    Reading them is a tenth of a terminal's first answer.
    """
    of += marks(*_CODE)
    rulebook = remembered(_NAME, of)
    if not isinstance(rulebook, Rulebook):
        rulebook = _loaded([shipped("rules")], rendering=False)
        remember(_NAME, of, rulebook)
    return rulebook


def _loaded(folders: list[Path], *, rendering: bool) -> Rulebook:
    desk = _Desk()
    metrics = _metrics(folders, desk)
    thresholds = _thresholds(folders, metrics, desk)
    rules = _rules(folders, KnownNames(metrics, thresholds.names), desk)
    _check_together(rules, thresholds, desk)
    if rendering:
        _check_messages(rules, thresholds, desk)
    desk.raise_any()
    return Rulebook(metrics, thresholds, tuple(rules.values()))


def check(folder: str | Path | None = None) -> Rulebook:
    """Load, and run the rules' own tests; raises Problems with every error and failed test."""
    rulebook = load(folder)
    failed = [result.problem for result in test(rulebook) if result.problem]
    if failed:
        raise Problems(failed)
    return rulebook


def _existing(folder: str | Path) -> Path:
    path = Path(folder)
    if not path.is_dir():
        raise RuleError(
            f"There is no folder of rules at {path}.", hint="Check `rules` in perfbot.toml."
        )
    return path


def _read(path: Path, desk: _Desk) -> Any:
    try:
        return read(path)
    except RuleError as error:
        desk.problems.append(error)
        return None


def _metrics(folders: list[Path], desk: _Desk) -> Metrics:
    data: dict[str, Any] = {}
    for path in _each(folders, "metrics"):
        data |= _mapping(path, desk)
    try:
        return Metrics.from_data(data)
    except Problems as problems:
        desk.problems += problems.problems
        return Metrics({})


def _each(folders: list[Path], stem: str) -> Iterator[Path]:
    for folder in folders:
        if (folder / f"{stem}.yml").is_file():
            yield folder / f"{stem}.yml"


def _mapping(path: Path, desk: _Desk) -> dict[str, Any]:
    data = _read(path, desk)
    if data is None or isinstance(data, dict):
        return data or {}
    part = FilePart(path.name, data)
    desk.complain(part, (), "The file is no mapping of names.", "See the packaged one.")
    return {}


def _thresholds(folders: list[Path], metrics: Metrics, desk: _Desk) -> Thresholds:
    merged: dict[str, Any] = {}
    tables: list[tuple[str, Any]] = []
    for path in _each(folders, "thresholds"):
        data = _mapping(path, desk)
        if _model(ThresholdTable, data, path.name, desk):
            merged, tables = _merged(merged, data), [*tables, (path.name, data)]

    def complain(place: Place, message: str, hint: str) -> None:
        file, data = tables[-1] if tables else ("thresholds.yml", None)
        desk.complain(FilePart(file, data), place, message, hint)

    return table(ThresholdTable.model_validate(merged), metrics, complain)


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        nested = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if nested else value
    return merged


def _rules(folders: list[Path], vocabulary: KnownNames, desk: _Desk) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for folder in folders:
        folder_rules: dict[str, Rule | None] = {}
        for path in files(folder):
            _file(path, folder_rules, vocabulary, desk)
        rules |= {id_: rule for id_, rule in folder_rules.items() if rule}
        for id_, rule in folder_rules.items():
            if rule is None:
                rules.pop(id_, None)
    return rules


def _file(
    path: Path, folder_rules: dict[str, Rule | None], vocabulary: KnownNames, desk: _Desk
) -> None:
    data = _read(path, desk)
    if data is None:
        return
    if not isinstance(data, list):
        part = FilePart(path.name, data)
        desk.complain(part, (), "The file is no list of rules.", "Start rules with `- id:`.")
        return
    for index, item in enumerate(data):
        line = data.lines[index]  # type: ignore[attr-defined]  # reading.Listed
        id_, rule = _rule(item, path.name, line, vocabulary, desk)
        if id_ in folder_rules:
            desk.complain(
                FilePart(path.name, item, id_),
                ("id",),
                "There is already a rule with this id.",
                "Ids are for ever: take another.",
            )
        folder_rules[id_] = rule


def _rule(
    item: Any, file: str, line: int, vocabulary: KnownNames, desk: _Desk
) -> tuple[str, Rule | None]:
    id_ = str(item.get("id", "")) if isinstance(item, dict) else ""
    if isinstance(item, dict) and "enabled" in item:
        _model(Off, item, file, desk, id_)
        return id_, None
    model = _model(RuleModel, item, file, desk, id_)
    complain = partial(desk.complain, FilePart(file, item, id_))
    if model is not None:
        return id_, build(model, vocabulary, complain, file=file, line=line)
    if isinstance(item, dict):
        check_lines(item, vocabulary, complain)
    return id_ or f"{file}:{line}", None


def _model(kind: type[_Model], data: Any, file: str, desk: _Desk, rule: str = "") -> _Model | None:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        for detail in error.errors():
            place = _place(data, detail["loc"])
            named = ".".join(str(step) for step in place)
            hint = _HINTS.get(detail["type"], "")
            part, message = FilePart(file, data, rule), f"{named or 'This'}: {_said(detail)}."
            desk.complain(part, place, message, hint)
        return None


def _place(data: Any, loc: tuple[Any, ...]) -> Place:
    """Where in the file pydantic means: its own steps into unions are not in the file."""
    place: list[Any] = []
    for step in loc:
        inside = isinstance(data, dict) and step in data
        inside = inside or (isinstance(data, list) and isinstance(step, int) and step < len(data))
        if inside:
            data = data[step]
            place.append(step)
    missing = isinstance(data, dict) and loc and isinstance(loc[-1], str) and loc[-1] not in place
    return (*place, loc[-1]) if missing and loc[-1].islower() else tuple(place)


def _said(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such key"
    if error["type"] == "missing":
        return "it is missing"
    message = str(error["msg"]).rstrip(".")
    return message[0].lower() + message[1:]


def _check_together(rules: Mapping[str, Rule], thresholds: Thresholds, desk: _Desk) -> None:
    for rule in rules.values():
        at = partial(_at, rule, desk)
        for muted in rule.mutes:
            if muted != PERFORMANCE and muted not in rules:
                at(
                    f"It mutes {muted!r}, which is no rule.",
                    "Give the id of a rule, or `performance`.",
                )
        if not any(rule.applies(cell) for cell in _cells(thresholds)):
            at("It applies to no cell.", "Check stage and pricing.")


def _check_messages(rules: Mapping[str, Rule], thresholds: Thresholds, desk: _Desk) -> None:
    for rule in rules.values():
        for message, hint in render_problems(rule, thresholds):
            _at(rule, desk, message, hint)


def _cells(thresholds: Thresholds) -> tuple[Cell, ...]:
    return (thresholds.default, *thresholds.cells.values())


def _at(rule: Rule, desk: _Desk, message: str, hint: str) -> None:
    desk.problems.append(
        RuleError(message, hint=hint, line=rule.line, file=rule.file, rule=rule.id)
    )
