"""A file of orders: what was really sold, as the shop or the books have it.

Names, addresses and e-mails are never read: only the columns below are, and the order's own number
is replaced by a hash before anything is stored (`bot.jobs.order_intake`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from bot.numbers.documented import COLUMNS
from bot.numbers.input.names import channel_key
from bot.sources import days as dates
from bot.sources import figures
from bot.sources.cells import TextColumn, is_missing
from bot.sources.exports import rows_of
from bot.sources.limits import STANDARD, Limits
from bot.sources.packed import Opened
from bot.sources.plain import currency_code, heading_currency, plain
from bot.sources.refusals import (
    AmbiguousDates,
    AmbiguousNumbers,
    BadValue,
    MissingColumn,
    RepeatedRow,
    shown,
)
from bot.sources.rows import FileRows, Head

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "order": ("order id", "order number", "order no", "order", "transaction id", "ordrenummer",
              "ordrenr", "ordre id", "name", "id"),
    "date": ("order date", "created at", "date created", "paid at", "ordredato", "date", "dato",
             "time"),
    "value": ("order value", "order total", "total", "value", "amount", "revenue", "ordresum",
              "beløp", "totalt", "sum", "subtotal"),
    "currency": ("currency", "valuta", "currency code"),
    "new_customer": ("new customer", "first order", "ny kunde", "customer type"),
    "refunded": ("refunded", "refundert", "financial status", "status"),
    "campaign": ("campaign id", "kampanje id", "utm campaign", "utm id", "campaign", "kampanje"),
    "source": ("channel", "utm source", "kanal", "source"),
}  # fmt: skip
"""Headings (`bot.sources.plain.plain`) of each column; of several in a file the first counts."""
CLICKS = {"gclid": "google_ads", "gbraid": "google_ads", "wbraid": "google_ads",
          "fbclid": "meta_ads", "msclkid": "microsoft_ads", "ttclid": "tiktok_ads",
          "li fat id": "linkedin_ads"}  # fmt: skip
NEEDED = {"order": "order number", "date": "order's day"}
YES = {"true", "yes", "1", "ja", "y", "new", "ny", "first"}
NO = {"false", "no", "0", "nei", "n", "returning", "existing", "repeat"}
TAKEN_BACK = YES | {"refunded", "voided", "cancelled", "canceled", "refundert", "kansellert",
                    "kreditert", "returned", "charged back", "chargeback", "failed"}  # fmt: skip


@dataclass(frozen=True)
class Orders:
    """The orders of a file.

    Attributes:
        frame: One row an order, `bot.numbers.documented.COLUMNS`, the order as the file has it.
        notes: What a person should know of how it was read.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


def read_orders(
    opened: Opened,
    headings: Mapping[str, str] | None = None,
    currency: str | None = None,
    limits: Limits = STANDARD,
) -> Orders:
    """Read a CSV, .xlsx or Parquet file with one row an order, or one a line of an order.

    Args:
        opened: The file.
        headings: The owner's own headings, each to one of `HEADINGS`.
        currency: Of amounts whose file names none.
        limits: What reading it may cost.

    Raises:
        RefusedFile: It cannot be read without guessing; with the line and the way out.
    """
    rows = rows_of(opened.file, limits)
    table = _Table.read(rows, {plain(heading): name for heading, name in (headings or {}).items()})
    return _Reading(table, currency).orders()


@dataclass(frozen=True)
class _Table:
    """The cells that are read, by column; clicks by their channel."""

    columns: Mapping[str, TextColumn]
    clicks: Mapping[str, TextColumn]
    headings: Mapping[str, str]
    lines: np.ndarray[tuple[int], np.dtype[np.int64]]

    @classmethod
    def read(cls, rows: FileRows, user_columns: Mapping[str, str]) -> _Table:
        head, place, places = _headings(rows.heads(), user_columns)
        read_places = frozenset({*places.values(), *_click_places(head.rows[place])})
        batches = list(rows.batches(head, place, read_places))

        def cells(column: int) -> TextColumn:
            return TextColumn.of(
                str(cell).strip() for batch in batches for cell in batch.columns[column]
            )

        titles = {name: head.rows[place][column].strip() for name, column in places.items()}
        clicks = {CLICKS[plain(head.rows[place][column])]: cells(column)
                  for column in _click_places(head.rows[place])}  # fmt: skip
        lines = [batch.lines for batch in batches] or [np.zeros(0, dtype=np.int64)]
        columns = {name: cells(column) for name, column in places.items()}
        return cls(columns, clicks, titles, np.concatenate(lines))


def _click_places(row: Sequence[str]) -> list[int]:
    return [place for place, heading in enumerate(row) if plain(heading) in CLICKS]


def _headings(
    heads: Sequence[Head], user_columns: Mapping[str, str]
) -> tuple[Head, int, dict[str, int]]:
    """The row with most headings that are known, and where each column is in it."""
    candidates = [
        (head, place, _places(row, user_columns))
        for head in heads
        for place, row in enumerate(head.rows)
    ]
    best = max(candidates, key=lambda candidate: (len(candidate[2]), -candidate[1]), default=None)
    known = best[2] if best else {}
    lacking = [words for name, words in NEEDED.items() if name not in known]
    if best is None or lacking:
        raise MissingColumn(
            f"No column with the {' and the '.join(lacking)}.",
            hint="Export with headings such as Order ID, Date, Total, Currency, Campaign; or say "
            'what yours are: --column "Bestilling=order".',
            line=1,
        )
    return best


def _places(row: Sequence[str], user_columns: Mapping[str, str]) -> dict[str, int]:
    keys = [plain(cell) for cell in row]
    places = {user_columns[key]: place for place, key in enumerate(keys) if key in user_columns}
    for name, known in HEADINGS.items():
        place = next((keys.index(heading) for heading in known if heading in keys), None)
        if name not in places and place is not None and keys[place] not in user_columns:
            places[name] = place
    return places


@dataclass(frozen=True)
class _Reading:
    """One file on its way to orders."""

    table: _Table
    currency: str | None

    def orders(self) -> Orders:
        size = len(self.table.lines)
        frame = pd.DataFrame({
            "order": self._texts("order"),
            "date": self._days(),
            "campaign": self._texts("campaign"),
            "channel": self._channels(),
            "value": self._values(),
            "currency": self._currencies(),
            "new_customer": self._flags("new_customer", YES, NO),
            "refunded": self._flags("refunded", TAKEN_BACK, None),
            "line": self.table.lines,
        })[[*COLUMNS, "line"]]  # fmt: skip
        frame = frame[frame["order"] != ""]
        self._refuse_dayless(frame)
        together = self._together(frame)
        return Orders(together, tuple(self._notes(size, frame, together)))

    def _texts(self, name: str) -> list[str]:
        cells = self.table.columns.get(name)
        if cells is None:
            return [""] * len(self.table.lines)
        texts = ["" if is_missing(cell) else cell for cell in cells]
        return ["" if "@" in text else text for text in texts] if name == "campaign" else texts

    def _days(self) -> pd.Series:
        cells = self.table.columns["date"]
        words = [word for word in cells.words if word and not is_missing(word)]
        try:
            readings = dates.decide(words).days if words else {}
        except dates.UndecidedError as error:
            raise AmbiguousDates(
                f"The date {shown(error.cell)} {error}.",
                hint="Export dates like 2026-09-01.",
                line=self._line("date", error.cell),
            ) from error
        except dates.NoSuchDayError as error:
            raise BadValue(
                f"{shown(error.cell)} is no date.",
                hint="Write it as 2026-09-01.",
                line=self._line("date", error.cell),
            ) from error
        read: dict[str, date] = dict(readings)
        return pd.to_datetime(pd.Series([read.get(cell) for cell in cells], dtype=object))

    def _values(self) -> pd.Series:
        cells = self.table.columns.get("value")
        if cells is None:
            return pd.Series(np.full(len(self.table.lines), np.nan))
        column = figures.column(cells)
        try:
            decimal = figures.decide({"value": column}, machine=True)
        except figures.NoNumberError as error:
            raise BadValue(
                f"{shown(error.cell.text)} is no amount.",
                hint="Write amounts as 1234.50.",
                line=self._line("value", error.cell.text),
            ) from error
        except figures.AmbiguousError as error:
            raise AmbiguousNumbers(
                f"The amount {shown(error.cell.text)} can be read two ways: {error.why}.",
                hint="Export amounts with two decimals, as 1234.50.",
                line=self._line("value", error.cell.text),
            ) from error
        return pd.Series(figures.parse(column, decimal))

    def _currencies(self) -> list[str]:
        named = heading_currency(self.table.headings.get("value", "")) or self.currency or ""
        return [self._code(cell) or named for cell in self._texts("currency")]

    def _code(self, cell: str) -> str:
        code = currency_code(cell) if cell else ""
        if code is None:
            raise BadValue(
                f"{shown(cell)} is no currency code.",
                hint="Write three letters, like NOK.",
                line=self._line("currency", cell),
            )
        return code

    def _flags(self, name: str, yes: set[str], no: set[str] | None) -> pd.Series:
        """1, 0 or missing; where only what is yes is known, everything else is no."""
        cells = self._texts(name)
        words = {cell: self._flag(name, cell, yes, no) for cell in set(cells)}
        return pd.Series([words[cell] for cell in cells], dtype="float64")

    def _flag(self, name: str, cell: str, yes: set[str], no: set[str] | None) -> float:
        word = plain(cell)
        if not word:
            return np.nan if no is not None else 0.0
        if word in yes:
            return 1.0
        if no is None or word in no:
            return 0.0
        raise BadValue(
            f"{shown(cell)} says neither yes nor no (column {self.table.headings[name]}).",
            hint="Write yes or no.",
            line=self._line(name, cell),
        )

    def _channels(self) -> list[str]:
        """Where the order says it came from; else by the click's id."""
        sources = [channel_key(cell) if cell else "" for cell in self._texts("source")]
        for channel, cells in self.table.clicks.items():
            sources = [
                source or ("" if is_missing(cell) else channel)
                for source, cell in zip(sources, cells, strict=True)
            ]
        return sources

    def _line(self, name: str, text: str) -> int | None:
        cells = self.table.columns[name]
        same: Callable[[str], bool] = lambda cell: cell == text or text in cell  # noqa: E731
        place = next((place for place, cell in enumerate(cells) if same(cell)), None)
        return None if place is None else int(self.table.lines[place])

    def _refuse_dayless(self, frame: pd.DataFrame) -> None:
        """A line of an order may be blank but for its number; an order needs its day."""
        has_day = frame["date"].notna().groupby(frame["order"]).transform("any")
        if not has_day.all():
            raise BadValue(
                "An order without a day.",
                hint="Export it with the day it was placed.",
                line=int(frame["line"][~has_day].iloc[0]),
            )

    def _together(self, frame: pd.DataFrame) -> pd.DataFrame:
        """One row an order: what its lines leave blank is in the first of them."""
        blank = frame.replace("", None)
        counted = blank.groupby("order", sort=False)
        for name in ("value", "date", "currency", "campaign"):
            differing = counted[name].transform("nunique") > 1
            if differing.any():
                row = blank.index[differing][1]
                raise RepeatedRow(
                    f"Order {shown(frame['order'][row])} comes twice, with another {name}.",
                    hint="Export one row an order, or its lines with the total on the first only.",
                    line=int(frame["line"][row]),
                )
        first = counted.first().reset_index()
        first["refunded"] = counted["refunded"].max().to_numpy()
        texts = ["campaign", "channel", "currency"]
        first[texts] = first[texts].astype(object).where(first[texts].notna(), "")
        return first[[*COLUMNS]]

    def _notes(self, size: int, frame: pd.DataFrame, together: pd.DataFrame) -> Iterator[str]:
        if size > len(frame):
            yield f"{size - len(frame)} rows without an order number were left aside."
        if len(frame) > len(together):
            yield f"{len(frame)} rows are the lines of {len(together)} orders."
        if "campaign" not in self.table.columns:
            yield "No column says the campaign (Campaign ID, utm_campaign): none can be matched."
