"""Do people tire of an ad: clicks slide while each person sees it more often."""

from __future__ import annotations

import numpy as np

from bot.numbers.scene import HORIZON, Scene
from bot.numbers.sums import Bools, Floats, divided, pieces

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
    clicks, shown, reach = (scene.column(n) for n in ("clicks", "impressions", "reach"))
    falls = _slides(-_log(divided(clicks, shown)), _counting(clicks))
    steady = np.zeros(scene.count)
    rises = _slides(_log(divided(shown, reach)), steady)
    both = np.where((falls >= _EACH_Z) & (rises >= _EACH_Z), (falls + rises) / np.sqrt(2.0), 0.0)
    alone = np.where(np.isnan(rises), np.fmax(falls - _ALONE, 0.0), both)
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
    there = ~np.isnan(since)
    n = np.count_nonzero(~np.isnan(before), axis=1).astype(np.float64)
    level = divided(np.nansum(before, axis=1), n)
    square = divided(np.nansum((before - level[:, None]) ** 2, axis=1), n - 1)
    spread = np.fmax(np.sqrt(square), np.fmax(np.nan_to_num(least), _STEADIEST))
    tau = np.where(there, np.arange(1.0, length + 1), 0.0)
    pull = (tau * np.where(there, since - level[:, None], 0.0)).sum(axis=1) / spread
    unsure = 1 / np.maximum(n, 1.0) + (_ADRIFT / spread) ** 2
    size = np.sqrt((tau**2).sum(axis=1) + tau.sum(axis=1) ** 2 * unsure)
    return np.where(_enough(there, n), divided(pull, size), np.nan)


def _enough(there: Bools, before: Floats) -> Bools:
    return np.asarray((there.sum(axis=1) >= _FEWEST_SINCE) & (before >= _FEWEST_BEFORE))


def _most(values: Floats) -> Floats:
    known = ~np.isnan(values).all(axis=0)
    return np.where(known, np.nan_to_num(values, nan=-np.inf).max(axis=0), np.nan)
