"""Everything known on one morning, as columns: one value a campaign, worked out when asked for.

What campaigns alike get: the ratio of all others, so that one can be held against them.
Campaigns of one cell and one lateness: a rule sees them through the same windows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from bot.advice.evaluate.budget_answers import Answers, answers
from bot.advice.evaluate.cohorts import (
    Lateness,
    Row,
    Spans,
    Told,
    Wholes,
    campaigns,
    late_days,
    spans_of,
)
from bot.advice.evaluate.namespace import View
from bot.advice.evaluate.uncertainty import Settling
from bot.advice.rules.condition import THRESHOLD, Bools, Floats
from bot.advice.rules.rulebook import Cell, Rule, Rulebook
from bot.domain.advice import Evidence
from bot.numbers.input.history import History
from bot.numbers.input.revisions import Revisions
from bot.numbers.input.windows import Window
from bot.numbers.metrics.measure import measure, window_reach_of
from bot.numbers.metrics.sums import Ints, divided
from bot.numbers.plan import Plan
from bot.numbers.signals.history_panel import HORIZON, Scene
from bot.numbers.signals.peer_rates import Learned
from bot.numbers.signals.signs import Signals
from bot.numbers.targets import Targets

ENDED_AFTER = 14
"""Days without a row after which a campaign counts as ended and is left alone."""


@dataclass(frozen=True, eq=False)
class Facts:
    """What was known on a morning.

    Attributes:
        as_of: The morning.
        rulebook: Its glossary and table.
        scene: The days known, one row a campaign, and what counts as a result.
        told: What each campaign is, in the history's order.
        lateness: How full the newest days are.
        window_reach: Reach of whole windows, as the platforms give it.
        learned: What earlier days taught of the answers to budgets.
    """

    as_of: date
    rulebook: Rulebook
    scene: Scene
    told: Told
    lateness: Lateness
    window_reach: pd.DataFrame | None = None
    learned: Evidence | None = None
    _columns: dict[tuple[object, ...], Floats] = field(default_factory=dict, repr=False)
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
        told: Told | None = None,
    ) -> Facts:
        """The facts of a morning; nothing dated or pulled after it is read.

        `like` are those of a later morning: what was learned of late results is taken from there,
        and what is the same need not be worked out twice. `told` is what the campaigns were on any
        other morning: it saves work and changes nothing.
        """
        days = Window.ending(as_of - timedelta(1), HORIZON)
        laid = numbers if isinstance(numbers, Revisions) else Revisions.of(numbers, days.since)
        known = laid.known(as_of, days)
        told = campaigns(known, as_of, rulebook.thresholds, plan, like.told if like else told)
        late = like.lateness if like else Lateness.of(laid, as_of, told.about)
        full = late.complete(told.about)
        scene = Scene.over(known.history(), as_of, told.about, full)
        return cls(as_of, rulebook, scene, told, late, window_reach)

    def under(self, rulebook: Rulebook, told: Told) -> Facts:
        """The same numbers seen with other thresholds; what was measured is not measured again.

        `rulebook` must have the same glossary, and `told` be what it makes of these campaigns.
        """
        measured = {
            key: column
            for key, column in self._columns.items()
            if isinstance(key[-1], Window) and key[0] != "peers"
        }
        seen = replace(self, rulebook=rulebook, told=told, _columns=measured, _views={})
        vars(seen)["_signals"] = self._signals
        return seen

    @property
    def about(self) -> pd.DataFrame:
        """What each campaign is, in the history's order."""
        return self.told.about

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cell of each campaign."""
        return self.told.cells

    @property
    def table(self) -> tuple[Row, ...]:
        """The row of thresholds of each campaign."""
        return self.told.table

    def said(self, column: str) -> list[Any]:
        """A column of `about` as a list, for looking up one campaign."""
        return self.told.said(column)

    @property
    def history(self) -> History:
        """The days known, one row a campaign."""
        return self.scene.history

    @property
    def size(self) -> int:
        return len(self.cells)

    @cached_property
    def ids(self) -> list[str]:
        """The campaigns' ids as on the board."""
        return [str(id_) for id_ in self.said("campaign_id")]

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
        """Campaigns that have not ended."""
        return np.asarray(self.signal("own_late_days") <= ENDED_AFTER)

    def stage_key(self, row: int) -> tuple[object, ...]:
        """What the floor of a stage is about: stage, currency and client."""
        return self._stage_keys[row]

    @cached_property
    def _stage_keys(self) -> list[tuple[object, ...]]:
        return list(zip(*map(self.said, ("stage", "currency", "client")), strict=True))

    @cached_property
    def stages(self) -> Mapping[tuple[object, ...], list[int]]:
        """The campaigns of each stage, currency and client."""
        found: dict[tuple[object, ...], list[int]] = {}
        for row, key in enumerate(self._stage_keys):
            found.setdefault(key, []).append(row)
        return found

    def threshold(self, name: str) -> Floats:
        """A threshold for each campaign."""
        return self.kept((THRESHOLD, name), lambda: self.told.threshold(name))

    def metric(self, name: str, window: Window) -> Floats:
        """A metric of each campaign over a window."""
        return self.kept((name, window), lambda: self._measured(name, window))

    def _measured(self, name: str, window: Window) -> Floats:
        metric = self.rulebook.metrics[name]
        reach = self.reach(window) if metric.kind in {"reach", "per_reach"} else None
        return measure(self.history, metric, window, reach)

    def reach(self, window: Window) -> Floats:
        """People reached over the window, as the platform counted them; NaN where not said."""
        return self.kept(
            ("reach of", window),
            lambda: window_reach_of(self.window_reach, self.history, window, self.as_of),
        )

    def target(self, name: str) -> Floats:
        """What the plan wants of a metric, or what follows from what it wants."""
        return self.kept(("target", name), lambda: self.targets.values(name))

    @cached_property
    def targets(self) -> Targets:
        """What the plan states, and what follows from it by the rates seen."""
        learned = Learned(self.history, self.told.alike, self.as_of)
        return Targets(learned, self.rulebook.metrics, self.told.stated, self.told.places)

    @cached_property
    def settling(self) -> Settling:
        """What certainty stands on: scatter, late results, campaigns alike."""
        return Settling(self)

    def signal(self, name: str) -> Floats:
        """A detector's number, as of the morning."""
        return self._signals[name]

    def answer(self, name: str) -> Floats:
        """A number about the answer to budgets, as of the morning."""
        return self.kept(("answer", name), lambda: self.answers.column(name))

    @property
    def learned_now(self) -> Evidence | None:
        """What is to be remembered, where a rule asked for the answers to budgets."""
        return self.answers.found.evidence if "answers" in vars(self) else None

    @cached_property
    def answers(self) -> Answers:
        """How campaigns answer to budgets; worked out when a rule first asks."""
        return answers(self, self.learned)

    @cached_property
    def wholes(self) -> Wholes:
        """Numbers of what campaigns share: budgets of the plan, stages of a client."""
        return Wholes(self.history, self.told, self.as_of)

    @cached_property
    def _signals(self) -> Signals:
        return Signals(self.scene)

    def peers(self, name: str, window: Window) -> Floats:
        """A ratio of all other campaigns alike, sum over sum; NaN with too few of them.

        Alike: channel, stage, pricing model, currency and client.
        """
        return self.kept(("peers", name, window), lambda: peers(self, name, window))

    def kept(self, key: tuple[object, ...], work: Callable[[], Floats]) -> Floats:
        """A column worked out once and kept."""
        if key not in self._columns:
            self._columns[key] = work()
        return self._columns[key]


def peers(facts: Facts, name: str, window: Window) -> Floats:
    """A ratio of all other campaigns alike, sum over sum; NaN with too few of them.

    Alike: channel, stage, pricing model, currency and client.
    """
    metric, alike = facts.rulebook.metrics[name], facts.told.alike
    if metric.kind != "ratio":
        return np.full(facts.size, np.nan)
    above = facts.history.sum(metric.parts[0], window, metric.parts[1]).value
    below = facts.history.sum(metric.parts[1], window, metric.parts[0]).value
    others = (_others(alike, np.nan_to_num(above)), _others(alike, np.nan_to_num(below)))
    enough = _others(alike, (below > 0).astype(float)) >= facts.threshold("peers")
    return np.where(enough, divided(others[0], others[1], metric.scale), np.nan)


def _others(groups: Ints, values: Floats) -> Floats:
    """The group's sum without one's own part, each campaign by itself."""
    total = np.bincount(groups, weights=values, minlength=len(groups))
    return np.asarray(total[groups] - values, dtype=np.float64)


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
        first = dict(zip(reversed(pairs), reversed(facts.cells), strict=True))
        codes = np.array([places[pair] for pair in pairs], dtype=np.int64)
        return cls(facts, codes, tuple((first[pair], pair[1]) for pair in places))

    def rows(self, rule: Rule) -> dict[Spans, Bools]:
        """The campaigns a rule is for, by the windows it uses for them."""
        found: dict[Spans, Bools] = {}
        fits = self.facts.running & self._charged(rule.billed)
        there = np.bincount(self.codes[fits], minlength=len(self.kinds))
        for code, (cell, late) in enumerate(self.kinds):
            if there[code] and rule.applies(cell):
                spans = spans_of(rule, cell, self.facts.rulebook.metrics, late)
                rows = (self.codes == code) & fits
                found[spans] = found[spans] | rows if spans in found else rows
        return found

    def _charged(self, models: tuple[str, ...]) -> Bools:
        """Campaigns that the platform charges by one of these; all, where none is named."""
        if not models:
            return np.ones(self.facts.size, dtype=bool)
        return np.array([model in models for model in self.facts.said("billed")], dtype=bool)
