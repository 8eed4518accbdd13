"""What moved by more than chance, since when, and the factor that explains most of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.advice.rules.rulebook import Rulebook
from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow, spend
from bot.features.parts.figures_shown import causes
from bot.features.parts.market_moves import accounts_at_new_prices
from bot.numbers.signals.price_breaks import broken
from bot.render.values.templates import Kpi, Moved
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.evaluation import JudgedMorning, ids_of
from bot.snapshot.settling_results import LateResults
from bot.snapshot.trends import Series, waits_for
from bot.snapshot.verdicts import kpi

MOST = 3
NEWS = 14  # days after which a change is no news any more
LEAST_CHANGE = 0.2  # smaller changes are a week's ordinary weather
LEAST_SHARE = 0.05  # of all the money: smaller campaigns are no news
STEADY = 0.05
BREAKS = ("fix_landing_page", "check_tracking")
FAULTS = (("fault_days", "rate_left"),)
"""The numbers of a rule that tell of a break: days since it, the rate since over that before."""
MISCOUNTED = (
    *("outage_days.now", "level_days.now", "unreported_days.now", "unvalued_days.now"),
    "account_days.now",
    "counted_double.now",
)
"""Numbers of advice by which a campaign's results are not those it had."""
REVALUED = "unit_days.now"
"""The number of advice by which its money is in another unit than before."""
VISITS = "landing_rate"
RATES = (VISITS, "conversion_rate", "lead_rate")
"""What a break may be of: of visits where these fell, else of results (signals.trouble)."""
FULL = 0.9  # a day with fewer of its results in says little about what they cost
STEPS = ("cpm", "ctr", "landing_rate", "lead_rate", "conversion_rate", "engagement_rate")
LOOK_AT = {
    "conversion_rate": "fix_landing_page",
    "lead_rate": "fix_landing_page",
    "landing_rate": "fix_landing_page",
    "ctr": "refresh_creative",
    "qualified_share": "review_leads",
}


@dataclass(frozen=True)
class RuleBreak:
    """A break as the rule that found it tells of it.

    Attributes:
        days: Since it.
        rate: What clicks or visits bring since, over what they brought before.
    """

    days: int
    rate: float


@dataclass(frozen=True)
class _News:
    """A campaign whose price broke, and between which days to compare it.

    `rule_break` is as a rule found it; where none did, the price's own.
    """

    row: CampaignRow
    metric: str
    since: date
    until: date
    money: float
    rule_break: RuleBreak | None = None


def moved(
    context: Context, week: Figures, judgement: JudgedMorning, late: LateResults
) -> tuple[Moved, ...]:
    """Campaigns whose price moved by more than chance and late results explain, by money.

    Args:
        context: The store, the rules and the plan.
        week: The 7-day board.
        judgement: The morning's advice: what is not counted rightly has not moved.
        late: How full the newest days of the stages are.
    """
    news = sorted(_news(context, week, judgement, late), key=lambda item: -item.money)
    market = accounts_at_new_prices(context, week.as_of) if news else frozenset()
    return tuple(_told(context, week.as_of, item, market) for item in news[:MOST])


def _news(
    context: Context, week: Figures, judgement: JudgedMorning, late: LateResults
) -> Iterator[_News]:
    everything = sum(map(spend, week.counted))
    rows = {
        row.entity: row
        for row in week.counted
        if spend(row) >= LEAST_SHARE * everything and not miscounted(row, judgement)
    }
    channels = {row.channel for row in rows.values()}
    for channel in sorted(channels):
        for series in boards.trends(context, week.as_of, channel):
            row = rows.get(series.group) if series.kind == "campaign" else None
            if row is not None and _is_price(series, context.rulebook):
                count = waits_for(context.rulebook.metrics[series.metric])
                full = late.of_days(row.stage or "", count, len(series.amounts))
                yield from _broken(series, row, full, week.as_of, _found_by_rule(row, judgement))


def miscounted(row: CampaignRow, judgement: JudgedMorning) -> bool:
    """Whether something else is counted than before, or nothing, or its money is in another unit.

    Where advice says that tracking broke or that the definition changed, whoever has answered it, a
    price that moved would be the same said twice, and the second time as if it were true.
    """
    ids = ids_of([row])
    return any(
        numbers.get(name)
        for record in judgement.records
        for id_, numbers in record.advice.evidence.items()
        if id_ in ids
        for name in (MISCOUNTED if record.advice.action == "check_tracking" else (REVALUED,))
    )


def _is_price(series: Series, rulebook: Rulebook) -> bool:
    metric = rulebook.metrics.get(series.metric)
    return bool(series.over and metric and metric.sum == "spend")


def _found_by_rule(row: CampaignRow, judgement: JudgedMorning) -> RuleBreak | None:
    """The break of this campaign that advice tells of, whoever has answered it."""
    ids = ids_of([row])
    breaks = (
        _rule_break(numbers)
        for record in judgement.records
        if record.advice.action in BREAKS
        for id_, numbers in record.advice.evidence.items()
        if id_ in ids
    )
    return next(filter(None, breaks), None)


def _rule_break(numbers: Mapping[str, float | None]) -> RuleBreak | None:
    for days_name, rate_name in FAULTS:
        days, rate = numbers.get(f"{days_name}.now"), numbers.get(f"{rate_name}.now")
        if days and rate:
            return RuleBreak(round(days), rate)
    return None


def _broken(
    series: Series,
    row: CampaignRow,
    full: Sequence[float],
    as_of: date,
    rule_break: RuleBreak | None,
) -> Iterator[_News]:
    """A rule's break with its day and its ratio; else the price's own."""
    price_break = broken(series.amounts, series.over, full)
    if rule_break is not None:
        days, ratio = rule_break.days, 1 / rule_break.rate
    elif price_break is not None:
        days, ratio = len(series.amounts) - price_break.at, price_break.ratio
    else:
        return
    if days > NEWS or abs(math.log(ratio)) < _log(LEAST_CHANGE):
        return
    first_day = as_of - timedelta(days)
    until, money = _until(full, first_day, as_of), spend(row) * abs(1 - 1 / ratio)
    yield _News(row, series.metric, first_day, until, money, rule_break)


def _log(change: float) -> float:
    return math.log(1 + change)


def _until(full: Sequence[float], since: date, as_of: date) -> date:
    """The last day whose results are nearly all in, or the last day of all where there is none."""
    last_day = as_of - timedelta(1)
    late = sum(1 for share in full if share < FULL)
    settled = last_day - timedelta(late)
    return settled if (settled - since).days >= 2 else last_day


def _told(context: Context, as_of: date, news: _News, market: frozenset[tuple[str, str]]) -> Moved:
    """The days since the break against as many before it, and what the change is made of."""
    window = f"{news.since}..{news.until}"
    rows = boards.figures(context, as_of, window, news.row.channel).rows
    row = next((candidate for candidate in rows if candidate.entity == news.row.entity), news.row)
    campaign_kpi = kpi(row, news.metric, context.rulebook, row.target(news.metric))
    factor = next((part.what for part in causes([row], campaign_kpi, context.rulebook)
                   if _change(row, part.what) is not None), "")  # fmt: skip
    changes = _changes(row, (factor, *STEPS), news.rule_break)
    other_changes = {name: change for name, change in changes.items() if name != factor}
    shared = (news.row.channel, news.row.account_id or "") in market and news.rule_break is None
    return Moved(
        name=row.label,
        kpi=campaign_kpi,
        since=news.since,
        factor=factor,
        factor_change=changes.get(factor),
        others=tuple((name, by) for name, by in other_changes.items() if abs(by) >= STEADY),
        steady=tuple(name for name, by in other_changes.items() if abs(by) < STEADY),
        look_at=LOOK_AT.get(factor, "") if _worse(campaign_kpi) and not shared else "",
    )


def _worse(campaign_kpi: Kpi) -> bool:
    return bool(
        campaign_kpi.value and campaign_kpi.before and campaign_kpi.value > campaign_kpi.before
    )


def _changes(
    row: CampaignRow, names: Iterable[str], rule_break: RuleBreak | None
) -> dict[str, float]:
    """By how much each factor changed; the one that broke, as the rule that found it tells."""
    changes = {name: change for name in names if (change := _change(row, name)) is not None}
    fell = [name for name in RATES if changes.get(name, 0.0) < -LEAST_CHANGE]
    if rule_break is not None and rule_break.rate < 1 and fell:
        changes[fell[0]] = rule_break.rate - 1
    return changes


def _change(row: CampaignRow, metric: str) -> float | None:
    now, before = row.now(metric), row.before(metric)
    return now / before - 1 if now is not None and before else None
