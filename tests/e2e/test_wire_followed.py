"""One id leads from what somebody did in Slack to the message that shows it."""

from __future__ import annotations

import logging

import pytest

from bot.telemetry import metrics, tracing


@pytest.fixture
def mode():
    return "socket"


class Lines(logging.Handler):
    """What was logged, each line with the request it was logged in."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        self.lines.append((tracing.current(), record.getMessage()))

    def request_of(self, words):
        return [request for request, line in list(self.lines) if words in line]


@pytest.fixture
def lines():
    handler, log = Lines(), logging.getLogger("bot")
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield handler
    log.removeHandler(handler)
    log.setLevel(before)


def value(name, **labels):
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_press_is_followed_to_the_posted_edit(posted, lines):
    """Kept, answered, queued in the database, delivered by a courier: one id; and counted."""
    kept = value("perfbot_answer_seconds_count", kind="answer")
    edits = value("perfbot_deliveries_total", kind="update", result="sent")
    calls = value("perfbot_slack_calls_total", result="ok")
    item = posted.items()[0]
    button = next(
        element
        for block in item["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == "advice.acknowledge"
    )
    posted.do("action", ts=item["ts"], action_id=button["action_id"], value=button["value"])
    posted.until(lambda _: lines.request_of("Posted answer:"))
    (request,) = set(lines.request_of("advice.acknowledge: answer done"))
    assert len(request) == tracing.LENGTH
    assert set(lines.request_of("Posted answer:")) == {request}
    with posted.context.store.engine.reading() as db:
        stored = db.tuples("SELECT DISTINCT request FROM outbox WHERE key LIKE 'answer:%'")
    assert stored == [(request,)]
    assert value("perfbot_answer_seconds_count", kind="answer") == kept + 1
    assert value("perfbot_deliveries_total", kind="update", result="sent") > edits
    assert value("perfbot_slack_calls_total", result="ok") > calls


def test_a_question_has_an_id_of_its_own_and_is_timed(day, lines):
    """`/perf help` twice: two ids, two answers counted; nobody's work is logged under them."""
    questions = value("perfbot_answer_seconds_count", kind="question")
    for _ in range(2):
        day.do("command", text="/perf help")
    day.until(lambda _: len(lines.request_of("/perf: question done")) == 2)
    assert len(set(lines.request_of("/perf: question done"))) == 2
    assert value("perfbot_answer_seconds_count", kind="question") == questions + 2
