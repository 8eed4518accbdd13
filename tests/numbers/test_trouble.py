"""A break is found at its step, and a sound campaign gives none."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.signals.change_points import scan, scans
from bot.numbers.signals.detectors import ratio
from bot.numbers.signals.history_panel import (
    HORIZON,
    FunnelStep,
    HistoryPanel,
    dark_days,
    overdispersion,
)
from bot.numbers.signals.signs import gap_days
from bot.numbers.signals.trouble import NAMES, break_since, troubles, untrusted_days

AS_OF = date(2026, 11, 23)
DAYS = 84


@pytest.fixture
def days(days_of):
    """A scene of one campaign with visits, reach and eight sales a day, and what differs."""

    def made(name: str = "Brand", **changed: tuple[int, float]) -> pd.DataFrame:
        random = np.random.default_rng(sum(map(ord, name)))
        shown = random.normal(20_000, 800, DAYS).round()
        columns = {
            "spend": np.full(DAYS, 2_000.0),
            "impressions": shown,
            "reach": (shown / random.normal(1.4, 0.04, DAYS)).round(),
            "clicks": random.poisson(400, DAYS).astype(float),
        }
        columns["landing_views"] = random.binomial(columns["clicks"].astype(int), 0.8) * 1.0
        columns["conversions"] = random.poisson(columns["clicks"] * 0.02) * 1.0
        for column, (last, factor) in changed.items():
            columns[column][-last:] = np.round(columns[column][-last:] * factor)
        return days_of(name, **{name_: list(values) for name_, values in columns.items()})

    return made


def told(*rows: pd.DataFrame) -> dict[str, float]:
    scene = HistoryPanel.of(pd.concat(rows), AS_OF)
    return {name: float(values[0]) for name, values in zip(NAMES, troubles(scene), strict=True)}


def test_a_sound_campaign_has_no_trouble(days):
    """Ordinary noise at every step breaks nothing."""
    found = told(days())
    assert max(found["silence"], found["tag_fault"], found["page_fault"]) < 4
    assert max(found["counted_double"], found["showings_fault"], found["audience_fault"]) < 4
    assert np.isnan(found["break_since"])


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"conversions": (10, 0.45)}, "tag_fault"),
        ({"conversions": (5, 0.4), "landing_views": (5, 0.5)}, "page_fault"),
        ({"conversions": (9, 2.1)}, "counted_double"),
        ({"impressions": (5, 0.5), "clicks": (5, 0.5), "landing_views": (5, 0.5),
          "conversions": (5, 0.5), "reach": (5, 0.5)}, "showings_fault"),
        ({"reach": (5, 0.5)}, "audience_fault"),
    ],
)  # fmt: skip
def test_a_break_is_found_at_its_step_and_only_there(days, changed, fault):
    """Each fault leaves its own trace: the tag, the page, a second tag, the auction, the people."""
    found = told(days(**changed))
    faults = ("tag_fault", "page_fault", "counted_double", "showings_fault", "audience_fault")
    assert found[fault] > 3.4
    assert max(found[name] for name in faults if name != fault) < 4
    assert found["break_since"] == pytest.approx(next(iter(changed.values()))[0], abs=2)


def test_fewer_results_from_more_clicks_is_no_broken_page(days):
    """Twice the clicks and the same sales: the rate halves, the price of a sale does not."""
    found = told(days(clicks=(8, 2.0), landing_views=(8, 2.0)))
    assert max(found["tag_fault"], found["page_fault"]) < 3.4


def test_a_return_to_what_once_was_is_not_counted_double(days_of, days):
    """Three weeks at half, then back: the higher rate is the old one."""
    rows = days()
    place = slice(len(rows) - 28, len(rows) - 7)
    rows.loc[rows.index[place], "conversions"] //= 2
    assert told(rows)["counted_double"] < 3.4


def test_an_account_needs_more_than_one_dark_campaign(days):
    """One broken campaign does not speak for four; four do."""
    dark = {"conversions": (3, 0.0)}
    one = told(days("A", **dark), days("B"), days("C"), days("D"))
    every = told(*(days(name, **dark) for name in "ABCD"))
    assert one["account_loss"] < 5
    assert every["account_loss"] > 12
    assert np.isnan(told(days("A", **dark))["account_loss"])


def test_days_of_an_outage_are_masked_and_the_break_is_dated(days):
    """Whoever learns from results leaves out what was not counted, and starts anew at a break."""
    scene = HistoryPanel.of(days(conversions=(4, 0.0)), AS_OF)
    mask = untrusted_days(scene)
    assert mask[0, -4:].all()
    assert not mask[0, :-10].any()
    page = HistoryPanel.of(days(landing_views=(5, 0.5), conversions=(5, 0.5)), AS_OF)
    assert break_since(page)[0] == 5


def test_a_missing_row_means_more_where_rows_never_lack(days):
    """One silent day is news in a tidy account, and nothing where one in fifty is missing."""
    tidy, untidy = days("A"), days("B").iloc[[i for i in range(DAYS) if i % 40 != 7]]
    assert gap_days(HistoryPanel.of(tidy, AS_OF))[0] == 0
    assert gap_days(HistoryPanel.of(pd.concat([tidy, untidy]), AS_OF))[0] >= 1


@given(st.integers(0, 2_000), st.floats(1.2, 3.0))
@settings(max_examples=20, deadline=None)
def test_overdispersion_is_told_from_drift(seed: int, phi: float) -> None:
    """Many campaigns of one spread: their median is near it although their rates double midway."""
    random = np.random.default_rng(seed)
    mean = np.where(np.arange(HORIZON) < 49, 4.0, 8.0) * np.ones((40, 1))
    count = random.poisson(random.gamma(mean / (phi - 1), phi - 1)).astype(float)
    found = overdispersion(count, np.ones_like(count))
    assert np.median(found) == pytest.approx(phi, rel=0.15)


def test_the_ratio_is_poissons_where_the_rate_is_known() -> None:
    """For a long history it is k ln c - mu (c - 1)."""
    k, mu, c = np.array([6.0]), np.array([14.0]), 0.45
    sure = ratio(k, mu, np.array([1e9]), np.array([1e9]), c)
    assert sure[0] == pytest.approx(6 * np.log(c) - 14 * (c - 1), abs=1e-3)


def test_steps_scanned_together_say_what_each_says_alone() -> None:
    """In one pass or in several, among few campaigns or thousands: the same bytes."""
    random = np.random.default_rng(8)
    steps = [FunnelStep.of(random.poisson(mean, (2_500, HORIZON)) * 1.0, np.ones((2_500, HORIZON)))
             for mean in (0.3, 4.0)]  # fmt: skip
    asked = ((steps[0], 0.5), (steps[1], 2.0))
    for together, (step, factor) in zip(scans(asked), asked, strict=True):
        few = FunnelStep(step.count[2_400:], step.exposure[2_400:], step.phi[2_400:])
        for found, part in (
            (scan(step, factor), slice(None)),
            (scan(few, factor), slice(2_400, None)),
        ):
            assert np.array_equal(together.nats[part], found.nats, equal_nan=True)
            assert np.array_equal(together.since[part], found.since, equal_nan=True)
            assert np.array_equal(together.change[part], found.change, equal_nan=True)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_nats_are_what_chance_reaches_so_rarely(factor: float) -> None:
    """Of four thousand steady campaigns at most e^-x are over x nats, looked at over all days."""
    random = np.random.default_rng(11)
    mean = random.uniform(0.5, 20.0, (4_000, 1)) * np.ones(HORIZON)
    count = random.poisson(random.gamma(mean / 1.2, 1.2)).astype(float)
    nats = scan(FunnelStep.of(count, np.ones_like(count)), factor).nats
    for bar in (1.0, 2.0, 3.0):
        assert (nats > bar).mean() < np.exp(-bar)


def test_days_that_agree_add_up() -> None:
    """A rate halved ten days ago convinces more than one halved two days ago, and is dated."""
    count = np.full((2, HORIZON), 12.0)
    count[0, -10:] = count[1, -2:] = 6.0
    found = scan(FunnelStep.of(count, np.ones_like(count)), 0.5)
    assert found.since.tolist() == [10, 2]
    assert found.nats[0] > found.nats[1] + 3
    assert found.change == pytest.approx(0.5)


def test_chance_rarely_reaches_the_bar() -> None:
    """Of two thousand sound campaigns with drift, on one morning, next to none is over 3.4."""
    random = np.random.default_rng(5)
    drift = np.cumsum(random.normal(0, 0.02, (2_000, HORIZON)), axis=1)
    mean = 5.0 * np.exp(drift - drift.mean(axis=1)[:, None])
    count = random.poisson(random.gamma(mean / 0.7, 0.7)).astype(float)
    step = FunnelStep.of(count, np.ones_like(count))
    assert (scan(step, 0.5).nats > 3.4).mean() < 0.002
    assert dark_days(step).mean() < 0.01


def test_the_days_a_break_may_have_begun_hold_its_day_nine_times_in_ten() -> None:
    """Rates that fall by three eighths on any day from three to thirteen ago: days between two."""
    random = np.random.default_rng(5)
    began = random.integers(3, 14, 600)
    broken = np.arange(HORIZON)[None, :] >= HORIZON - began[:, None]
    count = random.poisson(np.where(broken, 5.0, 8.0)) * 1.0
    found = scan(FunnelStep(count, np.full(count.shape, 100.0), np.ones(600)), 0.6)
    sure = found.nats > 2.7
    inside = (found.least <= began) & (began <= found.most)
    assert 0.86 <= inside[sure].mean() <= 0.97
    assert (found.least <= found.since).all()
    assert (found.since <= found.most).all()


def test_half_of_a_break_shows_in_the_price(days):
    """Twice the results of dearer clicks is counted twice; not where a result costs what it did."""
    double = days(conversions=(9, 2.1), spend=(9, 1.3))
    assert told(double)["counted_double"] > 3.8
    dearer = days(conversions=(9, 2.1), spend=(9, 2.1))
    assert told(dearer)["counted_double"] == 0
