"""How the rules have done so far, projected from the event log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.advice.outcome import Demotion, Scoreboard, Step, scoreboard
from bot.store.base import Event, Store

VERBS = ("open", "acknowledge", "dismiss", "undo")


def scores(store: Store, as_of: date) -> Scoreboard:
    """Every rule's score as it stood when a morning began."""
    steps = sorted(_steps(store), key=lambda each: each[0])
    kept = store.outcomes()
    measured = [one.outcome for one in kept if one.outcome and one.outcome.as_of < as_of]
    applied = {one.advice_id: one.applied.state for one in kept if one.applied}
    return scoreboard([step for _, step in steps if step.on < as_of], measured, applied)


def demotions(store: Store, as_of: date) -> tuple[Demotion, ...]:
    """The rules that may only watch on a morning."""
    return scores(store, as_of).demotions


def _steps(store: Store) -> Iterator[tuple[int, Step]]:
    for verb in VERBS:
        for event in store.events(kind=f"advice.{verb}"):
            rule = str(event.details.get("rule", ""))
            yield event.number, Step(event.subject, rule, verb, _day(event))


def _day(event: Event) -> date:
    said = event.details.get("as_of")
    return said if isinstance(said, date) else event.at.date()
