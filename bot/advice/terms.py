"""What the advice of a shift says besides its budgets, as plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from bot.advice.json import plain
from bot.advice.shifted import Shifted
from bot.advice.types import Reason, TestRead
from bot.advice.view import View

_SIDES = ("mean", "low", "high", "sure")


def numbers_of(
    shift: Shifted, tests: Iterable[TestRead], id_of: Callable[[int], str]
) -> dict[str, Any]:
    """`givers`, `takers`, `effect` (with what each campaign adds), `shift`, `tests`.

    Each part of the effect is about 7 x `result_rate` x ((after / before) ^ `elasticity` - 1) of
    the campaign's evidence, and together they are its mean.
    """
    told: dict[str, Any] = {name: round(getattr(shift.effect, name), 6) for name in _SIDES}
    parts = {id_of(row): round(part, 6) for row, part in shift.parts.items()}
    told["mean"] = round(sum(parts.values()), 6)
    return {
        "givers": [id_of(row) for row in shift.givers],
        "takers": [id_of(row) for row in shift.takers],
        "effect": {**told, "counted": shift.counted, "parts": parts},
        "shift": plain(asdict(shift.terms)),
        "tests": [plain(asdict(one)) for one in tests],
    }


def turns(shift: Shifted, view: View) -> list[Reason]:
    """Where it would turn: the next result of the first giver, or taker, as dear as the pool's."""
    found = []
    for row, sign in ((shift.givers[0], ">"), (shift.takers[0], "<")):
        cost, pool = (float(view[f"{name}.now"][row]) for name in ("next_cost", "next_cost_pool"))
        found.append(Reason(f"next_cost.now {sign} {pool:.6g}", cost, pool))
    return found
