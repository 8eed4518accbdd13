"""Over the whole account, what is said is wrong at most 15 % of the time on average."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice import Plan, advise
from bot.advice.guards.choosing import MOST_WRONG, controlled, least_likely
from bot.advice.rules.rulebook import Rulebook
from bot.numbers.plan import PlanEntry

SURE = st.lists(st.one_of(st.floats(0.0, 1.0), st.just(float("nan"))), max_size=60)


@given(SURE)
def test_the_mean_error_of_what_is_kept_stays_in_bounds(given_: list[float]) -> None:
    """And facts are always kept."""
    sure = np.array(given_, dtype=float)
    kept, _ = controlled(sure)
    facts = np.isnan(sure)
    assert kept[facts].all()
    said = kept & ~facts
    assert not said.any() or (1 - sure[said]).mean() <= MOST_WRONG + 1e-9


@given(SURE)
def test_the_largest_such_set_is_kept(given_: list[float]) -> None:
    """Whatever is held back is no surer than what is kept, and would break the bound."""
    sure = np.array(given_, dtype=float)
    kept, _ = controlled(sure)
    out = np.flatnonzero(~kept)
    if out.size:
        best = out[np.argmax(sure[out])]
        said = kept & ~np.isnan(sure)
        assert not said.any() or sure[said].min() >= sure[best]
        tied = said | (sure == sure[best])
        assert (1 - sure[tied]).mean() > MOST_WRONG


@given(SURE, st.randoms())
def test_the_order_of_findings_decides_nothing(given_: list[float], chance) -> None:
    """The same findings in another order: the same verdicts."""
    sure = np.array(given_, dtype=float)
    order = list(range(len(given_)))
    chance.shuffle(order)
    assert np.array_equal(controlled(sure[order])[0], controlled(sure)[0][order])


def test_false_alarms_are_as_rare_as_said() -> None:
    """Calibrated findings, most of them doubtful: about one in seven of those kept is wrong."""
    chance = np.random.default_rng(1)
    sure = chance.beta(2, 2, 40_000)
    right = chance.random(40_000) < sure
    kept, _ = controlled(sure)
    assert abs((~right[kept]).mean() - MOST_WRONG) < 0.015


@pytest.mark.parametrize(("sure", "kept"), [(0.85, True), (0.8499, False)])
def test_a_lone_finding_at_the_bar_is_kept(sure: float, kept: bool) -> None:
    """One finding that is wrong exactly as often as anything may be is still kept."""
    accepted, error = controlled(np.array([sure]))
    assert accepted.tolist() == [kept]
    assert error[0] == pytest.approx(1 - sure)


def test_what_would_make_too_much_wrong_is_held_back(
    rulebook: Rulebook, campaign: Callable[..., pd.DataFrame], morning: date
) -> None:
    """Sure enough alone, but with what is said beside it too much would be wrong: it waits."""
    rates = (0.030, 0.037, 0.040, 0.046, 0.047)
    numbers = pd.concat([
        campaign(f"C{place}", pricing="CPC", days=80, used=0.95, rate=rate, seed=place)
        for place, rate in enumerate(rates)
    ])  # fmt: skip
    rules = tuple(
        replace(rule, sure=0.6, mornings=1)
        for rule in rulebook.rules
        if rule.id == "convert-click-price"
    )
    plan = Plan((PlanEntry("*", target=100.0),))
    found = advise(numbers, morning, replace(rulebook, rules=rules), plan)
    (cut,) = found.advice
    (held,) = [held for held in found.held_back if held.guard == "false_discovery"]
    assert cut.confidence is not None
    assert 0.6 < held.numbers["sure"] < cut.confidence
    mean_error = 1 - (cut.confidence + held.numbers["sure"]) / 2
    assert held.numbers["wrong"] == pytest.approx(mean_error, abs=1e-5)
    assert held.numbers["wrong"] > held.numbers["most_wrong"] == MOST_WRONG
    assert (held.rule, held.numbers["findings"]) == ("convert-click-price", 2)
    assert held.campaign_id not in cut.campaign_ids


CHANCES = st.lists(st.floats(1e-9, 5e-4), max_size=30)


@given(CHANCES, st.integers(0, 20), st.integers(1, 5_000))
def test_a_week_lets_through_what_chance_would_not_also_make(chances, said, looks) -> None:
    """Of all said in a week at most 15 % is what so many looks come to by chance."""
    most = least_likely(chances, said, looks)
    through = [chance for chance in chances if chance <= most]
    assert not through or looks * max(through) <= MOST_WRONG * (said + len(through)) + 1e-12
    assert least_likely(chances, said + 1, looks) >= most
    assert least_likely(chances, said, looks + 1) <= most


def test_of_many_sound_campaigns_next_to_none_is_named_in_a_week() -> None:
    """Four thousand looks at nothing a week, two hundred weeks: a false name in one of seven."""
    chance = np.random.default_rng(3)
    weeks = [chance.random(4_000) for _ in range(200)]
    named = [np.sum(week <= least_likely([p for p in week if p < 5e-4], 0, 4_000))
             for week in weeks]  # fmt: skip
    assert np.mean(np.array(named) > 0) < MOST_WRONG + 0.07


@pytest.mark.parametrize(("sound", "said"), [(7, True), (400, False)])
def test_a_lone_sign_among_many_campaigns_waits_to_be_surer(
    rulebook: Rulebook,
    campaign: Callable[..., pd.DataFrame],
    lately: Callable[..., pd.DataFrame],
    morning: date,
    sound: int,
    said: bool,
) -> None:
    """The same break is named among eight campaigns, and waits among four hundred others."""
    asked = {"outage", "loss", "double", "dearer"}
    rules = tuple(rule for rule in rulebook.rules if rule.id.rpartition("-")[2] in asked)
    views = {"landing_views": lambda day: day.clicks * 0.8}
    broken = lately(campaign("Broken", **views), 8, conversions="x0.5")
    numbers = pd.concat([broken, *(campaign(f"C{n}", **views) for n in range(sound))])
    found = advise(numbers, morning, replace(rulebook, rules=rules))
    assert [one.campaign_ids for one in found.advice] == ([("broken",)] if said else [])
    held = [one for one in found.held_back if one.guard == "false_discovery"]
    assert [one.campaign_id for one in held] == ([] if said else ["broken"])
    for one in held:
        assert one.numbers["chance"] * one.numbers["looked"] > MOST_WRONG
        assert one.numbers["looked"] >= 3 * sound
