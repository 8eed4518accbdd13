"""What a backtest found, as values; their JSON is documented in docs/backtest.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np

from bot.advice.rulebook import Rule
from bot.backtest.afterwards import Next
from bot.backtest.ledger import Ledger, Moment, runs


@dataclass(frozen=True)
class Alarms:
    """How often a rule begins to speak, for every hundred campaign-weeks.

    Attributes:
        real: On the history as it was.
        shuffled: On shuffled days, where nothing but chance and single days is left.
        by_seed: The latter, each shuffle by itself.
    """

    real: float
    shuffled: float
    by_seed: Mapping[int, float]


@dataclass(frozen=True)
class Change:
    """What another rulebook alters, in campaign-mornings.

    Attributes:
        only_before, only_after, both: Spoken about under the one, the other, under both.
        episodes, alarms: Under the other.
        lost, gained: Examples of only before and of only after.
    """

    only_before: int
    only_after: int
    both: int
    episodes: int
    alarms: Alarms | None = None
    lost: tuple[Moment, ...] = ()
    gained: tuple[Moment, ...] = ()


@dataclass(frozen=True)
class RuleReport:
    """One rule over the mornings replayed.

    Attributes:
        silent: It says nothing itself, it only holds others back.
        mornings: Campaign-mornings it spoke of unhindered.
        campaigns, episodes: Different campaigns, and runs of mornings in a row.
        a_week: Episodes a week.
        lasted, longest: Mornings of an episode, the median and the most; None without any.
        weekly: Campaign-mornings of each week of seven mornings.
        held: Campaign-mornings on which it did not speak, by what was lacking or held it back.
        also: Share of its campaign-mornings on which each other rule's lines held as well.
        alone: Share of them on which no other's did; None without any.
        next: What happened next.
        alarms: Beside shuffled days; None where none were shuffled.
        examples: The first campaigns.
        change: What the changed rulebook alters; None where there is none.
    """

    id: str
    title: str
    action: str
    severity: str
    silent: bool
    mornings: int
    campaigns: int
    episodes: int
    a_week: float
    lasted: float | None
    longest: int | None
    weekly: tuple[int, ...]
    held: Mapping[str, int]
    also: Mapping[str, float]
    alone: float | None
    next: tuple[Next, ...] = ()
    alarms: Alarms | None = None
    examples: tuple[Moment, ...] = ()
    change: Change | None = None


@dataclass(frozen=True)
class Backtest:
    """Every rule over the mornings replayed.

    Attributes:
        since, until: The first morning and the last.
        campaigns: How many ran.
        campaign_weeks: Weeks, each campaign by itself.
        days: How many days count as next.
        seeds: Of the shuffles; `shuffled_weeks` campaign-weeks were looked at in all of them.
        changed: What was set, as it was written.
        left: Rules that were not replayed, as the answers to budgets decide about them.
    """

    since: date
    until: date
    campaigns: int
    campaign_weeks: float
    days: int
    seeds: tuple[int, ...]
    shuffled_weeks: float
    rules: tuple[RuleReport, ...]
    changed: tuple[str, ...] = field(default=())
    left: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Plain values; days as YYYY-MM-DD."""
        told = asdict(self)
        told["since"], told["until"] = self.since.isoformat(), self.until.isoformat()
        for rule in told["rules"]:
            change = rule["change"] or {}
            for moments in (
                rule["examples"],
                *(change.get(name, ()) for name in ("lost", "gained")),
            ):
                for moment in moments:
                    moment["on"] = moment["on"].isoformat()
        return told


def summary(ledger: Ledger, rule: Rule) -> RuleReport:
    """How often a rule spoke, how long, and with whom."""
    said = ledger.said_by(rule.id)
    campaigns, _, lengths = runs(said)
    mornings = int(said.sum())
    also, alone = _overlap(ledger, rule.id)
    starts = range(0, len(ledger.mornings), 7)
    return RuleReport(
        id=rule.id,
        title=rule.title,
        action=rule.action.do,
        severity=rule.severity,
        silent=rule.silent,
        mornings=mornings,
        campaigns=len(np.unique(campaigns)),
        episodes=len(lengths),
        a_week=round(len(lengths) / ledger.weeks, 4),
        lasted=float(np.median(lengths)) if lengths.size else None,
        longest=int(lengths.max()) if lengths.size else None,
        weekly=tuple(int(said[start : start + 7].sum()) for start in starts),
        held=ledger.held(rule.id),
        also=also,
        alone=alone,
    )


def _overlap(ledger: Ledger, id_: str) -> tuple[dict[str, float], float | None]:
    said = np.flatnonzero(ledger.said_by(id_).ravel())
    if said.size == 0:
        return {}, None
    others = [number for number, rule in enumerate(ledger.rules) if rule.id != id_]
    spoke = {number: ledger.spoke(number).ravel()[said] for number in others}
    shares = {ledger.rules[number].id: float(also.mean()) for number, also in spoke.items()}
    told = {id_: round(share, 4) for id_, share in shares.items() if share > 0}
    any_other = np.logical_or.reduce([*spoke.values(), np.zeros(said.size, dtype=bool)])
    return dict(sorted(told.items(), key=lambda one: (-one[1], one[0]))), round(
        float(1 - any_other.mean()), 4
    )


def rate(ledger: Ledger, rule: str) -> float:
    """How often a rule began to speak, for every hundred campaign-weeks."""
    weeks = ledger.campaign_weeks
    return round(100 * ledger.begun(rule) / weeks, 4) if weeks else 0.0
