"""A backtest's figures as people read them: the text and the page say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.backtest.afterwards import Next
from bot.backtest.ledger import CampaignMorning
from bot.backtest.report import Alarms, Alteration, Backtest, RuleReport
from bot.numbers.metrics.glossary import Metrics
from bot.render.number_formats import NumberForms

FORMS = NumberForms("en")
NONE = "–"
_HELD = {
    "for": "not for long enough",
    "not_sure": "not sure enough",
    "too_little_data": "too little data",
    "late_data": "numbers late",
    "captured": "demand was there anyway",
    "recovering": "its tracking was broken lately",
    "shared_budget": "others are paid from its budget",
    "delivery": "budget not used up",
    "credited": "money was given back lately",
    "far_target": "target far off what results cost",
    "margin": "not surely dearer than its pool",
}


def head(report: Backtest) -> str:
    """What was replayed."""
    mornings = (report.until - report.since).days + 1
    return (
        f"{mornings} mornings replayed, {report.since} to {report.until}: "
        f"{report.campaigns} campaigns, {whole(report.campaign_weeks)} campaign-weeks. "
        "Each morning saw only what was known then, and nobody answered."
    )


def shuffles(report: Backtest) -> str:
    """What the false alarms were counted on."""
    if not report.seeds:
        return "No days were shuffled, so false alarms are not known."
    seeds, weeks = ", ".join(map(str, report.seeds)), whole(report.shuffled_weeks)
    return (
        f"Shuffled: {weeks} campaign-weeks of the same days in another order (seeds {seeds}). "
        "Trends and breaks are gone; a level (too dear for its target) and single odd days are not."
    )


def spoken(report: Backtest) -> list[RuleReport]:
    """Rules that spoke, the most often first."""
    rules = [rule for rule in report.rules if rule.mornings and not rule.silent]
    return sorted(rules, key=lambda rule: (-rule.episodes, rule.id))


def quiet(report: Backtest) -> list[RuleReport]:
    """Rules that never spoke."""
    return [rule for rule in report.rules if not rule.mornings and not rule.silent]


def left(report: Backtest) -> str:
    """Which rules were not replayed, and what to do about it; "" where all were."""
    if not report.left:
        return ""
    return (
        f"Left to the morning, which works out what moves: {', '.join(report.left)}. "
        "Name one to replay it: perfbot rules backtest " + report.left[0]
    )


def altered(report: Backtest) -> list[tuple[RuleReport, Alteration]]:
    """Rules that the change alters, the most altered first."""
    changes = [(rule, rule.change) for rule in report.rules if rule.change]
    alterations = [
        (rule, change) for rule, change in changes if change.only_before or change.only_after
    ]
    return sorted(
        alterations, key=lambda pair: (-pair[1].only_before - pair[1].only_after, pair[0].id)
    )


def held_back(report: Backtest) -> list[RuleReport]:
    """Rules that spoke, or that something other than missing numbers kept quiet."""
    rules = [rule for rule in report.rules if not rule.silent]
    return [rule for rule in rules if rule.mornings or rule.held.keys() - {"too_little_data"}]


def a_week(rule: RuleReport) -> str:
    return FORMS.number(rule.a_week)


def lasted(rule: RuleReport) -> str:
    """`3 d (at most 9)`."""
    if rule.lasted is None:
        return NONE
    return f"{FORMS.number(rule.lasted)} d (at most {rule.longest})"


def alone(rule: RuleReport) -> str:
    return NONE if rule.alone is None else FORMS.percent(rule.alone)


def alarms(rule_alarms: Alarms | None) -> str:
    """`2.1, shuffled 0.3`."""
    if rule_alarms is None:
        return NONE
    return f"{FORMS.number(rule_alarms.real)}, shuffled {FORMS.number(rule_alarms.shuffled)}"


def held(rule: RuleReport, most: int = 4) -> str:
    """`too little data 1 085, tracking 6`."""
    return listed((guard(word), whole(count)) for word, count in [*rule.held.items()][:most])


def also(rule: RuleReport, most: int = 3) -> str:
    """`act-keywords 8 %, reach-tiring 2 %`."""
    shares = [*rule.also.items()][:most]
    return listed((id_, FORMS.percent(share)) for id_, share in shares)


def listed(pairs: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {figure}" for name, figure in pairs) or NONE


def guard(word: str) -> str:
    return _HELD.get(word, word.replace("_", " "))


def came(outcome: Next, metrics: Metrics) -> str:
    """`CPA +12 %, alike +2 %: 10 % higher (-12 % to +37 %; 6 campaigns)`."""
    fired, alike, difference = (
        signed(x) for x in (outcome.fired, outcome.alike, outcome.difference)
    )
    text = f"{metrics[outcome.metric].title} {fired}, alike {alike}: difference {difference}"
    if outcome.low is None or outcome.high is None:
        return f"{text} ({campaigns(outcome.campaigns)}: too few to tell)"
    return (
        f"{text} ({signed(outcome.low)} to {signed(outcome.high)}; {campaigns(outcome.campaigns)})"
    )


def moment(example: CampaignMorning, metrics: Metrics) -> str:
    """`2026-11-02 Search | Generic (c7): CPA 412, before 300`."""
    figures = ", ".join(figure(*pair, metrics) for pair in _read(example.numbers))
    name = example.campaign_name or example.campaign_id
    label = name if name == example.campaign_id else f"{name} ({example.campaign_id})"
    return f"{example.on} {label}: {figures}"


def _read(numbers: Mapping[str, float | None]) -> list[tuple[str, float | None]]:
    return [pair for pair in numbers.items() if not pair[0].startswith("threshold.")][:5]


def figure(column: str, value: float | None, metrics: Metrics) -> str:
    """`cpa.now 412`; shares as per cent."""
    metric = metrics.get(column.partition(".")[0])
    if value is None:
        return f"{column} {NONE}"
    share = metric is not None and metric.unit == "share"
    return f"{column} {FORMS.percent(value) if share else FORMS.number(value)}"


def campaigns(count: int) -> str:
    return f"{count} campaign{'' if count == 1 else 's'}"


def signed(share: float) -> str:
    return FORMS.percent(share, signed=True)


def whole(number: float) -> str:
    return FORMS.number(round(number))
