"""Values of answers in a conversation: what is meant, not known, asked for, foretold, or logged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import ceil

from bot.render.values.advice_card import Card
from bot.render.values.measures import Measure, Period
from bot.render.values.news import Hole, RateNote
from bot.render.values.overviews import OutcomeLine
from bot.render.values.scenarios import WhatIf


@dataclass(frozen=True)
class Talk:
    """No question about numbers: `hello`, `self` or `off_subject`.

    Or `thanks`; `undo`, which is done under the advice, and `no_undo` where nothing is answered.
    """

    kind: str


@dataclass(frozen=True)
class AskedBack:
    """A sentence that may ask several kinds of question, the likeliest first.

    Attributes:
        kinds: `intent` or `intent/detail`, as `bot.render.controls.KINDS` names them.
        text: The sentence as typed.
    """

    kinds: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class NotKnown:
    """What there are no numbers of, by its key in `bot.render.not_known.NOT_KNOWN`.

    Attributes:
        name: A channel nobody has numbers of, a campaign that may be meant, or of `other` the
            words nobody has numbers for.
        own: The asker's own numbers where there is no benchmark.
    """

    what: str
    name: str = ""
    own: tuple[Measure, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A word explained: a metric, or one of `bot.render.glossary_words.TERMS`.

    `unknown` is the word asked about that the glossary lacks; `long` what the first number's short
    name stands for, where that is asked.
    """

    metrics: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    unknown: str = ""
    long: str = ""


@dataclass(frozen=True)
class Outlook:
    """Where the month ends, of a metric and somebody.

    Attributes:
        of: `forecast`, `used`, `left`, `lands`, `planned`, `over`, `under`, `off`,
            `runs_out`, or `coming` (days from `until` to `month_ends` that have not begun).
        so_far, ends: Of the metric; `low` and `high` at the daily pace of 7 and of 28 days.
        budget: The month's, None where the plan gives none.
        lines: The same of each campaign, the furthest off its budget first.
        goal: What somebody asks whether it is reached, None where nobody does.
        beside: What campaigns without a budget spent, which is no part of its shares; `shares`: the
            used and the projected one, where `so_far` and `ends` hold that money too.
        whether: Asked, yes or no: that the budget is `spent` by the month's end, or `over`.
    """

    of: str
    name: str
    metric: str
    until: date
    month_ends: date
    so_far: float | None = None
    ends: float | None = None
    low: float | None = None
    high: float | None = None
    budget: float | None = None
    currency: str | None = None
    elapsed: float = 0.0
    lines: tuple[Outlook, ...] = ()
    rates: RateNote | None = None
    goal: float | None = None
    beside: float | None = None
    shares: tuple[float | None, float | None] | None = None
    whether: str = ""

    @property
    def verdict(self) -> str:
        """Whether the budget is spent, or gone over: `already`, `yes`, `no` or `unsure`."""
        if not self.whether or self.projected is None or self.share is None:
            return ""
        if self.share >= 1:
            return "already"
        sure, doubtful = (1.0, 0.95) if self.whether == "spent" else (1.02, 1.0)
        if self.projected >= sure:
            return "yes"
        return "unsure" if self.projected > doubtful else "no"

    @property
    def runs_out(self) -> date | None:
        """The day the month's money is used up at this pace; None where it lasts the month."""
        days = (self.month_ends - self.until).days
        if self.budget is None or self.ends is None or self.so_far is None or not days:
            return None
        pace = (self.ends - self.so_far) / days
        if self.ends <= self.budget or pace <= 0:
            return None
        return self.until + timedelta(max(0, ceil((self.budget - self.so_far) / pace)))

    @property
    def reaches(self) -> str:
        """Whether the goal is reached by the month's end: `already`, `yes`, `no` or `unsure`."""
        if self.goal is None or self.ends is None:
            return ""
        if (self.so_far or 0.0) >= self.goal:
            return "already"
        low, high = self.low or self.ends, self.high or self.ends
        if min(low, self.ends) >= self.goal:
            return "yes"
        return "no" if max(high, self.ends) < self.goal else "unsure"

    @property
    def to_go(self) -> float | None:
        """What the goal still lacks; None where it lacks nothing."""
        lacking = (self.goal or 0.0) - (self.so_far or 0.0)
        return lacking if self.goal is not None and lacking > 0 else None

    @property
    def to_go_a_day(self) -> float | None:
        """The same for each day that is left of the month; None on its last."""
        days = (self.month_ends - self.until).days
        return self.to_go / days if self.to_go and days else None

    @property
    def share(self) -> float | None:
        """How much of the budget is used."""
        if self.shares:
            return self.shares[0]
        return self.so_far / self.budget if self.budget and self.so_far is not None else None

    @property
    def projected(self) -> float | None:
        """How much of the budget it ends at."""
        if self.shares:
            return self.shares[1]
        return self.ends / self.budget if self.budget and self.ends is not None else None

    @property
    def left(self) -> float | None:
        """What is not used yet."""
        return self.budget - self.so_far if self.budget and self.so_far is not None else None

    @property
    def over(self) -> float | None:
        """What was spent beyond the budget of a month that is over; None while it lasts."""
        over = -(self.left or 0.0)
        return over if over > 0 and self.until == self.month_ends else None

    @property
    def left_a_day(self) -> float | None:
        """What is not used yet, by the days to go; None where nothing or no day is left."""
        days = (self.month_ends - self.until).days
        return self.left / days if self.left and self.left > 0 and days > 1 else None


"""Results a week that are read as none."""


@dataclass(frozen=True)
class Doing:
    """What somebody did: an event of the log in the reader's zone."""

    at: datetime
    who: str
    step: str
    about: str
    reason: str = ""


@dataclass(frozen=True)
class Doings:
    """What people did in some days, newest first.

    Attributes:
        of_kind: Whether only a kind of deed was asked about: others there may be.
        of_plan: Whether it is asked whose somebody is: `owners`, as the plan names them.
    """

    lines: tuple[Doing, ...]
    who: str = ""
    about: str = ""
    period: Period | None = None
    of_kind: bool = False
    of_plan: bool = False
    owners: tuple[str, ...] = ()


@dataclass(frozen=True)
class StatedEffect:
    """What came of something somebody did.

    Attributes:
        kind: `measured`, `waiting`, `taken`, `dismissed`, `snoozed`, `target` or `nothing`.
        about: Whom it was asked about, "" for everything.
        lines: Measured moves, newest first.
        who, day, days: Who answered the advice, when, and how many days ago.
        read_on: The morning the next move is measured.
        due: Whether it is asked when something will be known.
        cards: The advice it was.
        money: Whether it is asked what it brought in money.
    """

    kind: str
    about: str = ""
    lines: tuple[OutcomeLine, ...] = ()
    money: bool = False
    who: str = ""
    day: date | None = None
    days: int = 0
    reason: str = ""
    read_on: date | None = None
    due: bool = False
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Moment:
    """When something happened.

    Attributes:
        kind: `change`, `running`, `begins`, `fresh`, `moved`, `nothing_counted`, `last`, `set`,
            `never_set`, `digest`, `no_digest` or `none`.
        at, comes: Of a digest: the time of day, and its form, weekdays, day of the month and time.
    """

    kind: str
    name: str
    day: date | None = None
    metric: str = ""
    before: float | None = None
    now: float | None = None
    currency: str | None = None
    days: int = 0
    who: str = ""
    at: time | None = None
    comes: tuple[str, tuple[int, ...], int, time] | None = None


@dataclass(frozen=True)
class TargetChange:
    """A target as it stands, and the newest change of it in the log.

    Attributes:
        name: The campaign; `metric` and `currency` are the target's.
        target: As it stands; `before`: what it was until it was changed.
        who, day: Of the change; None where the log has none: the plan said so from the start.
    """

    name: str
    metric: str = ""
    currency: str | None = None
    target: float | None = None
    before: float | None = None
    who: str = ""
    day: date | None = None
    asked: str = "source"


@dataclass(frozen=True)
class Tracking:
    """Tracking faults open now, until when the numbers reach, and days without any.

    Attributes:
        in_so_far: The share of the last day's results that are known to be in, None for all.
        day: Of which it is instead, where somebody asks whether that day is complete; `final` the
            morning on which it is.
        suspected: Campaigns that count nothing where results were due: too little to be a fault.
    """

    about: str
    cards: tuple[Card, ...]
    until: date | None = None
    late: tuple[str, ...] = ()
    holes: tuple[Hole, ...] = ()
    in_so_far: float | None = None
    day: date | None = None
    final: date | None = None
    suspected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wish:
    """Something a sentence asks to be done; a person does it.

    Attributes:
        kind: `target`, `pause`, `budget`, `snooze`, `dismiss`, `acknowledge`, `progress`,
            `language`, `unsubscribe`, `share` or `export`.
        until: The day a snooze ends.
        at, days: When a digest should come: `09:00`, and `weekdays`, `daily` or a weekday.
        share: By how much of itself something should change, where what it is now is not known.
        fill: What the form of a target opens with; "" where there is none to open.
        done: Whether somebody says that it is done already.
        giver: From whose budget the amount should come.
        words: What is typed after the command that does it.
    """

    kind: str
    name: str = ""
    amount: float | None = None
    metric: str = ""
    was: float | None = None
    currency: str | None = None
    until: date | None = None
    cards: tuple[Card, ...] = ()
    channel: str = ""
    now: tuple[Measure, ...] = field(default=())
    at: str = ""
    days: str = ""
    share: float | None = None
    fill: str = ""
    done: bool = False
    giver: str = ""
    words: str = ""


@dataclass(frozen=True)
class Verdict:
    """A campaign somebody wants to change: its numbers, open advice, what pausing would lose."""

    name: str
    price: Measure
    results: Measure
    cards: tuple[Card, ...] = ()
    what_if: WhatIf | None = None
    period: Period | None = None


@dataclass(frozen=True)
class ExperimentLength:
    """How long a test of halves must run.

    Attributes:
        name: Whose it is; "" for all campaigns together.
        counted: The metric of its results; "" where there are no numbers of it.
        lift: The change it is to show, of one.
        needed: Results each half needs.
        a_day: Results both halves bring a day.
        days: Whole weeks in days; None where there are no results.
        too_long: Whether that is longer than any test that is advised.
    """

    name: str
    counted: str = ""
    lift: float = 0.0
    needed: float = 0.0
    a_day: float = 0.0
    days: int | None = None
    too_long: bool = False
