"""conversations, users, reactions, files and the small methods, over the wire."""

from __future__ import annotations

import urllib.request

import pytest


def test_history_is_newest_first_and_turns_pages(wide):
    """Cursors lead through everything once; replies stay in their thread."""
    sent = [wide.chat_postMessage(channel="#performance", text=str(n))["ts"] for n in range(5)]
    wide.chat_postMessage(channel="#performance", text="reply", thread_ts=sent[0])
    first = wide.conversations_history(channel="C0PERFORM", limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    rest = wide.conversations_history(channel="C0PERFORM", limit=3, cursor=cursor)
    found = [each["ts"] for each in first["messages"] + rest["messages"]]
    assert found == sent[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert rest["messages"][-1]["reply_count"] == 1


def test_history_keeps_to_its_times(wide):
    """oldest and latest are exclusive unless `inclusive` is said."""
    a, b, c = (wide.chat_postMessage(channel="#performance", text=t)["ts"] for t in "abc")
    between = wide.conversations_history(channel="C0PERFORM", oldest=a, latest=c)
    assert [each["ts"] for each in between["messages"]] == [b]
    one = wide.conversations_history(channel="C0PERFORM", latest=b, inclusive=True, limit=1)
    assert one["messages"][0]["ts"] == b


def test_a_thread_is_its_parent_and_replies_in_order(wide, tools):
    """Oldest first; a reply's ts finds the same thread; none is thread_not_found."""
    parent = wide.chat_postMessage(channel="#performance", text="p")["ts"]
    post = wide.chat_postMessage
    said = [post(channel="#performance", text=t, thread_ts=parent)["ts"] for t in "ab"]
    found = wide.conversations_replies(channel="C0PERFORM", ts=said[1])["messages"]
    assert [each["ts"] for each in found] == [parent, *said]
    assert found[0]["latest_reply"] == said[1]
    assert found[1]["parent_user_id"] == "U0PERFBOT"
    call = wide.conversations_replies
    answer = tools.refuses(lambda: call(channel="C0PERFORM", ts="1.000001"))
    assert answer["error"] == "thread_not_found"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0GENERAL"}, "not_in_channel"),
        ({"channel": "D0KARIOLA"}, "channel_not_found"),
        ({"channel": "#performance"}, "channel_not_found"),
        ({"channel": "C0PERFORM", "limit": 0}, "invalid_limit"),
        ({"channel": "C0PERFORM", "cursor": "zzz"}, "invalid_cursor"),
        ({"channel": "C0PERFORM", "oldest": "noon"}, "invalid_ts_oldest"),
    ],
)
def test_history_refuses(wide, tools, arguments, error):
    """Membership, names and odd arguments."""
    answer = tools.refuses(lambda: wide.conversations_history(**arguments))
    assert answer["error"] == error


def test_conversations_are_listed_by_kind(wide, tools):
    """Public channels all, direct messages only the bot's own."""
    names = [each["name"] for each in wide.conversations_list()["channels"]]
    assert names == ["performance", "general", "random"]
    ims = wide.conversations_list(types="im")["channels"]
    assert {each["user"] for each in ims} == {"U0KARI001", "U0OLA0001"}
    info = wide.conversations_info(channel="C0PERFORM")["channel"]
    assert info["is_member"] is True
    assert "U0PERFBOT" in wide.conversations_members(channel="C0PERFORM")["members"]
    answer = tools.refuses(lambda: wide.conversations_list(types="rooms"))
    assert answer["error"] == "invalid_types"


def test_people_have_zones_and_languages(client, tools):
    """users.info gives what a digest needs: name, zone, and the locale when asked."""
    kari = client.users_info(user="U0KARI001", include_locale=True)["user"]
    assert (kari["real_name"], kari["tz"], kari["locale"]) == (
        "Kari Nordmann",
        "Europe/Oslo",
        "en-US",
    )
    assert "locale" not in client.users_info(user="U0OLA0001")["user"]
    assert len(client.users_list()["members"]) == 4
    answer = tools.refuses(lambda: client.users_info(user="U0NOBODY"))
    assert answer["error"] == "user_not_found"


def test_small_methods_answer(wide, client, tools):
    """bots.info, team.info, and the scope the latter needs."""
    assert wide.bots_info(bot="B0PERFBOT")["bot"]["user_id"] == "U0PERFBOT"
    assert wide.team_info()["team"]["id"] == wide.auth_test()["team_id"]
    assert tools.refuses(client.team_info)["needed"] == "team:read"
    assert tools.refuses(lambda: wide.bots_info(bot="B1"))["error"] == "bot_not_found"


def test_blocks_are_validated_on_request(client, tools):
    """blocks.validate gives every error with its pointer."""
    good = [{"type": "divider"}]
    assert client.api_call("blocks.validate", json={"blocks": good})["ok"]
    call = lambda: client.api_call("blocks.validate", json={"blocks": [{"type": "nope"}]})  # noqa: E731
    assert tools.refuses(call)["errors"][0]["pointer"] == "/0/type"


def test_reactions_are_added_once(client, workspace, tools):
    """already_reacted, no_reaction, invalid_name and message_not_found."""
    ts = client.chat_postMessage(channel="#performance", text="x")["ts"]
    where = {"channel": "C0PERFORM", "timestamp": ts}
    client.reactions_add(**where, name="eyes")
    workspace.do("react", user="ola", channel="performance", ts=ts, name=":eyes:")
    found = client.reactions_get(**where)["message"]["reactions"]
    assert found == [{"name": "eyes", "users": ["U0PERFBOT", "U0OLA0001"], "count": 2}]
    add, remove = client.reactions_add, client.reactions_remove
    assert tools.refuses(lambda: add(**where, name="eyes"))["error"] == "already_reacted"
    assert tools.refuses(lambda: add(**where, name="Not One"))["error"] == "invalid_name"
    assert tools.refuses(lambda: remove(**where, name="tada"))["error"] == "no_reaction"
    gone = {"channel": "C0PERFORM", "timestamp": "1.000001", "name": "eyes"}
    assert tools.refuses(lambda: add(**gone))["error"] == "message_not_found"
    remove(**where, name="eyes")
    assert client.reactions_get(**where)["message"]["reactions"][0]["users"] == ["U0OLA0001"]


def test_a_file_is_uploaded_and_shown_in_its_channel(wide, workspace):
    """files_upload_v2 works unchanged; the file can be fetched, never run in place."""
    wide.files_upload_v2(channel="C0PERFORM", content="a,b\n1,2\n", filename="x.csv", title="X")
    message = wide.conversations_history(channel="C0PERFORM")["messages"][0]
    file = message["files"][0]
    assert (file["title"], file["size"], message["subtype"]) == ("X", 8, "file_share")
    assert wide.files_info(file=file["id"])["file"]["name"] == "x.csv"
    headers = {"Authorization": f"Bearer {wide.token}"}
    asked = urllib.request.Request(file["url_private"], headers=headers)
    with urllib.request.urlopen(asked) as answer:
        assert answer.read() == b"a,b\n1,2\n"
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_calls_may_be_forms_queries_or_empty_json(workspace):
    """Every way slack_sdk and others call: the token in a form too."""
    form = f"token={workspace.bot_token}&channel=C0PERFORM&text=hei&blocks=%5B%5D".encode()
    with urllib.request.urlopen(workspace.api_url + "chat.postMessage", form) as answer:
        assert b'"ok":true' in answer.read()
        assert "chat:write" in answer.headers["x-oauth-scopes"]
    headers = {"Authorization": f"Bearer {workspace.bot_token}", "Content-Type": "application/json"}
    request = urllib.request.Request(workspace.api_url + "auth.test", b"", headers)
    with urllib.request.urlopen(request) as answer:
        assert b'"ok":true' in answer.read()
    broken = urllib.request.Request(workspace.api_url + "auth.test", b"{", headers)
    with urllib.request.urlopen(broken) as answer:
        assert b"invalid_json" in answer.read()
