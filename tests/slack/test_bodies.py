"""Where an answer goes, read from the body of whatever came in."""

from __future__ import annotations

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
