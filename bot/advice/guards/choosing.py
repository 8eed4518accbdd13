"""Of all that could be said: one piece of advice a campaign, and no stage below its floor.

False discoveries: of all that is likely this morning, no more is said than is mostly right, and of
all breaks looked for in a week no more than chance would not also make. Advice about less money
than anybody would get up for is not worth a line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from bot.advice.budgets import Budgets
from bot.advice.composing import Draft
from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.findings import Finding
from bot.advice.guards.holds import Guards
from bot.advice.rules.condition import Bools, Line, Name, value
from bot.advice.rules.rulebook import Rule
from bot.domain.advice import SEVERITIES, HeldBack
from bot.domain.money import least_worth, share_of
from bot.numbers.metrics.sums import Floats

WHOLE = ("budget", "client")
"""Advice about a budget or a client as a whole is no campaign's one piece of the day."""
Weight = tuple[int, float, int, tuple[int, ...]]
_TAKES = ("cut_budget", "pause")


def choose(
    drafts: list[Draft], guards: Guards, budgets: Budgets
) -> tuple[list[Draft], list[HeldBack]]:
    """The drafts to say, weightiest first, and those passed over with the reason.

    Said by severity, then money at stake, then the rulebook's order; chosen with shifts before
    their equals (they spoke for nobody with weightier advice). Cuts and pauses of one
    morning leave each stage its floor.
    """
    chosen: list[Draft] = []
    holdbacks: list[HeldBack] = []
    spoken: dict[int, str] = {}
    cut_totals: dict[tuple[object, ...], int] = {}
    order = {rule.id: place for place, rule in enumerate(guards.rulebook.rules)}
    for draft in sorted(drafts, key=lambda draft: _rank(draft, order)):
        if draft.rule.together in WHOLE:
            chosen.append(draft)
            continue
        holdback = _passed_over(draft, guards, spoken) or _floor(draft, guards, budgets, cut_totals)
        if holdback:
            holdbacks.append(holdback)
            continue
        chosen.append(draft)
        spoken |= dict.fromkeys(draft.rows, draft.rule.id)
    return sorted(chosen, key=lambda draft: _weight(draft, order)), holdbacks


def _rank(draft: Draft, order: Mapping[str, int]) -> tuple[int, bool, Weight]:
    severity = SEVERITIES.index(draft.rule.severity)
    return -severity, draft.shift is None, _weight(draft, order)


def _weight(draft: Draft, order: Mapping[str, int]) -> Weight:
    severity, place = SEVERITIES.index(draft.rule.severity), order[draft.rule.id]
    stake = float(draft.stake.amount) if draft.stake else 0.0
    return -severity, -stake, place, draft.rows


def _passed_over(draft: Draft, guards: Guards, spoken: dict[int, str]) -> HeldBack | None:
    for row in draft.rows:
        if row in spoken:
            numbers = {"instead": spoken[row], "campaign_id": guards.campaign(row)}
            return HeldBack(guards.campaign(draft.rows[0]), draft.rule.id, "one_a_day", numbers)
    return None


def _floor(
    draft: Draft, guards: Guards, budgets: Budgets, cut_totals: dict[tuple[object, ...], int]
) -> HeldBack | None:
    """Cuts and pauses may take only so much of a stage in a morning; a lone campaign is exempt."""
    row, change = draft.rows[0], draft.change
    if draft.rule.action.do not in _TAKES or change is None or len(budgets.stage_of(row)) < 2:
        return None
    key, total = guards.facts.stage_key(row), budgets.total(row)
    most = total - share_of(total, guards.facts.table[row]["floor"])
    cut_total = cut_totals.get(key, 0) + change.move
    if cut_total > most and not change.about:
        units = [budgets.units(amount, row) for amount in (cut_total, most, total)]
        numbers = dict(zip(("taken", "most", "stage_budget"), units, strict=True))
        return HeldBack(guards.campaign(row), draft.rule.id, "floor", numbers)
    cut_totals[key] = cut_total
    return None


MOST_WRONG = 0.15
"""Share of what is said that may be wrong, on average."""


def discoveries(
    drafts: Sequence[Draft], campaign: Callable[[int], str]
) -> tuple[list[Draft], list[HeldBack]]:
    """The drafts to say, in their order, and those held back (`false_discovery`).

    Args:
        drafts: Everything that passed its own guards.
        campaign: The id of a campaign by its row.
    """
    sure = np.array([draft.sure for draft in drafts], dtype=np.float64)
    accepted, error = controlled(sure)
    holdbacks = [
        HeldBack(campaign(draft.rows[0]), draft.rule.id, "false_discovery", {
            "sure": round(draft.sure, 6),
            "wrong": round(float(error), 6),
            "most_wrong": MOST_WRONG,
            "findings": int((~np.isnan(sure)).sum()),
        })
        for draft, is_accepted, error in zip(drafts, accepted, error, strict=True)
        if not is_accepted
    ]  # fmt: skip
    return [
        draft for draft, is_accepted in zip(drafts, accepted, strict=True) if is_accepted
    ], holdbacks


BREAKS = frozenset({
    "silence", "tag_fault", "page_fault", "counted_double", "showings_fault", "audience_fault",
})  # fmt: skip
"""Signals that are log likelihood ratios of a break: so many nats against chance."""
SLIDES = frozenset({"fatigue"})
"""Signals that are standard deviations."""
SELDOM = 2000.0
"""Weeks in which a sound campaign passes a detector's bar once: thresholds.yml."""
WEEK = timedelta(days=7)


def of_the_week(
    drafts: Sequence[Draft], findings: Sequence[Finding], guards: Guards
) -> tuple[list[Draft], list[HeldBack]]:
    """Breaks and slides of which at most 15 % of a week's are chance, and those that wait.

    Where a bar is passed by x nats, chance does as much with p = e^-x / 2,000 in a week. What was
    said stays said; what is new must be under `least_likely`. In an account of forty nothing waits;
    in one of a thousand a lone sign must be surer.

    Returns:
        The drafts to say, in their order, and those held back (`false_discovery`).
    """
    lines = {finding.rule.id: _named(finding.rule) for finding in findings}
    looks = sum(int((one.part >= 0).sum()) for one in findings if lines[one.rule.id])
    keys = [(draft.rule.id, tuple(map(guards.campaign, draft.rows))) for draft in drafts]
    opened, as_of = guards.memory.opened, guards.facts.as_of
    lately = sum(bool(lines[key[0]]) and as_of - opened.get(key, date.min) < WEEK for key in keys)
    chances = {
        place: _chance(draft, line)
        for place, (draft, key) in enumerate(zip(drafts, keys, strict=True))
        if key not in opened and (line := lines[draft.rule.id])
    }
    most = least_likely(list(chances.values()), lately, looks)
    waiting = {place: chance for place, chance in chances.items() if chance > most}
    told = {"looked": looks, "said": lately, "most_wrong": MOST_WRONG}
    return [draft for place, draft in enumerate(drafts) if place not in waiting], [
        HeldBack(keys[place][1][0], keys[place][0], "false_discovery", {"chance": chance, **told})
        for place, chance in waiting.items()
    ]


def least_likely(chances: Sequence[float], said: int, looks: int) -> float:
    """The largest chance that is let through: p_(k) <= 0.15 (said + k) / looks; -1 for none.

    Javanmard and Montanari (2018), LOND, by weeks, with the step-up of Benjamini and Hochberg
    (1995) inside a morning. How often it is looked in a week is fixed beforehand and each chance is
    a week's, so that looking daily costs nothing.

    Args:
        chances: Of what is new, how often chance does as much in a week.
        said: Said within seven days and still true.
        looks: Rules times campaigns.
    """
    ordered = enumerate(sorted(chances), 1)
    return max((p for k, p in ordered if p * looks <= MOST_WRONG * (said + k)), default=-1.0)


def _named(rule: Rule) -> Line | None:
    """The line of a rule that holds a break or a slide against its bar, where it has one."""
    for line in rule.when:
        left = line.left if isinstance(line, Line) else None
        if isinstance(line, Line) and isinstance(left, Name) and left.metric in BREAKS | SLIDES:
            return line
    return None


def _chance(draft: Draft, line: Line) -> float:
    """How often chance passes the bar as far in a week of a sound campaign."""
    row, view = draft.rows[0], draft.view
    signal, bar = (float(np.broadcast_to(value(side, view), len(draft.finding.part))[row])
                   for side in (line.left, line.right))  # fmt: skip
    slide = isinstance(line.left, Name) and line.left.metric in SLIDES
    beyond = (signal**2 - bar**2) / 2 if slide else signal - bar
    return math.exp(-max(beyond, 0.0)) / SELDOM


def controlled(sure: Floats, most: float = MOST_WRONG) -> tuple[Bools, Floats]:
    """Which findings to keep, and the mean error of each with everything at least as sure.

    Args:
        sure: Posterior probability of each, NaN for a plain fact, which is always kept.
        most: The mean posterior error of what is kept, at most.
    """
    error = np.zeros(sure.size)
    estimates = np.flatnonzero(~np.isnan(sure))
    order = estimates[np.argsort(-sure[estimates], kind="stable")]
    wrong = 1 - sure[order]
    running = np.cumsum(wrong) / np.arange(1, order.size + 1)
    # equal probabilities stand or fall together: nobody's place in the list decides
    last_place = np.searchsorted(wrong, wrong, side="right") - 1
    error[order] = running[last_place] if order.size else running
    return np.asarray(error <= most + 1e-12), error


_DAYS, _WEEK = 28, 7
EXEMPT = ("hold",)
"""What only says that numbers are missing is about no money."""


def worth_saying(drafts: Iterable[Draft], facts: Facts) -> tuple[list[Draft], list[HeldBack]]:
    """Drafts about enough money, and those held back as `too_small`, with both amounts."""
    least = least_stakes(facts)
    worthy_drafts: list[Draft] = []
    holdbacks: list[HeldBack] = []
    for draft in drafts:
        floor = float(least[draft.rows[0]])
        about = _about(draft)
        if about is None or draft.rule.action.do in EXEMPT or about >= floor:
            worthy_drafts.append(draft)
            continue
        numbers = {"stake": about, "least_stake": round(floor, 2)}
        holdbacks += [
            HeldBack(facts.ids[row], draft.rule.id, "too_small", numbers) for row in draft.rows
        ]
    return worthy_drafts, holdbacks


def _about(draft: Draft) -> float | None:
    """Money a week the advice is about: what a shift moves, what is at stake, else the spend."""
    if draft.moves is not None:
        return draft.moves
    if draft.stake is not None:
        return float(draft.stake.amount)
    spend = float(draft.view["spend.now"][draft.rows[0]]) * _WEEK / draft.view.spans.now
    return round(spend, 2) if np.isfinite(spend) else None


def least_stakes(facts: Facts) -> Floats:
    """Money a week below which nothing is said of each campaign, in its currency."""
    scene, currencies = facts.scene, facts.said("currency")
    spend = scene.last(scene.column("spend"), _DAYS)
    known_days = (~np.isnan(spend)).any(axis=0).sum()
    weekly = np.nansum(spend, axis=1) / max(int(known_days), 1) * _WEEK
    groups = np.unique(
        [f"{account} {code}" for account, code in zip(scene.accounts, currencies, strict=True)],
        return_inverse=True,
    )[1]
    account = np.bincount(groups, weights=weekly)[groups]
    absolute = np.array([least_worth(code) for code in currencies])
    share: Floats = np.maximum(facts.threshold("least_stake") * account, absolute)
    return share
