"""Where a campaign broke: the tag, the page, the auction or the audience, and since when.

Do people tire of an ad: clicks slide while each person sees it more often.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bot.numbers.forecast.reporting_lag import USUALLY_FULL
from bot.numbers.metrics.sums import Bools, Floats, divided, filled, pieces
from bot.numbers.signals import history_panel as steps
from bot.numbers.signals.change_points import RateStep, scans
from bot.numbers.signals.common_movement import (
    common,
    market_of,
    row_medians,
    seasoned,
    without_market,
)
from bot.numbers.signals.detectors import account_loss, silence
from bot.numbers.signals.history_panel import HORIZON, FunnelStep, HistoryPanel
from bot.numbers.signals.late_results import (
    disproved,
    explained,
    less_explained,
    likeliest,
    stepped,
)
from bot.numbers.signals.spend_levels import NewLevel

HALVED, FEWER_VISITS, THINNED, DOUBLED = 0.6, 0.55, 0.6, 2.0
"""What a rate is held against: a lost half, a price up by two thirds, a second tag."""
SURE = 3.4
"""Nats from which a break starts the campaign's windows anew."""
_PAGE_FIRST = 6  # days; where visits are not told, the page is looked at first, then the tag
_FELL, _HALF = 2.5, 0.5

NAMES = (
    "silence", "account_loss", "tag_fault", "page_fault", "rate_left", "fault_days",
    "counted_double", "double_rate", "showings_fault", "showings_left", "audience_fault",
    "audience_left", "fault_least", "fault_most", "break_since", "new_level", "level_rate",
    "level_days", "level_paid", "account_days", "account_left",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class BreakSignals:
    """The likeliest break of every step up to the result, and days of outages.

    Attributes:
        plain: Results out of clicks, without an outage that is over.
    """

    dark: Bools
    level: NewLevel
    level_paid: Floats
    rate: RateStep
    jump: RateStep
    visits: RateStep
    plain: FunnelStep

    @classmethod
    def of(cls, scene: HistoryPanel) -> BreakSignals:
        """Scan every step. Days of an outage that is over are no evidence of any rate.

        Nor are those before a rate came to its new level.
        """
        every = steps.results_a_click(scene)
        level = NewLevel.of_late(every, _unwatched(scene), scene.counted_alike)
        results = every.without(level.before(level.settled))
        dark = steps.dark_days(results)
        over = dark & (np.cumsum(results.count, axis=1) < results.count.sum(axis=1)[:, None])
        plain = results.without(over)
        cleaned = seasoned(plain, scene.stages)
        early = cleaned.less_full(_maybe_late(cleaned, scene), USUALLY_FULL)
        money = _paid(scene, cleaned)
        late = money if early is cleaned else _paid(scene, early)
        rate, cost, jump, dearer, visits = scans(
            (
                (early, HALVED),
                (late, HALVED**_HALF),
                (cleaned.without(dark), DOUBLED),
                (money.without(dark), DOUBLED**_HALF),
                (steps.visits_a_click(scene), FEWER_VISITS),
            )
        )
        fell, rose = _both(rate, cost), _both(jump, dearer)
        paid = level.beside(_paid(scene, every))
        return cls(dark, level, paid, _not_late(fell, early, scene), rose, visits, plain)

    @classmethod
    def at(cls, scene: HistoryPanel) -> BreakSignals:
        """The same, scanned once a scene."""
        return scene.once("troubles", cls.of)


def _bought(scene: HistoryPanel) -> tuple[RateStep, ...]:
    """The likeliest breaks of showings a unit of money and of people a showing."""
    return scene.once(
        "bought",
        lambda panel: scans(
            (
                (without_market(steps.showings_a_unit(panel), panel), THINNED),
                (without_market(steps.people_a_showing(panel), panel), THINNED),
            )
        ),
    )


def _paid(scene: HistoryPanel, results: FunnelStep) -> FunnelStep:
    """The same results out of the money that brought the clicks."""
    return FunnelStep.of(
        np.where(results.exposure > 0, results.count, np.nan), _spend(scene, results)
    )


def _spend(scene: HistoryPanel, step: FunnelStep) -> Floats:
    clicks = np.where(scene.column("clicks") > 0, scene.column("clicks"), np.nan)
    return filled(scene.column("spend") * step.exposure / clicks)


def _both(rate: RateStep, cost: RateStep) -> RateStep:
    """A rate by click counts only where half of it shows in the price too, more likely than not.

    Fewer clicks that buy as much, or more that buy no more, are no fault of page or tag.
    """
    real = cost.nats > 0
    return replace(rate, nats=np.where(np.isnan(rate.nats) | real, rate.nats, 0.0))


def _unwatched(scene: HistoryPanel) -> Bools:
    """Campaigns whose newest results may still come in: of sales nobody has watched arrive."""
    return np.asarray(scene.unlearned & steps.sells(scene))


def _maybe_late(results: FunnelStep, scene: HistoryPanel) -> Bools:
    """Campaigns nobody has watched, but those whose neighbours' newest days are full."""
    if not _unwatched(scene).any():
        return _unwatched(scene)
    usual = USUALLY_FULL.of_days(HORIZON)
    full = np.broadcast_to(usual, results.count.shape)[0]
    known = disproved(results.count, results.exposure, full, scene.counted_alike)
    return np.asarray(_unwatched(scene) & ~known & ~_fell(scene))


def _fell(scene: HistoryPanel) -> Bools:
    """Campaigns whose account fell in one step: that is no lateness. Days of outages count too."""
    every = steps.results_a_click(scene)
    return stepped(every.count, every.exposure, scene.counted_alike)


def _due(results: FunnelStep, scene: HistoryPanel) -> FunnelStep:
    """The same, days of campaigns nobody has watched as full as their likeliest lateness says."""
    if not _unwatched(scene).any():
        return results
    shares = likeliest(results.count, results.exposure, scene.counted_alike)
    full = np.where((_unwatched(scene) & ~_fell(scene))[:, None], shares, 1.0)
    return replace(results, exposure=results.exposure * full)


def _not_late(fell: RateStep, results: FunnelStep, scene: HistoryPanel) -> RateStep:
    """Falls that results which are still to come do not explain (`late_results`)."""
    if not _unwatched(scene).any():
        return fell
    late = explained(results.count, results.exposure, scene.counted_alike) / results.phi
    nats = less_explained(fell.nats, fell.since, fell.change, late, _unwatched(scene))
    return replace(fell, nats=nats)


def troubles(scene: HistoryPanel) -> tuple[Floats, ...]:
    """Every sign of a break, in the order of `NAMES`; nats against chance unless said otherwise.

    Results a click that fell while the price of a result rose are the page's where visits a click
    fell as well, the tag's (or the checkout's) where visits held. Where no visits are told nobody
    can know: the page for six days, as the commoner fault, then the tag. Showings a unit of money
    that fell are the auction's, people a showing the audience's. Source: STATISTICS.md, "The
    design", 11; each test is `scan.scan`, `faults.silence` or `faults.account_loss`.
    """
    breaks, (showings, people) = BreakSignals.at(scene), _bought(scene)
    tag, page, rate_left, days, least, most = _blamed(breaks.rate, breaks.visits)
    due = _due(breaks.plain, scene)
    account, account_days, account_left = account_loss(scene, due)
    return (
        silence(due), account, tag, page, rate_left, days,
        breaks.jump.nats, breaks.jump.change, showings.nats, showings.change,
        people.nats, people.change, least, most, break_since(scene),
        breaks.level.news, breaks.level.change, breaks.level.since, breaks.level_paid,
        account_days, account_left,
    )  # fmt: skip


def _blamed(rate: RateStep, visits: RateStep) -> tuple[Floats, ...]:
    """Tag, page, what is left, days since, and the least and most of them."""
    visits_known, fell = ~np.isnan(visits.nats), visits.nats > _FELL
    page_first = np.where(visits_known, fell, rate.since <= _PAGE_FIRST)
    page = np.where(page_first, np.fmax(rate.nats, np.where(fell, visits.nats, np.nan)), 0.0)
    tag = np.where(page_first, 0.0, rate.nats)
    of_visits = fell & (visits.nats > filled(rate.nats))
    sides = (
        np.where(of_visits, of_page, of_rate)
        for of_page, of_rate in (
            (visits.change, rate.change), (visits.since, rate.since),
            (visits.least, rate.least), (visits.most, rate.most),
        )
    )  # fmt: skip
    unknown = np.isnan(rate.nats) & ~visits_known
    return tuple(np.where(unknown, np.nan, values) for values in (tag, page, *sides))


def untrusted_days(scene: HistoryPanel) -> Bools:
    """Campaign x day, whether results of that day tell nothing of the campaign.

    Days of an outage, present or past, those since results surely began to be lost or to be counted
    twice, and those before a rate changed as far as only another definition changes it. Whoever
    learns from results leaves them out; spend and clicks of them stand.
    """
    breaks = BreakSignals.at(scene)
    place = np.arange(HORIZON)[None, :]
    tag = _blamed(breaks.rate, breaks.visits)[0]
    doubtful = ((tag, breaks.rate.since), (breaks.jump.nats, breaks.jump.since))
    spans = [
        (nats > SURE)[:, None] & (place >= HORIZON - filled(since)[:, None])
        for nats, since in doubtful
    ]
    before = breaks.level.before(breaks.level.extreme)
    return np.asarray(np.logical_or.reduce([breaks.dark, before, *spans]))


def break_since(scene: HistoryPanel) -> Floats:
    """Days since the surest break of each campaign, NaN where none is sure: there windows start."""
    breaks = BreakSignals.at(scene)
    shifts = (breaks.rate, breaks.jump, breaks.visits, *_bought(scene))
    nats = np.stack([filled(shift.nats) for shift in shifts])
    since = np.stack([shift.since for shift in shifts])
    best, campaigns = np.argmax(nats, axis=0), np.arange(nats.shape[1])
    return np.where(nats[best, campaigns] > SURE, since[best, campaigns], np.nan)


SLIDES = tuple(range(5, 17))
_BASE_DAYS, _FEWEST_BEFORE, _FEWEST_SINCE = 35, 14, 4
_STEADIEST = 0.02  # a day: nothing is steadier than that
_ADRIFT = 0.04  # how far the level before may be from the level now without anybody tiring
_ENDS = 4  # days by which the end of a slide is told
_FOLLOWS = 0.3  # how far click rate and frequency may follow the money, log on log
_EACH_Z, _MORE_OFTEN = 1.25, 0.15
_WEEK, _MONTH, _CHEAPER, _SURELY = 7, 28, 1.1, 2.0
_ALONE = 1.25  # standard deviations more, where nobody tells how often people see it


def fatigue(scene: HistoryPanel) -> tuple[Floats, Floats, Floats, Floats]:
    """How surely people have seen too much of it: clicks slide while each sees it more often.

    Log CTR (and log showings a person and day) y over the last L = 5 to 16 days, less the mean b of
    the 35 days before, is held against a slide tau = 1, 2, … L:

        z_L = sum tau (y - b) / sd / sqrt(sum tau^2 + (sum tau)^2 v)

    where v = 1/n + (drift / sd)^2 is what b itself is unsure by, and sd the spread of single days
    before; drift is 0.04, and 0.3 of how far the campaign's spend has moved. Both logs are what is
    left when the market's own movement is taken off (`common`). Together (z1 + z2) / sqrt(2) of
    one L where each is over 1.25 and people see it at least 15 % more often (in logs, the mean of
    the last four days), else 0; the CTR's own less 1.25 where no reach is told. The largest over L
    counts. Frequency is the steadier of the two, some 3 % from day to day: it tells how far an ad
    has worn long before clicks do, and every ad wears a little. A slide is what fatigue looks
    like: the mean of a week sees it half as soon. While a result costs less than it did, nobody
    tires: 0. Source: STATISTICS.md, "The design", 11, as a matched filter.

    Returns:
        `fatigue`, `ctr_fall` and `frequency_rise`, in standard deviations, and `clicks_lost`: the
        share of its clicks a showing has lost in the last four days of the surest slide; NaN with
        fewer than 14 of the days before or 4 since.
    """
    clicks, impressions, reach = (scene.column(n) for n in ("clicks", "impressions", "reach"))
    rate, often = (_beside_others(scene, values) for values in (
        divided(clicks, impressions), divided(impressions, reach)))  # fmt: skip
    moved = _moved(scene)
    falls, ends = _slides(-rate, _counting(clicks), moved)
    rises, more = _slides(often, np.zeros(scene.count), moved)
    both = (falls >= _EACH_Z) & (rises >= _EACH_Z) & (more >= _MORE_OFTEN)
    joint = np.where(both, (falls + rises) / np.sqrt(2.0), 0.0)
    alone = np.where(np.isnan(rises), np.fmax(falls - _ALONE, 0.0), joint)
    together = np.where(np.isnan(falls), np.nan, np.where(_cheaper(scene), 0.0, alone))
    spoken = filled(together).any(axis=0)
    best = np.argmax(filled(np.where(spoken, together, falls), -np.inf), axis=0)
    lost = -np.expm1(-ends[best, np.arange(scene.count)])
    return _most(together), _most(falls), _most(rises), lost


def _cheaper(scene: HistoryPanel) -> Bools:
    """Whether a result surely costs a tenth less this week than in the four weeks before."""
    paid = ~np.isnan(scene.results) & (scene.column("spend") > 0)
    results = np.where(paid, scene.results, 0.0)
    money = np.where(paid, scene.column("spend"), 0.0) * scene.complete
    (k, spent), (before, source) = (
        [scene.last(part, days, skip=skip).sum(axis=1) for part in (results, money)]
        for days, skip in ((_WEEK, 0), (_MONTH, _WEEK))
    )
    foretold = spent * divided(before, source)
    return np.asarray(k > _CHEAPER * foretold + _SURELY * np.sqrt(foretold))


def _beside_others(scene: HistoryPanel, values: Floats) -> Floats:
    """Logs, what the campaign's market shares taken off."""
    logs = np.log(np.where(values > 0, values, np.nan))
    return np.asarray(logs - common(logs, market_of(scene)))


def _moved(scene: HistoryPanel) -> Floats:
    """How far spend of each day is from the campaign's median, in logs: more money, other people.

    Clicks a showing and showings a person follow the budget; what a move of it may do to them is no
    slide of theirs.
    """
    spend = scene.column("spend")
    logs = np.log(np.where(spend > 0, spend, np.nan))
    return np.asarray(filled(logs - row_medians(logs)[:, None]))


def _counting(clicks: Floats) -> Floats:
    """The spread of a day's log that counting alone makes: 1 / sqrt(clicks a day)."""
    usual = divided(np.nansum(clicks, axis=1), (clicks > 0).sum(axis=1).astype(np.float64))
    return np.sqrt(divided(np.ones(len(clicks)), usual))


def _slides(logs: Floats, least: Floats, moved: Floats) -> tuple[Floats, Floats]:
    """Standard deviations, and where the slide ends, by length of slide: lengths x campaigns."""
    out = np.full((2, len(SLIDES), len(logs)), np.nan)
    least = np.fmax(filled(least), _STEADIEST)
    for part in pieces(len(logs), 4) if not np.isnan(logs).all() else ():
        slides = [_slide(logs[part], least[part], moved[part], length) for length in SLIDES]
        out[:, :, part] = np.stack(slides, axis=1)
    return out[0], out[1]


def _slide(logs: Floats, least: Floats, moved: Floats, length: int) -> Floats:
    """Standard deviations of a slide of so many days, and its last four days: 2 x campaigns."""
    before = logs[:, HORIZON - length - _BASE_DAYS : HORIZON - length]
    since = logs[:, HORIZON - length :]
    usual, measured = ~np.isnan(before), ~np.isnan(since)
    n = usual.sum(axis=1).astype(np.float64)
    level = divided(np.where(usual, before, 0.0).sum(axis=1), n)
    away = np.where(usual, before - level[:, None], 0.0)
    spread = np.fmax(np.sqrt(divided((away**2).sum(axis=1), n - 1)), least)
    tau = np.where(measured, np.arange(1.0, length + 1), 0.0)
    pull = (tau * np.where(measured, since - level[:, None], 0.0)).sum(axis=1)
    money = (moved[:, HORIZON - length :].mean(axis=1)
             - moved[:, HORIZON - length - _BASE_DAYS : HORIZON - length].mean(axis=1))  # fmt: skip
    adrift = np.hypot(_ADRIFT, _FOLLOWS * money)
    unsure = 1 / np.maximum(n, 1.0) + (adrift / spread) ** 2
    size = np.sqrt((tau**2).sum(axis=1) + tau.sum(axis=1) ** 2 * unsure)
    both = np.stack([divided(pull / spread, size), _mean(since[:, -_ENDS:]) - level])
    return np.where(_enough(measured, n), both, np.nan)


def _mean(values: Floats) -> Floats:
    return divided(np.nansum(values, axis=1), (~np.isnan(values)).sum(axis=1).astype(np.float64))


def _enough(measured: Bools, before: Floats) -> Bools:
    return np.asarray((measured.sum(axis=1) >= _FEWEST_SINCE) & (before >= _FEWEST_BEFORE))


def _most(values: Floats) -> Floats:
    measured = ~np.isnan(values).all(axis=0)
    return np.where(measured, filled(values, -np.inf).max(axis=0), np.nan)
