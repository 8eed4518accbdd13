"""What goes wrong in a market is named by the right rule, and nothing else is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import pytest

from bot.advice import Advised, Plan, advise
from bot.advice.rules.rulebook import Rulebook
from bot.numbers.plan import PlanEntry

Rows = pd.DataFrame
Make = Callable[..., Rows]


@pytest.fixture
def said(rulebook: Rulebook, morning: date) -> Callable[..., dict[str, str]]:
    """What is said of each campaign: `{campaign: rule}`."""

    def ask(*rows: Rows, plan: Plan = Plan(), reach: Rows | None = None) -> dict[str, str]:  # noqa: B008
        numbers = pd.concat(rows, ignore_index=True)
        found: Advised = advise(numbers, morning, rulebook, plan, window_reach=reach)
        return {campaign: one.rule for one in found.advice for campaign in one.campaign_ids}

    return ask


def target(amount: float, **more: object) -> Plan:
    return Plan((PlanEntry("*", target=amount, **more),))  # type: ignore[arg-type]


def test_a_sound_campaign_is_left_alone(campaign: Make, said: Make) -> None:
    """Nothing wrong, nothing said."""
    assert said(campaign(seed=1)) == {}


def test_an_outage_is_named_and_its_money_left_alone(
    campaign: Make, lately: Make, said: Make
) -> None:
    """Two days without a sale where forty were due: check tracking, no cut."""
    rows = lately(campaign(seed=1), 2, conversions=0.0)
    assert said(rows, plan=target(20.0)) == {"shopping": "always-tracking-outage"}


def test_sales_counted_twice_are_doubted_before_they_are_believed(
    campaign: Make, lately: Make, said: Make
) -> None:
    """Twice the sales from the same clicks, overnight: no raise on that."""
    rows = lately(campaign(seed=1, used=1.0), 7, conversions="x2.2")
    assert said(rows, plan=target(150.0)) == {"shopping": "always-counted-double"}


def test_a_campaign_of_three_results_a_day_is_named_in_eight_days(
    campaign: Make, lately: Make, said: Make
) -> None:
    """A third of its results left, its visits as before: the tag, within eight days."""
    visits = {"landing_views": lambda day: day.clicks * 0.8}
    small = campaign("Small", budget=390.0, **visits)
    others = [campaign(f"C{n}", rate=0.05 + n / 1000, **visits) for n in range(7)]
    broken = lately(small, 8, conversions="x0.35")
    assert said(broken, *others) == {"small": "always-tracking-loss"}
    assert said(small, *others) == {}


def test_a_spike_in_spend_is_named_the_next_morning(
    campaign: Make, lately: Make, said: Make
) -> None:
    """Two and a half budgets in a day."""
    rows = lately(campaign(seed=1), 1, spend=2_500.0)
    assert said(rows) == {"shopping": "always-spend-spike"}


def test_google_may_bill_twice_a_budget_by_design(campaign: Make, lately: Make, said: Make) -> None:
    """Two budgets in a day are Google's right, and a fault elsewhere."""
    google = lately(campaign(seed=1), 1, spend=2_000.0)
    other = lately(campaign("Other", channel="reddit_ads", seed=2), 1, spend=2_000.0)
    assert said(google, other) == {"other": "always-spend-spike"}


def test_a_spike_is_seen_where_no_budget_is_known(campaign: Make, lately: Make, said: Make) -> None:
    """The campaign's own usual day is the measure then."""
    rows = lately(campaign(seed=1, budget=None), 1, spend=2_700.0)
    assert said(rows) == {"shopping": "always-spend-jump"}


@pytest.mark.parametrize("unit", [100, 0.01])
def test_money_in_another_unit_is_said_once_and_silences_what_is_judged_by_it(
    campaign: Make, lately: Make, said: Make, unit: float
) -> None:
    """Two campaigns whose spend is in cents from a day on: one piece, and no alarm beside it."""
    rows = pd.concat(
        [campaign(seed=1, budget=None), campaign("other", seed=2, budget=None)], ignore_index=True
    )
    recent = rows["date"] > rows["date"].max() - pd.Timedelta(days=3)
    rows.loc[recent, "spend"] *= unit
    assert set(said(rows).values()) == {"always-unit-changed"}


@pytest.mark.parametrize("left_out", [True, False])
def test_a_delivery_stop_is_named_on_its_first_day(
    campaign: Make, lately: Make, said: Make, left_out: bool
) -> None:
    """Reported as zero or left out of the report, a stop is a stop."""
    nothing = dict.fromkeys(("spend", "impressions", "clicks", "conversions"), 0.0)
    rows = campaign(seed=1)
    rows = rows[:-1] if left_out else lately(rows, 1, **nothing)
    assert said(rows, campaign("Other", seed=2)) == {"shopping": "always-delivery-stop"}


def test_late_numbers_are_said_once_an_account_and_hold_its_advice(
    campaign: Make, lately: Make, said: Make, rulebook: Rulebook, morning: date
) -> None:
    """Yesterday is missing: one piece of advice for the account, nothing about performance."""
    late = {"until": morning - timedelta(2)}
    rows = [campaign("A", seed=1, **late), campaign("B", seed=2, **late)]
    found = advise(pd.concat(rows), morning, rulebook, target(5.0))
    assert [one.rule for one in found.advice] == ["always-late-data"]
    assert found.advice[0].campaign_ids == ("a", "b")
    assert {back.guard for back in found.held_back if "cut" in back.rule} <= {
        "late_data", "too_little_data", "not_sure",
    }  # fmt: skip


def test_late_numbers_of_one_account_do_not_hold_another(
    campaign: Make, lately: Make, said: Make, morning: date
) -> None:
    """LinkedIn is late; Google's spike is told all the same."""
    late = campaign("L", channel="linkedin_ads", seed=1, until=morning - timedelta(2))
    spike = lately(campaign("G", seed=2), 1, spend=2_600.0)
    assert said(late, spike) == {"l": "always-late-data", "g": "always-spend-spike"}


OSLO = Plan(zone="Europe/Oslo")


@pytest.mark.parametrize(
    ("zone", "behind", "rules"),
    [
        ("America/New_York", 2, set()),  # its yesterday is still running
        ("America/New_York", 3, {"always-late-data"}),
        ("America/Los_Angeles", 2, set()),
        ("Europe/London", 2, {"always-late-data"}),
        (None, 2, {"always-late-data"}),
    ],
)
def test_a_day_that_is_not_over_where_the_account_is_is_not_late(
    campaign: Make, said: Make, morning: date, zone: str | None, behind: int, rules: set[str]
) -> None:
    """In the morning of Oslo; of a day that is over everybody is waited for."""
    rows = campaign(seed=1, until=morning - timedelta(behind), time_zone=zone)
    assert set(said(rows, plan=OSLO).values()) == rules


def test_an_account_further_west_is_told_what_happened_a_morning_later(
    campaign: Make, lately: Make, said: Make, morning: date
) -> None:
    """Two days without a sale are named, though yesterday is missing and always will be."""
    rows = campaign(seed=1, until=morning - timedelta(2), time_zone="America/New_York")
    outage = lately(rows, 2, conversions=0.0)
    plan = Plan((PlanEntry("*", target=20.0),), zone="Europe/Oslo")
    assert said(outage, plan=plan) == {"shopping": "always-tracking-outage"}


def test_a_broken_landing_page_is_named_before_the_budget_is_cut(
    campaign: Make, lately: Make, said: Make
) -> None:
    """Clicks as before, half the visits and half the sales: look at the page."""
    rows = campaign(seed=3, budget=4_000.0, landing_views=lambda day: (day.clicks * 0.8).round())
    broken = lately(rows, 8, conversions="x0.45", landing_views="x0.45")
    assert said(broken, plan=target(110.0)) == {"shopping": "convert-landing-page"}


def test_sales_lost_although_visits_land_are_the_tags_or_the_checkouts(
    campaign: Make, lately: Make, said: Make
) -> None:
    """Visits hold and half of the sales are gone: compare with your own orders, cut nothing."""
    rows = campaign(seed=3, budget=4_000.0, landing_views=lambda day: (day.clicks * 0.8).round())
    lost = lately(rows, 8, conversions="x0.45")
    assert said(lost, plan=target(110.0)) == {"shopping": "always-tracking-loss"}


@pytest.mark.parametrize(
    ("days", "rule"), [(5, "convert-landing-page"), (9, "always-tracking-loss")]
)
def test_where_no_visits_are_told_the_page_is_looked_at_first_and_then_the_tag(
    campaign: Make, lately: Make, said: Make, days: int, rule: str
) -> None:
    """Nobody can know which it is: the commoner fault first, the other after a week."""
    rows = lately(campaign(seed=3, budget=4_000.0), days, conversions="x0.45")
    assert said(rows, plan=target(110.0)) == {"shopping": rule}


def test_an_account_that_goes_dark_is_told_once(
    campaign: Make, lately: Make, rulebook: Rulebook, morning: date
) -> None:
    """Four campaigns lose everything on one day: one piece of advice, no cut."""
    rows = [lately(campaign(name, seed=n), 2, conversions=0.0) for n, name in enumerate("ABCD")]
    found = advise(pd.concat(rows, ignore_index=True), morning, rulebook, target(20.0))
    assert [one.rule for one in found.advice] == ["always-account-outage"]
    assert found.advice[0].campaign_ids == ("a", "b", "c", "d")


def test_dearer_showings_are_the_auctions(campaign: Make, lately: Make, said: Make) -> None:
    """Half the showings for the same money, and so half of all else: neither ad nor page."""
    halved = dict.fromkeys(("impressions", "clicks", "conversions"), "x0.5")
    assert said(lately(campaign(seed=3), 4, **halved)) == {"shopping": "always-showings-dearer"}


def test_a_suspected_outage_holds_the_money_without_a_word(
    campaign: Make, lately: Make, rulebook: Rulebook, morning: date
) -> None:
    """Two quiet days of a small campaign are no news, yet nothing is cut on them."""
    rows = lately(campaign(seed=1, budget=220.0), 2, conversions=0.0)
    found = advise(rows, morning, rulebook, target(20.0))
    assert not found.advice
    assert {b.guard for b in found.held_back if b.rule == "convert-cut-hard"} == {"tracking"}


def test_an_act_page_that_loses_its_leads_is_named(
    campaign: Make, lately: Make, said: Make
) -> None:
    """The same in act, by leads a click."""
    rows = campaign("Guides", stage="act", pricing="CPC", budget=4_000.0, ctr=0.03, seed=4,
                    leads=lambda day: (day.clicks * 0.06).round())  # fmt: skip
    assert said(lately(rows, 6, leads="x0.3")) == {"guides": "act-landing-page"}


def test_a_tired_ad_is_named_without_weekly_reach(campaign: Make, lately: Make, said: Make) -> None:
    """Clicks fall while each person sees it more a day."""
    rows = campaign("Awareness", stage="reach", pricing="CPM", budget=4_000.0, seed=5,
                    reach=lambda day: day.impressions / 1.5)  # fmt: skip
    tired = lately(rows, 9, clicks="x0.6", reach="x0.65")
    assert said(tired) == {"awareness": "reach-tiring"}


def test_a_tired_ad_is_named_by_its_frequency(
    campaign: Make, lately: Make, said: Make, morning: date
) -> None:
    """With the platform's reach of the week: frequency, clicks and price together."""
    rows = campaign("Awareness", stage="reach", pricing="CPM", budget=4_000.0, seed=5)
    tired = lately(rows, 9, clicks="x0.5", conversions="x0.5", spend="x1.5")
    weeks = [(morning - timedelta(back + 7), morning - timedelta(back + 1)) for back in range(3)]
    about = {"channel": "google_ads", "account_id": "a1", "campaign_id": "awareness"}
    reach = pd.DataFrame(
        [{**about, "since": a, "until": b, "reach": 45_000, "pulled_at": b + timedelta(1)}
         for a, b in weeks]
    )  # fmt: skip
    assert said(tired, reach=reach) == {"awareness": "reach-fatigue"}


def test_poor_leads_are_named(campaign: Make, said: Make) -> None:
    """A quarter of the leads is any good, where leads are what is paid for."""
    rows = campaign("Leads", stage="act", pricing="CPL", billed_by="CPL",
                    leads=lambda day: day.clicks * 0.1,
                    qualified_leads=lambda day: day.clicks * 0.02)  # fmt: skip
    assert said(rows) == {"leads": "act-lead-quality"}


def test_undocumented_sales_are_disputed_only_where_sales_are_billed(
    campaign: Make, said: Make
) -> None:
    """Billed by sale: dispute; billed by click: doubt the counting."""
    share = {"documented_conversions": lambda day: day.conversions * 0.5}
    sale = campaign("Sale", billed_by="CPA", **share)
    click = campaign("Click", billed_by="CPC", **share)
    assert said(sale, click) == {
        "sale": "convert-documented", "click": "convert-documented-tracking",
    }  # fmt: skip


def test_dear_clicks_are_named(campaign: Make, lately: Make, said: Make) -> None:
    """Clicks that cost half more than they did, where clicks are what is paid for."""
    rows = campaign("Search", stage="act", pricing="CPC", budget=4_000.0, seed=6)
    dear = lately(rows, 9, clicks="x0.62", impressions="x0.62", conversions="x0.62")
    assert said(dear) == {"search": "act-keywords"}


def test_money_spent_on_nothing_is_stopped(campaign: Make, said: Make) -> None:
    """Two weeks, four targets, no sale, and never one before: pause."""
    rows = campaign("Dud", rate=0.0, budget=200.0, ctr=0.05)
    assert said(rows, campaign("Fine"), plan=target(400.0)) == {"dud": "convert-nothing-sold"}


def test_what_is_cheap_and_short_of_money_is_raised(campaign: Make, said: Make) -> None:
    """Half the target and a budget used up: room for more."""
    assert said(campaign(used=1.0), plan=target(220.0)) == {"shopping": "convert-room"}


def test_captured_demand_is_not_raised_on_attributed_cost(campaign: Make, said: Make) -> None:
    """Brand looks cheap because those people came anyway."""
    assert said(campaign(used=1.0), plan=target(220.0, demand="captured")) == {}


def test_customers_who_stay_away_are_asked(campaign: Make, lately: Make, said: Make) -> None:
    """A falling share of repeat sales in engage."""
    rows = campaign("Club", stage="engage", pricing="CPA", budget=2_000.0,
                    repeat_conversions=lambda day: day.conversions * 0.6)  # fmt: skip
    assert said(lately(rows, 30, repeat_conversions="x0.5")) == {"club": "engage-repeat-falling"}
