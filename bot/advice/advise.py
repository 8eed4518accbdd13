"""The decision of a morning, from numbers to advice: a pure function.

known numbers -> what every rule finds -> what holds it back -> what it does to budgets ->
one piece of advice a campaign, the weightiest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.advice.changes import Budgets, Change, Refused
from bot.advice.choosing import choose
from bot.advice.condition import Bools
from bot.advice.discovery import discoveries
from bot.advice.facts import Facts
from bot.advice.findings import Finding, Mornings
from bot.advice.guards import Guards, table_of
from bot.advice.judge import NOT_SURE, TOO_LITTLE
from bot.advice.pairing import Pair, Pairs
from bot.advice.rulebook import MONEY_ACTIONS, Rulebook
from bot.advice.saying import Draft, Sayer, stake_of
from bot.advice.types import Advice, Advised, HeldBack, Memory
from bot.numbers.plan import Plan

REMEMBERED = timedelta(days=180)
STILL_TRUE = frozenset({
    "cooldown", "answered", "learning", "tracking", "late_data", "one_a_day", "false_discovery",
})  # fmt: skip
"""Guards that hold back what may well still be true: it keeps the morning it was opened."""


def advise(  # noqa: PLR0913, PLR0917 - the contract: everything a decision depends on
    numbers: pd.DataFrame,
    as_of: date,
    rulebook: Rulebook,
    plan: Plan = Plan(),  # noqa: B008 - a frozen value
    memory: Memory = Memory(),  # noqa: B008 - a frozen value
    window_reach: pd.DataFrame | None = None,
) -> Advised:
    """What to change this morning, and what was held back, with every number.

    Args:
        numbers: Daily numbers, any order and revisions; only what was known on `as_of` is used.
        as_of: The morning; the last data day is the day before.
        rulebook: Metrics, thresholds and rules.
        plan: What people say the campaigns are for.
        memory: What was said and answered before.
        window_reach: Reach of whole windows, as the platforms give it.

    Returns:
        Everything still true and not held back, weightiest first: at most one piece of advice a
        campaign. The same arguments always give the same result.
    """
    mornings = Mornings.of(numbers, as_of, rulebook, plan, window_reach)
    facts = mornings.facts()
    if facts.size == 0:
        return Advised(memory=memory)
    findings = tuple(mornings.finding(rule) for rule in rulebook.rules)
    lasted = {rule.id: mornings.lasted(rule) for rule in rulebook.rules}
    guards = Guards(facts, memory, findings, lasted)
    held = [back for finding in findings for back in _unsaid(finding, facts)]
    budgets = Budgets(facts)
    drafts, doubtful = discoveries(list(_drafts(findings, guards, budgets, held)), guards.campaign)
    held += doubtful
    chosen, passed_over = choose(drafts, guards, budgets)
    sayer = Sayer(facts, budgets, memory.opened)
    advice = tuple(sayer.advice(draft) for draft in chosen)
    held += passed_over
    return Advised(advice, tuple(held), _remembered(memory, advice, held, as_of))


def _unsaid(finding: Finding, facts: Facts) -> Iterator[HeldBack]:
    """Campaigns the rule has too little data about, or is not sure of."""
    rule, ids = finding.rule, facts.ids
    open_ = (finding.verdict == TOO_LITTLE) | (finding.verdict == NOT_SURE)
    for part, view in enumerate(finding.views):
        rows = np.flatnonzero(open_ & (finding.part == part))
        told = table_of(view, rule.reads, rows)
        unsure = (finding.verdict[rows] == NOT_SURE).tolist()
        for row, numbers, doubtful in zip(rows.tolist(), told, unsure, strict=True):
            if doubtful:
                sure = {"sure": round(float(finding.sure[row]), 6), "needed": rule.sure}
                yield HeldBack(ids[row], rule.id, "not_sure", {**numbers, **sure})
                continue
            missing = [name for name, number in numbers.items() if number is None]
            if missing:
                numbers["missing"] = missing
            yield HeldBack(ids[row], rule.id, "too_little_data", numbers)


def _drafts(
    findings: tuple[Finding, ...], guards: Guards, budgets: Budgets, held: list[HeldBack]
) -> Iterator[Draft]:
    """What every rule would say; what a guard stops goes to `held`."""
    pairs = Pairs(guards)
    for finding in findings:
        free = []
        for row in map(int, np.flatnonzero(finding.speaks)):
            back = guards.hold(finding.rule, row, finding)
            if back:
                held.append(back)
            else:
                free.append(row)
        yield from _of_rule(finding, free, pairs, budgets, held)


def _of_rule(
    finding: Finding, rows: list[int], pairs: Pairs, budgets: Budgets, held: list[HeldBack]
) -> Iterator[Draft]:
    if finding.rule.silent:
        return
    if finding.rule.together:
        yield from _together(finding, rows, pairs.guards.facts)
        return
    stakes = {row: stake_of(finding, row) for row in rows}
    taken = np.zeros(finding.part.size, dtype=bool)
    taken[rows] = True
    for row in sorted(rows, key=lambda row: (-(stakes[row] or 0.0), row)):
        plain = Draft(finding, (row,), float(finding.sure[row]), stakes[row])
        if finding.rule.action.do not in MONEY_ACTIONS:
            yield plain
            continue
        draft = _moved(plain, pairs, budgets, taken)
        if isinstance(draft, Refused):
            campaign = pairs.guards.campaign(row)
            held.append(HeldBack(campaign, finding.rule.id, draft.guard, draft.numbers))
            continue
        taken[list(draft.rows)] = True
        yield draft


def _together(finding: Finding, rows: list[int], facts: Facts) -> Iterator[Draft]:
    """One draft an account."""
    accounts: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        place = (facts.said("source_channel")[row], facts.said("account_id")[row])
        accounts.setdefault(place, []).append(row)
    for together in accounts.values():
        stakes = [stake_of(finding, row) or 0.0 for row in together]
        yield Draft(finding, tuple(together), float("nan"), round(sum(stakes), 2))


def _moved(draft: Draft, pairs: Pairs, budgets: Budgets, taken: Bools) -> Draft | Refused:
    """The draft with what it does to budgets."""
    row, rule = draft.rows[0], draft.rule
    if rule.action.do != "shift_budget":
        change = budgets.alone(rule, row, draft.finding)
        return replace(draft, change=change) if isinstance(change, Change) else change
    pair = pairs.find(draft.finding, row, taken)
    if pair is None:
        return Refused("no_pair", {})
    change = budgets.shift(rule, pair.giver, pair.receiver, draft.finding)
    return _shifted(draft, pair, pairs, budgets, change) if isinstance(change, Change) else change


def _shifted(draft: Draft, pair: Pair, pairs: Pairs, budgets: Budgets, change: Change) -> Draft:
    move = budgets.units(change.move, pair.giver)
    effect = pairs.effect(draft.finding, pair, move)
    return replace(
        draft,
        rows=(pair.giver, pair.receiver),
        sure=pair.sure,
        stake=round(7 * move, 2),
        change=change,
        effect=effect,
        counted=pairs.counted(pair.giver) if effect else None,
    )


def _remembered(
    memory: Memory, advice: tuple[Advice, ...], held: list[HeldBack], as_of: date
) -> Memory:
    """What is open after this morning, and the answers that may still matter."""
    still = {(back.rule, back.campaign_id) for back in held if back.guard in STILL_TRUE}
    opened = {
        key: on for key, on in memory.opened.items() if key[1] and (key[0], key[1][0]) in still
    }
    opened |= {(one.rule, one.campaign_ids): one.opened_on or as_of for one in advice}
    answers = tuple(answer for answer in memory.answers if as_of - answer.on <= REMEMBERED)
    return Memory(opened, answers)
