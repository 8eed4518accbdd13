"""state.values as Slack has it, and what its page refuses to send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.workspace.manifest import manifest_of, read_manifest
from bot.demo.workspace.values import REQUIRED, collect, refused
from bot.errors import PerfbotError

OPTIONS = [{"text": {"type": "plain_text", "text": t}, "value": t.lower()} for t in ("One", "Two")]


def block(kind, *, optional=False, **more):
    return {
        "type": "input",
        "block_id": "b",
        "optional": optional,
        "label": {"type": "plain_text", "text": "L"},
        "element": {"type": kind, "action_id": "a", **more},
    }


@pytest.mark.parametrize(
    ("kind", "more", "given_value", "key", "value"),
    [
        ("plain_text_input", {}, "x", "value", "x"),
        ("plain_text_input", {"initial_value": "i"}, None, "value", "i"),
        ("plain_text_input", {}, None, "value", None),
        ("number_input", {}, "4", "value", "4"),
        ("static_select", {"options": OPTIONS}, "two", "selected_option", OPTIONS[1]),
        ("static_select", {"options": OPTIONS}, "Two", "selected_option", OPTIONS[1]),
        ("static_select", {"options": OPTIONS}, None, "selected_option", None),
        ("radio_buttons", {"options": OPTIONS}, "one", "selected_option", OPTIONS[0]),
        ("checkboxes", {"options": OPTIONS}, ["one"], "selected_options", [OPTIONS[0]]),
        ("checkboxes", {"options": OPTIONS}, None, "selected_options", []),
        ("datepicker", {"initial_date": "2026-11-23"}, None, "selected_date", "2026-11-23"),
        ("timepicker", {}, "08:00", "selected_time", "08:00"),
        ("users_select", {}, "U0KARI001", "selected_user", "U0KARI001"),
        ("multi_users_select", {}, None, "selected_users", []),
    ],
)
def test_each_kind_of_input_has_its_own_key(kind, more, given_value, key, value):
    """Given, initial or empty: under the name Slack uses."""
    given_values = {} if given_value is None else {"a": given_value}
    found = collect([block(kind, **more)], given_values)
    assert found == {"b": {"a": {"type": kind, key: value}}}


def test_what_was_typed_before_is_kept():
    """A view that is updated keeps the values of the same ids."""
    first = collect([block("plain_text_input")], {"b": {"a": "typed"}})
    assert collect([block("plain_text_input")], {}, first) == first


@pytest.mark.parametrize(
    ("kind", "more", "value", "problem"),
    [
        ("plain_text_input", {}, "", REQUIRED),
        ("plain_text_input", {"min_length": 3}, "ab", "Please enter at least 3 characters."),
        ("plain_text_input", {"max_length": 1}, "ab", "Please enter at most 1 characters."),
        ("number_input", {}, "x", "Please enter a whole number."),
        ("number_input", {"is_decimal_allowed": True}, "1.5", None),
        ("number_input", {"min_value": "2"}, "1", "Please enter a number of at least 2."),
        ("number_input", {"max_value": "2"}, "3", "Please enter a number of at most 2."),
        ("email_text_input", {}, "kari", "Please enter a valid email address."),
        ("url_text_input", {}, "kari", "Please enter a valid URL."),
        ("datepicker", {}, "soon", "Please enter a date."),
        ("timepicker", {}, "25:00", "Please enter a time."),
        ("checkboxes", {"options": OPTIONS}, [], REQUIRED),
    ],
)
def test_the_page_refuses_what_slacks_would(kind, more, value, problem):
    """Nothing of this reaches the app."""
    blocks = [block(kind, **more)]
    found = refused(blocks, collect(blocks, {"a": value}))
    assert found == ({"b": problem} if problem else {})


@given(st.text(max_size=40))
def test_any_text_fits_an_optional_field(text):
    """What people type is passed on as typed."""
    blocks = [block("plain_text_input", optional=True)]
    values = collect(blocks, {"a": text})
    assert values["b"]["a"]["value"] == (text or None)
    assert refused(blocks, values) == {}


def test_the_shipped_manifest_is_read():
    """Commands, scopes, events and Home, from the file Slack takes too."""
    from bot.places import shipped

    found = read_manifest(shipped("slack-manifest.yml"))
    assert found.command("/perf").usage_hint.startswith("channel NAME")
    assert {"chat:write", "commands"} <= found.scopes
    assert (found.home, found.socket_mode, found.interactivity) == (True, True, True)


@pytest.mark.parametrize("text", ["a: [", "- 1", "{}"])
def test_what_is_no_manifest_is_one_sentence(tmp_path, text):
    """Not YAML, not an object, or without a name."""
    path = tmp_path / "m.yml"
    path.write_text(text)
    with pytest.raises(PerfbotError, match=r"m\.yml: "):
        read_manifest(path)
    with pytest.raises(PerfbotError):
        manifest_of(None)
