"""Posting once, finding again, and telling what may be tried again from what may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.post import NotNow, Poster, ThreadGone, Undeliverable
from bot.slack.web_clients import LONGEST_WAIT, introduce, web_client

SECTION = {"type": "section", "text": {"type": "plain_text", "text": "Good morning"}}


@dataclass(frozen=True)
class Message:
    key: str
    kind: str = "digest"
    channel: str = "C0PERFORM"
    text: str = "Good morning"
    blocks: tuple = (SECTION,)
    parent: str = ""


@pytest.fixture
def slack(workspace_running):
    workspace_running.do("reset")
    return workspace_running


@pytest.fixture
def client(slack):
    return web_client(slack.bot_token, slack.api_url)


@pytest.fixture
def poster(client):
    return Poster(client, lambda _blocks: [SECTION], lambda: datetime.now(UTC))


def messages(slack):
    return slack.snapshot()["messages"]


def test_a_digest_and_its_thread_are_found_by_their_keys(poster):
    """What was posted under a key is found again, in the channel and in a thread."""
    parent = poster.deliver(Message("digest:1"))
    child = poster.deliver(Message("digest:1:1", "advice", parent="digest:1"), parent)
    assert poster.find(Message("digest:1")) == parent
    assert poster.find(Message("digest:1:1"), parent) == child
    assert poster.find(Message("digest:2")) is None
    assert poster.find(Message("digest:1:2"), parent) is None


def test_a_key_is_found_behind_a_busy_morning(poster, client, slack):
    """Two hundred and fifty messages later the digest is still recognised."""
    ts = poster.deliver(Message("digest:1"))
    slack.do("limits", burst=1000)
    for number in range(250):
        client.chat_postMessage(channel="C0PERFORM", text=f"chat {number}")
    assert poster.find(Message("digest:1")) == ts


def test_somebody_elses_metadata_is_not_ours(poster, client):
    """Only our own event type counts."""
    theirs = {"event_type": "other", "event_payload": {"key": "digest:1"}}
    client.chat_postMessage(channel="C0PERFORM", text="x", metadata=theirs)
    assert poster.find(Message("digest:1")) is None


def test_an_edit_keeps_the_key_of_its_message(poster, slack):
    """An edited message says something new, and is still found by its key."""
    ts = poster.deliver(Message("digest:1"))
    edit = Message("u", "update", text="Acknowledged", blocks=(), parent="digest:1")
    assert poster.deliver(edit, ts) == ts
    (message,) = messages(slack)
    assert message["text"] == "Acknowledged"
    assert poster.find(Message("digest:1")) == ts


def test_an_edit_is_never_looked_for(poster):
    """Editing twice is the same as once."""
    assert poster.find(Message("u", "update", parent="p"), "1.0") is None


def test_a_lost_answer_may_be_tried_again_after_a_look(poster, slack):
    """Slack posted it, the answer was lost: nobody knows, a look tells."""
    slack.do("fault", kind="lost_answer", method="chat.postMessage")
    with pytest.raises(NotNow):
        poster.deliver(Message("digest:1"))
    assert poster.find(Message("digest:1")) == messages(slack)[0]["ts"]
    assert len(messages(slack)) == 1


def test_a_long_rate_limit_goes_back_to_the_outbox(poster, slack):
    """Slack asks for a minute: that is what the outbox hears, at once."""
    slack.do("fault", kind="rate_limited", method="chat.postMessage", seconds=60)
    with pytest.raises(NotNow) as raised:
        poster.deliver(Message("digest:1"))
    assert raised.value.wait == 60
    assert raised.value.wait > LONGEST_WAIT


def test_a_channel_that_is_not_there_may_come_back(poster, slack, client):
    """Not invited, archived, or out of sight: a digest waits, five minutes at a time."""
    for channel, reason in (("C0NOWHERE", "channel_not_found"), ("C0GENERAL", "not_in_channel")):
        with pytest.raises(NotNow) as raised:
            poster.deliver(Message("digest:1", channel=channel))
        assert (raised.value.reason, raised.value.wait) == (reason, 300)
    slack.do("channel", channel="performance", archived=True)
    with pytest.raises(NotNow) as raised:
        poster.deliver(Message("digest:1"))
    assert raised.value.reason == "is_archived"


def test_a_line_to_a_channel_that_is_away_is_given_up(poster):
    """Who acknowledged what is no news by the time the channel is back; the card says it then."""
    with pytest.raises(Undeliverable, match="not_in_channel"):
        poster.deliver(Message("l", "line", channel="C0GENERAL", parent="p"), "1.0")
    with pytest.raises(Undeliverable, match="message_not_found"):
        poster.deliver(Message("u", "update", parent="p"), "1.000001")


def test_a_thread_that_was_deleted_takes_nothing_more(poster):
    """No retry brings back a deleted message: what was to go under it goes nowhere."""
    with pytest.raises(ThreadGone):
        poster.deliver(Message("advice:1", "advice", parent="digest:1"), "1.000001")


def test_a_message_to_a_person_is_found_again(poster, slack):
    """It goes by their id, and stands in the conversation with them."""
    ts = poster.deliver(Message("notice:1", "notice", channel="U0KARI001"))
    assert poster.find(Message("notice:1", "notice", channel="U0KARI001")) == ts


def test_trouble_at_slack_is_trouble_for_later(poster, slack):
    """A 500 says nothing about the message."""
    slack.do("fault", kind="server_error", method="chat.postMessage")
    with pytest.raises(NotNow):
        poster.deliver(Message("digest:1"))


def test_nobody_there_is_trouble_for_later():
    """A network that is down says nothing about the message either."""
    client = web_client("xoxb-1", "http://127.0.0.1:9/api/")
    poster = Poster(client, lambda blocks: blocks, lambda: datetime.now(UTC))
    with pytest.raises(NotNow):
        poster.deliver(Message("digest:1"))
    with pytest.raises(NotNow):
        poster.find(Message("digest:1"))


def test_refused_blocks_are_made_simpler(poster, slack):
    """Blocks Slack refuses are sent without what it may not know."""
    poster.deliver(Message("digest:1", blocks=({"type": "data_visualization"}, SECTION)))
    (message,) = messages(slack)
    assert [block["type"] for block in message["blocks"]] == ["section"]


def test_blocks_nobody_can_save_leave_the_text(client, slack):
    """Where even the simple blocks are refused the text is posted."""
    poster = Poster(client, lambda blocks: blocks, lambda: datetime.now(UTC))
    poster.deliver(Message("digest:1", blocks=({"type": "section"},)))
    (message,) = messages(slack)
    assert message["text"] == "Good morning"


def test_old_messages_are_not_searched_for_ever(client):
    """A look goes back two days: nothing waits longer in the outbox."""
    later = Poster(client, list, lambda: datetime.now(UTC) + timedelta(days=3))
    Poster(client, list, lambda: datetime.now(UTC)).deliver(Message("digest:1"))
    assert later.find(Message("digest:1")) is None


def test_a_refused_token_is_one_sentence(slack):
    """A wrong token says which variable it came from, and where to get a right one."""
    from bot.errors import SettingsError

    with pytest.raises(SettingsError) as raised:
        introduce(web_client("xoxb-wrong", slack.api_url))
    assert "SLACK_BOT_TOKEN" in str(raised.value)
    assert "api.slack.com/apps" in str(raised.value)
