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

from bot.advice.outcome.types import Outcome, Pooled
from bot.domain.advice import Advice, Advised
from bot.numbers.special import stdtrit


@dataclass(frozen=True)
class AdviceStep:
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
    measured_outcomes = [
        outcome for outcome in outcomes if outcome.gain is not None and outcome.spread
    ]
    if len(measured_outcomes) < 2:
        return Pooled(len(measured_outcomes))
    gains = np.array([outcome.gain for outcome in measured_outcomes], dtype=np.float64)
    variances = np.array([outcome.spread for outcome in measured_outcomes], dtype=np.float64) ** 2
    tau2 = _tau2(gains, variances)
    weight = 1 / (variances + tau2)
    mean = float((weight * gains).sum() / weight.sum())
    scatter = float((weight * (gains - mean) ** 2).sum()) / (len(measured_outcomes) - 1)
    spread = sqrt(max(scatter, 1.0) / float(weight.sum()))
    off = float(stdtrit(len(measured_outcomes) - 1, 0.5 + LEVEL / 2)) * spread
    change, low, high = (expm1(-log_change) for log_change in (mean, mean + off, mean - off))
    return Pooled(len(measured_outcomes), change, low, high, sqrt(tau2))


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
    steps: Iterable[AdviceStep],
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
    rules = {*lives.given, *(outcome.rule for outcome in measured)}
    scores = [_score(rule, lives, measured, applied or {}) for rule in rules]
    return Scoreboard(
        tuple(sorted(scores, key=lambda score: (-score.given, score.rule))), pool(measured)
    )


@dataclass
class _Lives:
    """What was given, and how it was last answered: (verb, on) by advice."""

    given: dict[str, set[str]] = field(default_factory=dict)
    answers: dict[str, tuple[str, date]] = field(default_factory=dict)

    def add(self, step: AdviceStep) -> None:
        self.given.setdefault(step.rule, set()).add(step.advice_id)
        if step.verb in ANSWERS:
            self.answers[step.advice_id] = (ANSWERS[step.verb], step.on)
        elif step.verb == "undo":
            self.answers.pop(step.advice_id, None)

    def answered(self, rule: str) -> list[tuple[str, date]]:
        rule_advice = self.given.get(rule, set())
        rule_answers = [answer for advice, answer in self.answers.items() if advice in rule_advice]
        return sorted(rule_answers, key=lambda answer: answer[1])


def _score(
    rule: str, lives: _Lives, measured: Sequence[Outcome], applied: Mapping[str, str]
) -> RuleScore:
    rule_outcomes = [outcome for outcome in measured if outcome.rule == rule]
    answers = lives.answered(rule)
    answer_counts = Counter(answer for answer, _ in answers)
    rule_advice = lives.given.get(rule, set())
    return RuleScore(
        rule=rule,
        given=len(rule_advice),
        acknowledged=answer_counts["acknowledged"],
        dismissed=answer_counts["dismissed"],
        applied=sum(applied.get(advice) in DONE for advice in rule_advice),
        verdicts=dict(Counter(outcome.verdict for outcome in rule_outcomes)),
        pooled=pool(rule_outcomes),
        demotion=_harmful(rule, rule_outcomes) or _noisy(rule, answers),
    )


def _harmful(rule: str, outcomes: Sequence[Outcome]) -> Demotion | None:
    """Once the pooled effect of at least three outcomes lies wholly on the wrong side."""
    since = None
    for count in range(FEWEST_OUTCOMES, len(outcomes) + 1):
        pooled = pool(outcomes[:count])
        proven = pooled.count >= FEWEST_OUTCOMES and pooled.low is not None and pooled.low > 0
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
    demotion_by_rule = {demotion.rule: demotion for demotion in demotions}
    if not demotion_by_rule:
        return advised
    pieces = [_watching(piece, demotion_by_rule.get(piece.rule)) for piece in advised.advice]
    return replace(
        advised, advice=tuple(sorted(pieces, key=lambda piece: piece.rule in demotion_by_rule))
    )


def _watching(advice: Advice, demotion: Demotion | None) -> Advice:
    if demotion is None:
        return advice
    notice = {"why": demotion.why, "since": demotion.since.isoformat()}
    return replace(
        advice,
        severity="watch",
        budgets={},
        budgets_before={},
        numbers={**advice.numbers, "demoted": notice},
    )
