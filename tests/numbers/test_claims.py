"""Which platforms count one and the same order: by its clicks, and by the campaign it names."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from bot.numbers import documented
from bot.numbers.claims import claimed_by_several, written
from bot.numbers.input.normalise import normalise

DAY = date(2026, 11, 2)


def numbers(**conversions: float | None) -> pd.DataFrame:
    return normalise(pd.DataFrame([
        {"date": DAY, "channel": channel, "account_id": "1", "campaign_id": channel,
         "campaign_name": f"{channel} brand", "spend": 100.0, "conversions": value}
        for channel, value in conversions.items()
    ]))  # fmt: skip


def order(number: str, touches: str = "", **changes: object) -> dict[str, object]:
    usual = {"order": number, "date": pd.Timestamp(DAY), "campaign": "", "channel": "",
             "value": 100.0, "currency": "NOK", "new_customer": 1.0, "refunded": 0.0}  # fmt: skip
    return {**usual, "touches": touches, **changes}


def several(rows: pd.DataFrame, *orders: dict[str, object]) -> dict[str, tuple[str, ...]]:
    matched = documented.match(pd.DataFrame(orders)[[*documented.COLUMNS]], rows)
    found = claimed_by_several(matched, rows)
    return dict(zip(found["order"], found["claimants"], strict=True))


BOTH = {"google_ads": 3.0, "meta_ads": 2.0}


@pytest.mark.parametrize(
    ("placed", "claimants"),
    [
        (order("a", "google_ads meta_ads"), ("google_ads", "meta_ads")),
        (order("a", "meta_ads", campaign="google_ads brand"), ("google_ads", "meta_ads")),
        (order("a", "meta_ads", campaign="meta_ads brand"), None),
        (order("a", "meta_ads", channel="google_ads"), None),  # a source, and no ad of it
        (order("a", "google_ads tiktok_ads newsletter"), None),  # none of them counts here
        (order("a", "google_ads meta_ads", refunded=1.0), ("google_ads", "meta_ads")),
    ],
)
def test_an_order_is_claimed_by_every_platform_that_saw_a_click_of_it(placed, claimants):
    """Of the platforms that count sales at all; one platform alone claims it once."""
    found = several(numbers(**BOTH), placed, order("b", "google_ads"))
    assert found == ({"a": claimants} if claimants else {})


def test_a_platform_that_counts_no_sales_claims_none():
    """Its clicks are no claim."""
    rows = numbers(google_ads=3.0, meta_ads=None)
    assert several(rows, order("a", "google_ads meta_ads")) == {}


def test_the_books_count_it_once():
    """Whoever claims it, it is one documented sale, of the campaign it names."""
    rows = numbers(**BOTH)
    placed = order("a", "google_ads meta_ads", campaign="meta_ads brand")
    matched = documented.match(pd.DataFrame([placed])[[*documented.COLUMNS]], rows)
    sold = documented.documented(matched, rows)["documented_conversions"]
    assert sold.sum() == 1.0


def test_channels_are_kept_once_and_in_order():
    """What is empty is none."""
    assert written(["meta_ads", "", "google_ads", "meta_ads"]) == "google_ads meta_ads"
    assert written([]) == ""
