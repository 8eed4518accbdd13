"""The workspace alone, as a program: a bot of anybody's can dial in."""

from __future__ import annotations

import signal
import subprocess
import sys

from slack_sdk import WebClient


def started(*words):
    return subprocess.Popen(
        [sys.executable, "-m", "bot.workspace", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_says_what_a_bot_needs_and_stops_when_asked():
    """Address and tokens as lines for a shell; they work; Ctrl-C ends it without a word."""
    with started("--port", "0") as alone:
        assert alone.stdout
        address = alone.stdout.readline()
        lines = [alone.stdout.readline().removeprefix("export ").strip() for _ in range(4)]
        said = dict(line.split("=", 1) for line in lines)
        assert said["SLACK_API_URL"] == f"{address.split()[1]}/api/"
        client = WebClient(said["SLACK_BOT_TOKEN"], base_url=said["SLACK_API_URL"])
        assert client.auth_test()["user"] == "perfbot"
        alone.send_signal(signal.SIGINT)
        assert alone.communicate(timeout=20) == ("", "")
    assert alone.returncode == 0


def test_a_taken_port_is_one_sentence(workspace):
    """No traceback, and what to do."""
    with started("--port", str(workspace.port)) as refused:
        told, complaint = refused.communicate(timeout=20)
    assert refused.returncode == 1
    assert told == ""
    assert len(complaint.splitlines()) == 1
    assert "--port" in complaint
