"""What a threshold set otherwise would have said over the last mornings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.advice.rulebook import Rulebook
from bot.advice.thresholds import Cell, Thresholds
from bot.backtest import Asked, Change, backtest
from bot.backtest.ledger import Moment
from bot.desk.office import Office
from bot.desk.types import Asker
from bot.messages.plans import Looked, RuleChange
from bot.numbers.plan import Plan

MORNINGS = 28
READ_BACK = 182  # days the rules look back at most from the first of them
MOST_RULES = 6


@dataclass(frozen=True)
class Dialled(Thresholds):
    """A table in which one threshold of one cell holds over channels and captured demand too.

    As an override does: what somebody set is meant as it stands.
    """

    dialled: Mapping[str, tuple[str, float]] = field(default_factory=dict)

    def numbers(self, cell: Cell, channel: str = "", *, captured: bool = False) -> dict[str, float]:
        """The row as it applies to a campaign of that channel."""
        found = super().numbers(cell, channel, captured=captured)
        own = self.dialled.get(cell.name)
        return found | {own[0]: own[1]} if own else found


def dialled(rulebook: Rulebook, cell: Cell, name: str, value: float) -> Rulebook:
    """The rulebook with a threshold of a cell set."""
    table = rulebook.thresholds
    changed = replace(cell, numbers={**cell.numbers, name: value})
    return replace(
        rulebook,
        thresholds=Dialled(
            table.default,
            {key: changed if one.name == cell.name else one for key, one in table.cells.items()},
            table.channels,
            table.captured,
            {cell.name: (name, value)},
        ),
    )


def look_back(  # noqa: PLR0913, PLR0917  # what a look back depends on
    office: Office, asker: Asker, cell: Cell, name: str, now: float, value: float
) -> Looked:
    """What the rules would have said over the last 28 mornings, with a new value and with `now`.

    Raises:
        NoNumbers: There are none for these mornings.
    """
    until = office.today(asker)
    since = until - timedelta(days=MORNINGS - 1)
    plan = _without(office.plan(until), cell, name)
    numbers = office.store.numbers(
        since - timedelta(READ_BACK), until - timedelta(1), as_of=until, history=True
    )
    before, after = (dialled(office.rulebook, cell, name, each) for each in (now, value))
    asked = Asked(since, until, _reading(office.rulebook, name), changed=after, seeds=())
    found = backtest(numbers, before, asked, plan, office.store.window_reach())
    changes = [_told(rule.title, rule.change) for rule in found.rules if rule.change]
    changes = [one for one in changes if one.added or one.removed]
    changes.sort(key=lambda one: -(one.added + one.removed))
    return Looked(
        since, until, value, tuple(changes[:MOST_RULES]), max(0, len(changes) - MOST_RULES)
    )


def _without(plan: Plan, cell: Cell, name: str) -> Plan:
    """The plan without this very override, which would hide what is tried out."""
    place = (name, cell.stage, cell.pricing)
    kept = (one for one in plan.overrides if (one.name, one.stage, one.pricing_model) != place)
    return replace(plan, overrides=tuple(kept))


def _reading(rulebook: Rulebook, name: str) -> tuple[str, ...]:
    """The rules that read a threshold; none named (all) where it is only the engine's."""
    wanted = f"threshold.{name}"
    peers = name == "peers"
    return tuple(
        rule.id
        for rule in rulebook.rules
        if wanted in rule.reads or (peers and any(one.endswith(".peers") for one in rule.reads))
    )


def _told(title: str, change: Change) -> RuleChange:
    return RuleChange(
        title=title,
        added=change.only_after,
        removed=change.only_before,
        kept=change.both,
        gained=_examples(change.gained),
        lost=_examples(change.lost),
    )


def _examples(moments: Iterable[Moment]) -> tuple[tuple[str, date], ...]:
    return tuple((one.campaign_name, one.on) for one in moments)[:3]
