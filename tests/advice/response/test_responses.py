"""What the engine learns is what budgets did, and what it says of effects is as sure as it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.advice.response import Panel, PanelCampaign, ResponseSettings, panel_of, propose, responses
from bot.advice.response.pools import grid

SEEDS = st.integers(0, 10**6)


def _moved(made: Any) -> Any:
    """Budgets up and down again, four weeks each."""
    side = np.where(np.arange(len(made.usual)) % 2, 1.4, 0.7)
    for factor in (1.0, side, 1 / side):
        made.play(np.round(made.usual * factor, 2), 28)
    return made


@pytest.mark.parametrize("elasticity", [0.25, 0.5, 0.85])
def test_a_campaign_that_was_moved_recovers_its_elasticity(market: Any, elasticity: float) -> None:
    """With a thousand results a day the truth lies within 0.12 of what is said, on average."""
    made = _moved(market(3, elasticity=elasticity, results=1000.0))
    told = responses(made.panel()).table()["elasticity"]
    assert abs(told.mean() - elasticity) < 0.06
    assert np.abs(told - elasticity).max() < 0.2


def test_intervals_cover_what_they_say(market: Any) -> None:
    """Of 120 pools drawn from the prior, 90 % intervals cover within the 99.9 % binomial band."""
    points, random = grid(ResponseSettings()), np.random.default_rng(11)
    weights = np.exp(points.prior - points.prior.max())
    drawn = random.choice(weights.size, 120, p=weights / weights.sum())
    pools, each = np.repeat(np.arange(120), 8), np.repeat(drawn, 8)
    z = random.normal(0, 0.5, pools.size)
    z -= np.repeat(z.reshape(-1, 8).mean(axis=1), 8)
    log = (points.tells[each] - 1) * z + points.spread[each] * random.normal(size=pools.size)
    bends = np.clip(points.elasticity[each] * np.exp(log), 0.02, 1.3)
    made = market(5, pools.tolist(), elasticity=bends, z=z, results=15.0)
    made.play(made.usual, 56)
    made.play(np.round(made.usual * random.choice([0.75, 1.0, 1.3], pools.size), 2), 28)
    covered = [_covers(made, move) for move in propose(responses(made.panel()))]
    low, high = (0.9 * len(covered) + side * 3.3 * (0.09 * len(covered)) ** 0.5 for side in (-1, 1))
    assert len(covered) > 80
    assert low <= sum(covered) <= high


def _covers(made: Any, move: Any) -> bool:
    budgets = made.budgets[-1].copy()
    now = made.expected(budgets * 0.97)
    for row, one in enumerate(made.campaigns):
        budgets[row] = move.after.get(one.entity, round(100 * budgets[row])) / 100
    gained = 7 * float((made.expected(budgets * 0.97) - now).sum())
    return bool(move.effect.low <= gained <= move.effect.high)


def test_equal_margins_are_left_alone_after_the_tests(market: Any) -> None:
    """Averages differ fivefold, the next result costs the same: tests, then (nearly) silence."""
    changes = np.zeros((3, 63))
    for seed in range(3):
        z = np.random.default_rng(seed).normal(0, 0.6, 10)
        base = 1 - np.clip(0.3 / np.exp(z), 0.05, 1.0)
        made = market(seed, ("a",) * 10, base=base, z=z, results=40.0)
        _follow(made, changes[seed])
    late = changes[:, 35:]
    weeks = late.size * 10 / 7 / 100
    assert changes[:, :28].sum() >= 6
    assert late.sum() / weeks <= 5


def _follow(made: Any, changes: Any) -> None:
    """Every morning's moves are made; each campaign rests a week after its own."""
    made.play(made.usual, 56)
    budgets, rested = made.usual.copy(), np.zeros(len(made.usual))
    for day in range(changes.size):
        found = responses(made.panel())
        for move in propose(found):
            rows = [found.entities.index(name) for name in move.after]
            if (rested[rows] > day).any():
                continue
            changes[day] += len(rows)
            budgets[rows] = [amount / 100 for amount in move.after.values()]
            rested[rows] = day + 7
        made.play(budgets)


def _same(one: Panel, other: Panel) -> None:
    assert one.count == other.count == 8
    mine, yours = responses(one), responses(other)
    pd.testing.assert_frame_equal(mine.table(), yours.table(), check_exact=True)
    assert repr(propose(mine)) == repr(propose(yours))
    assert mine.evidence == yours.evidence


@settings(max_examples=5)
@given(seed=SEEDS)
def test_order_does_not_matter(market: Any, seed: int) -> None:
    """The same rows and campaigns in any order give the same answer to the byte."""
    made = _moved(market(seed, ("a", "b") * 4))
    rows, as_of = made.rows(), made.panel().as_of
    mixed = rows.sample(frac=1.0, random_state=seed)
    one = panel_of(rows, as_of, made.campaigns, days=84)
    _same(one, panel_of(mixed, as_of, reversed(made.campaigns), days=84))


@settings(max_examples=5)
@given(seed=SEEDS, day=st.integers(60, 83))
def test_nothing_after_the_morning_is_read(market: Any, seed: int, day: int) -> None:
    """Rows dated or pulled later, whatever they say, change nothing."""
    made = _moved(market(seed))
    rows = made.rows()
    as_of = made.panel().as_of - timedelta(84 - day)
    past = rows[pd.to_datetime(rows["date"]).dt.date < as_of]
    later = past.assign(conversions=9e5, pulled_on=as_of + timedelta(3))
    after = rows[pd.to_datetime(rows["date"]).dt.date >= as_of].assign(spend=9e5)
    one = panel_of(past, as_of, made.campaigns, days=60)
    _same(one, panel_of(pd.concat([rows, later, after]), as_of, made.campaigns, days=60))


@settings(max_examples=8)
@given(seed=SEEDS, size=st.integers(1, 4))
def test_strangers_change_nothing(market: Any, seed: int, size: int) -> None:
    """Campaigns of another pool and group leave everybody else's response as it was."""
    made = _moved(market(seed, ("a",) * 6 + ("z",) * size))
    panel, kept = made.panel(), slice(0, 6)
    arrays = (panel.spend, panel.results, panel.complete, panel.budget)
    alone = Panel(panel.as_of, panel.campaigns[kept], *(one[kept] for one in arrays))
    mine, together = responses(alone).table(), responses(panel).table().iloc[kept]
    pd.testing.assert_frame_equal(mine, together, rtol=1e-9, atol=1e-12)


def test_masked_days_teach_nothing(market: Any) -> None:
    """Whatever is counted on masked days, the answer is the same."""
    made = _moved(market(9))
    rows, as_of = made.rows(), made.panel().as_of
    name = made.campaigns[2].entity
    span = (as_of - timedelta(10), as_of - timedelta(4))
    wrong = rows.copy()
    day = pd.to_datetime(wrong["date"]).dt.date
    wrong.loc[(wrong["campaign_id"] == "c002") & day.between(*span), "conversions"] *= 3
    masked = {name: [span]}
    one = panel_of(rows, as_of, made.campaigns, days=84, masked=masked)
    _same(one, panel_of(wrong, as_of, made.campaigns, days=84, masked=masked))


def test_a_break_is_a_new_level_not_a_response(market: Any) -> None:
    """A rate that halves where a budget moved lowers the level sooner; elasticity believes less."""
    made = market(4, results=200.0)
    made.play(made.usual, 56)
    made.rate = made.rate * np.where(np.arange(8) == 0, 0.5, 1.0)
    budgets = made.usual * np.where(np.arange(8) == 0, 1.4, 1.0)
    made.play(np.round(budgets, 2), 10)
    panel = made.panel()
    told = replace(panel, broken={panel.campaigns[0].entity: panel.as_of - timedelta(10)})
    plain, anew = (responses(one).table().iloc[0] for one in (panel, told))
    truth = made.expected(made.budgets[-1] * 0.97)[0]
    assert abs(np.log(anew["result_rate"] / truth)) < 0.15
    assert abs(anew["elasticity"] - 0.6) < abs(plain["elasticity"] - 0.6)


def test_campaigns_without_a_pool_are_left_out(market: Any) -> None:
    """Who trades with nobody has no response."""
    made = _moved(market(2))
    alone = [PanelCampaign(one.entity, None) for one in made.campaigns[:3]]
    panel = panel_of(made.rows(), made.panel().as_of, [*alone, *made.campaigns[3:]], days=84)
    assert panel.count == 5
