"""Rows that are no numbers of a day: totals, footers, headings repeated half-way."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from bot.sentences import Sentence
from bot.sources.days import looks_like_day
from bot.sources.headings import headings
from bot.sources.layout import FIRST, IDENTITY
from bot.sources.plain import plain
from bot.sources.refusals import BadValue, NotATable, NotDaily, shown
from bot.sources.table import TextTable
from bot.sources.written import covers_days

_SERIAL = re.compile(r"[34]\d{4}(?:[.,]\d+)?")  # days since 1900, or since 1904


def only_days(table: TextTable, day: str) -> tuple[TextTable, TextTable, tuple[str, ...]]:
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
    totals |= ~dated & _begins_with_total(table, dated)
    repeats = ~dated & _repeats(table, day)
    footers = ~(dated | totals | repeats) & _speaks(table) & _at_the_end(dated)
    day_rows = table.keep(~(totals | repeats | footers))
    _refuse_dayless(day_rows, day)
    _refuse_cut(day_rows)
    _refuse_nameless(day_rows)
    return day_rows, table.keep(totals), _note(int(totals.sum()))


def _note(totals: int) -> tuple[str, ...]:
    if not totals:
        return ()
    if totals == 1:
        return (Sentence("1 row of totals was left out."),)
    return (Sentence("%(totals)s rows of totals were left out.", totals=totals),)


def is_total(cell: str) -> bool:
    """Whether a cell is a word for total and nothing else: "Total", not "Total Wine"."""
    return plain(cell) in headings().totals


def _total_word(cell: str) -> bool:
    text = plain(cell)
    return any(text == word or text.startswith(f"{word} ") for word in headings().totals)


def _begins_with_total(table: TextTable, dated: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """A word for total, in a cell that holds no campaign's name elsewhere."""
    spoken = np.zeros(len(table), dtype=bool)
    for column in (FIRST, "date", *IDENTITY):
        if table.has(column):
            cells = table.cells[column]
            names = set(cells.keep(dated).words)
            spoken |= cells.where(_outside(names, _total_word))
            spoken |= cells.where(_sum_of({plain(name) for name in names}))
    return spoken


def _sum_of(names: set[str]) -> Callable[[str], bool]:
    """A campaign's name and a word for total behind it, as Excel's subtotals: "Brand Total"."""

    def is_sum(cell: str) -> bool:
        name, _, word = plain(cell).rpartition(" ")
        return word in headings().totals and name in names

    return is_sum


def _outside(names: set[str], predicate: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda cell: cell not in names and predicate(cell)


def _is_nobody(table: TextTable, day: str) -> npt.NDArray[np.bool_]:
    """No campaign, and no day either unless it is Meta's own total of the account."""
    whole_account = table.cells[day].missing() | (table.layout.dialect.name == "meta_ads")
    return whole_account & _nameless(table) & ~_only_first(table)


def _nameless(table: TextTable) -> npt.NDArray[np.bool_]:
    nameless = np.ones(len(table), dtype=bool)
    for name in IDENTITY:
        if table.has(name):
            nameless &= table.cells[name].blank()
    return nameless


def _repeats(table: TextTable, day: str) -> npt.NDArray[np.bool_]:
    heading = plain(table.layout.heading(day))
    return table.cells[day].where(lambda cell: plain(cell) == heading)


def _speaks(table: TextTable) -> npt.NDArray[np.bool_]:
    """A sentence in the first cell, or one that announces the next: "Report time:", then when."""
    announced = table.cells[FIRST].where(lambda cell: cell.rstrip().endswith(":"))
    return np.asarray(_only_first(table) | announced)


def _only_first(table: TextTable) -> npt.NDArray[np.bool_]:
    first_place = table.layout.columns[FIRST]
    other_columns = [name for name, place in table.layout.columns.items() if place != first_place]
    alone = np.ones(len(table), dtype=bool)
    for name in other_columns:
        alone &= ~table.cells[name].filled()
        if not alone.any():
            break
    return alone


def _at_the_end(dated: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    after = np.zeros(len(dated), dtype=bool)
    days = np.flatnonzero(dated)
    after[days[-1] + 1 if len(days) else 0 :] = True
    return after


def _refuse_dayless(table: TextTable, day: str) -> None:
    wrong = ~table.cells[day].where(looks_like_day)
    if not wrong.any():
        return
    cell = table.cells[day][int(np.flatnonzero(wrong)[0])]
    if covers_days(cell):
        raise NotDaily(
            Sentence("The rows are not daily: this one covers %(cell)s.", cell=shown(cell)),
            hint=table.layout.dialect.again,
            line=table.line(wrong),
        )
    if _SERIAL.fullmatch(cell.strip()):
        raise BadValue(
            Sentence(
                "%(cell)s is a spreadsheet's own number of a day, which depends on its settings.",
                cell=shown(cell),
            ),
            hint="Format the column as a date, and save it again.",
            line=table.line(wrong),
        )
    heading = table.layout.heading(day)
    problem = (
        Sentence("%(cells)s is no date (column %(heading)s).", cells=shown(cell), heading=heading)
        if cell.strip()
        else Sentence("There is no date in this row (column %(heading)s).", heading=heading)
    )
    raise BadValue(
        problem,
        hint="Mend the row, or export again with dates like 2026-09-01.",
        line=table.line(wrong),
    )


def _refuse_cut(table: TextTable) -> None:
    if table.short.any():
        raise NotATable(
            "This row has fewer cells than there are headings: it was cut off.",
            hint="Download the file again.",
            line=table.line(table.short),
        )


def _refuse_nameless(table: TextTable) -> None:
    wrong = _nameless(table)
    if len(wrong) and wrong.any():
        raise BadValue(
            "This row has a date and no campaign.",
            hint="Take rows of totals out, or export again with the campaign's name or id.",
            line=table.line(wrong),
        )
