"""Installs and their tokens: Slack's own OAuth pieces over perfbot's store.

Tokens that end are rotated before they do, by one process at a time, and the new pair is kept in
one transaction of whoever holds the lease. What Slack revokes is deleted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from threading import Lock
from typing import Any
from uuid import uuid4

from slack_sdk import WebClient
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth import OAuthStateStore
from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore
from slack_sdk.oauth.token_rotation import TokenRotator

from bot.domain.slack_ids import HOME, in_workspace
from bot.errors import PerfbotError, StoreError
from bot.slack.vault import TokensSealedError, Vault
from bot.store.base import InstalledWorkspace, Store
from bot.store.records import Lease

log = logging.getLogger(__name__)
BEFORE = 120  # minutes before its end a token is rotated; Slack's tokens hold twelve hours
FRESH = 2.0  # seconds a token is believed without asking the store, where others may end it
HOLD = timedelta(minutes=10)  # how long somebody may take in Slack's own dialog
ROTATING = 30.0  # seconds; longer than Slack is waited for
SEALED = ("app_id", "bot_token", "bot_id", "bot_user_id", "bot_refresh_token",
          "bot_token_expires_at", "bot_scopes", "enterprise_id")  # fmt: skip
Clock = Callable[[], datetime]


class WorkspaceNotWantedError(PerfbotError):
    """A workspace that the settings do not name, or an organisation's install."""

    code = "workspace_not_wanted"

    def __init__(self, team: str) -> None:
        super().__init__(
            "This perfbot does not serve the workspace %(team)s."
            if team
            else "perfbot is installed into workspaces, not into a whole organisation.",
            hint="Ask whoever runs it to name it in perfbot.toml."
            if team
            else "Choose a workspace when you install it.",
            values={"team": team},
        )


class States(OAuthStateStore):
    """One use each, ten minutes, for whichever process Slack leads the browser back to."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    def issue(self, *_args: Any, **_options: Any) -> str:
        """A new state, nothing of which can be guessed."""
        state, now = token_urlsafe(32), self.clock()
        self.store.begin_install(state, until=now + HOLD, at=now)
        return state

    def consume(self, state: str) -> bool:
        """Whether it was issued, holds and was not used."""
        return self.store.take_install(state, at=self.clock())


class Installs(InstallationStore):
    """Workspaces in the store, their tokens sealed. Who installed one is in the log.

    Args:
        wanted: The workspaces that may install it; empty for any.
    """

    def __init__(
        self, store: Store, vault: Vault, clock: Clock, wanted: Collection[str] = ()
    ) -> None:
        self.store, self.vault, self.clock, self.wanted = store, vault, clock, wanted

    def save(self, installation: Installation) -> None:
        """Keep what Slack gave.

        Raises:
            WorkspaceNotWantedError: It is none of those the settings name.
        """
        team = installation.team_id or ""
        if not team or installation.is_enterprise_install:
            raise WorkspaceNotWantedError("")
        if self.wanted and team not in self.wanted:
            raise WorkspaceNotWantedError(team)
        who = in_workspace(installation.user_id or "", team)
        self.store.save_workspace(self.sealed(installation), by=who)

    def sealed(self, installation: Installation) -> InstalledWorkspace:
        """As the store keeps it."""
        team = str(installation.team_id)
        content = {name: getattr(installation, name) for name in SEALED}
        name, at = installation.team_name or team, datetime.fromtimestamp(
            installation.installed_at or self.clock().timestamp(), UTC
        )  # fmt: skip
        return InstalledWorkspace(team, name, self.vault.seal(team, content), at)

    def find_installation(
        self,
        *,
        enterprise_id: str | None = None,  # noqa: ARG002, the SDK's signature
        team_id: str | None = None,
        user_id: str | None = None,  # noqa: ARG002
        is_enterprise_install: bool | None = False,  # noqa: ARG002
    ) -> Installation | None:
        """The install of a workspace, None where there is none (any more).

        Raises:
            TokensSealedError: Its tokens do not open.
        """
        workspace = self.store.workspace(team_id or "")
        return self.opened(workspace) if workspace and workspace.sealed else None

    def opened(self, workspace: InstalledWorkspace) -> Installation:
        """As Slack's SDK knows it.

        Raises:
            TokensSealedError: Its tokens do not open.
        """
        content = self.vault.open(workspace.team, workspace.sealed)
        return Installation(
            team_id=workspace.team,
            team_name=workspace.name,
            user_id="",
            installed_at=workspace.installed_at.timestamp(),
            **content,
        )

    def find_bot(
        self,
        *,
        enterprise_id: str | None = None,
        team_id: str | None = None,
        is_enterprise_install: bool | None = False,  # noqa: ARG002, the SDK's signature
    ) -> Bot | None:
        """As `find_installation`."""
        installation = self.find_installation(enterprise_id=enterprise_id, team_id=team_id)
        return installation.to_bot() if installation else None

    def reseal(self) -> int:
        """Seal with the first key what another has sealed; how many workspaces' tokens."""
        changed = 0
        for workspace in self.store.workspaces():
            renewed = self.vault.renewed(workspace.sealed) if workspace.sealed else ""
            if renewed != workspace.sealed:
                with self.store.atomic():
                    if self.store.workspace(workspace.team) == workspace:
                        self.store.save_workspace(replace(workspace, sealed=renewed))
                        changed += 1
        return changed

    def delete_installation(
        self,
        *,
        enterprise_id: str | None,  # noqa: ARG002, the SDK's signature
        team_id: str | None,
        user_id: str | None = None,  # noqa: ARG002
    ) -> None:
        """As `end`, now."""
        self.end(team_id or "", "deleted", self.clock())

    def delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """As `end`, now."""
        self.delete_installation(enterprise_id=enterprise_id, team_id=team_id)

    def end(self, team: str, reason: str, before: datetime) -> bool:
        """Delete the tokens of a workspace that was not installed anew since `before`."""
        return self.store.end_workspace(team, reason, before=before, at=self.clock())


class Installed:
    """The token of each workspace, good for now (`bot.slack.workspaces.Tokens`).

    Args:
        installs: Where they are.
        client: Slack's address, without a token.
        app: The app's client id and secret.
        home: The workspace whose ids stand as they are; "" where that has `token`.
        token: SLACK_BOT_TOKEN, which is home's; "" where home was installed as the others.
    """

    def __init__(
        self,
        installs: Installs,
        client: WebClient,
        app: tuple[str, str],
        *,
        home: str = "",
        token: str = "",
    ) -> None:
        self.installs, self.client = installs, client
        self.home, self.token = home, token
        self._rotator = TokenRotator(client_id=app[0], client_secret=app[1], client=client)
        self._holder = uuid4().hex
        self._known: dict[str, tuple[float, Installation | None]] = {}
        self._lock = Lock()

    def workspace(self, team: str) -> str:
        """A workspace as its ids are told apart: HOME for the one that was there first."""
        return HOME if team == self.home else team

    def of(self, team: str) -> str:
        """The bot's token in a workspace (HOME or an id of Slack's); "" where there is none."""
        if team == HOME and self.token:
            return self.token
        installation = self.installation(team or self.home)
        return (installation.bot_token or "") if installation else ""

    def installation(self, team: str) -> Installation | None:
        """The install of a workspace with a token that holds; None where there is none.

        Tokens that do not open are said once in the log, and to `doctor`: others live on.
        """
        with self._lock:
            at, installation = self._known.get(team, (0.0, None))
        if at and time.monotonic() - at < FRESH:
            return installation
        try:
            installation = self._rotated(team)
        except TokensSealedError as error:
            log.error("%s", error)  # noqa: TRY400, a sentence
            installation = None
        with self._lock:
            self._known[team] = (time.monotonic(), installation)
        return installation

    def forget(self, team: str) -> None:
        """What was known of a workspace is no longer so."""
        with self._lock:
            self._known.pop(team, None)

    def _rotated(self, team: str) -> Installation | None:
        installation = self.installs.find_installation(team_id=team)
        if installation is None or not _ends_soon(installation):
            return installation
        store = self.installs.store
        lease = store.lease(f"rotate:{team}", self._holder, seconds=ROTATING)
        if lease is None:  # another process is at it, and what is here still holds for a while
            return installation
        try:
            return self._anew(team, lease)
        except (SlackTokenRotationError, StoreError, OSError) as error:
            log.warning("The token of workspace %s could not be rotated: %s", team, error)
            return installation
        finally:
            with suppress(StoreError):
                store.release(lease)

    def _anew(self, team: str, lease: Lease) -> Installation | None:
        """Rotate what stands now that nobody else may: it may have been done in between."""
        store = self.installs.store
        workspace = store.workspace(team)
        if workspace is None or not workspace.sealed:
            return None
        rotated = self._rotator.perform_token_rotation(
            installation=self.installs.opened(workspace), minutes_before_expiration=BEFORE
        )
        if rotated is None:
            return self.installs.opened(workspace)
        with store.fenced(lease):
            if store.workspace(team) != workspace:  # ended, or installed anew, in the meantime
                return self.installs.find_installation(team_id=team)
            store.save_workspace(self.installs.sealed(rotated))
        log.info("The token of workspace %s was rotated.", team)
        return rotated


def _ends_soon(installation: Installation) -> bool:
    end = installation.bot_token_expires_at
    return end is not None and end <= time.time() + BEFORE * 60
