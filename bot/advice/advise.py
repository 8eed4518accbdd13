"""The decision of a morning, from numbers to advice: a pure function.

known numbers -> what every rule finds -> what holds it back -> what it does to budgets ->
one piece of advice a campaign, the weightiest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import compress

import numpy as np
import pandas as pd

from bot.advice.budgets import Budgets, RefusedChange
from bot.advice.composing import Draft, Sayer
from bot.advice.evaluate.campaign_features import Facts, View
from bot.advice.evaluate.cohorts import SHARED
from bot.advice.evaluate.findings import NOT_SURE, TOO_LITTLE, Finding, Mornings, table_of
from bot.advice.evaluate.turning_points import waits
from bot.advice.experiment.design import of_pool, tests_read
from bot.advice.guards.choosing import WHOLE, choose, discoveries, of_the_week, worth_saying
from bot.advice.guards.holds import Guards
from bot.advice.rules.rulebook import EVERYWHERE, MONEY_ACTIONS, RAISE_BID, Rulebook
from bot.advice.sharded_advice import REMEMBERED, Shards, together
from bot.advice.shifting import RESPONSE, Shifted, Shifts
from bot.advice.stakes import Stake, of_shift, stakes_of
from bot.advice.stakes import together as stake_together
from bot.advice.whole_accounts import whole_accounts
from bot.domain.advice import SEVERITIES, Advice, Advised, HeldBack, Memory, TestRead
from bot.numbers.input.normalise import normalise
from bot.numbers.metrics.sums import Ints
from bot.numbers.plan import Plan
from bot.numbers.shards import Shard

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
    details: pd.DataFrame | None = None,
) -> Advised:
    """What to change this morning, and what was held back, with every number.

    Args:
        numbers: Daily numbers, any order and revisions; only what was known on `as_of` is used.
        as_of: The morning; the last data day is the day before.
        rulebook: Metrics, thresholds and rules.
        plan: What people say the campaigns are for.
        memory: What was said and answered before.
        window_reach: Reach of whole windows, as the platforms give it.
        details: Rows of what goes on below the campaigns (`bot.domain.details`), every level.

    Returns:
        Everything still true and not held back, weightiest first: at most one piece of advice a
        campaign. The same arguments always give the same result. Each shard (a client's campaigns
        in one currency, `bot.numbers.shards`) is judged by itself: nothing reaches over.
    """
    judged = by_shard(numbers, as_of, rulebook, plan, memory, window_reach, details)
    if len(judged) == 1:
        return next(iter(judged.values()))
    return together(judged, rulebook, memory, as_of)


def by_shard(  # noqa: PLR0913, PLR0917 - as `advise`
    numbers: pd.DataFrame,
    as_of: date,
    rulebook: Rulebook,
    plan: Plan = Plan(),  # noqa: B008 - a frozen value
    memory: Memory = Memory(),  # noqa: B008 - a frozen value
    window_reach: pd.DataFrame | None = None,
    details: pd.DataFrame | None = None,
) -> dict[Shard, Advised]:
    """The same, each shard apart, for `bot.advice.sharded_advice.together`.

    Where the plan has a census, a shard comes to the same whichever others are judged beside it.
    """
    table = normalise(numbers)
    shards = Shards.of(table, as_of, plan, memory, details)
    if shards is None:
        return {Shard(): _judged(table, as_of, rulebook, plan, memory, window_reach, details)}
    pieces = ((shard, shards.materials(shard)) for shard in shards.present)
    return {
        shard: _judged(
            own.numbers, as_of, rulebook, own.plan, own.memory, window_reach, own.details
        )
        for shard, own in pieces
    }


def _judged(  # noqa: PLR0913, PLR0917 - as `advise`
    numbers: pd.DataFrame,
    as_of: date,
    rulebook: Rulebook,
    plan: Plan,
    memory: Memory,
    window_reach: pd.DataFrame | None,
    details: pd.DataFrame | None,
) -> Advised:
    """The same of a single shard."""
    mornings = Mornings.of(numbers, as_of, rulebook, plan, window_reach, memory.learned, details)
    facts = mornings.facts()
    if facts.size == 0:
        return Advised(memory=memory)
    findings = tuple(mornings.finding(rule) for rule in rulebook.rules)
    lasted = {rule.id: mornings.lasted(rule) for rule in rulebook.rules}
    guards = Guards(facts, memory, findings, lasted)
    holdbacks = [holdback for finding in findings for holdback in _unsaid(finding, facts)]
    budgets = Budgets(facts)
    drafts, doubtful = discoveries(
        list(_drafts(findings, guards, budgets, holdbacks)), guards.campaign
    )
    drafts, chance = of_the_week(drafts, findings, guards)
    drafts += _standing(findings, guards)
    holdbacks += (*doubtful, *chance)
    tests = tests_read(facts, memory.shifts)
    shifts = Shifts(guards, budgets, memory, holdbacks).found(findings, _spoken(drafts))
    drafts += [_shift(shift, tests, guards, budgets) for shift in shifts]
    drafts, too_small = worth_saying(drafts, facts)
    chosen, passed_over = choose(drafts, guards, budgets)
    sayer = Sayer(facts, budgets, memory.opened)
    advice = tuple(sayer.advice(draft) for draft in chosen)
    holdbacks += (*too_small, *passed_over)
    remembered = _remembered(memory, advice, holdbacks, as_of)
    advice_shifts = [(piece, draft.shift) for piece, draft in zip(advice, chosen, strict=True)]
    return Advised(
        advice, tuple(holdbacks), _with_shifts(remembered, memory, advice_shifts, facts), tests
    )


def _spoken(drafts: list[Draft]) -> dict[int, str]:
    """Campaigns that weightier advice is about: urgent, or as weighty and not about money."""
    rule_ids: dict[int, str] = {}
    for draft in drafts:
        if draft.rule.together in WHOLE:
            continue
        urgent = draft.rule.severity == SEVERITIES[-1]
        weighty = draft.rule.severity != SEVERITIES[0] and draft.rule.action.do not in MONEY_ACTIONS
        if urgent or weighty:
            rule_ids |= dict.fromkeys(draft.rows, draft.rule.id)
    return rule_ids


def _shift(
    shifted: Shifted, tests: tuple[TestRead, ...], guards: Guards, budgets: Budgets
) -> Draft:
    """The draft of a shift, with the tests that its campaigns took part in."""
    rows = (*shifted.givers, *shifted.takers)
    read = tuple(of_pool(tests, map(guards.campaign, rows)))
    stake, worth = of_shift(shifted, guards.facts, budgets.currency(rows[0]))
    moves = round(7 * budgets.units(shifted.change.move, rows[0]), 2)
    return Draft(
        shifted.finding,
        rows,
        shifted.effect.sure,
        stake,
        shifted.change,
        shifted,
        read,
        worth,
        moves,
    )


def _unsaid(finding: Finding, facts: Facts) -> Iterator[HeldBack]:
    """Campaigns the rule has too little data about, or is not sure of."""
    rule, ids = finding.rule, facts.ids
    open_ = (finding.verdict == TOO_LITTLE) | (finding.verdict == NOT_SURE)
    for part, view in enumerate(finding.views):
        rows = np.flatnonzero(open_ & (finding.part == part))
        records, gaps = table_of(view, rule.reads, rows), _missing(view, rule.reads, rows)
        unsure = (finding.verdict[rows] == NOT_SURE).tolist()
        lacking = waits(rule.evidence, view, rows, view.spans, facts.as_of)
        entries = zip(rows.tolist(), records, unsure, gaps, lacking, strict=True)
        for row, numbers, doubtful, missing, lacks in entries:
            if doubtful:
                sure = {"sure": round(float(finding.sure[row]), 6), "needed": rule.sure}
                yield HeldBack(ids[row], rule.id, "not_sure", {**numbers, **sure})
                continue
            if missing:
                numbers["missing"] = [*missing]
            if lacks:
                numbers["waiting"] = [lack.to_json() for lack in lacks]
            yield HeldBack(ids[row], rule.id, "too_little_data", numbers)


def _missing(view: View, names: tuple[str, ...], rows: Ints) -> list[tuple[str, ...]]:
    """Which of the columns each campaign lacks; few combinations ever occur."""
    if not names or not rows.size:
        return [()] * rows.size
    lacks = np.stack([np.isnan(view[name][rows]) for name in names], axis=1)
    kinds: dict[bytes, tuple[str, ...]] = {}
    width, flags = len(names), lacks.tobytes()
    patterns = [flags[place : place + width] for place in range(0, len(flags), width)]
    for kind in set(patterns):
        kinds[kind] = tuple(compress(names, kind))
    return [kinds[kind] for kind in patterns]


def _drafts(
    findings: tuple[Finding, ...], guards: Guards, budgets: Budgets, holdbacks: list[HeldBack]
) -> Iterator[Draft]:
    """What every rule would say, shifts apart; what a guard stops goes to `holdbacks`."""
    for finding in findings:
        if finding.rule.action.by == RESPONSE:
            continue
        free = []
        for row in map(int, np.flatnonzero(finding.speaks)):
            holdback = guards.hold(finding.rule, row, finding)
            if holdback:
                holdbacks.append(holdback)
            else:
                free.append(row)
        yield from _of_rule(finding, free, guards, budgets, holdbacks)


STAYS = 0.5
"""Open advice is not taken back while this much speaks for it, though it was opened on more."""


def _standing(findings: tuple[Finding, ...], guards: Guards) -> Iterator[Draft]:
    """What was said before and still is likelier than not, where no money moves by it.

    A price at the edge of what it may be would be said, taken back and said anew week after week.
    """
    rows = {campaign: row for row, campaign in enumerate(guards.facts.ids)}
    rules = {finding.rule.id: finding for finding in findings}
    for rule, campaigns in guards.memory.opened:
        finding, row = rules.get(rule), rows.get(campaigns[0], -1) if len(campaigns) == 1 else -1
        if finding is None or row < 0 or finding.rule.whole or finding.rule.silent:
            continue
        unsure = finding.verdict[row] == NOT_SURE and float(finding.sure[row]) >= STAYS
        if (
            unsure
            and finding.rule.action.do not in MONEY_ACTIONS
            and not guards.silenced(finding.rule, row)
        ):
            stake = stakes_of(finding, (row,))[row]
            yield Draft(finding, (row,), float(finding.sure[row]), stake)


def _of_rule(
    finding: Finding, rows: list[int], guards: Guards, budgets: Budgets, holdbacks: list[HeldBack]
) -> Iterator[Draft]:
    if finding.rule.silent:
        return
    if finding.rule.whole:
        yield from _together(finding, rows, guards.facts)
        return
    if finding.rule.together == EVERYWHERE:
        whole = whole_accounts(finding, rows, guards.facts)
        yield from _together(finding, whole, guards.facts)
        of_accounts = frozenset(whole)
        rows = [row for row in rows if row not in of_accounts]
    stakes = stakes_of(finding, rows)
    for row in sorted(rows, key=lambda row: (-_amount(stakes[row]), row)):
        draft = Draft(finding, (row,), float(finding.sure[row]), stakes[row])
        if finding.rule.action.do == RAISE_BID:
            yield replace(draft, sure=guards.facts.answers.chance(RAISE_BID, row))
            continue
        if finding.rule.action.do not in MONEY_ACTIONS:
            yield draft
            continue
        chance = guards.facts.answers.chance(finding.rule.action.do, row)
        draft = replace(draft, sure=float(np.fmin(draft.sure, chance)))
        change = budgets.alone(finding.rule, row, finding)
        if isinstance(change, RefusedChange):
            campaign = guards.campaign(row)
            holdbacks.append(HeldBack(campaign, finding.rule.id, change.guard, change.numbers))
            continue
        yield replace(draft, change=change)


def _together(finding: Finding, rows: Sequence[int], facts: Facts) -> Iterator[Draft]:
    """One draft an account, a budget of the plan, or a client."""
    shared = [facts.said(column) for column in SHARED[finding.rule.together]]
    accounts: dict[tuple[object, ...], list[int]] = {}
    for row in rows:
        accounts.setdefault(tuple(words[row] for words in shared), []).append(row)
    stakes = stakes_of(finding, rows)
    for campaigns in accounts.values():
        shared_budget = finding.rule.together == "budget"
        stake = stake_together((stakes[row] for row in campaigns), shared=shared_budget)
        yield Draft(finding, tuple(campaigns), float("nan"), stake)


def _amount(stake: Stake | None) -> Decimal:
    return stake.amount if stake else Decimal()


def _remembered(
    memory: Memory, advice: tuple[Advice, ...], holdbacks: list[HeldBack], as_of: date
) -> Memory:
    """What is open after this morning, and the answers that may still matter."""
    still = {
        (holdback.rule, holdback.campaign_id)
        for holdback in holdbacks
        if holdback.guard in STILL_TRUE
    }
    opened = {
        key: on for key, on in memory.opened.items() if key[1] and (key[0], key[1][0]) in still
    }
    opened |= {(piece.rule, piece.campaign_ids): piece.opened_on or as_of for piece in advice}
    answers = tuple(answer for answer in memory.answers if as_of - answer.on <= REMEMBERED)
    return Memory(opened, answers)


def _with_shifts(
    remembered: Memory,
    memory: Memory,
    advice_shifts: list[tuple[Advice, Shifted | None]],
    facts: Facts,
) -> Memory:
    """Also what shifts proposed, while it is open, was set lately, or is a test to be read."""
    shifts = {
        key: terms for key, terms in memory.shifts.items()
        if key in remembered.opened or facts.as_of - terms.on <= REMEMBERED / 2
    }  # fmt: skip
    shifts |= {
        (piece.rule, piece.campaign_ids): shift.terms for piece, shift in advice_shifts if shift
    }
    learned = facts.learned_now or memory.learned
    return replace(remembered, shifts=shifts, learned=learned)
