"""Rows that are no numbers of a day: totals, footers, headings repeated half-way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.input.columns import MONEY
from bot.sources.days import looks_like_day
from bot.sources.headings import headings
from bot.sources.layout import FIRST, IDENTITY
from bot.sources.plain import plain
from bot.sources.refusals import BadValue, Contradiction, NotATable, shown
from bot.sources.table import Table

Amounts: TypeAlias = npt.NDArray[np.float64]


def only_days(table: Table, day: str) -> tuple[Table, Table, tuple[str, ...]]:
    """The rows that have a day, and those of totals; footers are left out.

    A row of totals has no day, and either begins with a word for it or names no campaign: a
    campaign called "Total Wine" has a day, and stays.

    Args:
        table: All rows.
        day: The column that holds the day.

    Raises:
        BadValue: A row has no day, or no campaign, and is no total.
        NotATable: A row was cut off.
    """
    dated = table.cells[day].where(looks_like_day)
    totals = _is_nobody(table, day)
    totals |= ~dated & (_begins_with_total(table, dated) | _repeats(table, day))
    footers = ~(dated | totals) & _only_first(table) & _at_the_end(dated)
    kept = table.keep(~(totals | footers))
    _refuse_dayless(kept, day)
    _refuse_cut(kept)
    _refuse_nameless(kept)
    return kept, table.keep(totals), _note(int(totals.sum()))


def _note(totals: int) -> tuple[str, ...]:
    if not totals:
        return ()
    rows = "1 row of totals was" if totals == 1 else f"{totals} rows of totals were"
    return (f"{rows} left out.",)


def _total_word(cell: str) -> bool:
    text = plain(cell)
    return any(text == word or text.startswith(f"{word} ") for word in headings().totals)


def _begins_with_total(table: Table, dated: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """A word for total, in a cell that holds no campaign's name elsewhere."""
    spoken = np.zeros(len(table), dtype=bool)
    for column in (FIRST, "date", *IDENTITY):
        if table.has(column):
            cells = table.cells[column]
            names = set(cells.keep(dated).words)
            spoken |= cells.where(_outside(names, _total_word))
    return spoken


def _outside(names: set[str], asked: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda cell: cell not in names and asked(cell)


def _is_nobody(table: Table, day: str) -> npt.NDArray[np.bool_]:
    """No campaign, and no day either unless it is Meta's own total of the account."""
    whole_account = table.cells[day].missing() | (table.layout.dialect.name == "meta_ads")
    return whole_account & _nameless(table) & ~_only_first(table)


def _nameless(table: Table) -> npt.NDArray[np.bool_]:
    nameless = np.ones(len(table), dtype=bool)
    for name in IDENTITY:
        if table.has(name):
            nameless &= table.cells[name].blank()
    return nameless


def _repeats(table: Table, day: str) -> npt.NDArray[np.bool_]:
    heading = plain(table.layout.heading(day))
    return table.cells[day].where(lambda cell: plain(cell) == heading)


def _only_first(table: Table) -> npt.NDArray[np.bool_]:
    first = table.layout.columns[FIRST]
    others = [name for name, place in table.layout.columns.items() if place != first]
    alone = np.ones(len(table), dtype=bool)
    for name in others:
        alone &= ~table.cells[name].filled()
    return alone


def _at_the_end(dated: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    after = np.zeros(len(dated), dtype=bool)
    days = np.flatnonzero(dated)
    after[days[-1] + 1 if len(days) else 0 :] = True
    return after


def _refuse_dayless(table: Table, day: str) -> None:
    wrong = ~table.cells[day].where(looks_like_day)
    if not wrong.any():
        return
    cell = table.cells[day][int(np.flatnonzero(wrong)[0])]
    what = f"{shown(cell)} is no date" if cell.strip() else "There is no date in this row"
    raise BadValue(
        f"{what} (column {table.layout.heading(day)}).",
        hint="Mend the row, or export again with dates like 2026-09-01.",
        line=table.line(wrong),
    )


def _refuse_cut(table: Table) -> None:
    if table.short.any():
        raise NotATable(
            "This row has fewer cells than there are headings: it was cut off.",
            hint="Download the file again.",
            line=table.line(table.short),
        )


def _refuse_nameless(table: Table) -> None:
    wrong = _nameless(table)
    if len(wrong) and wrong.any():
        raise BadValue(
            "This row has a date and no campaign.",
            hint="Take rows of totals out, or export again with the campaign's name or id.",
            line=table.line(wrong),
        )


COMPARED = ("spend", "impressions", "clicks", "conversions", "revenue", "leads")
_UNITS = {1_000_000: "millionths", 1_000: "thousandths", 100: "hundredths"}


def against_totals(
    table: Table, totals: Mapping[str, Amounts], rows: Mapping[str, Amounts], frame: pd.DataFrame
) -> tuple[str, ...]:
    """Where the file's own total contradicts its rows.

    Args:
        table: The rows of totals, for their lines and headings.
        totals: Their numbers by column.
        rows: The numbers of the other rows.
        frame: What those rows came to: levels told apart, repeats left out.

    Raises:
        Contradiction: The amounts differ by their unit (the rows are in millionths).
    """
    off = [
        sentence
        for name in COMPARED
        if name in totals and name in rows and not np.isnan(totals[name]).all()
        for sums in [{_sum(rows[name]), _sum(frame[name].to_numpy(dtype=np.float64))}]
        if (sentence := _compared(table, name, totals[name], sums, len(rows[name])))
    ]
    if not off:
        return ()
    listed = ", ".join(off)
    said = f"The rows do not add up to the file's own total: {listed}. A row may be missing, or one"
    return (f"{said} too many.",)


def _sum(values: Amounts) -> float:
    return float(np.nansum(values))


def _compared(table: Table, name: str, totals: Amounts, sums: set[float], rows: int) -> str | None:
    """What is to be said of one column, None where one of the totals is the sum of the rows."""
    near = 0.01 * rows + 0.01
    there = [(place, total) for place, total in enumerate(totals.tolist()) if total == total]  # noqa: PLR0124 (NaN)
    if any(abs(total - each) <= near + 1e-6 * abs(total) for _, total in there for each in sums):
        return None
    place, total = max(there, key=lambda one: abs(one[1]))
    mine = min(sums, key=lambda each: abs(each - total))
    heading, line = table.layout.heading(name), int(table.lines[place])
    for times, unit in _UNITS.items():
        if name in MONEY and total and abs(mine / (total * times) - 1) < 1e-3:
            raise Contradiction(
                f"The rows' {heading} adds up to {mine:,.10g}, and the file's own total says "
                f"{total:,.10g}: the rows are in {unit}.",
                hint=f'Say so: --column "{heading}={name}_micros".'
                if times == 1_000_000
                else "Export again with amounts in units of the currency.",
                line=line,
            )
    return f"{heading} {mine:,.10g} against {total:,.10g} in line {line}"
