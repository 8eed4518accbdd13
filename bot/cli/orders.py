"""`perfbot orders`: what was really sold, beside what the platforms say they sold.

How files handed in at the terminal are read, one after another: orders, leads, answers to surveys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import pandas as pd

from bot.cli.door import in_words, say, told
from bot.cli.ingest import error_json, pair, rebuild
from bot.cli.options import as_of_option, everywhere, format_option, together
from bot.cli.parts import CommandParts, now, reading, writing
from bot.cli.plain_text import as_json, as_line, number, said, table
from bot.domain.replies import Asker
from bot.errors import PerfbotError, RefusedFile, UsageError
from bot.features.measures.books import from_books
from bot.features.measures.how_much import AmountQuestion
from bot.features.parts.reporting import shown
from bot.features.parts.subjects import EVERYTHING
from bot.jobs.order_intake import Handed, keep_orders, last_posted
from bot.numbers import documented
from bot.numbers.input.daily import campaigns_only
from bot.numbers.input.windows import parse_window
from bot.numbers.metrics.board_targets import records
from bot.render.values.measures import BooksAnswer
from bot.sentences import Sentence
from bot.settings import Settings
from bot.snapshot import boards
from bot.sources.order_file import ORDER_HEADINGS, read_orders
from bot.sources.packed import Opened, tables
from bot.store import open_store

Read = Callable[[CommandParts, Opened], tuple[dict[str, Any], tuple[str, ...]]]
"""Keeps what an opened table holds: what to print of it, and what to say beside it."""


def own_columns_of(written: tuple[str, ...], known: Mapping[str, object]) -> dict[str, str]:
    """What headings of somebody's own are, as `HEADING=COLUMN` says it.

    Raises:
        UsageError: There is no such column.
    """
    own_columns = dict(map(pair, written))
    for column in own_columns.values():
        if column not in known:
            raise UsageError(f"There is no column {column!r}.", hint=f"Known: {', '.join(known)}.")
    return own_columns


def read_files(files: tuple[str, ...], read: Read, db: str | None, config: str | None) -> int:
    """Read each file whole or not at all, a line of JSON each; 1 where one is refused."""
    with writing(db, config) as parts:
        fine = [_file(parts, file, read) for file in files]
        if any(fine):
            rebuild(parts)
    return 0 if all(fine) else 1


def _file(parts: CommandParts, place: str, read: Read) -> bool:
    """A file, all of it or nothing."""
    name = place.partition("?")[0] if "://" in place else place
    try:
        for opened in tables(place):
            counts, notes = read(parts, opened)
            as_line({"file": name, **counts})
            for note in notes:
                say(f"{opened.name}: {in_words(note)}")
    except PerfbotError as error:
        if isinstance(error, RefusedFile) and "://" not in place:
            error.file = error.file or Path(place).name
        as_line({"file": name, "error": error_json(error)})
        say(told(error))
        return False
    return True


@dataclass(frozen=True)
class OrderColumns:
    """What a file of orders does not say itself."""

    currency: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True)
class BooksOptions:
    """Over which days the books are laid beside the platforms, on which morning, for whom."""

    window: str
    as_of: date | None
    form: str


@click.command("orders")
@click.argument("files", nargs=-1, metavar="[FILE...]")
@click.option("--currency", help="The currency of the orders, where the file does not say.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADING=COLUMN",
    help=f"What a heading of your own is: {', '.join(ORDER_HEADINGS)}.",
)
@click.option("--window", default="28d", show_default=True, help="Which days are compared.")
@as_of_option
@format_option
@everywhere
@together(OrderColumns, "reads")
@together(BooksOptions, "books")
def orders_command(
    files: tuple[str, ...],
    reads: OrderColumns,
    books: BooksOptions,
    db: str | None,
    config: str | None,
) -> int:
    """Read files of orders: one line of JSON a file. Without a file: the books and the platforms.

    FILE is an export of your shop or books (CSV, TSV, .xlsx, Parquet, packed or not, - or an https
    address) with an order's number and day, and where there are any its total, currency, campaign
    (id, name or utm_campaign), source, new customer and refund. The number is kept as a hash;
    names and addresses are not read. An order that comes again is not counted twice.
    """
    if not files:
        with reading(db, config) as parts:
            _show(parts, books.window, parts.morning(books.as_of), books.form)
        return 0
    own_columns = own_columns_of(reads.columns, ORDER_HEADINGS)

    def read(parts: CommandParts, opened: Opened) -> tuple[dict[str, Any], tuple[str, ...]]:
        orders = read_orders(opened, own_columns, reads.currency or parts.settings.app.currency)
        stored = keep_orders(parts.store, orders.frame, now())
        return asdict(stored), (*orders.notes, *_unmatched(stored))

    return read_files(files, read, db, config)


def _unmatched(stored: Handed) -> Iterator[str]:
    if count := stored.orders - stored.matched:
        yield (
            f"{count} of {stored.orders} orders belong to no campaign I know: they are kept, and "
            "matched once a campaign of their days has that id or name."
        )


def _show(parts: CommandParts, window: str, as_of: date, form: str) -> None:
    span = parse_window(window, as_of)[0]
    until = min(span.until, as_of - timedelta(days=1))
    numbers = campaigns_only(parts.store.numbers(span.since, until, as_of=as_of))
    orders = documented.match(parts.store.orders(span.since, until), numbers)
    rows = records(documented.summary(orders, numbers)) if len(numbers) else []
    account = _account(parts, window, as_of)
    if form == "json":
        as_json({
            "since": span.since, "until": until, "orders": len(orders),
            "matched": int(orders["matched"].sum()), "campaigns": rows,
            "account": _account_json(account),
        })  # fmt: skip
        return
    said(_text(rows, orders, account))


def _account(parts: CommandParts, window: str, as_of: date) -> BooksAnswer | None:
    """All orders over all spend; None where they cannot be held against each other."""
    figures = shown(parts.context, boards.figures(parts.context, as_of, window))
    at = AmountQuestion(parts.context, Asker("cli", ""), as_of, figures)
    return from_books(at, EVERYTHING, "mer")


def _account_json(account: BooksAnswer | None) -> dict[str, Any] | None:
    if account is None:
        return None
    return {
        "since": account.days[0], "until": account.days[1], "currency": account.currency,
        "spend": account.spent, "value": account.worth, "mer": account.value,
        "orders": account.orders, "refunded": account.refunded,
        "new_customers": account.new_customers, "cost_per_new_customer": account.a_new_customer,
        "claimed": account.claimed, "claimed_twice": account.twice,
        "claimed_by_several": [asdict(order) for order in account.counted_twice],
    }  # fmt: skip


def _account_text(account: BooksAnswer) -> Iterator[str]:
    money = " " + (account.currency or "")
    yield (
        f"MER (blended ROAS) {account.value:.2f}: {number(account.worth, money)} in "
        f"{account.orders} orders over {number(account.spent, money)} of ad spend, "
        f"{account.days[0]} to {account.days[1]}."
    )
    if account.a_new_customer is not None:
        most = "at most " if account.unsaid else ""
        yield f"A new customer cost {most}{number(account.a_new_customer, money)}."
    if account.new_customers and account.unsaid:
        yield f"{account.unsaid} orders do not say whether the customer is new."
    if account.twice:
        yield (
            f"The platforms claim {number(account.claimed)} sales: {account.twice} at least are "
            "claimed twice, or were never placed."
        )
    if account.counted_twice:
        pairs = ((" and ".join(names), orders) for names, orders in account.claimed_by)
        kinds = "; ".join(f"{platforms} {orders}" for platforms, orders in pairs)
        count = len(account.counted_twice)
        carried = "1 order carries" if count == 1 else f"{count} orders carry"
        yield (
            f"{carried} clicks of several platforms, each of which counts a sale ({kinds}); in "
            "your books each order is one. "
            "--format json names them."
        )


def _text(rows: list[dict[str, Any]], orders: pd.DataFrame, account: BooksAnswer | None) -> str:
    if not len(orders):
        return "No orders of these days are known: perfbot orders FILE."
    heads = ["Campaign", "Channel", "Claimed", "In the books", "Share", "Refunded", "Value",
             "A new customer", "Return"]  # fmt: skip
    lines = [_line(row) for row in rows if row["documented"] is not None]
    total = f"{int(orders['matched'].sum())} of {len(orders)} orders belong to a campaign."
    totals = " ".join(_account_text(account)) if account else ""
    return "\n\n".join(filter(None, [table(heads, lines, tuple(range(2, 9))), total, totals]))


def _line(row: dict[str, Any]) -> list[str]:
    claimed, books = row["claimed"], row["documented"]
    share = books / claimed if claimed else None
    money = " " + (row["currency"] or "")
    return [
        str(row["campaign_name"] or row["campaign_id"]),
        row["channel"],
        number(claimed),
        number(books),
        "–" if share is None else f"{share:.0%}",
        number(row["refunded"]),
        number(row["value"], money),
        number(row["cost_per_new_customer"], money),
        "–" if row["return"] is None else f"{row['return']:.2f}",
    ]


def orders_tried(settings: Settings, db: str | None) -> Iterator[tuple[str, Sentence]]:
    """For `perfbot doctor`: whether a shop can post what it sells, and when it last did."""
    if not settings.order_secrets:
        return
    store = open_store(settings.database(db), read_only=True, missing_ok=True, check=False)
    try:
        posted = last_posted(store)
    finally:
        store.close()
    text = (
        "Orders may be posted to /orders on port %(port)s, signed with the secret of %(signer)s: "
        "the last came %(at)s UTC."
        if posted
        else "Orders may be posted to /orders on port %(port)s, signed with the secret of "
        "%(signer)s: none has come yet."
    )
    signer = ", ".join(sorted(settings.order_secrets))
    at = f"{posted:%Y-%m-%d %H:%M}" if posted else ""
    yield "✔" if posted else "·", Sentence(text, port=settings.slack.port, signer=signer, at=at)
