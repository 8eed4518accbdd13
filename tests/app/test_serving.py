"""Addresses are checked before anything starts; health says how it is."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from bot.app.serving import PortError, Server, listening
from bot.slack.http import asgi


def get(address):
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_health_says_how_it_is():
    """200 while all is well, 503 while it is not; only here on this machine."""
    fine = [True]
    server = Server(asgi(None, lambda: fine[0]), listening("127.0.0.1", 0))
    server.start()
    try:
        assert server.address.startswith("http://127.0.0.1:")
        assert get(server.address) == (200, {"ok": True})
        fine[0] = False
        assert get(server.address) == (503, {"ok": False})
    finally:
        server.stop()


def test_a_port_in_use_is_one_sentence():
    """The second one on a port is told so, and what to do."""
    with listening("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortError, match=rf"Port {port} on 127\.0\.0\.1 is in use.*--port"):
            listening("127.0.0.1", port)
