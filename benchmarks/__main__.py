"""`make bench`: how long perfbot takes beside floors measured in the same run, as ratios."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from rich.console import Console
from rich.table import Table

from benchmarks.speed.timing import Timed

PARTS = ("rules", "board", "imports", "advise", "changes", "details", "mornings", "pulls", "shards",
         "backtest", "slack", "terminal")  # fmt: skip
FAR = 0.05


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    words.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}; all without it")
    asked = words.parse_args().part or PARTS
    if unknown := [name for name in asked if name not in PARTS]:
        words.error(f"There is no part {', '.join(unknown)}: it is one of {', '.join(PARTS)}.")
    Console(width=150).print(_table(line for name in asked for line in _lines(name)))


def _lines(name: str) -> Iterator[Timed]:
    """Of one part; others are not imported, as a process of a replay imports what began it."""
    lines: Iterator[Timed] = import_module(f"benchmarks.speed.{name}").lines()
    return lines


def _table(lines: Iterator[Timed]) -> Table:
    table = Table(title="Seconds of processor time, best of several")
    for heading in ("what", "size"):
        table.add_column(heading)
    for heading in ("ours", "floor", "ratio", "goal"):
        table.add_column(heading, justify="right")
    table.add_column("beside")
    for line in lines:
        table.add_row(*_cells(line))
    return table


def _cells(line: Timed) -> tuple[str, ...]:
    floor = "-" if line.floor is None else f"{line.floor:.3f}"
    ratio = "-" if line.floor is None else _share(line.ratio)
    goal = "-" if line.goal is None else _share(line.goal)
    return line.what, line.size, f"{line.ours:.3f}", floor, ratio, goal, line.beside


def _share(ratio: float) -> str:
    """`4.1`, and `1/350` where the floor is the slower one by far."""
    return f"1/{1 / ratio:,.0f}" if 0 < ratio < FAR else f"{ratio:.3g}"


if __name__ == "__main__":
    main()
