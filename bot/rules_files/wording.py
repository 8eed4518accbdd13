"""A rule's message: sandboxed Jinja, rendered at load with the tests' numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError, nodes
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.advice.condition import WINDOWS
from bot.advice.rulebook import MESSAGE_FILTERS
from bot.advice.values import Figure

LONGEST_SAID = 600
_KEPT = 1000
PLAIN_NAMES = (
    *("name", "to", "move", "effect", "about", "currency", "channel", "campaigns"),
    "results",
)
"""What a message may name besides metrics."""
TO_NAMES = ("name",)
_FORBIDDEN = (nodes.For, nodes.Call, nodes.Macro, nodes.Import, nodes.FromImport, nodes.Include)
_ALSO_FORBIDDEN = (nodes.Extends, nodes.Block, nodes.Assign, nodes.Concat, nodes.Pow, nodes.Mul)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters = dict.fromkeys(MESSAGE_FILTERS, _stand_in)
    environment.globals.clear()
    environment.tests = {
        name: environment.tests[name] for name in ("none", "defined", "gt", "lt", "ge", "le")
    }
    return environment


def _stand_in(value: Any, *_: Any) -> str:
    """Stands for a filter of bot.messages: takes a number or a metric with windows."""
    if isinstance(value, Figure):
        return f"{float(value.now) - float(value.before):.3g}"  # type: ignore[arg-type]  # None: said below
    return f"{float(value):.6g}"


_ENVIRONMENT = _environment()


@lru_cache(maxsize=_KEPT)
def _parsed(message: str) -> nodes.Template:
    return _ENVIRONMENT.parse(message)


@lru_cache(maxsize=_KEPT)
def _compiled(message: str) -> Template:
    """Compiling is what takes time: a message is rendered once for each test that speaks."""
    return _ENVIRONMENT.from_string(_parsed(message))


def says(message: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns a message names, of the campaign and of the receiver.

    Raises:
        ValueError: With a sentence: it does not parse, names something unknown, or does more
            than name and filter.
    """
    try:
        tree = _parsed(message)
    except TemplateError as error:
        raise ValueError(f"The message cannot be read: {error}.") from error
    for kind in (*_FORBIDDEN, *_ALSO_FORBIDDEN):
        if next(tree.find_all(kind), None) is not None:
            raise ValueError("A message names values and filters them; nothing else.")
    found = list(_named(tree))
    own = tuple(dict.fromkeys(path for side, path in found if side == ""))
    return own, tuple(dict.fromkeys(path for side, path in found if side == "to"))


def _named(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    inner = {id(node.node) for node in tree.find_all(nodes.Getattr)}
    changed = {
        id(node.node) for node in tree.find_all(nodes.Filter) if node.name == "change" and node.node
    }
    for node in (*tree.find_all(nodes.Name), *tree.find_all(nodes.Getattr)):
        if id(node) in inner:
            continue
        path = _path(node)
        whole = id(node) in changed
        yield from _columns(path, whole=whole)


def _path(node: nodes.Node) -> tuple[str, ...]:
    if isinstance(node, nodes.Getattr):
        return (*_path(node.node), node.attr)
    return (str(getattr(node, "name", "?")),)


def _columns(path: tuple[str, ...], *, whole: bool) -> Iterator[tuple[str, str]]:
    side = "to" if path[0] == "to" and len(path) > 1 else ""
    rest = path[1:] if side else path
    if rest[0] in (TO_NAMES if side else PLAIN_NAMES) and (len(rest) == 1):
        return
    if whole and len(rest) == 1:
        yield from ((side, f"{rest[0]}.{window}") for window in ("now", "before"))
    elif len(rest) == 2 and (rest[1] in WINDOWS or rest[0] in {"threshold", "effect"}):
        if rest[0] != "effect":
            yield side, ".".join(rest)
    else:
        raise ValueError(f"The message names {'.'.join(path)}, which is no number of a window.")


def rendered(message: str, values: Mapping[str, Any]) -> str:
    """The message with those values; raises ValueError with a sentence where it does not render."""
    try:
        text = _compiled(message).render(values)
    except (TemplateError, TypeError, ValueError, KeyError, ArithmeticError) as error:
        raise ValueError(f"The message does not render: {error}.") from error
    if len(text) > LONGEST_SAID:
        raise ValueError(f"The message becomes {len(text)} characters; {LONGEST_SAID} at most.")
    return " ".join(text.split())
