"""The small changes there are in a source: what each makes of it, and on which line. Pure."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
REMOVED = (ast.Return, ast.Continue, ast.Break, ast.Raise, ast.AugAssign, ast.Expr)


@dataclass(frozen=True)
class Mutant:
    """One change: where its line and its statement begin, the line, the code before and after."""

    line: int
    statement: int
    text: str
    before: str
    after: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """Every change there is of a source, in order."""
    tree = ast.parse(source)
    return sorted(
        (_mutant(source, node, statement, instead) for node, statement, instead in _changes(tree)),
        key=lambda mutant: (mutant.line, mutant.before, mutant.after),
    )


def _changes(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, int, str]]:
    """A node, the line its statement begins on, and what stands in its place."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for statement in function.body:
                for node, line in _inside(statement, statement.lineno):
                    yield from ((node, line, instead) for instead in _instead(node))


def _inside(node: ast.AST, line: int) -> Iterator[tuple[ast.expr | ast.stmt, int]]:
    """What runs in a function: no annotations, no texts, no functions of their own, no `strict`."""
    if isinstance(node, ast.JoinedStr | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    if isinstance(node, ast.expr | ast.stmt):
        line = node.lineno if isinstance(node, ast.stmt) else line
        yield node, line
    for name, value in ast.iter_fields(node):
        if name not in {"annotation", "returns"}:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not _is_strict(child):
                    yield from _inside(child, line)


def _is_strict(node: ast.AST) -> bool:
    """`strict=True` of a zip: it says that the lengths agree, and nothing is seen without it."""
    return isinstance(node, ast.keyword) and node.arg == "strict"


def _instead(node: ast.expr | ast.stmt) -> Iterator[str]:
    """What may stand in the place of a node, as code."""
    if isinstance(node, ast.Compare):
        yield from (_changed(node, "ops", at, COMPARED) for at in range(len(node.ops)))
    elif isinstance(node, ast.BinOp) and type(node.op) in COUNTED:
        yield _with(node, op=COUNTED[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield ast.unparse(node.operand)
    elif isinstance(node, ast.IfExp):
        yield _with(node, body=node.orelse, orelse=node.body)
    elif isinstance(node, ast.Constant):
        yield from _constants(node.value)
    elif isinstance(node, REMOVED) and not _is_docstring(node):
        yield "return None" if _returns_a_value(node) else "pass"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _returns_a_value(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Return):
        return False
    return node.value is not None and getattr(node.value, "value", "something") is not None


def _constants(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(not value)
    elif isinstance(value, int | float):
        yield repr(value + 1)


def _changed(
    node: ast.Compare, field: str, at: int, table: dict[type[ast.cmpop], type[ast.cmpop]]
) -> str:
    operators = list(getattr(node, field))
    operators[at] = table[type(operators[at])]()
    return _with(node, **{field: operators})


def _with(node: ast.AST, **fields: object) -> str:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return ast.unparse(changed)


def _mutant(source: str, node: ast.expr | ast.stmt, statement: int, instead: str) -> Mutant:
    """The source with a node replaced; positions count bytes, as ast's do."""
    lines = source.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    begin = starts[node.lineno - 1] + node.col_offset
    end = starts[node.end_lineno - 1] + node.end_col_offset
    text = source.encode()
    code = f"({instead})" if isinstance(node, ast.expr) else instead
    changed = text[:begin] + code.encode() + text[end:]
    before = " ".join(text[begin:end].decode().split())
    text_of_line = lines[node.lineno - 1].decode().strip()
    return Mutant(node.lineno, statement, text_of_line, before, instead, changed.decode())
