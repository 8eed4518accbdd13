"""A morning as rules see it: its columns under the names rules have for them.

Campaigns of one cell and one lateness: a rule sees them through the same windows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from bot.advice.details.campaign_parts import (
    CampaignParts,
    FoundParts,
    campaign_parts,
    key_of,
    norms_of,
)
from bot.advice.details.judging import Key
from bot.advice.details.signals import DETAIL_SIGNALS, details_of
from bot.advice.evaluate.budget_answers import BudgetAnswers, answers
from bot.advice.evaluate.campaign_columns import (
    BID_NAMES,
    BidTarget,
    CampaignColumns,
    bid_column,
    bid_targets,
)
from bot.advice.evaluate.cohorts import WHOLES, Profiles, campaigns
from bot.advice.evaluate.rule_days import Lateness, Spans, lags, late_days, spans_of
from bot.advice.evaluate.uncertainty import HIGH, LOW, STANDS_ON, Settling
from bot.advice.rules.condition import THRESHOLD, Bools, Floats
from bot.advice.rules.rulebook import ANSWERS, Cell, Rule, Rulebook
from bot.domain.advice import Evidence
from bot.numbers.due_days import days_not_due
from bot.numbers.input.revisions import Revisions
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import Ints
from bot.numbers.plan import Plan
from bot.numbers.signals.doubles import doubles
from bot.numbers.signals.history_panel import HORIZON, HistoryPanel
from bot.numbers.signals.signs import SIGNALS

ENDED_AFTER = 14
"""Days without a row after which a campaign counts as ended and is left alone."""


UNWATCHED = 14
"""Days that must all have come at once before nobody is taken to have watched them fill up."""


@dataclass(frozen=True, eq=False)
class Facts(CampaignColumns):
    """What was known on a morning, as rules see it."""

    _views: dict[Spans, View] = field(default_factory=dict, repr=False)

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - everything a morning depends on
        cls,
        numbers: pd.DataFrame | Revisions,
        as_of: date,
        rulebook: Rulebook,
        plan: Plan,
        window_reach: pd.DataFrame | None = None,
        like: Facts | None = None,
        profiles: Profiles | None = None,
    ) -> Facts:
        """The facts of a morning; nothing dated or pulled after it is read.

        `like` are those of a later morning: what was learned of late results is taken from there,
        and what is the same need not be worked out twice. `profiles` is what campaigns were on any
        other morning: it saves work and changes nothing.
        """
        days = Window.ending(as_of - timedelta(1), HORIZON)
        laid = numbers if isinstance(numbers, Revisions) else Revisions.of(numbers, days.since)
        snapshot = laid.known(as_of, days)
        profiles = campaigns(
            snapshot, as_of, rulebook.thresholds, plan, like.told if like else profiles
        )
        late = like.lateness if like else Lateness.of(laid, as_of, profiles.about)
        full = late.complete(profiles.about)
        unlearned = late.unlearned(profiles.about, laid.at_once(as_of - timedelta(UNWATCHED)))
        scene = HistoryPanel.over(snapshot.history(), as_of, profiles.about, full, unlearned)
        scene = replace(scene, undue=days_not_due(as_of, plan.zone, profiles.said("time_zone")))
        return cls(as_of, rulebook, scene, profiles, late, window_reach)

    def under(self, rulebook: Rulebook, profiles: Profiles) -> Facts:
        """The same numbers seen with other thresholds; what was measured is not measured again.

        `rulebook` must have the same glossary, and `profiles` be what it makes of these campaigns.
        """
        measured = {
            key: column
            for key, column in self._columns.items()
            if isinstance(key[-1], Window) and key[0] not in {"peers", "sound"}
        }
        facts = replace(self, rulebook=rulebook, told=profiles, _columns=measured, _views={})
        vars(facts)["_signals"] = self._signals
        return facts

    def view(self, spans: Spans) -> View:
        """The columns as a rule with these windows sees them."""
        if spans not in self._views:
            self._views[spans] = View(self, spans)
        return self._views[spans]

    def rows(self, rule: Rule) -> dict[Spans, Bools]:
        """The campaigns a rule is for, by the windows it uses for them."""
        return self._kinds.rows(rule)

    @cached_property
    def _kinds(self) -> Kinds:
        return Kinds.of(self)

    @cached_property
    def running(self) -> Bools:
        """Campaigns that have not ended, and repeat no other's numbers: those are judged there."""
        return np.asarray((self.signal("own_late_days") <= ENDED_AFTER) & ~self._repeats)

    @cached_property
    def _repeats(self) -> Bools:
        copies = doubles(self.history, self.said("campaign_name"))
        return np.array([entity in copies for entity in self.history.entities], dtype=bool)

    def stage_key(self, row: int) -> tuple[object, ...]:
        """What the floor of a stage is about: stage, currency and client."""
        return self._stage_keys[row]

    @cached_property
    def _stage_keys(self) -> list[tuple[object, ...]]:
        return list(zip(*map(self.said, ("stage", "currency", "client")), strict=True))

    @cached_property
    def stages(self) -> Mapping[tuple[object, ...], list[int]]:
        """The campaigns of each stage, currency and client."""
        rows_by_stage: dict[tuple[object, ...], list[int]] = {}
        for row, key in enumerate(self._stage_keys):
            rows_by_stage.setdefault(key, []).append(row)
        return rows_by_stage

    @cached_property
    def settling(self) -> Settling:
        """What certainty stands on: scatter, late results, campaigns alike."""
        return Settling(self)

    def answer(self, name: str) -> Floats:
        """A number about the answer to budgets, or about bid targets, as of the morning."""
        if name in BID_NAMES:
            return self.kept(("bid", name), lambda: bid_column(self.bids, name))
        return self.kept(("answer", name), lambda: self.answers.column(name))

    def answer_among(self, name: str, rows: Bools) -> Floats:
        """The same of some campaigns at least; what nobody asks for is not worked out."""
        if ("answer", name) in self._columns:
            return self._columns["answer", name]
        return self.answers.column(name, rows)

    def part_money(self, name: str) -> Floats:
        """Money a week that parts of each campaign cost; 0 for nothing, NaN without rows."""
        return self.kept(("parts", name), lambda: self.parts.money(name, self._part_keys))

    @cached_property
    def _part_keys(self) -> list[Key]:
        return [key_of(entity) for entity in self.history.entities]

    def parts_of(self, rule: Rule, row: int) -> FoundParts | None:
        """The parts of a campaign a rule speaks of; None where it reads of none."""
        signals = details_of(rule)
        return self.parts.found.get((signals[0], self._part_keys[row])) if signals else None

    @cached_property
    def parts(self) -> CampaignParts:
        """What was found below the campaigns; judged when a rule first asks."""
        if self.details is None or self.details.empty:
            return CampaignParts()
        return campaign_parts(self.details, self.as_of, norms_of(self))

    @property
    def learned_now(self) -> Evidence | None:
        """What is to be remembered, where a rule asked for the answers to budgets."""
        return self.answers.found.evidence if "answers" in vars(self) else None

    @cached_property
    def bids(self) -> list[BidTarget | None]:
        """What the platforms bid to, a campaign each."""
        return bid_targets(self)

    @cached_property
    def answers(self) -> BudgetAnswers:
        """How campaigns answer to budgets; worked out when a rule first asks."""
        return answers(self, self.learned)


class View(Mapping[str, Floats]):
    """`metric.window` -> one value a campaign, for a rule's windows."""

    def __init__(self, facts: Facts, spans: Spans) -> None:
        self.facts, self.spans = facts, spans
        self.now, self.before = spans.windows(facts.as_of)
        self._found: dict[str, Floats] = {}

    def __getitem__(self, column: str) -> Floats:
        if column not in self._found:
            self._found[column] = self._find(column)
        return self._found[column]

    def _find(self, column: str) -> Floats:
        metric, _, window = column.partition(".")
        if metric in STANDS_ON or window in {LOW, HIGH}:
            return self.facts.settling.column(metric, window, self.now, self.before)
        if metric == THRESHOLD:
            return self.facts.threshold(window)
        if metric in SIGNALS:
            return self.facts.signal(metric)
        if metric in ANSWERS or metric in BID_NAMES:
            return self.facts.answer(metric)
        if metric in DETAIL_SIGNALS:
            return self.facts.part_money(metric)
        return self._measured(metric, window)

    def _measured(self, metric: str, window: str) -> Floats:
        if metric in WHOLES:
            return self.facts.wholes.column(metric)
        if window == "target":
            return self.facts.target(metric)
        if window == "peers":
            return self.facts.peers(metric, self.now)
        days = self.now if window == "now" else self.before
        read = self.facts.sound if self.spans.sound else self.facts.metric
        return read(metric, days)

    def among(self, rows: Bools) -> Mapping[str, Floats]:
        """The columns as they are for some campaigns; others may be NaN."""
        return _Among(self, rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts.rulebook.metrics)

    def __len__(self) -> int:
        return len(self.facts.rulebook.metrics)


@dataclass(frozen=True, eq=False)
class _Among(Mapping[str, Floats]):
    view: View
    rows: Bools

    def __getitem__(self, column: str) -> Floats:
        metric = column.partition(".")[0]
        if metric in ANSWERS:
            return self.view.facts.answer_among(metric, self.rows)
        return self.view[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self.view)

    def __len__(self) -> int:
        return len(self.view)


def unsettled(rule: Rule, view: View, row: int) -> dict[str, float | None]:
    """The price a campaign is judged by now, and between what it settles; empty where it has."""
    judge = view.facts.cells[row].judge
    if not lags(rule, view.facts.rulebook.metrics):
        return {}
    low, high = view.facts.settling.settles(judge, view.now)
    if np.isnan(low[row]):
        return {}
    ends = (f"{judge}.{LOW}", low), (f"{judge}.{HIGH}", high)
    now: dict[str, float | None] = {f"{judge}.now": float(view[f"{judge}.now"][row])}
    return now | {name: float(column[row]) for name, column in ends}


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kinds of a morning's campaigns.

    Attributes:
        codes: The kind of each campaign.
        kinds: The cell of each, and the days its newest results lack.
    """

    facts: Facts
    codes: Ints
    kinds: tuple[tuple[Cell, int], ...]

    @classmethod
    def of(cls, facts: Facts) -> Kinds:
        """Sorted by kind, in the order they are met."""
        late = late_days(facts.scene.complete).tolist()
        pairs = list(zip((cell.name for cell in facts.cells), late, strict=True))
        places = {pair: place for place, pair in enumerate(dict.fromkeys(pairs))}
        cell_by_pair = dict(zip(reversed(pairs), reversed(facts.cells), strict=True))
        codes = np.array([places[pair] for pair in pairs], dtype=np.int64)
        return cls(facts, codes, tuple((cell_by_pair[pair], pair[1]) for pair in places))

    def rows(self, rule: Rule) -> dict[Spans, Bools]:
        """The campaigns a rule is for, by the windows it uses for them."""
        rows_by_spans: dict[Spans, Bools] = {}
        for (cell, late), rows in self._fitting(rule):
            if rule.applies(cell):
                spans = spans_of(rule, cell, self.facts.rulebook.metrics, late)
                rows_by_spans[spans] = (
                    rows_by_spans[spans] | rows if spans in rows_by_spans else rows
                )
        return rows_by_spans

    def _fitting(self, rule: Rule) -> list[tuple[tuple[Cell, int], Bools]]:
        """The kinds some running campaigns of which a rule may be for, and those campaigns."""
        if not rule.billed and not details_of(rule):
            return self._running
        fits = self.facts.running & self._charged(rule.billed) & self._detailed(rule)
        return self._by_kind(fits)

    @cached_property
    def _running(self) -> list[tuple[tuple[Cell, int], Bools]]:
        return self._by_kind(self.facts.running)

    def _by_kind(self, fits: Bools) -> list[tuple[tuple[Cell, int], Bools]]:
        counts = np.bincount(self.codes[fits], minlength=len(self.kinds))
        return [
            (kind, (self.codes == code) & fits)
            for code, kind in enumerate(self.kinds)
            if counts[code]
        ]

    def _detailed(self, rule: Rule) -> Bools:
        """Campaigns with rows of the parts a rule reads of: nobody waits for others to have any."""
        fits = np.ones(self.facts.size, dtype=bool)
        for name in details_of(rule):
            fits &= ~np.isnan(self.facts.part_money(name))
        return fits

    def _charged(self, models: tuple[str, ...]) -> Bools:
        """Campaigns that the platform charges by one of these; all, where none is named."""
        if not models:
            return np.ones(self.facts.size, dtype=bool)
        return np.array([model in models for model in self.facts.said("billed")], dtype=bool)
