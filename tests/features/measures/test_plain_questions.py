"""What a marketer asks before ten o'clock, in plain words: the thing asked is the headline."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 11, 16)
DAYS = days_until(AS_OF - timedelta(1), 40)


@pytest.fixture
def shop(hears):
    """Three that sell, one of them at a loss, one that brings leads, one that is only seen."""
    return hears(
        AS_OF,
        campaign_days("Oslo | Brand", DAYS, 20.0, conversions=4.0, revenue=400.0),
        campaign_days("Oslo | Shoes", DAYS, 60.0, conversions=3.0, revenue=180.0),
        campaign_days(
            "Oslo | Boots", DAYS, 50.0, channel="meta_ads", conversions=1.0, revenue=30.0
        ),
        campaign_days(
            "Oslo | Signup", DAYS, 30.0, channel="meta_ads", leads=6.0, qualified_leads=3.0
        ),
        campaign_days("Oslo | Video", DAYS, 10.0, channel="tiktok_ads"),
    )


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("are we profitable?", "€3 080 left after ad spend"),
        ("tjener vi penger?", "3 080 € igjen etter annonsene"),
        ("is meta making us money", "Meta: €350 lost after ad spend"),
        ("is tiktok profitable?", "TikTok: what is left after ad spend is not known"),
        ("which campaigns are profitable", "2 campaigns with ROAS over 1"),
        ("hvilke kampanjer er ikke lønnsomme", "1 kampanje med ROAS under 1"),
    ],
)
def test_whether_money_is_made_is_revenue_less_what_the_ads_cost(shop, question, holds):
    """A loss is called one, and where no revenue is counted nothing is claimed."""
    assert holds in shop.ask(question)


def test_an_unknown_margin_is_said(shop):
    """What is left after the ads is no profit yet."""
    assert "cost of goods are not known" in shop.ask("are we making money?")


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("spend and cpa per campaign", ("Spend and CPA", "Oslo | Shoes", "€420", "€20")),
        ("klikk, forbruk og salg per kampanje", ("forbruk", "Oslo | Boots", "350", "7")),
        ("spend and leads by channel", ("Spend and leads", "Meta", "€560", "42")),
    ],
)
def test_several_numbers_of_each_stand_in_one_table(shop, question, rows):
    """A column a number; what somebody does not count is a dash, not a zero."""
    answer = shop.ask(question)
    assert [part for part in rows if part not in answer] == [], answer


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("list campaigns by cpa from dearest to cheapest", "Oslo | Boots has the highest CPA"),
        ("list campaigns by cpa from cheapest to dearest", "Oslo | Brand has the lowest CPA"),
        ("ranger kampanjene etter forbruk, lavest først", "Oslo | Video har lavest forbruk"),
        ("sort campaigns by roas, highest first", "Oslo | Brand has the highest ROAS"),
        ("which campaign is the most expensive", "Oslo | Boots has the worst CPA"),
        ("hvilken kampanje er billigst", "Oslo | Brand har best CPA"),
    ],
)
def test_a_list_begins_with_what_is_named_first(shop, question, first):
    """And the dearest campaign is never the one with the lowest price."""
    assert first in shop.ask(question)


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("are the leads from signup any good?", "Oslo | Signup: Qualified share 50 %"),
        ("er leadsene fra meta gode?", "Meta: Andel kvalifiserte 50 %"),
        ("how much is a lead costing us", "a lead (CPL)"),
        ("how did video do last week", "Oslo | Video"),
        ("hva brukte vi på merkevare forrige uke", "Oslo | Brand: 140 € brukt"),
        ("what's eating the budget", "Oslo | Shoes has the highest spend"),
        ("sales by weekday", "the most sales, a day on average"),
        ("hvordan går det i tyskland", "Jeg har ingen tall for «tyskland»"),
        ("are we on budget", "the plan has no monthly budget to hold it against"),
        ("how much did we spend today", "€170 spent, yesterday"),
    ],
)
def test_the_thing_asked_is_the_headline(shop, question, holds):
    """No other question's answer stands in its place."""
    assert holds in shop.ask(question)


def test_a_share_of_a_price_is_never_told(shop):
    """`163 %, ROAS 6 of ROAS 4` is no share of anything."""
    answer = shop.ask(
        "what share of spend went to google last week, and what roas did google deliver"
    )
    assert "47.06 %, €560 spent of €1 190 spent" in answer
    assert "Google: ROAS 7.25" in answer
    assert answer.count(" of ROAS") == 0
