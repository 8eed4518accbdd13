"""The values of a scoreboard: steps in the life of advice, and how each rule has done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.advice.outcome.types import Pooled


@dataclass(frozen=True)
class Step:
    """One step in the life of advice: `verb` is open, acknowledge, dismiss, undo and so on."""

    advice_id: str
    rule: str
    verb: str
    on: date


@dataclass(frozen=True)
class Demotion:
    """A rule that may only say "watch" from now on: `harmful` or `noisy`, since a morning."""

    rule: str
    why: str
    since: date


@dataclass(frozen=True)
class RuleScore:
    """How a rule has done: counts of advice, of outcomes by verdict, and its pooled effect."""

    rule: str
    given: int
    acknowledged: int
    dismissed: int
    applied: int
    verdicts: Mapping[str, int]
    pooled: Pooled
    demotion: Demotion | None = None


@dataclass(frozen=True)
class Scoreboard:
    """Every rule's score, and one effect over everything measured."""

    rules: tuple[RuleScore, ...]
    pooled: Pooled

    @property
    def demotions(self) -> tuple[Demotion, ...]:
        """The rules that may only watch."""
        return tuple(score.demotion for score in self.rules if score.demotion)
