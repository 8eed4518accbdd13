"""Values of answers to a question: a channel, a campaign, help, errors, choices.

Values of `/perf channel` alone: every channel, side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.advice.evaluate.turning_points import Waiting
from bot.render.charts import Trend
from bot.render.values.digests import Kpi, SpendMoved
from bot.render.values.news import Credit, DoubleTraffic, Hole, Late, PriceMoved, RateNote

VERDICTS = (
    *("on_target", "above_target", "below_target", "room", "testing", "change", "waiting"),
    *("check", "no_target"),
)
"""How a campaign stands; `change:` and `check:` say which after the colon."""


@dataclass(frozen=True)
class MetricFigure:
    """One metric of an answer, now and in the time before."""

    metric: str
    now: float | None
    before: float | None = None
    currency: str | None = None


@dataclass(frozen=True)
class PriceFactor:
    """One part of a change in a unit price: so many currency units, because of `what`.

    Attributes:
        what: A metric (`conversion_rate`, `ctr`, `cpm`, `cpc`) or `mix`.
        amount: Currency units of the unit price; positive is dearer.
        name: The campaign or channel it comes from, "" for all.
    """

    what: str
    amount: float
    name: str = ""


@dataclass(frozen=True)
class Uncounted:
    """Spend that is in a total and not in its price, for there no results are counted.

    Attributes:
        names: Campaigns that count none; none are days without a count.
    """

    spend: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class CampaignLine:
    """One campaign of a channel.

    Attributes:
        verdict: One of `VERDICTS`.
    """

    name: str
    stage: str = ""
    pricing: str = ""
    spend: float | None = None
    kpi: Kpi = field(default_factory=Kpi)
    verdict: str = "no_target"
    currency: str | None = None


@dataclass(frozen=True)
class ChannelAnswer:
    """What `/perf channel …` (or stage, or any group of campaigns) says.

    Attributes:
        title: As people call it ("Google Ads").
        asked: What was asked, without `/perf`: the value of the share button.
        longer: The same question about 28 days, "" where it is that already.
        bid_target: Whether what the platform bids to stands in for a target the plan lacks.
        reasons: The question why it changed, "" where that cannot be told.
        kind: `stage` or `pricing_model` where it is no channel.
        aim: Whether the question was how it stands against its target.
        before_days: The days somebody asked to compare with, None for the usual ones.
        advice: The question for its advice, "" where there is none.
        window: `7d`, `28d`, `mtd`, `yesterday` or a range.
        kpi: The unit price of the headline; `results` of `result` in the window.
        uncounted: What keeps spend and results from giving the price, None where they do.
        figures: Spend first, then every other number, each exact.
        rows: Campaigns, the biggest spend first; the template shows what fits.
        trends: At most two charts.
        why: Parts of the change in the headline's unit price.
        currency: None where unknown; amounts of several currencies come as several answers.
    """

    title: str
    asked: str
    window: str
    since: date
    until: date
    spend: float | None = None
    currency: str | None = None
    result: str = ""
    results: float | None = None
    kpi: Kpi = field(default_factory=Kpi)
    figures: tuple[MetricFigure, ...] = ()
    rows: tuple[CampaignLine, ...] = ()
    trends: tuple[Trend, ...] = ()
    why: tuple[PriceFactor, ...] = ()
    late: tuple[Late, ...] = ()
    longer: str = ""
    advice: str = ""
    unplaced: int = 0
    reasons: str = ""
    kind: str = ""
    aim: bool = False
    before_days: tuple[date, date] | None = None
    uncounted: Uncounted | None = None
    begins: date | None = None
    doubles: tuple[DoubleTraffic, ...] = ()
    spend_moved: tuple[SpendMoved, ...] = ()
    prices: tuple[PriceMoved, ...] = ()
    credits: tuple[Credit, ...] = ()
    holes: tuple[Hole, ...] = ()
    rates: RateNote | None = None

    @property
    def nothing_before(self) -> bool:
        """Whether the days somebody asked to compare with have no numbers."""
        return bool(self.before_days) and _nothing_before(self.kpi, self.figures)

    def against_target(self) -> ChannelAnswer:
        """The same against its target, and not against the time before."""
        longer = f"{self.longer} vs target" if self.longer else ""
        question, figures = f"{self.asked} vs target", _only_now(self.figures)
        return replace(self, aim=True, asked=question, longer=longer, figures=figures, why=())

    @property
    def morning(self) -> date:
        """The morning after its last day."""
        return self.until + timedelta(1)

    @property
    def days(self) -> int:
        """How many days it is about, and so how many it is compared with."""
        return (self.until - self.since).days + 1


@dataclass(frozen=True)
class CampaignAnswer:
    """What `/perf campaign …` says of one campaign.

    Attributes:
        channel: As people call it.
        open_advice: Titles of open advice about it (English; the catalogue translates).
        waiting: What it waits for before there can be a verdict, or None.
        because: Where its stage comes from: plan, row, inferred or unknown.
        reasons: The question why it changed, "" where that cannot be told.
    """

    row: CampaignLine
    channel: str
    asked: str
    window: str
    since: date
    until: date
    figures: tuple[MetricFigure, ...] = ()
    trends: tuple[Trend, ...] = ()
    why: tuple[PriceFactor, ...] = ()
    open_advice: tuple[str, ...] = ()
    late: tuple[Late, ...] = ()
    longer: str = ""
    because: str = ""
    bid_target: bool = False
    reasons: str = ""
    aim: bool = False
    before_days: tuple[date, date] | None = None
    waiting: tuple[Waiting, ...] = ()
    holes: tuple[Hole, ...] = ()

    @property
    def nothing_before(self) -> bool:
        """Whether the days somebody asked to compare with have no numbers."""
        return bool(self.before_days) and _nothing_before(self.row.kpi, self.figures)

    def against_target(self) -> CampaignAnswer:
        """The same against its target, and not against the time before."""
        longer = f"{self.longer} vs target" if self.longer else ""
        return replace(self, aim=True, longer=longer, figures=_only_now(self.figures), why=())


def _nothing_before(kpi: Kpi, figures: Sequence[MetricFigure]) -> bool:
    return kpi.before is None and all(figure.before is None for figure in figures)


def _only_now(figures: Sequence[MetricFigure]) -> tuple[MetricFigure, ...]:
    return tuple(replace(figure, before=None) for figure in figures)


@dataclass(frozen=True)
class Option:
    """A button's words and the question it asks (without `/perf`)."""

    label: str
    asks: str


@dataclass(frozen=True)
class Help:
    """Examples from the user's own numbers; `unknown` is the command nobody knows, or "".

    Attributes:
        nearest: The command that was probably meant, "" where none is near.
        channels, campaigns: Names to make examples of, as they may be typed, the biggest first.
    """

    channels: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    unknown: str = ""
    nearest: str = ""

    @property
    def buttons(self) -> tuple[Option, ...]:
        """What a press away may be asked: the probable command, then the biggest channels."""
        near = (Option(self.nearest, self.nearest),) if self.nearest else ()
        names = self.channels[:3]
        return near + tuple(Option(name.strip('"“”'), f"channel {name}") for name in names)


@dataclass(frozen=True)
class Choice:
    """A name that fits several: `given` is what was typed, a channel, a campaign, a stage.

    Attributes:
        given: "" where nothing was typed.
        fits: How many it fits, where more than there are options.
    """

    kind: str
    given: str
    options: tuple[Option, ...]
    fits: int = 0

    @property
    def total(self) -> int:
        """How many it fits."""
        return max(self.fits, len(self.options))


@dataclass(frozen=True)
class ErrorView:
    """An error as it is shown.

    Attributes:
        kind, given: Of a name nobody knows; `nearest` are buttons to press instead.
        message, hint: Of every other error, with `%(name)s` for each of `values`.
    """

    code: str
    message: str = ""
    hint: str = ""
    kind: str = ""
    given: str = ""
    nearest: tuple[Option, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class ChannelLine:
    """A channel in one currency.

    Attributes:
        asked: The number that was asked about; None where it is the spend.
    """

    name: str
    spend: float | None = None
    currency: str | None = None
    kpi: Kpi = field(default_factory=Kpi)
    asked: MetricFigure | None = None


@dataclass(frozen=True)
class ChannelsAnswer:
    """What `/perf channel` says: the channels, the best (or the most) of what was asked first.

    Attributes:
        metric: What was asked about, `spend` where nothing was.
        adds: Whether it is a count (or money) that sums up over channels.
        totals: Its sum, one a currency; empty where it does not add up.
        options: The channels to look at closer.
    """

    asked: str
    window: str
    since: date
    until: date
    metric: str
    adds: bool
    lines: tuple[ChannelLine, ...]
    totals: tuple[MetricFigure, ...] = ()
    options: Sequence[Option] = ()
    longer: str = ""
    late: tuple[Late, ...] = ()
    before_days: tuple[date, date] | None = None
    holes: tuple[Hole, ...] = ()
    rates: RateNote | None = None

    @property
    def first(self) -> ChannelLine | None:
        """The one with the most, or the best; None where amounts cannot be held together."""
        valued_lines = [line for line in self.lines if self._value(line) is not None]
        alike = len({line.currency for line in valued_lines}) == 1
        return valued_lines[0] if len(valued_lines) > 1 and alike else None

    def _value(self, line: ChannelLine) -> float | None:
        return line.asked.now if line.asked else line.spend
