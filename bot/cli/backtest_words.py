"""A backtest's figures as people read them: the text and the page say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.backtest.afterwards import Next
from bot.backtest.ledger import Moment
from bot.backtest.report import Alarms, Backtest, Change, RuleReport
from bot.numbers.metrics.glossary import Metrics
from bot.render.number_formats import Forms

FORMS = Forms("en")
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
}


def head(found: Backtest) -> str:
    """What was replayed."""
    mornings = (found.until - found.since).days + 1
    return (
        f"{mornings} mornings replayed, {found.since} to {found.until}: "
        f"{found.campaigns} campaigns, {whole(found.campaign_weeks)} campaign-weeks. "
        "Each morning saw only what was known then, and nobody answered."
    )


def shuffles(found: Backtest) -> str:
    """What the false alarms were counted on."""
    if not found.seeds:
        return "No days were shuffled, so false alarms are not known."
    seeds, weeks = ", ".join(map(str, found.seeds)), whole(found.shuffled_weeks)
    return (
        f"Shuffled: {weeks} campaign-weeks of the same days in another order (seeds {seeds}). "
        "Trends and breaks are gone; a level (too dear for its target) and single odd days are not."
    )


def spoken(found: Backtest) -> list[RuleReport]:
    """Rules that spoke, the most often first."""
    rules = [rule for rule in found.rules if rule.mornings and not rule.silent]
    return sorted(rules, key=lambda rule: (-rule.episodes, rule.id))


def quiet(found: Backtest) -> list[RuleReport]:
    """Rules that never spoke."""
    return [rule for rule in found.rules if not rule.mornings and not rule.silent]


def left(found: Backtest) -> str:
    """Which rules were not replayed, and what to do about it; "" where all were."""
    if not found.left:
        return ""
    return (
        f"Left to the morning, which works out what moves: {', '.join(found.left)}. "
        "Name one to replay it: perfbot rules backtest " + found.left[0]
    )


def altered(found: Backtest) -> list[tuple[RuleReport, Change]]:
    """Rules that the change alters, the most altered first."""
    changes = [(rule, rule.change) for rule in found.rules if rule.change]
    some = [(rule, one) for rule, one in changes if one.only_before or one.only_after]
    return sorted(some, key=lambda pair: (-pair[1].only_before - pair[1].only_after, pair[0].id))


def held_back(found: Backtest) -> list[RuleReport]:
    """Rules that spoke, or that something other than missing numbers kept quiet."""
    rules = [rule for rule in found.rules if not rule.silent]
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


def alarms(told: Alarms | None) -> str:
    """`2.1, shuffled 0.3`."""
    if told is None:
        return NONE
    return f"{FORMS.number(told.real)}, shuffled {FORMS.number(told.shuffled)}"


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


def came(one: Next, metrics: Metrics) -> str:
    """`CPA +12 %, alike +2 %: 10 % higher (-12 % to +37 %; 6 campaigns)`."""
    fired, alike, difference = (signed(x) for x in (one.fired, one.alike, one.difference))
    said = f"{metrics[one.metric].title} {fired}, alike {alike}: difference {difference}"
    if one.low is None or one.high is None:
        return f"{said} ({campaigns(one.campaigns)}: too few to tell)"
    return f"{said} ({signed(one.low)} to {signed(one.high)}; {campaigns(one.campaigns)})"


def nexts(rule: RuleReport, metrics: Metrics) -> Iterator[str]:
    for one in rule.next:
        yield came(one, metrics)


def moment(one: Moment, metrics: Metrics) -> str:
    """`2026-11-02 Search | Generic (c7): CPA 412, before 300`."""
    figures = ", ".join(figure(*pair, metrics) for pair in _read(one.numbers))
    name = one.campaign_name or one.campaign_id
    who = name if name == one.campaign_id else f"{name} ({one.campaign_id})"
    return f"{one.on} {who}: {figures}"


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
