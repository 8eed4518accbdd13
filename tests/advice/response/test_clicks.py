"""Clicks as a second witness of how results answer to budgets; levels that plans go by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bot.advice.response import MoveLimits, Panel, propose, responses
from bot.domain.advice import Evidence

POOL = ("a",) * 10
ANSWERS = np.array([0.2, 0.9] * 5)


def _with_clicks(made: Any, seed: int, answers: Any = ANSWERS, spread: float = 0.02) -> Panel:
    """The market's panel with clicks that answer to budgets to the power `answers`."""
    random, panel = np.random.default_rng(seed), made.panel()
    ratio = panel.spend / made.usual[:, None]
    clicks = 400 * ratio ** np.asarray(answers)[:, None]
    clicks *= np.exp(random.normal(0, spread, clicks.shape))
    return replace(panel, clicks=np.round(clicks))


def _moved(market: Any, seed: int, elasticity: Any = ANSWERS) -> Any:
    """A few sales a day, budgets a fifth up or down for two weeks: too little to read in sales."""
    made = market(seed, POOL, elasticity=elasticity, results=4.0)
    made.play(made.usual, 42)
    up = np.where(np.arange(len(POOL)) % 4 < 2, 1.2, 0.8)
    made.play(np.round(made.usual * up, 2), 14)
    return made


def test_clicks_tell_apart_whose_results_answer(market: Any) -> None:
    """Two weeks of a fifth more or less: sales alone show nothing yet, clicks show who is full."""
    alone, both = [], []
    for seed in range(6):
        made = _moved(market, seed)
        panel = _with_clicks(made, seed)
        for found, told in ((replace(panel, clicks=None), alone), (panel, both)):
            elasticity = responses(found).table()["elasticity"].to_numpy()
            told.append(np.log(elasticity[1::2]).mean() - np.log(elasticity[::2]).mean())
    assert np.mean(both) > 0.29
    assert np.mean(both) > 3 * abs(np.mean(alone))


def test_clicks_that_answer_alike_change_nothing(market: Any) -> None:
    """Where every further unit buys as many clicks in all campaigns, results decide alone."""
    for answers in (np.ones(len(POOL)), np.full(len(POOL), 0.4)):
        made = _moved(market, 3, elasticity=0.6)
        panel = _with_clicks(made, 3, answers, spread=0.002)
        one, other = (
            responses(each).table()["elasticity"] for each in (panel, replace(panel, clicks=None))
        )
        assert np.log(one / other).abs().max() < 0.12
        assert np.log(one.mean() / other.mean()) == pytest.approx(0.0, abs=0.05)


def test_a_channel_whose_showings_became_dearer_is_no_curve(market: Any) -> None:
    """What moves all clicks of a channel on the day budgets moved is its auction."""
    made = _moved(market, 4, elasticity=0.6)
    panel = _with_clicks(made, 4, np.full(len(POOL), 0.6), spread=0.01)
    assert panel.clicks is not None
    shock = np.where(np.arange(panel.days) >= panel.days - 14, 0.7, 1.0)
    dearer = replace(panel, clicks=np.round(panel.clicks * shock))
    one, other = (responses(each).table()["elasticity"] for each in (panel, dearer))
    assert np.log(one / other).abs().max() < 0.1


def test_what_clicks_taught_is_remembered(market: Any) -> None:
    """From what an earlier morning learned, later days say what the whole history would."""
    made = _moved(market, 5)
    made.play(made.budgets[-1], 75)
    clicks = _with_clicks(made, 5).clicks
    panel = replace(made.panel(131), clicks=None)
    full = np.full(panel.spend.shape, np.nan)
    full[:, -91:] = clicks
    whole = responses(replace(panel, clicks=full))
    assert all(len(state) == 18 for state in whole.evidence.states.values())
    late = slice(-70, None)
    arrays = (panel.spend, panel.results, panel.complete, panel.budget)
    window = Panel(panel.as_of, panel.campaigns, *(one[:, late] for one in arrays),
                   clicks=full[:, late])  # fmt: skip
    resumed = responses(window, evidence=whole.evidence)
    assert np.abs(resumed.state.slope - whole.state.slope).max() < 0.25
    told = [found.table()["elasticity"].to_numpy() for found in (resumed, whole)]
    assert np.corrcoef(*map(np.log, told))[0, 1] > 0.95
    older = Evidence(whole.evidence.day, {
        name: state[:9] for name, state in whole.evidence.states.items()
    })  # fmt: skip
    assert np.isfinite(responses(window, evidence=older).table().to_numpy()).all()


def test_a_giant_that_can_use_no_more_does_not_stop_the_others(market: Any) -> None:
    """Its margin lies over all others': they trade among themselves, at a level between them."""
    made = market(8, POOL, elasticity=0.6, results=40.0,
                  z=[1.5, -0.9, -0.8, -0.7, -0.6, 0.5, 0.5, 0.4, 0.6, 0.5])  # fmt: skip
    made.usual[0] *= 12
    made.play(made.usual, 42)
    found = responses(made.panel())
    names = found.entities
    assert (found.margins(0).expected[1:] < 0).all()
    (plan,) = propose(found, MoveLimits(no_raise=frozenset(names[:1])))
    assert {*plan.givers} <= {*names[1:5]}
    assert len(plan.givers) > 2
    assert {*plan.takers} <= {*names[5:]}
    assert plan.takers
    assert min(plan.chances.values()) >= found.settings.sure


def test_people_reached_are_as_loud_as_clicks(market: Any) -> None:
    """The same days say more of a curve where people are counted than where sales are."""
    made = _moved(market, 5)
    panel = made.panel()
    sales, people = (
        replace(panel, campaigns=tuple(replace(one, column=column) for one in panel.campaigns))
        for column in ("conversions", "reach")
    )
    spread = [responses(each).table()["elasticity"].std() for each in (sales, people)]
    known = [responses(each).beliefs.information for each in (sales, people)]
    assert (known[1] > known[0]).all()
    assert spread[1] > spread[0]
