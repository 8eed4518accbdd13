"""What the tests that shifts proposed came to, read from the numbers of each morning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.advice.evaluate.campaign_features import Facts
from bot.domain.advice import Shift, TestRead
from bot.numbers.metrics.sums import Bools, Floats, Ints

BEFORE = 28
"""Days a test is held against."""
FEWEST = 4
"""Days after the change, and before it, without which nothing is read."""
SHOWN = timedelta(28)
"""How long after its end a test is still told of."""
Z90 = 1.6448536269514722


def tests_read(
    facts: Facts, shifts: Mapping[tuple[str, tuple[str, ...]], Shift]
) -> tuple[TestRead, ...]:
    """Tests that run or ended lately, the oldest first; one nobody started is left out.

    A test starts on the first day on which every budget has gone at least half its way (in logs),
    and ends after its days, or on the day before one of them goes back.
    """
    tests = sorted((shift.on, key) for key, shift in shifts.items() if shift.days)
    if not tests:
        return ()
    rows = {id_: row for row, id_ in enumerate(facts.ids)}
    readings = (_read(facts, key, shifts[key], rows) for _, key in tests)
    return tuple(reading for reading in readings if reading is not None)


def _read(
    facts: Facts, key: tuple[str, tuple[str, ...]], shift: Shift, rows: Mapping[str, int]
) -> TestRead | None:
    places = facts.answers.places
    if any(id_ not in rows or rows[id_] not in places for id_ in key[1]):
        return None
    mine = np.array([rows[id_] for id_ in key[1]], dtype=np.int64)
    days_in_place = _there(facts, mine, key[1], shift)
    span = _span(days_in_place, facts.as_of, shift)
    if span is None or shift.expected is None or shift.decides is None or shift.days is None:
        return None
    started, until = span
    ended = until + timedelta(shift.wait)
    if ended + SHOWN < facts.as_of:
        return None
    running = facts.as_of <= ended
    side = _Sides(facts, mine, key[1], shift)
    ratio, low, high = side.compared(started, min(until, facts.as_of - timedelta(1)))
    worked = None if running or ratio is None else ratio >= shift.decides
    return TestRead(
        key[0], key[1], started, until, running, ratio, low, high,
        shift.expected, shift.decides, worked,
    )  # fmt: skip


def _there(facts: Facts, rows: Ints, ids: Iterable[str], shift: Shift) -> Bools:
    """Each day, whether all budgets are nearer to what the test wants than to what was."""
    named = tuple(ids)
    budgets = facts.scene.column("daily_budget")[rows]
    before = np.array([shift.before[id_] for id_ in named])[:, None]
    after = np.array([shift.after[id_] for id_ in named])[:, None]
    with np.errstate(all="ignore"):
        progress = np.log(budgets / before) / np.log(after / before)
    progress_known = ~np.isnan(progress)
    within = np.where(progress_known, (progress >= 0.5) & (progress <= 2.0), True)
    return np.asarray(within.all(axis=0) & progress_known.any(axis=0), dtype=np.bool_)


def _span(days_in_place: Bools, as_of: date, shift: Shift) -> tuple[date, date] | None:
    """The first and the last day of the test; None where it was not started."""
    first_day = as_of - timedelta(days_in_place.size)
    since = max((shift.on - first_day).days, 0)
    days = np.flatnonzero(days_in_place[since:])
    if days.size == 0 or shift.days is None:
        return None
    start = since + int(days[0])
    stops = np.flatnonzero(~days_in_place[start:])
    length = min(shift.days, int(stops[0]) if stops.size else shift.days)
    started = first_day + timedelta(start)
    return started, started + timedelta(length - 1)


@dataclass(frozen=True, eq=False)
class _Sides:
    """Receivers and givers of a test, after against before."""

    facts: Facts
    rows: Ints
    ids: tuple[str, ...]
    shift: Shift

    def compared(
        self, started: date, until: date
    ) -> tuple[float | None, float | None, float | None]:
        """Results of the receivers over the givers, after over before, with a 90 % interval.

        exp(log ratio of the receivers - log ratio of the givers); a side's ratio is results a day
        (over completion and the market's day) after over before. Variance: phi k / (sum k)^2 each
        side and time, and the engine's drift^2 (D + 28) / 3 a side (STATISTICS.md item 13).
        """
        takes = np.array(
            [
                self.shift.after[campaign_id] > self.shift.before[campaign_id]
                for campaign_id in self.ids
            ]
        )
        sides = [self._side(self.rows[part], started, until) for part in (takes, ~takes)]
        if any(side is None for side in sides):
            return None, None, None
        (log, variance), (giver_log, giver_variance) = (side for side in sides if side is not None)
        spread = Z90 * float(np.sqrt(variance + giver_variance))
        ends = (log - giver_log, log - giver_log - spread, log - giver_log + spread)
        ratio, low, high = (round(float(np.exp(end)), 6) for end in ends)
        return ratio, low, high

    def _side(self, rows: Ints, started: date, until: date) -> tuple[float, float] | None:
        campaign_responses = self.facts.answers.found
        places = np.array([self.facts.answers.places[row] for row in rows.tolist()])
        baseline, first_day = campaign_responses.about, campaign_responses.panel.first
        start, end = (started - first_day).days, (until - first_day).days + 1
        log, variance = 0.0, campaign_responses.settings.drift**2 * (end - start + BEFORE) / 3
        for sign, low, high in ((1, start, end), (-1, max(start - BEFORE, 0), start)):
            used = baseline.used[places, low:high]
            k = baseline.counted[places, low:high].sum(axis=1)
            shares = np.where(used, baseline.share[places, low:high], 0.0).sum(axis=1)
            if used.any(axis=0).sum() < FEWEST or k.sum() <= 0 or not (shares > 0).all():
                return None
            log += sign * float(np.log((k / shares).sum()))
            variance += float(
                (_phi(campaign_responses.about.dispersion, places) * k).sum() / k.sum() ** 2
            )
        return log, variance


def _phi(dispersion: Floats, places: Ints) -> Floats:
    return np.asarray(dispersion[places], dtype=np.float64)


def of_pool(tests: Iterable[TestRead], ids: Iterable[str]) -> Iterator[TestRead]:
    """The tests that are over and about any of these campaigns."""
    named = frozenset(ids)
    yield from (test for test in tests if not test.running and named & set(test.campaign_ids))
