"""Every fault the workspace can have: what the app sees, and that all is well afterwards."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.workspace.faults import KINDS
from bot.demo.workspace.model import ApiError

POST = {"channel": "#performance", "text": "once"}


def texts(workspace):
    return [each["text"] for each in workspace.snapshot()["messages"]]


@pytest.mark.parametrize(
    "error", ["token_revoked", "account_inactive", "fatal_error", "is_archived"]
)
def test_any_refusal_can_be_asked_for(client, workspace, tools, error):
    """Errors a healthy workspace never gives: ok false, nothing done, then all is well."""
    workspace.do("fault", kind="api_error", method="chat.postMessage", error=error)
    assert client.auth_test()["ok"]
    assert tools.refuses(lambda: client.chat_postMessage(**POST))["error"] == error
    assert texts(workspace) == []
    client.chat_postMessage(**POST)
    assert texts(workspace) == ["once"]


def test_a_refusal_without_a_name_is_slacks_own_trouble(client, workspace, tools):
    """internal_error, and the fault says so."""
    assert workspace.do("fault", kind="api_error")["fault"]["error"] == "internal_error"
    assert tools.refuses(client.auth_test)["error"] == "internal_error"


def test_a_cut_connection_has_done_its_work(client, workspace):
    """No answer at all, as a network does it; the message is there."""
    workspace.do("fault", kind="hang_up", method="chat.postMessage")
    client.retry_handlers.clear()
    with pytest.raises((OSError, http.client.HTTPException)):
        client.chat_postMessage(**POST)
    assert texts(workspace) == ["once"]
    assert client.auth_test()["ok"]


def test_a_cut_connection_doubles_what_is_sent_again(client, workspace):
    """Slack's own client, as it comes, posts again after a cut: what metadata is for."""
    workspace.do("fault", kind="hang_up", method="chat.postMessage")
    client.chat_postMessage(**POST)
    assert texts(workspace) == ["once", "once"]


def test_a_slow_answer_outlasts_the_callers_patience(client, workspace):
    """The caller gives up; the work is done nevertheless."""
    workspace.do("fault", kind="slow", method="chat.postMessage", seconds=0.4)
    client.timeout = 0.1
    with pytest.raises(OSError, match="timed out"):
        client.chat_postMessage(**POST)
    client.timeout = 10
    assert client.auth_test()["ok"]


def test_uploads_have_faults_of_their_own(client, workspace):
    """The second of an upload's three steps fails: nothing is shown, and again it works."""
    workspace.do("fault", kind="server_error", method="upload")
    send = {"channel": "C0PERFORM", "content": "a,b", "filename": "x.csv"}
    with pytest.raises((SlackApiError, urllib.error.HTTPError)):
        client.files_upload_v2(**send)
    assert workspace.snapshot()["messages"] == []
    client.files_upload_v2(**send)
    assert len(workspace.snapshot()["messages"]) == 1


def test_a_response_url_can_fail(bot, workspace):
    """429 with Retry-After there too; the failed answer is no use of the five."""
    found = []
    bot.app.command("/perf")(lambda ack, command: (ack(), found.append(command["response_url"])))
    ask = {"user": "kari", "channel": "performance", "text": "/perf help"}
    workspace.do("command", **ask)
    workspace.do("fault", kind="rate_limited", method="response_url", seconds=7)
    answer = urllib.request.Request(found[0], b'{"text": "here"}')
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(answer)
    assert (caught.value.code, caught.value.headers["Retry-After"]) == (429, "7")
    caught.value.close()
    for _ in range(5):
        urllib.request.urlopen(answer).close()
    assert len(workspace.snapshot()["ephemerals"]) == 5


@pytest.mark.parametrize("fault", ["bad_signature", "clock_skew"])
def test_a_forged_or_old_delivery_is_turned_away(new_workspace, new_bot, serve_http, fault):
    """Bolt answers 401, the page says so, and nothing is heard; the next one is fine."""
    own = new_workspace()
    bot, heard = new_bot(own, connect=False), []
    bot.app.command("/perf")(lambda ack, command: (ack(), heard.append(command["text"])))
    assert own.do("http", url=serve_http(bot.app))["ok"]
    own.do("fault", kind=fault, seconds=-400)
    ask = {"user": "kari", "channel": "performance"}
    assert own.do("command", **ask, text="/perf one")["error"] == "http_401"
    assert own.do("command", **ask, text="/perf two")["ok"]
    assert heard == ["two"]


def test_a_warning_comes_before_the_end_of_a_connection(bot, workspace, tools):
    """`disconnect` with reason warning: Bolt dials again and goes on hearing."""
    before = workspace._sockets.open[0]
    workspace.do("fault", kind="disconnect", reason="warning")
    tools.wait(lambda: workspace._sockets.open and workspace._sockets.open[0] is not before)
    workspace.do("message", user="kari", channel="performance", text="still there?")
    assert tools.wait(lambda: bot.heard)[0]["text"] == "still there?"


def test_every_fault_is_named_and_explained(workspace):
    """An unknown one is answered with those there are."""
    answer = workspace.do("fault", kind="flood")
    assert answer["known"] == sorted(KINDS)
    assert all(KINDS.values())
    with pytest.raises(ApiError):
        workspace.faults.add({"kind": ""})
