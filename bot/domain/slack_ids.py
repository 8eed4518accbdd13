"""Ids of Slack, told apart by workspace: `C0123@T0456` is channel C0123 of workspace T0456.

Slack promises that an id means one thing within a workspace, and no more. In the workspace that was
there first (`SLACK_BOT_TOKEN`, or `[slack] home`) ids stand as Slack gives them, so that an install
of one workspace reads as it always did; in every other they carry its id wherever perfbot keeps,
compares or caches them. Only at Slack's own door (`bot.slack.workspaces`) is it put on and off.
"""

from __future__ import annotations

import re

HOME = ""
"""The workspace whose ids stand as they are."""
TEAM = re.compile(r"T[A-Z0-9]{2,20}")
SLACK_ID = re.compile(r"(?P<own>[UWCDGS][A-Z0-9]{1,20})(?:@(?P<team>T[A-Z0-9]{2,20}))?")


def in_workspace(own_id: str, team: str) -> str:
    """An id of Slack's as perfbot knows it: `C0123` of home, `C0123@T0456` of another."""
    return f"{own_id}@{team}" if team else own_id


def taken_apart(slack_id: str) -> tuple[str, str]:
    """(Slack's own id, workspace) of an id; the workspace is HOME where it names none."""
    own_id, _, team = slack_id.partition("@")
    return own_id, team


def workspace_of(slack_id: str) -> str:
    """The workspace of an id; HOME where it names none."""
    return taken_apart(slack_id)[1]


def is_slack_id(text: str, kinds: str = "UWCDGS") -> bool:
    """Whether a text is an id of one of these kinds: U and W people, C and G channels, D, S."""
    return text[:1] in kinds and SLACK_ID.fullmatch(text) is not None


def is_team(text: str) -> bool:
    """Whether a text is the id of a workspace."""
    return TEAM.fullmatch(text) is not None
