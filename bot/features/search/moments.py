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
    asked = Asked(office, slots, asker, as_of, figures, subject)
    found = WORKERS.get(slots.detail, _changed)(asked)
    message = office.renderer(asker.language).render("moment", found=found)
    return Reply(message.text, message.blocks)


def _fresh(asked: Asked) -> Moment:
    until = asked.figures.until
    ends = [until[row.channel] for row in asked.subject.rows(asked.figures) if row.channel in until]
    last = max(ends, default=None) or asked.office.store.last_day(asked.as_of)
    return Moment("fresh" if last else "none", asked.subject.title, last)


def _running(asked: Asked) -> Moment:
    long = boards.figures(asked.office, asked.as_of, LOOK_BACK)
    found = daily(asked.office, asked.as_of, asked.subject, long, ("spend",))["spend"].dropna()
    if found.empty:
        return Moment("none", asked.subject.title)
    first = found.index[0].date()
    return Moment("running", asked.subject.title, first, days=(asked.as_of - first).days)


def _moved(asked: Asked) -> Moment:
    """The newest acknowledgement of a move."""
    slots = replace(asked.slots, text="shift", window="")
    events = events_of(asked.office, slots, asked.asker, asked.as_of)
    taken = next((each for each in events if each.kind == "advice.acknowledge"), None)
    if taken is None:
        return Moment("none", asked.subject.title)
    day = taken.at.astimezone(asked.office.zone(asked.asker)).date()
    return Moment("moved", asked.subject.title, day, who=asked.office.person(taken.actor))


def _changed(asked: Asked) -> Moment:
    """The day its price broke, or the first day nothing was counted any more."""
    metrics, rows = asked.office.rulebook.metrics, asked.subject.rows(asked.figures)
    if not rows:
        return Moment("none", asked.subject.title)
    judge = metrics[judged_by(rows[0], asked.office.rulebook)]
    known = metrics.get(asked.slots.metric, judge)
    counted = (known.over if known.sum == "spend" and known.over else known.sum) or "conversions"
    columns = ("spend", counted, "impressions", "clicks")
    found = daily(asked.office, asked.as_of, asked.subject, asked.figures, columns)
    silent = _silent_since(found, counted)
    if silent is not None:
        return Moment("nothing_counted", asked.subject.title, silent, counted)
    breaks = (_break(asked, found, each) for each in (judge, metrics["ctr"]))
    return next(filter(None, breaks), Moment("none", asked.subject.title))


def _silent_since(found: pd.DataFrame, counted: str) -> date | None:
    """The first of the newest days on which money was spent and nothing was counted."""
    quiet = (found["spend"] > 0) & ~(found[counted] > 0)
    noisy = quiet.index[~quiet]
    days = (quiet.index[-1] - noisy[-1]).days if len(noisy) else len(quiet)
    enough = FEWEST <= days < len(quiet) - USUAL
    return quiet.index[-days].date() if enough else None


def _break(asked: Asked, found: pd.DataFrame, metric: Metric) -> Moment | None:
    """The day the level of a ratio broke, with the levels before and since."""
    top, bottom = metric.sum or "", metric.over or ""
    if top not in found or bottom not in found:
        return None
    spent, bought = (bottom, top) if metric.better == "higher" else (top, bottom)
    at = broken(_plain(found[spent]), _plain(found[bought]))
    if at is None:
        return None
    sides = (found.iloc[: at.at], found.iloc[at.at :])
    was, now = (float(side[top].sum() / side[bottom].sum()) * metric.scale for side in sides)
    money = asked.subject.rows(asked.figures)[0].currency if metric.unit == "money" else None
    day = found.index[at.at].date()
    return Moment("change", asked.subject.title, day, metric.name, was, now, money)


def _plain(column: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in column]


WORKERS: Mapping[str, Callable[[Asked], Moment]] = {
    "fresh": _fresh,
    "running": _running,
    "moved": _moved,
}
