"""What a page of a `/perf` command is made of, besides what the code knows itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from docs.stage import Moment


@dataclass(frozen=True)
class Asking:
    """A command in people's words; the tests hold every part of it against the code.

    Attributes:
        question: What it answers, as a marketer would ask it.
        does: What comes back.
        english: Questions as people type them; the first is answered on the page.
        norwegian: The same in Norwegian.
        parts: Words of the answer as they stand in it, and what they mean.
        more: What else there is to know.
        see: Commands nearby.
        window: Whether days may stand after it.
        compare: Whether `vs last month` and the like may stand after it.
        aim: Whether `vs target` may.
        when: The moment at which the first example is asked.
    """

    question: str
    does: str
    english: tuple[str, ...]
    norwegian: tuple[str, ...]
    parts: Mapping[str, str] = field(default_factory=dict)
    more: str = ""
    see: tuple[str, ...] = ()
    window: bool = False
    compare: bool = False
    aim: bool = False
    when: Moment = Moment.MONDAY

    @property
    def examples(self) -> tuple[str, ...]:
        return (*self.english, *self.norwegian)
