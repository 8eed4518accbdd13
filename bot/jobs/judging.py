"""What an engine judged, into the store: as a morning that was judged here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from bot.advice.shards import together
from bot.context.context import Context
from bot.domain.advice import Advice
from bot.snapshot import evaluation
from bot.snapshot.evaluation import JudgedMorning
from bot.snapshot.shard_rows import Failure, advised_of, failures_of

OPEN = ("open", "acknowledged", "in_progress", "snoozed")


def keep(context: Context, as_of: date, rows: pd.DataFrame) -> JudgedMorning:
    """Save the advice of a morning; what stands about a shard that failed stays as it was.

    Args:
        context: The store, and the rules it was judged by.
        as_of: The morning.
        rows: Of every shard, as `bot.snapshot.shard_rows.judged_shard` gives them.
    """
    memory = context.store.memory(as_of)
    advised = together(advised_of(rows), context.rulebook, memory, as_of)
    advised = evaluation.as_said(context, as_of, advised)
    said = {piece.id for piece in advised.advice}
    standing = _standing(context, failures_of(rows))
    still = tuple(piece for piece in standing if piece.id not in said)
    return evaluation.save(context, as_of, replace(advised, advice=(*advised.advice, *still)))


def _standing(context: Context, failures: Sequence[Failure]) -> tuple[Advice, ...]:
    """Advice that is open about campaigns of shards that could not be judged."""
    silent = {campaign for failure in failures for campaign in failure.campaign_ids}
    records = context.store.all_advice(state=OPEN) if silent else []
    return tuple(
        record.advice for record in records if not silent.isdisjoint(record.advice.campaign_ids)
    )
