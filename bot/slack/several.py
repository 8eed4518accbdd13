"""Hearing several workspaces: whose token answers, and whose ids are in what was sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt import BoltContext, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.oauth import OAuthFlow

from bot.domain.slack_ids import HOME
from bot.slack.crossing import inward
from bot.slack.installations import Installed
from bot.slack.workspaces import WorkspaceClient

log = logging.getLogger(__name__)
A_SECOND = timedelta(seconds=1)  # Slack dates events in whole ones


class ByWorkspace(Authorize):
    """Bolt's question by whose token a request is answered."""

    def __init__(self, workspaces: Workspaces) -> None:
        self.workspaces = workspaces

    def __call__(
        self,
        *,
        context: BoltContext,  # noqa: ARG002, Bolt's signature
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,  # noqa: ARG002
        **_actor: str | None,
    ) -> AuthorizeResult | None:
        """As `Workspaces.authorized`."""
        return self.workspaces.authorized(enterprise_id, team_id or "")


@dataclass(frozen=True)
class Workspaces:
    """What a Bolt app of several workspaces asks.

    Attributes:
        installed: The tokens.
        client: For every workspace.
        gone: Is told of a workspace that has ended, and of Slack's event.
        whoami: Who the bot is in home, where it has SLACK_BOT_TOKEN: `auth.test`.
        flow: How it is installed; Bolt would make one of its own, with files for a store.
    """

    installed: Installed
    client: WorkspaceClient
    gone: Callable[[str, str], object]
    whoami: Callable[[], dict[str, Any]]
    flow: OAuthFlow

    def authorized(self, enterprise_id: str | None, team_id: str) -> AuthorizeResult | None:
        """By whose token a request is answered; None where perfbot is not installed."""
        if self.installed.workspace(team_id) == HOME and self.installed.token:
            token, bot = self.installed.token, self.whoami()
        elif installation := self.installed.installation(team_id):
            token = installation.bot_token or ""
            bot = {"bot_id": installation.bot_id, "user_id": installation.bot_user_id}
        else:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=token,
            bot_id=bot.get("bot_id"), bot_user_id=bot.get("user_id"),
        )  # fmt: skip

    def crossing(self) -> Callable[..., BoltResponse]:
        """For Bolt, as middleware: ids told apart, and a client that speaks to nobody else."""

        def cross(
            context: BoltContext, req: BoltRequest, next_: Callable[[], BoltResponse]
        ) -> BoltResponse:
            team = self.installed.workspace(context.team_id or "")
            context["client"] = self.client.at(team)
            if team != HOME:
                told_apart = inward(req.body, team)
                req.body.clear()
                req.body.update(told_apart)
            return next_()

        return cross

    def ended(self, body: dict[str, Any]) -> bool:
        """Whether an event that tokens or the app are gone is another workspace's than home's.

        Its tokens are deleted, unless it was installed anew after Slack said so.
        """
        team = str(body.get("team_id") or "")
        if self.installed.workspace(team) == HOME and self.installed.token:
            return False
        event = body["event"]
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return True  # a person's token, of which perfbot has none
        at = datetime.fromtimestamp(int(body.get("event_time") or 0), UTC) + A_SECOND
        if self.installed.installs.end(team, str(event["type"]), at):
            self.installed.forget(team)
            self.gone(team, str(event["type"]))
        return True
