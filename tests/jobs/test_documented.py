"""Orders beside the platforms' own counts: matched, counted once, known from the day they came."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from bot import rules_files
from bot.jobs import morning, order_intake, pull_keeping
from bot.numbers.documented import COLUMNS, Names, match, summary
from bot.numbers.input.daily import normalise
from bot.settings import Settings
from bot.sources.base import AccountPull, Pulled
from bot.store import open_store

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
DAY = "2026-11-20"


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def _numbers(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """Rows of (day, channel, campaign's name, conversions); the id is `id-` and the name."""
    return normalise(
        pd.DataFrame(
            {
                "date": day, "channel": channel, "account_id": "1", "campaign_id": f"id-{name}",
                "campaign_name": name, "currency": "NOK", "spend": 500.0,
                "conversions": conversions,
            }
            for day, channel, name, conversions in rows
        )
    )  # fmt: skip


def _order(number: str, campaign: str = "", **changes: object) -> dict[str, object]:
    usual = {
        "order": number, "date": pd.Timestamp(DAY), "campaign": campaign, "channel": "",
        "value": 100.0, "currency": "NOK", "new_customer": 1.0, "refunded": 0.0,
        "touches": "",
    }  # fmt: skip
    return {**usual, **changes}


def _orders(*orders: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(orders)[[*COLUMNS]]


def _documented(store, **span: object) -> dict[tuple[str, str], float]:
    rows = store.numbers(**span)
    return {
        (f"{row.date:%Y-%m-%d}", row.campaign_name): row.documented_conversions
        for row in rows.itertuples()
        if row.documented_conversions == row.documented_conversions
    }


def _add(store, *rows, at=datetime(2026, 11, 21, 6, tzinfo=UTC)):
    store.add_numbers(_numbers(*rows), source="test", pulled_at=at)


def test_an_order_is_its_campaigns_by_id_or_by_the_name_in_the_link():
    """The id wins, names are compared as links write them, and what is unclear is nobody's."""
    names = Names([
        ("google_ads", "1", "77", "Google | Brand NO"), ("meta_ads", "2", "88", "Sale"),
        ("google_ads", "1", "99", "Sale"),
    ])  # fmt: skip
    assert names.find("77", "") == ("google_ads", "1", "77")
    assert names.find("google_brand-no", "") == ("google_ads", "1", "77")
    assert names.find("Sale", "meta_ads") == ("meta_ads", "2", "88")
    assert names.find("Sale", "") is None
    assert names.find("77", "newsletter") is None
    assert names.find("", "meta_ads") is None


def test_orders_are_counted_where_they_belong(store):
    """Refunds are no sale, a selling campaign without an order has none; silence stays silence."""
    _add(
        store, (DAY, "google_ads", "Brand", 3), (DAY, "google_ads", "Generic", 2),
        (DAY, "meta_ads", "Prospecting", 9), ("2026-11-19", "google_ads", "Brand", 4),
    )  # fmt: skip
    handed = order_intake.keep_orders(
        store,
        _orders(_order("1", "brand"), _order("2", "id-Brand"), _order("3", "Brand", refunded=1.0),
                _order("4", "poster campaign")),
        NOW,
    )  # fmt: skip
    assert (handed.orders, handed.added, handed.matched) == (4, 4, 3)
    assert _documented(store) == {(DAY, "Brand"): 2.0, (DAY, "Generic"): 0.0}


def test_the_same_file_again_changes_nothing_and_a_refund_takes_its_sale_back(store):
    """Orders are told apart by their number, whatever file they come in."""
    _add(store, (DAY, "google_ads", "Brand", 3))
    order_intake.keep_orders(store, _orders(_order("1", "Brand"), _order("2", "Brand")), NOW)
    repeated = order_intake.keep_orders(
        store, _orders(_order("1", "Brand"), _order("2", "Brand")), NOW
    )
    assert (repeated.added, repeated.changed, repeated.days) == (0, 0, 0)
    refund = order_intake.keep_orders(store, _orders(_order("2", "Brand", refunded=1.0)), NOW)
    assert (refund.added, refund.changed, refund.days) == (0, 1, 1)
    assert _documented(store) == {(DAY, "Brand"): 1.0}


def test_a_morning_before_the_orders_came_does_not_know_them(store):
    """Documented sales are known from the day they were handed in: a replay does not peek."""
    _add(store, (DAY, "google_ads", "Brand", 3))
    order_intake.keep_orders(store, _orders(_order("1", "Brand")), NOW)
    assert _documented(store, as_of=date(2026, 11, 27)) == {}
    assert _documented(store, as_of=NOW.date()) == {(DAY, "Brand"): 1.0}


def test_orders_that_come_before_the_numbers_are_counted_at_the_pull(store):
    """An order of a campaign nobody knows yet is kept, and found when its numbers are pulled."""
    assert order_intake.keep_orders(store, _orders(_order("1", "Brand")), NOW).matched == 0
    account = AccountPull("1", ("google_ads",), ok=True, until=date(2026, 11, 20))
    pulled = Pulled(_numbers((DAY, "google_ads", "Brand", 3)), NOW, (account,))
    pull_keeping.kept(store, "google", pulled, None)
    assert _documented(store) == {(DAY, "Brand"): 1.0}
    (row,) = store.numbers().itertuples()
    assert (row.conversions, row.spend) == (3.0, 500.0)


def test_no_number_of_an_order_can_be_read_in_the_database(store):
    """Ids are hashed with a key of this install; another install's hashes are others."""
    order_intake.keep_orders(store, _orders(_order("secret-4711", "Brand")), NOW)
    (number,) = store.orders()["order"]
    assert len(number) == 64
    assert "4711" not in number
    neighbour = open_store(":memory:")
    try:
        order_intake.keep_orders(neighbour, _orders(_order("secret-4711", "Brand")), NOW)
        assert neighbour.orders()["order"].tolist() != [number]
    finally:
        neighbour.close()


def test_the_summary_adds_up_to_what_a_person_would(store):
    """Share, value, return and the price of a new customer; another currency's value is none."""
    numbers = _numbers((DAY, "google_ads", "Brand", 4), (DAY, "meta_ads", "Video", 2))
    orders = _orders(
        _order("1", "Brand", value=300.0), _order("2", "Brand", value=450.0, new_customer=0.0),
        _order("3", "Brand", refunded=1.0), _order("4", "Video", currency="EUR"),
    )  # fmt: skip
    rows = summary(match(orders, numbers), numbers).set_index("campaign_name")
    brand, video = rows.loc["Brand"], rows.loc["Video"]
    assert (brand["claimed"], brand["documented"], brand["refunded"]) == (4.0, 2.0, 1.0)
    assert (brand["value"], brand["return"], brand["cost_per_new_customer"]) == (750.0, 1.5, 500.0)
    assert video["documented"] == 1.0
    assert video["value"] != video["value"]


def test_the_rule_about_documented_sales_speaks(store):
    """Half of what a campaign charges for is not in the books: `convert-documented` says so."""
    rulebook = rules_files.load(None)
    assert any(rule.id == "convert-documented" for rule in rulebook.rules)
    days = pd.date_range(end="2026-11-29", periods=45)
    rows = _numbers(*((f"{day:%Y-%m-%d}", "google_ads", "Brand", 8) for day in days))
    rows = rows.assign(stage="convert", pricing_model="CPA", billed_by="CPA")
    store.add_numbers(rows, source="test", pulled_at=datetime(2026, 11, 30, 6, tzinfo=UTC))
    orders = [
        _order(f"{day:%j}-{number}", "Brand", date=day) for day in days for number in range(4)
    ]
    order_intake.keep_orders(store, _orders(*orders), NOW)
    later = NOW + timedelta(days=2)  # what two mornings in a row have known
    morning.refresh(store, rulebook, later.date(), Settings(), lambda: later)
    assert "convert-documented" in {record.advice.rule for record in store.all_advice(state="open")}
