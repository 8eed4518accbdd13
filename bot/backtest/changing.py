"""A threshold set otherwise: `convert/CPA.waste=1.4`."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.advice.rulebook import Rulebook
from bot.advice.thresholds import Cell, Thresholds
from bot.errors import UnknownName, UsageError

SPANS = {"window": "now", "before": "before", "skip_last": "skip_last", "cooldown": "cooldown"}
"""Lengths in days, as thresholds.yml calls them."""
_HINT = "Write it like convert/CPA.waste=1.4, or defaults.waste=1.4 for every cell."
_FORM = re.compile(r"\s*([A-Za-z]+(?:/[A-Za-z]+)?)\.([a-z_]+)\s*=\s*(\S+)\s*")


def with_threshold(rulebook: Rulebook, text: str) -> Rulebook:
    """The rulebook with one threshold set, as `cell.name=value` says.

    The cell is `stage/MODEL`, or `defaults`: then every cell that has the default's value follows.

    Raises:
        UsageError: It is not of that form, or the value is no number that fits.
        UnknownName: A cell or threshold there is not.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} sets nothing.", hint=_HINT)
    place, name, value = found.groups()
    table = rulebook.thresholds
    if name not in table.names | {*SPANS}:
        raise UnknownName("threshold", name, _near(name, [*table.names, *SPANS]))
    number = _number(name, value)
    return replace(rulebook, thresholds=_set(table, place, name, number))


def _number(name: str, value: str) -> float:
    span = name in SPANS
    try:
        number = float(value.removesuffix("d") if span else value)
    except ValueError:
        raise UsageError(f"{name}: {value!r} is no number.", hint=_HINT) from None
    if not math.isfinite(number) or abs(number) > 1e12:
        raise UsageError(f"{name}: {value!r} is no number.", hint=_HINT)
    least = 1 if name in {"window", "before"} else 0
    if span and (number != int(number) or not least <= number <= 90):
        raise UsageError(f"{name} is {least} to 90 days, not {value}.", hint=_HINT)
    return number


def _set(table: Thresholds, place: str, name: str, number: float) -> Thresholds:
    if place == "defaults":
        old = _value(table.default, name)
        cells = {
            key: _with(cell, name, number) if _value(cell, name) == old else cell
            for key, cell in table.cells.items()
        }
        return replace(table, default=_with(table.default, name, number), cells=cells)
    known = {cell.name.lower(): key for key, cell in table.cells.items()}
    if place.lower() not in known:
        names = [cell.name for cell in table.cells.values()]
        raise UnknownName("cell", place, _near(place, [*names, "defaults"]))
    key = known[place.lower()]
    changed: Mapping[tuple[str, str], Cell] = {
        **table.cells, key: _with(table.cells[key], name, number)
    }  # fmt: skip
    return replace(table, cells=changed)


def _value(cell: Cell, name: str) -> float | None:
    return getattr(cell, SPANS[name]) if name in SPANS else cell.numbers.get(name)


def _with(cell: Cell, name: str, number: float) -> Cell:
    if name in SPANS:
        own: dict[str, Any] = {SPANS[name]: int(number)}
        return replace(cell, **own)
    return replace(cell, numbers={**cell.numbers, name: number})


def _near(given: str, known: list[str]) -> list[str]:
    return difflib.get_close_matches(given, known, n=3, cutoff=0.4)
