"""`perfbot judge`: a morning judged shard by shard, here or where a lakehouse has the numbers.

What an engine judged goes into the store as a morning that was judged here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import pandas as pd

from bot.advice import sharded_advice
from bot.cli.options import as_of_option, everywhere, format_option, together
from bot.cli.parts import CommandParts, now, writing
from bot.cli.plain_text import as_json, said
from bot.context import context as plan
from bot.context.context import Context
from bot.domain.advice import Advice
from bot.errors import UsageError
from bot.jobs.shard_jobs import ShardWork, spread
from bot.numbers.input.windows import parse_window
from bot.snapshot import evaluation, on_spark, shard_tables
from bot.snapshot.evaluation import JudgedMorning
from bot.snapshot.shard_rows import (
    ADVICE,
    HELD_BACK,
    Judging,
    ShardFailure,
    advised_of,
    failures_of,
)

OPEN = ("open", "acknowledged", "in_progress", "snoozed")


def keep(context: Context, as_of: date, rows: pd.DataFrame) -> JudgedMorning:
    """Save the advice of a morning; what stands about a shard that failed stays as it was.

    Args:
        context: The store, and the rules it was judged by.
        as_of: The morning.
        rows: Of every shard, as `bot.snapshot.shard_rows.judged_shard` gives them.
    """
    memory = context.store.memory(as_of)
    advised = sharded_advice.together(advised_of(rows), context.rulebook, memory, as_of)
    advised = evaluation.as_said(context, as_of, advised)
    advice_ids = {piece.id for piece in advised.advice}
    standing = _standing(context, failures_of(rows))
    still = tuple(piece for piece in standing if piece.id not in advice_ids)
    return evaluation.save(context, as_of, replace(advised, advice=(*advised.advice, *still)))


def _standing(context: Context, failures: Sequence[ShardFailure]) -> tuple[Advice, ...]:
    """Advice that is open about campaigns of shards that could not be judged."""
    silent = {campaign for failure in failures for campaign in failure.campaign_ids}
    records = context.store.all_advice(state=OPEN) if silent else []
    return tuple(
        record.advice for record in records if not silent.isdisjoint(record.advice.campaign_ids)
    )


WINDOWS = ("7d", "28d")


@dataclass(frozen=True)
class JudgeOptions:
    """Which morning, on which engine, from which numbers, and where what comes of it goes."""

    as_of: date | None
    engine: str
    numbers: str | None
    out: str | None
    window: tuple[str, ...]
    dry_run: bool


@click.command("judge")
@as_of_option
@click.option(
    "--engine",
    type=click.Choice(["here", "workers", "spark"]),
    default="here",
    show_default=True,
    help="In this process, with the workers of this database, or on Apache Spark.",
)
@click.option(
    "--numbers",
    metavar="TABLE",
    help="Daily numbers: a Parquet path; on Spark also a catalogue's table or jdbc:…#table. "
    "[default: the database's]",
)
@click.option("--out", metavar="FOLDER", help="Write advice and boards as Parquet under it.")
@click.option(
    "--window",
    multiple=True,
    default=WINDOWS,
    show_default=True,
    help="Of the boards that are written; may be given several times.",
)
@click.option("--dry-run", is_flag=True, help="Keep nothing in the database.")
@format_option
@everywhere
@together(JudgeOptions, "options")
def judge_command(options: JudgeOptions, form: str, db: str | None, config: str | None) -> int:
    """Judge a morning shard by shard: a client's campaigns in one currency at a time.

    A shard that fails is named, and the others are kept; what stood about it stays.
    """
    with writing(db, config) as parts:
        day = parts.morning(options.as_of)
        for window in options.window:
            parse_window(window, day)
        plan.load(parts.store, parts.settings, today=day, at=now())
        rows = _judged(parts, day, options)
        if not options.dry_run:
            keep(parts.context, day, rows)
    summary = _told(rows, day, options)
    as_json(summary) if form == "json" else said(_text(summary))
    return 1 if summary["failed"] else 0


def _judged(parts: CommandParts, day: date, options: JudgeOptions) -> pd.DataFrame:
    windows = options.window if options.out else ()
    judging = shard_tables.judging_of(parts.context, day, windows)
    if options.engine == "spark":
        return _on_spark(judging, options)
    if options.engine == "workers":
        return _with_workers(parts, day, options)
    shards = _here(parts, judging, options)
    if options.out:
        return shard_tables.written(shards, Path(options.out), day)
    return shard_tables.put_together(shards)


def _with_workers(parts: CommandParts, day: date, options: JudgeOptions) -> pd.DataFrame:
    if options.numbers or options.out:
        raise UsageError(
            "Workers judge the numbers of the database, into it.",
            hint="Leave out --numbers and --out, or use --engine here or spark.",
        )
    work = ShardWork(parts.context, uuid4().hex)
    return shard_tables.put_together(spread(parts.context, day, work))


def _here(parts: CommandParts, judging: Judging, options: JudgeOptions) -> Iterator[pd.DataFrame]:
    if options.numbers:
        return shard_tables.of_parquet(options.numbers, judging)
    return shard_tables.of_store(parts.context, judging)


def _on_spark(judging: Judging, options: JudgeOptions) -> pd.DataFrame:
    if not (options.numbers and options.out):
        raise UsageError(
            "Spark needs a table to read and a folder to write.",
            hint="Say --numbers TABLE --out FOLDER, both where every Spark worker sees them.",
        )
    spark = on_spark.session()
    return on_spark.judge(spark, on_spark.read(spark, options.numbers), judging, options.out)


def _told(rows: pd.DataFrame, day: date, options: JudgeOptions) -> dict[str, Any]:
    """What came of it, in numbers."""
    counts = rows["kind"].value_counts()
    return {
        "as_of": day.isoformat(),
        "engine": options.engine,
        "shards": len(rows[["client", "currency"]].drop_duplicates()),
        "advice": int(counts.get(ADVICE, 0)),
        "held_back": int(counts.get(HELD_BACK, 0)),
        "out": options.out,
        "failed": [
            {"client": failure.shard.client, "currency": failure.shard.currency, "why": failure.why}
            for failure in failures_of(rows)
        ],
    }


def _text(told: dict[str, Any]) -> str:
    shards = "1 shard" if told["shards"] == 1 else f"{told['shards']} shards"
    pieces = "1 piece" if told["advice"] == 1 else f"{told['advice']} pieces"
    lines = [f"{shards}: {pieces} of advice, {told['held_back']} findings held back."]
    if told["out"]:
        lines.append(f"Written to {told['out']}/as_of={told['as_of']}.")
    for each in told["failed"]:
        name = f"{each['client'] or 'no client'}, {each['currency'] or 'no currency'}"
        lines.append(f"Not judged: {name}: {each['why']}")
    return "\n".join(lines)
