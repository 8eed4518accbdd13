"""Values as text: times, days and JSON that reads back as an equal value."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np


def utc(at: datetime) -> str:
    """An aware time as UTC text that sorts in order of time.

    Raises:
        ValueError: A time without a zone: a mistake in the program, never guessed.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone.")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def maybe_utc(at: datetime | None) -> str | None:
    return None if at is None else utc(at)


def maybe_time(text: str | None) -> datetime | None:
    return None if text is None else time(text)


def day(text: str) -> date:
    return date.fromisoformat(text)


def maybe_day(text: str | None) -> date | None:
    return None if text is None else day(text)


def maybe_iso(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def dump(value: Any) -> str:
    """JSON text of a value; what JSON lacks (days, tuples, Decimals) is marked by `$`."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def load(text: str) -> Any:
    """The value `dump` was given."""
    return json.loads(text, object_hook=_restored)


def dump_rows(rows: Any) -> str:
    """JSON text of a board: plain values, missing numbers as null."""
    try:
        return json.dumps(rows, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError):
        return json.dumps(_bare(rows), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, Mapping):
        plain = {str(key): _plain(part) for key, part in value.items()}
        return {"$map": list(plain.items())} if _looks_marked(plain) else plain
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return _marked(value)


def _looks_marked(plain: Mapping[str, Any]) -> bool:
    return len(plain) == 1 and not _MARKS.keys().isdisjoint(plain)


def _marked(value: Any) -> Any:
    if isinstance(value, tuple):
        return {"$tuple": [_plain(part) for part in value]}
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(value)}
    return value


_MARKS: dict[str, Callable[[Any], Any]] = {
    "$map": dict,
    "$tuple": tuple,
    "$time": datetime.fromisoformat,
    "$day": date.fromisoformat,
    "$decimal": Decimal,
    "$float": float,
}


def _restored(found: dict[str, Any]) -> Any:
    if len(found) != 1:
        return found
    ((mark, value),) = found.items()
    restore = _MARKS.get(mark)
    return found if restore is None else restore(value)


def _bare(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, Mapping):
        return {str(key): _bare(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_bare(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
