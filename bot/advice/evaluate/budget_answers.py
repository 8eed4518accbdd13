"""How each campaign answers to its budget, as signals that rules read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from bot.advice.evaluate.campaign_columns import CampaignColumns
from bot.advice.evaluate.cohorts import pools
from bot.advice.response import Evidence, Panel, PanelCampaign, Responses, breaks, masks, responses
from bot.advice.response.responding import Margins
from bot.advice.rules.condition import Bools, Floats
from bot.advice.rules.rulebook import ANSWERS
from bot.numbers.input.history import History
from bot.numbers.metrics.glossary import result_columns
from bot.numbers.metrics.sums import Ints
from bot.numbers.signals.trouble import untrusted_days

Key: TypeAlias = tuple[Any, ...]
VALUE, ROAS = "revenue", "roas"
SOLD = ("conversions", "documented_conversions", "repeat_conversions")
BY_THOUSANDS = ("reach", "impressions")
NINETY = 1.645
"""Standard deviations that leave 5 % out at each end."""
SIDES = {"raise_budget": 1, "raise_bid": 1, "cut_budget": -1, "pause": 0}
"""What single budgets are changed for: more money, less, none."""
_JUDGED = {
    "reach": ("reach", "impressions"),
    "impressions": ("impressions",),
    "clicks": ("clicks",),
    "landing_views": ("landing_views", "clicks"),
    "engagements": ("engagements",),
}
"""What is counted where the judge's own column is it; elsewhere `kpi.result_columns`."""


@dataclass(frozen=True, eq=False)
class BudgetAnswers:
    """The responses of a morning, seen from the facts.

    Attributes:
        found: What the engine makes of the campaigns that trade.
        rows: The facts' row of each of them.
        size: How many campaigns the facts have.
        counted: The column of results of each of the facts' campaigns, None where none is known.
    """

    found: Responses
    rows: Ints
    size: int
    counted: tuple[str | None, ...]

    @cached_property
    def places(self) -> Mapping[int, int]:
        """Facts' row -> the engine's."""
        return {row: place for place, row in enumerate(self.rows.tolist())}

    def margins(self, place: int) -> Margins:
        """Of one pool."""
        return self.found.margins(place)

    @property
    def _pools(self) -> range:
        return range(len(self.found.panel.pools))

    def chance(self, action: str, row: int) -> float:
        """P(money is better used as the action says, against its pool); NaN without a pool.

        More money where the next result is cheaper than the pool's, less where it is dearer, none
        where all of its results together are dearer than the pool's next.
        """
        place = self.places.get(row)
        if place is None or action not in SIDES:
            return float("nan")
        margins = self.margins(int(self.found.panel.pool[place]))
        if margins.rows.size < 2:
            return float("nan")
        side = SIDES[action]
        chances = margins.likely(side) if side else margins.dear
        return float(chances[np.searchsorted(margins.rows, place)])

    def column(self, name: str, among: Bools | None = None) -> Floats:
        """A signal, one value a campaign of the facts; NaN for one that trades with nobody.

        Where only some rows are asked for (`among`), others may be NaN, too: only their pools are
        worked out.
        """
        left = self._left
        if left and among is not None:
            left = left & {*self.found.panel.pool[among[self.rows]].tolist()}
        for place in sorted(left):
            self._work_out(place)
        return self._columns[name]

    @cached_property
    def _left(self) -> set[int]:
        """The pools not worked out yet."""
        return {*self._pools}

    @cached_property
    def _columns(self) -> dict[str, Floats]:
        return {name: np.full(self.size, np.nan) for name in ANSWERS}

    def _work_out(self, place: int) -> None:
        """Write a pool's campaigns into every signal."""
        self._left.discard(place)
        rows = self.rows[self.margins(place).rows]
        for name, values in self._worked_out(place).items():
            self._columns[name][rows] = values

    def _worked_out(self, place: int) -> dict[str, Floats]:
        """Each follows from the others as rules/metrics.yml says it does."""
        responses_, margins = self.found, self.margins(place)
        rows, slope, usual = margins.rows, margins.slope, margins.elasticity
        around = margins.slope_var + (slope - usual[:, None]) ** 2
        rate, usual_spend = np.exp(responses_.rate[rows]), np.exp(responses_.state.usual[rows])
        cost = self._scale[rows] * usual_spend / (usual * rate)
        mean = np.exp(np.average(np.log(cost), weights=responses_.budgets[rows]))
        pool = np.full(rows.size, mean)
        return {
            "next_cost": cost, "next_cost_pool": pool, "marginal": pool / cost,
            "takes": margins.chance(1), "gives": margins.chance(-1),
            "response_known": np.full(rows.size, float(responses_.known[place])),
            "elasticity": usual, "elasticity_sd": np.sqrt(around @ margins.weights),
            "result_rate": rate, "usual_spend": usual_spend,
        }  # fmt: skip

    @cached_property
    def cost_ends(self) -> tuple[Floats, Floats]:
        """Between what each trading campaign's `next_cost` lies (90 %), by its place.

        Log-normal, like what it stands on: the doubt about its average and about its answer to
        budgets, and where the two may lie together in its pool.
        """
        campaign_responses, size = self.found, self.found.panel.count
        usual, spread = np.zeros(size), np.zeros(size)
        for margins in map(self.margins, self._pools):
            log, weights = np.log(margins.slope), margins.weights
            middle = log @ weights
            around = margins.variance + (log - middle[:, None]) ** 2
            usual[margins.rows], spread[margins.rows] = middle, np.sqrt(around @ weights)
        cost = (
            np.log(self._scale) + campaign_responses.state.usual - usual - campaign_responses.rate
        )
        return np.exp(cost - NINETY * spread), np.exp(cost + NINETY * spread)

    @cached_property
    def _scale(self) -> Floats:
        """People reached and showings are counted by the thousand."""
        return np.array(
            [1e3 if campaign.column in BY_THOUSANDS else 1.0 for campaign in self._trading]
        )

    @property
    def _trading(self) -> tuple[PanelCampaign, ...]:
        return self.found.panel.campaigns


def answers(facts: CampaignColumns, learned: Evidence | None) -> BudgetAnswers:
    """How campaigns answer to budgets, from the days detectors trust.

    Args:
        facts: Of the morning.
        learned: What earlier days taught (`Memory.learned`).
    """
    counted = _counted(facts)
    keys = pools(facts.told, _units(facts, counted))
    results = _by_value(facts.history, _results(facts.history, counted), keys)
    scene = replace(facts.scene, results=results)
    trading = list(_campaigns(facts, counted, keys))
    masked = masks(facts.scene, untrusted_days(facts.scene))
    broken = breaks(facts.scene, facts.signal("break_since"))
    panel = Panel.of_scene(scene, trading, masked, broken=broken)
    places = {name: row for row, name in enumerate(facts.history.entities)}
    rows = np.array([places[campaign.entity] for campaign in panel.campaigns], dtype=np.int64)
    return BudgetAnswers(responses(panel, evidence=learned), rows, facts.size, tuple(counted))


def _counted(facts: CampaignColumns) -> list[str | None]:
    """The column of each campaign's results: what its cell judges by, where it was ever told."""
    history, metrics = facts.history, facts.rulebook.metrics
    reported = {name: history.ever(name) for name in history.values}
    columns: list[str | None] = []
    for row, cell in enumerate(facts.cells):
        judge = metrics.get(cell.judge)
        usual = result_columns(cell.stage, cell.pricing)
        candidates = _JUDGED.get((judge.over if judge else None) or "", usual)
        reported_names = (name for name in candidates if name in reported and reported[name][row])
        columns.append(next(reported_names, None) if cell.stage else None)
    return columns


def _units(facts: CampaignColumns, counted: list[str | None]) -> list[str | None]:
    """What is traded in: results, or revenue where the plan says what money must bring."""
    has_value = (
        facts.history.ever(VALUE) if facts.history.has(VALUE) else np.zeros(facts.size, bool)
    )
    pairs = zip(counted, facts.told.stated, has_value.tolist(), strict=True)
    return [VALUE if name in SOLD and ROAS in aims and there else name
            for name, aims, there in pairs]  # fmt: skip


def _by_value(history: History, results: Floats, keys: list[Key | None]) -> Floats:
    """Where a pool trades in revenue, sales of the pool's usual size: revenue over that size."""
    valued = {key for key in keys if key and key[1] == VALUE}
    if not valued:
        return results
    revenue, out = history.column(VALUE), results.copy()
    for key in valued:
        in_group = np.array([one == key for one in keys], dtype=bool)
        both = in_group[:, None] & (revenue > 0) & (results > 0)
        if both.any():
            out[in_group] = revenue[in_group] * (results[both].sum() / revenue[both].sum())
    return out


def _results(history: History, counted: list[str | None]) -> Floats:
    out = np.full(history.rows.shape, np.nan)
    for name in dict.fromkeys(filter(None, counted)):
        counts_column = np.array([column == name for column in counted], dtype=bool)
        out[counts_column] = history.column(name)[counts_column]
    return out


def _campaigns(
    facts: CampaignColumns, counted: list[str | None], keys: list[Key | None]
) -> Iterator[PanelCampaign]:
    records = zip(
        facts.history.entities, keys, counted,
        facts.said("client"), facts.said("demand"), facts.said("currency"), strict=True,
    )  # fmt: skip
    for entity, pool, column, client, demand, currency in records:
        captured = demand == "captured"
        yield PanelCampaign(entity, pool, column or "", client, captured, currency)
