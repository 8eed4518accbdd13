"""Where the month ends, and how its budget goes: of everything, a channel or a campaign.

And how it is going: what was spent, what came of it at which price, and what to do first.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Reply
from bot.features.measures.budget_months import Month
from bot.features.measures.how_much import (
    AmountQuestion,
    apart,
    bought,
    line_of,
    rates_said,
    scene,
    without_numbers,
)
from bot.features.parts.advice_cards import cards, names_on
from bot.features.parts.reporting import rates_of
from bot.features.parts.subjects import EVERYTHING, Subject, groups_of, measured, total
from bot.numbers.input.windows import first_of_month
from bot.numbers.metrics.glossary import Metric
from bot.question.calendar_spans import NUMBERS, count_of
from bot.question.named_days import MARK
from bot.question.slots import Slots
from bot.render.values.conversation import Outlook
from bot.render.values.measures import Measure, MeasureAnswer, Summary
from bot.snapshot.board_rows import Figures
from bot.snapshot.evaluation import ids_of, judged
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord

ON_BUDGET = 1.02  # so near its budget a month is on pace
AMONG = {"over", "under", "off"}  # which of several campaigns: of one, it is how its month goes
UNDER_BUDGET = 0.95  # a month that ends under this leaves money that somebody could use
_RUNS_OUT = re.compile(
    r"\b(?:when|how (?:long|many days)|will|does|når|hvor (?:lenge|mange dager)|kommer|vil|går)\b.*"
    r"\b(?:run\w* out|used up|use up|spent up|empty|gone|exhausted|tomt?|"
    r"brukt opp|bruker opp|slipper opp|lasts?|rekker|holder|varer|vare|strekker)\b|"
    r"^(?:holder|rekker|varer|strekker|does|will) "
    r"(?:pengene|budsjettet|det|den|the (?:money|budget)|it)\b"
    r".*\b(?:ut|til|lasts?|last|hold|måneden|month)\b"
)
_UNDER = re.compile(
    r"\b(?:under[- ]?spend\w*|under[- ]?deliver\w*|too little|not spend\w*|behind|under budget|"
    r"bak budsjett\w*|"
    r"for lite|bruker ikke opp|underforbruk\w*|ligger etter|henger etter|under budsjett)\b"
)


_OVER = re.compile(
    r"\b(?:over[- ]?spend\w*|over (?:the |its |their )?budget|ahead|too fast|too much|"
    r"exceed\w*|blow\w*|blew|bust|spr[ea]ng\w*|sprekk\w*|sprukk\w*|overskrid\w*|"
    r"over budsjett\w*|for mye|for fort|overforbruk\w*|foran)\b"
)
_PACED = re.compile(
    r"\b(?:pac(?:e|ing)|(?:over|under)[- ]?spend\w*|tempo\w*|(?:over|under)forbruk\w*|"
    r"(?:over|under|within|innenfor|in|i) (?:the |its |their |sitt )?(?:budget|budsjett)\w*)\b"
)


_SPENDS = re.compile(
    r"\b(?:will|does|do|did|can|gets?|manag\w*|is|are|have|has|rekker|klarer|får|kommer|vil|ligger|har)"
    r"\b.*\b(?:spend|spent|use|used|burn|get through|gets through|bruke|brukt|svi|svidd)\b"
    r".*\b(?:budget\w*|budsjett\w*|it all|everything|alt)\b"
)
_HOW_MUCH = re.compile(
    r"\b(?:how|what|which|when|where|hvor|hva|hvilke[nt]?|når|hvem|who|left|igjen)\b"
)


def _whether(slots: Slots) -> str:
    """Whether a sentence asks, yes or no, that a budget is `spent`, or gone `over`; else ""."""
    if _HOW_MUCH.search(slots.text) or slots.intent not in {"pace", "forecast"}:
        return ""
    if _OVER.search(slots.text) and _UNDER.search(slots.text):
        return ""  # `ahead or behind`: neither yes nor no
    if _OVER.search(slots.text):
        return "over"
    return "spent" if _SPENDS.search(slots.text) else ""


_NEXT = r"(?:the )?(?:next|coming|upcoming|neste|kommende|de neste|de kommende)"
_COMING = re.compile(
    rf"\b(?:(?P<tomorrow>tomorrow|i ?morgen)|{_NEXT} "
    rf"(?:(?P<count>[0-9]{{1,3}}|{'|'.join(NUMBERS)}) )?"
    r"(?P<unit>days?|dag(?:er|ene)?|weeks?|uk[ae](?:n|r|ne)?|months?|måned(?:en|er|ene)?|"
    r"quarter|kvartal(?:et)?))\b"
)


def coming(slots: Slots, as_of: date) -> tuple[date, date] | None:
    """The days to come a sentence asks about; None where it asks about this month's end."""
    range_match = re.fullmatch(r"([0-9-]{10})\.\.([0-9-]{10})", slots.window)
    if range_match and date.fromisoformat(range_match[1]) > as_of:
        return date.fromisoformat(range_match[1]), date.fromisoformat(range_match[2])
    days = re.fullmatch(r"([0-9]+)d", slots.window)
    if days and re.search(rf"\b{_NEXT} {MARK}", slots.text):
        return as_of, as_of + timedelta(int(days[1]) - 1)
    match = _COMING.search(slots.text)
    return _coming(match, as_of) if match else None


def _coming(match: re.Match[str], as_of: date) -> tuple[date, date]:
    """Tomorrow, the next days from today on, or the week, month or quarter after this one."""
    if match["tomorrow"]:
        return as_of + timedelta(1), as_of + timedelta(1)
    unit, count = match["unit"][0], count_of(match["count"]) if match["count"] else 0
    if count or unit == "d":
        days = max(count, 1) * {"d": 1, "w": 7, "u": 7}.get(unit, 30)
        return as_of, as_of + timedelta(days - 1)
    if unit in {"w", "u"}:
        monday = as_of + timedelta(7 - as_of.weekday())
        return monday, monday + timedelta(6)
    months = 3 - (as_of.month - 1) % 3 if unit in {"q", "k"} else 1
    month = first_of_month(as_of, months)
    last_month = first_of_month(as_of, months + 2) if unit in {"q", "k"} else month
    return month, last_month.replace(day=calendar.monthrange(last_month.year, last_month.month)[1])


def paced(slots: Slots) -> Slots | None:
    """Which campaigns are `over`, `under` or furthest `off` their budget; None for all else."""
    if slots.metric not in {"", "spend", "monthly_budget"} or not _PACED.search(slots.text):
        return None
    over = "over" if _OVER.search(slots.text) else "off"
    return replace(slots, intent="pace", detail="under" if _UNDER.search(slots.text) else over)


def answer(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply | None:
    """The month's forecast or pace, the total of what is asked about first; one a currency."""
    if slots.intent == "forecast" and (days := coming(slots, as_of)):
        return _to_come_then(context, slots, days, asker, as_of)
    metric = slots.metric if slots.metric and slots.intent == "forecast" else "spend"
    definition = context.rulebook.metrics.get(metric)
    if definition is None or definition.kind != "sum":
        definition = context.rulebook.metrics["spend"]
    metric = definition.name
    month = Month.meant(context, slots, as_of)
    subject = Subject.of(slots.things[0]) if slots.things else EVERYTHING
    of = slots.detail if slots.intent == "pace" else "forecast"
    if metric == "spend" and _RUNS_OUT.search(slots.text):
        of = "runs_out"
    if of == "over" and _UNDER.search(slots.text):
        of = "under"
    if subject.by == "entity" and of in AMONG:
        of = "used"
    at = AmountQuestion(context, asker, as_of, month.mtd)
    replies = []
    for rows in apart(at, subject.rows(month.mtd), metric) or [[]]:
        paced = [row for row in rows if row.entity in month.budgeted] if of != "forecast" else []
        outlook = replace(
            _outlook(month, paced or rows, definition, subject.title), of=of or "used"
        )
        lines, rates = (
            _outlook_lines(month, subject, paced or rows, definition, of),
            rates_of(context, month.mtd),
        )
        outlook = replace(outlook, lines=lines, rates=rates, goal=_goal(slots))
        if paced:
            outlook = replace(outlook, beside=month.beside(rows, metric))
        if metric == "spend":
            outlook = replace(outlook, whether=_whether(slots))
        replies.append(at.said("outlook", found=outlook))
    return Reply(
        " ".join(reply.text for reply in replies),
        [block for reply in replies for block in reply.blocks],
    )


def _to_come_then(
    context: Context, slots: Slots, days: tuple[date, date], asker: Asker, as_of: date
) -> Reply:
    """Days that have not begun, if they go as the last ones did; one a currency."""
    metric = slots.metric if slots.metric in context.rulebook.metrics else "spend"
    definition = context.rulebook.metrics[metric]
    subject = Subject.of(slots.things[0]) if slots.things else EVERYTHING
    month, length = Month.of(context, as_of), (days[1] - days[0]).days + 1
    at = AmountQuestion(context, asker, as_of, month.pace)

    def ends(pace: Figures, entities: set[str]) -> float | None:
        rows = [row for row in pace.rows if row.entity in entities]
        value = measured(rows, definition) if rows else None
        value = month.late.expected(rows, definition, value, pace.now)
        adds = definition.kind == "sum"
        return value / pace.now.days * length if value is not None and adds else value

    replies = []
    for rows in apart(at, subject.rows(month.pace), metric) or [[]]:
        entities = {row.entity for row in rows}
        middle, *sides = (ends(pace, entities) for pace in (month.pace, *month.ends))
        amounts = [end for end in (middle, *sides) if end is not None]
        money = rows[0].currency if rows and definition.unit == "money" else None
        outlook = Outlook(
            "coming", subject.title, metric, days[0], days[1], None, middle,
            min(amounts, default=None), max(amounts, default=None), None, money,
        )  # fmt: skip
        replies.append(at.said("outlook", found=outlook))
    return Reply(
        " ".join(reply.text for reply in replies),
        [block for reply in replies for block in reply.blocks],
    )


def _goal(slots: Slots) -> float | None:
    """`will we reach 500 sales`: what is asked about, no per cent of anything."""
    is_goal = slots.intent == "forecast" and slots.metric and not slots.percent
    return slots.amount if is_goal else None


def _outlook(month: Month, rows: Sequence[CampaignRow], definition: Metric, name: str) -> Outlook:
    entities, metric = {row.entity for row in rows}, definition.name
    so_far, stopped = total(rows, metric), month.stopped
    if so_far is None and metric == "spend" and rows and entities <= stopped:
        so_far = 0.0  # its month began after it had ended

    def ends(pace: Figures) -> float | None:
        paced = [row for row in pace.rows if row.entity in entities]
        if so_far is None or (total(paced, metric) is None and not entities <= stopped):
            return None
        running = [row for row in paced if row.entity not in stopped]
        brought = sum(month.brought(month.mtd, row, definition) for row in rows)
        return brought + sum(month.to_come(pace, row, definition) for row in running)

    paces = (month.pace, *month.ends)
    forecasts = [end for figures in paces if (end := ends(figures)) is not None]
    days = month.until.day
    if metric == "spend" and (beside := month.beside(rows, metric)) and month.budget(rows):
        priced = [row for row in rows if row.entity in month.budgeted]
        planned = _outlook(month, priced, definition, name)
        return replace(planned, so_far=so_far, ends=ends(month.pace), beside=beside,
                       low=min(forecasts, default=None), high=max(forecasts, default=None),
                       shares=(planned.share, planned.projected))  # fmt: skip
    return Outlook(
        "", name, metric, month.last, month.until, so_far, ends(month.pace),
        min(forecasts, default=None), max(forecasts, default=None), month.budget(rows),
        rows[0].currency if rows and metric in {"spend", "revenue"} else None,
        month.last.day / days,
    )  # fmt: skip


def _outlook_lines(
    month: Month, subject: Subject, rows: Sequence[CampaignRow], metric: Metric, of: str
) -> tuple[Outlook, ...]:
    """Each channel of everything, else each campaign; those over their budget where asked."""
    if subject.by == "entity":
        return ()
    groups: dict[str, list[CampaignRow]] = {}
    for row in rows:
        one_by_one = subject.by or of in AMONG
        key = row.label if one_by_one else title(row.channel)
        groups.setdefault(key, []).append(row)
    outlooks = [_outlook(month, group_rows, metric, name) for name, group_rows in groups.items()]
    if of == "off":
        planned = [outlook for outlook in outlooks if outlook.projected is not None]
        return tuple(sorted(planned, key=lambda one: -abs((one.projected or 1.0) - 1.0)))
    if of == "under":
        under = [outlook for outlook in outlooks if (outlook.projected or 1.0) < UNDER_BUDGET]
        return tuple(sorted(under, key=lambda outlook: outlook.projected or 0.0))
    if of != "over":
        return tuple(outlooks)
    over = [outlook for outlook in outlooks if (outlook.projected or 0.0) > ON_BUDGET]
    return tuple(sorted(over, key=lambda outlook: (outlook.budget or 0.0) - (outlook.ends or 0.0)))


RESULTS = ("conversions", "cpa", "leads", "cpl", "roas")
PRICES = {"cpa", "cpl"}
CURRENT = timedelta(2)  # days that end no longer ago are now: what is to be done belongs to them


def summary(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """Spend, results and prices of everything, a client or a stage, against the days before."""
    at = scene(context, replace(slots, form=""), asker, as_of)
    if nothing := without_numbers(at, slots):
        return nothing
    subject = Subject.of(slots.things[0]) if slots.things else EVERYTHING
    spent = MeasureAnswer(
        "spend",
        at.period,
        _summary_lines(at, subject, "spend"),
        inside=_channels(at, subject),
        rates=rates_said(at, "spend"),
    )
    results = tuple(line for metric in RESULTS for line in _summary_lines(at, subject, metric))
    records = _to_do(at, subject)
    names, zone = names_on(context, as_of), context.zone(asker)
    todo = cards(context, records, names, zone, most=3, channel=asker.channel)
    return at.said("summary", summary=Summary(spent, results, todo, len(records)))


def _to_do(at: AmountQuestion, subject: Subject) -> Sequence[AdviceRecord]:
    """What there is to do about it; nothing where the days asked about are long over."""
    if at.figures.now.until < at.as_of - CURRENT:
        return ()
    return tuple(judged(at.context, at.as_of).about(ids_of(subject.rows(at.figures))))


def _summary_lines(at: AmountQuestion, subject: Subject, metric: str) -> tuple[Measure, ...]:
    """A line a currency that has any of it."""
    groups = apart(at, subject.rows(at.figures), metric)
    lines = [line_of(at, subject.title, rows, metric) for rows in groups]
    if metric in PRICES:
        priced = zip(lines, groups, strict=True)
        lines = [bought(at, line, rows) for line, rows in priced]
    return tuple(line for line in lines if line.value)


def _channels(at: AmountQuestion, subject: Subject) -> tuple[Measure, ...]:
    """What each channel spent, a line a currency; nothing where there is one."""
    rows = subject.rows(at.figures)
    groups = groups_of(rows, lambda row: title(row.channel))
    lines = tuple(line_of(at, name, group, "spend") for name, group in groups.items())
    return lines if len({row.channel for row in rows}) > 1 else ()
