"""The Procfile, as a platform runs it: web and worker, with a local Slack before them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from contextlib import closing

import httpx
import pytest

from bot.places import CHECKOUT
from bot.store import open_store


def free_port():
    with closing(socket.socket()) as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def eventually(wanted, process, seconds=60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()[0]
        try:
            if found := wanted():
                return found
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("not in time")


@pytest.fixture
def honcho(workspace, tmp_path):
    """`honcho start web worker` with this Procfile, the worker watched; their addresses."""
    port, watched = free_port(), free_port()
    lines = (CHECKOUT / "Procfile").read_text()
    procfile = tmp_path / "Procfile"
    assert "worker: perfbot worker\n" in lines
    procfile.write_text(lines.replace("perfbot worker", f"perfbot worker --port {watched}"))
    (tmp_path / "perfbot.toml").write_text('[app]\nlogs = "json"\n')
    kept = {name: text for name, text in os.environ.items() if not name.startswith("SLACK_")}
    tokens = {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": workspace.api_url,
        "DATABASE_URL": str(tmp_path / "perfbot.db"),
        "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}",
        "PORT": str(port),
    }
    open_store(tmp_path / "perfbot.db").close()  # `release`, which a platform runs before
    process = subprocess.Popen(
        [sys.executable, "-m", "honcho.command", "-f", str(procfile), "--no-prefix", "start",
         "web", "worker"],
        env=kept | tokens, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    yield process, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{watched}"
    if process.poll() is None:
        process.kill()
        process.communicate(timeout=20)


def test_the_procfile_serves_a_slack_and_stops(workspace, honcho):
    """Both are healthy and ready, a question is answered, figures are there, all of them end."""
    process, web, worker = honcho
    eventually(workspace.connected, process)
    for address in (web, worker):
        for page in ("healthz", "readyz"):
            place = f"{address}/{page}"
            eventually(lambda place=place: httpx.get(place).status_code == 200, process)
    said = workspace.do("command", user="kari", channel="performance", text="/perf help")
    assert said["ok"], said
    eventually(lambda: workspace.snapshot()["ephemerals"], process)
    answered = 'perfbot_answer_seconds_count{kind="question"} 1.0'
    eventually(lambda: answered in httpx.get(f"{web}/metrics").text, process)
    ticked = "perfbot_last_tick_timestamp_seconds 1."
    eventually(lambda: ticked in httpx.get(f"{worker}/metrics").text, process)
    process.send_signal(signal.SIGTERM)
    told, _ = process.communicate(timeout=30)
    assert '"event": "/perf: question done' in told
    assert '"request": "' in told
    assert "Traceback" not in told
    assert "SIGKILL" not in told  # honcho's patience is five seconds
    assert "xoxb-" not in told
