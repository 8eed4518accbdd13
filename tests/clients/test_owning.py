"""Whose a channel is: said in Slack by the team, in perfbot.toml, or at the terminal."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bot.ask import Asker
from bot.cli.door import cli
from bot.context.context import load
from bot.settings import Settings
from bot.store.base import ChannelOwner, Subscription
from bot.store.scope import EVERYTHING, NOTHING, Scope
from tests.clients.conftest import ALFA, NOBODYS, OURS, TEAM, THEIRS, ZYX, canaries
from tests.office import MORNING, NOW


def test_the_team_says_whose_a_new_channel_is(agency):
    """By the client's name in any case; from then on the channel shows it."""
    reply = agency.ask("settings client alfa hotels", NOBODYS, "U9")
    assert reply.error is None
    assert f"shows the campaigns of {ALFA}" in repr(reply.blocks)
    assert agency.store.scope_of(NOBODYS) == Scope(frozenset({ALFA}))
    assert "Google | Generic" in repr(agency.ask("channel google", NOBODYS, "U1").blocks)
    assert canaries(agency.ask("channel google", NOBODYS, "U1").blocks) == []
    assert agency.ask("innstillinger kunde ingen", NOBODYS, "U9").error is None
    assert agency.store.scope_of(NOBODYS) == NOTHING


@pytest.mark.parametrize("channel", [OURS, NOBODYS, THEIRS, "D1"])
@pytest.mark.parametrize("client", ["all", ZYX, "none", ALFA])
def test_nobody_of_a_client_opens_a_channel(agency, channel, client):
    """Whoever is in no channel of the team's own changes nothing, also where everybody is admin."""
    before = agency.store.channel_owners()
    reply = agency.ask(f"settings client {client}", channel, "U1")
    assert "Only somebody in a channel of the team's own" in reply.text
    assert agency.store.channel_owners() == before


def test_the_team_keeps_a_channel_that_shows_all(agency):
    """The last one is given to nobody, and a client comes only after it."""
    for client in (ALFA, "none"):
        assert "no channel that shows every client" in agency.ask(
            f"settings client {client}", TEAM, "U9"
        ).text  # fmt: skip
    assert agency.store.scope_of(TEAM) == EVERYTHING
    unknown = agency.ask("settings client Alfa Hotel", NOBODYS, "U9")
    assert "I don't know a client called" in unknown.text
    assert ALFA in repr(unknown.blocks)
    elsewhere = agency.ask("settings client Alfa Hotels", "D9", "U9")
    assert "which channel you mean" in elsewhere.text


def test_settings_say_whose_the_channel_is(agency):
    """In a client's channel its name, in the team's own also which summaries do not come."""
    for channel, user, words in (
        (OURS, "U1", f"This channel shows the campaigns of {ALFA} and no others."),
        (TEAM, "U9", "This channel is the team's own: it shows every client."),
        (NOBODYS, "U1", "This channel belongs to no client, so it shows nothing."),
    ):
        assert words in repr(agency.ask("settings", channel, user).blocks)
    assert agency.ask("settings client", OURS).text == agency.ask("settings", OURS).text
    agency.store.subscribe(Subscription(0, "C0OLD", "07:30", (1,), "UTC", "en", "U9"))
    assert "No summary comes to C0OLD" in repr(agency.ask("settings", TEAM, "U9").blocks)
    assert "C0OLD" not in repr(agency.ask("settings", OURS).blocks)


def test_the_settings_file_says_it_at_each_start(agency, tmp_path):
    """`[channels]` names them; what it names is not changed in Slack."""
    settings = Settings(file=tmp_path / "perfbot.toml", channels={"C0FILE": ZYX, TEAM: "*"})
    load(agency.store, settings, today=MORNING, at=NOW)
    assert agency.store.channel_owners()["C0FILE"] == ChannelOwner("C0FILE", ZYX)
    events = agency.store.events(kind="channel.assign")
    load(agency.store, settings, today=MORNING, at=NOW)
    assert agency.store.events(kind="channel.assign") == events
    object.__setattr__(agency.desk.context, "settings", settings)
    reply = agency.desk.ask("settings client none", Asker("U9", "C0FILE", "en", "UTC"), MORNING)
    assert "perfbot.toml says whose this channel is" in reply.text


def test_the_terminal_lists_and_sets_them(agency, tmp_path):
    """`perfbot clients`, for people and programs, and `perfbot clients set`."""
    database = str(tmp_path / "perfbot.db")
    run = CliRunner().invoke
    done = run(cli, ["clients", "set", NOBODYS, "alfa hotels", "--db", database])
    assert done.exit_code == 0, done.output
    listed = run(cli, ["clients", "--db", database, "--format", "json"])
    found = json.loads(listed.output)
    assert found["clients"] == {ALFA: 13, ZYX: 13}
    assert found["channels"] == {TEAM: "*", OURS: ALFA, THEIRS: ZYX, NOBODYS: ALFA}
    assert ALFA in run(cli, ["clients", "--db", database]).output
    day = ["--as-of", str(MORNING), "--db", database]
    assert canaries(run(cli, ["ask", "channel google", *day]).output)
    assert canaries(run(cli, ["ask", "channel google", "--channel", OURS, *day]).output) == []
    refused = run(cli, ["clients", "set", TEAM, "none", "--db", database])
    assert refused.exit_code != 0
