"""A replayed morning is that morning: nothing known later is read, nothing known then is missed."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.advice import advise
from bot.advice.evaluate.findings import Mornings
from bot.backtest.ledger import Ledger, Past, runs
from bot.backtest.replay import Judge, Stretch, World, needed, replay

few = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def replayed(numbers, rulebook, plan, since, until, ids=()):
    """The ledger of some mornings."""
    past, stretch = Past.of(numbers), Stretch(since, until)
    judge = Judge(
        rulebook,
        Ledger(needed(rulebook, ids), tuple(stretch.mornings), tuple(past.laid.entities)),
    )
    replay(World(past, lambda _: plan), stretch, [judge])
    return judge.ledger


@few
@given(kind=st.sampled_from(["standard", "harsh"]), seed=st.integers(1, 2), back=st.integers(0, 12))
def test_a_morning_replayed_speaks_as_it_spoke(market, rulebook, plan, kind, seed, back):
    """Each rule speaks of the campaigns `Mornings.finding` names, over restated rows too."""
    numbers, end = market(kind, seed)
    on = end - timedelta(back)
    ledger = replayed(numbers, rulebook, plan, on, on)
    mornings = Mornings.of(numbers, on, rulebook, plan, None)
    names = mornings.facts().history.entities
    for place, rule in enumerate(ledger.rules):
        then = {names[row] for row in np.flatnonzero(mornings.finding(rule).speaks)}
        now = {ledger.entities[row] for row in np.flatnonzero(ledger.spoke(place)[0])}
        assert now == then, rule.id


@few
@given(seed=st.integers(1, 3), back=st.integers(0, 8))
def test_nothing_known_later_is_read(market, rulebook, plan, seed, back):
    """The same states with and without the rows dated or pulled after the last morning."""
    numbers, end = market("harsh", seed)
    on = end - timedelta(20 + back)
    then = numbers[(numbers["date"] < str(on)) & (numbers["pulled_on"] <= str(on))]
    assert len(then) < len(numbers)
    whole = replayed(numbers, rulebook, plan, on - timedelta(2), on)
    known = replayed(then, rulebook, plan, on - timedelta(2), on)
    rows = whole.rows(known.entities)
    assert (whole.states[:, :, rows] == known.states).all()
    assert whole.states.sum() == known.states.sum()


@pytest.mark.parametrize("back", [0, 5])
def test_what_is_held_back_is_what_advise_holds_back(market, rulebook, plan, back):
    """Without anybody's answers the guards are those of the morning, and what is said was free."""
    numbers, end = market("standard", 3)
    numbers = numbers.drop_duplicates(["date", "campaign_id"], keep="first")  # nothing comes late
    on = end - timedelta(back)
    ledger = replayed(numbers, rulebook, plan, on, on)
    advised = advise(numbers, on, rulebook, plan)
    held = {(one.rule, one.campaign_id): one.guard for one in advised.held_back}
    ids = {name: name.rpartition("|")[2] for name in ledger.entities}
    for place, rule in enumerate(ledger.rules):
        for row, name in enumerate(ledger.entities):
            state = ledger.states[place, 0, row]
            if 0 < state < 255:
                assert held[rule.id, ids[name]] == ledger.words[state]
    said = {
        (rule.id, ids[ledger.entities[row]])
        for place, rule in enumerate(ledger.rules)
        for row in np.flatnonzero(ledger.said(place)[0])
    }
    assert {(one.rule, one.campaign_ids[0]) for one in advised.advice} <= said


def test_mornings_in_a_row_make_one_episode():
    """A run is a campaign's mornings in a row, whenever it begins or ends."""
    said = np.array([[1, 0], [1, 1], [0, 1], [1, 1]], dtype=bool)
    campaigns, first, lengths = runs(said)
    found = zip(campaigns.tolist(), first.tolist(), lengths.tolist(), strict=True)
    assert sorted(found) == [(0, 0, 2), (0, 3, 1), (1, 1, 3)]


def test_rules_that_silence_others_are_judged_too(rulebook):
    """Asking for one rule judges those that could hold it back, and reports the one."""
    found = {rule.id for rule in needed(rulebook, ["convert-cut"])}
    assert "convert-cut" in found
    assert "always-tracking-outage" in found
    assert "engage-word-of-mouth" not in found
