"""Where chance comes from: hypothesis, a random generator, or a fuzzer that watches coverage."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
LAST = 0x10FFFF


class Drawn:
    """Hypothesis': what breaks is made small."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def number(self, least: int, most: int) -> int:
        return self._draw(st.integers(least, most))

    def one_of(self, choices: Sequence[T]) -> T:
        return self._draw(st.sampled_from(choices))

    def letter(self) -> str:
        return self._draw(st.characters())


class Rolled:
    """A random generator's: quick, and the same again from the same seed."""

    def __init__(self, seed: str) -> None:
        chance = random.Random(seed)
        self.number, self.one_of = chance.randint, chance.choice

    def letter(self) -> str:
        return chr(self.number(0, LAST if self.number(0, 3) == 0 else 0x2FF))


class Guided:
    """Atheris': bytes that its fuzzer has bent towards code nobody has run."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def number(self, least: int, most: int) -> int:
        return int(self._provider.ConsumeIntInRange(least, most))

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[self.number(0, len(choices) - 1)]

    def letter(self) -> str:
        return chr(self.number(0, LAST))
