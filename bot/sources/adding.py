"""One row a day and campaign: segmented rows are added up, unexplained repeats refused."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.input.daily import COLUMNS
from bot.sources.refusals import RepeatedRow, shown

KEY = (
    "channel",
    "account_id",
    "campaign_id",
    "level",
    "parent_id",
    "date",
    "pulled_on",
    "pulled_at",
)
AGREED = ("stage", "pricing_model", "billed_by", "measured_by", "daily_budget")
NEVER_ADDED = ("reach", "satisfaction")
ADDED = tuple(
    name
    for name, column in COLUMNS.items()
    if column.kind in {"money", "count"} and name not in {*AGREED, *NEVER_ADDED}
)


def one_a_day(
    frame: pd.DataFrame, lines: npt.NDArray[np.int64], segments: pd.DataFrame
) -> tuple[pd.DataFrame, bool]:
    """Add up rows of one day and campaign that differ in their segments.

    Spend, counts and revenue are added (those present; missing where none is). Reach and
    satisfaction never are: they are missing where rows were added. A budget, stage or model is
    kept where the rows agree.

    Args:
        frame: Canonical rows.
        lines: The line of each.
        segments: What splits them (device, network, hour …), no columns where nothing does.

    Returns:
        The rows, and whether any were added up.

    Raises:
        RepeatedRow: The same day and campaign, and the same segments, come twice.
    """
    key = _numbered(frame[list(KEY)])
    if not pd.Series(key).duplicated().any():
        return frame, False
    exact = _numbered(segments.assign(key=key))
    _refuse_repeats(frame, lines, exact, segmented=bool(len(segments.columns)))
    return _added(frame, key), True


def _numbered(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """A number for each different row."""
    codes = np.zeros(len(frame), dtype=np.int64)
    for name in frame.columns:
        part, different = pd.factorize(frame[name], use_na_sentinel=False)
        codes = pd.factorize(codes * max(len(different), 1) + part)[0].astype(np.int64)
    return codes


def _refuse_repeats(
    frame: pd.DataFrame,
    lines: npt.NDArray[np.int64],
    exact: npt.NDArray[np.int64],
    *,
    segmented: bool,
) -> None:
    again = pd.Series(exact).duplicated().to_numpy()
    if not again.any():
        return
    row = int(np.flatnonzero(again)[0])
    first = int(lines[np.flatnonzero(exact == exact[row])[0]])
    same = "day, campaign and segment" if segmented else "day and campaign"
    raise RepeatedRow(
        f"This row repeats the {same} of line {first} ({frame['date'][row]:%Y-%m-%d}, "
        f"{shown(frame['campaign_name'][row] or frame['campaign_id'][row])}).",
        hint="Export again with one row a day and campaign, or with the column that tells the "
        "rows apart (campaign id, device, ad set …).",
        line=int(lines[row]),
    )


def _added(frame: pd.DataFrame, key: npt.NDArray[np.int64]) -> pd.DataFrame:
    groups = frame.groupby(key, sort=False)
    out = frame[~pd.Series(key).duplicated()].reset_index(drop=True)
    several = groups.size().to_numpy() > 1
    for name in ADDED:
        if frame[name].notna().any():
            # rounded to millionths, the sum is the double nearest to the exact one
            out[name] = groups[name].sum(min_count=1).round(6).to_numpy()
    for name in NEVER_ADDED:
        out[name] = out[name].mask(several)
    for name in AGREED:
        if frame[name].notna().any():
            first, kinds = groups[name].first(), groups[name].nunique()
            out[name] = first.where(kinds < 2, None if frame[name].dtype == object else np.nan)
    return out
