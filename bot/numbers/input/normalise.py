"""Any table of daily numbers into the one shape everything else reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.errors import PerfbotError
from bot.numbers.input.columns import COLUMNS, NUMERIC, VALUES
from bot.numbers.input.names import account_key, channel_key, normal_name
from bot.sentences import Sentence, sentence


class ImpossibleRowError(PerfbotError):
    """A row that cannot be true: no date, no campaign, spend or a count under zero.

    Args:
        row: The row it is about, counted from 1 as the frame was given.
        column: The column it is about.

    Attributes:
        problem: The message without the row.
    """

    code: ClassVar[str] = "impossible"

    def __init__(self, message: str, *, row: int, column: str, hint: str = "") -> None:
        self.row, self.column, self.problem = row, column, sentence(message)
        super().__init__(
            Sentence("Row %(row)s: %(problem)s", row=row, problem=self.problem), hint=hint
        )


def normalise(frame: pd.DataFrame) -> pd.DataFrame:
    """Daily numbers in canonical shape: every column of `COLUMNS`, in order, in its type.

    Missing columns are added empty, others dropped. Channels take their key; a campaign without an
    id takes its normalised name. Ids stay text.

    Raises:
        ImpossibleRowError: For the first row with no date, no campaign, an infinite number, or a
            value under zero where none can be.
    """
    if is_normal(frame):
        return frame
    source_frame = frame.reset_index(drop=True)
    columns = {name: _column(source_frame, name) for name in COLUMNS}
    columns["channel"] = _each(columns["channel"], lambda text: channel_key(str(text)) or None)
    accounts = columns["account_id"].fillna("")
    columns["account_id"] = _each(accounts, lambda text: account_key(str(text)))
    columns["campaign_id"] = _identified(columns)
    _refuse({name: column.to_numpy() for name, column in columns.items()})
    return pd.DataFrame(columns, index=source_frame.index, copy=False)


def is_normal(frame: pd.DataFrame) -> bool:
    """Whether the frame already is in canonical shape, so that nothing need be done twice."""
    if list(frame.columns) != list(COLUMNS):
        return False
    return all(map(_typed, frame.dtypes, COLUMNS)) and all(
        isinstance(text, str) and change(text) == text
        for column, change in (("channel", channel_key), ("account_id", account_key))
        for text in frame[column].unique()
    )


def _typed(dtype: object, name: str) -> bool:
    kind = COLUMNS[name].kind
    dtypes = {"text": "object", "day": "datetime64[ns]", "time": "datetime64[ns]", "flag": "bool"}
    return str(dtype) == dtypes.get(kind, "float64")


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    kind = COLUMNS[name].kind
    if name not in frame.columns:
        return _empty(kind, frame.index)
    values = frame[name]
    if kind == "text":
        return _each(values, _text)
    if kind in {"day", "time"}:
        return _when(values, name)
    if kind == "flag":
        return values.map(lambda flag: bool(flag) if pd.notna(flag) else False).astype(bool)
    return _numeric(values, name)


def _empty(kind: str, index: pd.Index) -> pd.Series:
    if kind == "text":
        return pd.Series(np.full(len(index), None, dtype=object), index=index)
    if kind in {"day", "time"}:
        return pd.Series(np.full(len(index), "NaT", dtype="datetime64[ns]"), index=index)
    if kind == "flag":
        return pd.Series(np.zeros(len(index), dtype=bool), index=index)
    return pd.Series(np.full(len(index), np.nan), index=index)


def _each(values: pd.Series, change: Callable[[object], str | None]) -> pd.Series:
    """Change each different value once: text columns repeat the same few thousand values."""
    words = values if isinstance(values.dtype, pd.StringDtype) else values.astype(object)
    codes, different = pd.factorize(words)
    changed = np.array([*(change(value) for value in different), None], dtype=object)  # -1: None
    return pd.Series(changed[codes], index=values.index, dtype=object)


def _text(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _when(values: pd.Series, name: str) -> pd.Series:
    try:
        return _days(values) if COLUMNS[name].kind == "day" else _times(values)
    except (ValueError, TypeError, OverflowError) as error:
        row = _first(values, lambda value: _fails(_moment, value))
        raise ImpossibleRowError(
            Sentence("%(name)s is no date: %(value)s.", name=name, value=repr(values.iloc[row])),
            row=row + 1,
            column=name,
            hint="Write days as 2026-11-23.",
        ) from error


def _days(values: pd.Series) -> pd.Series:
    if values.dtype == "datetime64[ns]":
        midnights: pd.Series = values.dt.normalize()
        return midnights
    days = _iso(values, utc=False)
    if days.dt.tz is not None:
        days = days.dt.tz_localize(None)
    return days.astype("datetime64[ns]").dt.normalize()


def _times(values: pd.Series) -> pd.Series:
    times: pd.Series = _iso(values, utc=True).dt.tz_localize(None).astype("datetime64[ns]")
    return times


def _iso(values: pd.Series, *, utc: bool) -> pd.Series:
    """ISO text or dates to times; nothing that could be read two ways."""
    if values.dtype.kind == "M":
        return pd.to_datetime(values, utc=utc)
    return pd.to_datetime(_each(values, _text), utc=utc, format="ISO8601")


def _moment(value: Any) -> pd.Timestamp:
    return pd.Timestamp(pd.to_datetime(str(_text(value)), format="ISO8601")).as_unit("ns")


def _numeric(values: pd.Series, name: str) -> pd.Series:
    if values.dtype == np.float64:
        return values.copy()
    try:
        return pd.to_numeric(values).astype("float64")
    except (ValueError, TypeError) as error:
        row = _first(values, lambda value: _fails(float, value))
        raise ImpossibleRowError(
            Sentence("%(name)s is no number: %(value)s.", name=name, value=repr(values.iloc[row])),
            row=row + 1,
            column=name,
            hint="Leave a missing number empty.",
        ) from error


def _first(values: pd.Series, wrong: Callable[[object], bool]) -> int:
    return next((row for row, value in enumerate(values) if pd.notna(value) and wrong(value)), 0)


def _fails(read: Callable[[Any], object], value: object) -> bool:
    try:
        read(value)
    except (ValueError, TypeError, OverflowError):
        return True
    return False


def _identified(columns: Mapping[str, pd.Series]) -> pd.Series:
    ids = columns["campaign_id"]
    if ids.notna().all():
        return ids
    from_names = _each(columns["campaign_name"], lambda name: normal_name(str(name)) or None)
    return ids.where(ids.notna(), from_names)


_LACKING = {
    "date": Sentence("There is no date."), "channel": Sentence("There is no channel."),
    "campaign_id": Sentence("There is no campaign."),
}  # fmt: skip


def _refuse(columns: Mapping[str, npt.NDArray[Any]]) -> None:
    for column in ("date", "channel", "campaign_id"):
        _refuse_where(pd.isna(columns[column]), column, _LACKING[column])
    for column in NUMERIC:
        if (infinite := np.isinf(columns[column])).any():
            _refuse_where(infinite, column, Sentence("%(name)s is not finite.", name=column))
    for column in (name for name in VALUES if not COLUMNS[name].signed):
        if (negative := columns[column] < 0).any():
            _refuse_where(negative, column, Sentence("%(name)s is under zero.", name=column))


def _refuse_where(wrong: npt.NDArray[np.bool_], column: str, message: Sentence) -> None:
    if not wrong.any():
        return
    row = int(np.flatnonzero(wrong)[0]) + 1
    raise ImpossibleRowError(
        message, row=row, column=column, hint="Mend the row, or leave the value empty."
    )
