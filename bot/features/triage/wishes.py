"""What a sentence asks to be done: the way to do it, filled in; nothing is changed by it.

Of a target, a budget or a pause: what it would come to, and where a person does it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Door, Reply
from bot.errors import UnknownName
from bot.features.explain.what_if import GIVES, of_campaign
from bot.features.explain.why_not import facts_of
from bot.features.measures.how_much import line_of, scene
from bot.features.parts.advice_cards import cards, names_on
from bot.features.parts.figures_shown import holes_of
from bot.features.parts.subjects import Subject
from bot.features.plan.amounts import as_typed
from bot.features.plan.target_form import FORM_FIELDS
from bot.numbers.forecast.reporting_lag import TOLD_UNDER
from bot.numbers.input.windows import WEEKDAYS, parse_window
from bot.policy.permissions import may
from bot.question.grammar import as_subject
from bot.question.quantities import goes_down
from bot.question.slots import Slots
from bot.question.unread import strangers
from bot.render.values.advice_card import Card
from bot.render.values.conversation import Tracking, Verdict, Wish
from bot.render.values.measures import Measure
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.days_due import channels_due
from bot.snapshot.evaluation import ids_of
from bot.snapshot.naming import title
from bot.snapshot.settling_results import LateResults
from bot.snapshot.verdicts import judged_by, kpi_of
from bot.store.base import AdviceRecord

# `by 10 %`, `10 % more`: what is said is the step. `to 4000, to get more sales` is none.
_STEP = re.compile(
    r"\b(?:by|with|med|extra|ekstra)\s+(?:kr\s*)?[$£€]?[0-9]|"
    r"[0-9][^\s]*(?:\s*(?:%|kr|nok|kroner|percent|per cent|prosent))?\s+"
    r"(?:more|less|extra|higher|lower|mer|mindre|ekstra|høyere|lavere)\b"
)
_SHARE = 100  # per cent


def wished_change(context: Context, slots: Slots, asker: Asker, as_of: date) -> Wish:
    """What a target, a budget or a pause would change, for those a sentence names.

    Raises:
        UnknownName: It names somebody nobody knows.
    """
    figures = boards.figures(context, as_of, "7d")
    if not slots.things:
        unknown = strangers(slots.text)
        if unknown:
            raise UnknownName("campaign", " ".join(unknown))
        return Wish(slots.detail)
    subject = slots.things[-1]
    rows = Subject.of(subject).rows(figures)
    if not rows:
        return Wish(slots.detail, subject.title)
    return _of_rows(context, slots, asker, as_of, rows)


def _of_rows(
    context: Context, slots: Slots, asker: Asker, as_of: date, rows: Sequence[CampaignRow]
) -> Wish:
    row = rows[0]
    of_target = slots.detail == "target"
    metric = _metric(context, slots, row)
    same_currency = [campaign for campaign in rows if campaign.currency == row.currency]
    at = scene(context, Slots(), asker, as_of)
    was = row.target(metric) if of_target else row.now("daily_budget")
    is_money = not of_target or context.rulebook.metrics[metric].unit == "money"
    wish = Wish(
        slots.detail,
        slots.things[-1].title,
        metric=metric,
        was=was if len(rows) == 1 else None,
        currency=row.currency if is_money else None,
        channel=title(row.channel),
        now=tuple(line_of(at, row.label, same_currency, name) for name in ("spend", metric)),
    )
    campaigns = [thing for thing in slots.things if thing.kind == "campaign"]
    if (
        slots.detail == "budget"
        and len(campaigns) > 1
        and slots.amount
        and GIVES.search(slots.text)
    ):
        return replace(wish, amount=slots.amount, giver=campaigns[0].title)
    wish = _wanted(wish, slots)
    opens = asker.door is Door.SLACK and may(context, asker, "admin")
    return replace(wish, fill=_filled_in(context, wish, rows) if opens else "")


def _metric(context: Context, slots: Slots, row: CampaignRow) -> str:
    if slots.detail == "target" and slots.metric == "roas":
        return "roas"
    return judged_by(row, context.rulebook)


def _wanted(wish: Wish, slots: Slots) -> Wish:
    """With the amount there should be; a step is added to what holds, where that is known."""
    if slots.amount is None:
        return wish
    if not _STEP.search(slots.text):
        return _absolute(wish, slots.amount, percent=slots.percent)
    signed = -slots.amount if goes_down(slots.text) else slots.amount
    if slots.percent and wish.was is None:
        return replace(wish, share=signed / _SHARE)
    if wish.was is None:
        return wish
    step = wish.was * signed / _SHARE if slots.percent else signed
    return replace(wish, amount=wish.was + step)


def _absolute(wish: Wish, amount: float, *, percent: bool) -> Wish:
    """What is said is what should be: `to 240`; of ROAS 400 % is 4, of all else of what it is."""
    if percent and wish.metric == "roas":
        return replace(wish, amount=amount / _SHARE)
    if percent:
        return replace(wish, amount=None if wish.was is None else wish.was * amount / _SHARE)
    return replace(wish, amount=amount)


def _filled_in(context: Context, wish: Wish, rows: Sequence[CampaignRow]) -> str:
    """What the form of a target opens with; "" where one form cannot hold what is wanted."""
    cells = {(str(row.stage or ""), str(row.pricing_model or "")) for row in rows}
    channels = {row.channel for row in rows}
    if wish.kind != "target" or wish.amount is None or len(cells) > 1:
        return ""
    cell = cells.pop()
    if context.judges.get(cell) != wish.metric:
        return ""
    values = (
        "/".join(cell),
        channels.pop() if len(channels) == 1 else "",
        str(rows[0].campaign_name or rows[0].campaign_id) if len(rows) == 1 else "",
        as_typed(wish.amount),
    )
    return json.dumps(dict(zip(FORM_FIELDS, values, strict=True)), ensure_ascii=False)


ANSWERS = ("snooze", "dismiss", "acknowledge", "progress")
ACTIONS = (
    (re.compile(r"\b(?:shift\w*|mov\w*|flytt\w*)"), ("shift_budget",)),
    (re.compile(r"\b(?:track\w*|spor\w*|pixel|piksel)"), ("check_tracking",)),
    (re.compile(r"\b(?:pacing|pace|tempo|budsjett\w*|budget)"), ("adjust_pacing",)),
    (re.compile(r"\b(?:landing\w*)"), ("fix_landing_page",)),
    (
        re.compile(
            r"\b(?:creative\w*|kreativ\w*|fatigue\w*|tired|sliten|slit\w*|worn|wear\w*|utbrent)"
        ),
        ("refresh_creative", "cap_frequency"),
    ),
)
_DONE = re.compile(
    r"\b(?:done|finished|completed?|sorted|fixed|ferdig|fikset|gjort|løst|ordnet|fullført)\b"
)
WEEK = 7
NOON = 12
USUAL = (7, 30)  # when a digest comes where nobody says
_CLOCK = re.compile(
    r"\b(?:at|to|klokka|klokken|kl\.?|til|by|around|before) (?:klokka |klokken |kl\.? )?"
    r"(?P<hour>[01]?[0-9]|2[0-3])(?:[:.](?P<minute>[0-5][0-9]))? ?(?P<half>am|pm)?\b"
)
_SHEET = re.compile(r"\b(?:xlsx?|excel\w*|spreadsheets?|sheets?|regneark\w*)\b")
_DAILY = re.compile(r"\b(?:every ?day|daily|each day|hver dag|daglig)\b")
ITEM = re.compile(
    r"^\W*[^\W\d_]+(?: [^\W\d_]+)? (?:nr\.? |#|number |nummer )?(?P<place>\d{1,2})"
    r"(?![\w%.,]| ?(?:d|dag|day|week|uke))"
)


def wish(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """How to do it: a form's values, the advice with its buttons, or where it is done."""
    kind = slots.detail
    if kind in ANSWERS:
        chosen = _chosen(_about(context, slots, asker, as_of), slots)
        done = _DONE.search(slots.text) is not None
        request = Wish(kind, _name(slots), until=_until(slots, as_of), cards=chosen, done=done)
    elif kind in {"target", "pause", "budget"}:
        request = wished_change(context, slots, asker, as_of)
        if request.name and kind != "target":  # advice to answer is none of a target's business
            request = replace(request, cards=_about(context, slots, asker, as_of))
    else:
        request = _wanted_schedule(slots) if kind == "subscribe" else Wish(kind)
        if kind == "export":
            request = replace(request, words=_exported(slots, as_of))
    message = context.renderer(asker.language).render("wish", wish=request)
    return Reply(message.text, message.blocks)


def _exported(slots: Slots, as_of: date) -> str:
    """Whose numbers of which days, as `/perf export` reads it; "" where neither is said."""
    subject_name = as_subject(slots.things[0].title) if slots.things else ""
    if not (subject_name or slots.window) or slots.window == "today":
        return ""
    span = parse_window(slots.window or "28d", as_of)[0]
    form = "xlsx" if _SHEET.search(slots.text) else "csv"
    return f"{subject_name or 'all'} {span.since}..{span.until} {form}"


def _wanted_schedule(slots: Slots) -> Wish:
    """The time and the days somebody wants a digest at; none where neither is said."""
    clock = _CLOCK.search(slots.text)
    day = slots.window.removeprefix("since ").removeprefix("on ")
    days = day if day in WEEKDAYS else "daily" if _DAILY.search(slots.text) else ""
    if clock is None and not days:
        return Wish("subscribe")
    hour, minute = (int(clock["hour"]) % 24, int(clock["minute"] or 0)) if clock else USUAL
    if clock and clock["half"] == "pm" and hour < NOON:
        hour += NOON
    return Wish("subscribe", at=f"{hour:02d}:{minute:02d}", days=days or "weekdays")


def _chosen(advice_cards: tuple[Card, ...], slots: Slots) -> tuple[Card, ...]:
    """The one of the number that is said, in the order of `/perf advice`; else all it may be."""
    number = ITEM.search(slots.text)
    place = int(number["place"]) if number else 0
    return advice_cards[place - 1 : place] if 0 < place <= len(advice_cards) else advice_cards


def _name(slots: Slots) -> str:
    return slots.things[0].title if slots.things else ""


def _until(slots: Slots, as_of: date) -> date | None:
    """The next day of that name, or the end of `for a week`."""
    phrase = slots.until or slots.window
    word = phrase.removeprefix("on ")
    if word in WEEKDAYS:
        return as_of + timedelta((WEEKDAYS.index(word) - as_of.weekday() - 1) % WEEK + 1)
    if re.search(r"\b(?:a|one|en) (?:week|uke)\b", slots.text):
        return as_of + timedelta(WEEK)
    if re.search(r"tomorrow|i morgen", slots.text):
        return as_of + timedelta(1)
    return None


SUSPECTED = "always-tracking-suspected"


def _about(context: Context, slots: Slots, asker: Asker, as_of: date) -> tuple[Card, ...]:
    """Open advice the sentence means: of an action, about a campaign or channel."""
    records = _records(context, slots, as_of)
    names, zone = names_on(context, as_of), context.zone(asker)
    return cards(context, records, names, zone, channel=asker.channel)


def _records(
    context: Context, slots: Slots, as_of: date, *, in_hand: bool = False
) -> Sequence[AdviceRecord]:
    judgement = judged.judged(context, as_of)
    advised_ids = {record.advice.id for record in judgement.shown}
    both = in_hand or of_action(slots.text) or bool(slots.things)
    states = ("in_progress", "acknowledged") if both else ("in_progress",)
    accepted = [record for state in states for record in context.store.all_advice(state=state)]
    recent = as_of - timedelta(4 * WEEK)
    under_way = [
        record for record in accepted
        if record.advice.id not in advised_ids and record.as_of >= recent
    ]  # fmt: skip
    records: Sequence[AdviceRecord] = (*judgement.shown, *under_way)
    if slots.things:
        figures = boards.figures(context, as_of, "28d")
        rows = [row for topic in slots.things for row in Subject.of(topic).rows(figures)]
        ids = ids_of(rows)
        records = [record for record in records if ids & set(record.advice.campaign_ids)]
    actions = next((actions for pattern, actions in ACTIONS if pattern.search(slots.text)), ())
    matches = (
        [record for record in records if record.advice.action in actions] if actions else records
    )
    return matches if matches or not slots.things else records


def tracking(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """Tracking faults open now, of everything or of a channel or campaign."""
    figures = boards.figures(context, as_of, "28d")
    judgement = judged.judged(context, as_of)
    named = slots.things[0] if slots.things else None
    rows: Sequence[CampaignRow] = Subject.of(named).rows(figures) if named else figures.rows
    faults = [
        record
        for record in judgement.about(ids_of(rows))
        if record.advice.action == "check_tracking"
    ]
    last_day, due = as_of - timedelta(1), channels_due(context, figures)
    late = tuple(title(key) for key, day in figures.until.items() if day < due[key])
    day = _day_asked(slots, as_of)
    share, final = _in_so_far(context, as_of, day or last_day)
    report = Tracking(
        named.title if named else "",
        cards(
            context,
            faults,
            names_on(context, as_of),
            context.zone(asker),
            channel=asker.channel,
        ),
        max(figures.until.values(), default=None),
        late,
        holes_of(figures, dict.fromkeys(row.channel for row in rows)),
        share,
        day,
        final,
        _suspected(judgement, rows),
    )
    message = context.renderer(asker.language).render("tracking", found=report)
    return Reply(message.text, message.blocks)


def _suspected(judgement: judged.JudgedMorning, rows: Sequence[CampaignRow]) -> tuple[str, ...]:
    """Campaigns whose money is held because a few results that were due did not come."""
    held = {one.campaign_id for one in judgement.held_back
            if one.guard == "tracking" and one.numbers.get("by") == SUSPECTED}  # fmt: skip
    return tuple(row.label for row in rows if ids_of([row]) & held)


def _day_asked(slots: Slots, as_of: date) -> date | None:
    """The last of the days somebody asks whether they are complete; None for all else."""
    if slots.detail not in {"complete", "trust"}:
        return None
    last_day = as_of - timedelta(1)
    if slots.window in {"", "today"}:
        return last_day if slots.detail == "complete" else None
    return min(parse_window(slots.window, as_of)[0].until, last_day)


def _in_so_far(context: Context, as_of: date, day: date) -> tuple[float | None, date | None]:
    """The share of a day's results that is in, and the morning on which all are; None where so."""
    late_results = LateResults.of(context, as_of)
    share = late_results.least(day)
    return (share, late_results.all_in(day)) if share < TOLD_UNDER else (None, None)


def weighed(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply | None:
    """A campaign somebody wants to change: its numbers, advice, and what is expected."""
    campaigns = [topic for topic in slots.things if topic.kind == "campaign"]
    if not campaigns:
        return None
    at = scene(context, Slots(), asker, as_of)
    rows = Subject.of(campaigns[0]).rows(at.figures)
    if not rows:
        return None
    kpi = kpi_of(rows[0], context.rulebook)
    definition = context.rulebook.metrics[kpi.metric]
    price = Measure(
        campaigns[0].title, kpi.metric, kpi.value, kpi.before, kpi.currency, target=kpi.target
    )
    results = line_of(at, campaigns[0].title, rows, definition.over or "conversions")
    answers = context.shelf.memo(
        ("answers to budgets", as_of),
        context.stamp(as_of),
        lambda: facts_of(context, as_of).answers,
    )
    forecast = of_campaign(answers, at.figures, Slots(), campaigns[0])
    advice_cards = _about(context, Slots(subjects=(campaigns[0],)), asker, as_of)
    return at.said(
        "weighed",
        found=Verdict(campaigns[0].title, price, results, advice_cards, forecast, at.period),
    )


def of_action(text: str) -> bool:
    """Whether a sentence is about advice whose outcome is not measured in money."""
    matched_actions = next((actions for pattern, actions in ACTIONS if pattern.search(text)), ())
    return bool(matched_actions) and "shift_budget" not in matched_actions


def actions_in(text: str) -> tuple[str, ...]:
    """The actions of advice a sentence is about; () for any."""
    return next((actions for pattern, actions in ACTIONS if pattern.search(text)), ())


def meant(context: Context, slots: Slots, as_of: date) -> Sequence[AdviceRecord]:
    """The open advice a sentence is about."""
    return _records(context, slots, as_of)


def explaining(context: Context, slots: Slots, as_of: date) -> Sequence[AdviceRecord]:
    """What advice says is the matter with whom a sentence is about, whoever has taken it on."""
    return _records(context, Slots(subjects=slots.things[:1]), as_of, in_hand=True)
