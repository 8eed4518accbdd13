"""Money given back counts in the sums, and stops no morning."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.numbers.plan import PlanEntry
from tests.features.conftest import campaign_days, days_until

MORNING = date(2026, 8, 31)
DAYS = days_until(date(2026, 8, 30), 61)


def spent(credit: float, at: int) -> list[float]:
    amounts = [100.0] * 61
    amounts[at] = credit
    return amounts


@pytest.mark.parametrize(
    ("credit", "at", "week"), [(-250.0, -3, "€350"), (-20.0, -1, "€580"), (-900.0, -20, "€700")]
)
def test_a_morning_with_a_credit_is_written_and_its_sum_is_right(hears, credit, at, week):
    """A day under zero is in the week's spend, wherever it stands, and the digest comes."""
    rows = campaign_days("Brand", DAYS, spent(credit, at), conversions=5.0, impressions=9000.0,
                         clicks=90.0)  # fmt: skip
    assert f"Spent last 7 days {week}" in hears(MORNING, rows).digest()


def test_a_fortnight_under_zero_is_written_and_praised_by_nobody(hears):
    """Where all that is left is credits there is no price to judge, and still a digest."""
    amounts = [100.0] * 47 + [-10.0] * 14
    rows = campaign_days("Brand", DAYS, amounts, conversions=5.0, impressions=9000.0, clicks=90.0)
    plan = [PlanEntry("*", stage="convert", pricing_model="CPA", target=25.0)]
    heard = hears(MORNING, rows, plan=plan)
    assert heard.digest().startswith("Good morning.")
    assert "−€70" in heard.ask("/perf campaign Brand")
    assert "room to grow" not in heard.ask("/perf campaign Brand").lower()
    assert "room to grow" not in heard.ask("/perf channel google").lower()


def test_money_given_back_is_named_with_its_days(hears):
    """Whose it was, how much and when stands beside the sum it lowers, and is no fall of spend."""
    rows = campaign_days("Brand", DAYS, [100.0] * 54 + [-40.0] * 7, conversions=5.0,
                         impressions=9000.0, clicks=90.0)  # fmt: skip
    other = campaign_days("Generic", DAYS, 120.0, conversions=4.0)
    heard = hears(MORNING, rows, other)
    told = heard.digest()
    assert re.search(r"Brand got money back:.*€280 on 24–30 Aug\. It lowers", told)
    assert "What moved" not in told
    assert re.search(r"Brand got money back:.*€280 on", heard.ask("/perf channel google"))
    assert "Brand fikk penger tilbake:" in heard.digest("nb")
    assert "got money back" not in hears(MORNING, other).digest()


@pytest.mark.parametrize(("credit", "language"), [(-2_000.0, "en"), (-9_000.0, "nb")])
def test_no_result_costs_less_than_nothing(hears, credit, language):
    """Where more came back than was spent the sum says so; a price of it and its change do not."""
    rows = campaign_days("Brand", DAYS, spent(credit, -3), conversions=5.0, impressions=9000.0,
                         clicks=90.0)  # fmt: skip
    told = hears(MORNING, rows, plan=[PlanEntry("*", stage="convert", pricing_model="CPA")]).digest(
        language
    )
    assert re.search(r"−€?\s?[\d,. \u00a0]+", told)
    assert not re.search(r"−[^.\n]*(a sale|per salg)", told)
    assert "−1" not in told.split("%")[0][-8:]
