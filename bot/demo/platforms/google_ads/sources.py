"""The rows behind each resource: an entity in protos, and the table of its days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo.platforms.entities import REGIONS, Account, Campaign, Group, Part
from bot.demo.platforms.google_ads import filling, placing
from bot.demo.platforms.google_ads.fields import Row
from bot.demo.platforms.google_ads.metrics import only, sign_ups
from bot.demo.platforms.google_ads.placing import ASSET_GROUPS, PLACED
from bot.demo.platforms.numbers import SEARCH, Table, merge, split
from bot.demo.platforms.world import World

NETWORKS = {
    "pmax": (("MIXED", 1.0),), "video": (("YOUTUBE", 1.0),), "display": (("CONTENT", 1.0),),
}  # fmt: skip
WORKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")
Piece = tuple[Campaign, Group, Callable[[], Table]]
SEARCHED = (("SEARCH", 0.9), ("SEARCH_PARTNERS", 0.1))


@dataclass(frozen=True)
class Source:
    """A row before segments and metrics; `table` makes its numbers when they are asked for."""

    row: Any
    table: Callable[[], Table] | None = None
    campaign: Campaign | None = None


@dataclass(frozen=True)
class View:
    """An account as one call sees it. `half`: yesterday is still being counted."""

    world: World
    account: Account
    half: bool = False

    def rows(self, resource: str) -> Iterator[Source]:
        """The rows of a resource of the catalogue."""
        return SOURCES[resource](self)

    def base(self, campaign: Campaign | None = None) -> Any:
        """A row with the customer, and the campaign with what belongs to it."""
        row = Row()
        filling.customer(row, self.account)
        if campaign:
            filling.campaign(row, campaign)
            filling.strategy(row, campaign)
            if campaign.budget:
                fed = self.world.budgets(self.account)[campaign.budget.budget_id][1]
                filling.budget(row, self.account, campaign.budget, len(fed))
        return row

    def numbers(self, campaign: Campaign) -> Table:
        return self.world.numbers(campaign, half=self.half)

    def campaigns(self) -> list[Campaign]:
        return self.world.campaigns(self.account)

    def groups(self) -> Iterator[Piece]:
        """Each ad group with its campaign and its table: Performance Max has none."""
        return (piece for piece in self._pieces() if piece[0].kind != ASSET_GROUPS)

    def asset_groups(self) -> Iterator[Piece]:
        """Each asset group likewise."""
        return (piece for piece in self._pieces() if piece[0].kind == ASSET_GROUPS)

    def _pieces(self) -> Iterator[Piece]:
        """Each group of either kind."""
        for campaign in self.campaigns():
            for number, group in enumerate(campaign.groups):
                yield campaign, group, self._group(campaign, number)

    def _group(self, campaign: Campaign, number: int) -> Callable[[], Table]:
        return lambda: self.world.group_numbers(campaign, half=self.half)[number]

    def group_row(self, campaign: Campaign, group: Group) -> Any:
        row = self.base(campaign)
        fill = placing.asset_group if campaign.kind == ASSET_GROUPS else filling.group
        fill(row, campaign, group)
        return row


class ManagerView(View):
    """The manager's own rows: itself and the accounts under it; it has no campaigns."""

    def rows(self, resource: str) -> Iterator[Source]:
        if resource not in ("customer", "customer_client"):
            return
        levels: list[tuple[int, Account | None]] = [(0, None)]
        if resource == "customer_client":
            levels += [(1, account) for account in self.world.accounts("google")]
        for level, account in levels:
            row = Row()
            filling.manager(row)
            if resource == "customer_client":
                filling.client(row, account, level)
            yield Source(row)


def _customer(view: View) -> Iterator[Source]:
    yield Source(view.base(), lambda: view.world.account_numbers(view.account, half=view.half))


def _clients(view: View) -> Iterator[Source]:
    row = view.base()
    filling.client(row, view.account, 0)
    yield Source(row)


def _campaigns(view: View) -> Iterator[Source]:
    for campaign in view.campaigns():
        yield Source(view.base(campaign), lambda c=campaign: view.numbers(c), campaign)  # type: ignore[misc]


def _budgets(view: View) -> Iterator[Source]:
    for budget, fed in view.world.budgets(view.account).values():
        row = view.base()
        filling.budget(row, view.account, budget, len(fed))
        yield Source(row, lambda fed=fed: merge([view.numbers(c) for c in fed]))  # type: ignore[misc]


def _strategies(view: View) -> Iterator[Source]:
    for campaign in view.campaigns():
        if campaign.strategy_id:
            row = view.base()
            filling.strategy(row, campaign)
            yield Source(row, lambda c=campaign: view.numbers(c), campaign)  # type: ignore[misc]


def _actions(view: View) -> Iterator[Source]:
    account_table = view.world.account_numbers(view.account, half=view.half)
    for action_id in filling.ACTIONS:
        row = view.base()
        filling.action(row, view.account, action_id)
        yield Source(row, lambda action=action_id: by_action(account_table, action))  # type: ignore[misc]


def _goals(view: View) -> Iterator[Source]:
    for campaign in view.campaigns():
        for category in ("PURCHASE", "SUBMIT_LEAD_FORM"):
            row = view.base(campaign)
            filling.goal(row, campaign, category)
            yield Source(row)


def _schedules(view: View) -> Iterator[Source]:
    """The ad schedule of campaigns that rest at weekends."""
    for campaign in view.campaigns():
        days = WORKDAYS if campaign.plan.weekdays else ()
        for number, day in enumerate(days):
            row = view.base(campaign)
            filling.schedule(row, campaign, day, 300_001 + number)
            yield Source(row)


def _changes(view: View) -> Iterator[Source]:
    """Newest first; what a portfolio strategy bids is no event of a campaign."""
    zone = ZoneInfo(view.account.time_zone)
    for entry in view.world.history(view.account):
        campaign = view.world.campaign(view.account, entry.campaign_ids[0])
        if entry.what == "target" and campaign and campaign.strategy_id:
            continue
        row = view.base(campaign)
        moment = entry.when.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S.%f")
        filling.change(row, entry, moment, int(entry.when.astimezone(UTC).timestamp() * 1e6))
        yield Source(row)


def _places(_view: View) -> Iterator[Source]:
    for member in REGIONS:
        row = Row()
        filling.region(row, member)
        yield Source(row)


def _groups(view: View) -> Iterator[Source]:
    for campaign, group, table in view.groups():
        yield Source(view.group_row(campaign, group), table, campaign)


def _asset_groups(view: View) -> Iterator[Source]:
    for campaign, group, table in view.asset_groups():
        yield Source(view.group_row(campaign, group), table, campaign)


def _placements(view: View) -> Iterator[Source]:
    for campaign, group, table in view.groups():
        members = campaign.audiences["placement"] if campaign.kind in PLACED else {}
        tables = Once(table, list(members.values()))
        for number, member in enumerate(members):
            row = view.group_row(campaign, group)
            placing.placement(row, view.account, group, member)
            yield Source(row, tables.get(number), campaign)


def _ads(view: View) -> Iterator[Source]:
    for campaign, group, table in view.groups():
        tables = Once(table, [ad.part for ad in group.ads])
        for number, ad in enumerate(group.ads):
            row = view.group_row(campaign, group)
            filling.ad(row, campaign, group, ad)
            yield Source(row, tables.get(number), campaign)


def _keywords(view: View) -> Iterator[Source]:
    for campaign, group, table in view.groups():
        tables = Once(table, [keyword.part for keyword in group.keywords])
        for number, keyword in enumerate(group.keywords):
            row = view.group_row(campaign, group)
            filling.keyword(row, campaign, group, keyword)
            yield Source(row, tables.get(number), campaign)


def _search_terms(view: View) -> Iterator[Source]:
    for campaign, group, table in view.groups():
        tables = Once(table, [keyword.part for keyword in group.keywords])
        for number, keyword in enumerate(group.keywords):
            terms = Once(tables.get(number), [term.part for term in keyword.terms])
            for place, term in enumerate(keyword.terms):
                row = view.group_row(campaign, group)
                filling.search_term(row, campaign, group, keyword, term.text)
                yield Source(row, terms.get(place), campaign)


def _landing_pages(view: View) -> Iterator[Source]:
    for campaign, group, table in view.groups():
        tables = Once(table, [ad.part for ad in group.ads])
        for number, ad in enumerate(group.ads):
            row = view.group_row(campaign, group)
            filling.landing_page(row, view.account, ad.final_url)
            yield Source(row, tables.get(number), campaign)


def _demographics(axis: str) -> Callable[[View], Iterator[Source]]:
    def sources(view: View) -> Iterator[Source]:
        for campaign, group, table in view.groups():
            members = campaign.audiences[axis]
            tables = Once(table, list(members.values()))
            for number, member in enumerate(members):
                row = view.group_row(campaign, group)
                filling.demographic(row, campaign, group, axis, member)
                yield Source(row, tables.get(number), campaign)

    return sources


def _geography(view: View) -> Iterator[Source]:
    for campaign, group, table in view.groups():
        row = view.group_row(campaign, group)
        filling.place(row, view.account)
        yield Source(row, table, campaign)


SOURCES: dict[str, Callable[[View], Iterator[Source]]] = {
    "customer": _customer, "customer_client": _clients, "campaign": _campaigns,
    "campaign_budget": _budgets, "bidding_strategy": _strategies, "conversion_action": _actions,
    "campaign_criterion": _schedules,
    "campaign_conversion_goal": _goals, "change_event": _changes, "geo_target_constant": _places,
    "ad_group": _groups, "ad_group_ad": _ads, "keyword_view": _keywords,
    "ad_group_criterion": _keywords, "search_term_view": _search_terms,
    "asset_group": _asset_groups, "group_placement_view": _placements,
    "landing_page_view": _landing_pages, "age_range_view": _demographics("age"),
    "gender_view": _demographics("gender"), "geographic_view": _geography,
}  # fmt: skip


class Once:
    """Divides a table among parts when the first of them is asked for, and only then."""

    def __init__(self, table: Callable[[], Table], parts: list[Any]) -> None:
        self._table, self._parts, self._tables = table, parts, list[Table]()

    def get(self, number: int) -> Callable[[], Table]:
        def part() -> Table:
            if not self._tables:
                self._tables = split(self._table(), self._parts)
            return self._tables[number]

        return part


# -- segments that divide a row -----------------------------------------------------------
def by_action(table: Table, action_id: str) -> Table:
    """What of a table belongs to a conversion action."""
    if action_id == filling.SIGN_UP:
        return only(table, "landing_views", sign_ups(table.values) * 40)
    return only(table, "purchases" if action_id == filling.PURCHASE else "leads")


def by_device(table: Table, campaign: Campaign) -> list[tuple[str, Table]]:
    """Tables by the names of DeviceEnum."""
    members = campaign.audiences["device"]
    return [
        (m.upper(), t) for m, t in zip(members, split(table, list(members.values())), strict=True)
    ]


def by_region(table: Table, campaign: Campaign) -> list[tuple[str, Table]]:
    """Tables by resource names of regions."""
    members = campaign.audiences["region"]
    names = [f"geoTargetConstants/{filling.REGIONS[member][0]}" for member in members]
    return list(zip(names, split(table, list(members.values())), strict=True))


def by_network(table: Table, campaign: Campaign) -> list[tuple[str, Table]]:
    """Tables by the names of AdNetworkTypeEnum."""
    shares = SEARCHED if campaign.kind in SEARCH else NETWORKS[campaign.kind]
    tables = split(table, [Part(share) for _, share in shares])
    return [(word, part) for (word, _), part in zip(shares, tables, strict=True)]
