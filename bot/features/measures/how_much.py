"""How much: one metric of everything, a channel, a stage, a campaign; a share, a day, two beside.

The number asked about is the headline; what it is made of stands under it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from statistics import median

import pandas as pd

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Reply
from bot.features.parts.figures_shown import blank, holes_of
from bot.features.parts.reporting import rates_of, shown
from bot.features.parts.subjects import (
    EVERYTHING,
    Subject,
    by_currency,
    daily,
    first_day,
    groups_of,
    measured,
    total,
)
from bot.numbers.metrics.glossary import Metric
from bot.question.number_forms import EACH_PERIOD
from bot.question.slots import Slots
from bot.render.values.measures import DaysAnswer, Measure, MeasureAnswer, NothingThen, Period
from bot.render.values.news import Hole, RateNote
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.naming import title
from bot.snapshot.settling_results import LateResults

USUAL, LONGER = "7d", {"weeks": "56d", "months": "184d"}
PERIODS = {"week": "W-SUN", "month": "M"}  # as pandas calls weeks from Monday, and months
NEVER_ADDED = {"reach", "frequency", "daily_frequency", "cost_per_reach"}


@dataclass(frozen=True)
class AmountQuestion:
    """What every answer here needs: who asks, on which morning, of which days, without whom."""

    context: Context
    asker: Asker
    as_of: date
    figures: Figures
    without: tuple[str, ...] = ()

    @property
    def period(self) -> Period:
        """The days, as an answer says them."""
        figures = self.figures
        begins = first_day(self.context, self.as_of) if figures.now.days > 31 else None
        inside = begins is not None and begins > figures.now.since
        return Period(
            figures.window,
            figures.now.since,
            figures.now.until,
            figures.before.days,
            figures.compared,
            begins if inside else None,
            self.without,
        )

    @cached_property
    def late(self) -> LateResults:
        """How full the newest days are."""
        return LateResults.of(self.context, self.as_of)

    def settles(
        self, rows: Sequence[CampaignRow], metric: Metric | None, value: float | None
    ) -> tuple[float, float] | None:
        """Between what and what a number of these days ends; nothing is read where none is late."""
        if metric is None or not metric.lag:
            return None
        return self.late.settles(rows, metric, value, self.figures.now)

    @property
    def compares(self) -> bool:
        """Whether there are numbers of all the days before: they may begin among them."""
        begins = first_day(self.context, self.as_of)
        return begins is None or begins <= self.figures.before.since

    def said(self, template: str, **values: object) -> Reply:
        """A message in the asker's language."""
        message = self.context.renderer(self.asker.language).render(template, **values)
        return Reply(message.text, message.blocks)


def scene(
    context: Context, slots: Slots, asker: Asker, as_of: date, usual: str = USUAL
) -> AmountQuestion:
    """The board of the days a sentence is about."""
    window = slots.span(usual) if slots.window != "today" else usual
    figures = shown(context, boards.figures(context, as_of, window))
    left_out = {row.entity for named in slots.excluded for row in Subject.of(named).rows(figures)}
    rows = tuple(row for row in figures.rows if row.entity not in left_out)
    figures = replace(figures, rows=rows) if left_out else figures
    titles = tuple(named.title for named in slots.excluded)
    return AmountQuestion(context, asker, as_of, figures, titles)


def answer(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """How much of the metric that is asked about, in those days."""
    if slots.form == "share" and not adds_up(context, slots.metric):
        slots = replace(slots, form="")  # there is no share of a price
    usual = "yesterday" if slots.window == "today" else LONGER.get(slots.form, USUAL)
    at = scene(context, slots, asker, as_of, usual)
    if nothing := without_numbers(at, slots):
        return nothing
    subjects = [Subject.of(mention) for mention in slots.things] or [EVERYTHING]
    if slots.form in {*EACH_PERIOD, "median"}:
        return _each_day(at, subjects[0], slots.metric, slots.form)
    priced = len(subjects) > 1 and slots.form != "together"
    lines = [line for subject in subjects for line in _lines(at, subject, slots.metric, priced)]
    together = slots.form == "together" and len(subjects) > 1
    parts = tuple(lines) if together else _inside(at, subjects, slots.metric)
    if together:
        lines = _together(at, subjects, slots.metric)
    if slots.form == "average":
        parts = tuple(_a_day(at, subjects[0], line) for line in parts)
        lines = [_a_day(at, subject, line) for subject, line in zip(subjects, lines, strict=False)]
    measure_answer = MeasureAnswer(
        metric=column_of(slots.metric),
        period=at.period,
        lines=tuple(lines),
        of=_kind(slots),
        inside=parts,
        whole=_whole(at, slots, lines[0].currency),
        kind=slots.metric if slots.metric in {"cac", "mer"} else "",
        holes=_holes(at, subjects),
        rates=rates_said(at, slots.metric),
    )
    return at.said("measured", answer=measure_answer)


def _holes(at: AmountQuestion, subjects: Sequence[Subject]) -> tuple[Hole, ...]:
    """Days without numbers in the channels and accounts an answer is about."""
    rows = [row for subject in subjects for row in subject.rows(at.figures)]
    accounts = {(row.channel, row.account_id or "") for row in rows}
    gaps = {key: days for key, days in at.figures.holes.items() if key in accounts}
    channels = dict.fromkeys(row.channel for row in rows)
    return holes_of(replace(at.figures, holes=gaps), channels)


def without_numbers(at: AmountQuestion, slots: Slots) -> Reply | None:
    """What there is, where the days asked about (or compared with) have no numbers."""
    figures = at.figures
    subjects = [Subject.of(mention) for mention in slots.things] or [EVERYTHING]
    rows = [row for subject in subjects for row in subject.rows(figures)]
    begins = first_day(at.context, at.as_of)
    within_history = begins is not None and begins <= figures.now.until
    period = figures.now
    if slots.against and within_history and begins is not None and begins > figures.before.until:
        period, within_history, rows = figures.before, False, []
    if rows and not blank(rows):
        return None
    name = (
        " + ".join(subject.title for subject in subjects if subject.title) if within_history else ""
    )
    ends = at.context.store.last_day(at.as_of)
    gap = NothingThen(period.since, period.until, begins, ends, name)
    return at.said("nothing_then", found=gap)


def adds_up(context: Context, metric: str) -> bool:
    """Whether a number is a sum, of which parts are shares."""
    definition = context.rulebook.metrics.get(column_of(metric))
    return metric == "profit" or (definition is not None and definition.kind == "sum")


def _kind(slots: Slots) -> str:
    if slots.form in {"share", "average"} and (slots.things or slots.form == "average"):
        return slots.form
    several = len(slots.things) > 1 and slots.form != "together"
    return "compare" if several or slots.against else "sum"


def column_of(metric: str) -> str:
    """The metric boards have that is nearest to one of the books alone."""
    return {"cac": "cpa", "mer": "roas"}.get(metric, metric)


def _lines(
    at: AmountQuestion, subject: Subject, metric: str, priced: bool = False
) -> list[Measure]:
    """A line a currency that has any of it; of a count one over all of them.

    `priced`: Held beside another, a price is over the spend of campaigns that count its result:
    over all of it, who also sells would have the dearer leads.
    """
    groups = apart(at, subject.rows(at.figures), metric)
    measures = [line_of(at, subject.title, group_rows, metric) for group_rows in groups]
    if priced:
        measures = [bought(at, *line) for line in zip(measures, groups, strict=True)]
    with_value = [line for line in measures if line.value is not None]
    return with_value or measures[:1] or [Measure(subject.title, column_of(metric), None)]


def apart(
    at: AmountQuestion, rows: Sequence[CampaignRow], metric: str
) -> Sequence[Sequence[CampaignRow]]:
    """Rows that may be added up: those of a currency where the number is of money."""
    if not of_money(at, metric):
        return [rows] if rows else []
    return list(by_currency(rows).values())


def of_money(at: AmountQuestion, metric: str) -> bool:
    """Whether a number is money, or made of it: a ROAS of two currencies is none."""
    metrics = at.context.rulebook.metrics
    definition = metrics.get(column_of(metric))
    if definition is None or definition.unit == "money":
        return True
    return any(part in metrics and metrics[part].unit == "money" for part in definition.parts)


def rates_said(at: AmountQuestion, metric: str) -> RateNote | None:
    """At which rates a number is told, where it is of money."""
    return rates_of(at.context, at.figures) if of_money(at, metric) else None


def _together(at: AmountQuestion, subjects: Sequence[Subject], metric: str) -> list[Measure]:
    """One sum of several, a line a currency; a campaign of two of them counts once."""
    rows = {row.entity: row for subject in subjects for row in subject.rows(at.figures)}
    name = " + ".join(subject.title for subject in subjects)
    return [line_of(at, name, money, metric) for money in apart(at, list(rows.values()), metric)]


def line_of(at: AmountQuestion, name: str, rows: Sequence[CampaignRow], metric: str) -> Measure:
    """A metric of some campaigns of one currency, now and before."""
    column, currency = column_of(metric), rows[0].currency
    if metric == "profit":
        return _profit(at, name, rows, currency)
    definition = at.context.rulebook.metrics[column]
    value = measured(rows, definition)
    return Measure(
        name,
        column,
        value,
        measured(rows, definition, "before") if at.compares else None,
        currency if definition.unit == "money" else None,
        _counted(rows, definition, value),
        settles=at.settles(rows, definition, value),
    )


def _counted(rows: Sequence[CampaignRow], metric: Metric, value: float | None) -> float | None:
    """A ratio over the spend of what counts it, where that is another number."""
    counted = measured(rows, metric, counted=True)
    if value is None or counted is None or abs(counted / value - 1) < 0.001 if value else True:
        return None
    return counted


def bought(at: AmountQuestion, line: Measure, rows: Sequence[CampaignRow]) -> Measure:
    """A price over the spend of campaigns that count its result: a lead is not paid by the shop."""
    definition = at.context.rulebook.metrics[line.metric]
    if definition.sum != "spend" or not definition.over:
        return line
    now, before = (measured(rows, definition, when, counted=True) for when in ("now", "before"))
    blended = line.value if line.counted is not None else None
    before = before if at.compares else None
    settles = at.settles(rows, definition, now)
    return replace(line, value=now, before=before, counted=None, blended=blended, settles=settles)


def _profit(
    at: AmountQuestion, name: str, rows: Sequence[CampaignRow], currency: str | None
) -> Measure:
    (revenue, spend), (was_in, was_out) = (
        (total(rows, "revenue", period), total(rows, "spend", period))
        for period in ("now", "before")
    )
    now = None if revenue is None or spend is None else revenue - spend
    before = None if was_in is None or was_out is None else was_in - was_out
    ends = at.settles(rows, at.context.rulebook.metrics["revenue"], revenue)
    settles = None if ends is None or spend is None else (ends[0] - spend, ends[1] - spend)
    before = before if at.compares else None
    return Measure(name, "profit", now, before, currency, parts=(revenue, spend), settles=settles)


def _inside(at: AmountQuestion, subjects: Sequence[Subject], metric: str) -> tuple[Measure, ...]:
    """What one subject's number is made of: its channels, a line a currency, or its campaigns."""
    if len(subjects) != 1 or metric == "profit" or subjects[0].by == "entity":
        return ()
    rows = subjects[0].rows(at.figures)
    if not subjects[0].by and of_money(at, metric):
        groups = groups_of(rows, lambda row: title(row.channel))
    elif not subjects[0].by:
        groups = {title(row.channel): [] for row in rows}
        for row in rows:
            groups[title(row.channel)].append(row)
    else:
        groups = {row.label: [row] for row in rows}
    measures = [line_of(at, name, group_rows, metric) for name, group_rows in groups.items()]
    return tuple(line for line in measures if line.value is not None)


def _whole(at: AmountQuestion, slots: Slots, currency: str | None) -> Measure | None:
    """What a share is of: everything in the currency of the part."""
    if slots.form != "share" or not slots.things:
        return None
    lines = _lines(at, EVERYTHING, slots.metric)
    return next((line for line in lines if line.currency == currency), lines[0])


def _a_day(at: AmountQuestion, subject: Subject, line: Measure) -> Measure:
    """The sum by the window's days that have numbers; a ratio has no average of days."""
    definition = at.context.rulebook.metrics.get(line.metric)
    if line.value is None or definition is None or definition.kind != "sum":
        return line
    days = max((row.now("days") or 0.0 for row in subject.rows(at.figures)), default=0.0)
    days = min(days, float(at.figures.now.days)) or float(at.figures.now.days)
    before_days = at.figures.before.days if at.compares and line.before is not None else 0
    before = line.before / before_days if before_days and line.before is not None else None
    return Measure(line.name, line.metric, line.value / days, before, line.currency)


def _each_day(at: AmountQuestion, subject: Subject, metric: str, form: str) -> Reply:
    """Each day of a window and their median, or each of its weeks or months, as far as it is."""
    column = column_of(metric)
    definition = at.context.rulebook.metrics.get(column)
    parts = (
        ("revenue", "spend")
        if metric == "profit"
        else definition.parts
        if definition
        else ("spend",)
    )
    figures = _counting(at.figures, definition)
    daily_sums = daily(at.context, at.as_of, subject, figures, parts)
    if at.period.begins:  # `since january` of what has numbers from august on
        daily_sums = daily_sums[daily_sums.index >= pd.Timestamp(at.period.begins)]
    daily_sums, ends = _by_period(at, daily_sums, PERIODS.get(form.removesuffix("s"), ""))
    values = _values(daily_sums, metric, definition)
    rows = subject.rows(at.figures)
    adds = metric == "profit" or (definition is not None and definition.kind == "sum")
    present = [value for value in values if value is not None]
    money = metric == "profit" or (definition is not None and definition.unit == "money")
    first = at.period.begins or at.figures.now.since
    days_answer = DaysAnswer(
        subject.title,
        column,
        at.period,
        tuple(max(day.date(), first) for day in daily_sums.index),
        tuple(values),
        rows[0].currency if rows and money else None,
        sum(present) if adds and present else None,
        rates_said(at, metric),
        ends,
        at.late.in_so_far(rows, definition, at.figures.now),
        median(present) if form == "median" and present else None,
        by_month=form == "months",
        counted=len(subject.rows(figures)) < len(rows),
    )
    return at.said("by_day", answer=days_answer)


def _counting(figures: Figures, metric: Metric | None) -> Figures:
    """The campaigns that count what a price is of: a lead is not paid by the shop's campaigns."""
    if metric is None or metric.sum != "spend" or not metric.over:
        return figures
    rows = tuple(row for row in figures.rows if row.now(metric.over) is not None)
    return replace(figures, rows=rows) if rows else figures


def _by_period(
    at: AmountQuestion, daily_sums: pd.DataFrame, period: str
) -> tuple[pd.DataFrame, tuple[date, ...]]:
    """Sums of weeks or months by their first day, and their last days inside the window."""
    if not period:
        return daily_sums, ()
    spans = pd.DatetimeIndex(daily_sums.index).to_period(period)
    sums = daily_sums.groupby(spans).sum(min_count=1)
    periods = pd.PeriodIndex(sums.index)
    sums.index = periods.to_timestamp()
    until = at.figures.now.until
    return sums, tuple(min(day.date(), until) for day in periods.to_timestamp(how="end"))


def _values(daily_sums: pd.DataFrame, metric: str, definition: Metric | None) -> list[float | None]:
    """The metric of each day; a ratio is of the day's own sums."""
    if metric == "profit":
        column = daily_sums["revenue"] - daily_sums["spend"]
    elif definition is not None and definition.over:
        over = daily_sums[definition.over]
        column = daily_sums[definition.sum or "spend"] / over.where(over != 0) * definition.scale
    else:
        column = daily_sums.iloc[:, 0]
    return [None if pd.isna(value) else float(value) for value in column]
