"""Keeping what was set: dated, said by somebody, and never over what somebody else just set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bot.desk.names import title
from bot.desk.office import Office
from bot.desk.plan import FIELDS
from bot.desk.types import Asker
from bot.errors import PerfbotError
from bot.messages.plans import Changed, Difference
from bot.numbers.names import normal_name
from bot.store.base import Event, PlanRow

KINDS = ("plan.set", "threshold.set")


class Misfilled(PerfbotError):
    """A form that cannot be kept: what is wrong, by field."""

    code = "misfilled"

    def __init__(self, wrong: dict[str, PerfbotError]) -> None:
        self.wrong = wrong
        super().__init__(" ".join(str(error) for error in wrong.values()))


class Overtaken(Exception):  # it is no error: the form is shown again
    """Somebody changed the same thing since the form was opened."""

    def __init__(self, event: Event) -> None:
        self.event = event
        super().__init__(event.number)


def version(office: Office) -> int:
    """The newest change of plan or thresholds: what a form that opens now knows of."""
    newest = office.store.history(kinds=KINDS, limit=1)
    return newest[0].number if newest else 0


def keep(
    office: Office, rows: Sequence[PlanRow], origin: str, *, since: int, about: Iterable[str] = ()
) -> None:
    """Write rows as one change.

    Args:
        office: Whose store.
        rows: The whole of the change.
        origin: As the store knows it.
        since: The version the form was filled in on.
        about: Patterns that must be unchanged since, besides those of the rows.

    Raises:
        Overtaken: One of them is not.
    """
    patterns = {normal_name(one) for one in (*about, *(row.pattern for row in rows))}
    with office.store.atomic():
        for event in office.store.history(kinds=KINDS):
            if event.number <= since:
                break
            if patterns & {normal_name(str(one)) for one in event.details.get("patterns", ())}:
                raise Overtaken(event)
        office.store.set_plan(rows, origin=origin)


def valid_from(office: Office, asker: Asker) -> date:
    """From today, wherever it was today first: so that the board asked for next has it."""
    return min(office.today(asker), office.today())


def last_change(office: Office, asker: Asker) -> Changed | None:
    """What was set in Slack last."""
    newest = office.store.history(kinds=KINDS, limit=1)
    return changed(office, newest[0], asker) if newest and "after" in newest[0].details else None


def changed(office: Office, event: Event, asker: Asker) -> Changed:
    """A change as people read it: who, when, and every field that is not as it was."""
    before, after = (event.details.get(each) or {} for each in ("before", "after"))
    patterns = tuple(str(each) for each in event.details.get("patterns", ()))
    differences = [
        _difference(office, field, before.get(pattern, {}), after.get(pattern, {}))
        for pattern in patterns
        for field in (*FIELDS, "value")
        if before.get(pattern, {}).get(field) != after.get(pattern, {}).get(field)
    ]
    return Changed(
        who=office.person(event.actor),
        at=event.at.astimezone(office.zone(asker)),
        patterns=patterns,
        differences=tuple(differences),
    )


def _difference(office: Office, field: str, before: object, after: object) -> Difference:
    def said(values: object) -> object:
        value = values.get(field) if isinstance(values, dict) else None
        if field == "owner" and value:
            return office.person(str(value))
        return title(str(value)) if field == "channel" and value else value

    return Difference(field, said(before), said(after))
