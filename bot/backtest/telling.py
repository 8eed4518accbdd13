"""What a replay found, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bot.advice.condition import Bools
from bot.advice.facts import Facts
from bot.advice.rulebook import Rule
from bot.backtest.afterwards import Afterwards
from bot.backtest.asked import Asked
from bot.backtest.ledger import Moment, runs
from bot.backtest.replay import Judge
from bot.backtest.report import Alarms, Backtest, Change, RuleReport, rate, summary
from bot.numbers.history import History

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
