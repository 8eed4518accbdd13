"""HTTP mode: signed requests to a Bolt app behind an address."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient

from bot.demo.workspace.wire import decode, signature


@pytest.fixture
def http(new_workspace, new_bot, serve_http, tools):
    """A workspace that delivers to a Bolt app over HTTP."""
    workspace = new_workspace()
    bot = new_bot(workspace, connect=False)
    assert workspace.do("http", url=serve_http(bot.app))["ok"]
    return workspace, bot


def test_the_address_is_verified_first(http):
    """url_verification's challenge came back."""
    workspace, _bot = http
    assert workspace.connected()
    assert workspace.do("http", url="http://127.0.0.1:9/nobody")["error"] == "dispatch_failed"
    assert workspace.do("http", url="file:///etc/passwd")["error"] == "invalid_url"


def test_an_address_given_at_the_start_is_tried_until_it_answers(
    new_workspace, new_bot, serve_http, tools
):
    """The app may come up after the workspace."""
    bot = new_bot(new_workspace(), connect=False)
    late = new_workspace(http_url=serve_http(bot.app))
    tools.wait(late.connected)


def test_the_manifests_own_addresses_are_used(new_workspace, new_bot, serve_http, buttons, tools):
    """Without Socket Mode each kind goes to its request URL, the first event to be verified."""
    bot = new_bot(new_workspace(), connect=False)
    paths = []
    root = serve_http(bot.app, paths).removesuffix("/slack/events")

    def by_http(data):
        data["settings"]["socket_mode_enabled"] = False
        data["settings"]["event_subscriptions"]["request_url"] = f"{root}/slack/events"
        data["settings"]["interactivity"]["request_url"] = f"{root}/slack/interactions"
        data["features"]["slash_commands"][0]["url"] = f"{root}/slack/commands"

    workspace = new_workspace(by_http)
    tools.wait(workspace.connected)
    bot.app.command("/perf")(lambda ack: ack())
    bot.app.action("advice.acknowledge")(lambda ack: ack())
    client = WebClient(workspace.bot_token, base_url=workspace.api_url)
    ts = client.chat_postMessage(channel="#performance", text="x", blocks=buttons)["ts"]
    where = {"user": "kari", "channel": "performance"}
    paths.clear()
    assert workspace.do("command", **where, text="/perf")["ok"]
    assert workspace.do("action", **where, ts=ts, action_id="advice.acknowledge")["ok"]
    heard = [path for path in paths if path != "/slack/events"]
    assert heard == ["/slack/commands", "/slack/interactions"]
    workspace.do("message", **where, text="hei")
    tools.wait(lambda: "/slack/events" in paths and bot.heard)


def test_a_manifest_with_addresses_elsewhere_is_not_followed(new_workspace):
    """Nothing leaves this machine because a file says so."""

    def public(data):
        data["settings"]["socket_mode_enabled"] = False
        data["settings"]["event_subscriptions"]["request_url"] = "https://perfbot.example/slack"

    assert new_workspace(public).do("http", url="manifest")["error"] == "invalid_url"


def test_commands_and_buttons_work_by_http(http, buttons, tools):
    """Forms with a command, JSON in a form with an interaction, answers in the response."""
    workspace, bot = http
    bot.app.command("/perf")(lambda ack, command: ack(f"{command['text']}: 78 300 kr"))
    pressed = []

    @bot.app.action("advice.acknowledge")
    def press(ack, body):
        ack()
        pressed.append(body["actions"][0]["value"])

    workspace.do("command", user="kari", channel="performance", text="/perf channel google")
    assert workspace.snapshot()["ephemerals"][0]["text"] == "channel google: 78 300 kr"
    ts = bot.client.chat_postMessage(channel="#performance", text="x", blocks=buttons)["ts"]
    body = {"user": "kari", "channel": "performance", "ts": ts}
    assert workspace.do("action", **body, action_id="advice.acknowledge")["ok"]
    assert pressed == ["a1"]


def test_what_nobody_handles_fails_visibly(http):
    """Bolt answers 404: the user reads so."""
    workspace, _bot = http
    answer = workspace.do("command", user="kari", channel="performance", text="/perf")
    assert answer["error"] == "http_404"


def test_a_stale_signature_is_refused(http, tools):
    """clock_skew of six minutes: Bolt answers 401, and the retry is good again."""
    workspace, bot = http
    workspace.do("fault", kind="clock_skew", seconds=-360)
    workspace.do("message", user="kari", channel="performance", text="hei")
    tools.wait(lambda: bot.heard)
    sent = [each["error"] for each in workspace.state.log if each["kind"] == "delivery"]
    assert sent[0] == "http_401"
    assert bot.retries == ["1"]


def test_events_are_retried_on_slacks_schedule(http, tools):
    """At once, after one minute, after five: with number and reason in the headers."""
    workspace, bot = http
    workspace.do("fault", kind="drop_ack", times=3)
    workspace.do("message", user="kari", channel="performance", text="hei")
    for seconds, count in ((61, 2), (301, 3)):
        tools.wait(lambda count=count: len(bot.heard) == count and len(workspace._courier.due) == 1)
        workspace.do("clock", advance=seconds)
    tools.wait(lambda: len(bot.heard) == 4)
    assert bot.retries == [None, "1", "2", "3"]


def test_signatures_are_slacks_own():
    """Example from Slack's documentation of v0."""
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    found = signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)
    assert found == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


@pytest.mark.parametrize(
    ("text", "body"),
    [("", {}), ("ok", {"text": "ok"}), ('{"text": "a"}', {"text": "a"}), ("3", {"text": "3"})],
)
def test_answers_may_be_json_or_plain_text(text, body):
    """Bolt answers ack("text") with the bare text."""
    assert decode(text) == body
