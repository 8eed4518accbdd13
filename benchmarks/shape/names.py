"""Names: narrator's words among variables, and one name for different things."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from benchmarks.shape.measure import Measure
from benchmarks.shape.source import Function, Module, Source

# What a narrator says about a thing, never what it holds. Words of the field (spend, first_day,
# target, other_channel) are longer than these or are not among them.
NARRATOR = frozenset({
    "told", "found", "each", "one", "ones", "said", "made", "given", "seen", "kept",
    "wanted", "known", "shown", "named", "about", "back", "again", "other", "others", "rest",
    "own", "whole", "wholes", "lately", "far", "held", "meant", "asked", "taken", "left",
    "here", "there", "all", "more", "most", "those", "these", "that", "this", "both", "some",
    "any", "every", "many", "much", "first", "last", "next", "new", "old", "thing", "things",
    "what", "which", "who", "when", "where", "came", "gone", "got", "put", "done", "became",
    "tried", "mine",
})  # fmt: skip
APART = frozenset({"_", "i", "x", "__all__"})
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
# A file of these names says its layer, or is what Python asks for.
LAYERS = frozenset({"__init__", "__main__", "base", "errors", "forms", "models", "values", "view"})
WORLD = "demo"  # the local Slack has Slack's own words: View, Message, Channel


def measures(source: Source) -> Iterator[Measure]:
    """What names say about the house."""
    words = Counter(name for module in source for name in assigned(module.tree))
    share, worst = narrated(words)
    yield Measure("narrator's words among variables", 0.182, share, 0.03, share=True, beside=worst)
    classes = recurring(classes_of(source))
    yield Measure("class names in more than one file", 60, len(classes), 0, beside=most(classes))
    modules = recurring(modules_of(source))
    yield Measure("module names in more than one room", 55, len(modules), 0, beside=most(modules))


def narrates(name: str) -> bool:
    """Whether a variable is a narrator's word; underscores and digits around it count nothing."""
    return name.strip("_0123456789").lower() in NARRATOR


def narrated(words: Counter[str]) -> tuple[float, str]:
    """The share of variables that are a narrator's words (0-1), and the commonest of them."""
    told = Counter({name: count for name, count in words.items() if narrates(name)})
    commonest = ", ".join(f"{name} {count}" for name, count in told.most_common(6))
    return told.total() / max(words.total(), 1), commonest


def assigned(tree: ast.Module) -> Iterator[str]:
    """Each variable that is assigned, once a function, class or module; parameters aside."""
    for scope in ast.walk(tree):
        if isinstance(scope, SCOPES):
            yield from _own(scope) - APART


def _own(scope: ast.AST) -> set[str]:
    names, nodes = set(), list(ast.iter_child_nodes(scope))
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        if not isinstance(node, SCOPES):
            nodes += ast.iter_child_nodes(node)
    return names


def classes_of(source: Source) -> Iterator[tuple[str, str]]:
    """Each public class at the top of a file, and the file."""
    for module in _product(source):
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, module.where


def modules_of(source: Source) -> Iterator[tuple[str, str]]:
    """Each file by its last name, and where it stands; folders and layer names aside."""
    for module in _product(source):
        if module.path.stem not in LAYERS:
            yield module.path.stem, module.where


def functions_of(source: Source) -> Iterator[tuple[str, str]]:
    """Each public function at the top of a file, and the file."""
    for module in _product(source):
        for node in module.tree.body:
            if isinstance(node, Function) and not node.name.startswith("_"):
                yield node.name, module.where


def _product(source: Source) -> Iterator[Module]:
    return (module for module in source if module.room != WORLD)


def recurring(things: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The names more than one thing bears, and where each stands."""
    places: dict[str, list[str]] = defaultdict(list)
    for name, place in things:
        places[name].append(place)
    return {name: found for name, found in sorted(places.items()) if len(found) > 1}


def most(names: dict[str, list[str]]) -> str:
    """The names that recur most."""
    worst = sorted(names.items(), key=lambda item: -len(item[1]))[:6]
    return ", ".join(f"{name} {len(places)}" for name, places in worst)
