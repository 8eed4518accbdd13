"""What others do meanwhile: channels closed, messages gone, groups changed, pictures missing."""

from __future__ import annotations

import pytest

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def test_an_archived_channel_takes_no_more(client, workspace, tools):
    """is_archived, until somebody opens it again."""
    post = {"channel": "C0PERFORM", "text": "hei"}
    workspace.do("channel", channel="performance", archived=True)
    assert tools.refuses(lambda: client.chat_postMessage(**post))["error"] == "is_archived"
    workspace.do("channel", channel="performance", archived=False)
    assert client.chat_postMessage(**post)["ok"]


def test_a_bot_taken_out_may_not_write(client, workspace, tools):
    """not_in_channel for a public channel it was removed from."""
    workspace.do("channel", channel="performance", members=["kari", "ola"])
    post = {"channel": "C0PERFORM", "text": "hei"}
    assert tools.refuses(lambda: client.chat_postMessage(**post))["error"] == "not_in_channel"


def test_a_message_somebody_deleted_is_gone(client, workspace, tools):
    """message_not_found for every change of it."""
    ts = client.chat_postMessage(channel="C0PERFORM", text="hei")["ts"]
    assert workspace.do("delete", channel="performance", ts=ts)["ok"]
    where = {"channel": "C0PERFORM", "ts": ts}
    assert tools.refuses(lambda: client.chat_update(**where, text="x"))["error"] == (
        "message_not_found"
    )
    answer = tools.refuses(lambda: client.chat_postMessage(**POST, thread_ts=ts))
    assert answer["error"] == "thread_not_found"


POST = {"channel": "C0PERFORM", "text": "reply"}


def test_people_edit_their_own_words(bot, workspace, tools):
    """The app hears message_changed with what it was; another's words are not theirs."""
    who = {"user": "kari", "channel": "performance"}
    ts = workspace.do("message", **who, text="ack 1")["ts"]
    assert workspace.do("edit", **who, ts=ts, text="ack 2")["ok"]
    heard = tools.wait(
        lambda: [each for each in bot.heard if each.get("subtype") == "message_changed"]
    )
    assert heard[0]["message"]["text"] == "ack 2"
    assert heard[0]["previous_message"]["text"] == "ack 1"
    assert tools.message(workspace, ts)["edited"]["user"] == "U0KARI001"
    other = {"user": "ola", "channel": "performance", "ts": ts, "text": "x"}
    assert workspace.do("edit", **other)["error"] == "cant_update_message"
    assert workspace.do("edit", **who, ts=ts, text=" ")["error"] == "no_text"


def test_user_groups_and_who_is_in_them(client, workspace, tools):
    """usergroups.list and .users.list; members change under the app's feet."""
    (group,) = client.usergroups_list()["usergroups"]
    assert (group["handle"], group["user_count"], "users" in group) == ("leads", 1, False)
    assert client.usergroups_list(include_users=True)["usergroups"][0]["users"] == ["U0KARI001"]
    assert client.usergroups_users_list(usergroup=group["id"])["users"] == ["U0KARI001"]
    workspace.do("group", group="@leads", members=["ola"])
    assert client.usergroups_users_list(usergroup=group["id"])["users"] == ["U0OLA0001"]
    answer = tools.refuses(lambda: client.usergroups_users_list(usergroup="S1"))
    assert answer["error"] == "no_such_subteam"


def test_user_groups_need_their_scope(new_workspace, tools):
    """missing_scope where the manifest leaves it out."""
    from slack_sdk import WebClient

    def less(data):
        data["oauth_config"]["scopes"]["bot"].remove("usergroups:read")

    own = new_workspace(less)
    web = WebClient(own.bot_token, base_url=own.api_url)
    assert tools.refuses(web.usergroups_list)["needed"] == "usergroups:read"


def test_a_picture_in_a_message_is_an_uploaded_one(client, tools):
    """slack_file: unknown or no picture is invalid_blocks with its place; a PNG is shown."""
    image = {"type": "image", "alt_text": "Spend", "slack_file": {"id": "F1"}}
    post = lambda: client.chat_postMessage(channel="C0PERFORM", text="x", blocks=[image])  # noqa: E731
    answer = tools.refuses(post)
    assert answer["error"] == "invalid_blocks"
    assert "/blocks/0/slack_file" in answer["errors"][0]
    upload = client.files_upload_v2(file=PNG, filename="chart.png", alt_txt="Spend")
    image["slack_file"] = {"id": upload["files"][0]["id"]}
    assert post()["ok"]


def test_people_are_listed_in_pages(client):
    """limit and cursor lead through everybody once."""
    first = client.users_list(limit=3)
    rest = client.users_list(limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert len(first["members"]) == 3
    assert len({each["id"] for each in first["members"] + rest["members"]}) == 4
    assert rest["response_metadata"]["next_cursor"] == ""


def test_metadata_has_its_size(client, tools):
    """8,000 characters of payload; more is metadata_too_large."""
    payload = {"key": "x" * 8_000}
    said = {"event_type": "perfbot_message", "event_payload": payload}
    call = lambda: client.chat_postMessage(channel="C0PERFORM", text="x", metadata=said)  # noqa: E731
    assert tools.refuses(call)["error"] == "metadata_too_large"


@pytest.mark.parametrize("verb", ["edit", "delete", "channel", "group"])
def test_an_incomplete_wish_changes_nothing(workspace, verb):
    """invalid_body, not a traceback."""
    assert workspace.do(verb)["error"] == "invalid_body"
