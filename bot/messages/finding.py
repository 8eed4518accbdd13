"""Values of what a search found, and of what stands in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.messages.answers import Option
from bot.messages.cards import Card
from bot.messages.speech import N_


@dataclass(frozen=True)
class FoundAdvice:
    """Advice that fits: as it stands, and the address of the message that shows it, or ""."""

    card: Card
    link: str = ""


@dataclass(frozen=True)
class FoundAnswer:
    """An answer that fits: who gave it when (reader's zone), its kind, why, and to what."""

    who: str
    at: datetime
    kind: str
    card: Card
    reason: str = ""
    link: str = ""


@dataclass(frozen=True)
class FoundAll:
    """Everything a search found; the first few of each are shown.

    Attributes:
        text: What was looked for.
        campaigns: Names, and the questions that lead to them.
        total: How many things fit altogether.
    """

    text: str
    campaigns: tuple[Option, ...] = ()
    advice: tuple[FoundAdvice, ...] = ()
    answers: tuple[FoundAnswer, ...] = ()
    total: int = 0

    @property
    def left(self) -> int:
        """Things that fit and are not shown."""
        return self.total - len(self.campaigns) - len(self.advice) - len(self.answers)


@dataclass(frozen=True)
class Logged:
    """A line of the audit log: when (reader's zone), who, what kind of step, about what."""

    at: datetime
    who: str
    kind: str
    about: str = ""


@dataclass(frozen=True)
class AuditLog:
    """What was done, newest first: the lines shown and how many there are in all."""

    lines: tuple[Logged, ...] = ()
    total: int = 0


STEPS: Mapping[str, str] = {
    "advice.acknowledge": N_("acknowledged"),
    "advice.progress": N_("in progress"),
    "advice.snooze": N_("snoozed"),
    "advice.dismiss": N_("dismissed"),
    "advice.undo": N_("took the answer back"),
    "advice.open": N_("said"),
    "advice.reopen": N_("said again"),
    "advice.expire": N_("no longer true"),
    "advice.changed_outside": N_("changed outside perfbot"),
    "approval.first": N_("acknowledged, first of two"),
    "approval.withdrawn": N_("took the first of two back"),
    "outcome.freeze": N_("will be measured"),
    "outcome.void": N_("will not be measured"),
    "outcome.applied": N_("seen in the numbers"),
    "outcome.measure": N_("measured"),
    "plan.set": N_("changed the plan"),
    "threshold.set": N_("changed a threshold"),
    "preference.set": N_("chose language or time zone"),
    "subscription.add": N_("subscribed"),
    "subscription.remove": N_("ended a subscription"),
    "digest.queued": N_("morning summary"),
    "urgent.queued": N_("said at once"),
    "reminder.queued": N_("reminded"),
    "export.made": N_("exported numbers"),
}
"""Steps of the event log in words."""
