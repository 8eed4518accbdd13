"""What a subscription takes: limited to its channel's clients, then to what it names besides.

Clients and channels are limited where the store is read, numbers and all; accounts, stages,
severities and owners choose among the advice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from bot.context.context import Context
from bot.context.scoping import at, limited
from bot.domain.campaign_rows import CampaignRow
from bot.numbers.input.names import account_key
from bot.policy.routes import Route, route_of
from bot.snapshot import boards
from bot.snapshot.evaluation import ids_of
from bot.store.base import AdviceRecord, Subscription
from bot.store.scope import Scope

Takes = Callable[[AdviceRecord], bool]


def routed(context: Context, subscription: Subscription, as_of: date) -> Context:
    """The context of what a subscription posts."""
    here = at(context, subscription.channel, as_of=as_of)
    route, scope = route_of(subscription), here.store.scope
    clients, channels = frozenset(route.of("client")), frozenset(route.of("channel"))
    if not clients and not channels:
        return here
    allowed = scope.clients if not clients else (
        clients if scope.clients is None else clients & scope.clients
    )  # fmt: skip
    narrow = Scope(allowed, channels or None, place=subscription.channel)
    return limited(context.everyone, narrow)


def choice(subscription: Subscription) -> tuple[tuple[str, ...], ...]:
    """What a subscription chooses by among its scope's advice; two of one choice take alike."""
    route = route_of(subscription)
    return tuple(route.of(kind) for kind in ("account", "stage", "severity", "owner"))


def takes(context: Context, subscription: Subscription, as_of: date) -> Takes:
    """Whether a subscription takes a piece of advice, of those its context can see."""
    route = route_of(subscription)
    if not any(choice(subscription)):
        return lambda _record: True
    rows = boards.figures(context, as_of, "28d").rows
    return lambda record: _is_taken(context, route, record, rows)


def _is_taken(
    context: Context, route: Route, record: AdviceRecord, rows: Sequence[CampaignRow]
) -> bool:
    if route.of("severity") and record.advice.severity not in route.of("severity"):
        return False
    about = set(record.advice.campaign_ids)
    own = [row for row in rows if about & ids_of([row])]
    accounts = {account_key(name) for name in route.of("account")}
    checks = (
        not accounts or any(account_key(row.account_id or "") in accounts for row in own),
        not route.of("stage") or any(row.stage in route.of("stage") for row in own),
        not route.of("owner") or any(_is_owner(context, route, row) for row in own),
    )
    return all(checks)


def _is_owner(context: Context, route: Route, row: CampaignRow) -> bool:
    """By name or by id: the plan may have the one and the subscription the other."""
    owner = (row.owner or "").lstrip("@")
    calls = {owner.casefold(), context.person(owner).casefold()} if owner else set()
    names = {word.casefold() for name in route.of("owner") for word in (name, context.person(name))}
    return bool(calls & names)
