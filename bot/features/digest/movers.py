"""What moved by more than chance, since when, and the factor that explains most of it.

The day a price broke: one level before, another since. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.advice.rules.rulebook import Rulebook
from bot.context.context import Office
from bot.domain.campaign_rows import CampaignRow, spend
from bot.features.parts.cards import ids_of
from bot.features.parts.figures_shown import causes
from bot.render.values.templates import Kpi, Moved
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.evaluation import JudgedMorning
from bot.snapshot.trends import Series
from bot.snapshot.verdicts import kpi

SURE = 3.5  # standard deviations; the best of three weeks of days is looked for
OVERDISPERSION = 1.5  # results scatter more than dice do (STATISTICS.md)
WEATHER = 0.1  # what a price moves from day to day even on many results, as a fraction
UNCOUNTED = 7.0  # results due on a day that has none: it was not counted
FEWEST_BEFORE, FEWEST_SINCE = 7, 3  # days


@dataclass(frozen=True)
class Break:
    """A break: the place of its first day, and the price since as a multiple of before."""

    at: int
    ratio: float


@dataclass(frozen=True)
class _Side:
    spent: float
    results: float
    days: int


def broken(
    spent: Sequence[float | None], results: Sequence[float | None], full: Sequence[float] = ()
) -> Break | None:
    """The likeliest day the price changed, where chance does not explain it.

    The day whose two levels make the results likeliest, as Poisson counts of what was spent. Each
    day's spend counts as far as its results are in, so that late results are no break; nor are
    days on which nothing was counted.

    Args:
        spent: Of each day, oldest first, None where missing.
        results: What it bought.
        full: Which share of each day's results is in by now; empty where nothing is late.
    """
    days = _counted(list(_days(spent, results, full)))
    candidates = [
        (gain, at)
        for at in range(FEWEST_BEFORE, len(days) - FEWEST_SINCE + 1)
        if (gain := _gain(_side(days[:at]), _side(days[at:]))) is not None
    ]
    if not candidates:
        return None
    at = max(candidates)[1]
    before, since = _side(days[:at]), _side(days[at:])
    change = math.log(_price(since) / _price(before))
    return (
        Break(days[at][0], math.exp(change))
        if abs(change) >= SURE * _noise(before, since)
        else None
    )


def _days(
    spent: Sequence[float | None], results: Sequence[float | None], full: Sequence[float]
) -> Iterator[tuple[int, float, float]]:
    for place, (amount, count) in enumerate(zip(spent, results, strict=True)):
        if amount and count is not None:
            yield place, amount * (full[place] if full else 1.0), count


def _counted(days: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Without days on which nothing was counted though much was due."""
    overall = _side(days)
    usual = overall.results / overall.spent if overall.spent else 0.0
    return [day for day in days if day[2] or day[1] * usual < UNCOUNTED]


def _side(days: Sequence[tuple[int, float, float]]) -> _Side:
    return _Side(sum(day[1] for day in days), sum(day[2] for day in days), len(days))


def _price(side: _Side) -> float:
    return side.spent / side.results


def _gain(before: _Side, since: _Side) -> float | None:
    """How much likelier two levels are than one; None where one side bought nothing."""
    if not before.results or not since.results:
        return None
    overall_price = (before.spent + since.spent) / (before.results + since.results)
    return sum(side.results * math.log(overall_price / _price(side)) for side in (before, since))


def _noise(before: _Side, since: _Side) -> float:
    sides = (before, since)
    chance = OVERDISPERSION * sum(1 / side.results for side in sides)
    return math.sqrt(chance + WEATHER**2 * sum(1 / side.days for side in sides))


MOST = 3
NEWS = 14  # days after which a change is no news any more
LEAST_CHANGE = 0.2  # smaller changes are a week's ordinary weather
LEAST_SHARE = 0.05  # of all the money: smaller campaigns are no news
STEADY = 0.05
BREAKS = ("fix_landing_page", "check_tracking")
SAME_BREAK = 4  # days a price's break may lie from that of the rate behind it
FULL = 0.9  # a day with fewer of its results in says little about what they cost
STEPS = ("cpm", "ctr", "landing_rate", "lead_rate", "conversion_rate", "engagement_rate")
LOOK_AT = {
    "conversion_rate": "fix_landing_page",
    "lead_rate": "fix_landing_page",
    "landing_rate": "fix_landing_page",
    "ctr": "refresh_creative",
    "qualified_share": "review_leads",
}
Complete = Mapping[tuple[str, str], tuple[float, ...]]


@dataclass(frozen=True)
class _News:
    """A campaign whose price broke, and between which days to compare it."""

    row: CampaignRow
    metric: str
    since: date
    until: date
    money: float


def moved(
    office: Office, week: Figures, judgement: JudgedMorning, stages: Iterable[Series]
) -> tuple[Moved, ...]:
    """Campaigns whose price moved by more than chance and late results explain, by money.

    Args:
        office: The store, the rules and the plan.
        week: The 7-day board.
        judgement: The morning's advice: what is not counted rightly has not moved.
        stages: Series of the stages, which know how full their newest days are.
    """
    complete = {(series.group, series.metric): series.complete for series in stages}
    news = sorted(_news(office, week, judgement, complete), key=lambda item: -item.money)
    return tuple(_told(office, week.as_of, item) for item in news[:MOST])


def _news(
    office: Office, week: Figures, judgement: JudgedMorning, complete: Complete
) -> Iterator[_News]:
    everything = sum(map(spend, week.rows))
    rows = {
        row.entity: row
        for row in week.rows
        if spend(row) >= LEAST_SHARE * everything and not _miscounted(row, judgement)
    }
    channels = {row.channel for row in rows.values()}
    for channel in sorted(channels):
        for series in boards.trends(office, week.as_of, channel):
            row = rows.get(series.group) if series.kind == "campaign" else None
            if row is not None and _is_price(series, office.rulebook):
                full = complete.get((str(row.stage or ""), series.metric), ())
                yield from _broken(series, row, full, week.as_of, _fault(row, judgement))


def _miscounted(row: CampaignRow, judgement: JudgedMorning) -> bool:
    """Whether nothing at all is counted: its price is the tracking's news."""
    return any(
        numbers.get("outage_days.now")
        for record in judgement.about(ids_of([row]))
        if record.advice.action == "check_tracking"
        for numbers in record.advice.evidence.values()
    )


def _is_price(series: Series, rulebook: Rulebook) -> bool:
    metric = rulebook.metrics.get(series.metric)
    return bool(series.over and metric and metric.sum == "spend")


def _fault(row: CampaignRow, judgement: JudgedMorning) -> int | None:
    """Days since a break of this campaign that advice tells of, whoever has answered it."""
    ids = ids_of([row])
    days = (
        numbers.get("fault_days.now")
        for record in judgement.records
        if record.advice.action in BREAKS
        for id_, numbers in record.advice.evidence.items()
        if id_ in ids
    )
    return next((round(day_count) for day_count in days if day_count), None)


def _broken(
    series: Series, row: CampaignRow, full: Sequence[float], as_of: date, fault: int | None
) -> Iterator[_News]:
    price_break = broken(series.amounts, series.over, full)
    days = len(series.amounts)
    if (
        price_break is None
        or days - price_break.at > NEWS
        or abs(math.log(price_break.ratio)) < _log(LEAST_CHANGE)
    ):
        return
    first_day = as_of - timedelta(_days_since(days - price_break.at, fault))
    yield _News(
        row, series.metric, first_day, _until(full, first_day, as_of), _money(row, price_break)
    )


def _days_since(price: int, fault: int | None) -> int:
    """One break has one day: rates tell it more sharply than the price, which advice goes by."""
    return fault if fault is not None and abs(fault - price) <= SAME_BREAK else price


def _log(change: float) -> float:
    return math.log(1 + change)


def _until(full: Sequence[float], since: date, as_of: date) -> date:
    """The last day whose results are nearly all in, or the last day of all where there is none."""
    last_day = as_of - timedelta(1)
    late = sum(1 for share in full if share < FULL)
    settled = last_day - timedelta(late)
    return settled if (settled - since).days >= 2 else last_day


def _money(row: CampaignRow, price_break: Break) -> float:
    return spend(row) * abs(1 - 1 / price_break.ratio)


def _told(office: Office, as_of: date, news: _News) -> Moved:
    """The days since the break against as many before it, and what the change is made of."""
    window = f"{news.since}..{news.until}"
    rows = boards.figures(office, as_of, window, news.row.channel).rows
    row = next((candidate for candidate in rows if candidate.entity == news.row.entity), news.row)
    campaign_kpi = kpi(row, news.metric, office.rulebook, row.target(news.metric))
    factor = next((part.what for part in causes([row], campaign_kpi, office.rulebook)
                   if _change(row, part.what) is not None), "")  # fmt: skip
    other_changes = {name: change for name in STEPS if name != factor
              if (change := _change(row, name)) is not None}  # fmt: skip
    return Moved(
        name=row.campaign_name,
        kpi=campaign_kpi,
        since=news.since,
        factor=factor,
        factor_change=_change(row, factor),
        others=tuple((name, by) for name, by in other_changes.items() if abs(by) >= STEADY),
        steady=tuple(name for name, by in other_changes.items() if abs(by) < STEADY),
        look_at=LOOK_AT.get(factor, "") if _worse(campaign_kpi) else "",
    )


def _worse(campaign_kpi: Kpi) -> bool:
    return bool(
        campaign_kpi.value and campaign_kpi.before and campaign_kpi.value > campaign_kpi.before
    )


def _change(row: CampaignRow, metric: str) -> float | None:
    now, before = row.now(metric), row.before(metric)
    return now / before - 1 if now is not None and before else None
