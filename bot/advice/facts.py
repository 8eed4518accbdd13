"""Everything known on one morning, as columns: one value a campaign, worked out when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bot.advice.campaigns import Row, campaigns, targets
from bot.advice.condition import THRESHOLD, Bools, Floats
from bot.advice.lateness import Lateness, late_days
from bot.advice.rulebook import Cell, Rule, Rulebook
from bot.advice.spans import Spans, spans_of
from bot.numbers.daily import campaigns_only, known_on
from bot.numbers.history import History
from bot.numbers.measure import measure, window_reach_of
from bot.numbers.plan import Plan
from bot.numbers.scene import HORIZON, Scene
from bot.numbers.signals import SIGNALS, of_scene
from bot.numbers.sums import divided
from bot.numbers.windows import Window

Ints: TypeAlias = NDArray[np.int64]
ENDED_AFTER = 14
"""Days without a row after which a campaign counts as ended and is left alone."""


@dataclass(frozen=True, eq=False)
class Facts:
    """What was known on a morning.

    Attributes:
        as_of: The morning.
        rulebook: Its glossary and table.
        scene: The days known, one row a campaign, and what counts as a result.
        about: What each campaign is (`campaigns.campaigns`), in the history's order.
        cells: The cell of each campaign.
        table: The row of thresholds of each campaign.
        lateness: How full the newest days are.
        window_reach: Reach of whole windows, as the platforms give it.
    """

    as_of: date
    rulebook: Rulebook
    scene: Scene
    about: pd.DataFrame
    cells: tuple[Cell, ...]
    table: tuple[Row, ...]
    lateness: Lateness
    window_reach: pd.DataFrame | None = None
    _columns: dict[tuple[object, ...], Floats] = field(default_factory=dict, repr=False)

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - everything a morning depends on
        cls,
        numbers: pd.DataFrame,
        as_of: date,
        rulebook: Rulebook,
        plan: Plan,
        window_reach: pd.DataFrame | None = None,
        lateness: Lateness | None = None,
    ) -> Facts:
        """The facts of a morning; nothing dated or pulled after it is read.

        `lateness` is what was learned of late results, where that is known already.
        """
        window = Window.ending(as_of - timedelta(1), HORIZON)
        known = campaigns_only(known_on(numbers, as_of))
        known = known[known["date"] >= pd.Timestamp(window.since)].reset_index(drop=True)
        about, cells, table = campaigns(known, as_of, rulebook.thresholds, plan)
        late = lateness or Lateness.of(numbers, as_of, about)
        scene = replace(Scene.of(known, as_of, about), complete=late.complete(about))
        return cls(as_of, rulebook, scene, about, cells, table, late, window_reach)

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
        return [str(id_) for id_ in self.about["campaign_id"]]

    def view(self, spans: Spans) -> View:
        """The columns as a rule with these windows sees them."""
        return View(self, spans)

    def rows(self, rule: Rule) -> dict[Spans, Bools]:
        """The campaigns a rule is for, by the windows it uses for them."""
        found: dict[Spans, Bools] = {}
        codes, kinds = self._kinds
        fits = self.about["billed"].isin(rule.billed).to_numpy() | (not rule.billed)
        fits &= self.signal("own_late_days") <= ENDED_AFTER
        for code, (cell, late) in enumerate(kinds):
            rows = (codes == code) & fits
            if rule.applies(cell) and rows.any():
                spans = spans_of(rule, cell, self.rulebook.metrics, late)
                found[spans] = found.get(spans, np.zeros(self.size, bool)) | rows
        return found

    @cached_property
    def _kinds(self) -> tuple[Ints, list[tuple[Cell, int]]]:
        """Campaigns of one cell and one lateness are seen through the same windows."""
        places: dict[tuple[str, int], int] = {}
        kinds: list[tuple[Cell, int]] = []
        codes = []
        for cell, late in zip(self.cells, late_days(self.scene.complete), strict=True):
            key = (cell.name, late)
            if key not in places:
                places[key] = len(kinds)
                kinds.append((cell, late))
            codes.append(places[key])
        return np.array(codes, dtype=np.int64), kinds

    def stage_key(self, row: int) -> tuple[object, ...]:
        """What the floor of a stage is about: stage, currency and client."""
        return self._stage_keys[row]

    @cached_property
    def _stage_keys(self) -> list[tuple[object, ...]]:
        return list(self.about[["stage", "currency", "client"]].itertuples(index=False, name=None))

    @cached_property
    def stages(self) -> Mapping[tuple[object, ...], list[int]]:
        """The campaigns of each stage, currency and client."""
        found: dict[tuple[object, ...], list[int]] = {}
        for row, key in enumerate(self._stage_keys):
            found.setdefault(key, []).append(row)
        return found

    def threshold(self, name: str) -> Floats:
        """A threshold for each campaign."""
        return self.kept(
            (THRESHOLD, name), lambda: np.array([row.get(name, np.nan) for row in self.table])
        )

    def metric(self, name: str, window: Window) -> Floats:
        """A metric of each campaign over a window."""
        metric = self.rulebook.metrics[name]
        reach = self.reach(window) if metric.kind in {"reach", "per_reach"} else None
        return self.kept((name, window), lambda: measure(self.history, metric, window, reach))

    def reach(self, window: Window) -> Floats:
        """People reached over the window, as the platform counted them; NaN where not said."""
        return self.kept(
            ("reach of", window),
            lambda: window_reach_of(self.window_reach, self.history, window, self.as_of),
        )

    def target(self, name: str) -> Floats:
        """What the plan wants of a metric."""
        return self.kept(("target", name), lambda: targets(self.about, self.cells, name))

    def signal(self, name: str) -> Floats:
        """A detector's number, as of the morning."""
        return self._signals[name]

    @cached_property
    def _signals(self) -> Mapping[str, Floats]:
        table = of_scene(self.scene)
        return {str(name): table[name].to_numpy(dtype=np.float64) for name in table}

    def peers(self, name: str, window: Window) -> Floats:
        """A ratio of all other campaigns alike, sum over sum; NaN with too few of them.

        Alike: channel, stage, pricing model, currency and client.
        """
        return self.kept(("peers", name, window), lambda: self._peers(name, window))

    def _peers(self, name: str, window: Window) -> Floats:
        metric = self.rulebook.metrics[name]
        if metric.kind != "ratio":
            return np.full(self.size, np.nan)
        above = self.history.sum(metric.parts[0], window, metric.parts[1]).value
        below = self.history.sum(metric.parts[1], window, metric.parts[0]).value
        others = (
            _others(self._alike, np.nan_to_num(above)),
            _others(self._alike, np.nan_to_num(below)),
        )
        enough = _others(self._alike, (below > 0).astype(float)) >= self.threshold("peers")
        return np.where(enough, divided(others[0], others[1], metric.scale), np.nan)

    @cached_property
    def _alike(self) -> Ints:
        kinds = ["channel", "stage", "pricing_model", "currency", "client"]
        return np.asarray(
            self.about.groupby(kinds, dropna=False, sort=False).ngroup(), dtype=np.int64
        )

    def kept(self, key: tuple[object, ...], work: Callable[[], Floats]) -> Floats:
        """A column worked out once and kept."""
        if key not in self._columns:
            self._columns[key] = work()
        return self._columns[key]


def _others(groups: Ints, values: Floats) -> Floats:
    """The group's sum without one's own part, each campaign by itself."""
    total = np.bincount(groups, weights=values, minlength=len(groups))
    return np.asarray(total[groups] - values, dtype=np.float64)


class View(Mapping[str, Floats]):
    """`metric.window` -> one value a campaign, for a rule's windows."""

    def __init__(self, facts: Facts, spans: Spans) -> None:
        self.facts, self.spans = facts, spans
        self.now, self.before = spans.windows(facts.as_of)

    def __getitem__(self, column: str) -> Floats:
        metric, _, window = column.partition(".")
        if metric == THRESHOLD:
            return self.facts.threshold(window)
        if metric in SIGNALS:
            return self.facts.signal(metric)
        if window == "target":
            return self.facts.target(metric)
        if window == "peers":
            return self.facts.peers(metric, self.now)
        return self.facts.metric(metric, self.now if window == "now" else self.before)

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts.rulebook.metrics)

    def __len__(self) -> int:
        return len(self.facts.rulebook.metrics)
