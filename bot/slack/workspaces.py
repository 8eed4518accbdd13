"""One client for several workspaces: whose token a call is made with, its arguments say.

A call names a channel or a person, whose id carries the workspace (`bot.domain.slack_ids`); what
was heard in a workspace is answered by a client that speaks to no other.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Protocol, Self, cast

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.domain.slack_ids import HOME, workspace_of
from bot.slack.crossing import AnotherWorkspaceError, inward, outward, workspaces_in

NOT_INSTALLED = "team_not_installed"
"""What a call is refused with where perfbot has no token (any more): as Slack's own refusals."""


class WorkspaceTokens(Protocol):
    """Where the tokens of workspaces are (`bot.slack.installations.Installed`)."""

    def of(self, team: str) -> str:
        """The bot's token in a workspace, good for now; "" where there is none."""


class WorkspaceClient(WebClient):
    """A client of Slack's whose ids are perfbot's.

    Args:
        base: What it is like: address, patience, retries.
        tokens: The token of each workspace.
        team: The workspace it speaks to; None for whichever a call is about, which is home's
            where it is about none.
    """

    def __init__(self, base: WebClient, tokens: WorkspaceTokens, team: str | None = None) -> None:
        super().__init__(
            base_url=base.base_url,
            timeout=base.timeout,
            retry_handlers=base.retry_handlers,
            logger=base.logger,
        )
        self.tokens, self.team = tokens, team

    def at(self, team: str) -> Self:
        """The same client where it speaks to one workspace."""
        pinned = copy.copy(self)
        pinned.team = team
        return pinned

    def api_call(self, api_method: str, **options: Any) -> SlackResponse:
        """A call, by the token of the workspace it is about.

        Raises:
            SlackApiError: As ever; `channel_not_found` where it is about another workspace than
                this client's, or about two; `team_not_installed` where there is no token.
        """
        team = self._team(api_method, options)
        token = self.tokens.of(team)
        if not token:
            raise self._refused(api_method, NOT_INSTALLED)
        speaking = copy.copy(self)
        speaking.token = token
        response = WebClient.api_call(speaking, api_method, **self._sent(api_method, options, team))
        if team != HOME and isinstance(response.data, dict):
            response.data = inward(response.data, team)
        return response

    def _team(self, api_method: str, options: Mapping[str, Any]) -> str:
        bodies = [options.get(part) or {} for part in ("params", "data", "json")]
        teams = {team for body in bodies if isinstance(body, Mapping) for team in
                 workspaces_in(body)}  # fmt: skip
        team = self.team if self.team is not None else next(iter(teams), HOME)
        if teams - {team}:
            raise self._refused(api_method, "channel_not_found")
        return team

    def _sent(self, api_method: str, options: Mapping[str, Any], team: str) -> dict[str, Any]:
        try:
            return {
                part: outward(body, team) if part in {"params", "data", "json"} else body
                for part, body in options.items()
            }
        except AnotherWorkspaceError:
            raise self._refused(api_method, "channel_not_found") from None

    def _refused(self, api_method: str, error: str) -> SlackApiError:
        answer = SlackResponse(
            client=self, http_verb="POST", api_url=self.base_url + api_method, req_args={},
            data={"ok": False, "error": error, "req_method": api_method}, headers={},
            status_code=200,
        )  # fmt: skip
        sentence = f"{api_method} was not called ({error})."
        return SlackApiError(sentence, answer)  # type: ignore[no-untyped-call]  # the SDK


def at(client: WebClient, slack_id: str) -> WebClient:
    """A client for the workspace of a place or person; the same one where there is only one."""
    return client.at(workspace_of(slack_id)) if isinstance(client, WorkspaceClient) else client


def token_of(client: WebClient) -> str:
    """The token a client speaks with, for what is fetched past it; "" where there is none."""
    if isinstance(client, WorkspaceClient):
        return client.tokens.of(client.team or HOME)
    return client.token or ""


def local(client: WebClient, body: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent past the client, as its workspace knows the ids in it."""
    if not isinstance(client, WorkspaceClient):
        return dict(body)
    return cast("dict[str, Any]", outward(body, client.team or HOME))
