"""From cells of text to daily numbers: days, numbers, money, meaning, one row a day."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.input.daily import COLUMNS, ImpossibleRowError, normalise
from bot.numbers.source_health import ShortDay
from bot.sentences import Sentence
from bot.sources import figures, meaning, row_currencies
from bot.sources.adding import Added, one_a_day
from bot.sources.cells import Texts
from bot.sources.contradictions import everywhere_the_same, refuse_sums, row_by_row
from bot.sources.dating import Dated, dated
from bot.sources.detail_file import OWN_SHAPE, DetailsOfFile, details_of, of_levels
from bot.sources.given import ReadSettings
from bot.sources.headings import level_named
from bot.sources.identity import account_writings, identities, refuse_channelless
from bot.sources.layout import Layout, left_aside
from bot.sources.refusals import AmbiguousNumbers, BadValue, MissingColumn, Unreadable, shown
from bot.sources.table import TextTable
from bot.sources.total_sums import against_totals, of_days
from bot.sources.window_reach import pulled

NUMBERS = tuple(
    name for name, column in COLUMNS.items() if column.kind in {"money", "count", "ratio"}
)
NAMED = 60  # headings nobody understood, by name; a raw table of a connector may have hundreds
MICROS = {"spend_micros": "spend", "revenue_micros": "revenue", "budget_micros": "daily_budget"}


@dataclass(frozen=True)
class Canonical:
    """Daily numbers, and what is to be said of how they were read.

    Attributes:
        details: Parts of campaigns (`bot.numbers.input.detail_rows.INCOMING`) where it has any.
        decimal: The decimal sign the numbers were read with.
        columns: Which columns a warehouse's table has (`bot.numbers.schema_changes`).
        short_days: Days that lack hours.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    details: pd.DataFrame | None = None
    decimal: str = "."
    columns: tuple[str, ...] = ()
    short_days: tuple[ShortDay, ...] = ()


def canonical(table: TextTable, settings: ReadSettings) -> Canonical:
    """Daily numbers of a table of text.

    Raises:
        RefusedFile: A cell, a date, a currency or a repeated row that cannot be right.
    """
    daily = read_rows(table, settings)
    refuse_sums(daily.frame)
    return replace(daily, warnings=(*daily.warnings, *everywhere_the_same(daily.frame)))


def read_rows(table: TextTable, settings: ReadSettings) -> Canonical:
    """As `canonical`, without what is said of numbers that are the same everywhere."""
    if not len(table):
        raise Unreadable(
            "The file has headings and no rows.",
            hint="Export a period in which something ran.",
            line=table.layout.line,
        )
    dates, read, day_totals = _numbered(table, settings)
    rows = _rows(dates, read, settings)
    marked_none = meaning.marked_none(dates.table)
    added = one_a_day(
        rows.frame, dates.table, dates.splits, account_writings(dates.table), marked_none
    )
    below = details_of(rows.frame, dates.table, dates.splits, marked_none, read.decimal)
    signs = row_by_row(dates.table, rows.values)
    totals = _totals(dates.totals, read.decimal)
    signs += against_totals(dates.totals, totals, dates.table, rows.values, added.frame)
    _refuse_costless(dates.table)
    refuse_channelless(dates.table, rows.channels)
    layout = table.layout
    frame, details, split_notes = _apart(added, below)
    notes = (*layout.notes, *_aside(layout), *dates.notes, *day_totals, *split_notes)
    warnings = (*dates.warnings, *rows.warnings, *added.warnings, *signs)
    return Canonical(frame, notes, warnings, details, read.decimal, short_days=added.short_days)


_NOT_ADDED = (
    "A report of keywords, search terms or landing pages does not add up to its campaigns (what is "
    "rare has no row): its rows are kept as details, and the campaigns' numbers stay as they are. "
    "Where you want them added up all the same, name the column: --segment Keyword."
)


def _apart(
    added: Added, below: DetailsOfFile | None
) -> tuple[pd.DataFrame, pd.DataFrame | None, tuple[str, ...]]:
    """Campaigns' numbers, their details, and what is to be said of both.

    Of a report of parts that do not add up to their campaigns nothing is added up.
    """
    frame, of_rows = of_levels(added.frame)
    if below is None:
        if of_rows is None:
            return frame, None, added.notes
        return frame, of_rows.frame, (*added.notes, *of_rows.notes)
    if below.complete:
        return frame, below.frame, below.notes
    if below.partial.all():
        return frame.iloc[:0], below.frame, (_NOT_ADDED, *below.notes)
    return frame, below.frame, (*added.notes, *below.notes)


@dataclass(frozen=True)
class _Rows:
    """The rows of a file in canonical shape, before those of one day and campaign are added up."""

    frame: pd.DataFrame
    values: dict[str, npt.NDArray[np.float64]]
    channels: Texts
    warnings: tuple[str, ...]


def _rows(dates: Dated, read: _Read, settings: ReadSettings) -> _Rows:
    table = dates.table
    filled, result_notes = meaning.results(table, read.numbers)
    values, budget_notes = _daily_budget(table, read.numbers | filled)
    amounts = row_currencies.currencies(table, read.beside, settings.currency)
    if "revenue" in values:
        values["revenue"] = np.where(amounts.foreign, np.nan, values["revenue"])
    texts = identities(table, settings) | meaning.stages(table)
    _named_levels(texts, dates)
    columns: dict[str, object] = {"date": dates.days, "currency": amounts.codes, **texts, **values}
    frame = _normal(columns | pulled(table, texts["time_zone"]), table)
    frame = meaning.with_none_counted(frame, table)
    warnings = (*result_notes, *budget_notes, *amounts.warnings)
    return _Rows(
        row_currencies.one_currency(frame, table.lines), values, texts["channel"], warnings
    )


def _named_levels(texts: dict[str, Texts], dates: Dated) -> None:
    """Levels by one name each; where no row is a campaign's own, parts add up to their campaigns.

    A column that says `Ad group` on every row beside the one that names them tells nothing more.
    """
    if "level" not in texts:
        return
    levels = np.array([level_named(text) for text in texts["level"]], dtype=object)
    role = dates.table.layout.level_named
    parts = any(split.part and role(split.heading)[0] not in OWN_SHAPE
                for split in dates.splits.values())  # fmt: skip
    if parts and not (levels == "campaign").any():
        levels = np.full(len(levels), None, dtype=object)
    texts["level"] = levels


def _numbered(table: TextTable, settings: ReadSettings) -> tuple[Dated, _Read, tuple[str, ...]]:
    """The rows of a day with their numbers; the sums of a day among them are left out."""
    dates = dated(table, settings)
    read = _numbers(dates.table, dates.totals, settings)
    sums = of_days(dates.table, dates.days, read.numbers)
    if not sums.any():
        return dates, read, ()
    numbers = {name: values[~sums] for name, values in read.numbers.items()}
    rows = int(sums.sum())
    singular, plural = (
        "1 row is the total of a day, and left out.",
        "%(rows)s rows are the total of a day, and left out.",
    )
    return (
        dates.keep(~sums),
        replace(read, numbers=numbers),
        (Sentence(singular if rows == 1 else plural, rows=f"{rows:,}"),),
    )


def _aside(layout: Layout) -> tuple[str, ...]:
    """Every heading that was not understood, by its name."""
    if not layout.aside:
        return ()
    extra_count = len(layout.aside) - NAMED
    named = ", ".join(layout.aside[:NAMED] if extra_count > 1 else layout.aside)
    if extra_count > 1:
        others = "Left aside: %(names)s and %(count)s others."
        return (Sentence(others, names=named, count=extra_count),)
    return (Sentence("Left aside: %(names)s.", names=named),)


def _refuse_costless(table: TextTable) -> None:
    """A file without a column of what was spent: its heading was not understood, most likely."""
    if table.has_any("spend", "spend_micros"):
        return
    raise MissingColumn(
        Sentence(
            "Spend is required, and no heading says it.%(detail)s",
            detail=left_aside(table.layout.aside),
        ),
        hint='Name its heading: --column "HEADING=spend", or under columns in perfbot.toml; a '
        "channel that costs nothing has an empty column spend.",
        line=table.layout.line,
    )


@dataclass(frozen=True)
class _Read:
    """The numbers of a file, and the currencies that stood beside them."""

    numbers: dict[str, npt.NDArray[np.float64]]
    beside: dict[str, frozenset[str]]
    decimal: str


def _numbers(table: TextTable, totals: TextTable, settings: ReadSettings) -> _Read:
    """The numbers of every numeric column, and the currencies found beside them.

    Where the rows alone do not say which sign is the decimal one, the file's own totals may.
    """
    names = [name for name in (*NUMBERS, *MICROS, "results") if table.has(name)]
    read = {name: figures.column(table.cells[name]) for name in names}
    try:
        sign = figures.decide(
            read,
            machine=table.layout.dialect.machine,
            preset=settings.decimal,
            whole=_whole(table, settings.currency),
            totals={name: totals.cells[name].words for name in names if totals.has(name)},
        )
    except figures.NoNumberError as error:
        raise _no_number(table, error.cell) from error
    except figures.AmbiguousError as error:
        raise _ambiguous(table, error) from error
    values = {name: figures.parse(column, sign) for name, column in read.items()}
    for micros, name in MICROS.items():
        if micros in values:
            values[name] = values.pop(micros) / 1_000_000
    return _Read(values, {name: column.currencies for name, column in read.items()}, sign)


def _whole(table: TextTable, currency: str | None) -> tuple[str, ...]:
    """The columns whose numbers have no decimals: counts, and amounts in yen and the like."""
    yen = row_currencies.without_decimals(table, currency)
    return (*figures.WHOLE, *row_currencies.PAID) if yen else figures.WHOLE


def _totals(table: TextTable, sign: str) -> dict[str, npt.NDArray[np.float64]]:
    """The numbers of rows of totals, NaN where a cell is none."""
    values = {}
    for name in (*NUMBERS, *MICROS):
        if table.has(name):
            cells = table.cells[name].changed(lambda cell: cell if figures.fits(cell, sign) else "")
            values[name] = figures.parse(figures.column(cells), sign)
    # a total may be in units where its rows are in millionths: it is compared with what is read
    return {MICROS.get(name, name): numbers for name, numbers in values.items()}


def _no_number(table: TextTable, cell: figures.BadCell) -> BadValue:
    return BadValue(
        Sentence(
            "%(text)s is no number (column %(heading)s).",
            text=shown(cell.text),
            heading=table.layout.heading(cell.column),
        ),
        hint="Mend the cell, or leave it empty where nothing was measured.",
        line=_line_of(table, cell),
    )


def _ambiguous(table: TextTable, error: figures.AmbiguousError) -> AmbiguousNumbers:
    return AmbiguousNumbers(
        Sentence(
            "%(text)s can be read in two ways: %(why)s.", text=shown(error.cell.text), why=error.why
        ),
        hint="Export again with two decimals, in one number format throughout.",
        line=_line_of(table, error.cell),
    )


def _line_of(table: TextTable, cell: figures.BadCell) -> int:
    matches = table.cells[cell.column].where(lambda word: cell.text in word)
    return table.line(matches) if matches.any() else table.layout.line


def _daily_budget(
    table: TextTable, values: dict[str, npt.NDArray[np.float64]]
) -> tuple[dict[str, npt.NDArray[np.float64]], list[str]]:
    if "daily_budget" not in values:
        return values, []
    budgets, notes = meaning.daily_only(table, values["daily_budget"])
    return {**values, "daily_budget": budgets}, notes


def _normal(columns: dict[str, object], table: TextTable) -> pd.DataFrame:
    try:
        return normalise(pd.DataFrame(columns))
    except ImpossibleRowError as error:
        raise BadValue(
            error.problem,
            hint=error.hint,
            line=int(table.lines[error.row - 1]),
        ) from error
