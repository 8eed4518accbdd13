"""What crosses between perfbot and one workspace of several: ids are told apart on the way in.

On the way out they are Slack's own again, and an id of another workspace goes nowhere: a channel of
one workspace is never read or posted to by another's token (`bot.domain.slack_ids`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.slack_ids import SLACK_ID, in_workspace, taken_apart

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
