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
| pacing, sources, targets, rules, tests, outcomes | found: of the same name | message |
| settings | found: SettingsView | message |
| understood | heard: Heard | message |
| channels | answer: ChannelsAnswer | message |
| partly | card: Card | modal |
| home | home: Home | home |

Missing numbers are None, never 0. Shares are fractions. Money is in units of `currency`; None is
an unknown currency and is shown without a sign. Days are local dates. Names may hold anything.
"""

from __future__ import annotations

from bot.messages.answers import (
    CampaignAnswer,
    CampaignRow,
    ChannelAnswer,
    Choice,
    ErrorView,
    Figure,
    Help,
    Option,
    Part,
)
from bot.messages.cards import Card
from bot.messages.changes import WhyAnswer, WhyCampaign, WhyPart
from bot.messages.digests import (
    Digest,
    Kpi,
    Late,
    Moved,
    Pace,
    StageRow,
    Todo,
)
from bot.messages.evidence import MOST_LISTED, AdviceList, Earlier, Evidence, EvidenceRow, Side
from bot.messages.finding import AuditLog, FoundAdvice, FoundAll, FoundAnswer, Logged
from bot.messages.news import Answers, Failed, NotYet, RuleNews
from bot.messages.outcomes import Measured
from bot.messages.overviews import (
    CompareAnswer,
    Compared,
    OutcomeLine,
    Outcomes,
    PaceLine,
    Pacing,
    RuleLine,
    Rules,
    SettingsView,
    SourceLine,
    Sources,
    TargetLine,
    Targets,
    Tests,
)
from bot.messages.places import Home, Subscribed, SubscribeForm
from bot.messages.steps import BudgetChange, Effect
from bot.messages.trend import Trend
from bot.messages.urgent import Urgent
from bot.messages.why_not import WhyNotAnswer

__all__ = [
    "MOST_LISTED",
    "AdviceList",
    "Answers",
    "AuditLog",
    "BudgetChange",
    "CampaignAnswer",
    "CampaignRow",
    "Card",
    "ChannelAnswer",
    "Choice",
    "CompareAnswer",
    "Compared",
    "Digest",
    "Earlier",
    "Effect",
    "ErrorView",
    "Evidence",
    "EvidenceRow",
    "Failed",
    "Figure",
    "FoundAdvice",
    "FoundAll",
    "FoundAnswer",
    "Help",
    "Home",
    "Kpi",
    "Late",
    "Logged",
    "Measured",
    "Moved",
    "NotYet",
    "Option",
    "OutcomeLine",
    "Outcomes",
    "Pace",
    "PaceLine",
    "Pacing",
    "Part",
    "RuleLine",
    "RuleNews",
    "Rules",
    "SettingsView",
    "Side",
    "SourceLine",
    "Sources",
    "StageRow",
    "SubscribeForm",
    "Subscribed",
    "TargetLine",
    "Targets",
    "Tests",
    "Todo",
    "Trend",
    "Urgent",
    "WhyAnswer",
    "WhyCampaign",
    "WhyNotAnswer",
    "WhyPart",
]
