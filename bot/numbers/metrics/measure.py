"""Metrics out of a history: for each campaign, or for groups of campaigns together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from bot.numbers.input.daily import entity
from bot.numbers.input.history import CampaignSums, History, SumKey
from bot.numbers.input.names import account_key, channel_key
from bot.numbers.input.windows import Window
from bot.numbers.metrics.glossary import Metric, Metrics
from bot.numbers.metrics.sums import Floats, Ints, MetricSum, divided


@dataclass(frozen=True)
class Grouping:
    """Which campaigns belong together: `of[i]` is the group of campaign i, from 0 to `count` - 1.

    A campaign with group -1 is left out. `single`: every campaign is a group by itself.
    `ways`: so many groupings side by side, each campaign once in every one of them; `of` holds
    them one behind the other.
    """

    of: Ints
    count: int
    single: bool = False
    ways: int = 1

    @classmethod
    def each(cls, count: int) -> Grouping:
        """Every campaign by itself."""
        return cls(np.arange(count, dtype=np.int64), count, single=True)

    @classmethod
    def beside(cls, groupings: Sequence[Grouping]) -> Grouping:
        """Several groupings of the same campaigns as one; the groups of the first come first."""
        firsts = np.cumsum([0, *(each.count for each in groupings)])
        of = [np.where(each.of < 0, -1, each.of + first)
              for each, first in zip(groupings, firsts, strict=False)]  # fmt: skip
        return cls(np.concatenate(of), int(firsts[-1]), ways=len(groupings))

    @cached_property
    def places(self) -> tuple[Ints, Ints]:
        """Which campaigns are added up, and to which group each."""
        inside = np.flatnonzero(self.of >= 0)
        return inside % max(1, len(self.of) // self.ways), self.of[inside]

    def sum(self, sums: MetricSum) -> MetricSum:
        """The sums of the groups."""
        if self.single:
            return sums
        campaigns, groups = self.places
        return MetricSum(sums.amount[campaigns], sums.days[campaigns]).by(groups, self.count)

    def add(self, values: Floats) -> Floats:
        """Values added up in each group, NaN where it has none."""
        if self.single:
            return values
        campaigns, groups = self.places
        present = ~np.isnan(values[campaigns])
        campaigns, groups = campaigns[present], groups[present]
        total = np.bincount(groups, weights=values[campaigns], minlength=self.count)
        counts = np.bincount(groups, minlength=self.count)
        return np.where(counts > 0, total, np.nan)

    def alone(self, values: Floats) -> Floats:
        """The value of a group that is one campaign; what cannot be added is missing elsewhere."""
        if self.single:
            return values
        sizes = np.bincount(self.places[1], minlength=self.count)
        return np.where(sizes == 1, self.add(values), np.nan)


@dataclass(frozen=True)
class Over:
    """What a metric is measured over: a history's window, grouped, with the window's reach."""

    history: History
    window: Window
    groups: Grouping
    reach: Floats

    def total(self, column: str, beside: str = "") -> MetricSum:
        """The groups' sums of a column, where `beside` has a value too."""
        return self.groups.sum(self.history.sum(column, self.window, beside))


def measure(
    history: History,
    metric: Metric,
    window: Window,
    reach: Floats | None = None,
    groups: Grouping | None = None,
) -> Floats:
    """A metric over a window: one value a campaign (or group), NaN where missing.

    Sums add the values present. Ratios are sum over sum on the days that have both parts; a zero
    below gives nothing. Reach is that of the whole window (`window_reach_of`; for a window of one
    day the day's own), never a sum of days or of campaigns.

    Args:
        history: The days.
        metric: What to measure.
        window: Over which days.
        reach: People reached over the window, one value a campaign; NaN where not known.
        groups: Campaigns to take together, of one currency.
    """
    grouping = groups or Grouping.each(len(history.entities))
    known_reach = _reach(history, window, reach)
    return _HOW[metric.kind](metric, Over(history, window, grouping, known_reach))


def measured(
    history: History,
    metrics: Metrics,
    window: Window,
    reach: Floats | None = None,
    groups: Grouping | None = None,
) -> pd.DataFrame:
    """Every metric over a window, a column each; a row for each campaign (or group)."""
    grouping = groups or Grouping.each(len(history.entities))
    over = Over(history, window, grouping, _reach(history, window, reach))
    values = np.empty((grouping.count, len(metrics)))
    for place, metric in enumerate(metrics.values()):
        values[:, place] = _HOW[metric.kind](metric, over)
    index = None if groups else list(history.entities)
    return pd.DataFrame(values, columns=list(metrics), index=index)


def summed(history: History, metrics: Metrics, windows: Sequence[Window]) -> CampaignSums:
    """What `measured` needs of a history to measure groups over these windows, without its days."""
    sums: list[SumKey] = []
    newest: list[tuple[str, Window]] = []
    for window in windows:
        sums += [("reach", "", window)] if window.days == 1 else []
        for metric in metrics.values():
            if metric.kind in {"ratio", "daily"}:
                above, below = metric.parts
                sums += [(above, below, window), (below, above, window)]
            elif metric.kind == "last":
                newest.append((metric.parts[0], window))
            elif metric.kind in {"sum", "mean", "per_reach"}:
                sums.append((metric.parts[0], "", window))
    return CampaignSums.remembered(history, sums, newest)


def window_reach_of(
    frame: pd.DataFrame | None, history: History, window: Window, as_of: date
) -> Floats:
    """The platform's reach of exactly this window for each campaign, as known on a morning.

    Args:
        frame: `channel, account_id, campaign_id, since, until, reach, pulled_at`, or None.
        history: Whose campaigns.
        window: The window asked for; a reach of other days is of no use.
        as_of: The morning; a later pull is not read.
    """
    return reach_of(reach_known(frame, as_of), history, window)


def reach_known(frame: pd.DataFrame | None, as_of: date) -> pd.DataFrame:
    """The reach of whole windows known on a morning.

    Args:
        frame: As `window_reach_of` has it.
        as_of: The morning.

    Returns:
        Its rows with `since` and `until` as days.
    """
    if frame is None or frame.empty:
        return pd.DataFrame()
    days = frame.assign(since=_day(frame["since"]), until=_day(frame["until"]))
    days = days if "pulled_at" in days else days.assign(pulled_at=None)
    pulled = _day(days["pulled_at"]).fillna(days["until"] + pd.Timedelta(days=1))
    return days[pulled <= pd.Timestamp(as_of)]


def reach_of(known: pd.DataFrame, history: History, window: Window) -> Floats:
    """The reach of exactly this window for each campaign, out of `reach_known`."""
    entities = list(history.entities)
    if known.empty:
        return np.full(len(entities), np.nan)
    fits = known["since"].eq(pd.Timestamp(window.since))
    fits &= known["until"].eq(pd.Timestamp(window.until))
    reach_rows = _named(known[fits]).sort_values("pulled_at", na_position="first")
    newest = reach_rows.drop_duplicates("entity", keep="last").set_index("entity")["reach"]
    return np.asarray(newest.astype("float64").reindex(entities), dtype=np.float64)


def reached_entities(frame: pd.DataFrame) -> pd.Series:
    """Which campaign each row of a frame of windows' reach is about."""
    if frame.empty:
        return pd.Series(dtype=object)
    named: pd.Series = _named(frame)["entity"]
    return named


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    ids = pd.DataFrame(index=frame.index)
    ids["channel"] = frame["channel"].map(lambda text: channel_key(str(text)))
    ids["account_id"] = frame["account_id"].fillna("").astype(str).map(account_key)
    ids["campaign_id"] = frame["campaign_id"].astype(str)
    return frame.assign(entity=entity(ids))


def _day(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values, utc=True).dt.tz_localize(None).dt.normalize()


def _reach(history: History, window: Window, reach: Floats | None) -> Floats:
    known_reach = np.full(len(history.entities), np.nan) if reach is None else reach
    if window.days != 1:
        return known_reach
    return np.where(np.isnan(known_reach), history.sum("reach", window).value, known_reach)


def _sum(metric: Metric, over: Over) -> Floats:
    return over.total(metric.parts[0]).value


def _ratio(metric: Metric, over: Over) -> Floats:
    above, below = metric.parts
    top, bottom = over.total(above, below).value, over.total(below, above).value
    return divided(top, bottom, metric.scale)


def _mean(metric: Metric, over: Over) -> Floats:
    total = over.total(metric.parts[0])
    return divided(total.value, total.days.astype(np.float64))


def _last(metric: Metric, over: Over) -> Floats:
    return over.groups.add(over.history.newest(metric.parts[0], over.window))


def _reached(_: Metric, over: Over) -> Floats:
    return over.groups.alone(over.reach)


def _per_reach(metric: Metric, over: Over) -> Floats:
    reached = over.groups.alone(over.reach)
    return divided(over.total(metric.parts[0]).value, reached, metric.scale)


def _daily(metric: Metric, over: Over) -> Floats:
    """Showings over the reach of the days: two campaigns may have reached the same people."""
    by_campaign = replace(over, groups=Grouping.each(len(over.history.entities)))
    return over.groups.alone(_ratio(metric, by_campaign))


def _days(_: Metric, over: Over) -> Floats:
    return _row_days(over)


def _missing_days(_: Metric, over: Over) -> Floats:
    return over.window.days - _row_days(over)


def _row_days(over: Over) -> Floats:
    """Days on which any campaign of the group has a row."""
    if over.groups.single:
        return over.history.row_days(over.window).astype(np.float64)
    since, until = over.history.place(over.window)
    rows = over.history.rows[:, since:until]
    campaigns, groups = over.groups.places
    group_rows = np.zeros((over.groups.count, rows.shape[1]), dtype=bool)
    np.logical_or.at(group_rows, groups, rows[campaigns])
    return np.asarray(group_rows.sum(axis=1), dtype=np.float64)


_HOW: dict[str, Callable[[Metric, Over], Floats]] = {
    "sum": _sum,
    "ratio": _ratio,
    "daily": _daily,
    "mean": _mean,
    "last": _last,
    "reach": _reached,
    "per_reach": _per_reach,
    "days": _days,
    "missing_days": _missing_days,
}
