"""The parts answers share: exact figures, charts, causes, what is late.

Days without numbers: said in a sentence, with what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain

import numpy as np

from bot.advice.rules.rulebook import Rulebook
from bot.context.context import Context
from bot.domain.campaign_rows import BoardRow, CampaignRow, biggest_first, spend
from bot.errors import NoNumbers
from bot.numbers.decompose.chains import PRICES
from bot.numbers.decompose.split import split_rows
from bot.numbers.metrics.glossary import Metrics
from bot.numbers.metrics.sums import Floats
from bot.numbers.signals.delivery_calendar import holes, runs
from bot.render.not_known import Failure
from bot.render.values.templates import (
    DoubleTraffic,
    Hole,
    Kpi,
    Late,
    MetricFigure,
    PriceFactor,
    Trend,
)
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.days_due import channels_due
from bot.snapshot.naming import no_numbers, title
from bot.snapshot.trends import DAYS, Series
from bot.store.base import Pull

FIRST = (
    *("spend", "clicks", "leads", "conversions", "cpc", "cpl", "cpa", "roas"),
    *("impressions", "ctr", "cpm", "reach", "frequency", "daily_frequency", "revenue"),
    *("landing_views", "engagements", "documented_conversions", "qualified_leads"),
)
MOST = 10  # Slack's most fields of a section
BIG = 0.1  # of the money: a campaign whose missing days are news
LEAST_PART = 0.005  # parts under half a per cent of the price are not worth a line


def exact_figures(row: BoardRow, kpi: Kpi, metrics: Metrics) -> tuple[MetricFigure, ...]:
    """At most ten numbers a person can check, the judged one's among the first."""
    judged_metric = metrics.get(kpi.metric)
    result = (judged_metric.over or "") if judged_metric else ""
    candidates = list(dict.fromkeys(("spend", result, kpi.metric, *FIRST, *metrics)))
    names = [name for name in candidates if name in metrics and _told(row, name)][:MOST]
    order = {name: place for place, name in enumerate((*FIRST, *metrics))}
    names.sort(key=lambda name: order[name])
    return tuple(figure(row, name, metrics) for name in names)


def _told(row: BoardRow, metric: str) -> bool:
    return row.now(metric) is not None and metric not in {"days", "missing_days"}


def figure(row: BoardRow, metric: str, metrics: Metrics) -> MetricFigure:
    """One metric of a campaign or a total, now and before."""
    currency = row.currency if metrics[metric].unit == "money" else None
    return MetricFigure(metric, row.now(metric), row.before(metric), currency)


def charts(all_series: Iterable[Series], as_of: date) -> tuple[Trend, ...]:
    """Series as charts: spend as bars, the rest as lines."""
    first_day = as_of - timedelta(DAYS)
    days = tuple(first_day + timedelta(step) for step in range(DAYS))
    return tuple(
        Trend(
            metric=series.metric,
            days=days,
            values=series.amounts,
            over=series.over,
            scale=series.scale,
            currency=series.currency,
            line=series.metric != "spend",
        )
        for series in all_series
        if any(value is not None for value in series.amounts)
    )


def causes(rows: Sequence[CampaignRow], kpi: Kpi, rulebook: Rulebook) -> tuple[PriceFactor, ...]:
    """What a change in a unit price consists of, the biggest part first."""
    judged_metric = rulebook.metrics.get(kpi.metric)
    if kpi.metric not in PRICES or judged_metric is None or not rows:
        return ()
    names = {row.entity: row.label for row in rows}
    split = split_rows([row.columns for row in rows], kpi.metric)
    if not split.change or split.before is None:
        return ()
    parts = [
        PriceFactor(
            "other" if factor == "unsplit" else factor,
            amount,
            _mostly(split.parts[factor], [names[entity] for entity in split.names]),
        )
        for factor, amount in split.factors.items()
        if abs(amount) >= LEAST_PART * split.before
    ]
    return tuple(sorted(parts, key=lambda part: -abs(part.amount)))


def _mostly(amounts: Floats, labels: Sequence[str]) -> str:
    """The campaign most of a part comes from, or "" where it is spread."""
    if len(amounts) < 2:
        return ""
    sizes = np.abs(amounts)
    return labels[int(sizes.argmax())] if sizes.max() >= 0.7 * sizes.sum() else ""


def late(context: Context, figures: Figures, channels: Iterable[str]) -> tuple[Late, ...]:
    """Channels whose numbers end before the last day due, though no pull says that is all."""
    due = channels_due(context, figures)
    behind = [channel for channel in channels
              if channel in due and figures.until[channel] < due[channel]]  # fmt: skip
    reached = {
        channel
        for pull in (context.store.pulls() if behind else ())
        if pull.ok and pull.until is not None
        for channel in pull.channels
        if channel in due and pull.until >= due[channel]
    }
    return tuple(
        Late(title(channel), figures.until[channel]) for channel in behind if channel not in reached
    )


def not_due(context: Context, figures: Figures) -> tuple[Late, ...]:
    """Channels that have all they can, and less than others: yesterday is not over there."""
    newest, due = max(figures.until.values(), default=None), channels_due(context, figures)
    return tuple(
        Late(title(channel), figures.until[channel])
        for channel in figures.channels
        if newest is not None
        and due.get(channel, newest) <= figures.until.get(channel, newest)
        and figures.until.get(channel, newest) < newest
    )


def holes_of(figures: Figures, channels: Iterable[str]) -> tuple[Hole, ...]:
    """Days in the midst of these that a channel, or one of its accounts, has no numbers of.

    Of the days asked about and of those they are compared with: sums of both leave them out.
    """
    return tuple(hole for channel in channels for hole in _holes_of(figures, channel))


def month_holes(month: Figures, channels: Iterable[str]) -> tuple[Hole, ...]:
    """Days of the month so far without numbers: its money is more than what was counted."""
    inside = {
        account: tuple(day for day in days if day in month.now)
        for account, days in month.holes.items()
    }
    gaps = {account: days for account, days in inside.items() if days}
    return holes_of(replace(month, holes=gaps), channels)


def _holes_of(figures: Figures, channel: str) -> Iterator[Hole]:
    gaps = {account: set(days) for (key, account), days in figures.holes.items() if key == channel}
    accounts = {row.account_id for row in figures.rows if row.channel == channel} | set(gaps)
    shared = set.intersection(*(gaps.get(account, set()) for account in accounts)) if gaps else ()
    if shared:
        yield Hole(title(channel), runs(shared))
    for account, days in sorted(gaps.items()):
        if own := days.difference(shared):
            yield Hole(f"{title(channel)} {account}".strip(), runs(own))


def all_holes(context: Context, figures: Figures, channels: Iterable[str]) -> tuple[Hole, ...]:
    """Those of channels and accounts, and of the campaigns with a tenth of the money or more."""
    named, everything = tuple(channels), sum(map(spend, figures.rows))
    big = [
        row for row in figures.rows if row.channel in named and spend(row) >= BIG * everything > 0
    ]
    campaigns = (own_holes(context, figures, row) for row in biggest_first(big))
    return (*holes_of(figures, named), *chain.from_iterable(campaigns))


def doubles_of(figures: Figures) -> tuple[DoubleTraffic, ...]:
    """Channels or accounts that bring what another one brings, with the campaigns it is of.

    Two campaigns of one account are named themselves.
    """
    rows = {row.entity: row for row in figures.rows}
    by_pair: dict[tuple[str, str, str], list[str]] = {}
    for row in figures.rows:
        original = rows.get(row.double_of or "")
        if original is None:
            continue
        places, channels = [title(each.channel) for each in (row, original)], ""
        if (row.channel, row.account_id) == (original.channel, original.account_id):
            places, channels = [row.label, original.label], places[0]
        elif row.channel == original.channel:
            places = [f"{title(each.channel)} {each.account_id}" for each in (row, original)]
        by_pair.setdefault((places[0], places[1], channels), []).append(row.campaign_name)
    return tuple(
        DoubleTraffic(copy, original, () if within else tuple(names), within)
        for (copy, original, within), names in by_pair.items()
    )


def own_holes(context: Context, figures: Figures, row: CampaignRow) -> tuple[Hole, ...]:
    """Days of the last four weeks on which a campaign has no numbers though its account has."""
    spend_series = (
        series
        for series in boards.trends(context, figures.as_of, row.channel)
        if (series.group, series.metric) == (row.entity, "spend")
    )
    amounts = next((series.amounts for series in spend_series), ())
    first_day = figures.as_of - timedelta(len(amounts))
    known_days = {
        first_day + timedelta(at) for at, amount in enumerate(amounts) if amount is not None
    }
    together = figures.holes.get((row.channel, row.account_id), ())
    days = [
        day
        for day in holes(known_days, figures.as_of - timedelta(1))
        if day not in together and (day in figures.now or day in figures.before)
    ]
    return (Hole(row.label, runs(days)),) if days else ()


def complete_until(context: Context, as_of: date) -> date | None:
    """Until which day numbers are complete: weekdays on which nothing ever comes are no gap."""
    until = boards.head(context, as_of, "28d").until
    return max(until.values(), default=context.store.last_day(as_of))


def unreported(context: Context, as_of: date) -> bool:
    """Whether nobody has brought numbers of the last data day, and no pull says that is all.

    A day on which none were due is reported: an account of working days on a Sunday.
    """
    until = complete_until(context, as_of)
    due = channels_due(context, boards.head(context, as_of, "28d"))
    last_day = max(due.values(), default=as_of - timedelta(1))
    if until is not None and until >= last_day:
        return False
    return not any(
        pull.ok and pull.until and pull.until >= last_day for pull in context.store.pulls()
    )


FAILED = "The last pull failed: %(why)s An admin can mend it: /perf sources."
NOT_NUMBERS = ("days", "missing_days")


def blank(rows: Iterable[BoardRow]) -> bool:
    """Whether none of these totals or campaigns has a number in the window."""
    return not any(
        value is not None
        for row in rows
        for name, value in row.numbers_now()
        if name not in NOT_NUMBERS
    )


def absent(context: Context, figures: Figures, channel: str = "", name: str = "") -> NoNumbers:
    """Why there is nothing to show of a channel (of a campaign or a group in it, of anything).

    Args:
        context: The store.
        figures: The board of the days asked about.
        channel: Its key, "" for all.
        name: What was asked about, where it is not the channel.
    """
    subject = name or (title(channel) if channel else "")
    ends = [day for key, day in figures.until.items() if channel in {"", key}]
    if not ends or not subject:
        return no_numbers(context, figures.as_of, channel)
    if max(ends) >= figures.now.since:
        message = "There are no numbers for %(name)s from %(since)s to %(until)s."
        days = {"since": figures.now.since, "until": figures.now.until}
        return NoNumbers(message, hint="Ask about other days.", values={"name": subject, **days})
    message = "There are no numbers for %(name)s after %(last)s."
    why, hint = _why(context, channel)
    return NoNumbers(message, hint=hint, values={"name": subject, "last": max(ends), "why": why})


def _why(context: Context, channel: str) -> tuple[str, str]:
    failed = _failed(context, channel)
    if failed and failed.error:
        return Failure(failed.error), FAILED
    return "", "See /perf sources, or ask about a longer period, such as 28d."


def _failed(context: Context, channel: str) -> Pull | None:
    """The newest pull of a channel, where it failed."""
    pulls = [
        pull
        for pull in context.store.pulls()
        if channel and (channel in pull.channels or channel == pull.source)
    ]
    newest = max(pulls, key=lambda pull: pull.pulled_at, default=None)
    return newest if newest and not newest.ok else None
