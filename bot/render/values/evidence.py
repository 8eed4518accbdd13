"""Values of several pieces of advice, and of everything behind one.

Values of what a search found, of what stands in the audit log, and of a change taken apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from bot.numbers.decompose.chains import Gap
from bot.render.catalogue import N_
from bot.render.charts import Trend
from bot.render.values.advice_card import Card
from bot.render.values.answers import Option
from bot.render.values.detail_answers import AdviceParts
from bot.render.values.news import Hole, Late

MOST_LISTED = 10  # pieces of advice in one answer
MOST_SIDES = 12  # campaigns of a shift in its table
_MOST_ROWS, _MOST_NAMES, _MOST_BESIDE = 10, 6, 2


@dataclass(frozen=True)
class AdviceList:
    """Advice that is open: what was asked about ("" for everything), ranked.

    Attributes:
        cards: At least the first `MOST_LISTED`.
        of: How many there are, where that is more.
        money: Somebody asked how much is at stake: the headline is the money.
        sure: Somebody asked how sure it is: the headline is that, of the first.
        worn: Somebody asked whether ads wear out: the headline is yes, or that none seems to.
        of_kind: Somebody asked about one kind of advice, and none of it is open.
    """

    cards: tuple[Card, ...]
    about: str = ""
    as_of: date | None = None
    of: int = 0
    money: bool = False
    sure: bool = False
    worn: bool = False
    of_kind: bool = False

    @property
    def count(self) -> int:
        """Pieces of advice there are."""
        return max(self.of, len(self.cards))

    @property
    def in_hands(self) -> bool:
        """Whether somebody has taken on every piece of it."""
        return bool(self.cards) and all(card.state != "open" for card in self.cards)

    @property
    def left(self) -> int:
        """Pieces beyond those that are listed."""
        return max(0, self.count - MOST_LISTED)


@dataclass(frozen=True)
class EvidenceRow:
    """One number of the evidence: a metric of a campaign, now, before, and its line.

    Attributes:
        a_day: Now and before are a day's average, so that windows of any length compare.
    """

    name: str
    metric: str
    now: float | None
    before: float | None = None
    target: float | None = None
    currency: str | None = None
    a_day: bool = False


@dataclass(frozen=True)
class Side:
    """A campaign that gives or receives: how it does, and what the move makes of its budget.

    Attributes:
        rows: Its spend, its results, and the metric it is judged by.
        before, after: Daily budgets, currency units; guesses from its spend where `about`.
        next_cost: What one more result would cost, and between what that lies (90 %).
    """

    name: str
    rows: tuple[EvidenceRow, ...] = ()
    before: float | None = None
    after: float | None = None
    about: bool = False
    next_cost: tuple[float, float | None, float | None] | None = None
    currency: str | None = None

    @property
    def more(self) -> float | None:
        """What it receives a day, below zero for one that gives; None where nobody knows."""
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 6)


@dataclass(frozen=True)
class Earlier:
    """Advice given before; `names` are those of the campaigns it shares, where that may differ."""

    day: date
    title: str
    state: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class AdviceEvidence:
    """Everything behind a piece of advice.

    Attributes:
        rows: The numbers the rule looked at.
        since, until: The days the numbers are from; `before` the days they are held against.
        earlier: Earlier advice on its campaigns, newest first.
        charts: At most two, each with the name of its campaign where there are several.
        sides: The campaigns of a shift, givers first.
        parts: The parts of a campaign it is about.
    """

    card: Card
    rows: tuple[EvidenceRow, ...] = ()
    since: date | None = None
    until: date | None = None
    earlier: tuple[Earlier, ...] = ()
    charts: tuple[tuple[str, Trend], ...] = ()
    sides: tuple[Side, ...] = ()
    before: tuple[date, date] | None = None
    parts: AdviceParts | None = None

    @property
    def shown(self) -> tuple[Side, ...]:
        """Campaigns of a shift whose numbers are told."""
        return self.sides[:MOST_SIDES]

    @property
    def campaigns(self) -> tuple[tuple[str, tuple[EvidenceRow, ...]], ...]:
        """The first numbers of the first campaigns; of a shift's fewer, which have a table too."""
        named: dict[str, list[EvidenceRow]] = {}
        for row in self.rows:
            named.setdefault(row.name, []).append(row)
        most = _MOST_BESIDE if self.sides else _MOST_NAMES
        return tuple((name, tuple(rows[:_MOST_ROWS])) for name, rows in named.items())[:most]

    @property
    def left(self) -> int:
        """Numbers beyond those shown."""
        return len(self.rows) - sum(len(rows) for _, rows in self.campaigns)


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
    """A line of the audit log: when (reader's zone), who, what kind of step, about what.

    Attributes:
        who: "" where nobody knows.
        before, after: A budget or a bid target, where that was changed.
        noticed: Whether a pull noticed it, so that it may be older.
    """

    at: datetime
    who: str
    kind: str
    about: str = ""
    before: float | None = None
    after: float | None = None
    noticed: bool = False


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
    "advice.revise": N_("brought up to date"),
    "advice.expire": N_("no longer true"),
    "advice.changed_outside": N_("changed outside perfbot"),
    "approval.first": N_("acknowledged, first of two"),
    "approval.withdrawn": N_("took the first of two back"),
    "outcome.freeze": N_("will be measured"),
    "outcome.void": N_("will not be measured"),
    "outcome.applied": N_("seen in the numbers"),
    "outcome.measure": N_("measured"),
    "applying.ask": N_("had budgets set at the platform"),
    "applying.back": N_("had budgets set back at the platform"),
    "applying.check": N_("asked the platform whether it would"),
    "applying.plan": N_("decided what to send"),
    "applying.send": N_("sent a budget"),
    "applying.answer": N_("the platform answered"),
    "applying.done": N_("read the budgets back"),
    "platform.budget": N_("changed a budget at the platform"),
    "platform.bid": N_("changed what is bid to at the platform"),
    "platform.status": N_("changed its status at the platform"),
    "platform.status.enabled": N_("switched it on at the platform"),
    "platform.status.paused": N_("paused it at the platform"),
    "platform.status.removed": N_("removed it at the platform"),
    "platform.status.ended": N_("let it end at the platform"),
    "plan.set": N_("changed the plan"),
    "import.file": N_("imported a file"),
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


ZERO = Decimal(0)


@dataclass(frozen=True)
class WhyPart:
    """One factor of a change: itself before and now, and its part of the change.

    Attributes:
        what: A metric, `mix` or `unsplit`.
        amount: Its part, in the unit of the number taken apart; `shown` as it is shown.
    """

    what: str
    amount: float
    shown: Decimal
    was: float | None = None
    now: float | None = None


@dataclass(frozen=True)
class WhyCampaign:
    """What one campaign made of the change; `gap` says why it could not be taken apart."""

    id: str
    name: str
    amount: float
    shown: Decimal
    gap: Gap | None = None


@dataclass(frozen=True)
class WhyAnswer:
    """What `/perf why …` says of a channel or a campaign.

    Attributes:
        was, now: The number, None where there was none; `lack` then says why.
        shown_was, shown_now, shown_change: As shown, to `digits` decimals (of a fraction); the
            parts shown, and the campaigns shown, each add up to `shown_change`.
        parts: From the money to the result, every one.
        campaigns: The biggest first.
        left_out: Columns nobody counted.
        asked, longer: The question, and the same about 28 days, without `/perf`.
        deeper: The same question about the campaign that made most of it, "" where there is none.
        named: Advice about the campaign that is open and names a cause; None where none does.
        settles: Between what and what `now` ends once late results are in; None where it has.
    """

    name: str
    metric: str
    asked: str
    window: str
    now_days: tuple[date, date]
    before_days: tuple[date, date]
    was: float | None = None
    now: float | None = None
    currency: str | None = None
    digits: int = 0
    shown_was: Decimal = ZERO
    shown_now: Decimal = ZERO
    shown_change: Decimal = ZERO
    parts: tuple[WhyPart, ...] = ()
    campaigns: tuple[WhyCampaign, ...] = ()
    left_out: tuple[str, ...] = ()
    lack: Gap | None = None
    longer: str = ""
    deeper: str = ""
    late: tuple[Late, ...] = field(default=())
    holes: tuple[Hole, ...] = field(default=())
    named: Card | None = None
    settles: tuple[float, float] | None = None

    @property
    def told(self) -> tuple[WhyPart, ...]:
        """The parts worth a row: the factors that are known, and whatever else is not nothing."""
        return tuple(part for part in self.parts if part.shown or part.was is not None)

    @property
    def change(self) -> float | None:
        """What it changed by: now - was, None where either is missing."""
        return None if self.was is None or self.now is None else self.now - self.was
