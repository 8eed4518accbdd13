"""Where a campaign broke: the tag, the page, the auction or the audience, and since when.

Do people tire of an ad: clicks slide while each person sees it more often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.numbers.metrics.sums import Bools, Floats, divided, pieces
from bot.numbers.signals import history_panel as steps
from bot.numbers.signals.change_points import Shift, scans
from bot.numbers.signals.detectors import account_loss, silence
from bot.numbers.signals.history_panel import HORIZON, Scene, Step

HALVED, FEWER_VISITS, THINNED, DOUBLED = 0.5, 0.55, 0.6, 2.0
"""What a rate is held against: a lost half, a price up by two thirds, a second tag."""
SURE = 3.4
"""Nats from which a break starts the campaign's windows anew."""
_PAGE_FIRST = 6  # days; where visits are not told, the page is looked at first, then the tag
_FELL, _COST_TOO = 2.5, 1.0

NAMES = (
    "silence", "account_loss", "tag_fault", "page_fault", "rate_left", "fault_days",
    "counted_double", "double_rate", "showings_fault", "showings_left", "audience_fault",
    "audience_left", "break_since",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Troubles:
    """Every step's likeliest break, one `Shift` each, and days of outages and lost accounts."""

    silence: Floats
    account_loss: Floats
    dark: Bools
    rate: Shift
    jump: Shift
    visits: Shift
    showings: Shift
    people: Shift

    @classmethod
    def of(cls, scene: Scene) -> Troubles:
        """Scan every step. Days of an outage that is over are no evidence of any rate."""
        results = steps.results_a_click(scene)
        dark = steps.dark_days(results)
        over = dark & (np.cumsum(results.count, axis=1) < results.count.sum(axis=1)[:, None])
        cleaned = results.without(over)
        money = Step.of(
            np.where(cleaned.exposure > 0, cleaned.count, np.nan), _spend(scene, cleaned)
        )
        rate, cost, jump, dearer, visits, showings, people = scans(
            (
                (cleaned, HALVED),
                (money, HALVED),
                (cleaned.without(dark), DOUBLED),
                (money.without(dark), DOUBLED),
                (steps.visits_a_click(scene), FEWER_VISITS),
                (steps.showings_a_unit(scene), THINNED),
                (steps.people_a_showing(scene), THINNED),
            )
        )
        fell, rose = _both(rate, cost), _both(jump, dearer)
        lost = silence(cleaned), account_loss(scene, cleaned)
        return cls(*lost, dark, fell, rose, visits, showings, people)

    @classmethod
    def at(cls, scene: Scene) -> Troubles:
        """The same, scanned once a scene."""
        return scene.once("troubles", cls.of)


def _spend(scene: Scene, step: Step) -> Floats:
    clicks = np.where(scene.column("clicks") > 0, scene.column("clicks"), np.nan)
    return np.nan_to_num(scene.column("spend") * step.exposure / clicks)


def _both(rate: Shift, cost: Shift) -> Shift:
    """A rate by click counts only where it shows in the price too: fewer or more clicks do not."""
    real = cost.nats > _COST_TOO
    return Shift(np.where(np.isnan(rate.nats) | real, rate.nats, 0.0), rate.since, rate.change)


def troubles(scene: Scene) -> tuple[Floats, ...]:
    """Every sign of a break, in the order of `NAMES`; nats against chance unless said otherwise.

    Results a click that fell while the price of a result rose are the page's where visits a click
    fell as well, the tag's (or the checkout's) where visits held. Where no visits are told nobody
    can know: the page for six days, as the commoner fault, then the tag. Showings a unit of money
    that fell are the auction's, people a showing the audience's. Source: STATISTICS.md, "The
    design", 11; each test is `scan.scan`, `faults.silence` or `faults.account_loss`.
    """
    breaks = Troubles.at(scene)
    tag, page, rate_left, days = _blamed(breaks.rate, breaks.visits)
    return (
        breaks.silence, breaks.account_loss, tag, page, rate_left, days,
        breaks.jump.nats, breaks.jump.change, breaks.showings.nats, breaks.showings.change,
        breaks.people.nats, breaks.people.change, _since(breaks),
    )  # fmt: skip


def _blamed(rate: Shift, visits: Shift) -> tuple[Floats, Floats, Floats, Floats]:
    visits_known, fell = ~np.isnan(visits.nats), visits.nats > _FELL
    page_first = np.where(visits_known, fell, rate.since <= _PAGE_FIRST)
    page = np.where(page_first, np.fmax(rate.nats, np.where(fell, visits.nats, np.nan)), 0.0)
    tag = np.where(page_first, 0.0, rate.nats)
    of_visits = fell & (visits.nats > np.nan_to_num(rate.nats))
    rate_left = np.where(of_visits, visits.change, rate.change)
    days = np.where(of_visits, visits.since, rate.since)
    unknown = np.isnan(rate.nats) & ~visits_known
    return tuple(np.where(unknown, np.nan, values) for values in (tag, page, rate_left, days))  # type: ignore[return-value]


def _since(breaks: Troubles) -> Floats:
    """Days since the surest break; NaN where none is sure."""
    shifts = (breaks.rate, breaks.jump, breaks.visits, breaks.showings, breaks.people)
    nats = np.stack([np.nan_to_num(shift.nats) for shift in shifts])
    since = np.stack([shift.since for shift in shifts])
    best, campaigns = np.argmax(nats, axis=0), np.arange(nats.shape[1])
    return np.where(nats[best, campaigns] > SURE, since[best, campaigns], np.nan)


def untrusted_days(scene: Scene) -> Bools:
    """Campaign x day, whether results of that day tell nothing of the campaign.

    Days of an outage, present or past, and those since results surely began to be lost or to be
    counted twice. Whoever learns from results leaves them out; spend and clicks of them stand.
    """
    breaks = Troubles.at(scene)
    place = np.arange(HORIZON)[None, :]
    tag = _blamed(breaks.rate, breaks.visits)[0]
    doubtful = ((tag, breaks.rate.since), (breaks.jump.nats, breaks.jump.since))
    spans = [
        (nats > SURE)[:, None] & (place >= HORIZON - np.nan_to_num(since)[:, None])
        for nats, since in doubtful
    ]
    return np.asarray(np.logical_or.reduce([breaks.dark, *spans]))


def break_since(scene: Scene) -> Floats:
    """Days since the surest break of each campaign, NaN without one: windows start anew there."""
    return _since(Troubles.at(scene))


def gap_days(scene: Scene) -> Floats:
    """Days in a row a campaign of this account may lack a row without meaning anything.

    With the share g of rows the account usually lacks between a campaign's first and last day, d
    days in a row are chance once in g^-d; the least d with g^d <= 1e-4, less one, counts. 0 where
    rows never lack. One value a campaign; NaN where the account has no rows.
    """
    rows, feed = scene.history.rows, scene.feed
    seen_before = np.maximum.accumulate(rows, axis=1)
    seen_after = np.maximum.accumulate(rows[:, ::-1], axis=1)[:, ::-1]
    inside = seen_before & seen_after & feed
    size = int(scene.accounts.max(initial=-1)) + 1
    lacking, days = (
        np.bincount(scene.accounts, weights=part.sum(axis=1), minlength=size)
        for part in (inside & ~rows, inside)
    )
    share = np.clip(lacking / np.maximum(days, 1.0), 1e-9, 0.5)
    allowed = np.ceil(np.log(1e-4) / np.log(share)) - 1
    return np.where(days > 0, np.where(lacking > 0, allowed, 0.0), np.nan)[scene.accounts]


SLIDES = tuple(range(5, 17))
_BASE_DAYS, _FEWEST_BEFORE, _FEWEST_SINCE = 35, 14, 4
_STEADIEST = 0.02  # a day: nothing is steadier than that
_ADRIFT = 0.04  # how far the level before may be from the level now without anybody tiring
_EACH_Z = 1.5
_ALONE = 1.25  # standard deviations more, where nobody tells how often people see it


def fatigue(scene: Scene) -> tuple[Floats, Floats, Floats]:
    """How surely people have seen too much of it: clicks slide while each sees it more often.

    Log CTR (and log showings a person and day) y over the last L = 5 to 16 days, less the mean b of
    the 35 days before, is held against a slide tau = 1, 2, … L:

        z_L = sum tau (y - b) / sd / sqrt(sum tau^2 + (sum tau)^2 v)

    where v = 1/n + (drift / sd)^2 is what b itself is unsure by, and sd the spread of single days
    before. Together (z1 + z2) / sqrt(2) of one L where each is over 1.5, else 0; the CTR's own
    less 1.25 where no reach is told. The largest over L counts. A slide is what fatigue looks like:
    the mean of a week sees it half as soon. Source: STATISTICS.md, "The design", 11, as a matched
    filter.

    Returns:
        `fatigue`, `ctr_fall` and `frequency_rise`, in standard deviations; NaN with fewer than 14
        of the days before or 4 since.
    """
    clicks, impressions, reach = (scene.column(n) for n in ("clicks", "impressions", "reach"))
    falls = _slides(-_log(divided(clicks, impressions)), _counting(clicks))
    steady = np.zeros(scene.count)
    rises = _slides(_log(divided(impressions, reach)), steady)
    joint = np.where((falls >= _EACH_Z) & (rises >= _EACH_Z), (falls + rises) / np.sqrt(2.0), 0.0)
    alone = np.where(np.isnan(rises), np.fmax(falls - _ALONE, 0.0), joint)
    together = np.where(np.isnan(falls), np.nan, alone)
    return _most(together), _most(falls), _most(rises)


def _log(values: Floats) -> Floats:
    return np.log(np.where(values > 0, values, np.nan))


def _counting(clicks: Floats) -> Floats:
    """The spread of a day's log that counting alone makes: 1 / sqrt(clicks a day)."""
    usual = divided(np.nansum(clicks, axis=1), (clicks > 0).sum(axis=1).astype(np.float64))
    return np.sqrt(divided(np.ones(len(clicks)), usual))


def _slides(logs: Floats, least: Floats) -> Floats:
    """Standard deviations for every length of slide: lengths x campaigns."""
    out = np.full((len(SLIDES), len(logs)), np.nan)
    for part in pieces(len(logs), 4) if not np.isnan(logs).all() else ():
        out[:, part] = [_slide(logs[part], least[part], length) for length in SLIDES]
    return out


def _slide(logs: Floats, least: Floats, length: int) -> Floats:
    before = logs[:, HORIZON - length - _BASE_DAYS : HORIZON - length]
    since = logs[:, HORIZON - length :]
    measured = ~np.isnan(since)
    n = np.count_nonzero(~np.isnan(before), axis=1).astype(np.float64)
    level = divided(np.nansum(before, axis=1), n)
    square = divided(np.nansum((before - level[:, None]) ** 2, axis=1), n - 1)
    spread = np.fmax(np.sqrt(square), np.fmax(np.nan_to_num(least), _STEADIEST))
    tau = np.where(measured, np.arange(1.0, length + 1), 0.0)
    pull = (tau * np.where(measured, since - level[:, None], 0.0)).sum(axis=1) / spread
    unsure = 1 / np.maximum(n, 1.0) + (_ADRIFT / spread) ** 2
    size = np.sqrt((tau**2).sum(axis=1) + tau.sum(axis=1) ** 2 * unsure)
    return np.where(_enough(measured, n), divided(pull, size), np.nan)


def _enough(measured: Bools, before: Floats) -> Bools:
    return np.asarray((measured.sum(axis=1) >= _FEWEST_SINCE) & (before >= _FEWEST_BEFORE))


def _most(values: Floats) -> Floats:
    measured = ~np.isnan(values).all(axis=0)
    return np.where(measured, np.nan_to_num(values, nan=-np.inf).max(axis=0), np.nan)
