"""When something happened: a price broke, counting stopped, a campaign began, money was moved."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from itertools import chain

import pandas as pd

from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.features.parts.subjects import EVERYTHING, Subject, daily, first_day
from bot.features.search.activity import events_of, newest_target
from bot.numbers.metrics.glossary import Metric
from bot.numbers.signals.price_breaks import broken
from bot.policy.schedule import comes_on, form_of
from bot.question.slots import Slots
from bot.render.values.conversation import Moment
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.evaluation import ids_of, judged
from bot.snapshot.settling_results import LateResults
from bot.snapshot.verdicts import judged_by

LOOK_BACK = "365d"  # how far back a campaign's first day is looked for
FURTHEST = 63  # days ahead in which the next digest is looked for
FALLBACKS = {
    "conversions": ("cpa", "conversion_rate"),
    "revenue": ("roas", "cpa"),
    "leads": ("cpl", "lead_rate"),
    "clicks": ("ctr", "cpc"),
}
MOST_INSIDE = 8  # campaigns that are looked at where all of them together show nothing
FEWEST, USUAL = 2, 7  # days without a result that are news; days with results before them

_TRACKED = re.compile(r"\b(?:track\w*|spor\w*|måling\w*|pixel\w*|piksel\w*|tag|taggen)\b")
_EARLIEST = re.compile(
    r"\b(?:earliest|oldest|first|far back|tidligste|eldste|første|langt tilbake)\b"
)


@dataclass(frozen=True)
class MomentQuestion:
    """A question about a moment: who asks, on which morning, about whom."""

    context: Context
    slots: Slots
    asker: Asker
    as_of: date
    figures: Figures
    subject: Subject


def moment(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """When something began, changed, was moved, or was last brought in."""
    figures = boards.figures(context, as_of, "28d")
    subject = Subject.of(slots.things[0]) if slots.things else EVERYTHING
    request = MomentQuestion(context, slots, asker, as_of, figures, subject)
    result = WORKERS.get(slots.detail, _changed)(request)
    message = context.renderer(asker.language).render("moment", found=result)
    return Reply(message.text, message.blocks)


def _fresh(request: MomentQuestion) -> Moment:
    if _EARLIEST.search(request.slots.text):
        begins = first_day(request.context, request.as_of)
        return Moment("begins" if begins else "none", request.subject.title, begins)
    until = request.figures.until
    ends = [
        until[row.channel] for row in request.subject.rows(request.figures) if row.channel in until
    ]
    last_day = max(ends, default=None) or request.context.store.last_day(request.as_of)
    return Moment("fresh" if last_day else "none", request.subject.title, last_day)


def _running(request: MomentQuestion) -> Moment:
    long = boards.figures(request.context, request.as_of, LOOK_BACK)
    daily_spend = daily(request.context, request.as_of, request.subject, long, ("spend",))[
        "spend"
    ].dropna()
    if daily_spend.empty:
        return Moment("none", request.subject.title)
    first_day = daily_spend.index[0].date()
    return Moment(
        "running", request.subject.title, first_day, days=(request.as_of - first_day).days
    )


def _moved(request: MomentQuestion) -> Moment:
    """The newest acknowledgement of a move."""
    slots = replace(request.slots, text="shift", window="")
    events = events_of(request.context, slots, request.asker, request.as_of)
    acknowledgement = next((event for event in events if event.kind == "advice.acknowledge"), None)
    if acknowledgement is None:
        return Moment("none", request.subject.title)
    day = acknowledgement.at.astimezone(request.context.zone(request.asker)).date()
    who, days = request.context.person(acknowledgement.actor), (request.as_of - day).days
    return Moment("moved", request.subject.title, day, who=who, days=days)


def _changed(request: MomentQuestion) -> Moment:
    """The day its price broke, or the first day nothing was counted any more.

    Where several campaigns together show nothing, the biggest of them that does.
    """
    if not request.slots.things and _TRACKED.search(request.slots.text):
        request = replace(request, subject=_untracked(request) or request.subject)
    metrics, rows = request.context.rulebook.metrics, request.subject.rows(request.figures)
    if not rows:
        return Moment("none", request.subject.title)
    judge = metrics[judged_by(rows[0], request.context.rulebook)]
    asked_metric = metrics.get(request.slots.metric, judge)
    counted = (
        asked_metric.over if asked_metric.sum == "spend" and asked_metric.over else asked_metric.sum
    ) or "conversions"
    numbers = _by_day(request, counted)
    silent = _silent_since(numbers, counted)
    if silent is not None:
        days = (request.as_of - silent).days
        return Moment("nothing_counted", request.subject.title, silent, counted, days=days)
    ratios = (asked_metric, *FALLBACKS.get(asked_metric.name, ()), judge.name, "ctr")
    looked = dict.fromkeys(metric if isinstance(metric, str) else metric.name for metric in ratios)
    breaks = (_break(request, numbers, metrics[name]) for name in looked if name in metrics)
    inside = (
        _changed(replace(request, subject=Subject("entity", row.entity, row.label)))
        for row in rows[:MOST_INSIDE]
        if request.subject.by != "entity" and row.now("spend")
    )
    changes = (
        moment for moment in inside
        if moment.kind == "change" and (not request.slots.metric or moment.metric in looked)
    )  # fmt: skip
    return next(chain(filter(None, breaks), changes), Moment("none", request.subject.title))


def _untracked(request: MomentQuestion) -> Subject | None:
    """The campaign whose counting is open advice, the biggest first; None where all count."""
    records = judged(request.context, request.as_of).shown
    ids = {
        campaign_id
        for record in records if record.advice.action == "check_tracking"
        for campaign_id in record.advice.campaign_ids
    }  # fmt: skip
    rows = [row for row in EVERYTHING.rows(request.figures) if ids & ids_of([row])]
    return Subject("entity", rows[0].entity, rows[0].label) if rows else None


def _by_day(asked: MomentQuestion, counted: str) -> pd.DataFrame:
    """The columns a moment is looked for in, each once."""
    columns = dict.fromkeys(("spend", counted, "impressions", "clicks", *_parts(asked)))
    return daily(asked.context, asked.as_of, asked.subject, asked.figures, tuple(columns))


def _parts(asked: MomentQuestion) -> tuple[str, ...]:
    """What the number asked about is made of."""
    metric = asked.context.rulebook.metrics.get(asked.slots.metric)
    return metric.parts if metric is not None and metric.kind in {"sum", "ratio"} else ()


def _last(asked: MomentQuestion) -> Moment:
    """The newest day something was counted."""
    rows = asked.subject.rows(asked.figures)
    if not rows:
        return Moment("none", asked.subject.title)
    metrics = asked.context.rulebook.metrics
    judge = metrics[judged_by(rows[0], asked.context.rulebook)]
    metric = metrics.get(asked.slots.metric, judge)
    counted = (
        metric.over if metric.sum == "spend" and metric.over else metric.sum
    ) or "conversions"
    amounts = _by_day(asked, counted)[counted]
    days = amounts.index[amounts > 0]
    if not len(days):
        return Moment("none", asked.subject.title)
    day = days[-1].date()
    times = float(amounts[days[-1]])
    return Moment(
        "last", asked.subject.title, day, counted, now=times, days=(asked.as_of - day).days
    )


def _set(asked: MomentQuestion) -> Moment:
    """The newest change of a target, from the log."""
    target_change = newest_target(
        asked.context, asked.subject.title, asked.context.zone(asked.asker)
    )
    if target_change is None:
        return Moment("never_set", asked.subject.title)
    return Moment(
        "set",
        target_change.name,
        target_change.day,
        who=target_change.who,
        days=(asked.as_of - target_change.day).days,
        before=target_change.before,
        now=target_change.after,
    )


def _digest(asked: MomentQuestion) -> Moment:
    """The next morning whose digest comes here."""
    here = [
        subscription
        for subscription in asked.context.store.subscriptions()
        if subscription.channel == asked.asker.channel
    ]
    dates = (
        (asked.as_of + timedelta(ahead), subscription)
        for ahead in range(1, FURTHEST)
        for subscription in here
        if comes_on(subscription, asked.as_of + timedelta(ahead))
    )
    day, subscription = next(dates, (None, None))
    if day is None or subscription is None:
        return Moment("no_digest", asked.subject.title)
    at = time.fromisoformat(subscription.time)
    return Moment("digest", "", day, at=at, comes=(*form_of(subscription), at))


def _silent_since(numbers: pd.DataFrame, counted: str) -> date | None:
    """The first of the newest days on which money was spent and nothing was counted."""
    quiet = (numbers["spend"] > 0) & ~(numbers[counted] > 0)
    noisy = quiet.index[~quiet]
    days = (quiet.index[-1] - noisy[-1]).days if len(noisy) else len(quiet)
    enough = FEWEST <= days < len(quiet) - USUAL
    return quiet.index[-days].date() if enough else None


def _in_so_far(
    request: MomentQuestion, metric: Metric, counted: str, days: int
) -> tuple[float, ...]:
    """How full the days are of what is counted; () where it comes late and nobody knows how."""
    if not metric.lag:
        return (1.0,) * days
    late = LateResults.of(request.context, request.as_of)
    stages = dict.fromkeys(row.stage or "" for row in request.subject.rows(request.figures))
    learned = (late.of_days(stage, counted, days) for stage in stages)
    return next((tuple(shares) for shares in learned if shares), ())


def _break(request: MomentQuestion, numbers: pd.DataFrame, metric: Metric) -> Moment | None:
    """The day the level of a ratio broke, with the levels before and since."""
    top, bottom = metric.sum or "", metric.over or ""
    if top not in numbers or bottom not in numbers:
        return None
    spent, bought = (bottom, top) if metric.better == "higher" else (top, bottom)
    full = _in_so_far(request, metric, bought, len(numbers))
    at = broken(_plain(numbers[spent]), _plain(numbers[bought]), full)
    if at is None:
        return None
    sides = (numbers.iloc[: at.at], numbers.iloc[at.at :])
    was, now = (float(side[top].sum() / side[bottom].sum()) * metric.scale for side in sides)
    money = request.subject.rows(request.figures)[0].currency if metric.unit == "money" else None
    day = numbers.index[at.at].date()
    days = (request.as_of - day).days
    return Moment("change", request.subject.title, day, metric.name, was, now, money, days)


def _plain(column: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in column]


WORKERS: Mapping[str, Callable[[MomentQuestion], Moment]] = {
    "fresh": _fresh,
    "running": _running,
    "moved": _moved,
    "last": _last,
    "set": _set,
    "digest": _digest,
}
