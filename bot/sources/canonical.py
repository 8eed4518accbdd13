"""From cells of text to daily numbers: days, numbers, money, meaning, one row a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.input.daily import COLUMNS, ImpossibleRowError, normalise
from bot.sources import adding, figures, meaning, money
from bot.sources.dating import dated
from bot.sources.given import ReadSettings
from bot.sources.refusals import AmbiguousNumbers, BadValue, Unreadable, shown
from bot.sources.table import Table, Texts, filled, is_blank, is_missing

NUMBERS = tuple(
    name for name, column in COLUMNS.items() if column.kind in {"money", "count", "ratio"}
)
MICROS = {"spend_micros": "spend", "revenue_micros": "revenue", "budget_micros": "daily_budget"}
TEXTS = ("account_id", "account_name", "campaign_id", "campaign_name", "level", "parent_id")


@dataclass(frozen=True)
class Canonical:
    """Daily numbers, and what is to be said of how they were read."""

    frame: pd.DataFrame
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def canonical(table: Table, settings: ReadSettings) -> Canonical:
    """Daily numbers of a table of text.

    Raises:
        RefusedFile: A cell, a date, a currency or a repeated row that cannot be right.
    """
    if not len(table.lines):
        raise Unreadable(
            "The file has headings and no rows.",
            hint="Export a period in which something ran.",
            line=table.layout.line,
        )
    dates = dated(table, settings.date_order)
    table = dates.table
    values, beside = _numbers(table, settings.decimal)
    filled, warnings = meaning.results(table, values)
    values |= filled
    values, budget_notes = _daily_budget(table, values)
    codes, currency_notes = money.currencies(table, beside, settings.currency)
    texts = _texts(table) | meaning.stages(table) | _placed(table, settings)
    columns = {"date": dates.days, "currency": codes, **texts, **values, **_pulled(table)}
    frame = _normal(columns, table)
    frame = money.one_currency(frame, table.lines)
    frame, added = adding.one_a_day(frame, table.lines, dates.segments)
    notes = (*table.layout.notes, *dates.notes, *_added_note(table, added=added))
    said = (*dates.warnings, *warnings, *budget_notes, *currency_notes, *_channel_note(frame))
    return Canonical(frame, notes, said)


def _numbers(
    table: Table, decimal: str | None
) -> tuple[dict[str, npt.NDArray[np.float64]], set[str]]:
    """The numbers of every numeric column, and the currencies found beside them."""
    names = [name for name in (*NUMBERS, *MICROS, "results") if table.has(name)]
    read = {
        name: figures.column(table.cells[name], is_missing(table.cells[name])) for name in names
    }
    try:
        sign = figures.decide(read, machine=table.layout.dialect.machine, given=decimal)
    except figures.NoNumberError as error:
        raise _no_number(table, error.cell) from error
    except figures.AmbiguousError as error:
        raise _ambiguous(table, error) from error
    values = {name: figures.parse(column, sign) for name, column in read.items()}
    for micros, name in MICROS.items():
        if micros in values:
            values[name] = values.pop(micros) / 1_000_000
    return values, {code for column in read.values() for code in column.currencies}


def _no_number(table: Table, cell: figures.Cell) -> BadValue:
    return BadValue(
        f"{shown(cell.text)} is no number (column {table.layout.heading(cell.column)}).",
        hint="Mend the cell, or leave it empty where nothing was measured.",
        line=_line_of(table, cell),
    )


def _ambiguous(table: Table, error: figures.AmbiguousError) -> AmbiguousNumbers:
    return AmbiguousNumbers(
        f"{shown(error.cell.text)} can be read in two ways: {error.why}.",
        hint="Export again with two decimals, in one number format throughout.",
        line=_line_of(table, error.cell),
    )


def _line_of(table: Table, cell: figures.Cell) -> int:
    found = table.cells[cell.column].str.contains(cell.text, regex=False).to_numpy(dtype=bool)
    return table.line(found) if found.any() else table.layout.line


def _daily_budget(
    table: Table, values: dict[str, npt.NDArray[np.float64]]
) -> tuple[dict[str, npt.NDArray[np.float64]], list[str]]:
    if "daily_budget" not in values:
        return values, []
    budgets, notes = meaning.daily_only(table, values["daily_budget"])
    return {**values, "daily_budget": budgets}, notes


def _texts(table: Table) -> dict[str, Texts]:
    """Names as they stand, ids as text; dashes are missing."""
    texts = {}
    for name in TEXTS:
        if table.has(name):
            cells = table.cells[name].str.strip()
            if name.endswith("_id"):
                cells = _ids(table, cells)
            texts[name] = filled(cells.to_numpy(dtype=object), is_blank(cells), None)
    return texts


def _ids(table: Table, ids: pd.Series) -> pd.Series:
    shortened = ids.str.fullmatch(r"\d([.,]\d+)?[Ee]\+\d+").to_numpy(dtype=bool)
    if shortened.any():
        raise BadValue(
            f"A spreadsheet has shortened the id {shown(ids[shortened].iloc[0])}: its digits are "
            "lost.",
            hint="Download the file again and hand it in without opening it in a spreadsheet.",
            line=table.line(shortened),
        )
    ids = ids.str.replace(r'^="(.*)"$', r"\1", regex=True)
    ids = ids.str.replace(r"^(\d{3})-(\d{3})-(\d{4})$", r"\1\2\3", regex=True)
    whole = ids.str.fullmatch(r"\d+\.0").to_numpy(dtype=bool)
    return ids.str.removesuffix(".0") if (whole | is_blank(ids)).all() else ids


def _placed(table: Table, settings: ReadSettings) -> dict[str, Texts]:
    """Channel, account, time zone and attribution: of the row, the settings, then the dialect."""
    dialect = table.layout.dialect
    placed = {
        "channel": _filled(table, "channel", settings.channel or dialect.channel or "unknown"),
        "time_zone": _filled(table, "time_zone", settings.time_zone or dialect.time_zone),
        "measured_by": _filled(table, "measured_by", None),
    }
    if settings.account_id:
        placed["account_id"] = _filled(table, "account_id", settings.account_id)
    return placed


def _filled(table: Table, name: str, default: str | None) -> Texts:
    if not table.has(name):
        return np.full(len(table.lines), default, dtype=object)
    cells = table.cells[name].str.strip()
    return filled(cells.to_numpy(dtype=object), is_blank(cells), default)


def _pulled(table: Table) -> dict[str, pd.Series]:
    """When the numbers were pulled, where the file says (perfbot's own exports do)."""
    pulled = {}
    for name in ("pulled_on", "pulled_at"):
        if table.has(name):
            cells = table.cells[name]
            times = pd.to_datetime(
                cells.where(~is_missing(cells)), errors="coerce", utc=True, format="ISO8601"
            )
            wrong = (times.isna() & ~is_missing(cells)).to_numpy(dtype=bool)
            if wrong.any():
                raise BadValue(
                    f"{shown(cells[wrong].iloc[0])} is no date (column {name}).",
                    hint="Write it as 2026-09-01.",
                    line=table.line(wrong),
                )
            pulled[name] = times.dt.tz_localize(None)
    return pulled


def _normal(columns: dict[str, object], table: Table) -> pd.DataFrame:
    try:
        return normalise(pd.DataFrame(columns))
    except ImpossibleRowError as error:
        sentence = error.message.split(": ", 1)[-1]
        raise BadValue(
            f"{sentence[:1].upper()}{sentence[1:]}",
            hint=error.hint,
            line=int(table.lines[error.row - 1]),
        ) from error


def _added_note(table: Table, *, added: bool) -> tuple[str, ...]:
    if not added:
        return ()
    split = [table.layout.heading(name) for name in table.layout.segments] or ["hour"]
    rows = f"Rows by {', '.join(split)} were added up to one a day and campaign"
    return (f"{rows}; reach cannot be added, so it is missing.",)


def _channel_note(frame: pd.DataFrame) -> tuple[str, ...]:
    if not (frame["channel"] == "unknown").any():
        return ()
    return ("No channel is given: set channel for the source in perfbot.toml.",)
