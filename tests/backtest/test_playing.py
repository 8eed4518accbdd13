"""Mornings are the same played in one go, in parts, or side by side in other processes."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest

from bot.backtest import backtest
from bot.backtest import running as playing
from bot.backtest.backtest_request import BacktestRequest
from bot.backtest.ledger import SAID, Ledger, Past, joined
from bot.backtest.replay import Stretch, World, needed
from bot.backtest.report import Notes
from bot.backtest.running import Playback, Replay, _parts

RULES = ("act-lead-price", "convert-cut")


def test_parts_together_are_the_whole(market, rulebook, plan):
    """States, groups, beginnings and examples of two halves are those of both in one go."""
    numbers, end = market("standard", 1)
    world = World(Past.of(numbers), lambda _: plan)
    job = Replay(world, [(rulebook, needed(rulebook, RULES))])
    since, middle, until = (end - timedelta(days) for days in (7, 3, 0))
    (whole,), notes = job.play(Playback(Stretch(since, until)), lambda: None)
    halves = [Stretch(since, middle), Stretch(middle + timedelta(1), until)]
    played = [job.play(Playback(one), lambda: None) for one in halves]
    both = joined([ledgers[0] for ledgers, _ in played])
    assert both.mornings == whole.mornings
    assert _said(both) == _said(whole)
    for name in ("there", "started", "groups", "judges"):
        assert np.array_equal(getattr(both, name), getattr(whole, name)), name
    assert Notes.joined([each for _, each in played]).found == notes.found


def _said(ledger: Ledger) -> list[str]:
    words = dict(enumerate(ledger.words)) | {SAID: "said"}
    return [words[state] for state in ledger.states.ravel().tolist()]


def test_side_by_side_gives_the_same_bytes(market, rulebook, plan, monkeypatch):
    """Two processes make the backtest one makes, and count every morning on the way."""
    monkeypatch.setattr(playing, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(playing, "SHORTEST", 3)
    numbers, end = market("standard", 1)
    asked = BacktestRequest(end - timedelta(5), end, rules=RULES, seeds=(11,))
    seen: list[tuple[int, int]] = []
    one, two = (
        backtest(numbers, rulebook, asked, plan, None, lambda *done: seen.append(done), workers)
        for workers in (1, 2)
    )
    assert json.dumps(one.to_json()) == json.dumps(two.to_json())
    assert seen[-1][0] == seen[-1][1]


@pytest.mark.parametrize(("mornings", "most"), [(1, 8), (27, 4), (56, 8), (365, 4), (365, 99)])
def test_parts_follow_one_another(market, mornings, most):
    """No morning is left out or played twice, and no part is short where there are several."""
    end = market("standard", 1)[1]
    whole = Stretch(end - timedelta(mornings - 1), end)
    parts = _parts(whole, most)
    assert [on for part in parts for on in part.mornings] == whole.mornings
    assert len(parts) == 1 or min(len(part.mornings) for part in parts) >= playing.SHORTEST


def test_what_goes_wrong_elsewhere_is_heard(market, rulebook, monkeypatch):
    """An error in another process ends the replay with that error."""
    monkeypatch.setattr(playing, "WORTH_A_PROCESS", 1)
    numbers, end = market("standard", 1)
    with pytest.raises(AttributeError):
        backtest(
            numbers, rulebook, BacktestRequest(end, end, seeds=(11,)), lambda _: None, workers=2
        )
