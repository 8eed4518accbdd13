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
from bot.backtest.backtest_request import BacktestRequest
from bot.backtest.ledger import CampaignMorning, Ledger, runs
from bot.backtest.replay import Judge
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
class Alteration:
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
    lost: tuple[CampaignMorning, ...] = ()
    gained: tuple[CampaignMorning, ...] = ()


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
    examples: tuple[CampaignMorning, ...] = ()
    change: Alteration | None = None


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
        document = asdict(self)
        document["since"], document["until"] = self.since.isoformat(), self.until.isoformat()
        for rule in document["rules"]:
            change = rule["change"] or {}
            for moments in (
                rule["examples"],
                *(change.get(name, ()) for name in ("lost", "gained")),
            ):
                for moment in moments:
                    moment["on"] = moment["on"].isoformat()
        return document


def summary(ledger: Ledger, rule: Rule) -> RuleReport:
    """How often a rule spoke, how long, and with whom."""
    spoken = ledger.said_by(rule.id)
    campaigns, _, lengths = runs(spoken)
    mornings = int(spoken.sum())
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
        weekly=tuple(int(spoken[start : start + 7].sum()) for start in starts),
        held=ledger.held(rule.id),
        also=also,
        alone=alone,
    )


def _overlap(ledger: Ledger, id_: str) -> tuple[dict[str, float], float | None]:
    spoken_places = np.flatnonzero(ledger.said_by(id_).ravel())
    if spoken_places.size == 0:
        return {}, None
    other_rules = [number for number, rule in enumerate(ledger.rules) if rule.id != id_]
    spoke = {number: ledger.spoke(number).ravel()[spoken_places] for number in other_rules}
    shares = {ledger.rules[number].id: float(also.mean()) for number, also in spoke.items()}
    overlaps = {id_: round(share, 4) for id_, share in shares.items() if share > 0}
    any_other = np.logical_or.reduce([*spoke.values(), np.zeros(spoken_places.size, dtype=bool)])
    return dict(sorted(overlaps.items(), key=lambda pair: (-pair[1], pair[0]))), round(
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

    found: dict[tuple[str, str], dict[str, CampaignMorning]] = field(default_factory=dict)

    def take(self, facts: Facts, judges: Sequence[Judge]) -> None:
        """Look at one morning."""
        spoken_by_judge = [_by_rule(judge, facts) for judge in judges]
        nobody = np.zeros(facts.size, dtype=bool)
        for id_, spoken in spoken_by_judge[0].items():
            self._keep((id_, "said"), judges[0], spoken, facts)
            for then in spoken_by_judge[1:]:
                self._keep((id_, "lost"), judges[0], spoken & ~then.get(id_, nobody), facts)
        for judge, then in zip(judges[1:], spoken_by_judge[1:], strict=True):
            for id_, spoken in then.items():
                self._keep(
                    (id_, "gained"), judge, spoken & ~spoken_by_judge[0].get(id_, nobody), facts
                )

    def _keep(self, key: tuple[str, str], judge: Judge, mask: Bools, facts: Facts) -> None:
        examples = self.found.setdefault(key, {})
        if len(examples) >= EXAMPLES:
            return
        for row in np.flatnonzero(mask).tolist():
            entity = facts.history.entities[row]
            if entity not in examples and len(examples) < EXAMPLES:
                examples[entity] = judge.moment(judge.ledger.place(key[0]), row, facts)

    @classmethod
    def joined(cls, parts: Sequence[Notes]) -> Notes:
        """Notes of mornings that follow one another, as if they had been taken in one go."""
        moments_by_key: dict[tuple[str, str], dict[str, CampaignMorning]] = {}
        for part in parts:
            for key, moments in part.found.items():
                examples = moments_by_key.setdefault(key, {})
                for entity, moment in moments.items():
                    if len(examples) < EXAMPLES:
                        examples.setdefault(entity, moment)
        return cls(moments_by_key)

    def of(self, rule: str, kind: str) -> tuple[CampaignMorning, ...]:
        """The moments kept."""
        return tuple(self.found.get((rule, kind), {}).values())


def _by_rule(judge: Judge, facts: Facts) -> dict[str, Bools]:
    """What each rule says unhindered this morning, a campaign of the facts each."""
    rows = judge.ledger.rows(facts.history.entities)
    rules = zip(judge.ledger.rules, judge.said, strict=True)
    return {rule.id: np.asarray(spoken[rows]) for rule, spoken in rules}


def told(
    request: BacktestRequest,
    judges: Sequence[Judge],
    shuffles: Mapping[int, Sequence[Judge]],
    notes: Notes,
    history: History,
) -> Backtest:
    """Everything of every rule asked for, in the rulebooks' order."""
    ledger = judges[0].ledger
    after = Afterwards(ledger, history, judges[0].rulebook.metrics, request.days)
    shuffled_weeks = sum(seed_judges[0].ledger.campaign_weeks for seed_judges in shuffles.values())
    return Backtest(
        since=request.since,
        until=request.until,
        campaigns=int(ledger.there.any(axis=0).sum()),
        campaign_weeks=round(ledger.campaign_weeks, 2),
        days=request.days,
        seeds=request.seeds,
        shuffled_weeks=round(shuffled_weeks, 2),
        rules=tuple(
            _of_rule(rule, judges, shuffles, notes, after) for rule in _asked_for(request, judges)
        ),
        changed=request.words,
    )


def _asked_for(request: BacktestRequest, judges: Sequence[Judge]) -> list[Rule]:
    rules = {rule.id: rule for judge in reversed(judges) for rule in judge.ledger.rules}
    order = dict.fromkeys(rule.id for judge in judges for rule in judge.ledger.rules)
    return [rules[id_] for id_ in order if not request.rules or id_ in request.rules]


def _of_rule(
    rule: Rule,
    judges: Sequence[Judge],
    shuffles: Mapping[int, Sequence[Judge]],
    notes: Notes,
    after: Afterwards,
) -> RuleReport:
    ledger = judges[0].ledger
    return replace(
        summary(ledger, rule),
        next=after.of(rule.id),
        alarms=_alarms(
            rule.id, [judges[0], *(seed_judges[0] for seed_judges in shuffles.values())], shuffles
        ),
        examples=notes.of(rule.id, "said"),
        change=_change(rule.id, judges, shuffles, notes) if judges[1:] else None,
    )


def _alarms(id_: str, judges: Sequence[Judge], seeds: Iterable[int]) -> Alarms | None:
    """A rule on history (the first judge) and on its shuffles."""
    real, *shuffled_judges = judges
    if not shuffled_judges:
        return None
    starts = sum(judge.ledger.begun(id_) for judge in shuffled_judges)
    weeks = sum(judge.ledger.campaign_weeks for judge in shuffled_judges)
    rates = (rate(judge.ledger, id_) for judge in shuffled_judges)
    together = round(100 * starts / weeks, 4) if weeks else 0.0
    return Alarms(rate(real.ledger, id_), together, dict(zip(seeds, rates, strict=True)))


def _change(
    id_: str, judges: Sequence[Judge], shuffles: Mapping[int, Sequence[Judge]], notes: Notes
) -> Alteration:
    before, after = (judge.ledger.said_by(id_) for judge in judges[:2])
    change_judges = [judges[1], *(seed_judges[1] for seed_judges in shuffles.values())]
    return Alteration(
        only_before=int((before & ~after).sum()),
        only_after=int((after & ~before).sum()),
        both=int((before & after).sum()),
        episodes=len(runs(after)[0]),
        alarms=_alarms(id_, change_judges, shuffles),
        lost=notes.of(id_, "lost"),
        gained=notes.of(id_, "gained"),
    )
