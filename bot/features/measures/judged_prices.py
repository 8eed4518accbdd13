"""What each campaign is judged by: its cost per result, what of it moved, and beside its target."""

from __future__ import annotations

import math
import re
from datetime import date

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow, spend
from bot.domain.replies import Asker, Reply
from bot.features.measures.how_much import AmountQuestion, answer, scene, without_numbers
from bot.features.parts.reporting import rates_of
from bot.features.parts.subjects import EVERYTHING, Subject
from bot.question.slots import Slots
from bot.render.values.digests import Kpi
from bot.render.values.measures import Measure, MeasureAnswer
from bot.snapshot.verdicts import is_chance, kpi_of

NAMED = 10
_CHEAPER = re.compile(r"\b(?:cheaper|billigere|rimeligere)\b")
_DEARER = re.compile(r"\b(?:dearer|pricier|more expensive|dyrere)\b")


def judged_line(at: AmountQuestion, row: CampaignRow, kpi: Kpi) -> Measure:
    """The number a campaign is judged by, beside its target and the days before."""
    metric = at.context.rulebook.metrics.get(kpi.metric)
    return Measure(
        row.label,
        kpi.metric,
        kpi.value,
        kpi.before,
        kpi.currency,
        target=kpi.target,
        settles=at.settles([row], metric, kpi.value),
    )


def movers(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """The campaigns whose cost per result moved most, by the spend the change is about.

    Those that moved by no more than their few results, or those still to come, explain are counted
    and not named. The one number that is named of one campaign or channel is that number, then and
    before.
    """
    if len(slots.things) == 1 and slots.metric in context.rulebook.metrics:
        return answer(context, slots, asker, as_of)
    at = scene(context, slots, asker, as_of, "7d")
    if nothing := without_numbers(at, slots):
        return nothing
    subjects = [Subject.of(mention) for mention in slots.things] or [EVERYTHING]
    moved, chance = [], 0
    for row in (row for subject in subjects for row in subject.rows(at.figures)):
        kpi = kpi_of(row, context.rulebook)
        line = judged_line(at, row, kpi)
        if line.change and _is_chance(at, row, kpi, line):
            chance += 1
        elif line.change is not None and _went(slots.text, line.change):
            moved.append((abs(line.change) * spend(row), line))
    moved.sort(key=lambda change: -change[0])
    lines = tuple(line for _, line in moved[:NAMED])
    rates = rates_of(context, at.figures)
    return at.said(
        "movers",
        answer=MeasureAnswer("", at.period, lines, of="compare", rates=rates, chance=chance),
    )


def _is_chance(at: AmountQuestion, row: CampaignRow, kpi: Kpi, line: Measure) -> bool:
    """Whether few results, or those that are still to come, explain the change."""
    low, high = line.settles or (math.inf, -math.inf)
    if line.before is not None and low <= line.before <= high:
        return True
    days = at.figures.now.days, at.figures.before.days
    return is_chance(row, kpi, at.context.rulebook, days)


def _went(text: str, change: float) -> bool:
    """Whether a cost went the way that is asked about: `got cheaper`; True where none is."""
    if _CHEAPER.search(text):
        return change < 0
    return change > 0 if _DEARER.search(text) else True


def against_target(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """A campaign's cost per result beside its target, as its platform and the plan tell it."""
    at = scene(context, slots, asker, as_of)
    if nothing := without_numbers(at, slots):
        return nothing
    lines = tuple(
        judged_line(at, row, kpi_of(row.own, context.rulebook))
        for mention in slots.things
        for row in Subject.of(mention).rows(at.figures)
    )
    return at.said("measured", answer=MeasureAnswer(lines[0].metric, at.period, lines, of="target"))
