"""Where budgets may be set at all: accounts that are switched on, and their caps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.advice.budget_settings import over_caps
from bot.context.context import Context
from bot.domain.platform_budgets import BudgetChange, Caps, Obstacle
from bot.features.applying.runs import moved_since
from bot.numbers.input.names import account_key, channel_key
from bot.settings import Settings
from bot.settings.models import AccountSettings


def any_on(settings: Settings) -> bool:
    """Whether budgets may be set in any account."""
    return any(account.apply for account in settings.accounts)


def switch_of(settings: Settings, account: tuple[str, str]) -> AccountSettings | None:
    """The account's entry in perfbot.toml, where it is switched on."""
    channel, account_id = account
    for entry in settings.accounts:
        is_it = channel_key(entry.channel) == channel and account_key(entry.account_id) == (
            account_key(account_id)
        )
        if entry.apply and is_it:
            return entry
    return None


def forbidden(context: Context, changes: Sequence[BudgetChange]) -> Iterator[Obstacle]:
    """What perfbot.toml forbids: accounts that are off, and caps that would be broken."""
    by_account: dict[tuple[str, str], list[BudgetChange]] = {}
    for change in changes:
        by_account.setdefault(change.account, []).append(change)
    for account, group in by_account.items():
        entry = switch_of(context.settings, account)
        if entry is None:
            yield Obstacle("off", names=account)
        else:
            day, month = _begins(context, entry)
            yield from over_caps(
                group,
                caps_of(entry),
                moved_since(context.store, account, day),
                moved_since(context.store, account, month),
            )


def caps_of(entry: AccountSettings) -> Caps:
    """The caps of an account that is switched on."""
    amounts = (entry.apply_change, entry.apply_day, entry.apply_month)
    return Caps(*(Decimal(str(amount)) for amount in amounts))


def _begins(context: Context, entry: AccountSettings) -> tuple[datetime, datetime]:
    """When the day and the month began where the account is."""
    zone = ZoneInfo(entry.time_zone or context.settings.app.time_zone)
    today = context.clock().astimezone(zone).date()
    midnight, first = (datetime.combine(day, time(), zone) for day in (today, today.replace(day=1)))
    return midnight, first
