"""What each template takes: plain values, filled by the desk, worded by the templates.

| template | values | surface |
|---|---|---|
| digest, digest_quiet | digest: Digest | message |
| channel | answer: ChannelAnswer | message |
| campaign | answer: CampaignAnswer | message |
| why | answer: WhyAnswer | message |
| why_not | answer: WhyNotAnswer | message |
| advice, advice_answered | card: Card | message |
| thread_line, taken | card: Card, verb: str | message |
| outcome | measured: Measured | message |
| advice_list | found: AdviceList | message |
| help | help: Help | message |
| find | found: FoundAll | message |
| audit | log: AuditLog | message |
| export | name: str, rows: int | message |
| urgent | urgent: Urgent | message |
| reminder | cards: tuple[Card, ...], open_days: int | message |
| error | error: ErrorView (or `Renderer.error(exception)`) | message |
| which | cards: tuple[Card, ...], verb: str | message |
| choose | choice: Choice | message |
| subscribed, unsubscribed | subscription: Subscribed | message |
| dismiss, snooze | card: Card | modal |
| evidence | evidence: Evidence | modal |
| subscribe | form: SubscribeForm | modal |
| compare | answer: CompareAnswer | message |
| details | answer: DetailAnswer | message |
| pacing, sources, targets, rules, tests, outcomes | found: of the same name | message |
| settings | found: SettingsView | message |
| understood | heard: Heard | message |
| channels | answer: ChannelsAnswer | message |
| partly | card: Card | modal |
| apply | form: ApplyForm | modal |
| applied | run: AppliedRun | message |
| home | home: Home | home |

Missing numbers are None, never 0. Shares are fractions. Money is in units of `currency`; None is
an unknown currency and is shown without a sign. Days are local dates. Names may hold anything.

Values of what is said about a file dropped into a channel: how it reads, what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.render.charts import Trend
from bot.render.outcome_sentences import Measured
from bot.render.silence_sentences import WhyNotAnswer
from bot.render.values.advice_card import Card
from bot.render.values.answers import (
    CampaignAnswer,
    CampaignLine,
    ChannelAnswer,
    Choice,
    ErrorView,
    Help,
    MetricFigure,
    Option,
    PriceFactor,
)
from bot.render.values.budget_moves import LikelyEffect, ShownChange
from bot.render.values.digests import (
    Digest,
    Kpi,
    MonthPace,
    Moved,
    SpendMoved,
    StageRow,
    Todo,
)
from bot.render.values.evidence import (
    MOST_LISTED,
    AdviceEvidence,
    AdviceList,
    AuditLog,
    Earlier,
    EvidenceRow,
    FoundAdvice,
    FoundAll,
    FoundAnswer,
    Logged,
    Side,
    WhyAnswer,
    WhyCampaign,
    WhyPart,
)
from bot.render.values.news import (
    AnswerCounts,
    DoubleTraffic,
    Failed,
    Hole,
    Late,
    NotYet,
    RuleNews,
    ShownFault,
    SourceLine,
    Sources,
    Urgent,
)
from bot.render.values.overviews import (
    CompareAnswer,
    Compared,
    Home,
    OutcomeLine,
    OutcomeList,
    PaceLine,
    Pacing,
    PlanTargets,
    RuleLine,
    Rules,
    TargetLine,
    Tests,
)
from bot.render.values.plans import SettingsView, Subscribed, SubscribeForm

__all__ = [
    "MOST_LISTED",
    "AdviceEvidence",
    "AdviceList",
    "AnswerCounts",
    "AuditLog",
    "CampaignAnswer",
    "CampaignLine",
    "Card",
    "ChannelAnswer",
    "Choice",
    "CompareAnswer",
    "Compared",
    "Digest",
    "DoubleTraffic",
    "Earlier",
    "ErrorView",
    "EvidenceRow",
    "Failed",
    "FoundAdvice",
    "FoundAll",
    "FoundAnswer",
    "Help",
    "Hole",
    "Home",
    "Kpi",
    "Late",
    "LikelyEffect",
    "Logged",
    "Measured",
    "MetricFigure",
    "MonthPace",
    "Moved",
    "NotYet",
    "Option",
    "OutcomeLine",
    "OutcomeList",
    "PaceLine",
    "Pacing",
    "PlanTargets",
    "PriceFactor",
    "RuleLine",
    "RuleNews",
    "Rules",
    "SettingsView",
    "ShownChange",
    "ShownFault",
    "Side",
    "SourceLine",
    "Sources",
    "SpendMoved",
    "StageRow",
    "SubscribeForm",
    "Subscribed",
    "TargetLine",
    "Tests",
    "Todo",
    "Trend",
    "Urgent",
    "WhyAnswer",
    "WhyCampaign",
    "WhyNotAnswer",
    "WhyPart",
]


@dataclass(frozen=True)
class TableRead:
    """A table as it was read.

    Attributes:
        name: What it is called: of an archive's, with the archive's.
        rows: Days x campaigns, or of windows where it holds reach of whole windows.
        since, until: Its first and last day; None without daily rows.
        channels, accounts: As people call them; accounts by their ids.
        totals: Sums of what it has, money by currency.
        aside: Headings that were left aside.
        notes: How it was read, in the words of `perfbot import`.
        details: Rows of parts of campaigns.
    """

    name: str
    rows: int = 0
    since: date | None = None
    until: date | None = None
    days: int = 0
    campaigns: int = 0
    channels: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    totals: tuple[MetricFigure, ...] = ()
    aside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    details: int = 0


@dataclass(frozen=True)
class FileRead:
    """A file as it was read; `value` is what its buttons carry."""

    name: str
    tables: tuple[TableRead, ...]
    value: str = ""


@dataclass(frozen=True)
class FileKept:
    """What importing a file did.

    Attributes:
        by: Who pressed; `repeated`: it had been imported before, by them.
        added, restated, unchanged: Days x campaigns.
        details: Rows of parts of campaigns that were kept.
    """

    name: str
    by: str
    added: int = 0
    restated: int = 0
    unchanged: int = 0
    details: int = 0
    repeated: bool = False


@dataclass(frozen=True)
class FileRefused:
    """Why nothing of a file is stored, with its line and the way out where there are any."""

    name: str
    message: str
    hint: str = ""
    line: int | None = None
