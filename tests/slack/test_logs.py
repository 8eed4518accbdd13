"""Secrets never reach the log, wherever they hide."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from bot.redaction import redacted
from bot.telemetry.log_lines import Scrubbing

BOT, APP = "xoxb-123-456-abcDEF", "xapp-1-A0-999-deadbeef"


@pytest.mark.parametrize(
    "secret",
    [BOT, APP, "xoxp-1-2", "wss://x/link/?ticket=abc-1&app_id=1", "postgresql://me:pass@db/x"],
)
def test_a_secret_is_hidden(secret):
    """Tokens, tickets and passwords are replaced; what is around them stays."""
    told = redacted(f"before {secret} after")
    assert told.startswith("before ")
    assert told.endswith(" after")
    for part in ("123-456", "A0-999", "1-2", "abc-1", "pass"):
        assert part not in told


def test_a_traceback_is_scrubbed_too():
    """An exception that carries a token is logged without it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Scrubbing())
    try:
        raise ValueError(f"token {BOT}")  # noqa: TRY301
    except ValueError:
        record = logging.LogRecord("x", 40, "f", 1, "with %s", (APP,), sys.exc_info())
    handler.emit(record)
    assert "ValueError: token [hidden]" in stream.getvalue()
    assert "with [hidden]" in stream.getvalue()
