"""Buttons under an answer know what they were pressed for."""

from __future__ import annotations

from bot.slack.questions import _place_meant


def test_changing_a_summary_on_the_home_tab_is_about_its_channel():
    """The Home tab is in no channel; the button names the one whose summary it changes."""
    action = {"action_id": "subscribe.change", "type": "button", "value": "C0PERFORM"}
    body = {"user": {"id": "U1"}, "actions": [action], "trigger_id": "t"}
    assert _place_meant(body).channel == "C0PERFORM"


def test_in_a_channel_the_button_is_about_that_channel():
    """Whatever its value says."""
    action = {"action_id": "subscribe.change", "type": "button", "value": "C0OTHER"}
    body = {"user": {"id": "U1"}, "channel": {"id": "C0PERFORM"}, "actions": [action]}
    assert _place_meant(body).channel == "C0PERFORM"
