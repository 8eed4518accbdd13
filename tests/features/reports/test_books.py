"""MER, blended ROAS and the cost of a new customer: the books' orders over the same days' ads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from bot.jobs import order_intake
from bot.numbers.documented import COLUMNS
from bot.settings import Settings
from bot.settings.models import App, RateSettings
from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 11, 23)
LAST = AS_OF - timedelta(1)
DAYS = days_until(LAST, 60)
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


def orders(days=DAYS, **changes):
    """Two a day: one of Brand by a new customer, one that nobody brought."""
    usual = {"value": 300.0, "currency": "EUR", "refunded": 0.0, "channel": "", "touches": ""}
    rows = [
        {**usual, "order": f"{day}-{number}", "date": pd.Timestamp(day), "campaign": campaign,
         "new_customer": new, **changes}
        for day in days
        for number, (campaign, new) in enumerate((("brand", 1.0), ("", 0.0)))
    ]  # fmt: skip
    return pd.DataFrame(rows)[[*COLUMNS]]


@pytest.fixture
def shop(hears):
    """100 EUR a day on each of two channels, which claim three sales a day together."""

    def make(frame, settings: Settings | None = None):
        heard = hears(
            AS_OF,
            campaign_days("Brand", DAYS, 100.0, conversions=2.0, revenue=500.0, stage="convert",
                          pricing_model="CPA"),
            campaign_days("Social", DAYS, 100.0, conversions=1.0, revenue=500.0, stage="convert",
                          channel="meta_ads", pricing_model="CPA"),
            settings=settings,
        )  # fmt: skip
        if frame is not None:
            order_intake.keep_orders(heard.context.store, frame, NOW)
        return heard

    return make


@pytest.mark.parametrize(
    "question",
    ["what is our mer", "MER last 28 days", "blended roas", "what's our blended roas",
     "marketing efficiency ratio", "mer 28d"],
)  # fmt: skip
def test_mer_is_every_order_over_all_spend(shop, question):
    """600 EUR of orders a day over 200 EUR of ads: 3; with what it is made of."""
    answer = shop(orders()).ask(question)
    assert "MER (blended ROAS) 3" in answer
    assert "€16 800 in 56 orders over €5 600 of ad spend" in answer


def test_sales_claimed_more_often_than_there_are_orders_are_said(shop):
    """Three claimed a day, two in the books: 28 at least are claimed twice, or never placed."""
    answer = shop(orders()).ask("what is our mer")
    assert "claim 84 sales where your books have 56: at least 28 are claimed twice" in answer
    assert "claimed twice" not in shop(orders()).ask("blended roas on google")


def test_a_new_customer_costs_the_spend_over_the_new_ones(shop):
    """200 EUR a day over one new customer a day; of a channel its own spend and orders."""
    heard = shop(orders())
    assert "€200 a new customer" in heard.ask("cost per new customer")
    assert "28 new customers in your orders" in heard.ask("what does a new customer cost us")
    assert "€100 a new customer" in heard.ask("cost per new customer on google")


def test_norwegian_says_it_in_its_own_words(shop):
    """The same numbers; `mer` in a sentence is still `more`."""
    heard = shop(orders())
    assert "MER (samlet ROAS) 3" in heard.ask("hva er vår mer", "nb")
    assert "€ per ny kunde" in heard.ask("pris per ny kunde", "nb")
    assert "MER (samlet" not in heard.ask("brukte vi mer forrige uke", "nb")


def test_without_orders_the_nearest_is_told_and_named(shop):
    """ROAS as platforms count it, and what MER would need; a sale where nobody says who is new."""
    heard = shop(None)
    answer = heard.ask("what is our mer")
    assert "ROAS 5" in answer
    assert "MER needs your own" in answer
    silent = shop(orders(new_customer=None))
    assert "Which customers are new is not in the numbers" in silent.ask("cost per new customer")


def test_a_refund_is_no_sale_and_is_said(shop):
    """Nothing stands where all was taken back; half of it halves the ratio."""
    frame = orders()
    frame.loc[::2, "refunded"] = 1.0
    answer = shop(frame).ask("what is our mer")
    assert "MER (blended ROAS) 1.5" in answer
    assert "28 orders were taken back" in answer


def test_both_halves_are_of_the_days_orders_are_known_of(shop):
    """Two weeks of orders are held against two weeks of spend, and it says so."""
    answer = shop(orders(DAYS[-14:])).ask("what is our mer last 28 days")
    assert "MER (blended ROAS) 3" in answer
    assert "€8 400 in 28 orders over €2 800" in answer
    assert "Orders are known of 9–22 Nov" in answer


def test_orders_in_another_currency_are_converted_or_not_held_against_it(shop):
    """With a rate at that rate; without one MER is not told."""
    rates = (RateSettings(currency="EUR", rate=Decimal(10), day=LAST),
             RateSettings(currency="USD", rate=Decimal(20), day=LAST))  # fmt: skip
    app = App(time_zone="UTC", reporting_currency="NOK")
    answer = shop(orders(currency="USD"), Settings(app=app, rates=rates)).ask("what is our mer")
    assert "MER (blended ROAS) 6" in answer
    assert "336 000 kr in 56 orders over 56 000 kr" in answer
    assert "MER (blended" not in shop(orders(currency="UAH")).ask("what is our mer")


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        ("how many orders were refunded", "en", "7 of 56 orders taken back, last 28 days"),
        ("what is our return rate", "en", "That is 12 %"),
        ("hvor mange ordrer ble refundert", "nb", "7 av 56 ordrer refundert"),
    ],
)
def test_what_was_taken_back_is_known_once_orders_are(shop, question, language, said):
    """Where orders are known nobody is told that there are no numbers of refunds."""
    frame = orders()
    frame["refunded"] = [float(place % 8 == 0) for place in range(len(frame))]
    assert said in shop(frame).ask(question, language)
    assert "7 of 56" not in shop(None).ask(question, language)


def test_a_new_customers_cost_is_an_upper_end_where_orders_do_not_say(shop):
    """Half the orders say nothing of their customer: some of those were new, too."""
    frame = orders()
    frame["new_customer"] = frame["new_customer"].where(frame["new_customer"] == 1.0)
    assert "at most €200 a new customer" in shop(frame).ask("cost per new customer")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("56 orders came after ads of several platforms", "Google and Meta 56",
                "In your books each is one sale")),
        ("nb", ("56 ordrer kom etter klikk på annonser hos flere plattformer", "Google og Meta 56",
                "hver av dem ett salg")),
    ],
)  # fmt: skip
def test_orders_that_two_platforms_claim_are_named(shop, language, words):
    """By day and value: their numbers are kept nowhere. MER counts each once."""
    heard = shop(orders(touches="google_ads meta_ads"))
    question = {"en": "what is our mer", "nb": "hva er vår mer"}[language]
    answer = heard.ask(question, language)
    for phrase in (*words, "22", "300"):
        assert phrase in answer
    assert "several platforms" not in shop(orders(touches="google_ads")).ask("what is our mer")
