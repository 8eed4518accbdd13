"""Untyped rows of a campaign above the core: annotations, string subscripts and gets."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from benchmarks.shape.measure import Measure
from benchmarks.shape.source import Source

# The rooms that use campaigns: what stood in bot/desk at a9449ed, and the rooms made of it.
# Columns inside the core, and rows at the edges that read and store them, are as they should be.
ROOMS = frozenset(
    {"desk", "domain", "features", "snapshot", "policy", "context", "question", "ask"}
)
UNTYPED = re.compile(r"\bMapping\[str, Any\]")
COLUMN = re.compile(
    r"entity|campaign_(?:name|id)|account_id|channel|stage|pricing_model|currency|group|client"
    r"|monthly_budget|daily_budget|demand|(?:now|before|target|next_cost)\.\w+"
)


def measures(source: Source) -> Iterator[Measure]:
    """What rows say about the house."""
    rooms = [module for module in source if module.room in ROOMS]
    lines = Counter(module.where for module in rooms for line in module.lines if untyped(line))
    yield _measure("lines with Mapping[str, Any], core and edges apart", 38, lines)
    keys = Counter(module.where for module in rooms for key in subscripts(module.tree))
    yield _measure('row["spend"] and the like, core and edges apart', 208, keys)


def untyped(line: str) -> bool:
    """Whether a line of code speaks of a mapping of anything."""
    return bool(UNTYPED.search(line))


def subscripts(tree: ast.Module) -> Iterator[str]:
    """Each `row["spend"]` and `row.get("spend")` with a key that is a campaign's column."""
    for node in ast.walk(tree):
        key: ast.expr | None = None
        if isinstance(node, ast.Subscript):
            key = node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            key = node.args[0] if node.func.attr == "get" and node.args else None
        text = key.value if isinstance(key, ast.Constant) else None
        if isinstance(text, str) and COLUMN.fullmatch(text):
            yield text


def _measure(name: str, before: int, places: Counter[str]) -> Measure:
    most = ", ".join(f"{place} {count}" for place, count in places.most_common(4))
    return Measure(name, before, places.total(), 0, beside=most)
