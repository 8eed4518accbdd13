"""The log can be followed by people and by programs, and says no secret in either form."""

from __future__ import annotations

import io
import json
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.slack.lanes import Task, Turns
from bot.telemetry import tracing

TOKEN = "xoxb-123-456-abcDEF"


@pytest.fixture
def lines(monkeypatch):
    """What is logged in a form: `lines(form)` hands out a logger and a reader of its lines."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)

    def set_up(form):
        stream = io.StringIO()
        monkeypatch.setattr("sys.stderr", stream)
        tracing.set_up(form)
        return logging.getLogger("bot.test"), lambda: stream.getvalue().splitlines()

    yield set_up
    root.handlers[:], root.level = before


def fail(log):
    try:
        raise ValueError(f"token {TOKEN}")  # noqa: TRY301
    except ValueError:
        log.exception("It failed with %s.", TOKEN)


def test_json_is_one_object_a_line(lines):
    """Time, level, logger, sentence, request and what was logged beside it; tracebacks inside."""
    log, read = lines("json")
    with tracing.request("trigger:1"):
        log.info("Posted %s.", "digest:1", extra={"channel": "C1"})
        fail(log)
    posted, failed = map(json.loads, read())
    assert posted["event"] == "Posted digest:1."
    assert (posted["level"], posted["logger"], posted["channel"]) == ("info", "bot.test", "C1")
    assert posted["at"].endswith("Z")
    assert posted["request"] == failed["request"]
    assert len(posted["request"]) == tracing.LENGTH
    assert "ValueError: token [hidden]" in failed["exception"]
    assert TOKEN not in "".join(read())


def test_text_names_its_request_at_the_end(lines):
    """Lines of a request end with its id, others do not."""
    log, read = lines("text")
    log.info("Nobody asked.")
    with tracing.request("trigger:1"):
        log.info("Somebody asked, with %s.", TOKEN)
    alone, asked = read()
    assert alone.endswith("Nobody asked.")
    assert asked.endswith("Somebody asked, with [hidden]. [" + id_of("trigger:1") + "]")


def id_of(key):
    with tracing.request(key):
        return tracing.current()


def test_a_request_sent_again_has_the_id_it_had():
    """By Slack's own key; another request has another, one without a key has one of its own."""
    assert id_of("trigger:1") == id_of("trigger:1")
    assert len({id_of("trigger:1"), id_of("trigger:2"), id_of(""), id_of("")}) == 4
    assert tracing.current() == ""
    with tracing.request("trigger:1"), tracing.request(""):
        assert tracing.current() == id_of("trigger:1")


def test_what_is_put_in_line_stays_the_requests():
    """Work another thread does later, of several requests at once, is logged under its own."""
    turns, seen = Turns(2, "test"), {}

    def note(key):
        seen[key] = tracing.current()

    def put(key):
        with tracing.request(key):
            turns.take(key, Task(lambda: note(key)))

    with ThreadPoolExecutor(4) as people:
        list(people.map(put, [f"trigger:{number}" for number in range(20)]))
    while len(seen) < 20:
        pass
    turns.close(5)
    assert seen == {key: id_of(key) for key in seen}
