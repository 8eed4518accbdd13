"""Why a number is not what it was: an exact split of the change into what moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from bot.errors import UsageError
from bot.numbers.decompose.chains import CHAINS, MIX, ORDER, RATIOS, UNSPLIT, Chain, Gap, gap_of
from bot.numbers.metrics.sums import Bools, Floats, divided

Pair = tuple[float | None, float | None]
_NONE: Mapping[str, Pair] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Split:
    """A change taken apart without a rest.

    Attributes:
        metric: Of which number.
        before, now: The number then and now, None where there was none.
        change: now - before, None where either is missing.
        factors: What each factor added: `cpm`, `ctr`, `conversion_rate` … from the money to the
            result, `mix` (money and results moved between dearer and cheaper campaigns) and
            `unsplit` (campaigns that cannot be taken apart); they add up to `change`. Empty
            without one.
        names, parts: The campaigns, and the same numbers by factor, one a campaign in that order.
        steps: Each factor itself before and now, all campaigns that could be taken apart together.
        gaps: Why a campaign could not be taken apart, by campaign.
        left_out: Steps nobody counted anywhere; their neighbours are told as one.
    """

    metric: str
    before: float | None
    now: float | None
    change: float | None
    factors: Mapping[str, float]
    names: tuple[str, ...]
    parts: Mapping[str, Floats]
    gaps: Mapping[str, Gap]
    steps: Mapping[str, Pair] = field(default_factory=lambda: _NONE)
    left_out: tuple[str, ...] = ()

    @cached_property
    def campaigns(self) -> pd.DataFrame:
        """Campaign x factor: what each campaign added by each."""
        return pd.DataFrame(dict(self.parts), index=list(self.names))

    @property
    def by_campaign(self) -> dict[str, float]:
        """What each campaign added, all factors together."""
        sums = np.add.reduce(list(self.parts.values())) if self.parts else np.zeros(len(self.names))
        return dict(zip(self.names, sums.tolist(), strict=True))

    @property
    def unsplit(self) -> dict[str, str]:
        """The gaps in words."""
        return {name: str(gap) for name, gap in self.gaps.items()}


def split(now: pd.DataFrame, before: pd.DataFrame, metric: str = "cpa") -> Split:
    """Take a change apart into its factors and the mix of campaigns.

    The logarithmic mean Divisia index (Ang 2005, LMDI-I): with x_i what campaign i has in the
    number (CPA: spend_i / all results), a factor f adds sum L(x_i now, x_i before)
    ln(f_i now / f_i before), L the logarithmic mean. It is exact, and the same backwards. The share
    of each campaign is the last factor; what it adds is counted from the mean of the two prices
    (shares add up to 1, so the total stays), so that a campaign that grows at the common price
    adds nothing. A campaign with a zero or a missing step on either side is not taken apart: all
    it adds is `unsplit`, with the reason.

    Args:
        now: Sums by campaign (index): the columns of the chain; one currency. Several rows of
            one campaign are not allowed.
        before: The same for the time before; campaigns may come and go.
        metric: One of `chains.CHAINS`.

    Raises:
        UsageError: A number without a chain, or people reached by several campaigns.
    """
    chain, names = chain_of(metric), now.index.union(before.index)
    sums = _sums(now, chain, names), _sums(before, chain, names)
    return _split(metric, tuple(map(str, names)), *sums)


def _split(metric: str, names: tuple[str, ...], after: Floats, prior: Floats) -> Split:
    """Of campaign x column sums of the number's chain, now and before."""
    chain = CHAINS[metric]
    if not chain.adds and len(names) > 1:
        raise UsageError(
            "People reached by several campaigns cannot be added up.", hint="Ask for one campaign."
        )
    silent = np.logical_and.reduce(np.isnan(np.vstack([after, prior])), axis=0).tolist()
    counted_chain = chain.without(
        [name for name, none in zip(chain.columns, silent, strict=True) if none]
    )
    column_places = [chain.columns.index(name) for name in counted_chain.columns]
    times = _Times(counted_chain, prior[:, column_places], after[:, column_places])
    left_out = tuple(name for name in chain.columns if name not in counted_chain.columns)
    return _taken_apart(metric, names, times, left_out)


def chain_of(metric: str) -> Chain:
    """What a number is made of; raises UsageError for one that cannot be taken apart."""
    if metric not in CHAINS:
        raise UsageError(
            f"{metric} cannot be taken apart.", hint=f"Ask for one of {', '.join(CHAINS)}."
        )
    return CHAINS[metric]


def split_rows(rows: Sequence[Mapping[str, Any]], metric: str = "cpa") -> Split:
    """Take a change apart from a board's rows: `now` against `before`, by entity.

    The sums are those of the whole window: where days lack a part, the number here may differ a
    little from the board's, which leaves such days out.

    Raises:
        UsageError: Rows of several currencies, or a number without a chain.
    """
    if len({row["currency"] for row in rows}) > 1:
        raise UsageError(
            "A price in several currencies cannot be taken apart.", hint="Ask for one channel."
        )
    columns = chain_of(metric).columns
    after, prior = (
        np.array([[row.get(f"{period}.{name}") for name in columns] for row in rows], np.float64)
        for period in ("now", "before")
    )
    shape = len(rows), len(columns)
    names = tuple(str(row["entity"]) for row in rows)
    return _split(metric, names, after.reshape(shape), prior.reshape(shape))


@dataclass(frozen=True, eq=False)
class _Times:
    """Campaign x column sums of a chain, before and now, NaN where missing."""

    chain: Chain
    prior: Floats
    after: Floats

    @property
    def both(self) -> tuple[Floats, Floats]:
        return self.prior, self.after

    def counted(self, sums: Floats) -> tuple[Floats, Floats]:
        """Top and bottom, 0 where the number does not take a campaign in."""
        fine = ~np.isnan(sums[:, 0]) & (self.chain.sum | ~np.isnan(sums[:, -1]))
        return np.where(fine, sums[:, 0], 0.0), np.where(fine, sums[:, -1], 0.0)

    def number(self, sums: Floats) -> float | None:
        top, bottom = self.counted(sums)
        if self.chain.sum:
            return float(top.sum()) if (~np.isnan(sums[:, 0])).any() else None
        return self.chain.scale * float(top.sum()) / float(bottom.sum()) if bottom.sum() else None

    def levels(self, sums: Floats) -> Floats:
        """What each campaign has in the number."""
        top, bottom = self.counted(sums)
        return top if self.chain.sum else self.chain.scale * top / bottom.sum()

    def shares(self, sums: Floats, splittable: Bools) -> Floats:
        """Each campaign's share of the bottom; of a sum, among those taken apart."""
        bottom = np.where(splittable, sums[:, -1], 0.0) if self.chain.sum else self.counted(sums)[1]
        total = float(bottom.sum())
        return bottom / total if total else bottom


def _taken_apart(
    metric: str, names: tuple[str, ...], times: _Times, left_out: tuple[str, ...]
) -> Split:
    before, now = (times.number(sums) for sums in times.both)
    if before is None or now is None:
        period = " and ".join(
            word for word, number in (("before", before), ("now", now)) if number is None
        )
        gaps = {name: Gap("no_result", period) for name in names}
        return Split(metric, before, now, None, {}, names, {}, gaps, left_out=left_out)
    reasons = [gap_of(*pair, times.chain) for pair in zip(*times.both, strict=True)]
    splittable = np.array([gap is None for gap in reasons], dtype=bool)
    parts = _parts(times, splittable, (before + now) / 2)
    ordered = {name: parts[name] for name in ORDER if name in parts}
    factors = {name: float(amounts.sum()) for name, amounts in ordered.items()}
    gaps = {name: gap for name, gap in zip(names, reasons, strict=True) if gap}
    steps, change = _steps(times, splittable), now - before
    return Split(metric, before, now, change, factors, names, ordered, gaps, steps, left_out)


def _sums(frame: pd.DataFrame, chain: Chain, names: pd.Index) -> Floats:
    """Campaign x column; campaigns of the other time only are all NaN."""
    table = frame.reindex(index=names, columns=list(chain.columns))
    return np.asarray(table.astype("float64"), dtype=np.float64)


def _parts(times: _Times, splittable: Bools, usual: float) -> dict[str, Floats]:
    prior, after = times.both
    levels = times.levels(prior), times.levels(after)
    weight = np.where(splittable, _log_mean(levels[1], levels[0]), 0.0)
    parts = {}
    for step, name in enumerate(times.chain.factors, start=1):
        ratios = [divided(sums[:, step - 1], sums[:, step]) for sums in times.both]
        parts[name] = weight * (_log(ratios[1], splittable) - _log(ratios[0], splittable))
    shares = times.shares(prior, splittable), times.shares(after, splittable)
    moved = weight * (_log(shares[1], splittable) - _log(shares[0], splittable))
    unsplit = np.where(splittable, 0.0, levels[1] - levels[0])
    if times.chain.sum:
        totals = [float(np.where(splittable, sums[:, -1], 0.0).sum()) for sums in times.both]
        grown = np.log(totals[1] / totals[0]) if all(totals) else 0.0
        return parts | {times.chain.columns[-1]: weight * grown, MIX: moved, UNSPLIT: unsplit}
    common = usual * (shares[1] - shares[0])
    mixed = np.where(splittable, moved - common, 0.0)
    return parts | {MIX: mixed, UNSPLIT: np.where(splittable, 0.0, unsplit - common)}


def _steps(times: _Times, splittable: Bools) -> dict[str, Pair]:
    """Each factor of all campaigns taken apart, before and now."""
    totals = [
        dict(zip(times.chain.columns, sums[splittable].sum(axis=0).tolist(), strict=True))
        for sums in times.both
    ]
    steps: dict[str, Pair] = {}
    for name in times.chain.factors:
        above, below, scale = RATIOS[name]
        steps[name] = _pair([_over(sums, above, below, scale) for sums in totals])
    if times.chain.sum:
        last_column = times.chain.columns[-1]
        steps[last_column] = _pair(
            [sums[last_column] if splittable.any() else None for sums in totals]
        )
    return steps


def _over(sums: Mapping[str, float], above: str, below: str, scale: float) -> float | None:
    return scale * sums[above] / sums[below] if sums[below] else None


def _pair(values: list[float | None]) -> Pair:
    return values[0], values[1]


def _log_mean(a: Floats, b: Floats) -> Floats:
    """(a - b) / ln(a / b), a itself where they are equal; steady where they are nearly so."""
    fine = (a > 0) & (b > 0)
    high, low = np.where(fine, a, 1.0), np.where(fine, b, 1.0)
    gap = np.log(high / low)
    near = np.abs(gap) < 1e-6
    mean = (high - low) / np.where(near, 1.0, gap)
    return np.asarray(np.where(near, low * (1 + gap / 2 + gap**2 / 6), mean), dtype=np.float64)


def _log(values: Floats, splittable: Bools) -> Floats:
    return np.log(np.where(splittable, values, 1.0))
