"""An order belongs to the one campaign it names; what comes in another currency is seen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from bot.numbers.documented import Names, documented, match
from bot.numbers.exchange import CurrencyChange, Exchange, Rate, currency_changes

CAMPAIGNS = [
    ("google_ads", "1", "11", "Brand | NO"),
    ("google_ads", "1", "12", "Shoes"),
    ("meta_ads", "2", "21", "shoes"),
    ("meta_ads", "2", "12", "Coats"),
    ("meta_ads", "2", "22", "!!!"),
]
BRAND, SHOES, META_SHOES = (key[:3] for key in CAMPAIGNS[:3])


@pytest.mark.parametrize(
    ("campaign", "channel", "meant"),
    [
        ("11", "", BRAND), ("brand-no", "", BRAND), ("Brand__NO ", "google_ads", BRAND),
        ("brand no", "meta_ads", None), ("shoes", "", None), ("shoes", "meta_ads", META_SHOES),
        ("SHOES", "google_ads", SHOES), ("12", "", None), ("12", "google_ads", SHOES),
        ("hats", "", None), ("", "", None), ("", "meta_ads", None),
    ],
)  # fmt: skip
def test_an_order_is_the_one_campaigns_it_names(campaign, channel, meant):
    """By its id, else by its name as links carry it; of two nobody knows which.

    A campaign whose name is only signs is nobody's who names none.
    """
    assert Names(CAMPAIGNS).find(campaign, channel) == meant


def orders(*named: tuple[str, str, str], refunded: float = 0.0) -> pd.DataFrame:
    """Orders of a day: campaign, channel, day of November."""
    return pd.DataFrame({
        "order": [f"o{at}" for at in range(len(named))],
        "date": pd.to_datetime([f"2026-11-{day}" for _, _, day in named]),
        "campaign": [campaign for campaign, _, _ in named],
        "channel": [channel for _, channel, _ in named], "value": 100.0, "currency": "NOK",
        "new_customer": np.nan, "refunded": refunded, "touches": "",
    })  # fmt: skip


def days() -> pd.DataFrame:
    """Two days of each campaign that counts sales; one of Meta's counts none."""
    rows = [
        {"date": pd.Timestamp(f"2026-11-{day}"), "channel": channel, "account_id": account,
         "campaign_id": campaign, "campaign_name": name,
         "conversions": np.nan if campaign == "22" else 3.0}
        for day in (20, 21) for channel, account, campaign, name in CAMPAIGNS
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_matched_orders_are_their_campaigns_and_the_others_stay_as_they_are():
    """The channel is the campaign's; an order of nobody keeps the one it came with."""
    found = match(orders(("brand no", "", "20"), ("hats", "tiktok_ads", "20")), days())
    assert found["matched"].tolist() == [True, False]
    assert found["channel"].tolist() == ["google_ads", "tiktok_ads"]
    assert found["account_id"].tolist() == ["1", ""]
    assert found["campaign_id"].tolist() == ["11", ""]


def counts(
    *named: tuple[str, str, str], refunded: float = 0.0
) -> dict[tuple[int, str, str], float]:
    numbers = days()
    found = documented(match(orders(*named, refunded=refunded), numbers), numbers)
    return {
        (row["date"].day, row["channel"], row["campaign_id"]): row["documented_conversions"]
        for row in found.to_dict("records")
    }


def test_a_campaign_without_an_order_has_none_where_its_channels_orders_name_theirs():
    """Of a day without any order, and of a channel no order names, nothing is known."""
    found = counts(("11", "", "20"), ("11", "", "20"), ("hats", "meta_ads", "21"))
    assert found == {
        (20, "google_ads", "11"): 2.0, (20, "google_ads", "12"): 0.0,
        (21, "google_ads", "11"): 0.0, (21, "google_ads", "12"): 0.0,
    }  # fmt: skip


def test_a_campaign_that_counts_no_sales_lacks_none():
    """Nothing is claimed, so that nothing is missing; an order it has is counted."""
    assert (20, "meta_ads", "22") not in counts(("21", "", "20"))
    assert counts(("22", "", "20"))[20, "meta_ads", "22"] == 1.0


def test_what_was_refunded_is_no_sale():
    """It was an order all the same: its day is known."""
    assert counts(("11", "", "20"), refunded=1.0)[20, "google_ads", "11"] == 0.0
    assert counts(("11", "", "20"), refunded=np.nan)[20, "google_ads", "11"] == 1.0
    assert counts(("hats", "", "20")) == {}


def census(*rows: tuple[str, str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["channel", "account_id", "campaign_id", "currency"])


def stored_days(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Account, campaign, day of November: in kroner."""
    return pd.DataFrame({
        "date": pd.to_datetime([f"2026-11-{day}" for _, _, day in rows]), "channel": "google_ads",
        "account_id": [account for account, _, _ in rows],
        "campaign_id": [campaign for _, campaign, _ in rows], "currency": "NOK",
    })  # fmt: skip


def changes(coming, stored) -> list[tuple[str, str, str, str]]:
    found = currency_changes(census(*coming), census(*stored))
    return [(each.account_id, each.campaign_id, each.stored, each.coming) for each in found]


G = "google_ads"


@pytest.mark.parametrize(
    ("coming", "stored", "found"),
    [
        ([(G, "1", "a", "EUR")], [(G, "1", "a", "NOK")],
         [("1", "a", "NOK", "EUR"), ("1", "", "NOK", "EUR")]),
        ([(G, "1", "b", "EUR")], [(G, "1", "a", "NOK")], [("1", "", "NOK", "EUR")]),
        ([(G, "", "b", "EUR")], [(G, "", "a", "NOK")], []),  # nobody's account is none
        ([(G, "", "a", "EUR")], [(G, "", "a", "NOK")], [("", "a", "NOK", "EUR")]),
        ([(G, "1", "a", "NOK")], [(G, "1", "a", "NOK")], []),
        ([(G, "1", "a", "EUR")], [(G, "1", "a", "NOK"), (G, "1", "a", "EUR")], []),
        ([(G, "1", "a", None)], [(G, "1", "a", "NOK")], []),
        ([(G, "1", "a", "EUR")], [(G, "1", "a", None)], []),
        ([(G, "2", "a", "EUR")], [(G, "1", "a", "NOK")], []),
    ],
)  # fmt: skip
def test_rows_in_a_currency_their_campaign_never_had_are_seen(coming, stored, found):
    """The campaign, then its account; one of several currencies it had before is none."""
    assert changes(coming, stored) == found


def test_a_stored_amount_is_exact_in_another_currency():
    """To the last digit; what is no amount, or has no rate, is none."""
    kroner = Exchange("NOK", date(2026, 11, 23), {
        "EUR": Rate(Decimal("11.7325"), date(2026, 11, 20), "ECB")})  # fmt: skip
    assert kroner.exactly(Decimal("0.1"), "EUR") == Decimal("1.17325")
    assert kroner.exactly(Decimal("0.1"), "NOK") == Decimal("0.1")
    assert kroner.exactly(Decimal("0.1"), "SEK") is None
    assert kroner.exactly(None, "EUR") is None


def test_days_that_are_not_brought_anew_stay_in_the_old_currency():
    """The last of them is said; where each is replaced only the label had been wrong."""
    stored = stored_days(("1", "a", "18"), ("1", "a", "19"), ("1", "b", "21"), ("2", "a", "22"))
    campaign = CurrencyChange(G, "1", "a", "NOK", "EUR")
    account = CurrencyChange(G, "1", "", "NOK", "EUR")
    brought = stored_days(("1", "a", "18"))
    assert campaign.stays_beside(stored, brought) == date(2026, 11, 19)
    assert account.stays_beside(stored, brought) == date(2026, 11, 21)
    assert campaign.stays_beside(stored, stored_days(("1", "a", "18"), ("1", "a", "19"))) is None
    other = CurrencyChange(G, "1", "a", "SEK", "EUR")
    assert other.stays_beside(stored, brought) is None
