"""How a piece of advice stands at the platforms: may it be applied, is it, can it be taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bot.context.context import Context
from bot.domain.platform_budgets import BudgetChange
from bot.features.applying import runs, switches
from bot.policy.permissions import acknowledged, only
from bot.render.values.applied import AtPlatform
from bot.snapshot import boards
from bot.snapshot.evaluation import ids_of
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord, Store

READ_ONLY = "applying:read_only"  # a preference of nobody's: accounts that may only be read


def at_platform(context: Context, record: AdviceRecord) -> AtPlatform | None:
    """What a card says and offers of it; None where nothing is switched on or it cannot be set."""
    if not switches.any_on(context.settings) or not record.advice.budgets:
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
    is_on = all(switches.switch_of(context.settings, account) for account in accounts)
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
