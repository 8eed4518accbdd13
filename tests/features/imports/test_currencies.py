"""An account has one currency: another is refused with the way out, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from bot.features.imports.intake import one_currency
from bot.numbers.input.normalise import normalise
from bot.sources.refusals import MixedCurrencies
from bot.store import open_store

AT = datetime(2026, 9, 1, 6, tzinfo=UTC)


def rows(currency: str | None, first: int, last: int, campaign: str = "101", account: str = "7"):
    frame = pd.DataFrame({"date": pd.date_range(f"2026-08-{first:02}", f"2026-08-{last:02}")})
    return normalise(frame.assign(
        channel="google_ads", account_id=account, campaign_id=campaign, campaign_name="Brand",
        currency=currency, spend=100.0,
    ))  # fmt: skip


@pytest.fixture
def store():
    with_krone = open_store(":memory:")
    with_krone.add_numbers(rows("NOK", 1, 10), source="a", pulled_at=AT)
    yield with_krone
    with_krone.close()


@pytest.mark.parametrize("coming", [
    rows("USD", 11, 20), rows("USD", 5, 20), rows("USD", 11, 20, campaign="102"),
])  # fmt: skip
def test_another_currency_of_the_same_account_is_refused(store, coming):
    """Newer days, days that overlap, and another campaign of the account: who, until when, how."""
    with pytest.raises(MixedCurrencies) as refused:
        one_currency(store, coming)
    assert "google_ads 7 is stored in NOK through 2026-08-" in str(refused.value)
    assert "--account 7-usd" in str(refused.value)
    assert set(store.numbers()["currency"]) == {"NOK"}


@pytest.mark.parametrize("coming", [
    rows("NOK", 11, 20), rows(None, 11, 20),  # the same, and nothing said
    rows("USD", 1, 20),  # every stored day anew: the label was wrong
    rows("USD", 11, 20, account="7-usd"),  # an id of its own
])  # fmt: skip
def test_what_can_be_added_up_comes_in(store, coming):
    """The same currency, none, all days anew, or another account."""
    one_currency(store, coming)


def test_campaigns_without_an_account_are_held_apart_by_campaign():
    """A file without account ids may hold accounts of two currencies."""
    store = open_store(":memory:")
    store.add_numbers(rows("NOK", 1, 10, account=""), source="a", pulled_at=AT)
    one_currency(store, rows("USD", 11, 20, campaign="102", account=""))
    with pytest.raises(MixedCurrencies):
        one_currency(store, rows("USD", 11, 20, account=""))
    assert store.numbers()["date"].max().date() == date(2026, 8, 10)
    store.close()
