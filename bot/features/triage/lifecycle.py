"""Judging a morning: what became of advice that was told, and what people read of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.context.context import Context
from bot.domain.advice import Advised
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Said, ThreadLine
from bot.features.parts.advice_cards import EXPIRED, waits_for
from bot.features.parts.figures_shown import late
from bot.features.parts.message_sync import edits_of, outgoing
from bot.features.plan.entries import KINDS
from bot.features.triage import answering, posted
from bot.numbers.plan import matches
from bot.snapshot.board_rows import Figures
from bot.snapshot.boards import figures, head
from bot.snapshot.evaluation import ids_of
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord, Event, Outgoing, Store

MEMORY = "morning:judged"  # a preference of nobody's: which morning, and which changes it knows
TOLD = ("snoozed", "open", "in_progress")
BLINDING = ("check_tracking", "hold")  # actions that say numbers cannot be trusted
UNSAID = ("too_little_data", "not_sure")  # held back because the rule itself does not speak
NOT_SURE = ("false_discovery", "margin", "no_pair")  # held back because it may not be so
FILE = "file"


@dataclass(frozen=True)
class Before:
    """How things stood before a morning was judged (again).

    Attributes:
        records: Advice that may wake, come back or resolve itself.
        changes: Of plan and thresholds since the last judging, newest first.
    """

    records: tuple[AdviceRecord, ...]
    changes: tuple[Event, ...]


def before(store: Store, as_of: date) -> Before:
    """What a judging may change, and what was set since the one before."""
    records = [record for state in TOLD for record in store.all_advice(state=state)]
    records += store.all_advice(state="expired", as_of=as_of)
    judged_change = store.preference(MEMORY).get("change")
    news = store.history(kinds=KINDS, limit=100) if judged_change else []
    return Before(
        tuple(records), tuple(event for event in news if event.number > int(judged_change or 0))
    )


def keep_judged(store: Store, as_of: date) -> None:
    """Remember that a morning was judged by everything set until now."""
    if as_of.isoformat() >= store.preference(MEMORY).get("as_of", ""):
        store.set_preference(MEMORY, as_of=as_of.isoformat(), change=str(_newest(store)))


def unjudged(store: Store, today: date) -> tuple[date, int] | None:
    """The morning that was judged without the newest change, and the number of that change.

    A morning that was never judged is not judged for a change: its numbers may not be in yet, and
    its own judging will know the change.
    """
    memory = store.preference(MEMORY)
    if memory.get("as_of", "") < today.isoformat():
        return None
    newest = _newest(store)
    return (date.fromisoformat(memory["as_of"]), newest) if newest > int(memory["change"]) else None


def _newest(store: Store) -> int:
    newest = store.history(kinds=KINDS, limit=1)
    return newest[0].number if newest else 0


def gone(context: Context, advised: Advised, as_of: date) -> set[str]:
    """Ids of advice somebody is on whose cause is gone.

    Its rule neither speaks of any of its campaigns nor is held back about one, and their numbers
    are there to say so: none is late, and nothing is amiss with the counting.
    """
    on_it = context.store.all_advice(state="in_progress")
    week = head(context, as_of, "7d") if on_it else None
    if week is None or not week.totals:
        return set()
    causes = {cause for record in on_it for cause in _causes(record)}
    spoken = {
        (advice.rule, campaign_id)
        for advice in advised.advice
        for campaign_id in advice.campaign_ids
    }
    findings = ((hold.rule, hold.campaign_id) for hold in advised.held_back)
    spoken |= {finding for finding in findings if finding in causes}
    blind = _blind(context, advised) | _late(context, week)
    return {
        record.advice.id
        for record in on_it
        if not _causes(record) & spoken and not _about(record) & blind
    }


def held(context: Context, advised: Advised) -> dict[str, str]:
    """The guard that holds back advice whose rule still speaks, by the advice's id.

    What its rule no longer says, or is no longer sure of, is not true any more instead.
    """
    unsure = (*UNSAID, *NOT_SURE)
    waiting = context.store.all_advice(state=("open", "snoozed"))
    asked_of = {cause for record in waiting for cause in _causes(record)}
    guards = {
        (hold.rule, hold.campaign_id): hold.guard
        for hold in advised.held_back
        if hold.guard not in unsure and (hold.rule, hold.campaign_id) in asked_of
    }
    causes = {record.advice.id: _causes(record) & guards.keys() for record in waiting}
    return {id_: guards[min(cause)] for id_, cause in causes.items() if cause}


def _causes(record: AdviceRecord) -> set[tuple[str, str]]:
    return {(record.advice.rule, campaign_id) for campaign_id in record.advice.campaign_ids}


def _about(record: AdviceRecord) -> set[str]:
    """The campaigns it is about, and the channel of the first."""
    channel = record.advice.channel
    return {*record.advice.campaign_ids, *([title(channel)] if channel else [])}


def _blind(context: Context, advised: Advised) -> set[str]:
    """Campaigns whose numbers cannot be trusted this morning, whoever has been told."""
    rules = {rule.id for rule in context.rulebook.rules if rule.action.do in BLINDING}
    advised_ids = {
        campaign_id
        for advice in advised.advice
        if advice.rule in rules
        for campaign_id in advice.campaign_ids
    }
    withheld_ids = {
        hold.campaign_id
        for hold in advised.held_back
        if hold.rule in rules and hold.guard not in UNSAID
    }
    return advised_ids | withheld_ids


def _late(context: Context, week: Figures) -> set[str]:
    return {delay.channel for delay in late(context, week, week.until)}


def told(context: Context, as_of: date, was: Before) -> Iterator[Outgoing]:
    """What Slack is told: advice woke, came back, is no longer true, or has other amounts.

    Keys come from the events themselves, so that a step is told once and the next one again. A
    message that lists several is edited once; a channel's edits and lines come one after another.

    Args:
        context: With renderers; the morning has been saved, and its boards kept.
        as_of: The morning.
        was: How things stood before.
    """
    rows = figures(context, as_of, "28d").rows if was.changes else ()  # which a change was about
    placed = {campaign_id: row for row in rows for campaign_id in ids_of([row])}
    edits: dict[str, Outgoing] = {}  # by the message they edit
    lines: list[Outgoing] = []
    for previous_record in was.records:
        record = answering.record_of(context, previous_record.advice.id)
        if record.state != previous_record.state:
            key, messages, updates = _step(context, previous_record, record, was.changes, placed)
            lines += outgoing(context.store, key, Said(lines=updates))
        elif record.state == "open" and previous_record.as_of == as_of:
            key, messages = _amounts(context, previous_record, record)
        else:
            continue
        for edit in edits_of(key, messages):
            edits.setdefault(edit.parent, edit)
    yield from sorted((*edits.values(), *lines), key=lambda message: message.channel)


def _step(
    context: Context,
    was: AdviceRecord,
    record: AdviceRecord,
    changes: Sequence[Event],
    placed: Mapping[str, CampaignRow],
) -> tuple[str, list[Outgoing], tuple[ThreadLine, ...]]:
    """What a step is known by, the messages it changes, and its lines."""
    step, by = "wake" if was.state == "snoozed" else "return", ""
    if record.state == "expired":
        held_back = waits_for(context.store, record)
        step, by = ("hold", "") if held_back else _ended(record, changes, placed)
    elif was.state == "expired" and _waited(context.store, record):
        step = "resume"
    number = context.store.events(subject=record.advice.id)[-1].number
    return f"{step}:{record.advice.id}:{number}", *posted.stepped(context, record, step, by)


def _waited(store: Store, record: AdviceRecord) -> bool:
    """Whether a guard had held it back until now."""
    ends = store.events(subject=record.advice.id, kind=EXPIRED)
    return bool(ends and ends[-1].details.get("guard"))


def _amounts(
    context: Context, was: AdviceRecord, record: AdviceRecord
) -> tuple[str, list[Outgoing]]:
    """Messages of a morning judged again that are to show what a press on their button means."""
    key = f"amounts:{record.advice.id}:{context.clock().isoformat()}"
    same = was.advice.budgets == record.advice.budgets
    return key, [] if same else posted.newest_shown(context, record)


def _ended(
    record: AdviceRecord, changes: Sequence[Event], placed: Mapping[str, CampaignRow]
) -> tuple[str, str]:
    """Why advice is no longer true, as its line says it, and who changed that; "" for nobody."""
    rows = [
        placed[campaign_id] for campaign_id in record.advice.campaign_ids if campaign_id in placed
    ]
    for event in changes:
        patterns = [str(pattern) for pattern in event.details.get("patterns", ())]
        if event.subject != FILE and any(
            _fits(event, changed_pattern, row) for changed_pattern in patterns for row in rows
        ):
            return f"expire_{_changed(event)}", event.actor
    return "expire", ""


def _fits(event: Event, pattern: str, row: CampaignRow) -> bool:
    if event.kind == "threshold.set":
        cell = f"{row.stage or ''}/{row.pricing_model or ''}"
        return pattern.partition(".")[0] == cell
    return matches(pattern, row.entity.partition("|")[0], row.campaign_name)


def _changed(event: Event) -> str:
    """What was changed: a threshold, the target, or the plan."""
    if event.kind == "threshold.set":
        return "threshold"
    before, after = (event.details.get(side) or {} for side in ("before", "after"))
    targets = [(before.get(pattern) or {}).get("target") != entry.get("target")
               for pattern, entry in after.items()]  # fmt: skip
    return "target" if any(targets) else "plan"
