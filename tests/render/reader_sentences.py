"""The sentences of bot/sources, by walking its code: what a file is refused for, and notes.

And those of the doors to it that people stand before: setting up, importing, the doctor.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

READERS = Path(__file__).parents[2] / "bot" / "sources"
BESIDE = READERS.parent / "numbers" / "input"
ERRORS = re.compile(r"class (\w+)\((?:\w+\.)?\w*(?:Error|RefusedFile|Refused)\b")
WORD = re.compile(r"[A-Za-z]{2,}")
HOLE = re.compile(r"%\(\w+\)s")
OTHER_DOORS = ("posted_orders",)  # what a shop's server is answered: a status and English


@cache
def _modules() -> dict[str, ast.Module]:
    paths = [*READERS.rglob("*.py"), BESIDE / "normalise.py", BESIDE / "detail_rows.py"]
    return {
        str(path): ast.parse(path.read_text("utf-8"))
        for path in sorted(paths)
        if not path.name.startswith(OTHER_DOORS)
    }


@cache
def _classes() -> frozenset[str]:
    """Every class of errors there is for a file."""
    texts = [path.read_text("utf-8") for path in (READERS / "refusals.py", *READERS.rglob("*.py"))]
    names = {name for text in texts for name in ERRORS.findall(text)}
    return frozenset(
        names | {"Trouble", "RefusedFile", "SourceError", "SettingsError", "ImpossibleRowError"}
    )


def _docstrings(tree: ast.Module) -> set[ast.AST]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _texts(node: ast.expr) -> Iterator[str]:
    """Every text an expression may be, as far as it is written there."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from (left + right for left in _texts(node.left) for right in _texts(node.right))


def _sentences(tree: ast.Module) -> Iterator[str]:
    """What errors and sentences are made of, and every other text that reads like a sentence."""
    documented = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in {"Sentence", *_classes()}:
            hints = [word.value for word in node.keywords if word.arg == "hint"]
            said_first = node.args[: 2 if _called(node) == "Trouble" else 1]
            for part in (*said_first, *hints):
                yield from _texts(part)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            whole = node.value[:1].isupper() and node.value.endswith((".", "!"))
            if node not in documented and whole and len(WORD.findall(node.value)) > 2:
                yield node.value


def _again() -> list[str]:
    """How each dialect is exported once more."""
    dialects = yaml.safe_load((READERS / "dialects.yml").read_text("utf-8"))
    entries = dialects.values() if isinstance(dialects, dict) else dialects
    return [entry["again"] for entry in entries if isinstance(entry, dict) and "again" in entry]


TERMINAL = (
    "app/onboarding.py", "cli/init.py", "cli/init_connections.py", "cli/init_warehouse.py",
    "cli/ingest.py", "cli/pull_sources.py", "cli/import_mapping.py", "cli/doctor_checks.py",
    "cli/upkeep.py",
)  # fmt: skip
IN_PART = (
    "cli/orders.py", "cli/plan_commands.py", "features/imports/doubts.py", "sentences.py",
)  # fmt: skip
"""Of these what the doctor says, and how rows are counted."""
ANSWERED = {"in_words": (0,), "Sentence": (0,), "counted": (1, 2, 3), "Setting": (1,),
            "KindAsked": (2,)}  # fmt: skip
"""Calls of the terminal whose arguments people read, and which arguments."""


@cache
def terminal() -> frozenset[str]:
    """What setting up, importing and the doctor say, in every language.

    A text that is chosen before it is said (`text = …`) is found by what it is filled with.
    """
    texts = (
        text
        for name in (*TERMINAL, *IN_PART)
        for text in _at_the_terminal(_parsed(name), whole=name in TERMINAL)
    )
    return frozenset(text for text in texts if WORD.search(HOLE.sub("", text)))


def _parsed(name: str) -> ast.Module:
    return ast.parse((READERS.parent / name).read_text("utf-8"))


def _at_the_terminal(tree: ast.Module, *, whole: bool) -> Iterator[str]:
    """What is said; where the whole module speaks so, also every text that reads so."""
    documented = _docstrings(tree) | {
        keyword.value for node in ast.walk(tree) if isinstance(node, ast.Call)
        for keyword in node.keywords if keyword.arg == "help"
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in ANSWERED:
            for place in ANSWERED[_called(node)]:
                yield from (text for arg in node.args[place : place + 1] for text in _texts(arg))
        if whole and isinstance(node, ast.Call) and _called(node) == "UsageError":
            hints = [word.value for word in node.keywords if word.arg == "hint"]
            yield from (text for part in (*node.args[:1], *hints) for text in _texts(part))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            filled = HOLE.search(node.value) and node not in documented
            if filled or (whole and _reads_like_a_sentence(node, documented)):
                yield node.value


def _reads_like_a_sentence(node: ast.Constant, documented: set[ast.AST]) -> bool:
    text = str(node.value)
    whole = text[:1].isupper() and text.endswith((".", "!", "?"))
    return node not in documented and whole and len(WORD.findall(text)) > 2


@cache
def said() -> frozenset[str]:
    """What must be in every catalogue."""
    texts = {text for tree in _modules().values() for text in _sentences(tree)} | {*_again()}
    texts |= terminal()
    return frozenset(text for text in texts if WORD.search(HOLE.sub("", text)))


@cache
def written() -> frozenset[str]:
    """Every text there is, which a sentence may name: `Sentence(unit)`."""
    trees = [*_modules().values(), *map(_parsed, (*TERMINAL, *IN_PART))]
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return said() | {node.value for node in nodes if isinstance(node.value, str)}
