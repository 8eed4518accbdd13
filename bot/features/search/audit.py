"""`/perf audit [7d] [@who] [campaign]`: who did what when, from the log that nobody can change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.features.search.find import names_in
from bot.numbers.input.names import normal_name
from bot.numbers.input.windows import parse_window
from bot.policy.permissions import require
from bot.question.grammar import Question, window_of
from bot.render.values.evidence import STEPS, AuditLog, Logged
from bot.store.base import Event

PERFBOT = "perfbot"
# Of what perfbot does itself: what people read, and what it changes at the platforms.
SAID = ("digest.", "urgent.", "reminder.", "applying.")
# Where a platform does not say who, and where a pull noticed what differs from the one before.
NOBODY, NOTICED = ("", "somebody"), "noticed"
USUAL = "28d"
MENTION = re.compile(r"<@([A-Z0-9@]+)(?:\|[^>]*)?>|@(.+)")
SHOWN = 20


def answer(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """The newest lines of the log, for admins.

    Raises:
        NotAllowed: Somebody else asks.
    """
    require(context, asker, "admin")
    window, by, campaign = _asked(question.words)
    since = starts(window or USUAL, as_of, context.zone(asker))
    events = logged(context, since=since, by=by, campaign=campaign)
    zone = context.zone(asker)
    lines = tuple(line(context, event, zone) for event in events[:SHOWN])
    log = AuditLog(lines, len(events))
    message = context.renderer(asker.language).render("audit", log=log)
    return Reply(message.text, message.blocks)


def logged(
    context: Context,
    *,
    since: datetime | None = None,
    by: str = "",
    campaign: str = "",
    everything: bool = False,
) -> list[Event]:
    """Events of the log, newest first.

    Args:
        context: The store.
        since: From this moment on.
        by: Somebody's id or name, or the beginning of it.
        campaign: A campaign's id, or a part of its name or of a pattern of the plan.
        everything: With perfbot's own steps, not only what people did and read.
    """
    events: Iterable[Event] = context.store.history(since=since)
    if not everything:
        events = (
            event for event in events if event.actor != PERFBOT or event.kind.startswith(SAID)
        )
    if by:
        events = (event for event in events if _is(context, event.actor, by))
    if campaign:
        events = (event for event in events if _concerns(context, event, campaign))
    # a pull hears of what was changed at a platform days later
    return sorted(events, key=lambda event: (event.at, event.number), reverse=True)


def line(context: Context, event: Event, zone: ZoneInfo) -> Logged:
    """An event as people read it."""
    who = "" if event.actor in NOBODY else context.person(event.actor)
    about_line = Logged(event.at.astimezone(zone), who, _step(event), about(context, event))
    if not event.kind.startswith("platform."):
        return about_line
    noticed, sides = (
        event.details.get("through") == NOTICED,
        (event.details.get("before"), event.details.get("after")),
    )
    before, after = (side if isinstance(side, int | float) else None for side in sides)
    return replace(about_line, before=before, after=after, noticed=noticed)


def _step(event: Event) -> str:
    """The kind of step; of a status that was changed also what it became."""
    kind = f"{event.kind}.{event.details.get('after')}"
    return kind if kind in STEPS else event.kind


def starts(window: str, as_of: date, zone: ZoneInfo) -> datetime:
    """When the days a window names begin, where `zone` is."""
    return datetime.combine(parse_window(window, as_of)[0].since, time(), zone)


def to_json(context: Context, event: Event) -> dict[str, Any]:
    """An event for programs: everything, days as YYYY-MM-DD."""
    return {
        "number": event.number,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "name": context.person(event.actor),
        "kind": event.kind,
        "subject": event.subject,
        "about": about(context, event),
        "details": _plain(event.details),
    }


def about(context: Context, event: Event) -> str:
    """What an event is about, as people call it: campaigns, a pattern, a channel."""
    if "patterns" in event.details:
        return ", ".join(map(str, event.details["patterns"]))
    if "campaigns" in event.details:
        account = event.subject.split(" ")[0]
        return f"{', '.join(map(str, event.details['campaigns']))} ({account})"
    record = context.store.advice(event.subject) if "." in event.kind else None
    if record is not None:
        names = names_in(record)
        return ", ".join(
            names.get(campaign_id, campaign_id) for campaign_id in record.advice.campaign_ids
        )
    if event.kind.startswith(("subscription.", "digest.")):
        return _summary_of(context, event)
    channel = context.place(event.channel) if event.channel else ""
    parts = [channel, str(event.details.get("what") or "")]
    return " ".join(part for part in parts if part) or event.subject


def _summary_of(context: Context, event: Event) -> str:
    """The channel of a summary, and the morning it was of: its number is nobody's name for it."""
    number, _, day = event.subject.partition(":")
    channels = {
        str(subscription.id): subscription.channel for subscription in context.store.subscriptions()
    }
    channel = event.channel or channels.get(number, "")
    return " ".join(part for part in (context.place(channel) if channel else "", day) if part) or (
        event.subject
    )


def _asked(words: Sequence[str]) -> tuple[str, str, str]:
    """The window, who, and the campaign that the words name, in any order."""
    window, by, campaign_words = "", "", []
    for word in words:
        if not window and (named_window := window_of(word)):
            window = named_window
        elif not by and (mention := MENTION.fullmatch(word)):
            by = mention[1] or mention[2]
        else:
            campaign_words.append(word.removeprefix('"'))
    return window, by, " ".join(campaign_words)


def _is(context: Context, actor: str, person: str) -> bool:
    name = context.person(actor).casefold()
    return actor == person or name.startswith(person.casefold())


def _concerns(context: Context, event: Event, campaign: str) -> bool:
    if campaign in event.details.get("campaign_ids", ()):
        return True
    if event.kind.startswith("platform.") and campaign in event.subject.split(" "):
        return True
    return normal_name(campaign) in normal_name(about(context, event))


def _plain(value: Any) -> Any:
    """Days as text; everything else as JSON has it."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
