"""Tokens sealed, opened, rotated by one of several processes, and said of nowhere."""

from __future__ import annotations

import logging
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store import Installation

from bot.demo.workspace.model import Team
from bot.demo.workspace.oauth import CLIENT_ID, CLIENT_SECRET
from bot.demo.workspace.server import Workspace
from bot.errors import SettingsError
from bot.features.reports.export import export_everything
from bot.slack.installations import Installed, Installs, States, WorkspaceNotWantedError
from bot.slack.vault import TokensSealedError, Vault
from bot.store import open_store

B, BACK = Team("T0SECOND1", "Second", "second"), "https://app.example/slack/oauth_redirect"
OLD, KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
ENDING = 3_600  # seconds: nearer than the two hours before which it is rotated
GRANT = {"bot_token": "xoxb-1", "bot_refresh_token": "xoxe-1-r"}


def now():
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def slack():
    with Workspace(neighbours=(B,)) as running:
        running.oauth.redirect_urls.append(BACK)
        running.oauth.rotates = True
        yield running


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "perfbot.db")
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def client(slack):
    return WebClient(base_url=slack.api_url)


def installation(**more):
    fields = {"team_id": B.id, "team_name": B.name, "user_id": "U0KARI001", "bot_id": "B1",
              "bot_user_id": "U0PERFBOT", **GRANT, **more}  # fmt: skip
    return Installation(**fields)


def granted(slack, client, seconds=ENDING):
    """An install whose token ends in so many seconds."""
    code = slack.oauth.code(slack.neighbours[B.id].state, BACK, "chat:write")
    answer = client.oauth_v2_access(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, code=code,
                                    redirect_uri=BACK)  # fmt: skip
    return installation(bot_token=answer["access_token"], bot_refresh_token=answer["refresh_token"],
                        bot_token_expires_at=int(time.time()) + seconds)  # fmt: skip


def process(store, client, key=KEY):
    return Installed(Installs(store, Vault(key), now), client, (CLIENT_ID, CLIENT_SECRET))


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=20), max_size=3))
def test_what_is_sealed_opens_as_it_was(content):
    """Whatever it is, for its workspace, and is not to be read meanwhile."""
    content.pop("team", None)
    vault = Vault(KEY)
    sealed = vault.seal(B.id, content)
    assert vault.open(B.id, sealed) == content
    assert B.id not in sealed


@given(st.integers(0, 60), st.integers(1, 255))
def test_a_changed_byte_does_not_open(place, change):
    """Tampered with anywhere, cut, moved to another workspace, sealed with a key that is gone."""
    vault = Vault(KEY)
    sealed = vault.seal(B.id, GRANT)
    changed = sealed[:place] + chr(33 + (ord(sealed[place]) + change) % 90) + sealed[place + 1 :]
    for text in {changed, sealed[:-9], "", "æ"} - {sealed}:
        with pytest.raises(TokensSealedError, match="do not open with PERFBOT_TOKEN_KEY"):
            vault.open(B.id, text)
    with pytest.raises(TokensSealedError):
        vault.open("T0OTHER01", sealed)
    with pytest.raises(TokensSealedError, match="install perfbot there again"):
        Vault(OLD).open(B.id, sealed)


@pytest.mark.parametrize(
    "key",
    ["", " , ", "short", "ø" * 44, f"{KEY},x"],
    ids=["none", "commas", "short", "no ASCII", "a key and none"],  # a key differs in each process
)
def test_no_key_is_a_sentence_with_the_way_out(key):
    """Missing or none: what it takes and how one is made, and not what was there."""
    with pytest.raises(SettingsError) as caught:
        Vault(key)
    assert "PERFBOT_TOKEN_KEY is no key" in str(caught.value)
    assert "Fernet.generate_key()" in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_key_is_changed_without_a_new_install(store):
    """The new one first, the old behind it; after one start the old one can go."""
    Installs(store, Vault(OLD), now).save(installation())
    both = Installs(store, Vault(f"{KEY},{OLD}"), now)
    assert both.find_installation(team_id=B.id).bot_token == "xoxb-1"
    assert [both.reseal(), both.reseal()] == [1, 0]
    assert Installs(store, Vault(KEY), now).find_bot(team_id=B.id).bot_token == "xoxb-1"
    assert Installs(store, Vault(OLD), now).reseal() == 0, "what does not open is left alone"


def test_a_workspace_whose_tokens_do_not_open_stops_no_other(store, client, caplog):
    """It has no token, and the log says why; the others have theirs."""
    Installs(store, Vault(KEY), now).save(installation())
    Installs(store, Vault(OLD), now).save(installation(team_id="T0LOST001"))
    installed = process(store, client)
    assert installed.of(B.id) == "xoxb-1"
    assert installed.of("T0LOST001") == ""
    assert "T0LOST001 do not open" in caplog.text


def test_only_workspaces_that_are_wanted_are_kept(store):
    """Others, and whole organisations, are a sentence."""
    installs = Installs(store, Vault(KEY), now, wanted=["T0WANTED1"])
    for unwanted in (installation(), installation(team_id=None, is_enterprise_install=True)):
        with pytest.raises(WorkspaceNotWantedError):
            installs.save(unwanted)
    assert store.workspaces() == []


def test_a_token_is_rotated_before_it_ends_and_kept_with_its_pair(store, slack, client):
    """The new one works, is stored with its own refresh token, and is rotated the next time too."""
    installs = Installs(store, Vault(KEY), now)
    first = granted(slack, client)
    installs.save(first)
    token = process(store, client).of(B.id)
    kept = installs.find_installation(team_id=B.id)
    assert token == kept.bot_token != first.bot_token
    assert kept.bot_refresh_token != first.bot_refresh_token
    assert kept.bot_token_expires_at > time.time() + 40_000
    assert WebClient(token, base_url=slack.api_url).auth_test()["team_id"] == B.id
    soon = installs.sealed(replace_expiry(kept))
    store.save_workspace(soon)
    assert process(store, client).of(B.id) != token


def replace_expiry(kept):
    again = Installation(**{**kept.to_dict_for_copying(), "team_id": B.id})
    again.bot_token_expires_at = int(time.time()) + ENDING
    return again


def test_two_processes_do_not_both_rotate(store, slack, client, tmp_path):
    """Eight at once, each with its own connection: Slack is asked once, everybody has a token."""
    Installs(store, Vault(KEY), now).save(granted(slack, client))
    stores = [open_store(tmp_path / "perfbot.db") for _ in range(8)]
    ready = Barrier(len(stores))

    def ask(own):
        installed = process(own, client)
        ready.wait(20)
        return installed.of(B.id)

    before = calls(slack)
    with ThreadPoolExecutor(len(stores)) as threads:
        tokens = set(threads.map(ask, stores))
    for each in stores:
        each.close()
    assert calls(slack) - before == 1
    assert len(tokens) <= 2
    for token in tokens:  # who came second has the one before, which holds on
        assert WebClient(token, base_url=slack.api_url).auth_test()["ok"]


def calls(slack):
    return sum(each.get("method") == "oauth.v2.access" for each in slack.state.log)


def test_a_refused_rotation_leaves_what_holds(store, client, caplog):
    """Slack does not know the refresh token: the token is used as long as it holds."""
    Installs(store, Vault(KEY), now).save(installation(bot_token_expires_in=ENDING))
    assert process(store, client).of(B.id) == "xoxb-1"
    assert "could not be rotated" in caplog.text
    assert "xox" not in caplog.text.replace("xoxb-local", "")


class Overtaken(WebClient):
    """Slack, where somebody installs anew while a rotation is asked for."""

    meanwhile = staticmethod(lambda: None)

    def oauth_v2_access(self, **asked):
        answer = super().oauth_v2_access(**asked)
        self.meanwhile()
        return answer


def test_a_rotation_that_a_new_install_overtook_keeps_nothing(store, slack, client):
    """Installed anew while Slack was asked: the new install's pair stays."""
    installs = Installs(store, Vault(KEY), now)
    installs.save(granted(slack, client))
    overtaken = Overtaken(base_url=slack.api_url)
    overtaken.meanwhile = lambda: installs.save(installation(bot_token="xoxb-newer"))
    assert process(store, overtaken).of(B.id) == "xoxb-newer"
    assert installs.find_installation(team_id=B.id).bot_token == "xoxb-newer"


def test_a_rotation_of_what_ended_meanwhile_brings_nothing_back(store, slack, client):
    """Uninstalled while Slack was asked: its tokens stay deleted."""
    installs = Installs(store, Vault(KEY), now)
    installs.save(granted(slack, client))
    overtaken = Overtaken(base_url=slack.api_url)
    overtaken.meanwhile = lambda: installs.end(B.id, "app_uninstalled", now())
    assert process(store, overtaken).of(B.id) == ""
    assert store.workspace(B.id).sealed == ""


def test_the_first_workspace_may_be_installed_as_the_others(store, client):
    """Named as home its ids stand as Slack gives them; with SLACK_BOT_TOKEN that token is used."""
    installs = Installs(store, Vault(KEY), now)
    installs.save(installation())
    app = (CLIENT_ID, CLIENT_SECRET)
    home = Installed(installs, client, app, home=B.id)
    assert [home.workspace(B.id), home.workspace("T0OTHER01")] == ["", "T0OTHER01"]
    assert [home.of(""), home.of("T0OTHER01")] == ["xoxb-1", ""]
    by_token = Installed(installs, client, app, home="T0AGENCY1", token="xoxb-agency")
    assert [by_token.of(""), by_token.of(B.id)] == ["xoxb-agency", "xoxb-1"]
    assert Installed(installs, client, app).of("") == "", "nobody is home"


def test_states_end(store):
    """Ten minutes from when they were issued, and no longer."""
    clock = [now()]
    states = States(store, lambda: clock[0])
    in_time, late = states.issue(), states.issue()
    clock[0] += timedelta(minutes=9)
    assert states.consume(in_time)
    clock[0] += timedelta(minutes=2)
    assert not states.consume(late)
    assert in_time != late


def test_tokens_are_in_no_file_export_or_backup(store, slack, client, tmp_path, caplog):
    """As they are nowhere; in an export not even sealed."""
    caplog.set_level(logging.DEBUG)
    first = granted(slack, client)
    Installs(store, Vault(KEY), now).save(first)
    rotated = process(store, client).installation(B.id)
    export_everything(store, tmp_path / "everything.zip", now())
    store.backup(tmp_path / "backup.db")
    sealed = store.workspace(B.id).sealed
    store.close()
    secrets = [first.bot_token, first.bot_refresh_token, rotated.bot_token,
               rotated.bot_refresh_token, CLIENT_SECRET]  # fmt: skip
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [each for each in secrets if each.encode() in held] == []
    with zipfile.ZipFile(tmp_path / "everything.zip") as archive:
        exported = b"".join(archive.read(name) for name in archive.namelist())
    assert B.id.encode() in exported
    assert [each for each in (*secrets, sealed) if each.encode() in exported] == []
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("bot"))
    assert [each for each in (*secrets, sealed) if each in ours] == []
