"""Show evidence of a shift: each campaign's own numbers, exact; what was said of any of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.blockkit import validate_view
from bot.features.explain.advice_evidence import evidence
from bot.features.parts.advice_cards import card, known_names

MORNING = date(2026, 11, 23)


@pytest.fixture
def shift(world):
    """The demo's shift, as kept."""
    (found,) = [one for one in world.store.all_advice() if one.advice.action == "shift_budget"]
    return found


def shown(world, record, asker):
    """The evidence of a record, whether the store keeps it or not."""
    context = world.context
    seen = card(context, record, known_names(context, record), context.zone(asker))
    return evidence(context, record, seen)


def test_giver_and_taker_show_spend_results_and_their_price_now_and_before(world, shift, kari):
    """The table's figures are those of the days it names: sums over days, price as sum over sum."""
    found = shown(world, shift, kari)
    assert [side.name for side in found.sides] == ["Google | Competitors", "Google | Shopping"]
    days = {"now": (found.since, found.until), "before": found.before}
    for campaign, side in zip(shift.advice.campaign_ids, found.sides, strict=True):
        spend, results, price = side.rows
        assert (spend.metric, results.metric, price.metric) == ("spend", "conversions", "cpa")
        for window, span in days.items():
            rows = world.store.numbers(*span, as_of=MORNING)
            mine = rows[rows["campaign_id"] == campaign]
            assert len(mine) == (span[1] - span[0]).days + 1
            assert getattr(spend, window) == pytest.approx(mine["spend"].mean())
            assert getattr(results, window) == pytest.approx(mine["conversions"].mean())
            paid = mine["spend"].sum() / mine["conversions"].sum()
            assert getattr(price, window) == pytest.approx(paid)
        assert price.target == 250


def test_the_budgets_of_the_table_are_those_advised(world, shift, kari):
    """What one gives the other receives, and the next result lies inside its range."""
    giver, taker = shown(world, shift, kari).sides
    assert giver.more == -taker.more == -shift.advice.numbers["move"]
    assert {giver.after, taker.after} == set(shift.advice.budgets.values())
    for side in (giver, taker):
        cost, low, high = side.next_cost
        assert low < cost < high


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_modal_tells_both_sides_in_words(world, shift, kari, language):
    """Giver and receiver stand under their names, each with its budget from and to."""
    view = world.desk.evidence_view(shift.advice.id, replace(kari, language=language))
    assert validate_view(view) == []
    text = str(view["blocks"]).replace("\\xa0", " ")
    words = {
        "en": (" gives 480 kr a day", " receives 480 kr a day", "Spend a day\\n2 336 kr"),
        "nb": (" gir fra seg 480 kr per dag", " får 480 kr mer per dag", "Forbruk per dag\\n2 336"),
    }
    for each in (*words[language], "2 600 → 2 120 kr", "2 400 → 2 880 kr", "250 kr"):
        assert each in text


def test_what_is_in_the_table_is_not_said_twice(world, shift, kari):
    """The price and the budget are told once; sums stay, to be checked."""
    found = shown(world, shift, kari)
    assert not {"cpa", "next_cost", "daily_budget"} & {row.metric for row in found.rows}
    first = [row.metric for row in found.campaigns[0][1]][:3]
    assert sorted(first) == ["conversions", "days", "spend"]


def test_a_guessed_budget_is_told_as_about(world, shift, kari):
    """Where no budget is known the amounts of the shift's terms are shown, and called a guess."""
    advice = replace(shift.advice, budgets={}, budgets_before={})
    giver, taker = shown(world, replace(shift, advice=advice), kari).sides
    assert giver.about
    assert taker.about
    assert giver.more == -taker.more == -480


def test_advice_said_before_it_named_its_judges_still_opens(world, shift, kari):
    """Older advice has no judges, range, or results: what it has is shown, nothing is made up."""
    numbers = {key: value for key, value in shift.advice.numbers.items() if key != "judges"}
    own = {"spend.now": 1400.0, "days.now": 14.0}
    old = replace(shift.advice, numbers=numbers, evidence=dict.fromkeys(shift.advice.evidence, own))
    for side in shown(world, replace(shift, advice=old), kari).sides:
        assert [(row.metric, row.now, row.before) for row in side.rows] == [("spend", 100.0, None)]
        assert side.next_cost is None


def test_a_window_without_days_is_no_average(world, shift, kari):
    """Missing is missing: no day told, no average of a day."""
    own = {each: {"spend.now": 10.0, "days.now": 0.0} for each in shift.advice.evidence}
    odd = replace(shift, advice=replace(shift.advice, evidence=own))
    assert [side.rows[0].now for side in shown(world, odd, kari).sides] == [None, None]


def test_each_side_has_its_chart(world, shift, kari):
    """Four weeks of what the giver and the receiver are judged by, each under its name."""
    charts = shown(world, shift, kari).charts
    assert [name for name, _ in charts] == ["Google | Competitors", "Google | Shopping"]
    assert {trend.metric for _, trend in charts} == {"cpa"}


def test_earlier_advice_on_any_of_its_campaigns_is_told_by_name(world, shift, kari):
    """What was said of the receiver alone counts as much as what was said of the giver."""
    before = replace(shift.advice, id="earlier", campaign_ids=("g-shopping",),
                     opened_on=date(2026, 11, 2), budgets={}, budgets_before={})  # fmt: skip
    other = replace(before, id="other", campaign_ids=("g-brand",))
    world.store.save_advice([before, other], as_of=date(2026, 11, 2), at=world.context.clock())
    (earlier,) = shown(world, shift, kari).earlier
    assert (earlier.day, earlier.names) == (date(2026, 11, 2), ("Google | Shopping",))


def test_advice_on_one_campaign_shows_no_table(world, kari):
    """Where no money moves between campaigns, the numbers the rule read are all there is."""
    for record in world.store.all_advice():
        if record.advice.action != "shift_budget":
            found = shown(world, record, kari)
            assert found.sides == ()
            assert found.rows
            assert all(name == "" for name, _ in found.charts)
