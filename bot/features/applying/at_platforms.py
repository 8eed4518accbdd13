"""How advice stands at the platforms: may it be applied, is it, can it be undone.

And where budgets may be set at all: accounts that are switched on, and their caps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.advice.budget_settings import over_caps
from bot.context.context import Context
from bot.domain.platform_budgets import BudgetChange, Caps, Obstacle
from bot.features.applying import runs
from bot.features.applying.runs import moved_since
from bot.numbers.input.names import account_key, channel_key
from bot.policy.permissions import acknowledged, only
from bot.render.values.budget_moves import AtPlatform
from bot.settings import Settings
from bot.settings.models import AccountSettings
from bot.snapshot import boards
from bot.snapshot.evaluation import ids_of
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord, Store


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


READ_ONLY = "applying:read_only"  # a preference of nobody's: accounts that may only be read


def at_platform(context: Context, record: AdviceRecord) -> AtPlatform | None:
    """What a card says and offers of it; None where nothing is switched on or it cannot be set."""
    if not any_on(context.settings) or not record.advice.budgets:
        return None
    history = runs.runs_of(context.store, record.advice.id)
    if history and not history[-1].is_done:
        return AtPlatform(places(history[-1].changes), "waiting")
    if standing := runs.in_force(history):
        return AtPlatform(places(standing[0].changes), "set")
    changes = offered(context, record)
    return AtPlatform(places(changes), "offered") if changes else None


def offered(context: Context, record: AdviceRecord) -> tuple[BudgetChange, ...]:
    """The changes that may be asked for; none where any of them may not be made at all."""
    if record.state != "acknowledged":
        return ()
    changes = changes_of(context, record)
    accounts = {change.account for change in changes}
    is_on = all(switch_of(context.settings, account) for account in accounts)
    return changes if is_on and not accounts & read_only(context.store).keys() else ()


def changes_of(context: Context, record: AdviceRecord) -> tuple[BudgetChange, ...]:
    """What was agreed to, campaign by campaign; none where one of them cannot be found."""
    advice = only(record.advice, acknowledged(context.store, record))
    before, after = advice.budgets_before, advice.budgets
    figures = boards.figures(context, record.as_of, "28d")
    rows = {key: row for row in figures.rows for key in ids_of([row]) if key in after}
    if not advice.currency or not set(after) <= set(rows) & set(before):
        return ()
    return tuple(
        BudgetChange(
            key,
            rows[key].channel,
            rows[key].account_id,
            rows[key].entity.rpartition("|")[2],
            Decimal(str(before[key])),
            Decimal(str(after[key])),
            advice.currency,
        )
        for key in advice.campaign_ids
        if key in after and after[key] != before[key]
    )


def places(changes: tuple[BudgetChange, ...]) -> tuple[str, ...]:
    """The platforms by what people call them."""
    return tuple(dict.fromkeys(title(change.channel) for change in changes))


# -- accounts that may only be read -------------------------------------------------------------
def read_only(store: Store) -> dict[tuple[str, str], date]:
    """Accounts that perfbot may only read, and when that was found: there it only proposes."""
    marks = store.preference(READ_ONLY)
    split = ((name.partition("|"), day) for name, day in marks.items() if day)
    return {(name[0], name[2]): date.fromisoformat(day) for name, day in split}


def mark_read_only(store: Store, account: tuple[str, str], on: date | None) -> None:
    """Remember it since a day; None once it may be changed again."""
    store.set_preference(READ_ONLY, **{"|".join(account): on.isoformat() if on else ""})
