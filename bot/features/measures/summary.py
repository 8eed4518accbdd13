"""How it is going: what was spent, what came of it at which price, and what to do first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Reply
from bot.features.measures.how_much import (
    AmountQuestion,
    apart,
    line_of,
    rates_said,
    scene,
    without_numbers,
)
from bot.features.parts.message_sync import cards, names_on
from bot.features.parts.subjects import EVERYTHING, Subject, groups_of, measured
from bot.question.slots import Slots
from bot.render.values.measures import Measure, MeasureAnswer, Summary
from bot.snapshot.evaluation import ids_of, judged
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord

RESULTS = ("conversions", "cpa", "leads", "cpl", "roas")
PRICES = {"cpa", "cpl"}
CURRENT = timedelta(2)  # days that end no longer ago are now: what is to be done belongs to them


def answer(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """Spend, results and prices of everything, a client or a stage, against the days before."""
    at = scene(context, replace(slots, form=""), asker, as_of)
    if nothing := without_numbers(at, slots):
        return nothing
    subject = Subject.of(slots.things[0]) if slots.things else EVERYTHING
    spent = MeasureAnswer(
        "spend",
        at.period,
        _lines(at, subject, "spend"),
        inside=_channels(at, subject),
        rates=rates_said(at, "spend"),
    )
    results = tuple(line for metric in RESULTS for line in _lines(at, subject, metric))
    records = _to_do(at, subject)
    todo = cards(context, records, names_on(context, as_of), context.zone(asker), most=3)
    return at.said("summary", summary=Summary(spent, results, todo, len(records)))


def _to_do(at: AmountQuestion, subject: Subject) -> Sequence[AdviceRecord]:
    """What there is to do about it; nothing where the days asked about are long over."""
    if at.figures.now.until < at.as_of - CURRENT:
        return ()
    return tuple(judged(at.context, at.as_of).about(ids_of(subject.rows(at.figures))))


def _lines(at: AmountQuestion, subject: Subject, metric: str) -> tuple[Measure, ...]:
    """A line a currency that has any of it."""
    groups = apart(at, subject.rows(at.figures), metric)
    lines = [line_of(at, subject.title, rows, metric) for rows in groups]
    if metric in PRICES:
        priced = zip(lines, groups, strict=True)
        lines = [_of_those_that_count(at, line, rows) for line, rows in priced]
    return tuple(line for line in lines if line.value)


def _of_those_that_count(at: AmountQuestion, line: Measure, rows: Sequence[CampaignRow]) -> Measure:
    """A price over the spend of campaigns that count its result: a lead is not paid by the shop."""
    definition = at.context.rulebook.metrics[line.metric]
    now, before = (measured(rows, definition, when, counted=True) for when in ("now", "before"))
    return replace(line, value=now, before=before, counted=None)


def _channels(at: AmountQuestion, subject: Subject) -> tuple[Measure, ...]:
    """What each channel spent, a line a currency; nothing where there is one."""
    rows = subject.rows(at.figures)
    groups = groups_of(rows, lambda row: title(row.channel))
    lines = tuple(line_of(at, name, group, "spend") for name, group in groups.items())
    return lines if len({row.channel for row in rows}) > 1 else ()
