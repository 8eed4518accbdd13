"""Asking for acknowledged budgets to be set at their platform, and for that to be taken back.

What came of it is said in every thread that shows the advice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.advice.budget_settings import changes_back
from bot.context.context import Context
from bot.domain.platform_budgets import BudgetChange
from bot.domain.replies import Asker, Said, Taken, ThreadLine
from bot.errors import PerfbotError, UsageError
from bot.features.applying import at_platforms, runs
from bot.features.applying.at_platforms import mark_read_only, offered, places
from bot.features.applying.runs import Run
from bot.features.parts.advice_cards import known_names
from bot.features.parts.message_sync import outgoing, renderer_of, root_of
from bot.features.triage import answering, posted
from bot.policy.permissions import require_applier
from bot.render.values.budget_moves import (
    AccountCaps,
    AppliedBudget,
    AppliedRun,
    ApplyForm,
    Forbidden,
    ShownChange,
)
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord, Outgoing

JOB = "apply"
VERBS = {runs.ASK: "apply", runs.BACK: "set_back"}

OVER = {
    "cap_change": "It moves %(total)s a day, and one change may move %(cap)s in that account.",
    "cap_day": "Today's changes there would come to %(total)s a day, and the cap is %(cap)s.",
    "cap_month": "This month's changes there would come to %(total)s a day; the cap is %(cap)s.",
}


class OverCap(PerfbotError):
    """More than perfbot.toml lets one change, a day or a month move."""

    code = "over_cap"


def view(context: Context, advice_id: str, asker: Asker) -> dict[str, Any]:
    """The dialog that shows each budget before and after.

    Raises:
        NotAllowed: The asker is no approver.
        UsageError: It cannot be applied as it stands.
        OverCap: A cap would be broken.
    """
    require_applier(context, asker)
    record = answering.record_of(context, advice_id)
    changes = _possible(context, record)
    form = _form(context, record, changes)
    return context.renderer(asker.language).modal("apply", form=form)


def ask(context: Context, advice_id: str, asker: Asker) -> Taken:
    """Keep that somebody wants the budgets set; a job does it. Raises as `view` does."""
    require_applier(context, asker)
    with context.store.atomic():
        record = answering.record_of(context, advice_id)
        return _kept(context, record, _possible(context, record), asker)


def take_back(context: Context, advice_id: str, asker: Asker) -> Taken:
    """Keep that somebody wants the budgets set back; a job does it.

    Raises:
        NotAllowed: The asker is no approver.
        UsageError: Nothing is set that could be taken back.
    """
    require_applier(context, asker)
    with context.store.atomic():
        record = answering.record_of(context, advice_id)
        history = runs.runs_of(context.store, advice_id)
        standing = runs.in_force(history)
        if standing is None or not history[-1].is_done:
            raise UsageError(
                "There is nothing to set back, or it is under way.",
                hint="The thread says what was set, and what became of it.",
            )
        run, landed = standing
        changes = changes_back(run.changes, run.results, landed)
        return _kept(context, record, changes, asker, undoes=run.round)


def _possible(context: Context, record: AdviceRecord) -> tuple[BudgetChange, ...]:
    history = runs.runs_of(context.store, record.advice.id)
    under_way = bool(history) and not history[-1].is_done
    changes = () if under_way or runs.in_force(history) else offered(context, record)
    if not changes:
        raise UsageError(
            "This cannot be set at the platform now.",
            hint="It is acknowledged no more, set already or under way, or perfbot may only read "
            "the account.",
        )
    for obstacle in at_platforms.forbidden(context, changes):
        raise OverCap(
            OVER[obstacle.reason],
            hint="Acknowledge a part of it, or set the budgets at the platform by hand.",
            values={"cap": obstacle.before, "total": obstacle.now},
        )
    return changes


def _kept(
    context: Context,
    record: AdviceRecord,
    changes: tuple[BudgetChange, ...],
    asker: Asker,
    undoes: int = 0,
) -> Taken:
    number = len(runs.runs_of(context.store, record.advice.id)) + 1
    run = Run(record.advice.id, number, asker.user, context.clock(), changes, undoes)
    event = runs.asked(run)
    kept = context.store.log(event)
    context.store.add_jobs(JOB, {run.key: {"advice": run.advice_id, "round": number}})
    verb = VERBS[event.kind]
    return Taken(lambda: _said(context, run, verb), kept)


def _said(context: Context, run: Run, verb: str) -> Said:
    record = answering.record_of(context, run.advice_id)
    return posted.told(context, record, verb, run.by)


def _form(context: Context, record: AdviceRecord, changes: tuple[BudgetChange, ...]) -> ApplyForm:
    names = known_names(context, record)
    moves = tuple(
        ShownChange(
            names.get(change.key, change.key),
            float(change.before),
            float(change.after),
            change.currency,
        )
        for change in changes
    )
    return ApplyForm(places(changes), moves, _caps(context, changes), record.advice.currency)


def _caps(context: Context, changes: tuple[BudgetChange, ...]) -> tuple[AccountCaps, ...]:
    """The caps of every account, in currency units."""
    accounts = dict.fromkeys(change.account for change in changes)
    entries = (at_platforms.switch_of(context.settings, account) for account in accounts)
    switched_on = [(entry, at_platforms.caps_of(entry)) for entry in entries if entry]
    return tuple(
        AccountCaps(entry.account_id, float(caps.change), float(caps.day), float(caps.month))
        for entry, caps in switched_on
    )


def concluded(context: Context, run: Run) -> Iterator[Outgoing]:
    """The lines and edits about a run that is done; call it in the transaction that says so."""
    for obstacle in run.obstacles:
        if obstacle.reason == "scope":
            mark_read_only(context.store, (obstacle.names[0], obstacle.names[1]), context.today())
    record = answering.record_of(context, run.advice_id)
    yield from _lines(context, record, shown(context, record, run), f"applied:{run.key}")


def waiting(context: Context, run: Run, error: PerfbotError) -> Iterator[Outgoing]:
    """That it was sent and cannot be read back yet; said once a run, however long it takes."""
    record = answering.record_of(context, run.advice_id)
    platforms, reason = places(run.changes), Forbidden("unread", sentence=str(error))
    view = AppliedRun(run.advice_id, platforms, record.advice.currency, forbidden=(reason,))
    yield from _lines(context, record, replace(view, is_waiting=True), f"applying:{run.key}")


def _lines(
    context: Context, record: AdviceRecord, view: AppliedRun, key: str
) -> Iterator[Outgoing]:
    """A line in every thread that shows the advice, and the messages as they read now."""
    messages = {
        (message.channel, message.parent or message.key): message
        for message in context.store.messages_of(record.advice.id)
    }
    lines = []
    for message in messages.values():
        if not posted.may_be_in(context, record, message.channel):
            continue
        reply = renderer_of(context, message).render("applied", run=view)
        root = root_of(context, message)
        lines.append(ThreadLine(message.channel, root, reply.text, reply.blocks))
    said = Said(changes=posted.as_it_reads(context, record).changes, lines=tuple(lines))
    yield from outgoing(context.store, key, said)


def shown(context: Context, record: AdviceRecord, run: Run) -> AppliedRun:
    """A run as people read it, its campaigns by name."""
    names = known_names(context, record)
    results = {result.key: result for result in run.results}
    where = {change.key: title(change.channel) for change in run.changes}
    budgets = tuple(
        AppliedBudget(
            names.get(change.key, change.key),
            where[change.key],
            results[change.key].status,
            float(change.before),
            float(change.after),
            _units(results[change.key].now),
            results[change.key].sentence,
        )
        for change in run.changes
        if change.key in results
    )
    forbidden = tuple(
        Forbidden(
            obstacle.reason,
            names.get(obstacle.key, obstacle.key),
            where.get(obstacle.key, ""),
            _units(obstacle.before),
            _units(obstacle.now),
            obstacle.names,
            obstacle.sentence,
        )
        for obstacle in run.obstacles
    )
    return AppliedRun(
        run.advice_id,
        places(run.changes),
        record.advice.currency,
        bool(run.undoes),
        budgets,
        forbidden,
        is_undoable=runs.in_force(runs.runs_of(context.store, run.advice_id)) is not None,
    )


def _units(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
