"""Values of overviews: things compared, pace, sources, targets, rules, outcomes, the Home tab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.advice.rules.condition import Condition
from bot.render.outcome_sentences import Measured
from bot.render.values.advice_card import Card
from bot.render.values.answers import MetricFigure, Option, Uncounted
from bot.render.values.digests import Kpi, MonthPace
from bot.render.values.news import Hole, Late, RateNote
from bot.render.values.plans import AccountPace, Changed, PlanLine, Subscribed

FEW_TARGETS = 6  # entries of a plan that a sentence holds
MOST_LINES = 12
PACED = 0.02  # so near its budget a month is on pace


@dataclass(frozen=True)
class Compared:
    """One side of a comparison: its judged number, the stages it serves, every number it has.

    `uncounted` is what keeps spend and results (`counted`) from giving the price, None where they
    do.
    """

    name: str
    kpi: Kpi = field(default_factory=Kpi)
    stages: tuple[str, ...] = ()
    currency: str | None = None
    figures: Mapping[str, MetricFigure] = field(default_factory=dict)
    counted: str = ""
    uncounted: Uncounted | None = None


@dataclass(frozen=True)
class CompareAnswer:
    """What `/perf compare` says: two channels or campaigns in the same days.

    Attributes:
        metrics: The rows, in their order; a side may lack one.
        before: The days the change is against.
    """

    first: Compared
    second: Compared
    metrics: tuple[str, ...]
    asked: str
    window: str
    since: date
    until: date
    longer: str = ""
    late: tuple[Late, ...] = ()
    before: tuple[date, date] | None = None
    holes: tuple[Hole, ...] = ()
    rates: RateNote | None = None

    @property
    def nothing_before(self) -> bool:
        """Whether neither has numbers in the days before."""
        sides = (self.first.figures, self.second.figures)
        earlier_values = [
            side[name].before for side in sides for name in self.metrics if name in side
        ]
        return (
            bool(self.before)
            and bool(earlier_values)
            and all(value is None for value in earlier_values)
        )

    @property
    def same(self) -> bool:
        """Whether one number may be held against the other: same stage, metric and currency."""
        first_side, two = self.first, self.second
        judged = (first_side.kpi.metric, first_side.currency, first_side.stages)
        return judged == (two.kpi.metric, two.currency, two.stages)

    @property
    def gap(self) -> float | None:
        """The first's number against the second's, as a fraction; None where that says nothing."""
        first_value, two = self.first.kpi.value, self.second.kpi.value
        return first_value / two - 1 if self.same and first_value is not None and two else None


@dataclass(frozen=True)
class ReadAs:
    """How a question was taken, above its answer.

    Attributes:
        asks: The question as it may be typed, in the reader's language; "" where it was typed.
        unused: Words nobody knew what to do with.
        today: Whether it was about today, of which there are no whole numbers yet.
        thanks: Whether it was no question but a thank you.
    """

    asks: str = ""
    unused: tuple[str, ...] = ()
    today: bool = False
    thanks: bool = False


@dataclass(frozen=True)
class PaceLine:
    """A monthly budget of the plan and how it goes; money in units of `currency`."""

    name: str
    budget: float
    spent: float
    currency: str | None = None
    lands: tuple[float, float] | None = None

    @property
    def share(self) -> float:
        """How much of the budget is spent."""
        return self.spent / self.budget if self.budget else 0.0

    @property
    def off(self) -> float | None:
        """How much more (less: under zero) than the budget the month ends with, about."""
        return self.budget * (sum(self.lands) / 2 - 1) if self.lands else None

    @property
    def left_over(self) -> float | None:
        """The money that stays unspent, where that is news."""
        return -self.off if self.off and self.off < -PACED * self.budget else None

    @property
    def too_much(self) -> float | None:
        """The money over the budget, where that is news."""
        return self.off if self.off and self.off > PACED * self.budget else None


@dataclass(frozen=True)
class Pacing:
    """Every monthly budget, the one with the most money off its pace first.

    Attributes:
        elapsed: The share of the month gone.
        totals: All budgets of a currency that has several.
        late: Whether numbers end before the last data day, so that less is known than usual.
        groups: The same by account, client or channel, where that is asked.
    """

    lines: tuple[PaceLine, ...]
    elapsed: float
    until: date
    totals: tuple[PaceLine, ...] = ()
    late: bool = False
    groups: tuple[AccountPace, ...] = ()
    holes: tuple[Hole, ...] = ()
    rates: RateNote | None = None

    @property
    def rows(self) -> tuple[PaceLine, ...]:
        """All of them, the totals first."""
        return (*self.totals, *self.lines)


@dataclass(frozen=True)
class TargetLine:
    """An entry of the plan: which campaigns, what for, against what, with how much."""

    pattern: str
    channel: str = ""
    stage: str = ""
    pricing: str = ""
    target: float | None = None
    metric: str = ""
    budget: float | None = None
    currency: str | None = None

    @property
    def name(self) -> str:
        """The pattern without the channel before it."""
        return self.pattern.partition(":")[2] or self.pattern


@dataclass(frozen=True)
class PlanTargets:
    """The plan as it stands.

    Attributes:
        missing: A metric that was asked for and that nothing in the plan is judged by.
    """

    lines: tuple[TargetLine, ...] = ()
    missing: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether entries stand there that say nothing yet, as `perfbot init` leaves guesses."""
        return all(
            not line.stage and line.target is None and line.budget is None for line in self.lines
        )

    @property
    def few(self) -> tuple[TargetLine, ...]:
        """Those with a target, where they are few enough to be said in a sentence."""
        told = tuple(line for line in self.lines if line.target is not None and line.metric)
        return told if len(self.lines) <= FEW_TARGETS and not self.missing else ()


@dataclass(frozen=True)
class RuleLine:
    """A rule: its title and why (English; the catalogue translates), where it speaks.

    Attributes:
        lines: What it asks, all of it.
        cells: The thresholds of each cell of the table it speaks in.
    """

    id: str
    title: str
    why: str = ""
    stages: tuple[str, ...] = ()
    severity: str = ""
    lines: tuple[Condition, ...] = ()
    cells: tuple[Mapping[str, float], ...] = ()
    sure: float | None = None
    source: str = ""
    version: str = ""


@dataclass(frozen=True)
class Rules:
    """Rules asked about; `about` is a stage, "" for all; one alone is told in full."""

    lines: tuple[RuleLine, ...]
    about: str = ""
    version: str = ""


@dataclass(frozen=True)
class OutcomeLine:
    """A measured move and the campaigns it changed."""

    measured: Measured
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutcomeList:
    """What came of acknowledged moves, newest first, and how many still wait.

    Attributes:
        together: The newest with the pooled effect, None under two.
        next_on: The next morning one is measured.
    """

    lines: tuple[OutcomeLine, ...] = ()
    waiting: int = 0
    next_on: date | None = None

    @property
    def shown(self) -> tuple[OutcomeLine, ...]:
        """As many as are listed."""
        return self.lines[:MOST_LINES]

    @property
    def left(self) -> int:
        """Those beyond."""
        return len(self.lines) - len(self.shown)


@dataclass(frozen=True)
class Tests:
    """Tests that are advised or running."""

    cards: tuple[Card, ...] = ()

    @property
    def left(self) -> int:
        """Those beyond ten."""
        return max(0, len(self.cards) - 10)


@dataclass(frozen=True)
class Home:
    """The Home tab: my open advice, pace, subscriptions, the plan, and what to ask.

    Attributes:
        running: Advice somebody acknowledged that is still so: in nobody's way, but not mended.
        last_day: Numbers reach through it, None without any.
        silent: Whether nobody has brought numbers of the day before: nothing can be judged.
        channels: Names to make examples of, the biggest first.
        whose: `mine` (owned by the reader or waiting for them), `channels` (open in theirs) or
            `all`.
        accounts: How the month goes in each; of `all_accounts`.
        plan: Its first entries, of `entries`.
        may_set, may_subscribe: Whether the reader may change the plan, and subscriptions.
        changed: What was set last; `judging`: open advice has not been judged by it yet.
        is_nobodys: Whether clients are kept apart and the reader is in none of their channels.
    """

    cards: tuple[Card, ...] = ()
    pace: tuple[MonthPace, ...] = ()
    subscriptions: tuple[Subscribed, ...] = ()
    last_day: date | None = None
    late: tuple[Late, ...] = ()
    channels: tuple[str, ...] = ()
    whose: str = "all"
    accounts: tuple[AccountPace, ...] = ()
    all_accounts: int = 0
    elapsed: float = 0.0
    plan: tuple[PlanLine, ...] = ()
    entries: int = 0
    may_set: bool = False
    may_subscribe: bool = False
    language: str = "en"
    languages: tuple[str, ...] = ("en", "nb")
    time_zone: str = "UTC"
    time_zones: tuple[str, ...] = ("UTC",)
    changed: Changed | None = None
    judging: bool = False
    silent: bool = False
    holes: tuple[Hole, ...] = ()
    rates: RateNote | None = None
    is_nobodys: bool = False
    running: tuple[Card, ...] = ()

    @property
    def left(self) -> int:
        """Cards beyond the five that are shown."""
        return max(0, len(self.cards) - 5)

    @property
    def more_running(self) -> int:
        """What is taken on beyond the five that are shown."""
        return max(0, len(self.running) - 5)

    @property
    def buttons(self) -> tuple[Option, ...]:
        """Questions a press away."""
        return tuple(Option(name, f"channel {name}") for name in self.channels[:4])
