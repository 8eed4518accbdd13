"""Mornings are the same played in one go, in parts, or side by side in other processes."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.backtest import backtest, side_by_side, with_threshold
from bot.backtest import running as playing
from bot.backtest.backtest_request import BacktestRequest
from bot.backtest.ledger import SAID, Ledger, Past, joined
from bot.backtest.replay import Stretch, World, needed, warming
from bot.backtest.report import Notes
from bot.backtest.running import _parts
from bot.backtest.side_by_side import Playback, Replay, ReplayEnded, alone

RULES = ("act-lead-price", "convert-cut")
few = settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@few
@given(kind=st.sampled_from(["standard", "harsh"]), cuts=st.sets(st.integers(1, 6), max_size=3))
def test_parts_together_are_the_whole(market, rulebook, plan, kind, cuts):
    """Wherever a stretch is cut: states, groups, beginnings and examples are those of one go.

    Under a changed rulebook beside it as well, and where results come late.
    """
    numbers, end = market(kind, 1)
    changed = with_threshold(rulebook, "defaults.waste=1.1")
    world = World(Past.of(numbers), lambda _: plan)
    job = Replay(world, [(book, needed(book, RULES)) for book in (rulebook, changed)])
    mornings = Stretch(end - timedelta(6), end).mornings
    edges = [0, *sorted(cuts), len(mornings)]
    wholes, notes = job.play(Playback(Stretch(mornings[0], end)), lambda: None)
    parts = [Stretch(mornings[a], mornings[b - 1]) for a, b in pairwise(edges)]
    played = [job.play(Playback(part), lambda: None) for part in parts]
    for whole, ledgers in zip(wholes, zip(*(part[0] for part in played), strict=True), strict=True):
        together = joined(ledgers)
        assert together.mornings == whole.mornings
        assert _said(together) == _said(whole)
        for name in ("there", "started", "groups", "judges"):
            assert np.array_equal(getattr(together, name), getattr(whole, name)), name
    assert Notes.joined([each for _, each in played]).found == notes.found


def _said(ledger: Ledger) -> list[str]:
    words = dict(enumerate(ledger.words)) | {SAID: "said"}
    return [words[state] for state in ledger.states.ravel().tolist()]


@pytest.fixture
def small_parts(monkeypatch):
    """As if a stretch of a few mornings of a few campaigns were much to replay."""
    monkeypatch.setattr(playing, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(playing, "SHORTEST", 3)


@few
@given(workers=st.integers(2, 9), mornings=st.integers(1, 9), shuffles=st.integers(0, 2))
def test_any_number_of_workers_gives_the_same_report(
    market, rulebook, plan, monkeypatch, small_parts, workers, mornings, shuffles
):
    """What came next, examples and false alarms too; a stretch too short to be cut stays whole."""
    monkeypatch.setattr(playing, "beside", alone)
    numbers, end = market("harsh", 2)
    until = end - timedelta(7)
    changed = with_threshold(rulebook, "defaults.waste=1.1")
    asked = BacktestRequest(until - timedelta(mornings - 1), until, RULES, changed, days=7,
                            seeds=(11, 12)[:shuffles])  # fmt: skip
    one, several = (
        backtest(numbers, rulebook, asked, plan, workers=count) for count in (1, workers)
    )
    assert json.dumps(one.to_json()) == json.dumps(several.to_json())


@pytest.fixture
def late_turns(monkeypatch):
    """This process begins nothing before another has: it would have played all in the meantime."""
    real, begun = side_by_side._next, []

    def later(number):
        patience = time.monotonic() + 60
        while not begun and not number.value and time.monotonic() < patience:
            time.sleep(0.01)
        begun.append(number)
        return real(number)

    monkeypatch.setattr(side_by_side, "_next", later)


def test_side_by_side_gives_the_same_bytes(
    market, rulebook, plan, monkeypatch, small_parts, late_turns
):
    """Two processes make the backtest one makes, and count every morning on the way."""
    here = []
    real = Replay.play
    monkeypatch.setattr(Replay, "play", lambda *words: here.append(words[1]) or real(*words))
    numbers, end = market("harsh", 1)
    changed = with_threshold(rulebook, "defaults.waste=1.1")
    asked = BacktestRequest(end - timedelta(5), end, RULES, changed, seeds=(11,))
    seen: list[tuple[int, int]] = []
    one, two = (
        backtest(numbers, rulebook, asked, plan, None, lambda *done: seen.append(done), workers)
        for workers in (1, 2)
    )
    assert json.dumps(one.to_json()) == json.dumps(two.to_json())
    assert seen[-1][0] == seen[-1][1]
    assert len(here) < 5  # of the one process two, of the two three: the first is played elsewhere


@pytest.mark.parametrize(("mornings", "most"), [(1, 8), (27, 4), (56, 8), (365, 4), (365, 99)])
def test_parts_follow_one_another(market, mornings, most):
    """No morning is left out or played twice, and no part is short where there are several."""
    end = market("standard", 1)[1]
    whole = Stretch(end - timedelta(mornings - 1), end)
    parts = _parts(whole, most)
    assert [on for part in parts for on in part.mornings] == whole.mornings
    assert len(parts) == 1 or min(len(part.mornings) for part in parts) >= playing.SHORTEST


def test_what_goes_wrong_elsewhere_is_heard(market, rulebook, plan, small_parts, late_turns):
    """An error in another process ends the replay with that error."""
    numbers, end = market("standard", 1)
    since = end - timedelta(5)
    first = since - timedelta(warming(needed(rulebook, RULES)))  # only the first part reads it
    asked = BacktestRequest(since, end, RULES, seeds=())
    with pytest.raises(AttributeError):
        backtest(numbers, rulebook, asked, lambda on: None if on == first else plan, workers=2)


def test_a_process_that_is_killed_ends_the_replay_in_a_sentence(
    market, rulebook, plan, small_parts
):
    """Whoever runs short of memory reads what to do, and no other process is left behind."""
    numbers, end = market("standard", 1)

    def kill(*_: int) -> None:
        for process in multiprocessing.active_children()[:1]:
            os.kill(process.pid, signal.SIGKILL)

    with pytest.raises(ReplayEnded, match=r"ended from outside.* --workers 1"):
        backtest(numbers, rulebook, BacktestRequest(end - timedelta(40), end), plan, None, kill, 2)
    assert not multiprocessing.active_children()


STOPPED = """
import os, signal, sys
from bot.backtest import running
from bot.cli.door import run
running.WORTH_A_PROCESS, running.SHORTEST = 1, 3
real = running.beside
def beside(job, parts, bar, workers):
    bar.progress = lambda *_: os.killpg(0, signal.SIGINT)
    return real(job, parts, bar, workers)
running.beside = beside
sys.exit(run(sys.argv[1:]))
"""


def test_ctrl_c_is_one_sentence(market, tmp_path):
    """The terminal sends it to every process of the group, even to those that still begin."""
    numbers, end = market("standard", 1)
    export, settings = tmp_path / "export.csv", tmp_path / "perfbot.toml"
    numbers.to_csv(export, index=False)
    settings.write_text('[app]\ncurrency = "NOK"\n')
    words = ["rules", "backtest", "--workers", "2", "--file", str(export), "--config",
             str(settings), "--from", str(end - timedelta(30))]  # fmt: skip
    done = subprocess.run([sys.executable, "-c", STOPPED, *words], capture_output=True, text=True,
                          check=False, start_new_session=True, timeout=120)  # fmt: skip
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.strip() == "perfbot: Stopped before the end; nothing was written."
