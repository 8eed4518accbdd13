"""chat.* over the wire, by slack_sdk's own client: what Slack takes, and what it refuses."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient

HEADER = {"type": "header", "text": {"type": "plain_text", "text": "Good morning"}}


def test_a_posted_message_comes_back_with_its_blocks_and_their_ids(client):
    """What was posted is in the history, every block with an id."""
    posted = client.chat_postMessage(channel="#performance", text="Hi", blocks=[HEADER])
    found = client.conversations_history(channel=posted["channel"])["messages"]
    assert [each["ts"] for each in found] == [posted["ts"]]
    assert found[0]["blocks"][0]["text"]["text"] == "Good morning"
    assert found[0]["blocks"][0]["block_id"]
    assert found[0]["bot_id"] == client.auth_test()["bot_id"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("#random", "not_in_channel"),
        ("C0GENERAL", "not_in_channel"),
        ("#nowhere", "channel_not_found"),
        ("D0KARIOLA", "channel_not_found"),
        ("U0PERFBOT", "channel_not_found"),
    ],
)
def test_the_bot_writes_only_where_it_is_a_member(client, tools, channel, error):
    """A channel without the bot, a private talk and an unknown name are told apart."""
    answer = tools.refuses(lambda: client.chat_postMessage(channel=channel, text="x"))
    assert answer["error"] == error


def test_a_users_id_is_their_direct_messages(client):
    """Posting to a user opens the direct messages with them."""
    posted = client.chat_postMessage(channel="U0KARI001", text="Good morning")
    assert posted["channel"] == client.conversations_open(users="U0KARI001")["channel"]["id"]


def test_nothing_said_is_refused(client, tools):
    """Neither text nor blocks: no_text; blank text counts as none."""
    for said in ({"text": " "}, {"blocks": []}, {}):
        call = lambda said=said: client.api_call(  # noqa: E731
            "chat.postMessage", json={"channel": "#performance", **said}
        )
        assert tools.refuses(call)["error"] == "no_text"


def test_invalid_blocks_say_where(client, tools):
    """51 blocks and an empty text are refused with pointers to them."""
    bad = [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]
    post = client.chat_postMessage
    answer = tools.refuses(lambda: post(channel="#performance", text="x", blocks=bad))
    assert answer["error"] == "invalid_blocks"
    assert "[json-pointer:/blocks/0/text/text]" in answer["response_metadata"]["messages"][0]
    many = [{"type": "divider"}] * 51
    answer = tools.refuses(lambda: post(channel="#performance", text="x", blocks=many))
    assert "no more than 50 items allowed" in answer["response_metadata"]["messages"][0]


def test_too_many_characters_have_an_error_of_their_own(client, tools):
    """Slack's undocumented bar: blocks of more than about 13,200 characters in all."""
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5
    post = client.chat_postMessage
    answer = tools.refuses(lambda: post(channel="#performance", text="x", blocks=long))
    assert answer["error"] == "msg_blocks_too_long"


def test_metadata_comes_back_only_when_asked_for(client):
    """The outbox finds its own message again by its metadata."""
    said = {"event_type": "perfbot_message", "event_payload": {"key": "k1"}}
    client.chat_postMessage(channel="#performance", text="x", metadata=said)
    plain = client.conversations_history(channel="C0PERFORM")["messages"][0]
    whole = client.conversations_history(channel="C0PERFORM", include_all_metadata=True)
    assert "metadata" not in plain
    assert whole["messages"][0]["metadata"] == said


def test_metadata_of_another_shape_is_refused(client, tools):
    """event_payload is an object."""
    said = {"event_type": "perfbot_message", "event_payload": "k1"}
    post = client.chat_postMessage
    answer = tools.refuses(lambda: post(channel="#performance", text="x", metadata=said))
    assert answer["error"] == "invalid_metadata_format"


def test_an_update_replaces_blocks_and_marks_the_edit(client, workspace, tools):
    """Blocks are replaced in place; text alone takes the blocks away, as Slack does."""
    posted = client.chat_postMessage(channel="#performance", text="a", blocks=[HEADER])
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    new = {**HEADER, "text": {"type": "plain_text", "text": "Done"}}
    client.chat_update(**where, text="b", blocks=[new])
    found = tools.message(workspace, posted["ts"])
    assert (found["text"], found["blocks"][0]["text"]["text"]) == ("b", "Done")
    assert found["edited"]["user"] == "U0PERFBOT"
    client.chat_update(**where, text="only text")
    assert "blocks" not in tools.message(workspace, posted["ts"])


def test_only_own_messages_are_changed(client, workspace, tools):
    """Kari's message is hers; one that is not there cannot be found."""
    ts = workspace.do("message", user="kari", channel="performance", text="mine")["ts"]
    where = {"channel": "C0PERFORM", "ts": ts}
    answer = tools.refuses(lambda: client.chat_update(**where, text="x"))
    assert answer["error"] == "cant_update_message"
    assert tools.refuses(lambda: client.chat_delete(**where))["error"] == "cant_delete_message"
    gone = {"channel": "C0PERFORM", "ts": "1.000001"}
    answer = tools.refuses(lambda: client.chat_update(**gone, text="x"))
    assert answer["error"] == "message_not_found"


def test_an_update_wants_the_channels_id(client, tools):
    """Names are for chat.postMessage only."""
    posted = client.chat_postMessage(channel="#performance", text="a")
    call = client.chat_update
    answer = tools.refuses(lambda: call(channel="#performance", ts=posted["ts"], text="b"))
    assert answer["error"] == "channel_not_found"


def test_replies_hang_under_a_message_that_is_there(client, tools):
    """A thread needs its parent; a reply has no thread of its own."""
    post = client.chat_postMessage
    answer = tools.refuses(lambda: post(channel="#performance", text="x", thread_ts="1.000001"))
    assert answer["error"] == "thread_not_found"
    parent = post(channel="#performance", text="a")
    reply = post(channel="#performance", text="b", thread_ts=parent["ts"])
    answer = tools.refuses(lambda: post(channel="#performance", text="c", thread_ts=reply["ts"]))
    assert answer["error"] == "cannot_reply_to_message"


def test_an_ephemeral_message_is_outside_the_history(client, workspace, tools):
    """Only its user sees it, and only a member can."""
    said = client.chat_postEphemeral(channel="#performance", user="U0KARI001", text="psst")
    assert client.conversations_history(channel="C0PERFORM")["messages"] == []
    assert workspace.snapshot()["ephemerals"][0]["ts"] == said["message_ts"]
    call = client.chat_postEphemeral
    answer = tools.refuses(lambda: call(channel="#performance", user="USLACKBOT", text="psst"))
    assert answer["error"] == "user_not_in_channel"


def test_a_permalink_leads_to_the_page(client, workspace):
    """The link names channel and message, and its thread for a reply."""
    parent = client.chat_postMessage(channel="#performance", text="a")
    reply = client.chat_postMessage(channel="#performance", text="b", thread_ts=parent["ts"])
    where = {"channel": "C0PERFORM", "message_ts": reply["ts"]}
    link = client.chat_getPermalink(**where)["permalink"]
    assert link.startswith(f"{workspace.url}/archives/C0PERFORM/p")
    assert f"thread_ts={parent['ts']}" in link


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("", "not_authed"),
        ("xoxb-someone-else", "invalid_auth"),
        ("xapp-local-perfbot", "not_allowed_token_type"),
    ],
)
def test_the_right_token_is_needed(workspace, tools, token, error):
    """No token, a foreign one, and one of the wrong kind have errors of their own."""
    other = WebClient(token, base_url=workspace.api_url)
    answer = tools.refuses(lambda: other.chat_postMessage(channel="#performance", text="x"))
    assert answer["error"] == error


def test_a_bot_token_opens_no_socket(client, tools):
    """apps.connections.open takes the app's token only."""
    answer = tools.refuses(lambda: client.apps_connections_open(app_token=client.token))
    assert answer["error"] == "not_allowed_token_type"


def test_a_scope_that_was_not_granted_is_named(client, new_workspace, tools):
    """missing_scope says what is needed and what there is."""

    def quiet(data):
        for scope in ("chat:write", "channels:read", "groups:read"):
            data["oauth_config"]["scopes"]["bot"].remove(scope)

    other = new_workspace(quiet)
    mute = WebClient(other.bot_token, base_url=other.api_url)
    answer = tools.refuses(lambda: mute.chat_postMessage(channel="#performance", text="x"))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
    assert "commands" in answer["provided"]
    assert tools.refuses(mute.conversations_list)["needed"] == "channels:read"


def test_what_the_workspace_does_not_have_is_an_unknown_method(client, tools):
    """Nothing is quietly accepted."""
    answer = tools.refuses(lambda: client.api_call("chat.scheduleMessage"))
    assert answer["error"] == "unknown_method"
