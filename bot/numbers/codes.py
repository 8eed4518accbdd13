"""Numbers instead of words: which rows are of one campaign, found once a column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.columns import IDENTITY

Codes = npt.NDArray[np.int64]
_ROOM = 4  # a table of all that could occur may be so many times the rows; else they are hashed


def codes_of(frame: pd.DataFrame, columns: Sequence[str]) -> Codes:
    """A dense number for each different combination, ordered as the combinations are."""
    codes = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        codes = narrowed(codes, frame[column])
    return codes


def narrowed(codes: Codes, words: pd.Series) -> Codes:
    """The coding of rows told apart by one column more."""
    part, different = pd.factorize(words, sort=True)  # missing: -1, so first
    if len(different) == 0 or (len(different) == 1 and part.min() == 0):
        return codes  # all alike
    return dense(codes * (len(different) + 1) + part + 1)


def coded(frame: pd.DataFrame) -> tuple[Codes, list[str]]:
    """Which campaign each row is about, and the sorted `channel|account_id|campaign_id`s."""
    codes = codes_of(frame, IDENTITY)
    first = first_rows(codes)
    parts = [frame[name].to_numpy()[first] for name in IDENTITY]
    keys = ["|".join(map(str, row)) for row in zip(*parts, strict=True)]
    ranks, entities = pd.factorize(np.array(keys, dtype=object), sort=True)
    return ranks.astype(np.int64)[codes], [str(key) for key in entities]


def first_rows(codes: Codes) -> Codes:
    """Where each number of a dense coding stands first."""
    first = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1, dtype=np.int64)  # the last one stays
    return first


def dense(codes: Codes) -> Codes:
    """The same order and differences, numbered from 0 without gaps."""
    there = _occurring(codes)
    if there is None:
        return np.asarray(pd.factorize(codes, sort=True)[0], dtype=np.int64)
    return np.asarray((np.cumsum(there) - 1)[codes], dtype=np.int64)


def all_different(codes: Codes) -> bool:
    """Whether no number comes twice."""
    there = _occurring(codes)
    if there is None:
        return bool(pd.Index(codes).is_unique)
    return bool(np.count_nonzero(there) == codes.size)


def _occurring(codes: Codes) -> npt.NDArray[np.bool_] | None:
    """Which numbers occur; None where a table of them would be mostly empty."""
    most = int(codes.max(initial=-1)) + 1
    if most > _ROOM * codes.size + 1000:
        return None
    there = np.zeros(most, dtype=bool)
    there[codes] = True
    return there


def day_of(times: npt.NDArray[np.datetime64] | np.datetime64) -> Codes:
    """Days since 1970."""
    return np.asarray(times.astype("datetime64[D]").astype(np.int64))


def cells_of(codes: Codes, days: Codes) -> Codes:
    """A number for each campaign and day, ordered as they are."""
    if codes.size == 0:
        return codes
    first = int(days.min())
    return codes * (int(days.max()) - first + 1) + days - first
