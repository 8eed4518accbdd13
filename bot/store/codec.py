"""Values as stored: sortable times, JSON that reads back equal, money in micros, typed columns."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.errors import StoreError
from bot.numbers.input.columns import MONEY, VALUES

MICROS = 1_000_000
MISSING = np.iinfo(np.int64).min  # stands for NULL among int64 micros
_SURE = 4e15  # under 4e9 currency units no two amounts of six decimals share a float
_EXACT = 2**53
Micros = npt.NDArray[np.int64]
_WHOLE = {"campaign", "revision", "import", "labels", "backfilled", *MONEY}


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


def _restored(fields: dict[str, Any]) -> Any:
    if len(fields) != 1:
        return fields
    ((mark, value),) = fields.items()
    restore = _MARKS.get(mark)
    return fields if restore is None else restore(value)


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


def to_micros(amounts: Iterable[Any]) -> Micros:
    """Whole micros of currency units, half to even; missing becomes `MISSING`.

    Floats count as the decimal number they print as, so 0.1 is 100,000 micros and not a hair more.

    Args:
        amounts: Floats, ints, Decimals or None; NaN is missing.

    Raises:
        StoreError: An amount that does not fit: infinite, or above nine billion units of a million.
    """
    values = np.asarray(amounts if isinstance(amounts, np.ndarray) else list(amounts))
    if values.dtype.kind not in "fiu":
        return _each(values)
    floats = values.astype(np.float64)
    scaled = np.rint(floats * MICROS)
    sure = (np.abs(scaled) < _SURE) & (scaled / MICROS == floats)
    out = np.full(len(floats), MISSING, dtype=np.int64)
    out[sure] = scaled[sure].astype(np.int64)
    inexact = ~sure & ~np.isnan(floats)
    out[inexact] = _each(values[inexact])
    return out


def from_micros(micros: Micros) -> npt.NDArray[np.float64]:
    """Currency units as the nearest float64; `MISSING` becomes NaN."""
    out = micros / np.float64(MICROS)
    large = np.abs(micros.astype(np.float64)) >= _EXACT  # 2^53 + 1 reads as 2^53
    out[large] = [int(value) / MICROS for value in micros[large]]  # int / int rounds once
    out[micros == MISSING] = np.nan
    return out


def _each(amounts: npt.NDArray[Any]) -> Micros:
    return np.array([_micros(amount) for amount in amounts], dtype=np.int64)


def _micros(amount: Any) -> int:
    if amount is None or amount != amount:  # noqa: PLR0124  # NaN of any type
        return int(MISSING)
    try:
        exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
        micros = int((exact * MICROS).to_integral_value(rounding=ROUND_HALF_EVEN))
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise StoreError(f"{amount!r} is not an amount of money.") from error
    if abs(micros) >= -int(MISSING):
        raise StoreError(f"{amount} is more money than can be stored.", hint="Check the column.")
    return micros


def typed(rows: list[tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    """Rows of SQL in the types of `Incoming`."""
    table = pd.DataFrame.from_records(rows, columns=columns)
    for name in columns:
        if name in {"date", "pulled_on"}:
            table[name] = days(table[name])
        elif name in _WHOLE:
            table[name] = table[name].astype(np.int64)
        else:
            table[name] = table[name].astype(np.float64 if name in VALUES else object)
    return table


def days(texts: pd.Series) -> npt.NDArray[np.datetime64]:
    codes, different = pd.factorize(texts)
    return np.array(different, dtype="datetime64[ns]")[codes]


def iso(column: pd.Series) -> list[str]:
    codes, different = pd.factorize(column)
    written = np.array([f"{on:%Y-%m-%d}" for on in different], dtype=object)
    return written[codes].tolist() if len(codes) else []
