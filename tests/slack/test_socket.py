"""A socket that closes while something is heard."""

from __future__ import annotations

import logging

from slack_bolt import App
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.socket import Handler


def test_an_envelope_whose_socket_has_closed_is_a_line_in_the_log(caplog):
    """Slack sends it once more; a traceback would call it a fault of ours."""
    app = App(token="xoxb-1-2-none", signing_secret="x" * 8, token_verification_enabled=False)
    closed = SocketModeClient(app_token="xapp-1-none")
    closed.current_session = Connection("wss://127.0.0.1:9/", closed.logger)  # never connected
    envelope = SocketModeRequest(type="events_api", envelope_id="E1", payload={"odd": 1})
    with caplog.at_level(logging.WARNING, "bot.slack.socket"):
        Handler(app, "xapp-1-none").handle(closed, envelope)
    assert "it comes again" in caplog.text
    assert "Traceback" not in "".join(r.getMessage() for r in caplog.records
                                      if r.name.startswith("bot."))  # fmt: skip
