"""perfbot as a process that another workspace installs: answered, and again after a new key."""

from __future__ import annotations

import socket as sockets
from contextlib import closing
from datetime import UTC, datetime

import httpx
import pytest
from cryptography.fernet import Fernet

from bot.demo.workspace.model import Team
from bot.demo.workspace.oauth import CLIENT_ID, CLIENT_SECRET
from bot.demo.workspace.server import Workspace
from bot.slack.vault import Vault
from bot.store import open_store
from bot.store.base import ChannelOwner
from tests.e2e.test_wire_processes import ended, environment, perfbot, until

B = Team("T0SECOND1", "Second", "second")


@pytest.fixture
def slack():
    with Workspace(neighbours=(B,)) as running:
        yield running


@pytest.fixture
def address(slack, tmp_path):
    """Where perfbot is to listen, as its settings and the app's page say."""
    with closing(sockets.create_server(("127.0.0.1", 0))) as free:
        place = f"http://127.0.0.1:{free.getsockname()[1]}"
    slack.oauth.redirect_urls.append(f"{place}/slack/oauth_redirect")
    lines = f'[slack]\naddress = "{place}"\nport = {place.rpartition(":")[2]}\n'
    (tmp_path / "perfbot.toml").write_text(lines, encoding="utf-8")
    return place


def install(address):
    with httpx.Client(trust_env=False) as browser:
        begun = browser.get(f"{address}/slack/install")
        dialog = browser.get(f"{begun.headers['location']}&team={B.id}")
        cookie = begun.headers["set-cookie"].partition(";")[0]
        return browser.get(dialog.headers["location"], headers={"cookie": cookie})


def answered(slack, process, words):
    there = slack.neighbours[B.id]
    before = len(there.snapshot()["ephemerals"])
    assert there.do("command", user="kari", channel="performance", text="/perf channel google")[
        "ok"
    ]
    until(lambda: [e for e in there.snapshot()["ephemerals"][before:] if words in repr(e)], process)


def test_another_workspace_installs_a_running_perfbot(slack, address, todays_market, tmp_path):
    """Nothing is shown until its channel is somebody's; tokens outlive a restart and a new key."""
    (tmp_path / "perfbot.db").write_bytes(todays_market.read_bytes())
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    secrets = {"SLACK_CLIENT_ID": CLIENT_ID, "SLACK_CLIENT_SECRET": CLIENT_SECRET}
    env = environment(slack, PERFBOT_TOKEN_KEY=old, **secrets)
    with perfbot("run", env=env, cwd=tmp_path) as process:
        until(slack.connected, process)
        assert install(address).status_code == 200
        answered(slack, process, "belongs to no client")
        with closing(open_store(tmp_path / "perfbot.db")) as store:
            owner = ChannelOwner(f"C0PERFORM@{B.id}", "*")
            store.assign_channel(owner, by="U1", at=datetime.now(UTC))
        answered(slack, process, "Google")
        code, told = ended(process)
        assert code == 0
    with perfbot("run", env={**env, "PERFBOT_TOKEN_KEY": f"{new},{old}"}, cwd=tmp_path) as process:
        until(slack.connected, process)
        answered(slack, process, "Google")
        code, more = ended(process)
    with closing(open_store(tmp_path / "perfbot.db")) as store:
        sealed = store.workspace(B.id).sealed
    assert Vault(new).open(B.id, sealed)["bot_token"] in slack.neighbours[B.id].state.tokens
    kept = [*slack.neighbours[B.id].state.tokens, CLIENT_SECRET, old, new, sealed]
    assert [secret for secret in kept if secret in told + more] == []
