"""Tries changes in children of one process that has loaded the code and collected the tests."""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import hypothesis
import pytest

from benchmarks.mutants import covering
from benchmarks.mutants.changes import Mutant
from benchmarks.mutants.swapping import Functions, living, swap

ROOT = covering.ROOT
OPTIONS = ("-qq", "--no-header", "--no-summary", "--capture=no", "--timeout=300",
           "-p", "no:cacheprovider")  # fmt: skip
QUIET = "ignore::pytest.PytestAssertRewriteWarning"  # plugins are loaded before their time
LONGER = 5  # as many times what tests took before: a change that never ends is noticed, too
CPU = 20  # seconds that come on top of it
ENDLESS = "did not come to an end"
SHARED = "judged_database"  # set up once, before any change; anew for a change of what it ran
SHARED_IN = "tests/office.py"
COVERING = 1200  # CPU seconds in which a file of tests is watched


@dataclass(frozen=True)
class Trial:
    """A change, how many tests ran its line, how many were tried, and which noticed it."""

    file: str
    mutant: Mutant
    tests: int
    tried: int
    by: str | None

    def after(self, first: Trial) -> Trial:
        """With the tests that were tried before."""
        return replace(self, tests=first.tests + self.tests, tried=first.tried + self.tried)

    def __str__(self) -> str:
        word = "noticed  " if self.by else "UNNOTICED"
        line = f"{self.file}:{self.mutant.line}"
        change = f"{self.mutant.before[:60]} → {self.mutant.after[:60]}"
        return f"{word} {line:<52} {change}  [{self.tried} of {self.tests} tests] {self.by or ''}"


def trials(
    picked: Sequence[tuple[str, Mutant]],
    tests: Sequence[str] | None,
    seconds: float,
    report: Callable[[Trial], None],
) -> None:
    """Try each change with those of its tests that run its line."""
    os.environ["CI"] = "1"  # the same examples each time
    os.chdir(ROOT)
    for file, _ in picked:
        importlib.import_module(file.removesuffix(".py").replace("/", "."))
    watch = covering.Watch()
    loop = Loop(picked, tests, seconds, report, watch)
    collected = tests or dict.fromkeys(
        test for file, _ in picked for test in (namesake(file), *covering.importing(file))
    )
    exit_code = pytest.main([*OPTIONS, "-W", QUIET, *collected], plugins=[watch, loop])
    if exit_code != 0:
        raise RuntimeError(f"The tests of {', '.join(collected)} could not be collected.")


def namesake(file: str) -> str:
    """The folder of tests that has the name of a module's folder."""
    return f"tests/{file.split('/')[1]}"


class Loop:
    """A pytest plugin: instead of running the tests once, some of them for each change."""

    def __init__(
        self,
        picked: Sequence[tuple[str, Mutant]],
        tests: Sequence[str] | None,
        seconds: float,
        report: Callable[[Trial], None],
        watch: covering.Watch,
    ) -> None:
        self._picked, self._tests, self._watch = picked, tests, watch
        self._seconds, self._report = seconds, report
        self._items: dict[str, pytest.Item] = {}
        self._session: pytest.Session
        self._sound: dict[tuple[str, Callable[[], None]], bool] = {}  # tests that pass alone

    def pytest_sessionstart(self) -> None:
        """No smaller example is looked for: that it fails is enough."""
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile(
            "mutants", hypothesis.settings.get_profile("perfbot"), phases=phases
        )
        hypothesis.settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._session = session
        self._items = {item.nodeid: item for item in session.items}
        functions = living(ROOT / "bot")
        self._share()
        for file, mutant in self._picked:
            trial = self._trial(self._near(file), file, mutant, functions)
            if trial.by is None and (further := self._further(file)):
                trial = self._trial(further, file, mutant, functions).after(trial)
            self._report(trial)
        return True

    def _share(self) -> None:
        """Set up what many tests share, and keep which lines of the core that runs."""
        users = [
            item for item in self._session.items if SHARED in getattr(item, "fixturenames", ())
        ]
        if not users:
            return
        user = users[0]
        others = [item for item in self._session.items if item.path != user.path]
        user.ihook.pytest_runtest_protocol(item=user, nextitem=others[0] if others else user)
        if covering.kept(SHARED_IN) is None:

            def work() -> dict[str, list[str]]:
                self._watch.forget()
                self._watch.start()
                self._run([user], every=True)
                return self._watch.within_fixtures()

            covering.keep(SHARED_IN, {"within": _child(work, COVERING)})

    def pytest_report_teststatus(self) -> tuple[str, str, str]:
        """Nothing is said of single tests."""
        return "", "", ""

    def _near(self, file: str) -> list[str]:
        """The files of tests a change is tried with first."""
        folders = tuple(self._tests or [f"{namesake(file)}/"])
        return [test_file for test_file in self._collected() if test_file.startswith(folders)]

    def _further(self, file: str) -> list[str]:
        """Those it is tried with where they do not notice it."""
        near = self._near(file)
        return (
            [] if self._tests else [test for test in covering.importing(file) if test not in near]
        )

    def _collected(self) -> list[str]:
        return list(dict.fromkeys(_file(item) for item in self._session.items))

    def _watched(self, test_file: str) -> dict[str, Any]:
        items = [item for item in self._session.items if _file(item) == test_file]

        def work() -> dict[str, Any]:
            self._watch.start()
            self._run(items, every=True)
            return self._watch.seen()

        seen: dict[str, Any] | None = _child(work, COVERING)
        if seen is None:
            raise RuntimeError(f"{test_file} could not be watched.")
        return seen

    def _trial(
        self, files: Sequence[str], file: str, mutant: Mutant, functions: Functions
    ) -> Trial:
        for test_file in files:
            if covering.kept(test_file) is None:
                covering.keep(test_file, self._watched(test_file))
        keys = covering.line_keys(file)
        lines = [keys[mutant.line], keys[mutant.statement]]
        path = ROOT / file
        before = path.read_text(encoding="utf-8")

        def change() -> None:
            swap(functions[str(path)], path, before, mutant.source)

        chosen = covering.covering(files, lines)
        tests = _within(chosen, self._seconds)
        by = self._noticing(tests, change, _nothing)
        if by is None:
            within = (covering.kept(SHARED_IN) or {}).get("within", {})
            more = covering.using(files, within, lines)
            chosen |= more
            by = self._noticing(_within(more, self._seconds), change, self._watch.forget)
            tests |= _within(more, self._seconds)
        return Trial(file, mutant, sum(map(len, chosen.values())), len(tests), by)

    def _noticing(
        self, tests: dict[str, float], change: Callable[[], None], first: Callable[[], None]
    ) -> str | None:
        """A test that fails with a change and passes, alone, without it."""

        def changed() -> None:
            first()
            change()

        left = {name: seconds for name, seconds in tests.items() if name in self._items}
        while left:
            by = self._failing(left, changed)
            if by not in left or self._is_sound(by, left[by], first):
                return by
            del left[by]
        return None

    def _is_sound(self, name: str, seconds: float, first: Callable[[], None]) -> bool:
        """Whether a test that noticed a change passes, alone, without it."""
        if (name, first) not in self._sound:
            self._sound[name, first] = self._failing({name: seconds}, first) is None
        return self._sound[name, first]

    def _failing(self, tests: dict[str, float], change: Callable[[], None]) -> str | None:
        """The first of these tests that fails with a change; or that they come to no end."""

        def work() -> str | None:
            change()
            return self._run([self._items[name] for name in tests], every=False)

        limit = CPU + LONGER * sum(tests.values())
        return _child(work, limit, ENDLESS)  # type: ignore[no-any-return]

    def _run(self, items: Sequence[pytest.Item], *, every: bool) -> str | None:
        """Run these tests; up to the first that fails, whose name it is, or all."""
        failures = _Failures()
        self._session.config.pluginmanager.register(failures)
        try:
            for item, following in zip(items, [*items[1:], None], strict=True):
                item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                if failures.names and not every:
                    break
        except pytest.exit.Exception:
            failures.names.append(ENDLESS)
        try:
            self._session.config.hook.pytest_sessionfinish(session=self._session, exitstatus=0)
        except Exception:
            if not failures.names:
                raise
        return failures.names[0] if failures.names else None


class _Failures:
    """The tests that failed so far."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.names.append(report.nodeid)


def _nothing() -> None:
    """Tests begin with what is shared as it was set up before."""


def _file(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT).as_posix()


def _within(chosen: dict[str, dict[str, float]], seconds: float) -> dict[str, float]:
    """The tests that fit into so many CPU seconds: quick files first, a file's tests together.

    At least one, the quickest.
    """
    costs = {name: cost for of_file in chosen.values() for name, cost in of_file.items()}
    quickest = min(costs, key=lambda name: costs[name], default="")
    tests: dict[str, float] = {}
    for of_file in sorted(chosen.values(), key=lambda costs: sum(costs.values())):
        for name, cost in of_file.items():
            if cost <= seconds or name == quickest:
                tests[name] = cost
                seconds -= cost
    return tests


def _child(work: Callable[[], Any], seconds: float, otherwise: str | None = None) -> Any:
    """What work returns in a child; otherwise where it used up its CPU seconds or died."""
    with tempfile.TemporaryDirectory(prefix="perfbot-mutants-") as folder:
        answer = Path(folder) / "answer.json"
        pid = os.fork()
        if pid == 0:
            try:
                _hush()
                _limit(int(seconds) + 1)
                answer.write_text(json.dumps({"is": work()}), encoding="utf-8")
            except pytest.exit.Exception:
                pass  # too long: no answer is one
            except Exception:  # noqa: BLE001 the parent raises it
                answer.write_text(json.dumps({"error": traceback.format_exc()}), encoding="utf-8")
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        if not answer.exists():
            return otherwise
        came = json.loads(answer.read_text(encoding="utf-8"))
        if "error" in came:
            raise RuntimeError(came["error"])
        return came["is"]


def _hush() -> None:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


def _limit(seconds: int) -> None:
    """After so much work this process stops its tests, and ends if it does not."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        pytest.exit("too long")

    signal.signal(signal.SIGXCPU, stop)
    used = int(resource.getrusage(resource.RUSAGE_SELF).ru_utime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, used + seconds + 20))
