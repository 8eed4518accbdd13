"""Applying acknowledged budgets: what to set at the platforms, and everything that forbids it.

Pure: what the platforms say comes in as values. Money is taken away before it is given, so that
whatever fails in the middle never spends more than both together did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.domain.platform_budgets import (
    NOT_SENT,
    OTHERWISE,
    REFUSED,
    SET,
    UNCHANGED,
    BudgetChange,
    BudgetResult,
    BudgetSetting,
    Caps,
    Obstacle,
    PlatformBudget,
)

Account = tuple[str, str]
Budgets = Mapping[tuple[str, str, str], PlatformBudget]
"""By channel, account and campaign, as the platforms have them."""
Amounts = Mapping[tuple[str, str, str], int]
"""By channel, kind of holder and its id, in the platform's units."""


def place(change: BudgetChange) -> tuple[str, str, str]:
    """Where a change is looked up among the platforms' budgets."""
    return change.channel, change.account_id, change.campaign_id


def moved(changes: Iterable[BudgetChange]) -> Decimal:
    """Currency units a day that are given or taken, whichever is more: what caps count."""
    steps = [change.step for change in changes]
    raised = sum((step for step in steps if step > 0), Decimal(0))
    cut = -sum((step for step in steps if step < 0), Decimal(0))
    return max(raised, cut)


def over_caps(
    changes: Sequence[BudgetChange], caps: Caps, today: Decimal, this_month: Decimal
) -> Iterator[Obstacle]:
    """The caps of one account that a change would break.

    Args:
        changes: Of that account.
        caps: What may be moved there.
        today: What perfbot has moved there since midnight.
        this_month: The same since the first of the month.
    """
    amount = moved(changes)
    totals = {
        "cap_change": (caps.change, amount),
        "cap_day": (caps.day, today + amount),
        "cap_month": (caps.month, this_month + amount),
    }
    for reason, (cap, total) in totals.items():
        if total > cap:
            yield Obstacle(reason, before=cap, now=total)


def obstacles(changes: Sequence[BudgetChange], budgets: Budgets) -> Iterator[Obstacle]:
    """What the platforms' budgets forbid, campaign by campaign."""
    for change in changes:
        budget = budgets.get(place(change))
        obstacle = Obstacle("missing", change.key) if budget is None else _obstacle(change, budget)
        if obstacle:
            yield obstacle


def _obstacle(change: BudgetChange, budget: PlatformBudget) -> Obstacle | None:
    if budget.shared_with:
        return Obstacle("shared", change.key, names=budget.shared_with)
    if budget.amount is None:
        return Obstacle("no_budget", change.key)
    if budget.amount != change.before:
        return Obstacle("stale", change.key, before=change.before, now=budget.amount)
    if in_units(change.after, budget) is None:
        smallest = Decimal(budget.step) / budget.units
        return Obstacle("step", change.key, before=smallest, now=change.after)
    return None


def in_units(amount: Decimal, budget: PlatformBudget) -> int | None:
    """Currency units as the platform's units; None where it has no such amount."""
    units = amount * budget.units
    whole = int(units)
    return whole if whole == units and whole % budget.step == 0 and whole > 0 else None


def settings(changes: Sequence[BudgetChange], budgets: Budgets) -> tuple[BudgetSetting, ...]:
    """What to set, cuts first: for changes that nothing forbids (`obstacles`).

    A campaign whose ad sets hold its budget is changed by changing each in proportion.
    """
    ordered = sorted(changes, key=lambda change: change.step > 0)
    return tuple(
        setting for change in ordered for setting in _settings(change, budgets[place(change)])
    )


def _settings(change: BudgetChange, budget: PlatformBudget) -> Iterator[BudgetSetting]:
    total = in_units(change.after, budget)
    assert total is not None, "obstacles has been asked"
    parts = _split(total, [holder.amount for holder in budget.holders], budget.step)
    for holder, amount in zip(budget.holders, parts, strict=True):
        if amount != holder.amount:
            yield BudgetSetting(
                change.key, *change.account, holder.kind, holder.holder_id, holder.amount, amount
            )


def _split(total: int, parts: Sequence[int], step: int) -> list[int]:
    """`total` in proportion to `parts`, each a multiple of `step`; what is left goes in order."""
    before = sum(parts)
    amounts = [total * part // before // step * step for part in parts]
    left = (total - sum(amounts)) // step
    return [amount + step * (number < left) for number, amount in enumerate(amounts)]


def changes_back(
    changes: Sequence[BudgetChange], came: Sequence[BudgetResult], landed: Iterable[BudgetSetting]
) -> tuple[BudgetChange, ...]:
    """The changes that take back what was set: from what it is now to what it was before."""
    landed_keys = {setting.key for setting in landed}
    return tuple(
        replace(change, before=result.now, after=change.before)
        for change, result in zip(changes, came, strict=True)
        if change.key in landed_keys and result.now is not None
    )


def taken_back(landed: Iterable[BudgetSetting]) -> tuple[BudgetSetting, ...]:
    """What sets everything that was set back to what it was, cuts first."""
    backwards = (setting.back for setting in landed)
    return tuple(sorted(backwards, key=lambda setting: setting.after > setting.before))


def batches(
    planned: Sequence[BudgetSetting], together: Iterable[str]
) -> tuple[tuple[BudgetSetting, ...], ...]:
    """The calls that are made, in order.

    Args:
        planned: Cuts first.
        together: Channels whose platform sets several budgets of an account at once, all or none.

    One account there is one call; with more accounts, every cut is made before any raise.
    """
    whole, calls = set(together), list[list[BudgetSetting]]()
    alone = len({setting.account for setting in planned}) == 1
    for setting in planned:
        last = calls[-1][-1] if calls else None
        joins = last is not None and setting.channel in whole and last.account == setting.account
        same_way = last is not None and (last.after > last.before) == (
            setting.after > setting.before
        )
        if joins and (alone or same_way):
            calls[-1].append(setting)
        else:
            calls.append([setting])
    return tuple(map(tuple, calls))


def amounts_of(budgets: Budgets) -> dict[tuple[str, str, str], int]:
    """What each holder has now."""
    return {
        (channel, holder.kind, holder.holder_id): holder.amount
        for (channel, _, _), budget in budgets.items()
        for holder in budget.holders
    }


def has_landed(setting: BudgetSetting, amounts: Amounts) -> bool:
    """Whether a holder has the amount that was to be set."""
    return amounts.get((setting.channel, setting.kind, setting.holder_id)) == setting.after


def stands(setting: BudgetSetting, amounts: Amounts) -> bool:
    """Whether a holder still has the amount that is to be replaced."""
    return amounts.get((setting.channel, setting.kind, setting.holder_id)) == setting.before


def results(
    changes: Sequence[BudgetChange],
    budgets: Budgets,
    sentences: Mapping[str, str],
    sent: Iterable[BudgetSetting],
) -> tuple[BudgetResult, ...]:
    """What came of each change, as the platforms are read afterwards.

    Args:
        changes: What was agreed to.
        budgets: As read afterwards.
        sentences: The platform's words by the campaign's key, where it refused.
        sent: What was sent, whatever came of it.
    """
    sent_keys = {setting.key for setting in sent}
    return tuple(
        _result(change, budgets.get(place(change)), sentences, change.key in sent_keys)
        for change in changes
    )


def _result(
    change: BudgetChange,
    budget: PlatformBudget | None,
    sentences: Mapping[str, str],
    was_sent: bool,
) -> BudgetResult:
    now = budget.amount if budget else None
    sentence = sentences.get(change.key, "")
    if now == change.after:
        return BudgetResult(change.key, SET, now)
    if now != change.before:
        return BudgetResult(change.key, OTHERWISE, now, sentence)
    if not was_sent:
        return BudgetResult(change.key, NOT_SENT, now)
    return BudgetResult(change.key, REFUSED if sentence else UNCHANGED, now, sentence)
