"""A question from Slack has a time budget; what is over it is given up in a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ask import Door, desk
from bot.context import request as budget


@pytest.fixture
def no_time(monkeypatch):
    """Every question's time is over before it begins."""
    monkeypatch.setattr(desk, "QUESTION", -1.0)


@pytest.mark.parametrize(
    "text", ["channel google", "advice", "compare google and meta", "why meta"]
)
def test_what_takes_too_long_is_given_up_in_a_sentence(world, kari, no_time, text):
    """In the reader's language, with the way out; nothing is raised."""
    reply = world.desk.ask(text, kari)
    assert "took too long" in reply.text
    assert "fewer days" in reply.text
    assert reply.error.code == "over_budget"
    assert "ga det opp" in world.desk.ask(text, replace(kari, language="nb")).text


def test_the_terminal_and_perfbot_itself_have_all_the_time(world, kari, no_time):
    """Whoever waits at a terminal can press Ctrl-C; what is read ahead holds up nobody."""
    for door in (Door.TERMINAL, Door.OWN):
        assert world.desk.ask("channel google", replace(kari, door=door)).error is None


def test_a_question_in_time_is_answered(world, kari):
    """The budget is gone with its question: the next has its own."""
    assert world.desk.ask("channel google", kari).error is None
    budget.check()


def test_the_outer_budget_holds():
    """A question asked inside another has no more time than that."""
    with budget.within(-1.0), budget.within(1000.0), pytest.raises(budget.OverBudget):
        budget.check()
    budget.check()
