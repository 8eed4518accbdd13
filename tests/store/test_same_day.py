"""A whole day is the same on either database: judged, posted, asked about, answered."""

from __future__ import annotations

from contextlib import closing

import pytest

from bot.ask import Asker
from bot.features.triage.answering import Decision, answer
from bot.store import copying, open_store
from docs.asking import ASKING
from docs.stage import CHANNEL, KARI, MONDAY, SHIFT, Stage, at

# Drawn anew by each store: the marks of boards and when a migration was applied.
OWN = ("board_marks",)


@pytest.fixture(scope="module")
def days(tmp_path_factory, postgres_schema):
    """The demo's Monday on both databases: their stores, and a desk on each."""
    folder = tmp_path_factory.mktemp("day")
    stage = Stage(folder)
    places = (str(folder / "day.db"), postgres_schema())
    for place in places:
        stage._monday(place)
    stores = [open_store(place) for place in places]
    yield stores, [stage._desk(store, at(MONDAY, 8, 20)) for store in stores]
    for store in stores:
        store.close()


def test_a_morning_leaves_the_same_rows(days):
    """Every row of every table, apart from what is drawn by chance."""
    (here, there), _ = days
    for store in (here, there):  # each database's own: its clock, and a campaign's mark
        with store.engine.writing() as session:
            session.run("UPDATE outbox SET queued_at = '2026-11-23T07:30:00.000000+00:00'")
            session.run("UPDATE campaigns SET mark = 'drawn'")
    with here.engine.reading() as mine, there.engine.reading() as theirs:
        for table in copying.TABLES:
            if table not in OWN:
                copying._compare(mine, theirs, table)


@pytest.mark.parametrize("name", ASKING)
def test_every_question_is_answered_alike(days, name):
    """The same words and blocks."""
    _, (here, there) = days
    asker = Asker(KARI, CHANNEL, "en", "Europe/Oslo")
    mine, theirs = (desk.ask(ASKING[name].english[0], asker, MONDAY) for desk in (here, there))
    assert mine.text == theirs.text
    assert mine.blocks == theirs.blocks


def test_an_answer_leaves_the_same_events(days, tmp_path, postgres_schema):
    """Acknowledged in a copy of each: state, log and memory are alike."""
    (here, there), _ = days
    told = []
    for store, place in ((here, str(tmp_path / "copy.db")), (there, postgres_schema())):
        with closing(open_store(place)) as copy:
            copying.copy(store.engine, copy.engine)
            desk = Stage(tmp_path)._desk(copy, at(MONDAY, 8, 25))
            (shift,) = [one for one in copy.all_advice() if one.advice.action == SHIFT]
            answer(desk.context, shift.advice.id, Decision("acknowledge"), Asker(KARI, CHANNEL))
            told.append((copy.advice(shift.advice.id), copy.events(), copy.memory(MONDAY),
                         copy.outcomes(), copy.find("kari")))  # fmt: skip
    assert told[0] == told[1]
    assert told[0][0].state == "acknowledged"
