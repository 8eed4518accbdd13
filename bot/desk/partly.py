"""Part of what is advised: `ack 50%`, `ack to 400`. The budgets somebody agreed to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from bot.advice.types import Advice
from bot.desk.words import HALVES
from bot.errors import UsageError
from bot.messages.forms import Forms
from bot.store.base import AdviceRecord, Store

NUMBER = r"\d{1,12}(?:[.,]\d{1,4})?"
SHARE = re.compile(rf"(?P<share>{NUMBER})\s*(?:%|percent|per cent|prosent)")
AMOUNT = re.compile(rf"(?:to|til)\s+(?P<amount>{NUMBER})(?:\s*[a-zæøå]{{2,3}}\.?|\s*[€$£])?")
ACKNOWLEDGED = "advice.acknowledge"


@dataclass(frozen=True)
class Part:
    """A share of the change (0-1), or the new daily budget of one of its campaigns."""

    share: Decimal | None = None
    amount: Decimal | None = None


def part_of(text: str) -> Part | None:
    """`50%`, `50 prosent`, `half`, `to 400`, `til 1 400,50 kr` as a part; None where it is none."""
    said = " ".join(text.casefold().split())
    said = re.sub(r"(?<=\d)[\s\u00a0](?=\d{3}\b)", "", said)
    if said in HALVES:
        return Part(share=Decimal("0.5"))
    if found := SHARE.fullmatch(said):
        return Part(share=_number(found["share"]) / 100)
    found = AMOUNT.fullmatch(said)
    return Part(amount=_number(found["amount"])) if found else None


def _number(said: str) -> Decimal:
    return Decimal(said.replace(",", "."))


def agreed(advice: Advice, part: Part) -> dict[str, float]:
    """The daily budgets of a part of the change, to the minor unit; a shift's total is kept.

    Raises:
        UsageError: No budget is known, or it is no part of what is advised.
    """
    steps = _steps(advice)
    if not steps:
        raise UsageError(
            "No daily budget is known, so it cannot be acknowledged in part.",
            hint="Acknowledge it whole, or dismiss it.",
        )
    share = part.share if part.share is not None else _share(steps, part.amount or Decimal(0))
    if share is None or not 0 < share <= 1:
        raise _no_part(steps)
    unit = Decimal(1).scaleb(-Forms("en").minor(advice.currency))
    return {key: float(budget) for key, budget in _scaled(steps, share, unit).items()}


Steps = Mapping[str, tuple[Decimal, Decimal]]


def _steps(advice: Advice) -> Steps:
    """Campaign id to its daily budget before and after, where both are known."""
    if not advice.budgets or not set(advice.budgets) <= set(advice.budgets_before):
        return {}
    return {
        key: (Decimal(str(advice.budgets_before[key])), Decimal(str(after)))
        for key, after in advice.budgets.items()
    }


def _share(steps: Steps, amount: Decimal) -> Decimal | None:
    """How much of the change brings one campaign's budget there; None where none fits alone."""
    found = [
        (amount - before) / (after - before)
        for before, after in steps.values()
        if after != before and min(before, after) <= amount <= max(before, after)
    ]
    return found[0] if len(found) == 1 else None


def _scaled(steps: Steps, share: Decimal, unit: Decimal) -> dict[str, Decimal]:
    """Each budget moved by its share; what the last one gets makes the total come out."""
    moved = {
        key: ((after - before) * share).quantize(unit, ROUND_HALF_EVEN)
        for key, (before, after) in steps.items()
    }
    if len(steps) > 1 and sum(after - before for before, after in steps.values()) == 0:
        *others, last = moved
        moved[last] = -sum((moved[key] for key in others), Decimal(0))
    return {key: steps[key][0] + step for key, step in moved.items()}


def _no_part(steps: Steps) -> UsageError:
    before, after = next(iter(steps.values()))
    low, high = (format(each.normalize(), "f") for each in sorted((before, after)))
    return UsageError(
        "That is not a part of what is advised.",
        hint="Say an amount between %(low)s and %(high)s, or a share under 100 %%.",
        values={"low": low, "high": high},
    )


def only(advice: Advice, budgets: Mapping[str, float]) -> Advice:
    """The advice as far as it was agreed to; itself where it was agreed to whole."""
    return replace(advice, budgets={**advice.budgets, **budgets}) if budgets else advice


def acknowledged(store: Store, record: AdviceRecord) -> Mapping[str, float]:
    """The budgets agreed to, where that was less than advised: read from the event that says so."""
    if record.state != "acknowledged":
        return {}
    said = store.events(subject=record.advice.id, kind=ACKNOWLEDGED)
    found: Mapping[str, float] = said[-1].details.get("budgets", {}) if said else {}
    return found
