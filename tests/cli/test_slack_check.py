"""A tick of the doctor's means tried: tokens are used, channels looked into."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import yaml

from bot.cli import upkeep
from bot.demo.workspace import Workspace
from bot.places import shipped
from bot.store import open_store
from bot.store.base import Subscription

PERFORMANCE, GENERAL, DAYS = "C0PERFORM", "C0GENERAL", (1, 2, 3, 4, 5)


@pytest.fixture(scope="module")
def slack():
    with Workspace() as running:
        yield running


@pytest.fixture
def doctor(slack, perfbot, monkeypatch):
    """What it says of Slack, with right tokens unless told otherwise."""

    def say(workspace=slack, **changed):
        tokens = {
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
            "SLACK_SIGNING_SECRET": workspace.signing_secret,
            "SLACK_API_URL": workspace.api_url,
        }
        for name, value in (tokens | changed).items():
            monkeypatch.setenv(name, value)
        return perfbot("doctor")

    yield say
    slack.do("reset")


def subscribe(channel, zone="Europe/Oslo"):
    with closing(open_store("perfbot.db")) as store:
        store.upgrade()
        store.subscribe(Subscription(0, channel, "07:30", DAYS, zone, "en", "U0KARI001"))


def test_what_works_was_tried(doctor):
    """Who Slack says the bot is, all scopes, a socket, the channel: a tick each."""
    subscribe(PERFORMANCE)
    told = doctor()
    assert "✔ Slack accepts the bot's token: perfbot in Nordlys" in told.out
    assert "✔ Slack has granted all" in told.out
    assert "✔ Slack opens a socket" in told.out
    assert "✔ The one subscribed channel can be posted to" in told.out
    assert "✔ This machine's clock agrees" in told.out
    assert "✘" not in told.out


@pytest.mark.parametrize(
    ("name", "value"),
    [("SLACK_BOT_TOKEN", "xoxb-1-2-wrong"), ("SLACK_APP_TOKEN", "xapp-1-wrong-2")],
)
def test_a_token_slack_does_not_know_is_named(doctor, name, value):
    """Set, and wrong: no tick for it."""
    told = doctor(**{name: value})
    assert f"✘ Slack does not accept {name}" in told.out
    assert told.code == 1
    assert value not in told.out


def test_a_revoked_token_is_found(doctor, slack):
    """It was right yesterday."""
    slack.do("revoke", event="app_uninstalled")
    assert "✘ Slack does not accept SLACK_BOT_TOKEN (account_inactive)" in doctor().out


def test_nobody_there_is_said(doctor):
    """Slack does not answer: that is a cross, not a tick."""
    told = doctor(SLACK_API_URL="http://127.0.0.1:9/api/")
    assert "✘ Slack does not answer at http://127.0.0.1:9/api/" in told.out


def test_channels_that_are_away_are_named(doctor, slack):
    """Not invited, archived, gone; and a time zone there is none of."""
    subscribe(GENERAL)
    subscribe("C0NOWHERE", zone="Mars/Phobos")
    subscribe(PERFORMANCE)
    with closing(open_store("perfbot.db")) as store:  # as the outbox left it
        away = {"away": "is_archived", "away_since": "2026-11-20T07:30:00+00:00"}
        store.set_preference(f"channel:{PERFORMANCE}", **away)
    told = doctor()
    assert f"✘ The summary for {PERFORMANCE} waits (since 2026-11-20): Slack said" in told.out
    assert f"✘ The summary for {GENERAL} cannot come: I am not in that channel" in told.out
    assert "✘ The summary for C0NOWHERE cannot come: no time zone Mars/Phobos" in told.out
    assert told.out.count("C0NOWHERE") == 2
    assert told.code == 1


def test_a_scope_that_was_not_granted_is_named(doctor, tmp_path):
    """An app installed from an older manifest: which scope is lacking."""
    data = yaml.safe_load(shipped("slack-manifest.yml").read_text())
    data["oauth_config"]["scopes"]["bot"].remove("assistant:write")
    older = tmp_path / "manifest.yml"
    older.write_text(yaml.safe_dump(data))
    with Workspace(older) as running:
        assert "✘ Slack has not granted assistant:write" in doctor(running).out


def test_over_http_a_secret_is_not_called_tried(doctor, tmp_path):
    """Only Slack's first request shows whether it is right: a dot, not a tick."""
    (tmp_path / "perfbot.toml").write_text('[slack]\nmode = "http"\n')
    assert "· SLACK_SIGNING_SECRET is set" in doctor().out


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "✔ This machine's clock agrees with Slack's"),
        (120, "· This machine's clock is 120 seconds ahead of Slack's"),
        (-400, "✘ This machine's clock is 400 seconds behind Slack's"),
    ],
)
def test_the_clock_is_held_against_slacks(seconds, said):
    """Slack says the time with every answer; five minutes off it takes nothing any more."""
    at = datetime(2026, 11, 29, 12, tzinfo=UTC)
    theirs = format_datetime(at - timedelta(seconds=seconds), usegmt=True)
    ((mark, words),) = upkeep.clock_against(theirs, at)
    assert f"{mark} {words}".startswith(said)
    assert not [*upkeep.clock_against("tomorrow", at)]


def test_the_first_thing_to_do_is_said_last(doctor):
    """What is wrong before what is worth knowing."""
    told = doctor(SLACK_BOT_TOKEN="xoxb-1-2-wrong")
    assert told.out.splitlines()[-1].startswith("Next step: Slack does not accept SLACK_BOT_TOKEN")
