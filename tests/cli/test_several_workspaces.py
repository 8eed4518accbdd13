"""Several workspaces from the terminal: what doctor tries of each, and what must be set."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store import Installation

from bot.demo.workspace.model import Team
from bot.demo.workspace.oauth import CLIENT_ID, CLIENT_SECRET
from bot.demo.workspace.server import Workspace
from bot.slack.installations import Installs
from bot.slack.vault import Vault
from bot.store import open_store
from bot.store.base import Subscription

B, BACK = Team("T0SECOND1", "Second", "second"), "https://perfbot.example.com/slack/oauth_redirect"
KEY = Fernet.generate_key().decode()
SETTINGS = '[app]\ntime_zone = "Europe/Oslo"\n[slack]\naddress = "https://perfbot.example.com"\n'


@pytest.fixture(scope="module")
def slack():
    with Workspace(neighbours=(B,)) as running:
        yield running


@pytest.fixture
def several(slack, perfbot, monkeypatch):
    """A command where the app's client id is set; `installed()` installs it in the second."""
    variables = {
        "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_CLIENT_ID": CLIENT_ID, "SLACK_CLIENT_SECRET": CLIENT_SECRET,
        "PERFBOT_TOKEN_KEY": KEY, "SLACK_API_URL": slack.api_url,
    }  # fmt: skip

    def say(*words, settings=SETTINGS, **changed):
        for name, value in (variables | changed).items():
            monkeypatch.setenv(name, value)
        Path("perfbot.toml").write_text(settings, encoding="utf-8")
        return perfbot(*words)

    yield say
    for each in (slack, slack.neighbours[B.id]):
        each.do("reset")


def installed(slack, key=KEY):
    code = slack.oauth.code(slack.neighbours[B.id].state, BACK, "chat:write")
    answer = WebClient(base_url=slack.api_url).oauth_v2_access(
        client_id=CLIENT_ID, client_secret=CLIENT_SECRET, code=code, redirect_uri=BACK
    )
    kept = Installation(team_id=B.id, team_name=B.name, user_id="U0KARI001",
                        bot_token=answer["access_token"])  # fmt: skip
    with closing(open_store("perfbot.db")) as store:
        store.upgrade()
        Installs(store, Vault(key), lambda: datetime.now(UTC)).save(kept)
        store.subscribe(Subscription(0, f"C0PERFORM@{B.id}", "07:30", (1, 2), "Europe/Oslo", "en",
                                     f"U0KARI001@{B.id}"))  # fmt: skip


def test_each_workspace_and_its_channels_are_tried(several, slack):
    """By its own token: a tick for each, and none before anybody installed it."""
    assert "No workspace has installed perfbot yet" in several("doctor").out
    installed(slack)
    told = several("doctor")
    assert "✔ Slack accepts SLACK_BOT_TOKEN." in told.out
    assert "✔ Slack accepts the token of Second (T0SECOND1)." in told.out
    assert "✔ The one subscribed channel can be posted to." in told.out
    assert "✘" not in told.out


def test_what_was_taken_back_is_said_with_the_way_out(several, slack):
    """Before Slack's event was heard, and after; its channels cannot be posted to."""
    installed(slack)
    slack.neighbours[B.id].do("revoke", event="tokens_revoked")
    told = several("doctor")
    assert "✘ Slack does not accept the token of Second (T0SECOND1) (token_revoked)." in told.out
    with closing(open_store("perfbot.db")) as store:
        store.end_workspace(B.id, "tokens_revoked", before=datetime.now(UTC), at=datetime.now(UTC))
    told = several("doctor")
    assert "✘ Second (T0SECOND1) took perfbot out on " in told.out
    assert "install it again at https://perfbot.example.com/slack/install" in told.out
    assert "✘ The summary for C0PERFORM@T0SECOND1 cannot come" in told.out
    assert "✔ Slack accepts SLACK_BOT_TOKEN." in told.out, "the first lives on"


def test_another_key_is_a_sentence(several, slack):
    """Tokens that do not open are named, with what to do; no token is in what is said."""
    installed(slack, Fernet.generate_key().decode())
    told = several("doctor")
    assert "✘ The tokens of workspace T0SECOND1 do not open with PERFBOT_TOKEN_KEY." in told.out
    assert "behind the new one and a comma" in told.out
    wrong = several("doctor", PERFBOT_TOKEN_KEY="no-key")
    assert "✘ PERFBOT_TOKEN_KEY is no key" in wrong.out
    assert "no-key" not in wrong.out
    assert "xoxb" not in told.out + wrong.out


@pytest.mark.parametrize("words", [("run",), ("web",), ("worker",)])
def test_what_is_not_set_is_named_before_anything_starts(several, words):
    """The secret, the key, and for whoever hears Slack the address."""
    told = several(*words, SLACK_CLIENT_SECRET="", PERFBOT_TOKEN_KEY="")
    assert "SLACK_CLIENT_SECRET and PERFBOT_TOKEN_KEY are not set." in told.err
    assert told.code != 0
    if words != ("worker",):
        assert '"address" is not set' in several(*words, settings="").err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('address = "perfbot.example.com"', "no address on the web"),
        ('address = "http://perfbot.example.com"', "no address on the web"),
        ('workspaces = ["C0PERFORM"]', "no id of a workspace"),
        ('home = "t0home"', "no id of a workspace"),
    ],
)
def test_settings_that_cannot_be_are_refused(several, line, words):
    """An address without TLS, an id of something else."""
    assert words in several("doctor", settings=f"[slack]\n{line}\n").out
