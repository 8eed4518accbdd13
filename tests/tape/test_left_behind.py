"""What a9449ed left behind is read, pressed and answered by today's perfbot."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime

import pytest

from tests.tape import door, dump
from tests.tape.play import Player, pressable

MORNING = datetime(2026, 12, 14, 8, 2, tzinfo=UTC)  # its last one, an hour later


@pytest.fixture(scope="module")
def restored(tmp_path_factory):
    """The database of that commit, as it was left."""
    return dump.restore(tmp_path_factory.mktemp("left") / "perfbot.db")


@contextmanager
def at_work(database, path):
    """perfbot of today at work on a copy of it, in a Slack that shows what was posted then."""
    path.write_bytes(database.read_bytes())
    with door.morning(path, MORNING) as morning:
        morning.put_back(dump.slack())
        yield Player(morning)


@pytest.fixture
def left(restored, tmp_path):
    """A morning to act on."""
    with at_work(restored, tmp_path / "perfbot.db") as player:
        yield player


@pytest.fixture(scope="module")
def asked(restored, tmp_path_factory):
    """A morning that is only asked."""
    with at_work(restored, tmp_path_factory.mktemp("asked") / "perfbot.db") as player:
        yield player


def rows(path, query):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def message(player, words):
    """The newest message that shows that advice with its buttons."""
    return [each for each in player.items() if words in each["text"]][-1]


def state(player, advice_id):
    (found,) = rows(player.morning.path, f"SELECT state FROM advice WHERE id = '{advice_id}'")
    return found[0]


def advice_of(thing):
    return next(each["value"] for each in pressable(thing["blocks"]) if each.get("value"))


def kinds(entry):
    return [each["kind"] for each in entry["events"]]


def test_nothing_of_it_is_lost_in_the_upgrade(restored, left):
    """Advice, events, subscriptions, posted messages and numbers are as many as they were."""
    for table in ("advice", "events", "subscriptions", "outbox", "daily", "preferences", "plan"):
        before, after = (rows(path, f"SELECT COUNT(*) FROM {table}")
                         for path in (restored, left.morning.path))  # fmt: skip
        assert before == after, table


@pytest.mark.parametrize(
    ("action", "after"),
    [("advice.acknowledge", "acknowledged"), ("advice.progress", "in_progress")],
)
def test_an_old_button_is_pressed(left, action, after):
    """The answer is kept, the old message edited, and one line said in its thread."""
    item = message(left, "Check the tracking")
    entry = left.press("an old button", item, action)
    assert action in kinds(entry)
    assert state(left, advice_of(item)) == after
    texts = [each["text"] for each in entry["messages"]]
    assert sum(text.startswith("Kari Nordmann") for text in texts) == 1
    assert any("Check the tracking" in text for text in texts)


def test_an_old_menu_is_used(left):
    """Snoozed by the value the menu had then."""
    item = message(left, "Check the tracking")
    (menu,) = [each for each in pressable(item["blocks"]) if each["action_id"] == "advice.snooze"]
    left.press("an old menu", item, "advice.snooze", value=menu["options"][2]["value"])
    assert state(left, advice_of(item)) == "snoozed"


def test_an_old_answer_is_taken_back(left):
    """Undo on the message of advice answered then."""
    (item,) = [each for each in left.items() if "advice.undo" in str(each["blocks"])][-1:]
    advice_id = advice_of(item)
    left.press("an old undo", item, "advice.undo")
    assert state(left, advice_id) == "open"


def test_old_evidence_is_opened(left):
    """Its numbers were stored as JSON then."""
    left.press("old evidence", message(left, "Check the tracking"), "advice.evidence")
    assert left.morning.look()["views"][-1]["user"] == door.KARI


def test_a_form_that_was_open_is_sent(left):
    """Its private_metadata was written then, and names the advice and the thread."""
    view = next(each for each in dump.slack()["views"] if each["callback_id"] == "advice.dismiss")
    values = {"reason": "known", "note": "We know"}
    entry = left.act("sent", "submit_view", user=door.KARI, view_id=view["id"], values=values)
    assert "advice.dismiss" in kinds(entry)
    assert not [each for each in left.morning.look()["views"] if each["id"] == view["id"]]


def test_a_plan_form_that_was_open_is_sent(left):
    """With the revision of the plan it was opened on."""
    view = next(each for each in dump.slack()["views"] if each["callback_id"] == "plan")
    entry = left.act("sent", "submit_view", user=door.OLA, view_id=view["id"],
                     values={"plan.target": "275"})  # fmt: skip
    assert "plan.set" in kinds(entry)
    targets = left.act("targets", "command", text="/perf targets")
    assert "275" in str(targets["whispers"])


def test_a_button_of_an_old_home_tab_is_pressed(left):
    """Home as it was published then, before it is opened again."""
    home = left.home()
    known = next(each for each in pressable(home["blocks"])
                 if each["action_id"] == "advice.progress")  # fmt: skip
    left.press("on the old Home", home, "advice.progress", value=known["value"])
    assert state(left, known["value"]) == "in_progress"


def test_a_line_in_an_old_thread_is_an_answer(left):
    """`jobber med det 4` under the digest posted then."""
    digest = [each for each in left.messages() if each["text"].startswith("Good morning")][-1]
    entry = left.act("a line", "message", text="jobber med det 4", thread_ts=digest["ts"])
    assert "advice.progress" in kinds(entry)


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("channel google", "Google"),
        ("campaign generic", "Google | Generic"),
        ("why google cpa 28d", "CPA"),
        ("advice", "Check the tracking of Meta | Leads B2B"),
        ("outcomes", "1 move measured"),
        ("audit", "Ola"),
        ("targets", "180"),
        ("settings", "Europe/Oslo"),
        ("find landing", "landing page"),
        ("pacing", "month"),
    ],
)
def test_questions_are_answered_from_it(asked, question, holds):
    """Boards, advice, plan, events and outcomes of then, in an answer without an error."""
    entry = asked.act("asked", "command", text=f"/perf {question}")
    (whisper,) = entry["whispers"]
    assert holds in str(whisper)
    assert "Something went wrong" not in whisper["text"]


def test_the_board_and_the_outcomes_are_read_by_programs(restored):
    """`perfbot board` and `outcomes` as JSON: every campaign, and the move that was measured."""
    place = ("--db", str(restored), "--format", "json")
    door.run("db", "upgrade", "--db", str(restored))
    board = door.run("board", "--as-of", "2026-12-14", "--window", "28d", *place)
    assert len(board["out"]["campaigns"]) == 13
    outcomes = door.run("outcomes", "--as-of", "2026-12-14", *place)
    assert [each["rule"] for each in outcomes["out"]["outcomes"]] == ["convert-test-shift"]


def test_the_next_morning_goes_on_from_it(left):
    """A digest the day after: in old threads too what is no longer true is said to be so."""
    left.morning.clock.turn(hours=23)
    left.morning.market.bring(left.morning.context.store, date(2026, 12, 14))
    left.morning.tick()
    entry = left.note("the next morning")
    assert "digest.queued" in kinds(entry)
    assert any(each["text"].startswith("Good morning") for each in entry["messages"])
