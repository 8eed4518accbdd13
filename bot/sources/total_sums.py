"""A file's own totals beside its rows: of a day, of a campaign, of everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.input.columns import MONEY
from bot.sentences import Sentence, together
from bot.sources.cells import DASHES, Flags
from bot.sources.layout import IDENTITY
from bot.sources.refusals import Contradiction, shown
from bot.sources.table import TextTable
from bot.sources.totals import is_total

Amounts: TypeAlias = npt.NDArray[np.float64]
COMPARED = ("spend", "impressions", "clicks", "conversions", "revenue", "leads")
_UNITS = {
    1_000_000: Sentence("millionths"), 1_000: Sentence("thousandths"), 100: Sentence("hundredths")
}  # fmt: skip


def of_days(
    table: TextTable, days: npt.NDArray[np.datetime64], numbers: Mapping[str, Amounts]
) -> Flags:
    """Rows called "Total" that are the sum of the other rows of their day.

    Raises:
        Contradiction: Some rows of that name are, and others are not.
    """
    has_total_name = _called_total(table)
    if not has_total_name.any():
        return has_total_name
    rows = np.flatnonzero(has_total_name)
    matches: Flags = np.fromiter(
        (_is_sum(numbers, row, (days == days[row]) & ~has_total_name) for row in rows.tolist()),
        dtype=np.bool_,
        count=len(rows),
    )
    if matches.any() and not matches.all():
        raise Contradiction(
            "Rows called a total are the sum of their day, and this one is not.",
            hint="A row of the day may be missing: export again, or leave the totals out.",
            line=int(table.lines[rows[~matches][0]]),
        )
    return has_total_name if matches.any() else np.zeros(len(table), dtype=bool)


def _called_total(table: TextTable) -> Flags:
    """Rows whose campaign is called a total, and has no id of its own."""
    if not table.has("campaign_name"):
        return np.zeros(len(table), dtype=bool)
    has_total_name = table.cells["campaign_name"].where(is_total)
    return (
        has_total_name & table.cells["campaign_id"].blank()
        if table.has("campaign_id")
        else has_total_name
    )


def _is_sum(numbers: Mapping[str, Amounts], row: int, other_rows: Flags) -> bool:
    """Whether a row's numbers are the sums of other rows', and not all zero."""
    if not other_rows.any():
        return False
    near = 0.01 * int(other_rows.sum()) + 0.01
    pairs = [
        (float(numbers[name][row]), float(np.nansum(numbers[name][other_rows])))
        for name in COMPARED
        if name in numbers and not np.isnan(numbers[name][row])
    ]
    same = [abs(mine - total) <= near + 1e-6 * abs(total) for mine, total in pairs]
    return bool(pairs) and all(same) and any(mine for mine, _ in pairs)


def against_totals(
    totals: TextTable,
    their: Mapping[str, Amounts],
    rows: TextTable,
    numbers: Mapping[str, Amounts],
    frame: pd.DataFrame,
) -> tuple[str, ...]:
    """Where the file's own totals contradict its rows.

    Args:
        totals: The rows of totals.
        their: Their numbers by column.
        rows: The other rows.
        numbers: Theirs.
        frame: What those came to: levels told apart, repeats left out.

    Raises:
        Contradiction: The amounts differ by their unit (the rows are in millionths).
    """
    off = list(_grand(totals, their, numbers, frame, _of_one(totals, rows)))
    off += list(_by_campaign(totals, their, rows, numbers))
    if not off:
        return ()
    return (
        Sentence(
            "The rows do not add up to the file's own total: %(listed)s. A row may be missing, or "
            "one too many.",
            listed=together(off[:8]),
        ),
    )


def _of_one(totals: TextTable, rows: TextTable) -> Flags:
    """Totals of one campaign, which say its name."""
    mine = np.zeros(len(totals), dtype=bool)
    for name in IDENTITY:
        if totals.has(name) and rows.has(name):
            words = {word for word in rows.cells[name].words if word.strip(DASHES)}
            mine |= totals.cells[name].where(words.__contains__)
    return mine


def _by_campaign(
    totals: TextTable, their: Mapping[str, Amounts], rows: TextTable, numbers: Mapping[str, Amounts]
) -> Iterator[str]:
    """Totals of a campaign that are not the sum of its rows."""
    for place in np.flatnonzero(_of_one(totals, rows)).tolist():
        name = next(
            identity
            for identity in IDENTITY
            if totals.has(identity) and totals.cells[identity][place]
        )
        label = totals.cells[name][place]
        in_campaign = rows.cells[name].equal(label)
        for column in COMPARED:
            if column in their and column in numbers and not np.isnan(their[column][place]):
                total, row_sum = float(their[column][place]), _sum(numbers[column][in_campaign])
                if abs(total - row_sum) > 0.01 * in_campaign.sum() + 0.01 + 1e-6 * abs(total):
                    yield (
                        Sentence(
                            "%(heading)s of %(label)s %(row_sum)s against %(total)s in line "
                            "%(lines)s",
                            heading=totals.layout.heading(column),
                            label=shown(label),
                            row_sum=f"{row_sum:,.10g}",
                            total=f"{total:,.10g}",
                            lines=totals.lines[place],
                        )
                    )


def _grand(
    totals: TextTable,
    their: Mapping[str, Amounts],
    numbers: Mapping[str, Amounts],
    frame: pd.DataFrame,
    of_one: Flags,
) -> Iterator[str]:
    for name in COMPARED:
        if name in their and name in numbers:
            values = np.where(of_one, np.nan, their[name])
            sums = {_sum(numbers[name]), _sum(frame[name].to_numpy(dtype=np.float64))}
            if not np.isnan(values).all():
                sentence = _compared(totals, name, values, sums, len(numbers[name]))
                if sentence:
                    yield sentence


def _sum(values: Amounts) -> float:
    return float(np.nansum(values))


def _compared(
    table: TextTable, name: str, totals: Amounts, sums: set[float], rows: int
) -> str | None:
    """What is to be said of one column, None where one of the totals is the sum of the rows."""
    near = 0.01 * rows + 0.01
    filled = [(place, total) for place, total in enumerate(totals.tolist()) if total == total]  # noqa: PLR0124 (NaN)
    amounts = [total for _, total in filled]
    total_sum = sum(amounts)  # where each campaign has a sum of its own, and there is none of all
    if any(
        abs(total - row_sum) <= near + 1e-6 * abs(total)
        for total in (*amounts, total_sum)
        for row_sum in sums
    ):
        return None
    place, total = max(filled, key=lambda pair: abs(pair[1]))
    closest = min(sums, key=lambda row_sum: abs(row_sum - total))
    heading, line = table.layout.heading(name), int(table.lines[place])
    for times, unit in _UNITS.items():
        if name in MONEY and total and abs(closest / (total * times) - 1) < 1e-3:
            raise Contradiction(
                Sentence(
                    "The rows' %(heading)s adds up to %(closest)s, and the file's own total says "
                    "%(total)s: the rows are in %(unit)s.",
                    heading=heading,
                    closest=f"{closest:,.10g}",
                    total=f"{total:,.10g}",
                    unit=unit,
                ),
                hint=Sentence(
                    'Say so: --column "%(heading)s=%(name)s_micros".', heading=heading, name=name
                )
                if times == 1_000_000
                else "Export again with amounts in units of the currency.",
                line=line,
            )
    return Sentence(
        "%(heading)s %(closest)s against %(total)s in line %(line)s",
        heading=heading,
        closest=f"{closest:,.10g}",
        total=f"{total:,.10g}",
        line=line,
    )
