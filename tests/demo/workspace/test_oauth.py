"""Installs into several workspaces of the local server: codes, tokens that end, and revoking."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.demo.workspace.model import Team
from bot.demo.workspace.oauth import CLIENT_ID, CLIENT_SECRET
from bot.demo.workspace.server import Workspace

B, BACK = Team("T0SECOND1", "Second", "second"), "https://app.example/slack/oauth_redirect"


@pytest.fixture(scope="module")
def slack():
    with Workspace(neighbours=(B,)) as running:
        running.oauth.redirect_urls.append(BACK)
        yield running


@pytest.fixture
def client(slack):
    slack.oauth.rotates = False
    slack.do("clock", set=1_795_000_000)
    return WebClient(base_url=slack.api_url)


def allowed(slack, **more):
    """What the dialog leads back with."""
    asked = {"client_id": CLIENT_ID, "redirect_uri": BACK, "scope": "chat:write", "state": "s1",
             "team": B.id, **more}  # fmt: skip
    led = httpx.get(f"{slack.url}/oauth/v2/authorize", params=asked, trust_env=False)
    if led.status_code != 302:
        return led
    return {name: values[0] for name, values in
            parse_qs(urlsplit(led.headers["location"]).query).items()}  # fmt: skip


def exchange(client, code, secret=CLIENT_SECRET, back=BACK, app=CLIENT_ID):
    return client.oauth_v2_access(client_id=app, client_secret=secret, code=code, redirect_uri=back)


def error_of(call, *args, **more):
    with pytest.raises(SlackApiError) as caught:
        call(*args, **more)
    return caught.value.response["error"]


def test_a_token_speaks_to_its_own_workspace(slack, client):
    """The same channel's id in both: what is posted with a token stands in that workspace alone."""
    back = allowed(slack)
    assert back["state"] == "s1"
    answer = exchange(client, back["code"])
    assert (answer["team"]["id"], answer["token_type"]) == (B.id, "bot")
    bot = WebClient(answer["access_token"], base_url=slack.api_url)
    assert bot.auth_test()["team_id"] == B.id
    bot.chat_postMessage(channel="C0PERFORM", text="To the second")
    assert [m["text"] for m in slack.neighbours[B.id].snapshot()["messages"]] == ["To the second"]
    assert slack.snapshot()["messages"] == []
    assert bot.auth_revoke()["revoked"]
    assert error_of(bot.auth_test) == "invalid_auth"


def test_a_code_is_used_once_by_its_app_for_its_address(slack, client):
    """Twice, too late, with a wrong secret, client or address: refused."""
    code = allowed(slack)["code"]
    assert error_of(exchange, client, code, secret="wrong") == "bad_client_secret"
    assert error_of(exchange, client, code, app="1.2") == "invalid_client_id"
    assert exchange(client, code)["ok"]
    assert error_of(exchange, client, code) == "invalid_code"
    elsewhere = allowed(slack)["code"]
    assert error_of(exchange, client, elsewhere, back="https://x.example/") == "bad_redirect_uri"
    late = allowed(slack)["code"]
    slack.do("clock", advance=601)
    assert error_of(exchange, client, late) == "invalid_code"


def test_the_dialog_leads_nowhere_else(slack, client):
    """Another app or address is no redirect; a person may choose the workspace, or say no."""
    assert allowed(slack, redirect_uri="https://evil.example/").text == "bad_redirect_uri"
    assert allowed(slack, client_id="1.1").text == "invalid_client_id"
    assert "Install in Second" in allowed(slack, team="").text
    assert allowed(slack, allow="no") == {"state": "s1", "error": "access_denied"}


def test_rotated_tokens_end_and_a_refresh_token_works_once(slack, client):
    """Twelve hours; the refreshed one holds, the one before until its own end."""
    slack.oauth.rotates = True
    first = exchange(client, allowed(slack)["code"])
    assert first["access_token"].startswith("xoxe.xoxb-")

    def refreshed(token):
        return client.oauth_v2_access(
            client_id=CLIENT_ID, client_secret=CLIENT_SECRET, grant_type="refresh_token",
            refresh_token=token,
        )  # fmt: skip

    second = refreshed(first["refresh_token"])
    assert error_of(refreshed, first["refresh_token"]) == "invalid_refresh_token"
    bots = [WebClient(each["access_token"], base_url=slack.api_url) for each in (first, second)]
    assert [bot.auth_test()["team_id"] for bot in bots] == [B.id, B.id]
    slack.do("clock", advance=first["expires_in"] + 1)
    assert [error_of(bot.auth_test) for bot in bots] == ["token_expired"] * 2


def test_one_workspace_that_revokes_leaves_the_other(slack, client):
    """Every token of it is void; the first workspace's lives on."""
    bot = WebClient(exchange(client, allowed(slack)["code"])["access_token"],
                    base_url=slack.api_url)  # fmt: skip
    slack.neighbours[B.id].do("revoke", event="app_uninstalled")
    assert error_of(bot.auth_test) == "account_inactive"
    assert WebClient(slack.bot_token, base_url=slack.api_url).auth_test()["ok"]
    exchange(client, allowed(slack)["code"])
    assert error_of(bot.auth_test) == "invalid_auth", "what was taken back stays so"
