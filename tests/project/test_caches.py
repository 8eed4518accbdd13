"""What people send is not remembered without a bound: a process runs for months."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from benchmarks.shape.source import parsed

BOT = Path(__file__).parents[2] / "bot"
OWN = {  # by the names of files that ship with perfbot, of which there are a few
    "sources/headings.py data",
}


def unbounded() -> Iterator[str]:
    """Functions that remember an answer for every argument there ever was."""
    for path in sorted(BOT.rglob("*.py")):
        name = path.relative_to(BOT).as_posix()
        if name.startswith("demo/"):
            continue  # the local platforms live as long as a trial
        for node in ast.walk(parsed(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.args.args and _remembers(node):
                yield f"{name} {node.name}"


def _remembers(function: ast.FunctionDef) -> bool:
    words = {ast.unparse(decorator) for decorator in function.decorator_list}
    return bool(words & {"cache", "functools.cache", "lru_cache(maxsize=None)", "lru_cache(None)"})


def test_nothing_is_remembered_for_every_text_somebody_sends() -> None:
    """Headings of files that people dropped stayed in memory for good."""
    assert set(unbounded()) == OWN
