"""What a campaign is judged by: its number, its target, the time before.

Campaigns nobody can judge yet: how many more results they need, and in about how many days.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from pydantic import TypeAdapter

from bot.advice.evaluate.turning_points import Waiting
from bot.advice.rules.rulebook import Rulebook
from bot.domain.advice import HeldBack
from bot.domain.campaign_rows import BoardRow, CampaignRow, spend
from bot.numbers.metrics.board import PRICES
from bot.numbers.signals.price_breaks import beyond_chance
from bot.render.values.templates import Kpi, NotYet

WAITING = TypeAdapter(tuple[Waiting, ...])  # as `Waiting.to_json` tells, without its window
USUAL = ("cpa", "cpl", "cpc", "cpm")


def judged_by(row: CampaignRow, rulebook: Rulebook) -> str:
    """The metric a campaign is judged by: its cell's, or the nearest one it has numbers for.

    Where the plan states a target for another price and none for that, the one with the target: a
    campaign that pays for clicks may be told what a click may cost, and no more. A price of results
    that were counted and did not come is what it is judged by all the same.
    """
    cell = rulebook.thresholds.cell(row.stage, row.pricing_model)
    placed: tuple[str, ...] = (cell.judge,) if row.stage and row.pricing_model else ()
    targeted = stated(row, rulebook)
    price: str = PRICES.get(row.pricing_model or "", "")
    candidates = (*placed, *targeted, price, *USUAL)
    if placed and row.target(placed[0]) is None:
        candidates = (*targeted, *candidates)
    known = (
        metric
        for metric in candidates
        if row.now(metric) is not None or nothing_of(row, metric, rulebook)
    )
    return next(known, candidates[0])


def stated(row: CampaignRow, rulebook: Rulebook) -> tuple[str, ...]:
    """The metrics the plan, or the platform's bid, states a target for; none that follow."""
    follows = row.derived or {}
    aimed = (name for name in rulebook.metrics if row.target(name) is not None)
    return tuple(name for name in aimed if name not in follows)


def nothing_of(row: BoardRow, metric: str, rulebook: Rulebook) -> str:
    """The result a price is of, where money was spent and none was counted; else ""."""
    definition = rulebook.metrics.get(metric)
    if definition is None or definition.sum != "spend" or not definition.over:
        return ""
    return definition.over if row.now("spend") and row.now(definition.over) == 0 else ""


def lead_metric(rows: Iterable[CampaignRow], rulebook: Rulebook) -> str:
    """The metric most of the money of some campaigns is judged by."""
    return most_money((judged_by(row, rulebook), spend(row)) for row in rows)


def most_money(amounts: Iterable[tuple[str, float]]) -> str:
    """The metric the most is spent on of these, "" of none."""
    money: dict[str, float] = {}
    for metric, spent in amounts:
        money[metric] = money.get(metric, 0.0) + spent
    return max(money, key=lambda metric: money[metric]) if money else ""


def head_metric(total: BoardRow, rows: Sequence[CampaignRow], rulebook: Rulebook) -> str:
    """The metric to sum a group up in: the one most of its money is judged by, if it adds up.

    People reached cannot be added over campaigns; showings can.
    """
    metric = lead_metric(rows, rulebook)
    known = total.now(metric) is not None or bool(nothing_of(total, metric, rulebook))
    return metric if known or not metric else "cpm"


def kpi_of(row: CampaignRow, rulebook: Rulebook) -> Kpi:
    """A campaign's number, against its target and the time before."""
    metric = judged_by(row, rulebook)
    return kpi(row, metric, rulebook, row.target(metric))


def kpi(row: BoardRow, metric: str, rulebook: Rulebook, target: float | None = None) -> Kpi:
    """A metric of a campaign or a total, now and before.

    Where more was given back than spent, what a result costs is not known: no price is negative.
    """
    definition = rulebook.metrics.get(metric)
    price = definition is not None and definition.sum == "spend"
    now, before = (
        None if price and value is not None and value < 0 else value
        for value in (row.now(metric), row.before(metric))
    )
    return Kpi(
        metric=metric,
        value=now,
        target=target,
        before=before,
        currency=row.currency if definition and definition.unit == "money" else None,
        nothing=nothing_of(row, metric, rulebook),
    )


def is_chance(row: BoardRow, price: Kpi, rulebook: Rulebook, days: tuple[int, int]) -> bool:
    """Whether a price changed by no more than its few results explain, over days now and before."""
    definition = rulebook.metrics.get(price.metric)
    if definition is None or definition.sum != "spend" or not definition.over:
        return False
    results = row.now(definition.over), row.before(definition.over)
    if price.value is None or None in results or not price.before:
        return False
    now, before = (float(count or 0.0) for count in results)
    return not beyond_chance(price.value / price.before, (now, before), days)


def blended_target(rows: Sequence[CampaignRow], metric: str) -> float | None:
    """What a group's price would be with every campaign exactly at its target.

    Spend over the results it should buy; None unless nine tenths of the spend have a target.
    """
    aimed = [(spend(row), target) for row in rows if (target := row.target(metric))]
    covered = sum(amount for amount, _ in aimed)
    if covered <= 0 or covered < 0.9 * sum(map(spend, rows)):
        return None
    return covered / sum(amount / target for amount, target in aimed)


LONGEST = 42  # days after which nobody should wait for a verdict (STATISTICS.md item 13)
LEAST = ("clicks", "impressions", "leads", "conversions", "engagements")


def not_yet(
    four: Sequence[CampaignRow], week: Mapping[str, CampaignRow], rulebook: Rulebook
) -> tuple[NotYet, ...]:
    """Campaigns with too few results for an opinion about their price, the soonest first.

    Enough is what the cell asks for (`threshold.results`), in four weeks; results come as fast as
    in the last seven days.

    Args:
        four: Campaigns of the 28-day board.
        week: Those of the 7-day board, by entity.
        rulebook: Whose table says how much is enough.
    """
    campaigns = [campaign for row in four if (campaign := _of_campaign(row, week, rulebook))]
    return tuple(sorted(campaigns, key=lambda campaign: campaign.days or 0.0))


def lacking(
    held_back: Sequence[HeldBack], ids: Collection[str], rulebook: Rulebook
) -> tuple[Waiting, ...]:
    """What the soonest rule about a campaign's performance still lacks, as it was held back.

    Rules that lack a number nobody measures are not waited for.
    """
    judging = {rule.id for rule in rulebook.rules if rule.judges_performance}
    candidates = [
        WAITING.validate_python(finding.numbers["waiting"])
        for finding in held_back
        if finding.campaign_id in ids
        and finding.rule in judging
        and finding.guard == "too_little_data"
        and finding.numbers.get("waiting") and not finding.numbers.get("missing")
    ]  # fmt: skip
    return min(candidates, key=_latest, default=())


def _latest(lacks: Sequence[Waiting]) -> float:
    return max(math.inf if lack.days is None else lack.days for lack in lacks)


def _of_campaign(
    row: CampaignRow, week: Mapping[str, CampaignRow], rulebook: Rulebook
) -> NotYet | None:
    """How much it lacks; None where it has enough, or where it will not within `LONGEST`."""
    metric, cell = (
        _counted(row, rulebook),
        rulebook.thresholds.cell(row.stage, row.pricing_model),
    )
    week_row = week.get(row.entity)
    have, coming = row.now(metric), week_row.now(metric) if week_row else None
    needed = cell.numbers["results"] - (have or 0.0)
    if not metric or not cell.stage or not coming or needed <= 0:
        return None
    days = needed * 7 / coming
    return NotYet(row.label, metric, needed, days) if days <= LONGEST else None


def _counted(row: CampaignRow, rulebook: Rulebook) -> str:
    """What the campaign's judged price is a price of."""
    definition = rulebook.metrics.get(judged_by(row, rulebook))
    return definition.over or "" if definition and definition.over in LEAST else ""
