"""Judging a morning: what became of advice that was told, and what people read of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.context.context import Office
from bot.domain.advice import Advised
from bot.domain.board import CampaignRow
from bot.features.parts.cards import ids_of
from bot.features.parts.figures_shown import late
from bot.features.parts.message_sync import outgoing
from bot.features.plan.entries import KINDS
from bot.features.triage import answering
from bot.numbers.plan import matches
from bot.snapshot.board_rows import Figures
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord, Event, Outgoing, Store

MEMORY = "morning:judged"  # a preference of nobody's: which morning, and which changes it knows
TOLD = ("snoozed", "open", "in_progress")
BLINDING = ("check_tracking", "hold")  # actions that say numbers cannot be trusted
UNSAID = ("too_little_data", "not_sure")  # held back because the rule itself does not speak
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
    records = [one for state in TOLD for one in store.all_advice(state=state)]
    records += store.all_advice(state="expired", as_of=as_of)
    known = store.preference(MEMORY).get("change")
    news = store.history(kinds=KINDS, limit=100) if known else []
    return Before(tuple(records), tuple(each for each in news if each.number > int(known or 0)))


def keep_judged(store: Store, as_of: date) -> None:
    """Remember that a morning was judged by everything set until now."""
    if as_of.isoformat() >= store.preference(MEMORY).get("as_of", ""):
        store.set_preference(MEMORY, as_of=as_of.isoformat(), change=str(_newest(store)))


def unjudged(store: Store, today: date) -> tuple[date, int] | None:
    """The morning that was judged without the newest change, and the number of that change.

    A morning that was never judged is not judged for a change: its numbers may not be in yet, and
    its own judging will know the change.
    """
    known = store.preference(MEMORY)
    if known.get("as_of", "") < today.isoformat():
        return None
    newest = _newest(store)
    return (date.fromisoformat(known["as_of"]), newest) if newest > int(known["change"]) else None


def _newest(store: Store) -> int:
    newest = store.history(kinds=KINDS, limit=1)
    return newest[0].number if newest else 0


def gone(office: Office, said: Advised, week: Figures) -> set[str]:
    """Ids of advice somebody is on whose cause is gone.

    Its rule neither speaks of any of its campaigns nor is held back about one, and their numbers
    are there to say so: none is late, and nothing is amiss with the counting.
    """
    on_it = office.store.all_advice(state="in_progress")
    if not on_it or not week.rows:
        return set()
    spoken = {(one.rule, each) for one in said.advice for each in one.campaign_ids}
    spoken |= {(one.rule, one.campaign_id) for one in said.held_back}
    blind = _blind(office, said) | _late(office, week)
    return {one.advice.id for one in on_it if not _causes(one) & spoken and not _about(one) & blind}


def _causes(record: AdviceRecord) -> set[tuple[str, str]]:
    return {(record.advice.rule, each) for each in record.advice.campaign_ids}


def _about(record: AdviceRecord) -> set[str]:
    """The campaigns it is about, and the channel of the first."""
    channel = record.advice.numbers.get("channel")
    return {*record.advice.campaign_ids, *([title(str(channel))] if channel else [])}


def _blind(office: Office, said: Advised) -> set[str]:
    """Campaigns whose numbers cannot be trusted this morning, whoever has been told."""
    rules = {rule.id for rule in office.rulebook.rules if rule.action.do in BLINDING}
    told = {each for one in said.advice if one.rule in rules for each in one.campaign_ids}
    held = {
        one.campaign_id for one in said.held_back if one.rule in rules and one.guard not in UNSAID
    }
    return told | held


def _late(office: Office, week: Figures) -> set[str]:
    return {each.channel for each in late(office, week, week.until)}


def told(
    office: Office, as_of: date, was: Before, rows: Sequence[CampaignRow]
) -> Iterator[Outgoing]:
    """What Slack is told: advice woke, came back, is no longer true, or has other amounts.

    Keys come from the events themselves, so that a step is told once and the next one again.

    Args:
        office: With renderers; the morning has been saved.
        as_of: The morning.
        was: How things stood before.
        rows: Campaigns of the 28-day board, to tell which a change was about.
    """
    placed = {each: row for row in rows if was.changes for each in ids_of([row])}
    for each in was.records:
        record = answering.record_of(office, each.advice.id)
        if record.state != each.state:
            yield from _step(office, each, record, was.changes, placed)
        elif record.state == "open" and each.as_of == as_of:
            yield from _amounts(office, each, record)


def _step(
    office: Office,
    was: AdviceRecord,
    record: AdviceRecord,
    changes: Sequence[Event],
    placed: Mapping[str, CampaignRow],
) -> Iterator[Outgoing]:
    step, by = "wake" if was.state == "snoozed" else "return", ""
    if record.state == "expired":
        step, by = _ended(record, changes, placed)
    said = answering.told(office, record, step, by=by, everywhere=False)
    number = office.store.events(subject=record.advice.id)[-1].number
    yield from outgoing(office.store, f"{step}:{record.advice.id}:{number}", said)


def _amounts(office: Office, was: AdviceRecord, record: AdviceRecord) -> Iterator[Outgoing]:
    """Messages of a morning judged again show what a press on their button means now."""
    if was.advice.budgets != record.advice.budgets:
        at = office.clock().isoformat()
        said = answering.as_it_reads(office, record)
        yield from outgoing(office.store, f"amounts:{record.advice.id}:{at}", said)


def _ended(
    record: AdviceRecord, changes: Sequence[Event], placed: Mapping[str, CampaignRow]
) -> tuple[str, str]:
    """Why advice is no longer true, as its line says it, and who changed that; "" for nobody."""
    rows = [placed[each] for each in record.advice.campaign_ids if each in placed]
    for event in changes:
        patterns = [str(each) for each in event.details.get("patterns", ())]
        if event.subject != FILE and any(
            _fits(event, one, row) for one in patterns for row in rows
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
    before, after = (event.details.get(each) or {} for each in ("before", "after"))
    targets = [(before.get(each) or {}).get("target") != said.get("target")
               for each, said in after.items()]  # fmt: skip
    return "target" if any(targets) else "plan"
