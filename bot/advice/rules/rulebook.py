"""The rulebook as a value: metrics, the table of sixteen cells, and the rules.

Files are read by `bot.rules_files`; nothing here touches a disk.

The stage x pricing model table: one row of numbers a cell.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bot.advice.rules.condition import Condition, Term, columns_of, names, printed
from bot.errors import UnknownName
from bot.numbers.metrics.glossary import Metrics

STAGES = ("reach", "act", "convert", "engage")
PRICING = ("CPM", "CPC", "CPL", "CPA")


@dataclass(frozen=True)
class Cell:
    """One row of numbers of the stage x pricing model table.

    Attributes:
        stage, pricing: None in the row of defaults, which serves campaigns nobody placed.
        judge: The metric that decides here, e.g. `cpa`.
        now, before: Days of the two windows.
        skip_last: Days held back at the end for metrics whose results arrive late.
        cooldown: Days of silence after an answer.
        numbers: Every other threshold, by name.
    """

    stage: str | None
    pricing: str | None
    judge: str
    now: int
    before: int
    skip_last: int
    cooldown: int
    numbers: Mapping[str, float]

    @property
    def name(self) -> str:
        return f"{self.stage}/{self.pricing}" if self.stage and self.pricing else "defaults"


@dataclass(frozen=True)
class Thresholds:
    """The sixteen cells, the defaults, and what a channel or captured demand changes."""

    default: Cell
    cells: Mapping[tuple[str, str], Cell]
    channels: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    captured: Mapping[str, float] = field(default_factory=dict)

    def cell(self, stage: str | None, pricing: str | None) -> Cell:
        """The cell of a campaign; the defaults where stage or model is unknown."""
        return self.cells.get((stage or "", pricing or ""), self.default)

    def numbers(self, cell: Cell, channel: str = "", *, captured: bool = False) -> dict[str, float]:
        """The row as it applies to a campaign of that channel."""
        captured_numbers = self.captured if captured else {}
        return {**cell.numbers, **captured_numbers, **self.channels.get(channel, {})}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every threshold a rule may name."""
        return frozenset(self.default.numbers)


MESSAGE_FILTERS = ("money", "number", "pct", "change", "times", "since")
"""Filters a rule's message may use; bot.render supplies them, the loader has stand-ins."""

PERFORMANCE = "performance"
"""In `mutes`: every rule that judges performance rather than the numbers themselves."""
MEASURED = frozenset({"now", "before", "peers"})
ANSWERS = (
    "next_cost", "next_cost_pool", "marginal", "takes", "gives", "response_known",
    "elasticity", "elasticity_sd", "result_rate", "usual_spend",
)  # fmt: skip
"""Metrics about how campaigns answer to their budgets."""
"""Windows over which days are added up; others are as of the morning."""
CHECKS = (
    *("check_tracking", "check_spend", "check_delivery"),
    *("hold", "adjust_pacing", "weigh_stages"),
)
RAISE_BID = "raise_bid"
MONEY_ACTIONS = ("shift_budget", "raise_budget", "cut_budget", "pause")


@dataclass(frozen=True)
class Windows:
    """A rule's own windows in days; None where the cell's are meant."""

    now: int | None = None
    before: int | None = None
    skip_last: int | None = None


@dataclass(frozen=True)
class Action:
    """What to do. `step` is a share of the daily budget; None takes the cell's `step`.

    `by: response`: the response engine says who gives, who receives and how much.
    """

    do: str
    step: float | None = None
    days: int | None = None
    by: str | None = None


@dataclass(frozen=True)
class RuleTest:
    """One inline test: the numbers given, and what the rule makes of them."""

    it: str
    given: Mapping[str, float | None]
    expect: str
    cell: tuple[str, str] | None = None
    others: tuple[Mapping[str, Any], ...] = ()
    to: str | None = None
    line: int | None = None


EVERYWHERE = "everywhere"
"""Of `together`: said once where it holds of a whole account."""


@dataclass(frozen=True)
class Rule:
    """One rule, ready to be evaluated.

    Attributes:
        stages, pricing: Where it applies; empty means everywhere, also where nothing is known.
        billed: Follow what the platform charges (`billed_by`) instead of the pricing model.
        sure: Least posterior probability that all of `when` holds; None asks for none.
        mornings: Consecutive mornings it must have held (`for`).
        cooldown: Days of silence after an answer; None takes the cell's.
        mutes: Rules silent about a campaign while this one is true of it.
        stake: Money of the now window that is lost, or to be gained: the first of these sums whose
            numbers are known; empty where nobody can say.
        despite: Guards it ignores: `learning`, `cooldown`.
        together: Campaigns of one account (`budget`: paid from one of the plan's budgets; `client`:
            of one client) are told in one piece of advice; `everywhere`: of an account where it
            holds of nearly all that spends there, else each by itself.
        silent: Says nothing: it only holds back the rules it mutes.
        brief: The message in half a sentence, said after the campaign's name in a list.
        says, says_to: Columns message and brief name, of the campaign and of the receiver.
        file, line: Where it is written.
    """

    id: str
    title: str
    why: str
    stages: tuple[str, ...]
    pricing: tuple[str, ...]
    billed: tuple[str, ...]
    windows: Windows
    when: tuple[Condition, ...]
    evidence: tuple[Condition, ...]
    sure: float | None
    mornings: int
    cooldown: int | None
    severity: str
    mutes: tuple[str, ...]
    action: Action
    message: str
    stake: tuple[Term, ...] = ()
    despite: tuple[str, ...] = ()
    source: str = ""
    together: bool | str = False
    silent: bool = False
    brief: str = ""
    says: tuple[str, ...] = ()
    says_to: tuple[str, ...] = ()
    tests: tuple[RuleTest, ...] = ()
    file: str = field(default="", compare=False)
    line: int | None = field(default=None, compare=False)

    @property
    def whole(self) -> bool:
        """Whether campaigns are always told together."""
        return bool(self.together) and self.together != EVERYWHERE

    @property
    def judges_performance(self) -> bool:
        return self.action.do not in CHECKS

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Columns its conditions read, each once."""
        return columns_of((*self.when, *self.evidence))

    @cached_property
    def when_seen(self) -> tuple[Condition, ...]:
        """The conditions that need not know how campaigns answer to budgets."""
        return tuple(condition for condition in self.when if not _of_answers(condition))

    @cached_property
    def when_answered(self) -> tuple[Condition, ...]:
        """Those that must: dear to work out."""
        return tuple(filter(_of_answers, self.when))

    @cached_property
    def measures(self) -> frozenset[str]:
        """Metrics its conditions read of the rule's windows, or of its peers'."""
        read = (name for condition in (*self.when, *self.evidence) for name in names(condition))
        return frozenset(name.metric for name in read if name.window in MEASURED)

    def applies(self, cell: Cell) -> bool:
        """Whether the rule is meant for a cell; what is billed is looked at per campaign."""
        stage = not self.stages or cell.stage in self.stages
        return stage and (not self.pricing or cell.pricing in self.pricing)

    def asks(self, word: str) -> bool:
        """Whether `when` reads a window or metric, e.g. `target`."""
        read = (name for condition in self.when for name in names(condition))
        return any(word in (name.metric, name.window) for name in read)

    @cached_property
    def version(self) -> str:
        """A hash of what the rule says and does; tests and comments do not count."""
        return _digest(_plain(self))


@dataclass(frozen=True)
class Rulebook:
    """All that advice is made from besides numbers.

    Attributes:
        metrics: The glossary.
        thresholds: The table.
        rules: In the order they are read: always.yml first.
    """

    metrics: Metrics
    thresholds: Thresholds
    rules: tuple[Rule, ...]

    def rule(self, id_: str) -> Rule:
        """The rule with that id; raises UnknownName with the nearest ones."""
        for rule in self.rules:
            if rule.id == id_:
                return rule
        raise UnknownName("rule", id_, _nearest(id_, [rule.id for rule in self.rules]))

    @cached_property
    def version(self) -> str:
        """A hash that changes when any rule, threshold or metric does."""
        table = [_cell(cell) for cell in (self.thresholds.default, *self.thresholds.cells.values())]
        rules = [(rule.id, rule.version) for rule in self.rules]
        adjustments = (dict(self.thresholds.channels), dict(self.thresholds.captured))
        return _digest(
            [rules, table, adjustments, [str(metric) for metric in self.metrics.values()]]
        )


def _nearest(name: str, rule_ids: list[str]) -> list[str]:
    import difflib  # noqa: PLC0415 - only needed once somebody has mistyped

    return difflib.get_close_matches(name, rule_ids, n=3, cutoff=0.4)


def _cell(cell: Cell) -> list[object]:
    windows = [cell.now, cell.before, cell.skip_last, cell.cooldown]
    return [cell.name, cell.judge, windows, sorted(cell.numbers.items())]


def _plain(rule: Rule) -> dict[str, object]:
    action = rule.action
    return {
        "id": rule.id,
        "words": [rule.title, rule.why, rule.message, *([rule.brief] if rule.brief else [])],
        "applies": [rule.stages, rule.pricing, rule.billed, rule.together],
        "windows": [rule.windows.now, rule.windows.before, rule.windows.skip_last],
        "lines": [_texts(rule.when), _texts(rule.evidence), [printed(term) for term in rule.stake]],
        "speaks": [
            rule.sure,
            rule.mornings,
            rule.cooldown,
            rule.severity,
            rule.mutes,
            rule.despite,
            *(["silent"] if rule.silent else []),
        ],
        "action": [action.do, action.step, action.days, action.by],
    }


def _texts(conditions: tuple[Condition, ...]) -> list[str]:
    return [condition.text for condition in conditions]


def _digest(plain: object) -> str:
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


__all__ = [
    "MESSAGE_FILTERS",
    "PRICING",
    "STAGES",
    "Action",
    "Cell",
    "Rule",
    "RuleTest",
    "Rulebook",
    "Thresholds",
    "Windows",
]


def _of_answers(condition: Condition) -> bool:
    return any(name.metric in ANSWERS for name in names(condition))
