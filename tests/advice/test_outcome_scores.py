from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from scipy import stats

from bot.advice import Advised
from bot.advice.outcome import AdviceStep, Outcome, demoted, pool, scoreboard
from bot.domain.advice import Advice

ON = date(2026, 9, 1)
SHIFT = Advice(
    "a1", "convert-shift", "v", ("g", "r"), "shift_budget", "advise",
    {"g": 800.0, "r": 1200.0}, {"g": 1000.0, "r": 1000.0},
)  # fmt: skip


def reading(gain, spread=0.1, rule="r", day=1, verdict="too_small_to_tell"):
    return Outcome(
        f"a{day}", rule, "price", "cpa", ON, ON + timedelta(day), verdict,
        gain=gain, spread=spread, change=0.0,
    )  # fmt: skip


def test_many_small_readings_make_one_that_tells():
    """Random effects over twelve moves: sure together, though none is alone."""
    found = pool([reading(0.06 + 0.01 * (day % 3), 0.06, day=day) for day in range(12)])
    assert found.count == 12
    assert found.low < found.change < found.high < 0
    assert "no fair comparison" in found.biased


@pytest.mark.parametrize("gains", [(0.3, -0.2, 0.25, 0.05), (0.1, 0.11, 0.09), (0.4, -0.1)])
def test_a_pool_is_worked_out_by_hand(gains):
    """DerSimonian and Laird's weights, Hartung and Knapp's interval; two readings are a pool."""
    spreads = [0.1 + 0.02 * place for place in range(len(gains))]
    variances = [spread**2 for spread in spreads]
    fixed = [1 / variance for variance in variances]
    centre = sum(w * gain for w, gain in zip(fixed, gains, strict=True)) / sum(fixed)
    apart = sum(w * (gain - centre) ** 2 for w, gain in zip(fixed, gains, strict=True))
    room = sum(fixed) - sum(w**2 for w in fixed) / sum(fixed)
    tau2 = max((apart - (len(gains) - 1)) / room, 0.0)
    weights = [1 / (variance + tau2) for variance in variances]
    mean = sum(w * gain for w, gain in zip(weights, gains, strict=True)) / sum(weights)
    scatter = sum(w * (gain - mean) ** 2 for w, gain in zip(weights, gains, strict=True))
    spread = math.sqrt(max(scatter / (len(gains) - 1), 1.0) / sum(weights))
    off = stats.t.ppf(0.95, len(gains) - 1) * spread
    found = pool(
        [
            reading(gain, spread, day=day)
            for day, (gain, spread) in enumerate(zip(gains, spreads, strict=True))
        ]
    )
    wanted = [
        len(gains),
        *(math.expm1(-each) for each in (mean, mean + off, mean - off)),
        math.sqrt(tau2),
    ]
    assert [found.count, found.change, found.low, found.high, found.spread] == pytest.approx(wanted)


def test_one_reading_is_no_pool():
    """Nor is what was never measured."""
    assert pool([reading(0.1), reading(None)]).change is None


def steps(rule, *verbs):
    for number, verb in enumerate(verbs):
        advice, on = f"{rule}{number}", ON + timedelta(number)
        yield AdviceStep(advice, rule, "open", on)
        yield from [] if verb == "open" else [AdviceStep(advice, rule, verb, on)]


def test_the_scoreboard_counts_by_rule():
    """Given, acknowledged, dismissed, applied, and verdicts; what was undone counts as open."""
    told = [*steps("r", "acknowledge", "dismiss", "acknowledge", "open"), *steps("s", "open")]
    told.append(AdviceStep("r2", "r", "undo", ON + timedelta(9)))
    found = scoreboard(told, [reading(0.1, verdict="worked")], {"r0": "applied", "r1": "not_yet"})
    first = found.rules[0]
    assert (first.rule, first.given, first.acknowledged, first.dismissed) == ("r", 4, 1, 1)
    assert (first.applied, first.verdicts, first.demotion) == (1, {"worked": 1}, None)
    assert [score.rule for score in found.rules] == ["r", "s"]


def test_a_rule_that_proves_harmful_only_watches():
    """Three outcomes at least, wholly on the wrong side; since the morning that proved it."""
    bad = [reading(-0.3, 0.05, day=day) for day in range(1, 5)]
    assert scoreboard(steps("r", "open"), bad[:2]).demotions == ()
    (found,) = scoreboard(steps("r", "open"), bad).demotions
    assert (found.rule, found.why, found.since) == ("r", "harmful", ON + timedelta(3))


def test_a_rule_people_keep_dismissing_only_watches():
    """Seven in ten of ten answers or more."""
    (found,) = scoreboard(steps("r", *["dismiss"] * 8, "acknowledge", "dismiss")).demotions
    assert (found.why, found.since) == ("noisy", ON + timedelta(9))
    assert scoreboard(steps("r", *["dismiss"] * 9)).demotions == ()


def test_a_rule_is_noisy_as_long_as_seven_in_ten_say_no():
    """Exactly seven of ten is enough; who comes to like it later ends it."""
    seven = [*["dismiss"] * 7, *["acknowledge"] * 3]
    (found,) = scoreboard(steps("r", *seven)).demotions
    assert found.since == ON + timedelta(9)
    assert scoreboard(steps("r", *seven, "acknowledge")).demotions == ()
    assert scoreboard(steps("r", *["dismiss"] * 13, *["acknowledge"] * 6)).demotions == ()
    (again,) = scoreboard(
        steps("r", *seven, "acknowledge", "dismiss", "dismiss", "dismiss")
    ).demotions
    assert again.since == ON + timedelta(13)


def test_demoted_advice_says_so_and_moves_nothing():
    """Severity watch, no budgets, last in line; other rules are as they were."""
    (found,) = scoreboard(steps("convert-shift", *["dismiss"] * 10)).demotions
    other = replace(SHIFT, id="a2", rule="other")
    told = demoted(Advised((SHIFT, other)), [found]).advice
    assert told[0] == other
    assert (told[1].severity, told[1].budgets) == ("watch", {})
    assert told[1].numbers["demoted"] == {"why": "noisy", "since": found.since.isoformat()}
    assert demoted(Advised((SHIFT,)), []) == Advised((SHIFT,))
