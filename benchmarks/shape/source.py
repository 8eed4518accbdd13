"""perfbot's own source, parsed once: its files, what each imports, and what each binds."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "bot"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def parsed(text: str) -> ast.Module:
    """A file's tree, read again where Python 3.11 loses count of its own depth.

    It counts in one place for all threads. Where garbage is collected in the middle and a finalizer
    lets another thread read a tree, the count is that thread's, and SystemError is raised.
    """
    for _ in range(9):
        try:
            return ast.parse(text)
        except SystemError:
            continue
    return ast.parse(text)


@dataclass(frozen=True)
class Module:
    """One file of perfbot.

    Attributes:
        name: Dotted, `bot.numbers.plan`.
        path: The file.
        text: What is written in it.
    """

    name: str
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return parsed(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.splitlines()

    @property
    def room(self) -> str:
        """The folder under bot/ it stands in, or its own name where it stands in bot/ itself."""
        return self.name.split(".")[1] if "." in self.name else ""

    @property
    def where(self) -> str:
        """Its path under bot/."""
        return self.name.removeprefix(f"{PACKAGE}.").replace(".", "/")


class Source:
    """All of a package's modules.

    Args:
        root: The folder the package stands in.
        package: Its name.
    """

    def __init__(self, root: Path = ROOT, package: str = PACKAGE) -> None:
        files = sorted((root / package).rglob("*.py"))
        self.modules = {
            name: Module(name, path, path.read_text(encoding="utf-8"))
            for path in files
            for name in [_dotted(path.relative_to(root))]
        }

    def __iter__(self) -> Iterator[Module]:
        return iter(self.modules.values())

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """What each module imports of the package: in functions and under TYPE_CHECKING too."""
        return {module.name: self._imported(module) for module in self}

    @cached_property
    def importers(self) -> Counter[str]:
        """How many modules import each; those nobody imports are absent."""
        return Counter(name for names in self.imports.values() for name in names)

    def _imported(self, module: Module) -> set[str]:
        names: set[str] = set()
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                whole = (f"{node.module}.{alias.name}" for alias in node.names)
                names.update(name if name in self.modules else node.module for name in whole)
        return (names & self.modules.keys()) - {module.name}


@cache
def source() -> Source:
    """perfbot's source, read once."""
    return Source()


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
