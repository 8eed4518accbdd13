"""Which tests run which line: each file of tests is watched once, and what was seen is kept.

A line is known by its function and its text, so that what was seen outlives changes elsewhere. It
only chooses tests: one that is chosen too many or too few never makes a change noticed that is not.
"""

from __future__ import annotations

import ast
import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import coverage
import pytest

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".mutants"
CORE = ("bot/numbers", "bot/advice", "bot/store", "bot/jobs", "bot/policy", "bot/snapshot")


class Watch:
    """A pytest plugin that notes, for each line of the core, the tests in which it ran."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self._shared: list[tuple[pytest.FixtureDef[Any], Any]] = []  # set up for several tests
        self._coverage: coverage.Coverage | None = None
        self._running: list[str] = []
        self._uses: dict[str, list[str]] = defaultdict(list)  # by fixture, its tests

    def start(self) -> None:
        """From here on lines are noted."""
        self._coverage = coverage.Coverage(
            data_file=None,
            config_file=False,
            include=[f"{ROOT}/{folder}/*" for folder in CORE],
        )
        self._coverage.start()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        if self._coverage is None:
            return (yield)
        for name in getattr(item, "fixturenames", ()):
            self._uses[f"fixture {name}"].append(item.nodeid)
        begun = time.process_time()
        with self._within(item.nodeid):
            answer = yield
        self.seconds[item.nodeid] = time.process_time() - begun
        return answer

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: Any
    ) -> Generator[None, Any, Any]:
        """What a shared fixture runs is run for every test that uses it."""
        if fixturedef.scope == "function":
            return (yield)
        self._shared.append((fixturedef, request))
        if self._coverage is None:
            return (yield)
        with self._within(f"fixture {fixturedef.argname}"):
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)

    def forget(self) -> None:
        """Let shared fixtures be set up anew."""
        for fixturedef, request in reversed(self._shared):
            fixturedef.finish(request)

    def _within(self, name: str) -> _Context:
        assert self._coverage is not None
        return _Context(self._coverage, self._running, name)

    def seen(self) -> dict[str, Any]:
        """Seconds of each test that passed, and by line of the core the tests that ran it."""
        assert self._coverage is not None
        self._coverage.stop()
        data = self._coverage.get_data()
        passed = [name for name in self.seconds if name not in self.failed]
        numbers = {name: number for number, name in enumerate(passed)}
        lines: dict[str, set[int]] = defaultdict(set)
        for path in data.measured_files():
            file = Path(path).relative_to(ROOT).as_posix()
            texts = line_keys(file)
            for line, contexts in data.contexts_by_lineno(path).items():
                names = {
                    name for context in contexts for name in self._uses.get(context, [context])
                }
                lines[texts[line]] |= {numbers[name] for name in names if name in numbers}
        return {
            "seconds": {name: round(self.seconds[name], 4) for name in passed},
            "lines": {key: sorted(tests) for key, tests in lines.items() if tests},
            "uses": {
                name: [numbers[test] for test in tests if test in numbers]
                for name, tests in self._uses.items()
            },
        }

    def within_fixtures(self) -> dict[str, list[str]]:
        """By line of the core, the shared fixtures in which it ran."""
        assert self._coverage is not None
        self._coverage.stop()
        data = self._coverage.get_data()
        return {
            line_keys(Path(path).relative_to(ROOT).as_posix())[line]: names
            for path in data.measured_files()
            for line, contexts in data.contexts_by_lineno(path).items()
            if (names := [name for name in contexts if name.startswith("fixture ")])
        }


class _Context:
    """Lines that run within it are noted under a name."""

    def __init__(self, watched: coverage.Coverage, running: list[str], name: str) -> None:
        self._coverage, self._running, self._name = watched, running, name

    def __enter__(self) -> None:
        self._running.append(self._name)
        self._coverage.switch_context(self._name)

    def __exit__(self, *_: object) -> None:
        self._running.pop()
        self._coverage.switch_context(self._running[-1] if self._running else "")


@cache
def line_keys(file: str) -> list[str]:
    """How each line of a file is known, from line 1; line 0 is nothing."""
    source = (ROOT / file).read_text(encoding="utf-8")
    texts = ["", *source.splitlines()]
    names = [""] * len(texts)
    for begin, end, name in _functions(ast.parse(source), ""):
        names[begin : end + 1] = [name] * (end + 1 - begin)
    return [f"{file}|{name}|{text.strip()}" for name, text in zip(names, texts, strict=True)]


def _functions(node: ast.AST, outer: str) -> Iterator[tuple[int, int, str]]:
    """First line, last line and name of each function and class, the outer before the inner."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            assert child.end_lineno is not None
            name = f"{outer}.{child.name}" if outer else child.name
            yield child.lineno, child.end_lineno, name
            yield from _functions(child, name)
        else:
            yield from _functions(child, outer)


def importing(file: str) -> list[str]:
    """The files of tests that import a module of the core."""
    module = file.removesuffix(".py").replace("/", ".")
    return [test_file for test_file, modules in _imports().items() if module in modules]


@cache
def _imports() -> dict[str, set[str]]:
    """By file of tests, the modules it imports (and what else it imports by name)."""
    imports: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        statements = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module
        ]
        imports[path.relative_to(ROOT).as_posix()] = {
            name
            for node in statements
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
            if name
        }
    return imports


def digest(test_file: str) -> str:
    """Of a file of tests and the conftests above it."""
    path = ROOT / test_file
    above = [folder / "conftest.py" for folder in path.parents if folder.is_relative_to(ROOT)]
    known = hashlib.sha256(path.read_bytes())
    for conftest in above:
        known.update(conftest.read_bytes() if conftest.exists() else b"")
    return known.hexdigest()


def kept(test_file: str) -> dict[str, Any] | None:
    """What was seen of a file of tests as it is now; None where it has to be watched."""
    place = _place(test_file)
    seen = json.loads(place.read_text(encoding="utf-8")) if place.exists() else {}
    return seen if seen.get("digest") == digest(test_file) else None


def keep(test_file: str, seen: dict[str, Any]) -> None:
    """Keep what was seen of a file of tests."""
    place = _place(test_file)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"digest": digest(test_file), **seen}), encoding="utf-8")


def _place(test_file: str) -> Path:
    return KEPT / Path(test_file).with_suffix(".json")


def covering(test_files: Sequence[str], keys: Sequence[str]) -> dict[str, dict[str, float]]:
    """By file of tests, those that ran the first of these lines any ran, in CPU seconds."""
    for key in keys:
        chosen = {}
        for test_file in test_files:
            seen = _seen(test_file)
            names = list(seen["seconds"])
            tests = [names[number] for number in seen["lines"].get(key, ())]
            if tests:
                chosen[test_file] = {name: seen["seconds"][name] for name in tests}
        if chosen:
            return chosen
    return {}


def using(
    test_files: Sequence[str], within: Mapping[str, list[str]], keys: Sequence[str]
) -> dict[str, dict[str, float]]:
    """By file of tests, those that use a shared fixture in which one of these lines ran."""
    fixtures = {name for key in keys for name in within.get(key, ())}
    chosen = {}
    for test_file in test_files:
        seen = _seen(test_file)
        names = list(seen["seconds"])
        tests = {names[test] for name in fixtures for test in seen["uses"].get(name, ())}
        if tests:
            chosen[test_file] = {name: seen["seconds"][name] for name in names if name in tests}
    return chosen


@cache
def _seen(test_file: str) -> dict[str, Any]:
    return kept(test_file) or {"seconds": {}, "lines": {}, "uses": {}}
