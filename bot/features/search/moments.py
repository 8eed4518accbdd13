"""When something happened: a price broke, counting stopped, a campaign began, money was moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from bot.context.context import Office
from bot.domain.replies import Asker, Reply
from bot.features.digest.movers import broken
from bot.features.parts.subjects import EVERYTHING, Subject, daily
from bot.features.search.history import events_of
from bot.numbers.metrics.glossary import Metric
from bot.question.slots import Slots
from bot.render.values.conversation import Moment
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.verdicts import judged_by

LOOK_BACK = "365d"  # how far back a campaign's first day is looked for
FEWEST, USUAL = 2, 7  # days without a result that are news; days with results before them


@dataclass(frozen=True)
class Asked:
    """A question about a moment: who asks, on which morning, about whom."""

    office: Office
    slots: Slots
    asker: Asker
    as_of: date
    figures: Figures
    subject: Subject


def moment(office: Office, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """When something began, changed, was moved, or was last brought in."""
    figures = boards.figures(office, as_of, "28d")
    subject = Subject.of(slots.things[0]) if slots.things else EVERYTHING
    request = Asked(office, slots, asker, as_of, figures, subject)
    result = WORKERS.get(slots.detail, _changed)(request)
    message = office.renderer(asker.language).render("moment", found=result)
    return Reply(message.text, message.blocks)


def _fresh(request: Asked) -> Moment:
    until = request.figures.until
    ends = [
        until[row.channel] for row in request.subject.rows(request.figures) if row.channel in until
    ]
    last_day = max(ends, default=None) or request.office.store.last_day(request.as_of)
    return Moment("fresh" if last_day else "none", request.subject.title, last_day)


def _running(request: Asked) -> Moment:
    long = boards.figures(request.office, request.as_of, LOOK_BACK)
    daily_spend = daily(request.office, request.as_of, request.subject, long, ("spend",))[
        "spend"
    ].dropna()
    if daily_spend.empty:
        return Moment("none", request.subject.title)
    first_day = daily_spend.index[0].date()
    return Moment(
        "running", request.subject.title, first_day, days=(request.as_of - first_day).days
    )


def _moved(request: Asked) -> Moment:
    """The newest acknowledgement of a move."""
    slots = replace(request.slots, text="shift", window="")
    events = events_of(request.office, slots, request.asker, request.as_of)
    acknowledgement = next((event for event in events if event.kind == "advice.acknowledge"), None)
    if acknowledgement is None:
        return Moment("none", request.subject.title)
    day = acknowledgement.at.astimezone(request.office.zone(request.asker)).date()
    return Moment(
        "moved", request.subject.title, day, who=request.office.person(acknowledgement.actor)
    )


def _changed(request: Asked) -> Moment:
    """The day its price broke, or the first day nothing was counted any more."""
    metrics, rows = request.office.rulebook.metrics, request.subject.rows(request.figures)
    if not rows:
        return Moment("none", request.subject.title)
    judge = metrics[judged_by(rows[0], request.office.rulebook)]
    asked_metric = metrics.get(request.slots.metric, judge)
    counted = (
        asked_metric.over if asked_metric.sum == "spend" and asked_metric.over else asked_metric.sum
    ) or "conversions"
    columns = ("spend", counted, "impressions", "clicks")
    numbers = daily(request.office, request.as_of, request.subject, request.figures, columns)
    silent = _silent_since(numbers, counted)
    if silent is not None:
        return Moment("nothing_counted", request.subject.title, silent, counted)
    breaks = (_break(request, numbers, metric) for metric in (judge, metrics["ctr"]))
    return next(filter(None, breaks), Moment("none", request.subject.title))


def _silent_since(numbers: pd.DataFrame, counted: str) -> date | None:
    """The first of the newest days on which money was spent and nothing was counted."""
    quiet = (numbers["spend"] > 0) & ~(numbers[counted] > 0)
    noisy = quiet.index[~quiet]
    days = (quiet.index[-1] - noisy[-1]).days if len(noisy) else len(quiet)
    enough = FEWEST <= days < len(quiet) - USUAL
    return quiet.index[-days].date() if enough else None


def _break(request: Asked, numbers: pd.DataFrame, metric: Metric) -> Moment | None:
    """The day the level of a ratio broke, with the levels before and since."""
    top, bottom = metric.sum or "", metric.over or ""
    if top not in numbers or bottom not in numbers:
        return None
    spent, bought = (bottom, top) if metric.better == "higher" else (top, bottom)
    at = broken(_plain(numbers[spent]), _plain(numbers[bought]))
    if at is None:
        return None
    sides = (numbers.iloc[: at.at], numbers.iloc[at.at :])
    was, now = (float(side[top].sum() / side[bottom].sum()) * metric.scale for side in sides)
    money = request.subject.rows(request.figures)[0].currency if metric.unit == "money" else None
    day = numbers.index[at.at].date()
    return Moment("change", request.subject.title, day, metric.name, was, now, money)


def _plain(column: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in column]


WORKERS: Mapping[str, Callable[[Asked], Moment]] = {
    "fresh": _fresh,
    "running": _running,
    "moved": _moved,
}
