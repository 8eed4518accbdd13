"""A backtest from beginning to end: the history, its shuffles, and what a change alters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import pandas as pd

from bot.advice.condition import Bools
from bot.advice.facts import Facts
from bot.advice.rulebook import Rule, Rulebook
from bot.backtest.afterwards import Afterwards
from bot.backtest.ledger import Ledger, Moment, runs
from bot.backtest.past import LOOK_BACK, Past
from bot.backtest.placebo import SEEDS, shuffled, stretch_of
from bot.backtest.replay import Judge, Plans, Progress, Stretch, World, needed, replay, warming
from bot.backtest.report import Alarms, Backtest, Change, RuleReport, rate, summary
from bot.errors import NoNumbers, UsageError
from bot.numbers.history import History
from bot.numbers.plan import Plan
from bot.numbers.windows import Window

Book: TypeAlias = tuple[Rulebook, tuple[Rule, ...]]
AHEAD = 14
EXAMPLES = 3


@dataclass(frozen=True)
class Asked:
    """What to replay.

    Attributes:
        since, until: The first morning and the last.
        rules: Ids of the rules to tell of; all where empty.
        changed: A rulebook to hold against, and `words`, what it changes.
        days: How many days count as next.
        seeds: Of the shuffles; none where empty.
    """

    since: date
    until: date
    rules: tuple[str, ...] = ()
    changed: Rulebook | None = None
    words: tuple[str, ...] = ()
    days: int = AHEAD
    seeds: tuple[int, ...] = SEEDS


@dataclass(frozen=True)
class Preview:
    """What a changed rulebook would have said otherwise.

    Attributes:
        added, removed, kept: Campaign-mornings by rule; a rule without any is left out.
        examples: By rule, campaigns it would newly speak about, then those it no longer would.
    """

    added: dict[str, int]
    removed: dict[str, int]
    kept: dict[str, int]
    examples: dict[str, tuple[tuple[Moment, ...], tuple[Moment, ...]]]


def backtest(  # noqa: PLR0913, PLR0917 - the contract: all that a backtest depends on
    numbers: pd.DataFrame,
    rulebook: Rulebook,
    asked: Asked,
    plan: Plan | Plans = Plan(),  # noqa: B008 - a frozen value
    window_reach: pd.DataFrame | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Replay mornings with only what was known on each, and tell what the rules would have done.

    Args:
        numbers: Daily numbers with every revision, any order.
        rulebook: The rules.
        asked: Which mornings, which rules, and what to hold them against.
        plan: What people say the campaigns are for; or a function of the morning.
        window_reach: Reach of whole windows, as the platforms give it.
        progress: Called with mornings done and in all.

    Raises:
        NoNumbers: No day lies before any of these mornings.
        UnknownName: A rule there is not.
    """
    stretch, past = _stretch(asked), Past.of(numbers)
    _refuse_empty(past, stretch)
    world = World(past, plan if callable(plan) else lambda _: plan, window_reach)
    books = [rulebook, *([asked.changed] if asked.changed else [])]
    _refuse_unknown(books, asked.rules)
    rules = [needed(book, asked.rules) for book in books]
    judged = [*zip(books, rules, strict=True)]
    short = stretch_of(stretch, len(past.laid.entities), len(asked.seeds))
    bar = _Bar(progress, warming(*rules), [stretch, *([short] * len(asked.seeds))])
    notes = _Notes()
    judges = _judged(world, stretch, judged, bar.next(), notes.take)
    shuffles = {
        seed: _judged(_placebo(world, short, seed), short, judged, bar.next())
        for seed in asked.seeds
    }
    return _told(asked, judges, shuffles, notes, past.history())


def preview(  # noqa: PLR0913, PLR0917 - the contract: what a preview depends on
    numbers: pd.DataFrame,
    rulebook: Rulebook,
    changed: Rulebook,
    since: date,
    until: date,
    plan: Plan | Plans = Plan(),  # noqa: B008 - a frozen value
) -> Preview:
    """What a changed rulebook would have said on past mornings that this one did not."""
    asked = Asked(since, until, changed=changed, seeds=())
    rules = [rule for rule in backtest(numbers, rulebook, asked, plan).rules if rule.change]
    changes = {rule.id: rule.change for rule in rules if rule.change}
    return Preview(
        {id_: one.only_after for id_, one in changes.items() if one.only_after},
        {id_: one.only_before for id_, one in changes.items() if one.only_before},
        {id_: one.both for id_, one in changes.items() if one.both},
        {id_: (one.gained, one.lost) for id_, one in changes.items() if one.gained or one.lost},
    )


def _stretch(asked: Asked) -> Stretch:
    if asked.until < asked.since:
        raise UsageError(
            f"{asked.since} to {asked.until} runs backwards.", hint="Give the first morning first."
        )
    return Stretch(asked.since, asked.until)


def _refuse_empty(past: Past, stretch: Stretch) -> None:
    days = past.days
    if days.since >= stretch.until or days.until < stretch.since - timedelta(LOOK_BACK):
        raise NoNumbers(
            f"There are no numbers before the mornings {stretch.since} to {stretch.until}.",
            hint="Import or pull some, or name other mornings with --from and --to.",
        )


def _judged(
    world: World,
    stretch: Stretch,
    books: Sequence[Book],
    progress: Progress | None,
    each: Callable[[Facts, Sequence[Judge]], None] | None = None,
) -> list[Judge]:
    """The rulebooks played over some mornings."""
    mornings, entities = tuple(stretch.mornings), tuple(world.past.laid.entities)
    first, *others = (Judge(book, Ledger(rules, mornings, entities)) for book, rules in books)
    judges = [first, *(Judge(one.rulebook, one.ledger, like=first) for one in others)]
    replay(world, stretch, judges, progress, each)
    return judges


def _refuse_unknown(books: Sequence[Rulebook], ids: Iterable[str]) -> None:
    """Each rule asked for must be in one of the rulebooks."""
    known = {rule.id for book in books for rule in book.rules}
    for id_ in ids:
        if id_ not in known:
            books[0].rule(id_)


def _placebo(world: World, stretch: Stretch, seed: int) -> World:
    window = Window(stretch.since - timedelta(LOOK_BACK + 7), stretch.until - timedelta(1))
    return replace(world, past=Past.of(shuffled(world.past, window, seed)), window_reach=None)


@dataclass(eq=False)
class _Bar:
    """One count of mornings over several replays."""

    progress: Progress | None
    warm: int
    parts: Sequence[Stretch]
    done: int = 0

    def next(self) -> Progress | None:
        """The progress of the next replay."""
        if self.progress is None:
            return None
        report, base = self.progress, self.done
        lengths = [self.warm + len(part.mornings) for part in self.parts]

        def told(done: int, _: int) -> None:
            self.done = base + done
            report(self.done, sum(lengths))

        return told


@dataclass(eq=False)
class _Notes:
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

    def of(self, rule: str, kind: str) -> tuple[Moment, ...]:
        """The moments kept."""
        return tuple(self.found.get((rule, kind), {}).values())


def _by_rule(judge: Judge, facts: Facts) -> dict[str, Bools]:
    """What each rule says unhindered this morning, a campaign of the facts each."""
    rows = judge.ledger.rows(facts.history.entities)
    rules = zip(judge.ledger.rules, judge.said, strict=True)
    return {rule.id: np.asarray(said[rows]) for rule, said in rules}


def _told(
    asked: Asked,
    judges: Sequence[Judge],
    shuffles: Mapping[int, Sequence[Judge]],
    notes: _Notes,
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
    notes: _Notes,
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
    id_: str, judges: Sequence[Judge], shuffles: Mapping[int, Sequence[Judge]], notes: _Notes
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
