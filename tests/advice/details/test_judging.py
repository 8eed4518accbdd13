"""Parts of a campaign are judged by evidence: what is said is true, and said only where it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.details import market
from bot.advice.details.creatives import CreativeBars, tired_ads
from bot.advice.details.detail_panel import CampaignNorm, panel_of
from bot.advice.details.discoveries import discovered, shrunk, unlikely
from bot.advice.details.judging import judged_level, parts_of
from bot.advice.details.waste import wasted

KEY = ("google_ads", "1", "c0")
NORM = CampaignNorm("conversions")


def norms(scene, norm=NORM):
    return {("google_ads", "1", name): norm for name in set(scene.truth["campaign"])}


def judged(scene, level, norm=NORM):
    found = judged_level(scene.rows, level, market.AS_OF, norms(scene, norm))
    truth = scene.truth.set_index("detail_id").loc[found.table["detail_id"]]
    return found, truth


def kinds(found, kind):
    return [part for each in found.findings if each.kind == kind for part in each.parts]


@pytest.fixture(scope="module")
def keywords():
    return market.keywords(9, campaigns=12, parts=120)


def test_a_keyword_called_a_waste_costs_more_than_it_may(keywords):
    """At most one in twenty is chance; most of the plainly bad with money behind them are found."""
    found, truth = judged(keywords, "keyword")
    table, cost = found.table, truth["cost"].to_numpy()
    flagged = (table["verdict"] == "waste").to_numpy()
    plain = (cost > 2 * table["bar"]) & (table["spend"] > 8 * table["bar"])
    assert flagged.sum() >= 20
    assert (flagged & (cost < table["bar"])).sum() <= 0.1 * flagged.sum()
    assert (flagged & plain).sum() >= 0.7 * plain.sum()


def test_the_money_lost_lies_in_its_range(keywords):
    """A week's loss against what the campaign's others pay is nine times in ten in the range."""
    found, truth = judged(keywords, "keyword")
    table = found.table[found.table["verdict"].isin(["waste", "dear", "fine"])]
    cost = truth["cost"].to_numpy()[table.index]
    lost = (table["spend"] - table["spend"] / cost * table["usual"]) / 4
    lost = np.clip(lost, 0, None)
    inside = (table["low"] <= lost + 1) & (lost <= table["high"] + 1)
    assert 0.8 <= inside.mean() <= 1


def test_where_all_are_alike_nothing_is_flagged():
    """Pages and ads that are sound, audiences the message fits, scores that cost nothing."""
    quiet = [
        (market.audiences(3, fits=True), "age", "misfit"),
        (market.pages(3, broken=0.0), "landing_page", "page_broken"),
        (market.ads(3, tiring=0.0, campaigns=30), "ad", "ad_tired"),
        (market.quality(3, slope=0.0, campaigns=30), "keyword", "quality"),
    ]
    for scene, level, kind in quiet:
        found, _ = judged(scene, level)
        assert len(kinds(found, kind)) <= 1, kind


def test_a_page_that_broke_is_named_with_its_day():
    """Fewer results a click than before and than the other pages, since the day it began."""
    found, truth = judged(market.pages(5, broken=0.15), "landing_page")
    broken = kinds(found, "page_broken")
    off = [abs(found.table["since"][part] - truth["age"].iloc[part]) for part in broken]
    assert len(broken) >= 3
    assert truth["broke"].iloc[broken].mean() >= 0.9
    assert np.median(off) <= 1


def test_a_tired_ad_is_one_whose_own_showings_tire_it():
    """Not one that stands beside a better new ad, nor one whose campaign falls as a whole."""
    found, truth = judged(market.ads(5, campaigns=30), "ad")
    tired = kinds(found, "ad_tired")
    assert len(tired) >= 10
    assert truth["sound"].iloc[tired].mean() <= 0.05
    assert (found.table["change"][tired] <= -0.2).all()


def test_an_ad_that_surely_fell_but_not_by_enough_is_not_tired():
    """A fall must be sure, and as large as is asked for; one alone says nothing."""
    scene = market.ads(5, campaigns=30)
    panel = panel_of(scene.rows, market.AS_OF, norms(scene))
    little, much = (tired_ads(panel, CreativeBars(sound=0.05, fallen=at)) for at in (0.1, 0.5))
    between = little.tired & (little.change > -0.5)
    assert between.sum() >= 5
    assert not (much.tired & (much.change > -0.5)).any()


def test_the_ad_to_repeat_really_costs_less():
    """Named only where its results surely cost less than the others'."""
    found, truth = judged(market.ads(6, campaigns=30), "ad")
    best = kinds(found, "ad_best")
    assert len(best) >= 5
    assert (truth["cost"].iloc[best].to_numpy() < found.table["usual"][best]).mean() >= 0.9


def test_what_a_point_of_quality_goes_with_is_bounded():
    """The slope the simulation put in lies near the one found, and the range is honest."""
    found, truth = judged(market.quality(4, slope=-0.12), "keyword")
    flagged = [each for each in found.findings if each.kind == "quality"]
    assert flagged
    costs = truth.groupby("campaign")["costs"].first()
    assert all(costs[each.campaign[2]] for each in flagged)
    assert {each.part_of_score for each in flagged} == {"landing_page_experience"}
    assert -0.2 < np.median([each.slope for each in flagged]) < -0.05
    assert all(each.low <= each.lost <= each.high for each in flagged)


def part(name, spend, clicks, conversions, days=28, first=27, **columns):
    dates = pd.date_range("2026-11-22", periods=days, freq="-1D")
    columns |= {"spend": spend, "clicks": clicks, "conversions": conversions}
    return pd.DataFrame({
        "date": dates, "channel": "google_ads", "account_id": "1", "campaign_id": "c0",
        "level": "keyword", "detail_id": name, "detail_name": name, "parent_id": None,
        "parent_name": None, "match_type": None, "currency": "NOK", "impressions": 1000.0,
        "leads": np.nan, "quality_score": np.nan, "expected_ctr": np.nan, "ad_relevance": np.nan,
        "landing_page_experience": np.nan, **columns,
    })  # fmt: skip


def verdicts(*parts, norm=NORM):
    found = judged_level(pd.concat(parts), "keyword", market.AS_OF, {KEY: norm})
    return dict(zip(found.table["detail_id"], found.table["verdict"], strict=True))


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ({"parent_name": "Set A"}, {"parent_name": "Set B"}, ["Ad 2 (Set A)", "Ad 2 (Set B)"]),
        ({"parent_name": "Set A"}, {"parent_name": "Set A"}, ["Ad 2 (1)", "Ad 2 (2)"]),
        ({"parent_name": "Set A"}, {}, ["Ad 2 (1)", "Ad 2 (2)"]),
        ({"match_type": "exact"}, {"match_type": "phrase"}, ["Ad 2 (exact)", "Ad 2 (phrase)"]),
        ({"campaign_id": "c1"}, {}, ["Ad 2", "Ad 2"]),
    ],
)
def test_two_parts_of_one_name_are_told_apart(one, other, names):
    """By their ad set or match type, else their id; in two campaigns they are apart anyway."""
    rows = [
        part("1", 100.0, 10.0, 1.0, detail_name="Ad 2", **one),
        part("2", 100.0, 10.0, 1.0, detail_name="Ad 2", **other),
        part("3", 100.0, 10.0, 1.0, detail_name=None),
    ]
    both = {KEY: NORM, ("google_ads", "1", "c1"): NORM}
    found = judged_level(pd.concat(rows), "ad", market.AS_OF, both)
    shown = {each.name for each in parts_of(found.table)}
    assert shown == {*names, "3"}
    assert len(found.table) == 3


GOOD = part("good", 100.0, 10.0, 1.0)


def test_no_result_from_little_money_waits_for_data():
    """Zero sales say nothing until the others would have had some for the money."""
    few, much = part("few", 2.0, 0.2, 0.0), part("much", 60.0, 6.0, 0.0)
    assert verdicts(GOOD, few, much) == {"good": "alone", "few": "too_little", "much": "waste"}


def test_results_nobody_tells_are_not_none():
    """A platform that gives no sales by keyword: the part is unknown, never a waste."""
    untold = part("untold", 60.0, 6.0, np.nan)
    assert verdicts(GOOD, untold)["untold"] == "unknown"
    assert set(verdicts(part("a", 60.0, 6.0, np.nan), untold).values()) == {"unknown"}


def test_what_the_target_allows_is_no_waste():
    """Twice the others' price, but half of what a sale may cost: it is let be."""
    dear = part("dear", 100.0, 10.0, 0.4)
    assert verdicts(GOOD, dear)["dear"] == "waste"
    assert verdicts(GOOD, dear, norm=CampaignNorm("conversions", 400.0))["dear"] != "waste"


def test_a_campaign_without_a_result_has_no_waste_of_its_own():
    """Where nothing came at all the campaign is the news, not forty keywords of it."""
    flagged = verdicts(part("a", 60.0, 6.0, 0.0), part("b", 60.0, 6.0, 0.0))
    assert set(flagged.values()) == {"too_little"}


def test_late_results_are_waited_for():
    """The newest days are left out where results come late: nothing is flagged for them."""
    late = part("late", 100.0, 10.0, 1.0)
    late.loc[late["date"] > "2026-11-15", "conversions"] = 0.0
    early = judged_level(
        pd.concat([GOOD, late]),
        "keyword",
        market.AS_OF,
        {KEY: CampaignNorm("conversions", None, 7)},
    )
    assert early.skip == {KEY: 7}
    counted = early.table.set_index("detail_id")["results"]
    assert counted["late"] == counted["good"]


def test_other_campaigns_and_days_are_not_read():
    """Of an unknown campaign, of before the days kept, and of the morning itself: left out."""
    other = part("other", 60.0, 6.0, 0.0, campaign_id="c9")
    later = part("good", 100.0, 10.0, 1.0).assign(date=pd.Timestamp("2026-11-23"))
    panel = panel_of(pd.concat([GOOD, other, later.head(1)]), market.AS_OF, {KEY: NORM})
    assert panel.size == 1
    assert wasted(panel).spend.tolist() == [2800.0]
    assert judged_level(other, "keyword", market.AS_OF, {KEY: NORM}) is None


def test_clicks_that_are_not_told_let_money_stand_in():
    """A breakdown without clicks is judged by results for the money."""
    blind = part("blind", 60.0, np.nan, 0.0)
    assert verdicts(GOOD, blind)["blind"] == "waste"


@given(st.lists(st.floats(0, 1), max_size=40), st.floats(0.01, 0.5))
def test_what_is_discovered_is_wrong_seldom(errors, share):
    """The mean error of the set is within the share, and no smaller error is left outside."""
    error = np.array(errors, dtype=float)
    flagged = discovered(error, share)
    assert not flagged.any() or error[flagged].mean() <= share + 1e-9
    assert not flagged.any() or (error[~flagged] >= error[flagged].max() - 1e-12).all()
    assert not unlikely(np.full(5, np.nan), share).any()


@given(st.floats(0, 50), st.floats(0.1, 1000), st.floats(0.001, 1.0), st.floats(0.02, 2.0))
def test_a_rate_lies_between_its_own_and_its_campaigns(count, exposure, usual, spread):
    """Shrinking never goes beyond either, and more evidence never brings less certainty."""
    one = (np.array([value]) for value in (count, exposure, usual))
    rates = shrunk(*one, spread)
    ends = sorted((count / exposure, usual))
    assert ends[0] - 1e-9 <= rates.mean[0] <= ends[1] + 1e-9
    assert 0 <= rates.below(np.array([usual]))[0] <= 1


@pytest.mark.parametrize(
    ("level", "group", "flagged"),
    [("age", "18-24", True), ("age", "Unknown", False), ("gender", "Undetermined", False),
     ("device", "(not set)", False), ("region", "Ukjent", False), ("keyword", "unknown", True)],
)  # fmt: skip
def test_a_group_nobody_knows_is_no_misfit(level, group, flagged):
    """No message can be made for those whose age the platform does not know: they are named so."""
    rows = pd.concat([GOOD, part("dear", 100.0, 10.0, 0.05, detail_name=group)])
    found = judged_level(rows, level, market.AS_OF, {KEY: NORM})
    dear = parts_of(found.table[found.table["detail_name"] == group])[0]
    assert dear.verdict == ("waste" if flagged else "nameless")
    assert bool(found.findings) == flagged


def test_a_tired_ad_is_said_once():
    """It needs a new picture: that it costs more, too, is no second thing to do."""
    found, _ = judged(market.ads(5, campaigns=30), "ad")
    tired, dear = set(kinds(found, "ad_tired")), set(kinds(found, "ad_waste"))
    assert tired
    assert not tired & dear
