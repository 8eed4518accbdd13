"""Many at once over the wire: acknowledged in Slack's three seconds, answered in turn."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from slack_bolt import BoltRequest

from bot.errors import StoreError
from bot.slack.bodies import request_key
from bot.slack.lanes import REMEMBERED, Deduplication, QuestionRate, Task, Turns

KARI, OLA = "U0KARI001", "U0OLA0001"
MANY = 80


def button(action_id, value="a1"):
    text = {"type": "plain_text", "text": "Press"}
    element = {"type": "button", "action_id": action_id, "text": text, "value": value}
    return [{"type": "actions", "elements": [element]}]


def ask(bot, count, user="kari"):
    """So many questions at the same moment; the workspace counts three seconds for each."""
    with ThreadPoolExecutor(count) as pool:
        asked = [pool.submit(bot.do, "command", text="/perf advice", user=user)
                 for _ in range(count)]  # fmt: skip
        return [each.result() for each in asked]


def test_eighty_questions_at_once_are_acknowledged_and_answered(bot):
    """Thirteen rounds of answers, seconds long: all are acknowledged in three, all are answered."""
    bot.desk.slow = 0.25
    assert all(answer["ok"] for answer in ask(bot, MANY))
    assert bot.until(lambda s: len(s["ephemerals"]) == MANY, 60)


def test_a_press_does_not_wait_for_questions(bot):
    """Behind eighty questions an answer is kept at once, and its modal opens in time."""
    bot.desk.slow = 0.4
    ts = bot.post(blocks=button("advice.acknowledge") + button("advice.dismiss"))
    ask(bot, MANY)
    bot.desk.slow = 0.0
    bot.do("action", ts=ts, action_id="advice.acknowledge")
    assert [call[0] for call in bot.desk.heard].count("ask") < MANY
    bot.do("action", ts=ts, action_id="advice.dismiss")
    assert bot.until(lambda s: s["views"])
    bot.until(lambda s: len(s["ephemerals"]) == MANY, 60)


def test_one_persons_questions_hold_up_nobody_else(bot):
    """Kari asks forty things; Ola, who asks after her, is answered before she is done."""
    bot.desk.slow = 0.3
    ask(bot, 40)
    bot.do("command", text="/perf help", user="ola")
    first = bot.until(lambda s: [w for w in s["ephemerals"] if w["user"] == OLA])
    assert first
    assert sum(w["user"] == KARI for w in bot.look()["ephemerals"]) < 40
    bot.until(lambda s: len(s["ephemerals"]) == 41, 60)


def test_too_many_questions_are_refused_in_one_sentence(bot, running):
    """A person may ask three at once: the fourth and fifth are not answered, and that is said."""
    from bot.slack.app import build, drain

    app = build(
        replace(running.parts, rate=(3, 1)),
        bot_token=bot.workspace.bot_token,
        api_url=bot.workspace.api_url,
    )
    question = {"command": "/perf", "text": "advice", "channel_id": "C0PERFORM", "user_id": KARI}
    for number in range(5):
        app.dispatch(BoltRequest(mode="socket_mode", body={**question, "trigger_id": str(number)}))
    app.dispatch(BoltRequest(mode="socket_mode", body={**question, "user_id": OLA}))
    bot.heard("ask", 4)
    assert len(bot.whispers("faster than I can answer")) == 1
    drain(app)
    assert sorted(call[2][0] for call in bot.desk.heard) == [KARI, KARI, KARI, OLA]


def test_the_same_request_twice_is_answered_once():
    """The same slash command's trigger twice is answered once; one without a key is always new."""
    lately = Deduplication()
    key = request_key({"command": "/perf", "trigger_id": "17.4"})
    assert [lately.first(key), lately.first(key)] == [True, False]
    assert lately.first(request_key({"command": "/perf", "trigger_id": "17.5"}))
    assert [lately.first(""), lately.first("")] == [True, True]


def test_so_many_requests_are_known_and_no_more():
    """Memory stays bounded: the last thousand are known again, and what came before them is not."""
    lately = Deduplication()
    keys = [f"trigger:{number}" for number in range(REMEMBERED + 1)]
    assert all(lately.first(key) for key in keys)
    assert not any(lately.first(key) for key in keys[1:])
    assert lately.first(keys[0])


def test_questions_come_free_again_with_time():
    """Two at once, one more a second; and no more than two, however long somebody was away."""
    rate, now = QuestionRate(2, 1), datetime(2026, 11, 23, tzinfo=UTC)
    assert [rate.allows("U1", now) for _ in range(3)] == [True, True, False]
    assert rate.tells("U1", now)
    assert not rate.tells("U1", now)
    assert rate.allows("U1", now + timedelta(seconds=1))
    later = now + timedelta(hours=1)
    assert [rate.allows("U1", later) for _ in range(3)] == [True, True, False]
    assert rate.allows("U1", now) is False  # a clock turned back gives nothing


@pytest.mark.parametrize("where", ["button", "form"])
def test_what_was_not_kept_is_said(bot, where):
    """The store is in trouble: whoever answered hears that nothing was kept, and nothing was."""
    name = "advice.acknowledge" if where == "button" else "advice.dismiss"
    ts = bot.post(blocks=button(name))
    bot.do("action", ts=ts, action_id=name) if where == "form" else None
    if where == "form":
        bot.until(lambda s: s["views"])
    bot.desk.fails = StoreError("The database is locked by another program.")
    if where == "form":
        answer = bot.do("submit_view", values={"reason": {"text": "Frozen."}})
        assert "was not kept" in answer["errors"]["reason"]
        assert bot.look()["views"]  # what was typed is still there
    else:
        bot.do("action", ts=ts, action_id=name)
        assert bot.whispers("was not kept")[0]["user"] == KARI
    assert bot.memory.claimed == set()


def test_who_answers_is_told_without_the_store(bot):
    """Not even a name or a language can be read: the sentence comes all the same."""

    def broken(*_args, **_values):
        raise StoreError("perfbot.db is damaged.")

    ts = bot.post(blocks=button("advice.acknowledge"))
    for name in ("claim", "preference", "set_preference"):
        setattr(bot.memory, name, broken)
    bot.do("action", ts=ts, action_id="advice.acknowledge")
    assert bot.whispers("was not kept")


def test_an_answer_in_a_thread_is_kept_before_slack_is_told(bot):
    """Where the store is busy past three seconds, Slack was not told, and asks again: kept once."""
    ts = bot.post()
    bot.memory.slow = 3.3
    bot.do("message", text="ack", thread_ts=ts)
    bot.heard("thread")
    retried = lambda _: [e for e in bot.workspace.state.log if e.get("retry")]  # noqa: E731
    bot.until(retried)
    bot.memory.slow = 0.0
    bot.settle_down(3.5)
    assert len(bot.heard("thread")) == 1


def test_a_payload_that_names_nobody_does_nothing(bot):
    """No user, no rights: the desk is never asked."""
    for body in (
        {"command": "/perf", "text": "advice", "channel_id": "C0PERFORM", "trigger_id": "t1"},
        {
            "type": "block_actions",
            "user": {},
            "trigger_id": "t2",
            "actions": [{"action_id": "advice.acknowledge", "value": "a1", "type": "button"}],
        },
        {
            "type": "event_callback",
            "event_id": "Ev1",
            "event": {"type": "message", "channel": "D0KARI001", "channel_type": "im",
                      "text": "advice", "ts": "1.0"},
        },
    ):  # fmt: skip
        answer = bot.app.dispatch(BoltRequest(mode="socket_mode", body=body))
        assert answer.status == 200
    bot.settle_down()
    assert bot.desk.heard == []


# -- the threads themselves -------------------------------------------------------------------


@contextmanager
def turns(*args, **options):
    made = Turns(*args, **options)
    yield made
    made.close(5)


def test_a_task_that_takes_too_long_is_said_and_costs_no_thread():
    """One thread, one endless task: its person is told, and the next person is served."""
    hold, late, served = threading.Event(), threading.Event(), threading.Event()
    with turns(1, "t", budget=0.1) as lane:
        lane.take("kari", Task(lambda: hold.wait(30), late=late.set))
        assert late.wait(10)
        lane.take("ola", Task(served.set))
        assert served.wait(10)
        hold.set()


def test_stopping_drops_what_was_not_begun_and_says_so():
    """A burst at the end: what waits in line is dropped and told; what is at work may end."""
    hold, begun, dropped = threading.Event(), threading.Event(), []

    def work():
        begun.set()
        hold.wait(30)

    lane = Turns(1, "t")
    lane.take("kari", Task(work))
    assert begun.wait(10)
    for number in range(20):
        lane.take("kari", Task(lambda: None, dropped=lambda n=number: dropped.append(n)))
    assert lane.close(0.05) == 1
    assert dropped == list(range(20))
    hold.set()
    assert lane.close(10) == 0
    lane.take("ola", Task(lambda: None, dropped=lambda: dropped.append("after")))
    assert dropped[-1] == "after"
