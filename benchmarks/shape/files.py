"""Files: how many, how long, who imports them, and how much of them is heading."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter
from statistics import median

from benchmarks.shape.measure import Measure
from benchmarks.shape.source import Module, Source

EXCUSED = re.compile(r"#\s*noqa:[^#]*\bPLR09(?:13|17)\b")
IMPORTS = (ast.Import, ast.ImportFrom)


def measures(source: Source) -> Iterator[Measure]:
    """What files say about the house."""
    lengths = [len(module.lines) for module in source]
    loops, pairs = circles(source.imports), single(source)
    yield Measure("files in bot/", 435, len(lengths), 270)
    yield Measure("median lines of a file", 116, median(lengths), 250, least=150)
    yield Measure("modules imported by only one other", 139, len(pairs), 60, beside=_rooms(pairs))
    named = "; ".join(" - ".join(loop) for loop in loops)
    yield Measure("circles between files", 4, len(loops), 0, beside=named)
    yield Measure("share of docstring and imports", 0.134, heading(source), 0.11, share=True)
    yield Measure("functions excused from too many arguments", 43, excused(source), 15)
    yield Measure("lines of Python in bot/", 51_529, sum(lengths), 44_000)


def single(source: Source) -> list[str]:
    """Modules that exactly one other imports."""
    return [name for name in source.modules if source.importers[name] == 1]


def _rooms(names: list[str]) -> str:
    rooms: dict[str, int] = {}
    for name in names:
        room = ".".join(name.split(".")[1:2])
        rooms[room] = rooms.get(room, 0) + 1
    most = sorted(rooms.items(), key=lambda item: -item[1])[:4]
    return ", ".join(f"{room} {count}" for room, count in most)


def circles(imports: Mapping[str, AbstractSet[str]]) -> list[list[str]]:
    """Files that import each other, however far round, each circle's shortest way.

    Every circle found is cut out and the rest looked through again, until none is left. Imports
    inside functions and under TYPE_CHECKING count.
    """
    left = {name: set(names) for name, names in imports.items()}
    loops = []
    while loop := _circle(left):
        loops.append(loop)
        for name in loop:
            left.pop(name, None)
    return loops


def _circle(imports: Mapping[str, AbstractSet[str]]) -> list[str]:
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1][:-1])
    return []


def heading(source: Source) -> float:
    """The share of lines that stand before a file's first own statement (0-1).

    The module's docstring, its imports, and the blank lines and comments between them.
    """
    lines = sum(len(module.lines) for module in source)
    return sum(_heading(module) for module in source) / lines


def _heading(module: Module) -> int:
    for place, node in enumerate(module.tree.body):
        docstring = place == 0 and isinstance(node, ast.Expr)
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not (docstring or typing or isinstance(node, IMPORTS)):
            above = [node, *getattr(node, "decorator_list", [])]
            return min(part.lineno for part in above) - 1
    return len(module.lines)


def excused(source: Source) -> int:
    """Functions that may take more arguments than ruff allows (PLR0913, PLR0917)."""
    return sum(1 for module in source for line in module.lines if EXCUSED.search(line))
