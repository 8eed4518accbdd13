"""Buttons and menus in messages, through an unmodified Bolt app."""

from __future__ import annotations

import threading

import pytest
from slack_sdk import WebClient

POST = {"channel": "#performance", "text": "Move 240 kr"}


def press(workspace, ts, action="advice.acknowledge", user="kari", **more):
    body = {"user": user, "channel": "performance", "ts": ts, "action_id": action, **more}
    return workspace.do("action", **body)


@pytest.fixture
def heard(bot):
    """The payloads of all actions."""
    found = []

    def note(ack, body):
        ack()
        found.append(body)

    for name in ("advice.acknowledge", "advice.snooze", "window", "day", "mood"):
        bot.app.action(name)(note)
    return found


def test_a_press_arrives_with_all_that_an_app_needs(heard, client, workspace, buttons):
    """User, message with its metadata, value, trigger and response_url."""
    said = {"event_type": "perfbot_message", "event_payload": {"key": "k"}}
    ts = client.chat_postMessage(**POST, blocks=buttons, metadata=said)["ts"]
    assert press(workspace, ts)["ok"]
    body = heard[0]
    assert (body["user"]["id"], body["channel"]["id"]) == ("U0KARI001", "C0PERFORM")
    assert body["message"]["metadata"] == said
    assert body["container"]["message_ts"] == body["message"]["ts"] == ts
    action = body["actions"][0]
    assert (action["value"], action["block_id"], action["type"]) == ("a1", "answers", "button")
    assert body["trigger_id"]
    assert body["response_url"].startswith(workspace.url)


def test_a_menu_sends_its_option(heard, client, workspace, buttons):
    """overflow: selected_option."""
    ts = client.chat_postMessage(**POST, blocks=buttons)["ts"]
    press(workspace, ts, "advice.snooze", value="a1 3d")
    assert heard[0]["actions"][0]["selected_option"]["text"]["text"] == "3 days"


def test_selects_and_pickers_send_what_was_chosen(heard, client, workspace):
    """static_select and datepicker; state.values holds both."""
    options = [{"text": {"type": "plain_text", "text": "28 days"}, "value": "28d"}]
    block = {
        "type": "actions",
        "block_id": "b",
        "elements": [
            {"type": "static_select", "action_id": "window", "options": options},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-23"},
        ],
    }
    ts = client.chat_postMessage(**POST, blocks=[block])["ts"]
    press(workspace, ts, "window", value="28d")
    press(workspace, ts, "day", value="2026-11-20")
    assert heard[0]["actions"][0]["selected_option"]["value"] == "28d"
    assert heard[0]["state"]["values"]["b"]["day"]["selected_date"] == "2026-11-23"
    assert heard[1]["actions"][0]["selected_date"] == "2026-11-20"


def test_feedback_buttons_send_their_value(heard, client, workspace):
    """context_actions: the value of the side that was pressed."""
    sides = {
        f"{name}_button": {"text": {"type": "plain_text", "text": mark}, "value": name}
        for name, mark in (("positive", "👍"), ("negative", "👎"))
    }
    element = {"type": "feedback_buttons", "action_id": "mood", **sides}
    block = {"type": "context_actions", "elements": [element]}
    ts = client.chat_postMessage(**POST, blocks=[block])["ts"]
    press(workspace, ts, "mood", value="negative")
    assert heard[0]["actions"][0]["value"] == "negative"
    assert press(workspace, ts, "mood", value="meh")["error"] == "no_such_action"


@pytest.mark.parametrize(
    "case",
    [
        ({"action": "nope"}, "no_such_action"),
        ({"value": "a2"}, "no_such_action"),
        ({"ts": "1.000001"}, "message_not_found"),
        ({"user": "slackbot"}, "message_not_found"),
        ({"user": "perfbot"}, "user_is_bot"),
        ({"user": "nobody"}, "user_not_found"),
    ],
)
def test_only_what_is_there_can_be_pressed(heard, client, workspace, buttons, case):
    """A button nobody sees is not pressed."""
    more, error = case
    ts = client.chat_postMessage(**POST, blocks=buttons)["ts"]
    assert press(workspace, **{"ts": ts, **more})["error"] == error
    assert heard == []


def test_the_original_is_replaced_or_deleted_by_response_url(
    bot, client, workspace, buttons, tools
):
    """replace_original rewrites the message, delete_original takes it away."""

    @bot.app.action("advice.acknowledge")
    def done(ack, respond):
        ack()
        respond(text="Acknowledged", replace_original=True)

    @bot.app.action("advice.snooze")
    def away(ack, respond):
        ack()
        respond(delete_original=True)

    ts = client.chat_postMessage(**POST, blocks=buttons)["ts"]
    press(workspace, ts)
    tools.wait(lambda: tools.message(workspace, ts)["text"] == "Acknowledged")
    other = client.chat_postMessage(**POST, blocks=buttons)["ts"]
    press(workspace, other, "advice.snooze", value="a1 1d")
    tools.wait(lambda: len(workspace.snapshot()["messages"]) == 1)


def test_an_ephemeral_message_has_buttons_too(bot, client, workspace, buttons, tools):
    """Only its user can press; replace_original changes it for them."""

    @bot.app.action("advice.acknowledge")
    def done(ack, respond, body):
        assert body["container"]["is_ephemeral"]
        assert "message" not in body
        ack()
        respond(text="Shared", replace_original=True)

    said = {**POST, "blocks": buttons, "user": "U0KARI001"}
    ts = client.chat_postEphemeral(**said)["message_ts"]
    assert press(workspace, ts, user="ola")["error"] == "message_not_found"
    press(workspace, ts)
    tools.wait(lambda: workspace.snapshot()["ephemerals"][0]["text"] == "Shared")


def test_two_people_can_press_at_once(bot, client, workspace, buttons):
    """Both presses are delivered: who wins is the app's to decide."""
    both, users = threading.Barrier(2), []

    @bot.app.action("advice.acknowledge")
    def meet(ack, body):
        both.wait(5)
        users.append(body["user"]["name"])
        ack()

    ts = client.chat_postMessage(**POST, blocks=buttons)["ts"]
    threads = [
        threading.Thread(target=press, args=(workspace, ts), kwargs={"user": user})
        for user in ("kari", "ola")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert sorted(users) == ["kari", "ola"]


def test_a_press_nobody_takes_is_said_to_have_failed(empty, buttons):
    """Without the bot: dispatch_failed."""
    client = WebClient(empty.bot_token, base_url=empty.api_url)
    ts = client.chat_postMessage(**POST, blocks=buttons)["ts"]
    assert press(empty, ts)["error"] == "dispatch_failed"
