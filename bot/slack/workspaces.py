"""Several workspaces: one client for all, whose token a call is made with, its arguments say.

A call names a channel or a person, whose id carries the workspace (`bot.domain.slack_ids`); what
was heard in a workspace is answered by a client that speaks to no other. Ids are told apart on the
way in, wherever they stand in what Slack sends, and are Slack's own again on the way out.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Self, cast

from slack_bolt import BoltContext, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.oauth import OAuthFlow
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.domain.slack_ids import HOME, SLACK_ID, in_workspace, taken_apart, workspace_of
from bot.slack.installations import Installed

# Where Slack says who and where: always an id, or an object with one, or a list of either.
NAMING = frozenset({
    "user", "users", "user_id", "channel", "channels", "channel_id", "members", "parent_user_id",
    "item_user", "reply_users", "inviter", "bot_user_id", "usergroup", "usergroups",
    "selected_user", "selected_users", "selected_channel", "selected_channels",
    "selected_conversation", "selected_conversations",
})  # fmt: skip
# Where perfbot names somebody or somewhere in what it sends.
SENT = NAMING | {
    "initial_user", "initial_users", "initial_channel", "initial_channels",
    "initial_conversation", "initial_conversations",
}  # fmt: skip
# What perfbot wrote for itself: it comes back as it was sent.
OPAQUE = frozenset({"value", "private_metadata", "metadata", "block_id", "action_id",
                    "callback_id", "blocks", "response_metadata"})  # fmt: skip
ITS_OWN = OPAQUE - {"blocks", "response_metadata"}
MENTIONED = {"user": "@", "channel": "#"}  # elements of rich text
SAID = re.compile(r"<([@#])([A-Z0-9]+)(?=>|\|[^<>]*>)")  # whole: `<#C0|` alone is text
LINKED = re.compile(r"<([@#])([A-Z0-9]+)@(T[A-Z0-9]+)(?:\|([^<>]*))?>")


def inward(content: Any, team: str, *, named: bool = False) -> Any:
    """What a workspace sent, with its ids told apart from other workspaces'.

    Args:
        content: A body, an answer, or a part of one.
        team: Whose it is.
        named: Whether the part stands where an id stands.
    """
    if isinstance(content, Mapping):
        return {
            key: inner if key in OPAQUE else inward(inner, team, named=_names(key, inner, named))
            for key, inner in content.items()
        }
    if isinstance(content, list | tuple):
        return [inward(inner, team, named=named) for inner in content]
    if not isinstance(content, str):
        return content
    if named:
        match = SLACK_ID.fullmatch(content)
        return in_workspace(content, team) if match and not match["team"] else content
    return SAID.sub(rf"<\1\2@{team}", content) if "<" in content else content


def _names(key: str, inner: Any, named: bool) -> bool:
    """Whether an id stands under a key: of an object that is named, only under `id`."""
    return key in NAMING or (named and key == "id" and isinstance(inner, str))


class AnotherWorkspaceError(ValueError):
    """Something of one workspace on its way into another."""


def outward(content: Any, team: str, key: str = "") -> Any:
    """What is sent to a workspace, with the ids Slack knows there.

    Raises:
        AnotherWorkspaceError: It names a place or a person of another workspace.
    """
    if key in ITS_OWN:
        return content
    if isinstance(content, Mapping):
        return _element(content, team)
    if isinstance(content, list | tuple):
        return [outward(inner, team, key) for inner in content]
    return _text(content, team, key) if isinstance(content, str) else content


def _element(content: Mapping[str, Any], team: str) -> dict[str, Any]:
    kind = content.get("type")
    if kind in MENTIONED and _elsewhere(content, team):
        own_id, _ = taken_apart(str(content[f"{kind}_id"]))
        return {"type": "text", "text": f"{MENTIONED[kind]}{own_id}"}
    return {name: outward(inner, team, name) for name, inner in content.items()}


def _text(text: str, team: str, key: str) -> str:
    match = SLACK_ID.fullmatch(text) if key in SENT else None
    if match is None:
        return LINKED.sub(lambda link: _linked(link, team), text)
    if (match["team"] or "") != team:
        raise AnotherWorkspaceError
    return match["own"]


def _elsewhere(element: Mapping[str, Any], team: str) -> bool:
    """Whether an element of rich text mentions somebody, or a channel, of another workspace."""
    mentioned = element.get(f"{element['type']}_id")
    return isinstance(mentioned, str) and taken_apart(mentioned)[1] != team


def _linked(link: re.Match[str], team: str) -> str:
    """A mention as it is there; of somebody, or a channel, elsewhere only what it is called."""
    kind, own_id, its_team, label = link.groups()
    if its_team == team:
        return f"<{kind}{own_id}>" if label is None else f"<{kind}{own_id}|{label}>"
    return label or kind + own_id


def workspaces_in(arguments: Mapping[str, Any]) -> Iterator[str]:
    """The workspaces that the arguments of a call name places or people of."""
    for key, content in arguments.items():
        if key in NAMING and isinstance(content, str) and SLACK_ID.fullmatch(content):
            yield taken_apart(content)[1]


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
