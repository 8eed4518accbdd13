"""Was it done? Read from the daily budgets of the next pulls, or from spend where none is known.

The days an outcome is read from: spend, results and budgets of the campaigns that matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.advice.outcome.types import Applied, Frozen
from bot.numbers.input.daily import campaigns_only, entity, known_on
from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import Bools, Floats


@dataclass(frozen=True, eq=False)
class DayArrays:
    """Campaign x day arrays of one span, in the order the campaigns were asked for.

    Attributes:
        span: The days, oldest first.
        spend, results, budget: NaN where missing.
    """

    span: Window
    spend: Floats
    results: Floats
    budget: Floats

    @classmethod
    def of(
        cls, numbers: pd.DataFrame, as_of: date, span: Window, entities: Sequence[str], column: str
    ) -> DayArrays:
        """The days of these campaigns, as known on a morning; nothing dated after it is read."""
        daily_rows = campaigns_only(known_on(numbers, as_of))
        daily_rows = daily_rows[entity(daily_rows).isin(set(entities))]
        history = History.of(daily_rows, span)
        places = {name: place for place, name in enumerate(history.entities)}

        def grid(name: str) -> Floats:
            cells, values = np.full((len(entities), span.days), np.nan), history.column(name)
            for row, entity_name in enumerate(entities):
                if entity_name in places:
                    cells[row] = values[places[entity_name]]
            return cells

        return cls(span, grid("spend"), grid(column), grid("daily_budget"))

    def day(self, place: int) -> date:
        """The day of a column."""
        return self.span.since + timedelta(place)

    def within(self, window: Window) -> Bools:
        """Which columns lie in a window."""
        return np.array([self.day(place) in window for place in range(self.span.days)], dtype=bool)


WHOLE, NOTHING = (0.9, 1.1), 0.1
"""Shares of a budget change that count as all of it, and as none."""
ABOUT_WHOLE, ABOUT_NOTHING = (0.6, 1.6), 0.25
"""The same for spend, which scatters around a budget."""
SPENT = 5
"""Days of spend that tell what the budget must be."""


def applied(frozen: Frozen, numbers: pd.DataFrame, as_of: date | None = None) -> Applied:
    """Whether the change was made: not yet, applied, partly, differently or changed outside.

    The day of the acknowledgement counts. `differently` is another amount or direction than was
    advised; `changed_outside` is a change that was made and then changed again.

    Args:
        frozen: What was acknowledged.
        numbers: Daily numbers of the campaigns, any revisions.
        as_of: The morning; by default everything in `numbers` is known.
    """
    dates = pd.to_datetime(numbers["date"])
    if dates.empty:
        return Applied("not_yet")
    morning = as_of or dates.max().date() + timedelta(1)
    newest_date = dates[dates < pd.Timestamp(morning)].max()
    last_day = frozen.on - timedelta(1) if pd.isna(newest_date) else newest_date.date()
    span = Window(frozen.on, min(last_day, frozen.after.until))
    if span.days == 0:
        return Applied("not_yet")
    entities = [campaign.entity for campaign in frozen.treated]
    days = DayArrays.of(numbers, morning, span, entities, frozen.column)
    budget_known = all(campaign.known for campaign in frozen.treated) and frozen.action != "pause"
    budget_known = budget_known and bool((~np.isnan(days.budget)).any(axis=1).all())
    if frozen.action == "pause":  # what is paused may have no rows at all
        days = replace(days, spend=np.nan_to_num(days.spend))
    needed = 1 if frozen.action == "pause" else SPENT
    shares = _shares(frozen, days.budget if budget_known else _recent(days.spend, needed))
    application = _told(shares, days, budget_known=budget_known)
    if budget_known or application.since is None:
        return application
    return replace(application, since=max(frozen.on, application.since - timedelta(needed - 1)))


def _recent(spend: Floats, days: int) -> Floats:
    """Mean spend of the newest days up to each day, once there are enough."""
    table = pd.DataFrame(spend.T)
    return np.asarray(table.rolling(days, min_periods=days).mean().to_numpy().T)


def _shares(frozen: Frozen, amounts: Floats) -> Floats:
    """Campaign x day: how much of each change is in place; budgets stay until they are changed."""
    filled = pd.DataFrame(amounts.T).ffill().to_numpy().T
    before = np.array([campaign.before for campaign in frozen.treated])[:, None]
    after = np.array([campaign.after for campaign in frozen.treated])[:, None]
    return np.asarray((filled - before) / np.where(after == before, np.nan, after - before))


def _told(shares: Floats, days: DayArrays, *, budget_known: bool) -> Applied:
    full_range, nothing = (WHOLE, NOTHING) if budget_known else (ABOUT_WHOLE, ABOUT_NOTHING)
    states = [_state(shares[:, place], full_range, nothing) for place in range(shares.shape[1])]
    changed_places = [place for place, state in enumerate(states) if state not in {"", "not_yet"}]
    if not changed_places:
        return Applied("not_yet")
    since, last_state = days.day(changed_places[0]), states[-1] or states[changed_places[-1]]
    share = float(np.nanmean(shares[:, -1]))
    undone = [place for place in range(changed_places[0], len(states)) if _again(states, place)]
    if undone and budget_known:
        until = days.day(undone[0] - 1)
        kept_share = float(np.nanmean(shares[:, undone[0] - 1]))
        return Applied("changed_outside", since, until, kept_share)
    return Applied(last_state, since, None, share)


def _again(states: list[str], place: int) -> bool:
    """Whether what was in place the day before has been changed since."""
    was, is_ = states[place - 1] if place else "", states[place]
    if was in {"partly", "differently"}:
        return is_ == "not_yet"
    return was == "applied" and is_ not in {"applied", ""}


def _state(shares: Floats, full_range: tuple[float, float], nothing: float) -> str:
    known_shares = shares[~np.isnan(shares)]
    if known_shares.size == 0:
        return ""
    low, high = full_range
    if ((known_shares >= low) & (known_shares <= high)).all():
        return "applied"
    if (np.abs(known_shares) <= nothing).all():
        return "not_yet"
    return (
        "partly" if ((known_shares >= -nothing) & (known_shares <= high)).all() else "differently"
    )
