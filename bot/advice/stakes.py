"""What is at stake: the money that is expected to be lost or gained in a week if nothing is done.

It is worked out once, here, and carried on the advice. A rule says what its window has cost too
much (`stake:`); a shift is worth the results it is expected to bring; a month off its plan what
would be over or left. Where the numbers themselves are in doubt (tracking, delivery, lateness)
nobody can say what is lost: there it is the spend a week that cannot be judged, and labelled so.

The range is 90 %: each estimate in the sum is drawn from its posterior (`bot.advice.evaluate
.posterior`) at 127 points of a lattice, the same every time. Where a sum holds only what was
counted, or a detector's share, there is no range.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import compress

import numpy as np

from bot.advice.evaluate.campaign_features import Facts, View
from bot.advice.evaluate.certainty import ColumnRows, lattice, posterior, stands_on
from bot.advice.evaluate.findings import Finding
from bot.advice.rules.condition import THRESHOLD, Floats, Name, Term, names, value
from bot.advice.rules.rulebook import Rule
from bot.advice.shifting import Shifted
from bot.domain.advice import EXPECTED, UNJUDGED
from bot.domain.money import digits, to_minor

WEEK = 7
LOW, HIGH = 0.05, 0.95
IN_DOUBT = frozenset({"check_tracking", "check_delivery", "hold"})
"""Actions that say the numbers cannot be trusted, or are not there."""
ONE_DAY = "spend_excess"
"""A day that cost too much may have been the only one: from that day alone to a week of them."""
_UNCERTAIN = ("now", "before")
_SAME = {"documented_conversions": "conversions"}
"""A sale found in the books is worth what a sale is."""


@dataclass(frozen=True)
class Stake:
    """Money a week, exact to the currency's minor unit.

    Attributes:
        amount: What is expected; `low`, `high` where it lies (90 %), None where nobody can say.
        kind: `expected`, or `unjudged`: the spend that cannot be judged.
    """

    amount: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    kind: str = EXPECTED


def stakes_of(finding: Finding, rows: Iterable[int]) -> dict[int, Stake | None]:
    """What campaigns stand to lose or gain by what a rule found; None where nobody can say."""
    by_part: dict[int, list[int]] = {}
    for row in sorted(rows):
        by_part.setdefault(int(finding.part[row]), []).append(row)
    stakes: dict[int, Stake | None] = {}
    for part, members in by_part.items():
        stakes |= _of_view(finding.rule, finding.views[part], members)
    return stakes


def _of_view(rule: Rule, view: View, rows: list[int]) -> dict[int, Stake | None]:
    """Of campaigns that a rule saw through the same windows, in order."""
    currencies = view.facts.said("currency")
    if rule.action.do == "adjust_pacing":
        return {row: _pacing(view, row, currencies[row]) for row in rows}
    parts = {row: found for row in rows if (found := view.facts.parts_of(rule, row))}
    stakes = _of_terms(rule, view, [row for row in rows if row not in parts])
    for row, found in parts.items():
        low, high = (math.nan if end is None else end for end in (found.low, found.high))
        stakes[row] = _money(currencies[row], found.lost, low, high)
    if not rule.stake and rule.action.do in IN_DOUBT:
        for row in stakes.keys() - parts.keys():
            stakes[row] = _money(currencies[row], _usual_week(rule, view, row), kind=UNJUDGED)
    return stakes


def of_shift(shifted: Shifted, facts: Facts, currency: str | None) -> tuple[Stake | None, float]:
    """What a shift is worth a week, and the price each more result was counted at.

    A result is worth its target; where nobody set one, what the next one costs on average in the
    pool.
    """
    worth = _worth(shifted, facts)
    effect = shifted.effect
    ends = (effect.mean * worth, effect.low * worth, effect.high * worth)
    return _money(currency, *ends), worth


def together(stakes: Iterable[Stake | None], *, shared: bool) -> Stake | None:
    """Of campaigns spoken of in one piece of advice: added up, or one that they share."""
    stakes_known = [stake for stake in stakes if stake is not None]
    if shared or not stakes_known:
        return stakes_known[0] if stakes_known else None
    lows, highs = [one.low for one in stakes_known], [one.high for one in stakes_known]
    low = None if None in lows else sum(filter(None, lows), Decimal())
    high = None if None in highs else sum(filter(None, highs), Decimal())
    return Stake(
        sum((one.amount for one in stakes_known), Decimal()), low, high, stakes_known[0].kind
    )


def _of_terms(rule: Rule, view: View, rows: list[int]) -> dict[int, Stake | None]:
    """The first of the rule's sums whose numbers are known, of its window made a week."""
    stakes: dict[int, Stake | None] = dict.fromkeys(rows)
    currencies = view.facts.said("currency")
    for term in rule.stake:
        a_week = WEEK / (1 if _of_a_day(term) else view.spans.now)
        with np.errstate(all="ignore"):
            middle = np.broadcast_to(value(term, _cut(view, rows)), len(rows)) * a_week
            finite = np.isfinite(middle)
            known = list(compress(rows, finite))
            ends = _ranges(term, view, known, middle[finite], a_week)
        for row, amount, low, high in zip(known, *ends, strict=True):
            stakes[row] = _money(currencies[row], amount, low, high)
        left = set(rows) - set(known)
        if not left:
            break
        rows = sorted(left)
    return stakes


def _cut(view: View, rows: list[int]) -> ColumnRows:
    mask = np.zeros(len(view.facts.ids), dtype=bool)
    mask[rows] = True
    return ColumnRows(view, mask)


def _ranges(
    term: Term, view: View, rows: list[int], middle: Floats, a_week: float
) -> tuple[list[float], list[float], list[float]]:
    """Amount, low and high end of a sum for each campaign, at most what it spends in a week."""
    if _of_a_day(term):
        ends = middle * 4 / WEEK, middle / WEEK, middle
    else:
        most = view["spend.now"][rows] * a_week
        drawn = (end * a_week for end in _ends(term, _cut(view, rows), view))
        ends = tuple(np.minimum(end, most) for end in (middle, *drawn))
    amount, low, high = (end.tolist() for end in ends)
    return amount, low, high


def _of_a_day(term: Term) -> bool:
    return any(name.metric == ONE_DAY for name in names(term))


def _ends(term: Term, columns: ColumnRows, view: View) -> tuple[Floats, Floats]:
    """Where the sum lies (90 %) for each campaign; NaN where it holds no estimate."""
    glossary = view.facts.rulebook.metrics
    spreads = {}
    for name in names(term):
        spread = posterior(name, columns, glossary) if _estimate(name, view) else None
        if spread is not None:
            spreads[name.column] = spread
    if not spreads or not columns.size:
        nothing = np.full(columns.size, np.nan)
        return nothing, nothing
    drawn = {name.column: columns[name.column] for name in names(term)}
    for places, (column, spread) in zip(lattice(len(spreads)).T, spreads.items(), strict=True):
        drawn[column] = spread.quantile(places[:, None])
    low, high = np.quantile(value(term, drawn), [LOW, HIGH], axis=0)
    return low, high


def _estimate(name: Name, view: View) -> bool:
    known = stands_on(view.facts.rulebook.metrics.get(name.metric))
    return name.metric != THRESHOLD and name.window in _UNCERTAIN and known is not None


def _pacing(view: View, row: int, currency: str | None) -> Stake | None:
    """What would be over or left of the month's budget, a week of the days left.

    Of what goes over, what is spent already is lost: only the days left can save any of it.
    """
    used, lands, low, high, budget, left = (
        float(view[f"{name}.now"][row])
        for name in ("pace", "pace_lands", "pace_low", "pace_high", "pace_budget", "pace_days_left")
    )
    scale = budget * min(WEEK, left) / left if left > 0 else np.nan
    about, *ends = (min(abs(end - 1), end - used if end > 1 else 1.0) * scale
                    for end in (lands, low, high))  # fmt: skip
    return _money(currency, about, min(ends), max(ends))


def _usual_week(rule: Rule, view: View, row: int) -> float:
    """What the campaign spends in a week; before it stopped, where it is no longer shown."""
    now = float(view["spend.now"][row]) * WEEK / view.spans.now
    before = float(view["spend.before"][row]) * WEEK / view.spans.before
    return before if rule.action.do == "check_delivery" and np.isfinite(before) else now


def _worth(shifted: Shifted, facts: Facts) -> float:
    row = shifted.takers[0]
    view = shifted.finding.view(row)
    metric = facts.rulebook.metrics.get(facts.cells[row].judge)
    target = float(view[f"{metric.name}.target"][row]) if metric else np.nan
    counts = _SAME.get(shifted.counted or "", shifted.counted)
    counted = metric is not None and (metric.sum, metric.over) == ("spend", counts)
    if metric is not None and counted and np.isfinite(target):
        return target / metric.scale
    pool = float(view["next_cost_pool.now"][row])
    return pool / 1000 if shifted.counted in {"reach", "impressions"} else pool


def _money(
    currency: str | None,
    amount: float,
    low: float = np.nan,
    high: float = np.nan,
    kind: str = EXPECTED,
) -> Stake | None:
    """A stake of these amounts; None where there is nothing to lose or it is not known."""
    if not np.isfinite(amount) or amount <= 0:
        return None
    if not np.isfinite(low) or not np.isfinite(high):
        return Stake(exact(amount, currency), kind=kind)
    least, most = max(min(low, amount), 0.0), max(high, amount)
    return Stake(exact(amount, currency), exact(least, currency), exact(most, currency), kind)


def exact(amount: float, currency: str | None) -> Decimal:
    """An amount to the currency's minor unit, rounded half to even."""
    return Decimal(to_minor(amount, currency)).scaleb(-digits(currency))
