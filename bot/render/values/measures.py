"""Values of answers to a plain question: how much, each day, ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.render.values.advice_card import Card
from bot.render.values.news import Hole, RateNote
from bot.render.values.settling_number import change_of


@dataclass(frozen=True)
class Measure:
    """A metric of somebody, in one currency.

    Attributes:
        name: Whose; "" for everything together.
        value: In the metric's own unit, None where missing; `before` in the days compared with.
        counted: The same over the spend of the campaigns that count it, where that differs.
        blended: The same over all the spend, where `value` is over that of those that count it.
        settles: Between what and what it ends once late results are in; None where it has settled.
        parts: What a profit is made of: revenue and spend.
        target: What the plan aims at, where the question is about that.
    """

    name: str
    metric: str
    value: float | None
    before: float | None = None
    currency: str | None = None
    counted: float | None = None
    parts: tuple[float | None, ...] = ()
    target: float | None = None
    blended: float | None = None
    settles: tuple[float, float] | None = None

    @property
    def change(self) -> float | None:
        """Against the days before, as a fraction."""
        return change_of(self)

    @property
    def over(self) -> float | None:
        """Against the target, as a fraction."""
        if self.value is None or not self.target:
            return None
        return self.value / self.target - 1


@dataclass(frozen=True)
class Period:
    """The days of an answer.

    Attributes:
        compared: The days somebody asked to compare with.
        begins: The first day there are numbers of, where that lies inside the days.
        without: Whom the numbers leave out.
    """

    window: str
    since: date
    until: date
    before_days: int = 0
    compared: tuple[date, date] | None = None
    begins: date | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class MeasureAnswer:
    """How much: of everything, or of each of those asked about.

    Attributes:
        of: `sum`, `average` (a day), `share` (of `whole`), `compare` or `target`.
        lines: One for each asked about, or one a currency.
        inside: What it is made of: the channels, or the campaigns of a channel.
        kind: What is asked besides the metric: `cac` is said to be a cost per sale, `mer` to be
            what the platforms count.
        holes: Days without numbers in these days, or in those they are compared with.
        chance: How many more changed, by no more than chance.
    """

    metric: str
    period: Period
    lines: tuple[Measure, ...]
    of: str = "sum"
    inside: tuple[Measure, ...] = ()
    whole: Measure | None = None
    kind: str = ""
    longer: str = ""
    asked: str = ""
    holes: tuple[Hole, ...] = ()
    rates: RateNote | None = None
    chance: int = 0

    @property
    def pair(self) -> tuple[Measure, Measure] | None:
        """Two beside each other, the higher number first; None where it is not just two."""
        if self.of != "compare" or len(self.lines) != 2 or self.lines[0].name == self.lines[1].name:
            return None
        higher, lower = sorted(self.lines, key=lambda line: -(line.value or 0.0))
        alike = higher.currency == lower.currency and higher.metric == lower.metric
        positive = bool(lower.value and lower.value > 0)
        return (higher, lower) if alike and positive else None


@dataclass(frozen=True)
class Summary:
    """How it is going.

    Attributes:
        spent: What was spent, and by which channel.
        results: What came of it and at which price, against the days before.
        cards: What is to be done first about it, of `count` things.
    """

    spent: MeasureAnswer
    results: tuple[Measure, ...] = ()
    cards: tuple[Card, ...] = ()
    count: int = 0

    @property
    def left(self) -> int:
        """How many things there are to do beside the first."""
        return self.count - len(self.cards)


@dataclass(frozen=True)
class DaysAnswer:
    """A metric day by day, oldest first; a day without numbers is None.

    `ends` are the last days of weeks or months that begin on `days`, where it is told by these;
    `counted`: over the spend of the campaigns that count the result, where others spend, too;
    `in_so_far` is the share of the newest day's results that is in, None where all are; `median`
    the middle one of the values, where that is asked about.
    """

    name: str
    metric: str
    period: Period
    days: tuple[date, ...]
    values: tuple[float | None, ...]
    currency: str | None = None
    total: float | None = None
    rates: RateNote | None = None
    ends: tuple[date, ...] = ()
    in_so_far: float | None = None
    median: float | None = None
    by_month: bool = False
    counted: bool = False


@dataclass(frozen=True)
class Condition:
    """What a number must be: above or below another, `even` it, as an average of `each` days."""

    metric: str
    above: bool
    number: float
    each: int = 0
    even: bool = False

    @property
    def none(self) -> bool:
        """Whether it is fewer than one: none at all."""
        return not (self.above or self.even or self.each) and self.number == 1


FEW = 5  # lines that are named in a headline


@dataclass(frozen=True)
class RankAnswer:
    """Campaigns, channels, stages or days in an order, or those that meet a condition.

    Attributes:
        by: `campaign`, `channel`, `stage` or `day`.
        order: `most` or `least` for a number, `best` or `worst` where better means something.
        lines: Ranked, as many as were asked for; `of` how many there are.
        within: The channel they were looked for in.
        above: On which side of the target; `beyond` by how much at least, as a share of it.
        bounds: Of numbers, all of which hold.
        condition: `bound`, `target`, `missing` (no target), or "" for a ranking.
        note: `spend` where ratios are each campaign's own; `counted` where groups' prices are over
            the spend of what counts them; `no targets` where nothing is judged.
        currency: Of the conditions' money.
        each: Whether every one's number is asked about, none of them in particular.
        ends: The last days of weeks or months that begin on `days`, where these are ranked.
        fruitless: The spend of campaigns without any result, where the worst are asked for.
        whole: What all lines add up to, where each one's share is asked about.
        count: How many were asked for by their number; 0 where none was said.
        last: Whether the newest of the days is asked about: they stand newest first.
        beside: Further numbers of each line, a tuple a line, in a table with it.
    """

    metric: str
    by: str
    period: Period
    lines: tuple[Measure, ...]
    order: str = "most"
    of: int = 0
    within: str = ""
    condition: str = ""
    above: bool = True
    beyond: float = 0.0
    bounds: tuple[Condition, ...] = ()
    days: tuple[date, ...] = field(default=())
    note: str = ""
    fruitless: tuple[Measure, ...] = ()
    rates: RateNote | None = None
    currency: str | None = None
    ends: tuple[date, ...] = ()
    each: bool = False
    whole: float | None = None
    count: int = 0
    last: bool = False
    beside: tuple[tuple[Measure, ...], ...] = ()

    @property
    def following(self) -> tuple[Measure, ...]:
        """Of the few that were asked for, those after the first."""
        few = 1 < self.count <= FEW and not (self.each or self.days or self.condition)
        return self.lines[1 : self.count] if few else ()

    @property
    def names(self) -> tuple[str, ...]:
        """Whose lines they are."""
        return tuple(line.name for line in self.lines)


@dataclass(frozen=True)
class CampaignDays:
    """A campaign, and the first and the last day it spent on."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class RunningAnswer:
    """Campaigns that run, have stopped, or are new or old.

    Attributes:
        state: `running`, `stopped`, `new` or `old`.
        lines: The campaigns of that state; of `new` and `old` all, the newest or oldest first.
        of: How many campaigns there are.
        begins, ends: The first and the last day any of them spent on.
        days: How many days without spend make a campaign stopped.
        period: The days in which new ones are to have begun; None where any are asked about.
        alone: Whether one campaign is asked about, which ever spent: `lines` has it alone.
    """

    state: str
    lines: tuple[CampaignDays, ...]
    of: int
    begins: date
    ends: date
    days: int
    within: str = ""
    period: Period | None = None
    alone: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Whose lines they are."""
        return tuple(line.name for line in self.lines)

    @property
    def began_then(self) -> bool:
        """Whether they began in the days asked about, and not on the first day that is known."""
        period = self.period
        return period is not None and any(
            period.since <= line.first <= period.until and line.first > self.begins
            for line in self.lines
        )

    @property
    def as_old_as_known(self) -> bool:
        """Whether the newest spent on the first day there are numbers of."""
        return bool(self.lines) and self.lines[0].first == self.begins


@dataclass(frozen=True)
class BooksLine:
    """A campaign in the books: sales claimed, documented and taken back, and value over spend."""

    name: str
    claimed: float | None
    documented: float | None
    refunded: float | None
    back: float | None


@dataclass(frozen=True)
class ClaimedOrder:
    """An order that several platforms count.

    Attributes:
        key: What its hash begins with: its number is kept nowhere.
        platforms: Those that count it, by title.
    """

    key: str
    day: date
    value: float | None
    currency: str | None
    platforms: tuple[str, ...]


@dataclass(frozen=True)
class BooksAnswer:
    """What the books' orders are to the ads of the same days.

    Attributes:
        metric: `mer` (value of the orders over ad spend) or `cac` (spend a new customer).
        value, before: Of it, now and in the days compared with.
        spent, worth: Ad spend and the orders' value, in `currency`.
        orders, refunded: How many stand, and how many were taken back.
        new_customers: How many were a customer's first; `unsaid` how many do not say.
        claimed: Sales the platforms count; None where only some campaigns were asked about.
        days: The first and last day that orders are known of.
        lines: The campaigns with the most spend.
        counted_twice: Orders that more than one platform counts, the newest first; `claimed_by`
            how many of them each set of platforms counts.
    """

    metric: str
    name: str
    period: Period
    value: float | None
    before: float | None
    currency: str | None
    spent: float
    worth: float | None
    orders: int
    refunded: int
    new_customers: float | None
    unsaid: int
    claimed: float | None
    days: tuple[date, date]
    lines: Sequence[BooksLine] = ()
    rates: RateNote | None = None
    counted_twice: Sequence[ClaimedOrder] = ()
    claimed_by: Sequence[tuple[tuple[str, ...], int]] = ()

    @property
    def change(self) -> float | None:
        """Against the days before, as a fraction."""
        return self.value / self.before - 1 if self.value is not None and self.before else None

    @property
    def placed(self) -> int:
        """Orders that were placed, taken back or not."""
        return self.orders + self.refunded

    @property
    def a_new_customer(self) -> float | None:
        """What a customer's first order cost in ads."""
        return self.spent / self.new_customers if self.new_customers else None

    @property
    def twice(self) -> int:
        """Sales that are claimed at least once too often: more than there are orders."""
        return max(0, round((self.claimed or 0.0) - self.placed))

    @property
    def partly(self) -> bool:
        """Whether orders are known of fewer days than were asked about."""
        return self.days != (self.period.since, self.period.until)


@dataclass(frozen=True)
class NothingThen:
    """There are no numbers for the days asked about: when they begin and end."""

    since: date
    until: date
    begins: date | None = None
    ends: date | None = None
    name: str = ""
