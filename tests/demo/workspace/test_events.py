"""What the app hears of, and how often: Socket Mode with its retries."""

from __future__ import annotations

import json

import pytest
from slack_sdk import WebClient


def say(workspace, text="hei", **more):
    return workspace.do(
        "message", **{"user": "kari", "channel": "performance", "text": text} | more
    )


def test_a_message_is_heard_with_its_thread(bot, client, workspace, tools):
    """A reply carries thread_ts and whose message it answers."""
    parent = client.chat_postMessage(channel="#performance", text="Move 240 kr")["ts"]
    say(workspace, "ack 2", thread_ts=parent)
    event = tools.wait(lambda: [each for each in bot.heard if each.get("user") == "U0KARI001"])[0]
    assert (event["thread_ts"], event["parent_user_id"]) == (parent, "U0PERFBOT")
    assert (event["channel_type"], event["text"]) == ("channel", "ack 2")


def test_the_bots_own_messages_are_delivered(bot, connected, tools):
    """Slack delivers them; that Bolt drops them is Bolt's doing."""
    seen, listeners = [], connected[1].client.on_message_listeners
    listeners.append(seen.append)
    bot.client.chat_postMessage(channel="#performance", text="Good morning")
    event = json.loads(tools.wait(lambda: seen)[0])["payload"]["event"]
    listeners.remove(seen.append)
    assert (event["bot_id"], event["user"]) == ("B0PERFBOT", "U0PERFBOT")
    assert bot.heard == []


def test_a_mention_is_heard_as_one(bot, workspace, tools):
    """@perfbot becomes <@U…>; other marks people type are escaped."""
    say(workspace, "@perfbot why <b> & <!channel>?")
    event = tools.wait(lambda: bot.events("app_mention"))[0]
    assert event["text"] == "<@U0PERFBOT> why &lt;b&gt; &amp; &lt;!channel&gt;?"


def test_channels_without_the_bot_are_not_heard(bot, workspace, tools):
    """Nor are direct messages between people; those with the bot are."""
    say(workspace, "secret", channel="random")
    say(workspace, "between us", channel="ola")
    say(workspace, "to the bot", channel="perfbot")
    assert tools.wait(lambda: bot.heard)[0]["channel_type"] == "im"
    assert len(bot.heard) == 1


def test_reactions_are_heard_and_taken_back(bot, client, workspace, tools):
    """reaction_added and reaction_removed, with the item and whose it is."""
    ts = client.chat_postMessage(channel="#performance", text="x")["ts"]
    where = {"user": "ola", "channel": "performance", "ts": ts, "name": "white_check_mark"}
    assert workspace.do("react", **where)["ok"]
    assert workspace.do("react", **where)["error"] == "already_reacted"
    workspace.do("react", **where, remove=True)
    added = tools.wait(lambda: bot.events("reaction_added"))[0]
    assert (added["reaction"], added["item"]["ts"]) == ("white_check_mark", ts)
    assert (added["user"], added["item_user"]) == ("U0OLA0001", "U0PERFBOT")
    tools.wait(lambda: bot.events("reaction_removed"))


def test_events_the_manifest_does_not_name_are_not_sent(new_workspace, new_bot, tools):
    """No subscription, no event."""

    def fewer(data):
        data["settings"]["event_subscriptions"]["bot_events"] = ["app_mention"]

    workspace = new_workspace(fewer)
    bot = new_bot(workspace)
    say(workspace, "hei")
    say(workspace, "@perfbot hei")
    tools.wait(lambda: bot.heard)
    assert [each["type"] for each in bot.heard] == ["app_mention"]


def test_an_event_is_retried_at_once_after_a_minute_and_after_five(bot, workspace, tools):
    """Three retries on the workspace's clock, numbered, then no more."""
    workspace.do("fault", kind="drop_ack", times=4)
    say(workspace)
    for seconds, count in ((59, 2), (1.5, 2), (299, 3), (1.5, 3)):
        tools.wait(lambda count=count: len(bot.heard) == count and len(workspace._courier.due) == 1)
        workspace.do("clock", advance=seconds)
    tools.wait(lambda: len(bot.heard) == 4)
    assert bot.retries == ["0", "1", "2", "3"]
    workspace.do("clock", advance=3600)
    assert workspace._courier.due == []


def test_a_retry_is_the_same_event(bot, workspace, tools):
    """The event_id stays, so that an app can tell."""
    ids = []
    bot.app.middleware(lambda body, next: (ids.append(body["event_id"]), next())[1])  # noqa: A006
    workspace.do("fault", kind="drop_ack")
    say(workspace)
    tools.wait(lambda: len(ids) == 2)
    assert ids[0] == ids[1]


def test_an_event_waits_for_the_bot_to_come_back(empty, new_bot, tools):
    """Nobody connected: the retry a minute later finds the app."""
    workspace = empty
    say(workspace, "anyone?")
    tools.wait(lambda: workspace._courier.due and workspace._courier.due[0].retry.attempt == 2)
    bot = new_bot(workspace)
    workspace.do("clock", advance=61)
    assert tools.wait(lambda: bot.heard)[0]["text"] == "anyone?"


def test_faults_double_and_reorder_events(bot, workspace, tools):
    """duplicate_event brings one twice; reorder holds one back until the next: none is lost."""
    workspace.do("fault", kind="duplicate_event")
    say(workspace, "twice")
    tools.wait(lambda: len(bot.heard) == 2)
    workspace.do("fault", kind="reorder")
    say(workspace, "first")
    say(workspace, "second")
    tools.wait(lambda: len(bot.heard) == 4)
    assert sorted(each["text"] for each in bot.heard) == ["first", "second", "twice", "twice"]


def test_payloads_go_to_one_socket_in_turn(bot, workspace, new_bot, tools):
    """Two sockets, four messages: two each, none twice."""
    one, two = bot, new_bot(workspace)
    for number in range(4):
        say(workspace, str(number))
    tools.wait(lambda: len(one.heard) + len(two.heard) == 4)
    assert len(one.heard) == len(two.heard) == 2


@pytest.mark.parametrize("abrupt", [False, True])
def test_the_bot_comes_back_after_a_disconnect(bot, workspace, tools, abrupt):
    """Warned or not, Bolt's client dials in again and events arrive."""
    before = workspace._sockets.open[0]
    workspace.do("fault", kind="disconnect", abrupt=abrupt)
    tools.wait(lambda: workspace._sockets.open and workspace._sockets.open[0] is not before, 20)
    say(workspace, "again")
    tools.wait(lambda: bot.heard)


def test_a_ticket_opens_one_socket(workspace):
    """A used or made-up ticket is refused."""
    import websockets.sync.client as dial
    from websockets.exceptions import InvalidStatus

    web = WebClient(workspace.app_token, base_url=workspace.api_url)
    url = web.apps_connections_open(app_token=workspace.app_token)["url"]
    with dial.connect(url, proxy=None) as socket:
        assert '"hello"' in socket.recv()
        with pytest.raises(InvalidStatus):
            dial.connect(url, proxy=None)
