"""Part of the advice is acknowledged: exact budgets, said, measured, and taken back whole."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blockkit import validate, validate_view
from bot.domain.advice import Advice
from bot.domain.replies import Press
from bot.errors import UsageError
from bot.policy.permissions import AgreedPart, acknowledged, agreed, part_of
from bot.render.values.advice_card import Card

SHIFT = Advice(
    id="a",
    rule="convert-shift",
    rule_version="1",
    campaign_ids=("g1", "g2"),
    action="shift_budget",
    severity="advise",
    budgets={"g1": 1860.0, "g2": 1440.0},
    budgets_before={"g1": 2100.0, "g2": 1200.0},
    currency="NOK",
)
RAISE = replace(
    SHIFT,
    campaign_ids=("g2",),
    action="raise_budget",
    budgets={"g2": 480.0},
    budgets_before={"g2": 320.0},
)


@pytest.mark.parametrize(
    ("advice", "text", "budgets"),
    [
        (SHIFT, "50%", {"g1": 1980.0, "g2": 1320.0}),
        (SHIFT, "to 2000", {"g1": 2000.0, "g2": 1300.0}),
        (SHIFT, "to 1300", {"g1": 2000.0, "g2": 1300.0}),
        (RAISE, "to 400", {"g2": 400.0}),
        (RAISE, "halvparten", {"g2": 400.0}),
        (RAISE, "100 %", {"g2": 480.0}),
        (RAISE, "to 480", {"g2": 480.0}),
    ],
)
def test_a_part_is_a_budget(advice, text, budgets):
    """A share of every step, or as much of it as brings one budget there."""
    assert agreed(advice, part_of(text)) == budgets


@pytest.mark.parametrize("text", ["to 500", "to 320", "0 %", "120 %"])
def test_what_is_no_part_is_refused(text):
    """More than advised, or nothing of it, is another answer."""
    with pytest.raises(UsageError, match="not a part"):
        agreed(RAISE, part_of(text))


SMALL = replace(SHIFT, budgets={"g1": 99.0, "g2": 201.0}, budgets_before={"g1": 150.0, "g2": 150.0})


@pytest.mark.parametrize(
    ("advice", "text", "budgets"),
    [
        (SMALL, "25%", {"g1": 137.25, "g2": 162.75}),  # one is under 100: to the minor unit
        (SHIFT, "33%", {"g1": 2021.0, "g2": 1279.0}),  # from 100 up: whole units
        (replace(SHIFT, budgets={"g1": 100.0, "g2": 3200.0}), "25%", {"g1": 1600.0, "g2": 1700.0}),
        (
            replace(RAISE, budgets={"g2": 133.0}, budgets_before={"g2": 100.0}),
            "half",
            {"g2": 116.0},
        ),
        (replace(RAISE, budgets={"g2": 132.0}, budgets_before={"g2": 99.0}), "half", {"g2": 115.5}),
        (SHIFT, "til 1 860", {"g1": 1860.0, "g2": 1440.0}),
        (SHIFT, "1,5 prosent", {"g1": 2096.0, "g2": 1204.0}),
    ],
)
def test_a_share_comes_in_whole_units_where_budgets_are_large(advice, text, budgets):
    """All of them from 100 up; both ends of a step may be said."""
    assert agreed(advice, part_of(text)) == budgets


def test_an_amount_that_fits_two_campaigns_is_no_part():
    """Nobody knows which of them was meant; a step that moves nothing fits none."""
    twice = replace(
        SHIFT, budgets={"g1": 100.0, "g2": 200.0}, budgets_before={"g1": 200.0, "g2": 100.0}
    )
    with pytest.raises(UsageError, match="not a part"):
        agreed(twice, part_of("to 150"))
    beside = replace(
        RAISE, budgets={"g1": 400.0, "g2": 480.0}, budgets_before={"g1": 400.0, "g2": 320.0}
    )
    assert agreed(beside, part_of("to 400")) == {"g1": 400.0, "g2": 400.0}


def test_without_a_budget_there_is_no_part():
    """An amount that only comes from what was spent cannot be halved exactly."""
    with pytest.raises(UsageError, match="No daily budget"):
        agreed(replace(SHIFT, budgets={}, budgets_before={}), AgreedPart(share=Decimal("0.5")))


@given(
    st.decimals(1, 10**7, places=2),
    st.decimals(1, 10**7, places=2),
    st.decimals(1, 10**6, places=2),
    st.decimals("0.001", 1, places=3),
)
def test_a_shifts_total_never_changes(giver, taker, move, share):
    """To the last minor unit, whatever the share."""
    before = {"g1": float(giver + move), "g2": float(taker)}
    after = {"g1": float(giver), "g2": float(taker + move)}
    found = agreed(replace(SHIFT, budgets=after, budgets_before=before), AgreedPart(share=share))
    total = sum(Decimal(str(each)) for each in found.values())
    assert total == giver + move + taker


@given(st.text(max_size=60))
def test_any_text_is_a_part_or_is_not(text):
    """Nothing anybody writes breaks the reading."""
    part_of(text)


def plain(text):
    """With ordinary blanks."""
    return text.replace("\\xa0", " ").replace("\xa0", " ")


def _money(world):
    return next(each for each in world.items if world.store.advice(each.advice_id).advice.budgets)


def test_the_event_the_card_and_the_outcome_follow_what_was_agreed(world, kari):
    """`ack 50%`: half the step is kept, shown beside what was advised, and measured."""
    item = _money(world)
    advice = world.store.advice(item.advice_id).advice
    half = agreed(advice, AgreedPart(share=Decimal("0.5")))
    said = world.desk.answer(Press(item.advice_id, "acknowledge", part="50%"), kari)
    event = world.store.events(subject=item.advice_id, kind="advice.acknowledge")[-1]
    assert event.details["budgets"] == half
    assert acknowledged(world.store, world.store.advice(item.advice_id)) == half
    card = next(each for each in said.changes if each.ts == item.ts)
    assert "Partly acknowledged by Kari" in str(card.blocks)
    assert "instead of" in said.lines[0].text
    assert validate(list(card.blocks)) == []
    frozen = world.store.outcomes(advice_id=item.advice_id)
    assert {each.campaign_id: each.after for each in frozen[-1].frozen.treated} == half


def test_a_card_in_part_says_what_was_taken(world, kari, ola):
    """Half of a move of 480 is a move of 240, with half of what comes of it; undo is whole."""
    item = _money(world)
    whole = world.store.advice(item.advice_id).advice
    said = world.desk.answer(Press(item.advice_id, "acknowledge", part="half"), kari)
    card = next(each for each in said.changes if each.ts == item.ts)
    text, line = (plain(part) for part in (str(card.blocks), said.lines[0].text))
    assert "Move 240 kr a day" in text
    assert "Try 240 kr a day" in text
    assert "brings 6 more" in text  # of 11.4
    assert "brings 11" not in text
    assert "(move 240 kr a day" in line
    back = world.desk.answer(Press(item.advice_id, "undo"), ola)
    assert "Move 480 kr a day" in plain(str(back.changes[0].blocks))
    assert world.store.advice(item.advice_id).advice == whole


@pytest.mark.parametrize(
    ("advice", "partly", "share", "move"),
    [
        (SHIFT, {"g1": 2040.0, "g2": 1260.0}, 0.25, 60.0),
        (SHIFT, {}, 1.0, 240.0),
        (RAISE, {"g2": 400.0}, 0.5, 80.0),
    ],
)
def test_effect_and_amount_go_with_the_part(advice, partly, share, move):
    """Of a shift and of a raise; what has no estimate gets none."""
    effect = {"mean": 8.0, "low": 2.0, "high": None, "counted": "leads"}
    forecast = replace(advice, numbers={"effect": effect, "move": 9.0, "name": "G"})
    card = Card(forecast, partly=partly)
    assert (card.share, card.move) == (share, move)
    likely = card.expected
    assert (likely.likely, likely.low, likely.high) == (8 * share, 2 * share, None)
    assert Card(advice, partly=partly).expected is None
    assert card.as_taken.numbers["name"] == "G"


def test_undo_brings_the_whole_advice_back(world, kari):
    """What was advised is never lost: acknowledged again, it is acknowledged whole."""
    item = _money(world)
    advice = world.store.advice(item.advice_id).advice
    world.desk.answer(Press(item.advice_id, "acknowledge", part="half"), kari)
    world.desk.answer(Press(item.advice_id, "undo"), kari)
    world.desk.answer(Press(item.advice_id, "acknowledge"), kari)
    record = world.store.advice(item.advice_id)
    assert record.advice.budgets == advice.budgets
    assert acknowledged(world.store, record) == {}


@pytest.mark.parametrize("text", ["", "most of it", "to the moon"])
def test_the_modal_takes_a_share_or_an_amount(world, kari, text):
    """What it cannot read it says; a bare number is a budget."""
    item = _money(world)
    view = world.desk.partly_view(item.advice_id, kari)
    assert validate_view(view) == []
    if text:
        with pytest.raises(UsageError):
            world.desk.answer(Press(item.advice_id, "acknowledge", part=text), kari)


def test_half_of_whole_budgets_is_whole_and_the_total_stays():
    """Nobody is asked to set 1,980.50 a day; what somebody writes to the øre stays as written."""
    before, after = (
        {"a": 2_101.0, "b": 1_200.0, "c": 905.0},
        {"a": 1_860.0, "b": 1_400.0, "c": 946.0},
    )
    advice = Advice(
        "1", "r", "v", ("a", "b", "c"), "shift_budget", "advise", after, before, currency="NOK"
    )
    half = agreed(advice, AgreedPart(share=Decimal("0.5")))
    assert all(budget == int(budget) for budget in half.values())
    assert sum(half.values()) == sum(before.values())
    alone = Advice(
        "2",
        "r",
        "v",
        ("a",),
        "cut_budget",
        "advise",
        {"a": 1_860.0},
        {"a": 2_101.0},
        currency="NOK",
    )
    assert agreed(alone, AgreedPart(amount=Decimal("1900.50"))) == {"a": 1_900.5}
