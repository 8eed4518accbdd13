"""After `make fuzz`: how many inputs of each kind, and how long the slowest of each took."""

from __future__ import annotations

import os

from tests.fuzz.harness import COUNTS, SLOWEST


def pytest_terminal_summary(terminalreporter):
    """Printed where more was asked for than `make test` does."""
    if "PERFBOT_FUZZ" in os.environ and COUNTS:
        terminalreporter.section("inputs by kind")
        for kind, count in COUNTS.items():
            terminalreporter.write_line(f"{kind:10} {count:>9,}  slowest {SLOWEST[kind]:.2f} s")
        terminalreporter.write_line(f"{'together':10} {COUNTS.total():>9,}")
