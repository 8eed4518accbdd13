"""Orders and leads out of a warehouse, into the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from bot.jobs import pull_keeping
from bot.numbers.input.daily import normalise
from bot.sources.given import ReadSettings
from bot.sources.warehouse_kind import RecordSource
from bot.store import open_store
from bot.store.base import Store

NOW = datetime(2026, 11, 6, 6, tzinfo=UTC)
ORDERS = """CREATE TABLE orders (
  order_id TEXT, created_at TEXT, total REAL, currency TEXT, utm_source TEXT, utm_campaign TEXT,
  new_customer INTEGER, refunded INTEGER, email TEXT, customer_name TEXT)"""
SOLD = [
    ("1001", "2026-11-02 23:30:00", 1299.5, "NOK", "google", "google_brand", 1, 0),
    ("1002", "2026-11-03 10:00:00", 200.0, "NOK", "google", "google_brand", 0, 0),
    ("1003", "2026-08-01 10:00:00", 50.0, "NOK", "", "", 0, 0),
]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A shop's table of orders, with whom they are from in it."""
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text(ORDERS))
        for order in SOLD:
            row = (*order, "kari@example.no", "Kari Nordmann")
            marks = ", ".join(f":v{place}" for place in range(len(row)))
            values = {f"v{place}": cell for place, cell in enumerate(row)}
            connection.execute(sa.text(f"INSERT INTO orders VALUES ({marks})"), values)
    return url


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that knows one campaign."""
    store = open_store(f"sqlite:///{tmp_path / 'perfbot.db'}")
    days = pd.date_range("2026-11-01", "2026-11-05")
    frame = pd.DataFrame({"date": days}).assign(
        channel="google_ads", account_id="1", campaign_id="7", campaign_name="Google | Brand",
        spend=100.0, impressions=10.0, clicks=5.0, conversions=2.0, currency="NOK",
    )  # fmt: skip
    store.add_numbers(normalise(frame), source="google", pulled_at=NOW)
    return store


def shop(url: str, orders: str = "orders", **given: str) -> RecordSource:
    settings = ReadSettings(**given)
    return RecordSource("shop", url, lambda: NOW, orders, settings=settings)


def pull(store: Store, source: RecordSource) -> list[str]:
    """Pulled into the store; the sentences of what failed."""
    return [pull.error for pull in pull_keeping.pull(store, [source], lambda: NOW) if not pull.ok]


def test_orders_are_kept_as_those_of_a_file_are(store: Store, url: str) -> None:
    """Matched to their campaign, hashed, and counted once however often they are pulled."""
    assert pull(store, shop(url)) == []
    assert pull(store, shop(url)) == []
    assert {(record.account_id, record.rows) for record in store.pulls()} == {("orders", 3)}
    orders = store.orders(date(2026, 11, 1), date(2026, 11, 5))
    assert sorted(orders["value"].astype(float)) == [200.0, 1299.5]
    assert orders["new_customer"].sum() == 1
    assert not set(orders["order"]) & {"1001", "1002"}
    numbers = store.numbers(date(2026, 11, 2), date(2026, 11, 3)).sort_values("date")
    assert numbers["documented_conversions"].tolist() == [1.0, 1.0]


def test_a_refund_takes_its_sale_away(store: Store, url: str) -> None:
    """The next pull has the order as it is now."""
    pull(store, shop(url))
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text("UPDATE orders SET refunded = 1 WHERE order_id = '1002'"))
    pull(store, shop(url))
    numbers = store.numbers(date(2026, 11, 3), date(2026, 11, 3))
    assert numbers["documented_conversions"].tolist() == [0.0]


def test_names_and_addresses_are_never_asked_for(store: Store, url: str) -> None:
    """Only known columns are selected: a view without the others gives the same."""
    asked: list[str] = []

    def listen(*event: object) -> None:
        asked.append(str(event[2]))

    sa.event.listen(sa.Engine, "before_cursor_execute", listen)
    try:
        pull(store, shop(url))
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", listen)
    selects = [statement for statement in asked if "1 = 0" not in statement]
    assert selects
    assert not any("email" in statement or "customer_name" in statement for statement in selects)


def test_a_query_may_name_the_columns(store: Store, url: str) -> None:
    """SELECT … AS the headings that are known; its own colons bind nothing."""
    query = (
        "SELECT order_id AS id, date(created_at) AS date, total AS value, 'google_ads' AS channel, "
        "utm_campaign AS campaign, ':x' AS note FROM orders WHERE total > 250;"
    )
    assert pull(store, shop(url, query, currency="SEK")) == []
    orders = store.orders(date(2026, 11, 1), date(2026, 11, 5))
    assert orders[["value", "currency"]].to_numpy().tolist() == [[1299.5, "SEK"]]


@pytest.mark.parametrize(
    ("orders", "word"),
    [
        ("nothing", "nothing"),
        ("SELECT total AS value, created_at AS date FROM orders", "order number"),
        ("SELECT order_id AS id, created_at AS date, 'x' AS value FROM orders", "no amount"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(
    store: Store, url: str, orders: str, word: str
) -> None:
    """It is said as the pull's, and nothing is stored."""
    (sentence,) = pull(store, shop(url, orders))
    assert word in sentence
    assert "\n" not in sentence
    assert store.orders(date(2026, 1, 1), date(2026, 11, 5)).empty


def test_leads_come_the_same_way(store: Store, url: str) -> None:
    """With what became of them."""
    query = (
        "SELECT 'l1' AS lead_id, '2026-11-02' AS created_at, 'sales qualified lead' AS stage, "
        "'google' AS utm_source, 'google_brand' AS utm_campaign"
    )
    source = RecordSource("crm", url, lambda: NOW, leads=query)
    assert pull(store, source) == []
    leads = store.leads(date(2026, 11, 1), date(2026, 11, 5))
    assert leads[["qualified", "won"]].to_numpy().tolist() == [[1.0, 0.0]]


def test_a_moment_is_the_day_it_was_here(postgres_schema: Callable[[], str]) -> None:
    """An order late in the evening belongs to the source's own day, whatever zone it is kept in."""
    url = postgres_schema()
    query = (
        "SELECT 1 AS order_id, TIMESTAMPTZ '2026-11-02 23:30:00+00' AS created_at, "
        "12.50::numeric AS total, true AS new_customer"
    )
    source = shop(url, query, currency="NOK", time_zone="Europe/Oslo")
    orders = source.pull(date(2026, 11, 1), None).orders
    assert orders is not None
    assert orders["date"].dt.date.tolist() == [date(2026, 11, 3)]
    assert orders[["value", "new_customer"]].to_numpy().tolist() == [[12.5, 1.0]]
