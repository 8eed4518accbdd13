"""Yesterday's memory, projected from the event log: never a second truth. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.advice.types import Answer, Memory
from bot.store.records import Event

_ANSWERS = {"acknowledge", "progress", "snooze", "dismiss"}


def remembered(events: Iterable[Event], as_of: date) -> Memory:
    """What was remembered as the morning of `as_of` began.

    Steps of that day itself are left out, so that judging a morning again, the same day or years
    later, says what was said. Advice is open until it is answered or expires; snoozed advice stays
    open, so that it wakes under its own id. An answer that was undone was never given.

    Args:
        events: Of kinds `advice.*`, oldest first.
        as_of: The morning.
    """
    projection = _Projection()
    for event in events:
        if _day(event) < as_of:
            projection.apply(event)
    opened = dict(projection.opened.values())
    return Memory(opened=opened, answers=tuple(projection.answers))


def _day(event: Event) -> date:
    said = event.details.get("as_of")
    return said if isinstance(said, date) else event.at.date()


class _Projection:
    def __init__(self) -> None:
        self.opened: dict[str, tuple[tuple[str, tuple[str, ...]], date]] = {}
        self.answers: list[Answer] = []

    def apply(self, event: Event) -> None:
        step = event.kind.removeprefix("advice.")
        if step in {"open", "reopen", "undo"}:
            self._open(event, forget=step == "undo")
        elif step == "expire":
            self.opened.pop(event.subject, None)
        elif step in _ANSWERS or step == "changed_outside":
            self._answer(event, step)

    def _open(self, event: Event, *, forget: bool) -> None:
        details = event.details
        about = (str(details["rule"]), tuple(details["campaign_ids"]))
        self.opened[event.subject] = (about, details.get("opened_on") or _day(event))
        if forget:
            self.answers = [
                answer
                for answer in self.answers
                if answer.advice_id != event.subject or answer.verb == "changed_outside"
            ]

    def _answer(self, event: Event, verb: str) -> None:
        if verb not in {"snooze", "changed_outside"}:
            self.opened.pop(event.subject, None)
        self.answers.append(
            Answer(
                advice_id=event.subject,
                rule=str(event.details.get("rule", "")),
                campaign_ids=tuple(event.details.get("campaign_ids", ())),
                verb=verb,
                on=_day(event),
                until=event.details.get("until"),
            )
        )
