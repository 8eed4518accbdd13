"""What every rule finds on a morning, and whether it held on the mornings before.

What one rule makes of whole columns: quiet, too little data, not sure, or it speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bot.advice.evaluate.campaign_features import Facts, View
from bot.advice.evaluate.certainty import probability
from bot.advice.rules.condition import Bools, Columns, Floats, Truth, every
from bot.advice.rules.rulebook import Rule, Rulebook
from bot.domain.advice import Evidence
from bot.numbers.input.revisions import Revisions
from bot.numbers.metrics.glossary import Metric
from bot.numbers.metrics.sums import Ints
from bot.numbers.plan import Plan
from bot.numbers.signals.history_panel import HORIZON

QUIET, TOO_LITTLE, NOT_SURE, SPEAKS = range(4)
VERDICTS = ("quiet", "too_little_data", "not_sure", "speaks")
Glossary: TypeAlias = Mapping[str, Metric]


@dataclass(frozen=True)
class CampaignVerdicts:
    """A verdict a row (index into `VERDICTS`), and how sure it is (NaN where all are facts)."""

    verdict: NDArray[np.int8]
    sure: Floats

    @property
    def speaks(self) -> Bools:
        return np.asarray(self.verdict == SPEAKS)


def judge(rule: Rule, columns: Columns, rows: Bools, glossary: Glossary) -> CampaignVerdicts:
    """What the rule says of the marked rows; the others are quiet."""
    matches = _matches(rule, columns, rows)
    open_ = matches.open
    if not open_.any():
        return CampaignVerdicts(np.full(rows.size, QUIET, np.int8), np.full(rows.size, np.nan))
    full = every(rule.evidence, columns, rows.size, Truth.of(matches.holds)).holds
    sure = probability(rule.when, columns, full, glossary)
    doubtful = sure < (rule.sure or 0.0)
    verdict = np.select([full & doubtful, full, open_], [NOT_SURE, SPEAKS, TOO_LITTLE], QUIET)
    return CampaignVerdicts(verdict.astype(np.int8), sure)


def _matches(rule: Rule, columns: Columns, rows: Bools) -> Truth:
    """Whether all of `when` holds. Answers to budgets are asked for last, of what is left only."""
    matches = every(rule.when_seen, columns, rows.size, Truth.of(rows))
    if not rule.when_answered or not matches.open.any():
        return matches
    left = columns.among(matches.open) if isinstance(columns, View) else columns
    return every(rule.when_answered, left, rows.size, matches)


@dataclass(frozen=True, eq=False)
class Finding:
    """What one rule makes of every campaign.

    Attributes:
        verdict, sure: As `judge` gives them, a campaign.
        part: Which of `views` each campaign was seen through; -1 where the rule is not for it.
        views: The columns, by windows.
    """

    rule: Rule
    verdict: NDArray[np.int8]
    sure: Floats
    part: NDArray[np.int64]
    views: tuple[View, ...]

    @property
    def speaks(self) -> Bools:
        return np.asarray(self.verdict == SPEAKS)

    def view(self, row: int) -> View:
        """The columns as the rule saw this campaign."""
        return self.views[int(self.part[row])]


def find(rule: Rule, facts: Facts) -> Finding:
    """What a rule finds among the campaigns it is for."""
    size = facts.size
    verdict, sure = np.full(size, QUIET, np.int8), np.full(size, np.nan)
    part = np.full(size, -1, np.int64)
    views: list[View] = []
    for spans, rows in facts.rows(rule).items():
        view = facts.view(spans)
        judged = judge(rule, view, rows, facts.rulebook.metrics)
        np.copyto(verdict, judged.verdict, where=rows)
        np.copyto(sure, judged.sure, where=rows)
        part[rows] = len(views)
        views.append(view)
    return Finding(rule, verdict, sure, part, tuple(views))


@dataclass(frozen=True, eq=False)
class Mornings:
    """The facts of a morning and of those before it, each worked out when first asked for."""

    numbers: Revisions
    as_of: date
    rulebook: Rulebook
    plan: Plan
    window_reach: pd.DataFrame | None
    learned: Evidence | None = None
    details: pd.DataFrame | None = None
    _facts: dict[date, Facts] = field(default_factory=dict, repr=False)
    _findings: dict[tuple[str, date], Finding] = field(default_factory=dict, repr=False)

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - everything a morning depends on
        cls,
        numbers: pd.DataFrame,
        as_of: date,
        rulebook: Rulebook,
        plan: Plan,
        window_reach: pd.DataFrame | None,
        learned: Evidence | None = None,
        details: pd.DataFrame | None = None,
    ) -> Mornings:
        """Mornings up to `as_of` over daily numbers in any order and any revision."""
        longest = max((rule.mornings for rule in rulebook.rules), default=1)
        since = as_of - timedelta(HORIZON + longest)
        numbers_laid = Revisions.of(numbers, since)
        return cls(numbers_laid, as_of, rulebook, plan, window_reach, learned, details)

    def facts(self, mornings_back: int = 0) -> Facts:
        """The facts so many mornings back, as they were known then."""
        on = self.as_of - timedelta(mornings_back)
        if on not in self._facts:
            today = self.facts() if mornings_back else None
            morning_facts = Facts.of(
                self.numbers, on, self.rulebook, self.plan, self.window_reach, today
            )
            self._facts[on] = replace(
                morning_facts, learned=self.learned, details=None if mornings_back else self.details
            )
        return self._facts[on]

    def finding(self, rule: Rule, mornings_back: int = 0) -> Finding:
        """What a rule found so many mornings back."""
        key = (rule.id, self.as_of - timedelta(mornings_back))
        if key not in self._findings:
            self._findings[key] = find(rule, self.facts(mornings_back))
        return self._findings[key]

    def lasted(self, rule: Rule) -> Mapping[int, int]:
        """Mornings in a row a rule has spoken, for each campaign it speaks of; at most `for`."""
        today = self.finding(rule)
        lasting = {int(row): 1 for row in np.flatnonzero(today.speaks)}
        alive = dict.fromkeys(lasting)
        for mornings_back in range(1, rule.mornings if lasting else 1):
            spoken = self._spoken(rule, mornings_back)
            alive = {row: None for row in alive if self._name(row) in spoken}
            for row in alive:
                lasting[row] = mornings_back + 1
        return lasting

    def _name(self, row: int) -> str:
        return self.facts().history.entities[row]

    def _spoken(self, rule: Rule, mornings_back: int) -> frozenset[str]:
        finding = self.finding(rule, mornings_back)
        entities = self.facts(mornings_back).history.entities
        return frozenset(entities[row] for row in np.flatnonzero(finding.speaks))


def table_of(
    columns: Mapping[str, Floats], names: Iterable[str], rows: Ints
) -> list[dict[str, Any]]:
    """The named columns of some campaigns, a mapping each, None where missing."""
    named = tuple(names)
    if not named:
        return [{} for _ in rows]
    column_lists = []
    for name in named:
        numbers = columns[name][rows]
        plain = numbers.astype(object)
        plain[np.isnan(numbers)] = None
        column_lists.append(plain.tolist())
    return [dict(zip(named, row)) for row in zip(*column_lists)]  # noqa: B905 - all as long as `rows`
