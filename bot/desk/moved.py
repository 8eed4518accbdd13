"""What moved by more than chance, since when, and the factor that explains most of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.advice.rulebook import Rulebook
from bot.desk import boards
from bot.desk.breaks import Break, broken
from bot.desk.cards import ids_of
from bot.desk.figures import Figures, Row, spend
from bot.desk.judged import Judged
from bot.desk.office import Office
from bot.desk.series import Series
from bot.desk.showing import causes
from bot.desk.verdicts import kpi
from bot.messages.values import Kpi, Moved

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

    row: Row
    metric: str
    since: date
    until: date
    money: float


def moved(
    office: Office, week: Figures, told: Judged, stages: Iterable[Series]
) -> tuple[Moved, ...]:
    """Campaigns whose price moved by more than chance and late results explain, by money.

    Args:
        office: The store, the rules and the plan.
        week: The 7-day board.
        told: The morning's advice: what is not counted rightly has not moved.
        stages: Series of the stages, which know how full their newest days are.
    """
    complete = {(each.group, each.metric): each.complete for each in stages}
    found = sorted(_news(office, week, told, complete), key=lambda one: -one.money)
    return tuple(_told(office, week.as_of, one) for one in found[:MOST])


def _news(office: Office, week: Figures, told: Judged, complete: Complete) -> Iterator[_News]:
    everything = sum(map(spend, week.rows))
    rows = {
        str(row["entity"]): row
        for row in week.rows
        if spend(row) >= LEAST_SHARE * everything and not _miscounted(row, told)
    }
    channels = {str(row["channel"]) for row in rows.values()}
    for channel in sorted(channels):
        for series in boards.trends(office, week.as_of, channel):
            row = rows.get(series.group) if series.kind == "campaign" else None
            if row is not None and _is_price(series, office.rulebook):
                full = complete.get((str(row["stage"] or ""), series.metric), ())
                yield from _broken(series, row, full, week.as_of, _fault(row, told))


def _miscounted(row: Row, told: Judged) -> bool:
    """Whether nothing at all is counted: its price is the tracking's news."""
    return any(
        numbers.get("outage_days.now")
        for each in told.about(ids_of([row]))
        if each.advice.action == "check_tracking"
        for numbers in each.advice.evidence.values()
    )


def _is_price(series: Series, rulebook: Rulebook) -> bool:
    known = rulebook.metrics.get(series.metric)
    return bool(series.over and known and known.sum == "spend")


def _fault(row: Row, told: Judged) -> int | None:
    """Days since a break of this campaign that advice tells of, whoever has answered it."""
    ids = ids_of([row])
    days = (
        numbers.get("fault_days.now")
        for each in told.records
        if each.advice.action in BREAKS
        for id_, numbers in each.advice.evidence.items()
        if id_ in ids
    )
    return next((round(each) for each in days if each), None)


def _broken(
    series: Series, row: Row, full: Sequence[float], as_of: date, fault: int | None
) -> Iterator[_News]:
    found = broken(series.amounts, series.over, full)
    days = len(series.amounts)
    if found is None or days - found.at > NEWS or abs(math.log(found.ratio)) < _log(LEAST_CHANGE):
        return
    first = as_of - timedelta(_days_since(days - found.at, fault))
    yield _News(row, series.metric, first, _until(full, first, as_of), _money(row, found))


def _days_since(price: int, fault: int | None) -> int:
    """One break has one day: rates tell it more sharply than the price, which advice goes by."""
    return fault if fault is not None and abs(fault - price) <= SAME_BREAK else price


def _log(change: float) -> float:
    return math.log(1 + change)


def _until(full: Sequence[float], since: date, as_of: date) -> date:
    """The last day whose results are nearly all in, or the last day of all where there is none."""
    last = as_of - timedelta(1)
    late = sum(1 for share in full if share < FULL)
    settled = last - timedelta(late)
    return settled if (settled - since).days >= 2 else last


def _money(row: Row, found: Break) -> float:
    return spend(row) * abs(1 - 1 / found.ratio)


def _told(office: Office, as_of: date, news: _News) -> Moved:
    """The days since the break against as many before it, and what the change is made of."""
    window = f"{news.since}..{news.until}"
    rows = boards.figures(office, as_of, window, str(news.row["channel"])).rows
    row = next((each for each in rows if each["entity"] == news.row["entity"]), news.row)
    own = kpi(row, news.metric, office.rulebook, row.get(f"target.{news.metric}"))
    factor = next((part.what for part in causes([row], own, office.rulebook)
                   if _change(row, part.what) is not None), "")  # fmt: skip
    others = {name: change for name in STEPS if name != factor
              if (change := _change(row, name)) is not None}  # fmt: skip
    return Moved(
        name=str(row["campaign_name"]),
        kpi=own,
        since=news.since,
        factor=factor,
        factor_change=_change(row, factor),
        others=tuple((name, by) for name, by in others.items() if abs(by) >= STEADY),
        steady=tuple(name for name, by in others.items() if abs(by) < STEADY),
        look_at=LOOK_AT.get(factor, "") if _worse(own) else "",
    )


def _worse(own: Kpi) -> bool:
    return bool(own.value and own.before and own.value > own.before)


def _change(row: Row, metric: str) -> float | None:
    now, before = row.get(f"now.{metric}"), row.get(f"before.{metric}")
    return now / before - 1 if now is not None and before else None
