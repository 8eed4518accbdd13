"""Signs of trouble and of change in each campaign, as of one morning; rules read `name.now`.

A client's stages side by side, in two times four weeks: for a person to weigh, never to move.
Whether a campaign has stopped being shown, and may, is held against its own calendar and its
account's.
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
from bot.numbers.metrics.sums import Bools, Floats, Ints, divided, filled, newest_place
from bot.numbers.signals import change_points as drift
from bot.numbers.signals import common_movement, detectors, trouble
from bot.numbers.signals import trouble as wear
from bot.numbers.signals.common_movement import row_medians
from bot.numbers.signals.delivery_calendar import runs_on, shown_days
from bot.numbers.signals.history_panel import HORIZON, HistoryPanel
from bot.numbers.signals.peer_rates import SETTLING, cohort_codes

PLACE = np.arange(HORIZON)[None, :]
_USUAL_DAYS = 14
_A_WEEK = 7.0
_FEWEST_SHOWINGS = 50.0
"""A day: of fewer, a day without one may be chance, whatever they cost."""
_FEWEST_ZERO_ROWS = 3
_RARE, _LEANS = 1e-4, 500.0
_NEAR, _TAKEN_OVER = 3, 0.5
"""Days between a stop and a beginning, and the share of the money gone that is spent anew."""


def delivery(scene: HistoryPanel) -> tuple[Floats, Floats, Floats, Floats]:
    """Days without showings up to the last day its account reported, and what was usual before.

    Days off by the campaign's calendar are left out; a trickle (under a twentieth of what is usual
    at the day's budget) is no delivery. A stop no longer than one the campaign came back from twice
    is a habit, and one whose money went to a campaign begun in its place is a relief: 0 days.

    Returns:
        `stopped_days`: days with a row that says so; `silent_days`: days with no row although the
        account has rows (platforms leave out all-zero rows, so they are told apart);
        `usual_showings`: the median of the 14 days before the run; `usual_share`: of what its
        account spends a day, its own on those days (0 of few showings: clicks that cost much come
        of few). NaN where nothing was ever shown or the account reported nothing.
    """
    shown, feed, rows, alive = scene.column("impressions"), scene.feed, scene.history.rows, (
        shown_days(scene)
    )  # fmt: skip
    last_shown = newest_place(alive)[:, None]
    run = (last_shown < PLACE) & feed & runs_on(scene)
    news = (run.sum(axis=1) > _habit(scene)) & ~_relieved(scene, last_shown[:, 0])
    stopped, silent = ((run & part & news[:, None]).sum(axis=1).astype(np.float64)
                       for part in (rows & ~np.isnan(shown), ~rows))  # fmt: skip
    before = alive & (last_shown >= PLACE) & (last_shown - _USUAL_DAYS < PLACE)
    usual = row_medians(np.where(before, shown, np.nan))
    never = last_shown[:, 0] < 0
    return (
        np.where(never, np.nan, stopped),
        np.where(never, np.nan, silent),
        np.where(never, np.nan, usual),
        np.where(never, np.nan, _usual_share(scene, before, usual)),
    )


def _usual_share(scene: HistoryPanel, before: Bools, usual_showings: Floats) -> Floats:
    """Each campaign's usual spend over that of all its account's; 0 where it shows too little."""
    spend = filled(row_medians(np.where(before, scene.column("spend"), np.nan)))
    size = int(scene.accounts.max(initial=-1)) + 1
    totals = np.bincount(scene.accounts, weights=spend, minlength=size).astype(np.float64)
    share = filled(divided(spend, totals[scene.accounts]))
    return np.where(usual_showings >= _FEWEST_SHOWINGS, share, 0.0)


def gap_days(scene: HistoryPanel) -> Floats:
    """Days in a row a campaign of this account may lack a row without meaning anything.

    The largest of three. Chance: with the share g of rows the account usually lacks between a
    campaign's first and last day (0 where rows never lack anywhere), the least d with g^d <= 1e-4,
    less one: a row may be lost. Habit: the longest any campaign of the account was silent and came
    back, its days off apart: somebody pauses campaigns there. A week, where the account's platform
    tells days without a showing as rows of zeros: what has no row was switched off or taken out.
    One value a campaign; NaN where the account has no rows.
    """
    rows, feed = scene.history.rows, scene.feed
    inside = between(rows) & feed & runs_on(scene)
    chance = _by_chance(scene, inside)
    pauses = _runs(inside & ~rows)
    longest = _most(scene.accounts, pauses.max(axis=1, initial=0.0))
    switched = np.where(_tells_zeros(scene), _A_WEEK, 0.0)
    return np.where(np.isnan(chance), np.nan, np.fmax(np.fmax(chance, longest), switched))


def _by_chance(scene: HistoryPanel, inside: Bools) -> Floats:
    """Days a gap of no meaning may last; an account leans on all of them as on 500 days."""
    lacks = inside & ~scene.history.rows
    lacking, days = (_summed(scene.accounts, part) for part in (lacks, inside))
    overall = float(lacks.sum()) / max(float(inside.sum()), 1.0)
    share = np.clip((lacking + overall * _LEANS) / (days + _LEANS), 1e-9, 0.5)
    allowed = np.ceil(np.log(_RARE) / np.log(share)) - 1
    return np.where(days > 0, np.maximum(allowed, 0.0), np.nan)


def _tells_zeros(scene: HistoryPanel) -> Bools:
    """Whether days between showings come as rows of zeros at least as often as without a row."""
    quiet = between(shown_days(scene)) & scene.feed & ~shown_days(scene)
    zeros, every = (_summed(scene.accounts, part) for part in (quiet & scene.history.rows, quiet))
    return np.asarray((zeros >= _FEWEST_ZERO_ROWS) & (zeros >= every / 2))


def _habit(scene: HistoryPanel) -> Floats:
    """Days of the second longest stop the campaign came back from, its days off apart."""
    alive = shown_days(scene)
    off = between(alive) & ~alive & scene.feed & runs_on(scene)
    lengths = np.where(off & ~np.roll(off, -1, axis=1), _runs(off), 0.0)
    return np.sort(lengths, axis=1)[:, -2]


def _relieved(scene: HistoryPanel, last_shown: Ints) -> Bools:
    """Campaigns that stopped as others of the account began in their place: next month's, a copy.

    Begun is what was first shown within three days of the stop; together they must cost at least
    half of what all that stopped then did.
    """
    alive, spend = shown_days(scene), filled(scene.column("spend"))
    first_shown = np.where(alive.any(axis=1), np.argmax(alive, axis=1), HORIZON)
    stopped = (last_shown >= 0) & (last_shown < HORIZON - 1)
    relieved = np.zeros(scene.count, dtype=bool)
    daily = divided((spend * alive).sum(axis=1), alive.sum(axis=1).astype(np.float64))
    cost = filled(daily)
    fresh = (first_shown > _NEAR) & (first_shown < HORIZON)
    for row in np.flatnonzero(stopped & np.isin(scene.accounts, scene.accounts[fresh])):
        near = scene.accounts == scene.accounts[row]
        begun = near & fresh & (np.abs(first_shown - last_shown[row] - 1) <= _NEAR)
        gone = near & stopped & (np.abs(last_shown - last_shown[row]) <= _NEAR)
        relieved[row] = cost[begun].sum() >= _TAKEN_OVER * cost[gone].sum() > 0
    return relieved


def between(marked: Bools) -> Bools:
    """Days from the first marked one to the last."""
    before = np.maximum.accumulate(marked, axis=1)
    after = np.maximum.accumulate(marked[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(before & after)


def _runs(marked: Bools) -> Floats:
    """How many marked days in a row end on each day."""
    newest = np.maximum.accumulate(np.where(marked, -1, PLACE), axis=1)
    return np.where(marked, PLACE - newest, 0).astype(np.float64)


def _summed(accounts: Ints, marked: Bools) -> Floats:
    size = int(accounts.max(initial=-1)) + 1
    total = np.bincount(accounts, weights=marked.sum(axis=1), minlength=size)
    return np.asarray(total[accounts], dtype=np.float64)


def _most(accounts: Ints, values: Floats) -> Floats:
    most = np.zeros(int(accounts.max(initial=-1)) + 1)
    np.maximum.at(most, accounts, values)
    return np.asarray(most[accounts])


SIGNALS: dict[str, str] = {
    "outage": "Results that clicks foretell for the days since anything was last counted",
    "outage_days": "Days with clicks since anything was last counted",
    "outage_clicks": "Clicks on those days",
    "unreported_days": "Days since results are no longer reported although ads go on",
    "unvalued_days": "Days since what results are worth is no longer reported, though they are",
    "uncosted_days": "Days since what ads cost is no longer reported although they are shown",
    "uncounted_clicks": "Clicks of an account that has never counted a result",
    "uncounted_days": "Days those clicks came on",
    "spend_vs_budget": "Spend of the last day over its daily budget",
    "spend_vs_usual": "Spend of the last day over the median of its weekday, at the same budget",
    "spend_excess": "Spend of the last day beyond that median, money a day",
    "unit_jump": "How many times its price became from one day on, every day: another unit",
    "unit_days": "Days since then",
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
    "account_days": "Days since then",
    "account_left": "What the account counts since then, over what its clicks foretell",
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
    "level_paid": "What money brings since that change, over what it brought before",
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
    (("unreported_days", "unvalued_days", "uncosted_days"), detectors.unreported_days),
    (("uncounted_clicks", "uncounted_days"), detectors.never_counted),
    (("spend_vs_budget",), detectors.spend_vs_budget),
    (("spend_vs_usual", "spend_excess"), detectors.spend_vs_usual),
    (("unit_jump", "unit_days"), detectors.unit_jump),
    (("spend_swing",), detectors.spend_swing),
    (("month_used",), detectors.month_used),
    (
        ("stopped_days", "silent_days", "usual_showings", "usual_share"),
        delivery,
    ),
    (("late_days",), detectors.late_days),
    (("own_late_days",), detectors.own_late_days),
    (("fatigue", "ctr_fall", "frequency_rise", "clicks_lost"), wear.fatigue),
    (("market_cpm",), common_movement.market_cpm),
    (("cost_break", "cost_relief"), drift.breaks),
    (("days_since_budget_change", "budget_change", "results_since_change"), drift.budget_change),
    (("results",), drift.recent_results),
    (("age_days",), drift.age_days),
    (("gap_days",), gap_days),
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
