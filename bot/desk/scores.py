"""How the rules have done so far, projected from the event log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.advice.outcome import Demotion, Scoreboard, Step, scoreboard
from bot.advice.rulebook import Rulebook
from bot.messages.values import RuleNews
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


def changed(store: Store, rulebook: Rulebook, since: date, as_of: date) -> tuple[RuleNews, ...]:
    """Rules that may only watch, or may advise again, unlike on the morning of `since`."""
    before, now = (
        {each.rule: each.why for each in demotions(store, day)} for day in (since, as_of)
    )
    return tuple(
        RuleNews(rule.title, now.get(rule.id, ""))
        for rule in rulebook.rules
        if (rule.id in now) != (rule.id in before)
    )


def _steps(store: Store) -> Iterator[tuple[int, Step]]:
    for verb in VERBS:
        for event in store.events(kind=f"advice.{verb}"):
            rule = str(event.details.get("rule", ""))
            yield event.number, Step(event.subject, rule, verb, _day(event))


def _day(event: Event) -> date:
    said = event.details.get("as_of")
    return said if isinstance(said, date) else event.at.date()
