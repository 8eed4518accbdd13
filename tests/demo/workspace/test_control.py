"""The control API, its guard, and the faults: what a test of the bot can lean on."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.demo.workspace import Workspace
from bot.errors import PerfbotError


def fetch(url, body=None, **headers):
    """Status and JSON (or text) of a request."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
        error.close()
    return status, json.loads(text) if text[:1] in "[{" else text


def test_everything_a_person_does_can_be_posted(workspace):
    """Names and ids are both accepted; the state tells what came of it."""
    post = {"user": "Kari", "channel": "#performance", "text": "hei"}
    status, said = fetch(f"{workspace.url}/_control/message", post)
    assert (status, said["ok"]) == (200, True)
    react = {"user": "U0OLA0001", "channel": "C0PERFORM", "ts": said["ts"], "name": "eyes"}
    assert fetch(f"{workspace.url}/_control/react", react)[1]["ok"]
    state = fetch(f"{workspace.url}/_control/state")[1]
    assert {"id", "name", "is_bot"} <= set(state["users"][0])
    assert {"id", "name"} <= set(state["channels"][0])
    message = state["messages"][0]
    assert (message["text"], message["reactions"][0]["name"]) == ("hei", "eyes")
    assert {"ephemerals", "views", "homes"} <= set(state)


def test_the_log_keeps_what_happened(workspace, client):
    """Calls with their arguments, control, deliveries; `after` gives the news only."""
    client.chat_postMessage(channel="D0KARI001", text="hei")
    log = fetch(f"{workspace.url}/_control/log")[1]["log"]
    call = next(each for each in reversed(log) if each["kind"] == "api")
    assert (call["method"], call["args"]["text"], call["ok"]) == ("chat.postMessage", "hei", True)
    assert "token" not in call["args"]
    news = fetch(f"{workspace.url}/_control/log?after={call['n']}")[1]["log"]
    assert all(each["n"] > call["n"] for each in news)


def test_wrong_words_are_answered_with_the_known_ones(workspace):
    """Unknown verbs and bodies are 400; nothing breaks."""
    status, answer = fetch(f"{workspace.url}/_control/dance", {})
    assert (status, answer["error"]) == (400, "unknown_verb")
    assert "message" in answer["known"]
    assert fetch(f"{workspace.url}/_control/message", {"user": "kari"})[0] == 400
    assert fetch(f"{workspace.url}/_control/message", [1])[0] == 400
    status, answer = fetch(f"{workspace.url}/_control/fault", {"kind": "flood"})
    assert (answer["error"], "slow" in answer["known"]) == ("unknown_fault", True)


def test_the_clock_can_be_set_and_moved(workspace):
    """By seconds or to a time; reset brings the base clock back."""
    now = workspace.do("clock", set="2026-11-23T08:00:00+01:00")["now"]
    assert now == pytest.approx(1795417200, abs=2)
    assert workspace.do("clock", advance=60)["now"] == pytest.approx(now + 60, abs=2)
    workspace.do("reset")
    assert abs(workspace.do("clock")["now"] - now) > 1 or workspace.state.clock.offset == 0


def test_health_says_when_the_bot_is_there(empty, new_bot):
    """bot_connected follows the socket."""
    assert fetch(f"{empty.url}/healthz")[1]["bot_connected"] is False
    new_bot(empty)
    found = fetch(f"{empty.url}/healthz")[1]
    assert (found["bot_connected"], found["mode"], found["sockets"]) == (True, "socket", 1)


def test_a_port_in_use_is_one_sentence(workspace):
    """No traceback, and what to do."""
    with pytest.raises(PerfbotError, match=r"Port \d+ is already in use\. Choose another"):
        Workspace(port=workspace.port).start()


def test_rate_limits_pass_with_slacks_own_retry_handler(client, workspace):
    """429 with Retry-After, so many times, then all is well."""
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
    workspace.do("fault", kind="rate_limited", times=2, retry_after=0, method="chat.postMessage")
    assert client.chat_postMessage(channel="#performance", text="at last")["ok"]
    kinds = [each["error"] for each in workspace.state.log if each["kind"] == "api"]
    assert kinds[-3:] == ["rate_limited", "rate_limited", ""]


def test_a_lost_answer_has_done_its_work(client, workspace):
    """The post is there although the caller saw a 500: what metadata is for."""
    workspace.do("fault", kind="lost_answer", method="chat.postMessage")
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="#performance", text="once")
    assert [each["text"] for each in workspace.snapshot()["messages"]] == ["once"]


def test_a_server_error_has_not(client, workspace):
    """500 before anything happened; other methods are untouched."""
    workspace.do("fault", kind="server_error", method="chat.postMessage")
    assert client.auth_test()["ok"]
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="#performance", text="never")
    assert workspace.snapshot()["messages"] == []
    workspace.do("fault", kind="slow", seconds=0.05)
    assert client.auth_test()["ok"]
    workspace.do("fault", kind="server_error", times=5)
    workspace.do("fault", kind="none")
    assert client.auth_test()["ok"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"Host": "evil.example"}),
        ("/_control/state", {"Host": "evil.example:80"}),
        ("/api/auth.test", {"Origin": "https://evil.example"}),
        ("/_control/state", {"Origin": "null"}),
        ("/_control/state", {"Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_other_sites_and_names_are_kept_out(workspace, path, headers):
    """DNS rebinding and forged requests get 403."""
    assert fetch(workspace.url + path, **headers)[0] == 403


def test_the_page_is_its_own_and_says_so(workspace):
    """A strict policy; a link from elsewhere may open it."""
    visit = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert fetch(f"{workspace.url}/archives/C0PERFORM", **visit)[0] == 200
    with urllib.request.urlopen(workspace.url) as answer:
        policy = answer.headers["Content-Security-Policy"]
        text = answer.read().decode()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http://" not in text
    assert "https://" not in text


def test_the_pages_line_is_for_the_page(workspace):
    """Without the page's own origin there is no websocket."""
    import websockets.sync.client as dial
    from websockets.exceptions import InvalidStatus

    url = workspace.url.replace("http", "ws") + "/_page"
    for origin in (None, "https://evil.example"):
        with pytest.raises(InvalidStatus):
            dial.connect(url, origin=origin, proxy=None)
    with dial.connect(url, origin=workspace.url, proxy=None) as line:
        assert json.loads(line.recv())["change"] == "hello"
        line.send(json.dumps({"id": 7, "do": "clock", "body": {}}))
        answers = [json.loads(line.recv()) for _ in range(2)]
    assert [each["id"] for each in answers if each["change"] == "reply"] == [7]
