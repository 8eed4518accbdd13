"""Where an answer goes, read from the body of whatever came in."""

from __future__ import annotations

import pytest

from bot.slack.bodies import Place, is_shaped, remembered


def test_a_command_names_its_user_channel_and_addresses():
    """A slash command is answered at its response_url, and may open a modal."""
    body = {
        "user_id": "U1",
        "channel_id": "C1",
        "response_url": "https://hooks/1",
        "trigger_id": "1.2",
    }
    assert Place.of(body) == Place("U1", "C1", response_url="https://hooks/1", trigger_id="1.2")


def test_a_button_in_a_thread_knows_thread_and_message():
    """The answer to a button belongs in the thread the button is in."""
    body = {
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "container": {"message_ts": "2.0", "thread_ts": "1.0", "channel_id": "C1"},
        "message": {"ts": "2.0", "thread_ts": "1.0"},
    }
    place = Place.of(body)
    assert (place.user, place.channel, place.thread_ts, place.message_ts) == (
        "U1",
        "C1",
        "1.0",
        "2.0",
    )


def test_a_reaction_is_where_its_message_is():
    """reaction_added names the channel in its item."""
    event = {"user": "U1", "item": {"channel": "C1", "ts": "1.0"}}
    assert Place.of({"event": event}) == Place("U1", "C1")


def test_a_modal_remembers_where_it_was_opened():
    """A submission has no channel; the view's private metadata brings it back."""
    opened = Place("U1", "C1", thread_ts="1.0")
    view = {"private_metadata": opened.kept(advice="a1")}
    assert Place.of_submission({"user": {"id": "U1"}, "view": view}) == opened
    assert remembered(view)["advice"] == "a1"


def test_metadata_of_somebody_else_is_no_place():
    """Metadata that is not ours is read as nothing, not as an error."""
    assert remembered({"private_metadata": "not json"}) == {}
    assert remembered({"private_metadata": "[1]"}) == {}
    assert remembered({}) == {}


def test_halves_of_letters_are_not_from_slack():
    """Found by fuzzing: JSON can name what no text can hold, and no call back could be made."""
    press = {"type": "block_actions", "actions": [{"action_id": "advice.acknowledge"}]}
    assert is_shaped(press | {"user": {"id": "U0KARI001", "name": "\U0001f984"}})
    assert not is_shaped(press | {"user": {"id": "\ud800"}})
    assert not is_shaped(press | {"user": {"id": "U0KARI001", "\udfff": ""}})


@pytest.mark.parametrize("view", [
    {"state": []}, {"state": {"values": []}}, {"state": {"values": {"b": []}}},
    {"state": {"values": {"b": {"a": {"value": 1}}}}},
    {"state": {"values": {"b": {"a": {"selected_options": [{"value": None}, "x"]}}}}},
    {"state": {"values": {"b": {"a": {"selected_options": [None]}}}}},
    {"state": {"values": {"b": {"a": {"selected_options": [{"id": 5}]}}}}},
    {"blocks": None}, {"blocks": ["x"]}, {"blocks": [{"type": "input", "block_id": "b"}]},
])  # fmt: skip
def test_a_form_filled_in_as_slack_never_does_is_not_from_slack(view):
    """Found by fuzzing: values, elements and blocks of other types than Slack gives them."""
    body = {"type": "view_submission", "view": {"type": "modal", "callback_id": "x"}}
    assert is_shaped(body)
    assert not is_shaped({**body, "view": body["view"] | view})


@pytest.mark.parametrize("address", ["[null]", "x", "file:///etc/passwd", "https://a b", "ftp://x"])
def test_an_address_that_is_none_is_not_answered(address):
    """Found by fuzzing: what is no address on the web is left alone; the channel is answered."""
    assert Place.of({"user_id": "U1", "response_url": address}).response_url == ""


@pytest.mark.parametrize("event", [
    {"type": "app_mention", "user": "U1", "channel": "C1"}, {"type": "message", "ts": "1.1"},
    {"type": "reaction_added", "user": "U1", "item": {"channel": "C1"}},
    {"type": "reaction_added", "item": {"channel": "C1", "ts": "1.1"}},
])  # fmt: skip
def test_what_was_written_nowhere_is_not_from_slack(event):
    """Found by fuzzing: a line or a mark without its channel, time or person."""
    placed = {"user": "U1", "channel": "C1", "ts": "1.1", "item": {"channel": "C1", "ts": "1.1"}}
    assert is_shaped({"type": "event_callback", "event": placed | {"type": event["type"]}})
    assert not is_shaped({"type": "event_callback", "event": event})


@pytest.mark.parametrize("part", ["event", "actions", "view"])
@pytest.mark.parametrize("kind", ["\x00", "x", "block_actions", "event_callback"])
def test_a_part_that_is_named_and_null_is_not_handed_on(part, kind):
    """`"event": null`, of whatever type: Bolt looks into it wherever it is named."""
    whole = {"event": {"type": "x"}, "actions": [{"action_id": "x"}], "view": {"id": "V1"}}
    assert is_shaped({"type": kind, **whole})
    assert not is_shaped({"type": kind, **whole, part: None})
