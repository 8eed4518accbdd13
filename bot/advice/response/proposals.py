"""This morning's moves: budgets in minor units that add up, what to expect, test or scale.

What a move of budgets should bring, with an interval that means what it says.
When a test can be read, and what will decide.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.advice.response.moves import MoveLimits, MovePart, choose, limited, neutral
from bot.advice.response.responding import Margins, Responses
from bot.domain.money import WHOLE_FROM, from_minor, plain, to_minor
from bot.numbers.metrics.sums import Bools, Floats, Ints
from bot.numbers.special import ndtr

DAYS = 7
BINDS = 0.9
"""Share of a budget that is usually spent from which on the budget is what limits it."""
_HALVINGS = 40


@dataclass(frozen=True)
class ResultChange:
    """Results more (or fewer) a week.

    Attributes:
        mean: Expected.
        low, high: The middle 90 %.
        sure: P(more results than before).
    """

    mean: float
    low: float
    high: float
    sure: float


def effect(responses: Responses, margins: Margins, rows: Ints, ratios: Floats) -> ResultChange:
    """Sum over campaigns of mu_i (ratio_i^b_i - 1), a week.

    At each point of the pool's grid the sum is taken as normal (delta method in log mu_i and b_i);
    mixed over the grid by its posterior weights, so that what is not known about the pool's answer
    to budgets widens the interval. Source: our own simulation, where 87-93 % must be covered.

    Args:
        responses: This morning's responses.
        margins: Of the campaigns' pool.
        rows: The campaigns that move (places in `responses`).
        ratios: New budget over old, one a campaign.
    """
    slope_var = margins.slope_var[np.searchsorted(margins.rows, rows)]
    by, level, grown = _grown(responses, margins, rows, ratios)
    mean = (level * (grown - 1)).sum(axis=0)
    rate_var = responses.beliefs.averages.variance[rows, None]
    variance = (level * (grown - 1)) ** 2 * rate_var + (level * grown * by) ** 2 * slope_var
    return _mixed(mean, np.sqrt(variance.sum(axis=0)), margins.weights)


def gain(responses: Responses, margins: Margins, row: int, ratio: float) -> float:
    """The mean of `effect` of one campaign alone."""
    rows, ratios = np.array([row]), np.array([ratio])
    _, level, grown = _grown(responses, margins, rows, ratios)
    mean, _, weights = _likely((level * (grown - 1)).sum(axis=0), margins.weights)
    return float(weights @ mean)


def _grown(
    responses: Responses, margins: Margins, rows: Ints, ratios: Floats
) -> tuple[Floats, Floats, Floats]:
    """Log spend, new over old; results a week; the factor by which they grow, campaign x grid."""
    slope = margins.slope[np.searchsorted(margins.rows, rows)]
    by = np.log(spent(responses, rows, ratios))[:, None]
    return by, DAYS * np.exp(responses.rate[rows])[:, None], np.exp(slope * by)


def _likely(mean: Floats, weights: Floats) -> tuple[Floats, Bools, Floats]:
    """A sum at the points of the grid that count, which those are, and their weights."""
    likely = weights > 1e-6
    return mean[likely], likely, weights[likely] / weights[likely].sum()


def spent(responses: Responses, rows: Ints, ratios: Floats) -> Floats:
    """New spend over old: where a budget does not bind, a cut first takes what goes unused.

    There the usual spend stays what it is until the budget falls below it, and more changes
    nothing.

    Args:
        responses: This morning's responses.
        rows: The campaigns that move.
        ratios: New budget over old, one a campaign.
    """
    used = np.exp(responses.state.usual[rows]) / responses.budgets[rows]
    remaining = np.where(used < BINDS, np.minimum(ratios / used, 1.0), ratios)
    return np.asarray(remaining, dtype=np.float64)


def _mixed(mean: Floats, spread: Floats, weights: Floats) -> ResultChange:
    mean, likely, weights = _likely(mean, weights)
    spread = np.maximum(spread[likely], 1e-12)
    ends = [_quantile(mean, spread, weights, share) for share in (0.05, 0.95)]
    above = float(weights @ ndtr(mean / spread))
    return ResultChange(float(weights @ mean), ends[0], ends[1], above)


def _quantile(mean: Floats, spread: Floats, weights: Floats, share: float) -> float:
    low, high = float((mean - 6 * spread).min()), float((mean + 6 * spread).max())
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if weights @ ndtr((middle - mean) / spread) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


POWER = 1.6449 + 0.8416  # a 90 % interval, 80 % power (STATISTICS.md item 13)
WEEKS = range(1, 7)
BEFORE = 28.0  # days the test is held against
SETTLED = 0.8  # a day counts as in once so much of it is known


@dataclass(frozen=True)
class Readout:
    """How a test is read.

    Attributes:
        days: Days it runs, in whole weeks (the last try where not readable).
        until: The morning it can be read: those days plus the lag.
        readable: Whether it decides by itself within six weeks; else "decided by pooled evidence".
        expected: Results of the receivers over the givers, after over before, if the pool answers
            as it usually does: 1.12 is 12 % more.
        decides: From this ratio on the pool counts as answering: halfway there.
    """

    days: int
    until: date
    readable: bool
    expected: float
    decides: float


def readout(responses: Responses, rows: Ints, ratios: Floats, elasticity: float) -> Readout:
    """Days until b |log ratio|, pooled over the test's campaigns, stands out.

    Information after D days: sum over campaigns of (log ratio)^2 over
    phi / k (1/D + 1/28) + drift^2 (D + 28) / 3, with k results a day; readable when
    b sqrt(information) >= 2.49. Source: STATISTICS.md item 13.
    """
    by = np.log(spent(responses, rows, ratios))
    weeks = next((w for w in WEEKS if _reads(responses, rows, by, elasticity, 7.0 * w)), None)
    days = 7 * (weeks or WEEKS[-1])
    expected = (
        elasticity * float(np.abs(by).mean()) * (2 if (by > 0).any() and (by < 0).any() else 1)
    )
    until = responses.panel.as_of + timedelta(days + _lag(responses, rows))
    return Readout(
        days, until, weeks is not None, float(np.exp(expected)), float(np.exp(expected / 2))
    )


def _reads(responses: Responses, rows: Ints, by: Floats, elasticity: float, days: float) -> bool:
    counts = responses.about.dispersion[rows] / np.maximum(np.exp(responses.rate[rows]), 1e-9)
    wander = responses.settings.drift**2 * (days + BEFORE) / 3
    information = by**2 / (counts * (1 / days + 1 / BEFORE) + wander)
    return bool(elasticity * np.sqrt(information.sum()) >= POWER)


def _lag(responses: Responses, rows: Ints) -> int:
    """Newest days less than 80 % known, of the slowest campaign; the last day takes one to come."""
    newest = responses.panel.complete[rows, ::-1]
    return int((newest < SETTLED).sum(axis=1).max(initial=1))


FREE = MoveLimits()
Minor = int


@dataclass(frozen=True)
class Move:
    """Money that changes places inside a pool, to the smallest unit.

    Attributes:
        pool: The pool's key.
        givers, takers: Entities, the surest first.
        before, after: Daily budgets by entity, minor units; the sums are equal.
        currency: Of the amounts, None where unknown.
        about: At least one budget is a guess from spend: nothing can be applied as it stands.
        probability: P(the move brings more results).
        effect: Results more a week, with a 90 % interval.
        test: Whether it is a test: this pool has not been seen to answer to budgets yet.
        readout: How a test is read; None where the move scales what was seen to work.
        chances: P(its margin lies beyond the pool's on its side), by entity.
    """

    pool: Hashable
    givers: tuple[str, ...]
    takers: tuple[str, ...]
    before: Mapping[str, Minor]
    after: Mapping[str, Minor]
    currency: str | None
    about: bool
    probability: float
    effect: ResultChange
    test: bool
    readout: Readout | None
    chances: Mapping[str, float]

    @property
    def amount(self) -> Minor:
        """What changes places a day, minor units."""
        return sum(max(self.after[name] - self.before[name], 0) for name in self.takers)


def propose(responses: Responses, guards: MoveLimits = FREE) -> tuple[Move, ...]:
    """At most one move a pool, the weightiest in results gained first.

    Args:
        responses: This morning's `responses`.
        guards: Who is held back, and what must stay.
    """
    margins = [responses.margins(place) for place in range(len(responses.panel.pools))]
    drafted_moves = (
        _move(responses, margins[place], place, parts)
        for place, parts in choose(responses, margins, guards)
    )
    moves = [move for move in drafted_moves if move is not None]
    return tuple(sorted(moves, key=lambda move: (move.test, -move.probability, str(move.pool))))


def _move(responses: Responses, margins: Margins, place: int, parts: list[MovePart]) -> Move | None:
    parts = neutral(
        limited(parts, responses.settings.most), responses.budgets, responses.settings.least
    )
    changes = _rounded(responses, parts)
    if not changes:
        return None
    rows = np.array(sorted(changes))
    names = {row: responses.panel.campaigns[row].entity for row in changes}
    currency = responses.panel.campaigns[int(rows[0])].currency
    before = {row: to_minor(float(responses.budgets[row]), currency) for row in changes}
    after = {row: before[row] + by for row, by in changes.items()}
    ratios = np.array([after[row] / before[row] for row in rows.tolist()])
    expected = effect(responses, margins, rows, ratios)
    test = not bool(responses.known[place])
    usual = float(responses.beliefs.usual[place])
    sides = [
        tuple(names[p.row] for p in parts if p.side == side and p.row in changes)
        for side in (-1, 1)
    ]
    return Move(
        pool=responses.panel.pools[place],
        givers=sides[0],
        takers=sides[1],
        before={names[row]: before[row] for row in rows.tolist()},
        after={names[row]: after[row] for row in rows.tolist()},
        currency=currency,
        about=bool(responses.guessed[rows].any()),
        probability=expected.sure,
        effect=expected,
        test=test,
        readout=readout(responses, rows, ratios, usual) if test else None,
        chances={names[p.row]: p.chance for p in parts if p.row in changes},
    )


def _rounded(responses: Responses, parts: list[MovePart]) -> dict[int, Minor]:
    """Takers get amounts a person would name; givers give exactly that, by largest remainder.

    Where every giver's budget is 100 or more, what it gives is whole units, so that nobody is asked
    to set a budget of 1,200.37.
    """
    if not parts:
        return {}
    currency = responses.panel.campaigns[parts[0].row].currency
    takes = {p.row: plain(to_minor(p.money, currency)) for p in parts if p.side > 0}
    total = sum(takes.values())
    gives = {p.row: p.money for p in parts if p.side < 0}
    unit = to_minor(1, currency)
    large = all(float(responses.budgets[row]) >= WHOLE_FROM for row in gives)
    whole = large and total % unit == 0 and total // unit >= 2 * len(gives)
    most = {row: to_minor(money, currency) for row, money in gives.items()}
    giver_amounts = _split(total, gives, most, unit if whole else 1)
    if any(amount > most[row] for row, amount in giver_amounts.items()):
        giver_amounts = _split(total, gives, most, 1)  # no whole unit goes under what must stay
    changes = {**takes, **{row: -amount for row, amount in giver_amounts.items()}}
    return changes if total > 0 and all(changes.values()) else {}


def _split(
    total: int, weights: Mapping[int, float], most: Mapping[int, int], step: int
) -> dict[int, int]:
    """A whole number in parts of so many by their weights, the largest remainders first.

    Nobody's part is rounded beyond the `most` it may give where another's has room.
    """
    steps = total // step
    shares = {row: steps * weight / sum(weights.values()) for row, weight in weights.items()}
    parts = {row: int(share) for row, share in shares.items()}
    order = sorted(
        shares,
        key=lambda row: ((parts[row] + 1) * step > most[row], parts[row] - shares[row], row),
    )
    for row in order[: steps - sum(parts.values())]:
        parts[row] += 1
    return {row: step * part for row, part in parts.items()}


def units(move: Move) -> dict[str, float]:
    """The new daily budgets in currency units, by entity."""
    return {name: from_minor(amount, move.currency) for name, amount in move.after.items()}
