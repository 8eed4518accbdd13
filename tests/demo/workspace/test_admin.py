"""What befalls a workspace: archived channels, deleted parents, people who leave, tokens taken."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient

PERFORMANCE, GENERAL, KARI, OLA = "C0PERFORM", "C0GENERAL", "U0KARI001", "U0OLA0001"


@pytest.fixture
def place(workspace):
    """A workspace of this test's own ways: put right again afterwards."""
    yield workspace
    workspace.do("reset")


def do(workspace, verb, **body):
    answer = workspace.do(verb, **body)
    assert answer["ok"], answer
    return answer


def post(client, text="hello", **more):
    return client.chat_postMessage(channel=PERFORMANCE, text=text, **more)["ts"]


# -- tombstones ---------------------------------------------------------------------------------


def test_a_deleted_parent_with_replies_stays_as_a_tombstone(place, client, tools):
    """Its words are gone, its thread goes on, and it cannot be edited any more."""
    parent = post(client, metadata={"event_type": "x", "event_payload": {"key": "1"}})
    reply = post(client, "first", thread_ts=parent)
    client.chat_delete(channel=PERFORMANCE, ts=parent)
    found = tools.message(place, parent)
    assert (found["subtype"], found["text"]) == ("tombstone", "This message was deleted.")
    assert not {"blocks", "metadata", "bot_id"} & set(found)
    second = post(client, "second", thread_ts=parent)
    thread = client.conversations_replies(channel=PERFORMANCE, ts=parent)["messages"]
    assert [each["ts"] for each in thread] == [parent, reply, second]
    refused = tools.refuses(lambda: client.chat_update(channel=PERFORMANCE, ts=parent, text="x"))
    assert refused["error"] == "message_not_found"


def test_a_tombstone_goes_with_its_last_reply(place, client, tools):
    """Nothing is left to keep its place for."""
    parent = post(client)
    reply = post(client, thread_ts=parent)
    client.chat_delete(channel=PERFORMANCE, ts=parent)
    client.chat_delete(channel=PERFORMANCE, ts=reply)
    refused = tools.refuses(lambda: client.conversations_replies(channel=PERFORMANCE, ts=parent))
    assert refused["error"] == "thread_not_found"


def test_a_deleted_message_without_replies_is_gone(place, client, tools):
    """And a thread under it is not found."""
    ts = post(client)
    client.chat_delete(channel=PERFORMANCE, ts=ts)
    refused = tools.refuses(lambda: post(client, thread_ts=ts))
    assert refused["error"] == "thread_not_found"


# -- archived and deleted channels --------------------------------------------------------------


def test_an_archived_channel_refuses_everything_but_reading(place, client, tools):
    """Posting, editing, whispering, reacting, and people too; its history can be read."""
    ts = post(client)
    do(place, "channel", channel="performance", archived=True)
    for call in (
        lambda: post(client),
        lambda: client.chat_update(channel=PERFORMANCE, ts=ts, text="x"),
        lambda: client.chat_delete(channel=PERFORMANCE, ts=ts),
        lambda: client.chat_postEphemeral(channel=PERFORMANCE, user=KARI, text="x"),
        lambda: client.reactions_add(channel=PERFORMANCE, timestamp=ts, name="eyes"),
    ):
        assert tools.refuses(call)["error"] == "is_archived"
    said = place.do("message", user="kari", channel="performance", text="hello?")
    assert said["error"] == "is_archived"
    asked = place.do("command", user="kari", channel="performance", text="/perf")
    assert asked["error"] == "is_archived"
    assert client.conversations_history(channel=PERFORMANCE)["messages"]
    do(place, "channel", channel="performance", archived=False)
    assert post(client)


def test_a_deleted_channel_is_not_found(place, client, tools):
    """Nothing in it is."""
    do(place, "channel", channel="performance", deleted=True)
    assert tools.refuses(lambda: post(client))["error"] == "channel_not_found"


# -- people -------------------------------------------------------------------------------------


def test_a_deactivated_person_is_in_no_channel_and_hears_nothing(place, client, tools):
    """They cannot act, and cannot be written to."""
    do(place, "person", name="ola", deactivated=True)
    assert client.users_info(user=OLA)["user"]["deleted"] is True
    assert OLA not in place.state.channels[PERFORMANCE].members
    said = place.do("message", user="ola", channel="performance", text="hello?")
    assert said["error"] == "user_disabled"
    direct = tools.refuses(lambda: client.chat_postMessage(channel=OLA, text="x"))
    assert direct["error"] == "user_disabled"
    aside = lambda: client.chat_postEphemeral(channel=PERFORMANCE, user=OLA, text="x")  # noqa: E731
    assert tools.refuses(aside)["error"] == "user_not_in_channel"


def test_people_of_a_grid_organisation_have_ids_of_their_own(place, client, bot, tools):
    """Their ids begin with W, and what they do names the organisation."""
    do(place, "organisation", enterprise="E0NORDLYS")
    do(place, "person", name="nora", id="W0NORA0001", channels=["performance"])
    do(place, "message", user="nora", channel="performance", text="hello")
    (event,) = tools.wait(lambda: bot.events("message"))
    assert event["user"] == "W0NORA0001"
    assert client.auth_test()["enterprise_id"] == "E0NORDLYS"
    assert client.users_info(user="W0NORA0001")["user"]["name"] == "nora"


# -- the app ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "error"),
    [("tokens_revoked", "token_revoked"), ("app_uninstalled", "account_inactive")],
)
def test_a_token_taken_back_is_told_and_then_refused(place, client, bot, tools, event, error):
    """The event comes first; every call after it fails, until the app is installed again."""
    heard = []
    bot.app.event(event)(lambda event: heard.append(event["type"]))
    do(place, "revoke", event=event)
    tools.wait(lambda: heard)
    assert tools.refuses(lambda: post(client))["error"] == error
    do(place, "install")
    assert post(client)


# -- limits, sockets, what is not said ----------------------------------------------------------


def test_a_channel_takes_a_message_a_second(place, tools):
    """After a burst 429 with the seconds to wait; another channel is not concerned."""
    do(place, "limits", burst=2)
    client = WebClient(place.bot_token, base_url=place.api_url, retry_handlers=[])
    post(client), post(client)
    with pytest.raises(Exception, match="ratelimited") as caught:
        post(client)
    assert caught.value.response.status_code == 429
    assert int(caught.value.response.headers["Retry-After"]) >= 1
    client.chat_postMessage(channel=KARI, text="a direct message")
    do(place, "clock", advance=1)
    assert post(client)


def test_a_refreshed_socket_is_closed_and_the_next_one_is_used(new_workspace, tools):
    """Asked to reconnect the app has a second socket; the first is closed, and misses nothing."""
    from websockets.sync.client import connect

    place = new_workspace()
    place._sockets.linger = 0.2
    web = WebClient(place.app_token, base_url=place.api_url)
    link = lambda: web.apps_connections_open(app_token=place.app_token)["url"]  # noqa: E731
    with connect(link()) as old:
        assert '"hello"' in old.recv()
        do(place, "fault", kind="disconnect")
        assert "refresh_requested" in old.recv()
        with connect(link()) as new:
            assert '"hello"' in new.recv()
            place.do("message", user="kari", channel="performance", text="hello")
            assert '"events_api"' in new.recv(timeout=10)
            with pytest.raises(Exception, match="1000"):
                old.recv(timeout=10)
        tools.wait(lambda: not place.connected())


def test_a_server_may_hide_which_app_a_message_is_of(new_workspace, tools):
    """No bot_id in messages, in history or in auth.test; the bot's user is still named."""
    place = new_workspace(hides_bot_id=True)
    client = WebClient(place.bot_token, base_url=place.api_url)
    post(client)
    (said,) = client.conversations_history(channel=PERFORMANCE)["messages"]
    assert "bot_id" not in said
    assert "bot_id" not in client.auth_test().data
    assert said["user"] == client.auth_test()["user_id"]


# -- agents ---------------------------------------------------------------------------------------


def test_an_agent_suggests_what_to_ask(place, client, tools):
    """At most four, in a conversation with somebody; with a thread nothing, as in Slack."""
    one = {"title": "What should I do?", "message": "advice"}
    suggest = client.assistant_threads_setSuggestedPrompts
    suggest(channel_id="D0KARI001", title="Ask", prompts=[one])
    assert place.snapshot()["prompts"] == {"D0KARI001": {"title": "Ask", "prompts": [one]}}
    suggest(channel_id="D0OLA0001", thread_ts="1.0", prompts=[one])
    assert "D0OLA0001" not in place.snapshot()["prompts"]
    for channel, prompts, error in (
        (PERFORMANCE, [one], "channel_not_found"),
        ("D0KARI001", [one] * 5, "invalid_arguments"),
        ("D0KARI001", [{"title": "x"}], "invalid_arguments"),
    ):
        refused = tools.refuses(lambda c=channel, p=prompts: suggest(channel_id=c, prompts=p))
        assert refused["error"] == error


def test_suggestions_take_a_scope_and_an_agent(new_workspace, tools):
    """An app that is no agent, or without assistant:write, has none."""
    one = {"title": "What should I do?", "message": "advice"}
    for change, error in (
        (lambda data: data["features"].pop("agent_view"), "not_allowed"),
        (lambda data: data["oauth_config"]["scopes"]["bot"].remove("assistant:write"),
         "missing_scope"),
    ):  # fmt: skip
        found = new_workspace(change)
        client = WebClient(found.bot_token, base_url=found.api_url)
        suggest = client.assistant_threads_setSuggestedPrompts
        refused = tools.refuses(lambda s=suggest: s(channel_id="D0KARI001", prompts=[one]))
        assert refused["error"] == error
