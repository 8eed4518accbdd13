"""Names that several campaigns share, and amounts of several currencies, in plain questions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.numbers.plan import PlanEntry
from bot.store.base import GivenAnswer
from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 11, 16)
DAYS = days_until(AS_OF - timedelta(1), 40)


@pytest.fixture
def agency(hears):
    """Two clients told apart by campaigns' names alone: one pays in dollars, one in pounds."""
    return hears(
        AS_OF,
        *(
            campaign_days(name, DAYS, spend, channel=channel, currency=currency, **results)
            for name, channel, currency, spend, results in (
                ("Fenwick | Brand", "google_ads", "USD", 30.0, {"conversions": 3.0}),
                ("Fenwick | Form", "linkedin_ads", "USD", 50.0, {"leads": 5.0}),
                ("Marlow Chairs | Shop", "google_ads", "GBP", 40.0, {"conversions": 2.0}),
                ("Marlow Chairs | Oak", "meta_ads", "GBP", 20.0, {"conversions": 1.0}),
                ("Marlow Chairs | Signups", "meta_ads", "GBP", 10.0, {"leads": 2.0}),
            )
        ),
    )


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("how much did we spend for Fenwick last week?", "Fenwick: $560 spent"),
        ("what did marlow chairs spend last week", "Marlow Chairs: £490 spent"),
        ("hvor mange leads fikk fenwick forrige uke?", "Fenwick: 35 leads"),
        ("what is the cpa of marlow chairs", "Marlow Chairs: £23 a sale"),
        ("forecast november spend for Fenwick", "Fenwick: about $2 400 spent"),
    ],
)
def test_a_name_several_campaigns_share_is_all_of_them(agency, question, holds):
    """Never everything instead, and never one of them."""
    assert holds in agency.ask(question)


def test_a_price_beside_another_is_over_the_spend_that_buys_it(hears):
    """Who also sells has no dearer leads for it; what it is over all the spend is said, too."""
    shops = hears(
        AS_OF,
        campaign_days("Fenwick | Shop", DAYS, 900.0, conversions=9.0),
        campaign_days("Fenwick | Leads", DAYS, 50.0, leads=10.0),
        campaign_days("Marlow | Signups", DAYS, 150.0, channel="meta_ads", leads=10.0),
    )
    compared = shops.ask("is google or meta cheaper per lead?")
    assert "Google: €5 a lead" in compared
    assert "over all, €95" in compared
    assert "Meta is 3 times as high as Google" in compared
    ranked = shops.ask("which channel is cheapest per lead?")
    assert "Google has the lowest CPL" in ranked
    assert "over all, €95" in ranked


@pytest.mark.parametrize("question", ["why did the cpa of Fenwick rise", "should I pause Marlow"])
def test_what_is_answered_about_one_campaign_asks_which(agency, question):
    """A question about one campaign, of a name that several have, is asked back."""
    answer = agency.ask(question)
    assert "Which one?" in answer
    assert "All channels" not in answer


def test_two_clients_of_shared_names_stand_side_by_side(agency):
    """Compared by what they spent, each in its own currency."""
    answer = agency.ask("compare fenwick and marlow chairs")
    assert "Fenwick: $560 spent" in answer
    assert "Marlow Chairs: £490 spent" in answer


def test_amounts_of_two_currencies_are_never_added(agency):
    """Parts, shares, rankings and forecasts are of one currency each; counts are of all."""
    spent = agency.ask("how much did we spend last week")
    assert "Google (USD)" in spent
    assert "Google (GBP)" in spent
    assert "490" in spent
    assert "1 050" not in spent
    assert "28.57 %, £140 spent of £490 spent" in agency.ask("share of spend on Oak")
    forecast = agency.ask("forecast spend for the month")
    assert "$2 400" in forecast
    assert "£2 100" in forecast
    ranked = agency.ask("top 1 campaigns by spend last week")
    assert "Fenwick | Form" in ranked
    assert "Marlow Chairs | Shop" in ranked
    assert "not compared" in ranked
    assert "All channels: 49 leads" in agency.ask("how many leads last week")


def test_named_channels_are_ranked_each_currency_by_itself(agency):
    """`google or meta` leaves neither out where both hold dollars and pounds."""
    ranked = agency.ask("who spent most last week, google or meta?")
    assert "Google (USD)" in ranked
    assert "Google (GBP)" in ranked
    assert "Meta (GBP)" in ranked


def test_a_change_says_both_amounts_with_their_sign(hears):
    """A currency whose sign stands before the number has it on both sides of the arrow."""
    heard = hears(
        AS_OF,
        campaign_days("Lamp", DAYS, 20.0, currency="GBP", conversions=[4.0] * 33 + [2.0] * 7),
    )
    assert "£5 → £10 a sale" in heard.ask("what changed last week")


def test_days_without_numbers_are_said_beside_a_number(hears):
    """A sum, and the question whether days are missing, name the hole."""
    torn = [day for day in DAYS if day not in {date(2026, 11, 4), date(2026, 11, 5)}]
    heard = hears(
        AS_OF,
        campaign_days("Lamp", torn, 20.0, conversions=1.0),
        campaign_days("Vase", DAYS, 20.0, channel="meta_ads", conversions=1.0),
    )
    for question in ("how much did we spend last week", "is tracking broken anywhere?"):
        assert "4–5 Nov" in heard.ask(question), question
    assert "complete through" not in heard.ask("is tracking broken anywhere?")
    assert "Spent last 7 days 280 €" in heard.digest() or "Spent last 7 days €280" in heard.digest()


def test_the_worst_without_targets_are_by_price_and_the_fruitless_first_named(hears):
    """Nobody set a target: the dearest of one kind, what spent without results, and why so."""
    heard = hears(
        AS_OF,
        campaign_days("Cheap", DAYS, 20.0, conversions=4.0, revenue=80.0),
        campaign_days("Dear", DAYS, 20.0, conversions=1.0, revenue=40.0),
        campaign_days("Sales barren", DAYS, 20.0, conversions=0.0, revenue=0.0),
    )
    answer = heard.ask("which campaign is worst?")
    assert "Dear has the worst" in answer
    assert "Sales barren" in answer
    assert "No campaign has a target here" in answer
    assert "Cheap har" in heard.ask("hvilken kampanje er best?", "nb")


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_piece_is_snoozed_by_its_number_or_asked_for(hears, language):
    """`snooze 2` is the second of the open ones; without a number it is asked which."""
    heard = hears(
        AS_OF,
        *(campaign_days(name, DAYS, [spend] * 36 + [0.0] * 4, conversions=[9.0] * 36 + [0.0] * 4)
          for name, spend in (("Vase", 300.0), ("Lamp", 100.0))),
        campaign_days("Rug", DAYS, 200.0, conversions=20.0),
    )  # fmt: skip
    words = ("snooze 2 until monday", "snooze until monday") if language == "en" else (
        "utsett 2 til mandag", "utsett til mandag")  # fmt: skip
    second = heard.ask(words[0], language)
    assert "Lamp" in second
    assert "Vase" not in second
    asked = heard.ask(words[1], language)
    assert "Lamp" in asked
    assert "Vase" in asked


@pytest.mark.parametrize(
    "question",
    [
        "how is {} doing",
        "what is the cpa of {} last week",
        "why did spend on {} change last week",
        "should I pause {}?",
        "spend per day on {} last week",
    ],
)
def test_each_is_answered_about_the_one_that_was_asked_for(hears, question):
    """Two people ask alike about two campaigns, one after the other: no answer is the other's."""
    heard = hears(
        AS_OF,
        campaign_days("Vase", DAYS, 20.0, conversions=4.0),
        campaign_days("Lamp", DAYS, 50.0, conversions=2.0),
    )
    answers = {name: heard.ask(question.format(name)) for name in ("Vase", "Lamp")}
    for name, other in (("Vase", "Lamp"), ("Lamp", "Vase")):
        assert name in answers[name]
        assert other not in answers[name]


@pytest.mark.parametrize(("gain", "advised"), [(0.3, False), (-0.5, True)])
def test_an_ad_that_is_clicked_less_and_sells_cheaper_is_left_alone(hears, gain, advised):
    """No new creative while a sale costs well under target and no more than before."""
    days = days_until(AS_OF - timedelta(1), 60)
    wear = [max(0, place - 39) for place in range(60)]
    frames = [
        campaign_days(
            name,
            days,
            [400.0 + 7 * (place % 5) for place in range(60)],
            channel="meta_ads",
            impressions=[40_000.0 + 300 * (place % 7) for place in range(60)],
            clicks=[800.0 + 11 * (place % 3) - 16 * worn * tired
                    for place, worn in enumerate(wear)],
            conversions=[40.0 + (place % 3) + gain * worn * tired
                         for place, worn in enumerate(wear)],
        )
        for name, tired in (("Worn", 1), ("Fresh", 0), ("Other", 0))
    ]  # fmt: skip
    plan = [PlanEntry(match="*", stage="convert", pricing_model="CPA", target=30.0)]
    heard = hears(AS_OF, *frames, plan=plan)
    assert ("creative for Worn" in heard.ask("advice")) is advised


def test_a_target_far_off_what_a_result_costs_is_asked_about(hears):
    """The digest asks once, with both numbers and what else may have been meant."""
    plan = [PlanEntry(match="*", stage="convert", pricing_model="CPA", target=0.5)]
    frame = campaign_days("Lamp", DAYS, 20.0, conversions=2.0, clicks=40.0)
    digest = hears(AS_OF, frame, plan=plan).digest()
    assert "Is this target meant?" in digest
    assert "It pays" in digest
    fine = [PlanEntry(match="*", stage="convert", pricing_model="CPA", target=9.0)]
    assert "Is this target meant?" not in hears(AS_OF, frame, plan=fine).digest()


def test_how_it_went_prices_a_lead_by_the_campaigns_that_gather_leads(hears):
    """A lead costs what the form cost, not what the whole shop did."""
    heard = hears(
        AS_OF,
        campaign_days("Shop", DAYS, 100.0, conversions=4.0, revenue=300.0),
        campaign_days("Form", DAYS, 10.0, leads=1.0, channel="meta_ads"),
    )
    answer = heard.ask("how did last week go?")
    assert "€10 a lead" in answer
    assert "€25 a sale" in answer


def test_more_money_is_never_put_on_showings_where_others_sell(hears):
    """Where sales are counted the best place for more money is one that sells, in its currency."""
    heard = hears(
        AS_OF,
        *(campaign_days(f"Shop {at}", DAYS, 100.0 + at, conversions=4.0 + at, revenue=900.0,
                        daily_budget=110.0) for at in range(3)),
        *(campaign_days(f"Reach {at}", DAYS, 90.0, impressions=90_000.0, conversions=0.0,
                        daily_budget=95.0, channel="meta_ads") for at in range(3)),
    )  # fmt: skip
    answer = heard.ask("where should I put 50 more a day?")
    assert "Shop" in answer
    assert "showings more" not in answer


@pytest.mark.parametrize(
    ("language", "asked", "said"),
    [
        ("en", "what would you do with Vase?", "in somebody's hands"),
        ("nb", "hva ville du gjort med Vase?", "allerede i gang"),
    ],
)
def test_what_somebody_has_taken_on_is_not_nothing_to_change(hears, language, asked, said):
    """Asked what to do with a campaign: that it is under way, and by whom."""
    heard = hears(
        AS_OF,
        campaign_days("Vase", DAYS, [300.0] * 36 + [0.0] * 4, conversions=[9.0] * 36 + [0.0] * 4),
        campaign_days("Rug", DAYS, 200.0, conversions=20.0),
    )
    (record,) = heard.context.store.all_advice(state="open")
    taken = GivenAnswer("progress", by="U7", at=datetime(2026, 11, 16, 8, tzinfo=UTC))
    heard.context.store.answer(record.advice.id, taken)
    answer = heard.ask(asked, language)
    assert said in answer
    assert "U7" in answer
    assert "Nothing to change" not in answer


def test_days_that_are_not_there_are_named_before_those_they_are_compared_with(agency):
    """Neither this Easter nor the one before has numbers: this one is what was asked about."""
    reply = agency.ask("how did we do on Easter compared to last year?")
    assert "There are no numbers for 2–6 Apr 2026" in reply
