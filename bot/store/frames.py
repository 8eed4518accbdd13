"""Rows of SQL as typed columns, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.input.columns import MONEY, VALUES

_WHOLE = {"campaign", "revision", "import", "labels", "backfilled", *MONEY}


def typed(found: list[tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    """Rows of SQL in the types of `Incoming`."""
    table = pd.DataFrame.from_records(found, columns=columns)
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
