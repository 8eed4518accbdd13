"""Has a campaign stopped being shown, and may it: held against its own calendar and its account's.

A day off by weekday, a pause such as there were before, a row the platform leaves out: none of them
is news. What is left is a campaign that ought to run and does not.
"""

from __future__ import annotations

import numpy as np

from bot.numbers.metrics.sums import Bools, Floats, Ints, divided, newest_place
from bot.numbers.signals.common_movement import row_medians
from bot.numbers.signals.delivery_calendar import runs_on, shown_days
from bot.numbers.signals.history_panel import HORIZON, HistoryPanel

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
    spend = np.nan_to_num(row_medians(np.where(before, scene.column("spend"), np.nan)))
    size = int(scene.accounts.max(initial=-1)) + 1
    totals = np.bincount(scene.accounts, weights=spend, minlength=size).astype(np.float64)
    share = np.nan_to_num(divided(spend, totals[scene.accounts]))
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
    alive, spend = shown_days(scene), np.nan_to_num(scene.column("spend"))
    first_shown = np.where(alive.any(axis=1), np.argmax(alive, axis=1), HORIZON)
    stopped = (last_shown >= 0) & (last_shown < HORIZON - 1)
    relieved = np.zeros(scene.count, dtype=bool)
    daily = divided((spend * alive).sum(axis=1), alive.sum(axis=1).astype(np.float64))
    cost = np.nan_to_num(daily)
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
