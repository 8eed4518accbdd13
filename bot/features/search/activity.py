"""Who did what, and where a target comes from: from the log that nobody can change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Reply
from bot.features.outcomes.effects import deeds_in
from bot.features.parts.subjects import Subject
from bot.features.search.audit import PERFBOT, about
from bot.numbers.input.windows import parse_window
from bot.question.slots import Slots
from bot.render.values.conversation import Doing, Doings, TargetChange
from bot.render.values.measures import Period
from bot.snapshot import boards
from bot.snapshot.evaluation import ids_of
from bot.snapshot.verdicts import kpi_of
from bot.store.base import Event

MOST = 12
FEW = 3  # campaigns of a plan that are named
KINDS = ("advice.", "plan.", "target.", "threshold.", "subscription.")
_OF_PLAN = re.compile(r"\b(?:targets?|mål|målet|goals?|plan\w*)\b")
_SAME_MONEY = {"shift_budget": ("adjust_pacing",)}  # `who touched the budgets`: their pace, too
MOVES = re.compile(r"\b(?:mov\w*|shift\w*|flytt\w*)")
OWNS = re.compile(
    r"\b(?:owns?|owned|owners?|responsible|in charge|looks? after|runs|eier|eies|eieren?|ansvar\w*|"
    r"styrer|passer på)\b"
)
STEPS = (
    (re.compile(r"\b(?:dismiss\w*|reject\w*|avvis\w*|avslå\w*|forkast\w*)"), ("advice.dismiss",)),
    (re.compile(r"\b(?:snooz\w*|utsatt\w*|utsett\w*)"), ("advice.snooze",)),
    (re.compile(r"\b(?:work\w* on|holder på|jobber|in progress|i gang)"), ("advice.progress",)),
    (
        re.compile(
            r"\b(?:taken?|takes|taking|took) (?:\w+ ){0,3}?(?:on|over|care)\b|"
            r"\blook(?:s|ed|ing)? (?:into|after)\b|\bfikse[rt]?\b|"
            r"\b(?:tatt|tok|tar|ta) (?:\w+ ){0,3}?(?:på seg|tak i|seg av|ansvar\w*)"
        ),
        ("advice.progress", "advice.acknowledge"),
    ),
    (re.compile(r"\b(?:targets?|mål|målet|målene|goals?)\b"), ("plan.", "target.")),
    (
        re.compile(r"\b(?:ok|ack\w*|approv\w*|godkj\w*|accept\w*|bekreft\w*)\b"),
        ("advice.acknowledge",),
    ),
)


def doings(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """What people did: somebody's, about something, in some days."""
    if slots.things and not slots.people and OWNS.search(slots.text):
        return _owners(context, slots, asker, as_of)
    events = events_of(context, slots, asker, as_of)
    zone = context.zone(asker)
    lines = tuple(
        Doing(
            event.at.astimezone(zone),
            context.person(event.actor),
            event.kind,
            _subject(context, event),
            str(event.details.get("reason") or ""),
        )
        for event in events[:MOST]
    )
    person = slots.people[0].title if slots.people else ""
    subject_name = slots.things[0].title if slots.things else ""
    of_kind = bool(steps_in(slots.text) or deeds_in(slots.text)) and not person
    answer = Doings(lines, person, subject_name, _period(slots, as_of), of_kind)
    message = context.renderer(asker.language).render("doings", found=answer)
    return Reply(message.text, message.blocks)


def _subject(context: Context, event: Event) -> str:
    """What an event is about: of a plan its campaigns, as many as are read at a glance."""
    patterns = [str(pattern) for pattern in event.details.get("patterns", ())]
    if not patterns:
        return about(context, event)
    names = [pattern.partition(":")[2].strip("* ") or pattern for pattern in patterns[:FEW]]
    left = len(patterns) - len(names)
    return ", ".join((*names, f"+{left}") if left else names)


def _owners(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """Whose the campaigns asked about are, as the plan says."""
    figures = boards.figures(context, as_of, "28d")
    rows = [row for topic in slots.things for row in Subject.of(topic).rows(figures)]
    who = dict.fromkeys(context.person(row.owner) for row in rows if row.owner)
    answer = Doings((), about=slots.things[0].title, owners=tuple(who), of_plan=True)
    message = context.renderer(asker.language).render("doings", found=answer)
    return Reply(message.text, message.blocks)


def _period(slots: Slots, as_of: date) -> Period | None:
    if not slots.window:
        return None
    span = parse_window(slots.window, as_of)[0]
    return Period(slots.window, span.since, span.until)


def steps_in(text: str) -> tuple[str, ...]:
    """The kinds of events a sentence asks about; () for any."""
    return next((kinds for pattern, kinds in STEPS if pattern.search(text)), ())


def events_of(context: Context, slots: Slots, asker: Asker, as_of: date) -> list[Event]:
    """The log's events that the sentence asks about, newest first."""
    events: Iterable[Event] = (
        event for event in context.store.history(kinds=KINDS) if event.actor != PERFBOT
    )
    if slots.people:
        actors = {person.key for person in slots.people}
        events = (event for event in events if event.actor in actors)
    if slots.window:
        events = _within(context, events, slots, asker, as_of)
    kinds = steps_in(slots.text)
    if MOVES.search(slots.text):
        events = (event for event in events if _is_move(context, event))
    elif kinds and not slots.people:
        events = (event for event in events if event.kind.startswith(kinds))
    of_plan = MOVES.search(slots.text) or _OF_PLAN.search(slots.text)
    if (actions := deeds_in(slots.text)) and not of_plan:
        events = (event for event in events if _is_of(context, event, actions))
    if slots.things:
        figures = boards.figures(context, as_of, "28d")
        rows = [row for topic in slots.things for row in Subject.of(topic).rows(figures)]
        events = (event for event in events if _concerns(context, event, rows))
    return list(events)


def _is_of(context: Context, event: Event, actions: Sequence[str]) -> bool:
    record = context.store.advice(event.subject) if event.kind.startswith("advice.") else None
    own_actions = (*actions, *_SAME_MONEY.get(actions[0], ()))
    return record is not None and record.advice.action in own_actions


def _is_move(context: Context, event: Event) -> bool:
    record = context.store.advice(event.subject) if event.kind.startswith("advice.") else None
    return record is not None and record.advice.action == "shift_budget"


def _within(
    context: Context, events: Iterable[Event], slots: Slots, asker: Asker, as_of: date
) -> Iterable[Event]:
    span = parse_window("yesterday" if slots.window == "today" else slots.window, as_of)[0]
    zone = context.zone(asker)
    since = datetime.combine(span.since, time(), zone)
    days = 2 if slots.window == "today" else 1
    until = datetime.combine(span.until + timedelta(days), time(), zone)
    return (event for event in events if since <= event.at < until)


def _concerns(context: Context, event: Event, rows: Sequence[CampaignRow]) -> bool:
    ids = ids_of(rows)
    record = context.store.advice(event.subject) if event.kind.startswith("advice.") else None
    if record is not None:
        return bool(ids & set(record.advice.campaign_ids))
    text = about(context, event).casefold()
    return any(row.campaign_name.casefold() in text for row in rows)


@dataclass(frozen=True)
class Change:
    """A change of a target in the log: whose campaign, by whom, and from what to what."""

    name: str
    who: str
    day: date
    before: float | None
    after: float | None


def newest_target(context: Context, name: str, zone: ZoneInfo) -> Change | None:
    """The newest change of a target, of a campaign or of any; None where the log has none."""
    for event in context.store.history(kinds=("plan.set",)):
        before, after = (_entries(event.details.get(side)) for side in ("before", "after"))
        for pattern, entry in after.items():
            was, now = (_target(version) for version in (before.get(pattern), entry))
            of_it = not name or name.casefold() in pattern.casefold()
            if of_it and was != now:
                day = event.at.astimezone(zone).date()
                plain = pattern.partition(":")[2] or pattern
                return Change(name or plain, context.person(event.actor), day, was, now)
    return None


def _entries(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _target(entry: object) -> float | None:
    """The one number of an entry's target, None where it has none."""
    target = entry.get("target") if isinstance(entry, Mapping) else None
    if isinstance(target, Mapping):
        target = next(iter(target.values()), None)
    return None if target is None else float(target)


def history(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply | None:
    """Where a campaign's target comes from, or what it was; None where no campaign is named."""
    campaigns = [subject for subject in slots.things if subject.kind == "campaign"]
    rows = Subject.of(campaigns[0]).rows(boards.figures(context, as_of, "28d")) if campaigns else []
    if not rows:
        return None
    campaign_kpi = kpi_of(rows[0], context.rulebook)
    change = newest_target(context, campaigns[0].title, context.zone(asker))
    target_change = TargetChange(
        campaigns[0].title,
        campaign_kpi.metric,
        campaign_kpi.currency,
        campaign_kpi.target,
        change.before if change else None,
        change.who if change else "",
        change.day if change else None,
        slots.detail,
    )
    message = context.renderer(asker.language).render("target_change", found=target_change)
    return Reply(message.text, message.blocks)
