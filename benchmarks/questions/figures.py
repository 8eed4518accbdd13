"""What pandas works out from the raw numbers for a key's `figure`: perfbot has no hand in it.

    {sum: COLUMN}                       added up over the window
    {per_day: COLUMN}                   the same by the window's days that have numbers
    {share: COLUMN, channel: …}         the subject's part of the account's, per cent
    {difference: [revenue, spend]}      one sum less another
    {ratio: METRIC}                     sum over sum; over several campaigns of all their spend, or
                                        of those that count it where the words say so
    {change: METRIC, against: FROM..TO} per cent, or both values
    {over: METRIC, campaign: …}         per cent over the target, or the difference
    {rank: METRIC, by: campaign|channel|stage|day, order: asc|desc, n: 3}
    {where: METRIC, above|below: NUMBER|target, by: campaign}; {where: target, missing: true}
    {days: COLUMN}                      each day of the window
    {plan: target|monthly_budget}       as the plan says on the morning
    {pace: used|left|share|projected_share}, {forecast: COLUMN, within: 0.03}
    {date: DAY, within: DAYS}, {fact: PATTERN}, {all: [figure, …]}
    {logged: change|money}              what the log says came of October's move

Filters: channel, campaign, stage, model, since, until. `price` is what a campaign is judged by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd

from benchmarks.questions import world

RATIOS: dict[str, tuple[str, str, float]] = {
    "cpm": ("spend", "impressions", 1000), "cpc": ("spend", "clicks", 1),
    "cpl": ("spend", "leads", 1), "cpa": ("spend", "conversions", 1),
    "cpa_documented": ("spend", "documented_conversions", 1),
    "cost_per_qualified_lead": ("spend", "qualified_leads", 1),
    "cost_per_landing_view": ("spend", "landing_views", 1),
    "cost_per_engagement": ("spend", "engagements", 1),
    "cost_per_repeat_sale": ("spend", "repeat_conversions", 1),
    "roas": ("revenue", "spend", 1), "order_value": ("revenue", "conversions", 1),
    "ctr": ("clicks", "impressions", 100), "landing_rate": ("landing_views", "clicks", 100),
    "lead_rate": ("leads", "clicks", 100), "conversion_rate": ("conversions", "clicks", 100),
    "qualified_share": ("qualified_leads", "leads", 100),
    "documented_share": ("documented_conversions", "conversions", 100),
    "repeat_rate": ("repeat_conversions", "conversions", 100),
    "engagement_rate": ("engagements", "impressions", 100),
}  # fmt: skip
PERCENT = {name for name, (_, _, times) in RATIOS.items() if times == 100}
COUNTS = {
    "impressions", "clicks", "landing_views", "leads", "qualified_leads", "conversions",
    "documented_conversions", "engagements", "repeat_conversions",
}  # fmt: skip
PRICES = {
    "LinkedIn | ABM": "cpl", "Meta | Leads B2B": "cpl", "Google | Guides": "cpc",
    "LinkedIn | Whitepaper": "cpc", "Meta | Customers": "cost_per_repeat_sale",
    "TikTok | Community": "cost_per_engagement", "Meta | Awareness autumn": "cpm",
    "TikTok | Video reach": "cpm",
}  # fmt: skip
COLUMN_OF = {"campaign": "campaign_name", "channel": "channel", "stage": "stage", "day": "date"}
DAY = timedelta(days=1)
USUAL = tuple(
    (since.isoformat(), (world.AS_OF - DAY).isoformat())
    for since in (
        world.AS_OF - 7 * DAY,
        world.AS_OF - 14 * DAY,
        world.AS_OF - 28 * DAY,
        world.AS_OF - 30 * DAY,
        world.AS_OF.replace(day=1),
    )
)


@dataclass(frozen=True)
class Value:
    """A number to be held, its kind (money, count, percent, times), and how near is near.

    `change` marks a per cent of change, whose sign may stand in a word ("fell 12 %").
    `based` marks a ratio that leaves spend out: it counts where the words say so.
    """

    value: float
    kind: str
    within: float = 0.0
    change: bool = False
    based: bool = False


@dataclass(frozen=True)
class Names:
    """Names to be held: the first ones in this order, or exactly these."""

    names: tuple[str, ...]
    ordered: bool
    first: Value | None = None


@dataclass(frozen=True)
class Day:
    """A day to be held, give or take `within` days."""

    day: date
    within: int = 0


@dataclass(frozen=True)
class Days:
    """A value for each day of a window."""

    values: tuple[float, ...]
    kind: str


@dataclass(frozen=True)
class Fact:
    """Something from the log that the words have to hold."""

    pattern: re.Pattern[str]


Need = Value | Names | Day | Days | Fact
Truth = tuple[Need, ...]  # all of them have to be held


@dataclass(frozen=True)
class Slice:
    """The raw rows a figure is about."""

    figure: Mapping[str, Any]
    window: tuple[str, str]
    filters: Mapping[str, str] = field(default_factory=dict)

    def rows(self, window: tuple[str, str] | None = None) -> pd.DataFrame:
        since, until = window or self.window
        known = _filtered(world.known(), self.figure)
        return known[known["date"].between(pd.Timestamp(since), pd.Timestamp(until))]


def truths(figure: Mapping[str, Any], windows: tuple[tuple[str, str], ...]) -> list[Truth]:
    """What has to be held, one or the other; `windows` are those the question may mean."""
    own = (str(figure.get("since")), str(figure.get("until")))
    chosen = (own,) if "since" in figure else windows or USUAL
    return list(dict.fromkeys(each for window in chosen for each in _of(figure, window)))


def _of(figure: Mapping[str, Any], window: tuple[str, str]) -> Iterator[Truth]:
    if "all" in figure:
        yield from _all(figure["all"], window)
        return
    (name,) = [key for key in figure if key in WORKERS]
    yield from WORKERS[name](Slice(figure, window), figure[name])


def _all(figures: list[Mapping[str, Any]], window: tuple[str, str]) -> Iterator[Truth]:
    """Every way of holding all of them."""
    ways: list[Truth] = [()]
    for figure in figures:
        ways = [(*way, *more) for way in ways for more in truths(figure, (window,))]
    yield from ways


def _filtered(frame: pd.DataFrame, figure: Mapping[str, Any]) -> pd.DataFrame:
    columns = {"channel": "channel", "campaign": "campaign_name", "stage": "stage",
               "model": "pricing_model"}  # fmt: skip
    for name, column in columns.items():
        if name in figure:
            frame = frame[frame[column] == figure[name]]
    return frame


def kind_of(metric: str) -> str:
    """money, count, percent or times."""
    if metric in PERCENT:
        return "percent"
    if metric == "roas":
        return "times"
    return "count" if metric in COUNTS else "money"


def measured(rows: pd.DataFrame, metric: str, *, counted: bool = False) -> float:
    """A metric of some rows; `counted` takes the campaigns alone that report both its parts."""
    if metric not in RATIOS:
        return float(rows[metric].sum())
    above, below, times = RATIOS[metric]
    if counted:
        rows = rows[rows[[above, below]].notna().all(axis=1)]
    bottom = float(rows[below].sum())
    return times * float(rows[above].sum()) / bottom if bottom else float("nan")


def _sum(part: Slice, column: str) -> Iterator[Truth]:
    yield (Value(float(part.rows()[column].sum()), kind_of(column)),)


def _per_day(part: Slice, column: str) -> Iterator[Truth]:
    rows = part.rows()
    yield (Value(float(rows[column].sum()) / rows["date"].nunique(), kind_of(column)),)


def _share(part: Slice, column: str) -> Iterator[Truth]:
    whole = Slice({}, part.window).rows()[column].sum()
    yield (Value(100 * float(part.rows()[column].sum() / whole), "percent", change=True),)


def _difference(part: Slice, columns: list[str]) -> Iterator[Truth]:
    first, second = (float(part.rows()[column].sum()) for column in columns)
    yield (Value(first - second, "money"),)


def _ratio(part: Slice, metric: str) -> Iterator[Truth]:
    yield from ((value,) for value in _bases(part.rows(), metric))


def _bases(rows: pd.DataFrame, metric: str) -> Iterator[Value]:
    """Of everything, and of what counts it where that is another number."""
    whole, counted = (measured(rows, metric, counted=way) for way in (False, True))
    yield Value(whole, kind_of(metric))
    if abs(whole - counted) > 1e-9:
        yield Value(counted, kind_of(metric), based=True)


def _change(part: Slice, metric: str) -> Iterator[Truth]:
    since, _, until = str(part.figure["against"]).partition("..")
    for counted in (False, True):
        now = measured(part.rows(), metric, counted=counted)
        before = measured(part.rows((since, until or since)), metric, counted=counted)
        yield (Value(100 * (now / before - 1), "percent", change=True),)
        yield (Value(now, kind_of(metric)), Value(before, kind_of(metric)))


def _over(part: Slice, metric: str) -> Iterator[Truth]:
    target = float(_filtered(_plan(), part.figure)["target"].sum())
    now = measured(part.rows(), metric)
    yield (Value(100 * (now / target - 1), "percent", change=True),)
    yield (Value(now - target, "money"),)


def _by(part: Slice, metric: str) -> dict[str, float]:
    """The metric of each group that has it, by the group's name."""
    column = COLUMN_OF[part.figure["by"]]
    groups = part.rows().groupby(column, sort=True)
    values = {str(name): _of_group(str(name), rows, metric) for name, rows in groups}
    return {name: value for name, value in values.items() if pd.notna(value)}


def _of_group(name: str, rows: pd.DataFrame, metric: str) -> float:
    metric = PRICES.get(name, "cpa") if metric == "price" else metric
    parts = RATIOS.get(metric, (metric, metric, 1))[:2]
    return measured(rows, metric) if rows[list(parts)].notna().any().all() else float("nan")


def _rank(part: Slice, metric: str) -> Iterator[Truth]:
    sign = -1 if part.figure["order"] == "desc" else 1
    ranked = sorted(_by(part, metric).items(), key=lambda item: sign * item[1])
    ranked = ranked[: int(part.figure["n"])]
    names = tuple(name[:10] if part.figure["by"] == "day" else name for name, _ in ranked)
    first = Value(ranked[0][1], kind_of(metric))
    if part.figure["by"] == "day":
        yield (Day(date.fromisoformat(names[0])), first)
    else:
        yield (Names(names, ordered=True, first=first),)
        yield from _rank_counted(part, metric, names)


def _rank_counted(part: Slice, metric: str, names: tuple[str, ...]) -> Iterator[Truth]:
    """Channels and stages ranked by what counts the metric, where that is another number."""
    if metric not in RATIOS or part.figure["by"] == "campaign":
        return
    column = COLUMN_OF[part.figure["by"]]
    groups = part.rows().groupby(column)
    values = {str(name): measured(rows, metric, counted=True) for name, rows in groups}
    found = {name: value for name, value in values.items() if pd.notna(value)}
    sign = -1 if part.figure["order"] == "desc" else 1
    ranked = sorted(found, key=lambda name: sign * found[name])[: len(names)]
    first = Value(found[ranked[0]], kind_of(metric), based=True)
    yield (Names(tuple(ranked), ordered=True, first=first),)


def _where(part: Slice, metric: str) -> Iterator[Truth]:
    plan = _filtered(_plan(), part.figure).set_index("campaign_name")["target"]
    if metric == "target":
        yield (Names(tuple(plan.index[plan.isna()]), ordered=False),)
        return
    values = _by(part, metric)
    above = "above" in part.figure
    bound = part.figure["above" if above else "below"]
    bounds = {name: plan[name] if bound == "target" else float(bound) for name in values}
    chosen = [name for name in values if _beyond(values[name], bounds[name], above=above)]
    yield (Names(tuple(sorted(chosen)), ordered=False),)


def _beyond(value: float, bound: float, *, above: bool) -> bool:
    return value > bound if above else value < bound


def _days(part: Slice, column: str) -> Iterator[Truth]:
    by_day = part.rows().groupby("date")[column].sum()
    yield (Days(tuple(float(value) for value in by_day), kind_of(column)),)


def _planned(part: Slice, column: str) -> Iterator[Truth]:
    yield (Value(float(_filtered(_plan(), part.figure)[column].sum()), "money"),)


def _pace(part: Slice, what: str) -> Iterator[Truth]:
    budget = float(_filtered(_plan(), part.figure)["monthly_budget"].sum())
    used = float(part.rows()["spend"].sum())
    within = float(part.figure.get("within", 0.0))
    answers = {
        "used": Value(used, "money", within),
        "left": Value(budget - used, "money", within),
        "share": Value(100 * used / budget, "percent", within, change=True),
        "projected_share": Value(
            100 * _projected(part, "spend") / budget, "percent", within, change=True
        ),
    }
    yield (answers[what],)


def _forecast(part: Slice, column: str) -> Iterator[Truth]:
    within = float(part.figure["within"])
    yield (Value(_projected(part, column), kind_of(column), within),)


def _projected(part: Slice, column: str) -> float:
    """So far, and the last fourteen days' mean for each day that is left."""
    so_far = part.rows()
    newest = world.AS_OF - DAY
    recent = part.rows(((newest - 13 * DAY).isoformat(), newest.isoformat()))
    left = (date.fromisoformat(part.window[1]) - newest).days
    return float(so_far[column].sum()) + left * float(recent[column].sum()) / 14


def _date(part: Slice, day: Any) -> Iterator[Truth]:
    yield (Day(date.fromisoformat(str(day)), int(part.figure.get("within", 0))),)


def _logged(_: Slice, what: str) -> Iterator[Truth]:
    found = world.outcome()
    if what == "change" and found.change is not None:
        yield (Value(100 * found.change, "percent", change=True),)
    elif what == "money" and found.money is not None:
        yield (Value(found.money, "money", within=0.03),)


def _fact(_: Slice, pattern: str) -> Iterator[Truth]:
    yield (Fact(re.compile(pattern, re.IGNORECASE)),)


@cache
def _plan() -> pd.DataFrame:
    about = world.known().drop_duplicates("campaign_id")[["campaign_id", "stage", "pricing_model"]]
    return world.plan().merge(about, on="campaign_id")


WORKERS = {
    "sum": _sum, "per_day": _per_day, "share": _share, "difference": _difference,
    "ratio": _ratio, "change": _change, "over": _over, "rank": _rank, "where": _where,
    "days": _days, "plan": _planned, "pace": _pace, "forecast": _forecast, "date": _date,
    "fact": _fact, "logged": _logged,
}  # fmt: skip
