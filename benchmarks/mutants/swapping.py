"""Puts the code of a changed source in the place of what runs; functions stay who they are."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType

Functions = dict[str, list[FunctionType]]


def living(folder: Path) -> Functions:
    """The functions of this process that were read from a folder, by file."""
    gc.unfreeze()
    functions: Functions = defaultdict(list)
    for value in gc.get_objects():
        if isinstance(value, FunctionType) and value.__code__.co_filename.startswith(str(folder)):
            functions[value.__code__.co_filename].append(value)
    gc.freeze()  # what is shared with a child is not looked through there
    return functions


def swap(functions: Sequence[FunctionType], path: Path, before: str, after: str) -> None:
    """Let these functions of a file run what its changed source says."""
    places = {
        (code.co_qualname, code.co_firstlineno): place
        for place, code in _places(compile(before, str(path), "exec"))
    }
    changed = dict(_places(compile(after, str(path), "exec")))
    swapped = 0
    for function in functions:
        code = function.__code__
        place = places.get((code.co_qualname, code.co_firstlineno))
        if place in changed:
            function.__code__ = changed[place]
            swapped += 1
    if not swapped:
        raise RuntimeError(f"No function of {path} is loaded.")


def _places(code: CodeType) -> Iterator[tuple[tuple[str, int], CodeType]]:
    """Each code in another, known by its name and how many of that name stand before it."""
    before: Counter[str] = Counter()
    for inner in _inner(code):
        yield (inner.co_qualname, before[inner.co_qualname]), inner
        before[inner.co_qualname] += 1


def _inner(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inner(constant)
