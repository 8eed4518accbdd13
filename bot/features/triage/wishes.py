"""What a sentence asks to be done: the way to do it, filled in; nothing is changed by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.context.context import Office
from bot.domain.board import CampaignRow
from bot.domain.replies import Asker, Reply
from bot.features.explain.silence import facts_of
from bot.features.explain.what_if import of_campaign
from bot.features.measures.amounts import line_of, scene
from bot.features.parts.cards import cards, ids_of, names_on
from bot.features.parts.subjects import Subject
from bot.numbers.input.windows import WEEKDAYS
from bot.question.slots import Slots
from bot.render.values.cards import Card
from bot.render.values.conversation import Tracking, Verdict, Wish
from bot.render.values.measures import Measure
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.naming import title
from bot.snapshot.verdicts import judged_by, kpi_of
from bot.store.base import AdviceRecord

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
WEEK = 7


def wish(office: Office, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """How to do it: a form's values, the advice with its buttons, or where it is done."""
    kind = slots.detail
    if kind in ANSWERS:
        found = Wish(
            kind,
            _name(slots),
            until=_until(slots, as_of),
            cards=_about(office, slots, asker, as_of),
        )
    elif kind in {"target", "pause", "budget"} and slots.things:
        found = _of_campaign(office, slots, asker, as_of)
    else:
        found = Wish(kind)
    message = office.renderer(asker.language).render("wish", wish=found)
    return Reply(message.text, message.blocks)


def _name(slots: Slots) -> str:
    return slots.things[0].title if slots.things else ""


def _of_campaign(office: Office, slots: Slots, asker: Asker, as_of: date) -> Wish:
    figures = boards.figures(office, as_of, "7d")
    rows = Subject.of(slots.things[-1]).rows(figures)
    if not rows:
        return Wish(slots.detail, _name(slots))
    row = rows[0]
    metric = judged_by(row, office.rulebook)
    if slots.detail == "target" and slots.metric == "roas":
        metric = "roas"
    at = scene(office, Slots(), asker, as_of)
    price = line_of(at, row.campaign_name, [row], metric)
    now = (line_of(at, row.campaign_name, [row], "spend"), price)
    was = row.target(metric) if slots.detail == "target" else row.now("daily_budget")
    money = row.currency if office.rulebook.metrics[metric].unit == "money" else None
    currency = money if slots.detail == "target" else row.currency
    shown = _about(office, slots, asker, as_of)
    name = slots.things[-1].title
    return Wish(
        slots.detail, name, slots.amount, metric, was, currency, None, shown,
        title(row.channel), now,
    )  # fmt: skip


def _until(slots: Slots, as_of: date) -> date | None:
    """The next day of that name, or the end of `for a week`."""
    said = slots.until or slots.window
    word = said.removeprefix("on ")
    if word in WEEKDAYS:
        return as_of + timedelta((WEEKDAYS.index(word) - as_of.weekday() - 1) % WEEK + 1)
    if re.search(r"\b(?:a|one|en) (?:week|uke)\b", slots.text):
        return as_of + timedelta(WEEK)
    if re.search(r"tomorrow|i morgen", slots.text):
        return as_of + timedelta(1)
    return None


def _about(office: Office, slots: Slots, asker: Asker, as_of: date) -> tuple[Card, ...]:
    """Open advice the sentence means: of an action, about a campaign or channel."""
    found = _records(office, slots, as_of)
    return cards(office, found, names_on(office, as_of), office.zone(asker))


def _records(office: Office, slots: Slots, as_of: date) -> Sequence[AdviceRecord]:
    told = judged.judged(office, as_of)
    known = {each.advice.id for each in told.shown}
    states = ("in_progress", "acknowledged") if of_action(slots.text) else ("in_progress",)
    taken = [each for state in states for each in office.store.all_advice(state=state)]
    under_way = [each for each in taken if each.advice.id not in known]
    records: Sequence[AdviceRecord] = (*told.shown, *under_way)
    if slots.things:
        figures = boards.figures(office, as_of, "28d")
        rows = [row for each in slots.things for row in Subject.of(each).rows(figures)]
        ids = ids_of(rows)
        records = [each for each in records if ids & set(each.advice.campaign_ids)]
    actions = next((actions for pattern, actions in ACTIONS if pattern.search(slots.text)), ())
    kept = [each for each in records if each.advice.action in actions] if actions else records
    return kept if kept or not slots.things else records


def tracking(office: Office, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """Tracking faults open now, of everything or of a channel or campaign."""
    figures = boards.figures(office, as_of, "28d")
    told = judged.judged(office, as_of)
    named = slots.things[0] if slots.things else None
    rows: Sequence[CampaignRow] = Subject.of(named).rows(figures) if named else figures.rows
    faults = [each for each in told.about(ids_of(rows)) if each.advice.action == "check_tracking"]
    last = as_of - timedelta(1)
    late = tuple(title(key) for key, day in figures.until.items() if day < last)
    found = Tracking(
        named.title if named else "",
        cards(office, faults, names_on(office, as_of), office.zone(asker)),
        max(figures.until.values(), default=None),
        late,
    )
    message = office.renderer(asker.language).render("tracking", found=found)
    return Reply(message.text, message.blocks)


def weighed(office: Office, slots: Slots, asker: Asker, as_of: date) -> Reply | None:
    """A campaign somebody wants to change: its numbers, advice, and what is expected."""
    campaigns = [each for each in slots.things if each.kind == "campaign"]
    if not campaigns:
        return None
    at = scene(office, Slots(), asker, as_of)
    rows = Subject.of(campaigns[0]).rows(at.figures)
    if not rows:
        return None
    own = kpi_of(rows[0], office.rulebook)
    known = office.rulebook.metrics[own.metric]
    price = Measure(
        campaigns[0].title, own.metric, own.value, own.before, own.currency, target=own.target
    )
    results = line_of(at, campaigns[0].title, rows, known.over or "conversions")
    answers = office.shelf.memo(
        ("answers to budgets", as_of), office.stamp(as_of), lambda: facts_of(office, as_of).answers
    )
    more = of_campaign(answers, at.figures, Slots(), campaigns[0])
    shown = _about(office, Slots(subjects=(campaigns[0],)), asker, as_of)
    return at.said(
        "weighed", found=Verdict(campaigns[0].title, price, results, shown, more, at.period)
    )


def of_action(text: str) -> bool:
    """Whether a sentence is about advice whose outcome is not measured in money."""
    first = next((actions for pattern, actions in ACTIONS if pattern.search(text)), ())
    return bool(first) and "shift_budget" not in first


def meant(office: Office, slots: Slots, as_of: date) -> Sequence[AdviceRecord]:
    """The open advice a sentence is about."""
    return _records(office, slots, as_of)
