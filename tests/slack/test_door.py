"""The HTTP door: measured, timed and verified before anything is parsed; never a 500."""

from __future__ import annotations

import json
import random
import socket as sockets
import string
import time
import urllib.parse
from contextlib import ExitStack

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app.serving import Server, listening
from bot.demo.workspace.wire import signature
from bot.slack import http
from bot.slack.app import drain
from bot.slack.bodies import NotFromSlackError, body_of, is_shaped
from bot.slack.lanes import behind

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def door(workspace_running, make_app):
    """The bot behind its own web server, with little patience."""
    bot, app = make_app()
    with ExitStack() as stack:
        stack.callback(drain, app)
        server = Server(http.asgi(app, patience=1.0), listening("127.0.0.1", 0), headers=1.0)
        server.start()
        stack.callback(server.stop)
        yield bot, server.address


def post(address, body, *, content_type="application/json", signed=True, stamp=None, **headers):
    """One request, signed as Slack signs it."""
    content = body if isinstance(body, bytes) else body.encode()
    stamp = stamp or str(int(time.time()))
    sign = signature("local-signing-secret", stamp, content.decode("utf-8", "replace"))
    known = {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp}
    known |= {"X-Slack-Signature": sign} if signed else {}
    return httpx.post(f"{address}/slack/events", content=content, headers=known | headers)


@pytest.mark.parametrize("stamp", ["abc", "", "-1", "1e9", "9" * 40, "１２３", "1", "nan"])
def test_a_stamp_that_is_no_time_is_turned_away(door, stamp):
    """`abc`, nothing, a year of the dinosaurs: 401, never a traceback."""
    headers = {"X-Slack-Request-Timestamp": stamp.encode()}
    content = b"{}"
    answer = httpx.post(
        f"{door[1]}/slack/events",
        content=content,
        headers={"X-Slack-Signature": "v0=" + "0" * 64, **headers},
    )
    assert answer.status_code == 401


@pytest.mark.parametrize("sign", ["", "v0=", "v0=" + "é" * 64, "v1=" + "0" * 64, "0" * 64])
def test_a_signature_that_is_none_is_turned_away(door, sign):
    """Whatever stands in its place."""
    answer = post(door[1], "{}", signed=False, **{"X-Slack-Signature": sign.encode()})
    assert answer.status_code == 401


def test_nothing_is_parsed_before_the_signature(door):
    """A bomb of brackets without a signature is 401, not a RecursionError."""
    assert post(door[1], "[" * 900_000, signed=False).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        "[]", "[[]]", "null", "true", "7", '"text"', "", "{", "{}", '{"type": 7}',
        '{"type": "event_callback"}',
        '{"type": "event_callback", "event": []}',
        '{"type": "event_callback", "event": {"type": []}}',
        '{"type": "event_callback", "event": {"type": "message", "item": 3}}',
        '{"type": "block_actions", "actions": [], "user": {"id": "U1"}}',
        '{"type": "block_actions", "actions": [3], "user": {"id": "U1"}}',
        '{"type": "block_actions", "actions": [{"action_id": {}}], "user": 7}',
        '{"type": "view_submission", "view": []}',
        '{"type": "view_submission"}',
        "[" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        b"\xed\xa0\x80",
    ],
)  # fmt: skip
def test_what_slack_would_not_send_is_never_a_500(door, body):
    """Signed, and nothing like a request: 400, as JSON and in a form's payload."""
    if isinstance(body, str):
        assert post(door[1], body).status_code == 400
        form = urllib.parse.urlencode({"payload": body})
        assert post(door[1], form, content_type=FORM).status_code == 400
    else:
        assert post(door[1], body).status_code in {400, 401}


def test_a_body_larger_than_slack_sends_is_not_read(door):
    """A megabyte and a byte: 413 from its length alone, and as soon as it is over without one."""
    assert post(door[1], "x" * (http.LARGEST + 1)).status_code == 413
    port = int(door[1].rsplit(":", 1)[1])
    with sockets.create_connection(("127.0.0.1", port), timeout=20) as caller:
        head = "POST /slack/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        caller.sendall(head.encode())
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        sent, answer = 0, b""
        caller.settimeout(0.05)
        while sent < 300_000_000 and not answer:
            try:
                caller.sendall(chunk)
                sent += 0x10000
                answer = caller.recv(100)
            except TimeoutError:
                continue
            except OSError:
                break
        assert sent < 20_000_000
        assert not answer or b"413" in answer


BEGUN = "POST /slack/events HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize("head", [f"{BEGUN}Content-Length: 9\r\n\r\nab", f"{BEGUN}X-"])
def test_a_slow_request_is_not_held_open(door, head):
    """A body, or its headers, that never comes to an end: the connection is closed."""
    port = int(door[1].rsplit(":", 1)[1])
    with sockets.create_connection(("127.0.0.1", port), timeout=20) as caller:
        caller.sendall(head.encode())
        answer = b""
        while part := caller.recv(1000):
            answer += part
    assert not answer or b" 408 " in answer.split(b"\r\n")[0]


def test_a_question_gets_through_that_door(door, workspace_running):
    """What is signed and well formed is heard, also while a hundred others dawdle."""
    bot, address = door
    port = int(address.rsplit(":", 1)[1])
    idle = [sockets.create_connection(("127.0.0.1", port), timeout=20) for _ in range(100)]
    form = urllib.parse.urlencode(
        {"command": "/perf", "text": "advice", "user_id": "U0KARI001", "channel_id": "C0PERFORM",
         "trigger_id": "t.door"}
    )  # fmt: skip
    assert post(address, form, content_type=FORM).status_code == 200
    end = time.monotonic() + 20
    while not bot.desk.heard and time.monotonic() < end:
        time.sleep(0.02)
    assert bot.desk.heard[0][:2] == ("ask", "advice")
    for each in idle:
        each.close()


def test_the_certificate_may_be_looked_at(door):
    """Slack's ssl_check is not signed, and is answered with nothing."""
    answer = post(door[1], "ssl_check=1&token=x", content_type=FORM, signed=False)
    assert (answer.status_code, answer.text) == (200, "")


def test_a_verified_address_answers_the_challenge(door):
    """url_verification is Bolt's to answer, and gets through."""
    body = json.dumps({"type": "url_verification", "challenge": "c1", "token": "t"})
    assert "c1" in post(door[1], body).text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["type", "event", "user", "actions", "view", "item", "text", "channel",
                         "message", "container", "state", "command", "x"]),
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_json_is_taken_or_refused(body):
    """Whatever its shape: an object that is shaped like Slack's, or the error that says no."""
    content = json.dumps(body).encode()
    try:
        assert is_shaped(body_of("application/json", content))
    except NotFromSlackError:
        assert not is_shaped(body)


LABEL = {"type": "plain_text", "text": "Acknowledge", "emoji": False}


@pytest.mark.parametrize(
    "pressed",
    [
        {"action_id": "advice.acknowledge", "type": "button", "text": LABEL, "value": "a1"},
        {"action_id": "advice.snooze", "type": "static_select", "placeholder": LABEL,
         "selected_option": {"text": LABEL, "value": "1d:a1"}},
    ],
)  # fmt: skip
def test_what_slack_sends_of_a_press_is_shaped_like_slacks(pressed):
    """A button's text is an object where a command's is what was typed: both are let in."""
    body = {"type": "block_actions", "user": {"id": "U1"}, "actions": [pressed],
            "message": {"ts": "1.1", "text": "Move it.", "blocks": [{"type": "section",
                                                                     "text": LABEL}]}}  # fmt: skip
    assert is_shaped(body)
    assert is_shaped({"command": "/perf", "text": "help"})
    assert not is_shaped({"command": "/perf", "text": LABEL})


PARTS = st.dictionaries(st.sampled_from(["user", "channel", "text", "ts", "thread_ts", "item",
                                         "message", "subtype", "channel_type", "bot_id", "tab",
                                         "reaction", "edited", "files", "state", "x"]),
                        JSON, max_size=6)  # fmt: skip
KINDS = st.sampled_from(["message", "app_mention", "reaction_added", "app_home_opened", "x"])
IDS = st.sampled_from(["advice.acknowledge", "advice.snooze", "window", "share", "home.zone",
                       "plan.new", "plan.preview", "subscribe.change", "x"])  # fmt: skip
VIEWS = st.sampled_from(["advice.dismiss", "subscribe", "plan", "home.subscribe", "x"])
VIEW = {"type": "modal"}
REQUESTS = st.one_of(
    st.builds(lambda more, kind: {"type": "event_callback", "event": more | {"type": kind}},
              PARTS, KINDS),
    st.builds(lambda more, act, name: more | {"type": "block_actions",
                                              "actions": [act | {"action_id": name}]},
              PARTS, PARTS, IDS),
    st.builds(lambda more, view, name: more | {"type": "view_submission",
                                               "view": view | VIEW | {"callback_id": name}},
              PARTS, PARTS, VIEWS),
    st.builds(lambda more: more | {"command": "/perf"}, PARTS),
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
@given(REQUESTS.filter(is_shaped))
def test_what_is_shaped_like_slacks_is_heard_without_an_error(shaped_app, body):
    """By Bolt and our listeners: answered, whatever is missing in it."""
    from slack_bolt import BoltRequest

    answer = shaped_app.dispatch(BoltRequest(mode="socket_mode", body=body))
    assert answer.status in {200, 404, 503}  # 503: busy, say it again; 500 is a bug


def test_an_item_that_is_no_place_is_not_shaped_like_slacks():
    """Found by fuzzing: Bolt looks for a channel in an `item` of any request."""
    press = {"type": "block_actions", "actions": [{"action_id": "advice.acknowledge"}]}
    assert is_shaped(press | {"item": {"channel": "C1"}})
    assert not is_shaped(press | {"item": {"channel": False}})


@pytest.mark.parametrize("name", ["plan.remove", "plan.preview", "threshold.cell"])
def test_a_forms_button_without_its_form_is_left_alone(shaped_app, caplog, name):
    """Found by fuzzing: it stands in forms only; acknowledged, and nothing is done."""
    from slack_bolt import BoltRequest

    press = {"type": "block_actions", "user": {"id": "U0KARI001"},
             "actions": [{"action_id": name, "type": "button", "value": "x"}]}  # fmt: skip
    strange = {"view": {"id": "V1", "type": "modal", "callback_id": " plan"}}
    for body in (press, press | strange):
        assert shaped_app.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200
    lanes = behind(shaped_app).lanes
    assert not any(lane._queues or lane._running for lane in (lanes.keeping, lanes.answers))
    assert "failed" not in caplog.text


@pytest.fixture(scope="module")
def shaped_app(make_app):
    _, app = make_app()
    yield app
    drain(app)


def test_random_bytes_are_turned_away(door):
    """A thousand signed pieces of noise on one connection: 400 or 401, each."""
    seeded = random.Random(7)
    letters = string.printable
    stamp = str(int(time.time()))
    with httpx.Client() as client:
        for _ in range(200):
            content = "".join(seeded.choices(letters, k=seeded.randrange(60)))
            headers = {
                "Content-Type": seeded.choice(["application/json", FORM, "text/plain", ""]),
                "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": signature("local-signing-secret", stamp, content),
            }
            answer = client.post(f"{door[1]}/slack/events", content=content, headers=headers)
            assert answer.status_code == 400, content


def heard(bot):
    return [text for verb, text, *_ in bot.desk.heard if verb == "ask"]


def test_a_recorded_request_is_not_done_twice(door):
    """Signed by Slack and sent again by somebody else: taken once, with a trigger id or without."""
    bot, address = door
    for number, more in enumerate(({}, {"trigger_id": "1.2.3"})):
        fields = {"command": "/perf", "text": f"replay {number}", "user_id": "U0KARI001"}
        fields |= {"channel_id": "C0PERFORM", "response_url": "http://127.0.0.1:9/r"}
        body, stamp = urllib.parse.urlencode(fields | more), str(int(time.time()))
        answers = [
            post(address, body, content_type=FORM, stamp=stamp).status_code for _ in range(3)
        ]
        assert answers == [200, 200, 200]
    end = time.monotonic() + 10
    while len(heard(bot)) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.1)
    assert sorted(text for text in heard(bot) if "replay" in text) == ["replay 0", "replay 1"]


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_a_signature_of_another_time_is_turned_away(door, minutes):
    """Older than five minutes, or of the future: 401, though it is rightly signed."""
    stamp = str(int(time.time()) - 60 * minutes)
    assert post(door[1], "{}", stamp=stamp).status_code == 401
