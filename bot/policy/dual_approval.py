"""Two people: advice that moves much money is acknowledged by one, and completed by another.

Both agree to the same: whoever acknowledges something else than the first did, another part or
advice whose amounts have changed since, is the first of two in their turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.context.context import Context
from bot.domain.advice import Advice
from bot.domain.replies import Asker
from bot.errors import NotAllowed
from bot.policy.permissions import acknowledged, moved, much, only
from bot.store.base import AdviceRecord, Event, Store

FIRST, WITHDRAWN = "approval.first", "approval.withdrawn"
BEGINS_AGAIN = (WITHDRAWN, "advice.undo", "advice.dismiss", "advice.expire", "advice.reopen")
Terms = Mapping[str, object]


@dataclass(frozen=True)
class First:
    """The first of two people, and the daily budgets they agreed to."""

    who: str
    terms: Terms

    @property
    def budgets(self) -> Mapping[str, float]:
        amounts: Any = self.terms.get("budgets", {})
        budgets: Mapping[str, float] = amounts
        return budgets


@dataclass(frozen=True)
class ApprovalStep:
    """`first` or `withdraw`, and the number of the event that keeps it."""

    verb: str
    event: int


def step(
    context: Context, record: AdviceRecord, agreed_record: AdviceRecord, verb: str, asker: Asker
) -> ApprovalStep | None:
    """Take the first of two acknowledgements, or take it back; None where nothing is held up.

    Args:
        context: The store and the settings.
        record: What is advised.
        agreed_record: The same as far as the answer goes along with it.
        verb: What was answered.
        asker: By whom.

    Returns:
        What became of the answer instead of what it says.

    Raises:
        NotAllowed: The first person again.
    """
    if record.state not in {"open", "in_progress"}:
        return None
    if verb == "undo" and record.state == "open":
        return _withdrawn(context, record, asker)
    if verb != "acknowledge" or not needed(context, agreed_record):
        return None
    return _completed(context, record, agreed_record, asker)


def _completed(
    context: Context, record: AdviceRecord, agreed_record: AdviceRecord, asker: Asker
) -> ApprovalStep | None:
    """Nothing more is needed where another has agreed to the same; else this is the first."""
    terms = _terms(agreed_record.advice)
    with context.store.atomic():
        approval = first_of(context.store, record)
        if approval and approval.terms == terms:
            if approval.who == asker.user:
                raise NotAllowed("You have acknowledged this already: now somebody else has to.")
            return None
        details = {"agreed": terms, "advised": _terms(record.advice)}
        first = Event(context.clock(), asker.user, FIRST, record.advice.id, details)
        return ApprovalStep("first", context.store.log(first))


def _withdrawn(context: Context, record: AdviceRecord, asker: Asker) -> ApprovalStep | None:
    with context.store.atomic():
        approval = first_of(context.store, record)
        if approval is None or approval.who != asker.user:
            return None
        withdrawn = Event(context.clock(), asker.user, WITHDRAWN, record.advice.id)
        return ApprovalStep("withdraw", context.store.log(withdrawn))


def needed(context: Context, record: AdviceRecord) -> bool:
    """Whether two people have to acknowledge this advice."""
    return much(context, context.settings.who.two_people_above, record)


def first_of(store: Store, record: AdviceRecord) -> First | None:
    """Who acknowledged first and has not taken it back, as long as it is what is advised.

    Of acknowledged advice: who agreed first to what was acknowledged.
    """
    approval = None
    for event in store.events(subject=record.advice.id):
        if event.kind == FIRST and event.details.get("advised") == _terms(record.advice):
            approval = First(event.actor, event.details["agreed"])
        elif event.kind in BEGINS_AGAIN or event.kind == FIRST:
            approval = None
    if approval and record.state == "acknowledged":
        agreed_advice = only(record.advice, acknowledged(store, record))
        return approval if approval.terms == _terms(agreed_advice) else None
    return approval


def _terms(advice: Advice) -> Terms:
    """What somebody agrees to: budgets from and to, or the amount where none is known."""
    return {
        "before": dict(advice.budgets_before),
        "budgets": dict(advice.budgets),
        "move": moved(advice),
    }
