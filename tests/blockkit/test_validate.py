"""Slack's limits, and errors in the shape of its own `blocks.validate`."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blockkit import LIMITS, total_characters, validate, validate_view


def plain(text: str = "Words") -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(action: str = "go", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action, "text": plain("Go"), **more}


def cell(text: str = "x") -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def option(value: str = "a") -> dict[str, Any]:
    return {"text": plain("A"), "value": value}


def line(count: int = 3, **more: Any) -> dict[str, Any]:
    labels = [f"day {at}" for at in range(count)]
    data = [{"label": label, "value": at} for at, label in enumerate(labels)]
    chart = {
        "type": "line",
        "series": [{"name": "CPA", "data": data}],
        "axis_config": {"categories": labels},
    }
    return {"type": "data_visualization", "title": "Trend", "chart": {**chart, **more}}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": list(elements)}
    return {"type": "rich_text", "elements": [section]}


TEXT = {"type": "text", "text": "Words", "style": {"bold": True}}
SELECT = {"type": "static_select", "action_id": "pick", "options": [option()]}
FEEDBACK = {
    "type": "feedback_buttons",
    "action_id": "good",
    "positive_button": {"text": plain("👍"), "value": "1"},
    "negative_button": {"text": plain("👎"), "value": "0"},
}
GOOD = {
    "section": {"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}, "expand": True},
    "fields": {"type": "section", "fields": [plain()] * 10, "accessory": button()},
    "header": {"type": "header", "text": plain("x" * 150)},
    "divider": {"type": "divider", "block_id": "line"},
    "context": {"type": "context", "elements": [plain(), {"type": "mrkdwn", "text": "x"}]},
    "context_actions": {"type": "context_actions", "elements": [FEEDBACK]},
    "actions": {"type": "actions", "elements": [button(), SELECT]},
    "overflow": {
        "type": "actions",
        "elements": [{"type": "overflow", "action_id": "more", "options": [option()] * 5}],
    },
    "input": {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}},
    "dates": {"type": "actions", "elements": [{"type": "datepicker", "action_id": "d"}]},
    "image": {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a"},
    "file": {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"},
    "markdown": {"type": "markdown", "text": "**hi**"},
    "rich_text": rich(TEXT, {"type": "user", "user_id": "U1"}, {"type": "emoji", "name": "tada"}),
    "list": {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [{"type": "rich_text_section", "elements": [TEXT]}],
            },
        ],
    },
    "table": {
        "type": "table",
        "rows": [[cell()] * 20] * 100,
        "column_settings": [{"align": "right"}, None, {"is_wrapped": True}],
    },
    "data_table": {
        "type": "data_table",
        "caption": "Campaigns",
        "page_size": 10,
        "rows": [[cell()], [{"type": "raw_number", "value": 1.5, "text": "1.5"}]],
    },
    "line": line(20),
    "pie": {
        "type": "data_visualization",
        "title": "Spend",
        "chart": {"type": "pie", "segments": [{"label": "Google", "value": 1}]},
    },
}


@pytest.mark.parametrize("name", GOOD)
def test_what_slack_takes_passes(name):
    """Every kind of block, up to its limits."""
    assert validate([GOOD[name]]) == []


def changed(name: str, path: str, value: Any) -> dict[str, Any]:
    block = copy.deepcopy(GOOD[name])
    at: Any = block
    *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    for part in way:
        at = at[part]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return block


BAD = [
    ("section", "text/text", "", "/0/text/text", "failed_constraint"),
    ("section", "text/text", "x" * 3001, "/0/text/text", "failed_constraint"),
    ("section", "text", ..., "/0", "missing_required_field"),
    ("section", "colour", "red", "/0/colour", "unknown_field"),
    ("section", "type", "bogus", "/0/type", "unsupported_type"),
    ("section", "type", 7, "/0/type", "unsupported_type"),
    ("fields", "fields", [plain()] * 11, "/0/fields", "failed_constraint"),
    ("fields", "fields/0", plain("x" * 2001), "/0/fields/0/text", "failed_constraint"),
    ("header", "text/text", "x" * 151, "/0/text/text", "failed_constraint"),
    ("header", "text/type", "mrkdwn", "/0/text/type", "unsupported_type"),
    ("divider", "block_id", "x" * 256, "/0/block_id", "failed_constraint"),
    ("context", "elements", [plain()] * 11, "/0/elements", "failed_constraint"),
    ("context", "elements", [], "/0/elements", "failed_constraint"),
    ("context_actions", "elements/0", button(), "/0/elements/0/type", "unsupported_type"),
    ("actions", "elements/0/text/type", "mrkdwn", "/0/elements/0/text/type", "unsupported_type"),
    ("actions", "elements/0/text", plain("x" * 76), "/0/elements/0/text/text", "failed_constraint"),
    ("actions", "elements/0/value", "x" * 2001, "/0/elements/0/value", "failed_constraint"),
    ("actions", "elements/0/style", "loud", "/0/elements/0/style", "failed_constraint"),
    ("actions", "elements/1/options", [option()] * 101, "/0/elements/1/options", None),
    ("actions", "elements/1/options/0/text/text", "", "/0/elements/1/options/0/text/text", None),
    ("actions", "elements/1/options/0/value", "x" * 151, "/0/elements/1/options/0/value", None),
    ("overflow", "elements/0/options", [option()] * 6, "/0/elements/0/options", None),
    ("input", "label", ..., "/0", "missing_required_field"),
    ("input", "element", button(), "/0/element/type", "unsupported_type"),
    ("image", "alt_text", ..., "/0", "missing_required_field"),
    ("image", "image_url", ..., "/0", "missing_required_field"),
    ("rich_text", "elements/0/elements/0/text", "", "/0/elements/0/elements/0/text", None),
    ("rich_text", "elements/0/type", "text", "/0/elements/0/type", "unsupported_type"),
    ("table", "rows", [[cell()]] * 101, "/0/rows", "failed_constraint"),
    ("table", "rows/0", [cell()] * 21, "/0/rows/0", "failed_constraint"),
    ("table", "rows/0/0", plain(), "/0/rows/0/0/type", "unsupported_type"),
    ("data_table", "caption", ..., "/0", "missing_required_field"),
    ("data_table", "rows", [[cell()]], "/0/rows", "failed_constraint"),
    ("data_table", "rows", [[cell()]] * 102, "/0/rows", "failed_constraint"),
    ("data_table", "rows", [[cell()], [cell()] * 2], "/0/rows/1", "failed_constraint"),
    ("data_table", "rows/0/0", rich(TEXT), "/0/rows/0/0/type", "unsupported_type"),
    ("data_table", "page_size", 0, "/0/page_size", "failed_constraint"),
    ("data_table", "rows/1/0/value", "1", "/0/rows/1/0/value", "invalid_type"),
    ("line", "title", "x" * 51, "/0/title", "failed_constraint"),
    ("line", "chart/type", "donut", "/0/chart/type", "unsupported_type"),
    ("line", "chart/series/0/data/1/value", float("nan"), "/0/chart/series/0/data/1/value", None),
    ("line", "chart/series/0/data/1/value", None, "/0/chart/series/0/data/1/value", "invalid_type"),
    ("line", "chart/series/0/data/1", ..., "/0/chart/series/0/data", "failed_constraint"),
    ("line", "chart/series/0/name", "x" * 21, "/0/chart/series/0/name", "failed_constraint"),
    ("line", "chart/axis_config/categories/1", "day 0", "/0/chart/axis_config/categories", None),
    ("pie", "chart/segments/0/value", 0, "/0/chart/segments/0/value", "failed_constraint"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "path", "value", "pointer", "code"), BAD)
def test_what_slack_refuses_is_pointed_at(name, path, value, pointer, code):
    """The pointer leads to what is wrong, the code says how."""
    found = validate([changed(name, path, value)])
    assert pointer in {problem.pointer for problem in found}
    assert code is None or code in {problem.code for problem in found}


def test_an_error_has_slacks_shape():
    """pointer, code, message, constraint and field, as blocks.validate answers."""
    (problem,) = validate([{"type": "header", "text": plain("x" * 151)}], root="/blocks")
    assert problem.to_json() == {
        "pointer": "/blocks/0/text/text",
        "code": "failed_constraint",
        "message": "must be less than 151 characters",
        "constraint": {"type": "max_length", "expected": 150, "got": 151},
        "field": "text",
    }
    assert str(problem) == "must be less than 151 characters [json-pointer:/blocks/0/text/text]"


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_a_surface_takes_so_many_blocks(surface, most):
    """Fifty in a message, a hundred in a view."""
    divider = {"type": "divider"}
    assert validate([divider] * most, surface=surface) == []
    assert validate([divider] * (most + 1), surface=surface)
    assert bool(validate([], surface=surface)) == (surface == "modal")


@pytest.mark.parametrize("name", ["table", "data_table", "line", "markdown", "context_actions"])
@pytest.mark.parametrize("surface", ["modal", "home"])
def test_some_blocks_belong_in_messages_only(name, surface):
    """Tables and charts are refused in modals and on the Home tab."""
    (problem,) = validate([GOOD[name]], surface=surface)
    assert (problem.pointer, problem.code) == ("/0/type", "unsupported_type")


def test_ids_are_told_apart():
    """A block_id is unique in the message, an action_id in its block."""
    twice = {"type": "actions", "elements": [button(), button()]}
    assert [problem.pointer for problem in validate([twice])] == ["/0/elements/1/action_id"]
    rows = [{"type": "actions", "elements": [button()]}] * 2
    assert validate(rows) == []
    named = [{"type": "divider", "block_id": "a"}] * 2
    assert [problem.pointer for problem in validate(named)] == ["/1/block_id"]


@pytest.mark.parametrize("value", [7, True, ["a"]])
def test_an_id_that_is_no_text_is_refused_as_that(value):
    """A block_id that is no text is of the wrong type, and never the same as another."""
    named = [{"type": "divider", "block_id": value}] * 2
    problems = validate(named)
    assert [problem.pointer for problem in problems] == ["/0/block_id", "/1/block_id"]
    assert {problem.code for problem in problems} == {"invalid_type"}


def test_markdown_fills_its_limit_and_no_more():
    """All markdown of a message together may be just as long as the limit."""
    halves = [{"type": "markdown", "text": "x" * (LIMITS["markdown.text"] // 2)}] * 2
    assert validate(halves, characters=LIMITS["slack.characters"]) == []
    over = [*halves, {"type": "markdown", "text": "x"}]
    (problem,) = validate(over, characters=LIMITS["slack.characters"])
    assert problem.constraint == {
        "type": "max_length",
        "expected": LIMITS["markdown.text"],
        "got": LIMITS["markdown.text"] + 1,
    }


def test_no_more_than_two_charts():
    """A third chart is one too many."""
    assert validate([line()] * 2) == []
    assert validate([line()] * 3)[0].constraint == {"type": "max_items", "expected": 2, "got": 3}


def test_a_message_may_only_be_so_long():
    """Slack's own limit is undocumented; ours is lower, and can be asked for as Slack's."""
    long = [{"type": "section", "text": plain("x" * 3000)}] * 4
    assert [problem.code for problem in validate(long)] == ["msg_blocks_too_long"]
    assert validate(long, characters=LIMITS["slack.characters"]) == []
    assert total_characters(long) == 12_000
    wide = [{"type": "table", "rows": [[cell("x" * 101)] * 20] * 5}]
    assert {problem.code for problem in validate(wide)} == {
        "failed_constraint",
        "msg_blocks_too_long",
    }


def view(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain(), "blocks": [{"type": "divider"}], **more}


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"title": plain("x" * 25)}, "/title/text"),
        ({"submit": plain("x" * 25)}, "/submit/text"),
        ({"private_metadata": "x" * 3001}, "/private_metadata"),
        ({"callback_id": "x" * 256}, "/callback_id"),
        ({"type": "popup"}, "/type"),
        ({"blocks": [{"type": "table", "rows": [[cell()]]}]}, "/blocks/0/type"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_view_has_limits_too(more, pointer):
    """Title, buttons, ids and metadata of a modal, and the blocks in it."""
    assert validate_view(view()) == []
    assert pointer in {problem.pointer for problem in validate_view(view(**more))}


def test_a_view_may_only_be_so_big():
    """250 kB, whatever it is made of."""
    big = {"type": "section", "text": plain("x" * 2999)}
    found = validate_view(view(blocks=[big] * 90))
    assert [problem.pointer for problem in found] == [""]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "rows", "chart"]), inner)
    ),
    max_leaves=12,
)


@given(json_values, st.sampled_from(sorted(GOOD)))
def test_nonsense_is_refused_and_never_crashes(value, kind):
    """Whatever comes over the wire, the answer is a list of errors."""
    assert validate(value) or value == []  # type: ignore[arg-type]
    block = {**GOOD[kind], "elements": value, "rows": value, "chart": value}
    assert validate([block])
    assert validate_view(value) or value is None  # type: ignore[arg-type]
