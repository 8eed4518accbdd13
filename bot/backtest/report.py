"""What a backtest found, as values; their JSON is documented in docs/backtest.md.

What a replay found, rule by rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from bot.advice.evaluate.campaign_features import Facts
from bot.advice.rules.condition import Bools
from bot.advice.rules.rulebook import Rule
from bot.backtest.afterwards import Afterwards, Next
from bot.backtest.ledger import Ledger, Moment, runs
from bot.backtest.replay import Judge
from bot.backtest.request import Asked
from bot.numbers.input.history import History


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


EXAMPLES = 3


@dataclass(eq=False)
class Notes:
    """A few campaigns of each rule: spoken about, and only before or only after a change."""

    found: dict[tuple[str, str], dict[str, Moment]] = field(default_factory=dict)

    def take(self, facts: Facts, judges: Sequence[Judge]) -> None:
        """Look at one morning."""
        told = [_by_rule(judge, facts) for judge in judges]
        nobody = np.zeros(facts.size, dtype=bool)
        for id_, said in told[0].items():
            self._keep((id_, "said"), judges[0], said, facts)
            for then in told[1:]:
                self._keep((id_, "lost"), judges[0], said & ~then.get(id_, nobody), facts)
        for judge, then in zip(judges[1:], told[1:], strict=True):
            for id_, said in then.items():
                self._keep((id_, "gained"), judge, said & ~told[0].get(id_, nobody), facts)

    def _keep(self, key: tuple[str, str], judge: Judge, mask: Bools, facts: Facts) -> None:
        kept = self.found.setdefault(key, {})
        if len(kept) >= EXAMPLES:
            return
        for row in np.flatnonzero(mask).tolist():
            entity = facts.history.entities[row]
            if entity not in kept and len(kept) < EXAMPLES:
                kept[entity] = judge.moment(judge.ledger.place(key[0]), row, facts)

    @classmethod
    def joined(cls, parts: Sequence[Notes]) -> Notes:
        """Notes of mornings that follow one another, as if they had been taken in one go."""
        found: dict[tuple[str, str], dict[str, Moment]] = {}
        for part in parts:
            for key, moments in part.found.items():
                kept = found.setdefault(key, {})
                for entity, moment in moments.items():
                    if len(kept) < EXAMPLES:
                        kept.setdefault(entity, moment)
        return cls(found)

    def of(self, rule: str, kind: str) -> tuple[Moment, ...]:
        """The moments kept."""
        return tuple(self.found.get((rule, kind), {}).values())


def _by_rule(judge: Judge, facts: Facts) -> dict[str, Bools]:
    """What each rule says unhindered this morning, a campaign of the facts each."""
    rows = judge.ledger.rows(facts.history.entities)
    rules = zip(judge.ledger.rules, judge.said, strict=True)
    return {rule.id: np.asarray(said[rows]) for rule, said in rules}


def told(
    asked: Asked,
    judges: Sequence[Judge],
    shuffles: Mapping[int, Sequence[Judge]],
    notes: Notes,
    history: History,
) -> Backtest:
    """Everything of every rule asked for, in the rulebooks' order."""
    first = judges[0].ledger
    after = Afterwards(first, history, judges[0].rulebook.metrics, asked.days)
    shuffled_weeks = sum(each[0].ledger.campaign_weeks for each in shuffles.values())
    return Backtest(
        since=asked.since,
        until=asked.until,
        campaigns=int(first.there.any(axis=0).sum()),
        campaign_weeks=round(first.campaign_weeks, 2),
        days=asked.days,
        seeds=asked.seeds,
        shuffled_weeks=round(shuffled_weeks, 2),
        rules=tuple(
            _of_rule(rule, judges, shuffles, notes, after) for rule in _asked_for(asked, judges)
        ),
        changed=asked.words,
    )


def _asked_for(asked: Asked, judges: Sequence[Judge]) -> list[Rule]:
    rules = {rule.id: rule for judge in reversed(judges) for rule in judge.ledger.rules}
    order = dict.fromkeys(rule.id for judge in judges for rule in judge.ledger.rules)
    return [rules[id_] for id_ in order if not asked.rules or id_ in asked.rules]


def _of_rule(
    rule: Rule,
    judges: Sequence[Judge],
    shuffles: Mapping[int, Sequence[Judge]],
    notes: Notes,
    after: Afterwards,
) -> RuleReport:
    first = judges[0].ledger
    return replace(
        summary(first, rule),
        next=after.of(rule.id),
        alarms=_alarms(rule.id, [judges[0], *(each[0] for each in shuffles.values())], shuffles),
        examples=notes.of(rule.id, "said"),
        change=_change(rule.id, judges, shuffles, notes) if judges[1:] else None,
    )


def _alarms(id_: str, judges: Sequence[Judge], seeds: Iterable[int]) -> Alarms | None:
    """A rule on history (the first judge) and on its shuffles."""
    real, *others = judges
    if not others:
        return None
    begun = sum(each.ledger.begun(id_) for each in others)
    weeks = sum(each.ledger.campaign_weeks for each in others)
    rates = (rate(each.ledger, id_) for each in others)
    together = round(100 * begun / weeks, 4) if weeks else 0.0
    return Alarms(rate(real.ledger, id_), together, dict(zip(seeds, rates, strict=True)))


def _change(
    id_: str, judges: Sequence[Judge], shuffles: Mapping[int, Sequence[Judge]], notes: Notes
) -> Change:
    before, after = (judge.ledger.said_by(id_) for judge in judges[:2])
    others = [judges[1], *(each[1] for each in shuffles.values())]
    return Change(
        only_before=int((before & ~after).sum()),
        only_after=int((after & ~before).sum()),
        both=int((before & after).sum()),
        episodes=len(runs(after)[0]),
        alarms=_alarms(id_, others, shuffles),
        lost=notes.of(id_, "lost"),
        gained=notes.of(id_, "gained"),
    )
