"""The world that answers back knows its own truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.market.kinds import HARSH, HARSH_NULL, KINDS, NULL, STANDARD, Curve, best_split
from bot.demo.market.world import World, numbers


def played(kind: str, seed: int = 3, days: int = 40) -> World:
    world = World(KINDS[kind], seed)
    for _ in range(days):
        world.step()
    return world


@given(st.integers(0, 10_000), st.integers(2, 8))
@settings(max_examples=25, deadline=None)
def test_the_best_split_beats_every_other(seed: int, n: int) -> None:
    """No random split of the same money gives more than the best one (within a grid step)."""
    random = np.random.default_rng(seed)
    curves = [Curve("power", float(random.uniform(0.3, 0.9))) for _ in range(n)]
    usual, scales = random.uniform(50, 500, n), random.uniform(1, 20, n)

    def results(spend: np.ndarray) -> float:
        shares = [curve(np.array([x])) for curve, x in zip(curves, spend / usual, strict=True)]
        return float(np.dot(scales, np.concatenate(shares)))

    best = best_split(scales, curves, usual, floor=0.2)
    assert best.sum() == pytest.approx(usual.sum())
    for _ in range(20):
        other = 0.2 * usual + 0.8 * usual.sum() * random.dirichlet(np.ones(n))
        other = other * usual.sum() / other.sum()
        if (other >= 0.2 * usual).all() and (other <= 5 * usual).all():
            assert results(other) <= results(best) * 1.005


def test_a_null_market_has_nothing_to_gain() -> None:
    """Where nothing is wrong, the last krone buys the same everywhere in a pool."""
    for kind in (NULL, HARSH_NULL):
        world = World(kind, 5)
        marginal = world.marginal(world.usual, 0)
        for pool in range(4):
            mine = marginal[world.pool == pool] / world.efficiency[0][world.pool == pool]
            assert np.std(mine) / np.mean(mine) < 0.15


def test_the_harsh_null_has_averages_that_differ() -> None:
    """Averages differ about fivefold while margins are equal: the trap for policies on averages."""
    world = World(HARSH_NULL, 5)
    average = world.scale / world.usual
    sales = average[world.pool == 2]
    assert sales.max() / sales.min() > 3


def test_nothing_is_seen_before_it_happened() -> None:
    """No row is dated on or after the morning; the first pull of a day is the next morning."""
    seen = numbers(played("harsh"))
    morning = pd.Timestamp(played("harsh").as_of)
    assert (seen["date"] < morning).all()
    assert (seen["pulled_on"] > seen["date"]).all()


def test_values_also_fall_in_the_harsh_world() -> None:
    """Some recorded sales are taken back later."""
    seen = numbers(played("harsh", days=60))
    sales = seen.dropna(subset=["conversions"]).sort_values("pulled_on")
    steps = sales.groupby(["date", "campaign_id"])["conversions"].diff().dropna()
    assert (steps < 0).any()
    assert (steps > 0).any()


def test_an_outage_stops_counting_but_not_selling() -> None:
    """The truth goes on through a tracking outage; only what is counted falls to nothing."""
    world = World(STANDARD, 3)
    outage = next(event for event in world.happenings if event.kind == "outage")
    while world.day <= outage.last:
        world.step()
    assert world.counted[outage.first, outage.campaign] == 0
    assert world.expected(world.usual, outage.first)[outage.campaign] > 0
    rows = numbers(world)
    dark = rows[
        (rows["campaign_id"] == f"c{outage.campaign}")
        & (rows["date"] == pd.Timestamp(world.as_of) - pd.Timedelta(days=1))
    ]
    results = dark[["leads", "conversions"]].sum(axis=1)
    assert (results == 0).all()


@pytest.mark.parametrize(
    ("cause", "moved"),
    [("page", {"visits": 0.5}), ("checkout", {}), ("audience", {}),
     ("auction", {"impressions": 0.5, "clicks": 0.5, "visits": 0.5})],
)  # fmt: skip
def test_a_doubled_cost_leaves_the_trace_of_its_cause(cause: str, moved: dict[str, float]) -> None:
    """A page loses visits, a checkout only sales, an auction showings, an audience only reach."""
    events = [World(STANDARD, seed) for seed in range(40)]
    world = next(w for w in events if any(e.cause == cause for e in w.happenings))
    event = next(e for e in world.happenings if e.cause == cause)
    world.happenings = [event]
    world._weather()
    while world.day <= event.last:
        world.step()
    names = ("spend", "impressions", "clicks", "visits")
    days = {n: np.array([day[n][event.campaign] for day in world.played]) for n in names}
    for name in names:
        after = days[name][event.first :].mean() / days[name][: event.first].mean()
        assert after == pytest.approx(moved.get(name, 1.0), rel=0.15)


def test_tired_people_see_it_more_often_and_click_less() -> None:
    """Fatigue lowers the click rate and raises showings a person and day."""
    world = World(STANDARD, 4)
    event = next(e for e in world.happenings if e.kind == "fatigue")
    while world.day <= event.last:
        world.step()
    rows = numbers(world).drop_duplicates(["date", "campaign_id"], keep="last")
    rows = rows[rows["campaign_id"] == f"c{event.campaign}"].sort_values("date")
    click = (rows["clicks"] / rows["impressions"]).to_numpy()
    often = (rows["impressions"] / rows["reach"]).to_numpy()
    assert click[-4:].mean() < 0.75 * click[:40].mean()
    assert often[-4:].mean() > 1.2 * often[:40].mean()


def test_the_same_seed_plays_the_same_market() -> None:
    """Seed and kind decide everything."""
    pd.testing.assert_frame_equal(numbers(played("harsh")), numbers(played("harsh")))
    assert HARSH.lag[1] == 30
