"""thresholds.yml: sixteen rows, filled up from the defaults, with every gap named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from bot.advice.rulebook import PRICING, STAGES, Cell, Thresholds
from bot.numbers.metrics import Metric
from bot.rules_files.building import Complain
from bot.rules_files.models import Table

Plain: TypeAlias = Mapping[str, Any]
NEEDED = ("judge", "window", "before", "skip_last", "cooldown")
NUMBERS = (
    "waste",
    "room",
    "results",
    "frequency",
    "ctr_drop",
    "step",
    "test_step",
    "floor",
    "overdispersion",
    "day_noise",
    "delivery",
    "full",
    "elasticity",
    "learning_days",
    "learning_results",
    "peers",
)
"""Numbers the engine itself reads; rules may name any other that the defaults give."""


def table(model: Table, metrics: Mapping[str, Metric], complain: Complain) -> Thresholds:
    """The table of a model; what is missing or unknown goes to `complain`."""
    defaults = model.defaults.model_dump(exclude_none=True)
    for name in (*NEEDED, *NUMBERS):
        if name not in defaults:
            complain(("defaults",), f"The defaults lack {name!r}.", "Every rule may count on it.")
    if not {*NEEDED, *NUMBERS} <= set(defaults):
        return Thresholds(_row(None, None, {"judge": "spend"}), {})
    default = _row(None, None, defaults)
    cells = {
        (stage, pricing): _cell(stage, pricing, model, defaults, complain)
        for stage in STAGES
        for pricing in PRICING
    }
    _check_names(model, default, metrics, cells, complain)
    return Thresholds(default, cells, dict(model.channels), dict(model.captured))


def _cell(stage: str, pricing: str, model: Table, defaults: Plain, complain: Complain) -> Cell:
    own = getattr(getattr(model.cells, stage), pricing).model_dump(exclude_none=True)
    for name in own.keys() - defaults.keys():
        place = ("cells", stage, pricing, name)
        complain(place, f"The defaults do not know {name!r}.", "Give it a default first.")
    return _row(stage, pricing, {**defaults, **own})


def _row(stage: str | None, pricing: str | None, row: Plain) -> Cell:
    return Cell(
        stage=stage,
        pricing=pricing,
        judge=str(row["judge"]),
        now=_days(row.get("window", "7d")),
        before=_days(row.get("before", "28d")),
        skip_last=_days(row.get("skip_last", "0d")),
        cooldown=_days(row.get("cooldown", "0d")),
        numbers={name: float(value) for name, value in row.items() if name not in NEEDED},
    )


def _days(span: str) -> int:
    return int(span.removesuffix("d"))


def _check_names(
    model: Table,
    default: Cell,
    metrics: Mapping[str, Metric],
    cells: Mapping[tuple[str, str], Cell],
    complain: Complain,
) -> None:
    for (stage, pricing), cell in cells.items():
        if cell.judge not in metrics:
            place = ("cells", stage, pricing, "judge")
            complain(place, f"There is no metric called {cell.judge!r}.", "See metrics.yml.")
    layers: dict[tuple[str, ...], dict[str, float]] = {
        ("captured",): model.captured,
        **{("channels", c): v for c, v in model.channels.items()},
    }
    for layer, numbers in layers.items():
        for name in numbers.keys() - default.numbers.keys():
            complain(
                (*layer, name), f"The defaults do not know {name!r}.", "Give it a default first."
            )
