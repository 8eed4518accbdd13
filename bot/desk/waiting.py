"""Campaigns nobody can judge yet: how many more results they need, and in about how many days."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bot.advice.condition import Line, Name, names, value
from bot.advice.rulebook import Rule, Rulebook
from bot.advice.types import HeldBack
from bot.advice.waiting import Waiting
from bot.desk.cards import ids_of
from bot.desk.figures import Row
from bot.desk.verdicts import judged_by
from bot.errors import UnknownName
from bot.messages.values import NotYet

LONGEST = 60  # days after which "about so many days" promises too much
LEAST = ("clicks", "impressions", "leads", "conversions", "engagements")


def not_yet(
    held: Sequence[HeldBack], rows: Sequence[Row], rulebook: Rulebook
) -> tuple[NotYet, ...]:
    """Campaigns whose first verdict waits for results, the soonest first.

    Args:
        held: What was held back this morning.
        rows: Campaigns with numbers, of the 28-day board.
        rulebook: Whose rules say how much is enough.
    """
    found = [each for row in rows if (each := _of_campaign(row, held, rulebook))]
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


def _of_campaign(row: Row, held: Sequence[HeldBack], rulebook: Rulebook) -> NotYet | None:
    """The soonest of its rules; None where one of them could already judge it."""
    ids, metric = ids_of([row]), _counted(row, rulebook)
    own = [each for each in held if each.campaign_id in ids and each.guard == "too_little_data"]
    waits = [
        (days, need)
        for each in own
        for need, rate in _needs(each, metric, rulebook)
        for days in [need / rate if rate > 0 else math.inf]
    ]
    if not waits:
        return None
    days, need = min(waits)
    return NotYet(str(row["campaign_name"]), metric, need, days) if days <= LONGEST else None


def _counted(row: Row, rulebook: Rulebook) -> str:
    """What the campaign's judged price is a price of."""
    known = rulebook.metrics.get(judged_by(row, rulebook))
    return known.over or "" if known and known.over in LEAST else ""


def _needs(held: HeldBack, metric: str, rulebook: Rulebook) -> Iterator[tuple[float, float]]:
    """How many more of the metric a rule's evidence asks for, and how many come a day."""
    try:
        rule = rulebook.rule(held.rule)
    except UnknownName:  # the rule has gone since this was held back
        return
    for line in _counting(rule, metric):
        have, enough = (_worth(side, held.numbers) for side in (line.left, line.right))
        days = held.numbers.get("days.now")
        coming = held.numbers.get(f"{metric}.now")
        if have is not None and enough is not None and enough > have and days and coming:
            yield enough - have, float(coming) / float(days)


def _counting(rule: Rule, metric: str) -> Iterator[Line]:
    """Lines that ask for so many of the metric, now or now and before."""
    for line in rule.evidence if rule.judges_performance else ():
        if isinstance(line, Line) and line.sign[0] == ">":
            counted = {name for name in names(line.left) if name.metric == metric}
            if counted and counted == set(names(line.left)) and Name(metric, "now") in counted:
                yield line


def _worth(side: object, numbers: Mapping[str, object]) -> float | None:
    """One side of a line with the numbers it was held back with; None where one is missing."""
    known = {name: float(number) for name, number in numbers.items()
             if isinstance(number, int | float)}  # fmt: skip
    try:
        found = float(value(side, known))  # type: ignore[arg-type]  # plain numbers do as columns
    except KeyError:
        return None
    return None if math.isnan(found) else found
