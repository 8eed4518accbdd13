"""Twenty rules over a million campaigns beside plain numpy, and beside rule engines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from benchmarks.speed.engines import SAMPLE, engines
from benchmarks.speed.timing import Timed, best, compared, say
from bot.advice.rules.condition import AnyOf, Condition, Floats, every
from bot.advice.rules.rulebook import Rule
from bot.rules_files import load

RULES, CAMPAIGNS = 20, 1_000_000
MISSING = 0.02


def lines() -> Iterator[Timed]:
    """Three-valued truth of conditions and evidence, and two-valued truth in numpy."""
    rules = load().rules[:RULES]
    columns = _columns(rules)
    size = f"{RULES} rules x {CAMPAIGNS:,} campaigns"
    plain = [_plain((*rule.when, *rule.evidence)) for rule in rules]
    yield compared(
        "rules", size, partial(_ours, rules, columns),
        "plain numpy comparisons", partial(_numpy, plain, columns), 10,
    )  # fmt: skip
    yield from _beside_engines(rules, columns)


def _beside_engines(rules: tuple[Rule, ...], columns: Mapping[str, Floats]) -> Iterator[Timed]:
    ours = best(partial(_ours, rules, columns), 3)
    for name, engine in engines(rules, columns).items():
        say(f"rules, {name} …")
        theirs = best(engine, 2) * CAMPAIGNS / SAMPLE
        beside = f"{name}, scaled from {SAMPLE:,} campaigns"
        yield Timed("rules", f"{RULES} rules x {CAMPAIGNS:,}", ours, beside, theirs, 0.01)


def _columns(rules: tuple[Rule, ...]) -> Mapping[str, Floats]:
    random = np.random.default_rng(1)
    found = {}
    for name in dict.fromkeys(name for rule in rules for name in rule.reads):
        found[name] = np.exp(random.normal(0, 2, CAMPAIGNS))
        found[name][random.random(CAMPAIGNS) < MISSING] = np.nan
    return found


def _ours(rules: tuple[Rule, ...], columns: Mapping[str, Floats]) -> int:
    found = (every((*rule.when, *rule.evidence), columns, CAMPAIGNS) for rule in rules)
    return sum(int(truth.holds.sum()) for truth in found)


def _numpy(lines: list[str], columns: Mapping[str, Floats]) -> int:
    return sum(int(eval(line, {"c": columns}).sum()) for line in lines)


def _plain(conditions: tuple[Condition, ...]) -> str:
    """`ctr.now < 0.5 * ctr.peers` as `(c['ctr.now'] < 0.5 * c['ctr.peers'])`, joined by `&`."""
    return " & ".join(f"({_either(condition)})" for condition in conditions)


def _either(condition: Condition) -> str:
    parts = condition.lines if isinstance(condition, AnyOf) else (condition,)
    named = (re.sub(r"[a-z]\w*\.\w+", r"c['\g<0>']", part.text) for part in parts)
    return " | ".join(f"({text})" for text in named)
