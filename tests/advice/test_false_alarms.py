"""What is no fault of a campaign's is not laid at its door: the market, its calendar, its past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from bot.advice import Memory, Plan, advise
from bot.advice.rules.rulebook import Rulebook
from bot.domain.advice import Answer
from bot.domain.details import DETAIL_COLUMNS
from bot.numbers.plan import PlanEntry

Rows = pd.DataFrame
Make = Callable[..., Rows]
TARGET = Plan((PlanEntry("*", target=120.0),))
NOTHING = dict.fromkeys(("spend", "impressions", "clicks", "conversions"), 0.0)


@pytest.fixture
def rules(rulebook: Rulebook, morning: date) -> Callable[..., list[tuple[str, str]]]:
    """What is said: pairs of a campaign and a rule, sorted."""

    def ask(*rows: Rows, plan: Plan = Plan(), on: date = morning) -> list[tuple[str, str]]:  # noqa: B008
        advised = advise(pd.concat(rows, ignore_index=True), on, rulebook, plan)
        return sorted((id_, one.rule) for one in advised.advice for id_ in one.campaign_ids)

    return ask


def scaled(rows: Rows, columns: tuple[str, ...], factor: float, first: int, last: int = 0) -> Rows:
    """Columns times a factor on the days from `first` to `last` before the end."""
    changed = rows.copy()
    age = (rows["date"].max() - rows["date"]).dt.days
    within = (age < first) & (age >= last)
    changed.loc[within, list(columns)] *= factor
    return changed


# -- the market, not the campaign ----------------------------------------------------------
@pytest.mark.parametrize("many", [2, 6])
def test_an_auction_that_is_dear_for_all_is_no_fault_of_one(campaign, rules, many):
    """Showings dearer in a whole channel: nobody's bids are to blame; one alone is named."""
    seen = ("impressions", "clicks", "conversions")
    rows = [campaign(f"C{n}", seed=n) for n in range(many)]
    every = [scaled(each, seen, 0.5, 10) for each in rows]
    assert not [rule for _, rule in rules(*every) if rule == "always-showings-dearer"]
    alone = [scaled(rows[0], seen, 0.5, 10), *rows[1:]]
    assert ("c0", "always-showings-dearer") in rules(*alone)


def test_a_season_of_clicks_tires_no_ad(campaign, rules):
    """Click rates that slide in a whole channel tire nobody; one that slides alone does."""

    def sliding(rows: Rows) -> Rows:
        age = (rows["date"].max() - rows["date"]).dt.days
        slide = np.exp(-0.035 * np.clip(15 - age, 0, None))
        return rows.assign(clicks=(rows.clicks * slide).round(),
                           conversions=(rows.conversions * slide).round())  # fmt: skip

    reach = {"reach": lambda day: (day.impressions / 1.4).round(), "channel": "meta_ads"}
    rows = [campaign(f"C{n}", seed=n, budget=4_000.0, **reach) for n in range(5)]
    tired = {"reach-tiring", "act-tired"}
    assert not [rule for _, rule in rules(*map(sliding, rows)) if rule in tired]
    worn = sliding(rows[0]).assign(
        reach=lambda day: (day.reach * day.clicks / rows[0].clicks).round()
    )
    assert ("c0", "reach-tiring") in rules(worn, *rows[1:])


def ad_rows(slope: float, days: int = 56) -> Rows:
    """Three ads of campaign C0; the first loses clicks with each doubling of its showings."""
    shown = np.full(days, 60_000.0)
    doublings = np.log2(np.maximum(np.cumsum(shown) / (0.1 * shown.sum()), 1.0))
    frames = []
    for name, wear in (("Blue shoes", slope), ("Red shoes", 0.0), ("Green shoes", 0.0)):
        row = dict.fromkeys(DETAIL_COLUMNS) | {
            "channel": "meta_ads", "account_id": "1", "campaign_id": "c0", "level": "ad",
            "detail_id": name, "detail_name": name, "currency": "EUR",
        }  # fmt: skip
        clicks = np.round(shown * 0.012 * np.exp(wear * doublings))
        counted = {"spend": shown * 0.1, "impressions": shown, "clicks": clicks}
        sold = {"conversions": np.round(clicks * 0.05)}
        dates = pd.date_range(end="2026-11-22", periods=days)
        frames.append(pd.DataFrame([row] * days).assign(date=dates, **counted, **sold))
    return pd.concat(frames, ignore_index=True).astype(DETAIL_COLUMNS)


@pytest.mark.parametrize(("slope", "said"), [(-0.22, "detail-ad-tired"), (0.0, "reach-tiring")])
def test_a_worn_ad_is_said_once_by_its_name(campaign, rulebook, morning, slope, said):
    """Where the ad is known it is named, and its campaign is not called tired beside it."""
    rows = campaign("C0", seed=0, budget=40_000.0, channel="meta_ads", account_id="1")
    slide = np.clip(15 - (rows["date"].max() - rows["date"]).dt.days, 0, None) / 15
    rows = rows.assign(clicks=(rows.clicks * np.exp(-0.25 * slide)).round())
    noise = np.random.default_rng(1).normal(0, 0.02, len(rows))
    rows = rows.assign(
        conversions=(rows.clicks * 0.05).round(),
        reach=(rows.impressions / 1.4 * np.exp(noise - 0.25 * slide)).round(),
    )
    advised = advise(rows, morning, rulebook, details=ad_rows(slope))
    worn = [one for one in advised.advice if one.action == "refresh_creative"]
    assert [one.rule for one in worn] == [said]
    assert ("Blue shoes" in repr(worn[0].numbers)) == (said == "detail-ad-tired")


def test_an_ad_that_wears_as_every_ad_does_is_not_tired(campaign, rules):
    """Clicks down by a sixth, seen a twelfth more often; it is tired once both are a fifth."""

    def worn(clicks: float, often: float) -> Rows:
        rows = campaign("C0", seed=0, budget=40_000.0, channel="meta_ads")
        age = (rows["date"].max() - rows["date"]).dt.days
        slide = np.clip(15 - age, 0, None) / 15
        rows = rows.assign(clicks=(rows.clicks * np.exp(-clicks * slide)).round())
        noise = np.random.default_rng(1).normal(0, 0.02, len(rows))
        return rows.assign(
            conversions=(rows.clicks * 0.05).round(),
            reach=(rows.impressions / 1.4 * np.exp(noise - often * slide)).round(),
        )

    assert ("c0", "reach-tiring") not in rules(worn(0.2, 0.08))
    assert ("c0", "reach-tiring") in rules(worn(0.25, 0.25))


def test_no_alarm_about_people_nobody_counted(campaign, rulebook, morning):
    """Without a reach column nothing is said about how often people see it."""
    age = np.arange(69, -1, -1)
    slide = np.exp(-0.05 * np.clip(15 - age, 0, None))
    rows = campaign(seed=4, channel="meta_ads", budget=9_000.0)
    rows = rows.assign(clicks=(rows.clicks * slide).round())
    rows = rows.assign(conversions=(rows.clicks * 0.05 * 0.7).round())
    advised = advise(rows, morning, rulebook)
    tiring = [one for one in advised.advice if one.rule == "reach-tiring"]
    assert all(one.numbers.get("daily_frequency.now") is None for one in tiring)


def test_who_earns_more_is_not_tired(campaign, rules):
    """Fewer clicks that buy more: a result costs less, so nobody asks for a fresh ad."""
    age = np.arange(69, -1, -1)
    slide = np.exp(-0.04 * np.clip(15 - age, 0, None))
    rows = campaign(seed=4, channel="meta_ads", budget=9_000.0)
    better = rows.assign(
        clicks=(rows.clicks * slide).round(),
        conversions=np.where(age < 15, (rows.conversions * 1.6).round(), rows.conversions),
    )
    assert "reach-tiring" not in {rule for _, rule in rules(better)}


# -- its own calendar ----------------------------------------------------------------------
@pytest.mark.parametrize("zero", [True, False])
def test_weekends_off_are_remembered_through_a_pause(campaign, rules, morning, zero):
    """Back from a fortnight's pause, Saturday and Sunday are still days off."""
    rows = campaign(seed=1, days=84)
    weekday, age = rows["date"].dt.day_of_week, (rows["date"].max() - rows["date"]).dt.days
    off = weekday >= 5
    rested = rows.copy()
    rested.loc[off, list(NOTHING)] = 0.0
    rested = (
        rested[~((age >= 12) & (age < 26))] if zero else rested[~off & ~((age >= 12) & (age < 26))]
    )
    said = rules(rested, campaign("Always", seed=2, days=84))
    assert "always-delivery-stop" not in {rule for _, rule in said}


def test_a_pause_like_those_before_is_no_stop(campaign, rules):
    """An account that takes campaigns out for a week now and then does so again."""
    rows = campaign(seed=1)
    age = (rows["date"].max() - rows["date"]).dt.days
    other = campaign("Other", seed=2)[~age.between(30, 36).to_numpy()]
    assert rules(rows[age >= 4], other) == []
    assert ("shopping", "always-delivery-stop") in rules(rows[age >= 4], campaign("Other", seed=2))


def test_a_missing_row_says_nothing_where_zeros_are_written(campaign, rules):
    """Where days without a showing come as zeros, no row is no campaign, and zeros are a stop."""
    resting = campaign("Rests", seed=3)
    resting.loc[resting["date"].dt.day_of_week >= 5, list(NOTHING)] = 0.0
    gone = campaign(seed=1)[
        lambda frame: frame["date"] < frame["date"].max() - pd.Timedelta(days=2)
    ]
    assert rules(gone, resting) == []
    stopped = scaled(campaign(seed=1), tuple(NOTHING), 0.0, 3)
    assert ("shopping", "always-delivery-stop") in rules(stopped, resting)


def test_a_trickle_is_a_stop(campaign, rules):
    """Fifty showings where ten thousand are usual are as good as none."""
    rows = scaled(campaign(seed=1), tuple(NOTHING), 0.005, 2)
    assert ("shopping", "always-delivery-stop") in rules(rows, campaign("Other", seed=2))


@pytest.mark.parametrize("accounts", [1, 3])
def test_what_is_wound_down_together_is_no_stop(campaign, rules, accounts):
    """An account, or every small one, at a fiftieth of its showings: no ad was refused."""
    rows = [campaign(f"C{n}", seed=n, account_id=str(n % accounts)) for n in range(6)]
    every = [scaled(each, tuple(NOTHING), 0.02, 4) for each in rows]
    assert not [rule for _, rule in rules(*every) if rule == "always-delivery-stop"]
    alone = [scaled(rows[0], tuple(NOTHING), 0.02, 4), *rows[1:]]
    assert [id_ for id_, rule in rules(*alone) if rule == "always-delivery-stop"] == ["c0"]


def test_next_months_campaign_is_no_stop_of_this_months(campaign, rules, morning):
    """July ends and August begins with July's money; without an August, July has stopped."""
    first = pd.Timestamp(morning - timedelta(3))
    july = campaign("July", seed=1).loc[lambda day: day["date"] < first]
    august = campaign("August", seed=2).loc[lambda day: day["date"] >= first]
    always = campaign("Always", seed=3)
    assert ("july", "always-delivery-stop") not in rules(july, august, always)
    assert ("july", "always-delivery-stop") in rules(july, always)
    small = scaled(august, tuple(NOTHING), 0.2, 99)
    assert ("july", "always-delivery-stop") in rules(july, small, always)


def test_a_day_like_others_the_campaign_had_is_no_jump(campaign, rules):
    """Where days cost a third or three times of one another, one at three times is no news."""
    rows = campaign(seed=1).drop(columns="daily_budget", errors="ignore")
    jump = scaled(rows, ("spend",), 3.2, 1)
    assert ("shopping", "always-spend-jump") in rules(jump)
    wild = np.exp(np.random.default_rng(2).normal(0, 0.9, len(rows)))
    wild[-1] = 3.2
    assert ("shopping", "always-spend-jump") not in rules(rows.assign(spend=rows.spend * wild))


def test_a_campaign_shown_unevenly_has_no_trickle(campaign, rules):
    """Where days of next to nothing came and went before, two more are no stop."""
    rows = scaled(campaign(seed=1), tuple(NOTHING), 0.005, 2)
    for days_ago in (9, 16, 23):
        low = rows["date"] == rows["date"].max() - pd.Timedelta(days=days_ago)
        rows.loc[low, list(NOTHING)] = (rows.loc[low, list(NOTHING)] * 0.005).round()
    assert ("shopping", "always-delivery-stop") not in rules(rows, campaign("Other", seed=2))


# -- its own past --------------------------------------------------------------------------
def counting_less(rows: Rows, factor: float, first: date) -> Rows:
    changed = rows.copy()
    later = rows["date"] >= pd.Timestamp(first)
    changed.loc[later, "conversions"] = np.round(rows.loc[later, "conversions"] * factor)
    return changed


@pytest.mark.parametrize(("factor", "days"), [(0.1, 9), (0.1, 26), (6.0, 12)])
def test_a_changed_definition_is_named_with_its_date(campaign, rulebook, morning, factor, days):
    """A tenth, or six times, of the results from one day on: named, the day with it."""
    rows = counting_less(campaign(seed=7, rate=0.2), factor, morning - timedelta(days))
    named = [
        one for one in advise(rows, morning, rulebook).advice if one.rule == "always-new-level"
    ]
    assert len(named) == 1
    evidence = named[0].evidence["shopping"]
    assert evidence["level_days.now"] == days
    assert evidence["level_rate.now"] == pytest.approx(factor, rel=0.25)


@pytest.mark.parametrize(
    ("factor", "ill", "well"), [(0.03, 40, 8), (0.1, 40, 10), (8.0, 38, 6), (0.05, 36, 20)]
)
def test_a_fault_that_ended_is_no_new_level(campaign, rulebook, morning, factor, ill, well):
    """A month of a tenth or of eight times the results, then as before it: nothing to announce."""
    rows = campaign(seed=7, rate=0.2, days=45)
    broken = counting_less(rows, factor, morning - timedelta(ill))
    mended = rows["date"] >= pd.Timestamp(morning - timedelta(well))
    back = broken.assign(conversions=broken["conversions"].where(~mended, rows["conversions"]))
    named = [one.rule for one in advise(back, morning, rulebook).advice]
    assert not {"always-new-level", "always-counted-double"} & set(named)


def test_a_third_level_after_a_fault_is_new(campaign, rulebook, morning):
    """Broken, then counted at three times what it was before: that was never its level."""
    rows = campaign(seed=7, rate=0.1, days=45)
    broken = counting_less(rows, 0.02, morning - timedelta(40))
    mended = rows["date"] >= pd.Timestamp(morning - timedelta(10))
    third = rows["conversions"] * 3
    back = broken.assign(conversions=broken["conversions"].where(~mended, third))
    assert "always-new-level" in [one.rule for one in advise(back, morning, rulebook).advice]


@pytest.mark.parametrize("days", [35, 60])
def test_a_new_level_is_normal_after_four_weeks(campaign, rules, morning, days):
    """What changed five weeks ago is not said again, as whatever fault."""
    rows = counting_less(campaign(seed=7, rate=0.2, days=91), 0.1, morning - timedelta(days))
    assert rules(rows) == []


def test_dead_days_are_no_reason_to_cut_after_the_repair(campaign, rules, morning):
    """Five days nothing was counted, mended eight days ago: the price of those days is no price."""
    rows = scaled(campaign(seed=1, budget=2_000.0), ("conversions",), 0.0, 13, 8)
    assert not [rule for _, rule in rules(rows, plan=TARGET) if rule != "always-tracking-suspected"]
    assert rules(campaign(seed=1, budget=2_000.0), plan=TARGET) == []


@pytest.mark.parametrize("seed", range(3))
def test_sales_that_come_in_late_are_not_lost(campaign, rules, seed):
    """One import, the newest days not full yet, as they never are: the page is not to blame."""
    rows = campaign(seed=seed, budget=4_000.0).assign(
        pulled_on=pd.Timestamp("2026-12-01"), backfilled=True
    )
    for age, share in enumerate((0.3, 0.45, 0.7, 0.9)):
        rows = scaled(rows, ("conversions",), share, age + 1, age)
    rows["conversions"] = rows["conversions"].round()
    assert rules(rows.assign(pulled_on=pd.NaT)) == []


# -- said once -----------------------------------------------------------------------------
def test_an_account_keeps_its_advice_while_campaigns_join(campaign, lately, rulebook, morning):
    """A fourth campaign goes dark a day later: the same piece, under the same id; an answer to it
    holds for the one that joined.
    """

    def market(dark: str) -> Rows:
        rows = [lately(campaign(name, seed=n), 3, conversions=0.0) if name in dark
                else campaign(name, seed=n) for n, name in enumerate("ABCDEF")]  # fmt: skip
        return pd.concat(rows, ignore_index=True)

    first = advise(market("ABCDE"), morning - timedelta(1), rulebook)
    second = advise(market("ABCDEF"), morning, rulebook, memory=first.memory)
    before, after = ([one for one in each.advice if one.rule == "always-account-outage"]
                     for each in (first, second))  # fmt: skip
    assert before[0].id == after[0].id
    answer = Answer(
        before[0].id, "always-account-outage", before[0].campaign_ids[:1], "acknowledge",
        morning - timedelta(1),
    )  # fmt: skip
    third = advise(market("ABCDEF"), morning, rulebook, memory=Memory(answers=(answer,)))
    assert "always-account-outage" not in {one.rule for one in third.advice}


@pytest.mark.parametrize(("times", "days"), [(6, 5), (5, 17)])
def test_clicks_that_multiply_are_no_changed_definition(campaign, rulebook, morning, times, days):
    """Five times the clicks for the same money and sales: their source is asked for, no tag."""
    rows = campaign(seed=7, rate=0.2)
    later = rows["date"] >= pd.Timestamp(morning - timedelta(days))
    more = rows.assign(clicks=rows["clicks"].where(~later, rows["clicks"] * times))
    named = {one.rule: one for one in advise(more, morning, rulebook).advice}
    assert "always-empty-clicks" in named
    assert not {"always-new-level", "always-tracking-loss", "act-landing-page"} & set(named)
    assert named["always-empty-clicks"].evidence["shopping"]["level_days.now"] == days


@pytest.mark.parametrize("times", [6, 9])
def test_fewer_clicks_that_buy_as_much_are_no_news(campaign, rules, morning, times):
    """Only those clicks count that reach the page: each brings more, and nothing has changed."""
    rows = campaign(seed=7, rate=0.02, ctr=0.2)
    later = rows["date"] >= pd.Timestamp(morning - timedelta(9))
    fewer = rows.assign(clicks=rows["clicks"].where(~later, (rows["clicks"] / times).round()))
    assert not {"always-new-level", "always-counted-double"} & {rule for _, rule in rules(fewer)}
