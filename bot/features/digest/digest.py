"""The morning digest: what changed, what to do, what is late; the parent and its thread.

What a week or a month came to in money, against the budgets that held then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.context.context import Context
from bot.context.request import request
from bot.domain.campaign_rows import CampaignRow, GroupRow, spend
from bot.features.digest.movers import miscounted, moved
from bot.features.digest.notices import still_so
from bot.features.digest.spend_moves import given_back, spend_moves
from bot.features.outcomes import follow_up as outcomes
from bot.features.parts.advice_cards import cards, names_of, template_of
from bot.features.parts.figures_shown import (
    all_holes,
    complete_until,
    doubles_of,
    late,
    not_due,
    unreported,
)
from bot.features.parts.market_moves import market_moves
from bot.features.parts.pacing import pace
from bot.features.parts.reporting import rates_of, shown, shown_days
from bot.features.plan.guesses import guesses
from bot.features.status import doubtful
from bot.numbers.plan import Plan
from bot.render import Message, Renderer
from bot.render.values.advice_card import Card
from bot.render.values.digests import OffTarget, SpendMoved, Spent
from bot.render.values.news import DoubtfulTarget
from bot.render.values.templates import (
    AnswerCounts,
    Digest,
    Failed,
    Late,
    MonthPace,
    StageRow,
)
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot import evaluation as scores
from bot.snapshot.board_rows import Figures
from bot.snapshot.evaluation import JudgedMorning, ids_of
from bot.snapshot.naming import title
from bot.snapshot.settling_results import LateResults
from bot.snapshot.standing import verdict
from bot.snapshot.stated_targets import far_targets
from bot.snapshot.verdicts import blended_target, head_metric, kpi, kpi_of, not_yet
from bot.store.base import AdviceRecord


def spent(context: Context, figures: Figures, *, budgets: bool) -> tuple[Spent, ...]:
    """The money of some days, a currency each: the team's own first, then that of most campaigns.

    Args:
        context: The store and the plan.
        figures: The board of the days.
        budgets: Whether the days are a month, which the plan's budgets are for.
    """
    plan, default_currency = context.plan(figures.now.until), context.settings.default_currency
    totals = [row for row in figures.groups("currency") if row.now("spend") is not None]
    totals.sort(
        key=lambda row: (not default_currency or row.currency != default_currency, -row.campaigns)
    )
    return tuple(_spent(figures, plan, total, budgets=budgets) for total in totals)


def _spent(figures: Figures, plan: Plan, total: GroupRow, *, budgets: bool) -> Spent:
    money: dict[tuple[str, str | None], float] = {}
    paced = 0.0
    for row in figures.counted if budgets else ():
        entry = plan.entry(row.channel, row.campaign_name, figures.now.until)
        if row.currency == total.currency and entry and entry.monthly_budget:
            planned_budget = float(entry.monthly_budget) * row.factor
            money[entry.match, row.own.currency] = planned_budget
            paced += spend(row)
    planned = sum(money.values()) or None
    before = None if _torn(figures, total) else total.before("spend")
    return Spent(total.currency, spend(total), before, planned, paced)


def _torn(figures: Figures, total: GroupRow) -> bool:
    """Whether days of one of the spans have no numbers: its money is no measure of the other's.

    In their midst, at their end, where numbers are late, or before the first numbers of all.
    """
    accounts = {
        (row.channel, row.account_id) for row in figures.counted if row.currency == total.currency
    }
    late = {channel for channel, day in figures.until.items() if day < figures.now.until}
    begins = all(channel in figures.begins for channel, _ in accounts)
    return begins or any(account in figures.holes or account[0] in late for account in accounts)


ORDER = ("reach", "act", "convert", "engage", "")
THREAD = 10  # messages in a digest's thread; the rest is said to be more
GIVEN = "advice.open"
ANSWERS = ("acknowledge", "progress", "snooze", "dismiss", "undo")
OFF = {"above_target", "below_target"}
STEPS = (GIVEN, *(f"advice.{verb}" for verb in ANSWERS))
FORMS = {"weekly": "lastweek", "monthly": "lastmonth"}


def everything(_record: AdviceRecord) -> bool:
    """A digest that takes all advice."""
    return True


@dataclass(frozen=True)
class DigestWords:
    """A digest in words: the parent, and (advice id, number, message) of its thread."""

    parent: Message
    thread: tuple[tuple[str, int, Message], ...] = ()


@dataclass(frozen=True)
class Edition:
    """A digest of a form, for whom it is.

    Attributes:
        form: `daily`, or `weekly` and `monthly` of the week or month that ended.
        thread: Ids of advice in the order of a thread that stands, whose numbers people answer by.
        takes: Which advice is listed.
        channel: The Slack channel it is read in, "" for none.
    """

    form: str = "daily"
    thread: Sequence[str] = ()
    takes: Callable[[AdviceRecord], bool] = everything
    channel: str = ""


DAILY = Edition()


def written(
    context: Context, renderer: Renderer, as_of: date, zone: ZoneInfo, edition: Edition = DAILY
) -> DigestWords:
    """A morning's edition in a language. Saves nothing."""
    return worded(renderer, of_morning(context, as_of, zone, edition))


def worded(renderer: Renderer, digest: Digest) -> DigestWords:
    """A digest in words."""
    quiet = digest.quiet and not digest.unplaced
    parent = renderer.render("digest_quiet" if quiet else "digest", digest=digest)
    messages = [
        (card.id, card.number, renderer.render(template_of(card), card=card))
        for card in (() if digest.elsewhere else digest.cards[:THREAD])
    ]
    return DigestWords(parent, tuple(messages))


def _numbered(
    context: Context, shown: Sequence[AdviceRecord], thread: Sequence[str]
) -> list[AdviceRecord]:
    """What is shown, under the numbers of a thread that stands; what is new comes after it."""
    listed = {record.advice.id: record for record in shown}
    answered = ((id_, listed.get(id_) or context.store.advice(id_)) for id_ in thread)
    standing = {id_: record for id_, record in answered if record is not None}
    return [*standing.values(), *(listed[id_] for id_ in listed if id_ not in standing)]


@request()
def of_morning(context: Context, as_of: date, zone: ZoneInfo, edition: Edition = DAILY) -> Digest:
    """Everything a digest says, as values."""
    form = edition.form
    boards.read_morning(context, as_of, "7d", "28d", "mtd")
    week = boards.figures(context, as_of, "7d")
    period_figures = week if form == "daily" else boards.figures(context, as_of, FORMS[form])
    shown_figures = shown(context, period_figures)
    since = outcomes.before(as_of, None if form == "daily" else period_figures.now.days)
    four = boards.figures(context, as_of, "28d")
    judgement = judged.judged(context, as_of)
    names, taken = names_of(four.rows), [*filter(edition.takes, judgement.shown)]
    waiting, late_results = late(context, week, four.channels), LateResults.of(context, as_of)
    last_day, nothing = complete_until(context, as_of), unreported(context, as_of)
    running = not_due(context, four)
    fresh, recent_figures = (_without(figures, waiting) for figures in (week, four))
    taken_on = still_so(context, judgement, names, zone)
    digest = Digest(
        as_of=as_of,
        last_day=last_day,
        stages=_stages(context, shown_figures, late_results),
        moved=moved(context, fresh, judgement, late_results),
        spend_moved=_not_taken_on(spend_moves(context, fresh, judgement, fresh.channels), taken_on),
        credits=given_back(context, period_figures, period_figures.channels),
        cards=cards(
            context,
            _numbered(context, taken, edition.thread),
            names,
            zone,
            channel=edition.channel,
        ),
        still_so=taken_on,
        not_yet=not_yet(
            _unspoken(recent_figures, judgement),
            {row.entity: row for row in week.rows},
            context.rulebook,
        ),
        pace=() if nothing else _pace(context, as_of),
        complete=_complete(four.channels, (*waiting, *running)),
        not_due=running,
        late=waiting,
        failed=_failed(context, as_of),
        came_in=outcomes.came_in(context, as_of, since),
        form=form,
        rules=scores.changed(context.store, context.rulebook, since, as_of),
        silent=nothing,
        spent=spent(context, shown(context, week), budgets=False),
        rates=rates_of(context, shown_figures),
        guesses=guesses(context, four),
        far=_far(context, four, judgement),
        doubles=doubles_of(week),
        doubtful=doubtful(context, period_figures, [late_line.channel for late_line in waiting]),
        prices=market_moves(context, as_of, fresh.channels),
        holes=all_holes(context, period_figures, four.channels),
    )
    told_of = digest if form == "daily" else _of_days(context, digest, period_figures)
    return _judged(context, told_of, week, judgement)


def _not_taken_on(moves: Iterable[SpendMoved], taken_on: Iterable[Card]) -> tuple[SpendMoved, ...]:
    """Without campaigns somebody is looking into already: these have a line of their own."""
    ids = {id_ for card in taken_on for id_ in card.advice.campaign_ids}
    return tuple(move for move in moves if move.whole or not ids.intersection(move.ids))


def _of_days(context: Context, digest: Digest, figures: Figures) -> Digest:
    """With the days a week's or a month's is about, their money, and what became of their advice.

    What was measured on the morning after belongs to them: it is when they are summed up.
    """
    days = (figures.now.since, figures.now.until)
    after = min(digest.as_of, figures.now.until + timedelta(1))
    return replace(
        digest,
        days=days,
        compared=(figures.before.since, figures.before.until),
        answers=_answers(context, *days),
        spent=spent(context, shown(context, figures), budgets=digest.form == "monthly"),
        came_in=outcomes.came_in(context, after, figures.now.since),
    )


def _without(figures: Figures, waiting: Iterable[Late]) -> Figures:
    """Without the campaigns of late channels: nothing is judged there until numbers are in."""
    behind = {late_channel.channel for late_channel in waiting}
    rows = tuple(row for row in figures.rows if title(row.channel) not in behind)
    return replace(figures, rows=rows)


def _answers(context: Context, since: date, until: date) -> AnswerCounts | None:
    """What became of some days' advice, each by its last answer; None where there was none."""
    events = context.store.history(since=datetime.combine(since, time(), UTC), kinds=STEPS)
    steps = [event for event in reversed(events) if event.at.date() <= until]
    opened_ids = {event.subject for event in steps if event.kind == GIVEN}
    answer_counts = Counter(
        {event.subject: event.kind for event in steps if event.kind != GIVEN}.values()
    )
    counts = len(opened_ids), answer_counts["advice.acknowledge"], answer_counts["advice.dismiss"]
    return AnswerCounts(*counts) if any(counts) else None


def _judged(context: Context, digest: Digest, week: Figures, judgement: JudgedMorning) -> Digest:
    """With how many campaigns there are, and how many are inside their targets."""
    plan, rulebook = context.plan(digest.as_of), context.rulebook
    aimed = [(row, kpi_of(row, rulebook)) for row in week.counted]
    aimed = [(row, row_kpi) for row, row_kpi in aimed if row_kpi.target is not None]
    words = [verdict(row, row_kpi, judgement, rulebook, plan) for row, row_kpi in aimed]
    off = sorted(
        (pair for pair, word in zip(aimed, words, strict=True) if word in OFF),
        key=lambda pair: -spend(pair[0]),
    )
    return replace(
        digest,
        campaigns=len(aimed) or len(week.counted),
        inside=sum(word in {"on_target", "room"} for word in words) if aimed else None,
        off=tuple(OffTarget(row.label, row_kpi) for row, row_kpi in off),
        unplaced=sum(1 for row in week.counted if not row.stage),
        unpriced=any(row.currency is None and row.now("spend") for row in week.rows),
    )


def _far(
    context: Context, figures: Figures, judgement: JudgedMorning
) -> tuple[DoubtfulTarget, ...]:
    """Targets far off what a result costs, those of the most spend first.

    Where results are not counted as before, a price over both ways of counting questions nothing.
    """
    rows = [row for row in figures.counted if not miscounted(row, judgement)]
    targets = sorted(far_targets(rows, context.rulebook), key=lambda target: -spend(target.row))
    return tuple(
        DoubtfulTarget(
            target.row.label, target.metric, target.target, target.actual, target.row.currency,
            target.at_least, target.meant, target.meant_price,
            target.row.entity if target.row.entry else "",
        )
        for target in targets
    )  # fmt: skip


def _stages(context: Context, week: Figures, late: LateResults) -> tuple[StageRow, ...]:
    stage_rows = [_stage(context, week, total, late) for total in week.groups("stage")]
    return tuple(sorted(stage_rows, key=lambda row: ORDER.index(row.stage)))


def _stage(context: Context, week: Figures, total: GroupRow, late: LateResults) -> StageRow:
    stage, currency = total.group or "", total.currency
    rows = [row for row in week.counted if (row.stage or "") == stage and row.currency == currency]
    metric = head_metric(total, rows, context.rulebook)
    stage_kpi = kpi(total, metric, context.rulebook, blended_target(rows, metric))
    return StageRow(
        stage=stage,
        spend=total.now("spend"),
        currency=currency,
        kpi=late.of_kpi(stage_kpi, rows, context.rulebook.metrics, week.now),
    )


def _unspoken(four: Figures, judgement: JudgedMorning) -> list[CampaignRow]:
    """Campaigns that still run and about which nothing is said yet."""
    spoken = set(_spoken_of(four.rows, judgement))
    return [row for row in four.counted if row.now("spend") and row.entity not in spoken]


def _spoken_of(rows: Sequence[CampaignRow], judgement: JudgedMorning) -> list[str]:
    """Campaigns about which more is said than something to watch."""
    advice_by_entity = ((row.entity, judgement.about(ids_of([row]))) for row in rows)
    return [
        name
        for name, records in advice_by_entity
        if any(record.advice.severity != "watch" for record in records)
    ]


def _pace(context: Context, as_of: date) -> tuple[MonthPace, ...]:
    month = shown(context, boards.figures(context, as_of, "mtd"))
    days = shown_days(boards.paced(context, as_of), month)
    return pace(month, days, context.plan(as_of))


def _complete(channels: Iterable[str], waiting: Iterable[Late]) -> tuple[str, ...]:
    behind = {late_channel.channel for late_channel in waiting}
    return tuple(title(channel) for channel in channels if title(channel) not in behind)


def _failed(context: Context, as_of: date) -> tuple[Failed, ...]:
    """Sources whose newest pull failed, with the last day they gave."""
    newest = {
        pull.source: pull for pull in sorted(context.store.pulls(), key=lambda pull: pull.pulled_at)
    }
    reached = {pull.source: pull.until for pull in context.store.pulls() if pull.ok}
    return tuple(
        Failed(source, pull.error, reached.get(source))
        for source, pull in newest.items()
        if not pull.ok and pull.pulled_at.date() <= as_of
    )
