"""Every button and menu a template shows has a listener that does something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from slack_bolt import BoltRequest, BoltResponse

from bot.slack.app import drain

GOLDEN = Path(__file__).parents[1] / "render" / "golden" / "en"
LINKS = {"find.open"}  # opens an address; there is nothing to do
UNHEARD = {"", "_register_the_rest.<locals>.acknowledge"}  # acknowledged, and nothing is done


def action_ids() -> set[str]:
    """The ids of whatever can be pressed in the agreed messages, modals and Home tabs."""
    ids: set[str] = set()
    for path in GOLDEN.glob("*.json"):
        _collect(json.loads(path.read_text("utf-8")), ids)
    return ids


def _collect(node: object, ids: set[str]) -> None:
    if isinstance(node, list):
        for child in node:
            _collect(child, ids)
    elif isinstance(node, dict) and node.get("type") != "input":
        if "action_id" in node and not node.get("url"):
            ids.add(str(node["action_id"]))
        for child in node.values():
            _collect(child, ids)


@pytest.fixture(scope="module")
def app(make_app):
    _, app = make_app()
    yield app
    drain(app)


def hearer(app, action_id: str) -> str:
    """The function that hears a press first."""
    form = {"id": "V1", "callback_id": action_id.partition(".")[0]}  # a form's own buttons name it
    payload = {"type": "block_actions", "user": {"id": "U1"}, "view": form, "actions": [
        {"type": "button", "action_id": action_id, "block_id": "b", "value": "x"}]}  # fmt: skip
    request = BoltRequest(body=payload, mode="socket_mode")
    for listener in app._listeners:
        if listener.matches(req=request, resp=BoltResponse(status=200)):
            return listener.ack_function.__qualname__
    return ""


def test_every_button_is_heard(app):
    """None falls through to what only says that it was heard, and does nothing."""
    ids = action_ids()
    assert len(ids) > 15
    unheard = [id_ for id_ in sorted(ids - LINKS) if hearer(app, id_) in UNHEARD]
    assert unheard == [], unheard


def test_a_button_nobody_listens_to_is_noticed(app):
    """The test above can fail: an id of no listener falls through."""
    assert hearer(app, "nobody.listens") in UNHEARD
    assert hearer(app, "advice.dismiss") not in UNHEARD
