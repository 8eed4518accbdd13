"""Days that detectors distrust are not read, and a break is told as the day it began."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.advice.response import Panel, breaks, masks, responses
from bot.numbers.input.daily import known_on, normalise
from bot.numbers.signals.history_panel import HORIZON, HistoryPanel

MORNING = date(2026, 11, 23)


def _scene(market: Any) -> tuple[Any, HistoryPanel]:
    made = market(1)
    made.play(made.usual, 95)
    as_of = made.panel().as_of
    return made, HistoryPanel.of(known_on(normalise(made.rows()), as_of), as_of)


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.0, 0.05, 0.5, 1.0]))
def test_masks_are_exactly_the_untrusted_days(seed: int, share: float) -> None:
    """Every untrusted day lies in one span of its campaign, and no other day does."""
    untrusted = np.random.default_rng(seed).random((8, HORIZON)) < share
    entities = tuple(f"meta_ads|a|c{row}" for row in range(8))
    scene: Any = SimpleNamespace(as_of=MORNING, history=SimpleNamespace(entities=entities))
    found = masks(scene, untrusted)
    first = scene.as_of - timedelta(HORIZON)
    for row, name in enumerate(scene.history.entities):
        days = [
            (since - first).days + place
            for since, until in found.get(name, ())
            for place in range((until - since).days + 1)
        ]
        assert days == np.flatnonzero(untrusted[row]).tolist()


def test_a_panel_of_a_scene_leaves_masked_days_out(market: Any) -> None:
    """What the detectors distrust is missing from the results, spend stands."""
    made, scene = _scene(market)
    untrusted = np.zeros((8, HORIZON), dtype=bool)
    untrusted[3, 40:50] = untrusted[5, -2:] = True
    panel = Panel.of_scene(scene, made.campaigns, masks(scene, untrusted))
    assert np.array_equal(np.isnan(panel.results), untrusted)
    assert not np.isnan(panel.spend).any()


def test_a_break_counts_from_its_first_day(market: Any) -> None:
    """Days since a break become the day it began; who has none is not named."""
    made, scene = _scene(market)
    since = np.full(8, np.nan)
    since[2] = 6.0
    told = breaks(scene, since)
    assert told == {made.campaigns[2].entity: scene.as_of - timedelta(6)}
    panel = Panel.of_scene(scene, made.campaigns, broken=told)
    assert np.argwhere(panel.anew).tolist() == [[2, HORIZON - 6]]
    widened, plain = (
        responses(one).state.level_var for one in (panel, Panel.of_scene(scene, made.campaigns))
    )
    assert (widened > plain).tolist() == [row == 2 for row in range(8)]
