"""Signs of trouble and of change in each campaign, as of one morning; rules read `name.now`.

A client's stages side by side, in two times four weeks: for a person to weigh, never to move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.numbers.forecast.reporting_lag import COMPLETE, Completion
from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import Bools, Floats, Ints, divided
from bot.numbers.signals import change_points as drift
from bot.numbers.signals import common_movement, delivery_stops, detectors, trouble
from bot.numbers.signals import trouble as wear
from bot.numbers.signals.history_panel import HistoryPanel
from bot.numbers.signals.peer_rates import SETTLING, cohort_codes

SIGNALS: dict[str, str] = {
    "outage": "Results that clicks foretell for the days since anything was last counted",
    "outage_days": "Days with clicks since anything was last counted",
    "outage_clicks": "Clicks on those days",
    "unreported_days": "Days since results are no longer reported although ads go on",
    "unvalued_days": "Days since what results are worth is no longer reported, though they are",
    "spend_vs_budget": "Spend of the last day over its daily budget",
    "spend_vs_usual": "Spend of the last day over the median of its weekday, at the same budget",
    "spend_swing": "How far over a usual day, in times, its days go by themselves: 4 deviations",
    "month_used": "Spend of the month so far over what its daily budgets allow in 30.4 days",
    "stopped_days": "Days in a row with a row that says 0 showings",
    "silent_days": "Days in a row without a row, though the account has some",
    "usual_showings": "Showings a day before they stopped: the median of 14 days",
    "usual_share": "Share of its account's spend it had on those days; 0 of few showings",
    "late_days": "Days the account's numbers are behind",
    "own_late_days": "Days the campaign's own numbers are behind",
    "fatigue": "Standard deviations by which clicks slide and showings a person rise, together",
    "ctr_fall": "Standard deviations by which CTR slides away from the 35 days before",
    "frequency_rise": "Standard deviations by which showings a person and day climb away from them",
    "clicks_lost": "Share of its clicks a showing lost in that slide, as it stands today",
    "market_cpm": "What showings cost in its market now, over the four weeks before",
    "cost_break": "How surely a result suddenly costs more; over 6 is a break",
    "cost_relief": "How surely a result suddenly costs less; over 6 is a break",
    "days_since_budget_change": "Mornings since the daily budget last changed",
    "budget_change": "Size of that change: new over old, less 1",
    "results_since_change": "Results since that change",
    "results": "Results of the last 14 days, in what the stage and the pricing model count",
    "age_days": "Mornings since the first day with numbers, 91 at most",
    "gap_days": "Days in a row this account's campaigns may lack a row without it meaning anything",
    "silence": "How surely it is not chance that nothing is counted; over 7 is an outage",
    "account_loss": "How surely the whole account counts too little all at once; over 12 it does",
    "tag_fault": "How surely clicks suddenly bring fewer results although visits hold; over 2.7",
    "page_fault": "How surely clicks suddenly bring fewer visits or results; over 2.7 is the page",
    "rate_left": "What a click brings since then, as a share of what it brought before",
    "fault_days": "Days since then",
    "fault_least": "The fewest days since then, nine to one",
    "fault_most": "The most days since then, nine to one",
    "counted_double": "How surely clicks suddenly bring far more results than ever; over 3.8",
    "double_rate": "What a click brings since then, over what it brought before",
    "showings_fault": "How surely money suddenly buys fewer showings; over 4.4 is the auction",
    "showings_left": "Showings money buys since then, as a share of before",
    "audience_fault": "How surely showings suddenly reach fewer people; over 4.4",
    "audience_left": "People a showing reaches since then, as a share of before",
    "break_since": "Days since the surest of these breaks",
    "new_level": "How surely what a click brings changed once, in the last 70 days; over 8 it did",
    "level_rate": "What a click brings since that change, over what it brought before",
    "level_days": "Days since that change",
}


def signals(
    numbers: pd.DataFrame,
    as_of: date,
    resolved: pd.DataFrame | None = None,
    lag: Completion = COMPLETE,
) -> pd.DataFrame:
    """Every signal of every campaign with a row in the last 91 days.

    Args:
        numbers: Daily numbers; only what was known on `as_of` is read.
        as_of: The morning.
        resolved: `Plan.resolve`'s answer with `entity` (the board's rows will do): tells what
            counts as a result. Without it: conversions, else leads.
        lag: How full the newest days are (`lag.completion`).

    Returns:
        float64, index `entity`, one column for each name in `SIGNALS`, NaN where not known.
    """
    return of_scene(HistoryPanel.of(numbers, as_of, resolved, lag))


def of_scene(scene: HistoryPanel) -> pd.DataFrame:
    """Every signal of a scene; formulas and sources stand with each detector."""
    index = pd.Index(scene.history.entities, name="entity")
    return pd.DataFrame(dict(Signals(scene)), index=index, dtype=float)


class Signals(Mapping[str, Floats]):
    """The signals of a scene by name, each worked out when it is first asked for."""

    def __init__(self, scene: HistoryPanel) -> None:
        self._scene = scene
        self._found: dict[str, Floats] = {}

    def __getitem__(self, name: str) -> Floats:
        if name not in self._found:
            names, detector = _BY_NAME[name]
            output = detector(self._scene)
            values = output if isinstance(output, tuple) else (output,)
            self._found |= dict(zip(names, values, strict=True))
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(SIGNALS)

    def __len__(self) -> int:
        return len(SIGNALS)


_Detector = Callable[[HistoryPanel], Floats | tuple[Floats, ...]]
_DETECTORS: tuple[tuple[tuple[str, ...], _Detector], ...] = (
    (("outage", "outage_days", "outage_clicks"), detectors.outage),
    (("unreported_days", "unvalued_days"), detectors.unreported_days),
    (("spend_vs_budget",), detectors.spend_vs_budget),
    (("spend_vs_usual",), detectors.spend_vs_usual),
    (("spend_swing",), detectors.spend_swing),
    (("month_used",), detectors.month_used),
    (
        ("stopped_days", "silent_days", "usual_showings", "usual_share"),
        delivery_stops.delivery,
    ),
    (("late_days",), detectors.late_days),
    (("own_late_days",), detectors.own_late_days),
    (("fatigue", "ctr_fall", "frequency_rise", "clicks_lost"), wear.fatigue),
    (("market_cpm",), common_movement.market_cpm),
    (("cost_break", "cost_relief"), drift.breaks),
    (("days_since_budget_change", "budget_change", "results_since_change"), drift.budget_change),
    (("results",), drift.recent_results),
    (("age_days",), drift.age_days),
    (("gap_days",), delivery_stops.gap_days),
    (trouble.NAMES, trouble.troubles),
)
_BY_NAME = {name: one for one in _DETECTORS for name in one[0]}


FUNNEL: dict[str, str] = {
    "reach_share": "Share of the client's money that went to reach, four weeks to a week ago",
    "reach_share_before": "Share of the client's money that went to reach, the four weeks before",
    "brand_results": "Conversions of the client's brand and retargeting campaigns, four weeks",
    "brand_results_before": "Conversions of brand and retargeting, the four weeks before",
    "stage_spend": "Spend of the client's other campaigns in convert, four weeks",
    "stage_spend_before": "Spend of the other campaigns in convert, the four weeks before",
    "stage_results": "Their conversions, four weeks",
    "stage_results_before": "Their conversions, the four weeks before",
}
"""Known only as `name.now`: of brand and retargeting the first four, of the rest the others."""
SPAN = 28


@dataclass(frozen=True)
class CampaignPlace:
    """Where a campaign stands: client and currency, stage, and whether its demand is captured."""

    client: str | None
    currency: str | None
    stage: str | None
    captured: bool


def funnel(history: History, as_of: date, places: Sequence[CampaignPlace]) -> dict[str, Floats]:
    """Each name of `FUNNEL`, one value a campaign; NaN where it says nothing of it."""
    groups = cohort_codes([(place.client, place.currency) for place in places])
    captured = np.array([place.captured for place in places], dtype=bool)
    stages = np.array([str(place.stage) for place in places], dtype=object)
    sold = (stages == "convert") & ~captured
    now = Window.ending(as_of - timedelta(1 + SETTLING), SPAN)
    columns: dict[str, Floats] = {}
    for end, window in (("", now), ("_before", now.before())):
        spend, results = (history.sum(name, window).value for name in ("spend", "conversions"))
        total = _all(groups, spend)
        columns[f"reach_share{end}"] = divided(_all(groups, spend, stages == "reach"), total)
        columns[f"brand_results{end}"] = _all(groups, results, captured)
        columns[f"stage_spend{end}"] = _all(groups, spend, sold)
        columns[f"stage_results{end}"] = _all(groups, results, sold)
    of = {name: sold if name.startswith("stage") else captured for name in FUNNEL}
    return {name: np.where(of[name], columns[name], np.nan) for name in FUNNEL}


def _all(groups: Ints, values: Floats, inside: Bools | None = None) -> Floats:
    """The sum over each campaign's client; NaN where nothing was measured."""
    measured = ~np.isnan(values) if inside is None else inside & ~np.isnan(values)
    total = np.bincount(groups, np.where(measured, values, 0.0), groups.size)
    counts = np.bincount(groups, measured.astype(np.float64), groups.size)
    return np.where(counts > 0, total, np.nan)[groups]
