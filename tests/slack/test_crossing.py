"""Ids of several workspaces are told apart on the way in and Slack's own on the way out."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.slack_ids import in_workspace, is_slack_id, taken_apart, workspace_of
from bot.slack.web_clients import patient, web_client
from bot.slack.workspaces import (
    LINKED,
    NOT_INSTALLED,
    AnotherWorkspaceError,
    WorkspaceClient,
    at,
    inward,
    local,
    outward,
)

T = "T0SECOND1"
IDS = st.from_regex(r"[UWCDG][A-Z0-9]{1,9}", fullmatch=True)
TEXTS = st.text("<>@#|CUDT0A 1", max_size=30)
BODIES = st.recursive(
    st.one_of(TEXTS, st.integers(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["event", "item", "text", "value", "name"]), inner),
    ),
    max_leaves=8,
)


@given(IDS, st.sampled_from(["", T, "T0THIRD01"]))
def test_an_id_is_taken_apart_as_it_was_put_together(own_id, team):
    """Whatever the id; of the first workspace it is Slack's own, to the letter."""
    whole = in_workspace(own_id, team)
    assert taken_apart(whole) == (own_id, team)
    assert workspace_of(whole) == team
    assert is_slack_id(whole)
    assert team or whole == own_id


@given(IDS, IDS, TEXTS)
@example("U1", "C1", "<#0|")
@example("U1", "C1", "<#0|<#1>")
@example("U1", "C1", "<#0|>")
@example("U1", "C1", "<@U1|kari> and <#C1>")
def test_what_came_in_goes_out_as_it_was(user, channel, text):
    """A body of Slack's, in and out again, is the same body; of another workspace none is."""
    assume(
        not LINKED.search(text)
    )  # Slack writes no id with its workspace; whoever does is foreign
    body = {"user": {"id": user}, "channel_id": channel, "event": {"item": {"channel": channel}},
            "text": text, "users": [user]}  # fmt: skip
    inside = inward(body, T)
    assert inside["user"]["id"] == f"{user}@{T}"
    assert inside["event"]["item"]["channel"] == f"{channel}@{T}"
    assert outward({"channel": inside["channel_id"], "text": inside["text"]}, T) == {
        "channel": channel, "text": text}  # fmt: skip
    with pytest.raises(AnotherWorkspaceError):
        outward({"channel": inside["channel_id"]}, "")
    with pytest.raises(AnotherWorkspaceError):
        outward({"channel": channel}, T)


@given(BODIES)
def test_what_names_nobody_is_left_alone(body):
    """Texts, values and numbers cross unchanged, but for mentions Slack wrote."""
    if "<" not in repr(body):
        assert inward(body, T) == body
    assert outward(body, "") == body or "@T" in repr(body)


def test_what_people_typed_is_no_id():
    """A campaign called as a channel of another workspace is a name, wherever it stands."""
    said = {"text": f"C0123@{T}", "value": f"C0123@{T}", "blocks": [{"text": {"text": "U0A@T0B"}}]}
    assert outward(said, "") == said
    assert inward({"text": "UPSELL", "value": "C0123"}, T) == {"text": "UPSELL", "value": "C0123"}


def test_mentions_are_of_their_workspace():
    """There they lead to somebody; elsewhere only what they are called is left."""
    assert inward({"text": "<@U1> in <#C1|perf>"}, T)["text"] == f"<@U1@{T}> in <#C1@{T}|perf>"
    text = {"text": f"<@U1@{T}> in <#C1@{T}|perf>"}
    assert outward(text, T)["text"] == "<@U1> in <#C1|perf>"
    assert outward(text, "")["text"] == "@U1 in perf"
    element = {"type": "channel", "channel_id": f"C1@{T}"}
    assert outward([element], T) == [{"type": "channel", "channel_id": "C1"}]
    assert outward([element], "") == [{"type": "text", "text": "#C1"}]


class Tokens:
    """Of home and one other workspace."""

    def of(self, team):
        return {"": "xoxb-home", T: "xoxb-other"}.get(team, "")


def test_a_call_names_one_workspace_or_is_not_made():
    """Of another workspace than the client's, of two, or of one nobody installed: refused here."""
    client = WorkspaceClient(web_client(None, "http://127.0.0.1:9/"), Tokens())
    calls = [
        lambda: client.chat_postMessage(channel="C1@T0NOWHERE", text="x"),
        lambda: client.at(T).conversations_history(channel="C1"),
        lambda: client.at("").conversations_history(channel=f"C1@{T}"),
        lambda: client.chat_postEphemeral(channel=f"C1@{T}", user="U1", text="x"),
        lambda: patient(client.at(T), 1).chat_postMessage(channel="C1@T0OTHER1", text="x"),
    ]
    errors = []
    for call in calls:
        with pytest.raises(SlackApiError) as caught:
            call()
        errors.append(caught.value.response["error"])
        assert "xoxb" not in str(caught.value)
    assert errors == [NOT_INSTALLED, *["channel_not_found"] * 4]


def test_one_workspace_has_a_client_as_ever():
    """Where there is one token nothing crosses anything."""
    client = web_client("xoxb-1")
    assert type(client) is WebClient
    assert at(client, "C1") is client
    assert local(client, {"channel": "C1@T1"}) == {"channel": "C1@T1"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (f"<@U1@{T}|kari>", "<@U1|kari>"),
        (f"<#C1@{T}|>", "<#C1|>"),
        ("<@U1@T0THIRD01|kari> was here", "kari was here"),
        ("<@U1@T0THIRD01>", "@U1"),
    ],
)
def test_a_mention_with_a_workspace_is_one_only_in_its_own(written, shown):
    """Elsewhere only what somebody is called is left, whoever wrote it."""
    assert outward({"channel": f"C1@{T}", "text": written}, T)["text"] == shown
