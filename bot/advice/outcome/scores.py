"""How each rule has done, and which may only watch from now on.

The values of a scoreboard: steps in the life of advice, and how each rule has done.
One effect over many moves: single readings are mostly too small to tell, together they tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import expm1, sqrt

import numpy as np
from scipy.special import stdtrit

from bot.advice.outcome.types import Outcome, Pooled
from bot.domain.advice import Advice, Advised


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


LEVEL = 0.9


def pool(outcomes: Iterable[Outcome]) -> Pooled:
    """The mean effect of what was measured, as a change in cost per result.

    Random effects: weights 1 / (v + tau^2), tau^2 by DerSimonian and Laird, the interval by Hartung
    and Knapp (t of n - 1, never narrower than the weights themselves say). Source: IntHout et al.
    2014. Pausing is left out: nothing was bought.
    """
    found = [each for each in outcomes if each.gain is not None and each.spread]
    if len(found) < 2:
        return Pooled(len(found))
    gains = np.array([each.gain for each in found], dtype=np.float64)
    variances = np.array([each.spread for each in found], dtype=np.float64) ** 2
    tau2 = _tau2(gains, variances)
    weight = 1 / (variances + tau2)
    mean = float((weight * gains).sum() / weight.sum())
    scatter = float((weight * (gains - mean) ** 2).sum()) / (len(found) - 1)
    spread = sqrt(max(scatter, 1.0) / float(weight.sum()))
    off = float(stdtrit(len(found) - 1, 0.5 + LEVEL / 2)) * spread
    change, low, high = (expm1(-each) for each in (mean, mean + off, mean - off))
    return Pooled(len(found), change, low, high, sqrt(tau2))


def _tau2(gains: np.ndarray, variances: np.ndarray) -> float:
    weight = 1 / variances
    mean = float((weight * gains).sum() / weight.sum())
    excess = float((weight * (gains - mean) ** 2).sum()) - (len(gains) - 1)
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    return max(excess / scale, 0.0) if scale > 0 else 0.0


FEWEST_OUTCOMES = 3
"""Outcomes before a rule can prove harmful."""
FEWEST_ANSWERS, NOISY = 10, 0.7
"""Answers before a rule can prove noisy, and the share of them that dismissed it."""
DONE = frozenset({"applied", "partly"})
ANSWERS = {"acknowledge": "acknowledged", "dismiss": "dismissed"}


def scoreboard(
    steps: Iterable[Step],
    outcomes: Iterable[Outcome] = (),
    applied: Mapping[str, str] | None = None,
) -> Scoreboard:
    """Every rule that ever spoke, the most spoken first.

    Args:
        steps: The life of every piece of advice, oldest first.
        outcomes: What was measured, oldest first.
        applied: `{advice id: one of outcome.STATES}` as last seen.
    """
    measured = tuple(outcomes)
    lives = _Lives()
    for step in steps:
        lives.add(step)
    rules = {*lives.given, *(each.rule for each in measured)}
    scores = [_score(rule, lives, measured, applied or {}) for rule in rules]
    return Scoreboard(
        tuple(sorted(scores, key=lambda score: (-score.given, score.rule))), pool(measured)
    )


@dataclass
class _Lives:
    """What was given, and how it was last answered: (verb, on) by advice."""

    given: dict[str, set[str]] = field(default_factory=dict)
    answers: dict[str, tuple[str, date]] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        self.given.setdefault(step.rule, set()).add(step.advice_id)
        if step.verb in ANSWERS:
            self.answers[step.advice_id] = (ANSWERS[step.verb], step.on)
        elif step.verb == "undo":
            self.answers.pop(step.advice_id, None)

    def answered(self, rule: str) -> list[tuple[str, date]]:
        own = self.given.get(rule, set())
        found = [answer for advice, answer in self.answers.items() if advice in own]
        return sorted(found, key=lambda answer: answer[1])


def _score(
    rule: str, lives: _Lives, measured: Sequence[Outcome], applied: Mapping[str, str]
) -> RuleScore:
    own = [each for each in measured if each.rule == rule]
    answers = lives.answered(rule)
    said = Counter(answer for answer, _ in answers)
    given = lives.given.get(rule, set())
    return RuleScore(
        rule=rule,
        given=len(given),
        acknowledged=said["acknowledged"],
        dismissed=said["dismissed"],
        applied=sum(applied.get(advice) in DONE for advice in given),
        verdicts=dict(Counter(each.verdict for each in own)),
        pooled=pool(own),
        demotion=_harmful(rule, own) or _noisy(rule, answers),
    )


def _harmful(rule: str, outcomes: Sequence[Outcome]) -> Demotion | None:
    """Once the pooled effect of at least three outcomes lies wholly on the wrong side."""
    since = None
    for count in range(FEWEST_OUTCOMES, len(outcomes) + 1):
        found = pool(outcomes[:count])
        proven = found.count >= FEWEST_OUTCOMES and found.low is not None and found.low > 0
        since = (since or outcomes[count - 1].as_of) if proven else None
    return Demotion(rule, "harmful", since) if since else None


def _noisy(rule: str, answers: Sequence[tuple[str, date]]) -> Demotion | None:
    """Once people have dismissed at least seven in ten of ten or more."""
    since = None
    for count in range(FEWEST_ANSWERS, len(answers) + 1):
        no = sum(answer == "dismissed" for answer, _ in answers[:count])
        since = (since or answers[count - 1][1]) if no >= NOISY * count else None
    return Demotion(rule, "noisy", since) if since else None


def demoted(advised: Advised, demotions: Iterable[Demotion]) -> Advised:
    """The same advice, but a demoted rule only watches.

    Nothing to apply, last in line, and it says so (`numbers["demoted"]`).
    """
    known = {each.rule: each for each in demotions}
    if not known:
        return advised
    told = [_watching(each, known.get(each.rule)) for each in advised.advice]
    return replace(advised, advice=tuple(sorted(told, key=lambda each: each.rule in known)))


def _watching(advice: Advice, demotion: Demotion | None) -> Advice:
    if demotion is None:
        return advice
    said = {"why": demotion.why, "since": demotion.since.isoformat()}
    return replace(
        advice,
        severity="watch",
        budgets={},
        budgets_before={},
        numbers={**advice.numbers, "demoted": said},
    )
