"""Campaigns nobody can judge yet: how many more results they need, and in about how many days."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from bot.advice.rulebook import Rulebook
from bot.advice.types import HeldBack
from bot.advice.waiting import Waiting
from bot.desk.figures import Row
from bot.desk.verdicts import judged_by
from bot.messages.values import NotYet

LONGEST = 42  # days after which nobody should wait for a verdict (STATISTICS.md item 13)
LEAST = ("clicks", "impressions", "leads", "conversions", "engagements")


def not_yet(four: Sequence[Row], week: Mapping[str, Row], rulebook: Rulebook) -> tuple[NotYet, ...]:
    """Campaigns with too few results for an opinion about their price, the soonest first.

    Enough is what the cell asks for (`threshold.results`), in four weeks; results come as fast as
    in the last seven days.

    Args:
        four: Campaigns of the 28-day board.
        week: Those of the 7-day board, by entity.
        rulebook: Whose table says how much is enough.
    """
    found = [each for row in four if (each := _of_campaign(row, week, rulebook))]
    return tuple(sorted(found, key=lambda each: each.days or 0.0))


def lacking(
    held: Sequence[HeldBack], ids: Collection[str], rulebook: Rulebook
) -> tuple[Waiting, ...]:
    """What the soonest rule about a campaign's performance still lacks, as it was held back.

    Rules that lack a number nobody measures are not waited for.
    """
    judging = {rule.id for rule in rulebook.rules if rule.judges_performance}
    found = [
        tuple(map(_read, each.numbers["waiting"]))
        for each in held
        if each.campaign_id in ids and each.rule in judging and each.guard == "too_little_data"
        and each.numbers.get("waiting") and not each.numbers.get("missing")
    ]  # fmt: skip
    return min(found, key=_latest, default=())


def _latest(lacks: Sequence[Waiting]) -> float:
    return max(math.inf if lack.days is None else lack.days for lack in lacks)


def _read(told: Mapping[str, Any]) -> Waiting:
    """What `Waiting.to_json` told, without its window."""
    on = date.fromisoformat(told["on"]) if told["on"] else None
    return Waiting(told["metric"], told["have"], told["need"], told["days"], 0, told["per_day"], on)


def _of_campaign(row: Row, week: Mapping[str, Row], rulebook: Rulebook) -> NotYet | None:
    """How much it lacks; None where it has enough, or where it will not within `LONGEST`."""
    metric, cell = (
        _counted(row, rulebook),
        rulebook.thresholds.cell(row["stage"], row["pricing_model"]),
    )
    have, coming = (each.get(f"now.{metric}") for each in (row, week.get(str(row["entity"]), {})))
    needed = cell.numbers["results"] - (have or 0.0)
    if not metric or not cell.stage or not coming or needed <= 0:
        return None
    days = needed * 7 / coming
    return NotYet(str(row["campaign_name"]), metric, needed, days) if days <= LONGEST else None


def _counted(row: Row, rulebook: Rulebook) -> str:
    """What the campaign's judged price is a price of."""
    known = rulebook.metrics.get(judged_by(row, rulebook))
    return known.over or "" if known and known.over in LEAST else ""
