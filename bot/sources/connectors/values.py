"""What a warehouse answers with, as perfbot has it: ids text, money exact, JSON unpacked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bot.errors import SourceError
from bot.sentences import Sentence
from bot.sources.platforms.meta_rows import actions

MICROS = 1_000_000

DECIMALS, DIGITS = 9, 15


def text_of(value: Any) -> str | None:
    """A name or word as it stands; None where there is none."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    return str(value).strip() or None


def id_of(value: Any) -> str:
    """An id as text, whatever type it has; of a URN (LinkedIn's) what stands last. "" for none."""
    if isinstance(value, float | Decimal) and value % 1 == 0:
        value = int(value)
    return (text_of(value) or "").rpartition(":")[2]


def number_of(value: Any, *, micros: bool = False) -> float:
    """A number, NaN where it is missing (`-` is); millionths are divided exactly.

    What adding up binary fractions leaves is no amount, and goes: what is beyond the ninth decimal,
    and beyond the fifteenth digit, which is as many as such a fraction holds.

    Raises:
        SourceError: It is none.
    """
    if value in (None, "", "-"):
        return np.nan
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        raise SourceError(
            Sentence("%(value)s stands where a number should.", value=repr(str(value)[:40])),
            hint="Sync that table anew, or write a query of your own as table.",
        ) from None
    if not exact.is_finite():
        return np.nan
    amount = exact / MICROS if micros else exact
    return float(round(amount, min(DECIMALS, DIGITS - 1 - amount.adjusted())))


def zone_of(name: Any) -> ZoneInfo | None:
    """A time zone by its name; None where nobody knows it."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def opened(value: Any) -> Any:
    """What JSON holds: some drivers hand it over as text.

    Raises:
        SourceError: It is no JSON.
    """
    if not isinstance(value, str | bytes):
        return value
    try:
        return json.loads(value, parse_float=Decimal) if value.strip() else None
    except ValueError:
        raise SourceError(
            "A column that should hold JSON holds something else.",
            hint="Sync that table anew, or write a query of your own as table.",
        ) from None


def at_path(value: Any, path: str) -> Any:
    """What stands at `a.b.c` inside what JSON holds; None where nothing does."""
    for step in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def listed_actions(value: Any) -> Iterable[tuple[str, float]]:
    """Meta's list of actions: each type and its value."""
    for action in opened(value) or ():
        if isinstance(action, Mapping) and action.get("value") is not None:
            yield str(action.get("action_type")).lower(), number_of(action["value"])


def meta_columns(of: str) -> dict[str, tuple[str, ...]]:
    """Which types of action are which column, of counts or of amounts; the first counts."""
    money = of == "action_values"
    return {name: types for name, types in actions().items() if (name == "revenue") == money}


def picked(sums: Mapping[str, float], types: Iterable[str]) -> float:
    """The first of these types there is: they overlap, and are never added up. NaN for none."""
    return next((sums[kind] for kind in types if kind in sums), np.nan)


def moment_of(value: Any) -> datetime | None:
    """A time of writing, aware UTC; None where it is none. A number is seconds since 1970."""
    if isinstance(value, int | float | Decimal):
        value = float(value) * 1e9
    read = pd.to_datetime(value, utc=True, errors="coerce")
    return None if pd.isna(read) else read.to_pydatetime()


def latest(times: pd.Series) -> datetime | None:
    """The newest of these times; None where there is none."""
    newest = pd.to_datetime(times, utc=True, format="mixed", errors="coerce").max()
    return None if pd.isna(newest) else newest.to_pydatetime()
