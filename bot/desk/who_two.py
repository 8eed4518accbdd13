"""Two people: advice that moves much money is acknowledged by one, and completed by another."""

from __future__ import annotations

from bot.desk.office import Office
from bot.desk.types import Asker
from bot.desk.who import above
from bot.errors import NotAllowed
from bot.store.base import AdviceRecord, Event, Store

FIRST, WITHDRAWN = "approval.first", "approval.withdrawn"
BEGINS_AGAIN = (WITHDRAWN, "advice.undo", "advice.dismiss", "advice.expire", "advice.reopen")


def step(office: Office, record: AdviceRecord, verb: str, asker: Asker) -> str:
    """Take the first of two acknowledgements, or take it back; "" where nothing is held up.

    Returns:
        `first` or `withdraw`: what became of the answer instead of what it says.

    Raises:
        NotAllowed: The first person again.
    """
    if record.state not in {"open", "in_progress"}:
        return ""
    with office.store.atomic():
        first = first_by(office.store, record.advice.id)
        if verb == "undo" and first and record.state == "open":
            return _withdrawn(office, record, asker, first)
        if verb != "acknowledge" or not needed(office, record):
            return ""
        if first == asker.user:
            raise NotAllowed("You have acknowledged this already: now somebody else has to.")
        if not first:
            office.store.log(Event(office.clock(), asker.user, FIRST, record.advice.id))
        return "" if first else "first"


def _withdrawn(office: Office, record: AdviceRecord, asker: Asker, first: str) -> str:
    if first != asker.user:
        return ""
    office.store.log(Event(office.clock(), asker.user, WITHDRAWN, record.advice.id))
    return "withdraw"


def needed(office: Office, record: AdviceRecord) -> bool:
    """Whether two people have to acknowledge this advice."""
    return above(office.settings.who.two_people_above, record.advice)


def first_by(store: Store, advice_id: str) -> str:
    """Who acknowledged first and has not taken it back, or "" where nobody has."""
    first = ""
    for event in store.events(subject=advice_id):
        if event.kind == FIRST:
            first = event.actor
        elif event.kind in BEGINS_AGAIN:
            first = ""
    return first
