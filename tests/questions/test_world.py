"""The world the questions are asked in stands still, so that its figures can be written down."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.questions import world


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("questions") / "world.db"
    world.make(path)
    return path


def test_raw_numbers_are_those_perfbot_reads(place: Path) -> None:
    """What pandas adds up from the raw rows and what the database holds are the same numbers."""
    with world.office(place) as office:
        stored = office.store.numbers(as_of=world.AS_OF)
    columns = ["spend", "clicks", "leads", "conversions", "revenue"]
    assert stored[columns].sum().to_dict() == pytest.approx(world.known()[columns].sum().to_dict())
    assert len(stored) == len(world.known())


def test_people_have_answered_what_the_questions_ask_about(place: Path) -> None:
    """Kari and Ola did what the corpora say they did, and one move has been measured."""
    with world.office(place) as office:
        log = [(e.at.date(), e.actor, e.kind) for e in office.store.events()]
        (moved,) = office.store.outcomes()
    assert (date(2026, 11, 27), world.KARI, "advice.acknowledge") in log
    assert (date(2026, 11, 26), world.OLA, "advice.progress") in log
    assert (date(2026, 11, 27), world.OLA, "advice.dismiss") in log
    assert (date(2026, 11, 20), world.OLA, "plan.set") in log
    assert moved.outcome is not None
    assert moved.outcome.verdict == "worked"


def test_the_market_stands_still() -> None:
    """The same code gives the same numbers, to the last sale: keys written down stay true."""
    known = world.known()
    assert (len(known), known["conversions"].sum()) == (1192, 7001)
    assert known["spend"].sum() == pytest.approx(1785519.34)
