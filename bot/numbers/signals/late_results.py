"""What results that are still to come explain of a fall, where nobody has watched days fill up.

A first import has every day once: nothing tells how full the newest are. Results that arrive late
leave a slope towards the newest day, a fault leaves a step: whichever makes the counts likelier is
believed, and a step is news only as far as it does that better than any slope. Campaigns of one
kind in an account are counted alike: lateness that their neighbours' full days speak against
explains nothing of one campaign's fall.
"""

from __future__ import annotations

import numpy as np

from bot.numbers.metrics.sums import Bools, Floats, Ints, divided, filled, newest_place

_EVENLY = (4, 6, 8, 10, 12, 14, 17, 21)
"""Days over which a day's results may come in evenly …"""
_FADING = (1.5, 2.0, 3.0, 4.5, 7.0)
"""… or by a constant share of what is left: the mean of days."""
LATEST = max(_EVENLY)
"""Days after which everything is in: what began earlier is no lateness."""


def explained(count: Floats, exposure: Floats, alike: Ints | None = None) -> Floats:
    """How much likelier the likeliest lateness makes the counts than none, in nats, one a row.

        ln LR = sum k ln c + K ln(K / sum m c) - K ln(K / M), the most of all c

    with c the share that is in at each day's age; the last column is a day old.

    Args:
        count: Row x day, what came out; 0 where not known.
        exposure: Row x day, what it came from; 0 where not known.
        alike: Which rows are counted alike, numbered: what the others of its number speak against,
            in nats, is taken from each lateness. None: each row by itself.
    """
    return _best(count, exposure, alike)[0]


def likeliest(count: Floats, exposure: Floats, alike: Ints | None = None) -> Floats:
    """The share that is in of each day under the likeliest lateness, row x day (`explained`)."""
    ages = _ages(count)
    shapes = np.stack([*_shares(ages), np.ones(len(ages))])
    return np.asarray(shapes[_best(count, exposure, alike)[1]])


_DISPROVED = -3.4  # nats; as sure as what starts a campaign's windows anew
_STEPS = range(1, 15)  # days since a step
_GONE = 0.6  # what a step leaves at most: less of a fall is any week's weather


def stepped(count: Floats, exposure: Floats, alike: Ints) -> Bools:
    """Rows whose number fell in one step, several together, more surely than lateness explains.

    Lateness leaves a slope towards the newest day, a tag that broke a step. Rows counted alike are
    added up, and it must show without the one most is expected of, too: of one row alone nobody
    can know on the day it is first seen.

    Args:
        count: As `explained` takes it.
        exposure: Likewise.
        alike: Likewise.
    """
    rate = divided(count.sum(axis=1), exposure.sum(axis=1))
    foretold = exposure * np.nan_to_num(rate)[:, None]
    size = int(alike.max(initial=-1)) + 1
    totals = np.zeros((2, size, count.shape[1]))
    for total, part in zip(totals, (count, foretold), strict=True):
        np.add.at(total, alike, part)
    order = np.argsort(foretold.sum(axis=1), kind="stable")
    largest = np.zeros(size, dtype=np.int64)
    largest[alike[order]] = order
    smaller = totals - np.stack([count[largest], foretold[largest]])
    sure = (_likelier(*totals) > -_DISPROVED) & (_likelier(*smaller) > 0)
    return np.asarray(sure[alike])


def _likelier(k: Floats, m: Floats) -> Floats:
    """Nats by which one step down is likelier than any lateness, one a row."""
    falls = np.stack([_fall(k, m, days) for days in _STEPS]).max(axis=0)
    return np.asarray(falls - _best(k, m, None)[0])


def _fall(k: Floats, m: Floats, days: int) -> Floats:
    """Nats for two levels against one, the newer one lower, less what looking for its day costs."""
    sides = [
        (k[:, part].sum(axis=1), m[:, part].sum(axis=1))
        for part in (slice(None, -days), slice(-days, None))
    ]
    before, since = (np.nan_to_num(divided(*side)) for side in sides)
    total = _times_log(k.sum(axis=1), m.sum(axis=1))
    nats = sum(_times_log(*side) for side in sides) - total - np.log(len(_STEPS))
    return np.where((sides[1][1] > 0) & (since < _GONE * before), nats, 0.0)


def disproved(count: Floats, exposure: Floats, full: Floats, alike: Ints) -> Bools:
    """Rows whose neighbours' days are fuller than a lateness says, more surely than by chance.

    Args:
        count: As `explained` takes it.
        exposure: Likewise.
        alike: Likewise.
        full: The share that is in of each day under that lateness, oldest first.
    """
    total, source = count.sum(axis=1), exposure.sum(axis=1)
    even = _times_log(total, source)
    nats = count @ np.log(full) + _times_log(total, exposure @ full) - even
    return np.asarray(_against(np.where(total > 0, nats, 0.0), alike) < _DISPROVED)


def _best(count: Floats, exposure: Floats, alike: Ints | None) -> tuple[Floats, Ints]:
    """Nats of the likeliest lateness, and which it is; -1 where none does better than none."""
    total, source = count.sum(axis=1), exposure.sum(axis=1)
    even = _times_log(total, source)
    nats = [
        np.where(total > 0, count @ np.log(full) + _times_log(total, exposure @ full) - even, 0.0)
        for full in _shares(_ages(count))
    ]
    if alike is not None:
        nats = [own + _against(own, alike) for own in nats]
    which, most = np.argmax(nats, axis=0), np.max(nats, axis=0)
    return np.maximum(most, 0.0), np.where(most > 0, which, -1)


def _against(nats: Floats, alike: Ints) -> Floats:
    """What the other rows of a row's number speak against a lateness, in nats; 0 where for it."""
    together = np.bincount(alike, weights=nats)[alike]
    return np.asarray(np.minimum(together - nats, 0.0))


def _ages(count: Floats) -> Floats:
    return np.arange(count.shape[1], 0, -1, dtype=np.float64)


def less_explained(
    nats: Floats, since: Floats, change: Floats, late: Floats, unlearned: Bools
) -> Floats:
    """Of steps, what no lateness explains: falls of late, of campaigns nobody has watched.

    Args:
        nats: Log likelihood ratio of each step, one a campaign.
        since: Days since it.
        change: The rate since over the rate before.
        late: `explained`, in the same measure.
        unlearned: The campaigns nobody has watched.
    """
    doubtful = unlearned & (change < 1) & (since <= LATEST)
    return np.asarray(np.where(doubtful, np.maximum(nats - late, 0.0), nats))


def _shares(ages: Floats) -> list[Floats]:
    evenly = [np.minimum(ages / days, 1.0) for days in _EVENLY]
    return evenly + [1 - (1 - 1 / (1 + mean)) ** ages for mean in _FADING]


def _times_log(total: Floats, source: Floats) -> Floats:
    """`K ln(K / M)`; 0 where nothing was counted."""
    rate = divided(total, source)
    return np.asarray(total * np.log(np.where(total > 0, rate, 1.0)))


_COUNTED_DAYS, _FEWEST_DAYS, _USUALLY = 28, 7, 0.8
"""Days looked back on from the last that was counted, how many of them must be, and which share."""
_BY_CHANCE = 1e-4
"""How often blank days come in such a row where each is blank as often as before."""


def unreported(values: Floats, paid: Bools) -> Floats:
    """Days since a column that was filled on most days has none, while ads go on; one a row.

    What a platform no longer reports is no zero: it is missing, and nothing may be judged by it.

    Args:
        values: Row x day, NaN where nothing is reported; the last column is the newest day.
        paid: Row x day, whether ads ran.

    Returns:
        Days from the first day with ads and without a value to the newest, 0 where the newest day
        with ads has one, or where so many blank days in a row are its way (some platforms leave
        out a zero). NaN where there were fewer than 7 days with a value before, less than four
        of five, or none with a result.
    """
    place = np.arange(values.shape[1])[None, :]
    counted = paid & ~np.isnan(values)
    last = newest_place(counted)[:, None]
    before = paid & (place <= last) & (place > last - _COUNTED_DAYS)
    reported = (before & counted).sum(axis=1)
    usual = (reported >= _FEWEST_DAYS) & (reported >= _USUALLY * before.sum(axis=1))
    some = np.where(before & counted, values, 0.0).sum(axis=1) > 0
    open_days = paid & (place > last)
    blank = 1 - divided(reported.astype(np.float64), before.sum(axis=1).astype(np.float64))
    seldom = filled(blank) ** open_days.sum(axis=1) < _BY_CHANCE
    since = values.shape[1] - np.argmax(open_days, axis=1)
    days = np.where(open_days.any(axis=1) & seldom, since, 0)
    return np.where(usual & some, days.astype(np.float64), np.nan)
