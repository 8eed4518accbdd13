"""The rows of the insights edge: levels, days, breakdowns; numbers as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.demo.platforms.entities import Account, Ad, Campaign, Group, Part
from bot.demo.platforms.meta_graph import asking
from bot.demo.platforms.meta_graph.asking import AXES, POSITIONS, Asked
from bot.demo.platforms.meta_graph.objects import GOALS, OBJECTIVES, STATUS
from bot.demo.platforms.numbers import MEASURES, Table, reached, split
from bot.demo.platforms.world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class Unit:
    """A campaign, ad set or ad with its days, and how many people it can reach."""

    table: Table
    people: float
    campaign: Campaign | None = None
    group: Group | None = None
    ad: Ad | None = None


FILTERED: dict[str, Callable[[Unit], str | None]] = {
    "campaign.id": lambda unit: unit.campaign.campaign_id if unit.campaign else None,
    "campaign.effective_status": lambda u: STATUS[u.campaign.status] if u.campaign else None,
    "adset.id": lambda unit: unit.group.group_id if unit.group else None,
    "ad.id": lambda unit: unit.ad.ad_id if unit.ad else None,
}


def rows(world: World, account: Account, report: Asked, *, half: bool = False) -> Iterator[Json]:
    """The rows: only what was shown comes."""
    for unit in _units(world, account, report, half=half):
        if not all(_meets(unit, condition) for condition in report.filters):
            continue
        for since, until in _spans(report, world.today(account)):
            for words, part in _broken(unit, report.breakdowns):
                days = part.table.span(since, until)
                if days.total("impressions"):
                    yield _row(account, part, days, report, (since, until)) | words


def _meets(unit: Unit, condition: Json) -> bool:
    if condition["field"] == "impressions":
        return True  # rows without showings never come
    value = FILTERED[condition["field"]](unit)
    listed = condition["value"] if isinstance(condition["value"], list) else [condition["value"]]
    return value is None or value in listed


def _units(world: World, account: Account, report: Asked, *, half: bool) -> Iterator[Unit]:
    campaigns = world.campaigns(account)
    if report.level == "account":
        people = float(sum(c.plan.people for c in campaigns))
        yield Unit(world.account_numbers(account, half=half), people)
        return
    for campaign in campaigns:
        for unit in _levels(world, campaign, report.level, half=half):
            ids = {campaign.campaign_id, unit.group and unit.group.group_id,
                   unit.ad and unit.ad.ad_id}  # fmt: skip
            if not report.ids or report.ids & ids:
                yield unit


def _levels(world: World, campaign: Campaign, level: str, *, half: bool) -> Iterator[Unit]:
    people = float(campaign.plan.people)
    if level == "campaign":
        yield Unit(world.numbers(campaign, half=half), people, campaign)
        return
    tables = world.group_numbers(campaign, half=half)
    shares = _shares([group.part for group in campaign.groups])
    for group, table, share in zip(campaign.groups, tables, shares, strict=True):
        if level == "adset":
            yield Unit(table, people * share, campaign, group)
            continue
        parts = [ad.part for ad in group.ads]
        for ad, ad_table, part in zip(group.ads, split(table, parts), _shares(parts), strict=True):
            yield Unit(ad_table, people * share * part, campaign, group, ad)


def _shares(parts: Sequence[Part]) -> list[float]:
    total = sum(part.share for part in parts)
    return [part.share / total for part in parts]


def _spans(report: Asked, today: date) -> Iterator[tuple[date, date]]:
    start, last_day = report.since, min(report.until, today)
    while start <= last_day:
        if report.increment == 0:
            end = last_day
        elif report.increment < 0:
            end = (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        else:
            end = start + timedelta(days=report.increment - 1)
        yield start, min(end, last_day)
        start = end + timedelta(days=1)


def _broken(unit: Unit, breakdowns: Sequence[str]) -> list[tuple[Json, Unit]]:
    """The unit by each breakdown in turn; the account's own row is not broken down."""
    parts: list[tuple[Json, Unit]] = [({}, unit)]
    if unit.campaign is None:
        return parts
    for name in (name for name in breakdowns if name != "platform_position"):
        axis, renamed = AXES[name]
        positions = POSITIONS if "platform_position" in breakdowns else {}
        audience = unit.campaign.audiences[axis]
        shares = _shares(list(audience.values()))
        parts = [
            ({**words, name: renamed.get(member, member), **_position(positions.get(member))},
             Unit(table, unbroken.people * share, unbroken.campaign, unbroken.group, unbroken.ad))
            for words, unbroken in parts
            for member, table, share in zip(
                audience, split(unbroken.table, list(audience.values())), shares, strict=True
            )
        ]  # fmt: skip
    return parts


def _position(word: str | None) -> Json:
    return {"platform_position": word} if word else {}


def _row(account: Account, unit: Unit, days: Table, report: Asked, span: tuple[date, date]) -> Json:
    totals = {measure: days.total(measure) for measure in MEASURES}
    values_by_name = {**_about(account, unit), **_numbers(account, unit, totals, report.windows)}
    row = {
        name: values_by_name[name]
        for name in report.fields
        if values_by_name.get(name) not in (None, [])
    }
    return row | {"date_start": span[0].isoformat(), "date_stop": span[1].isoformat()}


def _about(account: Account, unit: Unit) -> Json:
    names: Json = {
        "account_id": account.account_id, "account_name": account.name,
        "account_currency": account.currency,
    }  # fmt: skip
    if unit.campaign:
        names |= {
            "campaign_id": unit.campaign.campaign_id, "campaign_name": unit.campaign.name,
            "objective": OBJECTIVES[unit.campaign.kind], "buying_type": "AUCTION",
            "optimization_goal": GOALS[unit.campaign.kind],
            "attribution_setting": "7d_click_1d_view",
        }  # fmt: skip
    if unit.group:
        names |= {"adset_id": unit.group.group_id, "adset_name": unit.group.name}
    if unit.ad:
        names |= {
            "ad_id": unit.ad.ad_id, "ad_name": unit.ad.name, "quality_ranking": "AVERAGE",
            "engagement_rate_ranking": "AVERAGE", "conversion_rate_ranking": "UNKNOWN",
        }  # fmt: skip
    return names


def _numbers(account: Account, unit: Unit, totals: asking.Totals, windows: Sequence[str]) -> Json:
    """Everything as text, rates in per cent, money in currency units."""
    impressions, spend = totals["impressions"], totals["spend"] / account.minor
    all_clicks = min(impressions, totals["clicks"] + totals["engagements"] // 4)
    reach = reached(unit.people, impressions)
    numbers: Json = {
        "impressions": str(impressions), "clicks": str(all_clicks),
        "inline_link_clicks": str(totals["clicks"]),
        "spend": asking.text(totals["spend"], account.minor),
        "reach": str(reach) if reach else None,
        "frequency": f"{impressions / reach:.6f}" if reach else None,
        "cpm": f"{1000 * spend / impressions:.6f}", "ctr": f"{100 * all_clicks / impressions:.6f}",
        "cpc": f"{spend / all_clicks:.6f}" if all_clicks else None,
        "inline_link_click_ctr": f"{100 * totals['clicks'] / impressions:.6f}",
        "actions": asking.actions(totals, windows),
        "action_values": asking.values(totals, account.minor, windows),
        "inline_post_engagement": str(totals["engagements"]),
    }  # fmt: skip
    if totals["video_views"]:
        through = {"action_type": "video_view", "value": str(totals["video_views"] // 3)}
        numbers["video_thruplay_watched_actions"] = [through]
    if totals["value"] and spend:
        roas = f"{totals['value'] / account.minor / spend:.6f}"
        numbers["purchase_roas"] = [{"action_type": "omni_purchase", "value": roas}]
    return numbers
