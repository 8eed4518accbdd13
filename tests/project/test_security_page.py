"""The threat model has a test beside each line, and each of those tests is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
ROWS = [
    line.strip("| ").split(" | ")
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| threat |")
]


def written_in(file: Path) -> dict[str, ast.FunctionDef]:
    """A file's tests by name, as they are written."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {node.name: node for node in functions if node.name.startswith("test_")}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_threat_has_its_test(row: list[str]) -> None:
    """What stands in its way, and one test that is written, asserts and says its promise."""
    threat, guard, named = row
    assert threat
    assert guard
    match = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", named)
    assert match, named
    test = written_in(ROOT / match[1]).get(match[2])
    assert test is not None, f"{named} is not there"
    assert ast.get_docstring(test)
    checks = [
        node
        for node in ast.walk(test)
        if isinstance(node, ast.Assert)
        or (isinstance(node, ast.Attribute) and node.attr == "raises")
    ]
    assert checks, f"{named} asserts nothing"


def test_the_model_is_whole() -> None:
    """Every kind the guards of SECURITY.md name is on the page, and no line stands twice."""
    assert len(ROWS) >= 38
    assert len({row[0] for row in ROWS}) == len(ROWS)
    assert set(re.findall(r"^## (.+)$", PAGE, re.MULTILINE)) >= {
        "Requests from the internet", "Who may", "What others wrote", "Secrets",
        "What perfbot is made of", "What is not guarded",
    }  # fmt: skip
