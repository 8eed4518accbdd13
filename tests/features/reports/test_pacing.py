"""The month's money by client, account and channel; what has no budget is said as that."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.numbers.plan import PlanEntry
from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 6, 28)
DAYS = days_until(AS_OF - timedelta(1), 70)
PLAN = [
    PlanEntry(match="A | *", stage="convert", pricing_model="CPA", monthly_budget=10_000,
              client="Nordic Fisk"),
    PlanEntry(match="B | *", stage="convert", pricing_model="CPA", monthly_budget=4_000,
              client="Fjord B"),
    PlanEntry(match="C | *", stage="convert", pricing_model="CPA", client="Kaffe AS"),
]  # fmt: skip


@pytest.fixture
def agency(hears):
    """Three clients in three accounts of two channels: one has no budget, one shares one."""
    return hears(
        AS_OF,
        campaign_days("A | Search", DAYS, 200.0, account_id="111-111-1111"),
        campaign_days("A | PMax", DAYS, 100.0, account_id="111-111-1111"),
        campaign_days("B | Search", DAYS, 150.0, account_id="222-222-2222"),
        campaign_days("C | Leads", DAYS, 70.0, account_id="act_9", channel="meta_ads"),
        plan=PLAN,
    )


@pytest.mark.parametrize(
    ("asked", "said", "unsaid"),
    [
        ("client b", "Fjord B: €4 050 of €4 000 (101 %)", "Nordic"),
        ("client nordic fisk", "Nordic Fisk: €8 100 of €10 000 (81 %)", "Fjord"),
        ("kunde Kaffe AS", "Kaffe AS: €1 890 so far, without a budget", "Fjord"),
        ("account 222-222-2222", "2222222222: €4 050 of €4 000", "Nordic"),
        ("konto 2222222222", "2222222222: €4 050 of €4 000", "Nordic"),
        ("account act_9", "€1 890 so far, without a budget", "Fjord"),
    ],
)
def test_one_client_or_account_is_told_alone(agency, asked, said, unsaid):
    """Its own money against its own budgets; spend without a budget is no pace of 0 %."""
    answer = agency.ask(f"/perf pacing {asked}")
    assert said in answer, answer
    assert unsaid not in answer


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("by client", ("Nordic Fisk: €8 100", "Fjord B: €4 050", "Kaffe AS: €1 890")),
        ("per kunde", ("Nordic Fisk: €8 100", "Fjord B: €4 050", "Kaffe AS: €1 890")),
        ("by account", ("1111111111: €8 100", "2222222222: €4 050", "Meta: €1 890")),
        ("by channel", ("Google: €12 150", "Meta: €1 890")),
    ],
)
def test_each_client_account_or_channel_has_its_line(agency, asked, names):
    """Those without a budget too: a line missing would read as nothing spent."""
    answer = agency.ask(f"/perf pacing {asked}")
    for name in names:
        assert name in answer, (name, answer)


def test_a_campaign_that_shares_a_budget_is_told_with_those_it_shares_it_with(agency):
    """Two thirds of the spend against the whole budget would look like money left over."""
    assert "81 %" in agency.ask('/perf pacing "A | Search"')


def test_a_client_nobody_knows_is_no_other_client(agency):
    """The nearest are named instead of somebody else's money."""
    assert "I don't know a client called zzz" in agency.ask("/perf pacing client zzz")


@pytest.mark.parametrize("language", ["en", "nb"])
def test_days_without_numbers_count_as_days_like_them(hears, language):
    """A hole in the month is no day without spend: where it ends holds it, and that is said."""
    torn = [day for day in DAYS if day not in {date(2026, 6, 9), date(2026, 6, 10)}]
    plan = [PlanEntry(match="A | *", stage="convert", pricing_model="CPA", monthly_budget=9_000)]

    def heard(days):
        return hears(
            AS_OF,
            campaign_days("A | Search", days, 200.0, account_id="1", conversions=4.0),
            campaign_days("A | PMax", days, 100.0, account_id="1", conversions=2.0),
            campaign_days("C | Leads", DAYS, 70.0, account_id="2", channel="meta_ads", leads=3.0),
            plan=plan,
        )

    whole, holed = heard(DAYS), heard(torn)
    said = {"en": "such days usually do", "nb": "slike dager pleier"}[language]
    assert "100 %" in whole.ask("/perf pacing", language)
    assert said not in whole.ask("/perf pacing", language)
    answer = holed.ask("/perf pacing", language)
    assert "100 %" in answer
    assert "93 %" not in answer
    assert said in answer
    assert said in holed.digest(language)
    assert ("€9 000" if language == "en" else "9 000") in holed.ask(
        "forecast spend for june on google", language
    )
