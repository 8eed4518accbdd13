"""A file of orders: what was really sold, as the shop or the books have it.

Names, addresses and e-mails are never read: only the columns below are, and the order's own number
is replaced by a hash before anything is stored (`bot.jobs.order_intake`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from bot.numbers.documented import COLUMNS
from bot.sentences import Sentence
from bot.sources.exports import rows_of
from bot.sources.limits import STANDARD, Limits
from bot.sources.packed import Opened
from bot.sources.plain import plain
from bot.sources.record_table import NO, YES, RecordColumns, RecordReading, RecordTable, together
from bot.sources.rows import FileRows

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
NEEDED = {"order": "order number", "date": "order's day"}
ORDER_COLUMNS = RecordColumns(
    HEADINGS,
    NEEDED,
    "Export with headings such as Order ID, Date, Total, Currency, Campaign; or say what yours "
    'are: --column "Bestilling=order".',
)
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
    return orders_of(rows_of(opened.file, limits), headings, currency)


def orders_of(
    rows: FileRows, headings: Mapping[str, str] | None = None, currency: str | None = None
) -> Orders:
    """The orders of a table, wherever it is; otherwise as `read_orders`."""
    own_columns = {plain(heading): name for heading, name in (headings or {}).items()}
    return _Reading(RecordTable.read(rows, ORDER_COLUMNS, own_columns), currency).orders()


class _Reading(RecordReading):
    """One file on its way to orders."""

    def orders(self) -> Orders:
        size = len(self.table.lines)
        frame = pd.DataFrame({
            "order": self.texts("order"),
            "date": self.days(),
            "campaign": self.texts("campaign"),
            "channel": self.channels(),
            "value": self.values(),
            "currency": self.currencies(),
            "new_customer": self.flags("new_customer", YES, NO),
            "refunded": self.flags("refunded", TAKEN_BACK, None),
            "line": self.table.lines,
        })[[*COLUMNS, "line"]]  # fmt: skip
        frame = frame[frame["order"] != ""]
        self.refuse_dayless(frame, "order", "An order")
        orders = together(frame, "order", ("value", "date", "currency", "campaign"), "Order")
        orders["refunded"] = frame.groupby("order", sort=False)["refunded"].max().to_numpy()
        return Orders(orders[[*COLUMNS]], tuple(self._notes(size, frame, orders)))

    def _notes(self, size: int, frame: pd.DataFrame, orders: pd.DataFrame) -> Iterator[str]:
        if size > len(frame):
            yield Sentence(
                "%(value)s rows without an order number were left aside.", value=size - len(frame)
            )
        if len(frame) > len(orders):
            yield Sentence(
                "%(count)s rows are the lines of %(count_2)s orders.",
                count=len(frame),
                count_2=len(orders),
            )
        if "campaign" not in self.table.columns:
            yield "No column says the campaign (Campaign ID, utm_campaign): none can be matched."
