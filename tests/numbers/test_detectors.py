"""What is broken rather than bad is measured as it is said to be: worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from bot.numbers.forecast.reporting_lag import COMPLETE
from bot.numbers.signals.detectors import (
    ANOTHER_UNIT,
    month_used,
    newest_budget,
    outage,
    silence,
    spend_swing,
    spend_vs_budget,
    spend_vs_usual,
    unit_jump,
)
from bot.numbers.signals.history_panel import HORIZON, FunnelStep, HistoryPanel

AS_OF = date(2026, 11, 23)
NAN = float("nan")


@pytest.fixture
def panel(days_of):
    """The panel of one campaign with these columns, the last value of the last data day."""

    def made(full=None, **columns):
        lists = {name: list(values) for name, values in columns.items()}
        scene = HistoryPanel.of(days_of(**lists), AS_OF, None, COMPLETE)
        if full is not None:
            scene.complete[-len(full) :] = full
        return scene

    return made


def repeated(*parts):
    """Lists one after the other: `repeated((80, 1.0), (11, 0.0))`."""
    return [value for days, value in parts for _ in range(days)]


def of(scene, values):
    return [float(value[0]) for value in values]


def test_an_outage_is_what_its_clicks_foretell(panel):
    """Five days of 100 clicks at two in a hundred: ten results, on 500 clicks."""
    scene = panel(clicks=[100] * 91, conversions=repeated((86, 2), (5, 0)))
    assert of(scene, outage(scene)) == pytest.approx([10, 5, 500])
    late = panel(full=[0.5, 0.25], clicks=[100] * 91, conversions=repeated((86, 2), (5, 0)))
    assert of(late, outage(late)) == pytest.approx([3 * 2 + 1 + 0.5, 5, 500])


def test_an_outage_is_held_against_the_eight_weeks_before(panel):
    """What was counted long ago is no rate; five results are the least that tell one."""
    counted = repeated((30, 9), (56, 2), (5, 0))
    scene = panel(clicks=[100] * 91, conversions=counted)
    assert of(scene, outage(scene)) == pytest.approx([10, 5, 500])
    few = panel(clicks=[100] * 60, conversions=repeated((4, 1), (56, 0)))
    assert np.isnan(of(few, outage(few))).all()
    five = panel(clicks=[100] * 60, conversions=repeated((5, 1), (55, 0)))
    assert of(five, outage(five)) == pytest.approx([55, 55, 5500])


def test_the_worst_of_what_is_tracked_counts(panel):
    """Leads still come, sales do not; a number that came yesterday is no outage."""
    scene = panel(
        clicks=[100] * 91, leads=repeated((90, 3), (1, 0)), conversions=repeated((86, 2), (5, 0))
    )
    assert of(scene, outage(scene)) == pytest.approx([10, 5, 500])
    sound = panel(clicks=[100] * 91, conversions=[2] * 91)
    assert of(sound, outage(sound)) == [0, 0, 0]


def test_spend_against_its_budget_is_the_last_days_over_the_newest(panel):
    """The newest budget of a week; an older one says nothing."""
    scene = panel(spend=[100.0] * 91, daily_budget=repeated((85, 200.0), (3, 80.0), (3, NAN)))
    assert newest_budget(scene)[0] == 80
    assert spend_vs_budget(scene)[0] == pytest.approx(1.25)
    old = panel(spend=[100.0] * 91, daily_budget=repeated((84, 80.0), (7, NAN)))
    assert np.isnan(newest_budget(old)[0])
    just = panel(spend=[100.0] * 91, daily_budget=repeated((85, 80.0), (6, NAN)))
    assert newest_budget(just)[0] == 80


def test_spend_is_held_against_the_same_weekday(panel):
    """Mondays of 300 among days of 100: a Monday of 300 is usual, any other day of 300 is not."""
    weekly = [300.0 if (HORIZON - 1 - place) % 7 == 0 else 100.0 for place in range(HORIZON)]
    usual = panel(spend=weekly)
    assert of(usual, spend_vs_usual(usual)) == pytest.approx([1, 0])
    shifted = [*weekly[1:], 300.0]
    dear = panel(spend=shifted)
    assert of(dear, spend_vs_usual(dear)) == pytest.approx([3, 200])


def test_a_young_campaign_is_held_against_its_fortnight(panel):
    """Fewer than six such weekdays: the larger of theirs and the last fourteen days'."""
    growing = panel(spend=repeated((21, 50.0), (14, 100.0), (1, 300.0)))
    assert of(growing, spend_vs_usual(growing)) == pytest.approx([3, 200])
    five = panel(spend=repeated((5, 100.0), (1, 300.0)))
    assert of(five, spend_vs_usual(five)) == pytest.approx([3, 200])
    four = panel(spend=repeated((4, 100.0), (1, 300.0)))
    assert np.isnan(of(four, spend_vs_usual(four))).all()


def test_money_somebody_moved_is_no_surprise(panel):
    """Each day counts as it would have been at the last day's budget."""
    moved = panel(
        spend=repeated((90, 100.0), (1, 300.0)), daily_budget=repeated((90, 100.0), (1, 300.0))
    )
    assert of(moved, spend_vs_usual(moved)) == pytest.approx([1, 0])


def test_a_swing_is_four_deviations_of_the_month_before(panel):
    """exp(4 x 1.4826 x the median distance of the logs); the last day and its budget apart."""
    up, down = 100 * np.exp(0.1), 100 * np.exp(-0.1)
    scene = panel(spend=[*([up, down] * 45), 5_000.0])
    assert spend_swing(scene)[0] == pytest.approx(np.exp(4 * 1.4826 * 0.1))
    seven = panel(spend=[up, down, up, down, up, down, up, 100.0])
    assert np.isfinite(spend_swing(seven)[0])
    assert np.isnan(spend_swing(panel(spend=[up, down, up, down, up, down, 100.0]))[0])


@pytest.mark.parametrize("factor", [2 * ANOTHER_UNIT, 0.5 / ANOTHER_UNIT])
def test_another_unit_is_every_price_since_far_from_every_one_before(panel, factor):
    """Micros, cents, a currency: a showing and a click alike, and for how many days."""
    counts = {"impressions": [10_000] * 60, "clicks": [100] * 60}
    scene = panel(spend=repeated((50, 100.0), (10, 100.0 * factor)), **counts)
    assert of(scene, unit_jump(scene)) == pytest.approx([factor, 10])
    dearer = panel(spend=repeated((50, 100.0), (10, 100.0 * factor**0.8)), **counts)
    assert of(dearer, unit_jump(dearer)) == [1, 0]
    back = panel(spend=repeated((50, 100.0), (9, 100.0 * factor), (1, 100.0)), **counts)
    assert of(back, unit_jump(back)) == [1, 0]
    clicks = counts | {"clicks": repeated((50, 100), (10, 100 * factor))}
    shown = panel(spend=repeated((50, 100.0), (10, 100.0 * factor)), **clicks)
    assert of(shown, unit_jump(shown)) == [1, 0]


def test_another_unit_needs_three_days_before_and_is_news_for_four_weeks(panel):
    """From the first day on nobody knows; what has been so for a month is how it is."""

    def jump(before, since):
        counts = {"impressions": [10_000] * (before + since), "clicks": [100] * (before + since)}
        scene = panel(spend=repeated((before, 100.0), (since, 10_000.0)), **counts)
        return of(scene, unit_jump(scene))

    assert jump(3, 10) == pytest.approx([100, 10])
    assert jump(2, 10) == [1, 0]
    assert jump(40, 28) == pytest.approx([100, 28])
    assert jump(40, 29) == [1, 0]
    assert np.isnan(jump(2, 1)).all()


def test_a_month_allows_each_days_own_budget_and_the_newest_for_what_is_left(panel):
    """22 days of November: 10 at 200, 12 at 100, and 8.4 days more at 100."""
    scene = panel(
        spend=repeated((69, 500.0), (22, 110.0)),
        daily_budget=repeated((79, 200.0), (10, 100.0), (2, NAN)),
    )
    allowed = 10 * 200 + 12 * 100 + (30.4 - 22) * 100
    assert month_used(scene)[0] == pytest.approx(22 * 110 / allowed)
    assert np.isnan(month_used(panel(daily_budget=[100.0] * 30))[0])


def test_silence_is_its_chance_under_the_rate_before():
    """-ln P(0) of a negative binomial whose rate is known from so many results."""
    count = np.array([repeated((85, 2.0), (6, 0.0))])
    step = FunnelStep.of(count, np.full((1, HORIZON), 100.0))
    phi = float(step.phi[0])
    excess = max(phi - 1, 1e-6)
    worth = phi * np.log1p(excess) / excess
    assert silence(step)[0] == pytest.approx(112 / phi * np.log1p(600 / 5600 * worth), rel=1e-6)
    counting = FunnelStep.of(np.full((1, HORIZON), 2.0), np.full((1, HORIZON), 100.0))
    assert silence(counting)[0] == 0


@pytest.mark.parametrize(("results", "known"), [(8, True), (7, False)])
def test_silence_needs_eight_results_before(results, known):
    """Out of fewer nobody knows a rate."""
    count = np.array([repeated((results, 1.0), (HORIZON - results, 0.0))])
    found = silence(FunnelStep.of(count, np.full((1, HORIZON), 100.0)))
    assert np.isfinite(found[0]) == known


def test_an_earlier_silence_makes_a_new_one_cheaper():
    """Less half of the longest that ended and was no outage."""
    steady = np.array([repeated((85, 1.0), (6, 0.0))])
    clustered = steady.copy()
    clustered[0, 60:64] = 0.0
    clicks = np.full((1, HORIZON), 100.0)
    plain, cheaper = (silence(FunnelStep.of(each, clicks))[0] for each in (steady, clustered))
    assert cheaper < plain - 1
