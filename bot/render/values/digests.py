"""Values of the morning digest, and of a week's or a month's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from bot.render.outcome_sentences import Measured
from bot.render.values.advice_card import Card
from bot.render.values.news import (
    AnswerCounts,
    Credit,
    DoubleTraffic,
    DoubtfulTarget,
    Failed,
    GuessedPurpose,
    Hole,
    Late,
    NotYet,
    PriceMoved,
    RateNote,
    RuleNews,
    ShownFault,
)
from bot.render.values.settling_number import change_of

MOST_CARDS = 3


@dataclass(frozen=True)
class Kpi:
    """The number something is judged by, now, against its target and the time before.

    Attributes:
        metric: Name in rules/metrics.yml, e.g. `cpa`; "" where nothing is judged.
        settles: Between what and what it ends once late results are in; None where it has settled.
        currency: ISO code, None where unknown or where the metric is no money.
        nothing: The result that was paid for and counted, and did not come: there is no price.
    """

    metric: str = ""
    value: float | None = None
    target: float | None = None
    before: float | None = None
    settles: tuple[float, float] | None = None
    currency: str | None = None
    nothing: str = ""

    @property
    def off(self) -> float | None:
        """How far it is from its target, as a fraction; None without both."""
        return None if self.value is None or not self.target else self.value / self.target - 1

    @property
    def level(self) -> bool:
        """Whether it is on its target, in whole per cent."""
        return self.off is not None and round(100 * self.off) == 0

    @property
    def change(self) -> float | None:
        """The change since before as a fraction; None without both, or from zero."""
        return change_of(self)


@dataclass(frozen=True)
class StageRow:
    """One RACE stage (and currency) of the digest.

    Attributes:
        stage: reach, act, convert, engage, or "" for campaigns nobody has placed.
    """

    stage: str
    spend: float | None
    currency: str | None
    kpi: Kpi = field(default_factory=Kpi)


@dataclass(frozen=True)
class Moved:
    """Something that moved, and the factor that explains most of it.

    Attributes:
        kpi: What moved; `before` and `value` are from and to.
        since: First day of the move, None where it is the whole window.
        factor: Metric that explains it, e.g. `conversion_rate`; "" where nothing does.
        factor_change: Its change as a fraction.
        others: Other metrics that changed, and by what fraction; `steady` those that did not.
        look_at: An action of bot.domain.advice.ACTIONS that says where to look, or "".
    """

    name: str
    kpi: Kpi
    since: date | None = None
    factor: str = ""
    factor_change: float | None = None
    others: tuple[tuple[str, float], ...] = ()
    steady: tuple[str, ...] = ()
    look_at: str = ""


CHANGED = 0.1  # a daily budget that differs by less was not changed


@dataclass(frozen=True)
class SpendMoved:
    """A channel, account or campaign that spends at a new level.

    Attributes:
        change: As a fraction of what the same weekdays used to cost; `since` the first day.
        budgets: Daily budgets before and since, None where one is unknown.
        money: How much more or less a day; `ids` the campaigns' ids.
        whole: Whether it is a whole channel or account; `mostly` the campaign that makes most.
    """

    name: str
    change: float
    since: date
    budgets: tuple[float, float] | None = None
    currency: str | None = None
    money: float = 0.0
    whole: bool = False
    mostly: str = ""
    ids: tuple[str, ...] = ()

    @property
    def gone(self) -> bool:
        """Whether nearly all spend of a channel or account is gone: the first thing to know."""
        return self.whole and self.change <= -0.8

    @property
    def stopped(self) -> bool:
        """Whether nothing is spent any more."""
        return self.change <= -0.995

    @property
    def budgeted(self) -> str:
        """`changed` where budgets moved the same way, `unchanged`, or `unknown`."""
        if self.budgets is None or not self.budgets[0]:
            return "unknown"
        moved = self.budgets[1] / self.budgets[0] - 1
        return "changed" if abs(moved) >= CHANGED and moved * self.change > 0 else "unchanged"


@dataclass(frozen=True)
class MonthPace:
    """Spend of a month against its budget; fractions of the budget.

    Attributes:
        name: Account or client, "" for everything.
        spent: Share of the month's money spent; `elapsed`: share of the month gone.
        lands: (low, high) share of the budget at the month's end, or None.
        torn: Whether days without numbers are counted in it as days like them.
    """

    spent: float
    elapsed: float
    name: str = ""
    lands: tuple[float, float] | None = None
    torn: bool = False

    @property
    def over(self) -> bool:
        """Whether the month has ended."""
        return self.elapsed >= 1.0


@dataclass(frozen=True)
class Todo:
    """The part of a posted digest that changes as people answer.

    Attributes:
        cards: Those in its thread; `total`: how many there were in all.
    """

    as_of: date
    cards: tuple[Card, ...]
    total: int
    form: str = "daily"

    @property
    def at_hand(self) -> Todo:
        """As its own line tells it: a week's or a month's opens with what the days came to."""
        return self if self.form == "daily" else replace(self, form="now")

    @property
    def shown(self) -> tuple[Card, ...]:
        """The cards the parent message lists."""
        return self.cards[:MOST_CARDS]

    @property
    def left(self) -> int:
        """Cards beyond those listed."""
        return max(0, self.total - len(self.shown))


@dataclass(frozen=True)
class OffTarget:
    """A campaign whose results of the last days cost more than its target, or return less."""

    name: str
    kpi: Kpi


@dataclass(frozen=True)
class Digest:
    """A morning's digest, or that of the week or month that ended.

    Attributes:
        as_of: The morning; `last_day`: numbers reach through it, None without any numbers.
        cards: Everything to do, ranked; the template shows five.
        complete: Channels (as people call them) complete through the last day.
        campaigns, inside: How many campaigns there are, and how many are inside their targets
            (None where no campaign has a target).
        came_in: Outcomes measured since the digest before.
        unplaced: Campaigns without a stage: they get no stage advice.
        unpriced: Whether amounts without a known currency are in it.
        form: `daily`, `weekly` or `monthly`; `days` and `compared`: those a weekly or monthly one
            is about, and those it is compared with.
        answers: What became of the advice of the week or month; None in the morning's.
        spent: The money of the week or month, by currency.
        rules: Rules that only watch, or advise again, since the digest before.
        guesses: What campaigns are for by their names alone, to be agreed to.
        silent: Whether nobody has brought numbers of the day before: nothing can be judged.
        far: Campaigns whose target is far off what a result costs.
        holes: Days in the midst of those it is about that a channel or account has no numbers of.
        doubles: Channels or accounts that bring the same numbers as another.
        doubtful: What else changes how far the numbers may be believed.
        prices: Accounts whose campaigns all pay another price for showings.
        spend_moved: Who spends at a new level; a channel that is gone is the first line.
        elsewhere: The form (`daily` or `weekly`) of the channel's other summary of the day, where
            what there is to do stands; "" where it stands here.
        still_so: Faults somebody took on before this morning that are not mended yet.
        off: Campaigns off their target about which nothing is advised, the most spend first.
        not_due: Channels whose newest days are not over, or not counted yet, where they are.
    """

    as_of: date
    last_day: date | None = None
    stages: tuple[StageRow, ...] = ()
    moved: tuple[Moved, ...] = ()
    cards: tuple[Card, ...] = ()
    not_yet: tuple[NotYet, ...] = ()
    pace: tuple[MonthPace, ...] = ()
    complete: tuple[str, ...] = ()
    late: tuple[Late, ...] = ()
    failed: tuple[Failed, ...] = ()
    campaigns: int = 0
    inside: int | None = None
    unplaced: int = 0
    unpriced: bool = False
    came_in: tuple[Measured, ...] = ()
    form: str = "daily"
    days: tuple[date, date] | None = None
    compared: tuple[date, date] | None = None
    answers: AnswerCounts | None = None
    rules: tuple[RuleNews, ...] = ()
    silent: bool = False
    spent: tuple[Spent, ...] = ()
    guesses: tuple[GuessedPurpose, ...] = ()
    far: tuple[DoubtfulTarget, ...] = ()
    holes: tuple[Hole, ...] = ()
    doubles: tuple[DoubleTraffic, ...] = ()
    doubtful: tuple[ShownFault, ...] = ()
    prices: tuple[PriceMoved, ...] = ()
    spend_moved: tuple[SpendMoved, ...] = ()
    credits: tuple[Credit, ...] = ()
    rates: RateNote | None = None
    elsewhere: str = ""
    still_so: tuple[Card, ...] = ()
    off: tuple[OffTarget, ...] = ()
    not_due: tuple[Late, ...] = ()

    @property
    def at_hand(self) -> Digest:
        """What there is to do now, as a line of its own beside what a week or a month came to."""
        return self if self.form == "daily" else replace(self, form="now")

    @property
    def total(self) -> int:
        """Everything to do."""
        return len(self.cards)

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to do and nothing wrong."""
        moved = self.moved or self.spend_moved or self.prices
        news = self.cards or moved or self.came_in or self.guesses or self.still_so
        wrong = (
            self.late
            or self.failed
            or self.silent
            or self.holes
            or self.credits
            or self.far
            or self.doubles
            or self.doubtful
            or not self.last_day
        )
        return self.form == "daily" and not (news or wrong)

    @property
    def late_besides(self) -> tuple[Late, ...]:
        """Late channels that no advice tells of already, in the digest or its thread."""
        reported_sources = {card.source for card in self.cards if card.advice.action == "hold"}
        return tuple(
            late_line for late_line in self.late if late_line.channel not in reported_sources
        )

    @property
    def gone(self) -> tuple[SpendMoved, ...]:
        """Channels or accounts that have nearly stopped spending."""
        return tuple(moved for moved in self.spend_moved if moved.gone)

    @property
    def gone_alone(self) -> bool:
        """Whether there is nothing else to do than what is not shown there any more."""
        ids = {id_ for moved in self.gone for id_ in moved.ids}
        return all(
            card.advice.action == "check_delivery" and ids.issuperset(card.advice.campaign_ids)
            for card in self.cards
        )

    @property
    def aimed(self) -> bool:
        """Whether any stage has a target: without one the table has no column for it."""
        return any(stage.kpi.target is not None for stage in self.stages)

    @property
    def unsettled(self) -> tuple[StageRow, ...]:
        """Stages whose price will move when late results come in."""
        return tuple(stage for stage in self.stages if stage.kpi.settles)

    @property
    def shown(self) -> tuple[Card, ...]:
        """The cards the parent message lists."""
        return self.cards[:MOST_CARDS]

    @property
    def left(self) -> int:
        """Cards beyond those listed."""
        return len(self.cards) - len(self.shown)

    @property
    def outside(self) -> int:
        """Campaigns outside their targets."""
        return self.campaigns - (self.inside or 0)


@dataclass(frozen=True)
class Spent:
    """The money of some days in one currency.

    Attributes:
        amount: Spend; `before`: that of the days before, None where unknown.
        planned: The plan's budgets for the month, None where it has none or it is a week.
        paced: Spend of the campaigns that have one.
    """

    currency: str | None
    amount: float
    before: float | None = None
    planned: float | None = None
    paced: float = 0.0

    @property
    def change(self) -> float | None:
        """Against the days before, as a fraction; None where those are unknown or were a credit."""
        if not self.before or min(self.amount, self.before) < 0:
            return None
        return self.amount / self.before - 1

    @property
    def share(self) -> float | None:
        """The share of its budgets that was spent."""
        return self.paced / self.planned if self.planned else None

    @property
    def whole(self) -> bool:
        """Whether all of it was paid from those budgets, to the krone in a thousand."""
        return abs(self.amount - self.paced) <= self.amount / 1000
