"""Which tests run which line: the tests of a folder are run once and watched."""

from __future__ import annotations

import os
import sys
import threading
from collections import defaultdict
from collections.abc import Collection, Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

Lines = dict[tuple[str, int], set[str]]


class Watch:
    """A pytest plugin that notes, for each line of some files, the tests in which it ran."""

    def __init__(self, files: Collection[Path]) -> None:
        self.files = {os.fspath(file) for file in files}
        self.lines: Lines = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self._test = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self._test = item.nodeid
        threading.settrace(self._called)
        sys.settrace(self._called)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration

    def _called(self, frame: FrameType, _event: str, _value: object) -> Any:
        return self._line if frame.f_code.co_filename in self.files else None

    def _line(self, frame: FrameType, event: str, _value: object) -> Any:
        if event == "line":
            self.lines[frame.f_code.co_filename, frame.f_lineno].add(self._test)
        return self._line
