"""The world the questions are asked in stands still, so that its figures can be written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from benchmarks.questions import corpus, world
from benchmarks.questions.__main__ import ask
from benchmarks.questions.scoring import Score


@pytest.fixture(scope="module")
def place() -> Path:
    return world.made()


def test_raw_numbers_are_those_perfbot_reads(place: Path) -> None:
    """What pandas adds up from the raw rows and what the database holds are the same numbers."""
    with world.context(place) as context:
        stored = context.store.numbers(as_of=world.AS_OF)
    columns = ["spend", "clicks", "leads", "conversions", "revenue"]
    assert stored[columns].sum().to_dict() == pytest.approx(world.known()[columns].sum().to_dict())
    assert len(stored) == len(world.known())


def test_people_have_answered_what_the_questions_ask_about(place: Path) -> None:
    """Kari and Ola did what the corpora say they did, and one move has been measured."""
    with world.context(place) as context:
        log = [(e.at.date(), e.actor, e.kind) for e in context.store.events()]
        (moved,) = context.store.outcomes()
    assert (date(2026, 11, 27), world.KARI, "advice.acknowledge") in log
    assert (date(2026, 11, 26), world.OLA, "advice.progress") in log
    assert (date(2026, 11, 27), world.OLA, "advice.dismiss") in log
    assert (date(2026, 11, 20), world.OLA, "plan.set") in log
    assert moved.outcome is not None
    low, change, high = moved.outcome.low, moved.outcome.change, moved.outcome.high
    assert low < change < high < 0  # it lowered the price, by more than such a move usually does
    assert moved.outcome.verdict == "too_small_to_tell"


def test_questions_go_through_the_door_of_perfbot_ask(place: Path) -> None:
    """A reply of the product's own is read whole: what a command answers today is scored right."""
    key = {"sum": "spend", "channel": "google_ads"}
    entry = {
        "id": "t1", "language": "en", "asked": "/perf channel google last week",
        "intent": "how_much", "subject": "google_ads", "window": "2026-11-16..2026-11-22",
        "figure": key,
    }  # fmt: skip
    (question,) = corpus.parsed({"questions": [entry]})
    with world.context(place) as context:
        assert ask(context, question).score is Score.RIGHT
        assert ask(context, replace(question, asked="/perf channel meta")).score is Score.WRONG
        assert ask(context, replace(question, asked="/perf blah")).score is Score.LOST


def test_the_market_stands_still() -> None:
    """The same code gives the same numbers, to the last sale: keys written down stay true."""
    known = world.known()
    assert (len(known), known["conversions"].sum()) == (1192, 7001)
    assert known["spend"].sum() == pytest.approx(1785519.34)
