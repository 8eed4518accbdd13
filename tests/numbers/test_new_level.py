"""A lasting step of a rate is dated to the day, and what is no level of its own is told apart."""

from __future__ import annotations

import numpy as np
import pytest

from bot.numbers.signals.history_panel import HORIZON, FunnelStep
from bot.numbers.signals.spend_levels import (
    FEWEST_DAYS,
    LARGE,
    MOST_DAYS,
    SURE_NATS,
    NewLevel,
)

CLICKS = np.full((1, HORIZON), 100.0)


def level(*counts: tuple[int, float], clicks: np.ndarray = CLICKS) -> NewLevel:
    """The level of one campaign that counts so much for so many days, the oldest first."""
    count = np.concatenate([np.full(days, value) for days, value in counts])[None, :]
    return NewLevel.of(FunnelStep.of(count, clicks))


@pytest.mark.parametrize("since", [FEWEST_DAYS, 4, 10, 41, MOST_DAYS])
@pytest.mark.parametrize("factor", [0.25, 3.0])
def test_a_step_is_found_on_its_day_and_by_its_size(since, factor):
    """From three to seventy days ago; up as down."""
    found = level((HORIZON - since, 20.0), (since, 20.0 * factor))
    assert found.nats[0] > SURE_NATS
    assert found.since[0] == since
    assert found.change[0] == pytest.approx(factor)
    days = found.before(np.array([True]))
    assert days.sum() == HORIZON - since
    assert days[0, : HORIZON - since].all()
    assert not found.before(np.array([False])).any()


def test_a_steps_nats_are_the_likelihoods_of_two_rates_against_one():
    """Worked out by hand: 20 a day for 81 days, 40 for ten."""
    found = level((81, 20.0), (10, 40.0))
    k1, m1, k2, m2 = 81 * 20.0, 8100.0, 400.0, 1000.0
    single = (k1 + k2) * np.log((k1 + k2) / (m1 + m2))
    assert found.nats[0] == pytest.approx(k1 * np.log(k1 / m1) + k2 * np.log(k2 / m2) - single)


@pytest.mark.parametrize("rate", [0.085, 0.1])
def test_few_results_on_either_side_make_no_level(rate):
    """The old rate rests on eight, and foretells as many since."""
    assert level((HORIZON - 3, rate), (3, 50.0)).nats[0] == 0
    assert level((HORIZON - 3, 3.0), (3, 50.0)).nats[0] > SURE_NATS


def test_an_outage_is_no_level():
    """The new rate would have foretold more than three since anything was last counted."""
    assert level((HORIZON - 3, 10.0), (3, 0.0)).nats[0] == 0
    assert level((HORIZON - 10, 10.0), (8, 1.0), (2, 0.0)).nats[0] > SURE_NATS


@pytest.mark.parametrize(
    ("factor", "days", "settled"),
    [(0.2, 5, True), (0.5, 20, True), (0.5, 10, False), (0.8, 40, False), (2.0, 20, True)],
)
def test_far_or_large_and_lasting_is_how_it_is(factor, days, settled):
    """A quarter at once; what is only large, after two weeks."""
    found = level((HORIZON - days, 40.0), (days, 40.0 * factor))
    assert bool(found.settled[0]) is settled
    assert bool(found.extreme[0]) is (factor < 0.25)


def test_a_large_step_that_goes_on_moving_is_not_settled():
    """The last week has to be as what came since the step."""
    moving = level((HORIZON - 21, 40.0), (14, 20.0), (7, 12.0))
    assert moving.recent[0] < 1 / 1.3
    assert not moving.settled[0]


def test_what_comes_back_is_a_repair_and_no_news():
    """Ill days in between, then the rate of before; not where it came back to another."""
    usual, ill = (14, 20.0), (56, 0.5)
    back = level(usual, ill, (21, 20.0))
    assert back.repaired[0]
    assert back.news[0] == 0
    assert back.nats[0] > SURE_NATS
    elsewhere = level(usual, ill, (21, 20.0 * LARGE * 1.1))
    assert not elsewhere.repaired[0]
    assert elsewhere.news[0] == elsewhere.nats[0]
    assert not level((HORIZON - 10, 4.0), (10, 20.0)).repaired[0]
