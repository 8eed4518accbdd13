"""What came of setting budgets at a platform, in every thread that shows the advice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from bot.context.context import Context
from bot.domain.replies import Said, ThreadLine
from bot.errors import PerfbotError
from bot.features.applying import runs
from bot.features.applying.at_platforms import mark_read_only, places
from bot.features.applying.runs import Run
from bot.features.parts.message_sync import known_names, outgoing, renderer_of, root_of
from bot.features.triage import answering, posted
from bot.render.values.budget_moves import AppliedBudget, AppliedRun, Forbidden
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord, Outgoing


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
    where, reason = places(run.changes), Forbidden("unread", sentence=str(error))
    view = AppliedRun(run.advice_id, where, record.advice.currency, forbidden=(reason,))
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
