"""What campaigns alike share is taken off, and only what they share."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from bot.numbers.signals.common_movement import (
    common,
    market_cpm,
    market_of,
    seasoned,
    together_of,
    without_market,
)
from bot.numbers.signals.history_panel import HORIZON, FunnelStep, HistoryPanel

AS_OF = date(2026, 11, 23)
WEEKS = HORIZON // 7


@pytest.fixture
def panel(days_of):
    """A panel of campaigns `(name, channel, account, stage)`, and the place of each in it."""

    def made(listed, **columns):
        rows = [
            days_of(
                name, channel=channel, account_id=account, campaign_id=name,
                spend=[100.0] * HORIZON,
                **{column: list(values[name]) for column, values in columns.items()},
            )
            for name, channel, account, _ in listed
        ]  # fmt: skip
        entities = HistoryPanel.of(pd.concat(rows), AS_OF).history.entities
        names = [entity.rsplit("|", 1)[1] for entity in entities]
        stages = {name: stage for name, _, _, stage in listed}
        resolved = pd.DataFrame(
            {
                "entity": entities,
                "stage": [stages[name] for name in names],
                "pricing_model": "CPC",
            }
        )
        order = [names.index(name) for name in stages]
        return HistoryPanel.of(pd.concat(rows), AS_OF, resolved), order

    return made


def campaigns(count, channel="google", account="1", stage="act", name="c"):
    """So many alike."""
    return [(f"{name}{place}", channel, account, stage) for place in range(count)]


def test_five_alike_are_a_market_and_fewer_are_their_channel(panel):
    """Channel, stage and pricing model from five on; below that the small ones of a channel."""
    alike = campaigns(5)
    few = campaigns(4, stage="see", name="s") + campaigns(1, stage="think", name="t")
    other = campaigns(2, channel="meta", name="m")
    scene, order = panel([*alike, *few, *other])
    markets = market_of(scene)[order]
    assert len(set(markets[:5])) == len(set(markets[5:10])) == len(set(markets[10:])) == 1
    assert len(set(markets)) == 3


def test_an_account_of_five_moves_its_money_together_and_small_accounts_are_one(panel):
    """The small ones are apart from every account that is large enough."""
    small = campaigns(4, account="2", name="b") + campaigns(1, account="3", name="d")
    large = campaigns(5, account="1")
    for listed in ([*large, *small], [*small, *large]):
        scene, order = panel(listed)
        together = dict(zip((name for name, *_ in listed), together_of(scene)[order], strict=True))
        assert len({together[name] for name, *_ in large}) == 1
        assert len({together[name] for name, *_ in small}) == 1
        assert len(set(together.values())) == 2


MOVED = np.r_[np.zeros(8), np.full(3, 0.5)]
STILL = np.zeros(11)


def test_what_most_of_a_group_do_is_common_and_what_one_does_is_its_own():
    """The median of the group's distances, with one that stands still."""
    logs = np.stack([MOVED + 3, MOVED - 1, MOVED, STILL, STILL + 2, MOVED])
    groups = np.array([0, 0, 0, 1, 1, 2])
    moved = common(logs, groups)
    np.testing.assert_allclose(moved[:3], [MOVED] * 3)
    assert not moved[3:].any()  # two that stand still; one that is alone
    assert not common(np.stack([MOVED, STILL]), np.zeros(2, dtype=int)).any()
    assert not common(np.stack([MOVED, MOVED, MOVED]), np.zeros(3, dtype=int), still=4).any()


def test_a_movement_is_bounded_and_needs_two_that_have_the_day():
    """Nobody is taken to be further away than the most; a day only one has is nobody's market."""
    far = common(np.stack([MOVED * 8] * 3), np.zeros(3, dtype=int))
    np.testing.assert_allclose(far[:, -1], 1.5)
    np.testing.assert_allclose(
        common(np.stack([MOVED * -8] * 3), np.zeros(3, dtype=int), most=0.7)[:, -1], -0.7
    )
    logs = np.stack([MOVED] * 3)
    logs[1:, -1] = np.nan
    moved = common(logs, np.zeros(3, dtype=int))
    assert moved[0, -1] == 0
    assert moved[0, -2] == 0.5
    logs[1, -1] = 0.5  # two have it: the middle of 0, 0.5 and 0.5
    assert common(logs, np.zeros(3, dtype=int))[0, -1] == 0.5


def test_a_weekday_all_share_is_no_news_of_one():
    """Exposure follows what is usual on such a day, shrunk as by 50 results; its mean stays."""
    week = np.array([20.0] * 6 + [40.0])
    step = FunnelStep.of(np.tile(week, (2, WEEKS)), np.full((2, HORIZON), 100.0))
    usual = seasoned(step, np.zeros(2, dtype=int)).exposure
    due = 2 * WEEKS * 160 / 7
    dear, plain = (2 * WEEKS * 40 + 50) / (due + 50), (2 * WEEKS * 20 + 50) / (due + 50)
    np.testing.assert_allclose(usual[:, 20] / usual[:, 19], dear / plain, rtol=0.01)
    np.testing.assert_allclose(usual[:, 14:21].mean(axis=1), 100, rtol=0.01)
    apart = FunnelStep.of(
        np.stack([np.tile(week, WEEKS), np.full(HORIZON, 20.0)]), np.full((2, HORIZON), 100.0)
    )
    alone = seasoned(apart, np.arange(2)).exposure
    np.testing.assert_allclose(alone[1, 14:21], 100, rtol=0.01)
    assert alone[0, 20] > 1.5 * alone[0, 19]


@pytest.mark.parametrize("factor", [0.4, 2.5])
def test_a_week_all_share_is_no_news_of_one_and_one_of_many_is(factor):
    """Six that move together are a market, one that moves among six is not."""
    usual, since = np.full(HORIZON - 21, 10.0), np.full(21, 10.0 * factor)
    moving, still = np.r_[usual, since], np.full(HORIZON, 10.0)
    groups, clicks = np.zeros(6, dtype=int), np.full((6, HORIZON), 200.0)
    together = seasoned(FunnelStep.of(np.stack([moving] * 6), clicks), groups).exposure
    np.testing.assert_allclose(together[:, -1] / together[:, 30], factor, rtol=0.1)
    single = seasoned(FunnelStep.of(np.stack([moving, *[still] * 5]), clicks), groups).exposure
    np.testing.assert_allclose(single[:, -1] / single[:, 30], 1, rtol=0.05)


def test_weeks_of_few_results_are_no_market():
    """Under five results a week that are due, what several do alike may be chance."""
    few = np.r_[np.full(HORIZON - 14, 0.5), np.full(14, 1.0)]
    step = FunnelStep.of(np.stack([few] * 6), np.full((6, HORIZON), 50.0))
    np.testing.assert_allclose(
        seasoned(step, np.zeros(6, dtype=int)).exposure, step.exposure, rtol=0.01
    )
    nothing = FunnelStep.of(np.zeros((2, HORIZON)), np.full((2, HORIZON), 50.0))
    assert seasoned(nothing, np.zeros(2, dtype=int)) is nothing


@pytest.fixture
def dearer(panel):
    """Five of a market that shows less for its money in its last fortnight, and three still."""
    shown = np.r_[np.full(HORIZON - 14, 10_000.0), np.full(14, 8_000.0)]
    still = np.full(HORIZON, 10_000.0)
    listed = campaigns(5) + campaigns(3, channel="meta", name="m")
    impressions = {name: still if name.startswith("m") else shown for name, *_ in listed}
    return panel(listed, impressions=impressions)


def test_a_markets_price_is_its_fortnight_against_the_month_before(dearer):
    """10,000 showings for the money, then 8,000: 1.25; a channel apart stays at 1."""
    scene, order = dearer
    np.testing.assert_allclose(market_cpm(scene)[order], [1.25] * 5 + [1.0] * 3)


def test_without_its_market_a_step_stands_still(dearer):
    """Exposure is what it would have been; what shares no market is left as it is."""
    scene, order = dearer
    step = FunnelStep.of(scene.column("impressions"), scene.column("spend"))
    calm = without_market(step, scene)
    np.testing.assert_allclose(calm.exposure[order][:5, -1], 80)
    np.testing.assert_allclose(calm.exposure[order][:5, 30], 100)
    np.testing.assert_allclose(calm.exposure[order][5:], 100)
    np.testing.assert_allclose(calm.count, step.count)
