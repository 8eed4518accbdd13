"""Several workspaces put together: their tokens, the client for all of them, the way in.

Only where the app's client id is in the environment (`SLACK_CLIENT_ID`); else there is one
workspace, whose token is SLACK_BOT_TOKEN.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import yaml

from bot.errors import PerfbotError
from bot.places import shipped
from bot.settings import Settings
from bot.slack.install import AppIdentity, InstallBooks, Installer
from bot.slack.installations import Installed, Installs, States
from bot.slack.vault import Vault
from bot.slack.web_clients import introduce, web_client
from bot.slack.workspaces import WorkspaceClient, Workspaces
from bot.store.base import Outgoing, Store

log = logging.getLogger(__name__)
NOTICE = "notice"
Words = Callable[[PerfbotError, str], tuple[str, Any]]


class WorkspaceGone(PerfbotError):
    """A workspace perfbot was removed from."""

    code = "workspace_gone"

    def __init__(self, name: str, address: str) -> None:
        super().__init__(
            "perfbot was taken out of the Slack workspace %(name)s: nothing comes there any more.",
            hint="What it had to say there waits. To have it back, install it there again: "
            "%(address)s/slack/install.",
            values={"name": name, "address": address},
        )


def scopes() -> tuple[str, ...]:
    """What the shipped manifest asks for, and so what an install asks for."""
    manifest: Any = yaml.safe_load(shipped("slack-manifest.yml").read_text(encoding="utf-8"))
    return tuple(manifest["oauth_config"]["scopes"]["bot"])


@dataclass
class Several:
    """The parts that several workspaces need, each made once.

    Attributes:
        settings: With the app's client id and secret, and the key.
        store: Where installs are.
        clock: Aware UTC now.
        words: The sentence for an error, in a language.
        nudge: Something was queued.
    """

    settings: Settings
    store: Store
    clock: Callable[[], datetime]
    words: Words
    nudge: Callable[[], object]

    @cached_property
    def installs(self) -> Installs:
        """Installs, their tokens sealed.

        Raises:
            SettingsError: There is no key, or it is none.
        """
        key = self.settings.tokens.token_key
        vault = Vault(key.get_secret_value() if key else "")
        return Installs(self.store, vault, self.clock, self.settings.slack.workspaces)

    @cached_property
    def home(self) -> dict[str, Any]:
        """Who the bot is where SLACK_BOT_TOKEN is from; nothing where there is none."""
        token = self.settings.tokens.bot
        if token is None:
            return {"team_id": self.settings.slack.home or ""}
        return introduce(web_client(token.get_secret_value(), self.settings.tokens.api_url))

    @cached_property
    def installed(self) -> Installed:
        """The token of each workspace."""
        token = self.settings.tokens.bot
        return Installed(
            self.installs,
            web_client(None, self.settings.tokens.api_url),
            self._credentials,
            home=str(self.home.get("team_id") or ""),
            token=token.get_secret_value() if token else "",
        )

    @cached_property
    def client(self) -> WorkspaceClient:
        """Slack's Web API, as the bot of whichever workspace a call is about."""
        return WorkspaceClient(web_client(None, self.settings.tokens.api_url), self.installed)

    @cached_property
    def workspaces(self) -> Workspaces:
        """What hearing them needs."""
        flow = self.installer.flow
        return Workspaces(self.installed, self.client, self.gone, lambda: self.home, flow)

    @cached_property
    def installer(self) -> Installer:
        """The way in."""
        client_id, secret = self._credentials
        address, api_url = self.settings.slack.address or "", self.settings.tokens.api_url or ""
        return Installer(
            AppIdentity(client_id, secret, scopes(), address, api_url),
            InstallBooks(self.installs, States(self.store, self.clock)),
            lambda error: self.words(error, self.settings.app.language)[0],
            self.arrived,
            self.clock,
        )

    def arrived(self, team: str) -> None:
        """A workspace was installed (again): what waits for it goes out."""
        self.installed.forget(team)
        self.nudge()

    def gone(self, team: str, event: str) -> None:
        """A workspace has ended: the log and the admins hear of it, `doctor` reads it."""
        log.error("Slack says %s of workspace %s: its tokens are deleted.", event, team)
        workspace = self.store.workspace(team)
        name = workspace.name if workspace else team
        error = WorkspaceGone(name, self.settings.slack.address or "")
        text, blocks = self.words(error, self.settings.app.language)
        at = self.clock().isoformat()
        people = [member for member in self.settings.who.admins if member.startswith(("U", "W"))]
        self.store.enqueue([
            Outgoing(f"{NOTICE}:{person}:{team}:{at}", NOTICE, person, text, tuple(blocks))
            for person in people
        ])  # fmt: skip
        self.nudge()

    @property
    def _credentials(self) -> tuple[str, str]:
        tokens = self.settings.tokens
        secret = tokens.client_secret
        return tokens.client_id or "", secret.get_secret_value() if secret else ""
