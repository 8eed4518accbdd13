"""`perfbot outcomes`: what came of acknowledged moves, and how each rule has done."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import click

from bot.advice.outcome import Outcome, Pooled, RuleScore, as_stored, pool
from bot.cli.options import as_of_option, everywhere, format_option
from bot.cli.parts import CommandParts, reading
from bot.cli.plain_text import as_json, said, table
from bot.features.outcomes.follow_up import known_on
from bot.render import Renderer
from bot.render.number_formats import NumberForms
from bot.snapshot.evaluation import scores
from bot.store.base import OutcomeRecord

WAYS = ("worked", "no_effect", "harmful", "too_small_to_tell", "not_measured")


@click.group("outcomes", invoke_without_command=True)
@as_of_option
@format_option
@everywhere
@click.pass_context
def outcomes_command(
    ctx: click.Context, as_of: date | None, form: str, db: str | None, config: str | None
) -> None:
    """What came of acknowledged moves, each against campaigns nobody touched."""
    if ctx.invoked_subcommand:
        return
    with reading(db, config) as parts:
        day = parts.morning(as_of)
        records = known_on(parts.store, day)
    pooled = pool(record.outcome for record in records if record.outcome)
    if form == "json":
        outcomes_json = [_record_json(record) for record in records]
        as_json({"as_of": day, "outcomes": outcomes_json, "pooled": asdict(pooled)})
        return
    said(_records_text(records, pooled))


def _record_json(record: OutcomeRecord) -> dict[str, Any]:
    frozen = record.frozen
    return {
        "advice_id": record.advice_id,
        "rule": frozen.rule,
        "state": record.state,
        "acknowledged_by": record.by,
        "acknowledged_on": frozen.on,
        "read_on": frozen.read_on,
        "frozen": as_stored(frozen),
        "applied": as_stored(record.applied) if record.applied else None,
        "outcome": as_stored(record.outcome) if record.outcome else None,
    }


def _records_text(records: list[OutcomeRecord], pooled: Pooled) -> str:
    if not records:
        return "No move of money has been acknowledged yet."
    forms = NumberForms("en")
    heads = ("Since", "Rule", "Campaigns", "Done", "Verdict", "Effect (90 %)", "Money", "Peers")
    rows = [_row(record, forms) for record in records]
    return f"{table(heads, rows, (6, 7))}\n\n{_together(pooled, forms)}"


def _row(record: OutcomeRecord, forms: NumberForms) -> list[str]:
    frozen, outcome = record.frozen, record.outcome
    applied_state = record.applied.state if record.applied else "not_yet"
    return [
        str(frozen.on),
        frozen.rule,
        " → ".join(campaign.campaign_id for campaign in frozen.treated),
        applied_state.replace("_", " "),
        _verdict(record),
        _effect(outcome, forms),
        forms.money(outcome.money if outcome else None, frozen.currency),
        str(outcome.peers if outcome else len(frozen.controls)),
    ]


def _verdict(record: OutcomeRecord) -> str:
    if record.outcome is None:
        return "taken back" if record.state == "void" else f"read on {record.frozen.read_on}"
    because = f" ({record.outcome.because.replace('_', ' ')})" if record.outcome.because else ""
    return f"{record.outcome.verdict.replace('_', ' ')}{because}"


def _effect(outcome: Outcome | None, forms: NumberForms) -> str:
    if outcome is None or outcome.change is None:
        return "–"
    change, low, high = (
        forms.percent(share, signed=True) for share in (outcome.change, outcome.low, outcome.high)
    )
    measure = outcome.price if outcome.of == "price" else "results"
    return f"{change} {measure} ({low} to {high})"


def _together(pooled: Pooled, forms: NumberForms) -> str:
    return f"Together: {_pooled(pooled, forms)}. {pooled.biased}"


def _pooled(pooled: Pooled, forms: NumberForms) -> str:
    if pooled.change is None:
        return "too few to pool"
    change, low, high = (
        forms.percent(share, signed=True) for share in (pooled.change, pooled.low, pooled.high)
    )
    return f"{change} in cost per result ({low} to {high}, {pooled.count} moves)"


@outcomes_command.command("scoreboard")
@as_of_option
@format_option
@everywhere
def scoreboard(as_of: date | None, form: str, db: str | None, config: str | None) -> None:
    """How each rule has done; one that proves harmful or noisy only watches."""
    with reading(db, config) as parts:
        day = parts.morning(as_of)
        board = scores(parts.store, day)
        names = _titles(parts)
    if form == "json":
        as_json({"as_of": day, "rules": [asdict(score) for score in board.rules],
                 "pooled": asdict(board.pooled)})  # fmt: skip
        return
    if not board.rules:
        said("No rule has spoken yet.")
        return
    forms = NumberForms("en")
    heads = ["Rule", "Title", "Given", "Ack'd", "Dismissed", "Done"]
    heads += [way.replace("_", " ").capitalize() for way in WAYS] + ["Effect", "Now"]
    rows = [_score(score, names, forms) for score in board.rules]
    said(f"{table(heads, rows, range(2, 11))}\n\n{_together(board.pooled, forms)}")


def _titles(parts: CommandParts) -> dict[str, str]:
    english = Renderer("en").speech
    return {rule.id: english.translated(rule.title) for rule in parts.rulebook.rules}


def _score(score: RuleScore, names: dict[str, str], forms: NumberForms) -> list[str]:
    counts = (score.given, score.acknowledged, score.dismissed, score.applied)
    verdicts = [str(score.verdicts.get(way, 0)) for way in WAYS]
    demoted = score.demotion
    now = f"watches since {demoted.since}: {demoted.why}" if demoted else "speaks"
    return [
        score.rule,
        names.get(score.rule, ""),
        *map(str, counts),
        *verdicts,
        _pooled(score.pooled, forms),
        now,
    ]
