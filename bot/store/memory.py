"""Yesterday's memory, projected from the event log: never a second truth. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from bot.domain.advice import Answer, Evidence, Memory, Shift
from bot.store.records import Event

_ANSWERS = {"acknowledge", "progress", "snooze", "dismiss"}


READ_FOR = timedelta(90)
"""How long what a shift proposed may still matter: a test of six weeks, and a month to tell of."""


def remembered(events: Iterable[Event], as_of: date, learned: Evidence | None = None) -> Memory:
    """What was remembered as the morning of `as_of` began.

    Steps of that day itself are left out, so that judging a morning again, the same day or years
    later, says what was said. Advice is open until it is answered or expires; snoozed advice stays
    open, so that it wakes under its own id. An answer that was undone was never given.

    Args:
        events: Of kinds `advice.*`, oldest first.
        as_of: The morning.
        learned: What budgets had taught by then.
    """
    projection = _Projection()
    for event in events:
        if _day(event) < as_of:
            projection.apply(event)
    opened = dict(projection.opened.values())
    recent = {
        key: shift for key, shift in projection.shifts.items() if as_of - shift.on <= READ_FOR
    }
    return Memory(opened, tuple(projection.answers), recent, learned)


def _day(event: Event) -> date:
    as_of = event.details.get("as_of")
    return as_of if isinstance(as_of, date) else event.at.date()


def _shift(fields: Mapping[str, Any]) -> Shift:
    days = {name: date.fromisoformat(str(fields[name])) for name in ("on", "first")
            if fields.get(name)}  # fmt: skip
    return Shift(**{**fields, **days})


class _Projection:
    def __init__(self) -> None:
        self.opened: dict[str, tuple[tuple[str, tuple[str, ...]], date]] = {}
        self.answers: list[Answer] = []
        self.proposed: dict[tuple[str, tuple[str, ...]], Shift] = {}
        self.shifts: dict[tuple[str, tuple[str, ...]], Shift] = {}

    def apply(self, event: Event) -> None:
        step = event.kind.removeprefix("advice.")
        if step in {"open", "reopen", "revise", "undo"}:
            self._open(event, forget=step == "undo")
        elif step == "expire":
            self._expire(event.subject)
        elif step in _ANSWERS or step == "changed_outside":
            self._answer(event, step)

    def _open(self, event: Event, *, forget: bool) -> None:
        details = event.details
        topic = (str(details["rule"]), tuple(details["campaign_ids"]))
        earlier, _ = self.opened.get(event.subject, (topic, None))
        if earlier != topic:  # a plan brought up to date: a campaign joined it, or left
            self.shifts.pop(earlier, None)
        self.opened[event.subject] = (topic, details.get("opened_on") or _day(event))
        if details.get("shift"):
            self.proposed[topic] = self.shifts[topic] = _shift(details["shift"])
        elif forget and topic in self.proposed:
            self.shifts[topic] = self.proposed[topic]
        if forget:
            self.answers = [
                answer
                for answer in self.answers
                if answer.advice_id != event.subject or answer.verb == "changed_outside"
            ]

    def _expire(self, subject: str) -> None:
        """It is over; what somebody was on no longer silences its rule."""
        self.opened.pop(subject, None)
        self.answers = [
            answer
            for answer in self.answers
            if (answer.advice_id, answer.verb) != (subject, "progress")
        ]

    def _answer(self, event: Event, verb: str) -> None:
        topic, _ = self.opened.get(event.subject, (None, None))
        if topic in self.shifts and event.details.get("budgets"):
            self.shifts[topic] = self.shifts[topic].taken(event.details["budgets"])
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
