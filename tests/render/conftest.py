"""One scene of everything: each template with values, for as many campaigns as asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.advice.evaluate.silence import LineReading, Waiting, WhyNot
from bot.advice.outcome import Outcome, Pooled
from bot.advice.rules.condition import Line, parse_line
from bot.advice.rules.rulebook import Rule
from bot.domain.advice import Advice, Reason
from bot.domain.platform_budgets import OBSTACLES
from bot.errors import NoNumbers, UnknownName
from bot.numbers.decompose.chains import Gap
from bot.numbers.metrics.sums import apportioned
from bot.numbers.source_health import FeedFault
from bot.render import Renderer
from bot.render.renderer import error_view
from bot.render.values.answers import ChannelLine, ChannelsAnswer, Uncounted
from bot.render.values.budget_moves import (
    AccountCaps,
    AppliedBudget,
    AppliedRun,
    ApplyForm,
    AtPlatform,
    Forbidden,
    ShownChange,
)
from bot.render.values.conversation import AskedBack
from bot.render.values.digests import OffTarget, Spent
from bot.render.values.overviews import ReadAs
from bot.render.values.plans import (
    AccountPace,
    CellChoice,
    Changed,
    Difference,
    Looked,
    Matched,
    PlanForm,
    PlanLine,
    RuleChange,
    TargetForm,
    ThresholdForm,
)
from bot.render.values.templates import (
    AdviceEvidence,
    AdviceList,
    AnswerCounts,
    AuditLog,
    CampaignAnswer,
    CampaignLine,
    Card,
    ChannelAnswer,
    Choice,
    CompareAnswer,
    Compared,
    Digest,
    Earlier,
    EvidenceRow,
    Failed,
    FileKept,
    FileRead,
    FileRefused,
    FoundAdvice,
    FoundAll,
    FoundAnswer,
    Help,
    Hole,
    Home,
    Kpi,
    Late,
    Logged,
    Measured,
    MetricFigure,
    MonthPace,
    Moved,
    NotYet,
    Option,
    OutcomeLine,
    OutcomeList,
    PaceLine,
    Pacing,
    PlanTargets,
    PriceFactor,
    RuleLine,
    RuleNews,
    Rules,
    SettingsView,
    ShownFault,
    Side,
    SourceLine,
    Sources,
    StageRow,
    Subscribed,
    SubscribeForm,
    TableRead,
    TargetLine,
    Tests,
    Todo,
    Trend,
    Urgent,
    WhyAnswer,
    WhyCampaign,
    WhyNotAnswer,
    WhyPart,
)
from bot.rules_files import load
from tests.render.answers import conversation, guessed
from tests.render.details import detail_scenes

AS_OF, LAST = dt.date(2026, 11, 23), dt.date(2026, 11, 22)
SINCE = dt.date(2026, 11, 16)
DAYS = tuple(dt.date(2026, 10, 26) + dt.timedelta(days) for days in range(28))
OSLO = ZoneInfo("Europe/Oslo")
MODALS = {"dismiss", "partly", "snooze", "evidence", "subscribe", "apply"}
MODALS |= {"plan", "target", "threshold", "subscribe_where"}
RULEBOOK = load()
Scene = Mapping[str, Mapping[str, Any]]
CPA = Kpi("cpa", 342.0, 350.0, 338.0, (310.0, 330.0), "NOK")


def shift(giver: str, taker: str) -> Card:
    advice = Advice(
        id="adv-1",
        rule="convert-shift",
        rule_version="abc123",
        campaign_ids=("g1", "g2"),
        action="shift_budget",
        severity="advise",
        budgets={"g1": 1860.0, "g2": 1440.0},
        budgets_before={"g1": 2100.0, "g2": 1200.0},
        money_at_stake=Decimal("700.00"),
        stake_low=Decimal("175.00"),
        stake_high=Decimal("1400.00"),
        stake_kind="expected",
        currency="NOK",
        confidence=0.94,
        evidence={"g1": {"cpa.now": 510.0, "cpa.before": 320.0}, "g2": {"cpa.now": 290.0}},
        guards=("floor", "step"),
        title="One more sale costs less elsewhere",
        message="A sale on {{ name }} costs {{ cpa.now | money }} ({{ cpa | change }}), "
        "on {{ to.name }} {{ to.cpa.now | money }}.",
        reasons=(Reason("cpa.now > threshold.waste * cpa.target", 510.0, 420.0),),
        numbers={
            "name": giver,
            "to": {"name": taker},
            "effect": {"mean": 2.0, "low": 0.5, "high": 4.0},
            "worth": 350.0,
        },
        would_change=(Reason("conversion_rate.now < threshold.rate", 0.012, 0.024),),
        opened_on=AS_OF,
    )
    return Card(advice, {"g1": giver, "g2": taker}, 1, 3, why="One pays over target for a sale.")


def tried(names: Sequence[str], *, known: bool = False) -> Card:
    """A shift of several campaigns as the rules say it: a test, or what a test has shown."""
    rule = RULEBOOK.rule("convert-shift" if known else "convert-test-shift")
    ids = ("g1", "g2", "t1", "t2")
    named = dict(zip(ids, (*names, *names, *ids)[:4], strict=True))
    was = dict(zip(ids, (2000.0, 1000.0, 1200.0, 900.0), strict=True))
    new = dict(zip(ids, (1350.0, 700.0, 1620.0, 1430.0), strict=True))
    terms = {"on": AS_OF.isoformat(), "before": was, "after": new, "about": False}
    terms |= {"days": 14, "wait": 2, "readable": known, "expected": 1.31, "decides": 1.14}
    read = {"rule": "convert-test-shift", "campaign_ids": ids, "started": "2026-10-26"}
    read |= {"until": "2026-11-08", "running": False, "ratio": 1.22, "low": 1.06, "high": 1.4}
    read |= {"expected": 1.31, "decides": 1.14, "worked": True}
    effect = {"mean": 9.4, "low": 1.2, "high": 17.9, "sure": 0.96, "counted": "conversions"}
    advice = Advice(
        id="adv-7", rule=rule.id, rule_version="abc123", campaign_ids=ids, action="shift_budget",
        severity="advise", budgets=new, budgets_before=was, money_at_stake=Decimal("3290.00"),
        stake_low=Decimal("420.00"), stake_high=Decimal("6265.00"), stake_kind="expected",
        currency="NOK",
        confidence=0.96, title=rule.title, message=rule.message,
        evidence={id_: {"next_cost.now": cost} for id_, cost in
                  zip(ids, (620.0, 540.0, 310.0, 340.0), strict=True)},
        numbers={
            "name": named["g1"], "to": {"name": named["t1"], "campaign_id": "t1"}, "move": 950.0,
            "about": False, "effect": effect, "givers": ["g1", "g2"], "takers": ["t1", "t2"],
            "shift": terms | ({"days": None} if known else {}), "tests": [read] if known else [],
            "as_of": AS_OF.isoformat(), "stage": "convert", "pricing_model": "CPA",
        },
        would_change=(Reason("next_cost.now > 420", 620.0, 420.0),
                      Reason("next_cost.now < 420", 310.0, 420.0)),
        opened_on=AS_OF,
    )  # fmt: skip
    return Card(advice, named, 1, 1, why=rule.why)


def outage(name: str, number: int = 2) -> Card:
    advice = Advice(
        id=f"adv-{number}",
        rule="always-tracking-outage",
        rule_version="abc123",
        campaign_ids=(f"m{number}",),
        action="check_tracking",
        severity="urgent",
        money_at_stake=Decimal("11240.00"),
        stake_kind="unjudged",
        currency="NOK",
        evidence={
            f"m{number}": {"outage.now": 9.0, "outage_days.now": 2.0, "outage_clicks.now": 412.0}
        },
        title="Results have stopped being counted",
        message=RULEBOOK.rule("always-tracking-outage").message,
        brief=RULEBOOK.rule("always-tracking-outage").brief,
        numbers={
            "name": name,
            "as_of": AS_OF.isoformat(),
            "stage": "act",
            "pricing_model": "CPL",
        },
        opened_on=AS_OF,
    )
    return Card(advice, {f"m{number}": name}, number, 3)


def _stages(count: int) -> tuple[StageRow, ...]:
    if not count:
        return ()
    reach = Kpi("cost_per_reach", 48.0, 55.0, 51.0, None, "NOK")
    return (
        StageRow("reach", 41_200.0, "NOK", reach),
        StageRow("convert", 96_400.0, "NOK", CPA),
        StageRow("", 300.0, None),
    )


def _digest(names: list[str], cards: tuple[Card, ...]) -> Digest:
    first = names[0] if names else ""
    moved = Moved(
        first,
        Kpi("cpa", 455.0, 350.0, 312.0, None, "NOK"),
        dt.date(2026, 11, 19),
        "conversion_rate",
        -0.31,
        steady=("cpc", "clicks"),
        look_at="fix_landing_page",
    )
    if not names:
        return Digest(AS_OF)
    return Digest(
        AS_OF,
        LAST,
        _stages(len(names)),
        (moved,) * min(3, len(names)),
        cards,
        tuple(NotYet(name, "leads", 6.0, 4.0) for name in names[1:]),
        (MonthPace(0.71, 0.73, lands=(0.98, 1.01)), MonthPace(0.71, 0.73, name=first)),
        ("Google Ads", "Meta", first),
        (Late("TikTok", dt.date(2026, 11, 19)), Late(first)),
        (Failed(first, first, LAST),),
        len(names),
        len(names) - 1,
        2,
        True,
    )


def _row(name: str) -> CampaignLine:
    kpi = Kpi("cpa", 455.0, 350.0, 312.0, None, "NOK")
    return CampaignLine(name, "convert", "CPA", 41_000.5, kpi, "change:shift_budget", "NOK")


def _channel(names: list[str]) -> ChannelAnswer:
    title = names[0] if names else "Google Ads"
    if not names:
        return ChannelAnswer(title, "channel google_ads 7d", "7d", SINCE, LAST)
    return ChannelAnswer(
        title,
        "channel google_ads 7d",
        "7d",
        SINCE,
        LAST,
        78_300.45,
        "NOK",
        "conversions",
        231.0,
        Kpi("cpa", 339.0, 350.0, 318.0, None, "NOK"),
        _figures(),
        tuple(_row(name) for name in names),
        _trends(),
        (
            PriceFactor("conversion_rate", 9.0),
            PriceFactor("spend", 14.0, title),
            PriceFactor("cpc", -2.0),
        ),
        (Late("Meta", SINCE),),
        "channel google_ads 28d",
        "advice google_ads",
        reasons="why google_ads cpa 7d",
        holes=(Hole(title, ((SINCE, SINCE), (SINCE + dt.timedelta(2), LAST))),),
        begins=SINCE,
    )


def _channels(names: list[str], metric: str) -> ChannelsAnswer:
    adds = metric != "roas"
    lines = tuple(_channel_line(name, metric) for name in names)
    total = MetricFigure(metric, 231.0, None, "NOK" if metric == "spend" else None)
    options = tuple(Option(name, f"channel {name}") for name in names[:5])
    totals = (total,) if adds and names else ()
    asked = f"channel {metric} 7d"
    return ChannelsAnswer(asked, "7d", SINCE, LAST, metric, adds, lines, totals, options)


def _channel_line(name: str, metric: str) -> ChannelLine:
    asked = None if metric == "spend" else MetricFigure(metric, 3.2, 2.9)
    kpi = Kpi("cpa", 455.0, 350.0, 312.0, None, "NOK")
    return ChannelLine(name, 78_300.45, "NOK", kpi, asked)


def _figures() -> tuple[MetricFigure, ...]:
    money = (("spend", 78_300.45, 74_100.0), ("cpc", 1.624, 1.7), ("cpa", 338.96, 318.2))
    others = (("clicks", 48_211.0, None), ("conversions", 231.0, 233.0), ("roas", 3.123, None))
    named = [MetricFigure(name, now, before, "NOK") for name, now, before in money]
    return (*named, *(MetricFigure(name, now, before) for name, now, before in others))


def _trends() -> tuple[Trend, ...]:
    spend = tuple(1000.0 + 10 * day if day != 3 else None for day in range(28))
    sales = tuple(float(day % 4) for day in range(28))
    bars = Trend("spend", DAYS, spend, currency="NOK", line=False)
    return (bars, Trend("cpa", DAYS, spend, sales, currency="NOK"))


def _campaign(name: str) -> CampaignAnswer:
    return CampaignAnswer(
        _row(name),
        name,
        f"campaign {name}",
        "7d",
        SINCE,
        LAST,
        _figures(),
        _trends(),
        (PriceFactor("ctr", 4.0),),
        ("One more sale costs less elsewhere",),
        (),
        f"campaign {name} 28d",
        "plan",
    )


def measured(verdict: str, **more: Any) -> Measured:
    told = {"change": -0.14, "low": -0.22, "high": -0.05, "money": 9_812.0, "gain": 0.15}
    given = {"currency": "NOK", "applied": "applied", "peers": 5, "days": 14, **told, **more}
    on, read = dt.date(2026, 10, 29), AS_OF
    outcome = Outcome("adv-1", "shift", "price", "cpa", on, read, verdict, **given)
    return Measured(outcome, "shift_budget", Pooled(12, -0.06, -0.1, -0.02), 11)


def _evidence(card: Card, names: list[str]) -> AdviceEvidence:
    """Of one campaign, as most rules leave it."""
    rows = tuple(EvidenceRow(name, "cpa", 455.0, 312.0, 350.0, "NOK") for name in names)
    earlier = (Earlier(SINCE, names[0], "acknowledged"),)
    charts = tuple(("", trend) for trend in _trends())
    return AdviceEvidence(card, rows, SINCE, LAST, earlier, charts)


def _moving(card: Card, names: Sequence[str]) -> AdviceEvidence:
    """Of a shift between the named campaigns, one of which nobody knows much of."""
    sides = tuple(_side(name, at) for at, name in enumerate(names))
    last = names[-1] if names else "g1"
    about = Side(last, (EvidenceRow(last, "spend", None, currency="NOK"),),
                 840.0, 1000.0, about=True, next_cost=(310.0, None, None))  # fmt: skip
    rows = tuple(EvidenceRow(name, "gives", 0.73) for name in names)
    rows += tuple(EvidenceRow(name, "spend", 32_710.0, 66_055.0, None, "NOK") for name in names)
    charts = tuple((name, trend) for name, trend in zip(names, _trends(), strict=False))
    title = "One more sale costs less elsewhere"
    earlier = tuple(Earlier(SINCE, title, "dismissed", tuple(names[:at]))
                    for at in range(3))  # fmt: skip
    before = dt.date(2026, 10, 19), dt.date(2026, 11, 15)
    return AdviceEvidence(card, rows, SINCE, LAST, earlier, charts, (*sides, about), before)


def _side(name: str, at: int) -> Side:
    rows = (
        EvidenceRow(name, "spend", 2336.46, 2359.13, None, "NOK", a_day=True),
        EvidenceRow(name, "conversions", 4.643, 6.25, a_day=True),
        EvidenceRow(name, "cpa", 503.24, 377.46, 250.0, "NOK"),
    )
    after = 2600.0 - 840.0 if at == 0 else 2600.0 + 840.0 * (at % 2)
    return Side(name, rows, 2600.0, after, next_cost=(526.12, 248.09, 1300.22), currency="NOK")


def _why(names: list[str]) -> WhyAnswer:
    amounts = apportioned([143 / max(1, len(names))] * len(names), Decimal(143), 0)
    made = [
        WhyCampaign(str(at), name, float(shown), shown)
        for at, (name, shown) in enumerate(zip(names, amounts, strict=True))
    ]
    if len(made) > 1:
        made[1] = replace(made[1], gap=Gap("none", "now", "conversions"))
    return WhyAnswer(
        names[0] if names else "Google",
        "cpa",
        "why google_ads cpa 7d",
        "7d",
        (SINCE, LAST),
        (dt.date(2026, 11, 9), dt.date(2026, 11, 15)),
        312.0,
        455.0,
        "NOK",
        0,
        Decimal(312),
        Decimal(455),
        Decimal(143),
        (
            WhyPart("cpc", -2.2, Decimal(-2), 1.7, 1.62),
            WhyPart("conversion_rate", 120.2, Decimal(120), 0.024, 0.017),
            WhyPart("mix", 14.0, Decimal(14)),
            WhyPart("unsplit", 11.0, Decimal(11)),
        ),
        tuple(made),
        ("impressions",),
        longer="why google_ads cpa 28d",
        deeper='why "x" cpa 7d' if names else "",
        late=(Late("Meta", SINCE),),
    )


def _silent(name: str) -> WhyAnswer:
    days = (SINCE, LAST)
    lack = Gap("none", "now", "conversions")
    return WhyAnswer(name, "cpa", "why x cpa", "7d", days, days, 312.0, None, "NOK", lack=lack)


@cache
def _rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in RULEBOOK.rules}


def _seen(rule: Rule, left: float | None, right: float | None) -> LineReading:
    line = next(part for part in rule.when if isinstance(part, Line))
    unknown = () if left is not None else ("cpa.target",)
    return LineReading(line.text, left, right, None if unknown else False, "when", line, 0, unknown)


GUARDS: dict[str, dict[str, Any]] = {
    "cooldown": {"verb": "dismiss", "answered_on": "2026-11-27", "until": "2026-12-04"},
    "muted": {"by": "convert-landing-page"},
    "for": {"mornings": 1, "needed": 3},
    "learning": {
        "days_since_budget_change": 2.0,
        "results_since_change": 12.0,
        "learning_days": 7.0,
        "learning_results": 50.0,
    },
    "delivery": {"budget_used.now": 0.61, "threshold.delivery": 0.85},
    "floor": {"taken": 900.0, "most": 500.0, "stage_budget": 1000.0},
    "no_pair": {},
    "one_a_day": {"instead": "convert-shift", "campaign_id": "g1"},
}


def _why_not(name: str) -> WhyNotAnswer:
    rules = _rules()
    cut, room = rules["convert-cut"], rules["convert-room"]
    held = [WhyNot("g1", cut, "held_back", guard, numbers=own) for guard, own in GUARDS.items()]
    unsure = WhyNot("g1", cut, "not_sure", "not_sure", numbers={"sure": 0.81, "needed": 0.9})
    waits = (
        Waiting("conversions", 3.0, 12.0, 6, 14, 1.5, dt.date(2026, 11, 29)),
        Waiting("clicks", 90.0, 900.0, None, 14, 6.4),
    )
    little = WhyNot("g1", room, "too_little_data", "too_little_data", waiting=waits)
    unknown = replace(little, waiting=(), lines=(_seen(room, None, None),))
    quiet = WhyNot("g1", room, "quiet", "quiet", (_seen(room, 342.0, 297.5),))
    titles = {rule.id: rule.title for rule in rules.values()}
    told = (*held[:6], unsure, little, unknown, quiet, *held[6:])
    return WhyNotAnswer(name, AS_OF, "why-not x", told, titles, {}, "NOK")


def _one_rule(name: str) -> WhyNotAnswer:
    rule = _rules()["reach-tiring"]
    place = {"stage": "convert", "pricing_model": "CPA", "billed_by": None}
    told = (WhyNot("g1", rule, "not_for", "applies", numbers=place),)
    titles = {rule.id: rule.title}
    return WhyNotAnswer(name, AS_OF, "why-not x", told, titles, {}, "NOK", of_one=True)


def _compare(two: list[str], stage: str = "convert") -> CompareAnswer:
    one, other = (Kpi("cpa", 339.0, 350.0, 318.0, None, "NOK"), Kpi("cpa", 412.5, None, 400.0))
    told = {figure.metric: figure for figure in _figures()}
    return CompareAnswer(
        Compared(two[0], one, ("convert",), "NOK", told),
        Compared(two[1], replace(other, currency="NOK"), (stage,), "NOK", {"cpa": told["cpa"]}),
        tuple(told),
        f"compare {two[0]} and {two[1]} 7d",
        "7d",
        SINCE,
        LAST,
        "compare a and b 28d",
        (Late("Meta", SINCE),),
    )


def _with_uncounted(answer: CompareAnswer) -> CompareAnswer:
    rest = Uncounted(43_874.0, (answer.first.name,))
    return replace(answer, first=replace(answer.first, counted="conversions", uncounted=rest))


def _pacing(names: list[str]) -> Pacing:
    lands = [(0.98, 1.01), (0.88, 0.88), None]
    lines = [
        PaceLine(name, 9_000.0 - at, 6_400.0, "NOK", lands[at % 3]) for at, name in enumerate(names)
    ]
    both = (PaceLine("", 21_000.0, 9_900.0, "NOK", (1.07, 1.1)), PaceLine("", 100.0, 9.0, "EUR"))
    return Pacing(tuple(lines), 0.73, LAST, both[: len(names) // 2])


def _file(names: list[str]) -> FileRead:
    totals = (MetricFigure("spend", 78_300.0, None, "NOK"), MetricFigure("conversions", 231.0))
    listed = tuple(names)
    tables = [
        TableRead(name, 84, SINCE, LAST, 7, 12, listed, listed, totals, listed, listed, at)
        for at, name in enumerate(names)
    ]
    return FileRead("week 47.csv", tuple(tables), "F0123:abcd")


def _sources(names: list[str]) -> Sources:
    if not names:
        return Sources()
    days = ((SINCE, LAST),)
    faults = [
        FeedFault("failed", LAST, error=names[0]),
        FeedFault("late", SINCE, days, count=3),
        FeedFault("partial", SINCE, days, size=0.41, count=6, of=14),
        FeedFault("partial", SINCE, days, size=0.4, hour=14),
        FeedFault("scaled", SINCE, days[:1], size=2.04, count=6),
        FeedFault("scaled", LAST, ((LAST, LAST),), size=0.38, count=6),
        FeedFault("hours", SINCE, days[:1], count=23, of=24),
        FeedFault("hours", SINCE, ((SINCE, SINCE),), count=23, of=24),
        FeedFault("gap", SINCE, days, count=3),
        FeedFault("double", SINCE, days, size=0.5, count=2),
        FeedFault("restated", LAST, days, size=-0.38, usual=0.04, metric="conversions"),
        FeedFault("restated", LAST, days, size=0.38, usual=0.0, metric="spend"),
        FeedFault("schema", LAST, lost=("revenue",), added=(names[0],)),
        FeedFault("schema", LAST, lost=("leads",), retyped=(("spend", "number", "text"),),
                  of_table=True),
        FeedFault("schema", LAST, gained=("reach", "daily_budget"), of_table=True),
        FeedFault("schema", LAST, retyped=(("clicks", "day", "time"),), of_table=True),
    ]  # fmt: skip
    shown = [tuple(ShownFault(name, fault, name) for fault in faults[at % 3 :: 3])
             for at, name in enumerate(names)]  # fmt: skip
    lines = [
        SourceLine(name, name if at % 2 else "", LAST, wrong)
        for at, (name, wrong) in enumerate(zip(names, shown, strict=True))
    ]
    fresh = SourceLine(names[0], names[0], LAST), SourceLine(names[0])
    return Sources((*lines, *fresh), LAST)


def _target(name: str) -> TargetLine:
    return TargetLine(name, name, "convert", "CPA", 350.0, "cpa", 73_000.0, "NOK")


def _rule_line(name: str) -> RuleLine:
    lines = ("cpa.now > threshold.waste * cpa.target", "frequency.now > threshold.frequency")
    cells = ({"waste": 1.3, "frequency": 4.0}, {"waste": 1.2, "frequency": 4.0})
    return RuleLine(
        name, name, "One pays over target for a sale.", ("convert",), "advise",
        tuple(map(parse_line, lines)), cells, 0.9, name, "abc123",
    )  # fmt: skip


def _settings() -> SettingsView:
    at = dt.time(8, 0)
    digests = (("daily", (1, 2, 3, 4, 5), 1, at), ("weekly", (1,), 1, at), ("monthly", (), 1, at))
    return SettingsView("nb", "Europe/Oslo", digests)


def _outcomes(names: list[str]) -> OutcomeList:
    kinds = ("worked", "harmful", "no_effect", "too_small_to_tell", "not_measured")
    lines = [
        OutcomeLine(measured(kinds[at % 5], because="tracking"), (name, name))
        for at, name in enumerate(names)
    ]
    return OutcomeList(tuple(lines), 2, dt.date(2026, 12, 1))


def _looked_up(names: list[str], card: Card, taken: Card) -> dict[str, dict[str, Any]]:
    """Searches, the audit log, and advice that two people have to acknowledge."""
    who, at = card.name, dt.datetime(2026, 11, 23, 8, 14, tzinfo=OSLO)
    outages = tuple(outage(name, place) for place, name in enumerate(names, start=1))
    link = "https://example.slack.com/archives/C0PERFORM/p1795417200000100"
    advice = (FoundAdvice(card, link), FoundAdvice(taken))
    answers = (FoundAnswer(who, at, "advice.dismiss", card, who, link),
               FoundAnswer(who, at, "advice.acknowledge", card))  # fmt: skip
    campaigns = tuple(Option(name, f"campaign {name}") for name in names[:5])
    found = FoundAll(who, campaigns, advice, answers, 4 + len(names))
    lines = tuple(Logged(at, name, "advice.dismiss", name) for name in names[:20])
    two = replace(card, two_people=True)
    return {
        "find": {"found": found},
        "export": {"name": f"perfbot-{who}.csv", "rows": len(names)},
        "find:nothing": {"found": FoundAll(who)},
        "audit": {"log": AuditLog((*lines, Logged(at, who, "unheard.of")), 1 + len(names))},
        "audit:platform": {
            "log": AuditLog(
                (
                    Logged(at, who, "platform.budget", who, before=3500.0, after=4200.0),
                    Logged(at, "", "platform.status.paused", who, noticed=True),
                ),
                2,
            )
        },
        "audit:nothing": {"log": AuditLog()},
        "advice:two": {"card": two},
        "advice:first": {"card": replace(two, first_by=who)},
        "advice:first_part": {
            "card": replace(two, first_by=who, first_part={"g1": 1980.0, "g2": 1320.0})
        },
        "advice_answered:two": {"card": replace(taken, two_people=True, first_by=who)},
        "urgent": {"urgent": Urgent(outages, len(outages))},
        "urgent:one": {"urgent": Urgent((outage(who),), 1)},
        "urgent:answered": {
            "urgent": Urgent(tuple(replace(one, state="in_progress") for one in outages[:2]), 2)
        },
        "reminder": {"cards": (card, *(outage(name) for name in names[1:])), "open_days": 3},
        "reminder:one": {"cards": (card,), "open_days": 1},
        "thread_line:first": {"card": replace(taken, state="open"), "verb": "first"},
        "thread_line:first_part": {
            "card": replace(taken, state="open", first_part={"g1": 1980.0, "g2": 1320.0}),
            "verb": "first",
        },
        "thread_line:planned": {"card": replace(taken, state="expired"), "verb": "expire_target"},
        "thread_line:returned": {"card": replace(taken, state="open"), "verb": "return"},
    }


def _long(digest: Digest, form: str) -> Digest:
    before = (SINCE - dt.timedelta(7), LAST - dt.timedelta(7))
    days = {"days": (SINCE, LAST), "compared": before}
    planned = {"planned": 172_000.0, "paced": 170_600.0} if form == "monthly" else {}
    spent = (Spent("NOK", 170_600.0, 164_100.0, **planned),) if digest.stages else ()
    return replace(digest, form=form, answers=AnswerCounts(7, 4, 1), spent=spent, **days)


def build(names: list[str]) -> dict[str, dict[str, Any]]:
    """Every template (an answer of several kinds as `template:kind`) with its values."""
    two = [*names, "Google | Generic", "Google | Shopping"][:2]
    met = Kpi("cpa", 350.4, 350.0, 318.0, None, "NOK")
    card = shift(two[0], two[1])
    cards = (card, *(outage(name, at) for at, name in enumerate(names[1:], start=2)))
    cards = cards if names else ()
    kari = {"answered_by": two[0], "answered_at": dt.datetime(2026, 11, 23, 8, 14, tzinfo=OSLO)}
    read = {"measured_on": dt.date(2026, 12, 17), "against": 5}
    taken = replace(card, state="acknowledged", **read, **kari)
    late = replace(card, state="snoozed", until=dt.date(2026, 11, 30), **kari)
    no = replace(card, state="dismissed", reason=two[1] * 3, **kari)
    sub = Subscribed(
        dt.time(7, 30),
        (1, 2, 3, 4, 5),
        "Europe/Oslo",
        "nb",
        two[0],
        AS_OF,
        channel_id="C0PERFORM",
    )
    options = tuple(Option(name, f"campaign {name}") for name in two)
    both = {"givers": tuple(names[:1]), "takers": tuple(names[1:4])}
    small = measured("too_small_to_tell", change=0.01, low=-0.09, high=0.11, money=-300.0)
    raised = Measured(measured("worked").outcome, "raise_budget")
    raised = replace(
        raised, outcome=replace(raised.outcome, of="results", change=0.12, low=0.04, high=0.2)
    )
    out = measured("not_measured", because="changed_outside", change=None, gain=None)
    news = (
        RuleNews("One more sale costs less elsewhere", "harmful"),
        RuleNews("Money spent, nothing sold", "noisy"),
        RuleNews("A sale costs more than its target"),
    )
    beyond = measured("too_small_to_tell")
    came_in = (replace(measured("worked"), **both), small, beyond) if names else ()
    digest = replace(_digest(names, cards), came_in=came_in, rules=news[: len(names)])
    form = SubscribeForm(dt.time(7, 30), (1, 2), "Europe/Oslo", ("Europe/Oslo", "UTC"), "nb")
    quiet = Digest(AS_OF, LAST, complete=("Meta",), campaigns=len(names), inside=len(names))
    return {
        "digest": {"digest": digest},
        "digest_quiet": {"digest": quiet},
        "channel": {"answer": _channel(names)},
        "campaign": {"answer": _campaign(two[0])},
        "why": {"answer": _why(names)},
        "why:silent": {"answer": _silent(two[0])},
        "why_not": {"answer": _why_not(two[0])},
        "why_not:one": {"answer": _one_rule(two[0])},
        "advice": {"card": card},
        "advice:outage": {"card": outage(two[0])},
        "advice:test": {"card": tried(names)},
        "advice:scale": {"card": tried(names, known=True)},
        "advice_answered": {"card": taken},
        "advice_answered:snoozed": {"card": late},
        "advice_answered:dismissed": {"card": no},
        **_applied(names, two, taken),
        "thread_line": {"card": taken, "verb": "acknowledge"},
        "thread_line:dismiss": {"card": no, "verb": "dismiss"},
        "thread_line:undo": {"card": replace(card, **kari), "verb": "undo"},
        "outcome": {"measured": replace(measured("worked"), pooled=None, **both)},
        "outcome:small": {"measured": small},
        "outcome:harmful": {
            "measured": measured("harmful", change=0.09, low=0.02, high=0.16, money=-9_812.0)
        },
        "outcome:raised": {"measured": replace(raised, givers=tuple(names[:1]))},
        "outcome:not_measured": {"measured": out},
        "taken": {"card": taken},
        "which": {"cards": cards, "verb": "ack"},
        "asked_back": {"asked": AskedBack(("why", "do/pause", "unknown/ad"), two[0])},
        "otherwise": {"asked": AskedBack(("which",), two[0])},
        "choose": {"choice": Choice("campaign", two[0], options)},
        "advice_list": {"found": AdviceList(cards, two[0])},
        "advice_list:all": {"found": AdviceList(cards)},
        "help": {"help": Help(tuple(names), tuple(names))},
        "help:unknown": {"help": Help(tuple(names), tuple(names), two[0], "channel")},
        **_looked_up(names, card, taken),
        "error:unknown": {"error": error_view(UnknownName("campaign", two[0], two))},
        "error:nothing_near": {"error": error_view(UnknownName("channel", two[0]))},
        "error:no_numbers": {"error": error_view(NoNumbers("There is nothing.", hint=two[0]))},
        "subscribed": {"subscription": sub},
        "subscribed:preview": {"subscription": replace(sub, preview=True, channel="")},
        "unsubscribed": {"subscription": sub},
        "understood": {"heard": ReadAs(f"why {two[0]} cpa lastweek")},
        "understood:in_part": {"heard": ReadAs(f"channel {two[0]}", tuple(names))},
        "understood:today": {"heard": ReadAs(today=True)},
        "understood:thanks": {"heard": ReadAs(thanks=True)},
        "channels": {"answer": _channels(names, "spend")},
        "channels:count": {"answer": _channels(names, "conversions")},
        "channels:best": {"answer": _channels(names, "roas")},
        "compare": {"answer": _compare(two)},
        "compare:uncounted": {"answer": _with_uncounted(_compare(two))},
        "compare:unlike": {"answer": _compare(two, stage="act")},
        "pacing": {"found": _pacing(names)},
        "sources": {"found": _sources(names)},
        "file_read": {"found": _file(names)},
        "file_read:one": {"found": replace(_file(names), tables=_file(two).tables[:1])},
        "file_kept": {"found": FileKept(two[0], two[1], 80, 4, 0, 12)},
        "file_kept:again": {"found": FileKept(two[0], two[1], repeated=True)},
        "file_left": {"found": FileKept(two[0], two[1])},
        "file_refused": {"found": FileRefused(two[0], two[1], two[0], 12)},
        "targets:blank": {"found": PlanTargets(tuple(TargetLine(name) for name in names))},
        "targets": {"found": PlanTargets(tuple(_target(name) for name in names))},
        "rules": {"found": Rules(tuple(map(_rule_line, names)), "convert", "abc")},
        "rules:one": {"found": Rules((_rule_line(two[0]),), "", "abc")},
        "settings": {"found": _settings()},
        "settings:kept": {"found": replace(_settings(), changed=True, digests=())},
        "outcomes": {"found": _outcomes(names)},
        "outcomes:none": {"found": OutcomeList()},
        "outcomes:waiting": {"found": OutcomeList((), 1, dt.date(2026, 12, 1))},
        "tests": {"found": Tests(cards)},
        "channel:aim": {"answer": replace(_channel(names), aim=True)},
        "channel:on_target": {"answer": replace(_channel(names), kpi=met).against_target()},
        "channel:uncounted": {
            "answer": replace(_channel(names), uncounted=Uncounted(6_897.0, tuple(names)))
        },
        "campaign:on_target": {
            "answer": replace(
                _campaign(two[0]), row=replace(_row(two[0]), kpi=met)
            ).against_target()
        },
        "channel:against": {"answer": replace(_channel(names), before_days=(SINCE, LAST))},
        "campaign:aim": {"answer": replace(_campaign(two[0]), aim=True)},
        "campaign:against": {"answer": replace(_campaign(two[0]), before_days=(SINCE, LAST))},
        "choose:stage": {"choice": Choice("stage", "", options)},
        "digest:weekly": {"digest": _long(digest, "weekly")},
        "digest:monthly": {"digest": _long(replace(digest, as_of=dt.date(2026, 12, 1)), "monthly")},
        "digest_todo": {"digest": Todo(AS_OF, cards[:10], len(cards) + 2)},
        "digest_todo:answered": {"digest": Todo(AS_OF, (taken, late, no), 3)},
        "advice_answered:partly": {"card": replace(taken, partly={"g1": 1980.0, "g2": 1320.0})},
        "thread_line:partly": {
            "card": replace(taken, partly={"g1": 1980.0}),
            "verb": "acknowledge",
        },
        "partly": {"card": card},
        "subscribed:later": {"subscription": replace(sub, is_later=True)},
        "subscribed:weekly": {"subscription": replace(sub, form="weekly", weekdays=(1,))},
        "subscribed:monthly": {"subscription": replace(sub, form="monthly")},
        "dismiss": {"card": card},
        "snooze": {"card": card, "tomorrow": dt.date(2026, 11, 24)},
        "subscribe": {"form": form},
        "evidence": {"evidence": _evidence(card, [*names, two[1]])},
        "evidence:shift": {"evidence": _moving(tried(names), names)},
        **_home(names, Home(cards, digest.pace, (sub,), LAST, digest.late, tuple(names))),
        **_forms(names, two[0]),
        **conversation(names, card, outage(two[0])),
        **detail_scenes(names),
        "digest:still_so": {
            "digest": replace(
                quiet,
                still_so=tuple(replace(one, state="in_progress", **kari) for one in cards[1:3]),
            )
        },
        "digest_quiet:off": {
            "digest": replace(
                quiet,
                inside=0,
                off=tuple(
                    OffTarget(name, Kpi("cpa", 342.0, 297.5, currency="NOK")) for name in names
                ),
            )
        },
        "digest:not_due": {
            "digest": replace(digest, not_due=tuple(Late(name, LAST) for name in names[:1]))
        },
        "digest:guessed": {"digest": replace(quiet, guesses=guessed(names))},
    }


def _applied(names: list[str], two: list[str], taken: Card) -> Scene:
    """Budgets at a platform: offered, asked for, set, refused for every reason there is."""
    offered, where = AtPlatform(("Google",), "offered"), ("Google", "Meta")
    statuses = ("set", "refused", "not_sent", "unchanged", "otherwise")
    budgets = tuple(
        AppliedBudget(two[at % 2], where[at % 2], status, 2100.0, 1860.5, 1980.0, two[0])
        for at, status in enumerate(statuses)
    )
    run = AppliedRun("a1", where, "NOK", budgets=budgets, is_undoable=True)
    forbidden = tuple(
        Forbidden(reason, two[0], "Meta", 2100.0, 1980.0, tuple(names[:12]), two[1])
        for reason in OBSTACLES
    )
    scopes = (Forbidden("scope", names=(name, "555")) for name in ("google_ads", "meta_ads"))
    forbidden = (*(entry for entry in forbidden if entry.reason != "scope"), *scopes)
    changes = tuple(ShownChange(name, 2100.0, 1860.5, "NOK") for name in two)
    caps = (AccountCaps("555-000-1001", 2000.0, 5000.0, 40_000.0),)
    return {
        "advice_answered:applicable": {"card": replace(taken, platform=offered)},
        "advice_answered:waiting": {"card": replace(taken, platform=AtPlatform(where, "waiting"))},
        "advice_answered:applied": {"card": replace(taken, platform=AtPlatform(where, "set"))},
        "thread_line:apply": {"card": replace(taken, platform=offered), "verb": "apply"},
        "thread_line:set_back": {"card": replace(taken, platform=offered), "verb": "set_back"},
        "apply": {"form": ApplyForm(where, changes, caps, "NOK")},
        "applied": {"run": run},
        "applied:whole": {"run": replace(run, budgets=budgets[:1])},
        "applied:undone": {"run": replace(run, budgets=budgets[:1], takes_back=True)},
        "applied:waiting": {
            "run": AppliedRun(
                "a1",
                where,
                "NOK",
                forbidden=(Forbidden("unread", sentence=two[0]),),
                is_waiting=True,
            )
        },
        "applied:forbidden": {"run": AppliedRun("a1", where, "NOK", forbidden=forbidden)},
    }


def _home(names: list[str], home: Home) -> Scene:
    """The Home tab of one who may change everything, and of one who may only read."""
    money = {"currency": "NOK", "spent": 12_300.0}
    accounts = (
        AccountPace("Google", planned=40_000.0, lands=(39_000.0, 41_000.0), outside=900.0, **money),
        AccountPace("Meta", planned=40_000.0, **money),
        AccountPace("TikTok 123", outside=700.0, **money),
    )
    lines = tuple(
        PlanLine(name, "convert", "CPA", 349.5, "cpa", 40_000.0, name, "NOK") for name in names[:8]
    )
    full = replace(
        home,
        whose="mine",
        accounts=accounts,
        all_accounts=9,
        elapsed=0.73,
        plan=lines,
        entries=len(names),
        may_set=True,
        may_subscribe=True,
        time_zones=("Europe/Oslo", "UTC"),
        changed=_changed(names[0] if names else "brand*"),
    )
    reading = replace(
        full, may_set=False, may_subscribe=False, whose="channels", changed=None, cards=()
    )
    shown = {
        "home": full,
        "home:judging": replace(full, judging=True),
        "home:reading": reading,
        "home:taken_on": replace(full, cards=(), running=home.cards[:7]),
    }
    return {name: {"home": home} for name, home in shown.items()}


def _changed(name: str) -> Changed:
    at = dt.datetime(2026, 11, 23, 8, 14, tzinfo=OSLO)
    differences = (Difference("target", 350.0, {"cpa": 320.5}), Difference("stage", None, "act"))
    return Changed(name, at, (name,), (*differences, Difference("owner", name, None)))


def _forms(names: list[str], name: str) -> Scene:
    """Each form as it opens, and with all it may show."""
    fits = Matched(tuple(names[:10]), len(names), ((name, 7),) if names else ())
    channels = tuple((f"channel_{at}", each) for at, each in enumerate(names))
    plan = PlanForm(channels=channels, currency="NOK")
    cells = (CellChoice("convert/CPA", "convert", "CPA", "cpa", len(names)),
             CellChoice("reach/CPM", "reach", "CPM", "cost_per_reach"))  # fmt: skip
    target = TargetForm(cells, cells[0], channels, "NOK")
    dial = ThresholdForm(cells, cells[0], ("waste", "room"), "waste", 1.3, 1.2)
    moments = tuple((each, LAST) for each in names[:3])
    rules = (RuleChange("A sale costs more than its target", 14, 2, 40, moments, moments[:1]),)
    news = _changed(name)
    held = replace(plan, pattern=name, stage="convert", pricing="CPA", target="349.5", judged="cpa")
    held = replace(held, budget="40000", owner=name, origin="slack_rest", removable=True, turn="9f")
    return {
        "plan": {"form": plan},
        "plan:held": {"form": replace(held, again=True, matched=fits, news=news)},
        "plan:file": {"form": replace(held, origin="file", removable=False, owner_id="U0KARI001")},
        "target": {"form": target},
        "target:looked": {
            "form": replace(target, amount=349.5, matched=fits, entries=(name,), news=news)
        },
        "threshold": {"form": dial},
        "threshold:working": {"form": replace(dial, own=1.3, working=True)},
        "threshold:looked": {"form": replace(dial, looked=Looked(SINCE, LAST, 1.1, rules, 4))},
        "threshold:same": {
            "form": replace(dial, looked=Looked(SINCE, LAST, 1.1), failed=name, news=news)
        },
        "subscribe_where": {},
    }


def show(renderer: Renderer, key: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The surface, and the message or view as it goes over the wire."""
    template = key.partition(":")[0]
    if template in MODALS:
        return "modal", renderer.modal(template, **values)
    if template == "home":
        return "home", renderer.home(template, **values)
    message = renderer.render(template, **values)
    return "message", {"text": message.text, "blocks": message.blocks}


@pytest.fixture(scope="session")
def scene() -> Callable[[list[str]], Scene]:
    return build


@pytest.fixture(scope="session")
def shown() -> Callable[[Renderer, str, Mapping[str, Any]], tuple[str, dict[str, Any]]]:
    return show


@pytest.fixture(scope="session")
def renderers() -> dict[str, Renderer]:
    return {language: Renderer(language) for language in ("en", "nb")}


@pytest.fixture
def moving() -> Card:
    """The advice to move money from Generic to Shopping."""
    return shift("Google | Generic", "Google | Shopping")
