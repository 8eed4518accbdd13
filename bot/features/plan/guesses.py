"""What campaigns are for, where only their names suggest it: asked once, with one press to agree.

A guess holds back every move of money (bot.advice.guards.money_holds); detectors run all the
same. Until somebody agrees the digest asks: "These 12 look like sales campaigns at about 240 kr a
sale." A target far off what results cost holds money back as well, until somebody says that it is
meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.context.context import SLACK, Context, values_of
from bot.domain.campaign_rows import GUESSED, PATTERN_LETTERS, CampaignRow, spend
from bot.domain.replies import Asker, Reply
from bot.errors import UsageError
from bot.features.parts.message_sync import asks_purpose, edits_of
from bot.features.plan.entries import held, keep, together, valid_from, version
from bot.numbers.input.names import normal_name
from bot.policy.permissions import require
from bot.render.values.news import GuessedPurpose
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.stated_targets import far_targets
from bot.snapshot.verdicts import judged_by
from bot.store.base import PlanRow

NAMED = 3
ASKED_SINCE = timedelta(7)  # digests so old are edited once somebody agrees


def guesses(context: Context, figures: Figures) -> tuple[GuessedPurpose, ...]:
    """What was guessed, a group a stage, pricing model and currency, the biggest spend first."""
    groups: dict[tuple[str, str, str | None], list[CampaignRow]] = {}
    for row in figures.counted:
        if row.because == GUESSED and row.stage and row.pricing_model:
            groups.setdefault((row.stage, row.pricing_model, row.currency), []).append(row)
    ordered = sorted(groups.items(), key=lambda group: -sum(map(spend, group[1])))
    return tuple(_guess(context, cell, rows) for cell, rows in ordered)


def _guess(
    context: Context, cell: tuple[str, str, str | None], rows: Sequence[CampaignRow]
) -> GuessedPurpose:
    metric = judged_by(rows[0], context.rulebook)
    return GuessedPurpose(
        stage=cell[0],
        pricing=cell[1],
        count=len(rows),
        names=tuple(row.label for row in sorted(rows, key=spend, reverse=True)[:NAMED]),
        metric=metric,
        price=_price(context, rows, metric),
        currency=cell[2],
    )


def _price(context: Context, rows: Sequence[CampaignRow], metric: str) -> float | None:
    """The ratio of sums over the group, over campaigns that have both."""
    definition = context.rulebook.metrics.get(metric)
    if definition is None or not definition.over:
        return None
    pairs = [(row.now(str(definition.sum)), row.now(definition.over)) for row in rows]
    complete_pairs = [
        (above, below) for above, below in pairs if above is not None and below is not None
    ]
    below = sum(part for _, part in complete_pairs)
    return sum(part for part, _ in complete_pairs) / below * definition.scale if below else None


def agreed(context: Context, value: str, asker: Asker) -> Reply:
    """Make the plan of what was guessed: an entry for each campaign, exactly by its name.

    Args:
        context: Whose store.
        value: `stage/pricing_model`, as the button carries it; several between commas.
        asker: Who agreed; an admin.

    Raises:
        NotAllowed: The asker may not change the plan.
        UsageError: Nothing of the kind is guessed any more.
    """
    require(context, asker, "admin")
    cells = [tuple(cell.split("/")) for cell in value.split(",")]
    rows = [
        row
        for row in boards.figures(context, context.today(asker), "28d").rows
        if row.because == GUESSED and (row.stage, row.pricing_model) in cells
    ]
    plain = [row for row in rows if not PATTERN_LETTERS & set(row.campaign_name)]
    if not plain:
        raise UsageError(
            "That is in the plan already, or its campaigns are gone.",
            hint="See what is set on the Home tab.",
        )
    entries = [_entry(context, row, asker) for row in plain]
    unlike = {normal_name(entry.pattern): entry for entry in entries}
    keep(context, list(unlike.values()), since=version(context))
    digests = context.store.posted_since(context.clock() - ASKED_SINCE)
    asking = [message for message in digests if asks_purpose(message)]
    context.store.enqueue(list(edits_of(f"guess:{version(context)}", asking)))
    message = context.renderer(asker.language).render(
        "guess_agreed",
        count=len(plain),
        stages=tuple(dict.fromkeys(row.stage for row in plain)),
        left=len(rows) - len(plain),
    )
    return Reply(message.text, message.blocks)


def target_meant(context: Context, value: str, asker: Asker) -> Reply:
    """Keep that a target is meant, though it is far off: advice goes by it from now on.

    Args:
        context: Whose store.
        value: The campaign that was asked about, as the button carries it.
        asker: Who says so; an admin.

    Raises:
        NotAllowed: The asker may not change the plan.
        UsageError: Its target is another by now, or is known to be meant.
    """
    require(context, asker, "admin")
    rows = boards.figures(context, context.today(asker), "28d").rows
    doubtful = [far for far in far_targets(rows, context.rulebook) if far.row.entity == value]
    pattern = normal_name(doubtful[0].row.entry or "") if doubtful else ""
    entry = held(context, asker).get(pattern)
    if entry is None:
        raise UsageError(
            "That target is another by now, or nobody doubts it any more.",
            hint="See what is set on the Home tab.",
        )
    far = doubtful[0]
    values = {**values_of(entry.entry), "target_meant": far.target}
    origin, position = (SLACK, 0) if entry.origin == "file" else (entry.origin, entry.position)
    since = valid_from(context, asker)
    row = PlanRow(entry.entry.match, values, since, asker.user, context.clock(), origin, position)
    keep(context, [row], since=version(context))
    message = context.renderer(asker.language).render(
        "target_meant",
        name=far.row.label,
        metric=far.metric,
        target=far.target,
        currency=far.row.currency,
    )
    return Reply(message.text, message.blocks)


def _entry(context: Context, row: CampaignRow, asker: Asker) -> PlanRow:
    return PlanRow(
        together(row.entity.partition("|")[0], row.campaign_name),
        {"stage": row.stage, "pricing_model": row.pricing_model},
        valid_from(context, asker),
        asker.user,
        context.clock(),
        SLACK,
    )
