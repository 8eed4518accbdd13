"""What is broken rather than bad: tracking, spend, delivery, freshness.

Is anything counted at all: by one campaign, or by an account all at once.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from bot.numbers.metrics.sums import Bools, Floats, Ints, divided, filled, newest_place
from bot.numbers.signals.change_points import LEAST_BEFORE
from bot.numbers.signals.delivery_calendar import days_behind, reports_on, runs_on
from bot.numbers.signals.history_panel import (
    HORIZON,
    FunnelStep,
    HistoryPanel,
    longest_silence,
    per_expected,
)
from bot.numbers.signals.late_results import unreported

TRACKED = ("conversions", "leads", "landing_views")
ANOTHER_UNIT = 30.0
"""Times a price was, beyond which it is in another unit: no market's price does that in a day."""
_RATE_DAYS = 56
_FEWEST_RESULTS = 5.0
_SWINGS, _NORMAL = 4.0, 1.4826
_MONTH = 30.4  # days; the month Google bills a daily budget over


def outage(scene: HistoryPanel) -> tuple[Floats, Floats, Floats]:
    """Results that clicks foretell since anything was last counted; those days, and their clicks.

    For conversions, leads and landing views each: the newest run of days with clicks on which 0
    was counted; expected = clicks on them x completion x own rate of the 56 days before (at least 5
    results). The highest of the three counts. Source: STATISTICS.md, "The design", 11 (results 0
    while clicks foretell more than 7).

    Returns:
        Expected results, days and clicks of the run; 0 where the last day counted something, NaN
        where a rate is not known.
    """
    silences = zip(*(_silence(scene, name) for name in TRACKED), strict=True)
    expected, days, clicks = map(np.stack, silences)
    worst = np.argmax(filled(expected, -1.0), axis=0)
    campaigns = np.arange(scene.count)
    return expected[worst, campaigns], days[worst, campaigns], clicks[worst, campaigns]


def _silence(scene: HistoryPanel, column: str) -> tuple[Floats, Floats, Floats]:
    if not scene.has(column, "clicks"):
        nothing = np.full(scene.count, np.nan)
        return nothing, nothing, nothing
    counted, clicks = scene.column(column), scene.column("clicks")
    measured = ~np.isnan(counted) & ~np.isnan(clicks)
    newest_counted = newest_place(measured & (counted > 0))[:, None]
    place = np.arange(HORIZON)[None, :]
    before = measured & (place <= newest_counted) & (place > newest_counted - _RATE_DAYS)
    run = measured & (place > newest_counted)
    results_before = np.where(before, counted, 0.0).sum(axis=1)
    rate = divided(results_before, np.where(before, clicks, 0.0).sum(axis=1))
    foretold = np.where(run, clicks * scene.complete, 0.0).sum(axis=1) * rate
    enough = results_before >= _FEWEST_RESULTS
    days = run.sum(axis=1).astype(np.float64)
    run_clicks = np.where(run, clicks, 0.0).sum(axis=1)
    unknown = ~enough
    foretold[unknown] = days[unknown] = run_clicks[unknown] = np.nan
    return foretold, days, run_clicks


def unreported_days(scene: HistoryPanel) -> tuple[Floats, Floats, Floats]:
    """Days since results, what they are worth, and what ads cost are not reported while ads go on.

    Results are conversions and leads, whichever is missing longer (`late_results.unreported`);
    their value is `revenue`, told of where the results themselves still come.
    """
    paid = (scene.column("spend") > 0) | (scene.column("clicks") > 0)
    conversions, leads, value = (
        unreported(scene.column(name), paid) for name in ("conversions", "leads", "revenue")
    )
    results = np.fmax(conversions, leads)
    shown = (scene.column("clicks") > 0) | (scene.column("impressions") > 0)
    return results, np.where(results > 0, 0.0, value), unreported(scene.column("spend"), shown)


def never_counted(scene: HistoryPanel) -> tuple[Floats, Floats]:
    """Clicks of an account that has never counted a result, and the days they came on.

    A column of zeros from the first day on is a conversion nobody set up, or a report without it,
    sooner than ads that never sold anything. One value a campaign, the same for all of an account;
    0 where anything was counted in the last 91 days, NaN where no results are reported at all, or
    of one campaign only: nothing sold there is nothing sold.
    """
    counted = [scene.column(name) for name in ("conversions", "leads")]
    reported: Bools = np.asarray(~np.isnan(counted[0]) | ~np.isnan(counted[1]))
    results = np.nan_to_num(counted[0]) + np.nan_to_num(counted[1])
    clicks = np.where(reported, np.nan_to_num(scene.column("clicks")), 0.0)
    size = int(scene.accounts.max(initial=-1)) + 1
    totals, found = (np.zeros((size, HORIZON)) for _ in range(2))
    np.add.at(totals, scene.accounts, clicks)
    np.add.at(found, scene.accounts, results)
    known = _summed(scene.accounts, np.asarray(reported.any(axis=1)), size) > 1
    silent = known & (found.sum(axis=1) == 0)
    sums = (
        np.where(silent, totals.sum(axis=1), 0.0),
        np.where(silent, (totals > 0).sum(axis=1), 0.0),
    )
    clicked, days = (np.where(known, part, np.nan)[scene.accounts] for part in sums)
    return clicked, days


def spend_vs_budget(scene: HistoryPanel) -> Floats:
    """Spend of the last day over its daily budget (the newest of the last 7 days).

    Source: RULES.md, spend over the channel's own daily allowance.
    """
    return divided(scene.column("spend")[:, -1], newest_budget(scene))


def spend_vs_usual(scene: HistoryPanel) -> tuple[Floats, Floats]:
    """Spend of the last day over the median of the same weekday in the 8 weeks before; and beyond.

    How many times it was, and by how much money a day it was above.

    Fewer than 6 such days: the largest of their median (3 at least) and that of the 14 days before
    (5 at least): a campaign that is still growing is held against what it does now. Days without
    spend are days off and count for neither. Where budgets are known, a day counts as it would
    have been at the last day's budget: money that somebody moved here is no surprise. Source:
    RULES.md, over 2x its own weekday median.
    """
    spend = scene.column("spend") * _budget_since(scene)
    running = np.where(spend > 0, spend, np.nan)
    weekday = running[:, HORIZON - 1 - 56 : HORIZON - 1 : 7]
    recent = _median(scene.last(running, 14, skip=1), fewest=5)
    young = np.fmax(_median(weekday, fewest=3), recent)
    usual = _median(weekday, fewest=6)
    usual = np.where(np.isnan(usual), young, usual)
    return divided(spend[:, -1], usual), spend[:, -1] - usual


def unit_jump(scene: HistoryPanel) -> tuple[Floats, Floats]:
    """How many times its price became from one day on, every day; and for how many days since.

    A price may double. That every day since costs `ANOTHER_UNIT` times the dearest day before (or a
    part of the cheapest), a showing and a click alike, is another unit: micros, cents, a currency.
    NaN where nobody knows three days before; 1 and 0 where none jumped in the last 28 days.
    """
    spend = scene.column("spend")
    prices = [divided(spend, scene.column(counted)) for counted in ("impressions", "clicks")]
    prices = [np.where(price > 0, price, np.nan) for price in prices]
    priced = ~np.isnan(prices[0]) | ~np.isnan(prices[1])
    jumps = np.zeros(priced.shape, dtype=bool)
    far = np.flatnonzero(np.logical_and.reduce([_ever_apart(price) for price in prices]))
    jumps[far] = np.logical_and.reduce([_apart(price[far]) for price in prices])
    early = np.cumsum(priced, axis=1) - priced < 3
    jumps &= priced & ~early
    jumps[:, : HORIZON - 28] = False
    times, days = np.ones(scene.count), np.zeros(scene.count)
    for row in np.flatnonzero(jumps.any(axis=1)):
        day = int(np.argmax(jumps[row]))
        price = next(price[row] for price in prices if np.isfinite(price[row]).any())
        times[row] = np.nanmedian(price[day:]) / np.nanmedian(price[:day])
        days[row] = HORIZON - day
    unknown = priced.sum(axis=1) <= 3
    return np.where(unknown, np.nan, times), np.where(unknown, np.nan, days)


def _ever_apart(price: Floats) -> Bools:
    """Whether a price was ever so far from what it was on another day; true where none is known."""
    low, high = (find.reduce(price, axis=1, initial=np.nan) for find in (np.fmin, np.fmax))
    return np.asarray(np.isnan(low) | (high >= ANOTHER_UNIT * low))


def _apart(price: Floats) -> Bools:
    """Days from which on a price is far from every one before; all days where none is known."""
    low, high = np.where(np.isnan(price), np.inf, price), np.where(np.isnan(price), 0.0, price)
    before_low = np.minimum.accumulate(low, axis=1)[:, :-1]
    before_high = np.maximum.accumulate(high, axis=1)[:, :-1]
    since_low = np.minimum.accumulate(low[:, ::-1], axis=1)[:, ::-1][:, 1:]
    since_high = np.maximum.accumulate(high[:, ::-1], axis=1)[:, ::-1][:, 1:]
    up = (before_high > 0) & (since_low >= ANOTHER_UNIT * before_high) & np.isfinite(since_low)
    down = (since_high > 0) & (since_high * ANOTHER_UNIT <= before_low) & np.isfinite(before_low)
    unknown = np.logical_and.reduce(np.isnan(price), axis=1)[:, None]
    return np.pad(up | down | unknown, ((0, 0), (1, 0)))


def spend_swing(scene: HistoryPanel) -> Floats:
    """How far over a usual day, in times, the campaign's own days go for no reason.

    exp(4 sd) of log spend at one budget over the 28 days before the last, the deviation told by the
    median distance from the median (x 1.4826), so that an earlier jump does not excuse the next;
    four, as heavy tails reach three. NaN with fewer than seven such days.
    """
    spend = scene.last(scene.column("spend") * _budget_since(scene), 28, skip=1)
    logs = np.log(np.where(spend > 0, spend, np.nan))
    away = np.abs(logs - _median(logs, fewest=1)[:, None])
    return np.exp(_SWINGS * _NORMAL * _median(away, fewest=7))


def _budget_since(scene: HistoryPanel) -> Floats:
    """The last day's budget over each day's, campaign x day; 1 where either is not known."""
    budgets = scene.column("daily_budget")
    ratios = divided(np.broadcast_to(budgets[:, -1:], budgets.shape), budgets)
    return np.where(np.isnan(ratios), 1.0, ratios)


def month_used(scene: HistoryPanel) -> Floats:
    """Spend of the month so far over what its daily budgets allow for the whole month.

    Allowed is each day's own budget so far (the newest where a day's is not known) and the newest
    for what is left of 30.4 days: who lowers a budget in mid-month has not overspent what was
    allowed until then. Source: RULES.md.
    """
    last_day = scene.as_of - timedelta(1)
    spend, budgets = (
        scene.last(scene.column(name), last_day.day) for name in ("spend", "daily_budget")
    )
    total = np.where(np.isnan(spend).all(axis=1), np.nan, np.nansum(spend, axis=1))
    newest = newest_budget(scene)
    so_far = np.where(np.isnan(budgets), newest[:, None], budgets).sum(axis=1)
    return divided(total, so_far + max(_MONTH - last_day.day, 0.0) * newest)


def newest_budget(scene: HistoryPanel) -> Floats:
    """The newest daily budget of the last 7 days, currency units."""
    budgets = scene.last(scene.column("daily_budget"), 7)
    places = newest_place(~np.isnan(budgets))
    amounts = budgets[np.arange(scene.count), places]
    return np.where(places >= 0, amounts, np.nan)


def late_days(scene: HistoryPanel) -> Floats:
    """Days its account was due to have rows on since the last one it has. 0: up to date."""
    return days_behind(scene.feed, reports_on(scene) & scene.due)


def own_late_days(scene: HistoryPanel) -> Floats:
    """Days the campaign was expected to run on since its own last row. 0: up to date."""
    return days_behind(scene.history.rows, runs_on(scene) & reports_on(scene) & scene.due)


def _median(values: Floats, fewest: int) -> Floats:
    """The median of what is there, NaN with fewer than so many."""
    if values.shape[1] == 0:
        return np.full(len(values), np.nan)
    ordered = np.sort(values, axis=1)  # what is missing comes last
    counts = np.count_nonzero(~np.isnan(values), axis=1)
    rows = np.arange(len(values))
    low, high = (ordered[rows, np.maximum(place, 0) // 2] for place in (counts - 1, counts))
    return np.where(counts >= max(fewest, 1), (low + high) / 2, np.nan)


_HALF = 0.5
_GONE = (0.1, 0.45)  # what an account's results may fall to: nearly nothing, or the half of it
_ACCOUNT_SPLITS = tuple(range(1, 15))
_FEWEST_CAMPAIGNS = 2


def silence(step: FunnelStep) -> Floats:
    """Nats against chance for the days since anything was last counted, one a campaign.

    -ln P(0) = K' ln(1 + g m phi / M), K' = K / phi, g = ln phi / (phi - 1): the chance of no result
    out of exposure m under a negative binomial with variance phi x mean, its rate known from K
    results out of M in the 56 days before (gamma). For large M it is g mu: with phi = 1 each
    expected result is worth one nat, with phi = 2 seven tenths.

    Less half of what the campaign's longest silence of the last 91 days came to, outages apart:
    where results come in clusters, silence is cheap.

    Returns:
        0 where the last day counted something; NaN with fewer than 8 results before.
    """
    place = np.arange(HORIZON)[None, :]
    counted = np.where(step.count > 0, place, -1)
    newest_counted = counted.max(axis=1, initial=-1)[:, None]
    before = (place <= newest_counted) & (place > newest_counted - _RATE_DAYS)
    m = np.where(place > newest_counted, step.exposure, 0.0).sum(axis=1)
    results_before = np.where(before, step.count, 0.0).sum(axis=1)
    source = np.where(before, step.exposure, 0.0).sum(axis=1)
    share = divided(m, source) * step.phi * per_expected(step.phi)
    nats = results_before / step.phi * np.log1p(share)
    net_nats = np.fmax(nats - _HALF * longest_silence(step), 0.0)
    return np.where(results_before >= LEAST_BEFORE, net_nats, np.nan)


def account_loss(scene: HistoryPanel, step: FunnelStep) -> tuple[Floats, Floats, Floats]:
    """Nats for an account counting a tenth or a half of what its clicks foretell, all at once.

    And the days since then, and the share of what its clicks foretell that is still counted.

    The scan's ratio over the account's results against what each campaign's own rate of the six
    weeks before foretells; without its largest campaign it must hold as well, so that one broken
    campaign does not speak for all. One value a campaign, the same for all of an account; 0 for
    one of which nothing was to be expected, NaN with fewer than 2 campaigns counted.
    """
    found = [_account(scene.accounts, step, days) for days in _ACCOUNT_SPLITS]
    nats = np.stack([np.fmax(*evidence) for evidence, _ in found])
    best, campaigns = np.argmax(filled(nats, -np.inf), axis=0), np.arange(scene.count)
    unknown = np.isnan(nats).all(axis=0)
    left = np.stack([share for _, share in found])[best, campaigns]
    days = np.array(_ACCOUNT_SPLITS, dtype=np.float64)[best]
    most = filled(nats).max(axis=0)
    return (
        np.where(unknown, np.nan, most),
        np.where(unknown, np.nan, days),
        np.where(unknown, np.nan, left),
    )


def _account(accounts: Ints, step: FunnelStep, days: int) -> tuple[list[Floats], Floats]:
    base = slice(HORIZON - days - 42, HORIZON - days)
    before, source = step.count[:, base].sum(axis=1), step.exposure[:, base].sum(axis=1)
    counted = before >= LEAST_BEFORE
    k, m = (part[:, HORIZON - days :].sum(axis=1) for part in (step.count, step.exposure))
    foretold = np.where(counted, filled(divided(before, source)) * m, 0.0)
    parts = [np.where(counted, part, 0.0) for part in (k, foretold, before)]
    largest = _largest(accounts, foretold)
    size = int(accounts.max(initial=-1)) + 1
    account_totals = [_summed(accounts, part, size) for part in parts]
    remaining_totals = [w - part[largest] for w, part in zip(account_totals, parts, strict=True)]
    phi = divided(_summed(accounts, foretold * step.phi, size), account_totals[1])
    enough = _summed(accounts, counted & (m > 0), size) >= _FEWEST_CAMPAIGNS
    nats = [
        np.fmin(
            *(
                ratio(k, mu, results_before, results_before, factor) / phi
                for k, mu, results_before in (account_totals, remaining_totals)
            )
        )
        for factor in _GONE
    ]
    campaign_nats = (np.where(enough, account_nats, np.nan)[accounts] for account_nats in nats)
    left = divided(account_totals[0], account_totals[1])[accounts]
    return [np.where(counted, evidence, np.nan) for evidence in campaign_nats], left


def _summed(accounts: Ints, values: Floats | Bools, size: int) -> Floats:
    return np.bincount(accounts, weights=values, minlength=size).astype(np.float64)


def _largest(accounts: Ints, values: Floats) -> Ints:
    """The place of each account's largest value."""
    order = np.lexsort((values, accounts))
    ends = np.searchsorted(accounts[order], np.arange(int(accounts.max(initial=-1)) + 1), "right")
    return np.asarray(order[ends - 1], dtype=np.int64)


def ratio(k: Floats, m: Floats, before: Floats, source: Floats, factor: float) -> Floats:
    """The log likelihood ratio k ln c - (K + k) ln((M + c m) / (M + m)) of k results out of m.

    Given the sum of results before (K out of M) and since, after a step by c: Przyborowski and
    Wilenski's (1940) comparison of two Poisson means; k ln c - mu (c - 1) for large M.
    """
    mixed = np.log(np.maximum(divided(source + factor * m, source + m), 1e-12))
    return np.asarray(k * np.log(factor) - (before + k) * mixed, dtype=np.float64)
