"""Where a target comes from: the plan, or who changed it, when, and from what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bot.context.context import Office
from bot.domain.replies import Asker, Reply
from bot.features.parts.subjects import Subject
from bot.question.slots import Slots
from bot.render.values.conversation import TargetChange
from bot.snapshot import boards
from bot.snapshot.verdicts import kpi_of


@dataclass(frozen=True)
class Change:
    """A change of a target in the log: whose campaign, by whom, and from what to what."""

    name: str
    who: str
    day: date
    before: float | None
    after: float | None


def newest_target(office: Office, name: str, zone: ZoneInfo) -> Change | None:
    """The newest change of a target, of a campaign or of any; None where the log has none."""
    for event in office.store.history(kinds=("plan.set",)):
        before, after = (_entries(event.details.get(side)) for side in ("before", "after"))
        for pattern, entry in after.items():
            was, now = (_target(each) for each in (before.get(pattern), entry))
            of_it = not name or name.casefold() in pattern.casefold()
            if of_it and was != now:
                day = event.at.astimezone(zone).date()
                plain = pattern.partition(":")[2] or pattern
                return Change(name or plain, office.person(event.actor), day, was, now)
    return None


def _entries(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _target(entry: object) -> float | None:
    """The one number of an entry's target, None where it has none."""
    target = entry.get("target") if isinstance(entry, Mapping) else None
    if isinstance(target, Mapping):
        target = next(iter(target.values()), None)
    return None if target is None else float(target)


def history(office: Office, slots: Slots, asker: Asker, as_of: date) -> Reply | None:
    """Where a campaign's target comes from, or what it was; None where no campaign is named."""
    campaigns = [each for each in slots.things if each.kind == "campaign"]
    rows = Subject.of(campaigns[0]).rows(boards.figures(office, as_of, "28d")) if campaigns else []
    if not rows:
        return None
    own = kpi_of(rows[0], office.rulebook)
    change = newest_target(office, campaigns[0].title, office.zone(asker))
    found = TargetChange(
        campaigns[0].title,
        own.metric,
        own.currency,
        own.target,
        change.before if change else None,
        change.who if change else "",
        change.day if change else None,
        slots.detail,
    )
    message = office.renderer(asker.language).render("target_change", found=found)
    return Reply(message.text, message.blocks)
