"""Clients kept apart over the real wire: channel, direct message, Home tab, button, and leaving."""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack

import pytest
from pydantic import SecretStr

from bot.app.composition import Composition
from bot.blockkit import every_text
from bot.settings import App, Settings, Tokens
from bot.slack import socket
from bot.slack.app import drain
from bot.slack.lookups import Memberships
from bot.slack.web_clients import web_client
from bot.store import open_store
from bot.store.base import ChannelOwner
from tests.clients.conftest import ALFA, ZYX, canaries, now
from tests.office import NOW

CLIENTS, TEAMS, KARIS = "C0PERFORM", "C0GENERAL", "D0KARI001"


class Wire:
    """perfbot whole behind a workspace: #performance is a client's, #general the team's own."""

    def __init__(self, workspace, composition):
        self.workspace, self.composition = workspace, composition

    def do(self, verb, **body):
        answer = self.workspace.do(verb, **{"user": "kari", "channel": "performance", **body})
        assert answer["ok"], answer
        return answer

    def until(self, wanted, seconds=30.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := wanted(self.workspace.snapshot()):
                return found
            time.sleep(0.03)
        raise AssertionError(f"not within {seconds} s")

    def whisper(self, words):
        """What only Kari sees, once it says that."""
        return self.until(lambda s: [e for e in s["ephemerals"] if words in repr(e)])[-1]

    def written(self, words):
        """A message in Kari's conversation with perfbot, once it says that."""
        return self.until(
            lambda s: [m for m in s["messages"] if m["channel"] == KARIS and words in repr(m)]
        )[-1]

    def leaves_the_team(self):
        """Kari is taken out of #general; what Slack said of her before is a minute old by then."""
        self.do("channel", channel="general", members=["ola", "perfbot"])
        self.composition.desk.context.channels_of.ask_anew()


@pytest.fixture
def wire(workspace, two_clients, tmp_path, rulebook, renderers):
    tokens = Tokens(bot=SecretStr(workspace.bot_token), app=SecretStr(workspace.app_token),
                    api_url=workspace.api_url)  # fmt: skip
    store = open_store(shutil.copy(two_clients, tmp_path / "perfbot.db"))
    for channel, client in ((CLIENTS, ALFA), (TEAMS, "*")):
        store.assign_channel(ChannelOwner(channel, client), by="U9", at=NOW)
    settings = Settings(app=App(time_zone="Europe/Oslo"), tokens=tokens)
    composition = Composition(settings, store, rulebook, renderers, now)
    app = composition.bolt()
    with ExitStack() as stack:
        stack.callback(store.close)
        stack.callback(composition.homes.stop)
        stack.callback(drain, app)
        bot = socket.connect(app, workspace.app_token, workspace.api_url)
        stack.callback(bot.close)
        found = Wire(workspace, composition)
        found.until(lambda _: workspace.connected())
        yield found


def test_a_clients_channel_over_the_wire(wire):
    """A command there, and a button on another client's advice, show nothing of the other."""
    wire.do("command", text="/perf channel google")
    assert canaries(wire.whisper("Google | Generic")) == []
    theirs = next(each.advice.id for each in wire.composition.store.all_advice() if canaries(each))
    button = {"type": "button", "action_id": "advice.acknowledge", "value": theirs,
              "text": {"type": "plain_text", "text": "Acknowledge"}}  # fmt: skip
    evidence = {**button, "action_id": "advice.evidence", "value": theirs}
    posted = wire.composition.client.chat_postMessage(
        channel=CLIENTS, text="Advice", blocks=[{"type": "actions", "elements": [button, evidence]}]
    )
    for action in ("advice.acknowledge", "advice.evidence"):
        wire.do("action", ts=posted["ts"], action_id=action, value=theirs)
        refused = wire.whisper("That is not one of this channel's campaigns.")
        assert canaries(refused) == []
    assert wire.workspace.snapshot()["views"] == []
    assert wire.composition.store.advice(theirs).state == "open"


def test_a_direct_message_and_home_show_what_ones_channels_show(wire):
    """As long as somebody is in the team's channel that is everything; then their client's."""
    wire.do("message", channel=KARIS, text="channel google")
    assert canaries(wire.written("Google | Generic"))
    wire.leaves_the_team()
    before = len(wire.workspace.snapshot()["messages"])
    wire.do("message", channel=KARIS, text="channel google")
    wire.until(lambda s: len(s["messages"]) >= before + 2)
    assert canaries(wire.workspace.snapshot()["messages"][-1]) == []
    wire.do("open_home")
    home = wire.until(lambda s: s["homes"])
    assert canaries(every_text(home if isinstance(home, list) else list(home.values()))) == []


def test_slack_tells_which_channels_somebody_is_in(wire):
    """Page after page; where it does not tell, nothing is guessed."""
    asked = Memberships(web_client(wire.workspace.bot_token, wire.workspace.api_url), now)
    assert asked("U0KARI001") == {CLIENTS, TEAMS, "C0RANDOM1"}
    wire.leaves_the_team()
    assert asked("U0KARI001") == {CLIENTS, TEAMS, "C0RANDOM1"}, "a minute has not passed"
    asked.ask_anew()
    assert asked("U0KARI001") == {CLIENTS, "C0RANDOM1"}
    assert ZYX in wire.composition.store.clients()
